/** The projection file when it is damaged: it is derived, so it is made new. */
import { mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { createThreadedProjections } from '../../../server/stores/sqlite/threaded-projections.ts';
import { failure } from '../../contracts/event-store.ts';

const SPEC = { name: 'rows', key: 'id', indexes: [['total']] };

const ADAPTERS = { 'on this thread': createSqliteProjections, 'in a thread': createThreadedProjections };

for (const [where, create] of Object.entries(ADAPTERS)) describe(`the projections in SQLite, written ${where}`, () => {
  let folder: string;
  let file: string;

  const opened = async (): Promise<{ projections: ReturnType<typeof createSqliteProjections>; rows: ReturnType<ReturnType<typeof createSqliteProjections>['table']> }> => {
    const projections = create(file);
    const rows = projections.table(SPEC);
    await projections.open();
    return { projections, rows };
  };
  const filled = async (): Promise<void> => {
    const { projections, rows } = await opened();
    await projections.commit(9, () => {
      for (let n = 0; n < 2_000; n++) rows.put({ id: `row-${String(n)}`, total: n, text: 'x'.repeat(200) });
    });
    await projections.close();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'piton-projections-'));
    file = join(folder, 'projections.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are emptied when the file is no database', async () => {
    await writeFile(file, 'x'.repeat(10_000));
    const { projections, rows } = await opened();
    expect(await projections.checkpoint()).to.equal(0);
    expect(await rows.count({})).to.equal(0);
    await projections.close();
  });

  it('are emptied at the next start when damage shows up while they are read', async () => {
    await filled();
    const handle = await open(file, 'r+');
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size - 3 * 4_096, 0xff), 0, size - 3 * 4_096, 3 * 4_096);
    await handle.close();
    const first = await opened();
    expect(await failure(first.rows.find({ orderBy: [{ column: 'total' }], limit: 1_000 }))).to.include({ code: 'STORE_PROJECTIONS_DAMAGED' });
    await first.projections.close();
    const second = await opened();
    expect(await second.projections.checkpoint()).to.equal(0);
    await second.projections.commit(1, () => second.rows.put({ id: 'a', total: 1 }));
    await second.projections.close();
    expect((await readdir(folder)).filter((name) => name.includes('damaged'))).to.deep.equal([]);
  });

  it('keep nothing of a batch that failed, and go on', async () => {
    const { projections, rows } = await opened();
    await projections.commit(1, () => rows.put({ id: 'a', total: 1 }));
    const bad = projections.commit(2, () => rows.put({ id: 'b', total: {} }));
    const behind = projections.commit(3, () => rows.put({ id: 'c', total: 3 }));
    expect(await failure(bad)).to.include({ code: 'STORE_ROW_INVALID' });
    const failed = await failure(behind);
    expect(await projections.checkpoint()).to.equal(failed === undefined ? 3 : 1);
    await projections.commit(4, () => rows.put({ id: 'd', total: 4 }));
    expect(await projections.checkpoint()).to.equal(4);
    expect(await rows.get('b')).to.equal(undefined);
    await projections.close();
  });

  it('refuse names that are no identifiers, a list behind the first place of an index, and use before open or after close', async () => {
    const projections = create(file);
    const code = (spec: object): (() => unknown) => () => projections.table({ ...SPEC, ...spec });
    expect(code({ name: 'a; DROP' })).to.throw().with.property('code', 'STORE_TABLE_INVALID');
    expect(code({ name: 'other', indexes: [['total', 'groups']], lists: ['groups'] })).to.throw().with.property('code', 'STORE_TABLE_INVALID');
    const rows = projections.table(SPEC);
    expect(await failure(rows.get('a'))).to.include({ code: 'STORE_TABLE_TIMING' });
    await projections.open();
    await projections.close();
    expect(await failure(rows.get('a'))).to.include({ code: 'STORE_CLOSED' });
    expect(await failure(projections.checkpoint())).to.include({ code: 'STORE_CLOSED' });
  });
});
