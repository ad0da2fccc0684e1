/** The diagram of a procedure with the number of open cases at every step: one SVG layer over bpmn-js, made once, changed in place. */
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer.js';
import type { ElementCounts } from '../../server/http/contract/monitor.ts';
import { HEAT_CLASSES, heatClass } from '../heat.ts';

const SVG = 'http://www.w3.org/2000/svg';
const RING = 5;
const RING_WIDTH = 9;
/** Numbers stay as large on the screen as at this scale, and rings at least half as much. */
const LEGIBLE = 0.95;
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact' });
const LATE = 'M7 0 0 12h14zM6.2 4.2h1.6v4H6.2zm0 5h1.6v1.5H6.2z';

/** `elementId` of the diagram and what a reader calls it. */
export interface PictureStep {
  readonly index: number;
  readonly elementId: string;
  readonly name: string;
  /** Cases may stay here; elsewhere only incidents are shown. */
  readonly stays: boolean;
}

interface Box { readonly id: string; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
interface Viewbox { readonly scale: number; readonly inner: { readonly width: number; readonly height: number } }
interface Canvas { zoom(to?: number | 'fit-viewport', center?: 'auto'): number; resized(): void; viewbox(): Viewbox; getLayer(name: string, index: number): SVGGElement }
interface Registry { get(id: string): Box | undefined }
interface Clicked { readonly element: { readonly id: string; readonly labelTarget?: { readonly id: string } } }
interface EventBus { on(event: string, listener: (event: Clicked) => void): void }

interface Viewer { importXML(xml: string): Promise<unknown>; get(service: string): unknown }

/** The package is written as an ES module and described as another kind: its default export is the class itself. */
const BpmnViewer = NavigatedViewer as unknown as new (options: object) => Viewer;

interface Mark {
  readonly group: SVGGElement;
  readonly ring: SVGElement;
  /** Takes the focus and says the numbers in words; what is drawn is hidden from those who listen. */
  readonly button: SVGElement;
  readonly open: Badge;
  readonly late: Badge;
  readonly incidents: Badge;
  readonly step: PictureStep;
}

export class Picture {
  readonly #viewer: Viewer;
  readonly #canvas: Canvas;
  readonly #container: HTMLElement;
  readonly #marks = new Map<number, Mark>();
  #pending = new Map<number, ElementCounts>();
  #planned = false;
  #enlarged = 0;

  private constructor(viewer: Viewer, container: HTMLElement) {
    this.#viewer = viewer;
    this.#container = container;
    this.#canvas = viewer.get('canvas') as Canvas;
  }

  /** Draws the model into `container`; `chosen` is told the element somebody clicks or presses Enter on. */
  static async draw(container: HTMLElement, xml: string, steps: readonly PictureStep[], chosen: (elementId: string, by: Element | undefined) => void): Promise<Picture> {
    // The wheel scrolls the page, as everywhere else; there are buttons for the size.
    const viewer = new BpmnViewer({ container, zoomScroll: { enabled: false } });
    await viewer.importXML(xml);
    const picture = new Picture(viewer, container);
    picture.#prepare(steps, chosen);
    picture.fit();
    return picture;
  }

