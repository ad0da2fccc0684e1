/**
 * Many people at once on two nodes among failures, and two of them at every task at the same moment: every acknowledged command is in
 * the log once, no task is completed by two, every timer and job had its effect once, every message started one case.
 */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Body } from '../support/letter.ts';
import { MONGO_INSTALL_MS } from '../support/mongo.ts';
import { BLOWS, expectBlows, isPossible, underBlows } from './blows.ts';
import { everythingAcknowledgedOnce, inTheOrderOfTheWorld } from './letter-checks.ts';
import { everyEffectOnce, everyMessageOnce, ofType, settled } from './load-checks.ts';
import { loadModel, NOTIFIED } from './load-model.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';
import type { SharedLog } from './shared-log.ts';

const CLIENTS = 12;
const SETTLE_MS = 120_000;
const OFFICER = NOTIFIED;

describe('Many people on two nodes among failures', function () {
  this.timeout(1_800_000);
  let cluster: TestCluster | undefined;
  let log: SharedLog;
  const blows = new Map(BLOWS.map(([name]) => [name, 0]));
  const started: string[] = [];
  /** Of every task completed by two at once: how the two were answered. */
  const races: (readonly number[])[] = [];

  before(async function () {
    this.timeout(1_800_000 + MONGO_INSTALL_MS);
    if (!hasCluster(true)) this.skip();
    const all = cluster = await TestCluster.open(2);
    await all.signIn([OFFICER, 'systems.analyst', 'registry.clerk']);
    const deployed = await all.ask({ account: 'systems.analyst', method: 'POST', path: '/api/v1/deployments', body: { files: [{ name: 'load.bpmn', content: loadModel(`assignee="${OFFICER}"`) }] }, key: 'deploy' });
    expect(deployed?.status, JSON.stringify(deployed)).to.equal(201);
    // Somebody else sees it on the other node a moment later: each of these asks the next node.
    const end = Date.now() + SETTLE_MS;
    for (let known = 0; known < 2 * all.nodes.length && Date.now() < end;) known = (await all.ask({ account: 'registry.clerk', method: 'GET', path: '/api/v1/definitions/load/versions' }))?.status === 200 ? known + 1 : 0;
    const left = (): boolean => [...blows].some(([name, count]) => count === 0 && isPossible(all, name));
    await underBlows(all, blows, async () => { await Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(all, client, left))); });
    await settled(all, SETTLE_MS);
    log = await readSharedLog(all.mongoUrl, all.keyFile);
  });
  after(() => cluster?.close());

  /** One person: a case after the other until everything has happened to the cluster. */
  async function work(all: TestCluster, client: number, goesOn: () => boolean): Promise<void> {
    for (let number = 0; goesOn(); number += 1) {
      const name = `c${String(client)}-${String(number)}`;
      const answer = await all.ask({ account: 'registry.clerk', method: 'POST', path: '/api/v1/instances', body: { processId: 'load', variables: {} }, key: name });
      expect(answer?.status, JSON.stringify(answer)).to.equal(201);
      const stream = String(answer?.body['id']);
      started.push(stream);
      await race(all, await offered(all, stream, 'prepare'), `${name}-prepare`);
      await race(all, await offered(all, stream, 'approve'), `${name}-approve`);
    }
  }

  async function offered(all: TestCluster, stream: string, elementId: string): Promise<string> {
    for (const end = Date.now() + SETTLE_MS; Date.now() < end;) {
      const answer = await all.ask({ account: OFFICER, method: 'GET', path: '/api/v1/tasks?view=mine&limit=100' });
      const found = (answer?.body['items'] as readonly Body[]).find((each) => each['stream'] === stream && each['elementId'] === elementId);
      if (found !== undefined) return String(found['id']);
      await pause(60);
    }
    throw new Error(`Expected ${elementId} of ${stream} to be offered, but it was not`);
  }

  /** The same task completed by two requests with keys of their own, sent at once to two nodes. */
  async function race(all: TestCluster, id: string, key: string): Promise<void> {
    const complete = (turn: number): Promise<Answered | undefined> => all.ask({ account: OFFICER, method: 'POST', path: `/api/v1/tasks/${id}/complete`, body: { variables: {} }, key: `${key}-${String(turn)}` });
    races.push((await Promise.all([complete(1), complete(2)])).map((answer) => answer?.status ?? 0).sort());
  }


  it('Everything was done to them at least once, and they did much.', () => {
    expectBlows(cluster!, blows, 1);
    console.log(`    ${String(started.length)} cases, ${String(races.length)} tasks completed by two at once; ${[...blows].map(([name, count]) => `${name}: ${String(count)}`).join('; ')}; ${String(log.records.length)} records in the log`);
    expect(started.length).to.be.at.least(3 * CLIENTS);
  });
  it('The chain is whole, and every acknowledged request is in the log once.', () => {
    everythingAcknowledgedOnce({ log, acknowledged: cluster?.acknowledged.filter(({ path }) => path !== '/api/v1/deployments') ?? [], letters: 0, folder: '', trust: '' });
  });
  it('Whatever was answered before something else was asked stands before it in the log.', () => { inTheOrderOfTheWorld(cluster?.history ?? []); });
  it('Of two who complete the same task at once one is told yes and the other no, and the log has it once.', () => {
    expect(races.length).to.equal(2 * started.length);
    for (const race of races) expect(race).to.deep.equal([200, 409]);
    for (const stream of started) expect(ofType(log, stream, 'UserTaskCompleted'), stream).to.equal(2);
  });
  it('Every timer fired once, every job was done once, every case ended once, without an incident.', () => { everyEffectOnce(log, started); });
  it('Every message started one case.', () => { everyMessageOnce(log, started.length); });
});
