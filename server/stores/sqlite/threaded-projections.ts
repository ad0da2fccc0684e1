/**
 * The projection tables with their writing in a thread of its own, so that the event loop only gathers changes; searching uses a
 * read-only connection here. Same promises as createSqliteProjections, for files only.
 */
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Backlog, Page, Projections, Query, Row, Staging, Table, TableSpec } from '../../ports/projections.ts';
import type { Snapshot, Snapshots } from '../../ports/snapshots.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import type { Change, Changes, Order, Outcome, TableChanges } from './projection-worker.ts';
import { fingerprint, notOpen, readJudged } from './projections.ts';
import { SqliteSnapshots } from './snapshots.ts';
import { keyOf, shapeOf } from './table-shape.ts';
import { SqliteTable } from './table.ts';

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** `file`: a path. Call `open` before use; the thread starts then. */
export function createThreadedProjections(file: string): Required<Projections> & { readonly snapshots: Snapshots } {
  return new ThreadedProjections(file);
}

class ThreadedProjections implements Projections {
  readonly snapshots: Snapshots;
  readonly staging: Staging;
  readonly #file: string;
  readonly #tables = new Map<string, ThreadedTable<Row>>();
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #reader: Database.Database | undefined;
  #closed = false;
  #checkpoint = 0;
  #backlog: Backlog | undefined;
  /** Position of the last batch that was handed over. */
  #posted = 0;
  /** While a batch is applied. */
  #gathers = false;

