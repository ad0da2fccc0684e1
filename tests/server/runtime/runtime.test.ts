/** The runtime over ports: durable answers, repeats, privacy at rest, jobs, restarts. */
import { expect } from 'chai';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceEvent } from '../../../engine/index.ts';
import type { EventStore } from '../../../server/ports/event-store.ts';
import type { Answer } from '../../../server/runtime/types.ts';
import { BpmnError } from '../../../server/ports/job-handler.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import { openMemoryEventStore } from '../../../server/stores/memory/event-store.ts';
import { createSqliteProjections } from '../../../server/stores/sqlite/projections.ts';
import { CALLS, ERRORS, LOOP, TIMERS } from '../../contracts/engine-host-models.ts';
import { OFFICER, startRuntime } from './support.ts';
import type { TestRuntime, TestRuntimeOptions } from './support.ts';

const OTHER = { actor: { person: 'other', groups: ['officers'] } };

async function deployed(xml: string, options: TestRuntimeOptions = {}): Promise<TestRuntime> {
  const host = await startRuntime(options);
  const answer = await host.runtime.deploy([{ name: 'model.bpmn', content: xml }], OFFICER);
  expect(answer.outcome).to.equal('deployed');
  return host;
}

function accepted(answer: Answer<InstanceEvent>): Extract<Answer<InstanceEvent>, { outcome: 'accepted' }> {
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer;
}

async function startTimers(host: TestRuntime, key = 'one'): Promise<string> {
  return accepted(await host.runtime.startInstance({ processId: 'timers', variables: { name: 'Joseph' } }, { ...OFFICER, idempotencyKey: key, requestHash: hex(key) })).stream;
}

const hex = (text: string): string => Buffer.from(text.padEnd(32, '.')).toString('hex').slice(0, 64);

async function types(host: TestRuntime, stream: string): Promise<string[]> {
  return (await host.runtime.history(stream)).flatMap(({ events }) => events.map(({ type }) => type));
}

async function bytesOf(store: EventStore): Promise<string> {
  return (await store.readAll(0, 1_000)).map(({ body }) => Buffer.from(body).toString('latin1')).join('');
}

/** A store's methods, to be replaced one by one. */
function bound(store: EventStore): EventStore {
  return {
    append: (record) => store.append(record), read: (stream, after) => store.read(stream, after), find: (stream, key) => store.find(stream, key),
    readAll: (after, limit) => store.readAll(after, limit), frames: (stream, after, limit) => store.frames(stream, after, limit), head: () => store.head(), subscribe: (listener) => store.subscribe(listener), close: () => store.close(), failure: store.failure,
  };
}

