/** The clock of a user task (gov:sla): its breach timer follows the date the task is due. */
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';

/** Which timer of a user task it is, as the part of the timer. */
export const WARNING = 0;
export const BREACH = 1;

/** The task is due at another time now (`dueAt`: ISO 8601 UTC instant): its breach timer with it. */
export function moveDeadline(decision: Decision, self: ElementInstance, dueAt: string | undefined): void {
  if (decision.node(self.elementId).userTask?.sla?.onBreach === undefined) return;
  for (const id of [...(self.waits ?? [])]) {
    const wait = decision.state.waits.get(id);
    if (wait?.kind !== 'timer' || wait.part !== BREACH || wait.elementId !== self.elementId) continue;
    if (wait.dueAt === dueAt) return;
    decision.record({ type: 'TimerCanceled', id });
  }
  if (dueAt !== undefined && dueAt > decision.facts.now) decision.record({ type: 'TimerScheduled', id: decision.nextId(), element: self.id, elementId: self.elementId, dueAt, part: BREACH });
}