  constructor(file: string) {
    this.#file = file;
    this.staging = { add: (apply) => { this.#gather(apply); }, drop: () => { this.#drop(); } };
    const stored = new SqliteSnapshots({ db: () => this.#open(), read: (answer) => this.#read(answer), write: () => undefined });
    this.snapshots = {
      put: (snapshot: Snapshot) => this.#order({ kind: 'keep', snapshot }),
      get: (stream: string) => stored.get(stream),
      delete: (stream: string) => this.#order({ kind: 'forget', stream }),
    };
  }

  table<R extends Row>(spec: TableSpec): Table<R> {
    const declared = this.#tables.get(spec.name);
    if (declared === undefined) {
      if (this.#reader !== undefined) throw new StoreError('STORE_TABLE_TIMING', { table: spec.name, expected: 'declared before open', reason: 'the tables are open' });
      const stored = new SqliteTable<Row>(shapeOf(spec), { db: () => this.#open(), read: (answer) => this.#read(answer), writing: () => false });
      this.#tables.set(spec.name, new ThreadedTable<Row>(stored, () => this.#gathering(spec.name)));
    } else if (fingerprint(declared.stored.shape.spec) !== fingerprint(spec)) {
      throw new StoreError('STORE_TABLE_CONFLICT', { table: spec.name });
    }
    return this.#tables.get(spec.name) as unknown as Table<R>;
  }

  async open(): Promise<void> {
    this.#worker = this.#start();
    try {
      await this.#order({ kind: 'open', specs: [...this.#tables.values()].map(({ stored }) => stored.shape.spec) });
      this.#reader = new Database(this.#file, { readonly: true });
    } catch (error) {
      await this.#worker.terminate();
      throw error;
    }
    this.#posted = this.#checkpoint;
  }

  checkpoint(): Promise<number> {
    return attempt(() => {
      this.#open();
      return this.#checkpoint;
    });
  }

  commit(position: number, apply: () => void): Promise<void> {
    return attempt(() => {
      this.#open();
      if (position <= this.#posted) return Promise.resolve();
      const changes = this.#changesOf(apply);
      const order = { kind: 'commit', after: this.#posted, position, changes } as const;
      this.#posted = position;
      return this.#order(order);
    });
  }

  backlog(): Promise<Backlog | undefined> {
    return attempt(() => {
      this.#open();
      return this.#backlog;
    });
  }

  amend(apply: () => void, backlog?: Backlog | null): Promise<void> {
    return attempt(() => {
      this.#open();
      return this.#order({ kind: 'amend', changes: this.#changesOf(apply), backlog });
    });
  }

  #changesOf(apply: () => void): string {
    try {
      this.#gather(apply);
      return JSON.stringify([...this.#tables.values()].map(({ gathered }) => gathered.all()) satisfies Changes);
    } finally {
      this.#drop();
    }
  }

  #gather(apply: () => void): void {
    this.#gathers = true;
    try {
      apply();
    } finally {
      this.#gathers = false;
    }
  }

  #drop(): void {
    for (const { gathered } of this.#tables.values()) gathered.clear();
  }

  beginRebuild(): Promise<void> {
    return this.#order({ kind: 'begin-rebuild' });
  }

  finishRebuild(): Promise<void> {
    return this.#order({ kind: 'finish-rebuild' });
  }

  async reset(): Promise<void> {
    this.#open();
    await this.#order({ kind: 'reset' });
    this.#posted = this.#checkpoint;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader?.close();
    this.#reader = undefined;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    worker.postMessage({ kind: 'close' } satisfies Order);
    this.#waiting.push({ resolve: () => undefined, reject: () => undefined });
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(new URL('./projection-worker.ts', import.meta.url), { workerData: { file: this.#file } });
    worker.on('message', (outcome: Outcome) => this.#receive(outcome));
    const lose = (reason: string): void => {
      const error = new StoreError('STORE_WRITER_ENDED', { file: this.#file, reason });
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      this.#worker = undefined;
    };
    worker.once('error', (error) => lose(String(error)));
    worker.once('exit', (code) => lose(`exit code ${String(code)}`));
    return worker;
  }

  #order(order: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new StoreError('STORE_CLOSED', { store: 'projections' });
      if (this.#worker === undefined) throw new StoreError('STORE_WRITER_ENDED', { file: this.#file, reason: 'it was not started or has ended' });
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(order);
    });
  }

  #receive({ checkpoint, backlog, failure }: Outcome): void {
    this.#checkpoint = checkpoint;
    this.#backlog = backlog;
    const waiting = this.#waiting.shift();
    if (failure === undefined) {
      waiting?.resolve();
      return;
    }
    this.#posted = checkpoint;
    waiting?.reject(StoreError.revive(failure));
  }

  #gathering(table: string): void {
    if (!this.#gathers) throw new StoreError('STORE_TABLE_TIMING', { table, expected: 'written inside commit', reason: 'no commit is running' });
  }

  #open(): Database.Database {
    if (this.#reader !== undefined) return this.#reader;
    throw notOpen(this.#closed, this.#tables.keys());
  }

  #read<T>(answer: () => T): T {
    return readJudged(this.#file, answer);
  }
}

/** What one batch changes in one table, each row once: many rows are put, changed and taken away again within the same tenth of a second. */
class Gathered {
  /** Rows that were not there before; null: taken away again, so that they never were. */
  #inserts = new Map<string, Row | null>();
  /** Other rows as they will be; null: taken away. */
  #rows = new Map<string, Row | null>();
  /** Changes of rows that are not at hand. */
  #changes = new Map<string, Change[]>();

  insert(key: string, row: Row): void {
    if (this.#rows.has(key)) this.#set(key, row);
    else this.#inserts.set(key, row);
    // What was to change before it was there changes nothing.
    this.#changes.delete(key);
  }

  put(key: string, row: Row): void {
    if (this.#inserts.has(key)) this.#inserts.set(key, row);
    else this.#set(key, row);
  }

  delete(key: string): void {
    if (this.#inserts.has(key)) this.#inserts.set(key, null);
    else this.#set(key, null);
  }

  #set(key: string, row: Row | null): void {
    this.#rows.set(key, row);
    if (this.#changes.size > 0) this.#changes.delete(key);
  }

  change(change: Change): void {
    const inserted = this.#inserts.get(change.key);
    if (inserted !== undefined) {
      this.#inserts.set(change.key, changed(inserted, change));
      return;
    }
    const row = this.#rows.get(change.key);
    if (row !== undefined) {
      this.#rows.set(change.key, changed(row, change));
      return;
    }
    const earlier = this.#changes.get(change.key);
    if (earlier === undefined) {
      this.#changes.set(change.key, [change]);
      return;
    }
    const both = joined(earlier.at(-1)!, change);
    if (both === undefined) earlier.push(change);
    else earlier[earlier.length - 1] = both;
  }

  all(): TableChanges {
    const puts: Row[] = [];
    const deletes: string[] = [];
    for (const [key, row] of this.#rows) {
      if (row === null) deletes.push(key);
      else puts.push(row);
    }
    return [[...this.#inserts.values()].filter((row) => row !== null), puts, deletes, [...this.#changes.values()].flat()];
  }

  clear(): void {
    // Not cleared, nor is anything deleted from them: a table that a map leaves behind refers to the next one, and through it everything
    // that was ever in the map reaches the old generation of the heap.
    if (this.#inserts.size > 0) this.#inserts = new Map();
    if (this.#rows.size > 0) this.#rows = new Map();
    if (this.#changes.size > 0) this.#changes = new Map();
  }
}

/** The row after the change; a row that was taken away is only made again by an `add`. */
function changed(row: Row | null, change: Change): Row | null {
  if ('patch' in change) return row && { ...row, ...change.patch };
  return row === null ? { ...change.otherwise, ...change.add } : { ...row, ...sums(row, change.add) };
}

/** Two changes of a row that is not at hand as one; undefined when they cannot be. A counter is added to thousands of times in a batch. */
function joined(before: Change, change: Change): Change | undefined {
  if ('patch' in before && 'patch' in change) return { key: before.key, patch: { ...before.patch, ...change.patch } };
  if ('patch' in before || 'patch' in change) return undefined;
  // What only the second adds to must begin at nothing where the first makes the row.
  const begins = Object.keys(change.add).every((column) => Object.hasOwn(before.add, column) || Number(before.otherwise[column] ?? 0) === 0);
  return begins ? { ...before, add: { ...before.add, ...sums(before.add, change.add) } } : undefined;
}

function sums(row: Row, amounts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).map(([column, amount]) => [column, Number(row[column] ?? 0) + amount]));
}

/** One table: searched in `stored`, its changes gathered until the end of the batch. `check` throws outside of one. */
class ThreadedTable<R extends Row> implements Table<R> {
  readonly stored: SqliteTable<R>;
  readonly gathered = new Gathered();
  readonly #check: () => void;

  constructor(stored: SqliteTable<R>, check: () => void) {
    this.stored = stored;
    this.#check = check;
  }

  get(key: string): Promise<R | undefined> {
    return this.stored.get(key);
  }

  find(query: Query): Promise<Page<R>> {
    return this.stored.find(query);
  }

  count(query: Pick<Query, 'where' | 'below'>): Promise<number> {
    return this.stored.count(query);
  }

  put(row: R): void {
    this.#check();
    this.gathered.put(keyOf(this.stored.shape, row), row);
  }

  insert(row: R): void {
    this.#check();
    this.gathered.insert(keyOf(this.stored.shape, row), row);
  }

  patch(key: string, patch: Partial<R>): void {
    this.#check();
    this.gathered.change({ key, patch });
  }

  add(key: string, add: Readonly<Record<string, number>>, otherwise: R): void {
    this.#check();
    this.gathered.change({ key, add, otherwise });
  }

  delete(key: string): void {
    this.#check();
    this.gathered.delete(key);
  }
}
