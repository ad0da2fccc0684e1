/** What data stores hold (BPMN 2.0.2, 10.4.1), as tables: folded from the log, rebuilt whenever needed. */
import type { DataStoreWritten, Json } from '../../engine/index.ts';
import type { Projections, Table } from '../ports/projections.ts';
import { streamKind } from '../runtime/types.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';

/** The latest write of one entry. `id`: `<store> <key>`; `agency` is empty where the case stands in no pool. */
export type EntryRow = {
  readonly id: string; readonly store: string; readonly key: string; readonly value: Json; readonly version: number; readonly at: string;
  readonly stream: string; readonly processId: string; readonly elementId: string; readonly agency: string;
};

/** The key of a row. */
export function entryId(store: string, key: string): string {
  return `${store} ${key}`;
}

/** Declares the table, so call it before `projections.open()`. */
export function createEntries(projections: Projections): { readonly entries: Table<EntryRow>; readonly projection: Projection } {
  const entries = projections.table<EntryRow>({ name: 'data_store_entries', key: 'id', indexes: [['store', 'key'], ['store', 'agency', 'key'], ['agency', 'store']] });
  return { entries, projection: { name: 'data-stores', apply: (record) => { apply(record, entries); } } };
}

function apply(record: DecodedRecord, entries: Table<EntryRow>): void {
  if (streamKind(record.stream) !== 'data-store') return;
  for (const { store, version, by, ...written } of record.events as readonly DataStoreWritten[]) {
    // Erased: what stood there is gone with its key.
    const { key, value } = written as Partial<typeof written>;
    if (key === undefined) continue;
    const { stream, processId, elementId, agency = '' } = by;
    entries.put({ id: entryId(store, key), store, key, value: value ?? null, version, at: record.at, stream, processId, elementId, agency });
  }
}
