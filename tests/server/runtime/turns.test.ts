/** Turns of a stream and the cache of streams at hand: what the journal stands on. */
import { expect } from 'chai';
import { EntryCache, newEntry } from '../../../server/runtime/entry-cache.ts';
import { Turns } from '../../../server/runtime/turns.ts';

describe('Turns', () => {
  it('gives a free stream at once, and a taken one in the order of asking', async () => {
    const turns = new Turns();
    expect(turns.take('a')).to.equal(undefined);
    expect(turns.take('b'), 'another stream is free').to.equal(undefined);
    const order: string[] = [];
    const waiting = ['first', 'second', 'third'].map(async (name) => {
      await turns.take('a');
      order.push(name);
    });
    await Promise.resolve();
    expect(order).to.deep.equal([]);
    for (let ended = 0; ended < 3; ended += 1) {
      turns.end('a');
      await new Promise((resolve) => setImmediate(resolve));
      expect(order).to.have.length(ended + 1);
    }
    await Promise.all(waiting);
    expect(order).to.deep.equal(['first', 'second', 'third']);
    turns.end('a');
    expect(turns.take('a'), 'free again').to.equal(undefined);
  });

  it('keeps the turn of who waits from who comes between', async () => {
    const turns = new Turns();
    void turns.take('a');
    const waiting = turns.take('a');
    turns.end('a');
    expect(turns.take('a'), 'the stream belongs to the one who waited').to.be.a('promise');
    await waiting;
  });
});

describe('The streams at hand', () => {
  it('are bounded: what was not asked for goes first, what was asked for stays', () => {
    const cache = new EntryCache(10);
    const busy = newEntry('busy');
    cache.set('busy', busy);
    for (let n = 0; n < 100; n += 1) {
      cache.set(`case-${String(n)}`, newEntry(n));
      expect(cache.get('busy')).to.equal(busy);
    }
    const kept = Array.from({ length: 100 }, (_, n) => n).filter((n) => cache.get(`case-${String(n)}`) !== undefined);
    expect(kept.length).to.be.within(3, 10);
    expect(Math.min(...kept), 'the youngest are kept').to.be.greaterThan(85);
  });

  it('forget what was deleted, in whichever generation it was', () => {
    const cache = new EntryCache(4);
    cache.set('a', newEntry(1));
    cache.set('b', newEntry(2));
    cache.set('c', newEntry(3));
    for (const stream of ['a', 'c']) cache.delete(stream);
    expect(['a', 'b', 'c'].map((stream) => cache.get(stream)?.state)).to.deep.equal([undefined, 2, undefined]);
  });
});
