// Whatever happens to the cases of a sound model, they can come to an end (BPMN 2.0.2, 13.2): no token is lost, nothing waits for what cannot come, and nothing is left open.
import { expect } from 'chai';
import fc from 'fast-check';
import type { InstanceEvent } from '../../engine/events.ts';
import { loadState, saveState } from '../../engine/state.ts';
import { fold, same } from './support/checked.ts';
import { LivingWorld } from './support/living-world.ts';
import { randomFrom } from './support/mutations.ts';
import { blocks, ModelText } from './support/random-models.ts';

/** PITON_SEED repeats a run whose seed was printed. */
const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const SECONDS = process.env['PITON_REQUIRE'] === 'all' ? 20 : 3;

describe('Engine: every case can come to an end', () => {
  before(() => { console.log(`  Engine liveness: PITON_SEED=${String(SEED)}, ${String(SECONDS)} s`); });

  it('Whatever was asked of them: cases of a sound model end when their work is done, with nothing left open, and are the fold of their records', async () => {
    let runs = 0;
    await fc.assert(fc.asyncProperty(fc.oneof(blocks(1), blocks(2), blocks(3)), fc.integer(), async (block, seed) => {
      const on = await LivingWorld.of(new ModelText('', 'PT10S').process(block), randomFrom(seed));
      on.meddle(25);
      const why = on.finish();
      if (why !== undefined) throw new Error(`${why}\n${on.text}`);
      for (const [stream, state] of on.test.world.instances) {
        if (state.status !== 'active') expect([state.waits.size, [...state.elements.keys()]], 'nothing is left open').to.deep.equal([0, [0]]);
        same(fold(stream, on.test.records.flatMap((record) => (record.stream === stream ? record.events as readonly InstanceEvent[] : []))), state, 'a case is the fold of its records');
        same(loadState(saveState(state)), state, 'a saved case is the case');
      }
      runs += 1;
    }), { seed: SEED, numRuns: 2_500, plugins: [fc.interruptAfterTimeLimit(SECONDS * 1_000)] });
    console.log(`    ${String(runs)} cases`);
    expect(runs).to.be.greaterThan(0);
  }).timeout((SECONDS + 120) * 1_000);
});
