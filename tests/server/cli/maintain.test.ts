// piton audit, backup, restore, doctor: on a data folder with a server at work, and on damaged and cut ones.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { dispatch } from '../../../server/cli/dispatch.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';

interface Called {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

async function piton(...args: readonly string[]): Promise<Called> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await dispatch(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { code, out, err };
}

describe('Command line: looking after a data folder', () => {
  let root: string;
  let data: string;
  let blob: string;
  const at = (name: string): string => join(root, name);

  async function append(store: EventStore, count: number): Promise<void> {
    for (let version = 0; version < count; version += 1) {
      await store.append({ stream: 'case', expectedVersion: version, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from(`event ${String(version)}`) });
    }
  }

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'piton-maintain-'));
    data = at('data');
    const store = await openSqliteEventStore({ folder: data });
    const vault = await openSqliteVault({ folder: data });
    await vault.putSecret('name', Buffer.from('secret'));
    const blobs = await openFileBlobStore(join(data, 'blobs'));
    blob = await blobs.put(Buffer.from('a letter'));
    await append(store, 5);
    await Promise.all([store.close(), vault.close(), blobs.close()]);
  });
  after(() => { rmSync(root, { recursive: true }); });

  it('A whole chain is told with its head; --json is one object', async () => {
    const said = await piton('audit', 'verify', '--data', data);
    expect([said.code, said.out[0]?.replace(/[0-9a-f]{64}/, 'HASH')]).to.deep.equal([0, 'The chain is whole: 5 commits with 5 records, head HASH; sealed heads that hold: 0']);
    expect(JSON.parse((await piton('audit', 'verify', '--data', data, '--json')).out[0] ?? '')).to.include({ valid: true, position: 5, records: 5 });
  });

  it('A changed byte, a missing commit and an end that was cut off are found', async () => {
    const { hash } = JSON.parse((await piton('audit', 'verify', '--data', data, '--json')).out[0] ?? '') as { hash: string };
    writeFileSync(at('heads.json'), JSON.stringify([{ position: 5, hash }]));
    expect((await piton('audit', 'verify', '--data', data, '--heads', at('heads.json'))).code).to.equal(0);
    for (const [name, sql, says] of [
      ['changed', "UPDATE commits SET body = replace(body, 'event 2', 'event 9') WHERE position = 3", 'Commit 3'],
      ['missing', 'DELETE FROM commits WHERE position = 2', 'Commit 2'],
      ['cut', 'DELETE FROM commits WHERE position = 5', 'a head of commit 5 was kept'],
    ] as const) {
      cpSync(data, at(name), { recursive: true });
      const db = new Database(join(at(name), 'log.db'));
      db.exec(name === 'changed' ? "UPDATE commits SET body = CAST(replace(CAST(body AS TEXT), 'event 2', 'event 9') AS BLOB) WHERE position = 3" : sql);
      db.close();
      const said = await piton('audit', 'verify', '--data', at(name), '--heads', at('heads.json'));
      expect([said.code, said.out[0]?.includes(says)], `${name}: ${String(said.out[0])}`).to.deep.equal([1, true]);
    }
  });

  it('A backup made while the server works is whole, holds no key, and is continued by the next one', async () => {
    const store = await openSqliteEventStore({ folder: data });
    const said = await piton('backup', '--data', data, '--to', at('backup'));
    expect(said.code, said.err.join()).to.equal(0);
    expect(said.out[0]).to.match(/^Backed up to .*: 5 commits, 1 blobs; head [0-9a-f]{64}$/);
    expect(readdirSync(at('backup'))).to.have.members(['backup.json', 'blobs', 'log.db', 'vault.db']);
    await store.append({ stream: 'case', expectedVersion: 5, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from('later') });
    expect((await piton('backup', '--data', data, '--to', at('backup'), '--with-key', '--json')).code).to.equal(0);
    expect(JSON.parse(readFileSync(join(at('backup'), 'backup.json'), 'utf8'))).to.include({ position: 6, blobs: 1, withKey: true });
    await store.close();
  });

  it('A folder with other files is not written over', async () => {
    const said = await piton('backup', '--data', data, '--to', root);
    expect([said.code, said.err[0]?.split(':')[0]]).to.deep.equal([1, 'STORE_BACKUP_TARGET']);
  });

  it('Restored onto an empty machine everything is there: log, vault, blobs', async () => {
    const said = await piton('restore', '--from', at('backup'), '--data', at('restored'));
    expect(said.code, said.err.join()).to.equal(0);
    const store = await openSqliteEventStore({ folder: at('restored') });
    expect(await store.read('case')).to.have.length(6);
    await store.close();
    const vault = await openSqliteVault({ folder: at('restored') });
    expect(Buffer.from((await vault.secret('name')) ?? []).toString()).to.equal('secret');
    await vault.close();
    const blobs = await openFileBlobStore(join(at('restored'), 'blobs'));
    expect(Buffer.from((await blobs.get(blob)) ?? []).toString()).to.equal('a letter');
    await blobs.close();
  });

  it('A point in time: what came after a commit is cut off, and the log goes on from there', async () => {
    expect((await piton('restore', '--from', at('backup'), '--data', at('earlier'), '--until', '3')).code).to.equal(0);
    const store = await openSqliteEventStore({ folder: at('earlier') });
    expect([(await store.read('case')).length, (await store.head()).position]).to.deep.equal([3, 3]);
    expect(await store.append({ stream: 'case', expectedVersion: 3, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from('anew') })).to.include({ outcome: 'appended', position: 4 });
    await store.close();
  });

  it('Nothing is left behind when it cannot be restored: no key, no whole backup, a folder in use, a damaged blob', async () => {
    const fails = async (code: string, ...args: readonly string[]): Promise<void> => {
      const said = await piton('restore', ...args);
      expect([said.code, said.err[0]?.split(':')[0]], said.err.join()).to.deep.equal([1, code]);
    };
    rmSync(join(at('backup'), 'installation.key'));
    await fails('STORE_KEY_MISSING', '--from', at('backup'), '--data', at('nowhere'));
    await fails('STORE_RESTORE_TARGET', '--from', at('backup'), '--data', data, '--key', join(data, 'installation.key'));
    await fails('STORE_BACKUP_INCOMPLETE', '--from', data, '--data', at('nowhere'));
    const [file] = readdirSync(join(at('backup'), 'blobs'), { recursive: true }).map(String).filter((name) => name.endsWith(blob));
    writeFileSync(join(at('backup'), 'blobs', file ?? ''), 'another letter');
    await fails('STORE_BLOB_DAMAGED', '--from', at('backup'), '--data', at('nowhere'), '--key', join(data, 'installation.key'));
    expect([existsSync(at('nowhere')), readdirSync(root).filter((name) => name.includes('restoring'))]).to.deep.equal([false, []]);
  });

  it('The doctor finds a sound folder good and a broken chain bad', async () => {
    const said = await piton('doctor', '--data', data, '--json');
    const { findings } = JSON.parse(said.out[0] ?? '') as { findings: { name: string; state: string }[] };
    expect(findings.map(({ name }) => name)).to.deep.equal(['runtime', 'disk', 'fsync', 'folder', 'log', 'vault', 'desk', 'blobs', 'anchoring', 'documents']);
    expect(findings.filter(({ name }) => name === 'log' || name === 'vault').map(({ state }) => state)).to.deep.equal(['good', 'good']);
    const broken = await piton('doctor', '--data', at('changed'));
    expect([broken.code, broken.out.some((line) => line.startsWith('BAD   log'))]).to.deep.equal([1, true]);
  });

  it('A wrong setting is told in its own words, by every command that reads the settings', async () => {
    const before = process.env['PITON_PORT'];
    process.env['PITON_PORT'] = 'harbour';
    try {
      const { code, err } = await piton('doctor');
      expect([code, err[0]]).to.deep.equal([2, 'CONFIG_VALUE_INVALID: Expected PITON_PORT to be a port number, but it is "harbour"']);
      expect(err).to.have.length(2);
    } finally {
      if (before === undefined) delete process.env['PITON_PORT'];
      else process.env['PITON_PORT'] = before;
    }
  });

  it('Wrong use is told with the usage', async () => {
    for (const args of [['audit', 'look'], ['backup'], ['restore', '--from', 'x'], ['restore', '--from', 'x', '--data', 'y', '--until', 'now']]) expect((await piton(...args)).code, args.join(' ')).to.equal(2);
  });
});
