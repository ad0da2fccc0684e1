/**
 * Exclusive ownership of a data folder: one process works on it, a second one is refused, a killed one leaves nothing behind.
 *
 * The lock is SQLite's own lock on an empty database, which the operating system drops when the process ends in any way.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../errors.ts';
import { isBusy, openFailure } from './sqlite-failure.ts';

// Reading the locked file itself would drop the lock (POSIX record locks end with any close), so its owner stands beside it.
const LOCK_FILE = 'lock';
const OWNER_FILE = 'lock.pid';

export interface FolderLock {
  release(): void;
}

/** Refuses with STORE_FOLDER_IN_USE when another process, or another store of this one, holds the folder. */
export function lockFolder(folder: string): FolderLock {
  const ownerFile = join(folder, OWNER_FILE);
  const lock = hold(folder, ownerFile);
  try {
    writeFileSync(ownerFile, String(process.pid));
  } catch (error) {
    lock.close();
    throw openFailure(ownerFile, error);
  }
  return {
    release(): void {
      if (!lock.open) return;
      rmSync(ownerFile, { force: true });
      lock.close();
    },
  };
}

function hold(folder: string, ownerFile: string): Database.Database {
  const file = join(folder, LOCK_FILE);
  let lock: Database.Database | undefined;
  try {
    lock = new Database(file, { timeout: 0 });
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (isBusy(error)) throw new StoreError('STORE_FOLDER_IN_USE', { folder, owner: owner(ownerFile) }, { cause: error });
    throw openFailure(file, error);
  }
}

function owner(ownerFile: string): string {
  try {
    return `process ${readFileSync(ownerFile, 'utf8').trim()}`;
  } catch {
    return 'another process';
  }
}
