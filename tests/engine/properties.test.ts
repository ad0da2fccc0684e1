// The promises of decide and evolve on random models and random commands: fold, replay, purity, second delivery, no exception ever.
import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../engine/decide.ts';
import { isRejection } from '../../engine/errors.ts';
import type { InstanceCommand } from '../../engine/commands.ts';
import type { InstanceEvent } from '../../engine/events.ts';
import { evolve } from '../../engine/evolve.ts';
import { DEFAULT_LIMITS } from '../../engine/facts.ts';
import type { Facts } from '../../engine/facts.ts';
import type { ProcessGraph } from '../../engine/bpmn/graph.ts';
import { newInstance } from '../../engine/state.ts';
import type { InstanceState } from '../../engine/state.ts';
import { instantFromMillis, millisFromInstant } from '../../engine/time/instant.ts';
import { processOf } from './support/bpmn.ts';
import { decideChecked, FACTS, fold, same } from './support/checked.ts';
import { hostile, isConsuming, useful } from './support/random-commands.ts';
import { blocks, calm, ModelText } from './support/random-models.ts';
import type { Block } from './support/random-models.ts';

/** PITON_SEED repeats a run whose seed was printed. */
const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const bounded = (runs: number, ms: number): fc.Parameters<unknown> => ({ seed: SEED, numRuns: runs, plugins: [fc.interruptAfterTimeLimit(ms)] });

const START: InstanceCommand = { type: 'StartInstance', processId: 'P', version: 1, variables: { pick: 1 }, actor: { person: 'anna', groups: [] } };

class RandomCase {
  readonly graph: ProcessGraph;
  readonly history: InstanceEvent[] = [];
  state: InstanceState = newInstance('case-1');
  facts: Facts;

  constructor(graph: ProcessGraph, facts: Partial<Facts> = {}) {
    this.graph = graph;
    this.facts = { ...FACTS, definitions: { Child: 1 }, ...facts };
  }

  /** Gives a command, checked; consuming ones twice. */
  give(command: InstanceCommand): void {
    const outcome = decideChecked(this.graph, this.history, this.state, command, this.facts);
    if (isRejection(outcome)) return;
    this.history.push(...outcome);
    // A cancellation whose own turn is unfinished may be asked for again.
    if (!isConsuming(command) || this.state.pending.length > 0) return;
    const again = decideChecked(this.graph, this.history, this.state, command, this.facts);
    if (!isRejection(again)) expect(again, `a second ${command.type} changes nothing`).to.deep.equal([]);
  }

  later(seconds: number): void {
    this.facts = { ...this.facts, now: instantFromMillis(millisFromInstant(this.facts.now) + seconds * 1000) };
  }
}

async function play(block: Block, numbers: readonly number[], stepsPerTurn: number): Promise<RandomCase> {
  const on = new RandomCase(await processOf(new ModelText('', 'PT10S').process(block)), { limits: { ...DEFAULT_LIMITS, stepsPerTurn, stepsWithoutWait: 3_000 } });
  on.give(START);
  for (const number of numbers) {
    on.later(number % 20);
    const choices = number % 4 === 0 ? hostile(on.state, number >> 3) : useful(on.state);
    const command = choices[(number >> 5) % Math.max(1, choices.length)];
    if (command) on.give(command);
  }
  if (on.state.status !== 'active') expect([on.state.waits.size, [...on.state.elements.keys()]], 'nothing is left open').to.deep.equal([0, [0]]);
  return on;
}

const numbers = fc.array(fc.nat(2 ** 20), { maxLength: 40 });

