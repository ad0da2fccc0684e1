// Tampering by somebody who rewrites everything that is easy to rewrite, chain and index: a changed case is found at every byte and told by name.
import { expect } from 'chai';
import { checkSegments } from '../../../server/audit/checking.ts';
import type { HeadOfSegments, SegmentFault } from '../../../server/audit/checking.ts';
import { sealSegments } from '../../../server/audit/sealing.ts';
import { segmentsRoot } from '../../../server/audit/segments.ts';
import { layOutOpen, readFrame } from '../../../server/audit/stored-bytes.ts';
import type { Commit, LogReading, StoredFrame } from '../../../server/ports/event-store.ts';
import { frames, StoredCommit } from '../../../server/stores/commit.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { CLOCK, play, recordOf } from './histories.ts';
import type { Step } from './histories.ts';

/** A log as lists of frames: what can be changed at will. */
type Bodies = readonly (readonly Buffer[])[];

function headerOf(frame: Buffer): { readonly stream?: string; readonly version?: number } {
  try {
    return readFrame(frame);
  } catch {
    return {};
  }
}

/** The log that says what `bodies` say, found by their headers as far as they can be read. */
function logOf(bodies: Bodies): LogReading {
  const commits = bodies.map((body, index): Commit => new StoredCommit(index + 1, '0'.repeat(32), '', '', Buffer.concat(body)));
  const found = bodies.flatMap((body, at) => body.map((frame, index) => ({ position: at + 1, index, frame, ...headerOf(frame) })));
  return {
    readAll: (after, limit) => Promise.resolve(commits.slice(after, after + limit)),
    frames: (stream, after, limit) => Promise.resolve(found.filter((each) => each.stream === stream && (each.version ?? 0) > after).sort((left, right) => (left.version ?? 0) - (right.version ?? 0)).slice(0, limit)
      .map(({ position, index, frame }): StoredFrame => ({ position, index, frame }))),
    head: () => Promise.resolve({ position: commits.length, hash: '' }),
  };
}

function withFrame(bodies: Bodies, at: number, index: number, ...put: readonly Buffer[]): Bodies {
  return bodies.map((body, commit) => (commit === at ? [...body.slice(0, index), ...put, ...body.slice(index + 1)] : body));
}

const STEPS: readonly Step[] = [
  [{ act: 'work', on: 0 }, { act: 'work', on: 1 }, { act: 'complete', on: 2 }], [{ act: 'complete', on: 0 }, { act: 'work', on: 9 }], [{ act: 'fail', on: 3 }, { act: 'complete', on: 4 }], 'seal',
  [{ act: 'reopen', on: 2 }, { act: 'complete', on: 5 }], [{ act: 'compensated', on: 2 }, { act: 'complete', on: 6 }, { act: 'elsewhere', on: 1 }], 'seal', [{ act: 'complete', on: 7 }, { act: 'complete', on: 1 }], 'seal',
];

