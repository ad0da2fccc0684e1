/**
 * Two nodes on one database and one Redis, started at the same time on nothing: what a person sees of them is one server. In every run
 * where Redis and a database for tests are at hand (installed first where nothing may be skipped); `npm run test:long` installs what is missing and does far more (letter.long.test.ts).
 */
import { expect } from 'chai';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { LetterDrive, PEOPLE, scanOf, signIn } from '../support/letter.ts';
import type { Answered } from '../support/letter.ts';
import { everyStepOnce, everythingAcknowledgedOnce, nothingMissing, numbersWithoutGaps, oneDocumentEach } from './letter-checks.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import type { TestNode } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';

const LEAVE = {
  leaveType: 'vacation', firstDay: { $: 'date', v: '2027-03-01' }, lastDay: { $: 'date', v: '2027-03-05' }, overseas: false, passage: false,
  personnelNumber: 'PS-2001', contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'The files of the week are in the second drawer.',
};

interface Ear {
  readonly socket: Socket;
  readonly heard: { readonly event: string; readonly at: number }[];
}

/** A browser of somebody on one node, in some rooms. */
async function listen(node: TestNode, cookie: string, rooms: readonly string[]): Promise<Ear> {
  const socket = io(node.url, { path: '/live', transports: ['websocket'], forceNew: true, extraHeaders: { cookie } });
  const heard: Ear['heard'] = [];
  socket.onAny((event: string) => { heard.push({ event, at: performance.now() }); });
  await new Promise<void>((resolve, reject) => { socket.once('connect', resolve).once('connect_error', reject); });
  for (const room of rooms) expect(await socket.timeout(5_000).emitWithAck('join', room)).to.include({ joined: true });
  return { socket, heard };
}

async function within(ms: number, what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Expected ${what} within ${String(ms)} ms`);
    await pause(20);
  }
}

describe('Two nodes', function () {
  this.timeout(240_000);
  let cluster: TestCluster;
  const [first, second] = [(): TestNode => cluster.nodes[0]!, (): TestNode => cluster.nodes[1]!];

  before(async function () {
    if (!hasCluster(process.env['PITON_REQUIRE'] === 'all')) this.skip();
    cluster = await TestCluster.open(2);
    await cluster.signIn(PEOPLE);
  });
  after(async () => {
    // Undefined when the suite was skipped.
    await (cluster as TestCluster | undefined)?.close();
  });

  it('were set up by one of them: both know the same accounts, and a session opened on one is one on the other.', async () => {
    const accounts = (node: TestNode): string[] => node.told.filter((line) => line.startsWith('  '));
    expect(accounts(first())).to.deep.equal(accounts(second())).and.have.length.greaterThan(8);
    for (let turn = 0; turn < 4; turn += 1) expect(await cluster.ask({ account: 'registry.clerk', method: 'GET', path: '/api/v1/session' })).to.include({ status: 200 });
  });

  it('show on one node what was written on the other a moment ago, to who wrote it.', async () => {
    const account = 'administrative.officer';
    for (let turn = 0; turn < 8; turn += 1) {
      const started = await cluster.ask({ account, method: 'POST', path: '/api/v1/instances', body: { processId: 'leave', variables: LEAVE }, key: `read-your-write-${String(turn)}` });
      expect(started, JSON.stringify(started)).to.include({ status: 201 });
      const items = (await cluster.ask({ account, method: 'GET', path: '/api/v1/instances?limit=100' }))?.body['items'] as readonly { readonly id: string }[];
      expect(items.map(({ id }) => id)).to.include(started?.body['id']);
    }
    expect(cluster.answers.every((count) => count >= 8)).to.equal(true);
  });

  it('tell the browsers of both what was done on one, and end a session on both.', async () => {
    const signed = await signIn(first().url, 'permanent.secretary', cluster.accounts.get('permanent.secretary')?.password ?? '');
    const ear = await listen(first(), signed.cookie, ['person:permanent.secretary']);
    const other = await listen(second(), signed.cookie, ['person:permanent.secretary']);
    try {
      const letter = new LetterDrive((asked) => cluster.ask(asked), 'live', scanOf(1_000));
      await letter.upToSignature();
      for (const [name, each] of [['first', ear], ['second', other]] as const) await within(10_000, `the ${name} node to tell of the task`, () => each.heard.some(({ event }) => event === 'tasks-changed'));
      await letter.onToFiled(cluster.accounts.get('permanent.secretary')?.pin ?? '');
      await fetch(`${second().url}/api/v1/session`, { method: 'DELETE', headers: { origin: second().url, cookie: signed.cookie, 'x-csrf-token': signed.csrf } });
      for (const [name, each] of [['first', ear], ['second', other]] as const) await within(5_000, `the ${name} node to end the session`, () => each.heard.some(({ event }) => event === 'ended'));
    } finally {
      ear.socket.disconnect();
      other.socket.disconnect();
    }
  });

  it('count wrong passwords together.', async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      const { url } = cluster.nodes[turn % 2]!;
      const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json', origin: url, 'idempotency-key': `wrong-${String(turn)}` }, body: JSON.stringify({ account: 'budget.officer', password: 'guessed' }) });
      statuses.push(answer.status);
      await answer.arrayBuffer();
    }
    expect(statuses.slice(0, 5)).to.deep.equal([401, 401, 401, 401, 401]);
    expect(statuses.slice(5)).to.include(429);
  });

  it('count wrong PINs together, also those that arrive at the same moment.', async () => {
    const account = 'head.administration';
    const guess = (turn: number): Promise<Answered | undefined> => cluster.ask({ account, method: 'POST', path: '/api/v1/signing/pin', body: { current: '900817', next: '271828' }, key: `pin-${String(turn)}` });
    const codes = (await Promise.all(Array.from({ length: 7 }, (_, turn) => guess(turn)))).map((answer) => String(answer?.body['code']));
    expect(codes.filter((code) => code === 'SIGNING_PIN_WRONG').length, codes.join(' ')).to.equal(4);
    expect(codes.filter((code) => code === 'SIGNING_PIN_LOCKED').length, codes.join(' ')).to.equal(3);
  });

  it('carry a letter while each of them is killed once: everything acknowledged is there once, one document, signature, seal, envelope.', async () => {
    const letters = 2;
    const letter = new LetterDrive((asked) => cluster.ask(asked), 'letter', scanOf(100_000));
    const again = async (node: TestNode): Promise<void> => {
      await node.kill();
      await node.start();
    };
    await letter.register();
    const back = again(first());
    await letter.upToSignature();
    await back;
    const backToo = again(second());
    await letter.onToFiled(cluster.accounts.get('permanent.secretary')?.pin ?? '');
    await backToo;
    expect(cluster.nodes.map(({ kills }) => kills)).to.deep.equal([1, 1]);
    const carried = { log: await readSharedLog(cluster.mongoUrl, cluster.keyFile), acknowledged: cluster.acknowledged, letters, folder: cluster.folder, trust: join(cluster.folder, 'node-0', 'authority', 'root.pem') };
    everythingAcknowledgedOnce(carried);
    nothingMissing(carried);
    await oneDocumentEach(carried);
    everyStepOnce(carried, '');
    numbersWithoutGaps(carried);
  });

  it('end in order when they are told to.', async () => {
    expect(await Promise.all(cluster.nodes.map((node) => node.stop()))).to.deep.equal([0, 0]);
  });
});
