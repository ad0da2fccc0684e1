/**
 * A data folder as a whole, without a server: checking its chain, copying it while a server writes, putting a copy back.
 *
 * Order of a backup: the log first, then everything its records can name (vault, blobs), which was durable before them.
 */
import { randomBytes } from 'node:crypto';
import { constants, existsSync, readdirSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openFileBlobStore } from '../blobs/file-blob-store.ts';
import { GENESIS_HASH, linkFault } from '../commit.ts';
import type { ChainPoint, ChainVerdict } from '../commit.ts';
import { syncFile, syncFolder, writeDurably } from '../durable-file.ts';
import { StoreError } from '../errors.ts';
import { copyLog } from './copy-log.ts';
import { LOG_FILE } from './event-store.ts';
import { lockFolder } from './folder-lock.ts';
import { cutLog, readCommits } from './log-schema.ts';
import { openFailure } from './sqlite-failure.ts';
import { KEY_FILE, openSqliteVault, VAULT_FILE } from './vault.ts';

export const DESK_FILE = 'desk.db';
export const BLOBS = 'blobs';
/** Folders of small files that prove: sealed heads, and the root certificate their seals lead to. */
const EVIDENCE = ['heads', 'authority'];
/** Written last: a folder without it is no whole backup. */
export const BACKUP_FILE = 'backup.json';

/** `at`: ISO 8601 UTC instant. `withKey`: the installation key lies in the backup. */
export interface BackupSummary extends ChainPoint {
  readonly at: string;
  readonly blobs: number;
  readonly withKey: boolean;
}

export type OnProgress = (done: number, of: number) => void;

/** Every commit of the log against its hash and the one before. `points`: heads that were kept elsewhere, which the log must contain. */
export function checkLog(folder: string, points: readonly ChainPoint[] = [], onProgress?: OnProgress): ChainVerdict & { readonly records: number } {
  const db = openReadOnly(join(folder, LOG_FILE));
  const wanted = new Map(points.map(({ position, hash }) => [position, hash]));
  let before: ChainPoint = { position: 0, hash: GENESIS_HASH };
  let records = 0;
  const wrong = (position: number, reason: string): ChainVerdict & { readonly records: number } => ({ valid: false, position, reason, records });
  try {
    const last = Number(db.prepare('SELECT max(position) FROM commits').pluck().get() ?? 0);
    for (const commit of readCommits(db)) {
      const fault = linkFault(commit, before);
      if (fault !== undefined) return wrong(before.position + 1, fault);
      before = { position: commit.position, hash: commit.hash };
      const kept = wanted.get(commit.position);
      if (kept !== undefined && kept !== commit.hash) return wrong(commit.position, `its hash is ${commit.hash}, but the head that was kept says ${kept}`);
      wanted.delete(commit.position);
      records += commit.records.length;
      if (commit.position % 1_000 === 0) onProgress?.(commit.position, last);
    }
  } finally {
    db.close();
  }
  const [missing] = wanted.keys();
  return missing === undefined ? { valid: true, ...before, records } : wrong(before.position, `the log ends here, but a head of commit ${String(missing)} was kept: the end was cut off`);
}

/** Copies a data folder, also while a server works on it. A second backup into the same folder copies only new commits and blobs. Rejects with STORE_BACKUP_TARGET, STORE_LOG_DAMAGED and what the files say. */
export async function backUp(folder: string, target: string, at: string, withKey: boolean, onProgress?: OnProgress): Promise<BackupSummary> {
  const others = existsSync(target) ? readdirSync(target).filter((name) => name !== BLOBS && !EVIDENCE.includes(name) && !name.startsWith('.')) : [];
  if (others.length > 0 && !others.includes(BACKUP_FILE)) throw new StoreError('STORE_BACKUP_TARGET', { folder: target, found: others[0] ?? '' });
  await mkdir(join(target, BLOBS), { recursive: true });
  await rm(join(target, BACKUP_FILE), { force: true });
  await copyTheLog(join(folder, LOG_FILE), join(target, LOG_FILE));
  await copyDatabase(join(folder, VAULT_FILE), join(target, VAULT_FILE));
  if (existsSync(join(folder, DESK_FILE))) await copyDatabase(join(folder, DESK_FILE), join(target, DESK_FILE));
  const checked = checkLog(target);
  if (!checked.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(folder, LOG_FILE), position: checked.position, reason: checked.reason });
  const blobs = await copyBlobs(join(folder, BLOBS), join(target, BLOBS), onProgress);
  for (const evidence of EVIDENCE) await copyFiles(join(folder, evidence), join(target, evidence));
  await rm(join(target, KEY_FILE), { force: true });
  if (withKey) await copyDurably(join(folder, KEY_FILE), join(target, KEY_FILE));
  const summary: BackupSummary = { position: checked.position, hash: checked.hash, at, blobs, withKey };
  await writeDurably(join(target, BACKUP_FILE), join(target, `.${BACKUP_FILE}`), Buffer.from(`${JSON.stringify(summary, null, 2)}\n`));
  return summary;
}

