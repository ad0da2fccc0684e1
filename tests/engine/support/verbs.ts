/** What can be said to a case in a test, by element id: the counters are looked up in the case. */
import { SYSTEM } from '../../../engine/world/world.ts';
import type { CompleteChild, InstanceAction, Signed } from '../../../engine/commands.ts';
import { DEFAULT_LIMITS } from '../../../engine/facts.ts';
import type { Actor, Facts, Limits, Variables } from '../../../engine/facts.ts';
import { addDuration, parseDuration } from '../../../engine/time/duration.ts';
import type { Verb } from './case.ts';

export function person(name: string, ...groups: readonly string[]): Actor {
  return { person: name, groups };
}

const ANNA = person('anna');

export const say = (action: InstanceAction, actor?: Actor): Verb => () => ({ action, ...(actor && { actor }) });

/** Facts from now on. */
export const facing = (facts: Partial<Facts>): Verb => () => ({ facts });
export const limited = (limits: Partial<Limits>): Verb => () => ({ facts: { limits: { ...DEFAULT_LIMITS, ...limits } } });
export const later = (duration: string): Verb => ({ facts }) => ({ facts: { now: addDuration(facts.now, parseDuration(duration)!, facts.zone) } });

export const start = (variables: Variables = {}, more: { startElementId?: string; businessKey?: string; parent?: { stream: string; element: number }; by?: string } = {}): Verb => ({ graph }) => {
  const { by, ...rest } = more;
  return { action: { type: 'StartInstance', processId: graph.id, version: 1, variables, ...rest }, actor: by === undefined ? SYSTEM : person(by) };
};

export const claim = (elementId: string, actor: Actor = ANNA): Verb => (on) => ({ action: { type: 'ClaimTask', task: on.element(elementId) }, actor });
export const release = (elementId: string, actor: Actor = ANNA): Verb => (on) => ({ action: { type: 'ReleaseTask', task: on.element(elementId) }, actor });
export const assign = (elementId: string, assignee: string, reason?: string): Verb => (on) => ({ action: { type: 'AssignTask', task: on.element(elementId), assignee, ...(reason !== undefined && { reason }) }, actor: person('boss') });
export const complete = (elementId: string, more: { variables?: Variables; outcome?: string; comment?: string; signed?: Signed; by?: Actor } = {}): Verb => (on) => {
  const { by = ANNA, variables = {}, ...rest } = more;
  return { action: { type: 'CompleteTask', task: on.element(elementId), variables, ...rest }, actor: by };
};
/** Assigned to a person and completed by them. */
export const done = (elementId: string, more: { variables?: Variables; outcome?: string; comment?: string; by?: Actor } = {}): readonly Verb[] =>
  [assign(elementId, (more.by ?? ANNA).person), complete(elementId, more)];
export const sendBack = (elementId: string, to: string, reason = 'incomplete', actor: Actor = ANNA): Verb => (on) => ({ action: { type: 'ReturnTask', task: on.element(elementId), to, reason }, actor });

export const jobDone = (elementId: string, variables: Variables = {}): Verb => (on) => ({ action: { type: 'CompleteJob', job: on.wait('job', elementId), variables } });
export const jobFails = (elementId: string, retriesLeft: number, more: { retryAt?: string } = {}): Verb => (on) => ({ action: { type: 'FailJob', job: on.wait('job', elementId), message: 'the printer is out', retriesLeft, ...more } });
export const jobThrows = (elementId: string, code: string, variables: Variables = {}): Verb => (on) => ({ action: { type: 'ThrowJobError', job: on.wait('job', elementId), code, message: `error ${code}`, variables } });

/** The timer is delivered at its due time, or now when that has passed. */
export const timer = (elementId: string): Verb => (on) => {
  const id = on.wait('timer', elementId);
  const wait = on.state.waits.get(id);
  const now = wait?.kind === 'timer' && wait.dueAt > on.facts.now ? wait.dueAt : on.facts.now;
  return { action: { type: 'FireTimer', timer: id }, facts: { now } };
};
/** The timer is delivered at this very moment. */
export const timerNow = (elementId: string): Verb => (on) => ({ action: { type: 'FireTimer', timer: on.wait('timer', elementId) } });
export const message = (elementId: string, variables: Variables = {}, messageId = 'm1'): Verb => (on) => ({ action: { type: 'CorrelateMessage', subscription: on.wait('message', elementId), messageId, variables } });
export const signal = (elementId: string, variables: Variables = {}, signalId = 's1'): Verb => (on) => ({ action: { type: 'ReceiveSignal', subscription: on.wait('signal', elementId), signalId, variables } });
export const escalates = (elementId: string, code: string, variables: Variables = {}): Verb => (on) => ({ action: { type: 'EscalateChild', element: on.element(elementId), code, variables } });
export const choose = (elementId: string, ...activities: readonly string[]): Verb => (on) => ({ action: { type: 'ActivateAdHoc', element: on.element(elementId), activities } });
export const childEnds = (elementId: string, ended: CompleteChild['ended'], more: { variables?: Variables; error?: { code: string; message: string } } = {}): Verb => (on) => ({
  action: { type: 'CompleteChild', element: on.element(elementId), ended, variables: more.variables ?? {}, ...(more.error && { error: more.error }) },
});
export const resolve = (elementId: string, retries?: number): Verb => (on) => ({ action: { type: 'ResolveIncident', incident: on.wait('incident', elementId), ...(retries !== undefined && { retries }) } });
export const set = (variables: Variables, scope?: string): Verb => (on) => ({ action: { type: 'SetVariables', variables, reason: 'corrected', ...(scope !== undefined && { scope: on.element(scope) }) } });
export const cancel: Verb = () => ({ action: { type: 'CancelInstance', reason: 'withdrawn' } });
export const goOn: Verb = () => ({ action: { type: 'Continue' } });
