/**
 * Numbers kept beside a projection table, so that counting costs the same however many rows there are. One number for each
 * combination of values and, where the count may be asked below a text (a due date), for each day; the day itself is counted row by row.
 */
import type Database from 'better-sqlite3';
import type { Cell, Query, Row } from '../../ports/projections.ts';
import { cellToSql, membersOf, toSql } from './table-shape.ts';
import type { CountTable, SqlCell, TableShape } from './table-shape.ts';

/** The date of an ISO 8601 instant. */
const BUCKET = 10;

/** Where a row counts. `members`: of its list, sorted. */
interface Place {
  readonly cells: string;
  readonly members: readonly string[];
  readonly bucket: string;
}

interface Statements {
  readonly add: Database.Statement<[string, string, string, number]>;
  readonly sweep: Database.Statement<[string, string, string]>;
  readonly isLeft: Database.Statement<[string, string]>;
  readonly link: Database.Statement<[string, string, string]>;
  readonly unlink: Database.Statement<[string, string, string]>;
}

/** Gathers what a batch adds and takes away, and writes each number once. */
export class CountKeeper {
  readonly #shape: TableShape;
  readonly #counted: CountTable;
  readonly #deltas = new Map<string, { readonly place: Place; amount: number }>();
  #statements: Statements | undefined;

  constructor(shape: TableShape, counted: CountTable) {
    this.#shape = shape;
    this.#counted = counted;
  }

  change(before: Row | undefined, now: Row | undefined): void {
    const old = before && this.#placeOf(before);
    const next = now && this.#placeOf(now);
    if (old && next && nameOf(old) === nameOf(next)) return;
    if (old) this.#add(old, -1);
    if (next) this.#add(next, 1);
  }

  /** Called inside the transaction of the batch. */
  flush(db: Database.Database): void {
    if (this.#deltas.size === 0) return;
    const { add, sweep, isLeft, link, unlink } = this.#statements ??= prepare(db, this.#counted.sql);
    for (const { place, amount } of this.#deltas.values()) {
      if (amount === 0) continue;
      const { cells, bucket, members } = place;
      const list = JSON.stringify(members);
      add.run(cells, list, bucket, amount);
      if (amount > 0) for (const member of members) link.run(member, cells, list);
      else if (sweep.run(cells, list, bucket).changes > 0 && isLeft.get(cells, list) === undefined) for (const member of members) unlink.run(member, cells, list);
    }
    this.#deltas.clear();
  }

  /** Drops what the batch changed. */
  forget(): void {
    this.#deltas.clear();
  }

  /** Drops the statements of a connection that is gone. */
  detach(): void {
    this.forget();
    this.#statements = undefined;
  }

  #placeOf(row: Row): Place {
    const { equal, list, below } = this.#counted;
    return {
      cells: JSON.stringify(equal.map((column) => toSql(this.#shape, column, row[column]))),
      members: list === undefined ? [] : membersOf(this.#shape, list, row).sort(),
      bucket: below === undefined ? '' : bucketOf(row[below]),
    };
  }

  #add(place: Place, amount: number): void {
    const name = nameOf(place);
    const delta = this.#deltas.get(name);
    if (delta) delta.amount += amount;
    else this.#deltas.set(name, { place, amount });
  }
}

function nameOf({ cells, members, bucket }: Place): string {
  return JSON.stringify([cells, members, bucket]);
}

/** What has no date is never below one: it sorts behind every text. */
function bucketOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, BUCKET) : '\u{10ffff}';
}

function prepare(db: Database.Database, sql: string): Statements {
  return {
    add: db.prepare(`INSERT INTO ${sql} (cells, list, bucket, n) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n`),
    sweep: db.prepare(`DELETE FROM ${sql} WHERE cells = ? AND list = ? AND bucket = ? AND n = 0`),
    isLeft: db.prepare(`SELECT 1 FROM ${sql} WHERE cells = ? AND list = ? LIMIT 1`),
    link: db.prepare(`INSERT INTO ${sql}_m (member, cells, list) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`),
    unlink: db.prepare(`DELETE FROM ${sql}_m WHERE member = ? AND cells = ? AND list = ?`),
  };
}

/** The number that is kept for this question; undefined when none is, and rows must be counted. */
export function compileKept(shape: TableShape, { where = {}, below }: Pick<Query, 'where' | 'below'>): { readonly sql: string; readonly parameters: SqlCell[] } | undefined {
  const asked = Object.keys(where);
  const counted = shape.counts.find(({ equal, list, below: column }) =>
    asked.length === equal.length + (list === undefined ? 0 : 1) && [...equal, ...(list === undefined ? [] : [list])].every((name) => name in where) && (below === undefined || below.column === column));
  if (counted === undefined || counted.equal.some((column) => Array.isArray(where[column])) ) return undefined;
  const cells = JSON.stringify(counted.equal.map((column) => cellToSql(where[column] as Cell)));
  const members = counted.list === undefined ? undefined : JSON.stringify([where[counted.list]].flat());
  const lists = members === undefined ? "list = '[]'" : `list IN (SELECT list FROM ${counted.sql}_m WHERE member IN (SELECT value FROM json_each(?)) AND cells = ?)`;
  const kept = `SELECT coalesce(sum(n), 0) FROM ${counted.sql} WHERE cells = ? AND ${lists}`;
  const parameters: SqlCell[] = [cells, ...(members === undefined ? [] : [members, cells])];
  if (below === undefined) return { sql: kept, parameters };
  const { value } = below;
  if (typeof value !== 'string') return undefined;
  const day = partOfDay(shape, counted, where, members, value);
  return { sql: `SELECT (${kept} AND bucket < ?) + (${day.sql})`, parameters: [...parameters, bucketOf(value), ...day.parameters] };
}

/** The rows of the last day, counted one by one along their index. */
function partOfDay(shape: TableShape, { equal, list, below }: CountTable, where: NonNullable<Query['where']>, members: string | undefined, value: string): { readonly sql: string; readonly parameters: SqlCell[] } {
  const conditions = [...equal.map((column) => `c_${column} IS ?`), `c_${below ?? ''} >= ?`, `c_${below ?? ''} < ?`].join(' AND ');
  const parameters: SqlCell[] = [...equal.map((column) => cellToSql(where[column] as Cell)), bucketOf(value), value];
  if (list === undefined || members === undefined) return { sql: `SELECT count(*) FROM ${shape.sql} WHERE ${conditions}`, parameters };
  const side = shape.sides.find((candidate) => candidate.list === list && [...equal, below].every((column) => candidate.columns.includes(column ?? '')));
  return { sql: `SELECT count(DISTINCT key) FROM ${side?.sql ?? ''} WHERE member IN (SELECT value FROM json_each(?)) AND ${conditions}`, parameters: [members, ...parameters] };
}
