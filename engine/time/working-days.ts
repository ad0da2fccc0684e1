// Working-day calendars: office days, holidays and closing time, on which statutory periods are counted (no standard; dates are ISO 8601-1:2019).

import { civilFromDays, dateText, daysFromCivil, isoWeekday, parseDate } from './civil.ts';
import { TimeError } from './errors.ts';
import { instantFromMillis, millisFromInstant } from './instant.ts';
import { DAY_MS, localFromMillis, millisFromLocal } from './zone.ts';

export interface WorkingCalendar {
  id: string;
  version: number;
  zone: string;
  /** ISO weekdays without office, 1 (Monday) to 7 (Sunday). */
  weekend: number[];
  /** HH:MM, local time. */
  opens: string;
  /** HH:MM, local time. */
  closes: string;
  holidays: { date: string; name: string }[];
}

interface Prepared {
  readonly weekend: ReadonlySet<number>;
  readonly holidays: ReadonlySet<number>;
  /** Ms after midnight. */
  readonly closes: number;
}

// A calendar is a value the shell hands over again and again; what is derived from it is kept beside it.
const preparedCalendars = new WeakMap<WorkingCalendar, Prepared>();
// A holiday list longer than this between two working days is a mistake, not a calendar.
const LONGEST_CLOSURE_DAYS = 3660;

function clockMillis(text: string, calendar: WorkingCalendar): number {
  const match = /^(\d{2}):(\d{2})$/.exec(text);
  const minutes = match === null ? NaN : Number(match[1]) * 60 + Number(match[2]);
  if (match === null || Number(match[2]) > 59 || minutes > 1440) {
    throw new TimeError('TIME_CALENDAR_INVALID', { calendar: calendar.id, expected: 'opening hours as HH:MM', actual: `'${text}' is no time of day` });
  }
  return minutes * 60_000;
}

function dayOf(date: string): number {
  const civil = parseDate(date);
  if (civil === undefined) throw new TimeError('TIME_DATE_INVALID', { text: date });
  return daysFromCivil(civil.year, civil.month, civil.day);
}

function prepare(calendar: WorkingCalendar): Prepared {
  const known = preparedCalendars.get(calendar);
  if (known !== undefined) return known;
  const weekend = new Set(calendar.weekend);
  for (const day of weekend) {
    if (!Number.isInteger(day) || day < 1 || day > 7) {
      throw new TimeError('TIME_CALENDAR_INVALID', { calendar: calendar.id, expected: 'weekend days from 1 to 7', actual: `one is ${day}` });
    }
  }
  if (weekend.size === 7) throw new TimeError('TIME_CALENDAR_INVALID', { calendar: calendar.id, expected: 'a working day', actual: 'every day of the week is weekend' });
  clockMillis(calendar.opens, calendar);
  const prepared = { weekend, holidays: new Set(calendar.holidays.map((holiday) => dayOf(holiday.date))), closes: clockMillis(calendar.closes, calendar) };
  preparedCalendars.set(calendar, prepared);
  return prepared;
}

function isOfficeDay(days: number, rules: Prepared): boolean {
  return !rules.weekend.has(isoWeekday(days)) && !rules.holidays.has(days);
}

function nextOfficeDay(days: number, step: 1 | -1, rules: Prepared, calendar: WorkingCalendar): number {
  for (let tried = 1; tried <= LONGEST_CLOSURE_DAYS; tried++) {
    if (isOfficeDay(days + tried * step, rules)) return days + tried * step;
  }
  throw new TimeError('TIME_CALENDAR_INVALID', { calendar: calendar.id, expected: 'a working day', actual: `ten years around ${dateText(civilFromDays(days))} are closed` });
}

/** `date`: YYYY-MM-DD. Throws TIME_DATE_INVALID, TIME_CALENDAR_INVALID. */
export function isWorkingDay(date: string, calendar: WorkingCalendar): boolean {
  return isOfficeDay(dayOf(date), prepare(calendar));
}

/** Working days from one date to another, both counted; negative where the second lies before the first. */
export function countWorkingDays(fromDate: string, toDate: string, calendar: WorkingCalendar): number {
  const rules = prepare(calendar);
  const from = dayOf(fromDate);
  const to = dayOf(toDate);
  const low = Math.min(from, to);
  const length = Math.abs(to - from) + 1;
  const fullWeeks = Math.floor(length / 7);
  let count = fullWeeks * (7 - rules.weekend.size);
  for (let day = low + fullWeeks * 7; day < low + length; day++) if (!rules.weekend.has(isoWeekday(day))) count++;
  for (const holiday of rules.holidays) {
    if (holiday >= low && holiday < low + length && !rules.weekend.has(isoWeekday(holiday))) count--;
  }
  return from <= to ? count : -count;
}

/** The n-th working day after a date (before it where n is negative); for n = 0 the date itself or, if closed, the next working day. */
export function workingDateAfter(date: string, n: number, calendar: WorkingCalendar): string {
  const rules = prepare(calendar);
  let day = dayOf(date);
  if (n === 0 && !isOfficeDay(day, rules)) day = nextOfficeDay(day, 1, rules, calendar);
  const step = n < 0 ? -1 : 1;
  for (let left = Math.abs(n); left > 0; left--) day = nextOfficeDay(day, step, rules, calendar);
  return dateText(civilFromDays(day));
}

/**
 * The instant at which a period of `n` working days ends: the day of the start does not count, and the period ends when the
 * office closes on its last day. `n` = 0 is today's closing time, or the next working day's when that is past or today is closed.
 */
export function addWorkingDays(instant: string, n: number, calendar: WorkingCalendar): string {
  const rules = prepare(calendar);
  const start = millisFromInstant(instant);
  const today = Math.floor(localFromMillis(start, calendar.zone) / DAY_MS);
  const closing = (day: number): number => millisFromLocal(day * DAY_MS + rules.closes, calendar.zone);
  let day = today;
  if (n === 0) {
    if (!isOfficeDay(day, rules) || closing(day) < start) day = nextOfficeDay(day, 1, rules, calendar);
  } else {
    const step = n < 0 ? -1 : 1;
    for (let left = Math.abs(n); left > 0; left--) day = nextOfficeDay(day, step, rules, calendar);
  }
  return instantFromMillis(closing(day));
}
