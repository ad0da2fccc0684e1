/** The blob stores against their contract. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { describeBlobStore } from './blob-store.ts';

describeBlobStore('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-blobs-'));
  const store = await openFileBlobStore(folder);
  return {
    store,
    reopen: async () => {
      await store.close();
      return openFileBlobStore(folder);
    },
    damage: (sha256) => writeFile(join(folder, sha256.slice(0, 2), sha256.slice(2, 4), sha256), 'something else'),
    remove: () => rm(folder, { recursive: true }),
  };
});
