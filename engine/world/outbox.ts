/**
 * From an event of one stream to the command it asks of another: the only way streams meet. The world and the server's dispatch
 * both use this, so that they cannot differ.
 *
 * The key of a command is the id of the event that asks for it, so that a second delivery changes nothing.
 */
import type { InstanceAction } from '../commands.ts';
import type { CorrelationCommand, CorrelationEvent, StartCandidate } from '../correlation/correlation.ts';
import type { SignalCommand, SignalEvent } from '../correlation/signals.ts';
import type { CollectTrigger, StartRoundEvent } from '../correlation/start-rounds.ts';
import type { DataStoreWritten } from '../data-stores/data-store.ts';
import type { DecisionDeployed } from '../definitions/decision-definition.ts';
import type { ConditionEvent } from '../definitions/conditions.ts';
import type { DefinitionEvent } from '../definitions/definition.ts';
import type { InstanceEvent } from '../events.ts';
import { instanceStream } from '../hash.ts';

/** A command for another stream, as one of the kinds of decider. */
export type Outgoing =
  | { readonly kind: 'start-round'; readonly stream: string; readonly key: string; readonly command: CollectTrigger }
  | { readonly kind: 'instance'; readonly stream: string; readonly key: string; readonly action: InstanceAction; readonly offer?: Offer }
  | { readonly kind: 'message'; readonly stream: string; readonly key: string; readonly command: CorrelationCommand }
  | { readonly kind: 'signal'; readonly stream: string; readonly key: string; readonly command: SignalCommand };

/** The processes whose latest version is started by a message or signal of this name. */
export type StartsOf = (name: string, trigger: 'message' | 'signal') => readonly StartCandidate[];

/** A message on offer: the correlation stream is told whether the instance took it. */
export interface Offer {
  readonly stream: string;
  readonly messageId: string;
  readonly subscriber: string;
}

/** How long a message thrown by a case waits for its receiver. */
const THROWN_TIME_TO_LIVE = 'P30D';

