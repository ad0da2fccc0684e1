/** The commands of a process instance: what a person, a job, a timer, a message or another case asks of it. */
import type { Actor, Variables } from './facts.ts';

/** What comes from another case. `hops`: how many messages and signals in a row led here from case to case; absent: 0. */
interface Between {
  readonly hops?: number;
}

/** The call activity that waits for this case: its stream and element instance. */
export interface Parent {
  readonly stream: string;
  readonly element: number;
  /** How many cases call each other above this one; absent: 1. */
  readonly depth?: number;
}

/**
 * Who did a user task, for separation of duties; `onBehalfOf`: whose deputy they were. `within`: the sub-processes and call activities it stood
 * in, the innermost first. `starts`: no task, but the start of the case.
 */
export interface Doer {
  readonly elementId: string;
  readonly person: string;
  readonly onBehalfOf?: string;
  readonly within?: readonly string[];
  readonly starts?: true;
}

export interface StartInstance extends Between {
  readonly type: 'StartInstance';
  readonly processId: string;
  readonly version: number;
  readonly variables: Variables;
  /** The start event; absent: the none start event (BPMN 2.0.2, 13.2: without start events every node without incoming flow). */
  readonly startElementId?: string;
  readonly businessKey?: string;
  /** The conversation of message flows this case belongs to; absent: its own stream. */
  readonly conversation?: string;
  readonly parent?: Parent;
  /** The ended case that this one takes up again, and why. */
  readonly restartOf?: string;
  readonly reason?: string;
  /** Who started the case this one takes up again; absent: the actor. */
  readonly startedBy?: string;
  /** Who did what in the case that calls it. */
  readonly done?: readonly Doer[];
}

/** User task verbs (WS-HumanTask 1.1, 4.7). `task` is the element instance counter. */
export interface ClaimTask { readonly type: 'ClaimTask'; readonly task: number }
export interface ReleaseTask { readonly type: 'ReleaseTask'; readonly task: number }
/** Gives the task to `assignee`, whoever held it; the shell decides who may. */
export interface AssignTask { readonly type: 'AssignTask'; readonly task: number; readonly assignee: string; readonly reason?: string }
export interface CompleteTask { readonly type: 'CompleteTask'; readonly task: number; readonly variables: Variables; readonly outcome?: string; readonly comment?: string; readonly signed?: Signed }
/** What was signed inside the request that completes a task: variable, SHA-256 of the signed file, SHA-256 of the certificate. */
export interface Signed { readonly document: string; readonly sha256: string; readonly certificate: string }
/** The holder asks `to` to do the work; it comes back when it is resolved (WS-HumanTask 1.1, 4.7.1). */
export interface DelegateTask { readonly type: 'DelegateTask'; readonly task: number; readonly to: string; readonly reason?: string }
/** Changes what an open task offers, whoever holds it; null takes a date away, absent leaves as it is. Instants are ISO 8601 UTC. */
export interface UpdateTask {
  readonly type: 'UpdateTask';
  readonly task: number;
  readonly candidateGroups?: readonly string[];
  readonly candidateUsers?: readonly string[];
  readonly priority?: number;
  readonly dueAt?: string | null;
  readonly followUpAt?: string | null;
  readonly reason?: string;
}
/** Gives a delegated task back to who delegated it, with what was done. */
export interface ResolveTask { readonly type: 'ResolveTask'; readonly task: number; readonly variables: Variables; readonly comment?: string }
/** Sends the work back to the earlier user task `to` (an element id). */
export interface ReturnTask { readonly type: 'ReturnTask'; readonly task: number; readonly to: string; readonly reason: string }

export interface CompleteJob { readonly type: 'CompleteJob'; readonly job: number; readonly variables: Variables }
/** `retriesLeft` 0 raises an incident; `retryAt` (instant) is the earliest next attempt. */
export interface FailJob { readonly type: 'FailJob'; readonly job: number; readonly message: string; readonly retriesLeft: number; readonly retryAt?: string }
/** A BPMN error a worker found, e.g. "register refuses": caught by an error boundary event. */
export interface ThrowJobError { readonly type: 'ThrowJobError'; readonly job: number; readonly code: string; readonly message: string; readonly variables: Variables }

