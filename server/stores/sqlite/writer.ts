/** The writer thread of the SQLite event log: the only write connection; one message in, one durable commit, one message out. */
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import type { Appended } from '../../ports/event-store.ts';
import { refusal } from '../admission.ts';
import type { UsedKey } from '../admission.ts';
import { AT_LENGTH, AT_OFFSET, hashCommit, instant, uuidBytes } from '../commit.ts';
import { KEY_BYTES, sealInPlace } from '../sealing.ts';
import { checkTail, headOf, indexStatements, makeDurable, openLog } from './log-schema.ts';
import { reason, sqliteCode } from './sqlite-failure.ts';
import { ADMITTED, APPENDED, batchIn, BYTES, CONFLICT, DUPLICATE, KEY_REUSED, MS, NUMBERS, POSITION } from './writer-messages.ts';
import type { Batch, Names, Failpoint, Fault, FromWriter, ToWriter, WriterData } from './writer-messages.ts';

/** Streams whose head is remembered, so that an append need not ask the index. */
const HEADS = 100_000;

/** Where a stream stands. `id`: its number in the index. */
interface Head {
  readonly id: number;
  version: number;
  at: number;
}

interface KeyRow {
  readonly version: number;
  readonly request: Buffer;
  readonly position: number;
}

/** A batch being admitted: how many frames and bytes of it are in so far. */
interface Filling {
  readonly batch: Batch;
  slots: number;
  size: number;
}

class LogWriter {
  readonly #db: Database.Database;
  readonly #failpoint: WriterData['failpoint'];
  readonly #insert: ReturnType<typeof indexStatements>;
  readonly #insertCommit: Database.Statement<[number, Buffer, Buffer, Buffer, Uint8Array]>;
  readonly #selectHead: Database.Statement<[string], Head>;
  readonly #selectKey: Database.Statement<[number, string], KeyRow>;
  readonly #begin: Database.Statement<[]>;
  readonly #commit: Database.Statement<[]>;
  readonly #heads = new Map<string, Head>();
  #position: number;
  #hash: Buffer;
  #streams: number;
  #passed = 0;

