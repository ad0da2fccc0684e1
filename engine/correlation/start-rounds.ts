/**
 * The triggers of a parallel multiple start event (BPMN 2.0.2, 10.5.2: all must happen before the process starts): a decider of its
 * own, one stream per start event, and per correlation key where all its triggers are messages. What has happened is kept there
 * while there is no case; with the last one a case starts and the next round begins.
 *
 * What there is too much of: a message stays for the next round, as a surplus token does at a parallel gateway; a signal, a timer or a
 * condition that has happened already in this round changes nothing more. A command has the id of its event as idempotency key.
 */
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { approximateBytes } from '../events.ts';
import type { Facts, Json, Variables } from '../facts.ts';
import { instanceStream, startRoundStream } from '../hash.ts';

/** Which of the triggers a start event waits for has happened: `message Paid`, `signal Opened`, `timer 1`, `condition 1`. `keyed`: each correlation key has its rounds. */
export interface Collects {
  readonly trigger: string;
  readonly wants: readonly string[];
  readonly keyed?: true;
}

/** A trigger of start event `startElementId`, on its way to the stream `to` of its rounds. */
export interface StartTriggerReceived {
  readonly to: string;
  readonly processId: string;
  readonly version: number;
  readonly startElementId: string;
  readonly trigger: string;
  readonly wants: readonly string[];
  readonly variables: Variables;
  readonly conversation?: string;
  readonly businessKey?: string;
  /** Throws in a row that led to it; absent: 0. */
  readonly hops?: number;
}

/** What a trigger that has happened tells the rounds of its start event. */
export function received({ processId, version, startElementId }: Pick<StartTriggerReceived, 'processId' | 'version' | 'startElementId'>, { trigger, wants, keyed }: Collects, correlationKey: string, variables: Variables): StartTriggerReceived {
  return { to: startRoundStream(processId, startElementId, keyed ? correlationKey : ''), processId, version, startElementId, trigger, wants, variables };
}

export type CollectTrigger = Omit<StartTriggerReceived, 'to'> & { readonly type: 'CollectTrigger'; readonly triggerId: string };

export type StartRoundEvent =
  | { readonly type: 'StartTriggerCollected'; readonly triggerId: string; readonly trigger: string; readonly variables: Variables; readonly conversation?: string; readonly businessKey?: string; readonly hops?: number }
  /** All have happened: `consumed` leave, and a case starts with what they brought. */
  | { readonly type: 'StartRoundCompleted'; readonly round: number; readonly consumed: readonly string[]; readonly processId: string; readonly version: number; readonly startElementId: string; readonly childStream: string; readonly variables: Variables; readonly conversation?: string; readonly businessKey?: string; readonly hops?: number };

/** The fields that can hold what people wrote. */
export const START_ROUND_PRIVATE_FIELDS: Readonly<Partial<Record<StartRoundEvent['type'], readonly string[]>>> = {
  StartTriggerCollected: ['variables', 'businessKey'],
  StartRoundCompleted: ['variables', 'businessKey'],
};

interface Collected {
  readonly variables: Variables;
  readonly conversation: string | undefined;
  readonly businessKey: string | undefined;
  readonly hops: number;
  /** In which order they came. */
  readonly order: number;
}

export interface StartRoundState {
  readonly stream: string;
  /** Rounds completed. */
  rounds: number;
  /** Triggers collected. */
  count: number;
  /** What has happened and has started nothing yet, oldest first. */
  readonly waiting: Map<string, Collected[]>;
}

export function newStartRounds(stream: string): StartRoundState {
  return { stream, rounds: 0, count: 0, waiting: new Map() };
}

export function evolveStartRounds(state: StartRoundState, event: StartRoundEvent): StartRoundState {
  if (event.type === 'StartTriggerCollected') {
    const { trigger, variables, conversation, businessKey, hops = 0 } = event;
    state.count += 1;
    const queue = state.waiting.get(trigger);
    const collected = { variables, conversation, businessKey, hops, order: state.count };
    if (queue) queue.push(collected);
    else state.waiting.set(trigger, [collected]);
    return state;
  }
  state.rounds = event.round;
  for (const trigger of event.consumed) {
    const queue = state.waiting.get(trigger);
    queue?.shift();
    if (queue?.length === 0) state.waiting.delete(trigger);
  }
  return state;
}

/** Like decide: the state has been folded when it returns events, and is untouched after a rejection. Refuses with START_TRIGGER_HAPPENED, INSTANCE_VARIABLES_TOO_LARGE. */
export function decideStartRounds(state: StartRoundState, command: CollectTrigger, facts: Pick<Facts, 'limits'>): readonly StartRoundEvent[] | Rejection {
  const { triggerId, trigger, wants, variables, conversation, businessKey, hops, processId, version, startElementId } = command;
  if (!trigger.startsWith('message ') && state.waiting.has(trigger)) return reject('START_TRIGGER_HAPPENED', { trigger, elementId: startElementId });
  const limit = facts.limits.variableBytes;
  const size = approximateBytes(variables) + [...state.waiting.values()].reduce((sum, [first]) => sum + approximateBytes(first?.variables), 0);
  if (size > limit) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit, size });
  const events: StartRoundEvent[] = [];
  const record = (event: StartRoundEvent): void => {
    events.push(event);
    evolveStartRounds(state, event);
  };
  record({ type: 'StartTriggerCollected', triggerId, trigger, variables, ...(conversation !== undefined && { conversation }), ...(businessKey !== undefined && { businessKey }), ...(hops !== undefined && { hops }) });
  while (wants.every((wanted) => state.waiting.has(wanted))) {
    const round = state.rounds + 1;
    const childStream = instanceStream(processId, `round/${state.stream}/${String(round)}`);
    record({ type: 'StartRoundCompleted', round, consumed: wants, processId, version, startElementId, childStream, ...together(state, wants) });
  }
  return events;
}

/** What they brought, the later over the earlier. Where one of them is no link of a chain of throws, the case that starts is none. */
function together({ waiting }: StartRoundState, wants: readonly string[]): { readonly variables: Variables; readonly conversation?: string; readonly businessKey?: string; readonly hops?: number } {
  const collected = wants.flatMap((wanted) => waiting.get(wanted)?.[0] ?? []).sort((a, b) => a.order - b.order);
  const variables: Record<string, Json> = {};
  for (const one of collected) {
    for (const [name, value] of Object.entries(one.variables)) Object.defineProperty(variables, name, { value, enumerable: true, configurable: true, writable: true });
  }
  const conversation = collected.find((one) => one.conversation !== undefined)?.conversation;
  const businessKey = collected.find((one) => one.businessKey !== undefined)?.businessKey;
  const hops = Math.min(...collected.map((one) => one.hops));
  return { variables, ...(conversation !== undefined && { conversation }), ...(businessKey !== undefined && { businessKey }), ...(hops > 0 && { hops }) };
}
