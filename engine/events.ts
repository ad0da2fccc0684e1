/**
 * The events of a process instance: what happened, in the words of BPMN. They are stored for ever: fields are added, never
 * renamed; a changed meaning is a new event type.
 *
 * Numbers named `id`, `element`, `scope`, `job`, `task` are counters of the stream; scope 0 is the case itself. `hops`: how many messages and
 * signals in a row led here from case to case, without a person, a job, a timer or an outsider in between; absent: 0.
 */
import type { CompensationAnswer, Doer, Parent, Signed } from './commands.ts';
import type { FiredTable } from './dmn/model.ts';
import type { Json, Variables } from './facts.ts';

/** Why an element instance runs, when it is not simply reached by a token. */
export type Role =
  /** An event sub-process, started by its start event `trigger`. */
  | { readonly kind: 'handler'; readonly trigger: string; readonly interrupts: boolean }
  /** A loop or multi-instance activity as a whole; its instances stand inside. */
  | { readonly kind: 'body' }
  /** Instance number `counter` (from 1) of one. */
  | { readonly kind: 'iteration'; readonly counter: number }
  /** Undoes the completed element instance `of`, as part of compensation `run`. */
  | { readonly kind: 'undo'; readonly run: number; readonly of: number }
  /** The two phases of a complex gateway. */
  | { readonly kind: 'activation' }
  | { readonly kind: 'reset' };

/** One entry of the work list; plain data, because an unfinished list is stored by TurnYielded. */
export type Step =
  /** A token enters a node; `joined`: the flows whose tokens it merges; `fired`: what its event brought, when that has already happened. */
  | { readonly do: 'enter'; readonly elementId: string; readonly scope: number; readonly joined?: readonly string[]; readonly fired?: Variables; readonly role?: Role }
  /** The activation of an element goes on at `phase`. */
  | { readonly do: 'activate'; readonly id: number; readonly phase: ActivationPhase }
  /** `listened`: its end listeners have done their jobs; `written`: and so have its data stores. */
  | { readonly do: 'complete'; readonly id: number; readonly listened?: true; readonly written?: true }
  /** The next listener does its job; behind the last one what waited for them goes on. */
  | { readonly do: 'listen'; readonly id: number; readonly on: ListenerPlace['on']; readonly index: number }
  | { readonly do: 'take'; readonly flowId: string; readonly scope: number }
  /** Cancels an element instance with everything inside it (`inside`: only that), then does `then`. */
  | { readonly do: 'terminate'; readonly id: number; readonly then: readonly Step[]; readonly inside?: true }
  /** Completes a scope if nothing is left in it. `uncounted`: what is gone was none of the activities an ad-hoc sub-process counts. */
  | { readonly do: 'settle'; readonly scope: number; readonly listened?: true; readonly uncounted?: true }
  /** A condition has become true: its event happens, if it still waits. */
  | { readonly do: 'trigger'; readonly wait: number }
  /** The next instances of a loop body, or its end. */
  | { readonly do: 'spawn'; readonly id: number }
  /** The complex gateways of a scope look at their conditions again. */
  | { readonly do: 'join'; readonly scope: number }
  /** Undoes what has completed in a scope (only `activity`), then does `then`. */
  | { readonly do: 'undo'; readonly scope: number; readonly activity?: string; readonly then: readonly Step[] }
  /** The next handler of a compensation. */
  | { readonly do: 'compensate'; readonly scope: number; readonly run: number }
  /** Ends the case after everything inside it is gone. */
  | { readonly do: 'end'; readonly as: 'terminated' | 'failed' | 'compensated'; readonly code?: string; readonly message?: string; readonly canceled?: true };

/** Listener number `index` (from 0) of those an element has for this moment of its life; `read` and `write`: one of its data stores; `warning` and `breach`: a notice about its deadline, which nothing waits for. */
export interface ListenerPlace {
  readonly on: 'start' | 'end' | 'creating' | 'assigning' | 'updating' | 'completing' | 'canceling' | 'read' | 'write' | 'warning' | 'breach';
  readonly index: number;
}

/** Where an activation can stop with an incident and be tried again. */
export type ActivationPhase = 'reads' | 'inputs' | 'boundaries' | 'behave';

