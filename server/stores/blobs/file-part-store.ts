/** Files on their way in as files of a folder, each part made durable by fsync. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PartStore } from '../../ports/part-store.ts';
import { syncFolder } from '../durable-file.ts';

/** `folder` is made if it does not exist. */
export async function openFilePartStore(folder: string): Promise<PartStore> {
  await mkdir(folder, { recursive: true });
  const path = (id: string): string => join(folder, id);
  return {
    async write(id, offset, part) {
      const handle = await open(path(id), constants.O_RDWR | constants.O_CREAT, 0o600);
      try {
        // What a crash left behind the acknowledged offset is not part of the file.
        await handle.truncate(offset);
        await handle.write(part, 0, part.byteLength, offset);
        await handle.sync();
      } finally {
        await handle.close();
      }
      if (offset === 0) await syncFolder(folder);
    },
    read: (id) => readFile(path(id)),
    remove: (id) => rm(path(id), { force: true }),
    ids: () => readdir(folder),
  };
}
