/**
 * The head of the log, sealed once a day: with a copy kept elsewhere nobody can cut off the end of the log or write it anew without
 * being found out (`piton audit verify`). The time stamp inside the seal proves when the head stood there. Before it, closed cases are sealed into
 * segments; the head names the root over all of them, so that one case can be proven by itself.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LogReading } from '../ports/event-store.ts';
import type { HeadBook, SealedHead } from '../ports/head-book.ts';
import type { Sealer } from '../ports/signing.ts';
import { AuditError } from './errors.ts';
import { restful, sealSegments } from './sealing.ts';
import { closes, lastNumber, readSegment, segmentsRoot } from './segments.ts';
import type { SegmentsRoot } from './segments.ts';

/** Folder of the heads in the data folder: `2026-11-22.json` with its detached seal `2026-11-22.p7s`. */
export const HEADS = 'heads';
const SEAL = '.p7s';

/** What is sealed: the exact bytes of the file. `at`: ISO 8601 UTC instant. */
export interface Head {
  readonly position: number;
  readonly hash: string;
  readonly at: string;
  /** Unit id of the agency whose seal it bears. */
  readonly agency: string;
  /** Of all segments up to `position`; absent while there are none. */
  readonly segments?: SegmentsRoot;
}

export interface AuditNeeds {
  readonly book: HeadBook;
  readonly store: Pick<EventStore, 'append' | 'frames' | 'head' | 'readAll'>;
  readonly sealer: Pick<Sealer, 'sealDetached'>;
  /** The agency that seals; undefined while the organisation has none: then nothing is sealed yet. */
  readonly agency: () => string | undefined;
  readonly clock: Clock;
  /** Of many nodes one seals; absent: this one. */
  readonly mayLook?: () => Promise<boolean>;
  readonly onFailure: (error: unknown) => void;
}

/** How often it is looked whether a new day has begun. */
const LOOK_MS = 15 * 60_000;

/** How long segments may keep today's head waiting. What is left then is sealed at the next looks. */
const SEGMENTS_MS = 5 * 60_000;

/** Seals today's head if that has not been done. Answers its name. */
export async function sealHead({ book, store, sealer, agency, clock }: Omit<AuditNeeds, 'onFailure' | 'mayLook'>): Promise<string | undefined> {
  const at = clock.now();
  const name = at.slice(0, 10);
  const sealedBy = agency();
  if (sealedBy === undefined || await book.has(name)) return undefined;
  // Before the head: what it names lies in the chain under it.
  const segments = await segmentsRoot(store).catch(withoutSegments);
  const { position, hash } = await store.head();
  if (position === 0) return undefined;
  const content = Buffer.from(`${JSON.stringify({ position, hash, at, agency: sealedBy, ...(segments && { segments }) } satisfies Head)}\n`);
  const { signature } = await sealer.sealDetached({ agency: sealedBy, content, at });
  await book.put({ name, content, signature });
  return name;
}

/** A segment that was changed is told by the sealing of the next one and by `piton audit verify`; it may not keep the head from being sealed. */
function withoutSegments(error: unknown): undefined {
  if (!(error instanceof AuditError)) throw error;
}

/** Which closed cases are sealed, for a rebuild of tables that leaves them out: a segment that was changed seals none. `through`: the commit up to which; 0: none are. */
export function sealedCases(log: LogReading): { readonly through: () => Promise<number>; readonly closes: (events: Uint8Array) => boolean } {
  const last = async (): Promise<number> => (await readSegment(log, await lastNumber(log)))?.sealed.through ?? 0;
  return { closes, through: async () => await last().catch(withoutSegments) ?? 0 };
}

/** Seals closed cases and the head now and once on every day that follows. Answers the way to stop, which waits for what is under way. */
export function sealHeadsDaily(needs: AuditNeeds): () => Promise<void> {
  const stopping = new AbortController();
  let isLeft = true;
  let working: Promise<void> | undefined;
  const look = (): void => {
    working ??= lookOnce(needs, isLeft, stopping.signal)
      .then((left) => { isLeft = left; }, (error: unknown) => { if (!stopping.signal.aborted) needs.onFailure(error); })
      .finally(() => { working = undefined; });
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await working;
  };
}

/** Answers whether closed cases are left to be sealed. */
async function lookOnce(needs: AuditNeeds, isLeft: boolean, signal: AbortSignal): Promise<boolean> {
  const { book, clock, onFailure } = needs;
  const mayLook = needs.mayLook ?? (async () => true);
  if (!await mayLook()) return isLeft;
  let left = isLeft;
  if (isLeft || !await book.has(clock.now().slice(0, 10))) {
    const until = performance.now() + SEGMENTS_MS;
    const sealing = sealSegments({ store: needs.store, clock, breathe: restful(signal), goesOn: async () => performance.now() < until && await mayLook() });
    // Whatever keeps cases from being sealed, the head is sealed all the same.
    left = await sealing.then(({ isDone }) => !isDone, (error: unknown) => { if (!signal.aborted) onFailure(error); return true; });
    signal.throwIfAborted();
  }
  await sealHead(needs);
  return left;
}

/** The sealed heads as two files each in the folder `heads` of a data folder. */
export function headsOfFolder(folder: string): HeadBook {
  const heads = join(folder, HEADS);
  return {
    has: (name) => Promise.resolve(existsSync(join(heads, `${name}${SEAL}`))),
    names: () => namesIn(heads),
    read: async (name) => (existsSync(join(heads, `${name}${SEAL}`)) ? readHead(heads, name) : undefined),
    async put({ name, content, signature }) {
      await mkdir(heads, { recursive: true });
      // The seal comes last: a head without one is made anew.
      await write(join(heads, `${name}.json`), content);
      await write(join(heads, `${name}${SEAL}`), signature);
    },
    all: async () => Promise.all((await namesIn(heads)).map((name) => readHead(heads, name))),
  };
}

async function namesIn(heads: string): Promise<readonly string[]> {
  return existsSync(heads) ? (await readdir(heads)).filter((file) => file.endsWith(SEAL)).map((file) => file.slice(0, -SEAL.length)).sort() : [];
}

async function readHead(heads: string, name: string): Promise<SealedHead> {
  return { name, content: await readFile(join(heads, `${name}.json`)), signature: await readFile(join(heads, `${name}${SEAL}`)) };
}

async function write(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(`${file}.unfinished`, 'w');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.unfinished`, file);
}
