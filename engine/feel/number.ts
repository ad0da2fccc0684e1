// FEEL numbers (DMN 1.5, 10.3.2.3.1): decimals of 34 digits as IEEE 754-2008 decimal128, held as JS numbers wherever a double writes them exactly.

import { Decimal as DecimalJs } from 'decimal.js';
import type { Decimal } from 'decimal.js';

const Decimal128 = DecimalJs.clone({ precision: 34, rounding: 6, minE: -6176, maxE: 6144, toExpNeg: -6177, toExpPos: 6145, defaults: true });
// Where more digits than 34 are needed for a moment: exact sums before they are rounded once.
const Wide = DecimalJs.clone({ precision: 80, rounding: 6, minE: -6176, maxE: 6144, toExpNeg: -6177, toExpPos: 6145, defaults: true });

// Where the way to a result leads beyond the exponents of decimal128.
const Unbounded = DecimalJs.clone({ precision: 34, rounding: 6, minE: -1e6, maxE: 1e6, defaults: true });

/**
 * A JS number stands for the decimal it is printed as (0.1 is one tenth). A value is a Decimal only when no double prints as it,
 * so two equal numbers always have the same form.
 */
export type FeelNumber = number | Decimal;

export function isFeelNumber(value: unknown): value is FeelNumber {
  return typeof value === 'number' || value instanceof Decimal128;
}

export function isDecimal(value: unknown): value is Decimal {
  return value instanceof Decimal128;
}

export function decimal(value: FeelNumber | string | bigint): Decimal {
  return new Decimal128(typeof value === 'bigint' ? value.toString() : value);
}

/** The canonical form of a result; null where decimal128 has no such number (infinite, or none). */
export function canonical(value: Decimal): FeelNumber | null {
  if (!value.isFinite()) return null;
  const rounded = value.sd() > 34 ? new Decimal128(value).toSignificantDigits(34) : value;
  const double = rounded.toNumber();
  if (double === 0) return rounded.isZero() ? 0 : new Decimal128(rounded);
  if (!Number.isFinite(double)) return new Decimal128(rounded);
  // Fifteen digits always survive the way through a double; with more, only the comparison can tell.
  if ((rounded.sd() <= 15 && Math.abs(double) > 1e-300) || new Decimal128(double).eq(rounded)) return double;
  return rounded instanceof Decimal128 ? rounded : new Decimal128(rounded);
}

const NUMBER_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?$/;

/** Reads a number as FEEL writes it; null when the text is none. */
export function parseNumber(text: string): FeelNumber | null {
  if (!NUMBER_TEXT.test(text)) return null;
  // Up to fifteen digits a double prints as what was written.
  if (text.length <= 15 && /^-?\d+(?:\.\d+)?$/.test(text)) return Number(text) + 0;
  return canonical(new Wide(text.startsWith('+') ? text.slice(1) : text));
}

export function numberText(value: FeelNumber): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return new Decimal128(value).toFixed();
}

function isWhole(value: number): boolean {
  return value >= -9007199254740991 && value <= 9007199254740991 && Math.floor(value) === value;
}

/** Up to fifteen digits a double prints as the decimal it stands for. */
const MOST_UNITS = 999_999_999_999_999;

// Amounts of money: sums of hundredths are exact in whole numbers as long as they stay safe.
function hundredths(value: number): number {
  const scaled = Math.round(value * 100);
  return scaled / 100 === value && scaled >= -1e14 && scaled <= 1e14 ? scaled : NaN;
}

export function add(left: FeelNumber, right: FeelNumber): FeelNumber | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const sum = left + right;
    if (isWhole(left) && isWhole(right) && isWhole(sum)) return sum;
    const cents = hundredths(left) + hundredths(right);
    if (cents === cents) return cents / 100;
  }
  return canonical(Decimal128.add(left, right));
}

export function subtract(left: FeelNumber, right: FeelNumber): FeelNumber | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const difference = left - right;
    if (isWhole(left) && isWhole(right) && isWhole(difference)) return difference;
    const cents = hundredths(left) - hundredths(right);
    if (cents === cents) return cents / 100;
  }
  return canonical(Decimal128.sub(left, right));
}

export function multiply(left: FeelNumber, right: FeelNumber): FeelNumber | null {
  if (typeof left === 'number' && typeof right === 'number') {
    const product = left * right;
    // Adding 0 turns the negative zero, which FEEL does not have, into zero.
    if (isWhole(left) && isWhole(right) && isWhole(product)) return product + 0;
    const units = hundredths(left) * hundredths(right);
    if (units <= MOST_UNITS && units >= -MOST_UNITS) return units / 10_000 + 0;
  }
  return canonical(Decimal128.mul(left, right));
}

