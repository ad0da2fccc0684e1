/** What the live connections of nodes tell each other holds no line to Redis behind its close. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { openLiveSpread } from '../../../server/queues/live-spread.ts';
import type { LiveSpread } from '../../../server/queues/live-spread.ts';
import { freePort, hasRedis, startRedis } from '../../support/redis.ts';
import type { TestRedis } from '../../support/redis.ts';

const FOLLOWING_MS = 6_000;

describe('The spread of live notifications', function () {
  this.timeout(40_000);
  let redis: TestRedis;
  let watching: Redis;

  before(async function () {
    if (!hasRedis()) this.skip();
    redis = await startRedis();
    watching = new Redis(redis.url);
  });
  after(async () => {
    if (!hasRedis()) return;
    watching.disconnect();
    await redis.remove();
  });

  const open = (): LiveSpread => openLiveSpread({ url: redis.url, onFault: () => undefined });
  const lines = async (): Promise<number> => String(await watching.client('LIST')).trim().split('\n').length - 1;
  const until = async (wanted: (count: number) => boolean): Promise<void> => { while (!wanted(await lines())) await pause(20); };

  it('leaves no line open when it is closed before there was a server (a start that fails must end its process)', async () => {
    const spread = open();
    await until((count) => count >= 1);
    // Whatever it opens besides, it has opened by then.
    await pause(200);
    spread.close();
    await until((count) => count === 0);
  });

  it('leaves no line open when its server was closed', async function () {
    this.timeout(20_000 + FOLLOWING_MS);
    const spread = open();
    const server = new Server(await freePort(), { adapter: spread.adapter });
    await until((count) => count >= 3);
    await server.close();
    spread.close();
    await until((count) => count === 0);
    expect(await lines()).to.equal(0);
  });
});
