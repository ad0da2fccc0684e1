/** Copying the log while it is written: a copy of one moment, continued by the next backup, never of another log. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import type { EventStore } from '../../../server/ports/event-store.ts';
import { copyLog } from '../../../server/stores/sqlite/copy-log.ts';
import { checkLog } from '../../../server/stores/sqlite/data-folder.ts';
import { LOG_FILE, openSqliteEventStore } from '../../../server/stores/sqlite/event-store.ts';
import { failure, newRecord } from '../../contracts/event-store.ts';

describe('the copy of a log', () => {
  let root: string;
  let folder: string;
  let target: string;
  let store: EventStore;

  const append = async (stream: string, count: number): Promise<void> => {
    for (let version = 0; version < count; version += 1) await store.append(newRecord(stream, version, { events: Buffer.alloc(50_000, 'x') }));
  };
  const copy = async (): Promise<number> => {
    const source = new Database(join(folder, LOG_FILE), { readonly: true });
    let steps = 0;
    await copyLog(source, join(target, LOG_FILE), () => { steps += 1; }).finally(() => source.close());
    return steps;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'piton-copy-'));
    folder = join(root, 'data');
    target = await mkdtemp(join(root, 'copy-'));
    store = await openSqliteEventStore({ folder });
  });
  afterEach(async () => {
    await store.close();
    await rm(root, { recursive: true });
  });

  it('is whole and ends where the log ended when it began, while commands go on', async () => {
    await append('before', 200);
    const { position, hash } = await store.head();
    let writing = true;
    const stopped = (): boolean => !writing;
    const writer = (async () => { for (let n = 0; !stopped(); n += 1) await store.append(newRecord(`during-${String(n)}`, 0)); })();
    const steps = await copy();
    writing = false;
    await writer;
    expect(steps, 'it goes in small steps').to.be.greaterThan(1);
    expect((await store.head()).position).to.be.greaterThan(position);
    expect(checkLog(target)).to.include({ valid: true });
    expect(checkLog(target, [{ position, hash }])).to.include({ valid: true });
  });

  it('is continued: what it holds is not copied again', async () => {
    await append('first', 200);
    expect(await copy()).to.be.greaterThan(1);
    await append('second', 3);
    expect(await copy(), 'three commits are one step').to.equal(1);
    expect(checkLog(target)).to.include({ valid: true, position: 203 });
    expect(await copy()).to.equal(0);
  });

  it('is made new where the folder holds the copy of another log', async () => {
    await append('one', 5);
    await copy();
    await store.close();
    folder = join(root, 'other');
    store = await openSqliteEventStore({ folder });
    await append('other', 3);
    await copy();
    expect(checkLog(target)).to.include({ valid: true, position: 3, hash: (await store.head()).hash });
  });

  it('refuses to copy a commit that is not as it was written', async () => {
    await append('one', 5);
    await store.close();
    const db = new Database(join(folder, LOG_FILE));
    db.prepare('UPDATE commits SET body = zeroblob(10) WHERE position = 3').run();
    db.close();
    expect(await failure(copy())).to.include({ code: 'STORE_LOG_DAMAGED' });
  });

  it('opens as a log, whose index is made then', async () => {
    await append('one', 5);
    await copy();
    const restored = await openSqliteEventStore({ folder: target });
    expect((await restored.read('one')).map(({ version }) => version)).to.deep.equal([1, 2, 3, 4, 5]);
    await restored.close();
  });
});