/**
 * Puts a backup into an empty folder, checks all of it and opens its vault. `keyFile`: the installation key where the backup has none.
 * `until`: the last commit to keep; what came later is cut off. Rejects with STORE_BACKUP_INCOMPLETE, STORE_RESTORE_TARGET and what the files say.
 */
export async function restore(backup: string, folder: string, keyFile: string | undefined, until?: number, onProgress?: OnProgress): Promise<BackupSummary> {
  const summary = await readSummary(backup);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new StoreError('STORE_RESTORE_TARGET', { folder });
  const aside = `${folder}.restoring-${randomBytes(4).toString('hex')}`;
  await mkdir(join(aside, BLOBS), { recursive: true });
  try {
    for (const file of [LOG_FILE, VAULT_FILE, DESK_FILE]) if (existsSync(join(backup, file))) await copyDurably(join(backup, file), join(aside, file));
    await copyDurably(keyFile ?? join(backup, KEY_FILE), join(aside, KEY_FILE));
    await copyBlobs(join(backup, BLOBS), join(aside, BLOBS), onProgress);
    for (const evidence of EVIDENCE) await copyFiles(join(backup, evidence), join(aside, evidence));
    cutLog(join(aside, LOG_FILE), until);
    const checked = checkLog(aside);
    if (!checked.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(backup, LOG_FILE), position: checked.position, reason: checked.reason });
    await (await openSqliteVault({ folder: aside, logIsEmpty: checked.position === 0 })).close();
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
    await syncFolder(dirname(folder));
    return { ...summary, position: checked.position, hash: checked.hash };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
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

async function readSummary(backup: string): Promise<BackupSummary> {
  try {
    return JSON.parse(await readFile(join(backup, BACKUP_FILE), 'utf8')) as BackupSummary;
  } catch (error) {
    throw new StoreError('STORE_BACKUP_INCOMPLETE', { folder: backup, file: BACKUP_FILE }, { cause: error });
  }
}

async function copyTheLog(from: string, to: string): Promise<void> {
  const db = openReadOnly(from);
  try {
    await copyLog(db, to);
  } catch (error) {
    throw openFailure(from, error);
  } finally {
    db.close();
  }
  await syncFolder(dirname(to));
}

/** SQLite's own copying, for the small files. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const db = openReadOnly(from);
  const aside = `${to}.unfinished`;
  try {
    await rm(aside, { force: true });
    // One moment is held while it copies: otherwise every write of the server would make it begin again.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(aside);
  } catch (error) {
    throw openFailure(from, error);
  } finally {
    db.close();
  }
  alone(aside);
  await syncFile(aside);
  await rename(aside, to);
  await syncFolder(dirname(to));
}

/** Makes a database one file, without write-ahead log beside it: it can be read from a medium nobody can write to. */
function alone(file: string): void {
  const db = new Database(file);
  db.pragma('journal_mode = DELETE');
  db.close();
}

/** Those that are not there yet; every one is read with its hash checked. Answers how many the target holds. */
async function copyBlobs(from: string, to: string, onProgress: OnProgress | undefined): Promise<number> {
  const source = await openFileBlobStore(from, { readOnly: true });
  const target = await openFileBlobStore(to);
  const names: string[] = [];
  for await (const name of source.list('9999-12-31T23:59:59.999Z')) names.push(name);
  for (const [index, name] of names.entries()) {
    if (index % 100 === 0) onProgress?.(index, names.length);
    if (await target.has(name)) continue;
    const content = await source.get(name);
    // Swept while we were copying: no record of the copied log names it.
    if (content !== undefined) await target.put(content);
  }
  await Promise.all([source.close(), target.close()]);
  return (await readdir(to, { recursive: true })).filter((name) => /[0-9a-f]{64}$/.test(name)).length;
}

/** The files of a folder, where there is one; those that are there already do not change. */
async function copyFiles(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(to, { recursive: true });
  for (const name of readdirSync(from)) if (!existsSync(join(to, name)) && !name.endsWith('.unfinished')) await copyDurably(join(from, name), join(to, name));
  await syncFolder(to);
}

async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && from.endsWith(KEY_FILE)) throw new StoreError('STORE_KEY_MISSING', { file: from }, { cause: error });
    throw new StoreError('STORE_OPEN_FAILED', { file: from, reason: code ?? String(error) }, { cause: error });
  }
  await syncFile(to);
}

function openReadOnly(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw openFailure(file, error);
  }
}
