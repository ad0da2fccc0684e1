// Sealed heads: one a day, checked with the chain, and nothing can be cut off or written anew behind them.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { headsOfFolder, sealHead, sealHeadsDaily } from '../../../server/audit/index.ts';
import { dispatch } from '../../../server/cli/dispatch.ts';
import { audit, backUp, restore } from '../../../server/maintenance.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import { openHouse, outside } from '../signing/support.ts';
import type { House } from '../signing/support.ts';

describe('Sealed heads of the log', () => {
  let root: string;
  let data: string;
  let store: EventStore;
  let house: House;
  let now = '2026-11-20T14:00:00.000Z';
  const at = (name: string): string => join(root, name);
  const needs = (): Parameters<typeof sealHead>[0] => ({ book: headsOfFolder(data), store, sealer: house.signing.sealer, agency: () => 'ministry', clock: { now: () => now } });
  const append = async (count: number): Promise<void> => {
    const { length } = await store.read('case');
    for (let version = length; version < length + count; version += 1) await store.append({ stream: 'case', expectedVersion: version, commandType: 'X', at: now, actor: { person: 'anna' }, events: Buffer.from('x') });
  };

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'piton-heads-'));
    data = at('data');
    house = await openHouse([]);
    store = await openSqliteEventStore({ folder: data });
    await (await openSqliteVault({ folder: data })).close();
    mkdirSync(join(data, 'blobs'));
    mkdirSync(join(data, 'authority'));
    writeFileSync(join(data, 'authority', 'root.pem'), (await house.signing.verifier.anchors()).join('\n'));
  });
  after(async () => {
    await store.close();
    rmSync(root, { recursive: true });
  });

  it('An empty log and an organisation without agencies have no head to seal', async () => {
    expect(await sealHead(needs())).to.equal(undefined);
    await append(3);
    expect(await sealHead({ ...needs(), agency: () => undefined })).to.equal(undefined);
  });

  it('A head is sealed once a day', async () => {
    expect(await sealHead(needs())).to.equal('2026-11-20');
    await append(2);
    expect(await sealHead(needs())).to.equal(undefined);
    now = '2026-11-21T00:00:01.000Z';
    expect(await sealHead(needs())).to.equal('2026-11-21');
    expect(readdirSync(join(data, 'heads')).sort()).to.deep.equal(['2026-11-20.json', '2026-11-20.p7s', '2026-11-21.json', '2026-11-21.p7s']);
    expect(await audit(data, [])).to.deep.include({ valid: true, position: 5, records: 5, sealedHeads: 2 });
    const book = headsOfFolder(data);
    expect([await book.names(), await book.read('2026-11-21'), await book.read('2026-11-22')]).to.deep.equal([['2026-11-20', '2026-11-21'], (await book.all())[1], undefined]);
  });

  it('Without the root certificate seals are not taken for good: it is asked for', async () => {
    cpSync(data, at('rootless'), { recursive: true });
    rmSync(join(at('rootless'), 'authority'), { recursive: true });
    const failure = await audit(at('rootless'), []).then(() => undefined, (error: unknown) => error);
    expect(failure).to.include({ code: 'AUDIT_ROOT_MISSING' });
  });

  it('A daily look that fails is told, and the next one tries again', async () => {
    now = '2026-11-22T08:00:00.000Z';
    const failures: unknown[] = [];
    const stop = sealHeadsDaily({ ...needs(), sealer: { sealDetached: () => Promise.reject(new Error('no key')) }, onFailure: (error) => failures.push(error) });
    while (failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await stop();
    expect(failures).to.have.length(1);
    expect(await sealHead(needs())).to.equal('2026-11-22');
  });

  it('openssl agrees with the seal', function () {
    const heads = join(data, 'heads');
    const { status, text } = outside('openssl', {}, ['cms', '-verify', '-binary', '-inform', 'DER', '-in', join(heads, '2026-11-20.p7s'), '-content', join(heads, '2026-11-20.json'), '-CAfile', join(data, 'authority', 'root.pem'), '-purpose', 'any']);
    expect(status, text).to.equal(0);
  });

  it('A log that was cut off, a head that was changed and a head of another log are found', async () => {
    const tried = async (name: string, change: (folder: string) => void): Promise<string | undefined> => {
      cpSync(data, at(name), { recursive: true });
      change(at(name));
      const { valid, reason } = await audit(at(name), []);
      expect(valid, name).to.equal(false);
      return reason;
    };
    const sql = (text: string) => (folder: string): void => {
      const db = new Database(join(folder, 'log.db'));
      db.exec(text);
      db.close();
    };
    expect(await tried('cut', sql('DELETE FROM commits WHERE position = 5'))).to.contain('the end was cut off');
    const head = (folder: string): string => join(folder, 'heads', '2026-11-21.json');
    expect(await tried('changed', (folder) => { writeFileSync(head(folder), '{"position":4,"hash":"x"}\n'); })).to.contain('the seal of the head of 2026-11-21 does not hold');
  });

  it('piton audit export-heads writes them as they lie there; called again it adds what is new, and never over a head that differs: CLI_FILE_NOT_WRITTEN', async () => {
    const piton = async (...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> => {
      const said: string[] = [];
      const code = await dispatch(['audit', 'export-heads', '--data', data, ...args], { out: (line) => said.push(line), err: (line) => said.push(line) });
      return { code, said: said.join('\n') };
    };
    expect(await piton('--to', at('medium'), '--since', '2026-11-22')).to.deep.equal({ code: 0, said: `In ${at('medium')} are the sealed heads of 2026-11-22 to 2026-11-22: 1, new files 2.` });
    expect(await piton('--to', at('medium'), '--json')).to.deep.equal({ code: 0, said: '{"heads":["2026-11-20","2026-11-21","2026-11-22"],"written":4}' });
    for (const file of readdirSync(join(data, 'heads'))) expect(readFileSync(join(at('medium'), file)).equals(readFileSync(join(data, 'heads', file))), file).to.equal(true);
    expect((await piton('--to', at('medium'), '--json')).said).to.contain('"written":0');
    expect((await piton('--to', at('medium'), '--since', '2027-01-01')).said).to.equal('No head is sealed there yet.');
    writeFileSync(join(at('medium'), '2026-11-21.json'), 'another');
    const refused = await piton('--to', at('medium'));
    expect([refused.code, refused.said]).to.satisfy(([code, said]: [number, string]) => code === 2 && said.includes('CLI_FILE_NOT_WRITTEN') && said.includes('another content'));
    expect(readFileSync(join(at('medium'), '2026-11-21.json'), 'utf8')).to.equal('another');
    expect((await piton('--to', at('medium'), '--since', 'yesterday')).said).to.contain('CLI_OPTION_INVALID: Expected --since to be a day such as 2026-11-22, but it is yesterday');
    expect((await piton('--to', join(at('medium'), '2026-11-22.json'))).said).to.contain('CLI_FILE_NOT_WRITTEN');
  });

  it('A backup takes the heads along, and a restored folder is checked against them', async () => {
    expect(await backUp(data, at('backup'), now, true)).to.include({ position: 5 });
    expect(await backUp(data, at('backup'), now, true), 'again into the same folder').to.include({ position: 5, withKey: true });
    await restore(at('backup'), at('restored'), undefined);
    expect(await audit(at('restored'), [])).to.deep.include({ valid: true, sealedHeads: 3 });
  });
});
