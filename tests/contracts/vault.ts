/** The contract of ports/vault.ts: every adapter runs this suite. */
import { expect } from 'chai';
import type { Vault } from '../../server/ports/vault.ts';
import { failure } from './event-store.ts';

/** `reopen` closes the vault and opens the same one again; `traces` counts how often some bytes stand anywhere in what it keeps on disk. */
export interface OpenedVault {
  readonly vault: Vault;
  readonly reopen: () => Promise<Vault>;
  readonly traces: (bytes: Uint8Array) => Promise<number>;
  readonly remove: () => Promise<void>;
}

export function describeVault(name: string, open: () => Promise<OpenedVault>): void {
  describe(`vault: ${name}`, () => {
    let opened: OpenedVault;
    let vault: Vault;

    beforeEach(async () => {
      opened = await open();
      vault = opened.vault;
    });
    afterEach(async () => {
      await vault.close();
      await opened.remove();
    });

    it('gives every taker a key of 32 bytes that nobody has', async () => {
      const taken = await Promise.all(Array.from({ length: 2_500 }, () => vault.takeDataKey()));
      expect(new Set(taken.map(({ id }) => id)).size).to.equal(2_500);
      expect(new Set(taken.map(({ key }) => Buffer.from(key).toString('hex'))).size).to.equal(2_500);
      expect(taken.every(({ id, key }) => key.byteLength === 32 && !id.includes(':'))).to.equal(true);
    });

    it('gives no key twice after it was opened again', async () => {
      const before = await Promise.all(Array.from({ length: 5 }, () => vault.takeDataKey()));
      vault = await opened.reopen();
      const after = await Promise.all(Array.from({ length: 2_000 }, () => vault.takeDataKey()));
      expect(after.filter(({ id }) => before.some((known) => known.id === id))).to.deep.equal([]);
    });

    it('finds a key again, also after it was opened again', async () => {
      const { id, key } = await vault.takeDataKey();
      expect(Buffer.from((await vault.dataKey(id)) ?? [])).to.deep.equal(Buffer.from(key));
      vault = await opened.reopen();
      expect(Buffer.from((await vault.dataKey(id)) ?? [])).to.deep.equal(Buffer.from(key));
    });

    it('never has a key or a secret on the disk as it is', async () => {
      const { key } = await vault.takeDataKey();
      await vault.putSecret('password/anna', Buffer.from('a hash that nobody may read'));
      expect(await opened.traces(key)).to.equal(0);
      expect(await opened.traces(Buffer.from('a hash that nobody may read'))).to.equal(0);
    });

    it('destroys a key for ever, and tells it from one that never was', async () => {
      const { id } = await vault.takeDataKey();
      const other = await vault.takeDataKey();
      await vault.destroyDataKey(id);
      expect(await vault.dataKey(id)).to.equal(undefined);
      vault = await opened.reopen();
      expect(await vault.dataKey(id)).to.equal(undefined);
      expect(await vault.dataKey(other.id)).to.have.length(32);
      expect(await failure(vault.dataKey('never'))).to.include({ code: 'STORE_DATA_KEY_UNKNOWN' });
      expect(await failure(vault.destroyDataKey('never'))).to.include({ code: 'STORE_DATA_KEY_UNKNOWN' });
    });

    it('keeps, replaces and deletes named secrets', async () => {
      await vault.putSecret('password/anna', Buffer.from('first'));
      await vault.putSecret('password/anna', Buffer.from('second'));
      vault = await opened.reopen();
      expect(Buffer.from((await vault.secret('password/anna')) ?? []).toString()).to.equal('second');
      await vault.deleteSecret('password/anna');
      expect(await vault.secret('password/anna')).to.equal(undefined);
      expect(await vault.secret('password/bert')).to.equal(undefined);
    });

    it('rejects calls after close', async () => {
      await vault.close();
      for (const call of [vault.takeDataKey(), vault.dataKey('x'), vault.secret('x'), vault.putSecret('x', new Uint8Array(1))]) {
        expect(await failure(call)).to.include({ code: 'STORE_CLOSED' });
      }
    });
  });
}