export interface FireTimer { readonly type: 'FireTimer'; readonly timer: number }
export interface CorrelateMessage extends Between { readonly type: 'CorrelateMessage'; readonly subscription: number; readonly messageId: string; readonly variables: Variables }
export interface ReceiveSignal extends Between { readonly type: 'ReceiveSignal'; readonly subscription: number; readonly signalId: string; readonly variables: Variables }
/** An escalation that nothing in the called case caught, told to its call activity. */
export interface EscalateChild extends Between { readonly type: 'EscalateChild'; readonly element: number; readonly code: string; readonly variables: Variables }
/** Undoes what a completed called case has done; `answer`: the compensation of the calling case that waits for it. */
export interface CompensateInstance extends Between { readonly type: 'CompensateInstance'; readonly answer: CompensationAnswer }
export interface CompensationAnswer { readonly stream: string; readonly scope: number; readonly run: number }
/** A called case has been undone, told to compensation `run` in `scope`. */
export interface CompensationDone extends Between { readonly type: 'CompensationDone'; readonly scope: number; readonly run: number }
/** Runs activities of ad-hoc sub-process `element` (its element instance), by id. */
export interface ActivateAdHoc { readonly type: 'ActivateAdHoc'; readonly element: number; readonly activities: readonly string[]; readonly reason?: string }
/** The end of a called case, told to the call activity. */
export interface CompleteChild extends Between {
  readonly type: 'CompleteChild';
  readonly element: number;
  readonly ended: 'completed' | 'failed' | 'terminated';
  /** Something in it can still be undone. */
  readonly compensable?: true;
  readonly variables: Variables;
  readonly error?: { readonly code: string; readonly message: string };
  /** Who did what in it. */
  readonly done?: readonly Doer[];
}

/** Tries again what failed; `retries` (default 1) is given to a job. */
export interface ResolveIncident { readonly type: 'ResolveIncident'; readonly incident: number; readonly retries?: number }
export interface SetVariables { readonly type: 'SetVariables'; readonly variables: Variables; readonly reason: string; readonly scope?: number }
/** While a case is suspended nothing in it goes on: tasks, jobs, timers, messages and signals wait. */
export interface SuspendInstance { readonly type: 'SuspendInstance'; readonly reason: string }
export interface ResumeInstance { readonly type: 'ResumeInstance'; readonly reason: string }
/** Moves the case: element instances to cancel or to skip, flow nodes to begin (`scope`: the element instance of the sub-process around; absent: the case). */
export interface ModifyInstance {
  readonly type: 'ModifyInstance';
  readonly reason: string;
  readonly cancel?: readonly number[];
  readonly skip?: readonly number[];
  readonly activate?: readonly { readonly elementId: string; readonly scope?: number }[];
}
/**
 * Goes on in `version`; decided with the graph of that. `mapping`: element ids that are called otherwise in it. `basis`: what the plan is
 * compared with. `holders`: the groups of people who hold tasks, by person; who is not named is believed to be allowed still.
 */
export interface MigrateInstance {
  readonly type: 'MigrateInstance';
  readonly version: number;
  readonly basis: MigrationBasis;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly holders?: Readonly<Record<string, readonly string[]>>;
  readonly reason: string;
}
/** `nodes`: the flow nodes of the version the case is in, by id. `since`: by counter, the instants at which active element instances began and timers were armed first, from the log. */
export interface MigrationBasis {
  readonly nodes: Readonly<Record<string, NodeBasis>>;
  readonly since: Readonly<Record<number, string>>;
}
/** What two versions of a node are compared by, as texts; `trigger` is empty where nothing outside is waited for. */
export interface NodeBasis {
  readonly type: string;
  readonly trigger: string;
  readonly task?: Readonly<Record<TaskPart, string>>;
}
/** What a user task offers: `offered` to whom, `due` when. */
export type TaskPart = 'offered' | 'due' | 'followUp' | 'priority' | 'form' | 'separation';
export interface CancelInstance extends Between { readonly type: 'CancelInstance'; readonly reason: string }
/** Goes on with a turn that ended by TurnYielded. */
export interface Continue { readonly type: 'Continue' }

export type InstanceAction =
  | StartInstance | ClaimTask | ReleaseTask | AssignTask | DelegateTask | UpdateTask | ResolveTask | SuspendInstance | ResumeInstance | ModifyInstance | MigrateInstance | CompleteTask | ReturnTask | CompleteJob | FailJob | ThrowJobError
  | FireTimer | CorrelateMessage | ReceiveSignal | EscalateChild | CompensateInstance | CompensationDone | ActivateAdHoc | CompleteChild | ResolveIncident | SetVariables | CancelInstance | Continue;

/** An action with the actor who asks for it. */
export type InstanceCommand = InstanceAction & { readonly actor: Actor };
