/** The board over HTTP and in its rooms: snapshots with a number, frames of what changed, due dates that pass, the cases behind a number. */
import { expect } from 'chai';
import { createApp } from '../../../server/http/app.ts';
import type { MonitorFrame, MonitorSnapshot } from '../../../server/http/contract/monitor.ts';
import type { Role } from '../../../server/ports/directory.ts';
import { listen } from '../../../server/http/listen.ts';
import { createMonitor } from '../../../server/monitor/index.ts';
import type { MonitorModule } from '../../../server/monitor/index.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { settle, VirtualTime } from '../../contracts/virtual-time.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { ids, send } from '../http/support.ts';
import { FakeRooms } from '../live/fake-rooms.ts';
import { OFFICER, startRuntime } from '../runtime/support.ts';
import type { TestRuntime } from '../runtime/support.ts';

const MODEL = xmlOf('start -> user Check groups=officers sla=PT8H -> service Send job=nobody-does-this -> end');
const ROOM = 'monitor:P';
const PACE = { flushMs: 1, beatMs: 60_000, sweepMs: 15 };

describe('Monitor: the board', function () {
  this.timeout(60_000);
  let test: TestRuntime;
  let board: MonitorModule;
  let rooms: FakeRooms;
  let time: VirtualTime;

  beforeEach(async () => {
    time = new VirtualTime();
    const projections = createSqliteProjections(':memory:');
    const monitor = createMonitor(projections, 'America/St_Lucia');
    test = await startRuntime({ time, projections, readers: [monitor.projection] });
    const directory = { person: (id: string) => ({ id, name: `Officer ${id}`, roles: [], groups: [], active: true }), people: () => [], groupTitle: (id: string) => id, groupExists: () => true };
    board = monitor.module({ runtime: test.runtime, directory, titles: () => Promise.resolve(new Map()), clock: time.clock, onFailure: (error) => { test.failures.push(error); }, pace: PACE });
    rooms = new FakeRooms();
    board.listen(rooms);
    const deployed = await test.runtime.deploy([{ name: 'p.bpmn', content: MODEL }], OFFICER);
    expect(deployed.outcome, JSON.stringify(deployed)).to.equal('deployed');
  });

  afterEach(async () => {
    await board.stop();
    await test.stop();
    expect(test.failures).to.deep.equal([]);
  });

  const start = async (businessKey: string): Promise<string> => {
    const answer = await test.runtime.startInstance({ processId: 'P', variables: {}, businessKey }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await test.runtime.settled(answer.position);
    return answer.stream;
  };
  const taskOf = async (stream: string): Promise<number> => [...(await test.runtime.inspect(stream))!.state.elements.values()].find(({ task }) => task !== undefined)!.id;
  const act = async (stream: string, ...types: ('ClaimTask' | 'CompleteTask')[]): Promise<void> => {
    for (const type of types) {
      const answer = await test.runtime.execute(stream, type === 'ClaimTask' ? { type, task: await taskOf(stream) } : { type, task: await taskOf(stream), variables: {} }, OFFICER);
      if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
      await test.runtime.settled(answer.position);
    }
  };
  const snapshot = (): Promise<MonitorSnapshot> => board.board.snapshot('P', undefined, time.clock.now());
  const numbers = ({ elements }: MonitorSnapshot): Record<string, number[]> => Object.fromEntries(elements.filter(({ stays }) => stays).map(({ elementId, waiting, claimed, overdue, incidents }) => [elementId, [waiting, claimed, overdue, incidents]]));
  /** Those told since the last call: waited for when `some` are sure to come, and long enough for more than that. */
  const frames = async (some = false): Promise<MonitorFrame[]> => {
    const told = (): boolean => rooms.told.some(({ event }) => event === 'frame');
    do await new Promise((resolve) => { setTimeout(resolve, 60); }); while (some && !told());
    await settle();
    return rooms.told.splice(0).filter(({ event }) => event === 'frame').map(({ body }) => body as MonitorFrame);
  };

  it('A snapshot says where the cases stand, who works there, since when, and the totals of today.', async () => {
    const [first] = [await start('A-1'), await start('A-2'), await start('A-3')];
    await act(first, 'ClaimTask');
    const [second] = [await start('A-4')];
    await act(second, 'ClaimTask', 'CompleteTask');
    const seen = await snapshot();
    expect(numbers(seen)).to.deep.equal({ Check: [2, 1, 0, 0], Send: [1, 0, 0, 0] });
    expect(seen.totals).to.deep.equal({ inProgress: 4, started: 4, done: 0, failed: 0, overdue: 0, incidents: 0 });
    expect(seen.elements.find(({ elementId }) => elementId === 'Check')!.oldest).to.equal('2026-01-05T09:00:00.000Z');
    expect(seen.versions).to.deep.equal([{ version: 1, inProgress: 4, latest: true }]);
  });

  it('A frame carries only the elements that changed, as absolute values, and the number of the frame before.', async () => {
    rooms.fill(ROOM);
    const before = await snapshot();
    const stream = await start('A-1');
    const [offered, ...more] = await frames(true);
    expect(more).to.deep.equal([]);
    expect([offered!.prev, offered!.seq, offered!.version]).to.deep.equal([before.seq, before.seq + 1, 1]);
    const index = before.elements.find(({ elementId }) => elementId === 'Check')!.index;
    expect(offered!.elements).to.deep.equal([[index, 1, 0, 0, 0, '2026-01-05T09:00:00.000Z']]);
    expect(offered!.totals.inProgress).to.equal(1);
    await act(stream, 'ClaimTask');
    expect((await frames(true)).map(({ elements }) => elements)).to.deep.equal([[[index, 0, 1, 0, 0, '2026-01-05T09:00:00.000Z']]]);
    expect(JSON.stringify(offered)).to.not.contain('A-1');
  });

  it('Nothing is told while nobody listens, but the next snapshot has another number.', async () => {
    const before = await snapshot();
    await start('A-1');
    expect(await frames()).to.deep.equal([]);
    expect((await snapshot()).seq).to.not.equal(before.seq);
  });

  it('A snapshot waits for what has happened to be in the tables, also while nobody listens.', async () => {
    const position = (await test.runtime.history(await start('A-1'))).at(-1)!.position;
    const asked: number[] = [];
    const settled = test.runtime.settled.bind(test.runtime);
    test.runtime.settled = (each) => { asked.push(each); return settled(each); };
    await snapshot();
    expect(asked).to.have.lengthOf(1);
    expect(asked[0]).to.be.at.least(position);
  });

  it('A due date that passes is told without any event, once.', async () => {
    rooms.fill(ROOM);
    await start('A-1');
    await frames(true);
    await time.advance(9 * 3_600_000);
    const late = await frames(true);
    expect(late.map(({ elements, totals }) => [elements.map(([, waiting, , overdue]) => [waiting, overdue]), totals.overdue])).to.deep.equal([[[[1, 1]], 1]]);
    expect(await frames()).to.deep.equal([]);
    expect(numbers(await snapshot())['Check']).to.deep.equal([1, 0, 1, 0]);
  });

  it('What became late while nobody listened is in the snapshot, and is told again when it changes.', async () => {
    rooms.fill(ROOM);
    const stream = await start('A-1');
    await frames(true);
    rooms.fill();
    await time.advance(9 * 3_600_000);
    await act(stream, 'ClaimTask');
    rooms.fill(ROOM);
    expect((await snapshot()).totals.overdue).to.equal(1);
    await act(stream, 'CompleteTask');
    expect((await frames(true)).at(-1)!.totals.overdue).to.equal(0);
  });

  it('Behind a number stand its cases, oldest first, a page at a time, with who holds the task.', async () => {
    const streams: string[] = [];
    for (const key of ['A-1', 'A-2', 'A-3', 'A-4', 'A-5']) {
      streams.push(await start(key));
      await time.advance(60_000);
    }
    await act(streams[1]!, 'ClaimTask');
    const first = await board.board.cases('P', 1, 'Check', 'waiting', time.clock.now(), 3, undefined);
    const second = await board.board.cases('P', 1, 'Check', 'waiting', time.clock.now(), 3, first.next);
    expect([...first.items, ...second.items].map(({ reference }) => reference)).to.deep.equal(['A-1', 'A-3', 'A-4', 'A-5']);
    expect(second.next).to.equal(undefined);
    expect((await board.board.cases('P', 1, 'Check', 'claimed', time.clock.now(), 3, undefined)).items.map(({ reference, heldBy }) => [reference, heldBy])).to.deep.equal([['A-2', 'Officer officer']]);
    const late = await board.board.cases('P', 1, 'Check', 'overdue', '2026-01-05T17:01:30.000Z', 50, undefined);
    expect(late.items.map(({ reference, overdue }) => [reference, overdue])).to.deep.equal([['A-1', true], ['A-2', true]]);
    const refused = await board.board.cases('P', 1, 'Check', 'waiting', time.clock.now(), 3, 'nonsense').catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'HTTP_CURSOR_INVALID');
  });

  it('Over HTTP: managers read it, the ETag answers 304 until something changes, an unknown procedure is 404.', async () => {
    let roles: readonly Role[] = ['manager'];
    const session = { csrf: 'x', signedInAt: '', idleUntil: '', until: '' };
    const app = createApp({
      modules: [board], clock: time.clock, ids, log: { info() {}, warn() {}, error() {} } as never, settled: async () => true, ready: async () => [], version: '0', checkAnswers: true,
      sessions: {
        signIn: async () => ({ outcome: 'wrong' }), confirm: async () => false, peek: async () => undefined, onEnd: () => () => {}, signOut: async () => '', endAll: async () => {},
        resume: async () => ({ ...session, person: { id: 'head', name: 'Head', roles, groups: [], active: true } }),
      },
    });
    const server = await listen(app, '127.0.0.1', 0);
    const get = (path: string, headers: Record<string, string> = {}): ReturnType<typeof send> => send(server.url, 'GET', `/api/v1/monitor${path}`, undefined, headers);
    const stream = await start('A-1');
    const first = await get('/P/snapshot');
    expect([first.status, (first.body as unknown as MonitorSnapshot).totals.inProgress]).to.deep.equal([200, 1]);
    const etag = first.headers.get('etag')!;
    expect((await get('/P/snapshot', { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).to.equal(304);
    await act(stream, 'ClaimTask');
    expect((await get('/P/snapshot', { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).to.equal(200);
    expect([(await get('/Q/snapshot')).status, (await get('/P/snapshot?version=9')).status]).to.deep.equal([404, 404]);
    expect((await get('')).body.items.map(({ processId }) => processId)).to.deep.equal(['P']);
    expect((await get('/P/elements/Check/cases?state=claimed')).body.items).to.have.length(1);
    roles = ['officer'];
    expect([(await get('')).status, (await get('/P/snapshot')).status, (await get('/P/elements/Check/cases')).status]).to.deep.equal([403, 403, 403]);
    await server.close(0);
  });
});
