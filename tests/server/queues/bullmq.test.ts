/** What the queue on Redis promises beyond its port: many nodes, dead nodes, a Redis that goes away or forgets. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect } from 'chai';
import type { JobQueue, QueuedJob } from '../../../server/ports/job-queue.ts';
import { openBullQueue } from '../../../server/queues/bullmq.ts';
import type { BullQueueOptions } from '../../../server/queues/bullmq.ts';
import { failure } from '../../contracts/event-store.ts';
import { gate } from '../../contracts/job-queue.ts';
import { ended, hasRedis, startRedis } from '../../support/redis.ts';
import type { TestRedis } from '../../support/redis.ts';

const LOCK_MS = 400;

describe('the queue on Redis', function () {
  this.timeout(30_000);
  let redis: TestRedis;
  let prefix: string;
  let opened: JobQueue[];

  const open = (change: Partial<BullQueueOptions> = {}): JobQueue => {
    const queue = openBullQueue({ url: redis.url, prefix, clock: { now: () => new Date().toISOString() }, lockMs: LOCK_MS, patienceMs: 500, watchMs: 50, ...change });
    opened.push(queue);
    return queue;
  };
  const job = (id: string): QueuedJob => ({ id, type: 'job-mail:urgent', content: { id } });

  before(function () {
    if (!hasRedis()) this.skip();
  });
  beforeEach(async () => {
    redis = await startRedis();
    prefix = `test-${randomUUID()}`;
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((queue) => queue.close(0)));
    await redis.remove();
  });

  it('delivers every job to one of several nodes', async () => {
    const delivered: string[] = [];
    const nodes = [open(), open()];
    const counts = nodes.map((node) => {
      const count = { of: 0 };
      node.process('job-mail:urgent', 5, async ({ id }) => {
        count.of += 1;
        await new Promise((resolve) => setTimeout(resolve, 2));
        delivered.push(id);
      });
      return count;
    });
    const ids = Array.from({ length: 200 }, (_, n) => `job-${String(n)}/1`);
    await Promise.all(ids.map((id, n) => (nodes[n % 2] as JobQueue).enqueue(job(id))));
    await until(() => delivered.length >= ids.length);
    expect([...delivered].sort()).to.deep.equal([...ids].sort());
    for (const count of counts) expect(count.of).to.be.greaterThan(0);
  });

  it('delivers afterwards, once, what was enqueued while the same id is at work', async () => {
    const queue = open();
    const first = gate();
    let deliveries = 0;
    queue.process('job-mail:urgent', 3, () => {
      deliveries += 1;
      return deliveries === 1 ? first.promise : Promise.resolve();
    });
    await queue.enqueue(job('1'));
    await until(() => deliveries === 1);
    await queue.enqueue(job('1'));
    await queue.enqueue(job('1'));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(deliveries).to.equal(1);
    first.open();
    await until(() => deliveries === 2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(deliveries).to.equal(2);
  });

  it('delivers a job again, again and again, whose worker was killed', async () => {
    await open().enqueue(job('1'));
    for (let death = 0; death < 3; death++) {
      const child = spawn(process.execPath, [new URL('../../support/dying-worker.ts', import.meta.url).pathname, redis.url, prefix, 'job-mail:urgent', String(LOCK_MS)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      expect(said.toString().trim()).to.equal('1');
      await ended(child, 'SIGKILL');
    }
    const delivered: string[] = [];
    open().process('job-mail:urgent', 1, ({ id }) => Promise.resolve(void delivered.push(id)));
    await until(() => delivered.length > 0);
    expect(delivered).to.deep.equal(['1']);
  });

  it('leaves what outlasts the grace of a closing node to another one', async () => {
    const closing = open();
    const never = gate();
    let taken = false;
    closing.process('job-mail:urgent', 1, () => {
      taken = true;
      return never.promise;
    });
    await closing.enqueue(job('1'));
    await until(() => taken);
    const delivered: string[] = [];
    open().process('job-mail:urgent', 1, ({ id }) => Promise.resolve(void delivered.push(id)));
    await closing.close(20);
    expect(delivered).to.deep.equal([]);
    await until(() => delivered.length > 0);
    never.open();
  });

  it('refuses a job while Redis is away, and works on when it is back, without having ended the process', async () => {
    const faults: unknown[] = [];
    const queue = open({ onFault: (error) => faults.push(error) });
    const delivered: string[] = [];
    queue.process('job-mail:urgent', 1, ({ id }) => Promise.resolve(void delivered.push(id)));
    await queue.enqueue(job('1'));
    await until(() => delivered.length === 1);
    await redis.kill();
    expect(await failure(queue.enqueue(job('2')))).to.include({ code: 'QUEUE_UNREACHABLE' });
    expect(faults).not.to.deep.equal([]);
    await redis.start();
    await until(async () => (await failure(queue.enqueue(job('3')))) === undefined);
    await until(() => delivered.includes('3'));
  });

  it('opens while there is no Redis yet', async () => {
    await redis.kill();
    const queue = open();
    const delivered: string[] = [];
    queue.process('job-mail:urgent', 1, ({ id }) => Promise.resolve(void delivered.push(id)));
    expect(await failure(queue.enqueue(job('1')))).to.include({ code: 'QUEUE_UNREACHABLE' });
    await redis.start();
    await until(async () => (await failure(queue.enqueue(job('2')))) === undefined);
    await until(() => delivered.includes('2'));
  });

  it('tells one of its nodes when Redis has forgotten everything, and none at a start', async () => {
    const told: string[] = [];
    const first = open({ onEmptied: () => told.push('first') });
    const second = open({ onEmptied: () => told.push('second') });
    await Promise.all([first.enqueue(job('1')), second.enqueue(job('2'))]);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).to.deep.equal([]);
    await redis.kill();
    await redis.start();
    await until(() => told.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(told).to.have.length(1);
  });
});

async function until(isSo: () => boolean | Promise<boolean>, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`Expected ${isSo.toString()} within ${String(withinMs)} ms, but it is not so`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
