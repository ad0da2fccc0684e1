// What an expression may cost at most, whatever it does: processor time for its steps, over all the kinds the bench measures.
import { expect } from 'chai';
import { CLOCK, KINDS, VARIABLES } from '../../../bench/feel-kinds.ts';
import { compileFeel } from '../../../engine/feel/compile.ts';
import { FeelError } from '../../../engine/feel/errors.ts';

const STEPS = 5_000;
/** The whole budget of 250,000 steps takes at most a second; here 20 ms, and what a busy machine and a first call add. */
const MOST_MS = 400;

describe('FEEL: what steps cost', () => {
  it('No kind of expression does much in a step', () => {
    const dear: string[] = [];
    for (const [kind, source] of KINDS) {
      const compiled = compileFeel(source, { steps: STEPS });
      if ('code' in compiled) throw new Error(`${kind}: ${compiled.message}`);
      const begin = process.cpuUsage();
      try {
        compiled.evaluate({ get: (name) => VARIABLES[name] }, CLOCK);
        if (source.includes('1000000000')) dear.push(`${kind} went round for ever`);
      } catch (error) {
        expect(error, kind).to.be.instanceOf(FeelError).with.property('code', 'FEEL_BUDGET');
      }
      const { user, system } = process.cpuUsage(begin);
      if ((user + system) / 1_000 > MOST_MS) dear.push(`${kind}: ${((user + system) / 1_000).toFixed(0)} ms`);
    }
    expect(dear).to.deep.equal([]);
  }).timeout(120_000);
});
