/** Stopping with jobs at work: those that end in time are recorded, the others are released and taken up by the next start, with the same key. */
import { expect } from 'chai';
import { ERRORS } from '../../contracts/engine-host-models.ts';
import { gate } from '../../contracts/job-queue.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

async function working(host: TestRuntime): Promise<string> {
  await host.runtime.deploy([{ name: 'model.bpmn', content: ERRORS }], OFFICER);
  await host.quiet();
  const answer = await host.runtime.startInstance({ processId: 'errors', variables: {} }, OFFICER);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  await host.quiet();
  return answer.stream;
}

const typesOf = async (host: TestRuntime, stream: string): Promise<readonly string[]> => (await host.runtime.history(stream)).flatMap(({ events }) => events.map(({ type }) => type));

describe('Stopping the runtime while a job is at work', () => {
  it('Waits for a job that ends within the grace: its result is recorded.', async () => {
    const own = gate();
    const host = await startRuntime({ handlers: [{ type: 'register', run: async () => { await own.promise; return {}; } }] });
    const stream = await working(host);
    const stopping = host.runtime.stop(10_000);
    own.open();
    await stopping;
    expect(await typesOf(host, stream)).to.include('JobCompleted');
    expect(host.runtime.tally.jobs.get('register')).to.deep.equal({ done: 1, failed: 0, error: 0 });
  });

  it('Releases a job that does not: nothing is recorded as failed, and the next start does it with the same key.', async () => {
    const keys: string[] = [];
    const host = await startRuntime({ handlers: [{ type: 'register', run: ({ key }) => { keys.push(key); return new Promise(() => undefined); } }] });
    const stream = await working(host);
    const stopping = host.runtime.stop(10_000);
    await host.time.advance(10_000);
    await stopping;
    expect(await typesOf(host, stream)).to.not.include('JobFailed').and.not.include('JobCompleted');
    const again = await startRuntime({ store: host.store, vault: host.vault, blobs: host.blobs, time: host.time, handlers: [{ type: 'register', run: ({ key }) => { keys.push(key); return Promise.resolve({}); } }] });
    await again.quiet();
    expect(keys).to.deep.equal([`${stream}/5`, `${stream}/5`]);
    expect(await typesOf(again, stream)).to.include.members(['JobCompleted', 'InstanceCompleted']);
    await again.stop();
  });
});
