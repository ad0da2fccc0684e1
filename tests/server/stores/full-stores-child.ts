/** A process with every store beside the log in one folder, told line by line what to do: `write NAME` writes to all of them, `read NAME` says which have it. Argument: data folder. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { createThreadedProjections } from '../../../server/stores/sqlite/threaded-projections.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';

const [folder = ''] = process.argv.slice(2);
const NOW = '2026-01-05T09:00:00.000Z';
const desk = openSqliteDeskStore(join(folder, 'desk.db'));
const vault = await openSqliteVault({ folder });
const blobs = await openFileBlobStore(join(folder, 'blobs'));
const projections = createThreadedProjections(join(folder, 'projections.db'));
const table = projections.table<{ key: string; text: string }>({ name: 'rows', key: 'key', indexes: [['text']] });
await projections.open();
const large = 'x'.repeat(200_000);
const names = new Map<string, string>();

const WRITES: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  desk: (name) => desk.put('drafts', { key: name, content: { text: large } }),
  vault: (name) => vault.putSecret(name, Buffer.from(large)),
  blobs: async (name) => { names.set(name, await blobs.put(Buffer.from(name + large))); },
  projections: async (name) => {
    const position = await projections.checkpoint();
    await projections.commit(position + 1, () => { for (let n = 0; n < 20; n += 1) table.put({ key: `${name}-${String(n)}`, text: large }); });
  },
};
const READS: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
  desk: (name) => desk.get('drafts', name, NOW), vault: (name) => vault.secret(name), blobs: async (name) => blobs.get(names.get(name) ?? '0'.repeat(64)),
  projections: async (name) => {
    const rows = await Promise.all(Array.from({ length: 20 }, (_, n) => table.get(`${name}-${String(n)}`)));
    const there = rows.filter((row) => row !== undefined).length;
    if (there !== 0 && there !== 20) throw Object.assign(new Error('half'), { code: `HALF ${String(there)}` });
    return there === 20 ? rows : undefined;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [verb = '', name = ''] = line.split(' ');
  const told: string[] = [];
  for (const [store, act] of Object.entries(verb === 'write' ? WRITES : READS)) {
    told.push(`${store} ${await act(name).then((found) => (verb === 'write' ? 'written' : found === undefined ? 'absent' : 'there'), (error: unknown) => String((error as { readonly code?: string }).code))}`);
  }
  process.stdout.write(`${told.join(', ')}\n`);
}
