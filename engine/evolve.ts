/**
 * evolve(state, event): the fold. It computes nothing from facts or from the graph, so that every history replays for ever.
 * It changes the state it is given and gives it back; whoever wants the state before keeps the events.
 */
import type { InstanceEvent, TimerScheduled, UserTaskCreated, UserTaskUpdated } from './events.ts';
import { EngineError } from './errors.ts';
import { approximateBytes, bytesOf } from './events.ts';
import type { Json, Variables } from './facts.ts';
import { did, forgetDoers, give, keep, particularsOf, remember, renameWork } from './state.ts';
import type { Compensable, ElementInstance, InstanceState, Wait } from './state.ts';

export function evolve(state: InstanceState, event: InstanceEvent): InstanceState {
  switch (event.type) {
    // The most frequent first: a switch over texts looks at one after the other.
    case 'ElementActivated': return activated(state, event);
    case 'ElementCompleted': return leave(state, event.id);
    case 'SequenceFlowTaken':
      if (event.waitsAt !== undefined) {
        const scope = elementOf(state, event.scope);
        scope.waiting ??= new Map();
        scope.waiting.set(event.flowId, (scope.waiting.get(event.flowId) ?? 0) + 1);
      }
      return state;
    case 'JobCreated':
      return open(state, { kind: 'job', id: event.id, element: event.element, jobType: event.jobType, retries: event.retries, headers: event.headers ?? {}, incident: undefined, listener: event.listener, priority: event.priority });
    case 'JobCompleted': case 'JobErrorThrown': case 'JobCanceled': case 'TimerFired': case 'TimerCanceled': case 'MessageUnsubscribed': case 'SignalUnsubscribed': case 'ConditionDisarmed': case 'IncidentCanceled':
      return close(state, event.id);
    case 'VariablesWritten': {
      const scope = elementOf(state, event.scope);
      if (scope.frozen) {
        scope.variables = new Map(scope.variables);
        scope.frozen = false;
      }
      write(state, scope, (event as Partial<typeof event>).values ?? {}); // An erased case has lost them: it folds to its acts.
      return state;
    }
    case 'InstanceStarted': return started(state, event);
    case 'InstanceCompleted': return end(state, 'completed');
    case 'InstanceReopened': state.status = 'active'; state.reopened = event.answer; return state;
    case 'InstanceCompensated': state.reopened = undefined; return end(state, 'completed');
    case 'InstanceMigrated': return migrated(state, event);
    case 'InstanceTerminated': return end(state, 'terminated');
    case 'InstanceFailed': return end(state, 'failed');
    case 'ElementTerminated': case 'LoopCompleted': return leave(state, event.id);
    case 'TokensWithdrawn': return withdrawTokens(state, event.scope);
    case 'ElementTerminating': elementOf(state, event.id).terminating = { then: event.then, inside: event.inside ?? false }; return state;
    case 'UserTaskCreated': elementOf(state, event.id).task = taskOf(event); return state;
    case 'UserTaskUpdated': return updated(state, event);
    case 'UserTaskClaimed': return assign(state, event.id, event.person);
    case 'UserTaskReleased': return assign(state, event.id, undefined);
    case 'UserTaskAssigned': return assign(state, event.id, event.person);
    case 'UserTaskDelegated': return assign(state, event.id, event.person, event.by);
    case 'UserTaskResolved': { const { id, by: person, elementId, onBehalfOf } = event; if (elementId !== undefined) did(state, { elementId, person, ...(onBehalfOf !== undefined && { onBehalfOf }) }, elementOf(state, id).scope, false); return assign(state, id, event.person); }
    case 'UserTaskAwaitsListeners': { const { task } = elementOf(state, event.id); if (task) task.awaits = { event: event.event, variables: event.variables }; return state; }
    case 'InstanceSuspended': case 'InstanceResumed': state.suspended = event.type === 'InstanceSuspended'; return state;
    case 'UserTaskCompleted': {
      const element = elementOf(state, event.id);
      state.done.set(event.id, { elementId: event.elementId, person: event.person, scope: element.scope });
      did(state, { elementId: event.elementId, person: event.person, ...(event.onBehalfOf !== undefined && { onBehalfOf: event.onBehalfOf }) }, element.scope, false);
      element.task = undefined;
      return state;
    }
    case 'UserTaskReturned': case 'UserTaskCanceled': elementOf(state, event.id).task = undefined; return state;
    case 'JobFailed': { const job = waitOf(state, event.id); if (job.kind === 'job') job.retries = event.retriesLeft; return state; }
    case 'TimerScheduled': return open(state, timerOf(event));
    case 'MessageSubscribed': case 'SignalSubscribed': case 'ConditionArmed': return open(state, subscriptionOf(event));
    case 'ConditionChanged': { const wait = waitOf(state, event.id); if (wait.kind === 'condition') { wait.holds = event.holds; wait.deferred = event.deferred ?? false; } return state; }
    case 'MessageCorrelated': case 'SignalReceived': return event.open ? state : close(state, event.id);
    case 'ConditionTriggered': { const wait = waitOf(state, event.id); if (wait.kind === 'condition') wait.deferred = false; return event.open ? state : close(state, event.id); }
    case 'MessagePublished': case 'SignalThrown': count(state, event.id); return state;
    case 'ChildRequested': elementOf(state, event.id).child = event.childStream; return state;
    case 'ChildEnded': return childEnded(elementOf(state, event.id), state, event);
    case 'ErrorThrown': case 'InstanceModified': case 'DecisionEvaluated': case 'EscalationThrown': case 'ChildTerminationRequested': return state;
    case 'IncidentRaised': {
      const job = event.job === undefined ? undefined : state.waits.get(event.job);
      if (job?.kind === 'job') job.incident = event.id;
      return open(state, { kind: 'incident', id: event.id, element: event.element, phase: event.phase, code: event.code, message: event.message, job: event.job, listener: event.listener });
    }
    case 'IncidentResolved': {
      const job = event.job === undefined ? undefined : state.waits.get(event.job);
      if (job?.kind === 'job') { job.incident = undefined; job.retries = event.retries ?? job.retries; }
      return close(state, event.id);
    }
    case 'TriggerHappened': case 'LoopStarted': case 'LoopAdvanced': case 'AdHocActivated': case 'CompensationSubscribed': case 'CompensationStarted': case 'CompensationOpened': case 'CompensationEnded': case 'ChildCompensationRequested': case 'ChildCompensated':
      return evolveParticulars(state, event);
    case 'TurnYielded': state.pending = event.steps; state.taken = event.taken; state.hops = event.hops ?? 0; return state;
    case 'TurnContinued': state.pending = []; return state;
  }
}

