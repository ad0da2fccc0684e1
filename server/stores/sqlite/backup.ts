/**
 * Copying a data folder while a server writes, and putting a copy back.
 *
 * Order of a backup: the log first, then everything its records can name (vault, blobs), which was durable before them. `backup.json` names the
 * state and is written last; everything else only grows or is replaced by a later state, so that a backup that is cut off leaves the one before whole.
 */
import { randomBytes } from 'node:crypto';
import { constants, existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { openFileBlobStore } from '../blobs/file-blob-store.ts';
import type { ChainPoint } from '../commit.ts';
import { makeFolder, syncFile, syncFolder, writeDurably } from '../durable-file.ts';
import { StoreError } from '../errors.ts';
import { copyLog } from './copy-log.ts';
import { BLOBS, checkLog, DESK_FILE, openLogToRead, openToRead } from './data-folder.ts';
import type { OnProgress } from './data-folder.ts';
import { LOG_FILE } from './event-store.ts';
import { cutLog, headOf } from './log-schema.ts';
import { copyFailure, openFailure } from './sqlite-failure.ts';
import { KEY_FILE, openSqliteVault, VAULT_FILE } from './vault.ts';

/** Folders of small files that prove: sealed heads, and the root certificate their seals lead to. */
const EVIDENCE = ['heads', 'authority'];
/** Written last: a folder without it is no whole backup. */
const BACKUP_FILE = 'backup.json';
/** Stands in a folder whose first backup is not whole yet, so that the next one may go on there. */
const BEGUN_FILE = 'backup.begun';
/** What a folder may hold that is empty: the halves of restores that were cut off, and what a file system keeps in its root. */
const NOTHING = /^(\.restoring-.*|lost\+found)$/;

/** `at`: ISO 8601 UTC instant. `withKey`: the installation key lies in the backup. */
export interface BackupSummary extends ChainPoint {
  readonly at: string;
  readonly blobs: number;
  readonly withKey: boolean;
}

/**
 * Copies a data folder, also while a server works on it. A second backup into the same folder copies only new commits and blobs; cut off, it leaves the one before.
 * Rejects with STORE_BACKUP_TARGET, STORE_BACKUP_OTHER, STORE_INSTALLATION_MISSING, STORE_VAULT_MISSING, STORE_LOG_DAMAGED and what the files say.
 */
export async function backUp(folder: string, target: string, at: string, withKey: boolean, onProgress?: OnProgress): Promise<BackupSummary> {
  const before = await earlier(folder, target);
  if (!existsSync(join(folder, VAULT_FILE))) throw new StoreError('STORE_VAULT_MISSING', { file: join(folder, VAULT_FILE) });
  made(join(target, BLOBS));
  if (before === undefined) await replaced(join(target, BEGUN_FILE), Buffer.from(''));
  await copyTheLog(folder, join(target, LOG_FILE));
  const checked = checkLog(target, before === undefined ? [] : [before]);
  if (!checked.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(folder, LOG_FILE), position: checked.position, reason: checked.reason });
  await copyDatabase(join(folder, VAULT_FILE), join(target, VAULT_FILE));
  if (existsSync(join(folder, DESK_FILE))) await copyDatabase(join(folder, DESK_FILE), join(target, DESK_FILE));
  const blobs = await copyBlobs(join(folder, BLOBS), join(target, BLOBS), onProgress);
  for (const evidence of EVIDENCE) await copyFiles(join(folder, evidence), join(target, evidence));
  await rm(join(target, KEY_FILE), { force: true });
  if (withKey) await copyDurably(join(folder, KEY_FILE), join(target, KEY_FILE));
  const summary: BackupSummary = { position: checked.position, hash: checked.hash, at, blobs, withKey };
  await replaced(join(target, BACKUP_FILE), Buffer.from(`${JSON.stringify(summary, null, 2)}\n`));
  await rm(join(target, BEGUN_FILE), { force: true });
  return summary;
}

