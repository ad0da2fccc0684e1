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
  /** `timeToLive`: ISO 8601 duration; zero: only who waits now. `conversation`: of the sender, handed on to a case it starts. */
  | { readonly type: 'PublishMessage'; readonly messageId: string; readonly name: string; readonly correlationKey: string; readonly variables: Variables; readonly timeToLive: string; readonly starts: readonly StartCandidate[]; readonly conversation?: string }
  /** `subscriber`: `<stream>/<subscription>`. */
  | { readonly type: 'OpenSubscription'; readonly subscriber: string; readonly processId: string; readonly name: string; readonly correlationKey: string }
  | { readonly type: 'CloseSubscription'; readonly subscriber: string }
  | { readonly type: 'AcceptMessage'; readonly messageId: string; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'DeclineMessage'; readonly messageId: string; readonly subscriber: string }
  | { readonly type: 'ExpireMessages' };

export type CorrelationEvent =
  | { readonly type: 'MessageReceived'; readonly messageId: string; readonly name: string; readonly correlationKey: string; readonly variables: Variables; readonly expiresAt: string; readonly starts: readonly StartCandidate[]; readonly conversation?: string }
  | { readonly type: 'SubscriptionOpened'; readonly subscriber: string; readonly processId: string }
  | { readonly type: 'SubscriptionClosed'; readonly subscriber: string }
  | { readonly type: 'MessageOffered'; readonly messageId: string; readonly subscriber: string; readonly variables: Variables }
  | { readonly type: 'MessageAccepted'; readonly messageId: string; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'MessageDeclined'; readonly messageId: string; readonly subscriber: string }
  | { readonly type: 'MessageStartRequested'; readonly messageId: string; readonly processId: string; readonly version: number; readonly startElementId: string; readonly childStream: string; readonly variables: Variables; readonly conversation?: string }
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
  /** Open subscriptions, oldest first. `asked`: the message it has been offered and not answered yet. */
  readonly subscriptions: Map<string, { readonly processId: string; asked: string | undefined }>;
  /** Messages that can still be taken, oldest first. `served`: processes that have it or are being asked. */
  readonly messages: Map<string, BufferedMessage>;
  readonly known: Set<string>;
}

export interface BufferedMessage {
  readonly variables: Variables;
  readonly expiresAt: string;
  readonly conversation: string | undefined;
  readonly served: Set<string>;
}

export function newCorrelation(stream: string): CorrelationState {
  return { stream, subscriptions: new Map(), messages: new Map(), known: new Set() };
}

export function evolveCorrelation(state: CorrelationState, event: CorrelationEvent): CorrelationState {
  switch (event.type) {
    case 'MessageReceived':
      state.known.add(event.messageId);
      state.messages.set(event.messageId, { variables: event.variables, expiresAt: event.expiresAt, conversation: event.conversation, served: new Set() });
      break;
    case 'SubscriptionOpened': state.subscriptions.set(event.subscriber, { processId: event.processId, asked: undefined }); break;
    case 'SubscriptionClosed': {
      const subscription = state.subscriptions.get(event.subscriber);
      if (subscription && subscription.asked === undefined) state.subscriptions.delete(event.subscriber);
      break;
    }
    case 'MessageOffered': {
      const subscription = state.subscriptions.get(event.subscriber);
      if (!subscription) break;
      subscription.asked = event.messageId;
      state.messages.get(event.messageId)?.served.add(subscription.processId);
      break;
    }
    case 'MessageAccepted': {
      const subscription = state.subscriptions.get(event.subscriber);
      if (event.open && subscription) subscription.asked = undefined;
      else state.subscriptions.delete(event.subscriber);
      break;
    }
    case 'MessageDeclined': {
      const subscription = state.subscriptions.get(event.subscriber);
      state.subscriptions.delete(event.subscriber);
      if (subscription) state.messages.get(event.messageId)?.served.delete(subscription.processId);
      break;
    }
    case 'MessageStartRequested': case 'MessageTriggerReceived': state.messages.get(event.messageId)?.served.add(event.processId); break;
    case 'MessageExpired': state.messages.delete(event.messageId); break;
  }
  return state;
}