describe('Engine: properties', () => {
  before(() => {
    console.log(`  Engine properties: PITON_SEED=${String(SEED)}`);
  });

  it('On any model and any commands: the state after decide is the fold, output depends on input only, a rejection and a second delivery change nothing, nothing is thrown', async () => {
    await fc.assert(fc.asyncProperty(blocks(3), numbers, fc.constantFrom(1, 7, 2_000), async (block, chosen, stepsPerTurn) => {
      await play(block, chosen, stepsPerTurn);
    }), bounded(4_000, 8_000));
  }).timeout(60_000);

  it('Every prefix of a history replays, and a case that has ended stays ended', async () => {
    await fc.assert(fc.asyncProperty(blocks(2), numbers, async (block, chosen) => {
      const { history } = await play(block, chosen, 50);
      const state = newInstance('case-1');
      let ended = false;
      for (const [index, event] of history.entries()) {
        expect(ended, `nothing happens after the end, but ${event.type} did`).to.equal(false);
        evolve(state, event);
        if (index % 7 === 0) expect(fold('case-1', history.slice(0, index + 1))).to.deep.equal(state);
        ended = state.status !== 'active';
      }
    }), bounded(1_500, 4_000));
  }).timeout(60_000);

  it('A crash after every record, and one before every commit, changes nothing: what is folded from the log goes on the same way', async () => {
    await fc.assert(fc.asyncProperty(blocks(2), numbers, async (block, chosen) => {
      const graph = await processOf(new ModelText('', 'PT10S').process(block));
      const facts: Facts = { ...FACTS, definitions: { Child: 1 }, limits: { ...DEFAULT_LIMITS, stepsPerTurn: 20, stepsWithoutWait: 3_000 } };
      const kept = newInstance('case-1');
      let log = '[]';
      const fromLog = (): InstanceState => fold('case-1', JSON.parse(log) as InstanceEvent[]);
      const give = (command: InstanceCommand, now: string): void => {
        const wanted = decide(graph, kept, command, { ...facts, now });
        // Decided, and lost before it was written.
        decide(graph, fromLog(), command, { ...facts, now });
        const again = decide(graph, fromLog(), command, { ...facts, now });
        same(again, wanted, 'the command that was lost is decided as it would have been');
        if (!isRejection(again)) log = JSON.stringify([...JSON.parse(log) as InstanceEvent[], ...again]);
        same(fromLog(), kept, 'what is folded after the crash is what was in memory');
      };
      give(START, facts.now);
      let millis = millisFromInstant(facts.now);
      for (const number of chosen) {
        millis += (number % 20) * 1_000;
        const choices = number % 4 === 0 ? hostile(kept, number >> 3) : useful(kept);
        const command = choices[(number >> 5) % Math.max(1, choices.length)];
        if (command) give(command, instantFromMillis(millis));
      }
    }), bounded(1_000, 4_000));
  }).timeout(60_000);

  it('However large the turns, the same commands lead to the same state', async () => {
    await fc.assert(fc.asyncProperty(blocks(3), numbers, fc.integer({ min: 1, max: 9 }), async (block, chosen, stepsPerTurn) => {
      const run = async (steps: number): Promise<InstanceEvent[]> => {
        const on = new RandomCase(await processOf(new ModelText('', 'PT10S').process(block)), { limits: { ...DEFAULT_LIMITS, stepsPerTurn: steps } });
        const settle = (): void => { while (on.state.pending.length > 0 && on.state.status === 'active') on.give({ type: 'Continue', actor: START.actor }); };
        on.give(START);
        settle();
        for (const number of chosen) {
          on.later(number % 20);
          const choices = useful(on.state);
          const command = choices[number % Math.max(1, choices.length)];
          if (command) on.give(command);
          settle();
        }
        return on.history.filter(({ type }) => !type.startsWith('Turn'));
      };
      expect(await run(stepsPerTurn)).to.deep.equal(await run(100_000));
    }), bounded(1_000, 3_000));
  }).timeout(60_000);

  it('Independent branches commute: in whatever order they are worked on, each goes the same way, up to the counters', async () => {
    await fc.assert(fc.asyncProperty(blocks(2), blocks(2), numbers, fc.array(fc.boolean(), { maxLength: 60 }), async (left, right, chosen, order) => {
      const lines: string[] = [];
      const [a, b] = [new ModelText('a_', 'PT0S').write(calm(left), lines), new ModelText('b_', 'PT0S').write(calm(right), lines)];
      const text = [...lines, `start -> and Fork -> ${a.first}`, `Fork -> ${b.first}`, `${a.last} -> and Join -> end`, `${b.last} -> Join`].join('\n');
      const run = async (turns: readonly boolean[]): Promise<unknown> => {
        const on = new RandomCase(await processOf(text));
        on.give(START);
        const count = { a_: 0, b_: 0 };
        const work = (prefix: 'a_' | 'b_'): void => {
          const choices = useful(on.state, (elementId) => elementId.startsWith(prefix));
          const command = choices[(chosen[(count[prefix] += 1) % Math.max(1, chosen.length)] ?? 0) % Math.max(1, choices.length)];
          if (command) on.give(command);
        };
        for (const turn of turns) work(turn ? 'a_' : 'b_');
        while (count.a_ < 60) work('a_');
        while (count.b_ < 60) work('b_');
        return ['a_', 'b_'].map((prefix) => renamed(on.history, prefix));
      };
      expect(await run(order)).to.deep.equal(await run(order.map((turn) => !turn)));
    }), bounded(600, 4_000));
  }).timeout(60_000);
});

/** What happened in one branch: type and element of each event that names an element of it, without counters. */
function renamed(history: readonly InstanceEvent[], prefix: string): string[] {
  return history.flatMap((event) => {
    const main = 'elementId' in event ? event.elementId : 'flowId' in event ? event.flowId : '';
    return main.startsWith(prefix) ? [`${event.type} ${main}`] : [];
  });
}
