/** What starts a case by itself: conditions, and triggers that must all happen, kept over a restart. */
import { expect } from 'chai';
import type { InstanceEvent } from '../../../engine/index.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { modelOf } from '../../engine/support/bpmn.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime, TestRuntimeOptions } from './support.ts';

async function deployed(notation: string, options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  await modelOf(notation);
  const host = await startRuntime(options);
  const answer = await host.runtime.deploy([{ name: 'model.bpmn', content: xmlOf(notation) }], OFFICER);
  expect(answer.outcome).to.equal('deployed');
  return host;
}

/** What the cases of the log were started with, in its order. */
async function started(host: TestRuntime): Promise<unknown[]> {
  await host.quiet();
  const streams = new Set((await host.store.readAll(0, 1_000)).flatMap(({ records }) => records.map(({ stream }) => stream)));
  const cases = await Promise.all([...streams].filter((stream) => !stream.includes('/')).map((stream) => host.runtime.history(stream)));
  return cases.flatMap((records) => (records[0]?.events as readonly InstanceEvent[]).flatMap((event) => (event.type === 'VariablesWritten' ? [event.values] : [])));
}

const key = (idempotencyKey: string): typeof OFFICER => ({ ...OFFICER, idempotencyKey, requestHash: Buffer.from(idempotencyKey.padEnd(32, '.')).toString('hex').slice(0, 64) });

describe('The runtime: what starts a case by itself', () => {
  it('A condition that is true starts a case once for each evaluation, and what it brought is encrypted at rest', async () => {
    const host = await deployed('start Rich if="=income > 10" -> user Look -> end\nprocess Q\nstart Hand -> end Two');
    const evaluate = (income: number, id: string) => host.runtime.evaluateConditions({ variables: { income, name: 'Joseph' }, businessKey: 'B' }, key(id));
    expect(await evaluate(5, 'a')).to.include({ outcome: 'accepted' });
    const [first, again] = [await evaluate(20, 'b'), await evaluate(20, 'b')];
    expect(first).to.include({ outcome: 'accepted', replayed: false });
    expect(again).to.include({ outcome: 'accepted', replayed: true });
    expect(await host.runtime.evaluateConditions({ variables: { income: 30 } }, { ...key('b'), requestHash: key('c').requestHash! })).to.deep.equal({ outcome: 'key-reused' });
    expect(await started(host)).to.deep.equal([{ income: 20, name: 'Joseph' }]);
    const bytes = (await host.store.readAll(0, 1_000)).map(({ body }) => Buffer.from(body).toString('latin1')).join('');
    expect(bytes).to.contain('ConditionStartRequested').and.not.contain('Joseph');
    await host.stop();
  });

  it('Triggers that must all happen are kept over a restart; a trigger that is delivered twice counts once', async () => {
    const store = openMemoryEventStore();
    const model = 'start Both message=Paid signal=Opened all -> user Work -> end';
    const first = await deployed(model, { store });
    await first.runtime.publishMessage({ name: 'Paid', correlationKey: 'k', variables: { amount: 5 } }, key('m1'));
    expect(await started(first)).to.deep.equal([]);
    await first.stop();
    const second = await startRuntime({ store, vault: first.vault, blobs: first.blobs, time: first.time });
    await second.runtime.publishMessage({ name: 'Paid', correlationKey: 'k', variables: { amount: 5 } }, key('m1'));
    await second.runtime.broadcastSignal({ name: 'Opened', variables: { office: 'A' } }, key('s1'));
    await second.runtime.broadcastSignal({ name: 'Opened', variables: { office: 'A' } }, key('s1'));
    expect(await started(second)).to.deep.equal([{ amount: 5, office: 'A' }]);
    await second.runtime.broadcastSignal({ name: 'Opened', variables: { office: 'B' } }, key('s2'));
    expect(await started(second)).to.have.length(1);
    await second.stop();
  });

  it('What was recorded and not delivered is delivered after a restart', async () => {
    const store = openMemoryEventStore();
    const model = 'start All message=Paid if="=amount > 10" all -> user Work -> end';
    const first = await deployed(model, { store, failpoint: (name) => { if (name === 'before-dispatch' && broken) throw new Error('the process is gone'); } });
    let broken = true;
    await first.runtime.publishMessage({ name: 'Paid', variables: { by: 'Ana' } }, key('m1'));
    await first.runtime.evaluateConditions({ variables: { amount: 20 } }, key('e1'));
    await first.stop();
    broken = false;
    const second = await startRuntime({ store, vault: first.vault, blobs: first.blobs, time: first.time });
    expect(await started(second)).to.have.length(1);
    await second.stop();
  });

  it('A start timer that is one of several triggers happens for its round', async () => {
    const host = await deployed('start All message=Paid every=R/PT1H all -> user Work -> end');
    await host.runtime.publishMessage({ name: 'Paid', variables: { n: 1 } }, key('m1'));
    await host.quiet();
    await host.time.advance(3_600_000);
    expect(await started(host)).to.deep.equal([{ n: 1 }]);
    await host.time.advance(3_600_000);
    expect(await started(host)).to.have.length(1);
    await host.stop();
  });
});
