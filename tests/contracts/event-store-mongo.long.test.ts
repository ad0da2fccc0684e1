/** The event log in MongoDB against the contract suite; long, because a machine without MongoDB first installs what stands in for it. */
import { randomUUID } from 'node:crypto';
import { openMongoEventStore } from '../../server/stores/mongo/event-store.ts';
import { describeWithMongo, dropCollection } from '../support/mongo.ts';
import { describeEventStore } from './event-store.ts';

describeWithMongo('with MongoDB, or what stands in for it', 30_000, (address) => {
  describeEventStore('mongo', async () => {
    const options = { url: address(), collection: `test-${randomUUID()}` };
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
