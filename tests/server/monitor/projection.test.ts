/** The counters of the monitor: on any history they are what a recount of the live cases gives, however the records are cut into batches. */
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceState } from '../../../engine/state.ts';
import { migrationBasis } from '../../../engine/index.ts';
import type { InstanceEvent } from '../../../engine/index.ts';
import { monitorProjection, monitorTables, NO_DUE_DATE, placeOf } from '../../../server/monitor/projection.ts';
import type { MonitorTables } from '../../../server/monitor/projection.ts';
import type { DecodedRecord, Projection } from '../../../server/runtime/types.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { createThreadedProjections } from '../../../server/stores/sqlite/threaded-projections.ts';
import { inWorld } from '../../engine/support/in-world.ts';
import { hostile, useful } from '../../engine/support/random-commands.ts';
import { blocks, ModelText } from '../../engine/support/random-models.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const dayOf = (instant: string): string => instant.slice(0, 10);

type Counters = Record<string, { waiting: number; claimed: number; incidents: number; due: number }>;

/** A history of three cases of a random process and what they call, some of which go on in a second version, and the live states at its end. */
async function history(text: string, numbers: readonly number[], stepsPerTurn = 7): Promise<{ readonly records: DecodedRecord[]; readonly states: ReadonlyMap<string, InstanceState> }> {
  const test = await inWorld(text, { limits: { stepsPerTurn } });
  for (const key of ['1', '2', '3']) test.world.start('P', { pick: 1 }, { key });
  await test.deploy(text.replace(/^process (\w+)/gm, 'process $1 starters=officers'));
  for (const number of numbers) {
    const active = [...test.world.instances].filter(([, state]) => state.status === 'active');
    const [stream, state] = active[number % Math.max(1, active.length)] ?? [];
    if (stream === undefined || state === undefined) break;
    if (number % 7 === 0 && state.version === 1) {
      const basis = migrationBasis(test.world.graphOf(stream), test.records.filter((record) => record.stream === stream) as unknown as Parameters<typeof migrationBasis>[1]);
      test.world.execute(stream, { type: 'MigrateInstance', version: 2, basis, reason: 'the law has changed' });
    }
    const choices = (number % 5 === 0 ? hostile(state, number >> 3) : useful(state)).filter(({ type }) => !['StartInstance', 'CompleteChild', 'CorrelateMessage', 'Continue'].includes(type));
    const command = choices[(number >> 5) % Math.max(1, choices.length)];
    if (command !== undefined) test.world.execute(stream, command, command.actor);
  }
  const records = test.records.filter(({ stream }) => !stream.includes('/')).map((record, at): DecodedRecord => ({
    stream: record.stream, position: at + 1, index: 0, version: record.version, commandType: record.commandType, at: record.at, actor: { person: 'anna' }, events: record.events, erased: false,
  }));
  return { records, states: test.world.instances };
}

function recount(states: ReadonlyMap<string, InstanceState>): Counters {
  const counters: Counters = {};
  const add = (place: string, what: 'waiting' | 'claimed' | 'incidents', due = false): void => {
    const counter = counters[place] ??= { waiting: 0, claimed: 0, incidents: 0, due: 0 };
    counter[what] += 1;
    if (due) counter.due += 1;
  };
  for (const state of states.values()) {
    if (state.status !== 'active') continue;
    add(placeOf(state.processId, state.version, ''), 'waiting');
    for (const element of state.elements.values()) {
      if (element.id !== 0) add(placeOf(state.processId, state.version, element.elementId), element.task?.assignee === undefined ? 'waiting' : 'claimed', element.task?.dueAt !== undefined);
    }
    for (const wait of state.waits.values()) {
      if (wait.kind === 'incident') add(placeOf(state.processId, state.version, state.elements.get(wait.element)?.elementId ?? ''), 'incidents');
    }
  }
  return counters;
}

async function counted({ elements }: MonitorTables): Promise<Counters> {
  const { rows } = await elements.find({ limit: 1_000 });
  return Object.fromEntries(rows.filter(({ waiting, claimed, incidents, due }) => waiting + claimed + incidents + due !== 0).map(({ place, waiting, claimed, incidents, due }) => [place, { waiting, claimed, incidents, due }]));
}

/** As the projector does: prepare, then rows and checkpoint together. `failing`: the writing of this batch fails once. */
class Fold {
  readonly projections = createSqliteProjections(':memory:');
  readonly tables = monitorTables(this.projections);
  readonly changed = new Set<string>();
  projection: Projection = this.fresh();

