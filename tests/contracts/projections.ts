/** The contract of ports/projections.ts and ports/snapshots.ts: every adapter runs this suite. Long: one suite for every adapter. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { Projections, Query, Row, Table, TableSpec } from '../../server/ports/projections.ts';
import type { Snapshots } from '../../server/ports/snapshots.ts';
import { failure } from './event-store.ts';

/** `again` closes these projections and answers undeclared ones over the same storage. */
export interface MadeProjections {
  readonly projections: Projections;
  readonly snapshots: Snapshots;
  readonly again: () => Promise<MadeProjections>;
  readonly remove: () => Promise<void>;
}

interface TaskRow extends Row {
  readonly taskId: string;
  readonly state: string;
  readonly assignee: string | null;
  readonly dueAt: string | null;
  readonly priority: number;
  readonly urgent?: boolean;
  readonly groups: readonly string[];
  readonly note?: string;
}

const TASKS: TableSpec = { name: 'tasks', key: 'taskId', indexes: [['state', 'dueAt'], ['assignee', 'priority'], ['urgent'], ['groups', 'state', 'dueAt']], lists: ['groups'] };
/** The same rows, with questions whose answers are kept. */
const COUNTED: TableSpec = {
  ...TASKS, name: 'counted',
  counts: [{ equal: ['state'], list: 'groups', below: 'dueAt' }, { equal: ['state'], below: 'dueAt' }, { equal: ['assignee'] }],
};
const COUNTERS: TableSpec = { name: 'counters', key: 'name', indexes: [['total']] };

function task(n: number, change: Partial<TaskRow> = {}): TaskRow {
  return { taskId: `t${String(n).padStart(3, '0')}`, state: 'open', assignee: null, dueAt: null, priority: 50, groups: [], ...change };
}

export function describeProjections(name: string, make: () => Promise<MadeProjections>, lasting = true): void {
  describe(`projections: ${name}`, () => {
    let made: MadeProjections;
    let tasks: Table<TaskRow>;
    let counted: Table<TaskRow>;

    const declare = async (): Promise<void> => {
      tasks = made.projections.table<TaskRow>(TASKS);
      counted = made.projections.table<TaskRow>(COUNTED);
      made.projections.table(COUNTERS);
      await made.projections.open();
    };
    beforeEach(async () => {
      made = await make();
      await declare();
    });
    afterEach(async () => {
      await made.projections.close();
      await made.remove();
    });

    describe('batches', () => batches(() => made.projections, () => tasks));
    describe('searching', () => searching(() => made.projections, () => tasks));
    describe('pages', () => pages(() => made.projections, () => tasks));
    describe('counts that are kept', () => keptCounts(() => made.projections, () => counted));
    describe('mistakes of callers', () => mistakes(() => made.projections, () => tasks));
    describe('snapshots', () => snapshotting(() => made.snapshots));

    if (!lasting) return;

    it('keeps rows and checkpoint when it is opened again with the same declaration', async () => {
      await made.projections.commit(7, () => tasks.put(task(1, { groups: ['clerks'] })));
      await made.projections.amend(() => undefined, { through: 6, position: 2, index: 3 });
      await made.snapshots.put({ stream: 'case-1', version: 3, fingerprint: 'f', state: Buffer.from('state') });
      made = await made.again();
      await declare();
      expect(await made.projections.checkpoint()).to.equal(7);
      expect(await made.projections.backlog()).to.deep.equal({ through: 6, position: 2, index: 3 });
      expect((await tasks.find({ where: { groups: 'clerks' } })).rows).to.deep.equal([task(1, { groups: ['clerks'] })]);
      expect(await made.snapshots.get('case-1')).to.include({ version: 3 });
    });

    it('empties all tables when the declaration of one has changed', async () => {
      await made.projections.commit(7, () => tasks.put(task(1)));
      await made.projections.amend(() => undefined, { through: 6, position: 2, index: 3 });
      made = await made.again();
      made.projections.table(COUNTERS);
      tasks = made.projections.table<TaskRow>({ ...TASKS, indexes: [['state']] });
      await made.projections.open();
      expect(await made.projections.checkpoint()).to.equal(0);
      expect(await made.projections.backlog()).to.equal(undefined);
      expect(await tasks.count({})).to.equal(0);
    });
  });
}

