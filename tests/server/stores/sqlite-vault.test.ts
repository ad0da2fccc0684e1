/** The vault's file: what destroying leaves behind (nothing), and what happens with the wrong installation key. */
import { createSecretKey } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { installationKey, wrap } from '../../../server/stores/sqlite/installation-key.ts';
import { KEY_FILE, openSqliteVault, VAULT_FILE } from '../../../server/stores/sqlite/vault.ts';
import { failure } from '../../contracts/event-store.ts';

describe('the vault in SQLite', () => {
  let folder: string;
  const open = (): ReturnType<typeof openSqliteVault> => openSqliteVault({ folder });
  const query = (sql: string, ...parameters: unknown[]): unknown => {
    const db = new Database(join(folder, VAULT_FILE), { readonly: true });
    try {
      return db.prepare(sql).pluck().get(...parameters);
    } finally {
      db.close();
    }
  };
  const onDisk = async (bytes: Buffer): Promise<boolean> => {
    const contents = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    return contents.some((content) => content.includes(bytes));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-vault-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('a key that cannot be written is told with its file: STORE_WRITE_FAILED', async () => {
    const keyFile = join(folder, 'no-such-folder', 'installation.key');
    const refused = await failure(installationKey(keyFile, true));
    expect(refused).to.include({ code: 'STORE_WRITE_FAILED' });
    expect((refused as Error).message).to.contain(keyFile);
  });

  it('leaves no byte of a destroyed key in any of its files', async () => {
    const vault = await open();
    const taken = await Promise.all(Array.from({ length: 20 }, () => vault.takeDataKey()));
    for (const { id } of taken) {
      const wrapped = query('SELECT wrapped FROM key_batches WHERE id = ?', id.split('.')[0]) as Buffer;
      // Long content lies in pieces: these stand inside one page each.
      const pieces = [28, 1_000, 9_000, 30_000].map((start) => wrapped.subarray(start, start + 32));
      for (const piece of pieces) expect(await onDisk(piece)).to.equal(true);
      await vault.destroyDataKey(id);
      for (const piece of pieces) expect(await onDisk(piece)).to.equal(false);
    }
    await vault.close();
  });

  it('gives and destroys keys of a vault that was made before keys lay in batches', async () => {
    await (await open()).close();
    const db = new Database(join(folder, VAULT_FILE));
    const key = createSecretKey(await readFile(join(folder, KEY_FILE)));
    for (const id of ['old1', 'old2']) db.prepare('INSERT INTO data_keys VALUES (?, ?)').run(id, wrap(key, `key ${id}`, Buffer.alloc(32, id)));
    db.exec('DROP TABLE key_batches');
    db.pragma('user_version = 1');
    db.close();
    const vault = await open();
    await vault.destroyDataKey('old2');
    expect(await vault.dataKey('old1')).to.deep.equal(Buffer.alloc(32, 'old1'));
    expect(await vault.dataKey('old2')).to.equal(undefined);
    const { id } = await vault.takeDataKey();
    expect(id).to.match(/^[\w-]{16}\.0$/);
    await vault.close();
  });

  it('leaves no byte of a replaced or deleted secret', async () => {
    const vault = await open();
    for (const remove of [() => vault.putSecret('password/anna', Buffer.from('new')), () => vault.deleteSecret('password/anna')]) {
      await vault.putSecret('password/anna', Buffer.alloc(9_000, 'secret'));
      const wrapped = query("SELECT wrapped FROM secrets WHERE name = 'password/anna'") as Buffer;
      expect(await onDisk(wrapped.subarray(28, 60))).to.equal(true);
      await remove();
      expect(await onDisk(wrapped.subarray(28, 60))).to.equal(false);
      expect(await onDisk(wrapped.subarray(-60))).to.equal(false);
    }
    await vault.close();
  });

  it('makes keys ahead in batches, so that most cases cost no write', async () => {
    const vault = await open();
    await Promise.all(Array.from({ length: 740 }, () => vault.takeDataKey()));
    expect(query('SELECT count(*) FROM key_batches')).to.equal(1);
    await Promise.all(Array.from({ length: 100 }, () => vault.takeDataKey()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(query('SELECT count(*) FROM key_batches')).to.equal(2);
    await vault.close();
  });

  it('keeps the installation key to its owner', async () => {
    await (await open()).close();
    const { mode, size } = await stat(join(folder, KEY_FILE));
    expect([mode & 0o777, size]).to.deep.equal([0o600, 32]);
  });

  it('is refused without its key, with another key, and with one of the wrong size', async () => {
    const vault = await open();
    await vault.putSecret('a', Buffer.from('b'));
    await vault.close();
    const file = join(folder, KEY_FILE);
    await writeFile(file, Buffer.alloc(32, 7));
    expect(await failure(open())).to.include({ code: 'STORE_KEY_WRONG' });
    await writeFile(file, Buffer.alloc(31, 7));
    expect(await failure(open())).to.include({ code: 'STORE_KEY_INVALID' });
    await rm(file);
    expect(await failure(open())).to.include({ code: 'STORE_KEY_MISSING' });
  });

  it('says when a secret was changed, or put under another name', async () => {
    const vault = await open();
    await vault.putSecret('a', Buffer.from('for a'));
    await vault.putSecret('b', Buffer.from('for b'));
    await vault.close();
    const db = new Database(join(folder, VAULT_FILE));
    db.exec("UPDATE secrets SET wrapped = (SELECT wrapped FROM secrets WHERE name = 'a') WHERE name = 'b'");
    db.close();
    const again = await open();
    expect(await failure(again.secret('b'))).to.include({ code: 'STORE_SECRET_DAMAGED' });
    await again.close();
  });

  it('says when the file of the installation key cannot be read', async () => {
    await (await open()).close();
    await rm(join(folder, KEY_FILE));
    await mkdir(join(folder, KEY_FILE));
    expect(await failure(open())).to.include({ code: 'STORE_OPEN_FAILED' });
  });
});
