// Working days in FEEL: our extension, no part of DMN 1.5; it counts on the calendars the clock of an evaluation carries.

import { dateText } from '../time/civil.ts';
import { countWorkingDays, workingDateAfter } from '../time/working-days.ts';
import type { WorkingCalendar } from '../time/working-days.ts';
import { spend } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { toInteger } from './number.ts';
import type { FeelNumber } from './number.ts';
import { parseDateText } from './temporal-text.ts';
import { FeelDate } from './temporal.ts';
import type { FeelDateTime } from './temporal.ts';

/** Years a period may span: beyond, the count says nothing and takes for ever. */
const LONGEST_PERIOD_DAYS = 100_000;

function calendarOf(call: Call, name?: string | null): WorkingCalendar | null {
  const calendars = call.run.clock.calendars ?? {};
  const id = name ?? (Object.hasOwn(calendars, 'default') ? 'default' : Object.keys(calendars)[0]);
  if (id === undefined) return call.fail('a working calendar', 'there is none');
  return Object.hasOwn(calendars, id) ? calendars[id]! : call.fail('the name of a working calendar', `there is none named '${id}'`);
}

function dateOf(value: FeelDate | FeelDateTime): FeelDate {
  return value instanceof FeelDate ? value : value.date;
}

function isReasonable(date: FeelDate): boolean {
  return date.year >= 0 && date.year <= 9999;
}

function workingDays(call: Call, from: FeelDate | FeelDateTime, to: FeelDate | FeelDateTime, name?: string | null): number | null {
  const calendar = calendarOf(call, name);
  if (calendar === null) return null;
  const [start, end] = [dateOf(from), dateOf(to)];
  if (!isReasonable(start) || !isReasonable(end)) return call.fail('dates between the years 0 and 9999', 'one lies outside');
  spend(call.run, calendar.holidays.length >> 7);
  return countWorkingDays(dateText(start), dateText(end), calendar);
}

function addDays(call: Call, date: FeelDate | FeelDateTime, days: FeelNumber, name?: string | null): FeelDate | null {
  const calendar = calendarOf(call, name);
  if (calendar === null) return null;
  const start = dateOf(date);
  const count = toInteger(days);
  if (count === undefined || Math.abs(count) > LONGEST_PERIOD_DAYS || !isReasonable(start)) {
    return call.fail(`a whole number of days up to ${LONGEST_PERIOD_DAYS} and a date between the years 0 and 9999`, 'they are others');
  }
  spend(call.run, Math.abs(count) >> 6);
  return parseDateText(workingDateAfter(dateText(start), count, calendar));
}

export const workingDayBuiltins: readonly Definition[] = [
  ['working days(from: date|dateTime, to: date|dateTime, calendar?: string|null)', workingDays],
  ['add working days(date: date|dateTime, days: number, calendar?: string|null)', addDays],
];
