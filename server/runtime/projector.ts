/**
 * Feeds the projections behind the commits: in order, in batches, rows and checkpoint together. A reader that has just written
 * waits for its position.
 */
import type { Commit, EventStore, StoredRecord } from '../ports/event-store.ts';
import type { Projections } from '../ports/projections.ts';
import { ClosedCases } from './closed-cases.ts';
import type { SealedCases } from './closed-cases.ts';
import type { DecodedRecord, Owed, Projection } from './types.ts';

const BATCH = 500;
/** While catching up: commits read at once, and records folded in one transaction. A commit has up to 1,000 records or 4 MiB. */
const COMMITS_AT_ONCE = 8;
const RECORDS_AT_ONCE = 4_000;
const TOLD_EVERY_MS = 1_000;
/** Commits from which on a rebuild is worth preparing for. */
const LONG_LOG = 1_000;
const SETTLE_MS = 2_000;
/** Pause before the log is read again after folding failed; doubles up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
const GATHER_MS = 100;
/** With so many records waiting nothing more is gathered. Of staged ones only rows wait; the others are carried whole through every garbage collection. */
const GATHER_STAGED = 4_000;
const GATHER_RECORDS = 1_000;

/** `count`: of its records. `staged`: they have been applied and only wait to be written, with all other staged ones, which stand in front; `records` is empty then. */
interface Batch {
  readonly position: number;
  readonly count: number;
  readonly staged: boolean;
  readonly records: readonly DecodedRecord[];
  readonly write?: () => void;
  /** Then some of the closed cases that are owed. */
  readonly isTurn?: true;
}

interface Waiter {
  readonly position: number;
  readonly done: (reached: boolean) => void;
}

export type OnProgress = (position: number, head: number, doing: 'look' | 'fold') => void;

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly projections: Projections;
  readonly readers: readonly Projection[];
  readonly decode: (record: StoredRecord) => Promise<DecodedRecord>;
  /** The closed cases that a rebuild of a long log leaves out and folds later; absent: none. `openPart`: a record without its private fields. */
  readonly sealed?: SealedCases & { readonly openPart: (record: StoredRecord) => DecodedRecord };
  /** Commits from which on a log is long; default 1,000. */
  readonly longLog?: number;
  /** How long commits are gathered with nobody waiting, milliseconds; default 100. A task that is offered and completed meanwhile is never written. */
  readonly gatherMs?: number;
  /** Told about once a second while catching up: `look`, the log is looked through for cases at work; `fold`, it is folded. */
  readonly onProgress?: OnProgress;
  /** Told about every failure to fold; the log is read again after a pause. */
  readonly onFailure?: (error: unknown) => void;
}

