// Closed cases sealed into segments: who belongs to one, whatever the history; that it goes on after any end; that every case can be proven.
import { expect } from 'chai';
import fc from 'fast-check';
import { checkSegments } from '../../../server/audit/checking.ts';
import { restful, sealSegments } from '../../../server/audit/sealing.ts';
import { readSegment, segmentsRoot } from '../../../server/audit/segments.ts';
import type { Segment } from '../../../server/audit/segments.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { AT, CLOCK, expectedOf, play, recordOf, someSteps, treeHash } from './histories.ts';

async function allSegments(store: EventStore): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (;;) {
    const segment = await readSegment(store, segments.length + 1);
    if (segment === undefined) return segments;
    segments.push(segment);
  }
}

/** Fails at the call with this number, before or after it was done. */
function failing(store: EventStore, at: number, done: boolean): Pick<EventStore, 'append' | 'readAll' | 'frames' | 'head'> {
  let calls = 0;
  return {
    readAll: (after, limit) => store.readAll(after, limit), frames: (stream, after, limit) => store.frames(stream, after, limit), head: () => store.head(),
    async append(record) {
      calls += 1;
      const failed = calls === at;
      if (failed && !done) throw new Error('killed');
      const answer = await store.append(record);
      if (failed) throw new Error('killed');
      return answer;
    },
  };
}