/** Null for a division by zero. */
export function divide(left: FeelNumber, right: FeelNumber): FeelNumber | null {
  if (isZero(right)) return null;
  if (typeof left === 'number' && typeof right === 'number' && isWhole(left) && isWhole(right)) {
    const quotient = left / right;
    // Near 2 ** 53 a quotient may look whole only because it was rounded.
    if (isWhole(quotient) && quotient * right === left) return quotient + 0;
  }
  return canonical(Decimal128.div(left, right));
}

export function power(base: FeelNumber, exponent: FeelNumber): FeelNumber | null {
  if (isZero(base) && isNegative(exponent)) return null;
  // Outside this range the result leaves decimal128 for every base that is not 0, 1 or -1 by a hair; the work would be unbounded.
  if (compareNumbers(absolute(exponent), 100_000) > 0) {
    if (base === 0 || base === 1) return base;
    return base === -1 && isInteger(exponent) ? (modulo(exponent, 2) === 0 ? 1 : -1) : null;
  }
  // A negative power is one through a positive one, which may lie beyond decimal128 where the result does not.
  return canonical(new Decimal128(Unbounded.pow(base, exponent)));
}

export function negate(value: FeelNumber): FeelNumber {
  return typeof value === 'number' ? 0 - value : (canonical(value.neg()) ?? 0);
}

export function absolute(value: FeelNumber): FeelNumber {
  return isNegative(value) ? negate(value) : value;
}

export function compareNumbers(left: FeelNumber, right: FeelNumber): number {
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : left > right ? 1 : 0;
  return new Decimal128(left).cmp(right);
}

export function equalNumbers(left: FeelNumber, right: FeelNumber): boolean {
  if (typeof left === 'number') return left === right;
  return typeof right !== 'number' && left.eq(right);
}

function isZero(value: FeelNumber): boolean {
  return typeof value === 'number' ? value === 0 : value.isZero();
}

export function isNegative(value: FeelNumber): boolean {
  return typeof value === 'number' ? value < 0 : value.isNegative();
}

export function isInteger(value: FeelNumber): boolean {
  return typeof value === 'number' ? Number.isInteger(value) : value.isInteger();
}

/** A whole JS number, or undefined when the value is no safe integer. */
export function toInteger(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined;
}

/** x - y * floor(x / y): the sign follows the divisor. Null for a division by zero. */
export function modulo(dividend: FeelNumber, divisor: FeelNumber): FeelNumber | null {
  if (isZero(divisor)) return null;
  if (typeof dividend === 'number' && typeof divisor === 'number' && isWhole(dividend) && isWhole(divisor)) {
    const rest = dividend % divisor;
    return (rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest) + 0;
  }
  const rest = Wide.mod(dividend, divisor);
  return canonical(!rest.isZero() && rest.isNegative() !== isNegative(divisor) ? rest.add(divisor) : rest);
}

export type RoundingMode = 'up' | 'down' | 'half up' | 'half down' | 'half even' | 'floor' | 'ceiling';

const ROUNDING: Readonly<Record<RoundingMode, 0 | 1 | 2 | 3 | 4 | 5 | 6>> = {
  up: 0,
  down: 1,
  ceiling: 2,
  floor: 3,
  'half up': 4,
  'half down': 5,
  'half even': 6,
};

/** Rounds to `scale` decimals (negative: tens, hundreds ...). Null when the scale is outside decimal128. */
export function roundTo(value: FeelNumber, scale: number, mode: RoundingMode): FeelNumber | null {
  if (scale < -6111 || scale > 6176) return null;
  if (typeof value === 'number' && scale >= 0 && isWhole(value)) return value;
  const exact = new Decimal128(value);
  if (scale >= 0) return canonical(exact.toDecimalPlaces(scale, ROUNDING[mode]));
  const unit = new Decimal128(10).pow(-scale);
  return canonical(exact.div(unit).toDecimalPlaces(0, ROUNDING[mode]).mul(unit));
}

export type NumberFunction = 'sqrt' | 'ln' | 'exp';

/** Null where the function has no real value or leaves decimal128. */
export function applyNumber(name: NumberFunction, value: FeelNumber): FeelNumber | null {
  if (name === 'exp' && compareNumbers(absolute(value), 15_000) > 0) return isNegative(value) ? 0 : null;
  const exact = new Decimal128(value);
  return canonical(name === 'sqrt' ? exact.sqrt() : name === 'ln' ? exact.ln() : exact.exp());
}
