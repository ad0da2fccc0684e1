/** The rules of events and of what catches them (BPMN 2.0.2, 10.5). */
import { carriesKey } from './correlation-specs.ts';
import { definitionOf, definitionsOf, startsProcess } from './event-specs.ts';
import type { Place } from './errors.ts';
import type { Report } from './expressions.ts';
import type { Model, ModelNode, ModelProcess } from './model.ts';
import { extension } from './tree.ts';
import type { Element } from './tree.ts';

const HOSTS = new Set(['task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'subProcess', 'adHocSubProcess', 'transaction', 'callActivity']);

/** Reports what is wrong with the events of a process. */
export function validateEvents(model: Model, process: ModelProcess, report: Report): void {
  const addressed = reachedByMessageFlows(model);
  for (const scope of process.scopes) {
    const starts = scope.nodes.flatMap(({ element, inner }) => (element.triggeredByEvent === true ? (inner?.nodes ?? []) : [])).filter(({ type }) => type === 'startEvent');
    if (starts.length > 1) validateErrors(scope, starts, report);
  }
  for (const node of process.nodes) {
    if (node.type === 'boundaryEvent') validateAttachment(model, node, report);
    if (node.type === 'boundaryEvent' || node.type === 'intermediateCatchEvent') validateWaiting(node, report);
    if (node.boundary.length > 1) validateErrors(node, node.boundary, report);
    validateKey(node, addressed, model, report);
    for (const definition of definitionsOf(node)) validateLanguage(node, definition, report);
  }
}

/** 10.5.4: attached to an activity, in its scope. */
function validateAttachment(model: Model, node: ModelNode, report: Report): void {
  const host = node.element.attachedToRef;
  const found = host === undefined ? undefined : model.nodeOf.get(host);
  if (found === undefined || !HOSTS.has(found.type)) report('BPMN_BOUNDARY_NOT_ATTACHED', node, { other: host === undefined ? 'nothing' : `${host.id ?? ''} (${found?.type ?? host.$type})` });
  else if (found.scope !== node.scope) report('BPMN_BOUNDARY_SCOPE', node, { other: found.id });
}

function validateWaiting(node: ModelNode, report: Report): void {
  const { eventDefinitions, eventDefinitionRef } = node.element;
  if ((eventDefinitions ?? []).length === 0 && (eventDefinitionRef ?? []).length === 0) report('BPMN_EVENT_DEFINITION_MISSING', node);
  if (node.type === 'boundaryEvent' && node.element.cancelActivity === false && definitionOf(node)?.$type === 'bpmn:ErrorEventDefinition') report('BPMN_ERROR_NON_INTERRUPTING', node, { kind: 'error boundary' });
}

/** What is caught in one place only: by the nearest event that names it. A second one would never happen. */
const ONCE: Readonly<Record<string, string>> = { 'bpmn:ErrorEventDefinition': 'error', 'bpmn:EscalationEventDefinition': 'escalation', 'bpmn:CancelEventDefinition': 'cancellation', 'bpmn:CompensateEventDefinition': 'compensation' };

/** 10.5.6: each error and each escalation is caught in one place, on the border of `host` or by the event sub-processes in it. */
function validateErrors(host: Place, events: readonly ModelNode[], report: Report): void {
  const known = new Map<string, string>();
  for (const event of events) {
    for (const definition of definitionsOf(event)) {
      const thrown = ONCE[definition.$type];
      if (thrown === undefined) continue;
      const code = definition.errorRef?.errorCode ?? definition.escalationRef?.escalationCode ?? '';
      const every = thrown === 'error' || thrown === 'escalation' ? `every ${thrown}` : `the ${thrown}`;
      const name = code === '' ? every : `the ${thrown} ${code}`;
      const other = known.get(name);
      if (other !== undefined) report('BPMN_ERROR_CAUGHT_TWICE', event, { host: host.id, name, other });
      known.set(name, event.id);
    }
  }
}

/** 8.4.2: how a message finds the waiting case. */
function validateKey(node: ModelNode, addressed: ReadonlySet<Element>, model: Model, report: Report): void {
  if (startsProcess(node) || node.type === 'endEvent' || node.type === 'intermediateThrowEvent') return;
  // What starts the process needs none; of several that must all come, the first does.
  const gateway = node.incoming[0]?.source?.element;
  if (node.element.instantiate === true || (gateway?.instantiate === true && gateway.eventGatewayType !== 'Parallel')) return;
  const message = node.type === 'receiveTask' ? node.element.messageRef : definitionOf(node)?.messageRef;
  if (message === undefined || addressed.has(node.element)) return;
  if ((extension(message, 'zeebe:Subscription')?.correlationKey ?? '').trim() === '' && !carriesKey(model, message)) report('BPMN_MESSAGE_KEY_MISSING', node, { name: message.name ?? message.id ?? '' });
}

function reachedByMessageFlows(model: Model): ReadonlySet<Element> {
  const reached = new Set<Element>();
  for (const root of model.file.definitions.rootElements ?? []) {
    for (const flow of root.messageFlows ?? []) if (flow.targetRef !== undefined) reached.add(flow.targetRef);
  }
  return reached;
}

function validateLanguage(node: ModelNode, definition: Element, report: Report): void {
  for (const property of ['timeDate', 'timeDuration', 'timeCycle'] as const) {
    const language = definition[property]?.language;
    if (language !== undefined && language !== '' && !/feel/i.test(language)) report('BPMN_EXPRESSION_LANGUAGE', node, { property, value: language });
  }
}

/** 10.5.2: a message starts a process at one place. */
export function validateMessageStarts(process: ModelProcess, report: Report): void {
  const known = new Map<string, string>();
  for (const node of process.scopes[0]?.nodes ?? []) {
    if (node.type !== 'startEvent') continue;
    const name = definitionOf(node)?.messageRef?.name;
    if (name === undefined) continue;
    const other = known.get(name);
    if (other !== undefined) report('BPMN_MESSAGE_START_TWICE', node, { scope: process.id, other, name });
    known.set(name, node.id);
  }
}
