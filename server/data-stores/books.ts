/** Reading data stores (BPMN 2.0.2, 10.4.1): the registry sees what its own agency wrote, a manager everything. */
import { dataStoreStream } from '../../engine/index.ts';
import type { DataStoreWritten } from '../../engine/index.ts';
import type { DataStoreEntryBody, DataStoreWriteBody } from '../http/contract/data-stores.ts';
import { failure } from '../http/contract/failure.ts';
import type { Agencies, Person } from '../ports/directory.ts';
import type { Page, Query, Table } from '../ports/projections.ts';
import type { Runtime } from '../runtime/types.ts';
import { entryId } from './projection.ts';
import type { EntryRow } from './projection.ts';

interface Listed<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** `startsWith`: of the key; what is found comes with the last key first. */
export interface EntryQuery {
  readonly key?: string | undefined;
  readonly startsWith?: string | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export interface DataStoreBooks {
  stores(person: Person): Promise<readonly { readonly store: string; readonly entries: number }[]>;
  /** By key. Throws HTTP_CURSOR_INVALID. */
  entries(person: Person, store: string, query: EntryQuery): Promise<Listed<DataStoreEntryBody>>;
  /** Undefined where there is none, or none this person may see. */
  entry(person: Person, store: string, key: string): Promise<DataStoreEntryBody | undefined>;
  /** Every write of an entry, newest first, at most `limit`: read from the log. */
  writes(person: Person, store: string, key: string, limit: number): Promise<readonly DataStoreWriteBody[]>;
}

const PAGE = 50;
const COUNTED = 1_000;
/** Behind every text that begins as another does. */
const LAST = '\u{10FFFF}';

export function createDataStoreBooks(entries: Table<EntryRow>, runtime: () => Pick<Runtime, 'history'>, agencies: Agencies): DataStoreBooks {
  /** Somebody without a unit belongs to no agency: none has this name. */
  const own = (person: Person): { readonly agency?: string } => {
    if (person.roles.includes('manager')) return {};
    return { agency: (person.unit === undefined ? undefined : agencies.agencyOf(person.unit)) ?? '-' };
  };
  const mayRead = (person: Person, agency: string): boolean => (own(person).agency ?? agency) === agency;
  return {
    async stores(person) {
      const counts = new Map<string, number>();
      let after: string | undefined;
      do {
        const page = await entries.find({ where: own(person), orderBy: [{ column: 'store' }], limit: COUNTED, ...(after !== undefined && { after }) });
        for (const { store } of page.rows) counts.set(store, (counts.get(store) ?? 0) + 1);
        after = page.next;
      } while (after !== undefined);
      return [...counts].map(([store, count]) => ({ store, entries: count }));
    },
    async entries(person, store, { key, startsWith = '', limit = PAGE, after }) {
      const where = { store, ...own(person), ...(key !== undefined && { key }) };
      const found = startsWith !== '';
      const query: Query = { where, limit, orderBy: [{ column: 'key', descending: found }], ...(found && { below: { column: 'key', value: `${startsWith}${LAST}` } }) };
      const page = await find(entries, query, after);
      const rows = page.rows.filter((row) => row.key.startsWith(startsWith));
      // Keys that begin so stand together: behind another one there is none.
      const more = page.next !== undefined && rows.length === page.rows.length && (!found || (await find(entries, { ...query, limit: 1 }, page.next)).rows[0]?.key.startsWith(startsWith) === true);
      return { items: rows.map(entryBody), ...(more && { next: page.next }) };
    },
    async entry(person, store, key) {
      const row = await entries.get(entryId(store, key));
      return row === undefined || !mayRead(person, row.agency) ? undefined : entryBody(row);
    },
    async writes(person, store, key, limit) {
      const records = await runtime().history(dataStoreStream(store));
      const writes: DataStoreWriteBody[] = [];
      for (const { at, version: record, events } of records.toReversed()) {
        for (const event of (events as readonly DataStoreWritten[]).toReversed()) {
          if (writes.length >= limit) return writes;
          if (event.key === key && mayRead(person, event.by.agency ?? '')) writes.push({ ...written(event, at), record });
        }
      }
      return writes;
    },
  };
}

function entryBody({ store, key, value, version, at, stream, processId, elementId, agency }: EntryRow): DataStoreEntryBody {
  return { store, key, value: value as DataStoreEntryBody['value'], version, writtenAt: at, instanceId: stream, processId, elementId, ...(agency !== '' && { agency }) };
}

function written({ store, key, value, version, by }: DataStoreWritten, at: string): DataStoreEntryBody {
  return entryBody({ id: '', store, key, value, version, at, stream: by.stream, processId: by.processId, elementId: by.elementId, agency: by.agency ?? '' });
}

/** Only the adapter knows what a cursor looks like; what it refuses came from the address of the page. */
async function find(table: Table<EntryRow>, query: Query, after: string | undefined): Promise<Page<EntryRow>> {
  try {
    return await table.find(after === undefined ? query : { ...query, after });
  } catch (error) {
    if ((error as { readonly code?: unknown }).code === 'STORE_CURSOR_INVALID') throw failure('HTTP_CURSOR_INVALID');
    throw error;
  }
}
