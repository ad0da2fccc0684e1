// The drawing of a BPMN file (BPMN 2.0.2, 12 diagram interchange) as plain geometry, and what a tidy one may not have.
import { BpmnModdle } from 'bpmn-moddle';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An element of the model with its children, loosely typed: the file is the authority. */
export interface ModelElement {
  readonly $type: string;
  readonly id: string;
  readonly name?: string;
  readonly $parent: ModelElement;
  readonly flowElements?: readonly ModelElement[];
  readonly laneSets?: readonly { readonly lanes: readonly (ModelElement & { readonly flowNodeRef?: readonly ModelElement[] })[] }[];
  readonly participants?: readonly ModelElement[];
  readonly sourceRef?: ModelElement;
  readonly targetRef?: ModelElement;
  readonly attachedToRef?: ModelElement;
  readonly outgoing?: readonly ModelElement[];
  readonly incoming?: readonly ModelElement[];
  readonly default?: ModelElement;
  readonly conditionExpression?: { readonly body: string };
}

interface DrawnElement {
  readonly $type: string;
  readonly bpmnElement: ModelElement;
  readonly bounds?: Box;
  readonly waypoint?: readonly Point[];
  readonly label?: { readonly bounds?: Box };
}

export interface Drawing {
  readonly nodes: readonly ModelElement[];
  readonly flows: readonly ModelElement[];
  /** Lane id -> ids of its flow nodes. */
  readonly lanes: ReadonlyMap<string, readonly string[]>;
  readonly pools: readonly string[];
  readonly shapes: ReadonlyMap<string, Box>;
  readonly edges: ReadonlyMap<string, readonly Point[]>;
  readonly labels: ReadonlyMap<string, Box>;
}

export async function readDrawing(xml: string): Promise<Drawing> {
  const { rootElement } = await new BpmnModdle().fromXML(xml);
  const { rootElements, diagrams } = rootElement as { rootElements: readonly ModelElement[]; diagrams: readonly { plane: { planeElement: readonly DrawnElement[] } }[] };
  const processes = rootElements.filter(({ $type }) => $type === 'bpmn:Process');
  const elements = processes.flatMap((process) => contents(process));
  const drawn = diagrams.flatMap(({ plane }) => plane.planeElement);
  const lanes = processes.flatMap(({ laneSets }) => laneSets ?? []).flatMap((set) => set.lanes);
  return {
    nodes: elements.filter(({ $type }) => !$type.endsWith('Flow')),
    flows: elements.filter(({ $type }) => $type === 'bpmn:SequenceFlow'),
    lanes: new Map(lanes.map((lane) => [lane.id, (lane.flowNodeRef ?? []).map(({ id }) => id)])),
    pools: rootElements.flatMap(({ participants }) => participants ?? []).map(({ id }) => id),
    shapes: new Map(drawn.flatMap(({ bpmnElement, bounds }) => (bounds ? [[bpmnElement.id, bounds] as const] : []))),
    edges: new Map(drawn.flatMap(({ bpmnElement, waypoint }) => (waypoint ? [[bpmnElement.id, waypoint] as const] : []))),
    labels: new Map(drawn.flatMap(({ bpmnElement, label }) => (label?.bounds ? [[bpmnElement.id, label.bounds] as const] : []))),
  };
}

/** Everything inside a process or sub-process, at any depth. */
function contents(scope: ModelElement): ModelElement[] {
  return (scope.flowElements ?? []).flatMap((element) => [element, ...contents(element)]);
}

/** What is missing: elements without a shape or an edge. */
export function undrawn({ nodes, flows, lanes, pools, shapes, edges }: Drawing): string[] {
  const boxes = [...nodes.map(({ id }) => id), ...lanes.keys(), ...pools];
  return [...boxes.filter((id) => !shapes.has(id)), ...flows.filter(({ id }) => !edges.has(id)).map(({ id }) => id)];
}

/** Flow nodes outside the shape of their lane, or of their sub-process. */
export function misplaced({ nodes, lanes, shapes }: Drawing): string[] {
  const home = new Map([...lanes].flatMap(([lane, ids]) => ids.map((id) => [id, lane] as const)));
  return nodes.flatMap((node) => {
    const outer = node.$parent.$type === 'bpmn:SubProcess' ? node.$parent.id : home.get(node.id);
    const box = shapes.get(node.id);
    const around = outer === undefined ? undefined : shapes.get(outer);
    if (!box || !around) return [`${node.id} lies in no lane`];
    return inside(box, around) ? [] : [`${node.id} sticks out of ${outer ?? ''}`];
  });
}

