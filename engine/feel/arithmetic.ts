// The arithmetic operators on every pair of kinds they are defined for (DMN 1.5, 10.3.2.13.3, tables 56 to 61).

import { DaysTimeDuration, daysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { add, decimal, divide, isFeelNumber, multiply, negate, power, subtract } from './number.ts';
import { addToDate, addToDateTime, addToTime, epochSeconds, FeelDate, FeelDateTime, FeelTime, MIDNIGHT_UTC, timeSeconds } from './temporal.ts';

type AnyDuration = DaysTimeDuration | YearsMonthsDuration;

function isDuration(value: unknown): value is AnyDuration {
  return value instanceof DaysTimeDuration || value instanceof YearsMonthsDuration;
}

function months(count: number): YearsMonthsDuration | null {
  return Number.isSafeInteger(count) ? new YearsMonthsDuration(count) : null;
}

export function negated(value: unknown): unknown {
  if (isFeelNumber(value)) return negate(value);
  if (value instanceof YearsMonthsDuration) return new YearsMonthsDuration(-value.months);
  if (value instanceof DaysTimeDuration) return new DaysTimeDuration(negate(value.seconds));
  return null;
}

function addDurations(left: AnyDuration, right: AnyDuration): AnyDuration | null {
  if (left instanceof YearsMonthsDuration) return right instanceof YearsMonthsDuration ? months(left.months + right.months) : null;
  return right instanceof DaysTimeDuration ? daysTimeDuration(add(left.seconds, right.seconds)) : null;
}

/** A date, time or date and time moved by a duration. */
function move(value: unknown, duration: AnyDuration): unknown {
  if (value instanceof FeelDate) return addToDate(value, duration);
  if (value instanceof FeelDateTime) return addToDateTime(value, duration);
  if (value instanceof FeelTime) return duration instanceof DaysTimeDuration ? addToTime(value, duration) : null;
  return null;
}

export function sum(left: unknown, right: unknown): unknown {
  if (isFeelNumber(left)) return isFeelNumber(right) ? add(left, right) : null;
  if (typeof left === 'string') return typeof right === 'string' ? left + right : null;
  if (isDuration(left)) return isDuration(right) ? addDurations(left, right) : move(right, left);
  return isDuration(right) ? move(left, right) : null;
}

/** A date counts as its beginning in UTC where it meets a date and time. */
function asDateTime(value: FeelDate | FeelDateTime): FeelDateTime {
  return value instanceof FeelDate ? new FeelDateTime(value, MIDNIGHT_UTC) : value;
}

function distance(left: FeelDate | FeelDateTime, right: FeelDate | FeelDateTime): DaysTimeDuration | null {
  const from = asDateTime(right);
  const to = asDateTime(left);
  if (from.time.isLocal !== to.time.isLocal) return null;
  return daysTimeDuration(subtract(epochSeconds(to), epochSeconds(from)));
}

export function difference(left: unknown, right: unknown): unknown {
  if (isFeelNumber(left)) return isFeelNumber(right) ? subtract(left, right) : null;
  if (isDuration(right)) {
    const back = negated(right) as AnyDuration;
    return isDuration(left) ? addDurations(left, back) : move(left, back);
  }
  if (left instanceof FeelDate || left instanceof FeelDateTime) {
    return right instanceof FeelDate || right instanceof FeelDateTime ? distance(left, right) : null;
  }
  if (left instanceof FeelTime && right instanceof FeelTime) {
    return left.isLocal === right.isLocal ? daysTimeDuration(subtract(timeSeconds(left), timeSeconds(right))) : null;
  }
  return null;
}

export function product(left: unknown, right: unknown): unknown {
  if (isFeelNumber(left)) return isFeelNumber(right) ? multiply(left, right) : isDuration(right) ? product(right, left) : null;
  if (!isFeelNumber(right)) return null;
  if (left instanceof YearsMonthsDuration) return months(decimal(left.months).times(right).trunc().toNumber());
  if (left instanceof DaysTimeDuration) return daysTimeDuration(multiply(left.seconds, right));
  return null;
}

export function quotient(left: unknown, right: unknown): unknown {
  if (isFeelNumber(left)) return isFeelNumber(right) ? divide(left, right) : null;
  if (isFeelNumber(right)) {
    if (left instanceof YearsMonthsDuration) return right === 0 ? null : months(decimal(left.months).div(right).trunc().toNumber());
    return left instanceof DaysTimeDuration ? daysTimeDuration(divide(left.seconds, right)) : null;
  }
  if (left instanceof YearsMonthsDuration) return right instanceof YearsMonthsDuration ? divide(left.months, right.months) : null;
  if (left instanceof DaysTimeDuration) return right instanceof DaysTimeDuration ? divide(left.seconds, right.seconds) : null;
  return null;
}

export function raised(left: unknown, right: unknown): unknown {
  return isFeelNumber(left) && isFeelNumber(right) ? power(left, right) : null;
}
