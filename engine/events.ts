/**
 * The events of a process instance: what happened, in the words of BPMN. They are stored for ever: fields are added, never
 * renamed; a changed meaning is a new event type.
 *
 * Numbers named `id`, `element`, `scope`, `job`, `task` are counters of the stream; scope 0 is the case itself.
 */
import type { Parent, Signed } from './commands.ts';
import type { FiredTable } from './dmn/model.ts';
import type { Json, Variables } from './facts.ts';

/** One entry of the work list; plain data, because an unfinished list is stored by TurnYielded. */
export type Step =
  /** A token enters a node; `joined`: the flows whose tokens it merges; `fired`: what its event brought, when that has already happened. */
  | { readonly do: 'enter'; readonly elementId: string; readonly scope: number; readonly joined?: readonly string[]; readonly fired?: Variables }
  /** The activation of an element goes on at `phase`. */
  | { readonly do: 'activate'; readonly id: number; readonly phase: ActivationPhase }
  | { readonly do: 'complete'; readonly id: number }
  | { readonly do: 'take'; readonly flowId: string; readonly scope: number }
  /** Cancels an element instance with everything inside it (`inside`: only that), then does `then`. */
  | { readonly do: 'terminate'; readonly id: number; readonly then: readonly Step[]; readonly inside?: true }
  /** Completes a scope if nothing is left in it. */
  | { readonly do: 'settle'; readonly scope: number }
  /** Ends the case after everything inside it is gone. */
  | { readonly do: 'end'; readonly as: 'terminated' | 'failed'; readonly code?: string; readonly message?: string; readonly canceled?: true };

/** Where an activation can stop with an incident and be tried again. */
export type ActivationPhase = 'inputs' | 'boundaries' | 'behave';

