/** The contract of ports/part-store.ts: every adapter runs this suite. */
import { expect } from 'chai';
import type { PartStore } from '../../server/ports/part-store.ts';

export interface OpenedPartStore {
  readonly store: PartStore;
  readonly reopen: () => Promise<PartStore>;
  readonly remove: () => Promise<void>;
}

export function describePartStore(name: string, open: () => Promise<OpenedPartStore>): void {
  describe(`part store: ${name}`, () => {
    let opened: OpenedPartStore;
    let store: PartStore;
    const text = async (id: string): Promise<string> => Buffer.from(await store.read(id)).toString();

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.remove());

    it('puts parts one behind the other, also when it was opened again between them', async () => {
      await store.write('a', 0, Buffer.from('one '));
      await store.write('b', 0, Buffer.from('other'));
      store = await opened.reopen();
      await store.write('a', 4, Buffer.from('two'));
      expect([await text('a'), await text('b')]).to.deep.equal(['one two', 'other']);
      expect((await store.ids()).sort()).to.deep.equal(['a', 'b']);
    });

    it('a part that is sent again from an earlier byte on takes the place of what stood there and behind', async () => {
      await store.write('a', 0, Buffer.from('0123456789'));
      await store.write('a', 10, Buffer.from('tail'));
      await store.write('a', 4, Buffer.from('new'));
      expect(await text('a')).to.equal('0123new');
      await store.write('a', 4, Buffer.from('longer'));
      expect(await text('a')).to.equal('0123longer');
    });

    it('keeps parts of 8 MiB as they are', async () => {
      const part = Buffer.alloc(8 * 1_048_576, 'scan');
      await store.write('a', 0, part);
      expect(Buffer.from(await store.read('a')).equals(part)).to.equal(true);
    });

    it('forgets on remove, and has nothing to read then', async () => {
      await store.write('a', 0, Buffer.from('x'));
      await store.remove('a');
      await store.remove('a');
      expect(await store.ids()).to.deep.equal([]);
      expect(await store.read('a').then(() => 'read', () => 'rejected')).to.equal('rejected');
    });
  });
}
