/** A data folder read from outside, without a runtime: every record with its private parts, every blob by its name. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unseal } from '../../server/runtime/codec.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';

export interface ToldEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ToldRecord {
  readonly stream: string;
  readonly version: number;
  readonly key: string | undefined;
  readonly events: readonly ToldEvent[];
}

export async function recordsOf(folder: string): Promise<ToldRecord[]> {
  const store = await openSqliteEventStore({ folder });
  const vault = await openSqliteVault({ folder });
  try {
    const told: ToldRecord[] = [];
    for (const { records } of await store.readAll(0, 1_000_000)) {
      for (const { stream, version, idempotencyKey, keyId, events } of records) {
        const key = keyId === undefined ? undefined : await vault.dataKey(keyId);
        told.push({ stream, version, key: idempotencyKey, events: unseal(events, key, stream, version).events as unknown as ToldEvent[] });
      }
    }
    return told;
  } finally {
    await vault.close();
    await store.close();
  }
}

/** SHA-256 of every blob, sorted. */
export function blobsOf(folder: string): string[] {
  const names = readdirSync(join(folder, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();
}

/** Where the content of a blob lies. */
export function pathOfBlob(folder: string, sha256: string): string {
  return join(folder, 'blobs', sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}
