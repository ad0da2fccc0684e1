/** The file of the SQLite event log: its tables, how it is opened, and the check of its tail (docs/log-format.md). */
import Database from 'better-sqlite3';
import type { StoredFrame } from '../../ports/event-store.ts';
import { decodeBody, frames, GENESIS_HASH, linkFault, StoredCommit, uuidText } from '../commit.ts';
import type { ChainPoint } from '../commit.ts';
import { StoreError } from '../errors.ts';

/** 'PLOG' as PRAGMA application_id. */
const APPLICATION_ID = 0x504c4f47;
export const LOG_SCHEMA = 1;

/** Commits whose bytes and index are compared at every open. */
const TAIL = 64;

// `commits` is the log; the other tables are its index and can be made new from it at any time.
const TABLES = `
CREATE TABLE commits (position INTEGER PRIMARY KEY, uuid BLOB NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE streams (name TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE records (stream INTEGER, version INTEGER, at INTEGER NOT NULL, position INTEGER NOT NULL, slot INTEGER NOT NULL, offset INTEGER NOT NULL,
  length INTEGER NOT NULL, PRIMARY KEY (stream, version)) STRICT, WITHOUT ROWID;
CREATE TABLE keys (stream INTEGER, key TEXT, version INTEGER NOT NULL, request BLOB NOT NULL, PRIMARY KEY (stream, key)) STRICT, WITHOUT ROWID;
`;

/** The frame of a record found by the index. */
export interface FrameRow {
  readonly position: number;
  readonly slot: number;
  readonly frame: Buffer;
}

export const FRAMES = `SELECT c.position, r.slot, substr(c.body, r.offset + 1, r.length) AS frame
  FROM streams s JOIN records r ON r.stream = s.id JOIN commits c ON c.position = r.position`;
/** Of a stream, behind a version, at most so many. */
export const FRAMES_OF_STREAM = `${FRAMES} WHERE s.name = ? AND r.version > ? ORDER BY r.version LIMIT ?`;

export interface CommitRow {
  readonly position: number;
  readonly uuid: Buffer;
  readonly prev_hash: Buffer;
  readonly hash: Buffer;
  readonly body: Buffer;
}

