/**
 * The runtime: the engine over ports. It wires journal, definitions, projector, dispatch and workers, starts them in order, and
 * ends them in the reverse order.
 */
import { DEFAULT_LIMITS, EVALUATION_MS, messageStream, signalStream, timeLimit } from '../../engine/index.ts';
import type { ConditionEvent, Facts, InstanceAction, InstanceEvent, Limits, Problem, StartsOf } from '../../engine/index.ts';
import { CONDITION_PRIVATE_FIELDS, CORRELATION_PRIVATE_FIELDS, DATA_STORE_PRIVATE_FIELDS, PRIVATE_FIELDS, SIGNAL_PRIVATE_FIELDS, START_ROUND_PRIVATE_FIELDS } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Calendars } from '../ports/calendars.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commit, EventStore } from '../ports/event-store.ts';
import type { Ids } from '../ports/ids.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Leases } from '../ports/leases.ts';
import type { Projections } from '../ports/projections.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { Vault } from '../ports/vault.ts';
import type { PrivateFields } from './codec.ts';
import { Commands } from './commands.ts';
import { DecisionRegistry } from './decisions.ts';
import { DefinitionRegistry } from './definitions.ts';
import { deploy } from './deploy.ts';
import type { InstalledTemplates } from './deploy.ts';
import { Dispatch } from './dispatch.ts';
import { Journal } from './journal.ts';
import { eventLists } from './kinds.ts';
import { Outstanding } from './outstanding.ts';
import { Projector } from './projector.ts';
import type { OnProgress } from './projector.ts';
import type { SealedCases } from './closed-cases.ts';
import { behindTheLog, OutstandingWatch } from './shared-dispatch.ts';
import type { Answer, CommandMeta, DecodedRecord, Decision, DeployAnswer, DeploymentFile, DomainEvent, EvaluationRequest, Owed, Projection, PublishRequest, Runtime, SignalRequest, StartRequest } from './types.ts';
import { Tally } from './tally.ts';
import { startWorkers } from './worker.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';

export interface RuntimeOptions {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly projections: Projections;
  readonly snapshots: Snapshots;
  readonly queue: JobQueue;
  /** Given where other nodes work on the same log and queue. */
  readonly leases?: Leases;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly calendars: Calendars;
  /** IANA name of the zone that calendar time is counted in. */
  readonly zone: string;
  readonly limits?: Partial<Limits>;
  /** The modules' projections; their tables are declared before `start`. */
  readonly readers: readonly Projection[];
  readonly handlers: readonly JobHandler[];
  /** Private fields of the modules' events. */
  readonly privateFields: PrivateFields;
  readonly checkForm: (form: unknown) => readonly Problem[];
  readonly templates?: InstalledTemplates;
  /** See ProjectorOptions. */
  readonly gatherMs?: number;
  readonly onJobFailure?: (job: Job, error: unknown) => void;
  readonly onProgress?: OnProgress;
  /** The closed cases that a rebuild folds last, when the server is open; absent: it folds everything first. */
  readonly sealed?: SealedCases;
  /** What stopped dispatch or a projection. */
  readonly onFailure: (error: unknown) => void;
  readonly failpoint?: (name: string) => void;
}