/**
 * Puts a backup into an empty folder, checks all of it against what `backup.json` says and opens its vault. `keyFile`: the installation key where the
 * backup has none. `until`: the last commit to keep; what came later is cut off. The folder itself stays, with its owner and what is mounted there.
 * Rejects with STORE_BACKUP_INCOMPLETE, STORE_BACKUP_ENDS, STORE_RESTORE_TARGET and what the files say.
 */
export async function restore(backup: string, folder: string, keyFile = join(backup, KEY_FILE), until?: number, onProgress?: OnProgress): Promise<BackupSummary> {
  const summary = await readSummary(backup);
  if (until !== undefined && until > summary.position) throw new StoreError('STORE_BACKUP_ENDS', { folder: backup, until, position: summary.position });
  const isNew = !existsSync(folder);
  const found = isNew ? undefined : entries(folder).find((name) => !NOTHING.test(name));
  if (found !== undefined) throw new StoreError('STORE_RESTORE_TARGET', { folder, found });
  const aside = join(folder, `.restoring-${randomBytes(4).toString('hex')}`);
  made(join(aside, BLOBS));
  try {
    const { position, hash } = await fill(aside, backup, summary, keyFile, until, onProgress);
    // Without its log nothing of the other files is taken for an installation.
    const names = [VAULT_FILE, ...(await readdir(aside)).filter((name) => name !== VAULT_FILE && name !== LOG_FILE), LOG_FILE];
    for (const name of names) await rename(join(aside, name), join(folder, name));
    for (const name of entries(folder).filter((each) => each.startsWith('.restoring-'))) await rm(join(folder, name), { recursive: true, force: true });
    await syncFolder(folder);
    await syncFolder(dirname(folder));
    return { ...summary, position, hash };
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (isNew) await rmdir(folder).catch(() => undefined);
    throw error;
  }
}

/** Answers the last commit of what was put into `aside`. */
async function fill(aside: string, backup: string, summary: BackupSummary, keyFile: string, until: number | undefined, onProgress: OnProgress | undefined): Promise<ChainPoint> {
  for (const file of [LOG_FILE, VAULT_FILE, DESK_FILE]) if (existsSync(join(backup, file))) await copyDurably(join(backup, file), join(aside, file));
  await copyDurably(keyFile, join(aside, KEY_FILE));
  const whole = checkLog(aside, [summary]);
  if (!whole.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(backup, LOG_FILE), position: whole.position, reason: whole.reason });
  // A backup that was cut off may have left later commits, whose keys and blobs it did not copy any more.
  cutLog(join(aside, LOG_FILE), until ?? summary.position);
  const cut = checkLog(aside);
  if (!cut.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(backup, LOG_FILE), position: cut.position, reason: cut.reason });
  const blobs = await copyBlobs(join(backup, BLOBS), join(aside, BLOBS), onProgress);
  if (blobs < summary.blobs) throw incomplete(backup, `of its ${String(summary.blobs)} documents it holds ${String(blobs)}`);
  for (const evidence of EVIDENCE) await copyFiles(join(backup, evidence), join(aside, evidence));
  try {
    await (await openSqliteVault({ folder: aside, logIsEmpty: cut.position === 0 })).close();
  } catch (error) {
    // Named as the person named it.
    if (error instanceof StoreError && error.code === 'STORE_KEY_WRONG') throw new StoreError('STORE_KEY_WRONG', { file: keyFile }, { cause: error });
    if (error instanceof StoreError && error.code === 'STORE_KEY_INVALID') throw new StoreError('STORE_KEY_INVALID', { file: keyFile, size: statSync(keyFile).size }, { cause: error });
    throw error;
  }
  return cut;
}

/** The backup that lies in `target`; undefined where there is none. Nothing is touched before it is certain that it is an earlier state of this log. */
async function earlier(folder: string, target: string): Promise<BackupSummary | undefined> {
  const db = openLogToRead(folder);
  try {
    const names = existsSync(target) ? entries(target) : [];
    const others = names.filter((name) => name !== BLOBS && !EVIDENCE.includes(name) && !name.startsWith('.') && name !== 'lost+found');
    if (!names.includes(BACKUP_FILE)) {
      if (others.length > 0 && !names.includes(BEGUN_FILE)) throw new StoreError('STORE_BACKUP_TARGET', { folder: target, found: others[0] ?? '' });
      return undefined;
    }
    const before = await readSummary(target);
    const found = differs(db, before);
    if (found !== undefined) throw new StoreError('STORE_BACKUP_OTHER', { folder: target, found });
    return before;
  } catch (error) {
    throw openFailure(join(folder, LOG_FILE), error);
  } finally {
    db.close();
  }
}

