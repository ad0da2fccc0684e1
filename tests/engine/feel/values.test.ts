// FEEL values and numbers (DMN 1.5, 10.3.2.2 and 10.3.2.3): their JSON form, and arithmetic against exact integers.

import { expect } from 'chai';
import fc from 'fast-check';
import { compileFeel } from '../../../engine/feel/compile.ts';
import { FeelError } from '../../../engine/feel/errors.ts';
import { decimal, numberText, parseNumber } from '../../../engine/feel/number.ts';
import { fromJson, toJson } from '../../../engine/feel/values.ts';
import { CLOCK, compiled, feel, scopeOf } from './given.ts';

const TAGGED = [
  { $: 'date', v: '2026-01-05' },
  { $: 'date', v: '-0044-03-15' },
  { $: 'time', v: '10:30:00.5' },
  { $: 'time', v: '10:30:00@Europe/Athens' },
  { $: 'dateTime', v: '2026-01-05T09:00:00Z' },
  { $: 'dateTime', v: '2026-01-05T09:00:00-04:00' },
  { $: 'duration', v: 'P1Y6M' },
  { $: 'duration', v: '-P2DT3H4M5.25S' },
  { $: 'number', v: '0.1234567890123456789012345678901234' },
  { $: 'number', v: '12345678901234567890' },
];

const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constant(null), fc.boolean(), fc.string(), fc.integer(), fc.constantFrom(...TAGGED), tie('list'), tie('context')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  context: fc.dictionary(fc.string().filter((name) => name !== '$' && name !== '__proto__'), tie('value'), { maxKeys: 4 }),
})).value;

/** A decimal as an integer of units of 10^-scale. */
const money = fc.record({ units: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), scale: fc.integer({ min: 0, max: 6 }) });

function textOf({ units, scale }: { units: bigint; scale: number }): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const cut = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${scale === 0 ? '' : `.${digits.slice(cut)}`}`;
}

function scaled({ units, scale }: { units: bigint; scale: number }, to: number): bigint {
  return units * 10n ** BigInt(to - scale);
}

describe('DMN 1.5, 10.3.2.2: values in JSON form', () => {
  it('come back from FEEL as they went in', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(toJson(fromJson(value))).to.deep.equal(value);
      }),
    );
  });

  it('are handed through an expression without being copied', () => {
    const value = { list: [1, { a: 'b' }], date: TAGGED[0] };
    expect(feel('x', { x: value })).to.equal(value);
    expect(feel('x.list', { x: value })).to.equal(value.list);
  });

  it('are read entry by entry, tags included', () => {
    expect(feel('x.due.month', { x: { due: { $: 'date', v: '2026-01-05' } } })).to.equal(1);
    expect(feel('sum(x)', { x: [{ $: 'number', v: '0.1' }, 0.2] })).to.equal(0.3);
  });

  it('with a tag of no type, or one whose text does not fit, are contexts', () => {
    for (const value of [{ $: 'EUR', v: '5' }, { $: 'date', v: 'soon' }]) expect(feel('x.v', { x: value })).to.equal(value.v);
  });

  it('show a range as its ends and a function as null', () => {
    expect(feel('[1..3)')).to.deep.equal({ start: 1, end: 3, 'start included': true, 'end included': false });
    expect(feel('[function() 1]')).to.deep.equal([null]);
  });
});

describe('DMN 1.5, 10.3.2.3.1: numbers', () => {
  it('add, subtract and multiply exactly like integers of their smallest unit', () => {
    fc.assert(
      fc.property(money, money, (a, b) => {
        const scale = Math.max(a.scale, b.scale);
        const exact = (units: bigint, to: number): unknown => toJson(parseNumber(textOf({ units, scale: to })));
        const run = (operator: string): unknown => feel(`${textOf(a)} ${operator} (${textOf(b)})`);
        expect(run('+')).to.deep.equal(exact(scaled(a, scale) + scaled(b, scale), scale));
        expect(run('-')).to.deep.equal(exact(scaled(a, scale) - scaled(b, scale), scale));
        // Products have up to 32 digits here: still exact in 34.
        expect(run('*')).to.deep.equal(exact(a.units * b.units, a.scale + b.scale));
        expect(run('<')).to.equal(scaled(a, scale) < scaled(b, scale));
        expect(run('=')).to.equal(scaled(a, scale) === scaled(b, scale));
      }),
    );
  });

  it('are JSON numbers exactly where a double prints the same decimal', () => {
    expect(feel('9007199254740993')).to.deep.equal({ $: 'number', v: '9007199254740993' });
    expect(feel('9007199254740992')).to.equal(9007199254740992);
    expect(feel('0.1')).to.equal(0.1);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
        expect(parseNumber(numberText(double))).to.equal(double + 0);
      }),
    );
  });

  it('round half to even at the 35th digit', () => {
    expect(numberText(parseNumber('1.0000000000000000000000000000000005') ?? 0)).to.equal('1');
    expect(numberText(parseNumber('1.0000000000000000000000000000000015') ?? 0)).to.equal('1.000000000000000000000000000000002');
    expect(decimal('1').plus('1e-33').toFixed()).to.equal('1.000000000000000000000000000000001');
  });

  it('have no negative zero', () => {
    for (const source of ['-0', '0 * -1', '-(0)', '0 / -5', 'modulo(-4, 2)', 'round up(-0.0, 0)']) expect(Object.is(feel(source), 0), source).to.equal(true);
  });
});

describe('DMN 1.5, 10.3: any text', () => {
  const fragments = fc.constantFrom('1', '"a"', 'x', ' + ', '(', ')', '[', ']', '{', '}', ':', ',', '..', 'for i in ', ' return ', 'if ', ' then ', ' else ', ' in ', 'function(', '@"P1D"', ' and ', ' - ', '**', '.', 'some y in ', ' satisfies ', '> ', 'not(', 'date(', ' instance of ', '?', ' ', '\n', '/*', '\\', '"');

  it('compiles to a problem or to something that evaluates; nothing but FeelError is ever thrown', () => {
    const text = fc.oneof(fc.string({ maxLength: 40 }), fc.array(fragments, { maxLength: 25 }).map((parts) => parts.join('')));
    fc.assert(
      fc.property(text, fc.boolean(), (source, unaryTests) => {
        const result = compileFeel(source, { unaryTests, names: ['x', 'tax-rate'], steps: 2000 });
        if ('code' in result) return;
        try {
          JSON.stringify(result.evaluate(scopeOf({ x: [1, { a: '2' }], '?': 3 }), CLOCK));
          result.explain(scopeOf({}), CLOCK);
        } catch (error) {
          if (!(error instanceof FeelError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('evaluates to the same value again', () => {
    const feelOf = compiled('{a: x, b: for i in 1..3 return i * x, now: now()}');
    expect(feelOf.evaluate(scopeOf({ x: 2 }), CLOCK)).to.deep.equal(feelOf.evaluate(scopeOf({ x: 2 }), CLOCK));
  });
});
