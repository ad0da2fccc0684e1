/**
 * Letters carried by two nodes while everything under them fails in turn: a node is killed and started again, the other one too, Redis
 * dies and comes back empty, the database dies and comes back, the line of a node to the database is cut. Every request goes to
 * another node than the one before. Letters follow each other until all of it has happened. Then the log is read from outside.
 */
import { expect } from 'chai';
import { join } from 'node:path';
import { LetterDrive, PEOPLE, scanOf } from '../support/letter.ts';
import { MONGO_INSTALL_MS } from '../support/mongo.ts';
import { everyStepOnce, everythingAcknowledgedOnce, inTheOrderOfTheWorld, nothingMissing, numbersWithoutGaps, oneDocumentEach } from './letter-checks.ts';
import type { Carried } from './letter-checks.ts';
import { BLOWS, expectBlows, isPossible, underBlows } from './blows.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';

const MOST_LETTERS = 40;

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
    await underBlows(all, blows, async () => {
      while ([...blows].some(([name, count]) => count === 0 && isPossible(all, name)) && letters < MOST_LETTERS) {
        letters += 1;
        const letter = new LetterDrive((asked) => all.ask(asked), `letter-${String(letters)}`, scanOf(100_000));
        await letter.upToSignature();
        await letter.onToFiled(pin);
      }
    });
  }

  it('Everything was done to them at least once, and both nodes answered.', () => {
    expectBlows(cluster!, blows, 1);
    console.log(`    ${String(letters)} letters; ${[...blows].map(([name, count]) => `${name}: ${String(count)}`).join('; ')}; ${String(carried.log.records.length)} records in the log`);
    for (const [index, count] of cluster?.answers.entries() ?? []) expect(count, `node ${String(index)}`).to.be.at.least(10);
  });
  it('The chain is whole, and every acknowledged request is in the log once.', () => { everythingAcknowledgedOnce(carried); });
  it('Whatever was answered before something else was asked stands before it in the log.', () => { inTheOrderOfTheWorld(cluster?.history ?? []); });
  it('Every task, job and gateway was passed once, and all cases ended.', () => { everyStepOnce(carried, JSON.stringify(cluster?.nodes.flatMap(({ log }) => log.slice(-20)))); });
  it('Each letter has one reply, signed once, sealed once, in one envelope that was accepted once.', () => oneDocumentEach(carried));
  it('Registers and file series count without a gap, one record was filed in each ministry.', () => { numbersWithoutGaps(carried); });
  it('No document that an event names is missing.', () => { nothingMissing(carried); });
});
