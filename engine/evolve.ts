/**
 * evolve(state, event): the fold. It computes nothing from facts or from the graph, so that every history replays for ever.
 *
 * It changes the state it is given and gives it back; whoever wants the state before keeps the events.
 */
import type { InstanceEvent, TimerScheduled, UserTaskCreated } from './events.ts';
import { EngineError } from './errors.ts';
import type { ElementInstance, InstanceState, Wait } from './state.ts';

export function evolve(state: InstanceState, event: InstanceEvent): InstanceState {
  switch (event.type) {
    case 'InstanceStarted':
      state.status = 'active';
      state.processId = event.processId;
      state.version = event.version;
      state.conversation = event.conversation;
      state.businessKey = event.businessKey;
      state.parent = event.parent;
      state.startedBy = event.by;
      state.elements.set(0, elementInstance(0, event.processId, 0, false));
      return state;
    case 'InstanceCompleted': return end(state, 'completed');
    case 'InstanceTerminated': return end(state, 'terminated');
    case 'InstanceFailed': return end(state, 'failed');
    case 'ElementActivated': return activated(state, event);
    case 'ElementCompleted': return leave(state, event.id);
    case 'ElementTerminated': return leave(state, event.id);
    case 'ElementTerminating': elementOf(state, event.id).terminating = { then: event.then, inside: event.inside ?? false }; return state;
    case 'SequenceFlowTaken':
      if (event.waitsAt !== undefined) {
        const scope = elementOf(state, event.scope);
        scope.waiting ??= new Map();
        scope.waiting.set(event.flowId, (scope.waiting.get(event.flowId) ?? 0) + 1);
      }
      return state;
    case 'VariablesWritten': {
      const scope = elementOf(state, event.scope);
      scope.variables ??= new Map();
      for (const name of Object.keys(event.values)) scope.variables.set(name, event.values[name] ?? null);
      return state;
    }
    case 'UserTaskCreated': elementOf(state, event.id).task = taskOf(event); return state;
    case 'UserTaskClaimed': return assign(state, event.id, event.person);
    case 'UserTaskReleased': return assign(state, event.id, undefined);
    case 'UserTaskAssigned': return assign(state, event.id, event.person);
    case 'UserTaskCompleted': {
      const element = elementOf(state, event.id);
      state.done.set(event.id, { elementId: event.elementId, person: event.person, scope: element.scope });
      element.task = undefined;
      return state;
    }
    case 'UserTaskReturned': elementOf(state, event.id).task = undefined; return state;
    case 'UserTaskCanceled': elementOf(state, event.id).task = undefined; return state;
    case 'JobCreated':
      return open(state, { kind: 'job', id: event.id, element: event.element, jobType: event.jobType, retries: event.retries, headers: event.headers ?? {}, incident: undefined });
    case 'JobFailed': { const job = waitOf(state, event.id); if (job.kind === 'job') job.retries = event.retriesLeft; return state; }
    case 'TimerScheduled': return open(state, timerOf(event));
    case 'MessageSubscribed':
      return open(state, { kind: 'message', id: event.id, element: event.element, elementId: event.elementId, name: event.name, to: event.to, correlationKey: event.correlationKey });
    case 'MessageCorrelated': return event.open ? state : close(state, event.id);
    case 'JobCompleted': case 'JobErrorThrown': case 'JobCanceled': case 'TimerFired': case 'TimerCanceled': case 'MessageUnsubscribed': case 'IncidentCanceled':
      return close(state, event.id);
    case 'MessagePublished': count(state, event.id); return state;
    case 'ChildRequested': elementOf(state, event.id).child = event.childStream; return state;
    case 'ChildTerminationRequested': return state;
    case 'ChildEnded': elementOf(state, event.id).child = undefined; return state;
    case 'ErrorThrown': case 'DecisionEvaluated': return state;
    case 'IncidentRaised': {
      const job = event.job === undefined ? undefined : state.waits.get(event.job);
      if (job?.kind === 'job') job.incident = event.id;
      return open(state, { kind: 'incident', id: event.id, element: event.element, phase: event.phase, code: event.code, message: event.message, job: event.job });
    }
    case 'IncidentResolved': {
      const job = event.job === undefined ? undefined : state.waits.get(event.job);
      if (job?.kind === 'job') { job.incident = undefined; job.retries = event.retries ?? job.retries; }
      return close(state, event.id);
    }
    case 'TurnYielded': state.pending = event.steps; state.taken = event.taken; return state;
    case 'TurnContinued': state.pending = []; return state;
  }
}

