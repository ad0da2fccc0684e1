/**
 * Segments: closed cases of a stretch of the log under one root (ADR 10; docs/log-format.md, Segments). Who belongs to a segment follows from
 * the log alone: every case whose last record, up to commit `through`, stands in the commits `from` to `through` and closes it.
 */
import { createHash } from 'node:crypto';
import type { Commit, LogReading, StoredRecord } from '../ports/event-store.ts';
import { streamKind } from '../runtime/types.ts';
import type { DomainEvent } from '../runtime/types.ts';
import { AuditError } from './errors.ts';
import { GrowingTree, leafHash } from './merkle.ts';
import { frameIn, isIllegible, openEvents, openText, readFrame, u32 } from './stored-bytes.ts';

/**
 * The event of record 1 of `segment/<n>`. `root`: over one leaf per case, in order of the bytes of its name; hashes in hex. `earlier`: the complete
 * subtrees, the largest first, of the tree over the frames of the records 1 of all segments before, so that one record leads to the root over all.
 */
export interface SegmentSealed extends DomainEvent {
  readonly type: 'SegmentSealed';
  readonly from: number;
  readonly through: number;
  readonly streams: number;
  readonly records: number;
  readonly root: string;
  readonly earlier: readonly string[];
}

/** The event of record 2: the leaves under `root`, 32 bytes each, base64. It proves itself by the root, and tells which case no longer fits. */
export interface SegmentLeavesListed extends DomainEvent {
  readonly type: 'SegmentLeavesListed';
  readonly leaves: string;
}

/** A segment as it stands in the log. `frame`: the stored bytes of its record 1, `position` their commit. */
export interface Segment {
  readonly number: number;
  readonly position: number;
  readonly frame: Uint8Array;
  readonly sealed: SegmentSealed;
}

/** A closed case: the name of its stream and the version that closed it. */
export interface Member {
  readonly stream: string;
  readonly version: number;
}

/** What one head says of all segments before it. `root`: hex, over the frames of the records 1 of `segment/1` to `segment/<count>`. */
export interface SegmentsRoot {
  readonly count: number;
  readonly root: string;
}

/** Called between two small steps: a place to rest, and to stop by throwing. */
export type Breathe = () => Promise<void>;

const HASH_BYTES = 32;
/** A commit has at most 4 MiB, and most have some kilobytes. */
const COMMITS_AT_ONCE = 16;
const FRAMES_AT_ONCE = 50;
/** Events that change whether a case is over, and whether it is. Others follow only after it was opened again. */
const OVER: Readonly<Record<string, boolean | undefined>> = {
  InstanceStarted: false, InstanceReopened: false, InstanceCompleted: true, InstanceCompensated: true, InstanceTerminated: true, InstanceFailed: true,
};

export function segmentStream(number: number): string {
  return `segment/${String(number)}`;
}

/** Whether the events of a record (stored bytes) leave their case closed. What cannot be read closes nothing. */
export function closes(events: Uint8Array): boolean {
  try {
    // Most records say nothing of the kind, and are not worth being parsed.
    if (!openText(events).includes('"Instance')) return false;
    return openEvents(events).reduce((over, { type }) => OVER[type] ?? over, false);
  } catch (error) {
    if (isIllegible(error)) return false;
    throw error;
  }
}

/** The leaf of a case: length of its name (u32), name, number of records (u32), SHA-256 over their frames. */
export class CaseLeaf {
  readonly #stream: string;
  readonly #frames = createHash('sha256');
  #records = 0;

  constructor(stream: string) {
    this.#stream = stream;
  }

  add(frame: Uint8Array): void {
    this.#frames.update(frame);
    this.#records += 1;
  }

