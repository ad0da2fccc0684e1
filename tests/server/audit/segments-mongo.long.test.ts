// Segments on the log of many nodes: the same cases, leaves and roots as on any other log, and two nodes that seal at once.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { checkSegments } from '../../../server/audit/checking.ts';
import { sealSegments } from '../../../server/audit/sealing.ts';
import { readSegment } from '../../../server/audit/segments.ts';
import { openMongoEventStore } from '../../../server/stores/mongo/event-store.ts';
import { describeWithMongo, dropCollection } from '../../support/mongo.ts';
import { CLOCK, expectedOf, play } from './histories.ts';

describeWithMongo('Segments of closed cases in MongoDB, or what stands in for it', 30_000, (address) => {
  it('Two nodes seal at once: each case once, under the root of the rule', async () => {
    const options = { url: address(), collection: `test-${randomUUID()}` };
    const [store, other] = await Promise.all([openMongoEventStore(options), openMongoEventStore(options)]);
    await play(store, [...Array.from({ length: 10 }, (_, on) => [{ act: 'work' as const, on }, { act: 'complete' as const, on: (on * 7) % 10 }]), [{ act: 'reopen', on: 3 }], [{ act: 'compensated', on: 3 }]], async () => undefined);
    const sealed = await Promise.all([store, other].map((node) => sealSegments({ store: node, clock: CLOCK, fullAt: 3 })));
    expect(sealed.map(({ isDone }) => isDone)).to.deep.equal([true, true]);
    const { segments, streams, faults } = await checkSegments({ log: other, heads: [] });
    expect([segments, streams, faults]).to.deep.equal([sealed.reduce((sum, each) => sum + each.segments, 0), sealed.reduce((sum, each) => sum + each.streams, 0), []]);
    expect(streams).to.be.greaterThan(3);
    for (let number = 1; number <= segments; number += 1) {
      const segment = await readSegment(store, number);
      expect(segment?.sealed).to.deep.include(await expectedOf(other, { from: segment?.sealed.from ?? 0, through: segment?.sealed.through ?? 0 }).then(({ streams: names, records, root }) => ({ streams: names.length, records, root })));
    }
    await Promise.all([store.close(), other.close()]);
    await dropCollection(options.url, options.collection);
  });
});
