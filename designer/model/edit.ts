/** Changes of a model as data: what is set on which element. Applying one gives the change that undoes it, so that every edit is one step back. */
import { elementOf, extensionOf, listOf, textOf } from './moddle.ts';
import type { Moddle, ModdleElement } from './moddle.ts';

/** An undefined value takes the attribute away. */
export interface Change {
  readonly on: ModdleElement;
  readonly set: Readonly<Record<string, unknown>>;
}

export type Edit = readonly Change[];

/** Makes the changes in their order; answers the edit that takes them back. */
export function applyEdit(edit: Edit): Edit {
  const back: Change[] = [];
  for (const { on, set } of edit) {
    const before = Object.fromEntries(Object.keys(set).map((name) => [name, copied(on.get(name))]));
    for (const [name, value] of Object.entries(set)) on.set(name, isEmptyList(value) ? undefined : value);
    back.unshift({ on, set: before });
  }
  return back;
}

/** Lists of the model are changed in place by bpmn-js; what was there is kept as it was. */
function copied(value: unknown): unknown {
  return Array.isArray(value) ? [...value as unknown[]] : value;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A new element that stands in `parent`. */
export function born(moddle: Moddle, type: string, properties: Readonly<Record<string, unknown>>, parent: ModdleElement): ModdleElement {
  const element = moddle.create(type, properties);
  element.$parent = parent;
  return element;
}

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** Without its empty texts: an empty attribute says nothing. */
function written(attributes: Attributes): Record<string, string | boolean> {
  return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined && entry[1] !== '' && entry[1] !== false));
}

/**
 * Sets attributes of one extension element, which comes and goes with them: '' and false take an attribute away, and an element
 * without attributes and children is taken out. `keep`: it means something without attributes too.
 */
export function setExtension(moddle: Moddle, on: ModdleElement, type: string, attributes: Attributes, keep = false): Edit {
  const values = written(attributes);
  const known = extensionOf(on, type);
  if (known === undefined) return keep || Object.keys(values).length > 0 ? put(moddle, on, (parent) => born(moddle, type, values, parent)) : [];
  const set = Object.fromEntries(Object.keys(attributes).map((name) => [name, values[name]]));
  const left = namesOf(known).filter((name) => !Object.hasOwn(attributes, name)).length + Object.keys(values).length;
  return keep || left > 0 ? [{ on: known, set }] : removeExtension(on, type);
}

/** The names of what is written on an element of ours. */
function namesOf(element: ModdleElement): string[] {
  return Object.keys(element).filter((name) => !name.startsWith('$') && !isEmptyList(element.get(name)));
}

/** Takes extension elements out, and the list they stood in when they were the last. */
export function removeExtension(on: ModdleElement, ...types: readonly string[]): Edit {
  const extensions = elementOf(on, 'extensionElements');
  if (extensions === undefined || types.every((type) => extensionOf(on, type) === undefined)) return [];
  const rest = listOf(extensions, 'values').filter((value) => !types.includes(value.$type));
  return rest.length === 0 ? [{ on, set: { extensionElements: undefined } }] : [{ on: extensions, set: { values: rest } }];
}

/** A list inside an extension element: its name in the model, and the type of its entries. */
export interface ListPlace {
  readonly type: string;
  readonly list: string;
  readonly entry: string;
}

/** Writes a list anew. Without entries the element goes, unless it has another list. */
export function setList(moddle: Moddle, on: ModdleElement, place: ListPlace, rows: readonly Attributes[]): Edit {
  const known = extensionOf(on, place.type);
  if (known === undefined) {
    if (rows.length === 0) return [];
    return put(moddle, on, (parent) => {
      const made = born(moddle, place.type, {}, parent);
      made.set(place.list, rows.map((row) => born(moddle, place.entry, written(row), made)));
      return made;
    });
  }
  const others = namesOf(known).filter((name) => name !== place.list);
  if (rows.length === 0 && others.length === 0) return removeExtension(on, place.type);
  return [{ on: known, set: { [place.list]: rows.map((row) => born(moddle, place.entry, written(row), known)) } }];
}

function put(moddle: Moddle, on: ModdleElement, make: (parent: ModdleElement) => ModdleElement): Edit {
  const extensions = elementOf(on, 'extensionElements');
  if (extensions !== undefined) return [{ on: extensions, set: { values: [...listOf(extensions, 'values'), make(extensions)] } }];
  const made = born(moddle, 'bpmn:ExtensionElements', {}, on);
  made.set('values', [make(made)]);
  return [{ on, set: { extensionElements: made } }];
}

/** A whole number; anything else as it was typed, so that the engine can say what is wrong with it. Undefined for an empty text. */
export function numeral(text: string): number | string | undefined {
  const typed = text.trim();
  return typed === '' ? undefined : /^\d{1,9}$/.test(typed) ? Number(typed) : typed;
}

/** A zeebe:property among others of its element; '' takes it away. */
export function setProperty(moddle: Moddle, element: ModdleElement, name: string, value: string): Edit {
  const others = listOf(extensionOf(element, 'zeebe:Properties'), 'properties').map((property) => ({ name: textOf(property, 'name'), value: textOf(property, 'value') })).filter((property) => property.name !== name);
  return setList(moddle, element, { type: 'zeebe:Properties', list: 'properties', entry: 'zeebe:Property' }, value === '' ? others : [...others, { name, value }]);
}

/** An expression with a body, as conditions and timers have it; undefined for an empty text. */
export function expression(moddle: Moddle, text: string, parent: ModdleElement): ModdleElement | undefined {
  return text.trim() === '' ? undefined : born(moddle, 'bpmn:FormalExpression', { body: text.trim() }, parent);
}
