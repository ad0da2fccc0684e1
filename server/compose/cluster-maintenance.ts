/** What `piton doctor` and `piton audit verify` look at where an installation lives in MongoDB. Nothing is changed; nodes may be at work. */
import { existsSync } from 'node:fs';
import { lookAtAnchoring } from '../audit/anchor-notes.ts';
import { headsOfFolder } from '../audit/index.ts';
import type { HeadBook, SealedHead } from '../ports/head-book.ts';
import { isRedisThere } from '../queues/live-spread.ts';
import { GENESIS_HASH, keptHeads, linkFault } from '../stores/commit.ts';
import type { ChainPoint, ChainVerdict } from '../stores/commit.ts';
import { StoreError } from '../stores/errors.ts';
import { openMongoDatabase, refuseCopy } from '../stores/mongo/connection.ts';
import { openMongoDeskStore } from '../stores/mongo/desk-store.ts';
import { openMongoEventStore } from '../stores/mongo/event-store.ts';
import { createMongoHeadBook } from '../stores/mongo/head-book.ts';
import { isAnybodyThere } from '../stores/mongo/leases.ts';
import { openMongoVault } from '../stores/mongo/vault.ts';
import { systemClock } from '../system.ts';

/** As in the configuration. */
export interface Cluster {
  readonly mongodb: string;
  readonly redis: string;
  readonly keyFile: string;
}

const PAGE = 500;

/** What is found, with how bad it is where it is not plainly good. */
type Look = string | { readonly name: string; readonly state: 'good' | 'note' | 'bad'; readonly says: string };

/** Each look with its name; a look that rejects is told as bad. */
export function looksAtCluster(cluster: Cluster): readonly (readonly [name: string, look: () => Promise<Look>])[] {
  return [
    ['database', () => inDatabase(cluster, async (database) => `${database.name} answers, ${await isAnybodyThere(database) ? 'nodes work on it' : 'no node works on it'}`)],
    ['log', async () => {
      const checked = await checkSharedLog(cluster, []);
      if (!checked.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: 'the log in MongoDB', position: checked.position, reason: checked.reason });
      return `${String(checked.position)} commits with ${String(checked.records)} records, the chain is whole, head ${checked.hash.slice(0, 16)}…`;
    }],
    ['vault', () => inDatabase(cluster, async (database) => {
      if (!existsSync(cluster.keyFile)) throw new StoreError('STORE_KEY_MISSING', { file: cluster.keyFile });
      await (await openMongoVault(database, { keyFile: cluster.keyFile, logIsEmpty: false })).close();
      return 'opens with the installation key of this node';
    })],
    ['anchoring', () => inDatabase(cluster, async (database) => ({ name: 'anchoring', ...await lookAtAnchoring(createMongoHeadBook(database), await openMongoDeskStore(database), systemClock.now()) }))],
    ['redis', async () => {
      await isRedisThere(cluster.redis);
      return 'answers; what it holds is derived again when it is lost';
    }],
  ];
}

/** Every commit of the log against its hash and the one before. `points`: heads that were kept elsewhere. */
export async function checkSharedLog({ mongodb }: Cluster, points: readonly ChainPoint[], onProgress?: (done: number, of: number) => void): Promise<ChainVerdict & { readonly records: number }> {
  const store = await openMongoEventStore({ url: mongodb });
  try {
    const last = (await store.head()).position;
    const kept = keptHeads(points);
    let before: ChainPoint = { position: 0, hash: GENESIS_HASH };
    let records = 0;
    for (let page = await store.readAll(0, PAGE); page.length > 0; page = await store.readAll(before.position, PAGE)) {
      for (const commit of page) {
        const fault = linkFault(commit, before) ?? kept.fault(commit);
        if (fault !== undefined) return { valid: false, position: before.position + 1, reason: fault, records };
        before = { position: commit.position, hash: commit.hash };
        records += commit.records.length;
      }
      onProgress?.(before.position, last);
    }
    const missing = kept.missing();
    return missing === undefined ? { valid: true, ...before, records } : { valid: false, position: before.position, reason: missing, records };
  } finally {
    await store.close();
  }
}

/** The sealed heads of an installation, wherever it lives. */
export function sealedHeads(folder: string, cluster: Cluster | undefined): Promise<readonly SealedHead[]> {
  const all = (book: HeadBook): Promise<readonly SealedHead[]> => book.all();
  return cluster === undefined ? all(headsOfFolder(folder)) : inDatabase(cluster, (database) => all(createMongoHeadBook(database)));
}

/** There is no folder to copy. Throws STORE_CLUSTER_BACKUP. */
export function refuseFolderCopy({ mongodb }: Cluster): never {
  return refuseCopy(mongodb);
}

async function inDatabase<T>({ mongodb }: Cluster, work: (database: Awaited<ReturnType<typeof openMongoDatabase>>) => Promise<T>): Promise<T> {
  const database = await openMongoDatabase(mongodb);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
