/**
 * An open user task goes on as the target version describes it. What is written otherwise there is evaluated anew, dates counted from when
 * the task began; what is written the same stays as it is, also where somebody changed it by hand.
 *
 * Who holds it keeps it while the target still lets them: named as its assignee or a candidate, in a candidate group, or nobody is named, and
 * not excluded by separation of duties. Otherwise it is free again, or its assignee's.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { NodeBasis, TaskPart } from '../commands.ts';
import { offer } from '../elements/user-task.ts';
import { moveDeadline } from '../execution/deadlines.ts';
import { asOf } from '../execution/decision.ts';
import type { Decision } from '../execution/decision.ts';
import { didBefore } from '../execution/separation.ts';
import type { UserTaskCreated, UserTaskUpdated } from '../events.ts';
import type { ElementInstance, UserTask } from '../state.ts';
import { basisOf } from './basis.ts';

/** `began`: when the task did; `holders`: the groups of people who hold tasks, by person; who is not named there is believed. */
export function offerAnew(decision: Decision, node: FlowNode, self: ElementInstance, before: NodeBasis | undefined, began: string, holders: Holders): void {
  const { task } = self;
  if (!task || !node.userTask || before?.task === undefined) return;
  const now = basisOf(node).task;
  const differs = (part: TaskPart): boolean => before.task?.[part] !== now?.[part];
  if (!PARTS.some(differs)) return;
  const offered = offer(asOf(decision, began), node.userTask, self, node.laneGroup);
  const { withdrawn, assignee } = differs('offered') || differs('separation') ? whoseItIs(decision, node, task, differs('offered') ? offered : undefined, holders) : NO_CHANGE;
  const { candidateGroups = [], candidateUsers = [] } = differs('offered') ? offered : task;
  // Held by name alone until now: it waits for its lane, and not for everybody.
  const toLane = withdrawn !== undefined && assignee === undefined && node.laneGroup !== undefined && candidateGroups.length + candidateUsers.length === 0;
  const groups = toLane ? [node.laneGroup] : candidateGroups;
  const { form } = differs('form') ? offered : task;
  const { dueAt } = differs('due') ? offered : task;
  const { followUpAt } = differs('followUp') ? offered : task;
  const updated: UserTaskUpdated = {
    type: 'UserTaskUpdated', id: self.id, elementId: node.id, priority: differs('priority') ? offered.priority : task.priority,
    ...(groups.length > 0 && { candidateGroups: groups }), ...(candidateUsers.length > 0 && { candidateUsers }), ...(form !== undefined && { form }),
    ...(dueAt !== undefined && { dueAt }), ...(differs('due') && offered.calendar !== undefined && { calendar: offered.calendar }), ...(followUpAt !== undefined && { followUpAt }),
    ...(withdrawn !== undefined && { withdrawn }), ...(assignee !== undefined && { assignee }),
  };
  if (!changes(updated, self)) return;
  decision.record(updated);
  moveDeadline(decision, self, updated.dueAt);
}

type Holders = Readonly<Record<string, readonly string[]>>;
type Whose = Pick<UserTaskUpdated, 'withdrawn' | 'assignee'>;

const NO_CHANGE: Whose = {};

/** Who loses it, and who gets it; `offered`: where that is written otherwise. Who delegated it must be allowed as well. */
function whoseItIs(decision: Decision, node: FlowNode, { assignee, owner }: UserTask, offered: UserTaskCreated | undefined, holders: Holders): Whose {
  const held = [assignee, owner].filter((person) => person !== undefined);
  const lost = held.some((person) => !mayHold(decision, node, person, offered, holders));
  if (held.length > 0 && !lost) return NO_CHANGE;
  const meant = offered?.assignee;
  const given = meant !== undefined && didBefore(decision.state, node, meant) === undefined ? meant : undefined;
  return { ...(lost && assignee !== undefined && { withdrawn: assignee }), ...(given !== undefined && { assignee: given }) };
}

const PARTS: readonly TaskPart[] = ['offered', 'due', 'followUp', 'priority', 'form', 'separation'];

function mayHold({ state }: Decision, node: FlowNode, person: string, offered: UserTaskCreated | undefined, holders: Holders): boolean {
  if (didBefore(state, node, person) !== undefined) return false;
  if (offered === undefined || offered.assignee === person) return true;
  const { assignee, candidateGroups = [], candidateUsers = [] } = offered;
  if (candidateGroups.length + candidateUsers.length === 0) return assignee === undefined;
  const groups = Object.hasOwn(holders, person) ? holders[person] : undefined;
  return candidateUsers.includes(person) || (candidateGroups.length > 0 && (groups === undefined || candidateGroups.some((group) => groups.includes(group))));
}

/** False when the new version says the same in other words. */
function changes(updated: UserTaskUpdated, { task }: ElementInstance): boolean {
  const same = (left: readonly string[] = [], right: readonly string[] = []): boolean => left.length === right.length && left.every((one, index) => one === right[index]);
  return updated.withdrawn !== undefined || updated.assignee !== undefined || updated.priority !== task?.priority || updated.form !== task.form || updated.dueAt !== task.dueAt
    || updated.followUpAt !== task.followUpAt || !same(updated.candidateGroups, task.candidateGroups) || !same(updated.candidateUsers, task.candidateUsers);
}
