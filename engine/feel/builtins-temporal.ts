// Date and time functions and is() (DMN 1.5, 10.3.4.7 and 10.3.4.8).

import { daysFromCivil, isoWeek } from '../time/civil.ts';
import { millisFromInstant } from '../time/instant.ts';
import type { Call, Definition } from './builtin.ts';
import { equal } from './compare.ts';
import { kindOf } from './kinds.ts';
import { dateTimeAt, FeelDate, FeelDateTime, FeelTime } from './temporal.ts';

const DAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTH_NAMES = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

function dateOf(value: FeelDate | FeelDateTime): FeelDate {
  return value instanceof FeelDate ? value : value.date;
}

/** Identity: the same instant told in another zone is not the same date and time. */
function sameTime(left: FeelTime, right: FeelTime): boolean {
  return left.secondOfDay === right.secondOfDay && left.nano === right.nano && left.offset === right.offset && left.zone === right.zone;
}

function isSame(call: Call, left: unknown, right: unknown): boolean {
  if (kindOf(left) !== kindOf(right)) return false;
  if (left instanceof FeelTime) return sameTime(left, right as FeelTime);
  if (left instanceof FeelDateTime) return equal(left.date, (right as FeelDateTime).date, call.run) === true && sameTime(left.time, (right as FeelDateTime).time);
  return equal(left, right, call.run) === true;
}

export const temporalBuiltins: readonly Definition[] = [
  ['now()', (call) => dateTimeAt(millisFromInstant(call.run.clock.now), call.run.clock.zone)],
  ['today()', (call) => dateTimeAt(millisFromInstant(call.run.clock.now), call.run.clock.zone).date],
  ['day of year(date: date|dateTime)', (_call, date: FeelDate) => dateOf(date).days - daysFromCivil(dateOf(date).year, 1, 1) + 1],
  ['day of week(date: date|dateTime)', (_call, date: FeelDate) => DAY_NAMES[dateOf(date).weekday - 1]!],
  ['month of year(date: date|dateTime)', (_call, date: FeelDate) => MONTH_NAMES[dateOf(date).month - 1]!],
  ['week of year(date: date|dateTime)', (_call, date: FeelDate) => isoWeek(dateOf(date).days)],
  ['is(value1: any, value2: any)', isSame],
  // By name either value may be left out; it is null then.
  ['is(value1?: any, value2?: any)', (call, left: unknown = null, right: unknown = null) => isSame(call, left, right)],
];