describe('The runtime', () => {
  it('gives the first answer to a repeated command for ever, and records it once', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    accepted(await host.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, OFFICER));
    const meta = { ...OFFICER, idempotencyKey: 'done', requestHash: hex('done') };
    const first = accepted(await host.runtime.execute(stream, { type: 'CompleteTask', task: 2, variables: {} }, meta));
    const second = accepted(await host.runtime.execute(stream, { type: 'CompleteTask', task: 2, variables: {} }, meta));
    expect([first.replayed, second.replayed]).to.deep.equal([false, true]);
    expect(second.events).to.deep.equal(first.events);
    expect(second.position).to.equal(first.position);
    expect((await types(host, stream)).filter((type) => type === 'UserTaskCompleted')).to.have.length(1);
  });

  it('refuses another request under a key that was used', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    await host.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, { ...OFFICER, idempotencyKey: 'k', requestHash: hex('a') });
    const answer = await host.runtime.execute(stream, { type: 'ReleaseTask', task: 2 }, { ...OFFICER, idempotencyKey: 'k', requestHash: hex('b') });
    expect(answer.outcome).to.equal('key-reused');
  });

  it('starts one case however often the same start is sent at once', async () => {
    const host = await deployed(TIMERS);
    const streams = await Promise.all(Array.from({ length: 100 }, () => startTimers(host, 'same')));
    expect(new Set(streams)).to.have.property('size', 1);
    expect((await types(host, streams[0] ?? '')).filter((type) => type === 'InstanceStarted')).to.have.length(1);
  });

  it('tells the second of two people who was first', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    const [first, second] = await Promise.all([OFFICER, OTHER].map((meta) => host.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, meta)));
    expect(first?.outcome).to.equal('accepted');
    expect(second).to.deep.include({ outcome: 'rejected' });
    expect(JSON.stringify(second)).to.contain('officer has claimed it');
  });

  it('keeps what people wrote out of the log in the clear, and reads it back with the key of the case', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    expect(await bytesOf(host.store)).to.contain('ElementActivated').and.not.contain('Joseph');
    const [started] = await host.runtime.history(stream);
    expect(JSON.stringify(started?.events)).to.contain('Joseph');
  });

  it('folds an erased case to its acts without its words', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    const record = (await host.store.read(stream))[0];
    await host.vault.destroyDataKey(record?.keyId ?? '');
    const history = await host.runtime.history(stream);
    expect(history[0]).to.have.property('erased', true);
    expect(JSON.stringify(history)).to.contain('InstanceStarted').and.not.contain('Joseph');
  });

  it('loads an erased case from the log to its acts', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    await host.vault.destroyDataKey((await host.store.read(stream))[0]?.keyId ?? '');
    const other = await startRuntime({ store: host.store, vault: host.vault, blobs: host.blobs, time: host.time });
    const { state } = (await other.runtime.inspect(stream)) ?? {};
    expect(state?.status).to.equal('active');
    expect(state?.elements.get(0)?.variables?.size).to.equal(0);
  });

  it('goes on after a restart from the log alone: timers fire, tasks are open', async () => {
    const first = await deployed(TIMERS);
    const stream = await startTimers(first);
    await first.stop();
    const second = await startRuntime({ store: first.store, vault: first.vault, blobs: first.blobs, time: first.time });
    await second.quiet();
    await second.time.advance(10 * 60_000);
    await second.quiet();
    expect(await types(second, stream)).to.include.members(['TimerFired']);
    accepted(await second.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, OFFICER));
    expect(second.failures).to.deep.equal([]);
  });

  it('finds another node has been first, loads again and decides again', async () => {
    const store = openMemoryEventStore();
    const one = await deployed(TIMERS, { store });
    const stream = await startTimers(one);
    const two = await startRuntime({ store, vault: one.vault, blobs: one.blobs, time: one.time });
    accepted(await two.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, OFFICER));
    const late = await one.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, OTHER);
    expect(JSON.stringify(late)).to.contain('TASK_ALREADY_CLAIMED');
  });

  it('loads a long history from a snapshot to the same state, and reads only what came after it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'piton-test-')), 'projections.db');
    const projections = createSqliteProjections(file);
    const first = await deployed(TIMERS, { projections });
    const stream = await startTimers(first);
    for (let turn = 0; turn < 120; turn += 1) {
      accepted(await first.runtime.execute(stream, { type: 'ClaimTask', task: 2 }, OFFICER));
      accepted(await first.runtime.execute(stream, { type: 'ReleaseTask', task: 2 }, OFFICER));
    }
    const live = await first.runtime.inspect(stream);
    await first.stop();
    await projections.close();
    const read: number[] = [];
    const { store } = first;
    const watched: EventStore = { ...bound(store), read: (name, after) => { if (name === stream) read.push(after ?? 0); return store.read(name, after); } };
    const again = await startRuntime({ store: watched, vault: first.vault, blobs: first.blobs, time: first.time, projections: createSqliteProjections(file) });
    expect((await again.runtime.inspect(stream))?.state).to.deep.equal(live?.state);
    expect(read).to.deep.equal([200]);
  });

  it('keeps no case in memory that is over, and answers for it from the log', async () => {
    const store = openMemoryEventStore();
    const read: string[] = [];
    const host = await deployed(LOOP, { store: { ...bound(store), read: (name, after) => { read.push(name); return store.read(name, after); } } });
    const { stream } = accepted(await host.runtime.startInstance({ processId: 'loop', variables: { n: 0 } }, OFFICER));
    expect(read).not.to.contain(stream);
    const late = await host.runtime.execute(stream, { type: 'CancelInstance', reason: 'too late' }, OFFICER);
    expect(late.outcome).to.equal('rejected');
    expect(read).to.contain(stream);
    expect((await host.runtime.inspect(stream))?.state.status).to.equal('completed');
  });

  it('forgets what a command had decided when no data key is to be had, and takes it the next time', async () => {
    const host = await deployed(TIMERS);
    const { vault } = host;
    let refused = 0;
    const short: typeof vault = {
      takeDataKey: () => (refused++ === 0 ? Promise.reject(new Error('no room')) : vault.takeDataKey()), dataKey: (id) => vault.dataKey(id), destroyDataKey: (id) => vault.destroyDataKey(id),
      putSecret: (name, secret) => vault.putSecret(name, secret), secret: (name) => vault.secret(name), deleteSecret: (name) => vault.deleteSecret(name), close: () => vault.close(),
    };
    const other = await startRuntime({ store: host.store, vault: short, blobs: host.blobs, time: host.time });
    const failed = await startTimers(other).then(() => undefined, (error: unknown) => error);
    expect(failed).to.have.property('message', 'no room');
    const stream = await startTimers(other);
    expect((await types(other, stream)).filter((type) => type === 'InstanceStarted')).to.have.length(1);
  });

  it('goes on with a long automatic turn in records of bounded size', async () => {
    const host = await deployed(LOOP, { limits: { stepsPerTurn: 50 } });
    const { stream } = accepted(await host.runtime.startInstance({ processId: 'loop', variables: { n: 0 } }, OFFICER));
    const history = await host.runtime.history(stream);
    expect(history.length).to.be.greaterThan(5);
    expect(history.at(-1)?.events.at(-1)).to.have.property('type', 'InstanceCompleted');
  });

  it('refuses a deployment with all problems at once and stores nothing of it', async () => {
    const host = await startRuntime();
    const answer = await host.runtime.deploy([{ name: 'a.bpmn', content: '<nonsense/>' }, { name: 'b.txt', content: '' }, { name: 'c.form', content: '{' }, { name: 'd.form', content: '{}' }], OFFICER);
    expect(answer.outcome).to.equal('refused');
    if (answer.outcome !== 'refused') return;
    expect(answer.problems.map(({ code }) => code)).to.include.members(['DEPLOY_FILE_UNKNOWN', 'DEPLOY_FORM_NOT_JSON', 'DEPLOY_FORM_WITHOUT_ID']);
    expect((await host.store.head()).position).to.equal(0);
    const empty = await host.runtime.deploy([], OFFICER);
    expect(JSON.stringify(empty)).to.contain('DEPLOY_NO_MODEL');
    const formless = await host.runtime.deploy([{ name: 'm.bpmn', content: TIMERS.replace('<bpmn:userTask id="t"/>', '<bpmn:userTask id="t"><bpmn:extensionElements><zeebe:formDefinition formId="gone"/></bpmn:extensionElements></bpmn:userTask>') }], OFFICER);
    expect(JSON.stringify(formless)).to.contain('DEPLOY_FORM_MISSING').and.contain('gone');
    const stale = await host.runtime.deploy([{ name: 'm.bpmn', content: TIMERS.replace(/<bpmn:startEvent id="s"\/>/, '<bpmn:startEvent id="s"><bpmn:timerEventDefinition><bpmn:timeDate>=missing</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:startEvent>') }], OFFICER);
    expect(JSON.stringify(stale)).to.contain('DEPLOY_REFUSED');
  });

  it('numbers versions, keeps running cases on theirs, and calls the same content unchanged', async () => {
    const host = await deployed(TIMERS);
    const stream = await startTimers(host);
    const same = await host.runtime.deploy([{ name: 'model.bpmn', content: TIMERS }], OFFICER);
    expect(same).to.have.nested.property('processes[0].unchanged', true);
    const next = await host.runtime.deploy([{ name: 'model.bpmn', content: TIMERS.replace('PT5H', 'PT6H') }], OFFICER);
    expect(next).to.have.nested.property('processes[0].version', 2);
    expect((await host.runtime.inspect(stream))?.state.version).to.equal(1);
  });
});