  constructor(data: WriterData) {
    this.#db = openLog(data.file);
    if (data.recovers === true) {
      makeDurable(this.#db, data.file);
      checkTail(this.#db, data.file);
    }
    this.#failpoint = data.failpoint;
    this.#insert = indexStatements(this.#db);
    this.#insertCommit = this.#db.prepare('INSERT INTO commits (position, uuid, prev_hash, hash, body) VALUES (?, ?, ?, ?, ?)');
    this.#selectHead = this.#db.prepare('SELECT s.id, r.version, r.at FROM streams s JOIN records r ON r.stream = s.id WHERE s.name = ? ORDER BY r.version DESC LIMIT 1');
    this.#selectKey = this.#db.prepare('SELECT k.version, k.request, r.position FROM keys k JOIN records r USING (stream, version) WHERE k.stream = ? AND k.key = ?');
    this.#begin = this.#db.prepare('BEGIN IMMEDIATE');
    this.#commit = this.#db.prepare('COMMIT');
    const head = headOf(this.#db);
    this.#position = head.position;
    this.#hash = Buffer.from(head.hash, 'hex');
    this.#streams = this.#countStreams();
  }

  /** Makes the admissible part of a batch durable and writes into it what became of it. A throw means that nothing of it was written. */
  write(batch: Batch): void {
    const filling: Filling = { batch, slots: 0, size: 0 };
    try {
      this.#begin.run();
      if (this.#heads.size > HEADS) this.#heads.clear();
      const names = JSON.parse(batch.names.toString()) as Names;
      for (let index = 0; index < names[0].length; index++) this.#admit(names, index, filling);
      // What is handed back is kept for a while.
      batch.secrets.fill(0);
      if (filling.slots === 0) this.#db.exec('ROLLBACK');
      else this.#seal(filling);
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      this.#heads.clear();
      this.#streams = this.#countStreams();
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #countStreams(): number {
    return Number(this.#db.prepare('SELECT max(stream) FROM records').pluck().get() ?? 0);
  }

  #admit([streams, keys, requests]: Names, index: number, filling: Filling): void {
    const { numbers, secrets, body } = filling.batch;
    const stream = streams[index] ?? '';
    const key = keys[index] ?? null;
    const request = requests[index] ?? null;
    const [expectedVersion = 0, givenAt = 0, offset = 0, length = 0, clear = -1] = numbers.subarray(NUMBERS * index, NUMBERS * (index + 1));
    const head = this.#head(stream, expectedVersion);
    const used = key === null || head === undefined || head.version === 0 ? undefined : this.#usedKey(head.id, key);
    const refused = refusal(expectedVersion, head?.version ?? 0, request, used);
    if (refused !== undefined || head === undefined) {
      setRefused(numbers, index, refused ?? { outcome: 'conflict', version: 0 });
      return;
    }
    head.version = expectedVersion + 1;
    head.at = Math.max(givenAt, head.at);
    const { id, at } = head;
    this.#insert.record.run(id, expectedVersion + 1, at, this.#position + 1, filling.slots, filling.size, length);
    if (key !== null && request !== null) this.#insert.key.run(id, key, expectedVersion + 1, Buffer.from(request, 'hex'));
    if (clear >= 0) sealInPlace(body, offset + clear, offset + length, secrets.subarray(KEY_BYTES * index, KEY_BYTES * (index + 1)), `${stream}/${String(expectedVersion + 1)}`);
    place(filling, offset, length, at === givenAt ? undefined : at);
    numbers.set([APPENDED, this.#position + 1, expectedVersion + 1, at], NUMBERS * index);
  }

  /** Where the stream stands; undefined when there is none. One that is expected to be new is entered at once: that asks and answers in one. */
  #head(stream: string, expectedVersion: number): Head | undefined {
    const known = this.#heads.get(stream);
    if (known !== undefined) return known;
    if (expectedVersion === 0 && this.#insert.stream.run(stream, this.#streams + 1).changes === 1) {
      const head = { id: ++this.#streams, version: 0, at: -Infinity };
      this.#heads.set(stream, head);
      return head;
    }
    const found = this.#selectHead.get(stream);
    if (found !== undefined) this.#heads.set(stream, found);
    return found;
  }

  #usedKey(id: number, key: string): UsedKey | undefined {
    const row = this.#selectKey.get(id, key);
    return row === undefined ? undefined : { position: row.position, version: row.version, request: row.request.toString('hex') };
  }

  #seal({ batch, slots, size }: Filling): void {
    const position = this.#position + 1;
    const prevHash = this.#hash;
    const body = batch.body.subarray(0, size);
    const id = uuidBytes(randomUUID());
    const hash = hashCommit(prevHash, position, id, body);
    this.#insertCommit.run(position, id, prevHash, hash, body);
    this.#pass('before-commit');
    const began = performance.now();
    this.#hinder('lose-sync');
    this.#commit.run();
    this.#hinder('fail-sync');
    const ms = performance.now() - began;
    this.#pass('after-commit');
    this.#position = position;
    this.#hash = hash;
    const { head } = batch;
    [head[ADMITTED], head[BYTES], head[POSITION], head[MS]] = [slots, size, position, ms];
    batch.uuid.set(id);
    batch.prevHash.set(prevHash);
    batch.hash.set(hash);
  }

  /** Tests only: a slow disk, and one that does not confirm. */
  #hinder(name: 'fail-sync' | 'lose-sync'): void {
    const point = this.#failpoint;
    if (point === undefined) return;
    if (point.name === 'slow-commit' && name === 'lose-sync') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, point.after);
    if (point.name === name && ++this.#passed === point.after) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
  }

  #pass(name: Failpoint): void {
    if (this.#failpoint?.name !== name) return;
    this.#passed += 1;
    if (this.#passed !== this.#failpoint.after) return;
    if (this.#failpoint.ends === 'writer') process.exit(1);
    process.kill(process.pid, 'SIGKILL');
  }
}

function setRefused(numbers: Float64Array, index: number, refused: Appended): void {
  const outcome = refused.outcome === 'duplicate' ? DUPLICATE : refused.outcome === 'key-reused' ? KEY_REUSED : CONFLICT;
  numbers.set([outcome, 'position' in refused ? refused.position : 0, refused.version, 0], NUMBERS * index);
}

/** Moves a frame to the end of what is admitted, closing the hole of those that were not, and corrects its `at`. */
function place(filling: Filling, offset: number, length: number, at: number | undefined): void {
  const { body } = filling.batch;
  if (offset !== filling.size) body.copyWithin(filling.size, offset, offset + length);
  if (at !== undefined) body.write(instant(at), filling.size + 4 + AT_OFFSET, AT_LENGTH, 'latin1');
  filling.slots += 1;
  filling.size += length;
}

function faultOf(error: unknown): Fault {
  const code = sqliteCode(error);
  if (code === 'SQLITE_FULL') return 'full';
  // After a failed fsync nobody knows what is on the disk: stop, and let the next open look.
  return /^SQLITE_(IOERR_(DIR_)?FSYNC|CORRUPT|NOTADB)/.test(code) ? 'fatal' : 'refused';
}

function serve(port: NonNullable<typeof parentPort>, writer: LogWriter): void {
  const answer = (message: FromWriter, transfer: ArrayBuffer[]): void => port.postMessage(message, transfer);
  // What came behind a batch that may not have reached the disk must not rest on it.
  let doubtful: string | undefined;
  port.on('message', (message: ToWriter) => {
    if (!(message instanceof ArrayBuffer)) {
      writer.close();
      answer({ kind: 'closed' }, []);
      port.close();
      return;
    }
    if (doubtful !== undefined) {
      answer({ kind: 'failed', fault: 'stopped', reason: doubtful }, []);
      return;
    }
    try {
      writer.write(batchIn(message));
      answer(message, [message]);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === 'fatal') doubtful = reason(error);
      answer({ kind: 'failed', fault, reason: reason(error) }, []);
    }
  });
  answer({ kind: 'open' }, []);
}

if (parentPort !== null) serve(parentPort, new LogWriter(workerData as WriterData));
