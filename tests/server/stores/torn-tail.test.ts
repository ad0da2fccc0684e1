/** The log after a crash at any byte: the write-ahead log is cut at every frame boundary, and inside frames, and opened again. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { verifyChain } from '../../../server/stores/commit.ts';
import { checkTail, headOf, openLog, toCommit } from '../../../server/stores/sqlite/log-schema.ts';
import type { CommitRow } from '../../../server/stores/sqlite/log-schema.ts';
import { allCommits, newRecord } from '../../contracts/event-store.ts';
import { runWriterChild } from './child-process.ts';
import type { HistoryLine } from './writer-child.ts';

/** SQLite, "The WAL file format": header of the file, header of a frame, page. */
const WAL_HEADER = 32;
const FRAME = 24 + 4_096;

describe('the log cut off after a crash', () => {
  let folder: string;
  let database: Buffer;
  let wal: Buffer;
  let acks: HistoryLine[];
  const copy = (name: string): string => join(folder, name);

  before(async function () {
    this.timeout(30_000);
    folder = await mkdtemp(join(tmpdir(), 'piton-torn-'));
    const { history, signal } = await runWriterChild({ folder, clients: 1, recordsPerClient: 60 });
    expect(signal).to.equal('SIGKILL');
    acks = history.filter(({ act }) => act === 'ack');
    expect(acks).to.have.length(60);
    database = await readFile(join(folder, LOG_FILE));
    wal = await readFile(join(folder, `${LOG_FILE}-wal`));
  });
  after(() => rm(folder, { recursive: true }));

  /** Opens the log as it would be if the write-ahead log ended after `length` bytes, and answers its commits. */
  const reopened = async (length: number): Promise<{ position: number; valid: boolean }> => {
    const file = copy('cut.db');
    await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(file + suffix, { force: true })));
    await writeFile(file, database);
    await writeFile(`${file}-wal`, wal.subarray(0, length));
    const db = openLog(file);
    try {
      checkTail(db, file);
      const rows = db.prepare<[], CommitRow>('SELECT * FROM commits ORDER BY position').all();
      const verdict = await verifyChain(rows.map(toCommit));
      expect(headOf(db).position).to.equal(rows.length);
      return { position: rows.length, valid: verdict.valid };
    } finally {
      db.close();
    }
  };

  const acknowledgedBy = (length: number): number => acks.filter((ack) => ack.wal <= length).length;

  it('keeps every record that was acknowledged before the cut, wherever the cut is', async function () {
    this.timeout(60_000);
    const fence = acks[19]?.wal ?? 0;
    expect((fence - WAL_HEADER) % FRAME).to.equal(0);
    const seen = new Set<number>();
    for (let boundary = fence; boundary <= wal.length; boundary += FRAME) {
      for (const length of [boundary, boundary + 1, boundary + 24, boundary + 24 + 2_048, boundary + FRAME - 1]) {
        const { position, valid } = await reopened(Math.min(length, wal.length));
        expect(valid, `cut at ${String(length)}`).to.equal(true);
        expect(position, `cut at ${String(length)}`).to.equal(acknowledgedBy(length));
        seen.add(position);
      }
    }
    expect([...seen]).to.deep.equal(Array.from({ length: 41 }, (_, index) => 20 + index));
  });

  it('goes on behind the cut as a whole store', async function () {
    this.timeout(30_000);
    const cut = copy('whole');
    await mkdir(cut);
    await copyFile(join(folder, LOG_FILE), join(cut, LOG_FILE));
    await writeFile(join(cut, `${LOG_FILE}-wal`), wal.subarray(0, (acks[29]?.wal ?? 0) + 100));
    const store = await openSqliteEventStore({ folder: cut });
    expect(await store.append(newRecord('client-0', 30))).to.deep.equal({ outcome: 'appended', position: 31, version: 31 });
    expect(await verifyChain(await allCommits(store))).to.include({ valid: true, position: 31 });
    await store.close();
  });

  it('is not fooled by a frame whose bytes were changed: it ends before it', async () => {
    const fence = acks[39]?.wal ?? 0;
    const changed = Buffer.from(wal);
    changed.writeUInt8(changed.readUInt8(fence + 24 + 1_000) ^ 1, fence + 24 + 1_000);
    wal = changed;
    expect(await reopened(wal.length)).to.deep.equal({ position: 40, valid: true });
  });
});
