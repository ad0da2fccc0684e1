/** The drawing: bpmn-js with our namespaces, its selection and changes as signals, and every edit through its one command stack. */
import { signal } from '@preact/signals';
import ModelerImport from 'bpmn-js/lib/Modeler.js';
import { DESCRIPTORS, LIBRARY_DESCRIPTORS } from '../../engine/index.ts';
import type { Edit } from '../model/edit.ts';
import type { Finding } from '../model/findings.ts';
import { elementOf, idOf, listOf, textOf } from '../model/moddle.ts';
import type { Moddle, ModdleElement } from '../model/moddle.ts';
import { EDIT_COMMAND, EditHandler } from './edit-command.ts';
import { follow, keep, putBack, undrawnIn } from './foreign.ts';
import type { Dangling, Undrawn } from './foreign.ts';
import { showMarks } from './marks.ts';
import type { DiagramModeler, DrawnElement, Services } from './services.ts';

/** Free room round the whole: the palette stands at the left, in one column or two, the mark of bpmn.io at the bottom. */
const MARGIN = { left: 16, right: 24, top: 24, bottom: 56 };
/** Smaller, not even its shape can be made out. */
const SMALLEST = 0.2;

/** In place of what was fitted: equal to nothing that is shown. */
const EDITED = 'edited';

/** Free room round an element that is brought into view: the palette stands at the left, its own tools at its right. */
const AROUND = { top: 80, right: 180, bottom: 80, left: 200 };

/** After everything bpmn-js does itself at an event. */
const LAST = 1;

const Modeler = ModelerImport as unknown as new (options: object) => DiagramModeler;

/** What can stand behind a step, and what a step can become: what the engine executes. */
export const APPENDED = [
  { value: 'bpmn:UserTask', label: 'User task' }, { value: 'bpmn:ServiceTask', label: 'Service task' }, { value: 'bpmn:ScriptTask', label: 'Script task' }, { value: 'bpmn:SendTask', label: 'Send task' },
  { value: 'bpmn:ExclusiveGateway', label: 'Exclusive gateway' }, { value: 'bpmn:ParallelGateway', label: 'Parallel gateway' },
  { value: 'bpmn:IntermediateCatchEvent bpmn:TimerEventDefinition', label: 'Timer event' }, { value: 'bpmn:IntermediateCatchEvent bpmn:MessageEventDefinition', label: 'Message event' }, { value: 'bpmn:EndEvent', label: 'End event' },
  { value: 'bpmn:DataStoreReference', label: 'Data store it writes into' },
] as const;

export const TASK_TYPES = [
  { value: 'bpmn:UserTask', label: 'User task' }, { value: 'bpmn:ServiceTask', label: 'Service task' }, { value: 'bpmn:ScriptTask', label: 'Script task' }, { value: 'bpmn:SendTask', label: 'Send task' },
  { value: 'bpmn:ReceiveTask', label: 'Receive task' }, { value: 'bpmn:BusinessRuleTask', label: 'Business rule task' }, { value: 'bpmn:CallActivity', label: 'Call activity' }, { value: 'bpmn:Task', label: 'Plain task' },
] as const;

export class Diagram {
  /** Counts what changes the model, opening another file too: what is shown of it is worked out again. */
  readonly changes = signal(0);
  /** Counts what the analyst did, undoing included. */
  readonly edits = signal(0);
  /** Id of the one selected element; undefined for none and for several. */
  readonly selected = signal<string | undefined>(undefined);
  readonly canUndo = signal(false);
  readonly canRedo = signal(false);
  readonly #container: HTMLElement;
  readonly #modeler: DiagramModeler;
  #visible = false;
  /** References of the file that lead out of it. */
  #dangling: readonly Dangling[] = [];
  #undrawn: Undrawn = new Map();
  /** What was shown when it was last fitted: as long as nobody has moved or changed it, it is fitted again to a window of another size. */
  #fitted: string | undefined;

