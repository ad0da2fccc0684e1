/** The pages of data stores: which there are, what one holds, and one entry with the cases that wrote it; for the registry and managers. */
import { z } from 'zod';
import { dataStoreAddress, dataStorePage, dataStoresPage, entryPage } from '../../desk/data-stores.ts';
import type { WriterView } from '../../desk/data-stores.ts';
import type { Formats } from '../../desk/format.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import type { DataStoreEntryBody } from '../http/contract/data-stores.ts';
import { notFound } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';
import { withTitles } from './titles.ts';

const params = z.object({ store: z.string().min(1).max(200) });
const text = z.string().trim().max(1_000).catch('').default('');
const list = definePage({ name: 'data-stores', method: 'get', path: '/data-stores', access: 'read-registers' });
const show = definePage({ name: 'data-store', method: 'get', path: '/data-stores/:store', access: 'read-registers', params, query: z.object({ search: text, after: z.string().max(2_000).optional() }) });
const entry = definePage({ name: 'data-store-entry', method: 'get', path: '/data-stores/:store/entry', access: 'read-registers', params, query: z.object({ key: z.string().max(1_000).catch('').default(''), writes: z.enum(['all']).optional().catch(undefined) }) });

/** As many writes of one entry as its page tells. */
const MOST_WRITES = 50;

type Needs = Pick<PagesNeeds, 'dataStores' | 'runtime' | 'directory' | 'cases' | 'authorise'>;

export function dataStorePages(needs: Needs, frames: Frames, formats: Formats): BoundPage[] {
  const { dataStores } = needs;
  return [
    bindPage(list, async (context) => ({ html: dataStoresPage({ shell: await frames.shell(context, 'data-stores'), stores: await dataStores.stores(context.person) }) })),
    bindPage(show, async (context) => {
      const { person, params: { store }, query: { search, after } } = context;
      const page = await dataStores.entries(person, store, { startsWith: search, after });
      return { html: dataStorePage({
        shell: await frames.shell(context, 'data-stores'), formats, store, search, further: after !== undefined, entries: await withWriters(needs, page.items),
        next: page.next === undefined ? undefined : dataStoreAddress(store, { search, after: page.next }),
      }) };
    }),
    bindPage(entry, async (context) => {
      const { person, params: { store }, query: { key, writes } } = context;
      const found = await dataStores.entry(person, store, key);
      if (found === undefined) throw notFound(`entry ${key} of data store ${store}`);
      const [writer] = await withWriters(needs, [found]);
      const all = writes === undefined ? undefined : await withWriters(needs, await dataStores.writes(person, store, key, MOST_WRITES));
      return { html: entryPage({ shell: await frames.shell(context, 'data-stores'), formats, entry: writer!, writes: all, most: MOST_WRITES }) };
    }),
  ];
}

/** With what people call the case, the procedure, the step and the agency. */
async function withWriters<T extends DataStoreEntryBody>(needs: Needs, entries: readonly T[]): Promise<(T & WriterView)[]> {
  const { runtime: { definitions }, directory } = needs;
  const titled = await withTitles(needs, entries.map((written) => ({ ...written, stream: written.instanceId })), () => false);
  return Promise.all(titled.map(async (written) => {
    const latest = definitions.latest(written.processId);
    // The version the case ran by is not told by the write; what it is called now is enough to find it.
    const graph = latest === undefined ? undefined : await definitions.graph(written.processId, latest.version);
    return {
      ...written, processName: latest?.name || written.processId, step: graph?.nodes.get(written.elementId)?.name || written.elementId,
      agencyName: written.agency === undefined ? undefined : directory.groupTitle(written.agency),
    };
  }));
}
