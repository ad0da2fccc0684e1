/** What the main thread and the writer thread of the SQLite event log say to each other: a batch is one buffer that goes there and comes back. */
import { KEY_BYTES } from '../sealing.ts';

/**
 * Where a crash test may kill the process, and what else a test may do to a commit: each takes so many milliseconds (`slow-commit`); it is
 * said not to have reached the disk, and did (`fail-sync`) or did not (`lose-sync`).
 */
export type Failpoint = 'before-commit' | 'after-commit' | 'slow-commit' | 'fail-sync' | 'lose-sync';

/** Start of the writer. `failpoint`: the process kills itself, or only the writer ends, at the `after`-th passing of this point. `recovers`: after a failed write; what is in the file is made durable and looked at first. */
export interface WriterData {
  readonly file: string;
  readonly recovers?: boolean;
  readonly failpoint?: { readonly name: Failpoint; readonly after: number; readonly ends?: 'process' | 'writer' };
}

/** Numbers per record of a batch. */
export const NUMBERS = 5;
/** What the writer says of the whole batch: how many records were admitted, their bytes, position of the commit, milliseconds the disk took. */
export const [ADMITTED, BYTES, POSITION, MS] = [2, 3, 4, 5] as const;
const HEAD = 6;
const [UUID_BYTES, HASH_BYTES] = [16, 32] as const;

/**
 * A batch seen through its buffer: one buffer travels between threads in a fraction of the time of many values.
 *
 * - `head`: number of records, bytes of the names; then what the writer says, see ADMITTED.
 * - `numbers[5i..]`: on the way there expected version, `at` (ms), offset in the body, length, where in the frame clear text begins that is
 *   to be encrypted (-1: nowhere); on the way back outcome, position, version, `at` (ms).
 * - `secrets[32i..]`: the key for the clear text; the writer leaves nothing of it behind.
 * - `uuid`, `prevHash`, `hash` of the commit, on the way back.
 * - `names`: JSON of `Names`, because one text is read faster than many.
 * - `body`: the frames one after the other.
 */
export interface Batch {
  readonly head: Float64Array<ArrayBuffer>;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly secrets: Buffer<ArrayBuffer>;
  readonly uuid: Buffer<ArrayBuffer>;
  readonly prevHash: Buffer<ArrayBuffer>;
  readonly hash: Buffer<ArrayBuffer>;
  readonly names: Buffer<ArrayBuffer>;
  readonly body: Buffer<ArrayBuffer>;
}

/** What `names` says. */
export type Names = readonly [streams: readonly string[], keys: readonly (string | null)[], requests: readonly (string | null)[]];

/** An empty batch for so many records, bytes of names and bytes of frames. */
export function newBatch(records: number, names: number, body: number): Batch {
  const before = 8 * (HEAD + NUMBERS * records) + KEY_BYTES * records + UUID_BYTES + 2 * HASH_BYTES;
  const buffer = new ArrayBuffer(before + names + body);
  const head = new Float64Array(buffer, 0, HEAD);
  head[0] = records;
  head[1] = names;
  return batchIn(buffer);
}

/** The batch in a buffer that newBatch made. */
export function batchIn(buffer: ArrayBuffer): Batch {
  const head = new Float64Array(buffer, 0, HEAD);
  const [records = 0, names = 0] = head;
  let end = head.byteLength + 8 * NUMBERS * records;
  const part = (bytes: number): Buffer<ArrayBuffer> => Buffer.from(buffer, (end += bytes) - bytes, bytes);
  return {
    head, numbers: new Float64Array(buffer, head.byteLength, NUMBERS * records),
    secrets: part(KEY_BYTES * records), uuid: part(UUID_BYTES), prevHash: part(HASH_BYTES), hash: part(HASH_BYTES), names: part(names), body: part(buffer.byteLength - end),
  };
}

/** A buffer is a batch. */
export type ToWriter = ArrayBuffer | { readonly kind: 'close' };

/** Verdicts as numbers. */
export const APPENDED = 0;
export const DUPLICATE = 1;
export const KEY_REUSED = 2;
export const CONFLICT = 3;

/** `full`: no room, later batches may pass. `refused`: the same for any other reason. `fatal`: the disk cannot be trusted any more. `stopped`: not tried, because of an earlier one of those. */
export type Fault = 'full' | 'refused' | 'fatal' | 'stopped';

/** A buffer is a batch with its verdicts; there is a commit unless none of its records was admitted. */
export type FromWriter =
  | ArrayBuffer
  | { readonly kind: 'open' }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly reason: string }
  | { readonly kind: 'closed' };
