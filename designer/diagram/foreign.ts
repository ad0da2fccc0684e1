/** Files as other tools write them: bpmn-js forgets each reference it cannot follow, so those that can be followed are, and those that lead out of the file are kept as they were written. */
import { refer, resolveQualified } from '../../engine/index.ts';
import { elementOf, listOf } from '../model/moddle.ts';
import type { Moddle, ModdleElement } from '../model/moddle.ts';

/** What bpmn-js says when it has read a file and not drawn it yet. */
export interface ParsedImport {
  readonly definitions?: object;
  readonly elementsById?: Readonly<Record<string, object>>;
  readonly warnings?: readonly { readonly message: string; readonly element?: object; readonly property?: string; readonly value?: string }[];
}

/** A reference that leads to nothing in its file. */
export interface Dangling {
  readonly element: ModdleElement & Parameters<typeof refer>[0];
  readonly property: string;
  readonly value: string;
}

/** Follows qualified names, as the engine does; answers the references that lead out of the file. Nothing of a file that could not be read. */
export function follow({ definitions, elementsById = {}, warnings = [] }: ParsedImport): readonly Dangling[] {
  if (definitions === undefined) return [];
  return resolveQualified({ rootElement: definitions, elementsById, warnings }).flatMap(({ message, element, property, value }) => {
    // The writer does not escape what a reference is called.
    if (!message.startsWith('unresolved reference') || element === undefined || property === undefined || value === undefined || /[\s<>&"']/.test(value)) return [];
    return [{ element: element as Dangling['element'], property, value }];
  });
}

/** Lets each lead to a stand-in that has its name and stands nowhere, once the file is drawn: it is written as it was read. */
export function keep(moddle: Moddle, dangling: readonly Dangling[]): void {
  for (const { element, property, value } of dangling) refer(element, property, moddle.create('bpmn:BaseElement', { id: value }));
}

/** Shapes and edges of a diagram that are not drawn, by their plane: a process outside the pools, an edge of nothing. */
export type Undrawn = ReadonlyMap<ModdleElement, readonly ModdleElement[]>;

/** `drawn`: the shapes and edges that are. */
export function undrawnIn(definitions: ModdleElement, drawn: ReadonlySet<unknown>): Undrawn {
  const planes = listOf(definitions, 'diagrams').flatMap((diagram) => elementOf(diagram, 'plane') ?? []);
  return new Map(planes.map((plane) => [plane, listOf(plane, 'planeElement').filter((element) => !drawn.has(element))]));
}

/** bpmn-js writes what it has drawn, and nothing else: what it left out goes back. */
export function putBack(undrawn: Undrawn): void {
  for (const [plane, elements] of undrawn) {
    const there = new Set(listOf(plane, 'planeElement'));
    const missing = elements.filter((element) => !there.has(element));
    if (missing.length > 0) plane.set('planeElement', [...there, ...missing]);
  }
}
