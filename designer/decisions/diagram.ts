/** The drawing in a DMN file (DMN 1.5, 13.2): what is new gets a shape or an edge, what is removed loses its own, so that other tools can go on drawing. */
import { attributeOf, everyElement } from './source.ts';
import type { Patch, Source, SourceElement } from './source.ts';
import { Ids, insertAfter, removal } from './writing.ts';
import type { Fresh } from './writing.ts';

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SIZES = { inputData: { width: 125, height: 45 }, decision: { width: 180, height: 80 } } as const;
const GAP = 45;

/** Takes out what shows elements of these ids. */
export function undrawn(source: Source, ids: readonly string[]): Patch[] {
  return everyElement(source.root).filter((element) => ids.includes(attributeOf(element, 'dmnElementRef'))).map((element) => removal(source, element));
}

/** The shapes of the file's one diagram, and the names its tags have; undefined where it has none, or several. */
function diagramOf({ root }: Source): { readonly shapes: readonly SourceElement[]; readonly edges: readonly SourceElement[]; readonly bounds: string; readonly waypoint: string } | undefined {
  const all = everyElement(root);
  const shapes = all.filter(({ name, isModel }) => name === 'DMNShape' && !isModel);
  const bounds = shapes[0]?.children.find(({ name }) => name === 'Bounds');
  if (bounds === undefined || all.filter(({ name, isModel }) => name === 'DMNDiagram' && !isModel).length !== 1) return undefined;
  const edges = all.filter(({ name, isModel }) => name === 'DMNEdge' && !isModel);
  // A file without edges does not say what it calls a waypoint.
  return { shapes, edges, bounds: bounds.tag, waypoint: edges[0]?.children.find(({ name }) => name === 'waypoint')?.tag ?? '' };
}

function boundsOf(shape: SourceElement | undefined): Bounds | undefined {
  const bounds = shape?.children.find(({ name }) => name === 'Bounds');
  const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(attributeOf(bounds, name)));
  return bounds === undefined || [x, y, width, height].some((number) => !Number.isFinite(number)) ? undefined : { x: x!, y: y!, width: width!, height: height! };
}

/** A new element at the right of the drawing: an input in the lowest row, a decision in the topmost. */
function room(shapes: readonly SourceElement[], kind: keyof typeof SIZES): Bounds {
  const all = shapes.map(boundsOf).filter((bounds) => bounds !== undefined);
  const rows = all.map(({ y }) => y);
  return { ...SIZES[kind], x: Math.max(0, ...all.map(({ x, width }) => x + width)) + GAP, y: rows.length === 0 ? GAP : kind === 'inputData' ? Math.max(...rows) : Math.min(...rows) };
}

function whole(value: number): string {
  return String(Math.round(value));
}

export interface Drawn {
  /** A new element. */
  readonly element?: { readonly id: string; readonly kind: keyof typeof SIZES };
  /** A new requirement: from what is required to what requires it. */
  readonly requirement?: { readonly id: string; readonly from: string; readonly to: string };
}

/** Draws what is new into a file that has a diagram. */
export function drawn(source: Source, { element, requirement }: Drawn): Patch[] {
  const diagram = diagramOf(source);
  const last = diagram?.shapes.at(-1);
  if (diagram === undefined || last === undefined) return [];
  const ids = new Ids(source);
  const placed = element === undefined ? undefined : room(diagram.shapes, element.kind);
  const shape: Fresh[] = element === undefined || placed === undefined ? [] : [{
    name: 'DMNShape', attributes: { id: ids.fresh(`${element.id}-shape`), dmnElementRef: element.id }, children: [{ name: 'Bounds', tag: diagram.bounds, attributes: { x: whole(placed.x), y: whole(placed.y), width: whole(placed.width), height: whole(placed.height) } }],
  }];
  const boundsBy = (id: string): Bounds | undefined => (id === element?.id ? placed : boundsOf(diagram.shapes.find((one) => attributeOf(one, 'dmnElementRef') === id)));
  const [from, to] = requirement === undefined ? [] : [boundsBy(requirement.from), boundsBy(requirement.to)];
  const patches = shape.map((fresh) => insertAfter(source, last, fresh));
  if (requirement === undefined || from === undefined || to === undefined || diagram.waypoint === '') return patches;
  // From the top of what is required to the bottom of what requires it.
  const points = [{ x: from.x + from.width / 2, y: from.y }, { x: to.x + to.width / 2, y: to.y + to.height }];
  const edge: Fresh = {
    name: 'DMNEdge', attributes: { id: ids.fresh(`${requirement.id}-edge`), dmnElementRef: requirement.id },
    children: points.map(({ x, y }) => ({ name: 'waypoint', tag: diagram.waypoint, attributes: { x: whole(x), y: whole(y) } })),
  };
  return [...patches, insertAfter(source, diagram.edges.at(-1) ?? last, edge)];
}
