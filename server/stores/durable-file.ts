/** A whole file made durable: written aside, synced, renamed into place, its folder synced. */
import { mkdirSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Only the owner looks into a folder of an installation: files that others could read lie in it. */
const PRIVATE = 0o700;

/**
 * Makes a folder and those above it, where they are missing; `mode` is that of the new ones. Throws what the system says.
 * Level by level, because Node's own way never comes back where the system answers ENOENT for a name that cannot be made (below /proc, for instance).
 */
export function makeFolder(folder: string, mode = PRIVATE): void {
  const path = resolve(folder);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path), mode);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Somebody else was quicker.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

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