/** What an instance of a loop begins with is an item of a collection that counts already. */
function write(state: InstanceState, scope: ElementInstance, values: Variables): void {
  const free = scope.role?.kind === 'iteration' && scope.variables === undefined;
  const variables = (scope.variables ??= new Map<string, Json>());
  let grown = 0;
  for (const name of Object.keys(values)) {
    const value = values[name] ?? null;
    const before = variables.get(name);
    if (!free) grown += bytesOf(name, value) - (before === undefined ? 0 : bytesOf(name, before));
    variables.set(name, value);
  }
  grow(state, scope, grown);
}

/** A variable that did not count takes nothing away when it is overwritten. */
function grow(state: InstanceState, element: ElementInstance, bytes: number): void {
  const now = Math.max(0, element.bytes + bytes);
  state.bytes += now - element.bytes;
  element.bytes = now;
}

function started(state: InstanceState, event: Extract<InstanceEvent, { type: 'InstanceStarted' }>): InstanceState {
  state.status = 'active';
  state.processId = event.processId;
  state.version = event.version;
  state.conversation = event.conversation;
  state.businessKey = event.businessKey;
  state.parent = event.parent;
  state.startedBy = event.by;
  state.restartedBy = event.restartedBy;
  state.startElementId = event.startElementId;
  for (const doer of event.done ?? []) remember(state, { ...doer, inherited: true });
  state.elements.set(0, elementInstance(0, event.processId, 0, false, undefined));
  return state;
}

