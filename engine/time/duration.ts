// Durations (ISO 8601-1:2019, 5.5.2), with weeks, a sign, and the working days of offices: `P10BD` (our extension).

import { addMonths, civilFromDays, daysFromCivil } from './civil.ts';
import { TimeError } from './errors.ts';
import { instantFromMillis, millisFromInstant } from './instant.ts';
import { addWorkingDays } from './working-days.ts';
import type { WorkingCalendar } from './working-days.ts';
import { DAY_MS, localFromMillis, millisFromLocal } from './zone.ts';

/** All parts carry the sign of the duration. */
export interface Duration {
  /** Years and months: calendar time. */
  readonly months: number;
  /** Weeks and days: calendar time. */
  readonly days: number;
  /** Hours, minutes and seconds: elapsed time. */
  readonly millis: number;
  /** Only there in a duration of working days; the other parts are then 0. */
  readonly workingDays?: number;
}

const DURATION = /^([+-])?P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:[.,](\d{1,9}))?S)?)?$/;
const WORKING_DAYS = /^([+-])?P(\d{1,5})BD$/;

/** Undefined when the text is no duration. */
export function parseDuration(text: string): Duration | undefined {
  const working = WORKING_DAYS.exec(text);
  if (working !== null) {
    const count = Number(working[2]);
    return { months: 0, days: 0, millis: 0, workingDays: working[1] === '-' && count > 0 ? -count : count };
  }
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const part = (index: number): number => Number(match[index] ?? 0);
  const fraction = Number((match[9] ?? '').padEnd(3, '0').slice(0, 3));
  const millis = part(6) * 3_600_000 + part(7) * 60_000 + part(8) * 1000 + fraction;
  if (!Number.isSafeInteger(millis)) return undefined;
  const sign = match[1] === '-' ? -1 : 1;
  const signed = (value: number): number => (value === 0 ? 0 : value * sign);
  return { months: signed(part(2) * 12 + part(3)), days: signed(part(4) * 7 + part(5)), millis: signed(millis) };
}

export function isZeroDuration(duration: Duration): boolean {
  return duration.months === 0 && duration.days === 0 && duration.millis === 0 && (duration.workingDays ?? 0) === 0;
}

/** `times` repetitions of a duration as one. */
export function multiplyDuration(duration: Duration, times: number): Duration {
  const parts = { months: duration.months * times, days: duration.days * times, millis: duration.millis * times };
  return duration.workingDays === undefined ? parts : { ...parts, workingDays: duration.workingDays * times };
}

/** The ISO 8601 text of a duration; a mixture of signs, which ISO 8601 cannot write, takes the sign of its largest part. */
export function durationText(duration: Duration): string {
  if (duration.workingDays !== undefined) return `${duration.workingDays < 0 ? '-' : ''}P${Math.abs(duration.workingDays)}BD`;
  if (isZeroDuration(duration)) return 'PT0S';
  const negative = (duration.months || duration.days || duration.millis) < 0;
  const sign = negative ? -1 : 1;
  const months = duration.months * sign;
  const millis = duration.millis * sign;
  const unit = (value: number, letter: string): string => (value === 0 ? '' : `${value}${letter}`);
  const date = unit(Math.trunc(months / 12), 'Y') + unit(months % 12, 'M') + unit(duration.days * sign, 'D');
  const time = unit(Math.trunc(millis / 3_600_000), 'H') + unit(Math.trunc(millis / 60_000) % 60, 'M') + unit((millis % 60_000) / 1000, 'S');
  return `${negative ? '-' : ''}P${date}${time === '' ? '' : `T${time}`}`;
}

/**
 * Years to days are calendar time in `zone`, hours to seconds elapsed time. A local time the clock skips is the first instant
 * after the gap, one it shows twice the earlier. Working days need `calendar`. Throws TIME_CALENDAR_MISSING, TIME_OUT_OF_RANGE.
 */
export function addDuration(instant: string, duration: Duration, zone: string, calendar?: WorkingCalendar): string {
  if (duration.workingDays !== undefined) {
    if (calendar === undefined) throw new TimeError('TIME_CALENDAR_MISSING', { duration: durationText(duration) });
    return addWorkingDays(instant, duration.workingDays, calendar);
  }
  let millis = millisFromInstant(instant);
  if (duration.months !== 0 || duration.days !== 0) {
    const local = localFromMillis(millis, zone);
    const days = Math.floor(local / DAY_MS);
    const moved = addMonths(civilFromDays(days), duration.months);
    const target = (daysFromCivil(moved.year, moved.month, moved.day) + duration.days) * DAY_MS + (local - days * DAY_MS);
    if (!(Math.abs(target) < 8.64e15)) throw new TimeError('TIME_OUT_OF_RANGE', { what: `${instant} plus ${durationText(duration)}` });
    millis = millisFromLocal(target, zone);
  }
  return instantFromMillis(millis + duration.millis);
}
