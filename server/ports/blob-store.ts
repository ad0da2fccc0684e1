/**
 * The port of large content: models, documents, attachments. A blob is named by the SHA-256 of its bytes and never changes.
 *
 * Promise: when `put` has answered, bytes and directory entry are durable; an event that names a blob is appended after that.
 */
export interface BlobStore {
  /** Stores the bytes and answers their SHA-256, hex. Storing the same bytes again changes nothing. */
  put(content: Uint8Array): Promise<string>;
  /** The bytes, verified against their name; undefined when there is no such blob. Rejects when they were changed on disk. */
  get(sha256: string): Promise<Uint8Array | undefined>;
  has(sha256: string): Promise<boolean>;
  /** Names of blobs older than `olderThan` (instant), for the sweep of what no event names. */
  list(olderThan: string): AsyncIterable<string>;
  delete(sha256: string): Promise<void>;
  close(): Promise<void>;
}