/** Pairs of shapes or labels that overlap; boundary events may lie on their host, contents in their sub-process. */
export function overlapping(drawing: Drawing): string[] {
  const { nodes, shapes, labels } = drawing;
  const things = [
    ...nodes.map((node) => ({ name: node.id, box: shapes.get(node.id), belongs: [node.attachedToRef?.id, ...around(node)] })),
    ...[...labels].map(([id, box]) => ({ name: `the label of ${id}`, box, belongs: nodes.filter((node) => node.$type === 'bpmn:SubProcess').map((node) => node.id) })),
  ];
  return things.flatMap((one, index) =>
    things.slice(index + 1).flatMap((other) => {
      if (!one.box || !other.box || one.belongs.includes(other.name) || other.belongs.includes(one.name)) return [];
      return overlap(one.box, other.box) ? [`${one.name} and ${other.name}`] : [];
    }),
  );
}

/** Edges that do not begin and end on the border of what they connect, run askew, or cross a shape or a label that is not their own. */
export function untidyEdges({ nodes, flows, shapes, edges, labels }: Drawing): string[] {
  const isNode = new Set(nodes.map(({ id }) => id));
  return flows.flatMap((flow) => {
    const points = edges.get(flow.id) ?? [];
    const { sourceRef, targetRef } = flow;
    if (!sourceRef || !targetRef || points.length < 2) return [`${flow.id} leads nowhere`];
    const own = new Set([sourceRef.id, targetRef.id, sourceRef.attachedToRef?.id ?? '', ...around(flow)]);
    const found: string[] = [];
    if (!onBorder(points[0]!, shapes.get(sourceRef.id)) || !onBorder(points.at(-1)!, shapes.get(targetRef.id))) found.push(`${flow.id} hangs in the air`);
    points.slice(1).forEach((to, index) => {
      const from = points[index]!;
      if (from.x !== to.x && from.y !== to.y) found.push(`${flow.id} runs askew`);
      const segment = { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(from.x - to.x), height: Math.abs(from.y - to.y) };
      for (const [id, box] of shapes) if (isNode.has(id) && !own.has(id) && overlap(segment, box)) found.push(`${flow.id} crosses ${id}`);
      for (const [id, box] of labels) if (overlap(segment, box)) found.push(`${flow.id} crosses the label of ${id}`);
    });
    return found;
  });
}

/** Edges that cross each other; meeting at a common end is no crossing. */
export function crossings({ flows, edges }: Drawing): string[] {
  const segments = flows.flatMap((flow) => (edges.get(flow.id) ?? []).slice(1).map((to, index) => ({ id: flow.id, from: edges.get(flow.id)![index]!, to })));
  return segments.flatMap((one, index) => segments.slice(index + 1).flatMap((other) => (one.id !== other.id && crosses(one, other) ? [`${one.id} and ${other.id}`] : [])));
}

interface Segment {
  readonly from: Point;
  readonly to: Point;
}

function crosses(one: Segment, other: Segment): boolean {
  const [flat, steep] = one.from.y === one.to.y ? [one, other] : [other, one];
  if (flat.from.y !== flat.to.y || steep.from.x !== steep.to.x) return false;
  const between = (value: number, a: number, b: number): boolean => value > Math.min(a, b) && value < Math.max(a, b);
  return between(steep.from.x, flat.from.x, flat.to.x) && between(flat.from.y, steep.from.y, steep.to.y);
}

/** The sub-processes an element lies in. */
function around(element: ModelElement): string[] {
  return element.$parent.$type === 'bpmn:SubProcess' ? [element.$parent.id, ...around(element.$parent)] : [];
}

function inside(inner: Box, outer: Box): boolean {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width && inner.y + inner.height <= outer.y + outer.height;
}

/** Boxes that only touch do not overlap. */
function overlap(one: Box, other: Box): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
}

function onBorder(point: Point, box: Box | undefined): boolean {
  if (!box) return false;
  const touches = (value: number, from: number, length: number): boolean => value === from || value === from + length;
  const within = (value: number, from: number, length: number): boolean => value >= from && value <= from + length;
  return (touches(point.x, box.x, box.width) && within(point.y, box.y, box.height)) || (touches(point.y, box.y, box.height) && within(point.x, box.x, box.width));
}