function elementInstance(id: number, elementId: string, scope: number, fired: boolean): ElementInstance {
  return { id, elementId, scope, members: undefined, waiting: undefined, variables: undefined, waits: undefined, task: undefined, child: undefined, terminating: undefined, fired };
}

function activated(state: InstanceState, { id, elementId, scope, joined, fired }: Extract<InstanceEvent, { type: 'ElementActivated' }>): InstanceState {
  const parent = elementOf(state, scope);
  for (const flowId of joined ?? []) {
    const left = (parent.waiting?.get(flowId) ?? 0) - 1;
    if (left > 0) parent.waiting?.set(flowId, left);
    else parent.waiting?.delete(flowId);
  }
  count(state, id);
  state.elements.set(id, elementInstance(id, elementId, scope, fired ?? false));
  (parent.members ??= new Set()).add(id);
  return state;
}

function leave(state: InstanceState, id: number): InstanceState {
  const element = elementOf(state, id);
  state.elements.get(element.scope)?.members?.delete(id);
  state.elements.delete(id);
  return state;
}

function end(state: InstanceState, status: 'completed' | 'terminated' | 'failed'): InstanceState {
  state.status = status;
  state.pending = [];
  return state;
}

function assign(state: InstanceState, id: number, person: string | undefined): InstanceState {
  const { task } = elementOf(state, id);
  if (task) task.assignee = person;
  return state;
}

function open(state: InstanceState, wait: Wait): InstanceState {
  count(state, wait.id);
  state.waits.set(wait.id, wait);
  const element = state.elements.get(wait.element);
  if (element) (element.waits ??= []).push(wait.id);
  return state;
}

function close(state: InstanceState, id: number): InstanceState {
  const wait = waitOf(state, id);
  state.waits.delete(id);
  const element = state.elements.get(wait.element);
  if (element?.waits) element.waits = element.waits.length === 1 ? undefined : element.waits.filter((other) => other !== id);
  return state;
}

function count(state: InstanceState, id: number): void {
  if (id > state.counter) state.counter = id;
}

function taskOf(event: UserTaskCreated): NonNullable<ElementInstance['task']> {
  return {
    assignee: event.assignee, candidateGroups: event.candidateGroups ?? [], candidateUsers: event.candidateUsers ?? [],
    priority: event.priority, form: event.form, dueAt: event.dueAt, followUpAt: event.followUpAt,
  };
}

function timerOf(event: TimerScheduled): Wait {
  const cycle = event.cycle === undefined ? undefined : { text: event.cycle, armedAt: event.armedAt ?? event.dueAt, ordinal: event.ordinal ?? 0 };
  return { kind: 'timer', id: event.id, element: event.element, elementId: event.elementId, dueAt: event.dueAt, cycle };
}

export function elementOf(state: InstanceState, id: number): ElementInstance {
  const element = state.elements.get(id);
  if (!element) throw new EngineError(`Expected element instance ${id} of ${state.stream} to be active, but the history holds no such activation`);
  return element;
}

function waitOf(state: InstanceState, id: number): Wait {
  const wait = state.waits.get(id);
  if (!wait) throw new EngineError(`Expected ${id} of ${state.stream} to be outstanding, but the history closed it before`);
  return wait;
}
