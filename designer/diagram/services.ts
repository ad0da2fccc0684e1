/** The services of bpmn-js the designer uses, by their names there, with the few methods it calls. */
import type { Moddle, ModdleElement } from '../model/moddle.ts';
import type { ParsedImport } from './foreign.ts';

/** A shape or connection of the drawing; `businessObject` is its element of the model. */
export interface DrawnElement {
  readonly id: string;
  readonly type: string;
  readonly businessObject: ModdleElement;
  readonly parent?: DrawnElement;
  readonly outgoing?: readonly DrawnElement[];
  readonly incoming?: readonly DrawnElement[];
  readonly source?: DrawnElement;
  readonly target?: DrawnElement;
  readonly labelTarget?: DrawnElement;
  /** Its shape or edge in the file. */
  readonly di?: object;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly waypoints?: readonly { readonly x: number; readonly y: number }[];
}

interface Viewbox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  /** What is drawn, in the units of the drawing. */
  readonly inner: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  /** The window, in pixels. */
  readonly outer: { readonly width: number; readonly height: number };
}

export interface Services {
  readonly canvas: {
    addMarker(id: string, marker: string): void;
    removeMarker(id: string, marker: string): void;
    viewbox(box?: Pick<Viewbox, 'x' | 'y' | 'width' | 'height'>): Viewbox;
    scrollToElement(element: string | DrawnElement, padding: Readonly<Record<'top' | 'right' | 'bottom' | 'left', number>>): void;
    getRootElement(): DrawnElement;
    resized(): void;
    focus(): void;
  };
  readonly elementRegistry: { get(id: string): DrawnElement | undefined; filter(test: (element: DrawnElement) => boolean): DrawnElement[] };
  readonly eventBus: {
    on(event: string, priority: number, listener: () => void): void;
    on(event: string, listener: (event: { readonly newSelection?: readonly DrawnElement[]; readonly trigger?: string } & ParsedImport) => void): void;
  };
  readonly selection: { select(element: DrawnElement | readonly DrawnElement[]): void; get(): readonly DrawnElement[] };
  readonly commandStack: {
    execute(name: string, context: object): void;
    registerHandler(name: string, handler: new (...services: never[]) => object): void;
    undo(): void;
    redo(): void;
    canUndo(): boolean;
    canRedo(): boolean;
  };
  readonly modeling: {
    updateProperties(element: DrawnElement, properties: Readonly<Record<string, unknown>>): void;
    updateLabel(element: DrawnElement, text: string): void;
    removeElements(elements: readonly DrawnElement[]): void;
    connect(source: DrawnElement, target: DrawnElement): DrawnElement | undefined;
  };
  readonly overlays: { add(id: string, type: string, overlay: { readonly position: { readonly top?: number; readonly left?: number; readonly right?: number }; readonly html: HTMLElement }): string; remove(filter: { readonly type: string }): void };
  readonly autoPlace: { append(source: DrawnElement, shape: DrawnElement): DrawnElement };
  readonly elementFactory: { createShape(attributes: { readonly type: string; readonly eventDefinitionType?: string }): DrawnElement };
  readonly bpmnReplace: { replaceElement(element: DrawnElement, target: { readonly type: string }): DrawnElement };
  readonly rules: { allowed(rule: string, context: object): unknown };
  readonly directEditing: { cancel(): void };
  readonly moddle: Moddle;
}

/** The part of the bpmn-js Modeler the designer uses. */
export interface DiagramModeler {
  importXML(xml: string): Promise<{ readonly warnings: readonly unknown[] }>;
  saveXML(options: { readonly format: boolean }): Promise<{ readonly xml?: string }>;
  saveSVG(): Promise<{ readonly svg: string }>;
  getDefinitions(): ModdleElement;
  get<K extends keyof Services>(name: K): Services[K];
  destroy(): void;
}