export type InstanceEvent =
  | { readonly type: 'InstanceStarted'; readonly processId: string; readonly version: number; readonly conversation: string; readonly startElementId: string; readonly by: string; readonly businessKey?: string; readonly parent?: Parent }
  | { readonly type: 'InstanceCompleted'; readonly parent?: Parent; readonly variables?: Variables }
  /** By a terminate end event, or, `canceled`, from outside. */
  | { readonly type: 'InstanceTerminated'; readonly reason: string; readonly by: string; readonly canceled?: true; readonly parent?: Parent; readonly variables?: Variables }
  /** An error that nothing caught ended the case. */
  | { readonly type: 'InstanceFailed'; readonly code: string; readonly message: string; readonly parent?: Parent }
  /** `joined`: the sequence flows whose waiting tokens this activation consumed; `fired`: what it waits for has already happened. */
  | { readonly type: 'ElementActivated'; readonly id: number; readonly elementId: string; readonly scope: number; readonly joined?: readonly string[]; readonly fired?: true }
  | { readonly type: 'ElementCompleted'; readonly id: number; readonly elementId: string }
  /** Its contents are being cancelled; what is called outside must answer first. */
  | { readonly type: 'ElementTerminating'; readonly id: number; readonly elementId: string; readonly then: readonly Step[]; readonly inside?: true }
  | { readonly type: 'ElementTerminated'; readonly id: number; readonly elementId: string }
  /** `waitsAt`: the token waits at this joining gateway. */
  | { readonly type: 'SequenceFlowTaken'; readonly flowId: string; readonly scope: number; readonly waitsAt?: string }
  | { readonly type: 'VariablesWritten'; readonly scope: number; readonly values: Variables; readonly reason?: string }
  | UserTaskCreated
  | { readonly type: 'UserTaskClaimed'; readonly id: number; readonly person: string }
  | { readonly type: 'UserTaskReleased'; readonly id: number; readonly person: string }
  | { readonly type: 'UserTaskAssigned'; readonly id: number; readonly person: string; readonly by: string; readonly reason?: string }
  | { readonly type: 'UserTaskCompleted'; readonly id: number; readonly elementId: string; readonly person: string; readonly outcome?: string; readonly comment?: string; readonly signed?: Signed }
  | { readonly type: 'UserTaskReturned'; readonly id: number; readonly elementId: string; readonly person: string; readonly to: string; readonly reason: string }
  | { readonly type: 'UserTaskCanceled'; readonly id: number }
  | { readonly type: 'JobCreated'; readonly id: number; readonly element: number; readonly elementId: string; readonly jobType: string; readonly retries: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly type: 'JobCompleted'; readonly id: number }
  | { readonly type: 'JobFailed'; readonly id: number; readonly retriesLeft: number; readonly message: string; readonly retryAt?: string }
  | { readonly type: 'JobErrorThrown'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'JobCanceled'; readonly id: number }
  | TimerScheduled
  /** `missed`: occurrences of an endless cycle that passed unseen and were folded into this one. */
  | { readonly type: 'TimerFired'; readonly id: number; readonly elementId: string; readonly missed?: number }
  | { readonly type: 'TimerCanceled'; readonly id: number }
  /** `to`: the correlation stream of (name, correlationKey). */
  | { readonly type: 'MessageSubscribed'; readonly id: number; readonly processId: string; readonly element: number; readonly elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string }
  /** `open`: the subscription goes on (a non-interrupting boundary event). */
  | { readonly type: 'MessageCorrelated'; readonly id: number; readonly elementId: string; readonly messageId: string; readonly open?: true }
  | { readonly type: 'MessageUnsubscribed'; readonly id: number; readonly to: string }
  | { readonly type: 'MessagePublished'; readonly id: number; readonly elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string; readonly conversation: string; readonly variables: Variables }
  | { readonly type: 'ChildRequested'; readonly id: number; readonly elementId: string; readonly processId: string; readonly version: number; readonly childStream: string; readonly depth: number; readonly conversation: string; readonly variables: Variables }
  | DecisionEvaluated
  | { readonly type: 'ChildTerminationRequested'; readonly id: number; readonly childStream: string }
  | { readonly type: 'ChildEnded'; readonly id: number; readonly ended: 'completed' | 'failed' | 'terminated' }
  /** A BPMN error left `elementId`; `caughtBy` is the boundary event, absent when nothing caught it. */
  | { readonly type: 'ErrorThrown'; readonly element: number; readonly elementId: string; readonly code: string; readonly message: string; readonly caughtBy?: string }
  | IncidentRaised
  | { readonly type: 'IncidentResolved'; readonly id: number; readonly job?: number; readonly retries?: number }
  /** What it was about was cancelled. */
  | { readonly type: 'IncidentCanceled'; readonly id: number }
  /** The turn's budget is used up; `steps` is the rest of the work list, next one last; `taken` the steps since the last wait state. */
  | { readonly type: 'TurnYielded'; readonly steps: readonly Step[]; readonly taken: number }
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

/** `element`: the activity or event that waits; `elementId`: the event whose timer it is; `cycle`: repeats as given, counted from `armedAt`; this is its occurrence number `ordinal`. */
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

/** `phase`: what is tried again when it is resolved. */
export interface IncidentRaised {
  readonly type: 'IncidentRaised';
  readonly id: number;
  readonly element: number;
  readonly elementId: string;
  readonly phase: ActivationPhase | 'complete' | 'job' | 'turn';
  readonly code: string;
  readonly message: string;
  readonly job?: number;
}

/**
 * The fields of each event that can hold what people wrote: encrypted at rest with the key of their case. What is not named
 * here stays legible after the case has been erased.
 */
export const PRIVATE_FIELDS: Readonly<Partial<Record<InstanceEvent['type'], readonly string[]>>> = {
  InstanceStarted: ['businessKey'],
  InstanceCompleted: ['variables'],
  InstanceTerminated: ['reason', 'variables'],
  InstanceFailed: ['message'],
  VariablesWritten: ['values', 'reason'],
  UserTaskAssigned: ['reason'],
  UserTaskCompleted: ['comment'],
  UserTaskReturned: ['reason'],
  JobCreated: ['headers'],
  JobFailed: ['message'],
  JobErrorThrown: ['message'],
  MessageSubscribed: ['correlationKey'],
  MessagePublished: ['correlationKey', 'variables'],
  ChildRequested: ['variables'],
  DecisionEvaluated: ['inputs', 'value', 'decisions', 'fired', 'notes'],
  ErrorThrown: ['message'],
  IncidentRaised: ['message'],
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
