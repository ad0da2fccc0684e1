/** The promise of docs/log-format.md: an outsider can check a log with the script printed there, and sees every kind of change. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { GENESIS_HASH } from '../../../server/stores/commit.ts';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { newRecord } from '../../contracts/event-store.ts';

const PAGE = new URL('../../../docs/log-format.md', import.meta.url);

describe('the log seen by an outsider', () => {
  let folder: string;
  let head: string;

  const check = async (): Promise<{ code: number; said: string }> => {
    const run = promisify(execFile)(process.execPath, ['--no-warnings', join(folder, 'check-log.mjs'), join(folder, LOG_FILE)]);
    return run.then(
      ({ stdout }) => ({ code: 0, said: stdout }),
      (error: unknown) => {
        const { code, stdout } = error as { code: number; stdout: string };
        return { code, said: stdout };
      },
    );
  };
  const tamper = (sql: string, ...parameters: unknown[]): void => {
    const db = new Database(join(folder, LOG_FILE));
    db.prepare(sql).run(...parameters);
    db.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-format-'));
    const page = await readFile(PAGE, 'utf8');
    await writeFile(join(folder, 'check-log.mjs'), /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    const store = await openSqliteEventStore({ folder });
    for (let version = 0; version < 4; version++) await Promise.all(['a', 'b', 'c'].map((stream) => store.append(newRecord(stream, version))));
    head = (await store.head()).hash;
    await store.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is checked by the script of the page, which is no longer than it says', async () => {
    expect(await check()).to.deep.equal({ code: 0, said: `4 commits, 3 streams, head ${head}\n` });
    expect((await readFile(join(folder, 'check-log.mjs'), 'utf8')).trim().split('\n').length).to.be.at.most(35);
    expect(await readFile(PAGE, 'utf8')).to.contain(`\`${GENESIS_HASH}\``);
  });

  it('shows a changed record, a removed commit, and one forged with a fitting hash of its own', async () => {
    tamper("UPDATE commits SET body = CAST(replace(body, 'anna', 'bert') AS BLOB) WHERE position = 2");
    expect(await check()).to.deep.equal({ code: 1, said: 'commit 2: was changed\n' });
    tamper('DELETE FROM commits WHERE position = 2');
    expect(await check()).to.deep.equal({ code: 1, said: 'commit 2: is missing\n' });
    tamper('UPDATE commits SET position = position - 1 WHERE position > 2');
    expect(await check()).to.deep.equal({ code: 1, said: 'commit 2: does not follow the one before it\n' });
  });
});