describe('Tampering with sealed cases', () => {
  let bodies: Bodies;
  let heads: readonly HeadOfSegments[];
  /** Commit and place of every frame of a case that is sealed. */
  let sealed: readonly { readonly at: number; readonly index: number; readonly frame: Buffer; readonly stream: string; readonly version: number }[];

  const check = async (changed: Bodies): Promise<readonly SegmentFault[]> => (await checkSegments({ log: logOf(changed), heads })).faults;

  before(async () => {
    const store = openMemoryEventStore();
    await play(store, STEPS, async () => { await sealSegments({ store, clock: CLOCK, fullAt: 100 }); });
    bodies = (await store.readAll(0, 1_000)).map(({ body, position }) => frames(body, position).map(({ offset, length }) => Buffer.from(body.subarray(offset, offset + length))));
    const segments = await segmentsRoot(store);
    heads = [{ name: '2026-01-05', position: (await store.head()).position, ...(segments && { segments }) }];
    sealed = bodies.flatMap((body, at) => body.flatMap((frame, index) => {
      const { stream, version } = readFrame(frame);
      return stream.includes('/') || stream === 'case-9-é' ? [] : [{ at, index, frame, stream, version }];
    }));
  });

  it('Nothing is blamed where nothing was changed', async () => {
    expect(await checkSegments({ log: logOf(bodies), heads })).to.deep.equal({ segments: 3, streams: 9, faults: [] });
    expect(sealed).to.have.length(12);
  });

  it('Every byte of every record of a sealed case is covered, and the case is told by its name as long as its record can be read', async () => {
    let named = 0;
    for (const { at, index, frame, stream, version } of sealed) {
      for (let byte = 0; byte < frame.length; byte += version === 1 && stream === 'case-0-é' ? 1 : 13) {
        const changed = Buffer.from(frame);
        changed[byte] = (changed[byte] ?? 0) ^ 1;
        const faults = await check(withFrame(bodies, at, index, changed));
        const what = `byte ${String(byte)} of record ${String(version)} of ${stream}`;
        expect(faults, what).not.to.deep.equal([]);
        const now = headerOf(changed);
        if (now.stream !== stream || now.version !== version) continue;
        const blamed = faults.map((fault) => fault.stream ?? fault.says);
        // A record that no longer closes its case, or does so now, leaves it unnamed at most: nobody else is accused.
        for (const name of blamed) expect(name, what).to.match(new RegExp(`^${stream}$|a case is missing or not closed any more`));
        if (blamed.includes(stream)) named += 1;
      }
    }
    expect(named).to.be.greaterThan(400);
  });

  it('A record taken out, a case taken out, one put in, one closed that was not: each is told', async () => {
    const say = async (changed: Bodies): Promise<readonly string[]> => (await check(changed)).map(({ segment, stream = '', says }) => `${String(segment)} ${stream}: ${says}`);
    const first = sealed.find(({ stream, version }) => stream === 'case-0-é' && version === 1);
    expect(await say(withFrame(bodies, first?.at ?? 0, first?.index ?? 0))).to.deep.equal(['1 case-0-é: it is not as it was sealed']);
    const whole = bodies.map((body) => body.filter((frame) => readFrame(frame).stream !== 'case-3-é'));
    expect(await say(whole)).to.deep.equal(['1 : a case is missing or not closed any more, whose name stands behind case-2-é and before case-4-é']);
    const forged = Buffer.from(frameOf('case-35', 1, ['InstanceStarted', 'InstanceCompleted']));
    expect(await say(withFrame(bodies, 2, 0, ...(bodies[2] ?? []).slice(0, 1), forged))).to.deep.equal(['1 case-35: it is closed there now, and was not when the segment was sealed']);
    const open = bodies[1]?.findIndex((frame) => readFrame(frame).stream === 'case-9-é') ?? -1;
    expect(await say(withFrame(bodies, 1, open, Buffer.from(frameOf('case-9-é', 1, ['InstanceTerminated']))))).to.deep.equal(['1 case-9-é: it is closed there now, and was not when the segment was sealed']);
    const closing = sealed.find(({ stream, version }) => stream === 'case-0-é' && version === 2);
    expect(await say(withFrame(bodies, closing?.at ?? 0, closing?.index ?? 0, Buffer.from(frameOf('case-0-é', 2, ['TaskCompleted']))))).to.deep.equal([
      '1 : a case is missing or not closed any more, whose name stands before case-2-é; not closed, but with records there: case-0-é, case-1-é',
    ]);
    const cut = withFrame(bodies, closing?.at ?? 0, closing?.index ?? 0, (closing?.frame ?? Buffer.alloc(0)).subarray(0, 40));
    expect((await say(cut))[0]).to.equal('1 : a record of commit 2 cannot be read');
  });

  it('What a segment says cannot be changed, left out or moved either', async () => {
    const segmentAt = (number: number, version: number): { readonly at: number; readonly index: number; readonly frame: Buffer } => {
      for (const [at, body] of bodies.entries()) for (const [index, frame] of body.entries()) {
        const header = readFrame(frame);
        if (header.stream === `segment/${String(number)}` && header.version === version) return { at, index, frame };
      }
      throw new Error('expected the segment to be there');
    };
    const { at, index, frame } = segmentAt(2, 1);
    for (let byte = 0; byte < frame.length; byte += 1) {
      const changed = Buffer.from(frame);
      changed[byte] = (changed[byte] ?? 0) ^ 1;
      expect(await check(withFrame(bodies, at, index, changed)), `byte ${String(byte)}`).not.to.deep.equal([]);
    }
    const event = JSON.parse(Buffer.from(readFrame(frame).events).subarray(5).toString()) as readonly Record<string, unknown>[];
    const saying = async (change: Record<string, unknown>): Promise<string> => (await check(withFrame(bodies, at, index, Buffer.from(frameOf('segment/2', 1, [], [{ ...event[0], ...change }]))))).map(({ segment, says }) => `${String(segment)}: ${says}`)[0] ?? '';
    expect(await saying({ from: 5 })).to.match(/^2: it begins at commit 5, and the one before ends at commit 3$/);
    expect(await saying({ through: 99 })).to.match(/^2: it covers commits 4 to 99, and stands in commit/);
    expect(await saying({ root: '0'.repeat(64) })).to.match(/^2: its cases have another root, and which of them/);
    expect(await saying({ records: 99 })).to.equal('2: it counts other cases or records than it has');
    expect(await saying({ earlier: ['0'.repeat(64)] })).to.equal('2: it names other segments before it than there are');
    expect(await saying({ streams: 'many' })).to.equal('2: what was sealed cannot be read');
    const list = segmentAt(2, 2);
    expect((await check(withFrame(bodies, list.at, list.index, Buffer.from(frameOf('segment/2', 2, [], [{ type: 'SegmentLeavesListed', leaves: '' }])))))[0]?.says).to.equal('the list of its leaves was changed; its cases are as they were sealed');
    const last = bodies.map((body) => body.filter((each) => readFrame(each).stream !== 'segment/3'));
    expect((await check(last)).map(({ says }) => says)).to.deep.equal(['it is missing: the sealed head of 2026-01-05 names 3 segments, and the log has 2']);
  });

  it('A head that names a segment which was written later is told', async () => {
    const [head] = heads;
    const faults = (await checkSegments({ log: logOf(bodies), heads: [{ ...head, name: '2026-01-04', position: 2 }] })).faults;
    expect(faults.map(({ says }) => says)).to.have.length(1);
    expect(faults[0]?.says).to.match(/^the sealed head of 2026-01-04 is of commit 2 and names it, and it stands in commit/);
  });

  function frameOf(stream: string, version: number, types: readonly string[], events: readonly Record<string, unknown>[] = types.map((type) => ({ type }))): Uint8Array {
    const { commandType, actor, at } = recordOf(stream, version - 1, types);
    const header = Buffer.from(JSON.stringify({ at, stream, version, commandType, actor }));
    const bytes = Buffer.from(layOutOpen(events as unknown as Parameters<typeof layOutOpen>[0]));
    const length = (of: Buffer): Buffer => { const four = Buffer.alloc(4); four.writeUInt32BE(of.length); return four; };
    return Buffer.concat([length(header), header, length(bytes), bytes]);
  }
});
