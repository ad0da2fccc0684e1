/**
 * Message event definitions (BPMN 2.0.2, 10.5.5 and 8.4.2): subscriptions and publications, both addressed to the correlation
 * stream of (name, correlation key). Without a key of its own a message stays in the conversation of the case.
 */
import type { Expression, MessageSpec } from '../bpmn/graph.ts';
import type { Decision } from '../execution/decision.ts';
import type { InstanceEvent } from '../events.ts';
import { Stuck } from '../execution/errors.ts';
import { ensureRest } from '../execution/hops.ts';
import { evaluateText, missingNames, textIn, visibleVariables } from '../execution/variables.ts';
import type { Variables } from '../facts.ts';
import { messageStream } from '../hash.ts';
import type { ElementInstance } from '../state.ts';

type MessagePublished = Extract<InstanceEvent, { type: 'MessagePublished' }>;

/** Opens a subscription of event or receive task `elementId` on behalf of `host`. */
export function subscribe(decision: Decision, elementId: string, message: MessageSpec, host: ElementInstance, part: number | undefined): void {
  const awaited = message.correlation?.awaited;
  const correlationKey = awaited ? compose(awaited.map((path) => evaluateText(decision, host.id, path, whereOf(elementId))), awaited, elementId) : keyOf(decision, host.id, message, elementId);
  decision.record({
    type: 'MessageSubscribed', id: decision.nextId(), processId: decision.state.processId, element: host.id, elementId, name: message.name,
    to: messageStream(message.name, correlationKey), correlationKey, ...(part !== undefined && { part }),
  });
}

/** Publishes for a throw event, end event or send task. It carries what its input mappings made, or without any all it can see. */
export function publish(decision: Decision, elementId: string, message: MessageSpec, self: ElementInstance, isMapped: boolean): void {
  decision.record(publication(decision, elementId, message, self, isMapped));
}

/** The event of publishing, not recorded yet. `isMapped`: the element has variables of its own, and the message carries just these. */
export function publication(decision: Decision, elementId: string, message: MessageSpec, self: ElementInstance, isMapped: boolean): MessagePublished {
  ensureRest(decision, elementId);
  const variables: Variables = isMapped ? Object.fromEntries(self.variables ?? []) : visibleVariables(decision.state, self.id);
  const carried = message.correlation?.carried;
  const correlationKey = carried ? compose(carried.map((path) => textIn(decision, variables, path, whereOf(elementId))), carried, elementId) : keyOf(decision, self.id, message, elementId);
  return {
    type: 'MessagePublished', id: decision.nextId(), elementId, name: message.name, to: messageStream(message.name, correlationKey),
    correlationKey, conversation: decision.state.conversation, variables,
  };
}

function whereOf(elementId: string): string {
  return `the correlation key of ${elementId}`;
}

/** The values of a key as one text: alone as it is, several as a JSON list. */
function compose(values: readonly (string | undefined)[], paths: readonly Expression[], elementId: string): string {
  const lost = values.findIndex((value) => value === undefined || value === '');
  if (lost >= 0) throw new Stuck('INCIDENT_EXPRESSION', { where: whereOf(elementId), wanted: 'a text', source: paths[lost]?.source ?? '', got: 'nothing' });
  return values.length === 1 ? (values[0] ?? '') : JSON.stringify(values);
}

function keyOf(decision: Decision, scope: number, message: MessageSpec, elementId: string): string {
  if (!message.correlationKey) return decision.state.conversation;
  const key = evaluateText(decision, scope, message.correlationKey, whereOf(elementId));
  if (key !== undefined && key !== '') return key;
  const names = missingNames(decision, scope, message.correlationKey);
  throw new Stuck('INCIDENT_EXPRESSION', {
    where: whereOf(elementId), wanted: 'a text', source: message.correlationKey.source, got: `nothing, because ${names}`,
  });
}
