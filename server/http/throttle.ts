/** Slows down guessing of passwords (OWASP authentication cheat sheet): waiting times that double, per account and per address, never a lock. */
import { createHash } from 'node:crypto';
import type { DeskStore } from '../ports/desk-store.ts';

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
const REMEMBERED = 10_000;
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

/** Counts survive a restart in the desk store; a cache in front keeps bursts of guesses in order. */
export function createThrottle(desk: DeskStore): Throttle {
  const cache = new Map<string, Failures>();
  return {
    async attempt(account, address, now) {
      const at = Date.parse(now);
      const pair = keyFor('pair', `${account}\n${address}`);
      // Where this person has signed in before they have a count of their own, which strangers elsewhere cannot raise.
      const known = await desk.get(KNOWN, pair, now) !== undefined;
      const counted: [string, Bounds][] = [[known ? pair : keyFor('account', account), ACCOUNT], [keyFor('address', address), ADDRESS]];
      for (const [key] of counted) {
        await load(cache, desk, key, now);
        keepUp(cache, key, at);
      }
      const wait = Math.max(...counted.map(([key, bounds]) => waitOf(cache.get(key), bounds, at)));
      if (wait > 0) return { wait, succeeded: async () => {} };
      // Every count rises before the first wait for the disk, so that guesses sent at once see each other.
      await Promise.all(counted.map(([key]) => store(cache, desk, key, { count: fresh(cache.get(key), at) + 1, last: at })));
      return { wait: 0, succeeded: () => forgive(cache, desk, counted.map(([key]) => key), pair, at) };
    },
  };
}

/** The account's count is cleared; the address only gets this attempt back, or one own account would buy endless guesses at others. */
async function forgive(cache: Map<string, Failures>, desk: DeskStore, [account, address]: readonly string[], pair: string, at: number): Promise<void> {
  if (account === undefined || address === undefined) return;
  cache.delete(account);
  await desk.delete(COLLECTION, account);
  await store(cache, desk, address, { count: Math.max(0, fresh(cache.get(address), at) - 1), last: at });
  await desk.put(KNOWN, { key: pair, expiresAt: new Date(at + KNOWN_MS).toISOString(), content: {} });
}

/** A clock that was set back must not keep anybody out until it has caught up. */
function keepUp(cache: Map<string, Failures>, key: string, at: number): void {
  const failures = cache.get(key);
  if (failures !== undefined && failures.last > at) cache.set(key, { ...failures, last: at });
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

async function load(cache: Map<string, Failures>, desk: DeskStore, key: string, now: string): Promise<void> {
  if (cache.has(key)) return;
  const entry = await desk.get(COLLECTION, key, now);
  if (entry !== undefined && !cache.has(key)) cache.set(key, { count: Number(entry.content['count']), last: Number(entry.content['last']) });
}

async function store(cache: Map<string, Failures>, desk: DeskStore, key: string, failures: Failures): Promise<void> {
  if (cache.size >= REMEMBERED) cache.delete(cache.keys().next().value!);
  cache.delete(key);
  cache.set(key, failures);
  await desk.put(COLLECTION, { key, expiresAt: new Date(failures.last + FORGET_MS).toISOString(), content: { count: failures.count, last: failures.last } });
}

/** Account names and addresses are kept as hashes only. */
function keyFor(kind: string, value: string): string {
  return createHash('sha256').update(`${kind}\n${value}`).digest('hex');
}
