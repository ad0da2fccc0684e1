/**
 * An installation as it lies in its stores, without a runtime: what is moved from one kind of store to the other byte by byte. Nobody works
 * on it meanwhile.
 */
import type { BlobStore } from '../ports/blob-store.ts';
import type { HeadBook } from '../ports/head-book.ts';
import type { PartStore } from '../ports/part-store.ts';
import type { ChainPoint, StoredCommit } from './commit.ts';

/** A row of the vault, wrapped as it is. `wrapped` is null where a key was destroyed. */
export interface VaultRow {
  readonly kind: 'batch' | 'key' | 'secret' | 'proof';
  readonly id: string;
  readonly wrapped: Buffer | null;
}

/** An entry of the desk store. `expires`: Unix time in milliseconds. `content`: JSON text. */
export interface DeskRow {
  readonly collection: string;
  readonly key: string;
  readonly owner: string | null;
  readonly expires: number | null;
  readonly content: string;
}

export interface RawInstallation {
  /** For messages. */
  readonly name: string;
  readonly blobs: BlobStore;
  readonly parts: PartStore;
  readonly heads: HeadBook;
  head(): Promise<ChainPoint>;
  hashAt(position: number): Promise<string | undefined>;
  /** Commits behind `after`, in order, some at a time. */
  commits(after: number): AsyncIterable<readonly StoredCommit[]>;
  /** Adds commits with their bytes as they are; the first follows the head. */
  append(commits: readonly StoredCommit[]): Promise<void>;
  vault(): Promise<readonly VaultRow[]>;
  replaceVault(rows: readonly VaultRow[]): Promise<void>;
  /** The last written at the end. */
  desk(): Promise<readonly DeskRow[]>;
  replaceDesk(rows: readonly DeskRow[]): Promise<void>;
  /** Which log a move to here began with (hash of its first commit); undefined: none did, or the last one was finished. */
  unfinished(): Promise<string | undefined>;
  begin(firstHash: string): Promise<void>;
  /** Everything is here and was checked: from now on it may be worked on. */
  finish(): Promise<void>;
  close(): Promise<void>;
}
