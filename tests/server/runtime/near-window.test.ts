/** Timers by index and near window: what is due later does not wait in memory, and fires all the same, in due order. */
import { expect } from 'chai';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime } from './support.ts';

const STEP = 6 * 60_000;
const HOUR = 10 * STEP;
const MODEL = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
  <bpmn:process id="wait" isExecutable="true"><bpmn:startEvent id="s" /><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="t" />
    <bpmn:intermediateCatchEvent id="t"><bpmn:timerEventDefinition id="d"><bpmn:timeDuration>=pause</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e" /><bpmn:endEvent id="e" /></bpmn:process></bpmn:definitions>`;

describe('The near window of timers', () => {
  let host: TestRuntime;

  const start = async (pause: string): Promise<string> => {
    const answer = await host.runtime.startInstance({ processId: 'wait', variables: { pause } }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    return answer.stream;
  };
  /** What fired, in the order of the log. */
  const fired = async (): Promise<string[]> => {
    const records = (await host.store.readAll(0, 1_000)).flatMap((commit) => commit.records);
    return records.filter(({ commandType }) => commandType === 'FireTimer').map(({ stream }) => names.get(stream) ?? stream);
  };
  const names = new Map<string, string>();
  /** Once so many have fired: after a restart models are read from disk, which takes time that no clock here tells. */
  const firedWhen = async (count: number): Promise<string[]> => {
    for (let tries = 0; tries < 200 && (await fired()).length < count; tries += 1) await host.quiet();
    return fired();
  };

  beforeEach(async () => {
    host = await startRuntime();
    await host.runtime.deploy([{ name: 'wait.bpmn', content: MODEL }], OFFICER);
    names.clear();
    for (const pause of ['PT20H', 'PT30M', 'PT66M', 'PT150M', 'PT60M']) names.set(await start(pause), pause);
    await host.quiet();
  });
  afterEach(() => host.stop());

  it('lets them fire in due order, near and far, each once', async () => {
    await host.time.advance(5 * STEP);
    await host.quiet();
    expect(await fired()).to.deep.equal(['PT30M']);
    for (let step = 5; step < 30; step += 1) {
      await host.time.advance(STEP);
      await host.quiet();
    }
    expect(await fired()).to.deep.equal(['PT30M', 'PT60M', 'PT66M', 'PT150M']);
    expect(host.failures).to.deep.equal([]);
  });

  it('fires on the minute what was far when it was scheduled', async () => {
    for (let step = 0; step < 25; step += 1) {
      expect(await fired()).not.to.include('PT150M');
      await host.time.advance(STEP);
      await host.quiet();
    }
    expect(await fired()).to.include('PT150M');
  });

  it('catches up after the clock has jumped over many windows', async () => {
    await host.time.advance(24 * HOUR);
    expect(await firedWhen(5)).to.have.members(['PT30M', 'PT60M', 'PT66M', 'PT150M', 'PT20H']);
  });

  it('finds what was far after a restart', async () => {
    await host.stop();
    const { store, vault, blobs, time } = host;
    host = await startRuntime({ store, vault, blobs, time });
    await host.time.advance(24 * HOUR);
    expect(await firedWhen(5)).to.have.members(['PT30M', 'PT60M', 'PT66M', 'PT150M', 'PT20H']);
  });

  it('takes one that is cancelled before it comes near out of the table', async () => {
    const [far] = [...names].find(([, pause]) => pause === 'PT20H') ?? [''];
    const answer = await host.runtime.execute(far, { type: 'CancelInstance', reason: 'no longer needed' }, OFFICER);
    expect(answer.outcome === 'accepted' && (answer.events).some(({ type }) => type === 'TimerCanceled')).to.equal(true);
    await host.time.advance(24 * HOUR);
    await host.quiet();
    expect(await fired()).to.have.members(['PT30M', 'PT60M', 'PT66M', 'PT150M']);
  });
});
