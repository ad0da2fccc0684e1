/**
 * The event log in MongoDB: one document per commit, any number of nodes on one log, no transaction of the database.
 *
 * The insert of position n + 1 is the compare-and-set on the head: it succeeds for one node. Who comes too late reads what came in,
 * decides over its batch again and takes the next position. An insert whose answer was lost is sent again, the same document:
 * then either it enters, or its position is taken and the uuid there says by whom. Everything is read with read concern
 * `majority`: a commit that a failover can still roll back is never built upon, so no position is ever left out.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from 'mongoose';
import type { Appended, Commit, EventStore, NewRecord, StoredFrame, StoredRecord } from '../../ports/event-store.ts';
import { encodeRecord } from '../commit.ts';
import type { ChainPoint, StoredCommit } from '../commit.ts';
import { StoreError } from '../errors.ts';
import { Figures } from '../figures.ts';
import { Lru } from '../lru.ts';
import { addRecord, countFitting, propose } from './admission.ts';
import type { Proposal, StreamState, Waiting } from './admission.ts';
import { checkTail, findRecords, headOf, openCommits, OUTLINE, toCommit, toDocument, toRecord } from './commit-documents.ts';
import type { CommitOutline, Commits, RecordMatch } from './commit-documents.ts';
import { connect, DURABLE, FIRST_PAUSE_MS, LONGEST_PAUSE_MS, nameOf, PATIENCE_MS } from './connection.ts';
import { Follower } from './follower.ts';
import { faultOf, isDuplicateKey, reasonOf, refusedWrite, unreachable } from './mongo-failure.ts';

export interface MongoEventStoreOptions {
  /** `mongodb://...`, with the name of the database. */
  readonly url: string;
  /** The collection of this log; default `commits`. One log, one collection. */
  readonly collection?: string;
  /** How long a database that does not answer is waited for before appends are refused; default 10 s. */
  readonly patienceMs?: number;
  /** Told when the commits of other nodes could not be looked for; it is tried again. */
  readonly onFault?: (error: unknown) => void;
}

/** Streams whose version and keys are remembered between batches. */
const STREAMS = 20_000;
const OWN = 256;
/** Commits of other nodes read at once. */
const PAGE = 200;

/** Opens the log, making its collection and indexes if they are new. Rejects with STORE_DATABASE_UNREACHABLE or STORE_LOG_DAMAGED. */
export async function openMongoEventStore(options: MongoEventStoreOptions): Promise<EventStore> {
  const patienceMs = options.patienceMs ?? PATIENCE_MS;
  const database = nameOf(options.url);
  let connection: Connection | undefined;
  try {
    connection = await connect(options.url, patienceMs);
    const commits = await openCommits(connection, options.collection ?? 'commits');
    return new MongoEventStore(connection, commits, database, options, await checkTail(commits, database));
  } catch (error) {
    await connection?.close(true).catch(() => undefined);
    throw unreachable(database, error);
  }
}

class MongoEventStore implements EventStore {
  /** Of this node: what others commit is counted by them. */
  readonly figures = new Figures();
  readonly #connection: Connection;
  readonly #commits: Commits;
  readonly #database: string;
  readonly #patienceMs: number;
  readonly #streams = new Lru<StreamState>(STREAMS);
  readonly #followers = new Set<Follower>();
  /** Commits that are being written or were a moment ago, by uuid, for followers who read them first. */
  readonly #own = new Lru<StoredCommit>(OWN);
  readonly #onFault: (error: unknown) => void;
  /** The last commit folded into #streams: nothing this store remembers is older. */
  #head: ChainPoint;
  #waiting: Waiting[] = [];
  #working: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #fatal: StoreError | undefined;

  constructor(connection: Connection, commits: Commits, database: string, { patienceMs = PATIENCE_MS, onFault = () => undefined }: MongoEventStoreOptions, head: ChainPoint) {
    this.#connection = connection;
    this.#commits = commits;
    this.#database = database;
    this.#patienceMs = patienceMs;
    this.#onFault = onFault;
    this.#head = head;
  }

  get failure(): unknown {
    return this.#fatal;
  }