function batches(projections: () => Projections, tasks: () => Table<TaskRow>): void {
  it('changes rows beside the log without moving the checkpoint, between commits', async () => {
    await projections().commit(4, () => tasks().put(task(1, { groups: ['clerks'] })));
    await projections().amend(() => tasks().delete('t001'));
    expect(await tasks().get('t001')).to.equal(undefined);
    expect(await projections().checkpoint()).to.equal(4);
    await projections().commit(5, () => tasks().put(task(1)));
    expect(await projections().checkpoint()).to.equal(5);
  });

  it('keeps what is still owed with the rows written for it, until nothing is', async () => {
    expect(await projections().backlog()).to.equal(undefined);
    await projections().amend(() => undefined, { through: 9, position: 0, index: -1 });
    await projections().commit(12, () => tasks().put(task(1)));
    await projections().amend(() => tasks().put(task(2)), { through: 9, position: 4, index: 7 });
    await projections().amend(() => tasks().put(task(3)));
    expect(await projections().backlog()).to.deep.equal({ through: 9, position: 4, index: 7 });
    expect(await projections().checkpoint()).to.equal(12);
    const failed = await failure(projections().amend(() => {
      tasks().put(task(4));
      throw new Error('a bug in a projection');
    }, { through: 9, position: 5, index: 0 }));
    expect(failed).to.include({ message: 'a bug in a projection' });
    expect(await projections().backlog()).to.deep.equal({ through: 9, position: 4, index: 7 });
    expect(await tasks().count({})).to.equal(3);
    await projections().amend(() => undefined, null);
    expect(await projections().backlog()).to.equal(undefined);
  });

  it('shows rows and checkpoint of a batch together', async () => {
    await projections().commit(3, () => {
      tasks().put(task(1));
      tasks().put(task(2, { note: 'é 申請', groups: ['a', 'b'], dueAt: '2026-01-01T00:00:00.000Z' }));
    });
    expect(await projections().checkpoint()).to.equal(3);
    expect(await tasks().get('t001')).to.deep.equal(task(1));
    expect(await tasks().get('t002')).to.deep.equal(task(2, { note: 'é 申請', groups: ['a', 'b'], dueAt: '2026-01-01T00:00:00.000Z' }));
    expect(await tasks().get('t003')).to.equal(undefined);
  });

  it('enters new rows, which later changes of the same batch find', async () => {
    await projections().commit(1, () => {
      for (const n of [1, 2, 3]) tasks().insert(task(n, { groups: ['clerks'] }));
      tasks().patch('t001', { note: 'seen', groups: ['chiefs'] });
      tasks().delete('t002');
      tasks().delete('t003');
      tasks().insert(task(3, { state: 'again' }));
    });
    expect((await tasks().find({ orderBy: [{ column: 'taskId' }] })).rows).to.deep.equal([task(1, { note: 'seen', groups: ['chiefs'] }), task(3, { state: 'again' })]);
    await projections().commit(2, () => {
      tasks().delete('t001');
      tasks().insert(task(1));
    });
    expect((await tasks().find({ where: { groups: ['clerks', 'chiefs'] } })).rows).to.deep.equal([]);
    expect(await tasks().get('t001')).to.deep.equal(task(1));
  });

  it('takes changes before they are written, or forgets them', async () => {
    const { staging } = projections();
    if (staging === undefined) return;
    staging.add(() => tasks().put(task(1)));
    staging.add(() => tasks().patch('t001', { note: 'seen' }));
    expect(await tasks().get('t001')).to.equal(undefined);
    await projections().commit(2, () => tasks().put(task(2)));
    expect(await tasks().get('t001')).to.deep.equal(task(1, { note: 'seen' }));
    staging.add(() => tasks().delete('t001'));
    staging.drop();
    await projections().commit(3, () => undefined);
    expect(await tasks().count({})).to.equal(2);
  });

  it('leaves nothing of a batch that throws', async () => {
    await projections().commit(1, () => tasks().put(task(1)));
    const thrown = await failure(projections().commit(2, () => {
      tasks().patch('t001', { state: 'done' });
      tasks().put(task(2));
      throw new Error('a bug in a projection');
    }));
    expect(thrown).to.include({ message: 'a bug in a projection' });
    expect(await projections().checkpoint()).to.equal(1);
    expect(await tasks().get('t002')).to.equal(undefined);
    await projections().commit(2, () => tasks().patch('t001', { note: 'seen' }));
    expect(await tasks().get('t001')).to.deep.equal(task(1, { note: 'seen' }));
  });

  it('does not apply a position twice', async () => {
    let applied = 0;
    for (const position of [1, 2, 2, 1, 3]) await projections().commit(position, () => (applied += 1));
    expect(applied).to.equal(3);
  });

  it('sees earlier writes of the same batch', async () => {
    await projections().commit(1, () => {
      tasks().put(task(1));
      tasks().patch('t001', { assignee: 'anna' });
      tasks().patch('t001', { state: 'done' });
      tasks().put(task(2));
      tasks().delete('t002');
      tasks().patch('t002', { state: 'done' });
      tasks().patch('t009', { state: 'done' });
    });
    expect(await tasks().get('t001')).to.deep.equal(task(1, { assignee: 'anna', state: 'done' }));
    expect(await tasks().count({})).to.equal(1);
  });

  it('adds to numbers, making the row with them if there is none', async () => {
    const counters = projections().table<Row>(COUNTERS);
    const count = (amounts: Record<string, number>): void => counters.add('open', amounts, { name: 'open', total: 0, late: 0 });
    await projections().commit(1, () => count({ total: 1 }));
    await projections().commit(2, () => {
      count({ total: 1, late: 2 });
      count({ total: -3, other: 1 });
    });
    expect(await counters.get('open')).to.deep.equal({ name: 'open', total: -1, late: 2, other: 1 });
    expect((await counters.find({ where: { total: -1 } })).rows).to.have.length(1);
  });

  it('moves a row in its indexes when it changes, and takes it out when it goes', async () => {
    await projections().commit(1, () => tasks().put(task(1, { groups: ['a', 'b'] })));
    await projections().commit(2, () => tasks().patch('t001', { state: 'done', groups: ['b', 'c'] }));
    const count = (query: Query): Promise<number> => tasks().count(query);
    expect(await count({ where: { state: 'open' } })).to.equal(0);
    expect(await count({ where: { state: 'done' } })).to.equal(1);
    expect(await Promise.all(['a', 'b', 'c'].map((group) => count({ where: { groups: group } })))).to.deep.equal([0, 1, 1]);
    const inGroup = async (state: string): Promise<number> => (await tasks().find({ where: { groups: ['b', 'c'], state }, orderBy: [{ column: 'dueAt' }] })).rows.length;
    expect([await inGroup('open'), await inGroup('done')]).to.deep.equal([0, 1]);
    await projections().commit(3, () => tasks().delete('t001'));
    expect([await inGroup('open'), await inGroup('done')]).to.deep.equal([0, 0]);
    expect(await Promise.all(['a', 'b', 'c'].map((group) => count({ where: { groups: group } })))).to.deep.equal([0, 0, 0]);
    expect(await count({})).to.equal(0);
  });

  it('finds the same after a rebuild whose indexes were put off, and while they are', async () => {
    const due = { where: { groups: ['a'], state: 'open' }, orderBy: [{ column: 'dueAt' }] };
    await projections().beginRebuild?.();
    await projections().commit(1, () => [3, 1, 2].forEach((n) => tasks().put(task(n, { groups: ['a'], dueAt: `2026-01-0${String(n)}` }))));
    const keys = async (): Promise<string[]> => (await tasks().find(due)).rows.map(({ taskId }) => taskId);
    expect(await keys()).to.deep.equal(['t001', 't002', 't003']);
    await projections().finishRebuild?.();
    await projections().commit(2, () => tasks().patch('t001', { dueAt: '2026-01-09' }));
    expect(await keys()).to.deep.equal(['t002', 't003', 't001']);
    await projections().beginRebuild?.();
    expect(await keys(), 'tables that hold something keep their indexes').to.deep.equal(['t002', 't003', 't001']);
  });

  it('empties every table on reset', async () => {
    await projections().commit(5, () => tasks().put(task(1, { groups: ['a'] })));
    await projections().amend(() => undefined, { through: 5, position: 1, index: 0 });
    await projections().reset();
    expect(await projections().checkpoint()).to.equal(0);
    expect(await projections().backlog()).to.equal(undefined);
    expect(await tasks().get('t001')).to.equal(undefined);
    expect(await tasks().count({ where: { groups: 'a' } })).to.equal(0);
    await projections().commit(1, () => tasks().put(task(2)));
    expect(await tasks().count({})).to.equal(1);
  });
}

