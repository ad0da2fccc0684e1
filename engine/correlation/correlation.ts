/**
 * Message correlation (BPMN 2.0.2, 8.4.2): a decider of its own, one stream per (message name, correlation key).
 *
 * A message is offered to at most one instance of each process, the oldest subscription first. The instance accepts or declines;
 * declined, the next one is asked. What nobody waits for yet is kept until its time to live ends; ids are remembered for ever.
 */
import type { Variables } from '../facts.ts';
import type { Collects, StartTriggerReceived } from './start-rounds.ts';

/** A process that a message can start: its latest version has a message start event of this name. */
export interface StartCandidate {
  readonly processId: string;
  readonly version: number;
  readonly startElementId: string;
  /** It is one of several triggers that must all happen first. */
  readonly collects?: Collects;
}

export type CorrelationCommand =
  /** `timeToLive`: ISO 8601 duration; zero: only who waits now. `conversation`: of the sender, handed on to a case it starts. `hops`: throws in a row that led here, with this one; absent: 0. */
  | { readonly type: 'PublishMessage'; readonly messageId: string; readonly name: string; readonly correlationKey: string; readonly variables: Variables; readonly timeToLive: string; readonly starts: readonly StartCandidate[]; readonly conversation?: string; readonly hops?: number }
  /** `subscriber`: `<stream>/<subscription>`. */
  | { readonly type: 'OpenSubscription'; readonly subscriber: string; readonly processId: string; readonly name: string; readonly correlationKey: string; readonly hops?: number }
  | { readonly type: 'CloseSubscription'; readonly subscriber: string }
  | { readonly type: 'AcceptMessage'; readonly messageId: string; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'DeclineMessage'; readonly messageId: string; readonly subscriber: string }
  | { readonly type: 'ExpireMessages' };

export type CorrelationEvent =
  | { readonly type: 'MessageReceived'; readonly messageId: string; readonly name: string; readonly correlationKey: string; readonly variables: Variables; readonly expiresAt: string; readonly starts: readonly StartCandidate[]; readonly conversation?: string; readonly hops?: number }
  | { readonly type: 'SubscriptionOpened'; readonly subscriber: string; readonly processId: string }
  | { readonly type: 'SubscriptionClosed'; readonly subscriber: string }
  | { readonly type: 'MessageOffered'; readonly messageId: string; readonly subscriber: string; readonly variables: Variables; readonly hops?: number }
  | { readonly type: 'MessageAccepted'; readonly messageId: string; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'MessageDeclined'; readonly messageId: string; readonly subscriber: string }
  | { readonly type: 'MessageStartRequested'; readonly messageId: string; readonly processId: string; readonly version: number; readonly startElementId: string; readonly childStream: string; readonly variables: Variables; readonly conversation?: string; readonly hops?: number }
  | ({ readonly type: 'MessageTriggerReceived'; readonly messageId: string } & StartTriggerReceived)
  | { readonly type: 'MessageExpired'; readonly messageId: string };

/** The fields that can hold what people wrote. */
export const CORRELATION_PRIVATE_FIELDS: Readonly<Partial<Record<CorrelationEvent['type'], readonly string[]>>> = {
  MessageReceived: ['correlationKey', 'variables'],
  MessageOffered: ['variables'],
  MessageStartRequested: ['variables'],
  MessageTriggerReceived: ['variables'],
};

export interface CorrelationState {
  readonly stream: string;
  /** Open subscriptions, oldest first. */
  readonly subscriptions: Map<string, Subscription>;
  /** Messages that can still be taken, oldest first. */
  readonly messages: Map<string, BufferedMessage>;
  readonly known: Set<string>;
  /** Ids of messages in the order they came; what is gone leaves a gap. */
  order: string[];
  /** For each process where to look next, so that no step goes through all messages or subscriptions. */
  readonly queues: Map<string, Queue>;
  /** Subscriptions opened so far. */
  opened: number;
}

/** `asked`: the message it has been offered and not answered yet. `place`: in the queue of its process; `age`: among all subscriptions. */
export interface Subscription {
  readonly processId: string;
  place: number;
  readonly age: number;
  asked: string | undefined;
}

/** `served`: processes that have it or are being asked; `asking`: how many are. `place`: in the order of messages. */
export interface BufferedMessage {
  readonly variables: Variables;
  readonly expiresAt: string;
  readonly conversation: string | undefined;
  /** Throws in a row that led to it, with its own. */
  readonly hops: number;
  readonly served: Set<string>;
  place: number;
  asking: number;
}

export interface Queue {
  /** Subscribers by place; who is gone leaves a gap. */
  subscribers: string[];
  open: number;
  /** The place of the oldest subscription that is not being asked. */
  free: number;
  /** The place of the oldest message the process does not have. */
  unserved: number;
}

