/** Checking segments: every root is computed again from the records of its cases, and what no longer fits is named. */
import type { LogReading } from '../ports/event-store.ts';
import { AuditError } from './errors.ts';
import { GrowingTree, leafHash, rootOf } from './merkle.ts';
import { CasesSeen, leafOf, listedLeaves, parseSegment, readStretch, segmentStream, treeWith } from './segments.ts';
import type { Member, Segment, SegmentsRoot } from './segments.ts';
import { isIllegible } from './stored-bytes.ts';

/** What does not fit. `stream`: the case, where it is one. */
export interface SegmentFault {
  readonly segment: number;
  readonly stream?: string;
  /** A sentence without a full stop. */
  readonly says: string;
}

/** `streams`: closed cases that are sealed; one that was opened again and closed counts as often as it was sealed. */
export interface SegmentsChecked {
  readonly segments: number;
  readonly streams: number;
  readonly faults: readonly SegmentFault[];
}

/** What a sealed head says of the segments. `name`: its day. */
export interface HeadOfSegments {
  readonly name: string;
  readonly position: number;
  readonly segments?: SegmentsRoot;
}

export interface CheckingNeeds {
  /** `doubtIndex`: finds records by another index, made anew from the log, from then on. Called before anything is blamed; absent where there is no other. */
  readonly log: LogReading & { readonly doubtIndex?: () => void };
  /** Heads whose seals hold. */
  readonly heads: readonly HeadOfSegments[];
  readonly onProgress?: (done: number, of: number) => void;
}

/** Cases of a stretch as they are now. */
interface Found {
  readonly members: readonly Member[];
  readonly others: readonly Member[];
  readonly leaves: readonly Buffer[];
  readonly unreadable: readonly number[];
}

/** Never rejects for what is wrong with the log. */
export async function checkSegments(needs: CheckingNeeds): Promise<SegmentsChecked> {
  const { log, heads, onProgress } = needs;
  const end = (await log.head()).position;
  const faults: SegmentFault[] = [];
  let doubt = log.doubtIndex;
  let tree = new GrowingTree();
  let [number, after, streams] = [1, 0, 0];
  for (; ;) {
    const [first] = await log.frames(segmentStream(number), 0, 1);
    const checked = first && await checkOne(log, { number, ...first }, after, tree);
    const isAmiss = checked === undefined ? heads.some(({ segments }) => segments !== undefined && segments.count >= number) : checked.faults.length > 0;
    if (isAmiss && doubt !== undefined) {
      // The index is no evidence against the log: once more without it.
      doubt();
      doubt = undefined;
      continue;
    }
    if (first === undefined || checked === undefined) break;
    faults.push(...checked.faults);
    tree = checked.tree;
    for (const head of heads) if (head.segments?.count === number) faults.push(...faultsOfHead(head, first.position, tree));
    streams += checked.sealed?.streams ?? 0;
    after = checked.sealed?.through ?? after;
    onProgress?.(after, end);
    number += 1;
  }
  const segments = number - 1;
  for (const { name, segments: named } of heads) if (named !== undefined && named.count > segments) faults.push({ segment: number, says: `it is missing: the sealed head of ${name} names ${String(named.count)} segments, and the log has ${String(segments)}` });
  return { segments, streams, faults };
}

/** `tree`: over all segments up to this one. */
interface Checked {
  readonly sealed?: Segment['sealed'];
  readonly tree: GrowingTree;
  readonly faults: readonly SegmentFault[];
}

async function checkOne(log: LogReading, { number, position, frame }: Omit<Segment, 'sealed'>, after: number, before: GrowingTree): Promise<Checked> {
  const faults: SegmentFault[] = [];
  const blame = (says: string, stream?: string): void => { faults.push({ segment: number, says, ...(stream !== undefined && { stream }) }); };
  const tree = new GrowingTree(before.size, before.subtrees);
  tree.add(leafHash(frame));
  const sealed = attempt(() => parseSegment(frame, number));
  if (sealed === undefined) return { tree, faults: [{ segment: number, says: 'what was sealed cannot be read' }] };
  const othersBefore = sealed.earlier.join() !== hexes(before.subtrees).join();
  if (othersBefore) blame('it names other segments before it than there are');
  // One that was changed is told once: those behind it go on from what was sealed.
  const goingOn = othersBefore ? attempt(() => treeWith({ number, position, frame, sealed })) ?? tree : tree;
  const isOrder = sealed.from <= sealed.through && sealed.through < position;
  if (sealed.from !== after + 1) blame(`it begins at commit ${String(sealed.from)}, and the one before ends at commit ${String(after)}`);
  if (isOrder) for (const { says, stream } of await differences(log, { number, sealed })) blame(says, stream);
  else blame(`it covers commits ${String(sealed.from)} to ${String(sealed.through)}, and stands in commit ${String(position)}`);
  return { sealed, tree: goingOn, faults };
}

