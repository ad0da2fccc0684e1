// Cron expressions (five fields, or six with seconds first), read on the wall clock of a named zone; the de-facto format, no standard.

import { civilFromDays, daysInMonth, isoWeekday } from './civil.ts';
import { DAY_MS, localFromMillis, millisFromLocal } from './zone.ts';

export interface CronFields {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  /** Undefined: any day. Negative numbers count from the end of the month: -1 is its last day. */
  readonly daysOfMonth: ReadonlySet<number> | undefined;
  /** Undefined: any day. ISO weekdays; `nth` 0 every week, 1..5 the n-th of the month, -1 the last. */
  readonly daysOfWeek: readonly { readonly day: number; readonly nth: number }[] | undefined;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
// 29 February on a given weekday comes back within 40 years; a date that has not come by then never comes.
const SEARCH_DAYS = 41 * 366;

function numberIn(text: string, names: readonly string[], first: number): number {
  const name = names.indexOf(text.toUpperCase());
  if (name >= 0) return name + first;
  return /^\d{1,2}$/.test(text) ? Number(text) : NaN;
}

/** The values of one field, or undefined when it is malformed. */
function parseField(text: string, low: number, high: number, names: readonly string[] = []): number[] | undefined {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^(\*|[A-Za-z\d]+)(?:-([A-Za-z\d]+))?(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const every = match[1] === '*';
    const from = every ? low : numberIn(match[1]!, names, low);
    const open = match[3] !== undefined && match[2] === undefined;
    const to = every || open ? high : match[2] === undefined ? from : numberIn(match[2], names, low);
    const step = Number(match[3] ?? 1);
    if ((every && match[2] !== undefined) || !(from >= low && to <= high && from <= to && step >= 1)) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function parseDaysOfMonth(text: string): ReadonlySet<number> | undefined | null {
  if (text === '*' || text === '?') return undefined;
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const last = /^L(?:-(\d{1,2}))?$/i.exec(part);
    if (last !== null) {
      days.add(-1 - Number(last[1] ?? 0));
      continue;
    }
    const values = parseField(part, 1, 31);
    if (values === undefined) return null;
    for (const value of values) days.add(value);
  }
  return days;
}

function parseDaysOfWeek(text: string): CronFields['daysOfWeek'] | null {
  if (text === '*' || text === '?') return undefined;
  const days: { day: number; nth: number }[] = [];
  // Cron counts Sunday as 0 and as 7.
  const iso = (day: number): number => (day === 0 ? 7 : day);
  for (const part of text.split(',')) {
    const placed = /^([A-Za-z]{3}|[0-7])(?:#([1-5])|(L))$/i.exec(part);
    if (placed !== null) {
      const day = numberIn(placed[1]!, WEEKDAYS, 0);
      if (Number.isNaN(day)) return null;
      days.push({ day: iso(day), nth: placed[2] === undefined ? -1 : Number(placed[2]) });
      continue;
    }
    const values = parseField(part, 0, 7, WEEKDAYS);
    if (values === undefined) return null;
    for (const value of values) days.push({ day: iso(value), nth: 0 });
  }
  return days;
}

/** Undefined when the text is no cron expression. Fields restrict each other: a day must match both day fields. */
export function parseCron(text: string): CronFields | undefined {
  const fields = ((Object.hasOwn(MACROS, text) ? MACROS[text] : undefined) ?? text).split(/\s+/);
  if (fields.length === 5) fields.unshift('0');
  if (fields.length !== 6) return undefined;
  const seconds = parseField(fields[0]!, 0, 59);
  const minutes = parseField(fields[1]!, 0, 59);
  const hours = parseField(fields[2]!, 0, 23);
  const daysOfMonth = parseDaysOfMonth(fields[3]!);
  const months = parseField(fields[4]!, 1, 12, MONTHS);
  const daysOfWeek = parseDaysOfWeek(fields[5]!);
  if (seconds === undefined || minutes === undefined || hours === undefined || months === undefined) return undefined;
  if (daysOfMonth === null || daysOfWeek === null) return undefined;
  return { seconds, minutes, hours, months: new Set(months), daysOfMonth, daysOfWeek };
}

function matchesDay(cron: CronFields, days: number): boolean {
  const { year, month, day } = civilFromDays(days);
  if (!cron.months.has(month)) return false;
  const length = daysInMonth(year, month);
  if (cron.daysOfMonth !== undefined && !cron.daysOfMonth.has(day) && !cron.daysOfMonth.has(day - length - 1)) return false;
  if (cron.daysOfWeek === undefined) return true;
  const weekday = isoWeekday(days);
  return cron.daysOfWeek.some((rule) => {
    if (rule.day !== weekday) return false;
    return rule.nth === 0 || (rule.nth === -1 ? day + 7 > length : Math.ceil(day / 7) === rule.nth);
  });
}

/** The times of a day later than `after` (both in ms after midnight), the first of them; undefined when none is left. */
function firstTimeAfter(cron: CronFields, after: number): number | undefined {
  for (const hour of cron.hours) {
    if ((hour + 1) * 3_600_000 <= after) continue;
    for (const minute of cron.minutes) {
      if (hour * 3_600_000 + (minute + 1) * 60_000 <= after) continue;
      for (const second of cron.seconds) {
        const time = hour * 3_600_000 + minute * 60_000 + second * 1000;
        if (time > after) return time;
      }
    }
  }
  return undefined;
}

/** The first match later than `after` (ms since 1970), or undefined when the expression names a date that never comes. */
export function nextCron(cron: CronFields, after: number, zone: string): number | undefined {
  const local = localFromMillis(after, zone);
  const today = Math.floor(local / DAY_MS);
  for (let day = today; day <= today + SEARCH_DAYS; day++) {
    if (!matchesDay(cron, day)) continue;
    let from = day === today ? local - today * DAY_MS : -1;
    for (let time = firstTimeAfter(cron, from); time !== undefined; time = firstTimeAfter(cron, from)) {
      const instant = millisFromLocal(day * DAY_MS + time, zone);
      if (instant > after) return instant;
      from = time;
    }
  }
  return undefined;
}
