/**
 * The head of the log, sealed once a day: with a copy kept elsewhere nobody can cut off the end of the log or write it anew without
 * being found out (`piton audit verify`). The time stamp inside the seal proves when the head stood there.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { HeadBook, SealedHead } from '../ports/head-book.ts';
import type { Sealer } from '../ports/signing.ts';

/** Folder of the heads in the data folder: `2026-11-22.json` with its detached seal `2026-11-22.p7s`. */
export const HEADS = 'heads';

/** What is sealed: the exact bytes of the file. `at`: ISO 8601 UTC instant. */
export interface Head {
  readonly position: number;
  readonly hash: string;
  readonly at: string;
  /** Unit id of the agency whose seal it bears. */
  readonly agency: string;
}

export interface AuditNeeds {
  readonly book: HeadBook;
  readonly store: Pick<EventStore, 'head'>;
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

/** Seals today's head if that has not been done. Answers its name. */
export async function sealHead({ book, store, sealer, agency, clock }: Omit<AuditNeeds, 'onFailure' | 'mayLook'>): Promise<string | undefined> {
  const at = clock.now();
  const name = at.slice(0, 10);
  const sealedBy = agency();
  const { position, hash } = await store.head();
  if (sealedBy === undefined || position === 0 || await book.has(name)) return undefined;
  const content = Buffer.from(`${JSON.stringify({ position, hash, at, agency: sealedBy } satisfies Head)}\n`);
  const { signature } = await sealer.sealDetached({ agency: sealedBy, content, at });
  await book.put({ name, content, signature });
  return name;
}

/** Seals the head now and once on every day that follows. Answers the way to stop. */
export function sealHeadsDaily(needs: AuditNeeds): () => void {
  const look = (): void => { lookOnce(needs).catch(needs.onFailure); };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  return () => { clearInterval(timer); };
}

async function lookOnce(needs: AuditNeeds): Promise<void> {
  if (await needs.mayLook?.() !== false) await sealHead(needs);
}

/** The sealed heads as two files each in the folder `heads` of a data folder. */
export function headsOfFolder(folder: string): HeadBook {
  const heads = join(folder, HEADS);
  return {
    has: (name) => Promise.resolve(existsSync(join(heads, `${name}.p7s`))),
    async put({ name, content, signature }) {
      await mkdir(heads, { recursive: true });
      // The seal comes last: a head without one is made anew.
      await write(join(heads, `${name}.json`), content);
      await write(join(heads, `${name}.p7s`), signature);
    },
    all: () => readHeads(folder),
  };
}

/** The sealed heads of a data folder, the oldest first; `content` are the bytes the seal covers. */
export async function readHeads(folder: string): Promise<readonly SealedHead[]> {
  const heads = join(folder, HEADS);
  const names = existsSync(heads) ? (await readdir(heads)).filter((file) => file.endsWith('.p7s')).sort() : [];
  return Promise.all(names.map(async (file) => {
    const name = file.slice(0, -'.p7s'.length);
    return { name, content: await readFile(join(heads, `${name}.json`)), signature: await readFile(join(heads, file)) };
  }));
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
