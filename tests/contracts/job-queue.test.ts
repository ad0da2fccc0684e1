/** The queue adapters against their contract. */
import { randomUUID } from 'node:crypto';
import { openBullQueue } from '../../server/queues/bullmq.ts';
import { openEmbeddedQueue } from '../../server/queues/embedded.ts';
import { hasRedis, startRedis } from '../support/redis.ts';
import type { TestRedis } from '../support/redis.ts';
import { RedisTime } from '../support/redis-time.ts';
import { describeJobQueue } from './job-queue.ts';
import { settle, VirtualTime } from './virtual-time.ts';

describeJobQueue('embedded', async () => {
  const time = new VirtualTime();
  const queue = openEmbeddedQueue({ clock: time.clock, timer: time.timer });
  await settle();
  return {
    queue,
    now: () => time.clock.now(),
    advance: async (ms) => {
      await settle();
      await time.advance(ms);
    },
    settle,
  };
});

describe('with Redis', () => {
  let redis: TestRedis | undefined;
  let time: RedisTime | undefined;

  before(async function () {
    if (!hasRedis()) this.skip();
    redis = await startRedis();
  });
  afterEach(() => time?.end());
  after(() => redis?.remove());

  describeJobQueue('bullmq', async () => {
    const prefix = `test-${randomUUID()}`;
    const url = redis?.url ?? '';
    const now = new RedisTime(url, prefix);
    time = now;
    const queue = openBullQueue({ url, clock: now.clock, prefix });
    await now.settle();
    return { queue, now: () => now.clock.now(), advance: (ms) => now.advance(ms), settle: () => now.settle() };
  });
});
