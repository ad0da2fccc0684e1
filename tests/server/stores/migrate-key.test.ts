// Before an installation is moved into a folder: the key that was given must be the one of its vault.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { headsOfFolder } from '../../../server/audit/index.ts';
import { requireKey } from '../../../server/stores/move-installation.ts';
import type { RawInstallation } from '../../../server/stores/raw-installation.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openRawFolder } from '../../../server/stores/sqlite/raw-folder.ts';
import { openSqliteVault } from '../../../server/stores/sqlite/vault.ts';
import { call } from '../cli/called.ts';

describe('The key of an installation that is moved', () => {
  let root: string;
  const at = (name: string): string => join(root, name);

  async function withSource<T>(name: string, commits: number, work: (source: RawInstallation) => Promise<T>): Promise<T> {
    const store = await openSqliteEventStore({ folder: at(name) });
    if (commits > 0) await store.append({ stream: 'case', expectedVersion: 0, commandType: 'X', at: '2026-01-05T09:00:00.000Z', actor: { person: 'anna' }, events: Buffer.from('x') });
    await store.close();
    await (await openSqliteVault({ folder: at(name) })).close();
    const source = await openRawFolder(at(name), headsOfFolder);
    try {
      return await work(source);
    } finally {
      await source.close();
    }
  }

  before(() => { root = mkdtempSync(join(tmpdir(), 'piton-move-key-')); });
  after(() => { rmSync(root, { recursive: true }); });

  it('is asked for before anything is moved: STORE_KEY_MISSING, STORE_KEY_INVALID, STORE_KEY_WRONG', async () => {
    writeFileSync(at('other'), Buffer.alloc(32, 1));
    writeFileSync(at('letter'), 'no key at all');
    await withSource('data', 1, async (source) => {
      const codeOf = async (keyFile: string): Promise<unknown> => requireKey(source, keyFile).then(() => 'fits', (error: unknown) => (error as { code: string }).code);
      expect(await codeOf(join(at('data'), 'installation.key'))).to.equal('fits');
      expect([await codeOf(at('none')), await codeOf(at('letter')), await codeOf(at('other'))]).to.deep.equal(['STORE_KEY_MISSING', 'STORE_KEY_INVALID', 'STORE_KEY_WRONG']);
    });
  });

  it('of a place where there is no installation opens nothing: STORE_MIGRATION_SOURCE', async () => {
    expect(await withSource('empty', 0, (source) => requireKey(source, join(at('empty'), 'installation.key')).then(() => undefined, (error: unknown) => error))).to.include({ code: 'STORE_MIGRATION_SOURCE' });
  });

  it('A database is named with its name, and one way at a time', async () => {
    for (const [args, says] of [
      [['--data', at('data'), '--to', 'mongodb://127.0.0.1:1'], 'CLI_OPTION_INVALID: Expected --to to be an address mongodb://host/database, but it is mongodb://127.0.0.1:1'],
      [['--data', at('data'), '--to', 'harbour'], 'CLI_OPTION_INVALID: Expected --to to be an address mongodb://host/database, but it is harbour'],
      [['--data', at('new'), '--from', 'mongodb://127.0.0.1:1/', '--key', at('other')], 'CLI_OPTION_INVALID: Expected --from to be an address mongodb://host/database, but it is mongodb://127.0.0.1:1/'],
      [['--data', at('new'), '--from', 'mongodb://h/a', '--to', 'mongodb://h/b', '--key', at('other')], 'CLI_OPTION_UNKNOWN: Expected an option of this command, but --to beside --from is none'],
    ] as const) {
      const { code, err } = await call('migrate', ...args);
      expect([code, err[0]]).to.deep.equal([2, says]);
    }
  });
});
