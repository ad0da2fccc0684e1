/** References as other tools write them (BPMN 2.0.2, 15.3 XSD): most are qualified names, and one with a prefix of the file's own target namespace leads to its local part. */
import type { ImportResult, ImportWarning } from 'bpmn-moddle';

interface ModdleElement {
  readonly $attrs: Readonly<Record<string, string | undefined>>;
  readonly $descriptor: { readonly propertiesByName: Readonly<Record<string, { readonly isMany?: boolean } | undefined>> };
  readonly targetNamespace?: string;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
}

/** Leads the references of a file that was just read to what they name in it; answers the warnings that are left. */
export function resolveQualified({ rootElement, elementsById, warnings }: ImportResult): readonly ImportWarning[] {
  const { $attrs, targetNamespace } = rootElement as ModdleElement;
  return warnings.filter(({ message, element, property, value = '' }) => {
    const [, prefix, local] = /^([^:]+):([^:]+)$/.exec(value) ?? [];
    if (element === undefined || property === undefined || local === undefined || targetNamespace === undefined || !message.startsWith('unresolved reference')) return true;
    if (!Object.hasOwn($attrs, `xmlns:${prefix ?? ''}`) || $attrs[`xmlns:${prefix ?? ''}`] !== targetNamespace || !Object.hasOwn(elementsById, local)) return true;
    refer(element as ModdleElement, property, elementsById[local]);
    return false;
  });
}

/** Lets a reference lead to an element; of a list it becomes the last. */
export function refer(element: Pick<ModdleElement, 'get' | 'set' | '$descriptor'>, property: string, target: unknown): void {
  if (element.$descriptor.propertiesByName[property]?.isMany === true) (element.get(property) as unknown[]).push(target);
  else element.set(property, target);
}
