/** A batch on its way to the writer thread and back: waiting appends go into it, verdicts come out as answers. */
import { COMMIT_BYTES, COMMIT_RECORDS } from '../../ports/event-store.ts';
import type { Appended, NewRecord, StoredRecord } from '../../ports/event-store.ts';
import { AT_LENGTH, instant, writeFrame } from '../commit.ts';
import type { EncodedRecord } from '../commit.ts';
import type { StoreError } from '../errors.ts';
import { KEY_BYTES } from '../sealing.ts';
import { APPENDED, DUPLICATE, KEY_REUSED, newBatch, NUMBERS } from './writer-messages.ts';
import type { Batch, Names } from './writer-messages.ts';

/** An append whose answer is owed. */
export interface Waiting {
  readonly record: NewRecord;
  readonly encoded: EncodedRecord;
  readonly resolve: (answer: Appended) => void;
  readonly reject: (error: StoreError) => void;
}

/** The first of `waiting` that fit into one commit, ready to post; `taken`: how many these are. */
export function fillBatch(waiting: readonly Waiting[]): { readonly batch: Batch; readonly taken: number } {
  const { taken, size } = measure(waiting);
  const names = namesOf(waiting, taken);
  const batch = newBatch(taken, Buffer.byteLength(names), size);
  batch.names.write(names);
  const { numbers, secrets, body } = batch;
  let offset = 0;
  for (let index = 0; index < taken; index++) {
    const { record, encoded } = waiting[index] as Waiting;
    const at = NUMBERS * index;
    numbers[at] = record.expectedVersion;
    numbers[at + 1] = encoded.atMs;
    numbers[at + 2] = offset;
    numbers[at + 3] = encoded.size;
    numbers[at + 4] = record.clear === undefined ? -1 : encoded.size - record.events.byteLength + record.clear.from;
    if (record.clear !== undefined) secrets.set(record.clear.key, KEY_BYTES * index);
    offset = writeFrame(body, offset, encoded, record.events);
  }
  return { batch, taken };
}

function namesOf(waiting: readonly Waiting[], taken: number): string {
  const streams = new Array<string>(taken);
  const keys = new Array<string | null>(taken);
  const requests = new Array<string | null>(taken);
  for (let index = 0; index < taken; index++) {
    const { record } = waiting[index] as Waiting;
    streams[index] = record.stream;
    keys[index] = record.idempotencyKey ?? null;
    requests[index] = record.requestHash ?? null;
  }
  return JSON.stringify([streams, keys, requests] satisfies Names);
}

function measure(waiting: readonly Waiting[]): { readonly taken: number; readonly size: number } {
  let size = 0;
  let taken = 0;
  for (const { encoded } of waiting) {
    if (taken === COMMIT_RECORDS || (taken > 0 && size + encoded.size > COMMIT_BYTES)) break;
    size += encoded.size;
    taken += 1;
  }
  return { taken, size };
}

/** The answer to the append at `index` of its batch. */
export function toAnswer({ numbers }: Batch, index: number): Appended {
  const outcome = numbers[NUMBERS * index];
  const position = numbers[NUMBERS * index + 1] ?? 0;
  const version = numbers[NUMBERS * index + 2] ?? 0;
  if (outcome === APPENDED) return { outcome: 'appended', position, version };
  if (outcome === DUPLICATE) return { outcome: 'duplicate', position, version };
  return outcome === KEY_REUSED ? { outcome: 'key-reused', position, version } : { outcome: 'conflict', version };
}

/** The admitted records of a batch as they were stored. */
export function toStored(batch: readonly Waiting[], { numbers }: Batch, position: number, body: Uint8Array): StoredRecord[] {
  const stored: StoredRecord[] = [];
  let end = 0;
  for (let index = 0; index < batch.length; index++) {
    if (numbers[NUMBERS * index] !== APPENDED) continue;
    const { record, encoded } = batch[index] as Waiting;
    const { stream, expectedVersion, commandType, idempotencyKey, requestHash, actor, causation, keyId, memo } = record;
    const atMs = numbers[NUMBERS * index + 3] ?? 0;
    const at = atMs === encoded.atMs && record.at.length === AT_LENGTH ? record.at : instant(atMs);
    end += encoded.size;
    // Field by field: copying the rest of an object costs more than everything else here.
    stored.push({
      stream, version: expectedVersion + 1, commandType, idempotencyKey, requestHash, actor, at, causation, keyId, memo,
      position, index: stored.length, events: body.subarray(end - record.events.byteLength, end),
    });
  }
  return stored;
}
