/** The event log in memory: for tests, walks and measurements; same promises as every adapter, except that it ends with the process. */
import { randomUUID } from 'node:crypto';
import { COMMIT_BYTES, COMMIT_RECORDS } from '../../ports/event-store.ts';
import type { Appended, Commit, EventStore, NewRecord, StoredFrame, StoredRecord } from '../../ports/event-store.ts';
import { attempt } from '../attempt.ts';
import { refusal } from '../admission.ts';
import type { UsedKey } from '../admission.ts';
import { AT_LENGTH, encodeRecord, frameAt, GENESIS_HASH, hashCommit, instant, StoredCommit, uuidBytes, writeFrame } from '../commit.ts';
import type { EncodedRecord } from '../commit.ts';
import { deliver } from '../deliver.ts';
import { sealInPlace } from '../sealing.ts';
import { StoreError } from '../errors.ts';

interface Stream {
  readonly records: StoredRecord[];
  readonly keys: Map<string, UsedKey>;
  lastAt: number;
}

interface Waiting {
  readonly record: NewRecord;
  readonly encoded: EncodedRecord;
  readonly resolve: (answer: Appended) => void;
}

/** Opens an empty log. */
export function openMemoryEventStore(): EventStore {
  return new MemoryEventStore();
}

class MemoryEventStore implements EventStore {
  readonly failure = undefined;
  #commits: Commit[] = [];
  #streams = new Map<string, Stream>();
  #listeners = new Set<(commit: Commit) => void>();
  #waiting: Waiting[] = [];
  #closed = false;

  append(record: NewRecord): Promise<Appended> {
    if (this.#closed) return Promise.reject(new StoreError('STORE_CLOSED', { store: 'event log' }));
    return new Promise((resolve) => {
      const encoded = encodeRecord(record);
      if (this.#waiting.length === 0) queueMicrotask(() => this.#flush());
      this.#waiting.push({ record, encoded, resolve });
    });
  }

  read(stream: string, after = 0): Promise<StoredRecord[]> {
    return this.#whenOpen(() => this.#streams.get(stream)?.records.slice(after) ?? []);
  }

  find(stream: string, idempotencyKey: string): Promise<StoredRecord | undefined> {
    return this.#whenOpen(() => {
      const found = this.#streams.get(stream);
      const used = found?.keys.get(idempotencyKey);
      return used === undefined ? undefined : found?.records[used.version - 1];
    });
  }

  readAll(after: number, limit: number): Promise<Commit[]> {
    return this.#whenOpen(() => this.#commits.slice(after, after + limit));
  }

  frames(stream: string, after: number, limit: number): Promise<StoredFrame[]> {
    return this.#whenOpen(() => (this.#streams.get(stream)?.records ?? []).slice(after, after + limit)
      .map(({ position, index }) => ({ position, index, frame: frameAt((this.#commits[position - 1] as Commit).body, position, index) })));
  }

  head(): Promise<{ readonly position: number; readonly hash: string }> {
    return this.#whenOpen(() => ({ position: this.#commits.length, hash: this.#headHash() }));
  }

  subscribe(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    return Promise.resolve();
  }

  #whenOpen<T>(answer: () => T): Promise<T> {
    return attempt(() => {
      if (this.#closed) throw new StoreError('STORE_CLOSED', { store: 'event log' });
      return answer();
    });
  }

  #headHash(): string {
    return this.#commits.at(-1)?.hash ?? GENESIS_HASH;
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < waiting.length; ) {
      let to = from;
      for (let bytes = 0; to < waiting.length && to - from < COMMIT_RECORDS; to++) {
        bytes += waiting[to]?.encoded.size ?? 0;
        if (bytes > COMMIT_BYTES && to > from) break;
      }
      this.#commit(waiting.slice(from, to));
      from = to;
    }
  }

  #commit(batch: readonly Waiting[]): void {
    const position = this.#commits.length + 1;
    const accepted: StoredRecord[] = [];
    const body = Buffer.allocUnsafeSlow(batch.reduce((size, { encoded }) => size + encoded.size, 0));
    let size = 0;
    for (const { record, encoded, resolve } of batch) {
      const stream = this.#streams.get(record.stream) ?? { records: [], keys: new Map<string, UsedKey>(), lastAt: 0 };
      const used = record.idempotencyKey === undefined ? undefined : stream.keys.get(record.idempotencyKey);
      const refused = refusal(record.expectedVersion, stream.records.length, record.requestHash, used);
      resolve(refused ?? { outcome: 'appended', position, version: record.expectedVersion + 1 });
      if (refused !== undefined) continue;
      this.#streams.set(record.stream, stream);
      const at = admit(stream, record, encoded);
      // Correcting `at` by encoding anew keeps the rule in one place; it is rare.
      const framed = stream.lastAt === encoded.atMs ? encoded : encodeRecord({ ...record, at });
      size = writeFrame(body, size, framed, record.events);
      const { expectedVersion, clear, memo, ...rest } = record;
      const version = expectedVersion + 1;
      const start = size - record.events.byteLength;
      if (clear !== undefined) sealInPlace(body, start + clear.from, size, clear.key, `${record.stream}/${String(version)}`);
      const stored: StoredRecord = { ...rest, at, position, index: accepted.length, version, events: body.subarray(start, size) };
      stream.records.push(stored);
      if (record.idempotencyKey !== undefined) stream.keys.set(record.idempotencyKey, { position, version, request: record.requestHash ?? '' });
      accepted.push(memo === undefined ? stored : { ...stored, memo });
    }
    if (accepted.length > 0) this.#publish(position, body.subarray(0, size), accepted);
  }

  #publish(position: number, body: Buffer, records: readonly StoredRecord[]): void {
    const uuid = randomUUID();
    const prevHash = this.#headHash();
    const hash = hashCommit(Buffer.from(prevHash, 'hex'), position, uuidBytes(uuid), body).toString('hex');
    const commit = new StoredCommit(position, uuid, prevHash, hash, body, records);
    this.#commits.push(commit);
    deliver(this.#listeners, commit);
  }
}

/** Moves the stream's clock; answers the instant the record gets. */
function admit(stream: Stream, record: NewRecord, encoded: EncodedRecord): string {
  stream.lastAt = Math.max(stream.lastAt, encoded.atMs);
  return stream.lastAt === encoded.atMs && record.at.length === AT_LENGTH ? record.at : instant(stream.lastAt);
}
