/**
 * Letters carried by two nodes while everything under them fails in turn: a node is killed and started again, the other one too, Redis
 * dies and comes back empty, the database dies and comes back, the line of a node to the database is cut. Every request goes to
 * another node than the one before. Letters follow each other until all of it has happened. Then the log is read from outside.
 */
import { expect } from 'chai';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { LetterDrive, PEOPLE, scanOf } from '../support/letter.ts';
import { MONGO_INSTALL_MS } from '../support/mongo.ts';
import { everyStepOnce, everythingAcknowledgedOnce, nothingMissing, numbersWithoutGaps, oneDocumentEach } from './letter-checks.ts';
import type { Carried } from './letter-checks.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import type { TestNode } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';

const MOST_LETTERS = 40;
const REST_MS = 2_500;

type Blow = (cluster: TestCluster) => Promise<void>;

const nodeOf = ({ nodes }: TestCluster, index: number): TestNode => nodes[index]!;
const killed = (index: number): Blow => async (cluster) => {
  await nodeOf(cluster, index).kill();
  await pause(500);
  await nodeOf(cluster, index).start();
};
const cutOff = (index: number, ms: number): Blow => async (cluster) => {
  nodeOf(cluster, index).wire.cut();
  await pause(ms);
  nodeOf(cluster, index).wire.mend();
};
const DATABASE_KILLED = 'database killed, back';
const BLOWS: readonly (readonly [name: string, blow: Blow])[] = [
  ['first node killed', killed(0)],
  ['second node killed', killed(1)],
  ['Redis killed, back empty', async ({ redis }) => {
    await redis.kill();
    await pause(1_000);
    await redis.start();
  }],
  [DATABASE_KILLED, async ({ mongo }) => {
    await mongo.kill();
    await pause(1_500);
    await mongo.start();
  }],
  ['first node cut off from the database for 1.5 s', cutOff(0, 1_500)],
  ['second node cut off for longer than a lease', cutOff(1, 14_000)],
  ['Redis and first node killed', async (cluster) => {
    await cluster.redis.kill();
    await killed(0)(cluster);
    await cluster.redis.start();
  }],
];

/** A database that was given to the tests belongs to somebody else. */
function isPossible({ mongo }: TestCluster, blow: string): boolean {
  return mongo.isOwn || blow !== DATABASE_KILLED;
}

describe('Letters carried by two nodes among failures', function () {
  this.timeout(1_800_000);
  let cluster: TestCluster | undefined;
  let carried: Carried;
  let letters = 0;
  const blows = new Map(BLOWS.map(([name]) => [name, 0]));

  before(async function () {
    this.timeout(1_800_000 + MONGO_INSTALL_MS);
    if (!hasCluster(true)) this.skip();
    cluster = await TestCluster.open(2);
    await cluster.signIn(PEOPLE);
    await carry(cluster);
    carried = { log: await readSharedLog(cluster.mongoUrl, cluster.keyFile), acknowledged: cluster.acknowledged, letters, folder: cluster.folder, trust: join(cluster.folder, 'node-0', 'authority', 'root.pem') };
  });
  after(() => cluster?.close());

  /** The letters one after the other, and beside them one blow after the other until the last letter is filed. */
  async function carry(all: TestCluster): Promise<void> {
    const pin = all.accounts.get('permanent.secretary')?.pin ?? '';
    const over = new AbortController();
    const possible = BLOWS.filter(([name]) => isPossible(all, name));
    const beaten = (async () => {
      for (let turn = 0; !over.signal.aborted; turn += 1) {
        const [name, blow] = possible[turn % possible.length]!;
        await blow(all);
        blows.set(name, (blows.get(name) ?? 0) + 1);
        await pause(REST_MS);
      }
    })();
    try {
      while ([...blows].some(([name, count]) => count === 0 && isPossible(all, name)) && letters < MOST_LETTERS) {
        letters += 1;
        const letter = new LetterDrive((asked) => all.ask(asked), `letter-${String(letters)}`, scanOf(100_000));
        await letter.upToSignature();
        await letter.onToFiled(pin);
      }
    } finally {
      over.abort();
      await beaten;
    }
  }

  it('Everything was done to them at least once, and both nodes answered.', () => {
    for (const [name, count] of blows) if (cluster !== undefined && isPossible(cluster, name)) expect(count, name).to.be.at.least(1);
    for (const [index, count] of cluster?.answers.entries() ?? []) expect(count, `node ${String(index)}`).to.be.at.least(10);
  });
  it('The chain is whole, and every acknowledged request is in the log once.', () => { everythingAcknowledgedOnce(carried); });
  it('Every task, job and gateway was passed once, and all cases ended.', () => { everyStepOnce(carried, JSON.stringify(cluster?.nodes.flatMap(({ log }) => log.slice(-20)))); });
  it('Each letter has one reply, signed once, sealed once, in one envelope that was accepted once.', () => oneDocumentEach(carried));
  it('Registers and file series count without a gap, one record was filed in each ministry.', () => { numbersWithoutGaps(carried); });
  it('No document that an event names is missing.', () => { nothingMissing(carried); });
});
