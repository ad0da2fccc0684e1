/** A batch becomes a commit: which records may enter behind the head, in which bytes. Nothing here waits or writes. */
import { randomUUID } from 'node:crypto';
import { COMMIT_BYTES, COMMIT_RECORDS } from '../../ports/event-store.ts';
import type { Appended, NewRecord, StoredRecord } from '../../ports/event-store.ts';
import { refusal } from '../admission.ts';
import type { UsedKey } from '../admission.ts';
import { AT_LENGTH, encodeRecord, hashCommit, instant, StoredCommit, uuidBytes, writeFrame } from '../commit.ts';
import type { ChainPoint, EncodedRecord } from '../commit.ts';
import type { StoreError } from '../errors.ts';
import { sealInPlace } from '../sealing.ts';

/** An append whose answer is owed. `since`: performance.now() of its arrival. */
export interface Waiting {
  readonly record: NewRecord;
  readonly encoded: EncodedRecord;
  readonly since: number;
  readonly resolve: (answer: Appended) => void;
  readonly reject: (error: StoreError) => void;
}

/** Where a stream stands. `at`: Unix time in milliseconds of its last record. `isComplete`: no key of the stream is missing in `keys`. */
export interface StreamState {
  version: number;
  at: number;
  readonly keys: Map<string, UsedKey>;
  readonly isComplete: boolean;
}

/** What the index says of a record. */
export interface IndexedRecord {
  readonly version: number;
  readonly at: number;
  readonly key?: string;
  readonly request?: string;
}

/** What would be written: the answers hold if exactly this commit follows `head`. `frames` are parts of the commit's body. */
export interface Proposal {
  readonly answers: readonly Appended[];
  readonly commit: StoredCommit | undefined;
  readonly frames: readonly Buffer[];
}

/** How many of the first of `waiting` fit into one commit. */
export function countFitting(waiting: readonly Waiting[]): number {
  let size = 0;
  let count = 0;
  for (const { encoded } of waiting) {
    if (count === COMMIT_RECORDS || (count > 0 && size + encoded.size > COMMIT_BYTES)) break;
    size += encoded.size;
    count += 1;
  }
  return count;
}

interface Filling {
  readonly body: Buffer;
  readonly records: StoredRecord[];
  readonly frames: Buffer[];
  size: number;
}

/** Decides over a batch. `stateOf` knows every stream of it as of `head`. Called again for the same batch when somebody else was faster. */
export function propose(batch: readonly Waiting[], head: ChainPoint, stateOf: (stream: string) => StreamState): Proposal {
  const position = head.position + 1;
  const touched = new Map<string, StreamState>();
  const filling: Filling = { body: Buffer.allocUnsafeSlow(batch.reduce((size, { encoded }) => size + encoded.size, 0)), records: [], frames: [], size: 0 };
  const answers = batch.map(({ record, encoded }): Appended => {
    const { stream, idempotencyKey, requestHash } = record;
    const before = stateOf(stream);
    const state = touched.get(stream) ?? { ...before, keys: new Map<string, UsedKey>() };
    const used = idempotencyKey === undefined ? undefined : (state.keys.get(idempotencyKey) ?? before.keys.get(idempotencyKey));
    const refused = refusal(record.expectedVersion, state.version, requestHash, used);
    if (refused !== undefined) return refused;
    const version = state.version + 1;
    addRecord(state, { version, at: encoded.atMs, ...(idempotencyKey !== undefined && { key: idempotencyKey, request: requestHash ?? '' }) }, position);
    touched.set(stream, state);
    fill(filling, record, encoded, state, position);
    return { outcome: 'appended', position, version };
  });
  return { answers, commit: filling.records.length === 0 ? undefined : toCommit(filling, head), frames: filling.frames };
}

/** Moves a stream on by one of its records. */
export function addRecord(state: StreamState, { version, at, key, request }: IndexedRecord, position: number): void {
  state.version = Math.max(state.version, version);
  state.at = Math.max(state.at, at);
  if (key !== undefined) state.keys.set(key, { position, version, request: request ?? '' });
}

// Written from the clear text every time: what is sealed once must not be sealed again.
function fill(filling: Filling, record: NewRecord, encoded: EncodedRecord, { version, at: atMs }: StreamState, position: number): void {
  const isAsGiven = atMs === encoded.atMs && record.at.length === AT_LENGTH;
  const at = isAsGiven ? record.at : instant(atMs);
  const end = writeFrame(filling.body, filling.size, atMs === encoded.atMs ? encoded : encodeRecord({ ...record, at }), record.events);
  const start = end - record.events.byteLength;
  const { expectedVersion: _, clear, ...rest } = record;
  if (clear !== undefined) sealInPlace(filling.body, start + clear.from, end, clear.key, `${record.stream}/${String(version)}`);
  filling.frames.push(filling.body.subarray(filling.size, end));
  filling.records.push({ ...rest, at, position, index: filling.records.length, version, events: filling.body.subarray(start, end) });
  filling.size = end;
}

function toCommit({ body, records, size }: Filling, head: ChainPoint): StoredCommit {
  const position = head.position + 1;
  const uuid = randomUUID();
  const bytes = body.subarray(0, size);
  const hash = hashCommit(Buffer.from(head.hash, 'hex'), position, uuidBytes(uuid), bytes).toString('hex');
  return new StoredCommit(position, uuid, head.hash, hash, bytes, records);
}
