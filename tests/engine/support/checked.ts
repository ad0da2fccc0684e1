/** decide with its promises checked at every call: fold, purity, untouched state after a rejection, second delivery. */
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
  expect(decide(graph, twin, command, facts), 'the same input gives the same output').to.deep.equal(outcome);
  if (isRejection(outcome)) {
    expect(state, 'a rejection leaves the state untouched').to.deep.equal(fold(state.stream, history));
    return outcome;
  }
  expect(JSON.parse(JSON.stringify(outcome)), 'events are plain JSON').to.deep.equal(outcome);
  expect(state, 'the state after decide is the fold of its events').to.deep.equal(fold(state.stream, [...history, ...outcome]));
  return outcome;
}