describe('A job', () => {
  const start = async (run: (job: Job) => Promise<Record<string, never>>): Promise<{ host: TestRuntime; stream: string }> => {
    const host = await deployed(ERRORS, { handlers: [{ type: 'register', run }] });
    const { stream } = accepted(await host.runtime.startInstance({ processId: 'errors', variables: {} }, OFFICER));
    await host.quiet();
    return { host, stream };
  };

  it('is done once and completes its task', async () => {
    const keys: string[] = [];
    const { host, stream } = await start(({ key }) => { keys.push(key); return Promise.resolve({}); });
    expect(keys).to.deep.equal([`${stream}/5`]);
    expect(await types(host, stream)).to.include.members(['JobCompleted', 'InstanceCompleted']);
  });

  it('is tried again after a growing pause, and raises an incident when its retries are used up', async () => {
    let tries = 0;
    const { host, stream } = await start(() => { tries += 1; return Promise.reject(new Error('no connection')); });
    expect(tries).to.equal(1);
    await host.time.advance(9_000);
    expect(tries).to.equal(1);
    await host.time.advance(20 * 60_000);
    expect(tries).to.equal(3);
    const history = await types(host, stream);
    expect(history.filter((type) => type === 'JobFailed')).to.have.length(3);
    expect(history.at(-1)).to.equal('IncidentRaised');
  });

  it('is offered again when its incident is resolved', async () => {
    let works = false;
    const { host, stream } = await start(() => (works ? Promise.resolve({}) : Promise.reject(new Error('no connection'))));
    await host.time.advance(20 * 60_000);
    const incident = [...((await host.runtime.inspect(stream))?.state.waits.values() ?? [])].find(({ kind }) => kind === 'incident');
    works = true;
    accepted(await host.runtime.execute(stream, { type: 'ResolveIncident', incident: incident?.id ?? 0 }, OFFICER));
    await host.quiet();
    expect((await types(host, stream)).at(-1)).to.equal('InstanceCompleted');
  });

  it('that finds a BPMN error takes the error path of the model', async () => {
    const { host, stream } = await start(() => Promise.reject(new BpmnError('REFUSED', 'register refuses')));
    expect(await types(host, stream)).to.include.members(['JobErrorThrown', 'ErrorThrown', 'InstanceCompleted']);
  });
});

