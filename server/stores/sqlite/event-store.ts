/**
 * The event log in SQLite: durable, one writer thread, one data folder, no server.
 *
 * Group commit: what arrives while a commit is in flight becomes the next one. On a quick disk both threads are kept at work: a large
 * batch is handed over while the one before it is being written. Reads use a connection of their own here.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { COMMIT_RECORDS } from '../../ports/event-store.ts';
import type { Appended, Commit, EventStore, NewRecord, StoredFrame, StoredRecord } from '../../ports/event-store.ts';
import { attempt } from '../attempt.ts';
import { decodeFrame, encodeRecord, StoredCommit, uuidText } from '../commit.ts';
import type { ChainPoint } from '../commit.ts';
import { deliver } from '../deliver.ts';
import { makeFolder } from '../durable-file.ts';
import { Figures } from '../figures.ts';
import { StoreError } from '../errors.ts';
import { lockFolder } from './folder-lock.ts';
import type { FolderLock } from './folder-lock.ts';
import { fillBatch, toAnswer, toStored } from './batch.ts';
import type { Waiting } from './batch.ts';
import { checkTail, FRAMES, FRAMES_OF_STREAM, headOf, openLog, toCommit, toFrame } from './log-schema.ts';
import type { CommitRow, FrameRow } from './log-schema.ts';
import { keepTrying } from './reopening.ts';
import { openFailure } from './sqlite-failure.ts';
import { startWriter } from './writer-thread.ts';
import type { WriterThread } from './writer-thread.ts';
import { ADMITTED, batchIn, BYTES, MS, POSITION } from './writer-messages.ts';
import type { Batch, Fault, FromWriter, WriterData } from './writer-messages.ts';

/** Name of the log in its data folder. */
export const LOG_FILE = 'log.db';

/** `folder` is made if it does not exist. `failpoint` and `reopenMs` (the pause before the log is opened again after a failed write) are for tests only. */
export interface SqliteEventStoreOptions {
  readonly folder: string;
  readonly failpoint?: WriterData['failpoint'];
  readonly reopenMs?: number;
}

/** Opens the log of a data folder and takes the folder. Rejects with a StoreError: folder in use, newer schema, damaged tail. */
export async function openSqliteEventStore(options: SqliteEventStoreOptions): Promise<EventStore> {
  const { folder, failpoint, reopenMs } = options;
  const file = join(folder, LOG_FILE);
  madeFolder(folder);
  const lock = lockFolder(folder);
  let reader: Database.Database | undefined;
  try {
    reader = openReader(file);
    const writer = await startWriter({ file, ...(failpoint === undefined ? {} : { failpoint }) });
    return new SqliteEventStore(file, lock, reader, writer, reopenMs);
  } catch (error) {
    reader?.close();
    lock.release();
    throw openFailure(file, error);
  }
}

function madeFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw openFailure(folder, error);
  }
}

function openReader(file: string): Database.Database {
  const check = openLog(file);
  try {
    // What an end without a sync left behind is made durable before anything is built upon it.
    check.pragma('wal_checkpoint(TRUNCATE)');
    checkTail(check, file);
    return new Database(file, { readonly: true });
  } finally {
    check.close();
  }
}

/** LIMIT of SQLite for all rows. */
const ALL = -1;
/** More commits than can be in doubt together. */
const AT_ONCE = 100;
/** While the disk is quick, a batch of this size is not held back for the end of the turn, nor for the answer to the one under way. */
const EARLY_RECORDS = 50;
/** A disk that takes longer for a commit is given everything at once: deciding as many commands as an early batch holds takes about as long. */
const QUICK_MS = 1;
/** Batches at the writer: one under way and one that follows it at once. */
const AT_WRITER = 2;

