// The promises between cases, on random commands: every message at most once for each process, subscriptions on both sides alike, no gaps in the records.
import { expect } from 'chai';
import fc from 'fast-check';
import { evolveCorrelation, newCorrelation } from '../../engine/correlation/correlation.ts';
import type { CorrelationEvent, CorrelationState } from '../../engine/correlation/correlation.ts';
import type { InstanceEvent } from '../../engine/events.ts';
import { evolve } from '../../engine/evolve.ts';
import { newInstance } from '../../engine/state.ts';
import type { InstanceState } from '../../engine/state.ts';
import { inWorld } from './support/in-world.ts';
import type { WorldTest } from './support/in-world.ts';
import { useful } from './support/random-commands.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);

const POOLS = `
  process P
  start -> catch First message=Paid key="=k" -> first Which -> catch Second message=Paid key="=k" -> send Thank message=Thanks -> end
  Which -> catch Late after=PT1H -> user Chase -> end
  process Q
  start QStart -> service Work job=work -> call Ask calls=R -> end QEnd
  boundary Note on=Work message=Paid key="=k" beside -> end Noted
  boundary Stop on=Ask message=Paid key="=k" -> end Stopped
  process R
  start RStart -> receive Wait message=Paid key="=k" -> end REnd
  process S
  start Letter message=Paid -> user Read -> end SEnd
  process T
  start Got message=Thanks -> end TEnd`;

type Op =
  | { readonly do: 'start'; readonly process: 'P' | 'Q' | 'R'; readonly key: string }
  | { readonly do: 'publish'; readonly id: string; readonly key: string; readonly timeToLive: string }
  | { readonly do: 'work'; readonly number: number }
  | { readonly do: 'cancel'; readonly number: number }
  | { readonly do: 'advance'; readonly minutes: number };

const key = fc.constantFrom('k1', 'k2');
const operations: fc.Arbitrary<Op[]> = fc.array(fc.oneof(
  fc.record({ do: fc.constant('start' as const), process: fc.constantFrom('P' as const, 'Q' as const, 'R' as const), key }),
  fc.record({ do: fc.constant('publish' as const), id: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6'), key, timeToLive: fc.constantFrom('PT0S', 'PT10M', 'P1D') }),
  fc.record({ do: fc.constant('work' as const), number: fc.nat(1000) }),
  fc.record({ do: fc.constant('cancel' as const), number: fc.nat(1000) }),
  fc.record({ do: fc.constant('advance' as const), minutes: fc.nat(90) }),
), { maxLength: 40 });

function perform(test: WorldTest, op: Op): void {
  const { world } = test;
  const active = [...world.instances].filter(([, state]) => state.status === 'active');
  if (op.do === 'start') test.start(op.process, { k: op.key });
  else if (op.do === 'publish') world.publish('Paid', op.key, { id: op.id }, op.id, op.timeToLive);
  else if (op.do === 'advance') test.do({ advance: `PT${String(op.minutes)}M` });
  else {
    const [stream, state] = active[op.number % Math.max(1, active.length)] ?? [];
    if (stream === undefined || !state) return;
    if (op.do === 'cancel') world.execute(stream, { type: 'CancelInstance', reason: 'random' });
    else {
      const commands = useful(state).filter(({ type }) => type !== 'CorrelateMessage' && type !== 'CompleteChild');
      const command = commands[op.number % Math.max(1, commands.length)];
      if (command) world.execute(stream, command, command.actor);
    }
  }
}

/** Every stream folded from its records, and the check that its records are numbered without gaps. */
function foldAll(test: WorldTest): { instances: Map<string, InstanceState>; correlations: Map<string, CorrelationState> } {
  const instances = new Map<string, InstanceState>();
  const correlations = new Map<string, CorrelationState>();
  const versions = new Map<string, number>();
  for (const { stream, version, events } of test.records) {
    expect(version).to.equal((versions.get(stream) ?? 0) + 1);
    versions.set(stream, version);
    if (stream.startsWith('message/')) {
      const state = correlations.get(stream) ?? newCorrelation(stream);
      correlations.set(stream, (events as CorrelationEvent[]).reduce(evolveCorrelation, state));
    } else if (!stream.startsWith('definition/')) {
      const state = instances.get(stream) ?? newInstance(stream);
      instances.set(stream, (events as InstanceEvent[]).reduce(evolve, state));
    }
  }
  return { instances, correlations };
}

describe('Engine: properties of the world', () => {
  before(() => {
    console.log(`  Engine world properties: PITON_SEED=${String(SEED)}`);
  });

  it('Whatever happens: cases are the fold of their records, open subscriptions are the same on both sides, and a message reaches one case of a process', async () => {
    await fc.assert(fc.asyncProperty(operations, async (ops) => {
      const test = await inWorld(POOLS);
      for (const op of ops) perform(test, op);
      const { instances, correlations } = foldAll(test);
      expect(instances).to.deep.equal(test.world.instances);
      const waiting = [...instances].flatMap(([stream, state]) => [...state.waits.values()].filter(({ kind }) => kind === 'message').map(({ id }) => `${stream}/${String(id)}`));
      const subscribed = [...correlations.values()].flatMap(({ subscriptions }) => [...subscriptions.keys()]);
      expect(subscribed.sort()).to.deep.equal(waiting.sort());
      const taken = test.records.flatMap(({ stream, events }) => events.flatMap((event) => {
        if (event.type === 'MessageCorrelated') return [`${event.messageId} ${instances.get(stream)?.processId ?? ''} ${streamOf(test, stream, event.id)}`];
        return event.type === 'MessageStartRequested' ? [`${event.messageId} ${event.processId} ${stream}`] : [];
      }));
      expect(taken).to.deep.equal([...new Set(taken)]);
    }), { seed: SEED, numRuns: 400, plugins: [fc.interruptAfterTimeLimit(5_000)] });
  }).timeout(60_000);
});

/** Message ids are unique within a name and key: the subscription says which. */
function streamOf(test: WorldTest, stream: string, subscription: number): string {
  for (const record of test.records) {
    if (record.stream !== stream) continue;
    for (const event of record.events) if (event.type === 'MessageSubscribed' && event.id === subscription) return event.to;
  }
  return '';
}
