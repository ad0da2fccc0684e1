/** One projection table in SQLite: reads at once, gathers the writes of a batch and writes each changed row once. */
import type Database from 'better-sqlite3';
import type { Page, Query, Row, Table } from '../../ports/projections.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { CountKeeper, compileKept } from './table-counts.ts';
import { compileCount, compileFind, writeCursor } from './table-query.ts';
import type { Compiled } from './table-query.ts';
import { keyOf, membersOf, toSql } from './table-shape.ts';
import type { SideTable, SqlCell, TableShape } from './table-shape.ts';

/** Rows kept as they were last written, so that changing a busy row need not read it again. */
const ROWS = 4_096;
/** Prepared queries kept per table. */
const QUERIES = 200;

/** What a table needs from its database. `read` turns damage into a StoreError; `db` throws before open and after close. */
export interface TableHost {
  readonly db: () => Database.Database;
  readonly read: <T>(answer: () => T) => T;
  readonly writing: () => boolean;
}

/** What a batch does to a row: `undefined` deletes it. */
interface Change {
  readonly now: Row | undefined;
}

interface Writer {
  readonly select: Database.Statement<[string], { doc: string }>;
  readonly upsert: Database.Statement<SqlCell[]>;
  readonly remove: Database.Statement<[string]>;
  readonly sides: readonly SideWriter[];
}

interface SideWriter {
  readonly side: SideTable;
  readonly upsert: Database.Statement<SqlCell[]>;
  readonly remove: Database.Statement<[string, string]>;
}

export class SqliteTable<R extends Row> implements Table<R> {
  readonly shape: TableShape;
  readonly #host: TableHost;
  readonly #rows = new Map<string, Row>();
  readonly #changes = new Map<string, Change>();
  readonly #queries = new Map<string, Database.Statement<SqlCell[]>>();
  readonly #updates = new Map<string, Database.Statement<SqlCell[]>>();
  readonly #counts: readonly CountKeeper[];
  /** What a row was before must be known to write it: members and counts of before are taken away. */
  readonly #mustKnow: boolean;
  #writer: Writer | undefined;

  constructor(shape: TableShape, host: TableHost) {
    this.shape = shape;
    this.#counts = shape.counts.map((counted) => new CountKeeper(shape, counted));
    this.#mustKnow = shape.sides.length > 0 || shape.counts.length > 0;
    this.#host = host;
  }