export function newCorrelation(stream: string): CorrelationState {
  return { stream, subscriptions: new Map(), messages: new Map(), known: new Set(), order: [], queues: new Map(), opened: 0 };
}

export function evolveCorrelation(state: CorrelationState, event: CorrelationEvent): CorrelationState {
  switch (event.type) {
    case 'MessageReceived':
      state.known.add(event.messageId);
      state.messages.set(event.messageId, { variables: event.variables, expiresAt: event.expiresAt, conversation: event.conversation, hops: event.hops ?? 0, served: new Set(), place: state.order.length, asking: 0 });
      state.order.push(event.messageId);
      break;
    case 'SubscriptionOpened': {
      const queue = queueOf(state, event.processId);
      state.subscriptions.set(event.subscriber, { processId: event.processId, place: queue.subscribers.length, age: (state.opened += 1), asked: undefined });
      queue.subscribers.push(event.subscriber);
      queue.open += 1;
      advance(state, event.processId);
      break;
    }
    case 'SubscriptionClosed':
      if (state.subscriptions.get(event.subscriber)?.asked === undefined) remove(state, event.subscriber);
      break;
    case 'MessageOffered': {
      const subscription = state.subscriptions.get(event.subscriber);
      if (!subscription) break;
      subscription.asked = event.messageId;
      const message = state.messages.get(event.messageId);
      if (message) message.asking += 1;
      message?.served.add(subscription.processId);
      advance(state, subscription.processId);
      break;
    }
    case 'MessageAccepted': case 'MessageDeclined': answered(state, event); break;
    case 'MessageStartRequested': case 'MessageTriggerReceived':
      state.messages.get(event.messageId)?.served.add(event.processId);
      if (state.queues.has(event.processId)) advance(state, event.processId);
      break;
    case 'MessageExpired':
      state.messages.delete(event.messageId);
      closeGaps(state);
      break;
  }
  return state;
}

function answered(state: CorrelationState, event: Extract<CorrelationEvent, { type: 'MessageAccepted' | 'MessageDeclined' }>): void {
  const subscription = state.subscriptions.get(event.subscriber);
  const message = state.messages.get(event.messageId);
  if (subscription && message) message.asking -= 1;
  if (event.type === 'MessageAccepted' && event.open) {
    if (!subscription) return;
    const queue = queueOf(state, subscription.processId);
    subscription.asked = undefined;
    queue.free = Math.min(queue.free, subscription.place);
    return;
  }
  if (event.type === 'MessageDeclined' && subscription && message) {
    const queue = queueOf(state, subscription.processId);
    message.served.delete(subscription.processId);
    queue.unserved = Math.min(queue.unserved, message.place);
  }
  remove(state, event.subscriber);
}

function queueOf(state: CorrelationState, processId: string): Queue {
  let queue = state.queues.get(processId);
  if (!queue) state.queues.set(processId, (queue = { subscribers: [], open: 0, free: 0, unserved: 0 }));
  return queue;
}

function remove(state: CorrelationState, subscriber: string): void {
  const subscription = state.subscriptions.get(subscriber);
  if (!subscription) return;
  const queue = queueOf(state, subscription.processId);
  state.subscriptions.delete(subscriber);
  queue.open -= 1;
  if (queue.subscribers.length > GAPS + 2 * queue.open) {
    queue.subscribers = queue.subscribers.filter((other, place) => state.subscriptions.get(other)?.place === place);
    queue.subscribers.forEach((other, place) => { const open = state.subscriptions.get(other); if (open) open.place = place; });
    queue.free = 0;
  }
  advance(state, subscription.processId);
}

/** Gaps that are left, beside as many as there are entries. */
const GAPS = 16;

function closeGaps(state: CorrelationState): void {
  if (state.order.length <= GAPS + 2 * state.messages.size) return;
  state.order = state.order.filter((messageId) => state.messages.has(messageId));
  state.order.forEach((messageId, place) => { const message = state.messages.get(messageId); if (message) message.place = place; });
  for (const [processId, queue] of state.queues) {
    queue.unserved = 0;
    advance(state, processId);
  }
}

/** Both places of a queue move past what is gone, asked or served; each place is passed once, unless an answer brings it back. */
function advance(state: CorrelationState, processId: string): void {
  const queue = queueOf(state, processId);
  for (; queue.free < queue.subscribers.length; queue.free += 1) {
    const subscription = state.subscriptions.get(queue.subscribers[queue.free] ?? '');
    if (subscription?.place === queue.free && subscription.asked === undefined) break;
  }
  for (; queue.unserved < state.order.length; queue.unserved += 1) {
    const message = state.messages.get(state.order[queue.unserved] ?? '');
    if (message && !message.served.has(processId)) break;
  }
}
