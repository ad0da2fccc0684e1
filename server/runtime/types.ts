/** The face of the runtime towards the modules: how a command is executed, what a projection is given, how state is read. */
import type { Actor, ChangedChoice, ConditionEvent, InstanceAction, InstanceEvent, InstanceState, Problem, ProcessGraph, Variables } from '../../engine/index.ts';
import type { RecordActor } from '../ports/event-store.ts';

/** Any stored event: its type decides its other fields. */
export interface DomainEvent {
  readonly type: string;
}

/** One record, decoded. `events` of an erased case lack their private fields and `erased` is true. */
export interface DecodedRecord<E extends DomainEvent = DomainEvent> {
  readonly stream: string;
  readonly position: number;
  readonly index: number;
  readonly version: number;
  readonly commandType: string;
  /** ISO 8601 UTC instant. */
  readonly at: string;
  readonly actor: RecordActor;
  readonly causation?: string | undefined;
  readonly events: readonly E[];
  readonly erased: boolean;
}

/** Folds records into tables of ports/projections; `apply` only writes and must give the same rows for the same records. */
export interface Projection {
  readonly name: string;
  apply(record: DecodedRecord): void;
  /** Called before records are applied, to look up what `apply` must know about them; undefined when it knows all. What was applied before need not be written yet. */
  prepare?(records: readonly DecodedRecord[]): Promise<void> | undefined;
  /** The tables include everything up to `position`. Records behind it may have been applied already. */
  written?(position: number): void;
  /** Reads what the tables hold into memory: once, after the tables are opened and before the first record is applied. */
  load?(): Promise<void>;
  /**
   * Given by a reader of cases whose rows are keyed by their case or only add up, so that a rebuild may fold a closed case later, whole and out of turn: a reader of
   * the same tables that remembers nothing. A reader without it is given the records of such a case in their turn, as of an erased case: without private fields.
   */
  byCase?(): Projection;
}

/** A stream's kind: `instance` for a case, else the part before the first '/': `definition`, `decision`, `message`, `organization`, `person`, `calendar`. */
export function streamKind(stream: string): string {
  const slash = stream.indexOf('/');
  return slash < 0 ? 'instance' : stream.slice(0, slash);
}

/** Who sends a command and how a repeat of it is recognised. `requestHash` (SHA-256, hex) goes with `idempotencyKey`. */
export interface CommandMeta {
  readonly actor: Actor;
  readonly idempotencyKey?: string;
  readonly requestHash?: string;
  readonly causation?: string;
}

/** Why a command was refused: codes of ENGINE_ERRORS or of a module's own table. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** When there are several why it cannot be: each by itself. */
  readonly reasons?: readonly string[];
}

export type Answer<E extends DomainEvent = DomainEvent> =
  /** Durable. `replayed`: this is the first answer to the same idempotency key again. */
  | { readonly outcome: 'accepted'; readonly replayed: boolean; readonly stream: string; readonly version: number; readonly position: number; readonly events: readonly E[] }
  | { readonly outcome: 'rejected'; readonly rejection: Refusal }
  /** The idempotency key was used before with another request. */
  | { readonly outcome: 'key-reused' };

export interface StartRequest {
  readonly processId: string;
  /** Absent: the latest version. */
  readonly version?: number;
  readonly variables: Variables;
  /** Of a case that takes up an ended one: who started that. */
  readonly startedBy?: string;
  readonly businessKey?: string;
  readonly startElementId?: string;
  /** The ended case it takes up again, and why. */
  readonly restartOf?: string;
  readonly reason?: string;
}

export interface PublishRequest {
  readonly name: string;
  readonly correlationKey?: string;
  readonly variables: Variables;
  /** A second message with the same id changes nothing, for ever. Absent: the idempotency key. */
  readonly messageId?: string;
  /** How long it waits for a receiver, ISO 8601 duration; absent: PT1H. */
  readonly timeToLive?: string;
}

export interface SignalRequest {
  readonly name: string;
  readonly variables: Variables;
  /** A second signal with the same id reaches nobody, for ever. Absent: the idempotency key. */
  readonly signalId?: string;
}

export interface EvaluationRequest {
  readonly variables: Variables;
  /** Of the cases that are started. */
  readonly businessKey?: string;
  /** A second evaluation with the same id starts nothing, for ever. Absent: the idempotency key. */
  readonly evaluationId?: string;
}

/** A file of a deployment: `*.bpmn`, `*.dmn`, or `*.form` (form-js JSON with an `id`). */
export interface DeploymentFile {
  readonly name: string;
  readonly content: string;
}

