/** decideCorrelation(state, command, facts): what a publication, a subscription or an answer does to one correlation stream. */
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { approximateBytes, DEEPEST, isTooDeep } from '../events.ts';
import type { Facts } from '../facts.ts';
import { instanceStream } from '../hash.ts';
import { addDuration, parseDuration } from '../time/duration.ts';
import { TimeError } from '../time/errors.ts';
import { evolveCorrelation } from './correlation.ts';
import { received } from './start-rounds.ts';
import type { CorrelationCommand, CorrelationEvent, CorrelationState } from './correlation.ts';

type Publish = Extract<CorrelationCommand, { type: 'PublishMessage' }>;
type Record = (event: CorrelationEvent) => void;

/** Like decide: the state has been folded when it returns events, and is untouched after a rejection. */
export function decideCorrelation(state: CorrelationState, command: CorrelationCommand, facts: Facts): readonly CorrelationEvent[] | Rejection {
  const events: CorrelationEvent[] = [];
  const record: Record = (event) => {
    events.push(event);
    evolveCorrelation(state, event);
  };
  return act(state, command, facts, record) ?? events;
}

function act(state: CorrelationState, command: CorrelationCommand, facts: Facts, record: Record): Rejection | undefined {
  switch (command.type) {
    case 'PublishMessage': return publish(state, command, facts, record);
    case 'OpenSubscription': {
      const { subscriber, processId, hops = 0 } = command;
      if (state.subscriptions.has(subscriber)) return reject('CORRELATION_SUBSCRIPTION_KNOWN', { subscriber });
      record({ type: 'SubscriptionOpened', subscriber, processId });
      // What the subscriber did to come here counts, not how long ago the message was thrown.
      serve(state, processId, facts, record, hops + 1);
      return undefined;
    }
    case 'CloseSubscription': {
      const { subscriber } = command;
      const subscription = state.subscriptions.get(subscriber);
      // One that is being asked closes by its answer.
      if (!subscription || subscription.asked !== undefined) return reject('CORRELATION_SUBSCRIPTION_NOT_FOUND', { subscriber });
      record({ type: 'SubscriptionClosed', subscriber });
      return undefined;
    }
    case 'AcceptMessage': case 'DeclineMessage': return answer(state, command, facts, record);
    case 'ExpireMessages': {
      const expired = [...state.messages.keys()].filter((messageId) => isOver(state, messageId, facts));
      if (expired.length === 0) return reject('CORRELATION_NOTHING_EXPIRED', {});
      for (const messageId of expired) record({ type: 'MessageExpired', messageId });
      return undefined;
    }
  }
}

function publish(state: CorrelationState, command: Publish, facts: Facts, record: Record): Rejection | undefined {
  const { messageId, name, correlationKey, variables, conversation, starts, timeToLive, hops } = command;
  const optional = { ...(conversation !== undefined && { conversation }), ...(hops !== undefined && { hops }) };
  if (state.known.has(messageId)) return reject('CORRELATION_MESSAGE_KNOWN', { messageId });
  const limit = facts.limits.variableBytes;
  const size = approximateBytes(variables);
  if (size > limit) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit, size });
  if (isTooDeep(variables)) return reject('INSTANCE_VARIABLES_TOO_DEEP', { limit: DEEPEST });
  const expiresAt = expiry(timeToLive, facts);
  record({ type: 'MessageReceived', messageId, name, correlationKey, variables, expiresAt, starts, ...optional });
  offer(state, messageId, record);
  for (const start of starts) {
    if (state.messages.get(messageId)?.served.has(start.processId)) continue;
    const { collects, ...candidate } = start;
    if (collects) {
      record({ type: 'MessageTriggerReceived', messageId, ...received(start, collects, correlationKey, variables), ...optional });
      continue;
    }
    const childStream = instanceStream(start.processId, `message/${messageId}`);
    record({ type: 'MessageStartRequested', messageId, ...candidate, childStream, variables, ...optional });
  }
  if (isOver(state, messageId, facts)) record({ type: 'MessageExpired', messageId });
  return undefined;
}

/** ISO 8601 UTC instant. What is no duration lives no time, what ends beyond the calendar lives to its end. */
function expiry(timeToLive: string, facts: Facts): string {
  const lifetime = parseDuration(timeToLive);
  if (!lifetime || lifetime.workingDays !== undefined) return facts.now;
  try {
    return addDuration(facts.now, lifetime, facts.zone);
  } catch (error) {
    if (error instanceof TimeError) return '9999-12-31T23:59:59.999Z';
    throw error;
  }
}

/** Its time to live has ended and nobody is being asked any more. */
function isOver(state: CorrelationState, messageId: string, facts: Facts): boolean {
  const message = state.messages.get(messageId);
  return message !== undefined && message.expiresAt <= facts.now && message.asking === 0;
}

function answer(state: CorrelationState, command: Extract<CorrelationCommand, { type: 'AcceptMessage' | 'DeclineMessage' }>, facts: Facts, record: Record): Rejection | undefined {
  const { messageId, subscriber } = command;
  if (state.subscriptions.get(subscriber)?.asked !== messageId) return reject('CORRELATION_NOT_OFFERED', { messageId, subscriber });
  const processId = state.subscriptions.get(subscriber)?.processId ?? '';
  if (command.type === 'AcceptMessage') {
    record({ type: 'MessageAccepted', messageId, subscriber, open: command.open });
    // Who goes on waiting takes what has come meanwhile.
    if (command.open) serve(state, processId, facts, record);
  } else {
    record({ type: 'MessageDeclined', messageId, subscriber });
    // The next candidate was waiting while the message lived.
    offer(state, messageId, record);
  }
  if (isOver(state, messageId, facts)) record({ type: 'MessageExpired', messageId });
  return undefined;
}

/** Asks, of each process that does not have the message yet, the oldest subscription that is free; the oldest of all first. */
function offer(state: CorrelationState, messageId: string, record: Record): void {
  const ages = [...state.queues].flatMap(([processId, queue]) => {
    const subscription = state.subscriptions.get(queue.subscribers[queue.free] ?? '');
    return subscription ? [{ processId, age: subscription.age }] : [];
  });
  for (const { processId } of ages.sort((a, b) => a.age - b.age)) offerTo(state, messageId, processId, record);
}

function offerTo(state: CorrelationState, messageId: string, processId: string, record: Record, most = Infinity): void {
  const message = state.messages.get(messageId);
  const queue = state.queues.get(processId);
  const subscriber = queue?.subscribers[queue.free];
  if (!message || subscriber === undefined || message.served.has(processId)) return;
  const hops = Math.min(message.hops, most);
  record({ type: 'MessageOffered', messageId, subscriber, variables: message.variables, ...(hops > 0 && { hops }) });
}

/** Offers a process what it does not have yet and still lives, the oldest first, as long as one of its subscriptions is free; counted as `most` throws in a row at most. */
function serve(state: CorrelationState, processId: string, facts: Facts, record: Record, most?: number): void {
  const queue = state.queues.get(processId);
  for (let place = queue?.unserved ?? 0; queue && queue.free < queue.subscribers.length && place < state.order.length; place += 1) {
    const messageId = state.order[place] ?? '';
    const message = state.messages.get(messageId);
    if (message && message.expiresAt > facts.now) offerTo(state, messageId, processId, record, most);
  }
}
