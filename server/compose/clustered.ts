/**
 * One of many nodes: log, vault, desk store, uploads and blobs in MongoDB, queue and live connections through Redis. On its own disk a node
 * has only what it can make again from the log: its projections (ADR 9).
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore } from '../ports/event-store.ts';
import { openBullQueue } from '../queues/bullmq.ts';
import { openLiveSpread } from '../queues/live-spread.ts';
import { openGridBlobStore } from '../stores/mongo/blob-store.ts';
import { openMongoDatabase } from '../stores/mongo/connection.ts';
import { openMongoDeskStore } from '../stores/mongo/desk-store.ts';
import { openMongoEventStore } from '../stores/mongo/event-store.ts';
import { createMongoHeadBook } from '../stores/mongo/head-book.ts';
import { createMongoLeases } from '../stores/mongo/leases.ts';
import { openMongoPartStore } from '../stores/mongo/part-store.ts';
import { refuseUnfinished } from '../stores/mongo/raw-database.ts';
import { openMongoVault } from '../stores/mongo/vault.ts';
import { createThreadedProjections } from '../stores/sqlite/threaded-projections.ts';
import type { NodeAdapters, OpenNeeds } from './node-adapters.ts';

/** Held while an installation is set up: by one node, the others wait and find it done. */
export const SET_UP_LEASE = 'set-up';
const ANSWERS_WITHIN_MS = 2_000;
/** Work of a node that died is another one's after this time, at most twice of it. */
const LOCK_MS = 10_000;
const PROJECTIONS = 'projections.db';
/** Which log the projections beside it were made from. */
const LOG_NAME = 'projections.log';
/** A trouble that lasts is told once in this time. */
const TOLD_MS = 10_000;

export async function openClustered(cluster: { readonly mongodb: string; readonly redis: string; readonly keyFile: string }, { config, log, clock, opened, onQueueEmptied }: OpenNeeds): Promise<NodeAdapters> {
  const folder = resolve(config.data);
  await mkdir(folder, { recursive: true });
  const onFault = (what: string): ((error: unknown) => void) => seldom((error) => { log.warn({ err: error }, `${what} cannot be asked; it is tried again`); });
  const database = await openMongoDatabase(cluster.mongodb);
  opened.push(() => database.close());
  await refuseUnfinished(database);
  const store = await openMongoEventStore({ url: cluster.mongodb, onFault: onFault('the log in MongoDB') });
  opened.push(() => store.close());
  const leases = createMongoLeases(database, { onFault: onFault('the leases in MongoDB') });
  const vault = await leases.alone(SET_UP_LEASE, async () => openMongoVault(database, { keyFile: resolve(cluster.keyFile), logIsEmpty: (await store.head()).position === 0 }));
  opened.push(() => vault.close());
  const deskStore = await openMongoDeskStore(database);
  opened.push(() => deskStore.close());
  const blobs = await openGridBlobStore(database);
  opened.push(() => blobs.close());
  await forgetOtherLog(folder, store);
  const projections = createThreadedProjections(join(folder, PROJECTIONS));
  opened.push(() => projections.close());
  const onRedisFault = onFault('Redis');
  const queue = openBullQueue({
    url: cluster.redis, clock, lockMs: LOCK_MS, onFault: onRedisFault, onEmptied: onQueueEmptied,
    onFailure: (job, error) => { log.warn({ queue: job.type, err: error }, 'a delivery could not be made and is tried again'); },
  });
  opened.push(() => queue.close());
  const spread = openLiveSpread({ url: cluster.redis, onFault: onRedisFault });
  opened.push(async () => { spread.close(); });
  return {
    folder, store, vault, deskStore, blobs, projections, queue, leases, shared: true, parts: await openMongoPartStore(database), heads: createMongoHeadBook(database), liveAdapter: spread.adapter,
    failure: () => Promise.race([store.head().then(() => store.failure, (error: unknown) => error), pause(ANSWERS_WITHIN_MS, new Error('the database has not answered in time'))]),
  };
}

/** Projections of another log, or of a log that was put back to an earlier state, are thrown away. The first commit and the last seen one say which log it is. */
async function forgetOtherLog(folder: string, store: EventStore): Promise<void> {
  const file = join(folder, LOG_NAME);
  const known = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as readonly { readonly position: number; readonly hash: string }[]) : [];
  const stands = await Promise.all(known.map(async ({ position, hash }) => (await store.readAll(position - 1, 1))[0]?.hash === hash));
  const head = await store.head();
  if (known.length === 0 || stands.includes(false)) for (const end of ['', '-wal', '-shm']) await rm(join(folder, `${PROJECTIONS}${end}`), { force: true });
  const [first] = await store.readAll(0, 1);
  await writeFile(file, JSON.stringify([...(first === undefined ? [] : [{ position: first.position, hash: first.hash }]), ...(head.position > 1 ? [head] : [])]));
}

function seldom(tell: (error: unknown) => void): (error: unknown) => void {
  let told = -Infinity;
  return (error) => {
    if (performance.now() - told < TOLD_MS) return;
    told = performance.now();
    tell(error);
  };
}
