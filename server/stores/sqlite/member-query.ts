/**
 * A page of the rows that list one of some members, in the order of an index that begins with the list: each member's part is
 * read in order and only as far as the page goes, then the parts are merged.
 */
import type { Cell, Query } from '../../ports/projections.ts';
import type { SideTable, TableShape } from './table-shape.ts';

/** More members than this are looked up row by row instead. */
const MOST_MEMBERS = 64;

/** What such a page is read with. */
export interface MemberIndex {
  readonly side: SideTable;
  readonly members: readonly Cell[];
}

/** The index that serves `query` as it stands; undefined when none does. */
export function memberIndex(shape: TableShape, query: Query, order: readonly { readonly column: string; readonly descending: boolean }[]): MemberIndex | undefined {
  const where = Object.entries(query.where ?? {});
  const lists = where.filter(([column]) => shape.spec.lists?.includes(column) === true);
  const [list, value] = lists[0] ?? ['', null];
  const equal = where.filter(([column]) => column !== list);
  if (lists.length !== 1 || equal.some(([, cell]) => Array.isArray(cell)) || order.some(({ descending }) => descending !== order[0]?.descending)) return undefined;
  const members = [...new Set(Array.isArray(value) ? (value as readonly Cell[]) : [value as Cell])];
  if (members.length === 0 || members.length > MOST_MEMBERS) return undefined;
  const columns = [...equal.map(([column]) => column), ...(query.below === undefined ? [] : [query.below.column])];
  const side = shape.sides.find((candidate) => candidate.list === list && serves(shape, candidate, equal.length, columns, order.map(({ column }) => column)));
  return side === undefined ? undefined : { side, members };
}

/** True when the first `count` columns of the index are the equal ones and the order follows, ending with the key. */
function serves(shape: TableShape, side: SideTable, count: number, columns: readonly string[], order: readonly string[]): boolean {
  const prefix = side.columns.slice(0, count);
  const sorted = [...side.columns.slice(count, count + order.length - 1), shape.spec.key];
  const all = side.columns.slice(0, count + order.length - 1);
  return columns.slice(0, count).every((column) => prefix.includes(column)) && columns.every((column) => all.includes(column)) && order.join() === sorted.join();
}

/** `where` restricts the part of one member; its parameters stand between member and limit, once per member. */
export function memberSql(shape: TableShape, index: MemberIndex, order: readonly { readonly sql: string; readonly descending: boolean }[], where: string): string {
  const columns = order.map(({ sql }) => sql).join(', ');
  const sorting = (prefix: string): string => order.map(({ sql, descending }) => `${prefix}${sql}${descending ? ' DESC' : ''}`).join(', ');
  const part = `SELECT * FROM (SELECT ${columns} FROM ${index.side.sql} WHERE member = ?${where} ORDER BY ${sorting('')} LIMIT ?)`;
  // UNION also drops the repeats of a row that several members found.
  const merged = index.members.map(() => part).join(' UNION ');
  return `SELECT ${order.map(({ sql }) => `found.${sql}, `).join('')}doc FROM (${merged} ORDER BY ${sorting('')} LIMIT ?) AS found JOIN ${shape.sql} AS whole ON whole.key = found.key ORDER BY ${sorting('found.')}`;
}
