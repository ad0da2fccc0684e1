/** What the tests of segments share: histories of cases made up of the events that matter, on any store, and what follows from them told without the code under test. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { layOutOpen } from '../../../server/audit/stored-bytes.ts';
import type { LogReading, NewRecord } from '../../../server/ports/event-store.ts';
import type { EventStore, StoredFrame } from '../../../server/ports/event-store.ts';
import type { SegmentSealed } from '../../../server/audit/segments.ts';

export const AT = '2026-01-05T09:00:00.000Z';
export const CLOCK = { now: () => AT };

export type Act = 'work' | 'complete' | 'fail' | 'reopen' | 'compensated' | 'both' | 'elsewhere';
/** Acts that are appended together: one commit, where the store gathers them. */
export type Step = readonly { readonly act: Act; readonly on: number }[] | 'seal';

const EVENTS: Readonly<Record<Act, readonly string[]>> = {
  work: ['TaskCompleted', 'ElementCompleted'], complete: ['ElementCompleted', 'InstanceCompleted'], fail: ['InstanceFailed'], reopen: ['InstanceReopened', 'ElementActivated'], compensated: ['InstanceCompensated'],
  both: ['InstanceReopened', 'InstanceCompensated'], elsewhere: ['InstanceCompleted'],
};
const CLOSING = new Set(['InstanceCompleted', 'InstanceFailed', 'InstanceTerminated', 'InstanceCompensated']);

export const someSteps = fc.array(fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.record({ act: fc.constantFrom<Act>('work', 'work', 'complete', 'fail', 'reopen', 'compensated', 'both', 'elsewhere'), on: fc.nat(11) }), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('seal' as const) },
), { maxLength: 40 });

/** Whose events look like those of a case and are none's. */
const nameOf = (act: Act, on: number): string => (act === 'elsewhere' ? `series/${String(on)}` : `case-${String(on)}-é`);

/** Appends what one after the other the steps say. A closed case takes only what opens it again, as in the engine. `seal` is called at its steps. */
export async function play(store: EventStore, steps: readonly Step[], seal: () => Promise<void>): Promise<void> {
  const versions = new Map<string, number>();
  const closed = new Set<string>();
  for (const step of steps) {
    if (step === 'seal') { await seal(); continue; }
    const together: NewRecord[] = [];
    for (const { act, on } of step) {
      const stream = nameOf(act, on);
      const opens = act === 'reopen' || act === 'both';
      if (act !== 'elsewhere' && closed.has(stream) !== opens) continue;
      const version = versions.get(stream) ?? 0;
      versions.set(stream, version + 1);
      if (act === 'work' || act === 'reopen') closed.delete(stream);
      else closed.add(stream);
      together.push(recordOf(stream, version, version === 0 ? ['InstanceStarted', ...EVENTS[act]] : EVENTS[act]));
    }
    const answers = await Promise.all(together.map((record) => store.append(record)));
    if (answers.some(({ outcome }) => outcome !== 'appended')) throw new Error('expected every record to be appended');
  }
}

/** With something behind the open part that nobody can read. */
export function recordOf(stream: string, expectedVersion: number, types: readonly string[], text = 'InstanceCompleted, says who wrote this'): NewRecord {
  const events = Buffer.concat([layOutOpen(types.map((type) => ({ type, text }))), randomBytes(40)]);
  return { stream, expectedVersion, commandType: 'Act', actor: { person: 'anna' }, at: AT, keyId: 'key-1', events };
}

export interface Expected {
  readonly streams: readonly string[];
  readonly records: number;
  readonly root: string;
}

/** Who must be sealed in a stretch of the log, and under which root, straight from the words of docs/log-format.md. */
export async function expectedOf(log: LogReading, { from, through }: Pick<SegmentSealed, 'from' | 'through'>): Promise<Expected> {
  const frames = new Map<string, { readonly position: number; readonly frame: Uint8Array; readonly closing: boolean }[]>();
  for (const commit of await log.readAll(0, through)) {
    for (const { stream, events } of commit.records) {
      if (stream.includes('/')) continue;
      const earlier = frames.get(stream) ?? [];
      const [stored] = await log.frames(stream, earlier.length, 1);
      const types = (JSON.parse(Buffer.from(events).subarray(5, 5 + Buffer.from(events).readUInt32BE(1)).toString()) as { type: string }[]).map(({ type }) => type);
      const last = types.filter((type) => CLOSING.has(type) || type === 'InstanceReopened').at(-1);
      frames.set(stream, [...earlier, { position: commit.position, frame: (stored as StoredFrame).frame, closing: last !== undefined && CLOSING.has(last) }]);
    }
  }
  const members = [...frames].filter(([, records]) => { const last = records.at(-1); return last !== undefined && last.position >= from && last.closing; })
    .sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
  const leaves = members.map(([stream, records]) => {
    const name = Buffer.from(stream);
    const lengths = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    lengths[0].writeUInt32BE(name.length);
    lengths[1].writeUInt32BE(records.length);
    return Buffer.concat([lengths[0], name, lengths[1], sha256(...records.map(({ frame }) => frame))]);
  });
  return { streams: members.map(([stream]) => stream), records: members.reduce((sum, [, records]) => sum + records.length, 0), root: treeHash(leaves).toString('hex') };
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH of RFC 9162, 2.1.1. */
export function treeHash(data: readonly Uint8Array[]): Buffer {
  if (data.length === 0) return sha256();
  if (data.length === 1) return sha256(Buffer.from([0]), data[0] as Uint8Array);
  let k = 1;
  while (k * 2 < data.length) k *= 2;
  return sha256(Buffer.from([1]), treeHash(data.slice(0, k)), treeHash(data.slice(k)));
}
