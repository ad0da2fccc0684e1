// A lock between processes of one machine: a folder that names the process holding it.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './errors.mjs';

const POLL_MS = 200;
const UNNAMED_IS_STALE_MS = 5_000;
const GIVE_UP_MS = 20 * 60_000;

/**
 * Waits until this process holds the lock, taking over one whose process is gone.
 * @param {string} folder
 * @param {(holder: number | undefined) => void} onWait called once, when another process holds it
 * @returns {Promise<() => void>} releases the lock; calling it twice does no harm
 */
export async function takeLock(folder, onWait) {
  mkdirSync(dirname(folder), { recursive: true });
  const started = Date.now();
  let told = false;
  while (!tryTake(folder)) {
    const holder = holderOf(folder);
    if (isStale(folder, holder)) {
      removeStale(folder, holder);
      continue;
    }
    if (!told) {
      told = true;
      onWait(holder);
    }
    if (Date.now() - started > GIVE_UP_MS) {
      throw new SetupError('SETUP_LOCK_HELD', `process ${String(holder)} has held ${folder} for more than 20 minutes`);
    }
    await sleep(POLL_MS);
  }
  return () => {
    if (holderOf(folder) === process.pid) rmSync(folder, { recursive: true, force: true });
  };
}

function tryTake(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

function holderOf(folder) {
  try {
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isStale(folder, holder) {
  if (holder !== undefined) return !isAlive(holder);
  // Between mkdir and the write of the pid the folder is empty for a moment: only an old empty one is stale.
  try {
    return Date.now() - statSync(folder).mtimeMs > UNNAMED_IS_STALE_MS;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function removeStale(folder, holder) {
  const aside = `${folder}.stale-${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  // Two waiters may both have seen the dead one; whoever moved away a fresh lock puts it back.
  if (holderOf(aside) !== holder) {
    try {
      renameSync(aside, folder);
      return;
    } catch {
      // A third process took the free name in between; the moved one no longer counts.
    }
  }
  rmSync(aside, { recursive: true, force: true });
}
