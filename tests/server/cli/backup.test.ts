// piton backup and restore where something is wrong: another installation, a backup that was cut off, a backup that lacks something, a place that cannot be written.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { dispatch } from '../../../server/cli/dispatch.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';

interface Called {
  readonly code: number;
  /** Of the error, '' for none. */
  readonly failed: string;
  readonly said: string;
}

async function piton(...args: readonly string[]): Promise<Called> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await dispatch(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, failed: /^[A-Z_]+(?=:)/.exec(err.find((line) => /^[A-Z]+_/.test(line)) ?? '')?.[0] ?? '', said: [...out, ...err].join('\n') };
}

describe('Command line: backups in trouble', () => {
  let root: string;
  const at = (...names: readonly string[]): string => join(root, ...names);
  const key = (): string => at('data', 'installation.key');

  async function append(folder: string, count: number): Promise<void> {
    const store = await openSqliteEventStore({ folder });
    const { length } = await store.read('case');
    for (let version = length; version < length + count; version += 1) {
      await store.append({ stream: 'case', expectedVersion: version, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from(`event ${String(version)}`) });
    }
    await store.close();
  }

  async function put(folder: string, content: string): Promise<string> {
    const blobs = await openFileBlobStore(join(folder, 'blobs'));
    const name = await blobs.put(Buffer.from(content));
    await blobs.close();
    return join(folder, 'blobs', name.slice(0, 2), name.slice(2, 4), name);
  }

  async function installation(folder: string, commits: number): Promise<void> {
    await append(folder, commits);
    await (await openSqliteVault({ folder })).close();
    await put(folder, 'a letter');
    await put(folder, 'its answer');
  }

  const restored = async (backup: string, ...more: readonly string[]): Promise<Called> => {
    rmSync(at('restored'), { recursive: true, force: true });
    return piton('restore', '--from', backup, '--data', at('restored'), '--key', key(), ...more);
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'piton-backup-'));
    await installation(at('data'), 5);
    expect((await piton('backup', '--data', at('data'), '--to', at('backup'))).code).to.equal(0);
  });
  afterEach(() => { rmSync(root, { recursive: true }); });

  it('A backup is never replaced by another installation, nor by one that was begun anew or cut', async () => {
    await installation(at('other'), 2);
    await installation(at('longer'), 9);
    const db = new Database(at('data', 'log.db'));
    for (const [folder, found] of [['other', 'it has commit 5 and this log ends with commit 2'], ['longer', 'commit 5 of this log is another one']] as const) {
      const { code, failed, said } = await piton('backup', '--data', at(folder), '--to', at('backup'));
      expect([code, failed, said.includes(found)], said).to.deep.equal([1, 'STORE_BACKUP_OTHER', true]);
    }
    db.exec('DELETE FROM commits WHERE position > 3; DELETE FROM records WHERE position > 3');
    db.close();
    expect(await piton('backup', '--data', at('data'), '--to', at('backup'))).to.include({ code: 1, failed: 'STORE_BACKUP_OTHER' });
    expect((await restored(at('backup'))).said).to.include(': 5 commits, 2 blobs, all checked');
  });

  it('A backup that is cut off leaves the one before whole, and the next one goes on there', async () => {
    await append(at('data'), 3);
    const unreadable = await put(at('data'), 'a third');
    writeFileSync(unreadable, 'something else');
    expect(await piton('backup', '--data', at('data'), '--to', at('backup'))).to.include({ code: 1, failed: 'STORE_BLOB_DAMAGED' });
    expect((await restored(at('backup'))).said).to.include(': 5 commits, 2 blobs, all checked');
    writeFileSync(unreadable, 'a third');
    expect((await piton('backup', '--data', at('data'), '--to', at('backup'))).code).to.equal(0);
    expect((await restored(at('backup'))).said).to.include(': 8 commits, 3 blobs, all checked');
  });

  it('A first backup that is cut off is no backup, and the next one goes on there', async () => {
    const unreadable = await put(at('data'), 'a third');
    writeFileSync(unreadable, 'something else');
    expect(await piton('backup', '--data', at('data'), '--to', at('first'))).to.include({ code: 1, failed: 'STORE_BLOB_DAMAGED' });
    expect(await restored(at('first'))).to.include({ code: 1, failed: 'STORE_BACKUP_INCOMPLETE' });
    writeFileSync(unreadable, 'a third');
    expect((await piton('backup', '--data', at('data'), '--to', at('first'))).code).to.equal(0);
    expect((await restored(at('first'))).said).to.include(': 5 commits, 3 blobs, all checked');
    expect(readdirSync(at('first'))).to.have.members(['backup.json', 'blobs', 'log.db', 'vault.db']);
  });

  it('A backup that lacks what it says it holds is not restored, and nothing is left of the attempt', async () => {
    const [blob] = readdirSync(at('backup', 'blobs'), { recursive: true }).map(String).filter((name) => /[0-9a-f]{64}$/.test(name));
    const sql = (file: string, text: string): void => {
      const db = new Database(file);
      db.exec(text);
      db.close();
    };
    for (const [what, damage, code] of [
      ['a document', (folder: string) => { rmSync(join(folder, 'blobs', blob ?? '')); }, 'STORE_BACKUP_INCOMPLETE'],
      ['all documents', (folder: string) => { rmSync(join(folder, 'blobs'), { recursive: true }); }, 'STORE_BACKUP_INCOMPLETE'],
      ['the log', (folder: string) => { rmSync(join(folder, 'log.db')); }, 'STORE_BACKUP_INCOMPLETE'],
      ['the vault', (folder: string) => { rmSync(join(folder, 'vault.db')); }, 'STORE_BACKUP_INCOMPLETE'],
      ['the end of the log', (folder: string) => { sql(join(folder, 'log.db'), 'DELETE FROM commits WHERE position > 3'); }, 'STORE_LOG_DAMAGED'],
      ['what it holds', (folder: string) => { writeFileSync(join(folder, 'backup.json'), '{}'); }, 'STORE_BACKUP_INCOMPLETE'],
      ['half of the file', (folder: string) => { truncateSync(join(folder, 'log.db'), 9_000); }, 'STORE_FILE_DAMAGED'],
      ['the whole file', (folder: string) => { truncateSync(join(folder, 'log.db'), 0); }, 'STORE_FILE_DAMAGED'],
    ] as const) {
      rmSync(at('damaged'), { recursive: true, force: true });
      cpSync(at('backup'), at('damaged'), { recursive: true });
      damage(at('damaged'));
      const { code: exit, failed, said } = await restored(at('damaged'));
      expect([exit, failed, existsSync(at('restored'))], `${what}: ${said}`).to.deep.equal([1, code, false]);
    }
  });

  it('A point behind the end of the backup is refused, not taken for its end', async () => {
    expect(await restored(at('backup'), '--until', '6')).to.include({ code: 1, failed: 'STORE_BACKUP_ENDS' });
    expect((await restored(at('backup'), '--until', '5')).code).to.equal(0);
    for (const wrong of ['0', '-1', '1.5', 'now']) {
      const { code, failed, said } = await restored(at('backup'), '--until', wrong);
      expect([code, failed, said.includes(`but it is ${wrong}`)], said).to.deep.equal([2, 'CLI_OPTION_INVALID', true]);
    }
  });

  it('An empty folder is filled as it is: its owner, its mode and what is mounted there stay', async () => {
    // The root of a file system, and what a restore that was cut off left behind.
    mkdirSync(at('mounted', 'lost+found'), { recursive: true });
    mkdirSync(at('mounted', '.restoring-0badf00d', 'blobs'), { recursive: true });
    chmodSync(at('mounted'), 0o750);
    const { ino } = statSync(at('mounted'));
    const { code, said } = await piton('restore', '--from', at('backup'), '--data', at('mounted'), '--key', key());
    expect(code, said).to.equal(0);
    expect([statSync(at('mounted')).ino, statSync(at('mounted')).mode & 0o777]).to.deep.equal([ino, 0o750]);
    expect(readdirSync(at('mounted')).filter((name) => !name.startsWith('log.db-'))).to.have.members(['blobs', 'installation.key', 'log.db', 'lost+found', 'vault.db']);
    expect((await piton('doctor', '--data', at('mounted'))).code).to.equal(0);
  });

  it('Folders that are made are for their owner only: who else has an account on the machine reads nothing', async () => {
    expect((await restored(at('backup'))).code).to.equal(0);
    for (const folder of ['data', 'backup', 'restored']) expect((statSync(at(folder)).mode & 0o777).toString(8), folder).to.equal('700');
  });

  it('A place that is no folder, or cannot be made, is told with its name', async () => {
    writeFileSync(at('file'), '');
    const places = [at('file'), join(at('file'), 'below'), ...(process.platform === 'linux' ? ['/proc/piton/backup'] : [])];
    for (const place of places) {
      for (const args of [['backup', '--data', at('data'), '--to', place], ['restore', '--from', at('backup'), '--key', key(), '--data', place]]) {
        const { code, failed, said } = await piton(...args);
        expect([code, failed, said.includes(place)], said).to.deep.equal([1, 'STORE_OPEN_FAILED', true]);
      }
    }
  });

  it('A key that does not fit is told as it was named', async () => {
    for (const [bytes, code] of [[32, 'STORE_KEY_WRONG'], [7, 'STORE_KEY_INVALID']] as const) {
      writeFileSync(at('envelope'), Buffer.alloc(bytes, 1));
      const { failed, said } = await piton('restore', '--from', at('backup'), '--data', at('restored'), '--key', at('envelope'));
      expect([failed, said.includes(`key ${at('envelope')}`)], said).to.deep.equal([code, true]);
    }
    expect(await piton('restore', '--from', at('backup'), '--data', at('restored'), '--key', at('nowhere'))).to.include({ code: 1, failed: 'STORE_KEY_MISSING' });
  });

  it('A folder in which no installation lies is told by every command', async () => {
    for (const args of [['backup', '--to', at('new')], ['audit', 'verify'], ['audit', 'seal'], ['audit', 'prove', 'x'], ['audit', 'export-heads', '--to', at('heads')]]) {
      for (const folder of [at('nowhere'), root]) expect(await piton(...args, '--data', folder), args.join(' ')).to.include({ code: 1, failed: 'STORE_INSTALLATION_MISSING' });
    }
    expect([existsSync(at('new')), existsSync(at('heads'))]).to.deep.equal([false, false]);
  });

  it('The log is told with its file where the file itself is damaged, by audit and doctor', async () => {
    truncateSync(at('data', 'log.db'), 9_000);
    for (const args of [['audit', 'verify'], ['audit', 'verify', '--json'], ['audit', 'prove', 'case'], ['backup', '--to', at('new')]]) expect(await piton(...args, '--data', at('data')), args.join(' ')).to.include({ code: 1, failed: 'STORE_FILE_DAMAGED' });
    const { code, said } = await piton('doctor', '--data', at('data'));
    expect([code, /^BAD {3}log {8}STORE_FILE_DAMAGED: .*Restore it from the last backup/m.test(said)], said).to.deep.equal([1, true]);
  });

  it('What the server would not open, doctor, audit and backup do not take for good either: a newer schema, a foreign file', async () => {
    for (const [sql, expected] of [['PRAGMA user_version = 99', 'STORE_SCHEMA_NEWER'], ['PRAGMA user_version = 1; PRAGMA application_id = 7', 'STORE_FOREIGN_FILE']] as const) {
      const db = new Database(at('data', 'log.db'));
      db.exec(sql);
      db.close();
      for (const args of [['audit', 'verify'], ['audit', 'prove', 'case'], ['backup', '--to', at('new')]]) expect(await piton(...args, '--data', at('data')), args.join(' ')).to.include({ code: 1, failed: expected });
      const { code, said } = await piton('doctor', '--data', at('data'));
      expect([code, said.includes(`BAD   log        ${expected}`)], said).to.deep.equal([1, true]);
    }
  });

  it('The doctor misses what belongs to a log: vault, documents, a document as it was written, the log itself', async () => {
    const [blob] = readdirSync(at('backup', 'blobs'), { recursive: true }).map(String).filter((name) => /[0-9a-f]{64}$/.test(name));
    const bad = async (): Promise<(string | undefined)[]> => [...(await piton('doctor', '--data', at('data'))).said.matchAll(/^BAD {3}(\w+)/gm)].map(([, name]) => name);
    expect(await bad()).to.deep.equal([]);
    writeFileSync(at('data', 'blobs', blob ?? ''), 'another letter');
    expect(await bad()).to.deep.equal(['blobs']);
    rmSync(at('data', 'blobs'), { recursive: true });
    rmSync(at('data', 'vault.db'));
    writeFileSync(at('data', 'desk.db'), 'nothing of the kind');
    expect(await bad()).to.deep.equal(['vault', 'desk', 'blobs', 'anchoring']);
    rmSync(at('data', 'desk.db'));
    cpSync(at('backup', 'vault.db'), at('data', 'vault.db'));
    rmSync(at('data', 'log.db'));
    expect(await bad()).to.deep.equal(['log']);
  });

  it('An end that was cut off is found by the index alone, where no head was kept', async () => {
    const db = new Database(at('data', 'log.db'));
    db.exec('DELETE FROM commits WHERE position > 3');
    db.close();
    const { code, said } = await piton('audit', 'verify', '--data', at('data'));
    expect([code, said.includes('its index knows commit 5')], said).to.deep.equal([1, true]);
  });

  it('Every head that was kept is asked for, also where several are of one commit; a file without a head checks nothing and says so', async () => {
    const { position, hash } = JSON.parse((await piton('audit', 'verify', '--data', at('data'), '--json')).said) as { position: number; hash: string };
    const verify = async (heads: unknown): Promise<Called> => {
      writeFileSync(at('heads.json'), JSON.stringify(heads));
      return piton('audit', 'verify', '--data', at('data'), '--heads', at('heads.json'));
    };
    const other = { position, hash: 'ab'.repeat(32) };
    expect((await verify([{ position, hash }])).code).to.equal(0);
    for (const heads of [[other, { position, hash }], [{ position, hash }, other]]) expect((await verify(heads)).code).to.equal(1);
    for (const heads of [[], {}, [{ position: 'x', hash }], [{ position: 0, hash }], [{ position, hash: 'short' }]]) expect(await verify(heads), JSON.stringify(heads)).to.include({ code: 2, failed: 'CLI_JSON_INVALID' });
  });
});
