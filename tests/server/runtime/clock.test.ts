/** The runtime when somebody sets the clock, a time server corrects it, or the machine sleeps: the log stays in order, timers fire, nothing storms. */
import { expect } from 'chai';
import type { DomainEvent } from '../../../server/runtime/types.ts';
import { TIMERS } from '../../contracts/engine-host-models.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

const HOUR = 3_600_000;

async function startCase(host: TestRuntime): Promise<string> {
  const answer = await host.runtime.startInstance({ processId: 'timers', variables: {} }, OFFICER);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  await host.quiet();
  return answer.stream;
}

async function recordsOf(host: TestRuntime, stream: string): Promise<readonly { readonly at: string; readonly events: readonly DomainEvent[] }[]> {
  return host.runtime.history(stream);
}

describe('The runtime and a clock that jumps', () => {
  let host: TestRuntime;

  beforeEach(async () => {
    host = await startRuntime({ looks: true });
    await host.runtime.deploy([{ name: 'model.bpmn', content: TIMERS }], OFFICER);
    await host.quiet();
  });
  afterEach(() => host.stop());

  it('Set back, the records of a case keep their order: none is dated before the one it follows; a new case has the time of the clock.', async () => {
    const stream = await startCase(host);
    const started = (await recordsOf(host, stream))[0]!.at;
    host.time.jump(-48 * HOUR);
    const created = (await recordsOf(host, stream)).flatMap(({ events }) => events).find(({ type }) => type === 'UserTaskCreated') as unknown as { readonly id: number };
    const task = created.id;
    expect((await host.runtime.execute(stream, { type: 'ClaimTask', task }, OFFICER)).outcome).to.equal('accepted');
    await host.time.advance(HOUR);
    expect((await host.runtime.execute(stream, { type: 'ReleaseTask', task }, OFFICER)).outcome).to.equal('accepted');
    const times = (await recordsOf(host, stream)).map(({ at }) => at);
    expect(times).to.deep.equal([started, started, started]);
    const other = await startCase(host);
    expect((await recordsOf(host, other))[0]!.at).to.equal('2026-01-03T10:00:00.000Z');
  });

  it('Set back, timers fire when the clock says their time, not before and once; what was scheduled in the meantime goes by the clock too.', async () => {
    const stream = await startCase(host);
    host.time.jump(-24 * HOUR);
    await host.time.advance(24 * HOUR);
    await host.quiet();
    expect(await fired(host, stream)).to.equal(0);
    await host.time.advance(11 * 60_000);
    await host.quiet();
    expect(await fired(host, stream)).to.equal(1);
    expect(host.failures).to.deep.equal([]);
  });

  it('Set forward, or after a sleep, overdue timers fire in due order, and a cycle is not made up for by a storm.', async () => {
    const streams = [await startCase(host), await startCase(host), await startCase(host)];
    const before = (await host.store.head()).position;
    host.time.jump(30 * 24 * HOUR);
    await host.time.advance(30_000);
    await host.quiet();
    for (const stream of streams) {
      const records = await recordsOf(host, stream);
      const events = records.flatMap(({ events: each }) => each.map(({ type }) => type));
      expect(await fired(host, stream)).to.be.within(2, 5);
      expect(events).to.include('UserTaskCanceled');
      expect(records.map(({ at }) => at)).to.deep.equal(records.map(({ at }) => at).sort());
    }
    await host.time.advance(2 * HOUR);
    await host.quiet();
    for (const stream of streams) expect((await recordsOf(host, stream)).flatMap(({ events }) => events.map(({ type }) => type))).to.include('InstanceCompleted');
    expect((await host.store.head()).position - before).to.be.below(40);
  });

  it('A timer months away waits in pieces: none of them is longer than setTimeout can count.', async () => {
    await startCase(host);
    await host.time.advance(1_000);
    expect(Math.max(...host.time.delays)).to.be.below(2 ** 31);
  });
});

async function fired(host: TestRuntime, stream: string): Promise<number> {
  return (await recordsOf(host, stream)).flatMap(({ events }) => events).filter(({ type }) => type === 'TimerFired').length;
}