/** `eventId`: `<stream>/<version of the record>/<number of the event in it>`. */
export function outbox(stream: string, eventId: string, event: InstanceEvent | CorrelationEvent | SignalEvent | DefinitionEvent | DecisionDeployed | DataStoreWritten | ConditionEvent | StartRoundEvent, starts: StartsOf): Outgoing | undefined {
  switch (event.type) {
    case 'MessageSubscribed': {
      const { to, id, processId, name, correlationKey } = event;
      return { kind: 'message', stream: to, key: eventId, command: { type: 'OpenSubscription', subscriber: `${stream}/${String(id)}`, processId, name, correlationKey, ...behind(event) } };
    }
    case 'MessageUnsubscribed':
      return { kind: 'message', stream: event.to, key: eventId, command: { type: 'CloseSubscription', subscriber: `${stream}/${String(event.id)}` } };
    case 'MessagePublished': {
      const { to, name, correlationKey, variables, conversation } = event;
      const command = { type: 'PublishMessage', messageId: eventId, name, correlationKey, variables, conversation, timeToLive: THROWN_TIME_TO_LIVE, starts: starts(name, 'message'), ...thrown(event) } as const;
      return { kind: 'message', stream: to, key: eventId, command };
    }
    case 'SignalSubscribed': case 'SignalUnsubscribed': case 'SignalThrown': case 'SignalDelivered': case 'SignalStartRequested': case 'SignalDeliveryPaused':
      return signalled(stream, eventId, event, starts);
    case 'EscalationThrown': {
      const { parent, code, variables = {} } = event;
      return parent && { kind: 'instance', stream: parent.stream, key: eventId, action: { type: 'EscalateChild', element: parent.element, code, variables, ...behind(event) } };
    }
    case 'ChildCompensationRequested': {
      const { childStream, scope, id } = event;
      return { kind: 'instance', stream: childStream, key: eventId, action: { type: 'CompensateInstance', answer: { stream, scope, run: id }, ...behind(event) } };
    }
    case 'InstanceCompensated': {
      const { answer } = event;
      return { kind: 'instance', stream: answer.stream, key: eventId, action: { type: 'CompensationDone', scope: answer.scope, run: answer.run, ...behind(event) } };
    }
    case 'MessageOffered': return offered(stream, eventId, event);
    case 'MessageStartRequested': {
      const { childStream, processId, version, startElementId, variables, conversation } = event;
      const action = { type: 'StartInstance', processId, version, startElementId, variables, ...(conversation !== undefined && { conversation }), ...behind(event) } as const;
      return { kind: 'instance', stream: childStream, key: eventId, action };
    }
    case 'ConditionStartRequested': case 'StartRoundCompleted': {
      const { childStream, processId, version, startElementId, variables, businessKey } = event;
      const { conversation, hops }: { readonly conversation?: string; readonly hops?: number } = event.type === 'StartRoundCompleted' ? event : {};
      const action = { type: 'StartInstance', processId, version, startElementId, variables, ...(businessKey !== undefined && { businessKey }), ...(conversation !== undefined && { conversation }), ...behind({ hops }) } as const;
      return { kind: 'instance', stream: childStream, key: eventId, action };
    }
    case 'MessageTriggerReceived': case 'SignalTriggerReceived': case 'StartTimerReceived': case 'ConditionTriggerReceived': {
      const { to, processId, version, startElementId, trigger, wants, variables, conversation, businessKey } = event;
      const optional = { ...(conversation !== undefined && { conversation }), ...(businessKey !== undefined && { businessKey }), ...behind(event) };
      return { kind: 'start-round', stream: to, key: eventId, command: { type: 'CollectTrigger', triggerId: eventId, processId, version, startElementId, trigger, wants, variables, ...optional } };
    }
    case 'ChildRequested': {
      const { childStream, processId, version, variables, conversation, id, depth, businessKey, done } = event;
      const optional = { ...(businessKey !== undefined && { businessKey }), ...(done && { done }), ...behind(event) };
      return { kind: 'instance', stream: childStream, key: eventId, action: { type: 'StartInstance', processId, version, variables, conversation, parent: { stream, element: id, depth }, ...optional } };
    }
    case 'ChildTerminationRequested':
      return { kind: 'instance', stream: event.childStream, key: eventId, action: { type: 'CancelInstance', reason: `the case that called it, ${stream}, was cancelled or went another way`, ...behind(event) } };
    case 'InstanceCompleted': case 'InstanceTerminated': case 'InstanceFailed': return childEnded(eventId, event);
    case 'StartTimerFired': {
      const { processId, version, elementId } = event;
      return { kind: 'instance', stream: instanceStream(processId, `timer/${eventId}`), key: eventId, action: { type: 'StartInstance', processId, version, startElementId: elementId, variables: {} } };
    }
    default: return undefined;
  }
}

/** What a command to another stream carries of the throws in a row that led to it. */
function behind({ hops }: { readonly hops?: number | undefined }): { readonly hops?: number } {
  return hops === undefined ? {} : { hops };
}

/** One throw more. */
function thrown({ hops = 0 }: { readonly hops?: number }): { readonly hops: number } {
  return { hops: hops + 1 };
}

type Signalling = Extract<InstanceEvent | SignalEvent, { type: 'SignalSubscribed' | 'SignalUnsubscribed' | 'SignalThrown' | 'SignalDelivered' | 'SignalStartRequested' | 'SignalDeliveryPaused' }>;