class SqliteEventStore implements EventStore {
  readonly figures = new Figures();
  readonly #file: string;
  readonly #lock: FolderLock;
  readonly #reader: Database.Database;
  #writer: WriterThread;
  readonly #ofStream: Database.Statement<[string, number, number], FrameRow>;
  readonly #ofKey: Database.Statement<[string, string], FrameRow>;
  readonly #commits: Database.Statement<[number, number], CommitRow>;
  readonly #listeners = new Set<(commit: Commit) => void>();
  #head: ChainPoint;
  #waiting: Waiting[] = [];
  /** Batches at the writer, the first one under way. */
  readonly #inFlight: (readonly Waiting[])[] = [];
  /** Appends to be expected before the next batch is full: whoever was answered last comes again, beside those that wait already. */
  #expected = EARLY_RECORDS;
  #early = EARLY_RECORDS;
  #flushing = false;
  #closing: Promise<void> | undefined;
  #drained: (() => void) | undefined;
  #fatal: StoreError | undefined;
  readonly #reopenMs: number | undefined;
  #stopReopening: () => void = () => undefined;
  #reopening: Promise<void> | undefined;

  constructor(file: string, lock: FolderLock, reader: Database.Database, writer: WriterThread, reopenMs?: number) {
    this.#reopenMs = reopenMs;
    this.#file = file;
    this.#lock = lock;
    this.#reader = reader;
    this.#writer = writer;
    this.#ofStream = reader.prepare(FRAMES_OF_STREAM);
    this.#ofKey = reader.prepare(`${FRAMES} JOIN keys k ON k.stream = s.id AND k.version = r.version WHERE s.name = ? AND k.key = ?`);
    this.#commits = reader.prepare('SELECT * FROM commits WHERE position > ? ORDER BY position LIMIT ?');
    this.#head = headOf(reader);
    this.#listenTo(writer);
  }

  get failure(): unknown {
    return this.#fatal;
  }

  append(record: NewRecord): Promise<Appended> {
    if (this.#closing !== undefined) return Promise.reject(closed());
    if (this.#fatal !== undefined) return Promise.reject(this.#fatal);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, encoded: encodeRecord(record), resolve, reject });
      this.figures.waiting += 1;
      this.#schedule();
    });
  }

  read(stream: string, after = 0): Promise<StoredRecord[]> {
    return this.#whenOpen(() => this.#ofStream.all(stream, after, ALL).map(toRecord));
  }

