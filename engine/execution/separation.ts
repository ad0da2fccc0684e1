/**
 * Separation of duties by person (gov:separation): who did a task named in notSameAs, or with fourEyes any other task, does not do this one.
 *
 * notSameAs may name a sub-process or a call activity: whoever did a task in it; and a start event: who started the case there, and who took
 * it up again. A task that a deputy did counts for both, so neither of them does what is kept apart from it, nor a deputy of either; what
 * somebody did in their own right counts for them alone. Who did what travels with calls, down and up, but not into a case that takes up an
 * ended one: there the work is done again.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { Doer } from '../commands.ts';
import { actsOf } from '../state.ts';
import type { InstanceState } from '../state.ts';

/** The element `person` did before that keeps them from doing `node`; undefined when there is none. */
export function didBefore(state: InstanceState, { id, userTask }: FlowNode, person: string): string | undefined {
  if (!userTask || (userTask.notSameAs.length === 0 && !userTask.fourEyes)) return undefined;
  const { notSameAs, fourEyes } = userTask;
  if ((state.startedBy === person || state.restartedBy === person) && notSameAs.includes(state.startElementId)) return state.startElementId;
  const acts = actsOf(state, person);
  const named = notSameAs.find((one) => acts?.named.has(one));
  if (named !== undefined || !fourEyes || !acts) return named;
  // The second at the latest is another one.
  for (const task of acts.tasks) if (task !== id) return task;
  return undefined;
}

/** What a called case is told: everybody so far, and who started this case. */
export function doersFor({ doers, startedBy, startElementId }: InstanceState): readonly Doer[] {
  return [{ elementId: startElementId, person: startedBy, starts: true }, ...[...doers.values()].map(plain)];
}

/** What the calling case is told: everybody here, without those it told of itself. */
export function ownDoers({ doers }: InstanceState): readonly Doer[] {
  return [...doers.values()].filter(({ inherited }) => !inherited).map(plain);
}

function plain({ inherited: _, ...doer }: Doer & { readonly inherited: boolean }): Doer {
  return doer;
}
