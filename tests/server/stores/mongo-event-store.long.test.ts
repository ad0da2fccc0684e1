/** What the log in MongoDB promises beyond its port: several nodes on one log, a network that is cut, a database that goes away. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import mongoose from 'mongoose';
import type { EventStore } from '../../../server/ports/event-store.ts';
import { openMongoEventStore } from '../../../server/stores/mongo/event-store.ts';
import { allCommits, failure, newRecord } from '../../contracts/event-store.ts';
import { appendForEver, expectOneHistory } from '../../support/appending.ts';
import type { Acknowledged } from '../../support/appending.ts';
import { startCuttingProxy } from '../../support/cutting-proxy.ts';
import type { Cut, CuttingProxy } from '../../support/cutting-proxy.ts';
import { hasMongo, MONGO_INSTALL_MS, startMongo } from '../../support/mongo.ts';
import type { TestMongo } from '../../support/mongo.ts';
import { ended } from '../../support/redis.ts';
import { randomFrom } from '../../engine/support/mutations.ts';

const PATIENCE_MS = 1_000;
const STRESS_MS = 3_000;
const STARTED_WITHIN_MS = 15_000;

describe('the log in MongoDB, or what stands in for it', function () {
  this.timeout(60_000);
  let mongo: TestMongo;
  let collection: string;
  let stores: EventStore[];
  let proxies: CuttingProxy[];

  const open = async (url = mongo.url): Promise<EventStore> => {
    const store = await openMongoEventStore({ url, collection, patienceMs: PATIENCE_MS });
    stores.push(store);
    return store;
  };
  const proxied = async (decide: () => Cut, onAnswerCut?: () => void): Promise<{ readonly proxy: CuttingProxy; readonly url: string }> => {
    const { hostname, port, pathname } = new URL(mongo.url);
    const proxy = await startCuttingProxy({ host: hostname, port: Number(port) }, decide, onAnswerCut);
    proxies.push(proxy);
    return { proxy, url: `mongodb://127.0.0.1:${String(proxy.port)}${pathname}?directConnection=true` };
  };

  before(async function () {
    this.timeout(MONGO_INSTALL_MS);
    if (!hasMongo()) this.skip();
    mongo = await startMongo();
  });
  beforeEach(() => {
    collection = `test-${randomUUID()}`;
    stores = [];
    proxies = [];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });
  after(async () => {
    if (hasMongo()) await mongo.remove();
  });

  it('is one log for several nodes: what one wrote, the other knows, refuses and answers alike', async () => {
    const [a, b] = [await open(), await open()];
    const key = { idempotencyKey: 'k', requestHash: createHash('sha256').update('k').digest('hex') };
    await a.append(newRecord('case-1', 0, key));
    expect(await b.append(newRecord('case-1', 0))).to.deep.equal({ outcome: 'conflict', version: 1 });
    expect(await b.append(newRecord('case-1', 1))).to.deep.equal({ outcome: 'appended', position: 2, version: 2 });
    expect(await a.append(newRecord('case-1', 2))).to.deep.equal({ outcome: 'appended', position: 3, version: 3 });
    expect(await b.append(newRecord('case-1', 7, key))).to.deep.equal({ outcome: 'duplicate', position: 1, version: 1 });
    expect(await a.append(newRecord('case-1', 2))).to.deep.equal({ outcome: 'conflict', version: 3 });
    expect(await b.head()).to.deep.equal(await a.head());
    expect(await b.read('case-1')).to.have.length(3);
  });

  it('recognises a key that another node has used in the middle of a long stream', async () => {
    const a = await open();
    for (let version = 0; version < 6; version++) {
      const key = `k${String(version)}`;
      await a.append(newRecord('case-1', version, { idempotencyKey: key, requestHash: createHash('sha256').update(key).digest('hex') }));
    }
    const b = await open();
    expect(await b.append(newRecord('case-1', 6))).to.include({ outcome: 'appended' });
    expect(await b.append(newRecord('case-1', 7, { idempotencyKey: 'k2', requestHash: createHash('sha256').update('k2').digest('hex') }))).to.deep.equal({ outcome: 'duplicate', position: 3, version: 3 });
    expect(await b.append(newRecord('case-1', 7, { idempotencyKey: 'k4', requestHash: createHash('sha256').update('other').digest('hex') }))).to.include({ outcome: 'key-reused', version: 5 });
  });

  it('stores no clear text, also when it has to decide over a batch again', async () => {
    const [a, b] = [await open(), await open()];
    const key = randomBytes(32);
    const secret = Buffer.from('the applicant is ill');
    const events = Buffer.concat([Buffer.from('[]'), Buffer.alloc(12), secret, Buffer.alloc(16)]);
    await b.head();
    // b does not know of this commit, so its first insert meets a taken position.
    await a.append(newRecord('case-1', 0));
    expect(await b.append(newRecord('case-2', 0, { events, clear: { from: 2, key } }))).to.include({ position: 2 });
    expect(events.includes(secret)).to.equal(true);
    const [record] = await a.read('case-2');
    const stored = Buffer.from(record?.events ?? []);
    expect(stored.includes(secret)).to.equal(false);
    const { createDecipheriv } = await import('node:crypto');
    const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(2, 14)).setAAD(Buffer.from('case-2/1'));
    decipher.setAuthTag(stored.subarray(-16));
    expect(Buffer.concat([decipher.update(stored.subarray(14, -16)), decipher.final()]).toString()).to.equal(secret.toString());
  });

  for (const cut of ['before', 'answer', 'late'] as const) {
    it(`writes once when the line is cut ${{ before: 'before the insert', answer: 'between insert and answer', late: 'while the insert is on its way' }[cut]}`, async () => {
      let next: Cut = 'pass';
      const { proxy, url } = await proxied(() => {
        const now = next;
        next = 'pass';
        return now;
      });
      const store = await open(url);
      await store.append(newRecord('case-1', 0));
      next = cut;
      expect(await store.append(newRecord('case-1', 1))).to.deep.equal({ outcome: 'appended', position: 2, version: 2 });
      await sleep(100);
      expect(proxy.cuts[cut]).to.equal(1);
      expect(await store.append(newRecord('case-1', 2))).to.deep.equal({ outcome: 'appended', position: 3, version: 3 });
      expect((await store.read('case-1')).map(({ version }) => version)).to.deep.equal([1, 2, 3]);
    });
  }

  it('counts what this node made durable, once, also where its position was taken or the answer was lost, and tells what waits meanwhile', async () => {
    let isCut = false;
    let shut: () => void = () => undefined;
    const { proxy, url } = await proxied(() => (isCut ? 'answer' : 'pass'), () => shut());
    shut = () => proxy.shut();
    const [a, b] = [await open(), await open(url)];
    const told = ({ figures }: EventStore): unknown => ({ commits: figures?.batch.count, records: figures?.records, batched: figures?.batch.sum, timed: figures?.durable.count, waiting: figures?.waiting, idle: figures?.underWaySince === undefined });
    const all = (commits: number, records: number, waiting = 0): unknown => ({ commits, records, batched: records, timed: commits, waiting, idle: waiting === 0 });
    expect(told(b)).to.deep.equal(all(0, 0));
    await a.append(newRecord('case-1', 0));
    // The position that b asks for is taken: that was no commit of its own.
    await Promise.all([b.append(newRecord('case-2', 0)), b.append(newRecord('case-3', 0))]);
    expect([told(a), told(b)]).to.deep.equal([all(1, 1), all(1, 2)]);
    expect(await b.append(newRecord('case-2', 7))).to.include({ outcome: 'conflict' });
    expect(told(b), 'a refusal is no commit').to.deep.equal(all(1, 2));
    isCut = true;
    const doubtful = Promise.all([b.append(newRecord('case-2', 1)), b.append(newRecord('case-4', 0))]);
    while (proxy.cuts.answer === 0) await sleep(5);
    expect(await failure(b.append(newRecord('case-5', 0)))).to.include({ code: 'STORE_DATABASE_UNREACHABLE' });
    expect(told(b), 'what is in doubt waits').to.deep.equal(all(1, 2, 2));
    isCut = false;
    proxy.open();
    expect((await doubtful).map(({ outcome }) => outcome)).to.deep.equal(['appended', 'appended']);
    expect(told(b)).to.deep.equal(all(2, 4));
    expect(b.figures?.bytes).to.equal((await allCommits(b)).filter(({ position }) => position > 1).reduce((sum, { body }) => sum + body.byteLength, 0));
  });

  it('keeps one history while nodes fight for the same streams, lines are cut at their inserts, and a node is killed', async () => {
    const random = randomFrom(20_260_105);
    const decide = (): Cut => (['before', 'answer', 'late'] as const)[Math.floor(random() * 12)] ?? 'pass';
    const acknowledged: Acknowledged[] = [];
    const nodes = await Promise.all(['one', 'two', 'three'].map(async (name) => {
      const { proxy, url } = await proxied(decide);
      const child = spawn(process.execPath, [new URL('../../support/appending-node.ts', import.meta.url).pathname, url, collection, name], { stdio: ['pipe', 'pipe', 'inherit'] });
      createInterface(child.stdout).on('line', (line) => { if (line.endsWith('}')) acknowledged.push(JSON.parse(line) as Acknowledged); });
      return { child, proxy, exit: once(child, 'exit') };
    }));
    const own = await open();
    let isStopped = false;
    const writing = appendForEver(own, 'own', () => isStopped, (told) => { acknowledged.push(told); });
    const [victim, ...others] = nodes;
    const count = (name: string): number => acknowledged.filter(({ key }) => key.startsWith(`${name}/`)).length;
    const end = Date.now() + STARTED_WITHIN_MS;
    while (Date.now() < end && ['one', 'two', 'three'].some((name) => count(name) <= 3)) await sleep(50);
    await ended(victim?.child, 'SIGKILL');
    await sleep(STRESS_MS);
    isStopped = true;
    for (const { child } of others) child.stdin.write('stop\n');
    await Promise.all([writing, ...others.map(async ({ exit }) => { expect(await exit).to.deep.equal([0, null]); })]);
    await expectOneHistory(await allCommits(own), acknowledged);
    // Who comes first wins, and nobody is promised a turn: docs/cluster.md.
    expect(['one', 'two', 'three', 'own'].filter((name) => count(name) > 3).length, 'nodes that got on').to.be.at.least(2);
    for (const cut of ['before', 'answer', 'late'] as const) expect(nodes.reduce((sum, { proxy }) => sum + proxy.cuts[cut], 0), cut).to.be.greaterThan(0);
  });

  it('refuses while the database is away, having written nothing, and goes on by itself', async () => {
    const { proxy, url } = await proxied(() => 'pass');
    const store = await open(url);
    await store.append(newRecord('case-1', 0));
    proxy.shut();
    // A stream the store does not remember: it has to ask before it writes, so nothing can be in doubt.
    expect(await failure(store.append(newRecord('case-2', 0)))).to.include({ code: 'STORE_DATABASE_UNREACHABLE' });
    expect(store.figures).to.include({ waiting: 0, underWaySince: undefined });
    expect(await failure(store.read('case-1'))).to.include({ code: 'STORE_DATABASE_UNREACHABLE' });
    proxy.open();
    expect(await store.append(newRecord('case-2', 0))).to.deep.equal({ outcome: 'appended', position: 2, version: 1 });
    expect(store.failure).to.equal(undefined);
  });

  it('holds what is in doubt until the database says, and refuses what came behind it', async () => {
    let isCut = false;
    let shut: () => void = () => undefined;
    const { proxy, url } = await proxied(() => (isCut ? 'answer' : 'pass'), () => shut());
    shut = () => proxy.shut();
    const store = await open(url);
    await store.append(newRecord('case-1', 0));
    isCut = true;
    const inDoubt = store.append(newRecord('case-1', 1));
    await sleep(100);
    isCut = false;
    expect(await failure(store.append(newRecord('case-2', 0)))).to.include({ code: 'STORE_DATABASE_UNREACHABLE' });
    proxy.open();
    expect(await inDoubt).to.deep.equal({ outcome: 'appended', position: 2, version: 2 });
    expect(await store.read('case-2')).to.deep.equal([]);
  });

  it('says at its close that an outcome is unknown', async () => {
    let isCut = false;
    let shut: () => void = () => undefined;
    const { proxy, url } = await proxied(() => (isCut ? 'answer' : 'pass'), () => shut());
    shut = () => proxy.shut();
    const store = await open(url);
    await store.append(newRecord('case-1', 0));
    isCut = true;
    const inDoubt = failure(store.append(newRecord('case-1', 1)));
    await sleep(100);
    await store.close();
    expect(await inDoubt).to.include({ code: 'STORE_OUTCOME_UNKNOWN' });
    expect(await (await open()).read('case-1')).to.have.length(2);
  });

  it('rejects an address where no database answers, without telling the password', async () => {
    const error = await failure(openMongoEventStore({ url: 'mongodb://anna:geheim@127.0.0.1:9/piton', patienceMs: 200 }));
    expect(error).to.include({ code: 'STORE_DATABASE_UNREACHABLE' });
    expect(String(error)).not.to.contain('geheim');
  });

  it('keeps what it acknowledged when the database is killed, and writes on when it is back', async function () {
    if (!mongo.isOwn) return;
    const store = await open();
    const acknowledged: Acknowledged[] = [];
    let isStopped = false;
    const writing = appendForEver(store, 'own', () => isStopped, (told) => { acknowledged.push(told); }).catch((error: unknown) => error);
    await sleep(500);
    await mongo.kill();
    const before = acknowledged.length;
    isStopped = true;
    await mongo.start();
    await writing;
    expect(before).to.be.greaterThan(10);
    const again = await open();
    await expectOneHistory(await allCommits(again), acknowledged);
    expect(await again.append(newRecord('after', 0))).to.include({ outcome: 'appended' });
  });

  it('finds a changed commit at its open, and makes its index new where that does not fit the frames', async () => {
    const store = await open();
    for (let version = 0; version < 3; version++) await store.append(newRecord('case-1', version));
    const connection = await mongoose.createConnection(mongo.url).asPromise();
    try {
      const commits = connection.collection<{ _id: number }>(collection);
      await commits.updateOne({ _id: 2 }, { $set: { 'records.0.stream': 'another', 'records.0.version': 9 } });
      expect((await (await open()).read('case-1')).map(({ version }) => version)).to.deep.equal([1, 2, 3]);
      await commits.updateOne({ _id: 2 }, { $set: { prevHash: Buffer.alloc(32) } });
      expect(await failure(open())).to.include({ code: 'STORE_LOG_DAMAGED' });
      await commits.deleteOne({ _id: 2 });
      expect(await failure(open())).to.include({ code: 'STORE_LOG_DAMAGED' });
    } finally {
      await connection.close();
    }
  });
});