async function differences(log: LogReading, segment: Pick<Segment, 'number' | 'sealed'>): Promise<readonly Difference[]> {
  const { sealed } = segment;
  const found = await readAgain(log, sealed);
  const unreadable = found.unreadable.map((commit) => ({ says: `a record of commit ${String(commit)} cannot be read` }));
  if (rootOf(found.leaves).toString('hex') !== sealed.root) {
    const listed = await listedLeaves(log, segment);
    return listed === undefined ? [...unreadable, { says: 'its cases have another root, and which of them was changed cannot be told: the list of its leaves does not fit the root either' }] : [...unreadable, ...compare(listed, found)];
  }
  if (await hasOtherList(log, segment)) return [...unreadable, { says: 'the list of its leaves was changed; its cases are as they were sealed' }];
  const isCounted = sealed.streams === found.members.length && sealed.records === found.members.reduce((sum, { version }) => sum + version, 0);
  return isCounted ? unreadable : [...unreadable, { says: 'it counts other cases or records than it has' }];
}

/** A list that is missing is made up for by the next sealing. */
async function hasOtherList(log: LogReading, segment: Pick<Segment, 'number' | 'sealed'>): Promise<boolean> {
  return (await log.frames(segmentStream(segment.number), 1, 1)).length > 0 && await listedLeaves(log, segment) === undefined;
}

async function readAgain(log: LogReading, { from, through }: Segment['sealed']): Promise<Found> {
  const seen = new CasesSeen();
  const unreadable = new Set<number>();
  await readStretch(log, from - 1, through, atOnce, (records) => {
    for (const record of records) seen.see(record);
    return false;
  }, (position) => { unreadable.add(position); });
  const members = seen.members();
  const leaves: Buffer[] = [];
  for (const member of members) leaves.push(await leafOf(log, member, atOnce));
  return { members, others: seen.others(), leaves, unreadable: [...unreadable] };
}

interface Difference {
  readonly says: string;
  readonly stream?: string;
}

const CHANGED = 'it is not as it was sealed';
/** Names told where there may be many. */
const NAMED = 3;

/** Both lists are in the order of names; the one that was listed has none. What neither has at its place was changed there. */
function compare(listed: readonly Buffer[], { members, others, leaves }: Found): Difference[] {
  const differences: Difference[] = [];
  const [then, now] = [hexes(listed), hexes(leaves)];
  const [wasThere, isThere] = [new Set(then), new Set(now)];
  for (let left = 0, right = 0; left < then.length || right < now.length;) {
    const [was, is, member] = [then[left], now[right], members[right]];
    const isGone = was !== undefined && !isThere.has(was);
    if (is !== undefined && member !== undefined && !wasThere.has(is)) {
      differences.push({ stream: member.stream, says: isGone ? CHANGED : 'it is closed there now, and was not when the segment was sealed' });
      right += 1;
      if (isGone) left += 1;
    } else if (isGone) {
      differences.push(missingBetween(members[right - 1]?.stream, member?.stream, others));
      left += 1;
    } else {
      left += 1;
      right += 1;
    }
  }
  return differences;
}

/** A case that was sealed and is not closed there any more. Leaves have no names: its place in their order says between which it stands, and records there may still be its own. */
function missingBetween(before: string | undefined, behind: string | undefined, others: readonly Member[]): Difference {
  const compareNames = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
  const between = others.filter(({ stream }) => (before === undefined || compareNames(before, stream) < 0) && (behind === undefined || compareNames(stream, behind) < 0)).map(({ stream }) => stream);
  const place = [...(before === undefined ? [] : [`behind ${before}`]), ...(behind === undefined ? [] : [`before ${behind}`])].join(' and ');
  const perhaps = between.length === 0 ? '' : `; not closed, but with records there: ${between.slice(0, NAMED).join(', ')}${between.length > NAMED ? ' and others' : ''}`;
  return { says: `a case is missing or not closed any more${place === '' ? '' : `, whose name stands ${place}`}${perhaps}` };
}

function faultsOfHead({ name, position, segments }: HeadOfSegments, standsIn: number, tree: GrowingTree): SegmentFault[] {
  const segment = tree.size;
  if (position < standsIn) return [{ segment, says: `the sealed head of ${name} is of commit ${String(position)} and names it, and it stands in commit ${String(standsIn)}` }];
  return segments?.root === tree.root().toString('hex') ? [] : [{ segment, says: `the segments up to it have another root than the sealed head of ${name} says` }];
}

function hexes(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString('hex'));
}

/** The value, or undefined where what was read is not what it should be. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuditError || isIllegible(error)) return undefined;
    throw error;
  }
}

async function atOnce(): Promise<void> {
  // Who checks has the time for it.
}
