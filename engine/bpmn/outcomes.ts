/** What a user task whose deadline has passed is deemed to have ended with (gov:sla onBreach="deem"). */
import type { OutcomeSpec } from './graph.ts';

/** The first outcome that approves, else the first one; undefined for a task without outcomes. */
export function deemedOf(outcomes: readonly OutcomeSpec[]): OutcomeSpec | undefined {
  return outcomes.find(({ kind }) => kind === 'approve') ?? outcomes[0];
}
