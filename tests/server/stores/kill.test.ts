/** The log under `kill -9` at its two dangerous moments, judged from outside by what the dead process had said. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EventStore, StoredRecord } from '../../../server/ports/event-store.ts';
import { verifyChain } from '../../../server/stores/commit.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { allCommits, newRecord, requestHash } from '../../contracts/event-store.ts';
import { runWriterChild } from './child-process.ts';
import type { HistoryLine } from './writer-child.ts';

const CLIENTS = 20;

const name = ({ stream, version }: Pick<HistoryLine, 'stream' | 'version'>): string => `${stream}-${String(version)}`;

/** What the log must be after any crash: all acknowledged, nothing invented, whole chain. */
async function judge(store: EventStore, history: readonly HistoryLine[]): Promise<StoredRecord[]> {
  const commits = await allCommits(store);
  expect(await verifyChain(commits)).to.include({ valid: true });
  const records = commits.flatMap((commit) => commit.records);
  const stored = new Map(records.map((record) => [name(record), record]));
  expect(stored.size).to.equal(records.length);
  for (const ack of history.filter(({ act }) => act === 'ack')) expect(stored.get(name(ack))?.position, name(ack)).to.equal(ack.position);
  const tried = new Set(history.filter(({ act }) => act === 'try').map(name));
  for (const found of stored.keys()) expect(tried.has(found), found).to.equal(true);
  return records;
}

describe('the log of a process killed while it writes', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-kill-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  for (const after of [1, 7, 23]) {
    it(`holds nothing of the batch when it dies before commit ${String(after)}`, async function () {
      this.timeout(30_000);
      const { history, signal } = await runWriterChild({ folder, clients: CLIENTS, recordsPerClient: 50, failpoint: { name: 'before-commit', after } });
      expect(signal).to.equal('SIGKILL');
      const store = await openSqliteEventStore({ folder });
      const records = await judge(store, history);
      expect((await store.head()).position).to.equal(after - 1);
      expect(records).to.have.length(CLIENTS * (after - 1));
      await retry(store, history, 'appended');
      await store.close();
    });

    it(`holds the whole batch when it dies after commit ${String(after)}, before the answer`, async function () {
      this.timeout(30_000);
      const { history, signal } = await runWriterChild({ folder, clients: CLIENTS, recordsPerClient: 50, failpoint: { name: 'after-commit', after } });
      expect(signal).to.equal('SIGKILL');
      const store = await openSqliteEventStore({ folder });
      const records = await judge(store, history);
      expect((await store.head()).position).to.equal(after);
      expect(records).to.have.length(CLIENTS * after);
      await retry(store, history, 'duplicate');
      await store.close();
    });
  }

  /** Sends again what was never answered. */
  async function retry(store: EventStore, history: readonly HistoryLine[], outcome: string): Promise<void> {
    const acked = new Set(history.filter(({ act }) => act === 'ack').map(name));
    const open = history.filter((line) => line.act === 'try' && !acked.has(name(line)));
    expect(open).to.have.length(CLIENTS);
    for (const line of open) {
      const record = newRecord(line.stream, line.version - 1, { idempotencyKey: name(line), requestHash: requestHash(name(line)) });
      expect(await store.append(record)).to.include({ outcome, version: line.version });
    }
    expect(await verifyChain(await allCommits(store))).to.include({ valid: true });
  }
});