  /** As after a restart: nothing is remembered. */
  fresh(): Projection {
    return this.projection = monitorProjection(this.tables, dayOf, (place) => { this.changed.add(place); });
  }

  async batch(records: readonly DecodedRecord[], failing: boolean): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    const apply = (): void => { for (const record of records) this.projection.apply(record); };
    if (failing) {
      await this.projection.prepare?.(records);
      await this.projections.commit(last.position, () => { apply(); throw new Error('no space'); }).catch(() => undefined);
    }
    await this.projection.prepare?.(records);
    await this.projections.commit(last.position, apply);
  }
}

const CHILD = '\nprocess Child\nstart childStart -> user childTask -> end childEnd';

describe('Monitor: counters', () => {
  before(() => { console.log(`  Monitor counters: PITON_SEED=${SEED}`); });

  it('On any history, in any batches, through failed writes and restarts, the counters equal a recount, and so do the rows behind them.', async () => {
    await fc.assert(fc.asyncProperty(blocks(2), fc.array(fc.nat(2 ** 20), { maxLength: 40 }), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 }), async (block, numbers, sizes) => {
      const { records, states } = await history(`process P\n${new ModelText('', 'PT10S').process(block)}${CHILD}`, numbers);
      const fold = new Fold();
      await fold.projections.open();
      for (let at = 0, turn = 0; at < records.length; turn += 1) {
        const size = sizes[turn % sizes.length]!;
        if (size === 9) fold.fresh();
        await fold.batch(records.slice(at, at + size), size % 4 === 0);
        at += size;
      }
      const expected = recount(states);
      expect(await counted(fold.tables)).to.deep.equal(expected);
      for (const [place, { waiting, claimed, incidents, due }] of Object.entries(expected)) {
        const rows = await Promise.all((['waiting', 'claimed', 'incident'] as const).map((state) => fold.tables.open.count({ where: { place, state } })));
        expect([...rows, await fold.tables.open.count({ where: { place }, below: { column: 'dueKey', value: NO_DUE_DATE } })], place).to.deep.equal([waiting, claimed, incidents, due]);
      }
      expect((await fold.tables.open.find({ limit: 1_000 })).rows.filter(({ place }) => expected[place] === undefined)).to.deep.equal([]);
      await fold.projections.close();
    }), { seed: SEED, numRuns: 400, plugins: [fc.interruptAfterTimeLimit(8_000)] });
  }).timeout(60_000);

  it('Cases started, completed, cancelled and failed are counted per version on the day of each.', async () => {
    const fold = new Fold();
    await fold.projections.open();
    const started = (stream: string, version: number): InstanceEvent => ({ type: 'InstanceStarted', processId: 'P', version, conversation: stream, startElementId: 's', by: 'a' });
    const record = (position: number, stream: string, at: string, ...events: InstanceEvent[]): DecodedRecord => ({ stream, position, index: 0, version: position, commandType: 'x', at, actor: { person: 'a' }, events, erased: false });
    await fold.batch([
      record(1, 'a', '2026-01-05T09:00:00.000Z', started('a', 1)), record(2, 'b', '2026-01-05T10:00:00.000Z', started('b', 2), { type: 'InstanceCompleted' }),
      record(3, 'c', '2026-01-05T10:00:00.000Z', started('c', 2)), record(4, 'c', '2026-01-06T10:00:00.000Z', { type: 'InstanceTerminated', reason: 'x', by: 'a' }),
      record(5, 'a', '2026-01-06T11:00:00.000Z', { type: 'InstanceFailed', code: 'E', message: 'x' }),
    ], false);
    const days = (await fold.tables.days.find({ orderBy: [{ column: 'day' }] })).rows.map(({ day, version, started: begun, completed, terminated, failed }) => [day, version, begun, completed, terminated, failed]);
    expect(days).to.have.deep.members([['2026-01-05', 1, 1, 0, 0, 0], ['2026-01-05', 2, 2, 1, 0, 0], ['2026-01-06', 2, 0, 0, 1, 0], ['2026-01-06', 1, 0, 0, 0, 1]]);
    expect(await counted(fold.tables)).to.deep.equal({});
    await fold.projections.close();
  });

  it('A case that goes on in another version is counted there, under the new names of its elements, from its task to its incident.', async () => {
    const fold = new Fold();
    await fold.projections.open();
    const record = (position: number, ...events: InstanceEvent[]): DecodedRecord => ({ stream: 'a', position, index: 0, version: position, commandType: 'x', at: '2026-01-05T09:00:00.000Z', actor: { person: 'a' }, events, erased: false });
    const first = [
      record(1, { type: 'InstanceStarted', processId: 'P', version: 1, conversation: 'a', startElementId: 's', by: 'a' }, { type: 'ElementActivated', id: 1, elementId: 'A', scope: 0 }, { type: 'UserTaskCreated', id: 1, elementId: 'A', priority: 50 }),
      record(2, { type: 'UserTaskClaimed', id: 1, person: 'x' }, { type: 'ElementActivated', id: 2, elementId: 'B', scope: 0 }, { type: 'IncidentRaised', id: 3, element: 2, elementId: 'B', phase: 'behave', code: 'INCIDENT_TIMER', message: '' }),
    ];
    await fold.batch(first, false);
    fold.fresh();
    await fold.batch([record(3, { type: 'InstanceMigrated', by: 'x', from: 1, version: 2, mapping: { A: 'Z' }, reason: 'r', active: [1, 2, 3] }, { type: 'UserTaskUpdated', id: 1, elementId: 'Z', priority: 50, dueAt: '2026-02-01T09:00:00.000Z', withdrawn: 'x' })], true);
    expect(await counted(fold.tables)).to.deep.equal({
      'P|2|': { waiting: 1, claimed: 0, incidents: 0, due: 0 }, 'P|2|Z': { waiting: 1, claimed: 0, incidents: 0, due: 1 }, 'P|2|B': { waiting: 1, claimed: 0, incidents: 1, due: 0 },
    });
    expect([...fold.changed]).to.include.members(['P|1|', 'P|1|A', 'P|2|', 'P|2|Z']);
    await fold.projections.close();
  });

  it('What begins and ends inside one record writes no row and is told to nobody, so that straight-through cases cost almost nothing.', async () => {
    const fold = new Fold();
    await fold.projections.open();
    const { records } = await history(`process P\nstart -> script One is="=1" result=a -> script Two is="=2" result=b -> end${CHILD}`, [], 2_000);
    await fold.batch(records, false);
    expect((await fold.tables.open.find({})).rows).to.deep.equal([]);
    expect([...fold.changed]).to.deep.equal(['P|1|']);
    await fold.projections.close();
  });

  it('What has ended and is not written yet is not looked up in the tables, which still have it.', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'piton-monitor-'));
    const projections = createThreadedProjections(join(folder, 'projections.db'));
    const tables = monitorTables(projections);
    await projections.open();
    const fresh = (): Projection => monitorProjection(tables, dayOf, () => undefined);
    const record = (position: number, ...events: InstanceEvent[]): DecodedRecord => ({ stream: 'a', position, index: 0, version: position, commandType: 'x', at: '2026-01-05T09:00:00.000Z', actor: { person: 'a' }, events, erased: false });
    const first = record(1, { type: 'InstanceStarted', processId: 'P', version: 1, conversation: 'a', startElementId: 's', by: 'a' }, { type: 'ElementActivated', id: 1, elementId: 'A', scope: 0 });
    await projections.commit(1, () => { fresh().apply(first); });
    const monitor = fresh();
    const ends = record(2, { type: 'ElementTerminated', id: 1, elementId: 'A' }, { type: 'InstanceTerminated', reason: 'x', by: 'a' });
    await monitor.prepare?.([ends]);
    projections.staging.add(() => { monitor.apply(ends); });
    const late = record(3, { type: 'ElementActivated', id: 2, elementId: 'A', scope: 0 });
    await monitor.prepare?.([late]);
    projections.staging.add(() => { monitor.apply(late); });
    await projections.commit(3, () => undefined);
    monitor.written?.(3);
    expect(await counted(tables)).to.deep.equal({});
    expect((await tables.open.find({})).rows).to.deep.equal([]);
    await projections.close();
    await rm(folder, { recursive: true });
  });

  it('A second delivery of a batch changes nothing.', async () => {
    const fold = new Fold();
    await fold.projections.open();
    const { records } = await history(`process P\nstart -> user Wait -> end${CHILD}`, [32, 64]);
    await fold.batch(records, false);
    const before = await counted(fold.tables);
    await fold.batch(records, false);
    expect(await counted(fold.tables)).to.deep.equal(before);
    await fold.projections.close();
  });
});