export type InstanceEvent =
  /** `by`: who started it, or, where it takes up an ended one (`restartOf`), who started that; `restartedBy` did this. `done`: who did what in the case that calls it. */
  | { readonly type: 'InstanceStarted'; readonly processId: string; readonly version: number; readonly conversation: string; readonly startElementId: string; readonly by: string; readonly businessKey?: string; readonly parent?: Parent; readonly restartOf?: string; readonly reason?: string; readonly restartedBy?: string; readonly done?: readonly Doer[] }
  /** `compensable`: its caller can still have it undone. */
  | { readonly type: 'InstanceCompleted'; readonly parent?: Parent; readonly variables?: Variables; readonly compensable?: true; readonly done?: readonly Doer[]; readonly hops?: number }
  /** A completed called case is at work again to undo what it did. */
  | { readonly type: 'InstanceReopened'; readonly answer: CompensationAnswer }
  | { readonly type: 'InstanceCompensated'; readonly answer: CompensationAnswer; readonly hops?: number }
  /** By a terminate end event, or, `canceled`, from outside. `answer`: who waits for this case to be undone. */
  | { readonly type: 'InstanceTerminated'; readonly reason: string; readonly by: string; readonly canceled?: true; readonly parent?: Parent; readonly variables?: Variables; readonly answer?: CompensationAnswer; readonly done?: readonly Doer[]; readonly hops?: number }
  /** An error that nothing caught ended the case. */
  | { readonly type: 'InstanceFailed'; readonly code: string; readonly message: string; readonly parent?: Parent; readonly answer?: CompensationAnswer; readonly done?: readonly Doer[]; readonly hops?: number }
  | { readonly type: 'InstanceSuspended'; readonly by: string; readonly reason: string }
  | { readonly type: 'InstanceResumed'; readonly by: string; readonly reason: string }
  /** `mapping`: element ids that are called otherwise in the new version. `active`: counters of what was active, element instances and incidents; `renamed`: the tasks and incidents among them whose element is called otherwise now. */
  | { readonly type: 'InstanceMigrated'; readonly by: string; readonly from: number; readonly version: number; readonly mapping: Readonly<Record<string, string>>; readonly reason: string; readonly active?: readonly number[]; readonly renamed?: readonly { readonly id: number; readonly elementId: string }[] }
  /** Moved by hand: ids of the elements that were cancelled, skipped and begun. */
  | { readonly type: 'InstanceModified'; readonly by: string; readonly reason: string; readonly canceled: readonly string[]; readonly skipped: readonly string[]; readonly activated: readonly string[] }
  /** `joined`: the sequence flows whose waiting tokens this activation consumed, a flow as often as it lost one; `fired`: what it waits for has already happened. */
  | { readonly type: 'ElementActivated'; readonly id: number; readonly elementId: string; readonly scope: number; readonly joined?: readonly string[]; readonly fired?: true; readonly role?: Role }
  | { readonly type: 'ElementCompleted'; readonly id: number; readonly elementId: string }
  /** Its contents are being cancelled; what is called outside must answer first. */
  | { readonly type: 'ElementTerminating'; readonly id: number; readonly elementId: string; readonly then: readonly Step[]; readonly inside?: true }
  | { readonly type: 'ElementTerminated'; readonly id: number; readonly elementId: string }
  /** The tokens that waited in a scope are gone: an event sub-process has interrupted it. */
  | { readonly type: 'TokensWithdrawn'; readonly scope: number }
  /** `waitsAt`: the token waits at this joining gateway. */
  | { readonly type: 'SequenceFlowTaken'; readonly flowId: string; readonly scope: number; readonly waitsAt?: string }
  | { readonly type: 'VariablesWritten'; readonly scope: number; readonly values: Variables; readonly reason?: string }
  | UserTaskCreated
  | UserTaskUpdated
  /** `person` holds it now; `by`: their deputy, who claimed it for them. */
  | { readonly type: 'UserTaskClaimed'; readonly id: number; readonly person: string; readonly by?: string }
  | { readonly type: 'UserTaskReleased'; readonly id: number; readonly person: string }
  | { readonly type: 'UserTaskAssigned'; readonly id: number; readonly person: string; readonly by: string; readonly reason?: string }
  /** `person` has it now, for `by`, who gets it back. */
  | { readonly type: 'UserTaskDelegated'; readonly id: number; readonly person: string; readonly by: string; readonly reason?: string }
  /** `person`, who delegated it, has it again. */
  /** `elementId`: where `by` filled something in, who has then done it as well (separation of duties); older logs do not say. `onBehalfOf`: whom `by` stood in for. */
  | { readonly type: 'UserTaskResolved'; readonly id: number; readonly person: string; readonly by: string; readonly comment?: string; readonly elementId?: string; readonly onBehalfOf?: string }
  | { readonly type: 'UserTaskCompleted'; readonly id: number; readonly elementId: string; readonly person: string; readonly onBehalfOf?: string; readonly outcome?: string; readonly comment?: string; readonly signed?: Signed }
  | { readonly type: 'UserTaskReturned'; readonly id: number; readonly elementId: string; readonly person: string; readonly to: string; readonly reason: string }
  | { readonly type: 'UserTaskCanceled'; readonly id: number }
  | UserTaskAwaitsListeners
  /** `listener`: the element waits for it, but it is not the work of the element. `priority`: 0 to 100, higher first; absent: 50. */
  | { readonly type: 'JobCreated'; readonly id: number; readonly element: number; readonly elementId: string; readonly jobType: string; readonly retries: number; readonly headers?: Readonly<Record<string, string>>; readonly listener?: ListenerPlace; readonly priority?: number }
  | { readonly type: 'JobCompleted'; readonly id: number }
  | { readonly type: 'JobFailed'; readonly id: number; readonly retriesLeft: number; readonly message: string; readonly retryAt?: string }
  | { readonly type: 'JobErrorThrown'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'JobCanceled'; readonly id: number }
  | TimerScheduled
  /** `missed`: occurrences of an endless cycle that passed unseen and were folded into this one. */
  | { readonly type: 'TimerFired'; readonly id: number; readonly elementId: string; readonly missed?: number }
  | { readonly type: 'TimerCanceled'; readonly id: number }
  /** `to`: the correlation stream of (name, correlationKey). */
  | { readonly type: 'MessageSubscribed'; readonly id: number; readonly processId: string; readonly element: number; readonly elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string; readonly part?: number; readonly hops?: number }
  /** `open`: the subscription goes on (a non-interrupting boundary event). */
  | { readonly type: 'MessageCorrelated'; readonly id: number; readonly elementId: string; readonly messageId: string; readonly open?: true }
  | { readonly type: 'MessageUnsubscribed'; readonly id: number; readonly to: string }
  | { readonly type: 'MessagePublished'; readonly id: number; readonly elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string; readonly conversation: string; readonly variables: Variables; readonly hops?: number }
  | { readonly type: 'ChildRequested'; readonly id: number; readonly elementId: string; readonly processId: string; readonly version: number; readonly childStream: string; readonly depth: number; readonly conversation: string; readonly variables: Variables; readonly businessKey?: string; readonly done?: readonly Doer[]; readonly hops?: number }
  | DecisionEvaluated
  | { readonly type: 'ChildTerminationRequested'; readonly id: number; readonly childStream: string; readonly hops?: number }
  | { readonly type: 'ChildEnded'; readonly id: number; readonly ended: 'completed' | 'failed' | 'terminated'; readonly compensable?: true; readonly done?: readonly Doer[] }
  /** A BPMN error left `elementId`; `caughtBy` is the boundary event, absent when nothing caught it. */
  | { readonly type: 'ErrorThrown'; readonly element: number; readonly elementId: string; readonly code: string; readonly message: string; readonly caughtBy?: string }
  /** `caughtBy` is absent when nothing in this case caught it; then the calling case is asked. */
  | { readonly type: 'EscalationThrown'; readonly element: number; readonly elementId: string; readonly code: string; readonly caughtBy?: string; readonly parent?: Parent; readonly variables?: Variables; readonly hops?: number }
  /** `to`: the stream of the signal; `open`: goes on after a signal; `part`: place among several triggers of the event. */
  | { readonly type: 'SignalSubscribed'; readonly id: number; readonly processId: string; readonly element: number; readonly elementId: string; readonly name: string; readonly to: string; readonly open?: true; readonly part?: number }
  | { readonly type: 'SignalReceived'; readonly id: number; readonly elementId: string; readonly signalId: string; readonly open?: true }
  | { readonly type: 'SignalUnsubscribed'; readonly id: number; readonly to: string }
  /** `near`: only to who belongs to the same conversation. */
  | { readonly type: 'SignalThrown'; readonly id: number; readonly elementId: string; readonly name: string; readonly to: string; readonly variables: Variables; readonly near?: true; readonly hops?: number }
  /** `names`: the variables whose writing is looked at; `holds`: whether the condition is true now. */
  | { readonly type: 'ConditionArmed'; readonly id: number; readonly element: number; readonly elementId: string; readonly names: readonly string[]; readonly holds: boolean; readonly part?: number; readonly deferred?: true }
  /** `deferred`: the case is suspended; what waits for it happens when it is resumed. */
  | { readonly type: 'ConditionChanged'; readonly id: number; readonly holds: boolean; readonly deferred?: true }
  | { readonly type: 'ConditionTriggered'; readonly id: number; readonly elementId: string; readonly open?: true }
  | { readonly type: 'ConditionDisarmed'; readonly id: number }
  /** One of several triggers that must all happen; `all`: it was the last. */
  | { readonly type: 'TriggerHappened'; readonly element: number; readonly elementId: string; readonly part: number; readonly variables: Variables; readonly all?: true }
  /** `total`: absent for a loop that asks its condition; `items`: one for each instance. */
  | { readonly type: 'LoopStarted'; readonly id: number; readonly elementId: string; readonly total?: number; readonly items?: readonly Json[] }
  /** Instance `counter` of loop body `id` has completed, or a path of an ad-hoc sub-process; `enough`: its completion condition is true. */
  | { readonly type: 'LoopAdvanced'; readonly id: number; readonly counter: number; readonly output?: Json; readonly enough?: true }
  /** `activities` of ad-hoc sub-process `id` begin; `planned`: they are the next of those it was begun with. */
  | { readonly type: 'AdHocActivated'; readonly id: number; readonly elementId: string; readonly activities: readonly string[]; readonly planned?: true; readonly reason?: string }
  | { readonly type: 'LoopCompleted'; readonly id: number; readonly elementId: string }
  /** `id`, which completes now, can be undone; the data it leaves is kept as it is. */
  | { readonly type: 'CompensationSubscribed'; readonly id: number; readonly elementId: string }
  /** `entries`: completed element instances of `scope`, in the order in which they are undone. */
  | { readonly type: 'CompensationStarted'; readonly id: number; readonly scope: number; readonly entries: readonly number[]; readonly then: readonly Step[] }
  /** The next entry is undone by undoing what completed inside it. */
  | { readonly type: 'CompensationOpened'; readonly id: number; readonly scope: number; readonly of: number }
  /** The next entry `of` is a called case: it undoes itself and answers. */
  | { readonly type: 'ChildCompensationRequested'; readonly id: number; readonly scope: number; readonly of: number; readonly childStream: string; readonly hops?: number }
  | { readonly type: 'ChildCompensated'; readonly id: number; readonly scope: number }
  | { readonly type: 'CompensationEnded'; readonly id: number; readonly scope: number }
  | IncidentRaised
  | { readonly type: 'IncidentResolved'; readonly id: number; readonly job?: number; readonly retries?: number }
  /** What it was about was cancelled. */
  | { readonly type: 'IncidentCanceled'; readonly id: number }
  /** The turn's budget is used up; `steps` is the rest of the work list, next one last; `taken` the flow nodes entered since the last wait state. */
  | { readonly type: 'TurnYielded'; readonly steps: readonly Step[]; readonly taken: number; readonly hops?: number }
  | { readonly type: 'TurnContinued' };

