/** The embedded server without HTTP, as the size benchmarks open it: log, vault, lists of cases and tasks, monitor, registers. */
import { join } from 'node:path';
import { sealedCases } from '../../server/audit/index.ts';
import { createInstances } from '../../server/instances/index.ts';
import { createMonitor } from '../../server/monitor/index.ts';
import type { EventStore } from '../../server/ports/event-store.ts';
import type { Directory } from '../../server/ports/directory.ts';
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { createRegistryTables } from '../../server/registry/projection.ts';
import { EmbeddedRuntime } from '../../server/runtime/runtime.ts';
import type { Answer, DomainEvent } from '../../server/runtime/types.ts';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { createThreadedProjections } from '../../server/stores/sqlite/threaded-projections.ts';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';
import { systemClock, systemIds } from '../../server/system.ts';
import { tasksProjection } from '../../server/tasks/index.ts';
import { TaskLists } from '../../server/tasks/lists.ts';
import { TaskNames } from '../../server/tasks/names.ts';

export interface Opened {
  readonly runtime: EmbeddedRuntime;
  readonly store: EventStore;
  readonly lists: TaskLists;
  readonly cases: ReturnType<typeof createInstances>;
  readonly close: () => Promise<void>;
}

const NOBODY: Directory = { person: () => undefined, people: () => [], groupTitle: (id) => id, groupExists: () => true };

/** `onProgress`: told while lists are folded. `lists` false: only the log is written, so that a folder fills fast; its lists are folded when it is opened next. `foldsAll`: a rebuild leaves no closed case out. */
export async function openScale(folder: string, onProgress?: (position: number, head: number) => void, lists = true, foldsAll = false): Promise<Opened> {
  const store = await openSqliteEventStore({ folder });
  const vault = await openSqliteVault({ folder });
  const blobs = await openFileBlobStore(join(folder, 'blobs'));
  const projections = createThreadedProjections(join(folder, 'projections.db'));
  const cases = createInstances(projections);
  const tasks = tasksProjection(projections, cases.cases);
  const readers = !lists ? [] : [cases.projection, tasks.projection, createMonitor(projections, 'America/St_Lucia').projection, createRegistryTables(projections).projection];
  const runtime = new EmbeddedRuntime({
    store, vault, blobs, projections, snapshots: projections.snapshots, clock: systemClock, ids: systemIds, queue: openEmbeddedQueue({ clock: systemClock }),
    calendars: { all: () => ({}) }, zone: 'America/St_Lucia', readers, handlers: [], ...(lists && !foldsAll && { sealed: sealedCases(store) }), privateFields: {}, checkForm: () => [],
    onFailure: (error) => { throw error; }, ...(onProgress && { onProgress }),
  });
  await runtime.start();
  const close = async (): Promise<void> => {
    await runtime.stop();
    await Promise.all([projections.close(), vault.close(), blobs.close(), store.close()]);
  };
  return { runtime, store, cases, lists: new TaskLists(tasks.tables, new TaskNames(runtime.definitions, NOBODY)), close };
}

/** Until every list has what the log has. */
export async function caughtUp({ runtime, store }: Opened): Promise<void> {
  const { position } = await store.head();
  while (!(await runtime.settled(position))) if (runtime.health.failure !== undefined) throw new Error('Expected the lists to follow the log, but they stopped', { cause: runtime.health.failure });
}

export function accepted<E extends DomainEvent>(answer: Answer<E>): Extract<Answer<E>, { outcome: 'accepted' }> {
  if (answer.outcome !== 'accepted') throw new Error(answer.outcome === 'rejected' ? answer.rejection.message : answer.outcome);
  return answer;
}
