/**
 * Durable before answered, seen from outside: strace writes down what a whole server asks of the operating system while many people send
 * commands. Before the first answer out of a commit leaves, a sync of the write-ahead log with that commit in it has returned.
 */
import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { apply, seed } from '../server/operations/support.ts';
import type { Seeded } from '../server/operations/support.ts';
import { startServer } from '../support/server-process.ts';
import { HEAD_BYTES, toldBy, TRACED } from './syscalls.ts';
import type { Told } from './syscalls.ts';

const CLIENTS = 12;
const EACH = 10;
const ENDED_WITHIN_MS = 30_000;

describe('What a server asks of the disk before it answers', function () {
  this.timeout(120_000);
  let seeded: Seeded | undefined;
  let told: Told[] = [];
  let head = { before: 0, after: 0 };

  before(async function () {
    if (spawnSync('strace', ['-f', 'true']).status !== 0) this.skip();
    seeded = await seed();
    const { officer } = seeded;
    const folder = await seeded.copy();
    const trace = join(seeded.folder, 'trace');
    const before = await headOf(folder);
    const server = await startServer(folder, {}, ['strace', '-D', '-f', '--seccomp-bpf', '-y', '-s', String(HEAD_BYTES), '-e', `trace=${TRACED}`, '-e', 'signal=none', '-o', trace]);
    const statuses = await Promise.all(Array.from({ length: CLIENTS }, async (_, client) => {
      const answers = [];
      for (let number = 0; number < EACH; number += 1) answers.push((await apply(server.url, officer, `sync-${String(client)}-${String(number)}`)).status);
      return answers;
    }));
    expect(new Set(statuses.flat())).to.deep.equal(new Set([201]));
    expect(await server.stop()).to.equal(0);
    const written = await whole(trace, server.child.pid ?? 0);
    head = { before, after: await headOf(folder) };
    told = toldBy(written, join(folder, 'log.db-wal'));
  });
  after(() => seeded?.remove());

  it('makes every commit durable by a sync of its own', () => {
    expect(head.after).to.be.greaterThan(head.before);
    expect(told.filter(({ what }) => what === 'durable').length).to.equal(head.after - head.before);
  });

  it('lets no answer leave before the sync of its commit has returned', () => {
    let durable = head.before;
    const answered: number[] = [];
    for (const one of told) {
      if (one.what === 'durable') durable += 1;
      else {
        expect(durable, `commits that were durable when the answer of ${String(one.position)} left`).to.be.at.least(one.position);
        answered.push(one.position);
      }
    }
    expect(answered.length).to.equal(CLIENTS * EACH);
    console.log(`    ${String(answered.length)} answers in ${String(new Set(answered).size)} batches; ${String(head.after - head.before)} commits, ${String(durable - head.before)} syncs that returned before their answers left`);
  });
});

async function headOf(folder: string): Promise<number> {
  const store = await openSqliteEventStore({ folder });
  const { position } = await store.head();
  await store.close();
  return position;
}

/** The tracer ends a moment after the traced process. */
async function whole(file: string, pid: number): Promise<string> {
  for (const end = Date.now() + ENDED_WITHIN_MS; Date.now() < end;) {
    const text = await readFile(file, 'latin1');
    if (new RegExp(`^${String(pid)} +\\+{3} exited`, 'm').test(text)) return text;
    await pause(50);
  }
  throw new Error('Expected the trace to end with its process, but it did not');
}