/** `id` is the element instance; instants are ISO 8601 UTC; `priority` 0 to 100. */
export interface UserTaskCreated {
  readonly type: 'UserTaskCreated';
  readonly id: number;
  readonly elementId: string;
  readonly priority: number;
  readonly assignee?: string;
  readonly candidateGroups?: readonly string[];
  readonly candidateUsers?: readonly string[];
  readonly form?: string;
  readonly dueAt?: string;
  readonly followUpAt?: string;
  /** The working calendar `dueAt` was counted in, as `id@version`. */
  readonly calendar?: string;
}

/**
 * What an open task offers has changed, by hand (`by`) or with the version the case goes on in. It tells all of it, not only what changed;
 * `withdrawn`: who held it and does so no longer; `assignee`: whose it is by that.
 */
export interface UserTaskUpdated extends Omit<UserTaskCreated, 'type'> {
  readonly type: 'UserTaskUpdated';
  readonly by?: string;
  readonly reason?: string;
  readonly withdrawn?: string;
}

/** What a listener of a user task comes before. */
export type UserTaskTransition = Extract<InstanceEvent, { type: 'UserTaskClaimed' | 'UserTaskAssigned' | 'UserTaskDelegated' | 'UserTaskUpdated' | 'UserTaskCompleted' }>;

