// What closes a case is what the engine says: random work on real models, called, cancelled, failed and undone cases among them, sealed at any moment.
import { expect } from 'chai';
import fc from 'fast-check';
import { compile, World } from '../../../engine/index.ts';
import type { Graph, InstanceAction, InstanceState } from '../../../engine/index.ts';
import { checkSegments } from '../../../server/audit/checking.ts';
import { sealSegments } from '../../../server/audit/sealing.ts';
import { closes, readSegment } from '../../../server/audit/segments.ts';
import { layOutOpen } from '../../../server/audit/stored-bytes.ts';
import type { NewRecord } from '../../../server/ports/event-store.ts';
import { isRefused } from '../../../server/runtime/definitions.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { CALLS, ERRORS, TIMERS } from '../../contracts/engine-host-models.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { AT, CLOCK, expectedOf } from './histories.ts';

/** A called case that completed is undone when its caller says so. */
const UNDOING = xmlOf(`
  process Parent
  start -> call Ask calls=Child -> user Decide -> xor Gate default=end
  Gate -[wrong]-> throw Undo compensate -> end Back
  Gate -> end
  process Child
  start CS -> user CWork -> end CE
  boundary CB on=CWork compensate by=CUndo
  user CUndo undo`);
const STARTS = [['timers', {}], ['caller', {}], ['caller', { fail: true }], ['errors', {}], ['Parent', { wrong: true }], ['Parent', { wrong: false }]] as const;

interface Act {
  readonly do: 'start' | 'complete' | 'cancel' | 'fail' | 'advance' | 'seal';
  readonly which: number;
}

/** A called case that completes, is sealed, is undone and sealed again; then one that fails and one that is cancelled. */
const UNDONE: Act[] = [
  { do: 'start', which: 4 }, { do: 'complete', which: 1 }, { do: 'seal', which: 0 }, { do: 'complete', which: 0 }, { do: 'seal', which: 0 }, { do: 'complete', which: 1 }, { do: 'seal', which: 0 },
  { do: 'start', which: 3 }, { do: 'fail', which: 0 }, { do: 'start', which: 0 }, { do: 'cancel', which: 0 },
];

const someActs: fc.Arbitrary<Act[]> = fc.array(fc.oneof(
  fc.record({ do: fc.constant<Act['do']>('start'), which: fc.nat(STARTS.length - 1) }),
  fc.record({ do: fc.constantFrom<Act['do']>('complete', 'complete', 'complete', 'cancel', 'fail'), which: fc.nat(30) }),
  fc.record({ do: fc.constantFrom<Act['do']>('advance', 'seal'), which: fc.constant(0) }),
), { minLength: 5, maxLength: 60 });

/** What can be done in a case that is at work. */
function actionsIn({ elements, waits }: InstanceState): InstanceAction[] {
  const tasks = [...elements.values()].filter(({ task }) => task !== undefined).map(({ id }): InstanceAction => ({ type: 'CompleteTask', task: id, variables: {} }));
  return [...tasks, ...[...waits.values()].flatMap((wait): InstanceAction[] => (wait.kind === 'job' ? [{ type: 'CompleteJob', job: wait.id, variables: {} }] : []))];
}

describe('What closes a case', () => {
  let graphs: Graph[];
  before(async () => {
    graphs = [];
    for (const xml of [TIMERS, CALLS, ERRORS, UNDOING]) {
      const compiled = await compile(xml);
      if (isRefused(compiled)) throw new Error(JSON.stringify(compiled));
      graphs.push(compiled);
    }
  });

  it('Is closed by its last record exactly when the engine says that it is over, and only such cases are sealed', async function () {
    this.timeout(30_000);
    const met = new Set<string>();
    await fc.assert(fc.asyncProperty(someActs, async (acts) => {
      const store = openMemoryEventStore();
      const noted: NewRecord[] = [];
      const last = new Map<string, NewRecord>();
      const world: World = new World({
        at: AT, zone: 'UTC',
        onRecord({ stream, version, at, commandType, events }) {
          const record: NewRecord = { stream, expectedVersion: version - 1, commandType, at, actor: { person: 'anna' }, events: layOutOpen(events) };
          noted.push(record);
          if (!stream.includes('/')) last.set(stream, record);
          for (const { type } of events) met.add(type);
        },
      });
      for (const graph of graphs) world.deploy(graph);
      for (const act of acts) {
        const atWork = [...world.instances.values()].filter(({ status }) => status === 'active');
        const chosen = atWork[act.which % Math.max(1, atWork.length)];
        const [process, variables] = STARTS[act.which % STARTS.length] ?? ['timers', {}];
        const actions = chosen === undefined ? [] : actionsIn(chosen);
        const action = actions[act.which % Math.max(1, actions.length)];
        if (act.do === 'start') world.start(process, variables);
        else if (act.do === 'advance') world.advanceTo(new Date(Date.parse(world.now) + 20 * 60_000).toISOString());
        else if (act.do === 'cancel' && chosen !== undefined) world.execute(chosen.stream, { type: 'CancelInstance', reason: 'not needed' });
        else if (act.do === 'fail' && chosen !== undefined && action?.type === 'CompleteJob') world.execute(chosen.stream, { type: 'ThrowJobError', job: action.job, code: 'OTHER', message: 'unknown', variables: {} });
        else if (act.do === 'complete' && chosen !== undefined && action !== undefined) {
          if (action.type === 'CompleteTask') world.execute(chosen.stream, { type: 'ClaimTask', task: action.task });
          world.execute(chosen.stream, action);
        }
        for (const record of noted.splice(0)) await store.append(record);
        for (const [stream, record] of last) expect(closes(record.events), `${stream} after ${act.do}`).to.equal(world.instances.get(stream)?.status !== 'active');
        if (act.do === 'seal') await sealSegments({ store, clock: CLOCK, fullAt: 3 });
      }
      await sealSegments({ store, clock: CLOCK, fullAt: 3 });
      const { segments, faults } = await checkSegments({ log: store, heads: [] });
      expect(faults).to.deep.equal([]);
      const sealed = new Set<string>();
      for (let number = 1; number <= segments; number += 1) {
        const segment = await readSegment(store, number);
        for (const stream of (await expectedOf(store, { from: segment?.sealed.from ?? 0, through: segment?.sealed.through ?? 0 })).streams) sealed.add(stream);
      }
      // One that was opened again may be in a segment it has left; none that is over is in none.
      for (const { stream, status } of world.instances.values()) if (status !== 'active') expect(sealed.has(stream), stream).to.equal(true);
    }), { numRuns: 60, examples: [[UNDONE]] });
    expect([...met]).to.include.members(['InstanceCompleted', 'InstanceTerminated', 'InstanceFailed', 'InstanceReopened', 'InstanceCompensated']);
  });
});
