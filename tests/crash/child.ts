/** The process that is killed: a runtime on SQLite in a folder, driven over IPC by the crash test. It dies at the failpoint it is told. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceAction } from '../../engine/index.ts';
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { EmbeddedRuntime } from '../../server/runtime/runtime.ts';
import { openFileBlobStore } from '../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { createSqliteProjections } from '../../server/stores/sqlite/projections.ts';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';
import { systemClock, systemIds } from '../../server/system.ts';
import { CLERK, MODEL } from './model.ts';

/** What the test asks; `id` comes back with the answer. */
export type Request = { readonly id: number; readonly key: string } & (
  | { readonly type: 'start' }
  | { readonly type: 'act'; readonly stream: string; readonly person: string; readonly action: InstanceAction }
  | { readonly type: 'idle' });

/** `outcome`: `accepted`, or the code of the refusal. `open`: the open tasks of the case, the oldest first. */
export interface Reply {
  readonly id: number;
  readonly outcome: string;
  readonly stream?: string;
  readonly version?: number;
  readonly open?: readonly number[];
}

const [folder = '', failpoint = '', after = '0'] = process.argv.slice(2);
const storePoint = failpoint === 'before-commit' || failpoint === 'after-commit' ? { failpoint: { name: failpoint, after: Number(after) } as const } : {};
let passes = 0;
const runtimePoint = (name: string): void => {
  if (name === failpoint && (passes += 1) === Number(after)) process.kill(process.pid, 'SIGKILL');
};

const store = await openSqliteEventStore({ folder, ...storePoint });
const vault = await openSqliteVault({ folder });
const blobs = await openFileBlobStore(join(folder, 'blobs'));
const projections = createSqliteProjections(join(folder, 'projections.db'));
const runtime = new EmbeddedRuntime({
  store, vault, blobs, projections, snapshots: projections.snapshots, queue: openEmbeddedQueue({ clock: systemClock, onFailure: (job, error) => { process.stderr.write(`${job.type}: ${String(error)}\n`); } }), clock: systemClock, ids: systemIds,
  calendars: { all: () => ({}) }, zone: 'UTC', readers: [], privateFields: {}, checkForm: () => [], failpoint: runtimePoint,
  onJobFailure: (_job, error) => { process.stderr.write(`job: ${String(error)}\n`); },
  onFailure: (error) => { process.stderr.write(`${String(error)}\n`); },
  // The outside world: a line per effect, with the key a real receiver would know repeats by.
  handlers: [{ type: 'effect', run: async ({ key }) => { appendFileSync(join(folder, 'effects.txt'), `${key}\n`); return {}; } }],
});
await runtime.start();
await runtime.deploy([{ name: 'crash.bpmn', content: MODEL }], { actor: CLERK });

process.on('message', (request: Request) => { void answer(request); });
process.send?.({ id: 0, outcome: 'ready' } satisfies Reply);

async function answer(request: Request): Promise<void> {
  const { id, key } = request;
  const meta = { actor: request.type === 'act' ? { ...CLERK, person: request.person } : CLERK, idempotencyKey: key };
  if (request.type === 'idle') {
    await runtime.stop();
    await Promise.all([projections.close(), vault.close(), blobs.close(), store.close()]);
    process.send?.({ id, outcome: 'stopped' } satisfies Reply);
    process.disconnect();
    return;
  }
  const done = request.type === 'start' ? await runtime.startInstance({ processId: 'crash', variables: { reference: key } }, meta) : await runtime.execute(request.stream, request.action, meta);
  const reply: Reply = done.outcome === 'accepted' ? { id, outcome: 'accepted', stream: done.stream, version: done.version, open: await openTasks(done.stream) } : { id, outcome: done.outcome === 'rejected' ? done.rejection.code : done.outcome };
  process.send?.(reply);
}

async function openTasks(stream: string): Promise<number[]> {
  const found = await runtime.inspect(stream);
  return [...(found?.state.elements.values() ?? [])].filter(({ task }) => task).map(({ id }) => id);
}