/** `event` was asked for and happens after the listeners of the task have done their jobs; `variables` leave with it. */
export interface UserTaskAwaitsListeners {
  readonly type: 'UserTaskAwaitsListeners';
  readonly id: number;
  readonly on: 'assigning' | 'updating' | 'completing';
  readonly event: UserTaskTransition;
  readonly variables: Variables;
}

/** `element`: the activity or event that waits; `elementId`: the event whose timer it is; `cycle`: repeats as given; this is its occurrence number `ordinal`. `armedAt`: what it is counted from, when that is not when this happened or it repeats. */
export interface TimerScheduled {
  readonly type: 'TimerScheduled';
  readonly id: number;
  readonly element: number;
  readonly elementId: string;
  readonly dueAt: string;
  readonly cycle?: string;
  readonly armedAt?: string;
  readonly ordinal?: number;
  readonly calendar?: string;
  /** Place among several triggers of the event. */
  readonly part?: number;
}

/**
 * A business rule task has evaluated a decision. `id`: the element instance; `version` and `hash` name the deployed decision;
 * `decisions`: each decision evaluated on the way, the called one last; `fired`: the rules of every table that gave its result, with
 * what its input expressions were (`element`: the decision or business knowledge model the table stands in); `notes`: why parts became null.
 */
export interface DecisionEvaluated {
  readonly type: 'DecisionEvaluated';
  readonly id: number;
  readonly elementId: string;
  readonly decisionId: string;
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly inputs: Variables;
  readonly value: Json;
  readonly decisions: readonly { readonly id: string; readonly name: string; readonly value: Json }[];
  readonly fired: readonly FiredTable[];
  readonly notes?: readonly { readonly element: string; readonly code: string; readonly message: string }[];
}

