/**
 * Data objects, properties and data associations (BPMN 2.0.2, 10.4.1 and 10.4.2) as variables: a data object is a variable of the
 * scope it stands in, a property one of its element; an association copies a value when its element begins or completes.
 */
import { storeOf, storesOf } from './data-store-specs.ts';
import type { Report } from './expressions.ts';
import { feelOf, shorten } from './expressions.ts';
import type { DataStoreSpecs, Mapping } from './graph.ts';
import type { ModelNode } from './model.ts';
import { bodyOf } from './tree.ts';
import type { Element } from './tree.ts';

const TARGET = /^[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*$/u;
/** What modellers put where they draw an association and mean nothing by its end. */
const DRAWN_ONLY = '__targetRef_placeholder';
const NO_MAPPINGS: readonly Mapping[] = [];

/** The name of the variable a data element stands for; undefined for data stores. */
export function variableOf(element: Element | undefined): string | undefined {
  if (element === undefined || element.$type.startsWith('bpmn:DataStore')) return undefined;
  const { dataObjectRef } = element;
  // What refers to no data object, or to itself, stands for itself; that is a finding.
  if (dataObjectRef?.$type === 'bpmn:DataObject') return variableOf(dataObjectRef);
  const reference = element.$type === 'bpmn:DataObject' ? element.$parent?.flowElements?.find((other) => other.dataObjectRef === element) : undefined;
  const name = [element.name, reference?.name, element.id].find((text) => text !== undefined && text.trim() !== '');
  return name?.trim().replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(?=\p{N})/u, '_');
}

/** What an element declares and takes when it begins, or gives when it completes. `read`: what data stores have filled in before. Refuses with BPMN_MAPPING_TARGET, BPMN_FEEL_INVALID. */
export function dataMappings(node: ModelNode, kind: 'input' | 'output', read: DataStoreSpecs | undefined, report: Report): readonly Mapping[] {
  const { element } = node;
  const associations = ((kind === 'input' ? element.dataInputAssociations : element.dataOutputAssociations) ?? []).filter((association) => storeOf(association, kind) === undefined);
  const own = kind === 'input' ? declaredIn(element) : [];
  if (associations.length === 0 && own.length === 0) return NO_MAPPINGS;
  const filled = new Set(read?.reads.flatMap(({ mappings }) => mappings.map(({ target }) => target)));
  const declared = own.flatMap((name) => (filled.has(name) ? [] : copy('null', name, node, report)));
  return [...declared, ...associations.flatMap((association) => mappingsOf(association, node, kind, report))];
}

/** The data stores an element reads and writes. Refuses with BPMN_MAPPING_TARGET, BPMN_DATA_STORE_TARGET, BPMN_FEEL_INVALID. */
export function dataStores(node: ModelNode, report: Report): DataStoreSpecs | undefined {
  const { dataInputAssociations, dataOutputAssociations } = node.element;
  return dataInputAssociations === undefined && dataOutputAssociations === undefined ? undefined : storesOf(node, variableOf, report);
}

/** Properties, and the data objects of a sub-process: they hide outer variables of the same name. */
function declaredIn(element: Element): readonly string[] {
  const objects = element.$type === 'bpmn:Process' ? [] : (element.flowElements ?? []).filter(({ $type }) => $type === 'bpmn:DataObject');
  return [...(element.properties ?? []), ...objects].flatMap((data) => (data.name === DRAWN_ONLY ? [] : (variableOf(data) ?? [])));
}

function mappingsOf(association: Element, node: ModelNode, kind: 'input' | 'output', report: Report): readonly Mapping[] {
  // The library gives the sources of a data association as a list.
  const [source] = (association.sourceRef ?? []) as unknown as readonly Element[];
  const target = association.targetRef;
  if (association.assignment !== undefined && association.assignment.length > 0) return association.assignment.flatMap((one) => assigned(one, node, kind, report));
  const to = target?.name === DRAWN_ONLY ? undefined : variableOf(target);
  const from = bodyOf(association.transformation) || variableOf(source);
  // An arrow without one of its ends is only drawn.
  return from === undefined || from === '' || to === undefined ? [] : copy(from, to, node, report);
}

function assigned({ from, to }: Element, node: ModelNode, kind: 'input' | 'output', report: Report): readonly Mapping[] {
  const target = bodyOf(to).replace(/^=/, '').trim();
  if (!TARGET.test(target)) {
    report('BPMN_MAPPING_TARGET', node, { kind, value: shorten(target) });
    return [];
  }
  return copy(bodyOf(from), target, node, report);
}

function copy(from: string, target: string, node: ModelNode, report: Report): readonly Mapping[] {
  const source = feelOf(from, `the source of ${target}`, node, report);
  return source === undefined ? [] : [{ source, target }];
}
