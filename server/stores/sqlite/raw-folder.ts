/** A data folder as a RawInstallation: its files are read and written directly, under the lock that a server would hold. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import type { HeadBook } from '../../ports/head-book.ts';
import { attempt } from '../attempt.ts';
import { openFileBlobStore } from '../blobs/file-blob-store.ts';
import { openFilePartStore } from '../blobs/file-part-store.ts';
import type { StoredCommit } from '../commit.ts';
import { uuidBytes } from '../commit.ts';
import { syncFolder, writeDurably } from '../durable-file.ts';
import { StoreError } from '../errors.ts';
import type { DeskRow, RawInstallation, VaultRow } from '../raw-installation.ts';
import { BLOBS, DESK_FILE } from './data-folder.ts';
import { DESK_SHAPE } from './desk-store.ts';
import { LOG_FILE } from './event-store.ts';
import { lockFolder } from './folder-lock.ts';
import { headOf, openLog, readCommits, rebuildIndex } from './log-schema.ts';
import { openSmallDatabase } from './small-database.ts';
import { KEY_FILE, VAULT_FILE, VAULT_SHAPE } from './vault.ts';

const UPLOADS = 'uploads';
const MARK = 'migrating.json';
const PAGE = 500;

const VAULT_TABLES = { batch: ['key_batches', 'id'], key: ['data_keys', 'id'], secret: ['secrets', 'name'] } as const;

/** The folder of an installation that is moved away. Rejects with STORE_FOLDER_IN_USE while a server works on it, STORE_MIGRATION_SOURCE where there is no log. */
export async function openRawFolder(folder: string, heads: (folder: string) => HeadBook): Promise<RawInstallation> {
  if (!existsSync(join(folder, LOG_FILE))) throw new StoreError('STORE_MIGRATION_SOURCE', { place: folder });
  return opened(folder, folder, heads);
}

/**
 * A folder that is filled: beside its name until `finish`, so that no server can take half of an installation for one. `keyFile`: the
 * installation key, which is put into it. Rejects with STORE_RESTORE_TARGET where there is something already.
 */
export async function fillRawFolder(folder: string, keyFile: string, heads: (folder: string) => HeadBook): Promise<RawInstallation> {
  const [found] = existsSync(folder) ? await readdir(folder) : [];
  if (found !== undefined) throw new StoreError('STORE_RESTORE_TARGET', { folder, found });
  const aside = `${folder}.migrating`;
  await mkdir(aside, { recursive: true });
  const key = await readFile(keyFile).catch(() => { throw new StoreError('STORE_KEY_MISSING', { file: keyFile }); });
  await rm(join(aside, KEY_FILE), { force: true });
  await writeDurably(join(aside, KEY_FILE), join(aside, `.${KEY_FILE}`), key, 0o600);
  return opened(aside, folder, heads);
}

async function opened(folder: string, finished: string, headsOf: (folder: string) => HeadBook): Promise<RawInstallation> {
  const lock = lockFolder(folder);
  const log = openLog(join(folder, LOG_FILE));
  const vault = openSmallDatabase(join(folder, VAULT_FILE), VAULT_SHAPE);
  const desk = openSmallDatabase(join(folder, DESK_FILE), DESK_SHAPE);
  const blobs = await openFileBlobStore(join(folder, BLOBS));
  const mark = join(folder, MARK);
  const close = async (): Promise<void> => {
    await blobs.close();
    for (const db of [log, vault, desk]) if (db.open) db.close();
    lock.release();
  };
  return {
    name: folder, blobs, parts: await openFilePartStore(join(folder, UPLOADS)), heads: headsOf(folder), close,
    head: () => Promise.resolve(headOf(log)),
    hashAt: (position) => Promise.resolve(log.prepare<[number], Buffer>('SELECT hash FROM commits WHERE position = ?').pluck().get(position)?.toString('hex')),
    commits: (after) => pagesOf(log, after),
    append: (commits) => attempt(() => { addCommits(log, commits); }),
    vault: () => Promise.resolve(vaultRows(vault)),
    replaceVault: (rows) => attempt(() => { putVaultRows(vault, rows); }),
    desk: () => Promise.resolve(desk.prepare<[], DeskRow>('SELECT collection, key, owner, expires, content FROM entries ORDER BY number').all()),
    replaceDesk: (rows) => attempt(() => { putDeskRows(desk, rows); }),
    unfinished: async () => (existsSync(mark) ? (JSON.parse(await readFile(mark, 'utf8')) as { readonly first: string }).first : undefined),
    begin: (first) => writeDurably(mark, `${mark}.unfinished`, Buffer.from(JSON.stringify({ first }))),
    async finish() {
      rebuildIndex(log);
      await close();
      await rm(mark, { force: true });
      await rm(finished, { recursive: true, force: true });
      await rename(folder, finished);
      await syncFolder(dirname(finished));
    },
  };
}

async function* pagesOf(log: Database.Database, after: number): AsyncGenerator<readonly StoredCommit[]> {
  let page: StoredCommit[] = [];
  for (const commit of readCommits(log, after)) {
    page.push(commit);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function addCommits(log: Database.Database, commits: readonly StoredCommit[]): void {
  const insert = log.prepare<[number, Buffer, Buffer, Buffer, Uint8Array]>('INSERT INTO commits (position, uuid, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?)');
  log.transaction(() => {
    for (const { position, uuid, prevHash, hash, body } of commits) insert.run(position, uuidBytes(uuid), Buffer.from(prevHash, 'hex'), Buffer.from(hash, 'hex'), body);
  })();
}

function vaultRows(vault: Database.Database): VaultRow[] {
  const rows = Object.entries(VAULT_TABLES).flatMap(([kind, [table, id]]) => vault.prepare<[], { readonly id: string; readonly wrapped: Buffer | null }>(`SELECT ${id} AS id, wrapped FROM ${table} ORDER BY ${id}`).all().map((row) => ({ kind: kind as VaultRow['kind'], ...row })));
  const proof = vault.prepare<[], Buffer>('SELECT wrapped FROM proof').pluck().get();
  return proof === undefined ? rows : [...rows, { kind: 'proof', id: 'proof', wrapped: proof }];
}

function putVaultRows(vault: Database.Database, rows: readonly VaultRow[]): void {
  vault.transaction(() => {
    vault.exec(`DELETE FROM proof; ${Object.values(VAULT_TABLES).map(([table]) => `DELETE FROM ${table};`).join(' ')}`);
    for (const { kind, id, wrapped } of rows) {
      if (kind === 'proof') vault.prepare('INSERT INTO proof (wrapped) VALUES (?)').run(wrapped);
      else vault.prepare(`INSERT INTO ${VAULT_TABLES[kind][0]} (${VAULT_TABLES[kind][1]}, wrapped) VALUES (?, ?)`).run(id, wrapped);
    }
  })();
}

function putDeskRows(desk: Database.Database, rows: readonly DeskRow[]): void {
  const insert = desk.prepare<[string, string, string | null, number | null, string]>('INSERT INTO entries (collection, key, owner, expires, content) VALUES (?, ?, ?, ?, ?)');
  desk.transaction(() => {
    desk.exec('DELETE FROM entries');
    for (const { collection, key, owner, expires, content } of rows) insert.run(collection, key, owner, expires, content);
  })();
}

