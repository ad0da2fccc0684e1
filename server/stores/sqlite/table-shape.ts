/** A projection table as SQL: which columns, indexes and side tables a TableSpec becomes. */
import type { Cell, CountSpec, Row, TableSpec } from '../../ports/projections.ts';
import { StoreError } from '../errors.ts';

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** A table beside the main one with one entry per member of a list column; `columns` continue its index behind the member. */
export interface SideTable {
  readonly sql: string;
  readonly list: string;
  readonly columns: readonly string[];
}

/** Numbers kept for one question of `count`; with a list, `<sql>_m` tells in which combinations a member stands. */
export interface CountTable extends CountSpec {
  readonly sql: string;
}

/** `columns`: extracted from the document for filtering and sorting. `known`: what a query may name. */
export interface TableShape {
  readonly spec: TableSpec;
  readonly sql: string;
  readonly columns: readonly string[];
  readonly sides: readonly SideTable[];
  readonly counts: readonly CountTable[];
  readonly known: ReadonlySet<string>;
}

export type SqlCell = string | number | null;

/** Throws STORE_TABLE_INVALID for names that are no identifiers and for a list that is not first in its index. */
export function shapeOf(spec: TableSpec): TableShape {
  const lists = spec.lists ?? [];
  const columns = [...new Set(spec.indexes.flat())].filter((column) => column !== spec.key && !lists.includes(column));
  for (const name of [spec.name, spec.key, ...columns, ...lists]) {
    if (!NAME.test(name)) throw new StoreError('STORE_TABLE_INVALID', { expected: 'names of letters, digits and _', table: spec.name, found: JSON.stringify(name) });
  }
  const misplaced = spec.indexes.find((index) => index.slice(1).some((column) => lists.includes(column)));
  if (misplaced !== undefined) {
    throw new StoreError('STORE_TABLE_INVALID', { expected: 'a list column only at the start of an index', table: spec.name, found: misplaced.join(', ') });
  }
  const sql = `t_${spec.name}`;
  const sides = sidesOf(spec, lists);
  const counts = (spec.counts ?? []).map((count, number) => ({ ...count, sql: `k_${spec.name}__${String(number)}` }));
  for (const count of counts) checkCount(spec, count);
  return { spec, sql, columns, sides, counts, known: new Set([spec.key, ...columns, ...lists]) };
}

/** What is counted below a column is counted along an index. */
function checkCount({ name, indexes, lists = [] }: TableSpec, { equal, list, below }: CountSpec): void {
  const before = [...(list === undefined ? [] : [list]), ...equal];
  const path = [...before, ...(below === undefined ? [] : [below])];
  const served = indexes.some((index) => below === undefined ? path.every((column) => index.includes(column) || lists.includes(column)) : index.slice(0, before.length).every((column) => before.includes(column)) && index[before.length] === below && (list === undefined || index[0] === list));
  if (!served || (list !== undefined && !lists.includes(list))) throw new StoreError('STORE_TABLE_INVALID', { expected: 'an index over the columns of each count', table: name, found: path.join(', ') });
}

function sidesOf(spec: TableSpec, lists: readonly string[]): SideTable[] {
  const ordered = spec.indexes.filter((index) => lists.includes(index[0] ?? ''));
  const plain = lists.filter((list) => !ordered.some((index) => index[0] === list)).map((list) => [list]);
  return [...ordered, ...plain].map((index, number) => ({
    sql: `t_${spec.name}__${String(number)}`,
    list: index[0] ?? '',
    columns: index.slice(1).filter((column) => column !== spec.key),
  }));
}

/** The SQL name of a column of the main table. */
export function sqlColumn(shape: TableShape, column: string): string {
  return column === shape.spec.key ? 'key' : `c_${column}`;
}

// Columns have no type, so that a number-like text stays a text. Rows lie in the order they came: what is in work lies together,
// however random its keys are, and a batch touches fewer pages.
export function createStatements(shape: TableShape): string[] {
  const { sql, columns, sides } = shape;
  const statements = [`CREATE TABLE ${sql} (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, ${columns.map((column) => `c_${column}, `).join('')}doc TEXT NOT NULL)`];
  for (const side of sides) {
    statements.push(`CREATE TABLE ${side.sql} (member TEXT, key TEXT, ${side.columns.map((column) => `c_${column}, `).join('')}PRIMARY KEY (member, key)) WITHOUT ROWID`);
  }
  for (const { sql: kept } of shape.counts) {
    statements.push(`CREATE TABLE ${kept} (cells TEXT, list TEXT, bucket TEXT, n INTEGER NOT NULL, PRIMARY KEY (cells, list, bucket)) WITHOUT ROWID`);
    statements.push(`CREATE TABLE ${kept}_m (member TEXT, cells TEXT, list TEXT, PRIMARY KEY (member, cells, list)) WITHOUT ROWID`);
  }
  return statements;
}

/** What only searching needs, by name: sorting many rows at once costs a fraction of entering them one by one. */
export function indexStatements(shape: TableShape): { readonly name: string; readonly create: string }[] {
  const { spec, sql, sides } = shape;
  const index = (name: string, on: string, columns: readonly string[]): { readonly name: string; readonly create: string } => ({ name, create: `CREATE INDEX IF NOT EXISTS ${name} ON ${on} (${columns.join(', ')})` });
  return [
    ...spec.indexes.flatMap((columns, number) =>
      (spec.lists ?? []).includes(columns[0] ?? '') ? [] : [index(`i_${spec.name}_${String(number)}`, sql, [...new Set([...columns, spec.key])].map((column) => sqlColumn(shape, column)))]),
    ...sides.filter(({ columns }) => columns.length > 0).map((side) => index(`i_${side.sql}`, side.sql, ['member', ...side.columns.map((column) => `c_${column}`)])),
  ];
}

/** A JSON value as SQLite stores and compares it. Throws STORE_ROW_INVALID for a list or an object. */
export function toSql(shape: TableShape, column: string, value: unknown): SqlCell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw rowInvalid(shape, column, 'a text, number, boolean or null', value);
}

export function cellToSql(value: Cell): SqlCell {
  return typeof value === 'boolean' ? Number(value) : value;
}

export function keyOf(shape: TableShape, row: Row): string {
  const key = row[shape.spec.key];
  if (typeof key !== 'string' || key === '') throw rowInvalid(shape, shape.spec.key, 'a text', key);
  return key;
}

/** The distinct members of a list column. */
export function membersOf(shape: TableShape, list: string, row: Row | undefined): string[] {
  const value = row?.[list] ?? [];
  if (!Array.isArray(value) || value.some((member) => typeof member !== 'string')) throw rowInvalid(shape, list, 'a list of texts', value);
  return [...new Set(value as string[])];
}

function rowInvalid(shape: TableShape, column: string, expected: string, value: unknown): StoreError {
  return new StoreError('STORE_ROW_INVALID', { table: shape.spec.name, expected, column, found: value === undefined ? 'nothing' : JSON.stringify(value) });
}
