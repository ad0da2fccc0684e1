/** The event log in MongoDB against the contract suite; long, because a machine without MongoDB first installs what stands in for it. */
import { randomUUID } from 'node:crypto';
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { dropCollection, hasMongo, MONGO_INSTALL_MS, startMongo } from '../support/mongo.ts';
import type { TestMongo } from '../support/mongo.ts';
import { describeEventStore } from './event-store.ts';

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
