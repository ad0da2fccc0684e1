/**
 * Conditional start events of processes (BPMN 2.0.2, 10.5.2 and 10.5.5): before a case there are no variables whose change could be
 * looked at, so an evaluation is asked for and brings them. It starts a case for every start event whose condition is true; it is
 * a decider of its own, one stream per evaluation. A condition that is null is not true.
 */
import type { EventDefinition, FlowNode, ProcessGraph } from '../bpmn/graph.ts';
import { received } from '../correlation/start-rounds.ts';
import type { StartTriggerReceived } from '../correlation/start-rounds.ts';
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { approximateBytes, DEEPEST, isTooDeep } from '../events.ts';
import type { Facts, Variables } from '../facts.ts';
import { FeelError } from '../feel/errors.ts';
import { instanceStream } from '../hash.ts';
import { collectsOf, definitionsOf, triggerName } from './definition.ts';

/** The latest version of a process with conditional start events. */
export interface ConditionCandidate {
  readonly graph: ProcessGraph;
  readonly version: number;
}

export interface EvaluateConditions {
  readonly type: 'EvaluateConditions';
  readonly evaluationId: string;
  readonly variables: Variables;
  readonly businessKey?: string;
}

export type ConditionEvent =
  | { readonly type: 'ConditionsEvaluated'; readonly evaluationId: string; readonly variables: Variables; readonly businessKey?: string }
  | { readonly type: 'ConditionStartRequested'; readonly evaluationId: string; readonly processId: string; readonly version: number; readonly startElementId: string; readonly childStream: string; readonly variables: Variables; readonly businessKey?: string }
  /** It is one of the triggers that must all happen first. */
  | ({ readonly type: 'ConditionTriggerReceived'; readonly evaluationId: string } & StartTriggerReceived);

/** The fields that can hold what people wrote. */
export const CONDITION_PRIVATE_FIELDS: Readonly<Record<ConditionEvent['type'], readonly string[]>> = {
  ConditionsEvaluated: ['variables', 'businessKey'],
  ConditionStartRequested: ['variables', 'businessKey'],
  ConditionTriggerReceived: ['variables', 'businessKey'],
};

export interface ConditionState {
  evaluated: boolean;
}

export function newConditions(): ConditionState {
  return { evaluated: false };
}

export function evolveConditions(state: ConditionState, _event: ConditionEvent): ConditionState {
  state.evaluated = true;
  return state;
}

/** Like decide: the state has been folded when it returns events, and is untouched after a rejection. */
export function decideConditions(candidates: readonly ConditionCandidate[], state: ConditionState, command: EvaluateConditions, facts: Facts): readonly ConditionEvent[] | Rejection {
  const { evaluationId, variables, businessKey } = command;
  if (state.evaluated) return reject('CONDITIONS_EVALUATED', { evaluationId });
  const limit = facts.limits.variableBytes;
  const size = approximateBytes(variables);
  if (size > limit) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit, size });
  if (isTooDeep(variables)) return reject('INSTANCE_VARIABLES_TOO_DEEP', { limit: DEEPEST });
  const optional = businessKey !== undefined && { businessKey };
  const events: ConditionEvent[] = [{ type: 'ConditionsEvaluated', evaluationId, variables, ...optional }];
  for (const { graph, version } of candidates) {
    for (const start of graph.starts) {
      for (const trigger of trueOf(start, variables, facts)) {
        const candidate = { processId: graph.id, version, startElementId: start.id };
        const collects = collectsOf(start.event, trigger);
        if (collects) events.push({ type: 'ConditionTriggerReceived', evaluationId, ...received(candidate, collects, '', variables), ...optional });
        else events.push({ type: 'ConditionStartRequested', evaluationId, ...candidate, childStream: instanceStream(graph.id, `condition/${evaluationId}/${start.id}`), variables, ...optional });
      }
    }
  }
  for (const event of events) evolveConditions(state, event);
  return events;
}

/** The conditions of a start event that are true, by the names of their triggers; of several that each start it, one is enough. */
function trueOf({ event }: FlowNode, variables: Variables, facts: Facts): readonly string[] {
  const definitions = definitionsOf(event);
  const found = definitions.flatMap((definition) => (definition.kind === 'conditional' && isTrue(definition, variables, facts) ? [triggerName(definitions, definition)] : []));
  return event?.kind === 'multiple' && event.parallel ? found : found.slice(0, 1);
}

/** It is looked at when one of the variables it reads is brought; without any it depends on the time only. */
function isTrue({ condition, names }: Extract<EventDefinition, { kind: 'conditional' }>, variables: Variables, facts: Facts): boolean {
  const brings = (name: string): boolean => Object.hasOwn(variables, name);
  if (names.length > 0 && !names.some(brings)) return false;
  if (!condition.feel) return false;
  try {
    return condition.feel.evaluate({ get: (name) => (brings(name) ? variables[name] : undefined) }, facts) === true;
  } catch (error) {
    if (error instanceof FeelError) return false;
    throw error;
  }
}
