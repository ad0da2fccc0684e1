/** The peer made durable: kept hot, and its own state written to SQLite (WAL, synchronous=FULL) after each step, before the next one. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assertSame, measure } from '../measure.ts';
import type { Budget, Measured } from '../measure.ts';
import { ANSWER, SERVICE_TASKS, USER_TASKS } from '../workloads.ts';
import type { Workload } from '../workloads.ts';
import { assertEnded, parsePeer, signalPeer, startPeer } from './peer.ts';
import type { PeerInstance } from './peer.ts';

interface Write {
  readonly id: string;
  readonly state: string;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** One row per instance. What is asked for in one turn of the event loop is one commit: the peer gets group commit as well. */
class PeerStore {
  readonly #database: DatabaseSync;
  readonly #save: ReturnType<DatabaseSync['prepare']>;
  #waiting: Write[] = [];
  commits = 0;
  writes = 0;
  bytes = 0;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE instance (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;');
    this.#save = this.#database.prepare('INSERT INTO instance (id, state) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state');
  }

  save(id: string, instance: PeerInstance): Promise<void> {
    const state = JSON.stringify(instance.getState());
    return new Promise((done, failed) => {
      this.#waiting.push({ id, state, done, failed });
      if (this.#waiting.length === 1) setImmediate(() => { this.#commit(); });
    });
  }

  #commit(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      for (const { id, state } of batch) {
        this.#save.run(id, state);
        this.bytes += state.length;
      }
      this.#database.exec('COMMIT');
    } catch (reason) {
      for (const { failed } of batch) failed(reason);
      return;
    }
    this.commits += 1;
    this.writes += batch.length;
    for (const { done } of batch) done();
  }

  /** Instances whose last written state says that they ended. */
  countEnded(): number {
    const row = this.#database.prepare("SELECT count(*) AS n FROM instance WHERE json_extract(state, '$.state') = 'idle'").get() as { readonly n: number };
    return row.n;
  }

  close(): void {
    this.#database.close();
  }
}

export async function peerDurable(workload: Workload, budget: Budget, folder: string): Promise<Measured> {
  const parsed = await parsePeer(workload);
  const store = new PeerStore(join(folder, 'peer.db'));
  let number = 0;
  const approval = async (): Promise<number> => {
    const id = `approval-${String((number += 1))}`;
    const { instance, ended } = await startPeer(id, parsed, () => undefined);
    for (const task of USER_TASKS) {
      await store.save(id, instance);
      signalPeer(instance, task, ANSWER);
    }
    await ended;
    assertEnded(instance);
    await store.save(id, instance);
    return USER_TASKS.length;
  };
  const straight = async (): Promise<number> => {
    const id = `straight-${String((number += 1))}`;
    let done = 0;
    // The first service is called before the peer has handed out the instance.
    const started = startPeer(id, parsed, (_scope, finish) => {
      void started.then((peer) => store.save(id, peer.instance)).then(() => { done += 1; finish(null, {}); }, finish);
    });
    const { instance, ended } = await started;
    await ended;
    assertEnded(instance);
    if (done !== SERVICE_TASKS) throw new Error(`Expected ${String(SERVICE_TASKS)} service tasks, but ${String(done)} were done`);
    await store.save(id, instance);
    return done;
  };
  const measured = await measure(budget, workload === 'approval' ? approval : straight);
  assertSame('ended instances in the peer\'s database', number, store.countEnded());
  const notes = { bytesPerInstance: store.bytes / number, writesPerInstance: store.writes / number, writesPerCommit: store.writes / store.commits };
  store.close();
  return { ...measured, notes };
}
