/** A data folder as a whole, without a server: checking its chain, telling whether it is in use. Copying it: backup.ts. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { GENESIS_HASH, keptHeads, linkFault } from '../commit.ts';
import type { ChainPoint, ChainVerdict } from '../commit.ts';
import { StoreError } from '../errors.ts';
import { LOG_FILE } from './event-store.ts';
import { lockFolder } from './folder-lock.ts';
import { isNewLog, readCommits } from './log-schema.ts';
import { openFailure } from './sqlite-failure.ts';

export const DESK_FILE = 'desk.db';
export const BLOBS = 'blobs';

export type OnProgress = (done: number, of: number) => void;

/**
 * Every commit of the log against its hash and the one before, and that the index knows none behind the last. `points`: heads that were kept elsewhere,
 * which the log must contain. Throws STORE_INSTALLATION_MISSING, STORE_FILE_DAMAGED, STORE_OPEN_FAILED.
 */
export function checkLog(folder: string, points: readonly ChainPoint[] = [], onProgress?: OnProgress): ChainVerdict & { readonly records: number } {
  const db = openLogToRead(folder);
  const kept = keptHeads(points);
  let before: ChainPoint = { position: 0, hash: GENESIS_HASH };
  let records = 0;
  const wrong = (position: number, reason: string): ChainVerdict & { readonly records: number } => ({ valid: false, position, reason, records });
  try {
    const last = Number(db.prepare('SELECT max(position) FROM commits').pluck().get() ?? 0);
    for (const commit of readCommits(db)) {
      const fault = linkFault(commit, before) ?? kept.fault(commit);
      if (fault !== undefined) return wrong(before.position + 1, fault);
      before = { position: commit.position, hash: commit.hash };
      records += commit.records.length;
      if (commit.position % 1_000 === 0) onProgress?.(commit.position, last);
    }
    const short = kept.missing() ?? cutOff(db, before.position);
    return short === undefined ? { valid: true, ...before, records } : wrong(before.position, short);
  } catch (error) {
    throw openFailure(join(folder, LOG_FILE), error);
  } finally {
    db.close();
  }
}

/** What the index knows behind the last commit; of a copy that was never opened there is none. */
function cutOff(db: Database.Database, last: number): string | undefined {
  const indexed = Number(db.prepare('SELECT max(position) FROM records').pluck().get() ?? 0);
  return indexed > last ? `the log ends here, but its index knows commit ${String(indexed)}: the end was cut off` : undefined;
}

/** Fails with STORE_FOLDER_IN_USE while a server has the folder. */
export function isInUse(folder: string): boolean {
  try {
    lockFolder(folder).release();
    return false;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_FOLDER_IN_USE') return true;
    throw error;
  }
}

/** The log of a folder, over a connection that cannot write. Throws STORE_INSTALLATION_MISSING, STORE_FOREIGN_FILE, STORE_SCHEMA_NEWER and what the file says. */
export function openLogToRead(folder: string): Database.Database {
  const file = join(folder, LOG_FILE);
  if (!existsSync(file)) throw new StoreError('STORE_INSTALLATION_MISSING', { folder, file: LOG_FILE });
  const db = openToRead(file);
  try {
    isNewLog(db, file);
    return db;
  } catch (error) {
    db.close();
    throw openFailure(file, error);
  }
}

/** Whether every page of a small database can be read. Throws STORE_FILE_DAMAGED. */
export function checkPages(file: string): void {
  const db = openToRead(file);
  try {
    const [found] = db.pragma('quick_check(1)') as { readonly quick_check: string }[];
    if (found?.quick_check !== 'ok') throw new StoreError('STORE_FILE_DAMAGED', { file, reason: found?.quick_check.replace(/\s+/g, ' ') ?? 'nothing' });
  } catch (error) {
    throw openFailure(file, error);
  } finally {
    db.close();
  }
}

/** A database, over a connection that cannot write. Throws STORE_OPEN_FAILED, STORE_FILE_DAMAGED. */
export function openToRead(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw openFailure(file, error);
  }
}
