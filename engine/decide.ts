/**
 * decide(graph, state, command, facts): what a command does to a process instance: a list of events, or a rejection.
 *
 * It is pure: no clock, no randomness, no I/O; the same input gives the same events. The state it is given has been folded
 * with these events when it returns; after a rejection it is untouched. Who could not store the events drops the state.
 */
import type { ProcessGraph } from './bpmn/graph.ts';
import type { CompensateInstance, CompensationDone, CompleteChild, CorrelateMessage, EscalateChild, InstanceCommand, ReceiveSignal, ResolveIncident, ResumeInstance, SetVariables, StartInstance, SuspendInstance } from './commands.ts';
import { reject } from './errors.ts';
import type { Rejection } from './errors.ts';
import { approximateBytes, DEEPEST, isTooDeep } from './events.ts';
import type { InstanceEvent } from './events.ts';
import { activateAdHoc } from './elements/ad-hoc-verbs.ts';
import { completeJob, failJob, throwJobError } from './elements/job-verbs.ts';
import { BEHAVIOURS } from './elements/registry.ts';
import { modifyInstance } from './elements/modification.ts';
import { assignTask, claimTask, completeTask, delegateTask, releaseTask, resolveTask, returnTask, updateTask } from './elements/user-task-verbs.ts';
import { staysArmed } from './event-definitions/catching.ts';
import { resumed, written } from './event-definitions/conditional.ts';
import { deadlineStruck } from './event-definitions/deadline.ts';
import { conditionHappens, happen } from './event-definitions/firing.ts';
import { prepare } from './event-definitions/raising.ts';
import { nextDue } from './event-definitions/timer.ts';
import { Decision } from './execution/decision.ts';
import type { Triggers } from './execution/decision.ts';
import { Stuck } from './execution/errors.ts';
import { raiseIncident } from './execution/incidents.ts';
import { runSteps } from './execution/lifecycle.ts';
import { finish } from './execution/results.ts';
import { closeWaits, isTerminating, terminated } from './execution/termination.ts';
import { startSteps } from './execution/scopes.ts';
import { throwError, throwEscalation } from './execution/throwing.ts';
import type { Facts } from './facts.ts';
import { migrateInstance } from './migration/migrate.ts';
import { ensureRoom, heldWith } from './execution/room.ts';
import { isEnding } from './state.ts';
import type { ElementInstance, InstanceState } from './state.ts';

export function decide(graph: ProcessGraph, state: InstanceState, command: InstanceCommand, facts: Facts): readonly InstanceEvent[] | Rejection {
  const refused = refuse(state, command, facts);
  if (refused) return refused;
  const decision = new Decision(graph, state, facts, command.actor, BEHAVIOURS, TRIGGERS);
  const taken = command.type === 'Continue' ? state.taken : 0;
  decision.hops = command.type === 'Continue' ? state.hops : 'hops' in command ? (command.hops ?? 0) : 0;
  const rejection = act(decision, command);
  if (rejection) return rejection;
  runSteps(decision, taken);
  return decision.events;
}

const TRIGGERS: Triggers = { written, happen: conditionHappens, prepare };

/** Guards that hold for every command. */
function refuse(state: InstanceState, command: InstanceCommand, facts: Facts): Rejection | undefined {
  const { stream, status } = state;
  if (command.type === 'StartInstance') {
    if (status !== 'new') return reject('INSTANCE_EXISTS', { stream });
  } else if (status === 'new') return reject('INSTANCE_NOT_FOUND', { stream });
  else if (status !== 'active' && !(status === 'completed' && command.type === 'CompensateInstance')) return ended(state, command);
  // What cancels a suspended case is finished: the cases it called answer, its listeners do their jobs.
  if (state.suspended && !isEnding(state) && !WHILE_SUSPENDED.has(command.type)) return reject('INSTANCE_SUSPENDED', { stream });
  // The answer of a child is never refused for its size: its caller would wait for ever.
  if ('variables' in command && command.type !== 'CompleteChild') {
    const size = approximateBytes(command.variables);
    if (size > facts.limits.variableBytes) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit: facts.limits.variableBytes, size });
    const limit = facts.limits.caseBytes;
    const held = heldWith(state, 'task' in command ? command.task : 0, command.variables, size, limit);
    if (held > limit) return reject('INSTANCE_TOO_LARGE', { stream, limit, size: held });
    if (isTooDeep(command.variables)) return reject('INSTANCE_VARIABLES_TOO_DEEP', { limit: DEEPEST });
  }
  if (state.pending.length > 0 && !isForTheTurn(state, command)) return reject(isStopped(state) ? 'INSTANCE_STOPPED' : 'INSTANCE_NOT_SETTLED', { stream });
  return undefined;
}

