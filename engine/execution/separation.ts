/**
 * Separation of duties by person (gov:separation): who did a task named in notSameAs, or with fourEyes any other task of the case, does not
 * do this one. A task that a deputy did counts for both; who started the case did its start event.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { InstanceState } from '../state.ts';

/** The element `person` did before that keeps them from doing `node`; undefined when there is none. */
export function didBefore(state: InstanceState, { id, userTask }: FlowNode, person: string): string | undefined {
  if (!userTask || (userTask.notSameAs.length === 0 && !userTask.fourEyes)) return undefined;
  const { notSameAs, fourEyes } = userTask;
  if (state.startedBy === person && notSameAs.includes(state.startElementId)) return state.startElementId;
  for (const done of state.done.values()) {
    if ((done.person === person || done.onBehalfOf === person) && (notSameAs.includes(done.elementId) || (fourEyes && done.elementId !== id))) return done.elementId;
  }
  return undefined;
}
