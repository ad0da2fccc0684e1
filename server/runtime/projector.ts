/**
 * Feeds the projections behind the commits: in order, in batches, rows and checkpoint together. A reader that has just written
 * waits for its position.
 */
import type { Commit, EventStore, StoredRecord } from '../ports/event-store.ts';
import type { Projections } from '../ports/projections.ts';
import type { DecodedRecord, Projection } from './types.ts';

const BATCH = 500;
const SETTLE_MS = 2_000;

interface Batch {
  readonly position: number;
  readonly records: readonly DecodedRecord[];
  readonly write?: () => void;
}

interface Waiter {
  readonly position: number;
  readonly done: (reached: boolean) => void;
}

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly projections: Projections;
  readonly readers: readonly Projection[];
  readonly decode: (record: StoredRecord) => Promise<DecodedRecord>;
  /** Called with every 10,000 commits while catching up. */
  readonly onProgress?: (position: number, head: number) => void;
}

export class Projector {
  readonly #options: ProjectorOptions;
  readonly #queue: Batch[] = [];
  #waiters: Waiter[] = [];
  #position = 0;
  #pushed = 0;
  #running: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: ProjectorOptions) {
    this.#options = options;
  }

  get position(): number {
    return this.#position;
  }

  /** Folds what the log has beyond the checkpoint. A checkpoint beyond the log belongs to another log: everything is rebuilt. */
  async catchUp(): Promise<void> {
    const { store, projections, decode, onProgress } = this.#options;
    const head = await store.head();
    this.#position = await projections.checkpoint();
    if (this.#position > head.position) {
      await projections.reset();
      this.#position = 0;
    }
    while (this.#position < head.position) {
      const commits = await store.readAll(this.#position, BATCH);
      const batch = await Promise.all(commits.map(async (commit) => ({ position: commit.position, records: await Promise.all(commit.records.map(decode)) })));
      await this.#fold(batch);
      if (onProgress && this.#position % 10_000 < BATCH) onProgress(this.#position, head.position);
    }
  }

  /** A commit of this node. Commits come in order, without gaps, from the position of the last catch-up on. */
  push(commit: Pick<Commit, 'position'>, records: readonly DecodedRecord[]): void {
    if (commit.position <= this.#position) return;
    this.#pushed = commit.position;
    this.#queue.push({ position: commit.position, records });
    this.#running ??= this.#run();
  }

  /** Changes tables beside the log, after everything pushed before; a rebuild does not repeat it. */
  write(write: () => void): void {
    this.#queue.push({ position: Math.max(this.#pushed, this.#position), records: [], write });
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
    });
  }

  /** Waits until everything pushed is folded; throws what stopped it. */
  async drain(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  /** Why folding stopped: a bug in a projection or a full disk. The log goes on; a restart tries again. */
  get failure(): unknown {
    return this.#failure;
  }

  async #run(): Promise<void> {
    // What arrives in the same turn of the event loop shares a transaction.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#queue.length > 0) await this.#fold(this.#queue.splice(0, BATCH));
    } catch (error) {
      this.#failure = error;
      this.#queue.length = 0;
    } finally {
      this.#running = undefined;
    }
  }

  async #fold(batch: readonly Batch[]): Promise<void> {
    const last = batch.at(-1);
    if (!last) return;
    await this.#options.projections.commit(last.position, () => {
      for (const { records } of batch) for (const record of records) for (const reader of this.#options.readers) reader.apply(record);
    });
    this.#position = last.position;
    if (batch.some(({ write }) => write)) await this.#options.projections.amend(() => { for (const { write } of batch) write?.(); });
    if (this.#waiters.length === 0) return;
    for (const waiter of this.#waiters) if (waiter.position <= this.#position) waiter.done(true);
    this.#waiters = this.#waiters.filter((waiter) => waiter.position > this.#position);
  }
}
