/** Web sessions after sign-in with account name and password (OWASP session management cheat sheet; NIST SP 800-63B-4, 5): kept in the desk store. */
import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { DeskEntry, DeskStore } from '../ports/desk-store.ts';
import type { Directory, Person } from '../ports/directory.ts';
import type { Ids } from '../ports/ids.ts';
import type { Session } from './contract/bind.ts';
import type { Sessions, SignInOutcome, SignInRequest } from './contract/services.ts';
import { createThrottle } from './throttle.ts';

/**
 * `verify`: true when the password is the account's; it takes as long for unknown accounts. `secure`: the outside sees https.
 * `idleMinutes`, `longestHours`: when a session ends without requests, and in any case.
 */
export interface SessionsOptions {
  readonly desk: DeskStore;
  readonly directory: Directory;
  readonly verify: (account: string, password: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly secure: boolean;
  readonly idleMinutes: number;
  readonly longestHours: number;
}

const COLLECTION = 'sessions';
// An idle deadline is moved at most once a minute, so that reading pages does not write for every request.
const TOUCH_MS = 60_000;
const ENDED = 1_000;

interface Content {
  readonly csrf: string;
  readonly signedInAt: string;
  readonly until: string;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { desk, directory, clock, ids } = options;
  const throttle = createThrottle(desk);
  const cookieName = options.secure ? '__Host-piton' : 'piton';
  const find = async (cookies: string): Promise<DeskEntry | undefined> => {
    const token = cookieValue(cookies, cookieName);
    return token === undefined ? undefined : desk.get(COLLECTION, nameOf(token), clock.now());
  };
  // What ended a moment ago, so that a request that runs at the same time does not write its session again.
  const ended = new Set<string>();
  const listeners = new Set<() => void>();
  const end = async (cookies: string): Promise<void> => {
    const token = cookieValue(cookies, cookieName);
    if (token === undefined) return;
    remember(ended, nameOf(token));
    await desk.delete(COLLECTION, nameOf(token));
    for (const listener of listeners) listener();
  };
  const standing = async (cookies: string): Promise<{ readonly entry: DeskEntry; readonly person: Person } | undefined> => {
    const entry = await find(cookies);
    const person = entry?.owner === undefined ? undefined : directory.person(entry.owner);
    return entry === undefined || person?.active !== true || ended.has(entry.key) ? undefined : { entry, person };
  };
  const begin = async (person: string): Promise<{ readonly token: string; readonly entry: DeskEntry }> => {
    const now = Date.parse(clock.now());
    const until = instant(now + options.longestHours * 3_600_000);
    const token = ids.token(32);
    const content: Content = { csrf: ids.token(32), signedInAt: instant(now), until };
    const entry = { key: nameOf(token), owner: person, expiresAt: earlier(instant(now + options.idleMinutes * 60_000), until), content: { ...content } };
    await desk.put(COLLECTION, entry);
    return { token, entry };
  };
  const confirm: Sessions['confirm'] = async (account, password, address) => {
    const attempt = await throttle.attempt(account, address, clock.now());
    if (attempt.wait > 0) return { seconds: attempt.wait };
    const right = await options.verify(account, password) && directory.person(account)?.active === true;
    if (right) await attempt.succeeded();
    return right;
  };
  const signIn = async (request: SignInRequest): Promise<SignInOutcome> => {
    const account = request.account.trim().toLowerCase();
    const right = await confirm(account, request.password, request.address);
    if (typeof right === 'object') return { outcome: 'throttled', seconds: right.seconds };
    const person = directory.person(account);
    if (!right || person === undefined) return { outcome: 'wrong' };
    await end(request.cookies);
    const { token, entry } = await begin(person.id);
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', ...(options.secure ? ['Secure'] : [])];
    return { outcome: 'signed-in', session: sessionOf(entry, person), cookie: [`${cookieName}=${token}`, ...attributes].join('; ') };
  };
  return {
    signIn, confirm,
    async resume(cookies) {
      const found = await standing(cookies);
      return found === undefined ? undefined : sessionOf(await touched(found.entry, options), found.person);
    },
    async peek(cookies) {
      const found = await standing(cookies);
      return found === undefined ? undefined : sessionOf(found.entry, found.person);
    },
    onEnd(listener) {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    async signOut(cookies) {
      await end(cookies);
      return `${cookieName}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${options.secure ? '; Secure' : ''}`;
    },
    async endAll(person) {
      for (const entry of await desk.list(COLLECTION, person, clock.now())) remember(ended, entry.key);
      await desk.deleteOwned(COLLECTION, person);
      for (const listener of listeners) listener();
    },
  };
}

async function touched(entry: DeskEntry, options: SessionsOptions): Promise<DeskEntry> {
  const { until } = entry.content as unknown as Content;
  const idleUntil = earlier(instant(Date.parse(options.clock.now()) + options.idleMinutes * 60_000), until);
  if (Date.parse(idleUntil) - Date.parse(entry.expiresAt!) < TOUCH_MS) return entry;
  const moved = { ...entry, expiresAt: idleUntil };
  try {
    // A session that was ended meanwhile, on this node or another, is not written again.
    await options.desk.update(COLLECTION, entry.key, options.clock.now(), (before) => (before === undefined ? undefined : moved));
    return moved;
  } catch {
    // On a full disk the session ends at its old time; reading goes on until then.
    return entry;
  }
}

function sessionOf(entry: DeskEntry, person: Session['person']): Session {
  const { csrf, signedInAt, until } = entry.content as unknown as Content;
  return { person, csrf, signedInAt, idleUntil: entry.expiresAt!, until };
}

function remember(ended: Set<string>, name: string): void {
  if (ended.size >= ENDED) ended.delete(ended.values().next().value!);
  ended.add(name);
}

/** The store knows a session by the hash of its token only: who reads the store cannot become somebody. */
function nameOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function cookieValue(cookies: string, name: string): string | undefined {
  for (const part of cookies.split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return undefined;
}

function instant(millis: number): string {
  return new Date(millis).toISOString();
}

function earlier(left: string, right: string): string {
  return left < right ? left : right;
}