/** Opens the log for writing, making its tables if it is new; `journal` is DELETE for a copy, which stays one file. Throws StoreError. */
export function openLog(file: string, journal: 'WAL' | 'DELETE' = 'WAL'): Database.Database {
  const db = new Database(file);
  try {
    prepareLog(db, file, journal);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** Whether there is nothing in it yet. Throws STORE_FOREIGN_FILE, STORE_SCHEMA_NEWER. */
export function isNewLog(db: Database.Database, file: string): boolean {
  const schema = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  const empty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!empty && application !== APPLICATION_ID) throw new StoreError('STORE_FOREIGN_FILE', { file, kind: 'log' });
  if (schema > LOG_SCHEMA) throw new StoreError('STORE_SCHEMA_NEWER', { file, known: LOG_SCHEMA, found: schema });
  return empty;
}

function prepareLog(db: Database.Database, file: string, journal: 'WAL' | 'DELETE'): void {
  const empty = isNewLog(db, file);
  db.pragma(`journal_mode = ${journal}`);
  // After a reopen of a WAL file SQLite would fall back to NORMAL, which forgets acknowledged commits at a power cut.
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  db.pragma('cache_size = -65536');
  if (empty) {
    db.transaction(() => {
      db.exec(TABLES);
      db.pragma(`application_id = ${String(APPLICATION_ID)}`);
      db.pragma(`user_version = ${String(LOG_SCHEMA)}`);
    })();
  }
}

/**
 * Writes everything that can be read into the main file and syncs it: after a failed sync the system may hold pages as clean that never
 * reached the disk, so only what is written again is known to be there. Throws STORE_WRITE_FAILED.
 */
export function makeDurable(db: Database.Database, file: string): void {
  const [outcome] = db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
  if (outcome?.busy !== 0) throw new StoreError('STORE_WRITE_FAILED', { file, reason: 'that somebody reads it' });
}

export function toCommit(row: CommitRow): StoredCommit {
  return new StoredCommit(row.position, uuidText(row.uuid), row.prev_hash.toString('hex'), row.hash.toString('hex'), row.body);
}

export function toFrame({ position, slot, frame }: FrameRow): StoredFrame {
  return { position, index: slot, frame };
}

/** Where the log ends. */
export function headOf(db: Database.Database): ChainPoint {
  const row = db.prepare<[], Pick<CommitRow, 'position' | 'hash'>>('SELECT position, hash FROM commits ORDER BY position DESC LIMIT 1').get();
  return row === undefined ? { position: 0, hash: GENESIS_HASH } : { position: row.position, hash: row.hash.toString('hex') };
}

/** Compares the last commits with their hashes and their index. Throws STORE_LOG_DAMAGED. */
export function checkTail(db: Database.Database, file: string): void {
  const head = headOf(db);
  const first = Math.max(0, head.position - TAIL);
  const earlier = db.prepare<[number], Buffer>('SELECT hash FROM commits WHERE position = ?').pluck().get(first);
  if (first > 0 && earlier === undefined) throw new StoreError('STORE_LOG_DAMAGED', { file, position: first, reason: 'it is missing' });
  let before: ChainPoint = { position: first, hash: earlier?.toString('hex') ?? GENESIS_HASH };
  let indexed = true;
  const next = nextCommit(db);
  const find = findPlace(db);
  for (let row = next.get(first); row !== undefined; row = next.get(row.position)) {
    const commit = toCommit(row);
    const fault = linkFault(commit, before);
    if (fault !== undefined) throw new StoreError('STORE_LOG_DAMAGED', { file, position: before.position + 1, reason: fault });
    indexed &&= isIndexed(find, commit);
    before = { position: commit.position, hash: commit.hash };
  }
  // The index is no evidence: where it does not fit the log, it is made new.
  if (!indexed) rebuildIndex(db);
}

/** Whether the index knows the last commits. */
export function isTailIndexed(db: Database.Database): boolean {
  const find = findPlace(db);
  for (const commit of readCommits(db, Math.max(0, headOf(db).position - TAIL))) {
    try {
      if (!isIndexed(find, commit)) return false;
    } catch (error) {
      if (error instanceof StoreError) return false;
      throw error;
    }
  }
  return true;
}

function findPlace(db: Database.Database): Database.Statement<[string, number], IndexRow> {
  return db.prepare('SELECT r.position, r.slot, r.offset, r.length FROM streams s JOIN records r ON r.stream = s.id WHERE s.name = ? AND r.version = ?');
}

interface IndexRow {
  readonly position: number;
  readonly slot: number;
  readonly offset: number;
  readonly length: number;
}

/** Reads the commit behind a position. */
export function nextCommit(db: Database.Database): Database.Statement<[number], CommitRow> {
  return db.prepare('SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT 1');
}

function isIndexed(find: Database.Statement<[string, number], IndexRow>, commit: StoredCommit): boolean {
  const places = frames(commit.body, commit.position);
  return commit.records.every((record, slot) => {
    const row = find.get(record.stream, record.version);
    const place = places[slot];
    return row !== undefined && row.position === commit.position && row.slot === slot && row.offset === place?.offset && row.length === place.length;
  });
}

/** Every commit behind `after` in order, one at a time. */
export function* readCommits(db: Database.Database, after = 0): Generator<StoredCommit> {
  const next = nextCommit(db);
  for (let row = next.get(after); row !== undefined; row = next.get(row.position)) yield toCommit(row);
}

/** Enters commits as they are, in one transaction and without index: for copies, never for a log in use. */
export function appendCommit(db: Database.Database, rows: readonly CommitRow[]): void {
  const insert = db.prepare<[number, Buffer, Buffer, Buffer, Buffer]>('INSERT INTO commits (position, uuid, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?)');
  db.transaction(() => { for (const { position, uuid, prev_hash: before, hash, body } of rows) insert.run(position, uuid, before, hash, body); })();
}

/** Cuts off what came after commit `until` and makes the index new: for restoring, never for a log in use. */
export function cutLog(file: string, until = Number.MAX_SAFE_INTEGER): void {
  const db = openLog(file);
  try {
    db.prepare('DELETE FROM commits WHERE position > ?').run(until);
    rebuildIndex(db);
  } finally {
    db.close();
  }
}

/** The statements that enter one record into the index. */
export function indexStatements(db: Database.Database): {
  readonly stream: Database.Statement<[string, number]>;
  readonly record: Database.Statement<[number, number, number, number, number, number, number]>;
  readonly key: Database.Statement<[number, string, number, Buffer]>;
} {
  return {
    stream: db.prepare('INSERT INTO streams (name, id) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    record: db.prepare('INSERT INTO records (stream, version, at, position, slot, offset, length) VALUES (?, ?, ?, ?, ?, ?, ?)'),
    key: db.prepare('INSERT INTO keys (stream, key, version, request) VALUES (?, ?, ?, ?)'),
  };
}

/** Makes the index new from the commits, in one transaction. */
export function rebuildIndex(db: Database.Database): void {
  const insert = indexStatements(db);
  const ids = new Map<string, number>();
  const next = nextCommit(db);
  db.transaction(() => {
    db.exec('DELETE FROM keys; DELETE FROM records; DELETE FROM streams');
    for (let row = next.get(0); row !== undefined; row = next.get(row.position)) indexCommit(insert, ids, row);
  })();
}

function indexCommit(insert: ReturnType<typeof indexStatements>, ids: Map<string, number>, row: CommitRow): void {
  const places = frames(row.body, row.position);
  for (const record of decodeBody(row.body, row.position)) {
    let id = ids.get(record.stream);
    if (id === undefined) {
      id = ids.size + 1;
      ids.set(record.stream, id);
      insert.stream.run(record.stream, id);
    }
    const place = places[record.index];
    insert.record.run(id, record.version, Date.parse(record.at), row.position, record.index, place?.offset ?? 0, place?.length ?? 0);
    if (record.idempotencyKey !== undefined) {
      insert.key.run(id, record.idempotencyKey, record.version, Buffer.from(record.requestHash ?? '', 'hex'));
    }
  }
}
