// The look-up of rules (DMN 1.5, 8.3.3) against the plain reading of the table, on random tables.

import { expect } from 'chai';
import fc from 'fast-check';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { CLOCK, decision, file, input, model, table } from './given.ts';

/** A cell as text, and as the question it asks. */
interface Cell {
  readonly text: string;
  readonly accepts: (value: unknown) => boolean;
}

const colours = fc.constantFrom('red', 'green', 'blue', 'black', 'white');

const colourCell: fc.Arbitrary<Cell> = fc.oneof(
  colours.map((colour) => ({ text: `"${colour}"`, accepts: (value: unknown) => value === colour })),
  fc.tuple(colours, colours).map(([a, b]) => ({ text: `"${a}", "${b}"`, accepts: (value: unknown) => value === a || value === b })),
  colours.map((colour) => ({ text: `not("${colour}")`, accepts: (value: unknown) => value !== colour })),
  fc.constant({ text: '-', accepts: () => true }),
);

const numberCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((n) => ({ text: String(n), accepts: (value: unknown) => value === n })),
  fc.integer({ min: 0, max: 9 }).map((n) => ({ text: `> ${n}`, accepts: (value: unknown) => Number(value) > n })),
  fc.constant({ text: '-', accepts: () => true }),
);

describe('DMN 1.5, 8.3.3: rules are looked up', () => {
  it('exactly as if every rule were read from top to bottom', async () => {
    const rules = fc.array(fc.tuple(colourCell, numberCell), { minLength: 16, maxLength: 40 });
    const questions = fc.array(fc.tuple(fc.oneof(colours, fc.constant('grey')), fc.integer({ min: 0, max: 10 })), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rules, questions, async (cells, asked) => {
        const rows = cells.map(([colour, number], at) => [colour.text, number.text, String(at)]);
        const logic = table('hitPolicy="RULE ORDER"', ['colour', 'number'], ['rule'], rows);
        const compiled = await model(file(input('colour') + input('number') + decision('d', logic, { inputs: ['colour', 'number'] })));
        for (const [colour, number] of asked) {
          const expected = cells.flatMap(([a, b], at) => (a.accepts(colour) && b.accepts(number) ? [at] : []));
          expect(evaluateDecision(compiled, 'd', { colour, number }, CLOCK).value).to.deep.equal(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});