  get(key: string): Promise<R | undefined> {
    return this.#answer(() => {
      const found = this.#prepareWriter().select.get(key);
      return found === undefined ? undefined : (JSON.parse(found.doc) as R);
    });
  }

  find(query: Query): Promise<Page<R>> {
    return this.#answer(() => {
      const compiled = compileFind(this.shape, query);
      const found = this.#statement(compiled).raw(true).all(...compiled.parameters) as SqlCell[][];
      const page = found.slice(0, compiled.limit);
      const rows = page.map((cells) => JSON.parse(String(cells.at(-1))) as R);
      const last = page.at(-1);
      return found.length <= compiled.limit || last === undefined ? { rows } : { rows, next: writeCursor(compiled.order, last.slice(0, -1)) };
    });
  }

  count(query: Pick<Query, 'where' | 'below'>): Promise<number> {
    return this.#answer(() => {
      const compiled = compileKept(this.shape, query) ?? compileCount(this.shape, query);
      return Number(this.#statement(compiled).pluck(true).get(...compiled.parameters));
    });
  }

  put(row: R): void {
    this.#change(keyOf(this.shape, row), { ...row });
  }

  /** Written at once: nothing must be known about it, and what comes later in the batch finds it stored. */
  insert(row: R): void {
    this.#checkWriting();
    const key = keyOf(this.shape, row);
    if (this.#changes.has(key)) {
      this.#changes.set(key, { now: row });
      return;
    }
    const writer = this.#prepareWriter();
    writer.upsert.run(key, ...this.#cells(row), JSON.stringify(row));
    for (const counts of this.#counts) counts.change(undefined, row);
    for (const side of writer.sides) this.#writeSide(side, key, undefined, row);
    if (this.#mustKnow) this.#remember(key, row);
  }

  patch(key: string, change: Partial<R>): void {
    const before = this.#current(key);
    if (before !== undefined) this.#change(key, { ...before, ...change });
  }

  add(key: string, amounts: Readonly<Record<string, number>>, otherwise: R): void {
    const before = this.#current(key);
    if (before === undefined) {
      this.#change(key, { ...otherwise, ...amounts });
      return;
    }
    const sums = Object.entries(amounts).map(([column, amount]) => [column, Number(before[column] ?? 0) + amount] as const);
    this.#change(key, { ...before, ...Object.fromEntries(sums) });
  }

  delete(key: string): void {
    this.#change(key, undefined);
  }

  /** Writes what the batch changed. Called inside the transaction of the batch. */
  flush(): void {
    for (const [key, { now }] of this.#changes) this.#write(key, now);
    this.#changes.clear();
    for (const counts of this.#counts) counts.flush(this.#host.db());
  }

  /** Drops what the batch changed, and everything remembered about rows. */
  forget(): void {
    this.#changes.clear();
    this.#rows.clear();
    for (const counts of this.#counts) counts.forget();
  }

  /** Drops the statements of a connection that is gone. */
  detach(): void {
    this.forget();
    this.#queries.clear();
    this.#updates.clear();
    this.#writer = undefined;
    for (const counts of this.#counts) counts.detach();
  }

  #answer<T>(answer: () => T): Promise<T> {
    return attempt(() => this.#host.read(answer));
  }

  #statement({ sql }: Compiled): Database.Statement<SqlCell[]> {
    const known = this.#queries.get(sql);
    if (known !== undefined) return known;
    if (this.#queries.size >= QUERIES) this.#queries.clear();
    const statement = this.#host.db().prepare<SqlCell[]>(sql);
    this.#queries.set(sql, statement);
    return statement;
  }

  #change(key: string, now: Row | undefined): void {
    this.#checkWriting();
    this.#changes.set(key, { now });
  }

  #checkWriting(): void {
    if (this.#host.writing()) return;
    throw new StoreError('STORE_TABLE_TIMING', { table: this.shape.spec.name, expected: 'written inside commit', reason: 'no commit is running' });
  }

  #current(key: string): Row | undefined {
    const changed = this.#changes.get(key);
    return changed === undefined ? this.#stored(key) : changed.now;
  }

  #stored(key: string): Row | undefined {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const found = this.#prepareWriter().select.get(key);
    if (found === undefined) return undefined;
    const row = JSON.parse(found.doc) as Row;
    this.#remember(key, row);
    return row;
  }

  #remember(key: string, row: Row): void {
    if (this.#rows.size >= ROWS) this.#rows.clear();
    this.#rows.set(key, row);
  }

  #write(key: string, now: Row | undefined): void {
    const writer = this.#prepareWriter();
    const before = this.#mustKnow ? this.#stored(key) : this.#rows.get(key);
    for (const counts of this.#counts) counts.change(before, now);
    for (const side of writer.sides) this.#writeSide(side, key, before, now);
    if (now === undefined) {
      // A row that came and went between two batches was never written.
      if (before !== undefined || !this.#mustKnow) writer.remove.run(key);
      this.#rows.delete(key);
      return;
    }
    if (before === undefined) writer.upsert.run(key, ...this.#cells(now), JSON.stringify(now));
    else this.#update(key, before, now);
    this.#remember(key, now);
  }

  #cells(row: Row): SqlCell[] {
    return this.shape.columns.map((column) => toSql(this.shape, column, row[column]));
  }

  // SQLite rewrites the index entries of every column that is set, changed or not: so only changed ones are set.
  #update(key: string, before: Row, now: Row): void {
    const changed = this.shape.columns.filter((column) => before[column] !== now[column]);
    const shape = changed.join();
    let statement = this.#updates.get(shape);
    if (statement === undefined) {
      statement = this.#host.db().prepare(`UPDATE ${this.shape.sql} SET ${changed.map((column) => `c_${column} = ?, `).join('')}doc = ? WHERE key = ?`);
      this.#updates.set(shape, statement);
    }
    statement.run(...changed.map((column) => toSql(this.shape, column, now[column])), JSON.stringify(now), key);
  }

  #writeSide({ side, upsert, remove }: SideWriter, key: string, before: Row | undefined, now: Row | undefined): void {
    const old = membersOf(this.shape, side.list, before);
    const members = membersOf(this.shape, side.list, now);
    for (const member of old) {
      if (!members.includes(member)) remove.run(member, key);
    }
    if (now === undefined) return;
    const moved = side.columns.some((column) => before?.[column] !== now[column]);
    const cells = side.columns.map((column) => toSql(this.shape, column, now[column]));
    for (const member of members) {
      if (moved || !old.includes(member)) upsert.run(member, key, ...cells);
    }
  }

  #prepareWriter(): Writer {
    this.#writer ??= prepareWriter(this.#host.db(), this.shape);
    return this.#writer;
  }
}

function prepareWriter(db: Database.Database, shape: TableShape): Writer {
  const upsert = (table: string, keys: readonly string[], others: readonly string[]): Database.Statement<SqlCell[]> => {
    const all = [...keys, ...others];
    const update = others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    return db.prepare(`INSERT INTO ${table} (${all.join(', ')}) VALUES (${all.map(() => '?').join(', ')}) ON CONFLICT DO ${update}`);
  };
  return {
    select: db.prepare(`SELECT doc FROM ${shape.sql} WHERE key = ?`),
    upsert: upsert(shape.sql, ['key'], [...shape.columns.map((column) => `c_${column}`), 'doc']),
    remove: db.prepare(`DELETE FROM ${shape.sql} WHERE key = ?`),
    sides: shape.sides.map((side) => ({
      side,
      upsert: upsert(side.sql, ['member', 'key'], side.columns.map((column) => `c_${column}`)),
      remove: db.prepare(`DELETE FROM ${side.sql} WHERE member = ? AND key = ?`),
    })),
  };
}
