/** The contract of ports/desk-store.ts: every adapter runs this suite. */
import { expect } from 'chai';
import type { DeskEntry, DeskStore } from '../../server/ports/desk-store.ts';
import { failure } from './event-store.ts';

/** `reopen` closes the store and opens the same one again. */
export interface OpenedDeskStore {
  readonly store: DeskStore;
  readonly reopen: () => Promise<DeskStore>;
  readonly remove: () => Promise<void>;
}

const NOW = '2026-01-05T09:00:00.000Z';
const LATER = '2026-01-05T10:00:00.000Z';

export function describeDeskStore(name: string, open: () => Promise<OpenedDeskStore>, lasting = true): void {
  describe(`desk store: ${name}`, () => {
    let opened: OpenedDeskStore;
    let store: DeskStore;
    const entry = (key: string, change: Partial<DeskEntry> = {}): DeskEntry => ({ key, content: { text: `entry ${key}` }, ...change });
    const keys = async (collection: string, owner: string, limit?: number): Promise<string[]> => (await store.list(collection, owner, NOW, limit)).map(({ key }) => key);

    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(async () => {
      await store.close();
      await opened.remove();
    });

    it('gives back what was put, replaces it, and forgets it on delete', async () => {
      const full = entry('a', { owner: 'anna', expiresAt: LATER, content: { nested: { n: 1 }, text: 'é' } });
      await store.put('drafts', full);
      expect(await store.get('drafts', 'a', NOW)).to.deep.equal(full);
      await store.put('drafts', entry('a'));
      expect(await store.get('drafts', 'a', NOW)).to.deep.equal(entry('a'));
      await store.delete('drafts', 'a');
      expect(await store.get('drafts', 'a', NOW)).to.equal(undefined);
    });

    it('keeps collections apart', async () => {
      await store.put('drafts', entry('a', { owner: 'anna' }));
      expect(await store.get('sessions', 'a', NOW)).to.equal(undefined);
      await store.deleteOwned('sessions', 'anna');
      expect(await keys('drafts', 'anna')).to.deep.equal(['a']);
    });

    it('lists the entries of an owner, the last written first', async () => {
      for (const key of ['a', 'b', 'c']) await store.put('drafts', entry(key, { owner: 'anna' }));
      await store.put('drafts', entry('d', { owner: 'bert' }));
      await store.put('drafts', entry('a', { owner: 'anna' }));
      expect(await keys('drafts', 'anna')).to.deep.equal(['a', 'c', 'b']);
      expect(await keys('drafts', 'anna', 2)).to.deep.equal(['a', 'c']);
      await store.deleteOwned('drafts', 'anna');
      expect(await keys('drafts', 'anna')).to.deep.equal([]);
      expect(await keys('drafts', 'bert')).to.deep.equal(['d']);
    });

    it('shows no entry from the moment it expires, and sweeps only those', async () => {
      await store.put('sessions', entry('short', { owner: 'anna', expiresAt: NOW }));
      await store.put('sessions', entry('long', { owner: 'anna', expiresAt: LATER }));
      await store.put('sessions', entry('ever', { owner: 'anna' }));
      expect(await store.get('sessions', 'short', NOW)).to.equal(undefined);
      expect(await store.get('sessions', 'short', '2026-01-05T08:59:59.999Z')).to.include({ key: 'short' });
      expect(await keys('sessions', 'anna')).to.deep.equal(['ever', 'long']);
      await store.sweep(NOW);
      expect(await store.get('sessions', 'short', '2020-01-01T00:00:00Z')).to.equal(undefined);
      await store.sweep(LATER);
      expect(await keys('sessions', 'anna')).to.deep.equal(['ever']);
    });

    it('does many writes at once in the order they were asked for', async () => {
      await Promise.all(Array.from({ length: 200 }, (_, n) => store.put('drafts', entry(`k${String(n % 10)}`, { owner: 'anna', content: { n } }))));
      expect(await keys('drafts', 'anna')).to.have.length(10);
      expect(await store.get('drafts', 'k3', NOW)).to.deep.include({ content: { n: 193 } });
    });

    it('changes an entry by what it is: nothing is lost between changes at once, and what a change throws leaves everything as it was', async () => {
      const count = (): Promise<DeskEntry | undefined> => store.update('counts', 'a', NOW, (before) => entry('a', { owner: 'anna', expiresAt: LATER, content: { n: Number(before?.content['n'] ?? 0) + 1 } }));
      await Promise.all(Array.from({ length: 30 }, count));
      expect((await count())?.content).to.deep.equal({ n: 31 });
      const thrown = store.update('counts', 'a', NOW, () => { throw new Error('not now'); });
      const beside = store.put('counts', entry('b'));
      expect(await failure(thrown)).to.include({ message: 'not now' });
      await beside;
      expect(await store.update('counts', 'a', NOW, () => undefined)).to.equal(undefined);
      expect(await store.get('counts', 'a', NOW)).to.deep.equal(entry('a', { owner: 'anna', expiresAt: LATER, content: { n: 31 } }));
      expect(await store.get('counts', 'b', NOW)).to.deep.equal(entry('b'));
      const after: (DeskEntry | undefined)[] = [];
      await store.update('counts', 'a', LATER, (before) => { after.push(before); return undefined; });
      expect(after, 'what has expired is not there').to.deep.equal([undefined]);
    });

    it('answers what was read before as it is after every write, also one that was asked for while it was read', async () => {
      const full = entry('a', { owner: 'anna', expiresAt: LATER });
      const now = (): Promise<DeskEntry | undefined> => store.get('sessions', 'a', NOW);
      const read = async (writing: Promise<unknown>): Promise<DeskEntry | undefined> => {
        const [before] = await Promise.all([now(), writing]);
        expect(await now(), 'twice').to.deep.equal(await now());
        (before?.content as Record<string, unknown> | undefined ?? {})['text'] = 'changed by who read it';
        return now();
      };
      expect(await read(store.put('sessions', full))).to.deep.equal(full);
      expect(await read(store.put('sessions', entry('a', { owner: 'anna', content: { n: 1 } })))).to.deep.equal(entry('a', { owner: 'anna', content: { n: 1 } }));
      expect(await read(store.update('sessions', 'a', NOW, () => full))).to.deep.equal(full);
      expect(await store.get('sessions', 'a', LATER), 'expired').to.equal(undefined);
      expect(await read(store.delete('sessions', 'a'))).to.equal(undefined);
      expect(await read(store.put('sessions', full))).to.deep.equal(full);
      expect(await read(store.deleteOwned('sessions', 'anna'))).to.equal(undefined);
      expect(await read(store.put('sessions', full))).to.deep.equal(full);
      await store.sweep(LATER);
      expect(await store.get('sessions', 'a', NOW)).to.equal(undefined);
    });

    it('rejects calls after close', async () => {
      const pending = store.put('drafts', entry('a'));
      await store.close();
      await pending;
      for (const call of [store.put('drafts', entry('b')), store.get('drafts', 'a', NOW), store.list('drafts', 'anna', NOW)]) {
        expect(await failure(call)).to.include({ code: 'STORE_CLOSED' });
      }
    });

    if (!lasting) return;
    it('keeps everything when it is opened again', async () => {
      await store.put('drafts', entry('a', { owner: 'anna' }));
      store = await opened.reopen();
      expect(await keys('drafts', 'anna')).to.deep.equal(['a']);
    });
  });
}
