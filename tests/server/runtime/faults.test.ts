/** What the runtime does when something around it fails: nothing is folded out of turn, nothing is forgotten, and health says so. */
import { expect } from 'chai';
import type { DecodedRecord, Projection } from '../../../server/runtime/types.ts';
import { TIMERS } from '../../contracts/engine-host-models.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

/** Looks again until it is so; the pauses of the runtime are a second or two long. */
async function until(so: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; !so();) {
    if (Date.now() > end) throw new Error(`Expected it within eight seconds, but it did not come: ${so.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function publish(host: TestRuntime, messageId: string): Promise<number> {
  const answer = await host.runtime.publishMessage({ name: 'paper', correlationKey: 'k', variables: {}, messageId }, OFFICER);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer.position;
}

/** Remembers the positions it was given, and fails when told to. */
class Picky implements Projection {
  readonly name = 'picky';
  readonly seen: number[] = [];
  failing = false;

  apply(record: DecodedRecord): void {
    if (this.failing) throw new Error('the disk is full');
    this.seen.push(record.position);
  }
}

describe('The runtime among failures', () => {
  it('A message id may hold any sign: its expiry is enqueued, and the next start takes it up.', async () => {
    const host = await startRuntime();
    for (const id of ['urn:uuid:1', ' a b ', 'a/b', 'a%b', '\ud800', 'é']) await publish(host, id);
    await host.quiet();
    expect(host.failures).to.deep.equal([]);
    await host.stop();
    const again = await startRuntime({ store: host.store, vault: host.vault, blobs: host.blobs, time: host.time });
    expect(again.failures).to.deep.equal([]);
    expect(again.runtime.health.undone).to.equal(undefined);
    await again.stop();
  });

  it('A projection that fails stops all folding and says so; then the log is folded from where it stopped, without a gap.', async () => {
    const picky = new Picky();
    const host = await startRuntime({ readers: [picky] });
    await host.runtime.settled(await publish(host, 'one'));
    const before = picky.seen.length;
    picky.failing = true;
    await publish(host, 'two');
    await until(() => host.runtime.health.failure !== undefined);
    picky.failing = false;
    const last = await publish(host, 'three');
    expect(picky.seen).to.have.lengthOf(before);
    expect(host.runtime.health.position).to.be.lessThan(last - 1);
    await until(() => host.runtime.health.failure === undefined);
    expect(picky.seen).to.deep.equal(Array.from({ length: last }, (_, at) => at + 1));
    expect(await host.runtime.settled(last)).to.equal(true);
    expect(host.failures.map(String)).to.deep.equal(['Error: the disk is full']);
    await host.stop();
  });

  it('What dispatch could not enqueue is told, and taken up again after a pause.', async () => {
    let failing = false;
    const host = await startRuntime({ failpoint: (name) => { if (failing && name === 'before-dispatch') throw new Error('no room'); } });
    await host.runtime.deploy([{ name: 'model.bpmn', content: TIMERS }], OFFICER);
    await host.quiet();
    failing = true;
    const answer = await host.runtime.startInstance({ processId: 'timers', variables: { name: 'Joseph' } }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await until(() => host.runtime.health.undone !== undefined);
    failing = false;
    await until(() => host.runtime.health.undone === undefined);
    const before = (await host.runtime.history(answer.stream)).length;
    await host.time.advance(3_600_000);
    await host.quiet();
    expect((await host.runtime.history(answer.stream)).length).to.be.greaterThan(before);
    await host.stop();
  });

  it('A stream of another kind is no case: it is not found, and its own commands go on.', async () => {
    const host = await startRuntime();
    await host.runtime.change('person/anna', 'AddPerson', OFFICER, () => [{ type: 'PersonAdded' }]);
    expect(await host.runtime.inspect('person/anna')).to.equal(undefined);
    const answer = await host.runtime.execute('person/anna', { type: 'ClaimTask', task: 1 }, OFFICER);
    expect(answer).to.deep.include({ outcome: 'rejected' });
    expect(answer.outcome === 'rejected' && answer.rejection.code).to.equal('INSTANCE_NOT_FOUND');
    let earlier: readonly unknown[] = [];
    await host.runtime.change('person/anna', 'GrantRoles', OFFICER, (known) => { earlier = [...known]; return [{ type: 'RolesGranted' }]; });
    expect(earlier).to.deep.equal([{ type: 'PersonAdded' }]);
    await host.stop();
  });
});
