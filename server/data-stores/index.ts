/** Data stores (BPMN 2.0.2, 10.4.1): implements the jobs `data-store-read` and `data-store-write` and shows what the stores hold. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { listDataStoreEntries, listDataStores } from '../http/contract/data-stores.ts';
import type { Agencies } from '../ports/directory.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Projections } from '../ports/projections.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { createDataStoreBooks } from './books.ts';
import type { DataStoreBooks } from './books.ts';
import { dataStoreJobs } from './jobs.ts';
import { createEntries } from './projection.ts';

export interface DataStores {
  readonly projection: Projection;
  readonly books: DataStoreBooks;
  readonly handlers: readonly JobHandler[];
  readonly http: HttpModule;
}

/** `runtime`: asked when it runs, because it is made with these handlers. */
export interface DataStoreNeeds {
  readonly projections: Projections;
  readonly runtime: () => Pick<Runtime, 'change' | 'history'>;
  readonly agencies: Agencies;
}

/** Declares its table, so call it before `projections.open()`. */
export function createDataStores({ projections, runtime, agencies }: DataStoreNeeds): DataStores {
  const { entries, projection } = createEntries(projections);
  const books = createDataStoreBooks(entries, runtime, agencies);
  const http: HttpModule = {
    name: 'data-stores',
    routes: [
      bind(listDataStores, async ({ person }) => ({ status: 200, body: { items: await books.stores(person) } })),
      bind(listDataStoreEntries, async ({ person, params: { store }, query }) => {
        const { items, ...page } = await books.entries(person, store, query);
        return { status: 200, body: { items, page } };
      }),
    ],
  };
  return { projection, books, handlers: dataStoreJobs({ change: (...request) => runtime().change(...request) }), http };
}
