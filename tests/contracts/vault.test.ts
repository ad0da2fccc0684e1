/** The vaults against their contract. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteVault } from '../../server/stores/sqlite/vault.ts';
import { describeVault } from './vault.ts';

describeVault('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'piton-vault-'));
  const vault = await openSqliteVault({ folder });
  const reopen = async (): Promise<typeof vault> => {
    await vault.close();
    return openSqliteVault({ folder });
  };
  const traces = async (bytes: Uint8Array): Promise<number> => {
    const contents = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))));
    return contents.filter((content) => content.includes(Buffer.from(bytes))).length;
  };
  return { vault, reopen, traces, remove: () => rm(folder, { recursive: true }) };
});