  append(record: NewRecord): Promise<Appended> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    if (this.#fatal !== undefined) return Promise.reject(this.#fatal);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, encoded: encodeRecord(record), since: performance.now(), resolve, reject });
      this.figures.waiting += 1;
      this.#working ??= this.#work();
    });
  }

  read(stream: string, after = 0): Promise<StoredRecord[]> {
    return this.#whenOpen(async () => (await findRecords(this.#commits, [{ stream, version: { $gt: after } }], true)).map(toRecord));
  }

  find(stream: string, idempotencyKey: string): Promise<StoredRecord | undefined> {
    return this.#whenOpen(async () => (await findRecords(this.#commits, [{ stream, key: idempotencyKey }], true)).map(toRecord)[0]);
  }

  readAll(after: number, limit: number): Promise<Commit[]> {
    return this.#whenOpen(async () => (await this.#commits.find({ _id: { $gt: after } }).sort({ _id: 1 }).limit(limit).toArray()).map(toCommit));
  }

  frames(stream: string, after: number, limit: number): Promise<StoredFrame[]> {
    const wanted = { stream, version: { $gt: after, $lte: after + limit } };
    return this.#whenOpen(async () => (await findRecords(this.#commits, [wanted], true)).map(({ position, slot, record }) => ({ position, index: slot, frame: record.frame })));
  }

  head(): Promise<{ readonly position: number; readonly hash: string }> {
    return this.#whenOpen(() => headOf(this.#commits));
  }

  subscribe(listener: (commit: Commit) => void, after = this.#head.position): () => void {
    const follower = new Follower({ commits: this.#commits, after, listener, ownOf: (uuid) => this.#own.get(uuid), onFault: this.#onFault });
    this.#followers.add(follower);
    return () => {
      this.#followers.delete(follower);
      follower.stop().catch(this.#onFault);
    };
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await this.#working;
      await Promise.all([...this.#followers].map((follower) => follower.stop()));
      await this.#connection.close(true);
    })();
    return this.#closing;
  }

  async #whenOpen<T>(answer: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closed();
    try {
      return await answer();
    } catch (error) {
      throw unreachable(this.#database, error);
    }
  }

  // What arrives while an insert is on its way is the next commit; the turn of the event loop before gathers what came together.
  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, countFitting(this.#waiting));
      this.figures.began();
      try {
        if (this.#fatal !== undefined) throw this.#fatal;
        await this.#commit(batch);
      } catch (error) {
        this.figures.ended();
        this.#reject(batch, error);
      }
    }
    this.#working = undefined;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    for (;;) {
      await this.#patiently(batch, () => this.#load(batch));
      const proposal = propose(batch, this.#head, (stream) => this.#stateOf(stream));
      const { position } = this.#head;
      if (proposal.commit !== undefined && (await this.#insert(proposal, proposal.commit, batch))) {
        this.#publish(proposal, proposal.commit, batch);
        return;
      }
      // A refusal is final only when nothing came in that this node had not seen.
      await this.#patiently(batch, () => this.#catchUp());
      if (proposal.commit === undefined && this.#head.position === position) {
        this.#answer(batch, proposal.answers);
        return;
      }
    }
  }

  /** Reads what the index says of the streams and keys of a batch, as far as it is not remembered. */
  async #load(batch: readonly Waiting[]): Promise<void> {
    const { matches, missing } = this.#unknown(batch);
    if (matches.length === 0) return;
    const states = new Map([...missing].map(([stream, version]) => [stream, newState(version === 0)]));
    for (const found of await findRecords(this.#commits, matches, false)) {
      const { position, record: { stream, key, version, request = '' } } = found;
      const state = states.get(stream);
      if (state !== undefined) addRecord(state, found.record, position);
      else if (key !== undefined) this.#stateOf(stream).keys.set(key, { position, version, request });
    }
    // Nothing from the expected version on: the stream is shorter than expected, and the answer must say how long it is.
    const shorter = [...states].filter(([stream, { version }]) => version < (missing.get(stream) ?? 0)).map(([stream]) => stream);
    for (const stream of shorter) states.set(stream, newState(true));
    if (shorter.length > 0) {
      for (const { position, record } of await findRecords(this.#commits, [{ stream: { $in: shorter } }], false)) addRecord(states.get(record.stream) ?? newState(true), record, position);
    }
    for (const [stream, state] of states) this.#streams.set(stream, state);
  }

  /** What to ask the index. `missing`: streams not remembered, with the lowest version the batch expects of them. */
  #unknown(batch: readonly Waiting[]): { readonly matches: readonly RecordMatch[]; readonly missing: ReadonlyMap<string, number> } {
    const missing = new Map<string, number>();
    const keys: RecordMatch[] = [];
    for (const { record: { stream, expectedVersion, idempotencyKey: key } } of batch) {
      const state = this.#streams.get(stream);
      if (state === undefined) missing.set(stream, Math.min(expectedVersion, missing.get(stream) ?? Infinity));
      if (key !== undefined && !(state?.isComplete ?? expectedVersion === 0) && state?.keys.has(key) !== true) keys.push({ stream, key });
    }
    return { matches: [...[...missing].map(([stream, version]) => ({ stream, version: { $gte: version } })), ...keys], missing };
  }

  #stateOf(stream: string): StreamState {
    const state = this.#streams.get(stream) ?? newState(false);
    this.#streams.set(stream, state);
    return state;
  }

  /** Folds what other nodes have committed since. */
  async #catchUp(): Promise<void> {
    for (;;) {
      const page: CommitOutline[] = await this.#commits.find({ _id: { $gt: this.#head.position } }, { projection: OUTLINE }).sort({ _id: 1 }).limit(PAGE).toArray();
      for (const commit of page) this.#fold(commit);
      if (page.length < PAGE) return;
    }
  }

  #fold({ _id: position, prevHash, hash, records }: CommitOutline): void {
    if (position !== this.#head.position + 1 || prevHash.toString('hex') !== this.#head.hash) {
      this.#fatal = new StoreError('STORE_LOG_DAMAGED', { file: this.#database, position: this.#head.position + 1, reason: 'another one follows the last that was read' });
      throw this.#fatal;
    }
    for (const record of records) {
      const state = this.#streams.get(record.stream);
      if (state !== undefined) addRecord(state, record, position);
    }
    this.#head = { position, hash: hash.toString('hex') };
  }

  /** True: the commit is in the log, for good. False: another one stands at its position. */
  async #insert(proposal: Proposal, commit: StoredCommit, batch: readonly Waiting[]): Promise<boolean> {
    const document = toDocument(commit, proposal.frames);
    this.#own.set(commit.uuid, commit);
    const from = performance.now();
    const isIn = (): true => {
      this.figures.committed(commit.records.length, commit.body.byteLength, performance.now() - from);
      return true;
    };
    let inDoubt = false;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await this.#commits.insertOne(document, DURABLE);
        return isIn();
      } catch (error) {
        if (!isDuplicateKey(error)) {
          const fault = faultOf(error);
          if (fault === 'refused' && !inDoubt) throw refusedWrite(this.#database, error);
          inDoubt ||= fault === 'unknown';
          this.#loseHope(error, batch, commit.position, inDoubt);
        }
      }
      const standing = await this.#uuidAt(commit.position);
      if (standing !== undefined) return standing === commit.uuid && isIn();
      await pause(pauseMs);
    }
  }

  /** Which commit stands at a position for good; undefined while none does or nobody answers. */
  async #uuidAt(position: number): Promise<string | undefined> {
    return this.#commits.findOne({ _id: position }, { projection: { uuid: 1 } }).then((found) => found?.uuid, () => undefined);
  }

  #publish(proposal: Proposal, commit: StoredCommit, batch: readonly Waiting[]): void {
    this.#fold(toDocument(commit, proposal.frames));
    this.#answer(batch, proposal.answers);
    for (const follower of this.#followers) follower.own(commit);
  }

  /** Repeats a question until it is answered, for as long as the oldest of the batch may wait. */
  async #patiently(batch: readonly Waiting[], ask: () => Promise<void>): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        await ask();
        return;
      } catch (error) {
        if (error instanceof StoreError) throw error;
        this.#loseHope(error, batch, this.#head.position + 1, false);
      }
      await pause(pauseMs);
    }
  }

  /** Refuses what has waited too long and was not sent. What is in doubt is held until the database says, or the store is closed. */
  #loseHope(error: unknown, batch: readonly Waiting[], position: number, inDoubt: boolean): void {
    const now = performance.now();
    const isLate = ({ since }: Waiting): boolean => now - since > this.#patienceMs;
    this.#reject(this.#waiting.filter(isLate), error);
    this.#waiting = this.#waiting.filter((waiting) => !isLate(waiting));
    if (!batch.every(isLate)) return;
    if (!inDoubt) throw unreachable(this.#database, error);
    if (this.#closing !== undefined) throw new StoreError('STORE_OUTCOME_UNKNOWN', { database: this.#database, position, reason: reasonOf(error) }, { cause: error });
  }

  #answer(batch: readonly Waiting[], answers: readonly Appended[]): void {
    this.figures.ended();
    this.figures.waiting -= batch.length;
    batch.forEach((waiting, index) => waiting.resolve(answers[index] as Appended));
  }

  #reject(batch: readonly Waiting[], error: unknown): void {
    this.figures.waiting -= batch.length;
    const failure = unreachable(this.#database, error);
    for (const waiting of batch) waiting.reject(failure);
  }
}

function newState(isComplete: boolean): StreamState {
  return { version: 0, at: -Infinity, keys: new Map(), isComplete };
}

function closed(): StoreError {
  return new StoreError('STORE_CLOSED', { store: 'event log' });
}