describe('Between cases', () => {
  it('a caller is told when its child cannot start, and a human decides', async () => {
    // The child is started at a version without a none start event: it is refused.
    const noStart = CALLS.replace('<bpmn:startEvent id="cs"/>', '<bpmn:startEvent id="cs"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>').replace('</bpmn:definitions>', '<bpmn:message id="m" name="m"/></bpmn:definitions>');
    const host = await deployed(noStart);
    const { stream } = accepted(await host.runtime.startInstance({ processId: 'caller', variables: { fail: false } }, OFFICER));
    await host.quiet();
    expect(await types(host, stream)).to.include.members(['ChildRequested', 'ChildEnded', 'IncidentRaised']);
  });

  it('what is delivered to a case that an endless loop has stopped comes again when it goes on', async () => {
    const endless = LOOP.replace('n &lt; 100', 'go').replace('<bpmn:startEvent id="s"/>', '<bpmn:startEvent id="s"/><bpmn:parallelGateway id="fork"/>')
      .replace('sourceRef="s" targetRef="join"', 'sourceRef="s" targetRef="fork"')
      .replace('</bpmn:process>', `<bpmn:sequenceFlow id="k1" sourceRef="fork" targetRef="wait"/><bpmn:sequenceFlow id="k2" sourceRef="fork" targetRef="join"/>
        <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1M</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
        <bpmn:sequenceFlow id="k3" sourceRef="wait" targetRef="we"/><bpmn:endEvent id="we"/></bpmn:process>`);
    const host = await deployed(endless, { limits: { stepsPerTurn: 50, stepsWithoutWait: 200 } });
    const { stream } = accepted(await host.runtime.startInstance({ processId: 'loop', variables: { n: 0, go: true } }, OFFICER));
    await host.quiet();
    await host.time.advance(61_000);
    await host.quiet();
    expect(await types(host, stream)).to.include('IncidentRaised').and.not.include('TimerFired');
    const incident = [...((await host.runtime.inspect(stream))?.state.waits.values() ?? [])].find(({ kind }) => kind === 'incident');
    accepted(await host.runtime.execute(stream, { type: 'SetVariables', variables: { go: false }, reason: 'the loop' }, OFFICER));
    accepted(await host.runtime.execute(stream, { type: 'ResolveIncident', incident: incident?.id ?? 0 }, OFFICER));
    await host.time.advance(120_000);
    await host.quiet();
    expect((await types(host, stream)).slice(-1)).to.deep.equal(['InstanceCompleted']);
    expect(await types(host, stream)).to.include('TimerFired');
  });
});
