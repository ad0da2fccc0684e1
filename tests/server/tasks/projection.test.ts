/** The tables of tasks folded from records, and the lists and counts read from them. */
import { expect } from 'chai';
import type { InstanceEvent, ProcessGraph } from '../../../engine/index.ts';
import type { Directory, Person } from '../../../server/ports/directory.ts';
import type { DecodedRecord, Definitions } from '../../../server/runtime/types.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { TaskLists } from '../../../server/tasks/lists.ts';
import { TaskNames } from '../../../server/tasks/names.ts';
import { createCaseTables } from '../../../server/instances/projection.ts';
import { taskProjection, taskTables } from '../../../server/tasks/projection.ts';
import type { TaskTables } from '../../../server/tasks/projection.ts';

const NOW = '2026-03-02T12:00:00.000Z';

function person(id: string, ...groups: readonly string[]): Person {
  return { id, name: `Officer ${id}`, roles: ['officer'], groups, active: true };
}

const ANA = person('ana', 'licensing');
const BEN = person('ben', 'licensing', 'registry');

const directory: Directory = {
  person: (id) => [ANA, BEN].find((known) => known.id === id),
  people: () => [ANA, BEN],
  groupTitle: (id) => (id === 'licensing' ? 'Licensing Unit' : id),
  groupExists: () => true,
};

const graph = { nodes: new Map([['check', { id: 'check', name: 'Check papers', userTask: { outcomes: [{ value: 'ok', label: 'In order', kind: 'approve', requiresComment: false }] } }]]) } as unknown as ProcessGraph;
const definitions = { version: () => ({ name: 'Trade licence' }), graph: () => Promise.resolve(graph) } as unknown as Definitions;

class Desk {
  readonly projections = createSqliteProjections(':memory:');
  readonly cases = createCaseTables(this.projections);
  readonly tables: TaskTables = taskTables(this.projections, this.cases.cases);
  readonly lists = new TaskLists(this.tables, new TaskNames(definitions, directory));
  readonly #projection = taskProjection(this.tables);
  #position = 0;

  async record(stream: string, at: string, ...events: readonly InstanceEvent[]): Promise<void> {
    this.#position += 1;
    const record: DecodedRecord = { stream, position: this.#position, index: 0, version: 1, commandType: 'x', at, actor: { person: 'ana' }, events, erased: false };
    await this.projections.commit(this.#position, () => {
      this.cases.projection.apply(record);
      this.#projection.apply(record);
    });
  }

  /** A case with one open task `1`. */
  async open(stream: string, task: Partial<Extract<InstanceEvent, { type: 'UserTaskCreated' }>> = {}): Promise<void> {
    await this.record(stream, '2026-03-01T09:00:00Z',
      { type: 'InstanceStarted', processId: 'licence', version: 1, conversation: stream, startElementId: 'start', by: 'ana', businessKey: `LIC/${stream}` },
      { type: 'UserTaskCreated', id: 1, elementId: 'check', priority: 50, candidateGroups: ['licensing'], ...task });
  }

  async ids(view: 'mine' | 'delegated' | 'groups' | 'overdue' | 'done', who: Person): Promise<string[]> {
    return (await this.lists.list(view, who, NOW)).items.map((item) => item.id);
  }
}