  hash(): Buffer {
    const name = Buffer.from(this.#stream);
    return leafHash(u32(name.length), name, u32(this.#records), this.#frames.digest());
  }
}

/** Reads what a case was when it was closed. Records that are missing are missing in the leaf. */
export async function leafOf(log: LogReading, { stream, version }: Member, breathe: Breathe): Promise<Buffer> {
  const leaf = new CaseLeaf(stream);
  for (let read = 0; read < version;) {
    const page = await log.frames(stream, read, Math.min(FRAMES_AT_ONCE, version - read));
    if (page.length === 0) break;
    for (const { frame } of page) leaf.add(frame);
    read += page.length;
    await breathe();
  }
  return leaf.hash();
}

/** In order of the bytes of their names. */
export function inOrder<M extends Member>(members: Iterable<M>): M[] {
  return [...members].map((member) => ({ member, name: Buffer.from(member.stream) })).sort((left, right) => Buffer.compare(left.name, right.name)).map(({ member }) => member);
}

/** The cases of a stretch of the log that is read from its beginning to its end: where each stands, and whether that closed it. */
export class CasesSeen {
  readonly #last = new Map<string, Member & { readonly isOver: boolean }>();
  #closed = 0;

  see({ stream, version, events }: Standing): void {
    if (streamKind(stream) !== 'instance') return;
    const isOver = closes(events);
    this.#closed += Number(isOver) - Number(this.#last.get(stream)?.isOver ?? false);
    this.#last.set(stream, { stream, version, isOver });
  }

  get size(): number {
    return this.#last.size;
  }

  get closed(): number {
    return this.#closed;
  }

  members(): Member[] {
    return inOrder([...this.#last.values()].filter(({ isOver }) => isOver));
  }

  /** Cases that are not closed. */
  others(): Member[] {
    return inOrder([...this.#last.values()].filter(({ isOver }) => !isOver));
  }
}

/** What of a record says where its case stands. */
type Standing = Pick<StoredRecord, 'stream' | 'version' | 'events'>;

/** Reads commits behind `after` up to `through`, until `see` says that it is enough. `onIllegible`: told of a commit of which something cannot be read, and the rest of it is seen; without it that is thrown. */
export async function readStretch(log: LogReading, after: number, through: number, breathe: Breathe, see: (records: readonly Standing[], position: number) => boolean, onIllegible?: (position: number) => void): Promise<void> {
  for (let at = after; at < through;) {
    const page = await log.readAll(at, Math.min(COMMITS_AT_ONCE, through - at));
    for (const commit of page) {
      if (commit.position > through || see(onIllegible === undefined ? commit.records : legible(commit, onIllegible), commit.position)) return;
      await breathe();
    }
    if (page.length === 0) return;
    at = page.at(-1)?.position ?? through;
  }
}

/** One frame after the other, as far as they can be told apart. */
function legible({ body, position }: Pick<Commit, 'body' | 'position'>, onIllegible: (position: number) => void): Standing[] {
  const records: Standing[] = [];
  const orTell = (read: () => void): boolean => {
    try {
      read();
      return true;
    } catch (error) {
      if (!isIllegible(error)) throw error;
      onIllegible(position);
      return false;
    }
  };
  for (let offset = 0, isWhole = true; offset < body.length && isWhole;) {
    isWhole = orTell(() => {
      const frame = frameIn(body, offset);
      offset += frame.length;
      orTell(() => records.push(readFrame(frame)));
    });
  }
  return records;
}

/** Segment `number`; undefined where there is none. Throws AUDIT_SEGMENT_UNREADABLE. */
export async function readSegment(log: LogReading, number: number): Promise<Segment | undefined> {
  const [first] = await log.frames(segmentStream(number), 0, 1);
  return first && { number, position: first.position, frame: first.frame, sealed: parseSegment(first.frame, number) };
}

/** What the frame of record 1 of a segment says. Throws AUDIT_SEGMENT_UNREADABLE. */
export function parseSegment(frame: Uint8Array, number: number): SegmentSealed {
  const sealed = eventOf(frame, number, 1) as Partial<SegmentSealed> | undefined;
  const { from, through, streams, records, root, earlier } = sealed ?? {};
  const areCounts = [from, through, streams, records].every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
  if (sealed?.type !== 'SegmentSealed' || !areCounts || !isHash(root) || !Array.isArray(earlier) || !earlier.every(isHash)) throw new AuditError('AUDIT_SEGMENT_UNREADABLE', { segment: String(number) });
  return sealed as SegmentSealed;
}

/** The leaves as they were listed when the segment was sealed; undefined where they are not or do not fit its root. */
export async function listedLeaves(log: LogReading, { number, sealed }: Pick<Segment, 'number' | 'sealed'>): Promise<Buffer[] | undefined> {
  const [second] = await log.frames(segmentStream(number), 1, 1);
  const listed = second && (eventOf(second.frame, number, 2) as Partial<SegmentLeavesListed> | undefined);
  if (typeof listed?.leaves !== 'string') return undefined;
  const bytes = Buffer.from(listed.leaves, 'base64');
  const tree = new GrowingTree();
  const leaves: Buffer[] = [];
  for (let at = 0; at + HASH_BYTES <= bytes.length; at += HASH_BYTES) {
    const leaf = bytes.subarray(at, at + HASH_BYTES);
    leaves.push(leaf);
    tree.add(leaf);
  }
  return tree.size === sealed.streams && tree.root().toString('hex') === sealed.root ? leaves : undefined;
}

/** The first event of a record of a segment; undefined for bytes that are none. */
function eventOf(frame: Uint8Array, number: number, wanted: number): DomainEvent | undefined {
  try {
    const { stream, version, events } = readFrame(frame);
    return stream === segmentStream(number) && version === wanted ? openEvents(events)[0] : undefined;
  } catch (error) {
    if (isIllegible(error)) return undefined;
    throw error;
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The number of the last segment, 0 where there is none: found by halving, because they are numbered without gaps. */
export async function lastNumber(log: LogReading): Promise<number> {
  const isThere = async (number: number): Promise<boolean> => (await log.frames(segmentStream(number), 0, 1)).length > 0;
  let there = 0;
  let absent = 1;
  for (; await isThere(absent); absent *= 2) there = absent;
  while (absent - there > 1) {
    const middle = Math.floor((there + absent) / 2);
    if (await isThere(middle)) there = middle;
    else absent = middle;
  }
  return there;
}

/** The tree over all segments up to this one. Throws AUDIT_SEGMENT_UNREADABLE. */
export function treeWith({ number, frame, sealed }: Segment): GrowingTree {
  try {
    const tree = new GrowingTree(number - 1, sealed.earlier.map((hash) => Buffer.from(hash, 'hex')));
    tree.add(leafHash(frame));
    return tree;
  } catch (error) {
    if (error instanceof RangeError) throw new AuditError('AUDIT_SEGMENT_UNREADABLE', { segment: String(number) });
    throw error;
  }
}

/** What a head that is sealed now says of the segments; undefined while there are none. */
export async function segmentsRoot(log: LogReading): Promise<SegmentsRoot | undefined> {
  const segment = await readSegment(log, await lastNumber(log));
  return segment && { count: segment.number, root: treeWith(segment).root().toString('hex') };
}