/** What a person can do with a suspended case, and what finishes the turn of it. */
const WHILE_SUSPENDED: ReadonlySet<InstanceCommand['type']> = new Set(['StartInstance', 'ResumeInstance', 'CancelInstance', 'SetVariables', 'MigrateInstance', 'Continue']);

/** While a turn is unfinished its tokens are on the work list: only what goes on with it, or ends the case, may come. */
function isForTheTurn(state: InstanceState, command: InstanceCommand): boolean {
  if (command.type === 'Continue' || command.type === 'CancelInstance') return true;
  // An endless loop ends when the variables it depends on are corrected.
  if (command.type === 'SetVariables') return isStopped(state);
  if (command.type !== 'ResolveIncident') return false;
  const incident = state.waits.get(command.incident);
  return incident?.kind !== 'incident' || incident.phase === 'turn';
}

/** An endless loop has stopped the turn: only a human can let it go on. */
function isStopped(state: InstanceState): boolean {
  return state.elements.get(0)?.waits?.some((id) => { const wait = state.waits.get(id); return wait?.kind === 'incident' && wait.phase === 'turn'; }) === true;
}

/** A late click on a task still learns who was first. */
function ended(state: InstanceState, command: InstanceCommand): Rejection {
  const done = 'task' in command ? state.done.get(command.task) : undefined;
  if (done && 'task' in command) return reject('TASK_COMPLETED', { task: command.task, person: done.person });
  return reject('INSTANCE_ENDED', { stream: state.stream, status: state.status });
}

function act(decision: Decision, command: InstanceCommand): Rejection | undefined {
  switch (command.type) {
    case 'StartInstance': return start(decision, command);
    case 'ClaimTask': return claimTask(decision, command.task);
    case 'ReleaseTask': return releaseTask(decision, command.task);
    case 'AssignTask': return assignTask(decision, command);
    case 'DelegateTask': return delegateTask(decision, command);
    case 'UpdateTask': return updateTask(decision, command);
    case 'ResolveTask': return resolveTask(decision, command);
    case 'CompleteTask': return completeTask(decision, command);
    case 'ReturnTask': return returnTask(decision, command);
    case 'CompleteJob': return completeJob(decision, command);
    case 'FailJob': return failJob(decision, command);
    case 'ThrowJobError': return throwJobError(decision, command);
    case 'FireTimer': return fireTimer(decision, command.timer);
    case 'CorrelateMessage': return correlateMessage(decision, command);
    case 'ReceiveSignal': return receiveSignal(decision, command);
    case 'EscalateChild': return escalateChild(decision, command);
    case 'CompensateInstance': return compensateInstance(decision, command);
    case 'CompensationDone': return compensationDone(decision, command);
    case 'ActivateAdHoc': return activateAdHoc(decision, command);
    case 'CompleteChild': return completeChild(decision, command);
    case 'ResolveIncident': return resolveIncident(decision, command);
    case 'SetVariables': return setVariables(decision, command);
    case 'SuspendInstance': case 'ResumeInstance': return suspend(decision, command);
    case 'ModifyInstance': return modifyInstance(decision, command);
    case 'MigrateInstance': return migrateInstance(decision, command);
    case 'CancelInstance': return cancel(decision, command.reason);
    case 'Continue': return goOn(decision);
  }
}

function start(decision: Decision, command: StartInstance): Rejection | undefined {
  const { graph, state, actor } = decision;
  const possible = [...graph.starts, ...graph.instantiating.map(({ node }) => node)];
  const first = command.startElementId === undefined
    ? graph.starts.find((node) => node.type !== 'startEvent' || node.event?.kind === 'none')
    : possible.find((node) => node.id === command.startElementId);
  if (!first) {
    const known = possible.map((node) => node.id).join(', ') || 'none';
    return reject('INSTANCE_START_ELEMENT_UNKNOWN', { processId: graph.id, elementId: command.startElementId ?? '(a none start event)', known });
  }
  const { businessKey, parent, restartOf, reason, startedBy, done } = command;
  decision.record({
    type: 'InstanceStarted', processId: command.processId, version: command.version, conversation: command.conversation ?? state.stream,
    startElementId: first.id, by: startedBy ?? actor.person, ...(businessKey !== undefined && { businessKey }), ...(parent && { parent }), ...(restartOf !== undefined && { restartOf }), ...(reason !== undefined && { reason }),
    ...(restartOf !== undefined && { restartedBy: actor.person }), ...(done && { done }),
  });
  if (Object.keys(command.variables).length > 0) decision.record({ type: 'VariablesWritten', scope: 0, values: command.variables });
  if (graph.listeners?.start) decision.follow({ do: 'activate', id: 0, phase: 'inputs' });
  else if (graph.eventSubProcesses.length > 0) decision.follow({ do: 'activate', id: 0, phase: 'behave' });
  else decision.follow(...startSteps(graph, first.id));
  return undefined;
}

