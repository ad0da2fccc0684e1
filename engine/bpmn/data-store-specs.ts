/**
 * Data stores (BPMN 2.0.2, 10.4.1) as jobs around an element: what it reads is asked for before its inputs, what it writes after its
 * work. A store is known by its name in every model; the property `key` of its reference names one entry of it.
 */
import type { Report } from './expressions.ts';
import { feelOf, shorten, valueOf } from './expressions.ts';
import type { DataStoreAccess, DataStoreSpecs, Expression, Mapping } from './graph.ts';
import { propertyOf } from './model.ts';
import type { ModelNode } from './model.ts';
import { bodyOf } from './tree.ts';
import type { Element } from './tree.ts';

/** The job types a worker of data stores does; docs/data-stores.md says with which headers. */
const READ = 'data-store-read';
const WRITE = 'data-store-write';

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
/** What modellers put where they draw an association and mean nothing by its end. */
const DRAWN_ONLY = '__targetRef_placeholder';

/** `register`: the name it is known by; `variable`: what it is called in expressions. */
interface Store {
  readonly reference: Element;
  readonly store: Element;
  readonly register: string;
  readonly variable: string;
}

/** The store a data association leads from or to; undefined when it has none. */
export function storeOf(association: Element, kind: 'input' | 'output'): Store | undefined {
  const end = kind === 'input' ? sourcesOf(association).find(isStore) : association.targetRef;
  if (end === undefined || !isStore(end)) return undefined;
  const store = end.dataStoreRef ?? end;
  const register = [store.name, end.name, store.id, end.id].find((text) => text !== undefined && text.trim() !== '')?.trim() ?? '';
  const variable = register.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(?=\p{N})/u, '_');
  return { reference: end, store, register, variable };
}

/** The library gives the sources of a data association as a list. */
function sourcesOf({ sourceRef }: Element): readonly Element[] {
  return (sourceRef ?? []) as unknown as readonly Element[];
}

function isStore({ $type }: Element): boolean {
  return $type.startsWith('bpmn:DataStore');
}

/** True for what this engine cannot tell apart: a store mixed with other sources. */
export function mixesStores(element: Element): boolean {
  return (element.dataInputAssociations ?? []).some((association) => sourcesOf(association).length > 1 && sourcesOf(association).some(isStore));
}

/**
 * What an element reads and writes; an arrow without what is copied is only drawn. `names`: the variable of a data element.
 * Refuses with BPMN_MAPPING_TARGET, BPMN_DATA_STORE_TARGET, BPMN_FEEL_INVALID.
 */
export function storesOf(node: ModelNode, names: (element: Element | undefined) => string | undefined, report: Report): DataStoreSpecs | undefined {
  const { dataInputAssociations = [], dataOutputAssociations = [] } = node.element;
  const reads = dataInputAssociations.flatMap((association) => readOf(association, node, names, report));
  const writes = dataOutputAssociations.flatMap((association) => writeOf(association, node, names, report));
  return reads.length + writes.length === 0 ? undefined : { reads, writes };
}

type Names = (element: Element | undefined) => string | undefined;

function readOf(association: Element, node: ModelNode, names: Names, report: Report): DataStoreAccess[] {
  const store = storeOf(association, 'input');
  if (store === undefined) return [];
  const { targetRef, assignment = [], transformation } = association;
  const to = targetRef?.name === DRAWN_ONLY ? undefined : names(targetRef);
  const mappings = assignment.length > 0
    ? assignment.flatMap((one) => assigned(one, node, 'input', report))
    : to === undefined ? [] : copied(bodyOf(transformation) || store.variable, to, node, report);
  return mappings.length === 0 ? [] : [access(READ, store, mappings, {}, node, report)];
}

function writeOf(association: Element, node: ModelNode, names: Names, report: Report): DataStoreAccess[] {
  const store = storeOf(association, 'output');
  if (store === undefined) return [];
  const { assignment = [], transformation } = association;
  const from = bodyOf(transformation) || names(sourcesOf(association)[0]) || '';
  const mappings = assignment.length > 0 ? assignment.flatMap((one) => assigned(one, node, 'output', report)) : from === '' ? [] : copied(from, store.variable, node, report);
  if (mappings.length === 0) return [];
  for (const { target } of mappings) {
    if (target.split('.')[0] !== store.variable) report('BPMN_DATA_STORE_TARGET', node, { store: store.register, value: target, variable: store.variable });
  }
  const paths = mappings.map(({ target }) => target.slice(store.variable.length + 1));
  const { capacity, isUnlimited } = store.store;
  const limited = capacity !== undefined && isUnlimited === false;
  return [access(WRITE, store, mappings, { ...(!paths.includes('') && { paths: paths.join(',') }), ...(limited && { capacity: String(capacity) }) }, node, report)];
}

function access(type: string, { reference, store, register, variable }: Store, mappings: readonly Mapping[], more: Readonly<Record<string, string>>, node: ModelNode, report: Report): DataStoreAccess {
  const key = valueOf(propertyOf(reference, 'key'), `the key of the data store ${register}`, node, report);
  const item = (reference.itemSubjectRef ?? store.itemSubjectRef)?.id;
  const plain: Readonly<Record<string, string>> = { store: register, variable, ...(item !== undefined && { item }), ...more };
  const headers: Record<string, Expression> = Object.fromEntries(Object.entries(plain).map(([name, text]) => [name, { source: text, literal: text }]));
  return { job: { type: { source: type, literal: type }, retries: undefined, headers: key === undefined ? headers : { ...headers, key } }, variable, mappings };
}

function assigned({ from, to }: Element, node: ModelNode, kind: 'input' | 'output', report: Report): readonly Mapping[] {
  const target = bodyOf(to).replace(/^=/, '').trim();
  if (target.split('.').every((part) => NAME.test(part))) return copied(bodyOf(from), target, node, report);
  report('BPMN_MAPPING_TARGET', node, { kind, value: shorten(target) });
  return [];
}

function copied(from: string, target: string, node: ModelNode, report: Report): readonly Mapping[] {
  const source = feelOf(from, `the source of ${target}`, node, report);
  return source === undefined ? [] : [{ source, target }];
}
