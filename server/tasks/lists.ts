/** The work lists of a person: mine, what I asked colleagues to do, my groups, those of whom I stand in for, overdue, done; in pages, by due date. */
import { capacityFor } from '../http/contract/capacity.ts';
import { failure } from '../http/contract/failure.ts';
import type { TaskCounts, TaskSummary, TaskView } from '../http/contract/tasks.ts';
import type { Person, Principal } from '../ports/directory.ts';
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
/** What a person answers for in their own right. */
const OWN = ['mine', 'delegated', 'groups'] as const;
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
    const page = await this.#page(view, person, now, after, most);
    const cases = await this.#casesOf(page.rows);
    const items = await Promise.all(page.rows.map((row) => this.#names.summary(row, cases.get(row.stream), now, view === 'acting' ? principalOf(person, row) : undefined)));
    return { items, ...(page.next !== undefined && { next: page.next }) };
  }

  async counts(person: Person, now: string): Promise<TaskCounts> {
    const below = { column: 'dueKey', value: now };
    const { open } = this.#tables;
    const [mine, delegated, groups, acting, ...late] = await Promise.all([
      ...OWN.map((view) => open.count(ownedBy(view, person))), this.#acting(person),
      ...OWN.map((view) => open.count({ ...ownedBy(view, person), below })),
    ]);
    return { mine: mine!, delegated: delegated!, groups: groups!, acting: acting!, overdue: late.reduce((sum, count) => sum + count, 0) };
  }

  /** Most people stand in for nobody: then nothing is asked. */
  async #acting(person: Person): Promise<number> {
    const { standsFor = [] } = person;
    if (standsFor.length === 0) return 0;
    const { open } = this.#tables;
    const counts = await Promise.all([...standsFor.map(({ id }) => open.count({ where: { assignee: id } })), open.count(offeredToOthers(person))]);
    return counts.reduce((sum, count) => sum + count, 0);
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

  async #page(view: Exclude<TaskView, 'done'>, person: Person, now: string, after: string | undefined, limit: number): Promise<Page<TaskRow>> {
    const below = { column: 'dueKey', value: now };
    switch (view) {
      case 'overdue': return this.#parts({ m: { ...ownedBy('mine', person), below }, d: { ...ownedBy('delegated', person), below }, g: { ...ownedBy('groups', person), below } }, after, limit);
      case 'acting': {
        const { standsFor = [] } = person;
        if (standsFor.length === 0) return { rows: [] };
        const page = await this.#parts({ m: { where: { assignee: standsFor.map(({ id }) => id) } }, g: offeredToOthers(person) }, after, limit);
        // Offered to a group of theirs and to one of mine: that is mine.
        return { ...page, rows: page.rows.filter((row) => principalOf(person, row) !== undefined) };
      }
      default: return this.#open(ownedBy(view, person), after, limit);
    }
  }

  /** One part after the other, as what is held before what is offered: each is one index range, so a page stays cheap. A cursor begins with the name of its part. */
  async #parts(parts: Readonly<Record<string, Pick<Query, 'where' | 'below'>>>, after: string | undefined, limit: number): Promise<Page<TaskRow>> {
    const names = Object.keys(parts);
    const begin = Math.max(names.indexOf(after?.slice(0, 1) ?? ''), 0);
    let cursor = after === undefined || after.length <= 2 ? undefined : after.slice(2);
    const rows: TaskRow[] = [];
    for (const name of names.slice(begin)) {
      if (rows.length === limit) return { rows, next: `${name} ` };
      const page = await this.#open(parts[name]!, cursor, limit - rows.length);
      cursor = undefined;
      rows.push(...page.rows);
      if (page.next !== undefined) return { rows, next: `${name} ${page.next}` };
    }
    return { rows };
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

function ownedBy(view: (typeof OWN)[number], person: Person): Pick<Query, 'where'> {
  if (view === 'mine') return { where: { assignee: person.id } };
  if (view === 'delegated') return { where: { owner: person.id } };
  return { where: { free: true, offered: [EVERYBODY, offeredToPerson(person.id), ...person.groups.map(offeredToGroup)] } };
}

/** Free tasks offered to those the person stands in for, by name or through groups the person is not in. */
function offeredToOthers({ groups, standsFor = [] }: Person): Pick<Query, 'where'> {
  const others = standsFor.flatMap((principal) => principal.groups).filter((group) => !groups.includes(group));
  return { where: { free: true, offered: [...new Set([...standsFor.map(({ id }) => offeredToPerson(id)), ...others.map(offeredToGroup)])] } };
}

function principalOf(person: Person, { assignee, candidateGroups, candidateUsers }: TaskRow): Principal | undefined {
  const capacity = capacityFor(person, { candidateGroups, candidateUsers, ...(assignee !== null && { assignee }) });
  return typeof capacity === 'object' ? capacity : undefined;
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