  /** The whole diagram, in the frame that the page keeps for it. */
  fit(): void {
    // A frame without extent, as while a page is being left, has no scale.
    if (this.#container.clientWidth === 0 || this.#container.clientHeight === 0) return;
    this.#canvas.resized();
    this.#canvas.zoom('fit-viewport', 'auto');
  }

  zoom(factor: number): void {
    this.#canvas.zoom(this.#canvas.zoom() * factor, 'auto');
  }

  /** Shown with the next picture of the screen, however many changes come before. */
  show(elements: readonly ElementCounts[]): void {
    for (const counts of elements) this.#pending.set(counts[0], counts);
    if (this.#planned || this.#pending.size === 0) return;
    this.#planned = true;
    requestAnimationFrame(() => {
      this.#planned = false;
      const pending = this.#pending;
      this.#pending = new Map();
      for (const [index, counts] of pending) this.#update(index, counts);
    });
  }

  /** The element somebody looks at in the side panel. */
  choose(elementId: string | undefined): void {
    for (const { group } of this.#marks.values()) group.classList.toggle('desk-heat--chosen', group.dataset['element'] === elementId);
  }

  #prepare(steps: readonly PictureStep[], chosen: (elementId: string, by: Element | undefined) => void): void {
    const layer = this.#canvas.getLayer('heat', 2);
    const paints = patterns('heat');
    layer.append(paints);
    const boxes = this.#viewer.get('elementRegistry') as Registry;
    const known = new Set(steps.map((step) => step.elementId));
    for (const step of steps) {
      const { index, elementId } = step;
      const box = boxes.get(elementId);
      if (box === undefined) continue;
      const mark = markFor(box, step);
      mark.group.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        chosen(elementId, mark.button);
      });
      mark.group.addEventListener('click', () => { chosen(elementId, mark.button); });
      layer.append(mark.group);
      this.#marks.set(index, mark);
    }
    const events = this.#viewer.get('eventBus') as EventBus;
    events.on('canvas.viewbox.changed', () => { this.#rescale(layer, paints); });
    events.on('element.click', ({ element }) => {
      const id = element.labelTarget?.id ?? element.id;
      if (known.has(id)) chosen(id, undefined);
    });
  }

  /** However small the diagram, its numbers can be read. */
  #rescale(layer: SVGGElement, paints: SVGElement): void {
    const enlarged = Math.max(1, LEGIBLE / this.#canvas.viewbox().scale);
    if (enlarged === this.#enlarged) return;
    this.#enlarged = enlarged;
    layer.setAttribute('stroke-width', String(RING_WIDTH * Math.min(enlarged, 2)));
    for (const paint of paints.children) paint.setAttribute('patternTransform', `scale(${Math.min(enlarged, 2)})`);
    for (const { open, late, incidents } of this.#marks.values()) for (const badge of [open, late, incidents]) badge.scale(enlarged);
  }

  #update(index: number, [, waiting, claimed, overdue, incidents]: ElementCounts): void {
    const mark = this.#marks.get(index);
    if (mark === undefined) return;
    const { stays, name } = mark.step;
    const open = stays ? waiting + claimed : 0;
    const level = heatClass(open);
    const some = open + incidents > 0;
    mark.ring.setAttribute('stroke', level === 0 ? 'none' : `url(#heat-${level})`);
    mark.group.setAttribute('class', `desk-heat desk-heat--${level}${mark.group.classList.contains('desk-heat--chosen') ? ' desk-heat--chosen' : ''}`);
    mark.open.show(open);
    mark.late.show(overdue);
    mark.incidents.show(incidents);
    const told = `${name}: ${waiting} waiting, ${claimed} held${overdue > 0 ? `, ${overdue} overdue` : ''}${incidents > 0 ? `, ${incidents} ${incidents === 1 ? 'incident' : 'incidents'}` : ''}. Show the cases`;
    for (const [attribute, value] of [['tabindex', '0'], ['role', 'button'], ['aria-label', told]] as const) {
      if (some) mark.button.setAttribute(attribute, value);
      else mark.button.removeAttribute(attribute);
    }
  }
}

/** A number in a pill at a corner of a step; hidden while it is 0. */
class Badge {
  readonly group = make('g', { visibility: 'hidden', 'aria-hidden': 'true' });
  readonly #box: SVGElement;
  readonly #text: SVGElement;
  readonly #icon: boolean;
  readonly #right: boolean;
  readonly #at: string;
  #shown = 0;

  /** `x`, `y`: where its middle lies; it grows to the left (`right`) or to the right. */
  constructor(kind: string, x: number, y: number, right: boolean, icon: boolean) {
    this.#icon = icon;
    this.#right = right;
    this.group.setAttribute('class', `desk-badge desk-badge--${kind}`);
    this.#at = `translate(${x} ${y})`;
    this.group.setAttribute('transform', this.#at);
    this.#box = make('rect', { y: '-11', height: '22', rx: '11' });
    this.#text = make('text', { y: '4.5', 'text-anchor': 'middle' });
    this.group.append(this.#box, ...(icon ? [make('path', { d: LATE })] : []), this.#text);
  }

  scale(factor: number): void {
    this.group.setAttribute('transform', `${this.#at} scale(${factor})`);
  }

  show(value: number): void {
    if (value === this.#shown) return;
    this.#shown = value;
    this.group.setAttribute('visibility', value === 0 ? 'hidden' : 'visible');
    const text = value < 10_000 ? String(value) : COMPACT.format(value);
    const left = this.#icon ? 17 : 0;
    const width = Math.max(22, text.length * 8 + 14 + left);
    const from = this.#right ? 11 - width : -11;
    this.#box.setAttribute('x', String(from));
    this.#box.setAttribute('width', String(width));
    this.#text.setAttribute('x', String(from + left / 2 + width / 2));
    this.group.querySelector('path')?.setAttribute('transform', `translate(${from + 7} -6.5)`);
    this.#text.textContent = text;
  }
}

function markFor({ id, x, y, width, height }: Box, step: PictureStep): Mark {
  const group = make('g', { class: 'desk-heat' }) as SVGGElement;
  group.dataset['element'] = id;
  const round = width === height ? width / 2 + RING : 10 + RING;
  const ring = make('rect', { class: 'desk-heat__ring', x: String(x - RING), y: String(y - RING), width: String(width + 2 * RING), height: String(height + 2 * RING), rx: String(round), stroke: 'none' });
  const button = make('rect', { class: 'desk-heat__focus', x: String(x - 2 * RING - 3), y: String(y - 2 * RING - 3), width: String(width + 4 * RING + 6), height: String(height + 4 * RING + 6), rx: String(round + RING) });
  const open = new Badge('open', x + width + 2, y - 2, false, false);
  const late = new Badge('late', x + width + 2, y + height + 2, false, true);
  const incidents = new Badge('incident', x - 2, y - 2, true, true);
  group.append(ring, button, open.group, late.group, incidents.group);
  return { group, ring, button, open, late, incidents, step };
}

const GROUNDS = ['', '#b9dbd8', '#8fc5c1', '#5da6a3', '#2f8583', '#0d5f66', '#0b3a44'];
/** What is drawn over the ground of each class, so that classes differ without colours: nothing, dots, lines ever closer, a grid, bars. */
const HATCHES = ['', '', 'M1 1h1.6v1.6H1z', 'M0 8 8 0', 'M0 8 8 0M-2 2 2-2M6 10l4-4', 'M0 8 8 0M0 0l8 8', 'M2 0v8M6 0v8'];

/** The seven classes as paints named `<prefix>-<class>`. */
export function patterns(prefix: string): SVGElement {
  const defs = make('defs', {});
  for (let level = 1; level < HEAT_CLASSES; level += 1) {
    const pattern = make('pattern', { id: `${prefix}-${level}`, width: '8', height: '8', patternUnits: 'userSpaceOnUse' });
    pattern.append(
      make('rect', { width: '8', height: '8', fill: GROUNDS[level]! }),
      make('path', { d: HATCHES[level]!, stroke: level < 4 ? '#0b3a44' : '#ffffff', fill: level === 2 ? '#0b3a44' : 'none', 'stroke-width': '1.4' }),
    );
    defs.append(pattern);
  }
  return defs;
}

export function make(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
