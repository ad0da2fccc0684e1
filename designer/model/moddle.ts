/** Elements of a BPMN model as bpmn-js holds them (bpmn-moddle): the few things the designer asks of them. */

/** Attributes by their names; `$parent` is what it stands in. */
export interface ModdleElement {
  readonly $type: string;
  $parent?: ModdleElement | undefined;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  $instanceOf(type: string): boolean;
}

export interface Moddle {
  create(type: string, properties?: Readonly<Record<string, unknown>>): ModdleElement;
}

/** An attribute as text; '' where there is none. */
export function textOf(element: ModdleElement | undefined, name: string): string {
  const value = element?.get(name);
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function idOf(element: ModdleElement): string {
  return textOf(element, 'id');
}

/** A list of elements; empty where there is none. */
export function listOf(element: ModdleElement | undefined, name: string): readonly ModdleElement[] {
  const value = element?.get(name);
  return Array.isArray(value) ? (value as ModdleElement[]) : [];
}

/** A single element or reference. */
export function elementOf(element: ModdleElement | undefined, name: string): ModdleElement | undefined {
  const value = element?.get(name);
  return typeof value === 'object' && value !== null ? (value as ModdleElement) : undefined;
}

/** `bpmn:UserTask` -> `UserTask`. */
export function kindOf(element: ModdleElement): string {
  return element.$type.slice(element.$type.indexOf(':') + 1);
}

/** An extension element by its type, for example `gov:Sla`. */
export function extensionOf(element: ModdleElement | undefined, type: string): ModdleElement | undefined {
  return listOf(elementOf(element, 'extensionElements'), 'values').find((value) => value.$type === type);
}

/** bpmn:definitions, the root of the file. */
export function definitionsOf(element: ModdleElement): ModdleElement {
  let root = element;
  while (root.$parent !== undefined) root = root.$parent;
  return root;
}

/** The process, or the nearest container of this type, an element stands in. */
export function ancestorOf(element: ModdleElement, type: string): ModdleElement | undefined {
  let at: ModdleElement | undefined = element;
  while (at !== undefined && !at.$instanceOf(type)) at = at.$parent;
  return at;
}
