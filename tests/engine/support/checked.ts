/** decide with its promises checked at every call: fold, purity, untouched state after a rejection, second delivery. */
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import type { ProcessGraph } from '../../../engine/bpmn/graph.ts';
import type { InstanceCommand } from '../../../engine/commands.ts';
import { decide } from '../../../engine/decide.ts';
import { isRejection } from '../../../engine/errors.ts';
import type { Rejection } from '../../../engine/errors.ts';
import type { InstanceEvent } from '../../../engine/events.ts';
import { evolve } from '../../../engine/evolve.ts';
import { DEFAULT_LIMITS } from '../../../engine/facts.ts';
import type { Facts } from '../../../engine/facts.ts';
import { newInstance } from '../../../engine/state.ts';
import type { InstanceState } from '../../../engine/state.ts';

export const START_OF_TIME = '2026-01-05T09:00:00.000Z';

export const FACTS: Facts = { now: START_OF_TIME, zone: 'America/St_Lucia', calendars: {}, definitions: {}, limits: DEFAULT_LIMITS };

export function fold(stream: string, events: readonly InstanceEvent[]): InstanceState {
  const state = newInstance(stream);
  for (const event of events) evolve(state, event);
  return state;
}

/**
 * Decides on a state folded from `history`. Fails when the state after it is not the fold of all events, when the same input does
 * not give the same output, when the events do not survive JSON, or when a rejection changed the state.
 */
export function decideChecked(graph: ProcessGraph, history: readonly InstanceEvent[], state: InstanceState, command: InstanceCommand, facts: Facts): readonly InstanceEvent[] | Rejection {
  const twin = fold(state.stream, history);
  const outcome = decide(graph, state, command, facts);
  same(decide(graph, twin, command, facts), outcome, 'the same input gives the same output');
  if (isRejection(outcome)) {
    same(state, fold(state.stream, history), 'a rejection leaves the state untouched');
    return outcome;
  }
  same(JSON.parse(JSON.stringify(outcome)), outcome, 'events are plain JSON');
  same(state, fold(state.stream, [...history, ...outcome]), 'the state after decide is the fold of its events');
  return outcome;
}

/** Equal in every part, also where a variable is called `__proto__` or `toString`; chai only tells the difference. */
export function same(actual: unknown, wanted: unknown, what: string): void {
  if (isDeepStrictEqual(actual, wanted)) return;
  expect(actual, what).to.deep.equal(wanted);
  throw new Error(`Expected ${what}, but it is not so`);
}
