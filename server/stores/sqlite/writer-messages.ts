/** What the main thread and the writer thread of the SQLite event log say to each other: one message per batch each way. */

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

/** A batch as columns. `names`: JSON of streams, keys and requests, because one text travels between threads faster than many. `body` holds the frames one after the other; per record: `numbers[5i..]` = expected version, `at` (ms), offset, length, where in the frame clear text begins that is to be encrypted (-1: nowhere); `secrets[32i..]` = the key for it. */
export interface Batch {
  readonly kind: 'append';
  readonly names: string;
  readonly numbers: Float64Array<ArrayBuffer>;
  readonly secrets: Uint8Array<ArrayBuffer>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Numbers per record of a batch. */
export const NUMBERS = 5;

/** What `names` says. */
export type Names = readonly [streams: readonly string[], keys: readonly (string | null)[], requests: readonly (string | null)[]];

export type ToWriter = Batch | { readonly kind: 'close' };

/** Verdicts as numbers, in `verdicts[4i..]` = outcome, position, version, `at` (ms). */
export const APPENDED = 0;
export const DUPLICATE = 1;
export const KEY_REUSED = 2;
export const CONFLICT = 3;

/** `full`: no room, later batches may pass. `refused`: the same for any other reason. `fatal`: the disk cannot be trusted any more. `stopped`: not tried, because of an earlier one of those. */
export type Fault = 'full' | 'refused' | 'fatal' | 'stopped';

/** The commit of a batch; absent when no record of it was admitted. `records`: how many it holds; `ms`: how long the disk took. */
export interface Written {
  readonly position: number;
  readonly uuid: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly records: number;
  readonly ms: number;
}

export type FromWriter =
  | { readonly kind: 'open' }
  | { readonly kind: 'done'; readonly verdicts: Float64Array<ArrayBuffer>; readonly written?: Written }
  | { readonly kind: 'failed'; readonly fault: Fault; readonly reason: string }
  | { readonly kind: 'closed' };
