/** The part stores against their contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFilePartStore } from '../../server/stores/blobs/file-part-store.ts';
import { describePartStore } from './part-store.ts';

describePartStore('files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-parts-'));
  return { store: await openFilePartStore(folder), reopen: () => openFilePartStore(folder), remove: () => rm(folder, { recursive: true }) };
});
