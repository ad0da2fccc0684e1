/** Slows down guessing of passwords (OWASP authentication cheat sheet): waiting times that double, per account and per address, never a lock. */
import { createHash } from 'node:crypto';
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';

interface Failures {
  /** Failed or unfinished attempts. */
  readonly count: number;
  /** Ms since 1970 of the last one. */
  readonly last: number;
}

interface Bounds {
  /** Failures without any waiting. */
  readonly free: number;
  /** Longest wait, seconds. */
  readonly longest: number;
}

const COLLECTION = 'sign-in-failures';
const KNOWN = 'sign-in-known';
const FORGET_MS = 15 * 60_000;
const KNOWN_MS = 30 * 86_400_000;
// An account waits a minute at most: a stranger who guesses on purpose must not keep its owner out.
const ACCOUNT: Bounds = { free: 5, longest: 60 };
const ADDRESS: Bounds = { free: 20, longest: 900 };

export interface Attempt {
  /** Seconds to wait; 0: the attempt may be made and counts as failed until `succeeded`. */
  readonly wait: number;
  succeeded(): Promise<void>;
}

export interface Throttle {
  attempt(account: string, address: string, now: string): Promise<Attempt>;
}

/** Counts live in the desk store, shared by all nodes; each rises in one step, so that guesses sent at once, wherever they arrive, see each other. */
export function createThrottle(desk: DeskStore): Throttle {
  return {
    async attempt(account, address, now) {
      const at = Date.parse(now);
      const pair = keyFor('pair', `${account}\n${address}`);
      // Where this person has signed in before they have a count of their own, which strangers elsewhere cannot raise.
      const known = await desk.get(KNOWN, pair, now) !== undefined;
      const counted: [string, Bounds][] = [[known ? pair : keyFor('account', account), ACCOUNT], [keyFor('address', address), ADDRESS]];
      // Who has to wait is not counted again, on neither side.
      const before = await Promise.all(counted.map(async ([key, bounds]) => waitOf(await standing(desk, key, now), bounds, at)));
      const waits = Math.max(...before) > 0 ? before : await Promise.all(counted.map(([key, bounds]) => raise(desk, key, bounds, now)));
      const wait = Math.max(...waits);
      return { wait, succeeded: wait > 0 ? async () => {} : () => forgive(desk, counted.map(([key]) => key), pair, now) };
    },
  };
}

/** The count of a key. A clock that was set back must not keep anybody out until it has caught up. */
async function standing(desk: DeskStore, key: string, now: string): Promise<Failures | undefined> {
  const at = Date.parse(now);
  const failures = failuresOf(await desk.get(COLLECTION, key, now));
  if (failures === undefined || failures.last <= at) return failures;
  const kept = { ...failures, last: at };
  await desk.update(COLLECTION, key, now, (entry) => (entry === undefined ? undefined : entryOf(key, kept)));
  return kept;
}

/** Counts an attempt; answers the seconds to wait, and then it was not counted. */
async function raise(desk: DeskStore, key: string, bounds: Bounds, now: string): Promise<number> {
  const at = Date.parse(now);
  let wait = 0;
  await desk.update(COLLECTION, key, now, (before) => {
    const failures = failuresOf(before);
    wait = waitOf(failures, bounds, at);
    return wait > 0 ? undefined : entryOf(key, { count: fresh(failures, at) + 1, last: at });
  });
  return wait;
}

/** The account's count is cleared; the address only gets this attempt back, or one own account would buy endless guesses at others. */
async function forgive(desk: DeskStore, [account, address]: readonly string[], pair: string, now: string): Promise<void> {
  if (account === undefined || address === undefined) return;
  const at = Date.parse(now);
  await desk.delete(COLLECTION, account);
  await desk.update(COLLECTION, address, now, (before) => entryOf(address, { count: Math.max(0, fresh(failuresOf(before), at) - 1), last: at }));
  await desk.put(KNOWN, { key: pair, expiresAt: new Date(at + KNOWN_MS).toISOString(), content: {} });
}

function waitOf(failures: Failures | undefined, bounds: Bounds, at: number): number {
  const count = fresh(failures, at);
  if (failures === undefined || count < bounds.free) return 0;
  const seconds = Math.min(2 ** (count - bounds.free), bounds.longest);
  return Math.max(0, Math.ceil((failures.last + seconds * 1_000 - at) / 1_000));
}

function fresh(failures: Failures | undefined, at: number): number {
  return failures === undefined || at - failures.last > FORGET_MS ? 0 : failures.count;
}

function failuresOf(entry: DeskEntry | undefined): Failures | undefined {
  return entry === undefined ? undefined : { count: Number(entry.content['count']), last: Number(entry.content['last']) };
}

function entryOf(key: string, failures: Failures): DeskEntry {
  return { key, expiresAt: new Date(failures.last + FORGET_MS).toISOString(), content: { ...failures } };
}

/** Account names and addresses are kept as hashes only. */
function keyFor(kind: string, value: string): string {
  return createHash('sha256').update(`${kind}\n${value}`).digest('hex');
}
