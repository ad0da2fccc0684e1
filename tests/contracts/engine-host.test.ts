/** The world in memory and the server's runtime are two hosts of one engine: the same commands give the same events in every stream. */
import { expect } from 'chai';
import { compile, instanceStream, messageStream, World } from '../../engine/index.ts';
import type { Actor, InstanceAction, Variables, WorldEvent } from '../../engine/index.ts';
import { isRefused } from '../../server/runtime/definitions.ts';
import { startRuntime } from '../server/runtime/support.ts';
import type { TestRuntime } from '../server/runtime/support.ts';
import { BORROWED, CALLS, CONVERSATION, ENDLESS, ERRORS, ESCALATION, EVERYTHING, LOOP, MESSAGES, SIGNALS, TIMERS } from './engine-host-models.ts';

/** What a host must be able to do, in the words of this suite. */
interface Host {
  start(processId: string, key: string, variables: Variables): Promise<string>;
  act(stream: string, action: InstanceAction, actor?: Actor): Promise<void>;
  publish(name: string, key: string, variables: Variables, messageId: string): Promise<void>;
  broadcast(name: string, variables: Variables, signalId: string): Promise<void>;
  advance(ms: number): Promise<void>;
}

type Scenario = (host: Host) => Promise<void>;
type Histories = Map<string, WorldEvent[]>;

const CLERK: Actor = { person: 'clerk', groups: ['clerks'] };
const MINUTE = 60_000;
const LIMITS = { stepsPerTurn: 50, hops: 20 };

async function inWorld(xml: string, scenario: Scenario): Promise<Histories> {
  const histories: Histories = new Map();
  const world = new World({
    at: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia',
    limits: LIMITS,
    onRecord: ({ stream, events }) => { histories.set(stream, [...(histories.get(stream) ?? []), ...events]); },
  });
  const graph = await compile(xml);
  if (isRefused(graph)) throw new Error(JSON.stringify(graph));
  world.deploy(graph);
  await scenario({
    start: (processId, key, variables) => { world.start(processId, variables, { key, actor: CLERK }); return Promise.resolve(instanceStream(processId, key)); },
    act: (stream, action, actor = CLERK) => { world.execute(stream, action, actor); return Promise.resolve(); },
    publish: (name, key, variables, messageId) => { world.publish(name, key, variables, messageId); return Promise.resolve(); },
    broadcast: (name, variables, signalId) => { world.broadcast(name, variables, signalId); return Promise.resolve(); },
    advance: (ms) => { world.advanceTo(new Date(Date.parse(world.now) + ms).toISOString()); return Promise.resolve(); },
  });
  return histories;
}

async function inRuntime(xml: string, scenario: Scenario): Promise<Histories> {
  const host = await startRuntime({ limits: LIMITS });
  const { runtime, time } = host;
  const deployed = await runtime.deploy([{ name: 'model.bpmn', content: xml }], { actor: CLERK });
  if (deployed.outcome === 'refused') throw new Error(JSON.stringify(deployed.problems));
  await scenario({
    start: async (processId, key, variables) => {
      await runtime.startInstance({ processId, variables }, { actor: CLERK, idempotencyKey: key });
      await host.quiet();
      return instanceStream(processId, key);
    },
    act: async (stream, action, actor = CLERK) => { await runtime.execute(stream, action, { actor }); await host.quiet(); },
    publish: async (name, correlationKey, variables, messageId) => {
      await runtime.publishMessage({ name, correlationKey, variables, messageId }, { actor: CLERK });
      await host.quiet();
    },
    broadcast: async (name, variables, signalId) => { await runtime.broadcastSignal({ name, variables, signalId }, { actor: CLERK }); await host.quiet(); },
    advance: async (ms) => { await time.advance(ms); await host.quiet(); },
  });
  expect(host.failures).to.deep.equal([]);
  const histories = await readAll(host);
  await host.stop();
  return histories;
}

async function readAll({ store, runtime }: TestRuntime): Promise<Histories> {
  const streams = new Set((await store.readAll(0, 10_000)).flatMap(({ records }) => records.map(({ stream }) => stream)));
  const histories: Histories = new Map();
  for (const stream of streams) histories.set(stream, (await runtime.history(stream)).flatMap(({ events }) => events as unknown as WorldEvent[]));
  return histories;
}

/** Definitions differ by file name and messages by the moment they expire; cases must not differ at all. */
function comparable(histories: Histories): [string, readonly WorldEvent[]][] {
  return [...histories].filter(([stream]) => !stream.startsWith('definition/')).sort(([a], [b]) => (a < b ? -1 : 1));
}

