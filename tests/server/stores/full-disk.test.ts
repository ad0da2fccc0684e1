/** The log when the system refuses to write: the batch is rejected whole, and writing goes on when it may. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { verifyChain } from '../../../server/stores/commit.ts';
import { StoreError } from '../../../server/stores/errors.ts';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { copyFailure, writeFailure } from '../../../server/stores/sqlite/sqlite-failure.ts';
import { allCommits, failure } from '../../contracts/event-store.ts';

describe('the log on a disk that takes no more', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-full-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is not blamed for the disk of a backup: what is full is the target', () => {
    for (const code of ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']) {
      const full = copyFailure('/data/log.db', '/media/log.db', Object.assign(new Error('full'), { code }));
      expect([full.code, full.message]).to.deep.equal(['STORE_DISK_FULL', 'Expected room to write /media/log.db, but the disk is full']);
    }
    expect(copyFailure('/data/log.db', '/media/log.db', Object.assign(new Error('no'), { code: 'SQLITE_CANTOPEN' })).message).to.contain('/data/log.db');
    const known = new StoreError('STORE_LOG_DAMAGED', { file: 'log.db', position: 1, reason: 'x' });
    expect(copyFailure('/data/log.db', '/media/log.db', known)).to.equal(known);
  });

  it('rejects the batch, keeps what it had, and goes on when there is room again', async function () {
    this.timeout(30_000);
    const child = spawn(process.execPath, [fileURLToPath(new URL('./full-disk-child.ts', import.meta.url)), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const append = async (): Promise<string> => {
      child.stdin.write('append\n');
      return String((await lines.next()).value);
    };
    // The limit on the size of files stands for the full disk: it needs no rights and can be lifted.
    const limit = (bytes: string): void => {
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
    };
    expect(await append()).to.equal('appended x20');
    limit(String((await stat(join(folder, `${LOG_FILE}-wal`))).size + 5_000));
    expect(await append()).to.equal('STORE_WRITE_FAILED x20');
    expect(await append()).to.equal('STORE_WRITE_FAILED x20');
    limit('unlimited');
    expect(await append()).to.equal('appended x20');
    child.kill('SIGKILL');
    await closed;
    const store = await openSqliteEventStore({ folder });
    const commits = await allCommits(store);
    expect(await verifyChain(commits)).to.include({ valid: true });
    expect(commits.flatMap(({ records }) => records)).to.have.length(40);
    await store.close();
  });

  it('refuses drafts, keys, documents and lists too, keeps nothing half of them, reads on, and goes on when there is room again', async function () {
    this.timeout(30_000);
    const child = spawn(process.execPath, [fileURLToPath(new URL('./full-stores-child.ts', import.meta.url)), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const say = async (line: string): Promise<string> => {
      child.stdin.write(`${line}\n`);
      return String((await lines.next()).value);
    };
    const limit = (bytes: string): void => {
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
      expect(status, stderr).to.equal(0);
    };
    const all = (what: string): string => ['desk', 'vault', 'blobs', 'projections'].map((store) => `${store} ${what}`).join(', ');
    expect(await say('write before')).to.equal(all('written'));
    limit('100000');
    expect(await say('write meanwhile')).to.equal(all('STORE_WRITE_FAILED'));
    expect(await say('read before')).to.equal(all('there'));
    expect(await say('read meanwhile')).to.equal(all('absent'));
    limit('unlimited');
    expect(await say('write meanwhile')).to.equal(all('written'));
    expect(await say('read meanwhile')).to.equal(all('there'));
    child.stdin.end();
    child.kill('SIGKILL');
    await closed;
  });

  it('tells a full disk from other failures', async () => {
    const db = new Database(':memory:');
    db.exec('CREATE TABLE big (content BLOB)');
    db.pragma('max_page_count = 3');
    const full = await failure(new Promise(() => db.exec('INSERT INTO big VALUES (zeroblob(100000))')));
    expect(writeFailure('log.db', full)).to.include({ code: 'STORE_DISK_FULL', message: 'Expected room to write log.db, but the disk is full' });
    expect(writeFailure('log.db', new Error('no'))).to.include({ code: 'STORE_WRITE_FAILED' });
    db.close();
  });
});