describe('Segments of closed cases', () => {
  it('Hold exactly the cases that were closed and untouched in their stretch, under the root of RFC 9162, whatever the history', async () => {
    await fc.assert(fc.asyncProperty(someSteps, fc.constantFrom(1, 2, 3, 50), async (steps, fullAt) => {
      const store = openMemoryEventStore();
      const seal = async (): Promise<void> => { expect((await sealSegments({ store, clock: CLOCK, fullAt })).isDone).to.equal(true); };
      await play(store, [...steps, 'seal'], seal);
      const segments = await allSegments(store);
      for (const [index, { sealed, position }] of segments.entries()) {
        expect(sealed.from).to.equal((segments[index - 1]?.sealed.through ?? 0) + 1);
        expect(sealed.through).to.be.lessThan(position);
        const { streams, records, root } = await expectedOf(store, sealed);
        expect(sealed).to.deep.include({ streams: streams.length, records, root });
      }
      const root = await segmentsRoot(store);
      expect(root).to.deep.equal(segments.length === 0 ? undefined : { count: segments.length, root: treeHash(segments.map(({ frame }) => frame)).toString('hex') });
      expect((await checkSegments({ log: store, heads: [] })).faults).to.deep.equal([]);
      // Nothing that is closed is left, and once more changes nothing.
      const end = await store.head();
      const rest = await expectedOf(store, { from: (segments.at(-1)?.sealed.through ?? 0) + 1, through: end.position });
      expect(rest.streams).to.deep.equal([]);
      await seal();
      expect(await store.head()).to.deep.equal(end);
    }), { numRuns: 60 });
  });

  it('Are the same when sealing is interrupted at any of its writes, before or after it, and goes on later', async () => {
    await fc.assert(fc.asyncProperty(someSteps, fc.integer({ min: 1, max: 8 }), fc.boolean(), async (steps, at, done) => {
      const outlines = await Promise.all([false, true].map(async (interrupted) => {
        const store = openMemoryEventStore();
        await play(store, steps.filter((step) => step !== 'seal'), async () => undefined);
        if (interrupted) await sealSegments({ store: failing(store, at, done), clock: CLOCK, fullAt: 2 }).catch((error: unknown) => { expect(String(error)).to.equal('Error: killed'); });
        await sealSegments({ store, clock: CLOCK, fullAt: 2 });
        expect((await checkSegments({ log: store, heads: [] })).faults).to.deep.equal([]);
        const segments = await allSegments(store);
        const lists = await Promise.all(segments.map(async ({ number }) => (await store.frames(`segment/${String(number)}`, 1, 9)).length));
        expect(lists.every((length) => length === 1)).to.equal(true);
        return segments.map(({ sealed: { from, streams, records } }) => ({ from, streams, records }));
      }));
      expect(outlines[1]).to.deep.equal(outlines[0]);
    }), { numRuns: 40 });
  });

  it('Two nodes that seal at the same moment write each segment once', async () => {
    const store = openMemoryEventStore();
    await play(store, Array.from({ length: 10 }, (_, on) => [{ act: 'complete' as const, on }]), async () => undefined);
    const [one, other] = await Promise.all([sealSegments({ store, clock: CLOCK, fullAt: 2 }), sealSegments({ store, clock: CLOCK, fullAt: 2 })]);
    expect([one.segments + other.segments, one.streams + other.streams]).to.deep.equal([5, 10]);
    expect(await checkSegments({ log: store, heads: [] })).to.deep.equal({ segments: 5, streams: 10, faults: [] });
  });

  it('A case that is opened again leaves its segment and is sealed again whole', async () => {
    const store = openMemoryEventStore();
    await store.append(recordOf('case', 0, ['InstanceStarted', 'InstanceCompleted']));
    await sealSegments({ store, clock: CLOCK });
    await store.append(recordOf('case', 1, ['InstanceReopened']));
    expect(await sealSegments({ store, clock: CLOCK })).to.deep.equal({ segments: 0, streams: 0, isDone: true });
    await store.append(recordOf('case', 2, ['InstanceCompensated']));
    await sealSegments({ store, clock: CLOCK });
    expect((await allSegments(store)).map(({ sealed: { streams, records } }) => [streams, records])).to.deep.equal([[1, 1], [1, 3]]);
    expect((await checkSegments({ log: store, heads: [] })).faults).to.deep.equal([]);
  });

  it('Cases at work that are met on the way to closed ones are not collected without bound: an empty segment goes past them', async () => {
    const store = openMemoryEventStore();
    for (let on = 0; on < 20; on += 1) await store.append(recordOf(`open-${String(on)}`, 0, ['InstanceStarted']));
    await store.append(recordOf('closed', 0, ['InstanceStarted', 'InstanceCompleted']));
    await sealSegments({ store, clock: CLOCK, fullAt: 1 });
    expect((await allSegments(store)).map(({ sealed: { from, through, streams } }) => [from, through, streams])).to.deep.equal([[1, 8, 0], [9, 16, 0], [17, 21, 1]]);
    expect((await checkSegments({ log: store, heads: [] })).faults).to.deep.equal([]);
  });

  it('Sealing stops when it is told to, and when there is no more time', async () => {
    const store = openMemoryEventStore();
    await play(store, Array.from({ length: 6 }, (_, on) => [{ act: 'complete' as const, on }]), async () => undefined);
    let left = 2;
    expect(await sealSegments({ store, clock: CLOCK, fullAt: 2, goesOn: () => (left -= 1) >= 0 })).to.deep.equal({ segments: 2, streams: 4, isDone: false });
    const stopping = new AbortController();
    stopping.abort();
    const failure: unknown = await sealSegments({ store, clock: CLOCK, breathe: restful(stopping.signal) }).catch((error: unknown) => error);
    expect(failure).to.include({ name: 'AbortError' });
    expect(await sealSegments({ store, clock: CLOCK, breathe: restful(new AbortController().signal) })).to.include({ segments: 1, isDone: true });
  });

  it('Rests four times as long as it has worked', async () => {
    const breathe = restful(new AbortController().signal);
    const began = performance.now();
    while (performance.now() - began < 30);
    await breathe();
    expect(performance.now() - began).to.be.at.least(145);
  });

  it('A log that was changed under a segment whose leaves are still to be listed is not gone on with', async () => {
    const store = openMemoryEventStore();
    await store.append(recordOf('case', 0, ['InstanceStarted', 'InstanceCompleted']));
    await sealSegments({ store: failing(store, 2, false), clock: CLOCK }).catch(() => undefined);
    const frames: EventStore['frames'] = async (stream, after, limit) => (await store.frames(stream, after, limit)).map((found) => (stream === 'case' ? { ...found, frame: Buffer.concat([found.frame, Buffer.from('x')]) } : found));
    const failure: unknown = await sealSegments({ store: { append: (record) => store.append(record), readAll: (after, limit) => store.readAll(after, limit), head: () => store.head(), frames }, clock: CLOCK }).catch((error: unknown) => error);
    expect(failure).to.include({ code: 'AUDIT_SEGMENT_DIFFERS' });
    await store.append({ stream: 'segment/2', expectedVersion: 0, commandType: 'SealSegment', actor: { person: 'system' }, at: AT, events: Buffer.from('something else') });
    const unreadable: unknown = await sealSegments({ store, clock: CLOCK }).catch((error: unknown) => error);
    expect(unreadable).to.include({ code: 'AUDIT_SEGMENT_UNREADABLE' });
  });
});
