/** A runtime that makes its tables anew from a long log with sealed closed cases: it is at work before they are folded, delivers what they left, and has them all in the end. */
import { expect } from 'chai';
import { sealedCases } from '../../../server/audit/index.ts';
import { sealSegments } from '../../../server/audit/sealing.ts';
import { createInstances } from '../../../server/instances/index.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { tasksProjection } from '../../../server/tasks/index.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime, TestRuntimeOptions } from './support.ts';

const MODEL = `process Parent
start PS -> call Ask calls=Child -> user Decide -> end PE
process Child
start CS -> user Work -> end CE`;
/** More commits than a short log has. */
const CASES = 340;

async function server(options: TestRuntimeOptions): Promise<TestRuntime & { readonly cases: ReturnType<typeof createInstances>; readonly tasks: ReturnType<typeof tasksProjection>['tables'] }> {
  const projections = createSqliteProjections(':memory:');
  const cases = createInstances(projections);
  const tasks = tasksProjection(projections, cases.cases);
  return { ...await startRuntime({ ...options, projections, readers: [cases.projection, tasks.projection] }), cases, tasks: tasks.tables };
}

async function start(host: TestRuntime, processId: string): Promise<string> {
  const answer = await host.runtime.startInstance({ processId, variables: {} }, OFFICER);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer.stream;
}

async function complete(host: TestRuntime, stream: string, person: string): Promise<void> {
  const task = [...(await host.runtime.inspect(stream))!.state.elements.values()].find((element) => element.task !== undefined)!.id;
  for (const action of [{ type: 'ClaimTask', task }, { type: 'CompleteTask', task, variables: {} }] as const) {
    const answer = await host.runtime.execute(stream, action, { actor: { person, groups: ['officers'] } });
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  }
}

describe('Runtime: tables made anew from a long log', function () {
  this.timeout(60_000);

  it('Is at work before closed cases are folded, delivers what a closed case asked for, lets its readers in, and has every case in the end', async () => {
    let isCut = false;
    const first = await server({ failpoint: () => { if (isCut) throw new Error('the cable is cut'); } });
    await first.runtime.deploy([{ name: 'model.bpmn', content: xmlOf(MODEL) }], OFFICER);
    const closed: string[] = [];
    for (let number = 0; number < CASES; number += 1) {
      const stream = await start(first, 'Child');
      await complete(first, stream, `officer-${String(number)}`);
      closed.push(stream);
    }
    const parent = await start(first, 'Parent');
    await first.quiet();
    const child = (await first.cases.cases.find({ where: { processId: 'Child', status: 'active' } })).rows[0]!.stream;
    // The called case ends, and its answer never leaves: the process dies.
    isCut = true;
    await complete(first, child, 'anna');
    await first.stop();
    const { store, vault, blobs, time } = first;
    expect((await sealSegments({ store, clock: time.clock })).streams).to.equal(CASES + 1);

    const second = await server({ store, vault, blobs, time, sealed: sealedCases(store) });
    expect(second.runtime.owed).to.not.equal(undefined);
    expect(await second.cases.cases.count({})).to.be.lessThan(CASES);
    expect(await second.cases.cases.get(parent)).to.include({ status: 'active' });
    const last = closed.at(-1)!;
    expect(await second.cases.locate(second.runtime, last)).to.deep.equal({ kind: 'case', stream: last, startedBy: 'officer', people: ['officer', `officer-${String(CASES - 1)}`], groups: [] });
    expect(await second.cases.cases.get(last), 'it is folded already').to.equal(undefined);
    await second.quiet();
    expect((await second.tasks.open.find({})).rows.map(({ stream, elementId }) => ({ stream, elementId }))).to.deep.equal([{ stream: parent, elementId: 'Decide' }]);
    while (second.runtime.owed !== undefined) await new Promise((resolve) => { setTimeout(resolve, 5); });
    expect(await second.cases.cases.count({})).to.equal(CASES + 2);
    expect(await second.cases.cases.count({ where: { processId: 'Child', status: 'completed' } })).to.equal(CASES + 1);
    expect((await second.tasks.done.find({ where: { person: 'anna' } })).rows.map(({ stream }) => stream)).to.deep.equal([child]);
    expect(await second.cases.locate(second.runtime, last)).to.deep.include({ people: ['officer', `officer-${String(CASES - 1)}`] });
    expect(second.failures).to.deep.equal([]);
    await second.stop();
  });
});
