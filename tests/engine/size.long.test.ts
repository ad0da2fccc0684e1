// Size, the whole of it: a chain of 5,000 tasks, a multi-instance of 100,000 items, a loop of 1,000,000 iterations, each in linear time. The log is kept in docs/evidence.
import { expect } from 'chai';
import { processOf } from './support/bpmn.ts';
import { LargeCase, processorMs } from './support/large.ts';
import type { Cost } from './support/large.ts';

interface Shape {
  readonly name: string;
  readonly model: (n: number) => string;
  readonly variables: (n: number) => Readonly<Record<string, number | readonly number[]>>;
  readonly sizes: readonly [half: number, whole: number];
  /** Events that each task, item or iteration makes; a turn adds two. */
  readonly eventsEach: number;
}

const items = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index);
const LOOP = 'start -> xor M -> script C is="=n + 1" result=n -> xor G default=M\nG -[n >= goal]-> end\nG -> M';
const EACH = 'start -> script W is="=item" result=x each="=items" as=item collect=all collects="=item" out.y="=x"';

const SHAPES: readonly Shape[] = [
  { name: 'a chain of 5,000 tasks', model: (n) => `start -> ${items(n).map((index) => `task T${String(index)}`).join(' -> ')} -> end`, variables: () => ({}), sizes: [2_500, 5_000], eventsEach: 3 },
  { name: 'a parallel multi-instance of 100,000 items', model: () => `${EACH} -> end`, variables: (n) => ({ items: items(n) }), sizes: [50_000, 100_000], eventsEach: 6 },
  { name: 'a sequential multi-instance of 100,000 items', model: () => `${EACH} sequential -> end`, variables: (n) => ({ items: items(n) }), sizes: [50_000, 100_000], eventsEach: 6 },
  { name: 'a loop of 1,000,000 iterations through gateways', model: () => LOOP, variables: (goal) => ({ n: 0, goal }), sizes: [500_000, 1_000_000], eventsEach: 10 },
  { name: 'a loop of 1,000,000 iterations by its marker', model: () => 'start -> task L while="=loopCounter < goal" -> end', variables: (goal) => ({ goal }), sizes: [500_000, 1_000_000], eventsEach: 4 },
];

async function run({ model, variables }: Shape, n: number): Promise<Cost> {
  const graph = await processOf(model(n));
  const on = new LargeCase(graph);
  const cost = on.start(variables(n));
  expect(on.state.status).to.equal('completed');
  expect([on.state.elements.size, on.state.waits.size]).to.deep.equal([1, 0]);
  return cost;
}

describe('Engine: size, the whole of it', () => {
  for (const shape of SHAPES) {
    const [half, whole] = shape.sizes;
    it(`Linear: ${shape.name}`, async () => {
      await run(shape, Math.ceil(half / 10));
      const first = await run(shape, half);
      const second = await run(shape, whole);
      console.log(`    ${shape.name}: ${String(second.events)} events in ${String(second.turns)} turns of at most ${String(second.mostEvents)}; ${second.ms.toFixed(0)} ms of the processor, half of it ${first.ms.toFixed(0)} ms: ${(second.ms / first.ms).toFixed(2)} times`);
      expect((second.events - 2 * second.turns) / whole, 'events for each').to.be.closeTo(shape.eventsEach, 0.05);
      expect(second.mostEvents, 'events of one turn').to.be.lessThan(20_000);
      expect(second.ms / first.ms, 'twice as much takes').to.be.lessThan(4);
    }).timeout(300_000);
  }

  it('Linear: completing 100,000 jobs that wait side by side', async () => {
    const graph = await processOf('start -> service W job=w times="=n" -> end');
    const ms = [50_000, 100_000].map((n) => {
      const on = new LargeCase(graph);
      on.start({ n });
      const begin = processorMs();
      for (const job of [...on.state.waits.keys()]) on.give({ type: 'CompleteJob', job, variables: {} });
      expect(on.state.status).to.equal('completed');
      return processorMs() - begin;
    });
    console.log(`    100,000 jobs: ${(ms[1] ?? 0).toFixed(0)} ms of the processor, half of them ${(ms[0] ?? 0).toFixed(0)} ms`);
    expect((ms[1] ?? 0) / (ms[0] ?? 1), 'twice as many take').to.be.lessThan(4);
  }).timeout(300_000);
});