  constructor(container: HTMLElement) {
    this.#container = container;
    this.#modeler = new Modeler({ container, moddleExtensions: { ...LIBRARY_DESCRIPTORS, ...DESCRIPTORS }, keyboard: {} });
    this.#get('commandStack').registerHandler(EDIT_COMMAND, EditHandler);
    this.#get('eventBus').on('import.parse.complete', (parsed) => { this.#dangling = follow(parsed); });
    this.#get('eventBus').on('saveXML.start', LAST, () => { putBack(this.#undrawn); });
    this.#get('eventBus').on('selection.changed', ({ newSelection = [] }) => {
      const [only, ...others] = newSelection;
      this.selected.value = only !== undefined && others.length === 0 ? (only.labelTarget ?? only).id : undefined;
    });
    this.#get('eventBus').on('commandStack.changed', ({ trigger }) => {
      this.canUndo.value = this.#get('commandStack').canUndo();
      this.canRedo.value = this.#get('commandStack').canRedo();
      this.changes.value += 1;
      if (trigger === 'clear') return;
      this.edits.value += 1;
      // Nothing moves under the hand of who draws, as when the list of problems opens below it.
      if (this.#fitted !== undefined) this.#fitted = EDITED;
    });
    new ResizeObserver(() => { this.#resized(); }).observe(container);
    container.querySelector('svg')?.setAttribute('aria-label', 'Drawing of the procedure. The outline says the same in words and can be worked by keyboard.');
  }

  /** Replaces what is drawn; the command stack begins anew. Rejects when the file cannot be drawn. */
  async open(xml: string): Promise<void> {
    await this.#modeler.importXML(xml);
    keep(this.moddle, this.#dangling);
    this.#undrawn = undrawnIn(this.definitions, new Set(this.#get('elementRegistry').filter(() => true).map(({ di }) => di)));
    this.fit();
    this.changes.value += 1;
  }

  async xml(): Promise<string> {
    return (await this.#modeler.saveXML({ format: true })).xml ?? '';
  }

  async svg(): Promise<string> {
    return (await this.#modeler.saveSVG()).svg;
  }

  get definitions(): ModdleElement {
    return this.#modeler.getDefinitions();
  }

  get moddle(): Moddle {
    return this.#get('moddle');
  }

  /** Shows it whole beside the palette, but not larger than it is nor so small that nothing can be read: then from its beginning on. */
  fit(): void {
    this.#fitted = undefined;
    if (!this.#visible) return;
    const canvas = this.#get('canvas');
    canvas.resized();
    const { inner, outer } = canvas.viewbox();
    if (outer.width === 0 || inner.width === 0) return;
    const palette = this.#container.querySelector<HTMLElement>('.djs-palette');
    const left = MARGIN.left + (palette === null ? 0 : palette.offsetLeft + palette.offsetWidth);
    const room = { width: outer.width - left - MARGIN.right, height: outer.height - MARGIN.top - MARGIN.bottom };
    const whole = Math.min(1, room.width / inner.width, room.height / inner.height);
    const scale = Math.max(SMALLEST, whole);
    const first = whole >= SMALLEST ? undefined : this.#get('elementRegistry').filter(({ type }) => type === 'bpmn:StartEvent')[0];
    // What is smaller than the room stands in its middle; what is larger begins at its edge, or with its first event.
    const at = (start: number, size: number, before: number, free: number, anchor: number | undefined): number => (size * scale <= free ? start - (before + (free - size * scale) / 2) / scale : (anchor ?? start) - before / scale);
    const x = at(inner.x, inner.width, left, room.width, first?.x === undefined ? undefined : Math.max(inner.x, first.x - 60));
    const y = at(inner.y, inner.height, MARGIN.top, room.height, first?.y === undefined ? undefined : Math.max(inner.y, first.y - room.height / scale / 3));
    canvas.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
    this.#fitted = this.#shown();
  }

  #resized(): void {
    if (!this.#visible) return;
    if (this.#fitted === undefined || this.#fitted === this.#shown()) this.fit();
    else this.#get('canvas').resized();
  }

  #shown(): string {
    const { x, y, scale } = this.#get('canvas').viewbox();
    return [x, y, scale].map((number) => number.toFixed(3)).join(' ');
  }

  /** While it is hidden nothing has a place: it is fitted when it is first shown, and goes to what was selected meanwhile. */
  show(visible: boolean): void {
    this.#visible = visible;
    if (!visible) return;
    this.#get('canvas').resized();
    if (this.#fitted === undefined) this.fit();
    if (this.selected.value !== undefined) this.#reveal(this.selected.value);
  }

  /** Selects and brings into view; what is not drawn, as the process of a pool, takes the selection away. */
  select(id: string | undefined): void {
    const drawn = id === undefined ? undefined : this.drawn(id);
    const selection = drawn === undefined || drawn === this.#root() ? [] : [drawn];
    this.#get('selection').select(this.#visible ? selection : []);
    this.selected.value = drawn?.id;
    if (this.#visible && selection.length > 0) this.#reveal(drawn!.id);
  }

  /** Selects on the drawing what is selected, where it can be seen. */
  #reveal(id: string): void {
    const drawn = this.drawn(id);
    if (drawn === undefined || drawn === this.#root()) return;
    this.#get('canvas').scrollToElement(drawn, AROUND);
    // Again, so that the tools beside it find their place.
    this.#get('selection').select([]);
    this.#get('selection').select(drawn);
  }

  drawn(id: string): DrawnElement | undefined {
    return this.#get('elementRegistry').get(id);
  }

  /** What the panel is about: the selected element, else the procedure; for a pool the process in it as well. */
  subject(): ModdleElement | undefined {
    // Whoever asks while rendering follows every change and undo.
    if (this.changes.value === 0) return undefined;
    const id = this.selected.value;
    const element = id === undefined ? undefined : this.drawn(id)?.businessObject;
    return element ?? listOf(this.definitions, 'rootElements').find(({ $type }) => $type === 'bpmn:Process');
  }

  /** One step of the command stack. */
  apply(edit: Edit, about: ModdleElement): void {
    if (edit.length === 0) return;
    this.#get('commandStack').execute(EDIT_COMMAND, { edit, touched: this.#touched(about) });
  }

  rename(element: ModdleElement, name: string): void {
    const drawn = this.drawn(idOf(element));
    const modeling = this.#get('modeling');
    if (drawn === undefined || drawn === this.#root()) this.apply([{ on: element, set: { name: name === '' ? undefined : name } }], element);
    else if (element.$type === 'bpmn:TextAnnotation') modeling.updateProperties(drawn, { text: name });
    else modeling.updateLabel(drawn, name);
  }

  undo(): void {
    this.#get('commandStack').undo();
  }

  redo(): void {
    this.#get('commandStack').redo();
  }

  /** Appends a step behind another and selects it; its name is given in the panel, not on the drawing. */
  append(id: string, kind: string): void {
    const source = this.drawn(id);
    if (source === undefined) return;
    const [type = 'bpmn:Task', eventDefinitionType] = kind.split(' ');
    const shape = this.#get('elementFactory').createShape({ type, ...(eventDefinitionType !== undefined && { eventDefinitionType }) });
    const appended = this.#get('autoPlace').append(source, shape).id;
    this.#get('directEditing').cancel();
    this.select(appended);
  }

  /** Whether a flow may lead from one step to the other. */
  mayConnect(from: string, to: string): boolean {
    const [source, target] = [this.drawn(from), this.drawn(to)];
    return source !== undefined && target !== undefined && Boolean(this.#get('rules').allowed('connection.create', { source, target }));
  }

  connect(from: string, to: string): void {
    const [source, target] = [this.drawn(from), this.drawn(to)];
    if (source !== undefined && target !== undefined) this.#get('modeling').connect(source, target);
  }

  morph(id: string, type: string): void {
    const drawn = this.drawn(id);
    if (drawn !== undefined && drawn.type !== type) this.select(this.#get('bpmnReplace').replaceElement(drawn, { type }).id);
  }

  remove(id: string): void {
    const drawn = this.drawn(id);
    if (drawn !== undefined) this.#get('modeling').removeElements([drawn]);
  }

  /** Marks elements with findings by colour and icon. */
  mark(findings: readonly Finding[], choose: (id: string) => void): void {
    showMarks(this.#get('canvas'), this.#get('overlays'), (id) => this.drawn(id), findings, choose);
  }

  focus(): void {
    this.#get('canvas').focus();
  }

  #root(): DrawnElement {
    return this.#get('canvas').getRootElement();
  }

  /** An element, its branches and, for a branch, its siblings: a default flow is drawn differently. */
  #touched(about: ModdleElement): DrawnElement[] {
    const drawn = this.drawn(idOf(about));
    if (drawn === undefined) return [];
    return [drawn, ...drawn.outgoing ?? [], ...(drawn.source === undefined ? [] : [drawn.source, ...drawn.source.outgoing ?? []])];
  }

  #get<K extends keyof Services>(name: K): Services[K] {
    return this.#modeler.get(name);
  }
}

/** Ids of the processes of the file, and its name: that of the pool, else of the first process. */
export function contentOf(definitions: ModdleElement, otherwise: string): { readonly name: string; readonly processIds: readonly string[] } {
  const processes = listOf(definitions, 'rootElements').filter(({ $type }) => $type === 'bpmn:Process');
  const pools = listOf(definitions, 'rootElements').flatMap((root) => listOf(root, 'participants')).filter((pool) => elementOf(pool, 'processRef') !== undefined);
  const name = [...processes, ...pools].map((element) => textOf(element, 'name').trim()).find((text) => text !== '');
  return { name: name ?? otherwise, processIds: processes.map(idOf) };
}
