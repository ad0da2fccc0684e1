/** A data folder that is not as Piton left it: each damage is told with what to do, and nothing is made anew over what was lost. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StoreError } from '../../../server/stores/errors.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { openSqliteVault, VAULT_FILE } from '../../../server/stores/sqlite/vault.ts';

async function refusal(open: () => unknown): Promise<StoreError> {
  try {
    await open();
  } catch (error) {
    return error as StoreError;
  }
  throw new Error('it was opened');
}

describe('a damaged data folder', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'piton-damage-')); });
  afterEach(() => { rmSync(folder, { recursive: true }); });

  it('STORE_FILE_DAMAGED: a file that is no database any more is named, with the way to a backup', async () => {
    writeFileSync(join(folder, 'desk.db'), Buffer.alloc(9_000, 7));
    writeFileSync(join(folder, 'log.db'), Buffer.alloc(9_000, 7));
    const desk = await refusal(() => openSqliteDeskStore(join(folder, 'desk.db')));
    const log = await refusal(() => openSqliteEventStore({ folder }));
    expect([desk.code, log.code]).to.deep.equal(['STORE_FILE_DAMAGED', 'STORE_FILE_DAMAGED']);
    expect(log.message).to.contain('log.db');
    expect(desk.hint).to.contain('backup');
  });

  it('STORE_OPEN_FAILED: a folder that cannot be made is named', async () => {
    writeFileSync(join(folder, 'file'), '');
    const error = await refusal(() => openSqliteEventStore({ folder: join(folder, 'file') }));
    expect([error.code, error.message.includes(join(folder, 'file'))]).to.deep.equal(['STORE_OPEN_FAILED', true]);
  });

  it('STORE_OPEN_FAILED: a folder in which nothing can be written is named, and is not held', async () => {
    const unwritable = join(folder, 'unwritable');
    // Its owner cannot be told, as in a folder that belongs to somebody else.
    mkdirSync(join(unwritable, 'lock.pid'), { recursive: true });
    for (let time = 0; time < 2; time += 1) {
      const error = await refusal(() => openSqliteEventStore({ folder: unwritable }));
      expect([error.code, error.message.includes(join(unwritable, 'lock.pid'))]).to.deep.equal(['STORE_OPEN_FAILED', true]);
    }
  });

  it('STORE_VAULT_MISSING: a log with records is not given a new vault', async () => {
    const error = await refusal(() => openSqliteVault({ folder, logIsEmpty: false }));
    expect([error.code, error.message.includes(VAULT_FILE)]).to.deep.equal(['STORE_VAULT_MISSING', true]);
    expect((await refusal(() => openSqliteVault({ folder, logIsEmpty: false }))).code).to.equal('STORE_VAULT_MISSING');
  });

  it('STORE_LOG_MISSING: a vault with passwords is not given an empty log; keys made ahead do not count', async () => {
    const first = await openSqliteVault({ folder, logIsEmpty: true });
    await first.takeDataKey();
    await first.putSecret('demo/passwords', Buffer.from('{}'));
    await first.close();
    const again = await openSqliteVault({ folder, logIsEmpty: true });
    await again.putSecret('account/anna', Buffer.from('hash'));
    await again.close();
    expect((await refusal(() => openSqliteVault({ folder, logIsEmpty: true }))).code).to.equal('STORE_LOG_MISSING');
    await (await openSqliteVault({ folder, logIsEmpty: false })).close();
  });
});
