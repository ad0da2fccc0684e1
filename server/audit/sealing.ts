/**
 * Sealing closed cases into segments: one after the other, each small enough to be held in memory, with rests in between. Where a segment begins is
 * told by the one before, so it goes on after any end, and who is second at a segment finds it taken.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import { AuditError } from './errors.ts';
import { GrowingTree, rootOf } from './merkle.ts';
import { CasesSeen, lastNumber, leafOf, listedLeaves, readSegment, readStretch, segmentStream, treeWith } from './segments.ts';
import type { Breathe, Member, Segment, SegmentLeavesListed, SegmentSealed } from './segments.ts';
import { layOutOpen } from './stored-bytes.ts';

export interface SealingNeeds {
  readonly store: Pick<EventStore, 'append' | 'readAll' | 'frames' | 'head'>;
  readonly clock: Clock;
  /** Between small steps; absent: without rests. */
  readonly breathe?: Breathe;
  /** Asked before each segment whether there is time for one more; absent: always. */
  readonly goesOn?: () => boolean | Promise<boolean>;
  /** Cases of one segment from which on it is full; default 1,024. */
  readonly fullAt?: number;
  /** `through` of `of` commits are covered. */
  readonly onSealed?: (segment: { readonly number: number; readonly streams: number; readonly through: number; readonly of: number }) => void;
}

/** `isDone`: nothing was left when it ended. */
export interface Sealing {
  readonly segments: number;
  readonly streams: number;
  readonly isDone: boolean;
}

interface Stretch {
  readonly from: number;
  readonly through: number;
  readonly members: readonly Member[];
}

/** Their hashes are computed within some milliseconds, and a proof has ten of them. */
const FULL_AT = 1_024;
/** Cases at work that are met on the way to one full segment: what is held of them is bounded, too. */
const SEEN_TIMES = 8;
const ACTOR = { person: 'system' };
/** Work shorter than this is not worth a rest, milliseconds. */
const BREATH_MS = 5;
const REST = 4;

/** Seals what is closed by now. Rejects with AUDIT_SEGMENT_UNREADABLE or AUDIT_SEGMENT_DIFFERS where the log was changed, and with what the store says. */
export async function sealSegments(needs: SealingNeeds): Promise<Sealing> {
  const { store, goesOn = () => true } = needs;
  const { position: end } = await store.head();
  let [segments, streams] = [0, 0];
  let last = await lastSegment(needs);
  while (await goesOn()) {
    const stretch = await nextStretch(needs, (last?.sealed.through ?? 0) + 1, end);
    if (stretch === undefined) return { segments, streams, isDone: true };
    if (await sealOne(needs, last, stretch)) {
      segments += 1;
      streams += stretch.members.length;
      needs.onSealed?.({ number: (last?.number ?? 0) + 1, streams: stretch.members.length, through: stretch.through, of: end });
    }
    last = await lastSegment(needs);
  }
  return { segments, streams, isDone: false };
}

/** Rests four times as long as it has worked: four fifths of every moment belong to others. Throws when `signal` says stop. */
export function restful(signal: AbortSignal): Breathe {
  let began = performance.now();
  return async () => {
    signal.throwIfAborted();
    const worked = performance.now() - began;
    if (worked < BREATH_MS) return;
    await pause(REST * worked, undefined, { signal });
    began = performance.now();
  };
}

/** The segment to go on behind. One whose leaves were not listed any more, because the process was killed, gets them. */
async function lastSegment(needs: SealingNeeds): Promise<Segment | undefined> {
  const { store, breathe = atOnce } = needs;
  const segment = await readSegment(store, await lastNumber(store));
  if (segment === undefined || await listedLeaves(store, segment) !== undefined) return segment;
  const seen = new CasesSeen();
  await readStretch(store, segment.sealed.from - 1, segment.sealed.through, breathe, (records) => { for (const record of records) seen.see(record); return false; });
  const leaves = await leavesOf(needs, seen.members());
  if (rootOf(leaves).toString('hex') !== segment.sealed.root) throw new AuditError('AUDIT_SEGMENT_DIFFERS', { segment: String(segment.number) });
  await listLeaves(needs, segment.number, leaves);
  return segment;
}

/** From a commit on as many as fill a segment; undefined where nothing is closed up to the end. */
async function nextStretch({ store, breathe = atOnce, fullAt = FULL_AT }: SealingNeeds, from: number, end: number): Promise<Stretch | undefined> {
  const seen = new CasesSeen();
  let through = 0;
  await readStretch(store, from - 1, end, breathe, (records, position) => {
    for (const record of records) seen.see(record);
    through = position;
    return seen.closed >= fullAt || seen.size >= fullAt * SEEN_TIMES;
  });
  const isFull = seen.size >= fullAt * SEEN_TIMES;
  return seen.closed === 0 && !isFull ? undefined : { from, through, members: seen.members() };
}

/** False: somebody else was first. */
async function sealOne(needs: SealingNeeds, last: Segment | undefined, { from, through, members }: Stretch): Promise<boolean> {
  const leaves = await leavesOf(needs, members);
  const number = (last?.number ?? 0) + 1;
  const earlier = last === undefined ? new GrowingTree() : treeWith(last);
  const sealed: SegmentSealed = {
    type: 'SegmentSealed', from, through, streams: members.length, records: members.reduce((sum, { version }) => sum + version, 0),
    root: rootOf(leaves).toString('hex'), earlier: earlier.subtrees.map((hash) => hash.toString('hex')),
  };
  const { outcome } = await needs.store.append({ stream: segmentStream(number), expectedVersion: 0, commandType: 'SealSegment', actor: ACTOR, at: needs.clock.now(), events: layOutOpen([sealed]) });
  if (outcome !== 'appended') return false;
  await listLeaves(needs, number, leaves);
  return true;
}

async function leavesOf({ store, breathe = atOnce }: SealingNeeds, members: readonly Member[]): Promise<Buffer[]> {
  const leaves: Buffer[] = [];
  for (const member of members) leaves.push(await leafOf(store, member, breathe));
  return leaves;
}

/** A conflict is another node that listed the same. */
async function listLeaves({ store, clock }: SealingNeeds, number: number, leaves: readonly Uint8Array[]): Promise<void> {
  const listed: SegmentLeavesListed = { type: 'SegmentLeavesListed', leaves: Buffer.concat(leaves).toString('base64') };
  await store.append({ stream: segmentStream(number), expectedVersion: 1, commandType: 'ListLeaves', actor: ACTOR, at: clock.now(), events: layOutOpen([listed]) });
}

async function atOnce(): Promise<void> {
  // Without rests, for who has the log for himself.
}