export type IncidentPhase = ActivationPhase | 'complete' | 'job' | 'turn' | 'join' | 'listen';

/** `phase`: what is tried again when it is resolved. */
export interface IncidentRaised {
  readonly type: 'IncidentRaised';
  readonly id: number;
  readonly element: number;
  readonly elementId: string;
  readonly phase: IncidentPhase;
  readonly code: string;
  readonly message: string;
  readonly job?: number;
  /** In the phase `listen`: which listener is next. */
  readonly listener?: ListenerPlace;
}

/**
 * The fields of each event that can hold what people wrote: encrypted at rest with the key of their case. What is not named
 * here stays legible after the case has been erased.
 */
export const PRIVATE_FIELDS: Readonly<Partial<Record<InstanceEvent['type'], readonly string[]>>> = {
  InstanceStarted: ['businessKey', 'reason'],
  AdHocActivated: ['reason'],
  InstanceCompleted: ['variables'],
  InstanceTerminated: ['reason', 'variables'],
  InstanceFailed: ['message'],
  VariablesWritten: ['values', 'reason'],
  InstanceSuspended: ['reason'],
  InstanceResumed: ['reason'],
  InstanceModified: ['reason'],
  InstanceMigrated: ['reason'],
  UserTaskAssigned: ['reason'],
  UserTaskDelegated: ['reason'],
  UserTaskUpdated: ['reason'],
  UserTaskResolved: ['comment'],
  UserTaskCompleted: ['comment'],
  UserTaskReturned: ['reason'],
  UserTaskAwaitsListeners: ['event', 'variables'],
  JobCreated: ['headers'],
  JobFailed: ['message'],
  JobErrorThrown: ['message'],
  MessageSubscribed: ['correlationKey'],
  MessagePublished: ['correlationKey', 'variables'],
  ChildRequested: ['variables', 'businessKey'],
  DecisionEvaluated: ['inputs', 'value', 'decisions', 'fired', 'notes'],
  ErrorThrown: ['message'],
  IncidentRaised: ['message'],
  EscalationThrown: ['variables'],
  SignalThrown: ['variables'],
  TriggerHappened: ['variables'],
  LoopStarted: ['items'],
  LoopAdvanced: ['output'],
  CompensationStarted: ['then'],
  TurnYielded: ['steps'],
  ElementTerminating: ['then'],
};

/** Levels of lists and contexts a variable may have: what is deeper cannot be written as JSON everywhere. */
export const DEEPEST = 500;

/** True when lists and contexts are nested deeper than {@link DEEPEST}. */
export function isTooDeep(value: Json): boolean {
  let level: readonly Json[] = isNested(value) ? Object.values(value).filter(isNested) : [];
  for (let depth = 2; level.length > 0; depth += 1) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((item) => Object.values(item as object).filter(isNested));
  }
  return false;
}

function isNested(value: unknown): value is Json & object {
  return typeof value === 'object' && value !== null;
}

/** About how many bytes a variable takes, with its name. */
export function bytesOf(name: string, value: Json): number {
  return name.length + 4 + approximateBytes(value);
}

/** About how many bytes a value takes as JSON; cheap, for budgets only. */
export function approximateBytes(value: Json | undefined): number {
  let bytes = 0;
  const rest: (Json | undefined)[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (typeof next === 'string') bytes += next.length + 3;
    else if (typeof next !== 'object' || next === null) bytes += 8;
    else if (Array.isArray(next)) { bytes += 2; for (const item of next) rest.push(item as Json); }
    else for (const [key, item] of Object.entries(next)) { bytes += key.length + 4; rest.push(item); }
  }
  return bytes;
}