function differs(db: Database.Database, { position, hash }: ChainPoint): string | undefined {
  if (position === 0) return undefined;
  const here = db.prepare<[number], Buffer>('SELECT hash FROM commits WHERE position = ?').pluck().get(position);
  if (here === undefined) return `it has commit ${String(position)} and this log ends with commit ${String(headOf(db).position)}`;
  return here.toString('hex') === hash ? undefined : `commit ${String(position)} of this log is another one`;
}

async function readSummary(backup: string): Promise<BackupSummary> {
  let summary: Partial<BackupSummary>;
  try {
    summary = JSON.parse(await readFile(join(backup, BACKUP_FILE), 'utf8')) as Partial<BackupSummary>;
  } catch (error) {
    throw incomplete(backup, `its ${BACKUP_FILE} cannot be read`, error);
  }
  const { position, hash, blobs } = summary;
  if (!Number.isSafeInteger(position) || !Number.isSafeInteger(blobs) || !/^[0-9a-f]{64}$/.test(hash ?? '')) throw incomplete(backup, `its ${BACKUP_FILE} does not say which state it holds`);
  for (const file of [LOG_FILE, VAULT_FILE]) if (!existsSync(join(backup, file))) throw incomplete(backup, `there is no ${file}`);
  return summary as BackupSummary;
}

function incomplete(folder: string, found: string, cause?: unknown): StoreError {
  return new StoreError('STORE_BACKUP_INCOMPLETE', { folder, found }, { cause });
}

async function copyTheLog(folder: string, to: string): Promise<void> {
  const db = openLogToRead(folder);
  try {
    await copyLog(db, to);
  } catch (error) {
    throw copyFailure(join(folder, LOG_FILE), to, error);
  } finally {
    db.close();
  }
  await syncFolder(dirname(to));
}

/** SQLite's own copying, for the small files. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const db = openToRead(from);
  const aside = `${to}.unfinished`;
  try {
    await rm(aside, { force: true });
    // One moment is held while it copies: otherwise every write of the server would make it begin again.
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await db.backup(aside);
    alone(aside);
  } catch (error) {
    throw copyFailure(from, to, error);
  } finally {
    db.close();
  }
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
  if (existsSync(from)) for await (const name of source.list('9999-12-31T23:59:59.999Z')) names.push(name);
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
  made(to);
  for (const name of readdirSync(from)) if (!existsSync(join(to, name)) && !name.endsWith('.unfinished')) await copyDurably(join(from, name), join(to, name));
  await syncFolder(to);
}

/** A file that is not there yet, whole or not at all. */
async function copyDurably(from: string, to: string): Promise<void> {
  const aside = `${to}.unfinished`;
  try {
    await rm(aside, { force: true });
    await copyFile(from, aside, constants.COPYFILE_EXCL);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' && !existsSync(from)) throw new StoreError(to.endsWith(KEY_FILE) ? 'STORE_KEY_MISSING' : 'STORE_OPEN_FAILED', { file: from, reason: code }, { cause: error });
    throw copyFailure(from, to, error);
  }
  await syncFile(aside);
  await rename(aside, to);
}

/** A small file written anew, whatever an earlier attempt left beside it. */
async function replaced(file: string, content: Uint8Array): Promise<void> {
  const aside = `${file}.unfinished`;
  try {
    await rm(aside, { force: true });
    await writeDurably(file, aside, content);
  } catch (error) {
    throw copyFailure(file, file, error);
  }
}

/** Throws STORE_OPEN_FAILED. */
function made(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw openFailure(folder, error);
  }
}

/** Throws STORE_OPEN_FAILED where it is no folder, or not ours to read. */
function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw openFailure(folder, error);
  }
}
