// Equality, order and membership (DMN 1.5, tables 50 to 52 and 10.3.2.7): true, false, or null where FEEL has no answer.

import { DEEPEST_VALUE, refuseDepth, spendOnWalk } from './budget.ts';
import type { Budget } from './budget.ts';
import { spendOnPair } from './cost.ts';
import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { kindOf } from './kinds.ts';
import { canonical, compareNumbers, equalNumbers, isFeelNumber } from './number.ts';
import type { FeelNumber } from './number.ts';
import { epochSeconds, FeelDate, FeelDateTime, FeelTime, timeSeconds } from './temporal.ts';
import { FeelRange, read } from './values.ts';
import type { FeelContext } from './values.ts';

function sameLists(left: readonly unknown[], right: readonly unknown[], budget: Budget, depth: number): boolean | null {
  if (left.length !== right.length) return false;
  spendOnWalk(budget, left.length);
  for (let i = 0; i < left.length; i++) {
    const same = equal(read(left[i]), read(right[i]), budget, depth + 1);
    if (same !== true) return same;
  }
  return true;
}

function sameContexts(left: FeelContext, right: FeelContext, budget: Budget, depth: number): boolean | null {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  spendOnWalk(budget, names.length);
  for (const name of names) {
    if (!Object.hasOwn(right, name)) return false;
    const same = equal(read(left[name]), read(right[name]), budget, depth + 1);
    if (same !== true) return same;
  }
  return true;
}

function sameTimes(left: FeelTime, right: FeelTime): boolean {
  return left.isLocal === right.isLocal && compare(left, right) === 0;
}

function sameRanges(left: FeelRange, right: FeelRange, budget: Budget, depth: number): boolean | null {
  if (left.form !== right.form || left.startIncluded !== right.startIncluded || left.endIncluded !== right.endIncluded) return false;
  const starts = equal(left.start, right.start, budget, depth + 1);
  return starts === true ? equal(left.end, right.end, budget, depth + 1) : starts;
}

/** `=`: null for values of different kinds. */
export function equal(left: unknown, right: unknown, budget: Budget, depth = 0): boolean | null {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (depth > DEEPEST_VALUE) refuseDepth('a value', DEEPEST_VALUE);
  const kind = kindOf(left);
  if (kind !== kindOf(right)) return null;
  spendOnPair(budget, left, right);
  switch (kind) {
    case 'number':
      return equalNumbers(left as FeelNumber, right as FeelNumber);
    case 'date':
      return compare(left, right) === 0;
    case 'date and time': {
      const order = compare(left, right);
      return order === null ? false : order === 0;
    }
    case 'time':
      return sameTimes(left as FeelTime, right as FeelTime);
    case 'days and time duration':
      return equalNumbers((left as DaysTimeDuration).seconds, (right as DaysTimeDuration).seconds);
    case 'years and months duration':
      return (left as YearsMonthsDuration).months === (right as YearsMonthsDuration).months;
    case 'list':
      return sameLists(left as unknown[], right as unknown[], budget, depth);
    case 'context':
      return sameContexts(left as FeelContext, right as FeelContext, budget, depth);
    case 'range':
      return sameRanges(left as FeelRange, right as FeelRange, budget, depth);
    case 'function':
      return null;
    default:
      return false;
  }
}

function codePointOrder(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    // Surrogates stand for code points above every other UTF-16 unit.
    const high = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
    return high(a) < high(b) ? -1 : 1;
  }
  return left.length < right.length ? -1 : 1;
}

/** The value of a time is whole seconds (DMN 1.5, 10.3.2.3.4): fractions are kept and shown, but not compared. */
function wholeSeconds(seconds: FeelNumber): FeelNumber {
  return typeof seconds === 'number' ? Math.floor(seconds) : (canonical(seconds.floor()) ?? seconds);
}

/** Negative, zero or positive; null where the two have no order. */
export function compare(left: unknown, right: unknown): number | null {
  if (isFeelNumber(left)) return isFeelNumber(right) ? compareNumbers(left, right) : null;
  if (typeof left === 'string') return typeof right === 'string' ? codePointOrder(left, right) : null;
  if (left instanceof FeelDate) {
    if (!(right instanceof FeelDate)) return null;
    return left.year - right.year || left.month - right.month || left.day - right.day;
  }
  if (left instanceof FeelDateTime) {
    if (!(right instanceof FeelDateTime) || left.time.isLocal !== right.time.isLocal) return null;
    return compareNumbers(wholeSeconds(epochSeconds(left)), wholeSeconds(epochSeconds(right)));
  }
  if (left instanceof FeelTime) {
    if (!(right instanceof FeelTime) || left.isLocal !== right.isLocal) return null;
    return compareNumbers(wholeSeconds(timeSeconds(left)), wholeSeconds(timeSeconds(right)));
  }
  if (left instanceof DaysTimeDuration) return right instanceof DaysTimeDuration ? compareNumbers(left.seconds, right.seconds) : null;
  if (left instanceof YearsMonthsDuration) return right instanceof YearsMonthsDuration ? left.months - right.months : null;
  return null;
}

/** Whether a value lies in a range; null where it cannot be compared with an end, or an interval says null for one. */
export function includes(range: FeelRange, value: unknown, budget: Budget): boolean | null {
  spendOnPair(budget, range.start ?? range.end, value);
  if (range.form === '!=') {
    const order = compare(value, range.start);
    return order === null ? null : order !== 0;
  }
  if (range.form === 'interval' && (range.start === null || range.end === null)) return null;
  let inside: boolean | null = true;
  if (range.start !== null) {
    const order = compare(value, range.start);
    if (order === null) return null;
    inside = range.startIncluded ? order >= 0 : order > 0;
  }
  if (inside && range.end !== null) {
    const order = compare(value, range.end);
    if (order === null) return null;
    inside = range.endIncluded ? order <= 0 : order < 0;
  }
  return inside;
}

/** `value in test` for an evaluated test: an equal value, a range around it, or a list with either. */
export function isIn(value: unknown, test: unknown, budget: Budget): boolean | null {
  if (test instanceof FeelRange) return includes(test, value, budget);
  if (!Array.isArray(test)) return equal(value, test, budget);
  if (Array.isArray(value) && equal(value, test, budget) === true) return true;
  spendOnWalk(budget, test.length);
  for (const entry of test) {
    const item = read(entry);
    if (item instanceof FeelRange ? includes(item, value, budget) === true : equal(value, item, budget) === true) return true;
  }
  return false;
}