function migrated(state: InstanceState, { version, mapping }: Extract<InstanceEvent, { type: 'InstanceMigrated' }>): InstanceState {
  state.version = version;
  const rename = (one: { elementId: string }): void => { one.elementId = Object.hasOwn(mapping, one.elementId) ? (mapping[one.elementId] ?? '') : one.elementId; };
  for (const element of state.elements.values()) {
    if (element.id !== 0) rename(element);
    const { particulars } = element;
    if (particulars?.compensable) renameWork(particulars.compensable, rename);
    for (const [elementId, parts] of [...(particulars?.happened ?? [])]) {
      particulars?.happened.delete(elementId);
      particulars?.happened.set(Object.hasOwn(mapping, elementId) ? (mapping[elementId] ?? '') : elementId, parts);
    }
  }
  // Separation of duties and the way back know the tasks by what they are called now.
  for (const done of state.done.values()) rename(done);
  const doers = [...state.doers.values()];
  forgetDoers(state);
  const called = (elementId: string): string => (Object.hasOwn(mapping, elementId) ? (mapping[elementId] ?? '') : elementId);
  for (const doer of doers) remember(state, doer.inherited ? doer : { ...doer, elementId: called(doer.elementId), ...(doer.within && { within: doer.within.map(called) }) });
  for (const wait of state.waits.values()) if ('elementId' in wait) rename(wait);
  return state;
}

function elementInstance(id: number, elementId: string, scope: number, fired: boolean, role: ElementInstance['role']): ElementInstance {
  return {
    id, elementId, scope, members: undefined, waiting: undefined, variables: undefined, bytes: 0, waits: undefined, task: undefined, child: undefined, terminating: undefined,
    fired, role, particulars: undefined, frozen: false,
  };
}

function activated(state: InstanceState, { id, elementId, scope, joined, fired, role }: Extract<InstanceEvent, { type: 'ElementActivated' }>): InstanceState {
  const parent = elementOf(state, scope);
  for (const flowId of joined ?? []) {
    const left = (parent.waiting?.get(flowId) ?? 0) - 1;
    if (left > 0) parent.waiting?.set(flowId, left);
    else parent.waiting?.delete(flowId);
  }
  count(state, id);
  const element = elementInstance(id, elementId, scope, fired ?? false, role);
  state.elements.set(id, element);
  (parent.members ??= new Set()).add(id);
  if (role) takeRole(parent, element, role, joined ?? []);
  return state;
}

function takeRole(parent: ElementInstance, element: ElementInstance, role: NonNullable<ElementInstance['role']>, joined: readonly string[]): void {
  switch (role.kind) {
    case 'handler':
      // What was cancelled for it is gone: its scope lives on with it.
      if (role.interrupts) { particularsOf(parent).interrupted = true; parent.terminating = undefined; }
      return;
    case 'activation': particularsOf(parent).awaitsReset.set(element.elementId, joined); return;
    case 'reset': parent.particulars?.awaitsReset.delete(element.elementId); return;
    case 'iteration': if (parent.particulars?.loop) parent.particulars.loop.started = role.counter; return;
    case 'undo': {
      const entry = parent.particulars?.runs.get(role.run)?.queue.pop();
      const own = particularsOf(element);
      own.snapshot = entry?.snapshot;
      own.compensable = entry?.inner;
      return;
    }
    case 'body': return;
  }
}

function withdrawTokens(state: InstanceState, id: number): InstanceState {
  const scope = elementOf(state, id);
  scope.waiting = undefined;
  scope.particulars?.awaitsReset.clear();
  scope.particulars?.runs.clear();
  return state;
}

type ParticularEvent = Extract<InstanceEvent, { type: 'TriggerHappened' | 'LoopStarted' | 'LoopAdvanced' | 'AdHocActivated' | 'CompensationSubscribed' | 'CompensationStarted' | 'CompensationOpened' | 'CompensationEnded' | 'ChildCompensationRequested' | 'ChildCompensated' }>;

