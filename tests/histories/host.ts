/** A runtime on a data folder with the real clock, for recording histories and for opening them again. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceState } from '../../engine/index.ts';
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { EmbeddedRuntime } from '../../server/runtime/runtime.ts';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { createSqliteProjections } from '../../server/stores/sqlite/projections.ts';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';
import { systemIds } from '../../server/system.ts';
import type { Clock } from '../../server/ports/clock.ts';
import type { EventStore } from '../../server/ports/event-store.ts';
import { EXCHANGE_PRIVATE_FIELDS } from '../../server/exchange/index.ts';
import { ORGANIZATION_PRIVATE_FIELDS } from '../../server/organization/index.ts';
import { REGISTRY_PRIVATE_FIELDS } from '../../server/registry/index.ts';
import calendar from '../../server/calendars/saint-lucia.json' with { type: 'json' };

export interface HistoryHost {
  readonly runtime: EmbeddedRuntime;
  readonly store: EventStore;
  close(): Promise<void>;
}

export async function openHistory(folder: string, clock: Clock): Promise<HistoryHost> {
  const store = await openSqliteEventStore({ folder });
  const vault = await openSqliteVault({ folder });
  const blobs = await openFileBlobStore(join(folder, 'blobs'));
  const projections = createSqliteProjections(':memory:');
  const runtime = new EmbeddedRuntime({
    store, vault, blobs, projections, snapshots: projections.snapshots, queue: openEmbeddedQueue({ clock }), clock, ids: systemIds,
    calendars: { all: () => ({ [calendar.id]: { ...calendar, version: 1 } }) }, zone: 'America/St_Lucia', readers: [], handlers: [],
    privateFields: { ...ORGANIZATION_PRIVATE_FIELDS, ...REGISTRY_PRIVATE_FIELDS, ...EXCHANGE_PRIVATE_FIELDS }, checkForm: () => [], onFailure: (error) => { throw error; },
  });
  await runtime.start();
  return {
    runtime, store,
    close: async () => {
      await runtime.stop();
      await Promise.all([projections.close(), vault.close(), blobs.close(), store.close()]);
    },
  };
}

/** What must be found again in a case, whatever the code of the day is. */
export interface Expected {
  readonly status: string;
  readonly version: number;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly tasks: readonly { readonly id: number; readonly elementId: string; readonly assignee: string | null; readonly dueAt: string | null }[];
  readonly waits: readonly string[];
  readonly done: readonly string[];
}

export function summary(state: InstanceState): Expected {
  return {
    status: state.status,
    version: state.version,
    variables: Object.fromEntries(state.elements.get(0)?.variables ?? []),
    tasks: [...state.elements.values()].flatMap(({ id, elementId, task }) => (task ? [{ id, elementId, assignee: task.assignee ?? null, dueAt: task.dueAt ?? null }] : [])),
    waits: [...state.waits.values()].map((wait) => `${wait.kind} ${String(wait.id)} at ${state.elements.get(wait.element)?.elementId ?? ''}`),
    done: [...state.done.values()].map(({ elementId, person }) => `${elementId} by ${person}`),
  };
}

/** What a folder holds, as later versions must find it: `signed` are blobs of signed PDF files and sealed envelopes, `pins` those of demo officers. */
export interface Recorded {
  readonly head: { readonly position: number; readonly hash: string };
  readonly cases: Readonly<Record<string, Expected & { readonly processId: string }>>;
  readonly signed?: readonly string[];
  readonly pins?: Readonly<Record<string, string>>;
}

/** Closes the host, writes expected.json and takes away what only a running server needs. */
export async function writeExpected(folder: string, host: HistoryHost, more: Pick<Recorded, 'signed' | 'pins'> = {}): Promise<void> {
  const streams = new Set((await host.store.readAll(0, 100_000)).flatMap(({ records }) => records.map(({ stream }) => stream)).filter((stream) => !stream.includes('/')));
  const cases: Record<string, Recorded['cases'][string]> = {};
  for (const stream of [...streams].sort()) {
    const found = await host.runtime.inspect(stream);
    if (found) cases[stream] = { processId: found.state.processId, ...summary(found.state) };
  }
  const head = await host.store.head();
  await host.close();
  for (const file of ['lock', 'lock.pid', 'log.db-wal', 'log.db-shm', 'vault.db-wal', 'vault.db-shm']) rmSync(join(folder, file), { force: true });
  writeFileSync(join(folder, 'expected.json'), `${JSON.stringify({ head, cases, ...more }, null, 2)}\n`);
}
