/**
 * Derived tables and snapshots in a database file of their own. Nothing in it is the truth: what is damaged, or declared
 * differently than it was, is emptied and folded again from the log.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Backlog, Projections, Row, Table, TableSpec } from '../../ports/projections.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { SqliteSnapshots } from './snapshots.ts';
import { isDamage, openFailure, reason, writeFailure } from './sqlite-failure.ts';
import { createStatements, indexStatements, shapeOf } from './table-shape.ts';
import { SqliteTable } from './table.ts';

/** Raised when the layout of tables changes, so that older files are emptied. */
const LAYOUT = 2;

/** `file`: a path, or `:memory:` for tests. Call `open` before use. */
export function createSqliteProjections(file: string): Required<Omit<Projections, 'staging'>> & { readonly snapshots: Snapshots } {
  return new SqliteProjections(file);
}

class SqliteProjections implements Projections {
  readonly snapshots: Snapshots;
  readonly #file: string;
  readonly #tables = new Map<string, SqliteTable<Row>>();
  #db: Database.Database | undefined;
  #closed = false;
  #checkpoint = 0;
  #backlog: Backlog | undefined;
  #writing = false;
  #moveCheckpoint: Database.Statement<[string, number | string]> | undefined;

  constructor(file: string) {
    this.#file = file;
    this.snapshots = new SqliteSnapshots({ db: () => this.#open(), read: (answer) => this.#read(answer), write: (change) => this.#write(change) });
  }

  table<R extends Row>(spec: TableSpec): Table<R> {
    const declared = this.#tables.get(spec.name);
    if (declared === undefined) {
      if (this.#db !== undefined) throw new StoreError('STORE_TABLE_TIMING', { table: spec.name, expected: 'declared before open', reason: 'the tables are open' });
      const host = { db: () => this.#open(), read: <T>(answer: () => T) => this.#read(answer), writing: () => this.#writing };
      this.#tables.set(spec.name, new SqliteTable<Row>(shapeOf(spec), host));
    } else if (fingerprint(declared.shape.spec) !== fingerprint(spec)) {
      throw new StoreError('STORE_TABLE_CONFLICT', { table: spec.name });
    }
    return this.#tables.get(spec.name) as unknown as Table<R>;
  }

  open(): Promise<void> {
    try {
      this.#db = this.#connect();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(openFailure(this.#file, error));
    }
  }

  checkpoint(): Promise<number> {
    return attempt(() => {
      this.#open();
      return this.#checkpoint;
    });
  }

  commit(position: number, apply: () => void): Promise<void> {
    return attempt(() => {
      // A commit delivered again is already in the tables.
      if (position <= this.#checkpoint) return;
      this.#change(apply, (db) => { this.#setCheckpoint(db, position); });
      this.#checkpoint = position;
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
      this.#change(apply, (db) => { if (backlog !== undefined) setBacklog(db, backlog); });
      if (backlog !== undefined) this.#backlog = backlog ?? undefined;
    });
  }

  beginRebuild(): Promise<void> {
    return attempt(() => {
      if (this.#checkpoint > 0) return;
      this.#write((db) => { for (const { name } of this.#indexes()) db.exec(`DROP INDEX IF EXISTS ${name}`); });
    });
  }

  finishRebuild(): Promise<void> {
    return attempt(() => { for (const { create } of this.#indexes()) this.#write((db) => { db.exec(create); }); });
  }

  #indexes(): { readonly name: string; readonly create: string }[] {
    return [...this.#tables.values()].flatMap(({ shape }) => indexStatements(shape));
  }

  reset(): Promise<void> {
    return attempt(() => {
      this.#write((db) => this.#createTables(db));
      this.#checkpoint = 0;
      this.#backlog = undefined;
    });
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#db?.close();
    this.#db = undefined;
    return Promise.resolve();
  }

  #open(): Database.Database {
    if (this.#db !== undefined) return this.#db;
    throw notOpen(this.#closed, this.#tables.keys());
  }

  #read<T>(answer: () => T): T {
    return readJudged(this.#file, answer);
  }

  /** Runs `change` as one transaction; after a failure nothing of it remains. */
  #write(change: (db: Database.Database) => void): void {
    const db = this.#open();
    try {
      db.transaction(change)(db);
    } catch (error) {
      for (const table of this.#tables.values()) table.forget();
      throw judgeProjectionFailure(this.#file, error);
    }
  }

  #connect(): Database.Database {
    if (existsSync(marker(this.#file))) removeFiles(this.#file);
    try {
      return this.#prepare();
    } catch (error) {
      if (!isDamage(error)) throw error;
      removeFiles(this.#file);
      return this.#prepare();
    }
  }

  #prepare(): Database.Database {
    const db = new Database(this.#file);
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = NORMAL');
      // Rows and their index entries lie scattered: fewer, larger checkpoints write each page once for many changes.
      db.pragma('wal_autocheckpoint = 8000');
      db.pragma('cache_size = -65536');
      db.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID');
      db.exec(SqliteSnapshots.table);
      for (const table of this.#tables.values()) table.detach();
      this.#moveCheckpoint = undefined;
      if (meta(db, 'declaration') !== this.#declaration()) db.transaction(() => this.#createTables(db))();
      // A rebuild that was interrupted had put them off.
      for (const { create } of this.#indexes()) db.exec(create);
      this.#checkpoint = Number(meta(db, 'checkpoint') ?? 0);
      const owed = meta(db, 'backlog') as string | undefined;
      this.#backlog = owed === undefined ? undefined : JSON.parse(owed) as Backlog;
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  #declaration(): string {
    const specs = [...this.#tables.values()].map((table) => fingerprint(table.shape.spec)).sort();
    return JSON.stringify([LAYOUT, ...specs]);
  }

  #createTables(db: Database.Database): void {
    const earlier = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 't\\_%' ESCAPE '\\' OR name LIKE 'k\\_%' ESCAPE '\\')").pluck().all();
    for (const name of earlier) db.exec(`DROP TABLE ${name}`);
    for (const table of this.#tables.values()) {
      table.detach();
      for (const statement of createStatements(table.shape)) db.exec(statement);
    }
    for (const { create } of this.#indexes()) db.exec(create);
    db.prepare("INSERT INTO meta (name, value) VALUES ('declaration', ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(this.#declaration());
    this.#setCheckpoint(db, 0);
    setBacklog(db, null);
  }

  #change(apply: () => void, then: (db: Database.Database) => void): void {
    this.#write((db) => {
      this.#writing = true;
      try {
        apply();
      } finally {
        this.#writing = false;
      }
      for (const table of this.#tables.values()) table.flush();
      then(db);
    });
  }

  #setCheckpoint(db: Database.Database, position: number): void {
    this.#moveCheckpoint ??= db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value');
    this.#moveCheckpoint.run('checkpoint', position);
  }
}

/** Why there is no connection: closed, or not opened yet. */
export function notOpen(closed: boolean, tables: Iterable<string>): StoreError {
  if (closed) return new StoreError('STORE_CLOSED', { store: 'projections' });
  return new StoreError('STORE_TABLE_TIMING', { table: [...tables].join(', '), expected: 'opened before use', reason: 'open was not called' });
}

/** Reads, with a failure of the file told as one of this room. */
export function readJudged<T>(file: string, answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    throw judgeProjectionFailure(file, error);
  }
}

/** SQLite's errors as StoreErrors; a damaged file is marked, so that the next open makes it new. */
export function judgeProjectionFailure(file: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  if (!isDamage(error)) return writeFailure(file, error);
  if (file !== ':memory:') writeFileSync(marker(file), '');
  return new StoreError('STORE_PROJECTIONS_DAMAGED', { file, reason: reason(error) }, { cause: error });
}

function meta(db: Database.Database, name: string): unknown {
  return db.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name);
}

function setBacklog(db: Database.Database, backlog: Backlog | null): void {
  if (backlog === null) db.prepare("DELETE FROM meta WHERE name = 'backlog'").run();
  else db.prepare("INSERT INTO meta (name, value) VALUES ('backlog', ?) ON CONFLICT DO UPDATE SET value = excluded.value").run(JSON.stringify(backlog));
}

/** Two declarations with the same fingerprint are the same table. */
export function fingerprint(spec: TableSpec): string {
  return JSON.stringify([spec.name, spec.key, spec.indexes, spec.lists ?? [], spec.counts ?? []]);
}

function marker(file: string): string {
  return `${file}.damaged`;
}

function removeFiles(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '.damaged']) rmSync(`${file}${suffix}`, { force: true });
}