function evolveParticulars(state: InstanceState, event: ParticularEvent): InstanceState {
  switch (event.type) {
    case 'TriggerHappened': {
      const { happened } = particularsOf(elementOf(state, event.element));
      const before = happened.get(event.elementId);
      if (event.all) happened.delete(event.elementId);
      else happened.set(event.elementId, { parts: [...(before?.parts ?? []), event.part], variables: { ...before?.variables, ...event.variables } });
      return state;
    }
    case 'LoopStarted':
      particularsOf(elementOf(state, event.id)).loop = { total: event.total, items: event.items, started: 0, completed: 0, enough: false, outputs: [] };
      return state;
    case 'LoopAdvanced': {
      const element = elementOf(state, event.id);
      const loop = element.particulars?.loop;
      if (!loop) return state;
      loop.completed += 1;
      if (event.enough) loop.enough = true;
      if (event.output === undefined) return state;
      while (loop.outputs.length < event.counter) loop.outputs.push(null);
      loop.outputs[event.counter - 1] = event.output;
      grow(state, element, approximateBytes(event.output));
      return state;
    }
    case 'AdHocActivated': {
      const loop = elementOf(state, event.id).particulars?.loop;
      if (loop && event.planned) loop.started += event.activities.length;
      return state;
    }
    case 'CompensationSubscribed': {
      const element = elementOf(state, event.id);
      const { compensable: inner, called } = element.particulars ?? { compensable: undefined, called: undefined };
      const around = particularsOf(elementOf(state, element.scope));
      around.compensable = keep(around.compensable, { id: event.id, elementId: event.elementId, body: element.role?.kind === 'body', snapshot: snapshotOf(state, element), inner, called });
      return state;
    }
    case 'CompensationStarted': return compensationStarted(state, event);
    case 'CompensationOpened': {
      const queue = elementOf(state, event.scope).particulars?.runs.get(event.id)?.queue;
      const entry = queue?.pop();
      for (const one of entry?.inner?.entries.values() ?? []) queue?.push(one);
      return state;
    }
    case 'ChildCompensationRequested': {
      const run = elementOf(state, event.scope).particulars?.runs.get(event.id);
      run?.queue.pop();
      if (run) run.awaits = event.childStream;
      return state;
    }
    case 'ChildCompensated': {
      const run = elementOf(state, event.scope).particulars?.runs.get(event.id);
      if (run) run.awaits = undefined;
      return state;
    }
    case 'CompensationEnded': elementOf(state, event.scope).particulars?.runs.delete(event.id); return state;
  }
}

/** The entries leave what can be undone: each is undone once. */
function compensationStarted(state: InstanceState, event: Extract<InstanceEvent, { type: 'CompensationStarted' }>): InstanceState {
  count(state, event.id);
  const scope = elementOf(state, event.scope);
  // A transaction that is cancelled lives until it is undone.
  scope.terminating = undefined;
  const own = particularsOf(scope);
  const queue: Compensable[] = [];
  for (const id of [...event.entries].reverse()) {
    const entry = own.compensable && give(own.compensable, id);
    if (entry) queue.push(entry);
  }
  if (own.compensable?.entries.size === 0) own.compensable = undefined;
  own.runs.set(event.id, { queue, then: event.then, awaits: undefined });
  return state;
}

function childEnded(element: ElementInstance, state: InstanceState, { compensable, done = [] }: Extract<InstanceEvent, { type: 'ChildEnded' }>): InstanceState {
  for (const doer of done) did(state, doer, element.id, false);
  if (compensable === true) particularsOf(element).called = element.child;
  element.child = undefined;
  return state;
}

/** The variables `element` sees, as they are: the scopes copy theirs before they change them. */
function snapshotOf(state: InstanceState, element: ElementInstance): Compensable['snapshot'] {
  const snapshot: ReadonlyMap<string, Json>[] = [];
  for (let self = element; ; self = elementOf(state, self.scope)) {
    if (self.variables !== undefined) {
      snapshot.push(self.variables);
      self.frozen = true;
    }
    if (self.id === 0) return snapshot;
  }
}