  find(stream: string, idempotencyKey: string): Promise<StoredRecord | undefined> {
    return this.#whenOpen(() => {
      const row = this.#ofKey.get(stream, idempotencyKey);
      return row === undefined ? undefined : toRecord(row);
    });
  }

  readAll(after: number, limit: number): Promise<Commit[]> {
    return this.#whenOpen(() => this.#commits.all(after, limit).map(toCommit));
  }

  frames(stream: string, after: number, limit: number): Promise<StoredFrame[]> {
    return this.#whenOpen(() => this.#ofStream.all(stream, after, limit).map(toFrame));
  }

  head(): Promise<{ readonly position: number; readonly hash: string }> {
    return this.#whenOpen(() => this.#head);
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  async #shutDown(): Promise<void> {
    this.#stopReopening();
    await this.#reopening?.catch(() => undefined);
    if (this.#inFlight.length > 0 || this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    // The writer is closed last: the last connection folds the write-ahead log back into the file.
    this.#reader.close();
    await this.#writer.close();
    this.#lock.release();
  }

  #whenOpen<T>(answer: () => T): Promise<T> {
    return attempt(() => {
      if (this.#closing !== undefined) throw closed();
      try {
        return answer();
      } catch (error) {
        throw openFailure(this.#file, error);
      }
    });
  }

  // One turn of the event loop gathers what the last answers set off, unless everybody who was answered has come again: a client
  // that is alone waits for nobody. When that is much, the writer begins with a part of it while the rest is still being decided,
  // so that both threads work.
  #schedule(): void {
    const { length } = this.#waiting;
    if (this.#inFlight.length > 0) {
      if (length >= this.#early && this.#inFlight.length < AT_WRITER) this.#flush();
    } else if (length >= this.#expected) this.#flush();
    else if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flushing = false;
        if (this.#inFlight.length === 0) this.#flush();
      });
    }
  }

  #flush(): void {
    if (this.#fatal !== undefined) this.#reject(this.#waiting.splice(0), this.#fatal);
    if (this.#waiting.length === 0) {
      this.#drained?.();
      return;
    }
    const { batch, taken } = fillBatch(this.#waiting);
    this.#inFlight.push(this.#waiting.slice(0, taken));
    this.#waiting = this.#waiting.slice(taken);
    this.figures.began();
    this.#writer.post(batch);
  }

  #receive(message: FromWriter): void {
    const batch = this.#inFlight.shift();
    // What the writer did not try after a doubtful batch was refused with that one.
    if (batch === undefined) return;
    this.figures.ended(this.#inFlight.length > 0);
    this.#expected = Math.min(this.#early, batch.length + this.#waiting.length);
    if (message instanceof ArrayBuffer) this.#answer(batch, batchIn(message));
    else if (message.kind === 'failed') this.#refuse(batch, message);
    this.#schedule();
  }

  #answer(batch: readonly Waiting[], written: Batch): void {
    const { head, hash } = written;
    const [records = 0, bytes = 0, position = 0, ms = 0] = [head[ADMITTED], head[BYTES], head[POSITION], head[MS]];
    this.figures.waiting -= batch.length;
    for (let index = 0; index < batch.length; index++) batch[index]?.resolve(toAnswer(written, index));
    if (records === 0) return;
    this.figures.committed(records, bytes, ms);
    this.#early = ms <= QUICK_MS ? EARLY_RECORDS : COMMIT_RECORDS;
    this.#head = { position, hash: hash.toString('hex') };
    if (this.#listeners.size === 0) return;
    const body = written.body.subarray(0, bytes);
    deliver(this.#listeners, new StoredCommit(position, uuidText(written.uuid), written.prevHash.toString('hex'), this.#head.hash, body, toStored(batch, written, position, body)));
  }

  #refuse(batch: readonly Waiting[], { fault, reason }: { readonly fault: Fault; readonly reason: string }): void {
    const failure = fault === 'full' ? new StoreError('STORE_DISK_FULL', { file: this.#file }) : new StoreError('STORE_WRITE_FAILED', { file: this.#file, reason });
    if (fault !== 'fatal') {
      this.#reject(batch, failure);
      return;
    }
    const behind = this.#inFlight.splice(0).flat();
    this.#doubt(batch, failure, reason);
    this.#reject(behind, failure);
  }

  #lose(reason: string): void {
    const batch = this.#inFlight.splice(0).flat();
    this.figures.ended();
    this.#doubt(batch, new StoreError('STORE_WRITER_ENDED', { file: this.#file, reason }), reason);
    this.#flush();
  }

  #listenTo(writer: WriterThread): void {
    writer.listen((message) => this.#receive(message), (reason) => this.#lose(reason));
  }

  /** Nobody knows whether the batch is on the disk: its senders are told so, and nothing is taken before the file was opened anew and looked at. */
  #doubt(batch: readonly Waiting[], failure: StoreError, reason: string): void {
    this.#fatal = failure;
    this.#reject(batch, new StoreError('STORE_OUTCOME_UNKNOWN', { database: this.#file, position: this.#head.position + 1, reason }));
    this.#stopReopening();
    if (this.#closing !== undefined) return;
    this.#stopReopening = keepTrying(() => (this.#reopening = this.#reopen()), this.#reopenMs);
  }

  /** A new writer that makes durable what is there and checks it; then this process hears of the commits that were in doubt, if they are there. */
  async #reopen(): Promise<void> {
    await this.#writer.kill();
    this.#writer = await startWriter({ file: this.#file, recovers: true });
    this.#listenTo(this.#writer);
    for (const row of this.#commits.all(this.#head.position, AT_ONCE)) {
      const commit = toCommit(row);
      this.#head = { position: commit.position, hash: commit.hash };
      deliver(this.#listeners, commit);
    }
    this.#fatal = undefined;
  }

  #reject(batch: readonly Waiting[], error: StoreError): void {
    this.figures.waiting -= batch.length;
    for (const waiting of batch) waiting.reject(error);
  }
}

function toRecord(row: FrameRow): StoredRecord {
  return decodeFrame(row.frame, row.position, row.slot);
}

function closed(): StoreError {
  return new StoreError('STORE_CLOSED', { store: 'event log' });
}
