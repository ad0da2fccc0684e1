/** The event stores against their contract. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryEventStore } from '../../server/stores/memory/event-store.ts';
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { dropCollection, hasMongo, MONGO_INSTALL_MS, startMongo } from '../support/mongo.ts';
import type { TestMongo } from '../support/mongo.ts';
import { describeEventStore } from './event-store.ts';

describeEventStore('memory', () => Promise.resolve({ store: openMemoryEventStore(), remove: () => Promise.resolve() }), false);

describeEventStore('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-log-'));
  const store = await openSqliteEventStore({ folder });
  return {
    store,
    reopen: async () => {
      await store.close();
      return openSqliteEventStore({ folder });
    },
    remove: () => rm(folder, { recursive: true }),
  };
});

describe('with MongoDB, or what stands in for it', function () {
  this.timeout(30_000);
  let mongo: TestMongo | undefined;

  before(async function () {
    this.timeout(MONGO_INSTALL_MS);
    if (!hasMongo()) this.skip();
    mongo = await startMongo();
  });
  after(() => mongo?.remove());

  describeEventStore('mongo', async () => {
    const options = { url: mongo?.url ?? '', collection: `test-${randomUUID()}` };
    const store = await openMongoEventStore(options);
    return {
      store,
      reopen: async () => {
        await store.close();
        return openMongoEventStore(options);
      },
      remove: () => dropCollection(options.url, options.collection),
    };
  });
});