const SAMPLE: readonly TaskRow[] = [
  task(1, { dueAt: '2026-01-03', groups: ['clerks', 'heads'], priority: 10, urgent: true }),
  task(2, { dueAt: '2026-01-01', groups: ['clerks'], assignee: 'anna', priority: 90 }),
  task(3, { dueAt: null, groups: ['heads'], assignee: 'anna', priority: 50, urgent: false }),
  task(4, { dueAt: '2026-01-02', groups: ['registry'], assignee: 'bert', state: 'done', priority: 50 }),
  task(5, { dueAt: '2026-01-02', groups: [], assignee: null, priority: 50, urgent: true }),
];

function searching(projections: () => Projections, tasks: () => Table<TaskRow>): void {
  const found = async (query: Query): Promise<string[]> => (await tasks().find(query)).rows.map(({ taskId }) => taskId);
  beforeEach(() => projections().commit(1, () => SAMPLE.forEach((row) => tasks().put(row))));

  it('finds by equality, one of several, null and boolean', async () => {
    expect(await found({ where: { state: 'open' } })).to.deep.equal(['t001', 't002', 't003', 't005']);
    expect(await found({ where: { assignee: ['anna', 'bert'] } })).to.deep.equal(['t002', 't003', 't004']);
    expect(await found({ where: { assignee: null } })).to.deep.equal(['t001', 't005']);
    expect(await found({ where: { assignee: ['bert', null] } })).to.deep.equal(['t001', 't004', 't005']);
    expect(await found({ where: { urgent: true } })).to.deep.equal(['t001', 't005']);
    expect(await found({ where: { urgent: [true, false] } })).to.deep.equal(['t001', 't003', 't005']);
    expect(await found({ where: { assignee: [] } })).to.deep.equal([]);
    expect(await found({ where: { priority: 50, state: 'open' } })).to.deep.equal(['t003', 't005']);
    expect(await found({ where: { taskId: 't004' } })).to.deep.equal(['t004']);
  });

  it('finds rows whose list has one of the members, each once', async () => {
    expect(await found({ where: { groups: 'clerks' } })).to.deep.equal(['t001', 't002']);
    expect(await found({ where: { groups: ['clerks', 'heads'] } })).to.deep.equal(['t001', 't002', 't003']);
    expect(await found({ where: { groups: ['clerks', 'heads'], state: 'open' }, orderBy: [{ column: 'dueAt' }] })).to.deep.equal(['t003', 't002', 't001']);
    expect(await found({ where: { groups: ['registry'], state: 'open' } })).to.deep.equal([]);
  });

  it('finds what is due before a moment, never what has no date', async () => {
    expect(await found({ where: { state: 'open' }, below: { column: 'dueAt', value: '2026-01-03' } })).to.deep.equal(['t002', 't005']);
    expect(await tasks().count({ below: { column: 'priority', value: 51 } })).to.equal(4);
  });

  it('sorts by columns in their directions, nothing before something, ties by key', async () => {
    expect(await found({ orderBy: [{ column: 'dueAt' }] })).to.deep.equal(['t003', 't002', 't004', 't005', 't001']);
    expect(await found({ orderBy: [{ column: 'dueAt', descending: true }] })).to.deep.equal(['t001', 't005', 't004', 't002', 't003']);
    expect(await found({ orderBy: [{ column: 'priority', descending: true }, { column: 'dueAt' }] })).to.deep.equal(['t002', 't003', 't004', 't005', 't001']);
  });

  it('counts what it would find', async () => {
    for (const where of [{}, { state: 'open' }, { groups: ['clerks', 'heads'] }, { assignee: null }]) {
      expect(await tasks().count({ where })).to.equal((await found({ where })).length);
    }
  });
}

