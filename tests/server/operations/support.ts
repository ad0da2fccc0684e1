/** What the tests of bad days share: a folder that was seeded once, an officer who has signed in, and the log as it lies on the disk. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyChain } from '../../../server/stores/commit.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { allCommits } from '../../contracts/event-store.ts';
import { APPLICATION } from '../../support/leave.ts';
import { accountsOf, exchange, signIn } from '../../support/letter.ts';
import type { Answered, Signed } from '../../support/letter.ts';
import { startServer } from '../../support/server-process.ts';

export interface Seeded {
  readonly folder: string;
  readonly officer: Signed;
  /** A folder of its own with the same content, in `under`. */
  copy(under?: string): Promise<string>;
  remove(): Promise<void>;
}

/** Starts a server once; sessions outlive it. */
export async function seed(): Promise<Seeded> {
  const folder = await mkdtemp(join(tmpdir(), 'piton-bad-day-'));
  const server = await startServer(join(folder, 'seeded'));
  const password = accountsOf(server.lines).get('administrative.officer')?.password ?? '';
  const officer = await signIn(server.url, 'administrative.officer', password);
  await server.stop();
  let copies = 0;
  return {
    folder, officer,
    async copy(under = folder) {
      const to = join(under, `copy-${String(copies += 1)}`);
      await cp(join(folder, 'seeded'), to, { recursive: true });
      return to;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Applies for leave with this idempotency key. */
export function apply(url: string, officer: Signed, key: string): Promise<Answered> {
  return exchange(url, officer, { account: '', method: 'POST', path: '/api/v1/instances', body: { processId: 'leave', variables: APPLICATION }, key });
}

/** The streams of the cases of a log that nobody works on any more, each once per start; throws unless the chain is whole. */
export async function startsIn(folder: string): Promise<readonly string[]> {
  const store = await openSqliteEventStore({ folder });
  const commits = await allCommits(store);
  await store.close();
  const verdict = await verifyChain(commits);
  if (!verdict.valid) throw new Error(`Expected the chain to be whole, but ${JSON.stringify(verdict)}`);
  return commits.flatMap(({ records }) => records).filter(({ commandType }) => commandType === 'StartInstance').map(({ stream }) => stream);
}
