/**
 * Three nodes killed more than two hundred times in one run: at failpoints, with a commit on its way to the database or its answer on the
 * way back, and at random moments, while Redis is killed and flushed, the database is killed and nodes are cut off from it. Three people
 * race for every task, over all nodes; what they saw is judged from outside.
 */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { Reply } from '../crash/child.ts';
import { Crowd } from '../crash/rivals.ts';
import type { Insist } from '../crash/victim.ts';
import { unexplained } from '../support/case-history.ts';
import type { Body } from '../support/letter.ts';
import { MONGO_INSTALL_MS } from '../support/mongo.ts';
import { randomFrom } from '../engine/support/mutations.ts';
import { BLOWS_BELOW, expectBlows, underBlows } from './blows.ts';
import { dieAll } from './deaths.ts';
import type { Death, Kill } from './deaths.ts';
import { casesOf, everythingAcknowledgedOnce, inTheOrderOfTheWorld } from './letter-checks.ts';
import { everyEffectOnce, everyMessageOnce, ofType, settled } from './load-checks.ts';
import { loadModel } from './load-model.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';
import type { SharedLog } from './shared-log.ts';

const SEED = 20_261_122;
const NODES = 3;
const KILLS = 210;
const AT_ONCE = 8;
/** Between two failures below the nodes: the nodes are at work meanwhile, as far as they live. */
const REST_MS = 12_000;
const SETTLE_MS = 300_000;
const CLERK = 'registry.clerk';
const RIVALS = ['budget.officer', 'senior.clerk', 'hr.officer'];
/** The longest life: passings of the point, or ms of a random one. */
const LIVES: Readonly<Record<Death['point'], number>> = {
  'random': 2_000, 'commit-before': 6, 'commit-late': 6, 'commit-after': 6, 'before-answer': 12, 'before-dispatch': 16, 'in-job-notify': 2,
};

function plan(): Death[] {
  const random = randomFrom(SEED);
  const points = Object.entries(LIVES) as [Death['point'], number][];
  return Array.from({ length: KILLS }, (_, kill) => {
    const [point, longest] = points[kill % points.length]!;
    return { point, after: 1 + Math.floor(random() * longest) };
  });
}

describe('Three nodes killed hundreds of times', function () {
  this.timeout(3_000_000);
  let cluster: TestCluster | undefined;
  let crowd: Crowd;
  let kills: Kill[] = [];
  let log: SharedLog;
  const blows = new Map(BLOWS_BELOW.map(([name]) => [name, 0]));

  before(async function () {
    this.timeout(3_000_000 + MONGO_INSTALL_MS);
    if (!hasCluster(true)) this.skip();
    const all = cluster = await TestCluster.open(NODES);
    await all.signIn([...RIVALS, CLERK, 'systems.analyst']);
    const deployed = await all.ask({ account: 'systems.analyst', method: 'POST', path: '/api/v1/deployments', body: { files: [{ name: 'load.bpmn', content: loadModel(`candidateUsers="${RIVALS.join(',')}"`) }] }, key: 'deploy' });
    expect(deployed?.status, JSON.stringify(deployed)).to.equal(201);
    crowd = new Crowd(await insisting(all), randomFrom(SEED), RIVALS);
    let isOver = false;
    let next = 0;
    const client = async (): Promise<void> => { while (!isOver) await crowd.oneCase(`case-${String(next++)}`); };
    await underBlows(all, blows, async () => {
      const dying = dieAll(all, plan()).finally(() => { isOver = true; });
      await Promise.all([dying, ...Array.from({ length: AT_ONCE }, client)]);
      kills = await dying;
    }, BLOWS_BELOW, REST_MS);
    await settled(all, SETTLE_MS);
    log = await readSharedLog(all.mongoUrl, all.keyFile);
  });
  after(() => cluster?.close());

  it('They were killed more than two hundred times, with commands in flight at the killed node at least four times out of five.', () => {
    const busy = kills.filter(({ lost }) => lost() > 0).length;
    const of = (name: string): number => kills.filter(({ point }) => point === name).length;
    const points = Object.keys(LIVES).map((point) => `${point} ${String(of(point))}`);
    console.log(`    ${String(kills.length)} kills of ${String(NODES)} nodes (${points.join(', ')}; seed ${String(SEED)}), ${String(busy)} with commands in flight at the killed node (${String(Math.round((100 * busy) / kills.length))} %), ${String(kills.filter(({ served }) => !served).length)} before it served`);
    console.log(`    ${[...blows].map(([name, count]) => `${name}: ${String(count)}`).join('; ')}`);
    expect(kills.length).to.be.at.least(KILLS);
    expect(busy / kills.length).to.be.at.least(0.8);
    for (const point of Object.keys(LIVES)) expect(of(point), point).to.be.at.least(KILLS / 21);
    expectBlows(cluster!, blows, 2);
  });
  it('The chain is whole, and every acknowledged command is in the log once, where its answer said.', () => {
    const acknowledged = cluster?.acknowledged.filter(({ path }) => path !== '/api/v1/deployments') ?? [];
    expect(acknowledged.length).to.be.at.least(KILLS);
    everythingAcknowledgedOnce({ log, acknowledged, letters: 0, folder: '', trust: '' });
  });
  it('Every case was answered as one server without a fault would have (linearizable, every instance stream).', () => {
    const { calls } = crowd.recorded;
    const every = [...calls.values()].flat();
    const refused = every.filter(({ output }) => !output.accepted).length;
    console.log(`    ${String(calls.size)} streams judged: ${String(every.length)} commands, ${String(refused)} of them refused; ${String(log.records.length)} records in the log`);
    expect(refused).to.be.at.least(KILLS);
    expect(unexplained(calls).map((stream) => calls.get(stream))).to.deep.equal([]);
  });
  it('Whatever was answered before something else was asked stands before it in the log.', () => { inTheOrderOfTheWorld(cluster?.history ?? []); });
  it('Each task was completed once, whoever raced for it.', () => {
    const cases = casesOf(log, 'load');
    // One was at work before the first kill: its tasks told their numbers.
    expect(cases.length).to.equal(crowd.recorded.started.length + 1);
    for (const stream of cases) expect(ofType(log, stream, 'UserTaskCompleted'), stream).to.equal(2);
  });
  it('Every timer fired once, every job was done once, every case ended once, without an incident.', () => { everyEffectOnce(log, casesOf(log, 'load')); });
  it('Every message started one case.', () => { everyMessageOnce(log, casesOf(log, 'load').length); });
});

