/** What the SQLite event log promises beyond its port: one owner, a checked tail, an index that heals, errors that say what to do. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import type { Commit } from '../../../server/ports/event-store.ts';
import { verifyChain } from '../../../server/stores/commit.ts';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openLog } from '../../../server/stores/sqlite/log-schema.ts';
import { startWriter } from '../../../server/stores/sqlite/writer-thread.ts';
import { allCommits, failure, newRecord, requestHash } from '../../contracts/event-store.ts';

describe('the event log in SQLite', () => {
  let folder: string;
  const open = (): ReturnType<typeof openSqliteEventStore> => openSqliteEventStore({ folder });
  const change = (sql: string): void => {
    const db = new Database(join(folder, LOG_FILE));
    db.exec(sql);
    db.close();
  };
  const filled = async (): Promise<void> => {
    const store = await open();
    for (let version = 0; version < 100; version++) await store.append(newRecord('case-1', version, { idempotencyKey: `k${String(version)}`, requestHash: requestHash('r') }));
    await store.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-log-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  describe('the owner of the folder', () => {
    it('is one: a second store is refused by name, in this process and in another', async () => {
      const store = await open();
      expect(await failure(open())).to.include({ code: 'STORE_FOLDER_IN_USE' }).and.property('message').that.contains(`process ${String(process.pid)}`);
      const script = `import { openSqliteEventStore } from ${JSON.stringify(new URL('../../../server/stores/sqlite/event-store.ts', import.meta.url).href)};
        await openSqliteEventStore({ folder: ${JSON.stringify(folder)} }).catch((error) => { console.log(error.code); process.exit(7); });`;
      const other = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
      expect(other).to.include({ status: 7, stdout: 'STORE_FOLDER_IN_USE\n' });
      expect(await store.append(newRecord('case-1', 0))).to.include({ outcome: 'appended' });
      await store.close();
    });

    it('gives the folder back when it closes, and when it could not open', async () => {
      await (await open()).close();
      await writeFile(join(folder, LOG_FILE), 'x'.repeat(8_192));
      expect(await failure(open())).to.include({ code: 'STORE_FILE_DAMAGED' });
      await rm(join(folder, LOG_FILE));
      await (await open()).close();
      expect((await readdir(folder)).sort()).to.deep.equal(['lock', LOG_FILE]);
    });
  });

  describe('the file', () => {
    it('is opened with synchronous=FULL and WAL, every time', async () => {
      await filled();
      const db = openLog(join(folder, LOG_FILE));
      expect([db.pragma('synchronous', { simple: true }), db.pragma('journal_mode', { simple: true })]).to.deep.equal([2, 'wal']);
      db.close();
    });

    it('is refused when a newer version has written it', async () => {
      await filled();
      change('PRAGMA user_version = 2');
      expect(await failure(open())).to.include({ code: 'STORE_SCHEMA_NEWER' });
    });

    it('is refused when it is something else', async () => {
      change('CREATE TABLE recipes (name TEXT)');
      expect(await failure(open())).to.include({ code: 'STORE_FOREIGN_FILE' });
    });
  });

  describe('the tail', () => {
    const damages: readonly [string, string][] = [
      ['a changed body', "UPDATE commits SET body = CAST(replace(body, 'anna', 'bert') AS BLOB) WHERE position = 90"],
      ['a changed hash', "UPDATE commits SET hash = zeroblob(32) WHERE position = 100"],
      ['a removed commit', 'DELETE FROM commits WHERE position = 70'],
      ['an exchanged uuid', 'UPDATE commits SET uuid = (SELECT uuid FROM commits WHERE position = 1) WHERE position = 99'],
    ];
    for (const [title, sql] of damages) {
      it(`is refused with ${title}`, async () => {
        await filled();
        change(sql);
        expect(await failure(open())).to.include({ code: 'STORE_LOG_DAMAGED' });
      });
    }

    it('is looked at, not the whole log: older damage is found by verifyChain', async () => {
      await filled();
      change("UPDATE commits SET body = CAST(replace(body, 'anna', 'bert') AS BLOB) WHERE position = 5");
      const store = await open();
      expect(await verifyChain(await allCommits(store))).to.include({ valid: false, position: 5 });
      await store.close();
    });
  });

  it('makes its index new when that does not fit the log', async () => {
    await filled();
    for (const damage of ['DELETE FROM records; DELETE FROM streams; DELETE FROM keys', "UPDATE records SET offset = 1 WHERE version = 95"]) {
      change(damage);
      const store = await open();
      expect((await store.read('case-1')).map(({ version }) => version)).to.deep.equal(Array.from({ length: 100 }, (_, index) => index + 1));
      expect(await store.find('case-1', 'k50')).to.include({ version: 51 });
      expect(await store.append(newRecord('case-1', 100, { idempotencyKey: 'k3', requestHash: requestHash('r') }))).to.include({ outcome: 'duplicate', version: 4 });
      await store.close();
    }
  });

  it('remembers the heads of more streams than it keeps in memory', async function () {
    this.timeout(60_000);
    const store = await open();
    for (let from = 0; from < 101_000; from += 1_000) {
      await Promise.all(Array.from({ length: 1_000 }, (_, n) => store.append(newRecord(`s${String(from + n)}`, 0))));
    }
    expect(await store.append(newRecord('s5', 0))).to.deep.equal({ outcome: 'conflict', version: 1 });
    expect(await store.append(newRecord('s5', 1, { at: '2020-01-01T00:00:00Z' }))).to.include({ outcome: 'appended', version: 2 });
    expect((await store.read('s5')).map(({ at }) => at)).to.deep.equal(['2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00.000Z']);
    await store.close();
  });

  it('says so when its writer cannot start', async () => {
    expect(await failure(startWriter({ file: join(folder, 'missing', LOG_FILE) }))).to.include({ code: 'STORE_WRITER_ENDED' });
  });

  it('rejects everything from the moment its writer ends, and is whole when it is opened again', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'before-commit', after: 2, ends: 'writer' } });
    await store.append(newRecord('case-1', 0));
    expect(await failure(store.append(newRecord('case-1', 1)))).to.include({ code: 'STORE_OUTCOME_UNKNOWN' });
    expect(await failure(store.append(newRecord('case-2', 0)))).to.include({ code: 'STORE_WRITER_ENDED' });
    expect(await store.read('case-1')).to.have.length(1);
    await store.close();
    const again = await open();
    expect(await again.append(newRecord('case-1', 1))).to.include({ outcome: 'appended', position: 2 });
    await again.close();
  });

  for (const [name, arrived] of [['fail-sync', true], ['lose-sync', false]] as const) {
    it(`does not pretend after a sync that failed: the batch is in doubt, nothing is taken, and opened anew it says that the record ${arrived ? 'is' : 'is not'} there`, async () => {
      const store = await openSqliteEventStore({ folder, failpoint: { name, after: 2 }, reopenMs: 50 });
      const heard: number[] = [];
      store.subscribe(({ position }) => heard.push(position));
      await store.append(newRecord('case-1', 0));
      const keyed = { ...newRecord('case-1', 1), idempotencyKey: 'second', requestHash: 'ab'.repeat(32) };
      const doubtful = store.append(keyed);
      expect(await failure(doubtful)).to.include({ code: 'STORE_OUTCOME_UNKNOWN' });
      expect(store.failure).to.include({ code: 'STORE_WRITE_FAILED' });
      expect(await failure(store.append(newRecord('case-2', 0)))).to.include({ code: 'STORE_WRITE_FAILED' });
      while (store.failure !== undefined) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(await store.append(keyed)).to.deep.include({ outcome: arrived ? 'duplicate' : 'appended', position: 2, version: 2 });
      expect(await store.append(newRecord('case-2', 0))).to.include({ outcome: 'appended', position: 3 });
      expect(heard).to.deep.equal([1, 2, 3]);
      expect(await verifyChain(await allCommits(store))).to.include({ valid: true });
      expect(store.figures).to.include({ waiting: 0, underWaySince: undefined });
      await store.close();
    });
  }

  it('takes nothing of a batch that was handed over behind one in doubt', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'lose-sync', after: 2 }, reopenMs: 5 });
    await store.append(newRecord('case-0', 0));
    // The first goes alone; on a quick disk fifty follow it before it is answered, and the rest waits.
    const failures = await Promise.all(Array.from({ length: 120 }, (_, index) => failure(store.append(newRecord(`many-${String(index)}`, 0)))));
    expect(failures[0]).to.include({ code: 'STORE_OUTCOME_UNKNOWN' });
    expect(new Set(failures.slice(1).map((error) => (error as { readonly code?: string }).code))).to.deep.equal(new Set(['STORE_WRITE_FAILED']));
    while (store.failure !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await store.append(newRecord('many-1', 0))).to.include({ outcome: 'appended', position: 2 });
    expect(await store.read('many-60')).to.deep.equal([]);
    expect(store.figures).to.include({ waiting: 0, underWaySince: undefined });
    await store.close();
  });

  it('says of every batch its writer had when it ended that nobody knows', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'before-commit', after: 2, ends: 'writer' } });
    await store.append(newRecord('case-0', 0));
    const failures = await Promise.all(Array.from({ length: 120 }, (_, index) => failure(store.append(newRecord(`many-${String(index)}`, 0)))));
    const codes = failures.map((error) => (error as { readonly code?: string }).code);
    expect(codes[0]).to.equal('STORE_OUTCOME_UNKNOWN');
    expect(codes.at(-1)).to.equal('STORE_WRITER_ENDED');
    expect(store.figures).to.include({ waiting: 0, underWaySince: undefined });
    await store.close();
    const again = await open();
    expect(await again.head()).to.include({ position: 1 });
    await again.close();
  });

  it('gives a slow disk everything at once', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'slow-commit', after: 5 } });
    await store.append(newRecord('case-0', 0));
    await Promise.all(Array.from({ length: 200 }, (_, index) => store.append(newRecord(`many-${String(index)}`, 0))));
    const { batch } = store.figures!;
    expect([batch.count, batch.sum, (await store.readAll(2, 1))[0]?.records.length]).to.deep.equal([3, 201, 199]);
    await store.close();
  });

  it('leaves no key behind in the bytes that its listeners keep', async () => {
    const store = await open();
    const heard: Commit[] = [];
    store.subscribe((commit) => heard.push(commit));
    const key = Buffer.alloc(32, 0xa7);
    await store.append({ ...newRecord('case-1', 0), events: Buffer.alloc(100, 'x'), clear: { from: 20, key }, keyId: 'k' });
    const [commit] = heard;
    expect(Buffer.from(commit!.body.buffer).includes(key)).to.equal(false);
    expect(Buffer.from(commit!.body).equals(Buffer.from((await store.readAll(0, 1))[0]!.body))).to.equal(true);
    await store.close();
  });

  it('keeps trying while its file cannot be opened, and closes in the middle of it', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'lose-sync', after: 1 }, reopenMs: 5 });
    expect(await failure(store.append(newRecord('case-1', 0)))).to.include({ code: 'STORE_OUTCOME_UNKNOWN' });
    // Somebody reads for long: the write-ahead log cannot be folded back meanwhile.
    const other = new Database(join(folder, LOG_FILE));
    other.exec('BEGIN; SELECT count(*) FROM commits');
    await new Promise((resolve) => setTimeout(resolve, 300));
    other.close();
    await store.close();
    const again = await open();
    expect(await again.append(newRecord('case-1', 0))).to.include({ outcome: 'appended', position: 1 });
    await again.close();
  });

  it('counts what waits and what was made durable', async () => {
    const store = await openSqliteEventStore({ folder, failpoint: { name: 'slow-commit', after: 200 } });
    const first = Promise.all([store.append(newRecord('case-1', 0)), store.append(newRecord('case-2', 0))]);
    while (store.figures?.underWaySince === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(store.figures.waiting).to.equal(2);
    await first;
    expect(await store.append(newRecord('case-1', 7))).to.include({ outcome: 'conflict' });
    const { waiting, records, batch, durable, bytes, underWaySince } = store.figures;
    expect([waiting, records, batch.count, batch.sum, durable.count, underWaySince]).to.deep.equal([0, 2, 1, 2, 1, undefined]);
    expect(durable.sum).to.be.at.least(0.2);
    expect(bytes).to.be.greaterThan(100);
    await store.close();
  });
});
