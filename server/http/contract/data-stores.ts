/** Data stores (BPMN 2.0.2, 10.4.1): what processes keep beyond their cases. */
import { z } from 'zod';
import { Instant, pageOf, PageQuery } from './common.ts';
import { defineRoute } from './route.ts';

/** The latest write of an entry. `key` is empty for what was written without one; `instanceId`, `elementId`: who wrote it. */
export const DataStoreEntry = z.object({
  store: z.string(), key: z.string(), value: z.json(), version: z.number().int(), writtenAt: Instant, instanceId: z.string(), processId: z.string(), elementId: z.string(), agency: z.string().optional(),
}).meta({ id: 'DataStoreEntry' });

export type DataStoreEntryBody = z.infer<typeof DataStoreEntry>;

/** One write of an entry. `record`: which act of the store's history it was, from 1. */
export interface DataStoreWriteBody extends DataStoreEntryBody {
  readonly record: number;
}

export const listDataStores = defineRoute({
  operationId: 'listDataStores', method: 'get', path: '/api/v1/data-stores', area: 'data-stores', access: 'read-registers',
  summary: 'The data stores you may read, with how many of their entries are yours to see.',
  responses: { 200: z.object({ items: z.array(z.object({ store: z.string(), entries: z.number().int() })) }) },
});

export const listDataStoreEntries = defineRoute({
  operationId: 'listDataStoreEntries', method: 'get', path: '/api/v1/data-stores/:store', area: 'data-stores', access: 'read-registers',
  summary: 'The entries of a data store by key, each as it was written last; or the one with the key that is asked for.',
  description: 'startsWith: only keys that begin so, the last one first. The registry reads what cases of its own agency wrote, a manager everything. Every earlier write stands in the log.',
  params: z.object({ store: z.string().min(1).max(200) }), query: PageQuery.extend({ key: z.string().max(1_000).optional(), startsWith: z.string().max(1_000).optional() }),
  responses: { 200: pageOf(DataStoreEntry) },
});

export const DATA_STORE_ROUTES = [listDataStores, listDataStoreEntries];
