/**
 * Listeners (zeebe:executionListeners, zeebe:taskListeners): jobs an element waits for, one after the other, before it goes on. A listener is a
 * job like any other: it has retries, and without any left it is an incident.
 */
import type { JobSpec } from '../bpmn/graph.ts';
import type { ListenerPlace, Step, UserTaskTransition } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { moveDeadline } from './deadlines.ts';
import { Stuck } from './errors.ts';
import { raiseIncident } from './incidents.ts';
import { createJob } from './jobs.ts';
import { bring, finish } from './results.ts';
import { terminated } from './termination.ts';
import { applyMappings } from './variables.ts';

/** Does a listen step: the job of the listener, or, behind the last one, what waited for them. */
export function listen(decision: Decision, { id, on, index }: Extract<Step, { do: 'listen' }>): void {
  const self = decision.element(id);
  const job = listenersOf(decision, self, on)[index];
  if (job === undefined) {
    goOn(decision, self, on);
    return;
  }
  try {
    createJob(decision, job, self, { on, index });
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, 'listen', error, self.elementId, { on, index });
  }
}

/** A listener has done its job and brought `variables`; the next one follows. */
export function listened(decision: Decision, self: ElementInstance, { on, index }: ListenerPlace, variables: Variables): void {
  if (on === 'warning' || on === 'breach') return;
  if (on === 'read') {
    if (!taken(decision, self, index, variables)) return;
  } else if (on !== 'write' && Object.keys(variables).length > 0) {
    if (on === 'end' && self.id !== 0) bring(decision, self, variables);
    else decision.record({ type: 'VariablesWritten', scope: self.id, values: variables });
    const awaits = self.task?.awaits;
    // What it corrects leaves with the task, in place of what the person wrote.
    if (on === 'completing' && awaits) decision.record({ type: 'UserTaskAwaitsListeners', id: self.id, on, event: awaits.event, variables: { ...awaits.variables, ...variables } });
  }
  decision.follow({ do: 'listen', id: self.id, on, index: index + 1 });
}

/** What a data store holds is there for its association only: what that copies is local to the element. False when it is stuck. */
function taken(decision: Decision, self: ElementInstance, index: number, held: Variables): boolean {
  const access = decision.node(self.elementId).stores?.reads[index];
  if (access === undefined) return true;
  try {
    const given = { [access.variable]: held[access.variable] ?? null };
    const values = applyMappings(decision, self.id, access.mappings, `what ${self.elementId} reads from a data store`, given);
    decision.record({ type: 'VariablesWritten', scope: self.id, values });
    return true;
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, 'listen', error, self.elementId, { on: 'read', index });
    return false;
  }
}

/** Records what happens to a user task, or has its listeners do their jobs first. They see what it brings as variables of the task. */
export function transit(decision: Decision, self: ElementInstance, event: UserTaskTransition, variables: Variables): void {
  const on = event.type === 'UserTaskCompleted' ? 'completing' : event.type === 'UserTaskUpdated' ? 'updating' : 'assigning';
  if (listenersOf(decision, self, on).length === 0) {
    happened(decision, self, event);
    if (on === 'completing') finish(decision, self, variables);
    return;
  }
  if (Object.keys(variables).length > 0) decision.record({ type: 'VariablesWritten', scope: self.id, values: variables });
  decision.record({ type: 'UserTaskAwaitsListeners', id: self.id, on, event, variables });
  decision.follow({ do: 'listen', id: self.id, on, index: 0 });
}

function happened(decision: Decision, self: ElementInstance, event: UserTaskTransition): void {
  decision.record(event);
  if (event.type === 'UserTaskUpdated') moveDeadline(decision, self, event.dueAt);
}

const NO_LISTENERS: readonly JobSpec[] = [];

export function listenersOf(decision: Decision, self: ElementInstance, on: ListenerPlace['on']): readonly JobSpec[] {
  if (on === 'read' || on === 'write') return self.id === 0 ? NO_LISTENERS : (decision.node(self.elementId).stores?.[`${on}s`].map(({ job }) => job) ?? NO_LISTENERS);
  const listeners = self.id === 0 ? decision.graph.listeners : decision.node(self.elementId).listeners;
  return listeners?.[on] ?? NO_LISTENERS;
}

function goOn(decision: Decision, self: ElementInstance, on: ListenerPlace['on']): void {
  const { id, task } = self;
  switch (on) {
    case 'warning': case 'breach': return;
    case 'read': decision.follow({ do: 'activate', id, phase: 'inputs' }); return;
    case 'write': decision.follow({ do: 'complete', id, listened: true, written: true }); return;
    case 'start': decision.follow({ do: 'activate', id, phase: 'boundaries' }); return;
    case 'creating': decision.follow({ do: 'activate', id, phase: 'behave' }); return;
    case 'end':
      // Somebody has begun something inside in the meantime: it ends once more.
      if ((self.members?.size ?? 0) > 0) return;
      decision.follow(id === 0 ? { do: 'settle', scope: 0, listened: true } : { do: 'complete', id, listened: true });
      return;
    case 'canceling': terminated(decision, self); return;
    case 'assigning': case 'updating': case 'completing': {
      if (!task?.awaits) return;
      const { event, variables } = task.awaits;
      happened(decision, self, event);
      if (on === 'completing') finish(decision, self, variables);
    }
  }
}
