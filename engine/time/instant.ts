// An instant: an ISO 8601-1:2019 (5.4.2) date and time in UTC, `2026-01-05T09:00:00.000Z`: always with milliseconds, so that instants sort as text.

import { civilFromDays, dateText, daysFromCivil, isCivilDate, parseDate, twoDigits } from './civil.ts';
import { TimeError } from './errors.ts';
import { DAY_MS, isZone, millisFromLocal, splitZone } from './zone.ts';

const FIRST_MS = daysFromCivil(-9999, 1, 1) * DAY_MS;
const LAST_MS = daysFromCivil(10_000, 1, 1) * DAY_MS - 1;

/** `ms` since 1970-01-01T00:00:00Z; throws TIME_OUT_OF_RANGE. */
export function instantFromMillis(ms: number): string {
  if (!(ms >= FIRST_MS && ms <= LAST_MS)) throw new TimeError('TIME_OUT_OF_RANGE', { what: `${ms} ms` });
  const whole = Math.floor(ms);
  const days = Math.floor(whole / DAY_MS);
  let rest = whole - days * DAY_MS;
  const hour = Math.floor(rest / 3_600_000);
  rest -= hour * 3_600_000;
  const minute = Math.floor(rest / 60_000);
  rest -= minute * 60_000;
  const second = Math.floor(rest / 1000);
  rest -= second * 1000;
  const fraction = rest < 10 ? `.00${rest}` : rest < 100 ? `.0${rest}` : `.${rest}`;
  return `${dateText(civilFromDays(days))}T${twoDigits(hour)}:${twoDigits(minute)}:${twoDigits(second)}${fraction}Z`;
}

/** Digits `from`..`to` as a number, or NaN. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

function canonicalMillis(text: string): number {
  const length = text.length;
  if (length !== 20 && length !== 24) return NaN;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(10) !== 84 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return NaN;
  if (text.charCodeAt(length - 1) !== 90 || (length === 24 && text.charCodeAt(19) !== 46)) return NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  if (!isCivilDate(year, month, day) || !(hour < 24 && minute < 60 && second < 60)) return NaN;
  const fraction = length === 24 ? digits(text, 20, 23) : 0;
  return daysFromCivil(year, month, day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction;
}

/** Ms since 1970 of an instant as this room writes it; throws TIME_INSTANT_INVALID. */
export function millisFromInstant(instant: string): number {
  const fast = canonicalMillis(instant);
  if (fast === fast) return fast;
  const parts = DATE_TIME.exec(instant);
  const slow = parts !== null && parts[6] === 'Z' ? localMillis(parts) : undefined;
  if (slow === undefined) throw new TimeError('TIME_INSTANT_INVALID', { text: instant });
  return slow;
}

const DATE_TIME = /^(-?\d{4})-(\d{2}-\d{2})[Tt](\d{2}:\d{2})(?::(\d{2}))?(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

function localMillis(parts: RegExpExecArray): number | undefined {
  const date = parseDate(`${parts[1]}-${parts[2]}`);
  const clock = parts[3]!;
  const hour = Number(clock.slice(0, 2));
  const minute = Number(clock.slice(3));
  const second = Number(parts[4] ?? 0);
  const fraction = Number((parts[5] ?? '').padEnd(3, '0').slice(0, 3));
  if (date === undefined || minute > 59 || second > 59) return undefined;
  // ISO 8601 lets 24:00:00 end a day; it is the first instant of the next one.
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0 || fraction > 0))) return undefined;
  return daysFromCivil(date.year, date.month, date.day) * DAY_MS + hour * 3_600_000 + minute * 60_000 + second * 1000 + fraction;
}

/**
 * Reads an instant as people write it: with Z, with an offset, as local time in `zone`, with `@Zone` or `[Zone]` behind it,
 * or as a date, which is the start of that day in `zone`. Undefined when the text is none of these.
 */
export function parseInstant(text: string, zone: string): string | undefined {
  const { before: body, zone: named } = splitZone(text.trim());
  const place = named ?? zone;
  if (!isZone(place)) return undefined;
  const date = parseDate(body);
  let millis: number;
  if (date !== undefined) {
    millis = millisFromLocal(daysFromCivil(date.year, date.month, date.day) * DAY_MS, place);
  } else {
    const parts = DATE_TIME.exec(body);
    const local = parts === null ? undefined : localMillis(parts);
    if (parts === null || local === undefined) return undefined;
    const offset = parts[6];
    if (offset === undefined) millis = millisFromLocal(local, place);
    else if (offset === 'Z') millis = local;
    else {
      const fixed = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
      if (!isZone(fixed)) return undefined;
      millis = millisFromLocal(local, fixed);
    }
  }
  return millis >= FIRST_MS && millis <= LAST_MS ? instantFromMillis(millis) : undefined;
}