/** What may happen to a row, in batches. */
interface Happening {
  readonly n: number;
  readonly what: 'put' | 'insert' | 'patch' | 'delete';
  readonly change: Pick<TaskRow, 'state' | 'assignee' | 'dueAt' | 'groups'>;
  readonly closesBatch: boolean;
}

const happenings = fc.array(
  fc.record<Happening>({
    n: fc.integer({ min: 1, max: 12 }), what: fc.constantFrom('put', 'insert', 'patch', 'delete'), closesBatch: fc.boolean(),
    change: fc.record({
      state: fc.constantFrom('open', 'held'), assignee: fc.constantFrom(null, 'ann', 'ben'), groups: fc.subarray(['a', 'b', 'c']),
      dueAt: fc.constantFrom(null, '2026-01-05T08:00:00.000Z', '2026-01-05T10:00:00.000Z', '2026-01-06T08:00:00.000Z', '2026-02-01T00:00:00.000Z'),
    }),
  }),
  { maxLength: 60 },
);

function keptCounts(projections: () => Projections, counted: () => Table<TaskRow>): void {
  it('answer what counting the rows would answer, whatever happened to them', async () => {
    let position = 0;
    await fc.assert(fc.asyncProperty(happenings, async (list) => {
      await projections().reset();
      position = 0;
      const rows = new Map<string, TaskRow>();
      for (const batch of batchesOf(list)) await projections().commit((position += 1), () => batch.forEach((each) => happen(each, counted(), rows)));
      for (const query of questions()) expect(await counted().count(query), JSON.stringify(query)).to.equal([...rows.values()].filter((row) => meets(row, query)).length);
    }), { numRuns: 40 });
  });

  it('are refused without an index to count the last day along', () => {
    const spec: TableSpec = { name: 'blind', key: 'id', indexes: [['state']], counts: [{ equal: ['state'], below: 'dueAt' }] };
    expect(() => projections().table(spec)).to.throw().with.property('code').that.is.oneOf(['STORE_TABLE_INVALID', 'STORE_TABLE_TIMING']);
  });
}

