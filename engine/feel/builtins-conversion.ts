// Conversion functions and not() (DMN 1.5, 10.3.4.1 and 10.3.4.2).

import { spend, spendOnText } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { YearsMonthsDuration } from './duration.ts';
import type { DaysTimeDuration } from './duration.ts';
import { decimal, isInteger, isNegative, parseNumber, toInteger } from './number.ts';
import type { FeelNumber } from './number.ts';
import { makeDate, parseDateText, parseDateTimeText, parseDurationText, parseTimeText } from './temporal-text.ts';
import { FeelDate, FeelDateTime, FeelTime, isPlace, MIDNIGHT_UTC } from './temporal.ts';
import { textOfValue } from './text.ts';

function numberWithSeparators(call: Call, from: string, grouping: string | null = null, point: string | null = null): FeelNumber | null {
  spendOnText(call.run, from.length << 1);
  const known = (text: string | null, allowed: string[]): boolean => text === null || allowed.includes(text);
  if (!known(grouping, [' ', ',', '.']) || !known(point, [',', '.']) || (grouping !== null && grouping === point)) {
    return call.fail('a grouping separator (space, comma or period) and another decimal separator (comma or period)', 'they are others');
  }
  const plain = (grouping === null ? from : from.replaceAll(grouping, '')).replaceAll(point ?? '.', '.');
  const usesOtherPoint = point !== null && point !== '.' && from.includes('.') && grouping !== '.';
  const number = usesOtherPoint ? null : parseNumber(plain);
  return number ?? call.fail('the text of a number', 'it is another text');
}

function timeFromParts(call: Call, hour: number, minute: number, second: FeelNumber, offset: DaysTimeDuration | null = null): FeelTime | null {
  const whole = typeof second === 'number' ? Math.floor(second) : second.floor().toNumber();
  const valid = toInteger(hour) !== undefined && toInteger(minute) !== undefined && hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
  if (!valid || isNegative(second) || whole > 59) return call.fail('hour 0 to 23, minute and second 0 to 59', 'they lie outside');
  const nano = isInteger(second) ? 0 : decimal(second).minus(whole).times(1e9).floor().toNumber();
  if (offset === null) return new FeelTime(hour, minute, whole, nano);
  if (!isInteger(offset.seconds) || Math.abs(Number(offset.seconds)) > 18 * 3600) return call.fail('an offset of at most 18 hours', `it is ${offset.toString()}`);
  return new FeelTime(hour, minute, whole, nano, Number(offset.seconds));
}

/** Looking up the name of a zone, which may be another one each time. */
const ZONE_STEPS = 8;

function spendOnZone(call: Call, text: unknown): void {
  if (typeof text === 'string' && text.includes('@')) spend(call.run, ZONE_STEPS);
}

function timeFrom(call: Call, from: unknown): FeelTime | null {
  spendOnZone(call, from);
  if (from instanceof FeelTime) return from;
  if (from instanceof FeelDate) return MIDNIGHT_UTC;
  if (from instanceof FeelDateTime) return from.time;
  return parseTimeText(from as string) ?? call.fail('a time such as "09:30:00", "09:30:00Z" or "09:30:00@America/St_Lucia"', 'it is another text');
}

function dateTimeFrom(call: Call, from: unknown): FeelDateTime | null {
  spendOnZone(call, from);
  if (from instanceof FeelDateTime) return from;
  if (from instanceof FeelDate) return new FeelDateTime(from, MIDNIGHT_UTC);
  return parseDateTimeText(from as string) ?? call.fail('a date and time such as "2026-01-05T09:30:00"', 'it is another text');
}

function dateTimeIn(call: Call, date: FeelDate | FeelDateTime, time: FeelTime, zone: string): FeelDateTime | null {
  spend(call.run, ZONE_STEPS);
  if (!isPlace(zone)) return call.fail('the name of a time zone', 'it is another text');
  return new FeelDateTime(date instanceof FeelDate ? date : date.date, new FeelTime(time.hour, time.minute, time.second, time.nano, undefined, zone));
}

/** Whole months from one date to another, towards zero; times of day do not count. */
function monthsBetween(from: FeelDate | FeelDateTime, to: FeelDate | FeelDateTime): YearsMonthsDuration {
  const start = from instanceof FeelDate ? from : from.date;
  const end = to instanceof FeelDate ? to : to.date;
  const months = (end.year - start.year) * 12 + (end.month - start.month);
  const dayOrder = end.day - start.day;
  if (months > 0 && dayOrder < 0) return new YearsMonthsDuration(months - 1);
  if (months < 0 && dayOrder > 0) return new YearsMonthsDuration(months + 1);
  return new YearsMonthsDuration(months);
}

export const conversionBuiltins: readonly Definition[] = [
  ['not(negand: any)', (_call, negand: unknown) => (typeof negand === 'boolean' ? !negand : null)],
  ['string(from: any)', (call, from: unknown) => textOfValue(from, call.run)],
  ['number(from: string, grouping separator: string|null, decimal separator: string|null)', numberWithSeparators],
  ['number(from: string|number)', (call, from: unknown) => (typeof from === 'string' ? numberWithSeparators(call, from) : from)],
  ['date(from: string)', (call, from: string) => parseDateText(from) ?? call.fail('a date such as "2026-01-05"', 'it is another text')],
  ['date(from: date|dateTime)', (_call, from: FeelDate | FeelDateTime) => (from instanceof FeelDate ? from : from.date)],
  [
    'date(year: number, month: number, day: number)',
    (call, year: number, month: number, day: number) => makeDate(year, month, day) ?? call.fail('a year, month and day of the calendar', 'there is no such day'),
  ],
  ['time(from: string|time|date|dateTime)', timeFrom],
  ['time(hour: number, minute: number, second: number, offset?: days and time duration|null)', timeFromParts],
  ['date and time(from: string|date|dateTime)', dateTimeFrom],
  [
    'date and time(date: date|dateTime, time: time)',
    (_call, date: FeelDate | FeelDateTime, time: FeelTime) => new FeelDateTime(date instanceof FeelDate ? date : date.date, time),
  ],
  ['date and time(date: date|dateTime, time: time, timezone: string)', dateTimeIn],
  ['duration(from: string)', (call, from: string) => parseDurationText(from) ?? call.fail('a duration such as "P1Y6M" or "P2DT3H"', 'it is another text')],
  ['duration(from: duration)', (_call, from: DaysTimeDuration | YearsMonthsDuration) => from],
  ['years and months duration(from: date|dateTime, to: date|dateTime)', (_call, from: FeelDate, to: FeelDate) => monthsBetween(from, to)],
];
