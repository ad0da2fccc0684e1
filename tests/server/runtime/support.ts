/** A runtime on stores in memory or in a folder, with time that stands still, for tests. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits, WorkingCalendar } from '../../../engine/index.ts';
import type { BlobStore } from '../../../server/ports/blob-store.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';
import type { Vault } from '../../../server/ports/vault.ts';
import { openEmbeddedQueue, wallTimer } from '../../../server/queues/embedded.ts';
import type { SealedCases } from '../../../server/runtime/closed-cases.ts';
import { EmbeddedRuntime } from '../../../server/runtime/runtime.ts';
import type { CommandMeta, Projection } from '../../../server/runtime/types.ts';
import type { JobHandler } from '../../../server/ports/job-handler.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import { settle, VirtualTime } from '../../contracts/virtual-time.ts';

export const OFFICER: CommandMeta = { actor: { person: 'officer', groups: ['officers'] } };

type TestProjections = ReturnType<typeof createSqliteProjections>;

export interface TestRuntimeOptions {
  readonly store?: EventStore;
  readonly vault?: Vault;
  readonly blobs?: BlobStore;
  readonly time?: VirtualTime;
  /** Timers look at the clock, as a server's do: slow where months pass. */
  readonly looks?: boolean;
  readonly handlers?: readonly JobHandler[];
  readonly readers?: readonly Projection[];
  readonly limits?: Partial<Limits>;
  readonly calendars?: Readonly<Record<string, WorkingCalendar>>;
  readonly projections?: TestProjections;
  readonly failpoint?: (name: string) => void;
  readonly privateFields?: Readonly<Record<string, readonly string[]>>;
  readonly templates?: { has(name: string): boolean };
  readonly sealed?: SealedCases;
}

export interface TestRuntime {
  readonly runtime: EmbeddedRuntime;
  readonly store: EventStore;
  readonly vault: Vault;
  readonly blobs: BlobStore;
  readonly time: VirtualTime;
  readonly projections: TestProjections;
  readonly failures: unknown[];
  /** Waits until nothing more happens without time passing. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRuntime(options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const folder = mkdtempSync(join(tmpdir(), 'piton-test-'));
  const store = options.store ?? openMemoryEventStore();
  const vault = options.vault ?? (await openSqliteVault({ folder }));
  const blobs = options.blobs ?? (await openFileBlobStore(join(folder, 'blobs')));
  const time = options.time ?? new VirtualTime();
  const projections = options.projections ?? createSqliteProjections(':memory:');
  const failures: unknown[] = [];
  const queue = openEmbeddedQueue({ clock: time.clock, timer: options.looks === true ? wallTimer(time.clock, time.timer) : time.timer, pauseTimer: time.timer, onFailure: (_job, error) => { failures.push(error); } });
  const runtime = new EmbeddedRuntime({
    gatherMs: 0,
    store, vault, blobs, projections, snapshots: projections.snapshots, queue, clock: time.clock,
    ids: { uuid: () => randomUUID(), token: (bytes) => randomBytes(bytes).toString('base64url') },
    calendars: { all: () => options.calendars ?? {} }, zone: 'America/St_Lucia', readers: options.readers ?? [], handlers: options.handlers ?? [],
    privateFields: options.privateFields ?? {}, checkForm: () => [], onFailure: (error) => { failures.push(error); }, ...(options.limits && { limits: options.limits }), ...(options.failpoint && { failpoint: options.failpoint }), ...(options.templates && { templates: options.templates }), ...(options.sealed && { sealed: options.sealed }),
  });
  await runtime.start();
  return { runtime, store, vault, blobs, time, projections, failures, quiet: () => quiet(store), stop: () => runtime.stop() };
}

/** Until the log has stood still for a while and nothing is being read from the disk: models are read by other threads, which no count of turns waits for. */
async function quiet(store: EventStore): Promise<void> {
  for (let still = 0, last = -1; still < 6; ) {
    await settle(20);
    await new Promise((resolve) => setTimeout(resolve, 2));
    const { position } = await store.head();
    const reading = process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'));
    still = position === last && !reading ? still + 1 : 0;
    last = position;
  }
}
