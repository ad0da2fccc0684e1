/** Everything in MongoDB but the log against the contract suites; long, because a machine without MongoDB first installs what stands in for it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { DeskStore } from '../../server/ports/desk-store.ts';
import type { Commit } from '../../server/ports/event-store.ts';
import { openGridBlobStore } from '../../server/stores/mongo/blob-store.ts';
import { openMongoDatabase } from '../../server/stores/mongo/connection.ts';
import type { MongoDatabase } from '../../server/stores/mongo/connection.ts';
import { openMongoDeskStore } from '../../server/stores/mongo/desk-store.ts';
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { createMongoHeadBook } from '../../server/stores/mongo/head-book.ts';
import { createMongoLeases } from '../../server/stores/mongo/leases.ts';
import { openMongoPartStore } from '../../server/stores/mongo/part-store.ts';
import { openMongoVault, vaultCollections } from '../../server/stores/mongo/vault.ts';
import { describeWithMongo, dropDatabase, freshDatabase } from '../support/mongo.ts';
import { describeBlobStore } from './blob-store.ts';
import { describeDeskStore } from './desk-store.ts';
import { failure } from './event-store.ts';
import { describeLeases, until } from './leases.ts';
import { describePartStore } from './part-store.ts';
import { describeVault } from './vault.ts';

describeWithMongo('with MongoDB, or what stands in for it', 60_000, (address) => {
  /** A database of its own; `remove` closes everybody's connection and drops it. */
  const fresh = async (): Promise<{ readonly url: string; readonly database: MongoDatabase; readonly again: () => Promise<MongoDatabase>; readonly remove: () => Promise<void> }> => {
    const url = freshDatabase(address());
    const opened: MongoDatabase[] = [];
    const again = async (): Promise<MongoDatabase> => {
      const database = await openMongoDatabase(url);
      opened.push(database);
      return database;
    };
    return { url, database: await again(), again, remove: async () => {
      await Promise.all(opened.map((database) => database.close()));
      await dropDatabase(url);
    } };
  };

  describeDeskStore('mongo', async () => {
    const { database, again, remove } = await fresh();
    return { store: await openMongoDeskStore(database), reopen: async () => openMongoDeskStore(await again()), remove };
  });

  describeBlobStore('mongo', async () => {
    const { database, again, remove } = await fresh();
    const damage = async (sha256: string): Promise<void> => {
      const file = await database.db.collection('blobs.files').findOne({ filename: sha256 });
      await database.db.collection('blobs.chunks').updateOne({ files_id: file?._id, n: 0 }, { $set: { data: Buffer.from('something else') } });
    };
    return { store: await openGridBlobStore(database), reopen: async () => openGridBlobStore(await again()), damage, remove };
  });

  describePartStore('mongo', async () => {
    const { database, again, remove } = await fresh();
    return { store: await openMongoPartStore(database), reopen: async () => openMongoPartStore(await again()), remove };
  });

  describeVault('mongo', async () => {
    const { database, again, remove } = await fresh();
    const folder = await mkdtemp(join(tmpdir(), 'piton-key-'));
    const keyFile = join(folder, 'installation.key');
    const traces = async (bytes: Uint8Array): Promise<number> => {
      const kept = await Promise.all(Object.values(vaultCollections(database)).map((each) => (each as ReturnType<typeof vaultCollections>['secrets']).find().toArray()));
      return kept.flat().filter(({ wrapped }) => wrapped.includes(Buffer.from(bytes))).length;
    };
    return {
      vault: await openMongoVault(database, { keyFile }), reopen: async () => openMongoVault(await again(), { keyFile }), traces,
      remove: async () => {
        await remove();
        await rm(folder, { recursive: true });
      },
    };
  });

  describeLeases('mongo', async () => {
    const { database, remove } = await fresh();
    return { leases: createMongoLeases(database, { termMs: 600 }), remove };
  });

  describe('between nodes', () => {
    let place: Awaited<ReturnType<typeof fresh>>;
    let other: Awaited<ReturnType<typeof fresh>>;
    beforeEach(async () => { [place, other] = [await fresh(), await fresh()]; });
    afterEach(async () => {
      await place.remove();
      await other.remove();
    });

    it('one of three holds a lease, and when it is cut off from the database another one takes over with a higher epoch', async () => {
      const termMs = 600;
      const databases = [place.database, await place.again(), await place.again()];
      const leases = databases.map((database) => createMongoLeases(database, { termMs }).stand('dispatch'));
      await until('a holder', () => leases.some(({ held }) => held));
      await until('no second one', () => leases.filter(({ held }) => held).length === 1);
      const first = leases.findIndex(({ held }) => held);
      const epoch = leases[first]?.epoch ?? 0;
      await databases[first]?.close();
      const twice: number[] = [];
      await until('another holder', () => {
        const holders = leases.filter(({ held }) => held).length;
        if (holders > 1) twice.push(holders);
        return leases.some(({ held }, index) => held && index !== first);
      });
      const next = leases.find(({ held }, index) => held && index !== first);
      expect([twice, leases[first]?.held, (next?.epoch ?? 0) > epoch]).to.deep.equal([[], false, true]);
      for (const lease of leases) await lease.stop();
    });

    it('a lease that is given up is taken before its term is over', async () => {
      const [one, two] = [createMongoLeases(place.database, { termMs: 30_000 }), createMongoLeases(await place.again(), { termMs: 30_000 })];
      const first = one.stand('dispatch');
      await until('the first holder', () => first.held);
      const second = two.stand('dispatch');
      await first.stop();
      await until('the second holder', () => second.held, 10_000);
      await second.stop();
    });

    it('an entry that two nodes change at once has both changes', async () => {
      const stores = await Promise.all([place.database, await place.again()].map(openMongoDeskStore));
      const now = '2026-01-05T09:00:00.000Z';
      const count = (store: DeskStore): Promise<unknown> => store.update('count', 'a', now, (before) => ({ key: 'a', content: { n: Number(before?.content['n'] ?? 0) + 1 } }));
      await Promise.all(stores.flatMap((store) => Array.from({ length: 25 }, () => count(store))));
      expect((await stores[0]?.get('count', 'a', now))?.content).to.deep.equal({ n: 50 });
    });

    it('two nodes that destroy keys of one batch destroy both, and a foreign installation key is refused: STORE_KEY_WRONG', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'piton-key-'));
      const keyFile = join(folder, 'installation.key');
      const one = await openMongoVault(place.database, { keyFile });
      const two = await openMongoVault(await place.again(), { keyFile });
      const keys = await Promise.all(Array.from({ length: 6 }, () => one.takeDataKey()));
      await Promise.all(keys.slice(0, 4).map(({ id }, index) => (index % 2 === 0 ? one : two).destroyDataKey(id)));
      const fresh = await openMongoVault(await place.again(), { keyFile });
      expect(await Promise.all(keys.map(async ({ id }) => (await fresh.dataKey(id)) !== undefined))).to.deep.equal([false, false, false, false, true, true]);
      expect(await failure(openMongoVault(other.database, { keyFile, logIsEmpty: false }))).to.include({ code: 'STORE_VAULT_MISSING' });
      expect(await failure(openMongoVault(place.database, { keyFile: join(folder, 'none') }))).to.include({ code: 'STORE_KEY_MISSING' });
      await (await openMongoVault(other.database, { keyFile: join(folder, 'other') })).close();
      expect(await failure(openMongoVault(place.database, { keyFile: join(folder, 'other') }))).to.include({ code: 'STORE_KEY_WRONG' });
      await rm(folder, { recursive: true });
    });

    it('the first head of a day stays, whoever comes second', async () => {
      const [one, two] = [createMongoHeadBook(place.database), createMongoHeadBook(await place.again())];
      const head = (text: string): { readonly name: string; readonly content: Buffer; readonly signature: Buffer } => ({ name: '2026-11-22', content: Buffer.from(text), signature: Buffer.from('seal') });
      expect(await one.has('2026-11-22')).to.equal(false);
      await one.put(head('first'));
      await two.put(head('second'));
      expect((await two.all()).map(({ name, content }) => [name, Buffer.from(content).toString()])).to.deep.equal([['2026-11-22', 'first']]);
      await two.put({ ...head('earlier'), name: '2026-11-21' });
      expect(await one.names()).to.deep.equal(['2026-11-21', '2026-11-22']);
      expect(Buffer.from((await one.read('2026-11-22'))?.content ?? []).toString()).to.equal('first');
      expect(await one.read('2026-11-23')).to.equal(undefined);
    });

    it('who follows the log hears the commits of both nodes once, in order, and knows its own by their memo', async () => {
      const stores = await Promise.all([0, 1].map(() => openMongoEventStore({ url: place.url })));
      const heard: Commit[][] = [[], []];
      const stops = stores.map((store, node) => store.subscribe((commit) => { heard[node]?.push(commit); }, 0));
      const write = (node: number, n: number): Promise<unknown> => stores[node]?.append({
        stream: `s${String(node)}-${String(n)}`, expectedVersion: 0, commandType: 'Test', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from('x'), memo: node,
      }) ?? Promise.resolve();
      for (let n = 0; n < 20; n += 1) await Promise.all([write(0, n), write(1, n)]);
      const { position } = await stores[0]!.head();
      await until('everything to be heard', () => heard.every((commits) => commits.length >= position));
      for (const [node, commits] of heard.entries()) {
        expect(commits.map((commit) => commit.position)).to.deep.equal(Array.from({ length: position }, (_, index) => index + 1));
        for (const { records } of commits) for (const record of records) expect(record.memo, record.stream).to.equal(record.stream.startsWith(`s${String(node)}-`) ? node : undefined);
      }
      for (const stop of stops) stop();
      await Promise.all(stores.map((store) => store.close()));
    });
  });
});
