// What an expression may do at most, whatever it does: over all the kinds the bench measures, each ends by its steps. What a step costs is bench/feel-budget.ts.
import { expect } from 'chai';
import { CLOCK, KINDS, VARIABLES } from '../../../bench/feel-kinds.ts';
import { compileFeel } from '../../../engine/feel/compile.ts';
import { FeelError } from '../../../engine/feel/errors.ts';

const STEPS = 5_000;

describe('FEEL: steps', () => {
  it('Every kind of endless expression is stopped by its steps', () => {
    for (const [kind, source] of KINDS) {
      const compiled = compileFeel(source, { steps: STEPS });
      if ('code' in compiled) throw new Error(`${kind}: ${compiled.message}`);
      try {
        compiled.evaluate({ get: (name) => VARIABLES[name] }, CLOCK);
        expect(source, `${kind} ended by itself`).not.to.include('1000000000');
      } catch (error) {
        expect(error, kind).to.be.instanceOf(FeelError).with.property('code', 'FEEL_BUDGET');
      }
    }
  }).timeout(120_000);
});
