/** A whole file made durable: written aside, synced, renamed into place, its folder synced. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** `aside`: a path on the same disk that nobody else uses. */
export async function writeDurably(file: string, aside: string, content: Uint8Array, mode = 0o644): Promise<void> {
  try {
    const handle = await open(aside, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Makes the content of a file durable. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
