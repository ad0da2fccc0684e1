/**
 * Signals (BPMN 2.0.2, 10.5.5): a decider of its own, one stream per signal name. A broadcast reaches exactly the subscriptions that
 * were open before it, once each, and is never kept for later ones; ids are remembered for ever.
 *
 * A large broadcast is delivered in pieces, so that no record grows with the number of its receivers.
 */
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { approximateBytes, DEEPEST, isTooDeep } from '../events.ts';
import type { Facts, Variables } from '../facts.ts';
import { instanceStream } from '../hash.ts';
import type { StartCandidate } from './correlation.ts';
import { received } from './start-rounds.ts';
import type { StartTriggerReceived } from './start-rounds.ts';

export type SignalCommand =
  /** `starts`: processes whose latest version has a start event for the signal. `hops`: throws in a row that led here, with this one; absent: 0. */
  | { readonly type: 'BroadcastSignal'; readonly signalId: string; readonly name: string; readonly variables: Variables; readonly starts: readonly StartCandidate[]; readonly hops?: number }
  /** `subscriber`: `<stream>/<subscription>`; `open`: it goes on after a signal. */
  | { readonly type: 'OpenSignalSubscription'; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'CloseSignalSubscription'; readonly subscriber: string }
  /** Goes on with a broadcast that was not delivered in one piece. */
  | { readonly type: 'DeliverSignal'; readonly signalId: string };

export type SignalEvent =
  | { readonly type: 'SignalSubscriptionOpened'; readonly subscriber: string; readonly open: boolean }
  | { readonly type: 'SignalSubscriptionClosed'; readonly subscriber: string }
  | { readonly type: 'SignalBroadcast'; readonly signalId: string; readonly name: string; readonly variables: Variables; readonly hops?: number }
  | { readonly type: 'SignalDelivered'; readonly signalId: string; readonly subscriber: string; readonly variables: Variables; readonly hops?: number }
  | { readonly type: 'SignalStartRequested'; readonly signalId: string; readonly processId: string; readonly version: number; readonly startElementId: string; readonly childStream: string; readonly variables: Variables; readonly hops?: number }
  | ({ readonly type: 'SignalTriggerReceived'; readonly signalId: string } & StartTriggerReceived)
  /** Others still wait for their delivery. */
  | { readonly type: 'SignalDeliveryPaused'; readonly signalId: string };

/** The fields that can hold what people wrote. */
export const SIGNAL_PRIVATE_FIELDS: Readonly<Partial<Record<SignalEvent['type'], readonly string[]>>> = {
  SignalBroadcast: ['variables'],
  SignalDelivered: ['variables'],
  SignalStartRequested: ['variables'],
  SignalTriggerReceived: ['variables'],
};

export interface SignalState {
  readonly stream: string;
  /** Open subscriptions, oldest first, and whether they go on after a signal. */
  readonly subscriptions: Map<string, boolean>;
  /** Broadcasts under way: who is still to be reached. */
  readonly broadcasts: Map<string, { readonly variables: Variables; readonly hops: number; readonly rest: Set<string> }>;
  readonly known: Set<string>;
}

export function newSignals(stream: string): SignalState {
  return { stream, subscriptions: new Map(), broadcasts: new Map(), known: new Set() };
}

export function evolveSignals(state: SignalState, event: SignalEvent): SignalState {
  switch (event.type) {
    case 'SignalSubscriptionOpened': state.subscriptions.set(event.subscriber, event.open); return state;
    case 'SignalSubscriptionClosed':
      state.subscriptions.delete(event.subscriber);
      for (const { rest } of state.broadcasts.values()) rest.delete(event.subscriber);
      return state;
    case 'SignalBroadcast':
      state.known.add(event.signalId);
      if (state.subscriptions.size === 0) return state;
      state.broadcasts.set(event.signalId, { variables: event.variables, hops: event.hops ?? 0, rest: new Set(state.subscriptions.keys()) });
      // What does not go on is used up by being reached, whenever its delivery comes.
      for (const [subscriber, open] of [...state.subscriptions]) if (!open) state.subscriptions.delete(subscriber);
      return state;
    case 'SignalDelivered': {
      const broadcast = state.broadcasts.get(event.signalId);
      broadcast?.rest.delete(event.subscriber);
      if (broadcast?.rest.size === 0) state.broadcasts.delete(event.signalId);
      return state;
    }
    case 'SignalStartRequested': case 'SignalTriggerReceived': case 'SignalDeliveryPaused': return state;
  }
}

