/** References lead to elements of the type the standard says (BPMN 2.0.2, 8.3.1 and the class diagrams of chapters 8 to 10), and never in circles. */
import { definitionsOf } from './event-specs.ts';
import type { Report } from './expressions.ts';
import { placeOf } from './model.ts';
import type { Model, ModelNode, ModelProcess, Scope } from './model.ts';
import { localName, withArticle } from './tree.ts';
import type { Element } from './tree.ts';
import type { Place } from './errors.ts';

/** What a reference may lead to: the end of the type name, and the words for it. */
const WANTED = {
  messageRef: [/^bpmn:Message$/, 'a message'],
  errorRef: [/^bpmn:Error$/, 'an error'],
  signalRef: [/^bpmn:Signal$/, 'a signal'],
  escalationRef: [/^bpmn:Escalation$/, 'an escalation'],
  activityRef: [/^bpmn:(?:\w*Task|SubProcess|Transaction|AdHocSubProcess|CallActivity)$/, 'an activity'],
  eventDefinitionRef: [/EventDefinition$/, 'an event definition'],
  dataObjectRef: [/^bpmn:DataObject$/, 'a data object'],
  dataStoreRef: [/^bpmn:DataStore$/, 'a data store'],
  processRef: [/^bpmn:Process$/, 'a process'],
} as const satisfies Record<string, readonly [RegExp, string]>;

/** Reports references of a process that lead to something else, and data of scopes that cannot be seen. */
export function validateReferences(model: Model, process: ModelProcess, report: Report): void {
  for (const node of process.nodes) {
    check(node.element, node, report);
    for (const definition of node.element.eventDefinitions ?? []) check(definition, node, report);
    for (const definition of definitionsOf(node)) if (!(node.element.eventDefinitions ?? []).includes(definition)) check(definition, node, report);
    validateData(node, report);
  }
  for (const scope of process.scopes) {
    for (const element of scope.element.flowElements ?? []) if (element.$type.startsWith('bpmn:Data')) check(element, placeOf(model.file, element), report);
  }
}

/** Reports participants that show something else than a process. */
export function validateParticipants(model: Model, report: Report): void {
  for (const root of model.file.definitions.rootElements ?? []) for (const participant of root.participants ?? []) check(participant, placeOf(model.file, participant), report);
}

function check(element: Element, at: Place, report: Report): void {
  for (const [property, [type, wanted]] of Object.entries(WANTED)) {
    const value = (element as unknown as Readonly<Record<string, Element | readonly Element[] | undefined>>)[property];
    for (const other of value === undefined ? [] : Array.isArray(value) ? (value as readonly Element[]) : [value as Element]) {
      if (!type.test(other.$type)) report('BPMN_REFERENCE_TYPE', at, { property, wanted, other: other.id ?? '', type: withArticle(localName(other.$type)) });
    }
  }
}

/** 10.4.1: what an activity reads and writes stands in its own scope or in one around it. */
function validateData(node: ModelNode, report: Report): void {
  const { dataInputAssociations = [], dataOutputAssociations = [] } = node.element;
  for (const association of [...dataInputAssociations, ...dataOutputAssociations]) {
    const ends = [...((association.sourceRef ?? []) as unknown as readonly Element[]), association.targetRef];
    for (const end of ends) {
      const home = end?.$type === 'bpmn:DataObject' || end?.$type === 'bpmn:DataObjectReference' ? end.$parent : undefined;
      if (home !== undefined && !encloses(home, node.scope)) report('BPMN_DATA_SCOPE', node, { other: end?.id ?? '', scope: home.id ?? '' });
    }
  }
}

function encloses(home: Element, inner: Scope): boolean {
  for (let scope: Scope | undefined = inner; scope !== undefined; scope = scope.node?.scope) if (scope.element === home) return true;
  return false;
}
