/**
 * The port of the event log: the only truth of every act with legal effect (docs/log-format.md).
 *
 * A log is a list of commits; a commit holds the records of the commands that were accepted together; a record holds the
 * events of one command. One writer at a time: total order, one hash chain.
 *
 * Promises, proven by tests/contracts/event-store.ts for every adapter:
 * - `append` answers after the record is durable, never before; what it answered survives any crash.
 * - a record enters only if its stream stands at `expectedVersion` and its key is new in the stream; otherwise nothing of it is
 *   written and the answer says which of the two it was.
 * - same key and same request hash: the first answer again. Same key, other request: 'key-reused'.
 * - records of one stream have versions 1, 2, 3 ...; commits have positions 1, 2, 3 ...; readers see no gap and no reordering.
 * - the stored bytes are never re-encoded; each commit's hash covers them and the hash before it.
 */

import type { Distribution } from './distribution.ts';

/** One accepted command. `at` is an ISO 8601 UTC instant; `events` are opaque bytes (server/runtime/codec.ts). */
export interface NewRecord {
  readonly stream: string;
  /** The version the stream must have; 0 = it must be new. */
  readonly expectedVersion: number;
  readonly commandType: string;
  /** Absent on commands that cannot be sent twice by an outsider. Unique within the stream. */
  readonly idempotencyKey?: string | undefined;
  /** SHA-256 of the request, hex; given with idempotencyKey. */
  readonly requestHash?: string | undefined;
  /** Who acted, as stored in the header: no personal data beyond the account's id. */
  readonly actor: RecordActor;
  readonly at: string;
  /** Id of the event or request that caused this command. */
  readonly causation?: string | undefined;
  /** Data key in the vault that the private part of `events` is encrypted with. */
  readonly keyId?: string | undefined;
  readonly events: Uint8Array;
  /** What of `events` the store encrypts before it writes anything. */
  readonly clear?: ClearText | undefined;
  /** Whatever the writer knows of the record; this process's listeners get it back with the stored record, readers do not. */
  readonly memo?: unknown;
}

/**
 * The part of a record's events that must not be stored as it is: from byte `from` to the end it is 12 spare bytes, clear text, 16
 * spare bytes. The store puts a nonce, the ciphertext and the tag in their place (AES-256-GCM; additional data `<stream>/<version>`),
 * in the thread that writes anyway. `key`: 32 bytes.
 */
export interface ClearText {
  readonly from: number;
  readonly key: Uint8Array;
}

export interface RecordActor {
  readonly person: string;
  readonly post?: string;
  readonly onBehalfOf?: string;
}

/** A record as it was stored. `position` is its commit, `index` its place in it, `version` its number in the stream. */
export interface StoredRecord extends Omit<NewRecord, 'expectedVersion' | 'clear'> {
  readonly position: number;
  readonly index: number;
  readonly version: number;
}

/** `hash` = SHA-256 over prevHash, position, uuid and body, hex. `body` are the exact stored bytes of the records. */
export interface Commit {
  readonly position: number;
  readonly uuid: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly body: Uint8Array;
  readonly records: readonly StoredRecord[];
}

/** A record as bytes: its frame exactly as it is stored, header and events with their lengths (docs/log-format.md). */
export interface StoredFrame {
  readonly position: number;
  readonly index: number;
  readonly frame: Uint8Array;
}

export type Appended =
  | { readonly outcome: 'appended'; readonly position: number; readonly version: number }
  /** The key was used before with the same request: where the first answer is. */
  | { readonly outcome: 'duplicate'; readonly position: number; readonly version: number }
  | { readonly outcome: 'key-reused'; readonly position: number; readonly version: number }
  | { readonly outcome: 'conflict'; readonly version: number };

/** What a store has to do and has done since it was opened, without what other nodes do; read when somebody asks. */
export interface StoreFigures {
  /** Appends that are not answered yet. */
  readonly waiting: number;
  /** Since when the commit under way is being made durable, as performance.now() counts; undefined: none is. */
  readonly underWaySince: number | undefined;
  readonly records: number;
  readonly bytes: number;
  /** Records in each commit: its count is the number of commits. */
  readonly batch: Distribution;
  /** Seconds until a commit was on the disk, or a majority of the database had confirmed it. */
  readonly durable: Distribution;
}

export interface EventStore {
  /** Rejects with a StoreError when the record cannot be made durable (disk full, closed); then nothing of it was written. */
  append(record: NewRecord): Promise<Appended>;
  /** The records of one stream with version > `after`, in order. */
  read(stream: string, after?: number): Promise<StoredRecord[]>;
  /** The record that answered `idempotencyKey` in `stream`. */
  find(stream: string, idempotencyKey: string): Promise<StoredRecord | undefined>;
  /** Commits with position > `after`, in order, at most `limit`. */
  readAll(after: number, limit: number): Promise<Commit[]>;
  /** The stored bytes of the records of one stream with version > `after`, in order, at most `limit`. */
  frames(stream: string, after: number, limit: number): Promise<StoredFrame[]>;
  head(): Promise<{ readonly position: number; readonly hash: string }>;
  /**
   * Calls `listener` with every commit once, in order, after it is durable. Where other processes write to the same log it gets theirs as
   * well, from position `after` (default: the head) on; what this process wrote has its `memo`, what others wrote has none. Returns the way to stop.
   */
  subscribe(listener: (commit: Commit) => void, after?: number): () => void;
  /** Why nothing can be appended until a restart; undefined while all is well. */
  readonly failure: unknown;
  /** Absent where a store does not count. */
  readonly figures?: StoreFigures;
  /** Waits for what was handed over, then closes. Later calls reject. */
  close(): Promise<void>;
}

/** What is asked of a log that is only looked at. */
export type LogReading = Pick<EventStore, 'readAll' | 'frames' | 'head'>;

/** Most records and bytes of one commit. */
export const COMMIT_RECORDS = 1_000;
export const COMMIT_BYTES = 4 * 1024 * 1024;
