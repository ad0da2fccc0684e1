// The texts of FEEL dates, times and durations (DMN 1.5, 10.3.4.1; XML Schema Part 2, 3.2.6 to 3.2.9).

import { daysInMonth } from '../time/civil.ts';
import { daysTimeDuration, YearsMonthsDuration } from './duration.ts';
import type { DaysTimeDuration } from './duration.ts';
import { add, canonical, decimal, multiply, negate } from './number.ts';
import { dateOfDays, FeelDate, FeelDateTime, FeelTime, isPlace, MIDNIGHT } from './temporal.ts';

const DATE = /^(-?)([1-9]\d{4,8}|\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,30}))?(Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][\w+\-/]*)?$/;
const YEARS_MONTHS = /^(-)?P(?=\d)(?:(\d{1,15})Y)?(?:(\d{1,15})M)?$/;
const DAYS_TIME = /^(-)?P(?=[\dT])(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15}(?:\.\d{0,30})?)S)?)?$/;

export function makeDate(year: number, month: number, day: number): FeelDate | null {
  if (!Number.isInteger(year) || !Number.isInteger(month) || !Number.isInteger(day) || Math.abs(year) > 999_999_999) return null;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? new FeelDate(year, month, day) : null;
}

export function parseDateText(text: string): FeelDate | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const year = Number(match[2]);
  return makeDate(match[1] === '-' ? 0 - year : year, Number(match[3]), Number(match[4]));
}

function parseOffset(text: string): number | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(4, 6));
  const seconds = Number(text.slice(7, 9) || 0);
  if (hours > 18 || minutes > 59 || seconds > 59) return undefined;
  const offset = hours * 3600 + minutes * 60 + seconds;
  return offset > 18 * 3600 ? undefined : text.startsWith('-') ? 0 - offset : offset;
}

export function parseTimeText(text: string): FeelTime | null {
  const match = TIME.exec(text);
  if (match === null) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2]);
  const second = Number(match[3]);
  if (hour > 23 || minute > 59 || second > 59) return null;
  const nano = Number((match[4] ?? '').slice(0, 9).padEnd(9, '0'));
  const place = match[5];
  if (place === undefined) return new FeelTime(hour, minute, second, nano);
  if (place.startsWith('@')) {
    const zone = place.slice(1);
    return isPlace(zone) ? new FeelTime(hour, minute, second, nano, undefined, zone) : null;
  }
  const offset = parseOffset(place);
  return offset === undefined ? null : new FeelTime(hour, minute, second, nano, offset);
}

/** A date alone is the beginning of that day. */
export function parseDateTimeText(text: string): FeelDateTime | null {
  const split = text.indexOf('T');
  if (split < 0) {
    const day = parseDateText(text);
    return day === null ? null : new FeelDateTime(day, MIDNIGHT);
  }
  const date = parseDateText(text.slice(0, split));
  if (date === null) return null;
  const clock = text.slice(split + 1);
  // The hour 24 ends a day: it is the first instant of the next one.
  const endsDay = clock.startsWith('24:00:00');
  const time = parseTimeText(endsDay ? `00${clock.slice(2)}` : clock);
  if (time === null || (endsDay && time.nano > 0)) return null;
  const day = endsDay ? dateOfDays(date.days + 1) : date;
  return day === null ? null : new FeelDateTime(day, time);
}

export function parseDurationText(text: string): YearsMonthsDuration | DaysTimeDuration | null {
  const years = YEARS_MONTHS.exec(text);
  if (years !== null) {
    const months = Number(years[2] ?? 0) * 12 + Number(years[3] ?? 0);
    return Number.isSafeInteger(months) ? new YearsMonthsDuration(years[1] === '-' ? -months : months) : null;
  }
  const days = DAYS_TIME.exec(text);
  if (days === null) return null;
  let seconds = multiply(Number(days[2] ?? 0), 86_400);
  for (const [value, unit] of [
    [days[3], 3600],
    [days[4], 60],
  ] as const) {
    seconds = seconds === null ? null : add(seconds, multiply(Number(value ?? 0), unit) ?? 0);
  }
  seconds = seconds === null ? null : add(seconds, canonical(decimal(days[5] ?? 0)) ?? 0);
  if (seconds === null) return null;
  return daysTimeDuration(days[1] === '-' ? negate(seconds) : seconds);
}

/** What `@"..."` means: a date, a date and time, a time or a duration. */
export function parseAtLiteral(text: string): FeelDate | FeelDateTime | FeelTime | YearsMonthsDuration | DaysTimeDuration | null {
  return parseDateText(text) ?? (text.includes('T') ? parseDateTimeText(text) : null) ?? parseTimeText(text) ?? parseDurationText(text);
}
