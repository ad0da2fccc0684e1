/** What a node works on: every adapter the rooms need, opened for one machine (embedded.ts) or as one of many (clustered.ts). */
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { HeadBook } from '../ports/head-book.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Leases } from '../ports/leases.ts';
import type { PartStore } from '../ports/part-store.ts';
import type { Projections } from '../ports/projections.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { Vault } from '../ports/vault.ts';
import type { openSqliteEventStore } from '../stores/sqlite/event-store.ts';

export interface NodeAdapters {
  /** The data folder; of one of many nodes its own scratch folder. */
  readonly folder: string;
  readonly store: EventStore;
  readonly vault: Vault;
  readonly deskStore: DeskStore;
  readonly blobs: BlobStore;
  readonly parts: PartStore;
  readonly heads: HeadBook;
  readonly projections: Projections & { readonly snapshots: Snapshots };
  readonly queue: JobQueue;
  readonly leases: Leases;
  /** Other nodes work on the same log. */
  readonly shared: boolean;
  /** The option `adapter` of socket.io; absent: this node is alone. */
  readonly liveAdapter?: unknown;
  /** Why the log cannot be written or asked now; undefined while all is well. */
  readonly failure: () => Promise<unknown>;
}

/** Closes one thing. */
export type Close = () => Promise<void>;

export interface OpenNeeds {
  readonly config: Config;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly clock: Clock;
  /** Gets the way to close of everything that was opened, in the order of opening. */
  readonly opened: Close[];
  /** Crash tests only: a point of the writer of the embedded store. */
  readonly storeFailpoint?: Parameters<typeof openSqliteEventStore>[0]['failpoint'];
  /** The queue has forgotten everything. */
  readonly onQueueEmptied: () => void;
}
