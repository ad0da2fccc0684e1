// What values cost beyond the step for touching them (DMN 1.5 bounds nothing): exact decimals, long texts, dates in zones.

import { spend } from './budget.ts';
import type { Budget } from './budget.ts';
import { isDecimal } from './number.ts';
import { FeelDateTime, FeelTime } from './temporal.ts';

/** Beyond, a plain number is worked with digit by digit like a decimal. */
const LARGE = 1e21;
const TINY = 1e-21;
const FAR_STEPS = 5;
const ZONE_STEPS = 4;

/** A decimal of 34 digits is one step; far from 1 its digits are written out, up to 6,000 of them. */
export function costOfNumber(value: unknown): number {
  if (typeof value === 'number') {
    if (value < LARGE && value > -LARGE && (value > TINY || value < -TINY || value === 0)) return 0;
    return FAR_STEPS;
  }
  return isDecimal(value) ? 1 + (Math.abs(value.e) >> 6) : 0;
}

/** What comparing or adding a value takes. */
export function costOf(value: unknown): number {
  switch (typeof value) {
    case 'number': return costOfNumber(value);
    case 'string': return value.length >> 9;
    case 'object':
      if (value === null || Array.isArray(value)) return 0;
      if (isDecimal(value)) return costOfNumber(value);
      return (value instanceof FeelDateTime && value.time.zone !== undefined) || (value instanceof FeelTime && value.zone !== undefined) ? ZONE_STEPS : 1;
    default: return 0;
  }
}

/** What two values cost that are compared or worked with. */
export function spendOnPair(budget: Budget, left: unknown, right: unknown): void {
  const cost = Math.min(costOf(left), costOf(right)) + (typeof left === 'string' ? 0 : Math.max(costOf(left), costOf(right)));
  if (cost > 0) spend(budget, cost);
}

/** What going once through values costs that are no plain numbers and words. */
export function spendOnValues(budget: Budget, values: readonly unknown[]): void {
  let cost = 0;
  for (const value of values) cost += costOf(value);
  if (cost > 0) spend(budget, cost);
}