export class Projector {
  readonly #options: ProjectorOptions;
  readonly #queue: Batch[] = [];
  /** Records in the queue. */
  #queued = 0;
  /** While batches are at work that were not staged: nothing may be applied in front of them. */
  #blocked = false;
  #waiters: Waiter[] = [];
  #position = 0;
  #pushed = 0;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #failure: unknown;
  /** Set while folding has stopped: ends the pause before the log is read again. */
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  /** The closed cases that are still owed; undefined: none. */
  #closed: ClosedCases | undefined;
  #nextTurn: NodeJS.Timeout | undefined;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  get position(): number {
    return this.#position;
  }

  /** Up to which commit the closed cases that a rebuild has left out are folded, and how far they go; undefined: none is left out. */
  get owed(): Owed | undefined {
    return this.#closed?.backlog;
  }

  /** Folds what the log has beyond the checkpoint, but for closed cases that are folded later. A checkpoint beyond the log belongs to another log: everything is rebuilt. */
  async catchUp(): Promise<void> {
    const { store, projections, longLog = LONG_LOG } = this.#options;
    const head = await store.head();
    this.#position = await projections.checkpoint();
    if (this.#position > head.position || ((await projections.backlog())?.through ?? 0) > head.position) {
      await projections.reset();
      this.#position = 0;
    }
    const isRebuild = this.#position === 0 && head.position > longLog;
    await this.#leaveOut(isRebuild);
    if (isRebuild) {
      await projections.beginRebuild?.();
      await this.#foldTo(head.position).finally(() => projections.finishRebuild?.());
    } else await this.#foldTo(head.position);
    this.#pushed = Math.max(this.#pushed, this.#position);
    this.#later(0);
  }

  /** Closed cases are left out of a rebuild from its beginning on; what an earlier start has left out stays left out until it is folded. */
  async #leaveOut(isRebuild: boolean): Promise<void> {
    const { store, projections, readers, decode, sealed } = this.#options;
    this.#closed = undefined;
    if (sealed === undefined) return;
    let backlog = await projections.backlog();
    if (backlog === undefined && isRebuild) {
      const through = await sealed.through();
      if (through === 0) return;
      backlog = { through, position: 0, index: -1 };
      await projections.amend(() => undefined, backlog);
    }
    if (backlog === undefined) return;
    const closed = new ClosedCases({ store, readers, decode, ...sealed }, backlog);
    if (this.#position < backlog.through) await closed.lookThrough(this.#teller('look'));
    this.#closed = closed;
  }

  #teller(doing: 'look' | 'fold'): (position: number, head: number) => void {
    const { onProgress } = this.#options;
    let told = Date.now();
    return (position, head) => {
      if (onProgress === undefined || Date.now() - told < TOLD_EVERY_MS) return;
      told = Date.now();
      onProgress(position, head, doing);
    };
  }

  async #foldTo(head: number): Promise<void> {
    const tell = this.#teller('fold');
    let next = this.#nextOf(this.#position);
    while (this.#position < head) {
      const batch = await next;
      // The next part is read and decoded while this one is being written.
      const folding = this.#fold(batch);
      next = this.#nextOf(batch.at(-1)?.position ?? this.#position);
      next.catch(() => undefined);
      await folding;
      tell(this.#position, head);
    }
  }

  /** Commits behind `position`, decoded: about as many records as fit into memory easily. */
  async #nextOf(position: number): Promise<readonly Batch[]> {
    const { store, decode } = this.#options;
    const closed = this.#closed;
    const batch: Batch[] = [];
    let after = position;
    for (let records = 0; records < RECORDS_AT_ONCE;) {
      const commits = await store.readAll(after, COMMITS_AT_ONCE);
      for (const commit of commits) {
        batch.push({ position: commit.position, count: commit.records.length, staged: false, records: await (closed?.decode(commit.records) ?? Promise.all(commit.records.map(decode))) });
        records += commit.records.length;
        after = commit.position;
      }
      if (commits.length < COMMITS_AT_ONCE) break;
    }
    return batch;
  }

  /**
   * A commit of this node, in order from the position of the last catch-up on. While folding has failed, or after one that did not
   * come (its records could not be read), nothing is folded out of turn: what is missing is read from the log again.
   */
  push(commit: Pick<Commit, 'position'>, records: readonly DecodedRecord[]): void {
    if (commit.position <= this.#pushed) return;
    const missing = commit.position > this.#pushed + 1;
    this.#pushed = commit.position;
    if (this.#failure !== undefined) return;
    if (missing) {
      this.#stall(new Error(`Expected the commits before ${String(commit.position)} to be folded, but one could not be read`), FIRST_PAUSE_MS);
      return;
    }
    this.#enqueue(commit.position, records);
    if (this.#isFull()) this.#wake?.();
    this.#running ??= this.#run();
  }

  #enqueue(position: number, records: readonly DecodedRecord[]): void {
    try {
      const staged = this.#stage(records);
      this.#queue.push({ position, count: records.length, staged, records: staged ? [] : records });
      this.#queued += records.length;
    } catch (error) {
      this.#stall(error, FIRST_PAUSE_MS);
    }
  }

  /** Applies records at once when nothing must be looked up for them: what waits to be written is then a few rows, not all that happened. */
  #stage(records: readonly DecodedRecord[]): boolean {
    const { readers, projections: { staging } } = this.#options;
    const last = this.#queue.at(-1);
    if (this.#closed !== undefined && ClosedCases.areCut(records)) return false;
    if (staging === undefined || this.#blocked || last?.staged === false || this.#queue.length >= BATCH) return false;
    for (const reader of readers) {
      const preparing = reader.prepare?.(records);
      if (preparing === undefined) continue;
      // It is asked again when its turn has come.
      preparing.catch(() => undefined);
      return false;
    }
    staging.add(() => { this.#apply(records); });
    return true;
  }

  #apply(records: readonly DecodedRecord[]): void {
    const { readers } = this.#options;
    for (const record of records) for (const reader of this.#closed?.readersOf(record) ?? readers) reader.apply(record);
  }

  /** Changes tables beside the log, after everything pushed before; a rebuild does not repeat it. */
  write(write: () => void): void {
    if (this.#failure !== undefined) return;
    this.#queue.push({ position: Math.max(this.#pushed, this.#position), count: 0, records: [], staged: false, write });
    this.#running ??= this.#run();
  }

  /** True when the tables include `position`, false when they do not within two seconds. */
  settled(position: number): Promise<boolean> {
    if (position <= this.#position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter: Waiter = { position, done: (reached) => { clearTimeout(timer); resolve(reached); } };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(false);
      }, SETTLE_MS);
      this.#waiters.push(waiter);
      this.#wake?.();
    });
  }

  /** Waits until everything pushed is folded, for the last time; throws what stopped it. */
  async drain(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#nextTurn);
    this.#wake?.();
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  /** Why folding stopped: a bug in a projection or a full disk. The log goes on, and from it folding is tried again. */
  get failure(): unknown {
    return this.#failure;
  }

  async #run(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        await this.#gather();
        await this.#fold(this.#take());
      }
    } catch (error) {
      this.#stall(error, FIRST_PAUSE_MS);
    } finally {
      this.#running = undefined;
    }
  }

  /** What may be written together: the staged ones, or else some that are not. */
  #take(): readonly Batch[] {
    const first = this.#queue[0]?.staged;
    const other = this.#queue.findIndex(({ staged }) => staged !== first);
    const batch = this.#queue.splice(0, Math.min(BATCH, other < 0 ? this.#queue.length : other));
    for (const { count } of batch) this.#queued -= count;
    return batch;
  }

  /** What waits is dropped: the log has it, and folding later commits first would leave a hole that no restart finds. */
  #stall(error: unknown, pauseMs: number): void {
    this.#failure = error;
    this.#queue.length = 0;
    this.#queued = 0;
    this.#blocked = false;
    this.#options.projections.staging?.drop();
    this.#options.onFailure?.(error);
    if (!this.#stopped) this.#retry = setTimeout(() => { this.#running = this.#recover(this.#running, pauseMs); }, pauseMs);
  }

  async #recover(before: Promise<void> | undefined, pauseMs: number): Promise<void> {
    await before;
    try {
      do await this.catchUp(); while (this.#position < this.#pushed);
      this.#failure = undefined;
    } catch (error) {
      this.#stall(error, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
    } finally {
      this.#running = undefined;
    }
  }

  /** Until somebody waits for a position, the batch is full, or the time is up. */
  async #gather(): Promise<void> {
    // What arrives in the same turn of the event loop shares a transaction in any case.
    await new Promise((resolve) => setImmediate(resolve));
    const { gatherMs = GATHER_MS } = this.#options;
    if (gatherMs === 0 || this.#waiters.length > 0 || this.#isFull() || this.#queue.some(({ isTurn }) => isTurn)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, gatherMs);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
    this.#wake = undefined;
  }

  #isFull(): boolean {
    return this.#queue.length >= BATCH || this.#queued >= (this.#queue.at(-1)?.staged === true ? GATHER_STAGED : GATHER_RECORDS);
  }

  async #prepare(records: readonly DecodedRecord[]): Promise<void> {
    for (const reader of this.#options.readers) {
      if (reader.prepare === undefined) continue;
      await reader.prepare(records.filter((record) => this.#closed?.readersOf(record).includes(reader) ?? true));
    }
  }

  async #fold(batch: readonly Batch[]): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    await this.#write(last, batch);
    this.#position = last.position;
    for (const reader of this.#options.readers) reader.written?.(last.position);
    if (this.#waiters.length === 0) return;
    for (const waiter of this.#waiters) if (waiter.position <= this.#position) waiter.done(true);
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > this.#position);
  }

  /** Nothing is awaited between taking what was staged and handing it over, nor is anything staged before what is not. */
  async #write({ position, staged }: Batch, batch: readonly Batch[]): Promise<void> {
    const { projections } = this.#options;
    if (staged) {
      await projections.commit(position, () => undefined);
      return;
    }
    this.#blocked = true;
    const met = batch.flatMap((part) => part.records);
    const records = await this.#closed?.whole(met) ?? met;
    await this.#prepare(records);
    const committed = projections.commit(position, () => { this.#apply(records); });
    const isTurn = batch.some((part) => part.isTurn);
    if (!isTurn && !batch.some(({ write }) => write)) {
      this.#blocked = false;
      await committed;
      return;
    }
    await committed;
    const amended = projections.amend(() => { for (const { write } of batch) write?.(); });
    if (!isTurn) this.#blocked = false;
    await amended;
    if (isTurn) await this.#foldClosed(position);
  }

  /** Some of the closed cases that are owed, with what is owed then, in one transaction. `position`: what is in the tables. */
  async #foldClosed(position: number): Promise<void> {
    const began = performance.now();
    const closed = this.#closed;
    if (closed === undefined) return;
    const { records, readers, backlog } = await closed.next(position);
    for (const reader of readers) await reader.prepare?.(records);
    const amended = this.#options.projections.amend(() => { for (const record of records) for (const reader of readers) reader.apply(record); }, backlog);
    this.#blocked = false;
    await amended;
    if (backlog === null) this.#closed = undefined;
    else closed.folded(backlog);
    this.#later(performance.now() - began);
  }

  /** The next of the closed cases that are owed, after a rest. */
  #later(restMs: number): void {
    clearTimeout(this.#nextTurn);
    if (this.#closed === undefined || this.#stopped) return;
    this.#nextTurn = setTimeout(() => {
      if (this.#failure !== undefined) return;
      this.#queue.push({ position: Math.max(this.#pushed, this.#position), count: 0, records: [], staged: false, isTurn: true });
      this.#running ??= this.#run();
    }, restMs);
  }
}