function fireTimer(decision: Decision, timer: number): Rejection | undefined {
  const wait = decision.state.waits.get(timer);
  if (wait?.kind !== 'timer') return reject('TIMER_NOT_FOUND', { timer });
  const { now, zone } = decision.facts;
  if (now < wait.dueAt) return reject('TIMER_NOT_DUE', { timer, dueAt: wait.dueAt, now });
  const { next, missed } = nextDue(wait, now, zone);
  const node = decision.node(wait.elementId);
  const host = decision.element(wait.element);
  decision.record({ type: 'TimerFired', id: timer, elementId: wait.elementId, ...(missed > 0 && { missed }) });
  if (next && staysArmed(node)) {
    decision.record({ type: 'TimerScheduled', id: decision.nextId(), element: wait.element, elementId: wait.elementId, ...next, ...(wait.part !== undefined && { part: wait.part }) });
  }
  if (node.userTask) deadlineStruck(decision, node, host, wait.part);
  else happen(decision, wait.elementId, host, wait.part, {});
  return undefined;
}

function correlateMessage(decision: Decision, command: CorrelateMessage): Rejection | undefined {
  const wait = decision.state.waits.get(command.subscription);
  if (wait?.kind !== 'message') return reject('MESSAGE_SUBSCRIPTION_NOT_FOUND', { subscription: command.subscription });
  const open = staysArmed(decision.node(wait.elementId));
  const host = decision.element(wait.element);
  decision.record({ type: 'MessageCorrelated', id: wait.id, elementId: wait.elementId, messageId: command.messageId, ...(open && { open }) });
  happen(decision, wait.elementId, host, wait.part, command.variables);
  return undefined;
}

function receiveSignal(decision: Decision, command: ReceiveSignal): Rejection | undefined {
  const wait = decision.state.waits.get(command.subscription);
  if (wait?.kind !== 'signal') return reject('SIGNAL_SUBSCRIPTION_NOT_FOUND', { subscription: command.subscription });
  const open = staysArmed(decision.node(wait.elementId));
  decision.record({ type: 'SignalReceived', id: wait.id, elementId: wait.elementId, signalId: command.signalId, ...(open && { open }) });
  happen(decision, wait.elementId, decision.element(wait.element), wait.part, command.variables);
  return undefined;
}

/** The called case goes on; it ends only when this escalation interrupts its call activity. */
function escalateChild(decision: Decision, command: EscalateChild): Rejection | undefined {
  const element = decision.state.elements.get(command.element);
  if (element?.child === undefined || isTerminating(decision, element)) return reject('CHILD_NOT_FOUND', { element: command.element });
  decision.follow(...throwEscalation(decision, element.id, element.elementId, command.code, command.variables));
  return undefined;
}

function completeChild(decision: Decision, command: CompleteChild): Rejection | undefined {
  const element = decision.state.elements.get(command.element);
  if (element?.child === undefined) return reject('CHILD_NOT_FOUND', { element: command.element });
  const { ended: how, error, compensable, done } = command;
  decision.record({ type: 'ChildEnded', id: element.id, ended: how, ...(compensable && { compensable }), ...(done && { done }) });
  if (isTerminating(decision, element)) terminated(decision, element);
  else if (how === 'completed') childCompleted(decision, element, childResult(decision, command, element.elementId));
  else if (how === 'failed') throwError(decision, element.id, element.elementId, error?.code ?? '', error?.message ?? '', {});
  else raiseIncident(decision, element, 'complete', new Stuck('INCIDENT_CHILD_CANCELED', { element: element.elementId }));
  return undefined;
}

