/** The contract of ports/blob-store.ts: every adapter runs this suite. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { BlobStore } from '../../server/ports/blob-store.ts';
import { failure } from './event-store.ts';

/** `damage` changes the stored bytes of a blob behind the store's back. */
export interface OpenedBlobStore {
  readonly store: BlobStore;
  readonly reopen: () => Promise<BlobStore>;
  readonly damage: (sha256: string) => Promise<void>;
  readonly remove: () => Promise<void>;
}

const FUTURE = '2999-01-01T00:00:00.000Z';
const PAST = '2000-01-01T00:00:00.000Z';

export function describeBlobStore(name: string, open: () => Promise<OpenedBlobStore>): void {
  describe(`blob store: ${name}`, () => {
    let opened: OpenedBlobStore;
    let store: BlobStore;
    const listed = async (olderThan: string): Promise<string[]> => {
      const names: string[] = [];
      for await (const each of store.list(olderThan)) names.push(each);
      return names.sort();
    };

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(async () => {
      await store.close();
      await opened.remove();
    });

    it('names a blob by the SHA-256 of its bytes and gives them back', async () => {
      const content = Buffer.from('<definitions/>');
      const sha256 = await store.put(content);
      expect(sha256).to.equal(createHash('sha256').update(content).digest('hex'));
      store = await opened.reopen();
      expect(Buffer.from((await store.get(sha256)) ?? [])).to.deep.equal(content);
      expect(await store.has(sha256)).to.equal(true);
    });

    it('stores the same bytes once, also when they come twice at the same time, and empty ones too', async () => {
      const names = await Promise.all([0, 0, 1].map((n) => store.put(Buffer.alloc(n * 100_000, 'x'))));
      await store.put(Buffer.alloc(0));
      expect(names[0]).to.equal(names[1]);
      expect(await listed(FUTURE)).to.deep.equal([...new Set(names)].sort());
    });

    it('answers undefined for what it does not have, and refuses what is no name', async () => {
      expect(await store.get('0'.repeat(64))).to.equal(undefined);
      expect(await store.has('0'.repeat(64))).to.equal(false);
      expect(await failure(store.get('../../etc/passwd'))).to.include({ code: 'STORE_BLOB_NAME_INVALID' });
    });

    it('rejects bytes that were changed behind its back, and heals when they are put again', async () => {
      const content = Buffer.from('a signed letter');
      const sha256 = await store.put(content);
      await opened.damage(sha256);
      expect(await failure(store.get(sha256))).to.include({ code: 'STORE_BLOB_DAMAGED' });
      await store.put(content);
      expect(Buffer.from((await store.get(sha256)) ?? [])).to.deep.equal(content);
    });

    it('lists by age for the sweep, and deletes', async () => {
      const names = await Promise.all(['a', 'b', 'c'].map((text) => store.put(Buffer.from(text))));
      expect(await listed(FUTURE)).to.deep.equal([...names].sort());
      expect(await listed(PAST)).to.deep.equal([]);
      await store.delete(names[0] ?? '');
      await store.delete(names[0] ?? '');
      expect(await listed(FUTURE)).to.deep.equal(names.slice(1).sort());
    });

    it('rejects calls after close', async () => {
      await store.close();
      expect(await failure(store.put(Buffer.from('a')))).to.include({ code: 'STORE_CLOSED' });
      expect(await failure(store.has('0'.repeat(64)))).to.include({ code: 'STORE_CLOSED' });
    });
  });
}
