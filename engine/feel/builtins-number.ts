// Numeric functions (DMN 1.5, 10.3.4.5).

import { spend } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { costOfNumber } from './cost.ts';
import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { absolute, applyNumber, isInteger, isNegative, modulo, roundTo } from './number.ts';
import type { FeelNumber, NumberFunction, RoundingMode } from './number.ts';

function rounding(mode: RoundingMode): (call: Call, n: FeelNumber, scale?: FeelNumber) => FeelNumber | null {
  return (call, n, scale = 0) => {
    const places = typeof scale === 'number' ? Math.trunc(scale) : undefined;
    spend(call.run, costOfNumber(n) + (places === undefined ? 0 : Math.min(Math.abs(places), 6_200) >> 8));
    const rounded = places === undefined ? null : roundTo(n, places, mode);
    return rounded ?? call.fail('a number of decimals from -6111 to 6176', `the scale is ${String(scale)}`);
  };
}

function parity(odd: boolean): (call: Call, number: FeelNumber) => boolean | null {
  return (call, number) => (isInteger(number) ? (modulo(number, 2) === 1) === odd : call.fail('a whole number', 'it has decimals'));
}

/** As many digits are gone through as lie between the two. */
function moduloOf(call: Call, dividend: FeelNumber, divisor: FeelNumber): FeelNumber | null {
  spend(call.run, costOfNumber(dividend) + costOfNumber(divisor));
  return modulo(dividend, divisor);
}

function absoluteOf(_call: Call, n: FeelNumber | DaysTimeDuration | YearsMonthsDuration): unknown {
  if (n instanceof DaysTimeDuration) return new DaysTimeDuration(absolute(n.seconds));
  return n instanceof YearsMonthsDuration ? new YearsMonthsDuration(Math.abs(n.months)) : absolute(n);
}

/** Series of 34 digits take tens of times as long as a multiplication. */
const SERIES_STEPS = 40;
const ROOT_STEPS = 4;

function series(call: Call, name: NumberFunction, number: FeelNumber): FeelNumber | null {
  spend(call.run, (name === 'sqrt' ? ROOT_STEPS : SERIES_STEPS) + costOfNumber(number));
  return applyNumber(name, number);
}

export const numberBuiltins: readonly Definition[] = [
  ['decimal(n: number, scale: number)', rounding('half even')],
  ['floor(n: number, scale?: number)', rounding('floor')],
  ['ceiling(n: number, scale?: number)', rounding('ceiling')],
  ['round up(n: number, scale: number)', rounding('up')],
  ['round down(n: number, scale: number)', rounding('down')],
  ['round half up(n: number, scale: number)', rounding('half up')],
  ['round half down(n: number, scale: number)', rounding('half down')],
  ['abs(n: number|duration)', absoluteOf],
  ['modulo(dividend: number, divisor: number)', (call, dividend: FeelNumber, divisor: FeelNumber) => moduloOf(call, dividend, divisor) ?? call.fail('a divisor other than 0', 'it is 0')],
  ['sqrt(number: number)', (call, number: FeelNumber) => (isNegative(number) ? call.fail('a number from 0', 'it is negative') : series(call, 'sqrt', number))],
  ['log(number: number)', (call, number: FeelNumber) => (number === 0 || isNegative(number) ? call.fail('a number above 0', 'it is not') : series(call, 'ln', number))],
  ['exp(number: number)', (call, number: FeelNumber) => series(call, 'exp', number)],
  ['odd(number: number)', parity(true)],
  ['even(number: number)', parity(false)],
];
