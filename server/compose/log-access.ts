/** The log of an installation without its server, wherever it lives: to be looked at while it is at work, or to be written. */
import type { EventStore, LogReading } from '../ports/event-store.ts';
import { openMongoEventStore } from '../stores/mongo/event-store.ts';
import { openSqliteEventStore } from '../stores/sqlite/event-store.ts';
import { openLogReader } from '../stores/sqlite/log-reader.ts';
import type { Cluster } from './cluster-maintenance.ts';

/** Runs `work` on a log that is only looked at. Rejects with what the store says. */
export async function withLog<T>(folder: string, cluster: Cluster | undefined, work: (log: LogReading & { readonly doubtIndex?: () => void }) => Promise<T>): Promise<T> {
  const log = cluster === undefined ? openLogReader(folder) : await openMongoEventStore({ url: cluster.mongodb });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}

/** Runs `work` on a log that is written. In a folder no server may be at work: STORE_FOLDER_IN_USE; many nodes may. */
export async function withWritableLog<T>(folder: string, cluster: Cluster | undefined, work: (store: EventStore) => Promise<T>): Promise<T> {
  const store = cluster === undefined ? await openSqliteEventStore({ folder }) : await openMongoEventStore({ url: cluster.mongodb });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
