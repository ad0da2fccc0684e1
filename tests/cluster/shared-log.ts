/** The log of a cluster read from outside, without a server: its chain checked commit by commit, every record with its private parts. */
import { unseal } from '../../server/runtime/codec.ts';
import { GENESIS_HASH, linkFault } from '../../server/stores/commit.ts';
import { openMongoDatabase } from '../../server/stores/mongo/connection.ts';
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { openGridBlobStore } from '../../server/stores/mongo/blob-store.ts';
import { openMongoVault } from '../../server/stores/mongo/vault.ts';
import type { ToldEvent, ToldRecord } from '../crash/letter-log.ts';

export interface SharedLog {
  readonly records: readonly ToldRecord[];
  /** The same by stream, and by `<account>/<key>` of the request that asked for it. */
  readonly streams: ReadonlyMap<string, readonly ToldRecord[]>;
  readonly keys: ReadonlyMap<string, readonly ToldRecord[]>;
  /** What is wrong with the chain; undefined: it is whole. */
  readonly fault: string | undefined;
  /** SHA-256 of every blob, and the bytes of one. */
  readonly blobs: readonly string[];
  readonly blob: (sha256: string) => Uint8Array;
}

export async function readSharedLog(url: string, keyFile: string): Promise<SharedLog> {
  const database = await openMongoDatabase(url);
  const store = await openMongoEventStore({ url });
  try {
    const vault = await openMongoVault(database, { keyFile });
    const records: ToldRecord[] = [];
    let fault: string | undefined;
    let before = { position: 0, hash: GENESIS_HASH };
    for (const commit of await store.readAll(0, 1_000_000)) {
      fault ??= linkFault(commit, before);
      before = { position: commit.position, hash: commit.hash };
      for (const { stream, version, idempotencyKey, keyId, events } of commit.records) {
        const key = keyId === undefined ? undefined : await vault.dataKey(keyId);
        records.push({ stream, version, key: idempotencyKey, events: unseal(events, key, stream, version).events as unknown as ToldEvent[] });
      }
    }
    const store2 = await openGridBlobStore(database);
    const contents = new Map<string, Uint8Array>();
    for await (const name of store2.list('9999-12-31T23:59:59.999Z')) contents.set(name, (await store2.get(name)) ?? new Uint8Array());
    return { records, streams: groupedBy(records, ({ stream }) => stream), keys: groupedBy(records, ({ key = '' }) => key), fault, blobs: [...contents.keys()].sort(), blob: (sha256) => contents.get(sha256) ?? new Uint8Array() };
  } finally {
    await store.close();
    await database.close();
  }
}

function groupedBy(records: readonly ToldRecord[], name: (record: ToldRecord) => string): Map<string, ToldRecord[]> {
  const groups = new Map<string, ToldRecord[]>();
  for (const record of records) {
    const group = groups.get(name(record));
    if (group === undefined) groups.set(name(record), [record]);
    else group.push(record);
  }
  return groups;
}