function signalled(stream: string, eventId: string, event: Signalling, starts: StartsOf): Outgoing {
  const ask = (to: string, command: SignalCommand): Outgoing => ({ kind: 'signal', stream: to, key: eventId, command });
  switch (event.type) {
    case 'SignalSubscribed': return ask(event.to, { type: 'OpenSignalSubscription', subscriber: `${stream}/${String(event.id)}`, open: event.open ?? false });
    case 'SignalUnsubscribed': return ask(event.to, { type: 'CloseSignalSubscription', subscriber: `${stream}/${String(event.id)}` });
    case 'SignalThrown': return ask(event.to, { type: 'BroadcastSignal', signalId: eventId, name: event.name, variables: event.variables, starts: event.near ? [] : starts(event.name, 'signal'), ...thrown(event) });
    case 'SignalDeliveryPaused': return ask(stream, { type: 'DeliverSignal', signalId: event.signalId });
    case 'SignalDelivered': {
      const { signalId, subscriber, variables } = event;
      const slash = subscriber.lastIndexOf('/');
      return { kind: 'instance', stream: subscriber.slice(0, slash), key: eventId, action: { type: 'ReceiveSignal', subscription: Number(subscriber.slice(slash + 1)), signalId, variables, ...behind(event) } };
    }
    case 'SignalStartRequested': {
      const { childStream, processId, version, startElementId, variables } = event;
      return { kind: 'instance', stream: childStream, key: eventId, action: { type: 'StartInstance', processId, version, startElementId, variables, ...behind(event) } };
    }
  }
}

/** What the correlation stream is told about an offer: `accepted` with whether the subscription goes on. */
export function answerTo(offer: Offer, key: string, accepted: { readonly open: boolean } | undefined): Extract<Outgoing, { kind: 'message' }> {
  const { stream, messageId, subscriber } = offer;
  const command: CorrelationCommand = accepted ? { type: 'AcceptMessage', messageId, subscriber, open: accepted.open } : { type: 'DeclineMessage', messageId, subscriber };
  return { kind: 'message', stream, key: `${key}/answer`, command };
}

/** What the calling case is told when its child refused to start: it would wait for ever. A child that runs already is no reason. */
export function whenRefused(outgoing: Extract<Outgoing, { kind: 'instance' }>, { code }: { readonly code: string }): Extract<Outgoing, { kind: 'instance' }> | undefined {
  const { action, key } = outgoing;
  if (action.type !== 'StartInstance' || !action.parent || code === 'INSTANCE_EXISTS') return undefined;
  const { stream, element } = action.parent;
  return { kind: 'instance', stream, key: `${key}/refused`, action: { type: 'CompleteChild', element, ended: 'terminated', variables: {}, ...behind(action) } };
}

function offered(stream: string, eventId: string, event: Extract<CorrelationEvent, { type: 'MessageOffered' }>): Outgoing {
  const { messageId, subscriber, variables } = event;
  const slash = subscriber.lastIndexOf('/');
  const action = { type: 'CorrelateMessage', subscription: Number(subscriber.slice(slash + 1)), messageId, variables, ...behind(event) } as const;
  return { kind: 'instance', stream: subscriber.slice(0, slash), key: eventId, action, offer: { stream, messageId, subscriber } };
}

function childEnded(eventId: string, event: Extract<InstanceEvent, { type: 'InstanceCompleted' | 'InstanceTerminated' | 'InstanceFailed' }>): Outgoing | undefined {
  const { parent } = event;
  // It was undoing itself: whatever became of that, its caller goes on.
  if (event.type !== 'InstanceCompleted' && event.answer) {
    const { stream, scope, run } = event.answer;
    return { kind: 'instance', stream, key: eventId, action: { type: 'CompensationDone', scope, run, ...behind(event) } };
  }
  if (!parent) return undefined;
  const told = { type: 'CompleteChild', element: parent.element, ...(event.done && { done: event.done }), ...behind(event) } as const;
  if (event.type === 'InstanceFailed') {
    return { kind: 'instance', stream: parent.stream, key: eventId, action: { ...told, ended: 'failed', variables: {}, error: { code: event.code, message: event.message } } };
  }
  const canceled = event.type === 'InstanceTerminated' && event.canceled === true;
  return { kind: 'instance', stream: parent.stream, key: eventId, action: { ...told, ended: canceled ? 'terminated' : 'completed', variables: event.variables ?? {}, ...(event.type === 'InstanceCompleted' && event.compensable && { compensable: true }) } };
}