const scenarios: readonly { readonly title: string; readonly xml: string; readonly scenario: Scenario }[] = [
  {
    title: 'a user task with a repeating reminder and a deadline', xml: TIMERS,
    scenario: async (host) => {
      const stream = await host.start('timers', 'a', { amount: 5 });
      await host.advance(25 * MINUTE);
      await host.act(stream, { type: 'ClaimTask', task: 2 });
      await host.act(stream, { type: 'CompleteTask', task: 2, variables: { amount: 7 } });
      const late = await host.start('timers', 'b', {});
      await host.advance(500 * MINUTE);
      await host.act(late, { type: 'ClaimTask', task: 2 });
    },
  },
  {
    title: 'call activities that complete, fail and are cancelled', xml: CALLS,
    scenario: async (host) => {
      const good = await host.start('caller', 'good', { fail: false });
      await host.act(good, { type: 'CancelInstance', reason: 'not needed' });
      await host.start('caller', 'bad', { fail: true });
      await host.advance(MINUTE);
      await host.start('caller', 'slow', { fail: false });
      await host.advance(120 * MINUTE);
    },
  },
  {
    title: 'messages that arrive early, late, twice and start cases', xml: MESSAGES,
    scenario: async (host) => {
      await host.publish('payment', 'R-1', { paid: 1 }, 'm1');
      const first = await host.start('waiting', 'first', { reference: 'R-1' });
      await host.start('waiting', 'second', { reference: 'R-1' });
      await host.publish('payment', 'R-1', { paid: 2 }, 'm1');
      await host.publish('payment', 'R-1', { paid: 3 }, 'm2');
      await host.publish('application', 'A', { name: 'x' }, 'm3');
      await host.publish('application', 'A', { name: 'x' }, 'm3');
      await host.act(first, { type: 'CancelInstance', reason: 'done' });
      await host.advance(90 * MINUTE);
      await host.publish('payment', 'R-2', {}, 'm4');
      await host.advance(90 * MINUTE);
      await host.start('waiting', 'third', { reference: 'R-2' });
    },
  },
  { title: 'two pools in one conversation', xml: CONVERSATION, scenario: async (host) => { await host.start('asker', 'q', { question: 'why' }); await host.advance(MINUTE); } },
  { title: 'errors from jobs and sub-processes', xml: ERRORS, scenario: errors },
  { title: 'a loop longer than a turn', xml: LOOP, scenario: async (host) => { await host.start('loop', 'l', { n: 0 }); } },
  {
    title: 'signals that start, reach, interrupt and come too early', xml: SIGNALS,
    scenario: async (host) => {
      await host.broadcast('alarm', { level: 1 }, 's0');
      const first = await host.start('listening', 'a', { level: 0 });
      await host.broadcast('alarm', { level: 2 }, 's1');
      await host.broadcast('alarm', { level: 3 }, 's1');
      await host.broadcast('stop', {}, 's2');
      await host.start('throwing', 't', { level: 7 });
      await host.act(first, { type: 'CancelInstance', reason: 'done' });
      await host.broadcast('alarm', { level: 4 }, 's3');
    },
  },
  { title: 'an escalation from a called case', xml: ESCALATION, scenario: async (host) => { await host.start('boss', 'e', {}); await host.advance(MINUTE); } },
  {
    title: 'loops, inclusive gateways, conditions, compensation', xml: EVERYTHING,
    scenario: async (host) => {
      const stream = await host.start('everything', 'x', { items: [1, 2, 3], paid: 0, a: true, b: true });
      await host.act(stream, { type: 'SetVariables', variables: { paid: 100 }, reason: 'paid' });
      await host.advance(MINUTE);
    },
  },
  { title: 'cases that start each other for ever', xml: ENDLESS, scenario: (host) => host.publish('ping', '', {}, 'm1') },
  { title: 'a missing variable and its repair', xml: BORROWED, scenario: repair },
];

async function errors(host: Host): Promise<void> {
  const stream = await host.start('errors', 'e', {});
  await host.act(stream, { type: 'FailJob', job: 5, message: 'no connection', retriesLeft: 2 });
  await host.act(stream, { type: 'ThrowJobError', job: 5, code: 'REFUSED', message: 'register refuses', variables: {} });
  const uncaught = await host.start('errors', 'u', {});
  await host.act(uncaught, { type: 'ThrowJobError', job: 5, code: 'OTHER', message: 'unknown', variables: {} });
}

async function repair(host: Host): Promise<void> {
  const stream = await host.start('borrowed', 'r', {});
  await host.act(stream, { type: 'SetVariables', variables: { amount: 3 }, reason: 'forgotten' });
  await host.act(stream, { type: 'ResolveIncident', incident: 3 });
}

describe('A host of the engine', () => {
  for (const { title, xml, scenario } of scenarios) {
    it(`gives the same history in the world and in the runtime: ${title}`, async () => {
      const [world, runtime] = [await inWorld(xml, scenario), await inRuntime(xml, scenario)];
      expect(world.size).to.be.greaterThan(1);
      expect(comparable(runtime)).to.deep.equal(comparable(world));
    });
  }

  it('stops cases that start each other for ever', async () => {
    const raised = [...(await inRuntime(ENDLESS, (host) => host.publish('ping', '', {}, 'm1'))).values()].flat().filter(({ type }) => type === 'IncidentRaised');
    expect(raised).to.have.length(1).and.to.have.nested.property('[0].code', 'INCIDENT_ENDLESS_THROWS');
  });

  it('names the stream of a message by its name and key', () => {
    expect(messageStream('a', 'b')).to.not.equal(messageStream('a', 'c'));
    expect(messageStream('a', 'b')).to.match(/^message\/[0-9a-f]{32}$/);
  });
});