function batchesOf(list: readonly Happening[]): Happening[][] {
  const batches: Happening[][] = [[]];
  for (const each of list) {
    batches.at(-1)!.push(each);
    if (each.closesBatch) batches.push([]);
  }
  return batches;
}

function happen({ n, what, change }: Happening, table: Table<TaskRow>, rows: Map<string, TaskRow>): void {
  const whole = task(n, change);
  const before = rows.get(whole.taskId);
  if (what === 'put' || what === 'insert') {
    if (what === 'insert' && before === undefined) table.insert(whole);
    else table.put(whole);
    rows.set(whole.taskId, whole);
  } else if (what === 'patch') {
    table.patch(whole.taskId, change);
    if (before) rows.set(whole.taskId, { ...before, ...change });
  } else {
    table.delete(whole.taskId);
    rows.delete(whole.taskId);
  }
}

function questions(): Pick<Query, 'where' | 'below'>[] {
  const wheres = [
    ...['open', 'held'].flatMap((state) => [{ state }, { state, groups: 'a' }, { state, groups: ['b', 'c'] }, { state, groups: ['a', 'nobody'] }, { state, groups: [] }]),
    { assignee: 'ann' }, { assignee: null },
  ];
  const moments = ['2026-01-05T09:00:00.000Z', '2026-01-06T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
  return wheres.flatMap((where) => [{ where }, ...('state' in where ? moments.map((value) => ({ where, below: { column: 'dueAt', value } })) : [])]);
}

function meets(row: TaskRow, { where = {}, below }: Pick<Query, 'where' | 'below'>): boolean {
  const isEqual = Object.entries(where).every(([column, asked]) => (column === 'groups' ? [asked].flat().some((member) => row.groups.includes(String(member))) : row[column] === asked));
  return isEqual && (below === undefined || (row.dueAt !== null && row.dueAt < below.value));
}

function pages(projections: () => Projections, tasks: () => Table<TaskRow>): void {
  const walk = async (query: Query): Promise<string[]> => {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await tasks().find({ ...query, ...(after === undefined ? {} : { after }) });
      keys.push(...page.rows.map(({ taskId }) => taskId));
      after = page.next;
    } while (after !== undefined);
    return keys;
  };

  it('walks every order page by page without losing or repeating a row', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => task(n, { dueAt: n % 5 === 0 ? null : `2026-01-${String(1 + (n % 7)).padStart(2, '0')}`, priority: n % 3, groups: [`g${String(n % 4)}`, 'all'] }));
    await projections().commit(1, () => rows.forEach((row) => tasks().put(row)));
    const orders: NonNullable<Query['orderBy']>[] = [
      [], [{ column: 'dueAt' }], [{ column: 'dueAt', descending: true }], [{ column: 'priority', descending: true }, { column: 'dueAt' }], [{ column: 'dueAt', descending: true }, { column: 'priority' }],
    ];
    for (const orderBy of orders) {
      for (const where of [{}, { groups: ['g1', 'all', 'g2'], state: 'open' }, { groups: ['g1', 'g3'] }]) {
        const whole = (await tasks().find({ where, orderBy, limit: 100 })).rows.map(({ taskId }) => taskId);
        expect(await walk({ where, orderBy, limit: 7 })).to.deep.equal(whole);
        expect(await walk({ where, orderBy, limit: whole.length })).to.deep.equal(whole);
      }
    }
  });

  it('goes on behind the cursor when rows were added or changed meanwhile', async () => {
    await projections().commit(1, () => [1, 3, 5].forEach((n) => tasks().put(task(n))));
    const first = await tasks().find({ limit: 2 });
    await projections().commit(2, () => {
      tasks().put(task(2));
      tasks().put(task(4));
      tasks().delete('t003');
    });
    const rest = await tasks().find({ limit: 10, after: first.next ?? '' });
    expect(rest.rows.map(({ taskId }) => taskId)).to.deep.equal(['t004', 't005']);
    expect(rest.next).to.equal(undefined);
  });

  it('refuses a cursor of another order, or none at all', async () => {
    await projections().commit(1, () => [1, 2, 3].forEach((n) => tasks().put(task(n))));
    const { next = '' } = await tasks().find({ limit: 1 });
    expect(await failure(tasks().find({ after: next, orderBy: [{ column: 'dueAt' }] }))).to.include({ code: 'STORE_CURSOR_INVALID' });
    expect(await failure(tasks().find({ after: 'nonsense' }))).to.include({ code: 'STORE_CURSOR_INVALID' });
  });
}