/** Sends the commands of the crowd over HTTP. A node that has not heard of a case or a model yet is asked again. */
async function insisting(all: TestCluster): Promise<Insist> {
  const counters = new Map<string, number>();
  const send = async (request: Parameters<Insist>[0]): Promise<Reply> => {
    if (request.type === 'idle') throw new Error('Expected a command, but nodes are not told to end');
    const key = request.key.replaceAll('/', '.');
    for (;;) {
      const answer = request.type === 'start'
        ? await all.ask({ account: CLERK, method: 'POST', path: '/api/v1/instances', body: { processId: 'load', variables: {} }, key })
        : await all.ask({ account: request.person, method: 'POST', path: pathOf(request.stream, request.action), ...(request.action.type === 'CompleteTask' && { body: { variables: {} } }), key });
      if (answer !== undefined && answer.status !== 404) return reply(answer.status, answer.body, request.type === 'start' ? counters.get('prepare') : counters.get('approve'));
      await pause(50);
    }
  };
  // The tasks of a case have the same numbers in all cases: they are learnt from one.
  const { stream = '' } = await send({ type: 'start', key: 'first' });
  const learn = async (element: string): Promise<void> => {
    const [account = ''] = RIVALS;
    while (!counters.has(element)) {
      const found = ((await all.ask({ account, method: 'GET', path: '/api/v1/tasks?view=groups' }))?.body['items'] as readonly Body[]).find((task) => task['stream'] === stream && task['elementId'] === element);
      if (found !== undefined) counters.set(element, Number(found['counter']));
    }
    const task = counters.get(element) ?? 0;
    for (const action of [{ type: 'ClaimTask', task }, { type: 'CompleteTask', task, variables: {} }] as const) await send({ type: 'act', key: `first-${element}-${action.type}`, stream, person: account, action });
  };
  await learn('prepare');
  await learn('approve');
  return send;
}

function pathOf(stream: string, action: { readonly type: string; readonly task?: number }): string {
  const verb = { ClaimTask: 'claim', ReleaseTask: 'release', CompleteTask: 'complete' }[action.type] ?? '';
  return `/api/v1/tasks/${stream}/${String(action.task)}/${verb}`;
}

/** The first record of a stream is its start. */
function reply(status: number, body: Body, open: number | undefined): Reply {
  if (status >= 300) return { id: 0, outcome: String(body['code']) };
  return { id: 0, outcome: 'accepted', stream: String(body['stream'] ?? body['id']), version: body['stream'] === undefined ? 1 : Number(body['version']), ...(open !== undefined && { open: [open] }) };
}
