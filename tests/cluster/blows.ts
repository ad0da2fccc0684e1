/** Everything that happens to a cluster in tests, one after the other, while something is being done on it. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster, TestNode } from './nodes.ts';

const REST_MS = 2_500;

type Blow = (cluster: TestCluster) => Promise<void>;

const nodeOf = ({ nodes }: TestCluster, index: number): TestNode => nodes[index]!;
const killed = (index: number): Blow => async (cluster) => {
  await nodeOf(cluster, index).kill();
  await pause(500);
  await nodeOf(cluster, index).start();
};
const cutOff = (index: number, ms: number): Blow => async (cluster) => {
  const { wire } = nodeOf(cluster, index);
  wire.cut();
  await pause(ms);
  wire.mend();
};
/** The nodes that are cut off from the database. */
const CUT_OFF = [0, 1];
const DATABASE_KILLED = 'database killed, back';
/** What happens under the nodes, and between them and the database. */
export const BLOWS_BELOW: readonly (readonly [name: string, blow: Blow])[] = [
  ['Redis killed, back empty', async ({ redis }) => {
    await redis.kill();
    await pause(1_000);
    await redis.start();
  }],
  ['Redis flushed', async ({ redis }) => { await redis.flush(); }],
  [DATABASE_KILLED, async ({ mongo }) => {
    await mongo.kill();
    await pause(1_500);
    await mongo.start();
  }],
  ['first node cut off from the database for 1.5 s', cutOff(0, 1_500)],
  ['second node cut off for longer than a lease', cutOff(1, 14_000)],
];
export const BLOWS: readonly (readonly [name: string, blow: Blow])[] = [
  ['first node killed', killed(0)],
  ['second node killed', killed(1)],
  ...BLOWS_BELOW,
  ['Redis and first node killed', async (cluster) => {
    await cluster.redis.kill();
    await killed(0)(cluster);
    await cluster.redis.start();
  }],
];

/** A database that was given to the tests belongs to somebody else. */
export function isPossible({ mongo }: TestCluster, blow: string): boolean {
  return mongo.isOwn || blow !== DATABASE_KILLED;
}

/** Each possible one came as often as it had to, and a cut met lines of the node. */
export function expectBlows(cluster: TestCluster, counts: ReadonlyMap<string, number>, least: number): void {
  for (const [name, count] of counts) if (isPossible(cluster, name)) expect(count, name).to.be.at.least(least);
  for (const index of CUT_OFF) expect(nodeOf(cluster, index).wire.fallen, `lines of node ${String(index)} that were cut`).to.be.greaterThan(0);
}

/** Does `work` while one blow follows the other until it has ended; counts them. */
export async function underBlows(cluster: TestCluster, counts: Map<string, number>, work: () => Promise<void>, blows = BLOWS, restMs = REST_MS): Promise<void> {
  const over = new AbortController();
  const possible = blows.filter(([name]) => isPossible(cluster, name));
  const beaten = (async () => {
    for (let turn = 0; !over.signal.aborted; turn += 1) {
      const [name, blow] = possible[turn % possible.length]!;
      await blow(cluster);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await pause(restMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  try {
    await work();
  } finally {
    over.abort();
    await beaten;
  }
}
