/** Finding cases: everything for managers and administrators, for everybody else what concerns them (need to know). */
import { failure } from '../http/contract/failure.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { Person } from '../ports/directory.ts';
import type { CaseRow, CaseStatus, CaseTables, ReaderRow } from './projection.ts';

export interface CaseFilter {
  readonly status?: CaseStatus | undefined;
  readonly processId?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly businessKey?: string | undefined;
}

export interface CasePage {
  readonly rows: readonly CaseRow[];
  readonly next: string | undefined;
}

// A page of a strict filter over many cases looks at this many at most, then says where to go on.
const LOOKED_AT = 2_000;

/**
 * Newest first: all cases by their start where `readers` is undefined, else those that concern the readers, by when they last
 * did. Throws HTTP_CURSOR_INVALID.
 */
export async function findCases(tables: CaseTables, readers: readonly string[] | undefined, filter: CaseFilter, limit: number, after: string | undefined): Promise<CasePage> {
  const below = after === undefined ? undefined : readCursor(after);
  return readers === undefined ? findAll(tables, filter, limit, below) : findConcerning(tables, readers, filter, limit, below);
}

async function findAll({ cases }: CaseTables, filter: CaseFilter, limit: number, start: string | undefined): Promise<CasePage> {
  // One indexed column narrows the search (two for process and status); what is left of the filter is checked on the rows.
  const where = indexed(filter);
  const rows: CaseRow[] = [];
  let below = start;
  for (let looked = 0; looked < LOOKED_AT;) {
    const page = await cases.find({ where, orderBy: [{ column: 'order', descending: true }], limit: limit + 1, ...(below === undefined ? {} : { below: { column: 'order', value: below } }) });
    for (const row of page.rows) {
      if (rows.length === limit) return { rows, next: cursor(rows.at(-1)!.order) };
      if (fits(row, filter)) rows.push(row);
      below = row.order;
    }
    looked += page.rows.length;
    if (page.rows.length <= limit) return { rows, next: undefined };
  }
  return { rows, next: cursor(below!) };
}

async function findConcerning(tables: CaseTables, readers: readonly string[], filter: CaseFilter, limit: number, start: string | undefined): Promise<CasePage> {
  const rows: CaseRow[] = [];
  let below = start;
  for (let looked = 0; looked < LOOKED_AT;) {
    const { batch, complete } = await nextBatch(tables, readers, limit + 1, below);
    for (const entry of batch) {
      if (rows.length === limit) return { rows, next: cursor(below!) };
      below = entry.since;
      if (!await isLatest(tables, entry, readers)) continue;
      const row = await tables.cases.get(entry.stream);
      if (row !== undefined && fits(row, filter)) rows.push(row);
    }
    looked += batch.length;
    if (complete) return { rows, next: undefined };
  }
  return { rows, next: cursor(below!) };
}

/** The newest entries of all readers together; `complete` when there are no older ones. */
async function nextBatch({ readers: table }: CaseTables, readers: readonly string[], limit: number, below: string | undefined): Promise<{ readonly batch: readonly ReaderRow[]; readonly complete: boolean }> {
  const pages = await Promise.all(readers.map((reader) => table.find({
    where: { reader }, orderBy: [{ column: 'since', descending: true }], limit, ...(below === undefined ? {} : { below: { column: 'since', value: below } }),
  })));
  // Below the oldest entry of a full page that reader may have more, which must not be overtaken.
  const floors = pages.filter((page) => page.rows.length === limit).map((page) => page.rows.at(-1)!.since);
  const floor = floors.sort().at(-1);
  const batch = pages.flatMap((page) => page.rows).filter((row) => floor === undefined || row.since >= floor).sort((left, right) => (left.since > right.since ? -1 : left.since < right.since ? 1 : 0));
  return { batch: batch.filter((row, at) => batch[at - 1]?.since !== row.since), complete: floor === undefined };
}

/** False when the case concerned the person later through another of their groups: it stood on the list before. */
async function isLatest({ readers: table }: CaseTables, entry: ReaderRow, readers: readonly string[]): Promise<boolean> {
  const others = readers.filter((reader) => reader !== entry.reader);
  const rows = await Promise.all(others.map((reader) => table.get(`${entry.stream}|${reader}`)));
  return rows.every((row) => row === undefined || row.since <= entry.since);
}

/** Who the case concerns, for the access rules; undefined when the tables do not know it (yet). */
export async function caseResource(tables: CaseTables, stream: string): Promise<CaseResource | undefined> {
  const row = await tables.cases.get(stream);
  if (row === undefined) return undefined;
  const readers: string[] = [];
  let after: string | undefined;
  do {
    const page = await tables.readers.find({ where: { stream }, limit: 500, ...(after === undefined ? {} : { after }) });
    readers.push(...page.rows.map((entry) => entry.reader));
    after = page.next;
  } while (after !== undefined);
  return resourceOf(stream, row.startedBy, readers);
}

/** `readers`: as the tables name them. */
export function resourceOf(stream: string, startedBy: string, readers: readonly string[]): CaseResource {
  return {
    kind: 'case', stream, startedBy,
    people: readers.filter((reader) => reader.startsWith('@')).map((reader) => reader.slice(1)),
    groups: readers.filter((reader) => !reader.startsWith('@')),
  };
}

function indexed({ status, processId, startedBy, businessKey }: CaseFilter): Record<string, string> {
  if (businessKey !== undefined) return { businessKey };
  if (startedBy !== undefined) return { startedBy };
  return { ...(processId === undefined ? {} : { processId }), ...(status === undefined ? {} : { status }) };
}

function fits(row: CaseRow, filter: CaseFilter): boolean {
  return (['status', 'processId', 'startedBy', 'businessKey'] as const).every((column) => filter[column] === undefined || row[column] === filter[column]);
}

/** As the tables name a person and their groups. */
export function readerKeys(person: Person): string[] {
  return [`@${person.id}`, ...person.groups];
}

export function cursor(order: string): string {
  return Buffer.from(order).toString('base64url');
}

/** Throws HTTP_CURSOR_INVALID. */
export function readCursor(after: string): string {
  const order = Buffer.from(after, 'base64url').toString();
  if (!/^\d{12}\.\d{3}(\||$)/.test(order)) throw failure('HTTP_CURSOR_INVALID');
  return order;
}

/** The other cases of the conversation a case belongs to: the one that began it, then the others; called cases among them. */
export async function casesBeside({ cases, conversations }: Pick<CaseTables, 'cases' | 'conversations'>, conversation: string, stream: string): Promise<readonly CaseRow[]> {
  const { rows } = await conversations.find({ where: { conversation }, limit: 50 });
  const others = [conversation, ...rows.map((row) => row.stream)].filter((other) => other !== stream);
  const found = await Promise.all(others.map((other) => cases.get(other)));
  return found.filter((row) => row !== undefined);
}

/** The cases a registration number stands in; for those who may see all cases. */
export async function casesOfNumber({ cases, numbers }: Pick<CaseTables, 'cases' | 'numbers'>, number: string): Promise<readonly CaseRow[]> {
  const { rows } = await numbers.find({ where: { number }, limit: 50 });
  const found = await Promise.all(rows.map((row) => cases.get(row.stream)));
  return found.filter((row) => row !== undefined);
}
