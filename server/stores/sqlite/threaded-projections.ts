/**
 * The projection tables with their writing in a thread of its own, so that the event loop only gathers changes; searching uses a
 * read-only connection here. Same promises as createSqliteProjections, for files only.
 */
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import type { Page, Projections, Query, Row, Table, TableSpec } from '../../ports/projections.ts';
import type { Snapshot, Snapshots } from '../../ports/snapshots.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import type { Both, Change, Order, Outcome } from './projection-worker.ts';
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
  readonly #file: string;
  readonly #tables = new Map<string, ThreadedTable<Row>>();
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #reader: Database.Database | undefined;
  #closed = false;
  #checkpoint = 0;
  /** Position of the last batch that was handed over. */
  #posted = 0;
  #changes: Gathered | undefined;

  constructor(file: string) {
    this.#file = file;
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
      this.#tables.set(spec.name, new ThreadedTable<Row>(this.#tables.size, stored, (change) => this.#gather(spec.name, change)));
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

  amend(apply: () => void): Promise<void> {
    return attempt(() => {
      this.#open();
      return this.#order({ kind: 'amend', changes: this.#changesOf(apply) });
    });
  }

  #changesOf(apply: () => void): string {
    const changes = new Gathered(this.#tables.size);
    this.#changes = changes;
    try {
      apply();
      return JSON.stringify(changes.all());
    } finally {
      this.#changes = undefined;
    }
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

  #receive({ checkpoint, failure }: Outcome): void {
    this.#checkpoint = checkpoint;
    const waiting = this.#waiting.shift();
    if (failure === undefined) {
      waiting?.resolve();
      return;
    }
    this.#posted = checkpoint;
    waiting?.reject(StoreError.revive(failure));
  }

  #gather(table: string, change: Single): void {
    if (this.#changes === undefined) throw new StoreError('STORE_TABLE_TIMING', { table, expected: 'written inside commit', reason: 'no commit is running' });
    this.#changes.add(change);
  }

  #open(): Database.Database {
    if (this.#reader !== undefined) return this.#reader;
    throw notOpen(this.#closed, this.#tables.keys());
  }

  #read<T>(answer: () => T): T {
    return readJudged(this.#file, answer);
  }
}

type Single = Exclude<Change, Both>;

/** What one batch changes, each row once: many rows are put, changed and taken away again within the same tenth of a second. */
class Gathered {
  readonly #tables: readonly Map<string, Change>[];

  constructor(tables: number) {
    this.#tables = Array.from({ length: tables }, () => new Map<string, Change>());
  }

  add(change: Single): void {
    const table = this.#tables[change.table]!;
    const { key } = change;
    const before = table.get(key);
    table.set(key, before === undefined ? change : merged(before, change));
  }

  all(): readonly Change[] {
    return this.#tables.flatMap((table) => [...table.values()]);
  }
}

/** One change that does what two did, one after the other. */
function merged(before: Change, change: Single): Change {
  if (change.kind === 'put' || change.kind === 'delete') return change;
  if (before.kind === 'put') {
    if (change.kind === 'patch') return { ...before, row: { ...before.row, ...change.change } };
    return { ...before, row: { ...before.row, ...sums(before.row, change.amounts) } };
  }
  if (before.kind === 'delete') return change.kind === 'patch' ? before : { table: change.table, kind: 'put', key: change.key, row: { ...change.otherwise, ...change.amounts } };
  if (before.kind === 'both') {
    const last = before.changes.at(-1)!;
    const both = joined(last, change);
    return { ...before, changes: both === undefined ? [...before.changes, change] : [...before.changes.slice(0, -1), both] };
  }
  return joined(before, change) ?? { table: change.table, kind: 'both', key: change.key, changes: [before, change] };
}

/** Two changes of a row that is not at hand as one; undefined when they cannot be. A counter is added to thousands of times in a batch. */
function joined(before: Single, change: Single): Single | undefined {
  if (before.kind === 'patch' && change.kind === 'patch') return { ...before, change: { ...before.change, ...change.change } };
  if (before.kind !== 'add' || change.kind !== 'add') return undefined;
  // What only the second adds to must begin at nothing where the first makes the row.
  const begins = Object.keys(change.amounts).every((column) => Object.hasOwn(before.amounts, column) || Number(before.otherwise[column] ?? 0) === 0);
  return begins ? { ...before, amounts: { ...before.amounts, ...sums(before.amounts, change.amounts) } } : undefined;
}

function sums(row: Row, amounts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(amounts).map(([column, amount]) => [column, Number(row[column] ?? 0) + amount]));
}

/** One table: searched in `stored`, changed through `gather`. */
class ThreadedTable<R extends Row> implements Table<R> {
  readonly stored: SqliteTable<R>;
  readonly #number: number;
  readonly #gather: (change: Single) => void;

  constructor(number: number, stored: SqliteTable<R>, gather: (change: Single) => void) {
    this.#number = number;
    this.stored = stored;
    this.#gather = gather;
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
    this.#gather({ table: this.#number, kind: 'put', key: keyOf(this.stored.shape, row), row });
  }

  patch(key: string, change: Partial<R>): void {
    this.#gather({ table: this.#number, kind: 'patch', key, change });
  }

  add(key: string, amounts: Readonly<Record<string, number>>, otherwise: R): void {
    this.#gather({ table: this.#number, kind: 'add', key, amounts, otherwise });
  }

  delete(key: string): void {
    this.#gather({ table: this.#number, kind: 'delete', key });
  }
}