/** Bytes of events after which a delivery pauses. */
const PIECE = 262_144;
const EVENT_BYTES = 120;

/** Like decide: the state has been folded when it returns events, and is untouched after a rejection. */
export function decideSignals(state: SignalState, command: SignalCommand, facts: Facts): readonly SignalEvent[] | Rejection {
  const events: SignalEvent[] = [];
  const record = (event: SignalEvent): void => {
    events.push(event);
    evolveSignals(state, event);
  };
  switch (command.type) {
    case 'OpenSignalSubscription': {
      const { subscriber, open } = command;
      if (state.subscriptions.has(subscriber)) return reject('CORRELATION_SUBSCRIPTION_KNOWN', { subscriber });
      record({ type: 'SignalSubscriptionOpened', subscriber, open });
      return events;
    }
    case 'CloseSignalSubscription': {
      const { subscriber } = command;
      const awaited = [...state.broadcasts.values()].some(({ rest }) => rest.has(subscriber));
      if (!state.subscriptions.has(subscriber) && !awaited) return reject('CORRELATION_SUBSCRIPTION_NOT_FOUND', { subscriber });
      record({ type: 'SignalSubscriptionClosed', subscriber });
      return events;
    }
    case 'BroadcastSignal': return broadcast(state, command, facts, record) ?? events;
    case 'DeliverSignal':
      if (!state.broadcasts.has(command.signalId)) return reject('SIGNAL_NOTHING_TO_DELIVER', { signalId: command.signalId });
      deliver(state, command.signalId, record);
      return events;
  }
}

function broadcast(state: SignalState, command: Extract<SignalCommand, { type: 'BroadcastSignal' }>, facts: Facts, record: (event: SignalEvent) => void): Rejection | undefined {
  const { signalId, name, variables, starts, hops } = command;
  const behind = hops === undefined ? {} : { hops };
  if (state.known.has(signalId)) return reject('SIGNAL_KNOWN', { signalId });
  const limit = facts.limits.variableBytes;
  const size = approximateBytes(variables);
  if (size > limit) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit, size });
  if (isTooDeep(variables)) return reject('INSTANCE_VARIABLES_TOO_DEEP', { limit: DEEPEST });
  record({ type: 'SignalBroadcast', signalId, name, variables, ...behind });
  for (const start of starts) {
    const { collects, ...candidate } = start;
    if (collects) record({ type: 'SignalTriggerReceived', signalId, ...received(start, collects, '', variables), ...behind });
    else record({ type: 'SignalStartRequested', signalId, ...candidate, childStream: instanceStream(start.processId, `signal/${signalId}`), variables, ...behind });
  }
  deliver(state, signalId, record);
  return undefined;
}

/** At least one, then as many as fit into a piece. */
function deliver(state: SignalState, signalId: string, record: (event: SignalEvent) => void): void {
  const known = state.broadcasts.get(signalId);
  if (!known) return;
  const cost = EVENT_BYTES + approximateBytes(known.variables);
  let bytes = 0;
  for (const subscriber of [...known.rest]) {
    if (bytes > PIECE) {
      record({ type: 'SignalDeliveryPaused', signalId });
      return;
    }
    record({ type: 'SignalDelivered', signalId, subscriber, variables: known.variables, ...(known.hops > 0 && { hops: known.hops }) });
    bytes += cost;
  }
}
