/**
 * What people do with a user task: claim, release, assign, complete with an outcome, return (WS-HumanTask 1.1, 4.7). Guards come
 * first; nothing is recorded before all of them hold.
 */
import type { AssignTask, CompleteTask, DelegateTask, ResolveTask, ReturnTask, UpdateTask } from '../commands.ts';
import { EngineError, isRejection, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import type { FlowNode, UserTaskSpec } from '../bpmn/graph.ts';
import type { Decision } from '../execution/decision.ts';
import { transit } from '../execution/listeners.ts';
import { didBefore } from '../execution/separation.ts';
import { isTerminating } from '../execution/termination.ts';
import type { ElementInstance, UserTask } from '../state.ts';
import type { Json } from '../facts.ts';
import { parseInstant } from '../time/instant.ts';

interface OpenTask {
  readonly element: ElementInstance;
  readonly task: UserTask;
  readonly node: FlowNode;
  readonly spec: UserTaskSpec;
}

export function claimTask(decision: Decision, id: number): Rejection | undefined {
  const open = openTask(decision, id);
  if (isRejection(open)) return open;
  const { person: by, onBehalfOf } = decision.actor;
  // Held by who is stood in for: when the substitution ends, the task is theirs without anything being done.
  const person = onBehalfOf ?? by;
  if (open.task.assignee === person) return undefined;
  if (open.task.assignee !== undefined) return reject('TASK_ALREADY_CLAIMED', { task: id, person: open.task.assignee });
  const refused = notCandidate(decision, open) ?? sameAsBefore(decision, open, by, onBehalfOf);
  if (refused) return refused;
  transit(decision, open.element, { type: 'UserTaskClaimed', id, person, ...(onBehalfOf !== undefined && { by }) }, {});
  return undefined;
}

export function releaseTask(decision: Decision, id: number): Rejection | undefined {
  const open = openTask(decision, id);
  if (isRejection(open)) return open;
  const refused = notHolder(decision, open);
  if (refused) return refused;
  decision.record({ type: 'UserTaskReleased', id, person: decision.actor.person });
  const { task, node } = open;
  // Held by name alone until now: given back, it waits for its lane and not for everybody.
  const byName = task.candidateGroups.length + task.candidateUsers.length === 0;
  return byName && node.laneGroup !== undefined ? updateTask(decision, { type: 'UpdateTask', task: id, candidateGroups: [node.laneGroup] }) : undefined;
}

export function assignTask(decision: Decision, command: AssignTask): Rejection | undefined {
  const open = openTask(decision, command.task);
  if (isRejection(open)) return open;
  const refused = sameAsBefore(decision, open, command.assignee);
  if (refused) return refused;
  const { reason } = command;
  transit(decision, open.element, { type: 'UserTaskAssigned', id: command.task, person: command.assignee, by: decision.actor.person, ...(reason !== undefined && { reason }) }, {});
  return undefined;
}

/** Whoever is asked may do the work, but not what only another person may do. It comes back to who holds it, also when a deputy asked. */
export function delegateTask(decision: Decision, { task, to, reason }: DelegateTask): Rejection | undefined {
  const open = openTask(decision, task);
  if (isRejection(open)) return open;
  const refused = notHolder(decision, open) ?? delegated(open) ?? sameAsBefore(decision, open, to);
  if (refused) return refused;
  const by = open.task.assignee ?? decision.actor.person;
  if (to === by) return undefined;
  transit(decision, open.element, { type: 'UserTaskDelegated', id: task, person: to, by, ...(reason !== undefined && { reason }) }, {});
  return undefined;
}

/** What was done is kept with the task; who delegated it completes it. Who filled something in has done it, too: a later check is not theirs. */
export function resolveTask(decision: Decision, { task, variables, comment }: ResolveTask): Rejection | undefined {
  const open = openTask(decision, task);
  if (isRejection(open)) return open;
  const refused = notHolder(decision, open);
  if (refused) return refused;
  const { owner } = open.task;
  if (owner === undefined) return reject('TASK_NOT_DELEGATED', { task });
  const filledIn = Object.keys(variables).length > 0;
  if (filledIn) decision.record({ type: 'VariablesWritten', scope: task, values: variables });
  const { person: by, onBehalfOf } = decision.actor;
  decision.record({
    type: 'UserTaskResolved', id: task, person: owner, by, ...(comment !== undefined && comment !== '' && { comment }),
    ...(filledIn && { elementId: open.node.id, ...(onBehalfOf !== undefined && { onBehalfOf }) }),
  });
  return undefined;
}

/** Who it is offered to, by when and how urgently; nobody loses it by that. Nothing to change: nothing is recorded. */
export function updateTask(decision: Decision, command: UpdateTask): Rejection | undefined {
  const open = openTask(decision, command.task);
  if (isRejection(open)) return open;
  const { task, node } = open;
  const { candidateGroups = task.candidateGroups, candidateUsers = task.candidateUsers, priority = task.priority, dueAt = task.dueAt, followUpAt = task.followUpAt, reason } = command;
  if (!Number.isInteger(priority) || priority < 0 || priority > 100) return reject('TASK_PRIORITY_INVALID', { task: command.task, priority });
  const wrong = [dueAt, followUpAt].find((at) => typeof at === 'string' && parseInstant(at, decision.facts.zone) !== at);
  if (wrong !== undefined) return reject('TASK_DATE_INVALID', { task: command.task, date: String(wrong) });
  const same = priority === task.priority && (dueAt ?? undefined) === task.dueAt && (followUpAt ?? undefined) === task.followUpAt && String(candidateGroups) === String(task.candidateGroups) && String(candidateUsers) === String(task.candidateUsers);
  if (same) return undefined;
  transit(decision, open.element, {
    type: 'UserTaskUpdated', id: command.task, elementId: node.id, priority, by: decision.actor.person,
    ...(candidateGroups.length > 0 && { candidateGroups }), ...(candidateUsers.length > 0 && { candidateUsers }), ...(task.form !== undefined && { form: task.form }),
    ...(typeof dueAt === 'string' && { dueAt }), ...(typeof followUpAt === 'string' && { followUpAt }), ...(reason !== undefined && reason !== '' && { reason }),
  }, {});
  return undefined;
}

function delegated({ element, task }: OpenTask): Rejection | undefined {
  return task.owner === undefined ? undefined : reject('TASK_DELEGATED', { task: element.id, owner: task.owner, person: task.assignee ?? '' });
}

export function completeTask(decision: Decision, command: CompleteTask): Rejection | undefined {
  const open = openTask(decision, command.task);
  if (isRejection(open)) return open;
  const refused = notHolder(decision, open) ?? delegated(open) ?? sameAsBefore(decision, open, decision.actor.person, decision.actor.onBehalfOf) ?? badOutcome(open, command) ?? badSignature(open, command);
  if (refused) return refused;
  const { outcome, comment, signed } = command;
  const { person, onBehalfOf } = decision.actor;
  const brought: Record<string, Json> = { ...command.variables };
  if (outcome !== undefined) brought['outcome'] = outcome;
  transit(decision, open.element, {
    type: 'UserTaskCompleted', id: command.task, elementId: open.node.id, person, ...(onBehalfOf !== undefined && { onBehalfOf }),
    ...(outcome !== undefined && { outcome }), ...(comment !== undefined && comment !== '' && { comment }), ...(signed && { signed }),
  }, brought);
  return undefined;
}

export function returnTask(decision: Decision, command: ReturnTask): Rejection | undefined {
  const open = openTask(decision, command.task);
  if (isRejection(open)) return open;
  const refused = notHolder(decision, open);
  if (refused) return refused;
  const reason = cannotReturn(decision, open, command.to);
  if (reason !== undefined) return reject('TASK_RETURN_NOT_POSSIBLE', { to: command.to, elementId: open.node.id, reason });
  if (command.reason.trim() === '') return reject('TASK_COMMENT_REQUIRED', { task: command.task, outcome: 'return' });
  const { scope } = open.element;
  decision.record({ type: 'UserTaskReturned', id: command.task, elementId: open.node.id, person: decision.actor.person, to: command.to, reason: command.reason });
  decision.follow({ do: 'terminate', id: command.task, then: [{ do: 'enter', elementId: command.to, scope }] });
  return undefined;
}

const WAITING = { UserTaskClaimed: 'claimed', UserTaskAssigned: 'assigned', UserTaskDelegated: 'delegated', UserTaskUpdated: 'changed', UserTaskCompleted: 'completed' } as const;

/** The open task, or why there is none: a second person is told who was first. */
function openTask(decision: Decision, id: number): OpenTask | Rejection {
  const { state } = decision;
  const done = state.done.get(id);
  if (done) return reject('TASK_COMPLETED', { task: id, person: done.person });
  const element = state.elements.get(id);
  if (!element?.task || isTerminating(decision, element)) {
    return reject(id > 0 && id <= state.counter ? 'TASK_CANCELED' : 'TASK_NOT_FOUND', { task: id });
  }
  if (element.task.awaits) return reject('TASK_AWAITS_LISTENERS', { task: id, what: WAITING[element.task.awaits.event.type] });
  const node = decision.node(element.elementId);
  if (!node.userTask) throw new EngineError(`Expected ${node.id} to be a user task, but the graph says ${node.type}`);
  return { element, task: element.task, node, spec: node.userTask };
}

function notCandidate(decision: Decision, { element, task }: OpenTask): Rejection | undefined {
  const { groups, onBehalfOf } = decision.actor;
  const person = onBehalfOf ?? decision.actor.person;
  const { candidateGroups, candidateUsers } = task;
  if (candidateGroups.length === 0 && candidateUsers.length === 0) return undefined;
  if (candidateUsers.includes(person) || candidateGroups.some((group) => groups.includes(group))) return undefined;
  return reject('TASK_NOT_CANDIDATE', { task: element.id, person, candidates: [...candidateGroups, ...candidateUsers].join(', ') });
}

function notHolder(decision: Decision, { element, task }: OpenTask): Rejection | undefined {
  const { person, onBehalfOf } = decision.actor;
  if (task.assignee === undefined) return reject('TASK_NOT_CLAIMED', { task: element.id });
  return task.assignee === person || task.assignee === onBehalfOf ? undefined : reject('TASK_NOT_ASSIGNEE', { task: element.id, person, assignee: task.assignee });
}

/** A deputy can do no more than who they stand for: both are looked at. */
function sameAsBefore({ state }: Decision, { element, node }: OpenTask, person: string, principal?: string): Rejection | undefined {
  for (const one of principal === undefined ? [person] : [person, principal]) {
    const elementId = didBefore(state, node, one);
    if (elementId !== undefined) return reject('TASK_SAME_PERSON', { task: element.id, elementId, person: one });
  }
  return undefined;
}

function badOutcome({ spec }: OpenTask, { task, outcome, comment }: CompleteTask): Rejection | undefined {
  const outcomes = spec.outcomes.map(({ value }) => value).join(', ');
  if (outcome === undefined) return spec.outcomes.length === 0 ? undefined : reject('TASK_OUTCOME_REQUIRED', { task, outcomes });
  const chosen = spec.outcomes.find(({ value }) => value === outcome);
  if (!chosen) return reject('TASK_OUTCOME_UNKNOWN', { task, outcome, outcomes: outcomes === '' ? 'none' : outcomes });
  if (chosen.requiresComment && (comment ?? '').trim() === '') return reject('TASK_COMMENT_REQUIRED', { task, outcome });
  return undefined;
}

/** gov:signature: an outcome that is signed needs the signed file, named in the same command . */
function badSignature({ spec }: OpenTask, { task, outcome, signed }: CompleteTask): Rejection | undefined {
  const { signature, outcomes } = spec;
  const required = signature !== undefined && (outcomes.find(({ value }) => value === outcome)?.requiresSignature ?? true);
  if (required && signed?.document !== signature.document) return reject('TASK_SIGNATURE_REQUIRED', { task, document: signature.document });
  return !required && signed !== undefined ? reject('TASK_NOTHING_TO_SIGN', { task }) : undefined;
}

/** A return must not double or lose tokens: the way from the earlier task to this one may not lead through a gateway that splits or joins. */
function cannotReturn(decision: Decision, { element, node }: OpenTask, to: string): string | undefined {
  const target = decision.graph.nodes.get(to);
  if (node.loop) return `${node.id} runs several times`;
  if (target?.userTask === undefined || target.parentId !== node.parentId) return 'it is not a user task in the same part of the process';
  const before = [...decision.state.done.values()].some((done) => done.elementId === to && done.scope === element.scope);
  if (!before) return 'it was not completed before in this case';
  const seen = new Set<string>([to]);
  const queue = [target];
  for (const from of queue) {
    for (const flow of from.outgoing) {
      if (flow.target === node.id) return undefined;
      const next = decision.node(flow.target);
      if (seen.has(next.id) || next.type === 'parallelGateway') continue;
      seen.add(next.id);
      queue.push(next);
    }
  }
  return 'parallel work lies between them';
}
