/** The work lists of a person: mine, my groups, overdue, done; in pages, by due date. */
import { failure } from '../http/contract/failure.ts';
import type { TaskCounts, TaskSummary, TaskView } from '../http/contract/tasks.ts';
import type { Person } from '../ports/directory.ts';
import type { Page, Query, Row, Table } from '../ports/projections.ts';
import { EVERYBODY, offeredToGroup, offeredToPerson } from './projection.ts';
import type { CaseRow, DoneRow, TaskRow, TaskTables } from './projection.ts';
import type { TaskNames } from './names.ts';

export interface ListPage<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** A case a person started. */
export interface CaseSummary {
  readonly stream: string;
  readonly processName: string;
  readonly businessKey: string | null;
  readonly status: CaseRow['status'];
  readonly startedAt: string;
  readonly endedAt: string | null;
}

const PAGE = 50;
const MOST = 200;
const BY_DUE_DATE = [{ column: 'dueKey' }, { column: 'createdAt' }] as const;

export class TaskLists {
  readonly #tables: TaskTables;
  readonly #names: TaskNames;

  constructor(tables: TaskTables, names: TaskNames) {
    this.#tables = tables;
    this.#names = names;
  }

  /** `now`: instant that decides what is overdue. `after`: cursor of an earlier page. */
  async list(view: TaskView, person: Person, now: string, after?: string, limit = PAGE): Promise<ListPage<TaskSummary>> {
    const most = Math.min(Math.max(limit, 1), MOST);
    if (view === 'done') return this.#done(person, after, most);
    const page = view === 'overdue' ? await this.#overdue(person, now, after, most) : await this.#open(ownedBy(view, person), after, most);
    const cases = await this.#casesOf(page.rows);
    const items = await Promise.all(page.rows.map((row) => this.#names.summary(row, cases.get(row.stream), now)));
    return { items, ...(page.next !== undefined && { next: page.next }) };
  }

  async counts(person: Person, now: string): Promise<TaskCounts> {
    const below = { column: 'dueKey', value: now };
    const { open } = this.#tables;
    const [mine, groups, mineLate, groupsLate] = await Promise.all([
      open.count(ownedBy('mine', person)), open.count(ownedBy('groups', person)),
      open.count({ ...ownedBy('mine', person), below }), open.count({ ...ownedBy('groups', person), below }),
    ]);
    return { mine, groups, overdue: mineLate + groupsLate };
  }

  /** Cases this person started, newest first. */
  async startedBy(person: string, after?: string, limit = PAGE): Promise<ListPage<CaseSummary>> {
    const page = await find(this.#tables.cases, { where: { startedBy: person }, orderBy: [{ column: 'order', descending: true }], limit: Math.min(limit, MOST) }, after);
    const items = page.rows.map((row): CaseSummary => ({
      stream: row.stream, processName: this.#names.process(row.processId, row.version), businessKey: row.businessKey,
      status: row.status, startedAt: row.startedAt, endedAt: row.endedAt,
    }));
    return { items, ...(page.next !== undefined && { next: page.next }) };
  }

  async #open(where: Pick<Query, 'where' | 'below'>, after: string | undefined, limit: number): Promise<Page<TaskRow>> {
    return find(this.#tables.open, { ...where, orderBy: BY_DUE_DATE, limit }, after);
  }

  /** First what the person holds, then what the groups wait for: each part is one index range, so a page stays cheap. */
  async #overdue(person: Person, now: string, after: string | undefined, limit: number): Promise<Page<TaskRow>> {
    const below = { column: 'dueKey', value: now };
    const part = after?.slice(0, 2) === 'g ' ? 'groups' : 'mine';
    const cursor = after === undefined || after.length <= 2 ? undefined : after.slice(2);
    const mine = part === 'mine' ? await this.#open({ ...ownedBy('mine', person), below }, cursor, limit) : { rows: [] };
    if (mine.next !== undefined) return { rows: mine.rows, next: `m ${mine.next}` };
    const room = limit - mine.rows.length;
    if (room === 0) return { rows: mine.rows, next: 'g ' };
    const groups = await this.#open({ ...ownedBy('groups', person), below }, part === 'groups' ? cursor : undefined, room);
    return { rows: [...mine.rows, ...groups.rows], ...(groups.next !== undefined && { next: `g ${groups.next}` }) };
  }

  async #done(person: Person, after: string | undefined, limit: number): Promise<ListPage<TaskSummary>> {
    const page: Page<DoneRow> = await find(this.#tables.done, { where: { person: person.id }, orderBy: [{ column: 'at', descending: true }], limit }, after);
    const cases = await this.#casesOf(page.rows);
    const items = await Promise.all(page.rows.map((row) => this.#names.doneSummary(row, cases.get(row.stream))));
    return { items, ...(page.next !== undefined && { next: page.next }) };
  }

  async #casesOf(rows: readonly { readonly stream: string }[]): Promise<ReadonlyMap<string, CaseRow>> {
    const found = await Promise.all([...new Set(rows.map((row) => row.stream))].map((stream) => this.#tables.cases.get(stream)));
    return new Map(found.filter((row) => row !== undefined).map((row) => [row.stream, row]));
  }
}

function ownedBy(view: 'mine' | 'groups', person: Person): Pick<Query, 'where'> {
  if (view === 'mine') return { where: { assignee: person.id } };
  return { where: { free: true, offered: [EVERYBODY, offeredToPerson(person.id), ...person.groups.map(offeredToGroup)] } };
}

async function find<R extends Row>(table: Table<R>, query: Query, after: string | undefined): Promise<Page<R>> {
  if (after === undefined) return table.find(query);
  try {
    return await table.find({ ...query, after });
  } catch (error) {
    // Only the adapter knows what a cursor looks like; what it refuses came from the address of the page.
    if ((error as { readonly code?: unknown }).code === 'STORE_CURSOR_INVALID') throw failure('HTTP_CURSOR_INVALID');
    throw error;
  }
}
