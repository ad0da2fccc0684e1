/**
 * The deadline of a user task (gov:sla): people are told when it comes near (warnAt), and when it passes the model says what happens
 * (onBreach): they are told, an escalation is thrown, the task goes to others, or it counts as done.
 */
import type { FlowNode, UserTaskSpec } from '../bpmn/graph.ts';
import { deemedOf } from '../bpmn/outcomes.ts';
import { BREACH, WARNING } from '../execution/deadlines.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { transit } from '../execution/listeners.ts';
import { throwEscalation } from '../execution/throwing.ts';
import { evaluateTexts } from '../execution/variables.ts';
import type { TimerScheduled, UserTaskCreated } from '../events.ts';
import type { ElementInstance, UserTask } from '../state.ts';
import { addDuration } from '../time/duration.ts';
import { dueAfter } from './timer.ts';

type Clock = Pick<TimerScheduled, 'dueAt' | 'calendar'> & { readonly part: number };
type Sla = NonNullable<UserTaskSpec['sla']>;

/** The code of the escalation of onBreach="escalate". */
const BREACHED = 'SLA_BREACHED';
const RETRIES = 3;
/** Listeners of the task are at work: it is looked at again after this. */
const AGAIN = { months: 0, days: 0, millis: 60_000 };

/** The timers a task that is offered now starts; may be Stuck. A warning that would come after the deadline is none. */
export function deadlinesOf(decision: Decision, { sla }: UserTaskSpec, self: ElementInstance, { dueAt }: UserTaskCreated): readonly Clock[] {
  if (sla === undefined || dueAt === undefined) return [];
  const { warnAt, calendar, onBreach } = sla;
  const warning = warnAt === undefined ? undefined : dueAfter(decision.facts, warnAt, calendar, self.elementId);
  return [...(warning && warning.dueAt < dueAt ? [{ ...warning, part: WARNING }] : []), ...(onBreach === undefined ? [] : [{ dueAt, part: BREACH }])];
}

export function startClocks(decision: Decision, { id, elementId }: ElementInstance, clocks: readonly Clock[]): void {
  for (const clock of clocks) decision.record({ type: 'TimerScheduled', id: decision.nextId(), element: id, elementId, ...clock });
}

/** A clock of the open task `self` has struck. */
export function deadlineStruck(decision: Decision, node: FlowNode, self: ElementInstance, part: number | undefined): void {
  const { task } = self;
  const sla = node.userTask?.sla;
  if (!task || !sla) return;
  if (part === WARNING) tell(decision, node, self, 'warning', peopleOf(task));
  else breached(decision, node, self, task, sla);
}

function breached(decision: Decision, node: FlowNode, self: ElementInstance, task: UserTask, sla: Sla): void {
  const others = othersOf(decision, sla, self);
  switch (sla.onBreach) {
    case 'notify': tell(decision, node, self, 'breach', [...peopleOf(task), ...others]); return;
    case 'escalate': {
      const caught = throwEscalation(decision, self.id, node.id, BREACHED, {});
      if (caught.length === 0) tell(decision, node, self, 'breach', others);
      else decision.follow(...caught);
      return;
    }
    case 'reassign': case 'deem':
      if (task.awaits) startClocks(decision, self, [{ dueAt: addDuration(decision.facts.now, AGAIN, 'UTC'), part: BREACH }]);
      else if (sla.onBreach === 'deem') deem(decision, node, self);
      else reassign(decision, node, self, task, others);
      return;
    case undefined:
  }
}

/** It counts as done. */
function deem(decision: Decision, node: FlowNode, self: ElementInstance): void {
  const outcomes = node.userTask?.outcomes ?? [];
  const outcome = deemedOf(outcomes)?.value;
  transit(decision, self, { type: 'UserTaskCompleted', id: self.id, elementId: node.id, person: decision.actor.person, ...(outcome !== undefined && { outcome }) }, outcome === undefined ? {} : { outcome });
}

/** It is offered to others instead; who held it does so no longer. */
function reassign(decision: Decision, node: FlowNode, self: ElementInstance, task: UserTask, groups: readonly string[]): void {
  const { assignee, priority, form, dueAt, followUpAt } = task;
  transit(decision, self, {
    type: 'UserTaskUpdated', id: self.id, elementId: node.id, priority, candidateGroups: groups, by: decision.actor.person,
    ...(form !== undefined && { form }), ...(dueAt !== undefined && { dueAt }), ...(followUpAt !== undefined && { followUpAt }), ...(assignee !== undefined && { withdrawn: assignee }),
  }, {});
}

function peopleOf({ assignee, candidateUsers, candidateGroups }: UserTask): readonly string[] {
  return assignee !== undefined ? [assignee] : [...candidateUsers, ...candidateGroups];
}

/** Whom the model names; an expression that gives none names nobody. */
function othersOf(decision: Decision, { escalateTo }: Sla, self: ElementInstance): readonly string[] {
  try {
    return evaluateTexts(decision, self.id, escalateTo, `escalateTo of ${self.elementId}`);
  } catch (error) {
    if (error instanceof Stuck) return [];
    throw error;
  }
}

/** A notice is a job beside the task: nobody waits for it. */
function tell(decision: Decision, node: FlowNode, self: ElementInstance, on: 'warning' | 'breach', people: readonly string[]): void {
  if (people.length === 0) return;
  const name = node.name === '' ? node.id : node.name;
  const due = self.task?.dueAt ?? '';
  const headers = { to: [...new Set(people)].join(','), subject: on === 'warning' ? `Nearly due: ${name}` : `Overdue: ${name}`, text: `${name} ${on === 'warning' ? 'is' : 'was'} due on ${due.slice(0, 10)}.`, dueAt: due };
  decision.record({ type: 'JobCreated', id: decision.nextId(), element: self.id, elementId: node.id, jobType: 'notify', retries: RETRIES, headers, listener: { on, index: 0 } });
}
