/** A server that is alone on its machine: everything in the data folder, the queue in the process. */
import { join, resolve } from 'node:path';
import { headsOfFolder } from '../audit/index.ts';
import { openEmbeddedQueue } from '../queues/embedded.ts';
import { openFileBlobStore } from '../stores/blobs/file-blob-store.ts';
import { openFilePartStore } from '../stores/blobs/file-part-store.ts';
import { createSoleLeases } from '../stores/memory/leases.ts';
import { openSqliteDeskStore } from '../stores/sqlite/desk-store.ts';
import { openSqliteEventStore } from '../stores/sqlite/event-store.ts';
import { createThreadedProjections } from '../stores/sqlite/threaded-projections.ts';
import { openSqliteVault } from '../stores/sqlite/vault.ts';
import type { NodeAdapters, OpenNeeds } from './node-adapters.ts';

export async function openEmbedded({ config, log, clock, opened, storeFailpoint }: OpenNeeds): Promise<NodeAdapters> {
  const folder = resolve(config.data);
  const store = await openSqliteEventStore({ folder, ...(storeFailpoint && { failpoint: storeFailpoint }) });
  opened.push(() => store.close());
  const vault = await openSqliteVault({ folder, logIsEmpty: (await store.head()).position === 0 });
  opened.push(() => vault.close());
  const deskStore = openSqliteDeskStore(join(folder, 'desk.db'));
  opened.push(() => deskStore.close());
  const blobs = await openFileBlobStore(join(folder, 'blobs'));
  opened.push(() => blobs.close());
  const projections = createThreadedProjections(join(folder, 'projections.db'));
  opened.push(() => projections.close());
  const queue = openEmbeddedQueue({ clock, onFailure: (job, error) => { log.warn({ queue: job.type, err: error }, 'a delivery could not be made and is tried again'); } });
  return {
    folder, store, vault, deskStore, blobs, projections, queue, parts: await openFilePartStore(join(folder, 'uploads')), heads: headsOfFolder(folder), leases: createSoleLeases(), shared: false,
    failure: () => Promise.resolve(store.failure),
  };
}