/** One version of one process. `hash`: SHA-256 of the BPMN file = name of its blob. `forms`: form id -> name of its blob; `decisions`: the same for the decisions deployed with it, by decision id. */
export interface DefinitionVersion {
  readonly processId: string;
  readonly version: number;
  readonly name: string;
  readonly versionTag?: string;
  readonly hash: string;
  readonly forms: Readonly<Record<string, string>>;
  readonly decisions: Readonly<Record<string, string>>;
  /** Versions of the processes it was deployed with and is bound to, by process id. */
  readonly processes?: Readonly<Record<string, number>>;
  readonly fileName: string;
  readonly deployedAt: string;
  readonly deployedBy: string;
}

/** `unchanged`: the same content is already the latest version. */
export interface DeployedProcess extends DefinitionVersion {
  readonly unchanged: boolean;
}

/** One version of one decision. `hash`: SHA-256 of the DMN file = name of its blob; `imports`: those of the files it needs. */
export interface DecisionVersion {
  readonly decisionId: string;
  readonly version: number;
  readonly name: string;
  readonly hash: string;
  readonly imports: readonly string[];
  readonly versionTag?: string;
  readonly fileName: string;
  readonly deployedAt: string;
  readonly deployedBy: string;
}

export interface DeployedDecisionVersion extends DecisionVersion {
  readonly unchanged: boolean;
}

export type DeployAnswer =
  | { readonly outcome: 'deployed'; readonly processes: readonly DeployedProcess[]; readonly decisions: readonly DeployedDecisionVersion[]; readonly warnings: readonly Problem[]; readonly position: number }
  | { readonly outcome: 'refused'; readonly problems: readonly (Problem & { readonly fileName: string })[] };

export interface Definitions {
  latest(processId: string): DefinitionVersion | undefined;
  version(processId: string, version: number): DefinitionVersion | undefined;
  /** Latest version of every process, by name. */
  list(): readonly DefinitionVersion[];
  /** As `list`, without global tasks (BPMN 2.0.2, 10.3.7), which other processes call and nobody starts. */
  procedures(): Promise<readonly DefinitionVersion[]>;
  versions(processId: string): readonly DefinitionVersion[];
  graph(processId: string, version: number): Promise<ProcessGraph>;
  xml(processId: string, version: number): Promise<string>;
  /** The form-js JSON schema; undefined when the deployment has no such form. */
  form(processId: string, version: number, formId: string): Promise<unknown>;
}

/** What a module decides on one of its own streams: events to append, or why not. */
export type Decision<E extends DomainEvent> = readonly E[] | Refusal;

export interface Runtime {
  readonly definitions: Definitions;
  /** `dryRun`: says what is wrong and stores nothing. */
  deploy(files: readonly DeploymentFile[], meta: CommandMeta, dryRun?: boolean): Promise<DeployAnswer>;
  startInstance(request: StartRequest, meta: CommandMeta): Promise<Answer<InstanceEvent>>;
  /** Of MigrateInstance `basis` is filled in: only here it is certain which version the case is in. */
  execute(stream: string, action: InstanceAction, meta: CommandMeta): Promise<Answer<InstanceEvent>>;
  /** What `execute` would record now, without recording it: for plans that are looked at first. */
  rehearse(stream: string, action: InstanceAction, meta: CommandMeta): Promise<readonly InstanceEvent[] | Refusal>;
  /** Where the history of a case went one way and `version` would have gone another; empty for an erased case. */
  changedChoices(stream: string, version: number, mapping: Readonly<Record<string, string>>): Promise<readonly ChangedChoice[]>;
  publishMessage(request: PublishRequest, meta: CommandMeta): Promise<Answer>;
  broadcastSignal(request: SignalRequest, meta: CommandMeta): Promise<Answer>;
  /** Starts a case for every conditional start event that is true with these variables. */
  evaluateConditions(request: EvaluationRequest, meta: CommandMeta): Promise<Answer<ConditionEvent>>;
  /** The live state of a case with its graph, to be read only; undefined when there is no such case. */
  inspect(stream: string): Promise<{ readonly state: InstanceState; readonly graph: ProcessGraph } | undefined>;
  /** All records of a stream, in order. */
  history(stream: string): Promise<readonly DecodedRecord[]>;
  /** Load -> decide -> append with retry on conflict, for a module's own stream. `decide` sees all earlier events of the stream. */
  change<E extends DomainEvent>(stream: string, commandType: string, meta: CommandMeta, decide: (earlier: readonly E[]) => Decision<E>): Promise<Answer<E>>;
  /** Waits until the projections include `position`: true, or false after 2 s. */
  settled(position: number): Promise<boolean>;
  /** While closed cases are missing in the tables that a rebuild folds last: those of the log up to commit `position` of `through` are there. */
  readonly owed?: Owed | undefined;
}

export interface Owed {
  readonly position: number;
  readonly through: number;
}