function mistakes(projections: () => Projections, tasks: () => Table<TaskRow>): void {
  it('refuses to search or sort by a column without an index', async () => {
    expect(await failure(tasks().find({ where: { note: 'x' } }))).to.include({ code: 'STORE_COLUMN_UNKNOWN' });
    expect(await failure(tasks().find({ orderBy: [{ column: 'note' }] }))).to.include({ code: 'STORE_COLUMN_UNKNOWN' });
    expect(await failure(tasks().find({ orderBy: [{ column: 'groups' }] }))).to.include({ code: 'STORE_COLUMN_UNKNOWN' });
    expect(await failure(tasks().count({ below: { column: 'note', value: 1 } }))).to.include({ code: 'STORE_COLUMN_UNKNOWN' });
    expect(await failure(tasks().count({ where: { "state = 'x' OR 1": 1 } }))).to.include({ code: 'STORE_COLUMN_UNKNOWN' });
  });

  it('refuses a write outside commit', async () => {
    const writes = [() => tasks().put(task(1)), () => tasks().delete('t001'), () => tasks().add('t001', { priority: 1 }, task(1))];
    for (const write of writes) expect(write).to.throw().with.property('code', 'STORE_TABLE_TIMING');
    expect(await tasks().count({})).to.equal(0);
  });

  it('refuses a row without its key, with a structure in an index, or with no list in a list column', async () => {
    const code = async (row: unknown): Promise<unknown> => (await failure(projections().commit(1, () => tasks().put(row as TaskRow))) as { code?: string }).code;
    expect(await code({ state: 'open' })).to.equal('STORE_ROW_INVALID');
    expect(await code({ ...task(1), state: { nested: true } })).to.equal('STORE_ROW_INVALID');
    expect(await code({ ...task(1), groups: 'clerks' })).to.equal('STORE_ROW_INVALID');
    expect(await projections().checkpoint()).to.equal(0);
  });

  it('refuses two declarations of one name, a declaration after open, and names that are no identifiers', () => {
    expect(projections().table(TASKS)).to.equal(tasks());
    expect(() => projections().table({ ...TASKS, indexes: [] })).to.throw().with.property('code', 'STORE_TABLE_CONFLICT');
    expect(() => projections().table({ name: 'late', key: 'id', indexes: [] })).to.throw().with.property('code', 'STORE_TABLE_TIMING');
  });
}

function snapshotting(snapshots: () => Snapshots): void {
  const snapshot = { stream: 'case-1', version: 5, fingerprint: 'graph/1', keyId: 'key-1', state: Buffer.from([1, 2, 3]) };

  it('keeps the newest snapshot of a stream', async () => {
    await snapshots().put(snapshot);
    await snapshots().put({ ...snapshot, version: 4 });
    expect((await snapshots().get('case-1'))?.version).to.equal(5);
    await snapshots().put({ ...snapshot, version: 6 });
    const found = await snapshots().get('case-1');
    expect({ ...found, state: Buffer.from(found?.state ?? []) }).to.deep.equal({ ...snapshot, version: 6 });
    expect(await snapshots().get('case-2')).to.equal(undefined);
  });

  it('lets a snapshot with another fingerprint replace it, and forgets it on delete', async () => {
    await snapshots().put(snapshot);
    await snapshots().put({ stream: 'case-1', version: 2, fingerprint: 'graph/2', state: Buffer.from([9]) });
    expect(await snapshots().get('case-1')).to.include({ version: 2, fingerprint: 'graph/2' }).and.not.have.property('keyId');
    await snapshots().delete('case-1');
    expect(await snapshots().get('case-1')).to.equal(undefined);
  });
}