describe('Tasks: tables and lists', () => {
  let desk: Desk;

  beforeEach(async () => {
    desk = new Desk();
    await desk.projections.open();
  });
  afterEach(() => desk.projections.close());

  it('A created task is offered to its groups, with the names of process, step, group and applicant.', async () => {
    await desk.open('a', { dueAt: '2026-03-05T20:30:00Z' });
    const { items: [item] } = await desk.lists.list('groups', ANA, NOW);
    expect(item).to.deep.include({ id: 'a/1', name: 'Check papers', processName: 'Trade licence', businessKey: 'LIC/a', assignee: null, overdue: false, candidateGroups: [{ id: 'licensing', name: 'Licensing Unit' }], startedBy: { id: 'ana', name: 'Officer ana' } });
    expect(await desk.lists.counts(ANA, NOW)).to.deep.equal({ mine: 0, delegated: 0, groups: 1, acting: 0, overdue: 0 });
    expect(await desk.ids('groups', person('carl', 'other'))).to.deep.equal([]);
  });

  it('A task that is changed, or goes on in another version, is offered as it is then, to others, under its new name; who lost it holds it no more.', async () => {
    await desk.open('a', { assignee: 'ana', dueAt: '2026-03-05T20:30:00Z' });
    const updated = { type: 'UserTaskUpdated', id: 1, elementId: 'check', priority: 80, candidateGroups: ['registry'] } as const;
    await desk.record('a', NOW, { ...updated, dueAt: '2026-04-05T20:30:00Z', followUpAt: '2026-04-01T12:00:00Z' });
    expect((await desk.lists.list('mine', ANA, NOW)).items.map(({ priority, followUpAt }) => [priority, followUpAt])).to.deep.equal([[80, '2026-04-01T12:00:00Z']]);
    expect([await desk.ids('mine', ANA), (await desk.tables.open.get('a/1'))!.dueAt, (await desk.tables.open.get('a/1'))!.createdAt]).to.deep.equal([['a/1'], '2026-04-05T20:30:00Z', '2026-03-01T09:00:00Z']);
    await desk.record('a', NOW, { type: 'InstanceMigrated', by: 'ana', from: 1, version: 2, mapping: { check: 'inspect' }, reason: 'x', active: [1], renamed: [{ id: 1, elementId: 'inspect' }] }, { ...updated, elementId: 'inspect', withdrawn: 'ana' });
    expect([await desk.ids('mine', ANA), await desk.ids('groups', ANA), await desk.ids('groups', BEN)]).to.deep.equal([[], [], ['a/1']]);
    expect(await desk.tables.open.get('a/1')).to.deep.include({ elementId: 'inspect', assignee: null, free: true, dueAt: null, priority: 80 });
    await desk.record('a', NOW, { ...updated, assignee: 'ben' });
    expect(await desk.ids('mine', BEN)).to.deep.equal(['a/1']);
  });

  it('Claim, release, assign and completion move it between the lists.', async () => {
    await desk.open('a');
    await desk.record('a', NOW, { type: 'UserTaskClaimed', id: 1, person: 'ana' });
    expect([await desk.ids('mine', ANA), await desk.ids('groups', BEN)]).to.deep.equal([['a/1'], []]);
    await desk.record('a', NOW, { type: 'UserTaskReleased', id: 1, person: 'ana' });
    expect([await desk.ids('mine', ANA), await desk.ids('groups', BEN)]).to.deep.equal([[], ['a/1']]);
    await desk.record('a', NOW, { type: 'UserTaskAssigned', id: 1, person: 'ben', by: 'ana' });
    await desk.record('a', NOW, { type: 'UserTaskCompleted', id: 1, elementId: 'check', person: 'ben', outcome: 'ok' });
    expect([await desk.ids('mine', BEN), await desk.ids('done', BEN)]).to.deep.equal([[], ['a/1']]);
    const { items: [done] } = await desk.lists.list('done', BEN, NOW);
    expect(done!.done).to.deep.equal({ person: { id: 'ben', name: 'Officer ben' }, outcome: 'ok', outcomeLabel: 'In order', at: NOW, returned: false });
  });

  it('A delegated task stays in a list of who answers for it, with since when and by when, until it is handed back.', async () => {
    await desk.open('a', { assignee: 'ana', dueAt: '2026-03-01T12:00:00Z' });
    await desk.record('a', '2026-03-01T10:00:00Z', { type: 'UserTaskDelegated', id: 1, person: 'ben', by: 'ana' });
    expect([await desk.ids('mine', ANA), await desk.ids('delegated', ANA), await desk.ids('mine', BEN), await desk.ids('delegated', BEN)]).to.deep.equal([[], ['a/1'], ['a/1'], []]);
    const { items: [item] } = await desk.lists.list('delegated', ANA, NOW);
    expect(item).to.deep.include({ overdue: true, assignee: { id: 'ben', name: 'Officer ben' }, delegated: { by: { id: 'ana', name: 'Officer ana' }, at: '2026-03-01T10:00:00Z' } });
    expect([await desk.ids('overdue', ANA), await desk.lists.counts(ANA, NOW)]).to.deep.equal([['a/1'], { mine: 0, delegated: 1, groups: 0, acting: 0, overdue: 1 }]);
    await desk.record('a', NOW, { type: 'UserTaskUpdated', id: 1, elementId: 'check', priority: 80, by: 'ana' });
    expect(await desk.ids('delegated', ANA)).to.deep.equal(['a/1']);
    await desk.record('a', NOW, { type: 'UserTaskResolved', id: 1, person: 'ana', by: 'ben' });
    expect([await desk.ids('mine', ANA), await desk.ids('delegated', ANA)]).to.deep.equal([['a/1'], []]);
  });

  it('Who gets a delegated task otherwise holds it in their own right; one that ended is nobody\'s.', async () => {
    const otherwise: readonly InstanceEvent[] = [
      { type: 'UserTaskReleased', id: 1, person: 'ben' }, { type: 'UserTaskAssigned', id: 1, person: 'ben', by: 'ana' },
      { type: 'UserTaskUpdated', id: 1, elementId: 'check', priority: 50, withdrawn: 'ben' }, { type: 'UserTaskCanceled', id: 1 },
    ];
    for (const [index, event] of otherwise.entries()) {
      const stream = `s${String(index)}`;
      await desk.open(stream, { assignee: 'ana' });
      await desk.record(stream, NOW, { type: 'UserTaskDelegated', id: 1, person: 'ben', by: 'ana' });
      expect(await desk.ids('delegated', ANA), event.type).to.deep.equal([`${stream}/1`]);
      await desk.record(stream, NOW, event);
      expect([await desk.ids('delegated', ANA), (await desk.lists.counts(ANA, NOW)).delegated], event.type).to.deep.equal([[], 0]);
    }
  });

  it('A task sent back is done, and says where it went; a cancelled one is gone.', async () => {
    await desk.open('a', { assignee: 'ana' });
    await desk.open('b', { assignee: 'ana' });
    await desk.record('a', NOW, { type: 'UserTaskReturned', id: 1, elementId: 'check', person: 'ana', to: 'check', reason: 'page 2' });
    await desk.record('b', NOW, { type: 'UserTaskCanceled', id: 1 });
    expect(await desk.ids('mine', ANA)).to.deep.equal([]);
    expect((await desk.lists.list('done', ANA, NOW)).items.map((item) => item.done!.outcomeLabel)).to.deep.equal(['Sent back to Check papers']);
  });

  it('Lists are sorted by due date; tasks without one come last; overdue holds mine before those of my groups.', async () => {
    await desk.open('none');
    await desk.open('late-group', { dueAt: '2026-02-20T12:00:00Z' });
    await desk.open('soon', { dueAt: '2026-03-03T12:00:00Z' });
    await desk.open('late-mine', { dueAt: '2026-03-01T12:00:00.5Z', assignee: 'ana' });
    expect(await desk.ids('groups', ANA)).to.deep.equal(['late-group/1', 'soon/1', 'none/1']);
    expect(await desk.ids('overdue', ANA)).to.deep.equal(['late-mine/1', 'late-group/1']);
    expect((await desk.lists.counts(ANA, NOW)).overdue).to.equal(2);
  });

  it('Pages follow each other without gap and repetition, also from mine to my groups.', async () => {
    for (let index = 0; index < 7; index++) await desk.open(`c${String(index)}`, { dueAt: `2026-02-1${String(index)}T12:00:00Z`, ...(index % 2 === 0 && { assignee: 'ana' }) });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await desk.lists.list('overdue', ANA, NOW, after, 2);
      expect(page.items.length).to.be.at.most(2);
      seen.push(...page.items.map((item) => item.stream));
      after = page.next;
    } while (after !== undefined);
    expect(seen).to.deep.equal(['c0', 'c2', 'c4', 'c6', 'c1', 'c3', 'c5']);
  });

  it('Overdue goes from mine over those with colleagues to my groups, page by page.', async () => {
    for (let index = 0; index < 6; index++) await desk.open(`c${String(index)}`, { dueAt: `2026-02-1${String(index)}T12:00:00Z`, ...(index % 3 !== 2 && { assignee: 'ana' }) });
    for (const stream of ['c1', 'c4']) await desk.record(stream, NOW, { type: 'UserTaskDelegated', id: 1, person: 'ben', by: 'ana' });
    for (const limit of [1, 2, 3, 5]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await desk.lists.list('overdue', ANA, NOW, after, limit);
        seen.push(...page.items.map((item) => item.stream));
        after = page.next;
      } while (after !== undefined);
      expect(seen, String(limit)).to.deep.equal(['c0', 'c3', 'c1', 'c4', 'c2', 'c5']);
    }
  });

  it('A cursor nobody gave out is refused.', async () => {
    let code = '';
    await desk.lists.list('mine', ANA, NOW, 'nonsense').catch((error: unknown) => { code = (error as { code: string }).code; });
    expect(code).to.equal('HTTP_CURSOR_INVALID');
  });

  it('A task the model offers to nobody by name is offered to everybody; one offered to persons only to them.', async () => {
    await desk.open('all', { candidateGroups: [] });
    await desk.open('ben', { candidateGroups: [], candidateUsers: ['ben'] });
    expect([await desk.ids('groups', ANA), await desk.ids('groups', BEN)]).to.deep.equal([['all/1'], ['all/1', 'ben/1']]);
  });

  it('My cases are those I started, newest first, with how they ended.', async () => {
    await desk.open('a');
    await desk.record('b', '2026-03-02T09:00:00Z', { type: 'InstanceStarted', processId: 'licence', version: 1, conversation: 'b', startElementId: 'start', by: 'ana' });
    await desk.record('a', NOW, { type: 'InstanceCompleted' });
    const { items } = await desk.lists.startedBy('ana');
    expect(items.map(({ stream, status, endedAt }) => ({ stream, status, endedAt }))).to.deep.equal([{ stream: 'b', status: 'active', endedAt: null }, { stream: 'a', status: 'completed', endedAt: NOW }]);
  });

  it('Streams of other kinds are not cases.', async () => {
    await desk.record('person/ana', NOW, { type: 'UserTaskCreated', id: 1, elementId: 'check', priority: 50 });
    expect(await desk.ids('groups', ANA)).to.deep.equal([]);
  });

  it('The same records give the same rows, however often they are folded.', async () => {
    await desk.open('a', { dueAt: '2026-03-05T20:30:00Z' });
    const before = await desk.tables.open.get('a/1');
    const again = new Desk();
    await again.projections.open();
    await again.open('a', { dueAt: '2026-03-05T20:30:00Z' });
    expect(await again.tables.open.get('a/1')).to.deep.equal(before);
    await again.projections.close();
  });
});