const ENGINE_PRIVATE_FIELDS: PrivateFields = {
  ...PRIVATE_FIELDS, ...CORRELATION_PRIVATE_FIELDS, ...SIGNAL_PRIVATE_FIELDS, ...START_ROUND_PRIVATE_FIELDS, ...CONDITION_PRIVATE_FIELDS, ...DATA_STORE_PRIVATE_FIELDS,
};
const TIME_TO_LIVE = 'PT1H';
const monotonic = (): number => performance.now();
/** Pause before what dispatch left undone is taken up again; doubles up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export class EmbeddedRuntime implements Runtime {
  readonly definitions: DefinitionRegistry;
  readonly decisions: DecisionRegistry;
  readonly tally = new Tally();
  readonly #options: RuntimeOptions;
  readonly #journal: Journal;
  readonly #commands: Commands;
  readonly #projector: Projector;
  readonly #dispatch: Dispatch;
  readonly #outstanding: Outstanding;
  readonly #limits: Limits;
  readonly #readers: readonly Projection[];
  readonly #queue: JobQueue;
  #watch: OutstandingWatch | undefined;
  /** Position of the last commit that was delivered. */
  #known = 0;
  #stopListening: () => void = () => undefined;
  #projected: Promise<void> = Promise.resolve();
  #dispatched: Promise<void> = Promise.resolve();
  #undone: unknown;
  #retaking: NodeJS.Timeout | undefined;
  #stopping = false;
  #dispatchedTo = 0;

  constructor(options: RuntimeOptions) {
    const { store, vault, clock, snapshots, projections, blobs, ids } = options;
    this.#options = options;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    const shared = options.leases !== undefined;
    this.#journal = new Journal({ store, vault, clock, snapshots, shared, tally: this.tally, privateFields: { ...ENGINE_PRIVATE_FIELDS, ...options.privateFields } });
    this.definitions = new DefinitionRegistry(projections, blobs);
    this.decisions = new DecisionRegistry(projections, blobs);
    const starts: StartsOf = (name, trigger) => this.definitions.startsWith(name, trigger);
    this.#commands = new Commands({ journal: this.#journal, registry: this.definitions, decisions: this.decisions, facts: (now) => this.#facts(now), newId: () => ids.uuid() });
    this.#outstanding = new Outstanding(projections, starts);
    const decode = (record: Parameters<Journal['decode']>[0]): Promise<DecodedRecord> => this.#journal.decode(record);
    this.#readers = [this.definitions, this.decisions, this.#outstanding, ...options.readers];
    const { onProgress, onFailure, failpoint, gatherMs, sealed } = options;
    this.#projector = new Projector({ store, projections, decode, readers: this.#readers, onFailure, ...(onProgress && { onProgress }), ...(gatherMs !== undefined && { gatherMs }),
      ...(sealed && { sealed: { ...sealed, openPart: (record: Parameters<Journal['decode']>[0]) => this.#journal.openPart(record) } }),
    });
    this.#queue = shared ? behindTheLog(options.queue, () => this.#known, (position) => this.#projector.settled(position)) : options.queue;
    this.#dispatch = new Dispatch({
      store, clock, queue: this.#queue, projector: this.#projector, caughtUp: () => this.#caughtUp(), outstanding: this.#outstanding, commands: this.#commands, decode, ...(failpoint && { failpoint }),
    });
  }

  /** Opens the projections, folds what they lack, listens to commits, takes up what was outstanding. */
  async start(): Promise<void> {
    await this.#options.projections.open();
    for (const reader of this.#readers) await reader.load?.();
    await this.#projector.catchUp();
    this.#known = this.#projector.position;
    this.#stopListening = this.#options.store.subscribe((commit) => { this.#onCommit(commit); }, this.#known);
    const { clock, handlers, leases, onJobFailure, onFailure, failpoint } = this.#options;
    startWorkers({ queue: this.#queue, commands: this.#commands, clock, handlers, tally: this.tally, ...(onJobFailure && { onFailure: onJobFailure }), ...(failpoint && { failpoint }) });
    if (leases === undefined) await this.#takeUp(FIRST_PAUSE_MS);
    else this.#watch = new OutstandingWatch({ leases, outstanding: this.#outstanding, dispatch: this.#dispatch, clock, takeUp: () => this.takeUp(), onFailure });
  }

  /** Enqueues everything that is outstanding: the queue has lost it. */
  takeUp(): Promise<void> {
    return this.#takeUp(FIRST_PAUSE_MS);
  }

  /** Ends the queue's work (jobs at work have `graceMs`; the next start takes up what is left), then folds what is left. The stores are closed by who opened them. */
  async stop(graceMs?: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#retaking);
    if (this.#watch !== undefined) await this.#watch.stop();
    await this.#queue.close(graceMs);
    await Promise.all([this.#projected, this.#dispatched]);
    await this.#projector.drain();
    this.#stopListening();
  }

  get owed(): Owed | undefined {
    return this.#projector.owed;
  }

  /** Position and failure of the projections, up to which commit work was enqueued, and why dispatch left something undone; for health checks. */
  get health(): { readonly position: number; readonly failure: unknown; readonly dispatched: number; readonly undone: unknown } {
    return { position: this.#projector.position, failure: this.#projector.failure, dispatched: this.#dispatchedTo, undone: this.#undone };
  }

  deploy(files: readonly DeploymentFile[], meta: CommandMeta, dryRun = false): Promise<DeployAnswer> {
    const { blobs, checkForm, templates } = this.#options;
    return deploy(files, meta, { journal: this.#journal, blobs, registry: this.definitions, decisions: this.decisions, facts: (now) => this.#facts(now), checkForm, templates }, dryRun);
  }

  startInstance(request: StartRequest, meta: CommandMeta): Promise<Answer<InstanceEvent>> {
    return this.#commands.startInstance(request, meta);
  }

  execute(stream: string, action: InstanceAction, meta: CommandMeta): Promise<Answer<InstanceEvent>> {
    return this.#commands.execute(stream, action, meta);
  }

  rehearse(stream: string, action: InstanceAction, meta: CommandMeta): ReturnType<Runtime['rehearse']> {
    return this.#commands.rehearse(stream, action, meta, this.#options.clock.now());
  }

  changedChoices(stream: string, version: number, mapping: Readonly<Record<string, string>>): ReturnType<Runtime['changedChoices']> {
    return this.#commands.changedChoices(stream, version, mapping);
  }

  publishMessage(request: PublishRequest, meta: CommandMeta): Promise<Answer> {
    const { name, correlationKey = '', variables, timeToLive = TIME_TO_LIVE } = request;
    const messageId = request.messageId ?? meta.idempotencyKey ?? this.#options.ids.uuid();
    const starts = this.definitions.startsWith(name, 'message');
    return this.#commands.correlate(messageStream(name, correlationKey), { type: 'PublishMessage', messageId, name, correlationKey, variables, timeToLive, starts }, meta);
  }

  broadcastSignal({ name, variables, signalId }: SignalRequest, meta: CommandMeta): Promise<Answer> {
    const id = signalId ?? meta.idempotencyKey ?? this.#options.ids.uuid();
    return this.#commands.signal(signalStream(name), { type: 'BroadcastSignal', signalId: id, name, variables, starts: this.definitions.startsWith(name, 'signal') }, meta);
  }

  evaluateConditions({ variables, businessKey, evaluationId }: EvaluationRequest, meta: CommandMeta): Promise<Answer<ConditionEvent>> {
    const id = evaluationId ?? meta.idempotencyKey ?? this.#options.ids.uuid();
    return this.#commands.evaluateConditions({ type: 'EvaluateConditions', evaluationId: id, variables, ...(businessKey !== undefined && { businessKey }) }, meta);
  }

  inspect(stream: string): ReturnType<Runtime['inspect']> {
    return this.#commands.inspect(stream);
  }

  history(stream: string): Promise<readonly DecodedRecord[]> {
    return this.#journal.history(stream);
  }

  change<E extends DomainEvent>(stream: string, commandType: string, meta: CommandMeta, decide: (earlier: readonly E[]) => Decision<E>): Promise<Answer<E>> {
    return this.#journal.execute<DomainEvent[], E>(stream, eventLists, commandType, meta, (earlier) => {
      const events = decide(earlier as E[]);
      if (!('code' in events)) earlier.push(...events);
      return events;
    });
  }

  settled(position: number): Promise<boolean> {
    return this.#projector.settled(position);
  }

  #facts(now: string): Facts {
    return { now, zone: this.#options.zone, calendars: this.#options.calendars.all(), definitions: this.definitions.latestVersions, limits: this.#limits, expired: timeLimit(EVALUATION_MS, monotonic) };
  }

  /** Projections and dispatch, each in the order of the log. */
  #onCommit(commit: Commit): void {
    this.#known = commit.position;
    // Commits of other nodes were dispatched there.
    const isOwn = this.#options.leases === undefined || commit.records.some(({ memo }) => memo !== undefined);
    const decoding = this.#journal.decodeAll(commit.records);
    if (decoding instanceof Promise) decoding.catch(() => undefined);
    const folded = this.#projected.then(async () => { this.#projector.push(commit, await decoding); });
    const dispatched = this.#dispatched.then(async () => {
      for (const record of await decoding) {
        if (!isOwn) {
          this.#dispatch.arrived(record);
          continue;
        }
        try {
          const enqueued = this.#dispatch.committed(record);
          if (enqueued) await enqueued;
        } catch (error) {
          this.#leave(error, FIRST_PAUSE_MS);
        }
      }
      this.#dispatchedTo = commit.position;
    });
    this.#projected = folded.catch(this.#options.onFailure);
    this.#dispatched = dispatched.catch((error: unknown) => { if (isOwn) this.#leave(error, FIRST_PAUSE_MS); });
  }

  /** What dispatch could not enqueue stands in the table of what is outstanding, from where it is taken up after a pause. */
  #leave(error: unknown, pauseMs: number): void {
    // The queue has closed before the last records came: the next start takes them up.
    if (this.#stopping) return;
    this.#options.onFailure(error);
    this.#undone = error;
    this.#retaking ??= setTimeout(() => {
      this.#retaking = undefined;
      void this.#takeUp(Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
    }, pauseMs);
  }

  async #takeUp(pauseMs: number): Promise<void> {
    try {
      const position = await this.#caughtUp();
      await this.#dispatch.recover(this.#options.leases !== undefined);
      this.#dispatchedTo = Math.max(this.#dispatchedTo, position);
      if (this.#retaking === undefined) this.#undone = undefined;
    } catch (error) {
      this.#leave(error, pauseMs);
    }
  }

  /** The position the tables have reached: that of the head. */
  async #caughtUp(): Promise<number> {
    const { position } = await this.#options.store.head();
    if (!await this.#projector.settled(position)) throw new Error(`Expected the tables to include commit ${String(position)}, but they are behind`);
    return position;
  }
}
