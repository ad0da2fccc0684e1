/** What is remembered of anchoring: which head was handed over for whom, and how it stands. In the desk store, where a restart and other nodes find it. */
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { HeadBook } from '../ports/head-book.ts';
import type { Head } from './index.ts';

/** One entry for each head and recipient, kept for ever; its owner is the recipient. */
const HANDED_OVER = 'anchors';
/** One entry: for whom the server anchors, and what failed at its last attempt. */
const STANDING = 'anchoring';
const KEY = 'standing';

/** `head`: its day. `said`: what the mail server answered. */
export interface HandedOver {
  readonly head: string;
  readonly to: string;
  /** ISO 8601 UTC instant. */
  readonly at: string;
  readonly said: string;
}

/** `failures`: of the last attempt, one for each recipient who did not get it. */
export interface Standing {
  readonly to: readonly string[];
  readonly failures: readonly { readonly to: string; readonly says: string }[];
}

type Desk = Pick<DeskStore, 'get' | 'put' | 'list' | 'delete'>;

export async function noteHandedOver(desk: Pick<Desk, 'put'>, note: HandedOver): Promise<void> {
  const { head, to, at, said } = note;
  await desk.put(HANDED_OVER, { key: `${head} ${to}`, owner: to, content: { head, to, at, said } satisfies HandedOver });
}

/** Days of the heads that `to` has been handed. */
export async function handedOver(desk: Pick<Desk, 'list'>, to: string, now: string): Promise<ReadonlySet<string>> {
  const entries = await desk.list(HANDED_OVER, to, now, Number.MAX_SAFE_INTEGER);
  return new Set(entries.map(({ content }) => String(content['head'])));
}

/** `undefined`: the heads are not anchored. */
export async function noteStanding(desk: Pick<Desk, 'put' | 'delete'>, standing: Standing | undefined): Promise<void> {
  if (standing === undefined) await desk.delete(STANDING, KEY);
  else await desk.put(STANDING, { key: KEY, content: { ...standing } });
}

export async function readStanding(desk: Pick<Desk, 'get'>, now: string): Promise<Standing | undefined> {
  return (await desk.get(STANDING, KEY, now) as (DeskEntry & { readonly content: Standing }) | undefined)?.content;
}

/** Heads that somebody has not got yet, the oldest first, and the newest that everybody has. */
export interface Waiting {
  readonly of: ReadonlyMap<string, readonly string[]>;
  readonly oldest: string | undefined;
  readonly last: string | undefined;
  readonly count: number;
}

/** `names`: of all sealed heads, the oldest first. */
export async function waitingHeads(names: readonly string[], desk: Pick<Desk, 'list'>, to: readonly string[], now: string): Promise<Waiting> {
  const of = new Map<string, readonly string[]>();
  for (const each of to) {
    const has = await handedOver(desk, each, now);
    of.set(each, names.filter((name) => !has.has(name)));
  }
  const waiting = new Set([...of.values()].flat());
  return { of, oldest: names.find((name) => waiting.has(name)), last: names.findLast((name) => !waiting.has(name)), count: waiting.size };
}

/** One look of the doctor. `bad`: a head has been waiting for longer than {@link LATE_MS}. */
export async function lookAtAnchoring(book: Pick<HeadBook, 'names' | 'read'>, desk: Pick<Desk, 'get' | 'list'>, now: string): Promise<{ readonly state: 'good' | 'note' | 'bad'; readonly says: string }> {
  const standing = await readStanding(desk, now);
  if (standing === undefined) return { state: 'note', says: 'sealed heads are not mailed to anybody outside: set PITON_ANCHOR_MAIL, or copy them by hand (piton audit export-heads)' };
  const { of, oldest, last } = await waitingHeads(await book.names(), desk, standing.to, now);
  const whom = standing.to.join(', ');
  if (oldest === undefined) return { state: 'good', says: last === undefined ? `no head is sealed yet; they will be mailed to ${whom}` : `every sealed head was mailed to ${whom}, the last of ${last}` };
  const state = await ageOf(book, oldest, now) > LATE_MS ? 'bad' : 'note';
  return { state, says: [...of].flatMap(([to, names]) => (names[0] === undefined ? [] : [lacking(to, names.length, names[0], standing)])).join('; ') };
}

function lacking(to: string, count: number, since: string, { failures }: Standing): string {
  const why = failures.find((failure) => failure.to === to);
  return `${to} lacks ${String(count)} sealed ${count === 1 ? 'head' : 'heads'} since ${since}${why === undefined ? '' : ` (${why.says})`}`;
}

/** A head that waits for longer is told as being late: one day. */
export const LATE_MS = 24 * 60 * 60_000;

/** Milliseconds since a head was sealed; where it cannot be read, since its day began. */
export async function ageOf(book: Pick<HeadBook, 'read'>, name: string, now: string): Promise<number> {
  const head = await book.read(name);
  const sealed = head && writtenIn(head.content);
  return Date.parse(now) - Date.parse(sealed?.at ?? `${name}T00:00:00Z`);
}

/** What a head says. Undefined: it is damaged; it is mailed all the same, and `piton audit verify` tells. */
export function writtenIn(content: Uint8Array): Head | undefined {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8')) as Head;
  } catch {
    return undefined;
  }
}
