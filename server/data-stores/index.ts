/** Data stores (BPMN 2.0.2, 10.4.1): implements the jobs `data-store-read` and `data-store-write` and shows what the stores hold. */
import { bind } from '../http/contract/bind.ts';
import type { HttpModule } from '../http/contract/bind.ts';
import { listDataStoreEntries, listDataStores } from '../http/contract/data-stores.ts';
import type { DataStoreEntryBody } from '../http/contract/data-stores.ts';
import type { Agencies, Person } from '../ports/directory.ts';
import type { JobHandler } from '../ports/job-handler.ts';
import type { Projections } from '../ports/projections.ts';
import type { Projection, Runtime } from '../runtime/types.ts';
import { dataStoreJobs } from './jobs.ts';
import { createEntries } from './projection.ts';
import type { EntryRow } from './projection.ts';

export interface DataStores {
  readonly projection: Projection;
  readonly handlers: readonly JobHandler[];
  readonly http: HttpModule;
}

/** `runtime`: asked when it runs, because it is made with these handlers. */
export interface DataStoreNeeds {
  readonly projections: Projections;
  readonly runtime: () => Pick<Runtime, 'change'>;
  readonly agencies: Agencies;
}

const PAGE = 1_000;

/** Declares its table, so call it before `projections.open()`. */
export function createDataStores({ projections, runtime, agencies }: DataStoreNeeds): DataStores {
  const { entries, projection } = createEntries(projections);
  /** The registry reads what its own agency wrote; somebody without a unit belongs to no agency: none has this name. */
  const own = (person: Person): { readonly agency?: string } => {
    if (person.roles.includes('manager')) return {};
    return { agency: (person.unit === undefined ? undefined : agencies.agencyOf(person.unit)) ?? '-' };
  };
  const counted = async (person: Person): Promise<{ readonly store: string; readonly entries: number }[]> => {
    const counts = new Map<string, number>();
    let after: string | undefined;
    do {
      const page = await entries.find({ where: own(person), orderBy: [{ column: 'store' }], limit: PAGE, ...(after !== undefined && { after }) });
      for (const { store } of page.rows) counts.set(store, (counts.get(store) ?? 0) + 1);
      after = page.next;
    } while (after !== undefined);
    return [...counts].map(([store, count]) => ({ store, entries: count }));
  };
  const http: HttpModule = {
    name: 'data-stores',
    routes: [
      bind(listDataStores, async ({ person }) => ({ status: 200, body: { items: await counted(person) } })),
      bind(listDataStoreEntries, async ({ person, params: { store }, query: { key, limit, after } }) => {
        const where = { store, ...own(person), ...(key !== undefined && { key }) };
        const page = await entries.find({ where, orderBy: [{ column: 'key' }], limit, ...(after !== undefined && { after }) });
        return { status: 200, body: { items: page.rows.map(entryBody), page: { ...(page.next !== undefined && { next: page.next }) } } };
      }),
    ],
  };
  return { projection, handlers: dataStoreJobs({ change: (...request) => runtime().change(...request) }), http };
}

function entryBody({ store, key, value, version, at, stream, processId, elementId, agency }: EntryRow): DataStoreEntryBody {
  return { store, key, value: value as DataStoreEntryBody['value'], version, writtenAt: at, instanceId: stream, processId, elementId, ...(agency !== '' && { agency }) };
}