function watch(state: InstanceState, { id, names }: Extract<Wait, { kind: 'condition' }>): void {
  state.watched ??= new Map();
  for (const name of names) {
    const watching = state.watched.get(name);
    if (watching) watching.add(id);
    else state.watched.set(name, new Set([id]));
  }
}

function unwatch(state: InstanceState, { id, names }: Extract<Wait, { kind: 'condition' }>): void {
  for (const name of names) {
    const watching = state.watched?.get(name);
    watching?.delete(id);
    if (watching?.size === 0) state.watched?.delete(name);
  }
  if (state.watched?.size === 0) state.watched = undefined;
}

function leave(state: InstanceState, id: number): InstanceState {
  const element = elementOf(state, id);
  // What is kept to be undone still counts.
  if (!element.frozen) state.bytes -= element.bytes;
  state.elements.get(element.scope)?.members?.delete(id);
  state.elements.delete(id);
  return state;
}

function end(state: InstanceState, status: 'completed' | 'terminated' | 'failed'): InstanceState {
  state.status = status;
  state.suspended = false;
  state.pending = [];
  return state;
}

function assign(state: InstanceState, id: number, person: string | undefined, owner?: string): InstanceState {
  const { task } = elementOf(state, id);
  if (task) {
    task.assignee = person;
    task.owner = owner;
    task.awaits = undefined;
  }
  return state;
}

function open(state: InstanceState, wait: Wait): InstanceState {
  count(state, wait.id);
  state.waits.set(wait.id, wait);
  const element = state.elements.get(wait.element);
  if (element) (element.waits ??= []).push(wait.id);
  if (wait.kind === 'condition') watch(state, wait);
  return state;
}

function close(state: InstanceState, id: number): InstanceState {
  const wait = waitOf(state, id);
  state.waits.delete(id);
  if (wait.kind === 'condition') unwatch(state, wait);
  const element = state.elements.get(wait.element);
  if (element?.waits) element.waits = element.waits.length === 1 ? undefined : element.waits.filter((other) => other !== id);
  return state;
}

function count(state: InstanceState, id: number): void {
  if (id > state.counter) state.counter = id;
}

function updated(state: InstanceState, event: UserTaskUpdated): InstanceState {
  const element = elementOf(state, event.id);
  const before = element.task;
  const { assignee, owner } = event.withdrawn !== undefined || event.assignee !== undefined ? { assignee: event.assignee, owner: undefined } : { assignee: before?.assignee, owner: before?.owner };
  element.task = { ...taskOf(event), assignee, owner };
  return state;
}

function taskOf(event: UserTaskCreated | UserTaskUpdated): NonNullable<ElementInstance['task']> {
  return {
    assignee: event.assignee, owner: undefined, candidateGroups: event.candidateGroups ?? [], candidateUsers: event.candidateUsers ?? [],
    priority: event.priority, form: event.form, dueAt: event.dueAt, followUpAt: event.followUpAt, awaits: undefined,
  };
}

function subscriptionOf(event: Extract<InstanceEvent, { type: 'MessageSubscribed' | 'SignalSubscribed' | 'ConditionArmed' }>): Wait {
  const { id, element, elementId, part } = event;
  switch (event.type) {
    case 'MessageSubscribed': return { kind: 'message', id, element, elementId, name: event.name, to: event.to, correlationKey: event.correlationKey, part };
    case 'SignalSubscribed': return { kind: 'signal', id, element, elementId, name: event.name, to: event.to, part };
    case 'ConditionArmed': return { kind: 'condition', id, element, elementId, names: event.names, holds: event.holds, deferred: event.deferred ?? false, part };
  }
}

function timerOf(event: TimerScheduled): Wait {
  const cycle = event.cycle === undefined ? undefined : { text: event.cycle, armedAt: event.armedAt ?? event.dueAt, ordinal: event.ordinal ?? 0 };
  return { kind: 'timer', id: event.id, element: event.element, elementId: event.elementId, dueAt: event.dueAt, cycle, part: event.part };
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
