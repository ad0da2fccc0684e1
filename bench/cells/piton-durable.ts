/** Piton durable: the runtime over the SQLite log, every answer after its fsync; encryption and the lists of cases and tasks included. */
import { join } from 'node:path';
import type { InstanceEvent } from '../../engine/index.ts';
import { createInstances } from '../../server/instances/index.ts';
import type { EventStore } from '../../server/ports/event-store.ts';
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { EmbeddedRuntime } from '../../server/runtime/runtime.ts';
import type { Answer } from '../../server/runtime/types.ts';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { createThreadedProjections } from '../../server/stores/sqlite/threaded-projections.ts';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';
import { systemClock, systemIds } from '../../server/system.ts';
import { tasksProjection } from '../../server/tasks/index.ts';
import { assertSame, measure } from '../measure.ts';
import type { Budget, Measured } from '../measure.ts';
import { ANSWER, OFFICER, SERVICE_TASKS, TASKS_OF, USER_TASKS, VARIABLES, workloadXml } from '../workloads.ts';
import type { Workload } from '../workloads.ts';
import { created } from './piton-memory.ts';

export const META = { actor: { person: OFFICER, groups: [] } } as const;
const READ_AT_ONCE = 500;

export async function pitonDurable(workload: Workload, budget: Budget, folder: string): Promise<Measured> {
  const open = await openRuntime(folder);
  const { runtime, store } = open;
  const deployed = await runtime.deploy([{ name: `${workload}.bpmn`, content: workloadXml(workload, 'piton') }], META);
  if (deployed.outcome !== 'deployed') throw new Error(deployed.problems.map(({ message }) => message).join('\n'));
  await caughtUp(open);

  let ended = 0;
  const start = (): Promise<Answer<InstanceEvent>> => runtime.startInstance({ processId: workload, variables: VARIABLES }, META);
  const approval = async (): Promise<number> => {
    let answer = accepted(await start());
    for (const id of USER_TASKS) {
      const task = created(answer.events, 'UserTaskCreated', id);
      answer = accepted(await runtime.execute(answer.stream, { type: 'CompleteTask', task, variables: ANSWER }, META));
    }
    if (answer.events.at(-1)?.type !== 'InstanceCompleted') throw new Error(`Expected ${answer.stream} to have ended, but it has not`);
    ended += 1;
    return USER_TASKS.length;
  };
  const ends = workload === 'straight' ? new Ends(store) : undefined;
  const straight = async (): Promise<number> => {
    await ends!.of(accepted(await start()).stream);
    ended += 1;
    return SERVICE_TASKS;
  };
  const measured = await measure(budget, workload === 'approval' ? approval : straight, () => caughtUp(open));
  const log = await countLog(store);
  assertSame('ended instances in the log', ended, log.ended);
  assertSame('completed tasks in the log', ended * TASKS_OF[workload], log.tasks);
  await open.close();
  return { ...measured, notes: { bytesPerInstance: log.bytes / ended, writesPerInstance: log.records / ended, writesPerCommit: log.records / log.commits } };
}

export interface Opened {
  readonly runtime: EmbeddedRuntime;
  readonly store: EventStore;
  readonly close: () => Promise<void>;
}

/** The embedded composition with the lists of cases and tasks, and a worker that does nothing. */
export async function openRuntime(folder: string): Promise<Opened> {
  const store = await openSqliteEventStore({ folder });
  const vault = await openSqliteVault({ folder });
  const blobs = await openFileBlobStore(join(folder, 'blobs'));
  const projections = createThreadedProjections(join(folder, 'projections.db'));
  const cases = createInstances(projections);
  const runtime = new EmbeddedRuntime({
    store, vault, blobs, projections, snapshots: projections.snapshots, clock: systemClock, ids: systemIds, queue: openEmbeddedQueue({ clock: systemClock }),
    calendars: { all: () => ({}) }, zone: 'America/St_Lucia', readers: [cases.projection, tasksProjection(projections, cases.cases).projection],
    handlers: [{ type: 'work', concurrency: 100, run: () => Promise.resolve({}) }], privateFields: {}, checkForm: () => [],
    onFailure: (error) => { throw error; },
  });
  await runtime.start();
  const close = async (): Promise<void> => {
    await runtime.stop();
    await Promise.all([projections.close(), vault.close(), blobs.close(), store.close()]);
  };
  return { runtime, store, close };
}

/** Tells a client that its case has ended, as soon as the end is on disk. */
class Ends {
  readonly #waiting = new Map<string, () => void>();
  readonly #early = new Set<string>();

  constructor(store: EventStore) {
    store.subscribe(({ records }) => {
      for (const { stream, events } of records) if (endsCase(events)) this.#ended(stream);
    });
  }

  of(stream: string): Promise<void> {
    if (this.#early.delete(stream)) return Promise.resolve();
    return new Promise((resolve) => { this.#waiting.set(stream, resolve); });
  }

  #ended(stream: string): void {
    const told = this.#waiting.get(stream);
    this.#waiting.delete(stream);
    if (told) told();
    else this.#early.add(stream);
  }
}

/** The open part of a record's bytes is JSON: an event of this type ends a case. */
function endsCase(events: Uint8Array): boolean {
  return Buffer.from(events.buffer, events.byteOffset, events.byteLength).includes('"InstanceCompleted"');
}

/** Until every projection has what the log has. */
export async function caughtUp({ runtime, store }: Opened): Promise<void> {
  const { position } = await store.head();
  while (!(await runtime.settled(position))) if (runtime.health.failure !== undefined) throw new Error('Expected the projections to follow the log, but they stopped', { cause: runtime.health.failure });
}

export function accepted(answer: Answer<InstanceEvent>): Extract<Answer<InstanceEvent>, { outcome: 'accepted' }> {
  if (answer.outcome !== 'accepted') throw new Error(answer.outcome === 'rejected' ? answer.rejection.message : answer.outcome);
  return answer;
}

/** What the log holds of the cases; the type of its command says what a record is. */
async function countLog(store: EventStore): Promise<{ ended: number; tasks: number; records: number; commits: number; bytes: number }> {
  const counted = { ended: 0, tasks: 0, records: 0, commits: 0, bytes: 0 };
  let after = 0;
  for (;;) {
    const commits = await store.readAll(after, READ_AT_ONCE);
    for (const { position, records, body } of commits) {
      after = position;
      const own = records.filter(({ commandType }) => commandType !== 'DeployProcess');
      if (own.length === 0) continue;
      counted.commits += 1;
      counted.records += own.length;
      counted.bytes += body.length;
      counted.tasks += own.filter(({ commandType }) => commandType === 'CompleteTask' || commandType === 'CompleteJob').length;
      counted.ended += own.filter(({ events }) => endsCase(events)).length;
    }
    if (commits.length < READ_AT_ONCE) return counted;
  }
}
