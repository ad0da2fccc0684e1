/** A page request as SQL: conditions on declared columns, keyset cursors, list members. */
import type { Cell, Query } from '../../ports/projections.ts';
import { StoreError } from '../errors.ts';
import { memberIndex, memberSql } from './member-query.ts';
import { cellToSql, sqlColumn } from './table-shape.ts';
import type { SqlCell, TableShape } from './table-shape.ts';

export const DEFAULT_LIMIT = 100;
export const HIGHEST_LIMIT = 1_000;

/** `sql` is the same for all queries of one shape, so that its statement can be kept. */
export interface Compiled {
  readonly sql: string;
  readonly parameters: SqlCell[];
}

interface Order {
  readonly column: string;
  readonly sql: string;
  readonly descending: boolean;
}

/** One row more than asked for tells whether there is a next page. */
export function compileFind(shape: TableShape, query: Query): Compiled & { readonly limit: number; readonly order: readonly Order[] } {
  const order = orderOf(shape, query);
  const limit = Math.min(query.limit ?? DEFAULT_LIMIT, HIGHEST_LIMIT);
  const index = memberIndex(shape, query, order);
  const where = conditions(shape, query, index !== undefined);
  if (query.after !== undefined) addCursor(where, order, readCursor(shape, order, query.after));
  if (index !== undefined) {
    const parts = index.members.flatMap((member) => [cellToSql(member), ...where.parameters, limit + 1]);
    return { sql: memberSql(shape, index, order, where.text(' AND ')), parameters: [...parts, limit + 1], limit, order };
  }
  const sorting = order.map(({ sql, descending }) => `${sql}${descending ? ' DESC' : ''}`).join(', ');
  const sql = `SELECT ${order.map(({ sql: column }) => `${column}, `).join('')}doc FROM ${shape.sql}${where.text()} ORDER BY ${sorting} LIMIT ?`;
  return { sql, parameters: [...where.parameters, limit + 1], limit, order };
}

export function compileCount(shape: TableShape, query: Pick<Query, 'where' | 'below'>): Compiled {
  const where = conditions(shape, query);
  return { sql: `SELECT count(*) FROM ${shape.sql}${where.text()}`, parameters: where.parameters };
}

class Conditions {
  readonly parameters: SqlCell[] = [];
  readonly #texts: string[] = [];

  add(text: string, ...parameters: SqlCell[]): void {
    this.#texts.push(text);
    this.parameters.push(...parameters);
  }

  text(opening = ' WHERE '): string {
    return this.#texts.length === 0 ? '' : `${opening}${this.#texts.join(' AND ')}`;
  }
}

function conditions(shape: TableShape, query: Pick<Query, 'where' | 'below'>, withoutMembers = false): Conditions {
  const where = new Conditions();
  for (const [column, value] of Object.entries(query.where ?? {})) {
    checkKnown(shape, column);
    if (shape.spec.lists?.includes(column) === true) {
      if (!withoutMembers) addMembers(where, shape, column, value);
    } else addEquality(where, sqlColumn(shape, column), value);
  }
  if (query.below !== undefined) {
    checkSortable(shape, query.below.column);
    where.add(`${sqlColumn(shape, query.below.column)} < ?`, query.below.value);
  }
  return where;
}

function addEquality(where: Conditions, column: string, value: Cell | readonly Cell[]): void {
  if (!isList(value)) {
    where.add(`${column} IS ?`, cellToSql(value));
    return;
  }
  const texts = JSON.stringify(value.filter((cell) => cell !== null).map(cellToSql));
  const among = `${column} IN (SELECT value FROM json_each(?))`;
  where.add(value.includes(null) ? `(${among} OR ${column} IS NULL)` : among, texts);
}

function addMembers(where: Conditions, shape: TableShape, list: string, value: Cell | readonly Cell[]): void {
  const side = shape.sides.find((candidate) => candidate.list === list);
  const members = JSON.stringify(isList(value) ? value : [value]);
  where.add(`key IN (SELECT key FROM ${side?.sql ?? ''} WHERE member IN (SELECT value FROM json_each(?)))`, members);
}

function isList(value: Cell | readonly Cell[]): value is readonly Cell[] {
  return Array.isArray(value);
}

function orderOf(shape: TableShape, query: Query): Order[] {
  const order = (query.orderBy ?? []).map(({ column, descending = false }) => {
    checkSortable(shape, column);
    return { column, sql: sqlColumn(shape, column), descending };
  });
  if (order.some(({ column }) => column === shape.spec.key)) return order;
  // In the direction of the last column, so that one walk along the index serves the whole order.
  return [...order, { column: shape.spec.key, sql: 'key', descending: order.at(-1)?.descending ?? false }];
}

function checkKnown(shape: TableShape, column: string): void {
  if (shape.known.has(column)) return;
  throw new StoreError('STORE_COLUMN_UNKNOWN', { table: shape.spec.name, known: [...shape.known].join(', '), column });
}

function checkSortable(shape: TableShape, column: string): void {
  checkKnown(shape, column);
  if (shape.spec.lists?.includes(column) !== true) return;
  throw new StoreError('STORE_COLUMN_UNKNOWN', { table: shape.spec.name, known: [shape.spec.key, ...shape.columns].join(', '), column });
}

/** The place behind a row. */
export function writeCursor(order: readonly Order[], values: readonly SqlCell[]): string {
  return Buffer.from(JSON.stringify([orderName(order), ...values])).toString('base64url');
}

function readCursor(shape: TableShape, order: readonly Order[], cursor: string): SqlCell[] {
  const values = parse(cursor);
  if (values.length !== order.length + 1 || values[0] !== orderName(order)) throw new StoreError('STORE_CURSOR_INVALID', { table: shape.spec.name });
  return values.slice(1);
}

function parse(cursor: string): SqlCell[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isCell = (value: unknown): boolean => value === null || typeof value === 'string' || typeof value === 'number';
    return Array.isArray(values) && values.every(isCell) ? (values as SqlCell[]) : [];
  } catch {
    return [];
  }
}

function orderName(order: readonly Order[]): string {
  return order.map(({ column, descending }) => `${descending ? '-' : '+'}${column}`).join('');
}

// Behind the cursor: equal in the first n columns and further on in the next, for some n. NULL comes first in ascending order.
function addCursor(where: Conditions, order: readonly Order[], values: readonly SqlCell[]): void {
  const alternatives: string[] = [];
  const parameters: SqlCell[] = [];
  for (let count = 0; count < order.length; count++) {
    const further = furtherOn(order[count] as Order, values[count] ?? null);
    if (further === undefined) continue;
    const equal = order.slice(0, count).map(({ sql }) => `${sql} IS ?`);
    alternatives.push([...equal, further.text].join(' AND '));
    parameters.push(...values.slice(0, count), ...further.parameters);
  }
  where.add(`(${alternatives.join(' OR ')})`, ...parameters);
}

function furtherOn({ sql, descending }: Order, value: SqlCell): { readonly text: string; readonly parameters: SqlCell[] } | undefined {
  if (value === null) return descending ? undefined : { text: `${sql} IS NOT NULL`, parameters: [] };
  return { text: descending ? `(${sql} < ? OR ${sql} IS NULL)` : `${sql} > ?`, parameters: [value] };
}
