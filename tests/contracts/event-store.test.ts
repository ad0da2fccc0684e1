/** The event stores against their contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryEventStore } from '../../server/stores/memory/event-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { describeEventStore } from './event-store.ts';

describeEventStore('memory', () => Promise.resolve({ store: openMemoryEventStore(), remove: () => Promise.resolve() }), false);

describeEventStore('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-log-'));
  const store = await openSqliteEventStore({ folder });
  return {
    store,
    reopen: async () => {
      await store.close();
      return openSqliteEventStore({ folder });
    },
    remove: () => rm(folder, { recursive: true }),
  };
});