/** A result that the case cannot hold is an incident; resolved, the case goes on without it. */
function childCompleted(decision: Decision, element: ElementInstance, result: CompleteChild['variables']): void {
  try {
    ensureRoom(decision, element.id, result, `the result of ${element.elementId}`);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, element, 'complete', error);
    return;
  }
  finish(decision, element, result);
}

/** All variables of the child, or with propagateAllChildVariables="false" only what the output mappings take. */
function childResult(decision: Decision, command: CompleteChild, elementId: string): CompleteChild['variables'] {
  const node = decision.node(elementId);
  return node.call?.propagateAllChildVariables === false && node.outputs.length === 0 && node.stores === undefined ? {} : command.variables;
}

function resolveIncident(decision: Decision, command: ResolveIncident): Rejection | undefined {
  const incident = decision.state.waits.get(command.incident);
  if (incident?.kind !== 'incident') return reject('INCIDENT_NOT_FOUND', { incident: command.incident });
  const { phase, element, listener } = incident;
  const retries = phase === 'job' ? Math.max(1, command.retries ?? 1) : undefined;
  decision.record({ type: 'IncidentResolved', id: incident.id, ...(incident.job !== undefined && { job: incident.job }), ...(retries !== undefined && { retries }) });
  if (phase === 'turn') goOn(decision);
  else if (phase === 'complete') decision.follow({ do: 'complete', id: element });
  else if (phase === 'join') decision.follow({ do: 'join', scope: element });
  else if (phase === 'listen') decision.follow({ do: 'listen', id: element, on: 'end', index: 0, ...listener });
  else if (phase !== 'job') decision.follow({ do: 'activate', id: element, phase });
  return undefined;
}

function setVariables(decision: Decision, command: SetVariables): Rejection | undefined {
  const scope = command.scope ?? 0;
  if (!decision.state.elements.has(scope)) return reject('INSTANCE_SCOPE_NOT_FOUND', { scope, stream: decision.state.stream });
  decision.record({ type: 'VariablesWritten', scope, values: command.variables, reason: command.reason });
  return undefined;
}

function suspend(decision: Decision, { type, reason }: SuspendInstance | ResumeInstance): Rejection | undefined {
  const { state, actor } = decision;
  if (type === 'SuspendInstance') decision.record({ type: 'InstanceSuspended', by: actor.person, reason });
  else if (state.suspended) {
    decision.record({ type: 'InstanceResumed', by: actor.person, reason });
    resumed(decision);
  } else return reject('INSTANCE_NOT_SUSPENDED', { stream: state.stream });
  return undefined;
}

/** A completed case undoes everything that completed in it, then answers. */
function compensateInstance(decision: Decision, { answer }: CompensateInstance): Rejection | undefined {
  if (decision.state.status !== 'completed') return reject('INSTANCE_NOT_COMPLETED', { stream: decision.state.stream });
  decision.record({ type: 'InstanceReopened', answer });
  decision.follow({ do: 'undo', scope: 0, then: [{ do: 'end', as: 'compensated' }] });
  return undefined;
}

function compensationDone(decision: Decision, { scope, run }: CompensationDone): Rejection | undefined {
  const known = decision.state.elements.get(scope)?.particulars?.runs.get(run);
  if (known?.awaits === undefined) return reject('COMPENSATION_NOT_FOUND', { run });
  decision.record({ type: 'ChildCompensated', id: run, scope });
  decision.follow({ do: 'compensate', scope, run });
  return undefined;
}

function cancel(decision: Decision, reason: string): Rejection | undefined {
  // It is ending already and only waits for the cases it called.
  if (isEnding(decision.state)) return undefined;
  const { pending } = decision.state;
  if (pending.length > 0) decision.record({ type: 'TurnContinued' });
  // What ends already waits for its listeners: they are not asked twice.
  decision.steps.push(...pending.filter((step) => step.do === 'listen' && step.on === 'canceling'));
  closeWaits(decision, decision.element(0));
  decision.follow({ do: 'terminate', id: 0, inside: true, then: [{ do: 'end', as: 'terminated', message: reason, canceled: true }] });
  return undefined;
}

/** Takes up the work list of a turn that yielded. */
function goOn(decision: Decision): Rejection | undefined {
  const { pending, stream } = decision.state;
  if (pending.length === 0 || isStopped(decision.state)) return reject('INSTANCE_NOTHING_TO_CONTINUE', { stream });
  decision.record({ type: 'TurnContinued' });
  decision.steps.push(...pending);
  return undefined;
}

