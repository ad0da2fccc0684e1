/** The static rules of the standard for what is executed (BPMN 2.0.2, chapters 8 and 10): all findings of a file, never only the first. */
import type { Report } from './expressions.ts';
import { definitionOf } from './event-specs.ts';
import { groupOf, lanesOf, placeOf } from './model.ts';
import type { Model, ModelNode, ModelProcess, Scope } from './model.ts';
import { localName, withArticle } from './tree.ts';
import type { Element } from './tree.ts';
import { validateEvents, validateMessageStarts } from './validate-events.ts';
import { validateFlows } from './validate-flows.ts';
import { validateConversations } from './validate-conversations.ts';
import { validateHandlers } from './validate-handlers.ts';
import { validateParticipants, validateReferences } from './validate-references.ts';

/** Reports every broken rule in the processes that are executed. */
export function validate(model: Model, report: Report): void {
  validateFile(model, report);
  validateParticipants(model, report);
  validateConversations(model, report);
  for (const process of model.processes) if (process.executed) validateProcess(model, process, report);
}

function validateFile(model: Model, report: Report): void {
  const { definitions } = model.file;
  for (const extension of definitions.extensions ?? []) {
    if (extension.mustUnderstand === true) report('BPMN_MUST_UNDERSTAND', placeOf(model.file, definitions), { name: extension.$attrs['definition'] ?? 'an extension' });
  }
  if (model.processes.some((process) => process.executed)) return;
  const [first] = model.processes;
  const found = first === undefined ? 'no process' : `only processes with isExecutable="false": ${model.processes.map((process) => process.id).join(', ')}`;
  report('BPMN_NOTHING_EXECUTABLE', first ?? placeOf(model.file, definitions), { found });
}

function validateProcess(model: Model, process: ModelProcess, report: Report): void {
  if (process.element.id === undefined) report('BPMN_ID_MISSING', process, { name: 'a process' });
  for (const scope of process.scopes) {
    validateIds(scope, report);
    validateStarts(scope, model, report);
    validateFlows(scope, report);
    validateLanes(model, scope, report);
  }
  validateEvents(model, process, report);
  validateHandlers(model, process, report);
  validateMessageStarts(process, report);
  validateReferences(model, process, report);
}

function validateIds(scope: Scope, report: Report): void {
  for (const { element, line } of [...scope.nodes, ...scope.flows]) {
    if (element.id === undefined) report('BPMN_ID_MISSING', { id: scope.id, line }, { name: `${withArticle(localName(element.$type))} in ${scope.id}` });
  }
}

/** What starts a process or sub-process (10.5.2, 13.2). */
function validateStarts(scope: Scope, model: Model, report: Report): void {
  if (scope.nodes.length === 0) {
    // A pool that is only drawn often comes with an empty process.
    const drawn = scope.node === undefined && scope.element.isExecutable !== true && model.processes.length > 1;
    if (!drawn) report('BPMN_PROCESS_EMPTY', scope);
    return;
  }
  if (scope.element.$type === 'bpmn:AdHocSubProcess' || scope.element.triggeredByEvent === true) return;
  const events = scope.nodes.filter((node) => node.type === 'startEvent');
  const none = events.filter((node) => node.element.eventDefinitions === undefined && node.element.eventDefinitionRef === undefined);
  for (const other of none.slice(1)) report('BPMN_START_NONE_TWICE', other, { scope: scope.id });
  if (events.length === 0 && !scope.nodes.some((node) => node.incoming.length === 0 && node.type !== 'boundaryEvent' && !byEvent(node))) report('BPMN_START_MISSING', scope);
  const ended = scope.nodes.some((node) => node.type === 'endEvent');
  for (const node of scope.nodes) {
    if (byEvent(node)) continue;
    if (events.length > 0 && node.incoming.length === 0 && node.type !== 'startEvent' && node.type !== 'boundaryEvent' && node.element.instantiate !== true) report('BPMN_NODE_WITHOUT_INCOMING', node, { scope: scope.id });
    if (node.outgoing.length === 0 && node.type !== 'endEvent' && (ended || node.type === 'startEvent' || node.type === 'boundaryEvent')) report('BPMN_NODE_WITHOUT_OUTGOING', node);
  }
}

/** Sequence flows neither need to lead there nor away: handlers, and the two ends of a link. */
function byEvent(node: ModelNode): boolean {
  const trigger = definitionOf(node)?.$type;
  return node.element.isForCompensation === true || node.element.triggeredByEvent === true || trigger === 'bpmn:LinkEventDefinition'
    || (node.type === 'boundaryEvent' && trigger === 'bpmn:CompensateEventDefinition');
}

/** 10.8: a lane holds flow nodes of its process, each in one lane of a lane set. */
function validateLanes(model: Model, scope: Scope, report: Report): void {
  const seen = new Map<Element, Map<Element, string>>();
  for (const { lane, laneSet } of lanesOf(scope.element)) {
    const at = placeOf(model.file, lane);
    if (groupOf(lane) === '' && lane.childLaneSet === undefined) report('BPMN_LANE_WITHOUT_GROUP', at);
    const inSet = seen.get(laneSet) ?? new Map<Element, string>();
    seen.set(laneSet, inSet);
    for (const element of lane.flowNodeRef ?? []) {
      const node = model.nodeOf.get(element);
      if (node?.scope.process !== scope.process) {
        if (node !== undefined || !isDrawn(element)) report('BPMN_LANE_NODE', at, { other: element.id ?? element.$type });
        continue;
      }
      const other = inSet.get(element);
      if (other !== undefined && other !== at.id) report('BPMN_LANE_TWICE', at, { node: node.id, other });
      inSet.set(element, at.id);
    }
  }
}

/** Modellers also list data and annotations that lie in a lane. */
function isDrawn(element: Element): boolean {
  return element.$type.startsWith('bpmn:Data') || element.$type === 'bpmn:TextAnnotation' || element.$type === 'bpmn:Group';
}
