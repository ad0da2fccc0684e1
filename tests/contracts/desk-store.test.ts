/** The desk stores against their contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteDeskStore } from '../../server/stores/sqlite/desk-store.ts';
import { describeDeskStore } from './desk-store.ts';

describeDeskStore('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-desk-'));
  const file = join(folder, 'desk.db');
  const store = openSqliteDeskStore(file);
  const reopen = async (): Promise<typeof store> => {
    await store.close();
    return openSqliteDeskStore(file);
  };
  return { store, reopen, remove: () => rm(folder, { recursive: true }) };
});

const inMemory = openSqliteDeskStore.bind(undefined, ':memory:');
describeDeskStore('sqlite in memory', () => Promise.resolve({ store: inMemory(), reopen: () => Promise.resolve(inMemory()), remove: () => Promise.resolve() }), false);
