// FEEL dates, times, and dates with times (DMN 1.5, 10.3.2.3.3 to 10.3.2.3.6) on the proleptic Gregorian calendar.

import { addMonths, civilFromDays, dateText, daysFromCivil, isoWeekday, twoDigits } from '../time/civil.ts';
import { isZone, millisFromLocal, offsetAt } from '../time/zone.ts';
import { YearsMonthsDuration } from './duration.ts';
import type { DaysTimeDuration } from './duration.ts';
import { add, canonical, decimal, multiply, subtract } from './number.ts';
import type { FeelNumber } from './number.ts';

/** Years of FEEL dates: -999,999,999 to 999,999,999. */
const LAST_YEAR = 999_999_999;
const DAY_SECONDS = 86_400;
// Zone rules are asked in ms of a Date: further out the rules of the last known year hold.
const LAST_ZONE_DAY = 90_000_000;

export class FeelDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;

  constructor(year: number, month: number, day: number) {
    this.year = year;
    this.month = month;
    this.day = day;
  }

  /** Days since 1970-01-01. */
  get days(): number {
    return daysFromCivil(this.year, this.month, this.day);
  }

  get weekday(): number {
    return isoWeekday(this.days);
  }

  toString(): string {
    return dateText(this);
  }
}

export class FeelTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nano: number;
  /** Seconds east of UTC, where the time was given with an offset. */
  readonly offset: number | undefined;
  /** IANA name, where the time was given with a zone. */
  readonly zone: string | undefined;

  constructor(hour: number, minute: number, second: number, nano: number, offset?: number, zone?: string) {
    this.hour = hour;
    this.minute = minute;
    this.second = second;
    this.nano = nano;
    this.offset = offset;
    this.zone = zone;
  }

  get secondOfDay(): number {
    return this.hour * 3600 + this.minute * 60 + this.second;
  }

  get isLocal(): boolean {
    return this.offset === undefined && this.zone === undefined;
  }

  toString(): string {
    const fraction = this.nano === 0 ? '' : `.${String(this.nano).padStart(9, '0').replace(/0+$/, '')}`;
    const place = this.zone !== undefined ? `@${this.zone}` : this.offset === undefined ? '' : offsetText(this.offset);
    return `${twoDigits(this.hour)}:${twoDigits(this.minute)}:${twoDigits(this.second)}${fraction}${place}`;
  }
}

export class FeelDateTime {
  readonly date: FeelDate;
  readonly time: FeelTime;

  constructor(date: FeelDate, time: FeelTime) {
    this.date = date;
    this.time = time;
  }

  toString(): string {
    return `${this.date.toString()}T${this.time.toString()}`;
  }
}

export const MIDNIGHT_UTC = new FeelTime(0, 0, 0, 0, 0);
export const MIDNIGHT = new FeelTime(0, 0, 0, 0);

function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  const seconds = size % 60 === 0 ? '' : `:${twoDigits(size % 60)}`;
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 3600))}:${twoDigits(Math.floor(size / 60) % 60)}${seconds}`;
}

export function isPlace(zone: string): boolean {
  return isZone(zone);
}

function secondsWithNano(seconds: FeelNumber, nano: number): FeelNumber {
  if (nano === 0) return seconds;
  return canonical(decimal(nano).div(1e9).add(seconds)) ?? 0;
}

/** Seconds east of UTC of a date and time; undefined where it has neither offset nor zone. */
export function offsetOf(value: FeelDateTime): number | undefined {
  const { time, date } = value;
  if (time.offset !== undefined) return time.offset;
  if (time.zone === undefined) return undefined;
  const days = Math.min(Math.max(date.days, -LAST_ZONE_DAY), LAST_ZONE_DAY);
  const local = (days * DAY_SECONDS + time.secondOfDay) * 1000;
  return offsetAt(time.zone, millisFromLocal(local, time.zone)) / 1000;
}

/** Seconds since 1970 on the value's own wall clock. */
function localSeconds(value: FeelDateTime): FeelNumber {
  return secondsWithNano(add(multiply(value.date.days, DAY_SECONDS) ?? 0, value.time.secondOfDay) ?? 0, value.time.nano);
}

/** Seconds since 1970 in UTC; the wall clock itself where the value has no offset. */
export function epochSeconds(value: FeelDateTime): FeelNumber {
  return subtract(localSeconds(value), offsetOf(value) ?? 0) ?? 0;
}

/** Seconds after midnight UTC; the wall clock itself for a local time. A zone without a date is taken at its winter offset of 1970. */
export function timeSeconds(value: FeelTime): FeelNumber {
  const offset = value.offset ?? (value.zone === undefined ? 0 : offsetAt(value.zone, 0) / 1000);
  return secondsWithNano(value.secondOfDay - offset, value.nano);
}

function clockOf(secondOfDay: number, nano: number, like: FeelTime): FeelTime {
  return new FeelTime(Math.floor(secondOfDay / 3600), Math.floor(secondOfDay / 60) % 60, secondOfDay % 60, nano, like.offset, like.zone);
}

function splitSeconds(seconds: FeelNumber): { days: number; secondOfDay: number; nano: number } {
  if (typeof seconds === 'number' && Number.isSafeInteger(seconds)) {
    const whole = Math.floor(seconds / DAY_SECONDS);
    return { days: whole, secondOfDay: seconds - whole * DAY_SECONDS, nano: 0 };
  }
  const exact = decimal(seconds);
  const whole = exact.floor();
  const days = whole.div(DAY_SECONDS).floor();
  return { days: days.toNumber(), secondOfDay: whole.minus(days.times(DAY_SECONDS)).toNumber(), nano: exact.minus(whole).times(1e9).floor().toNumber() };
}

export function dateOfDays(days: number): FeelDate | null {
  const { year, month, day } = civilFromDays(days);
  return Math.abs(year) <= LAST_YEAR ? new FeelDate(year, month, day) : null;
}

/** The wall clock at seconds since 1970 (as told by that clock), with the offset or zone of `like`. */
function dateTimeOfLocal(seconds: FeelNumber, like: FeelTime): FeelDateTime | null {
  const { days, secondOfDay, nano } = splitSeconds(seconds);
  const date = dateOfDays(days);
  return date === null ? null : new FeelDateTime(date, clockOf(secondOfDay, nano, like));
}

export function addToDate(date: FeelDate, duration: YearsMonthsDuration | DaysTimeDuration): FeelDate | null {
  if (duration instanceof YearsMonthsDuration) {
    const moved = addMonths(date, duration.months);
    return Math.abs(moved.year) <= LAST_YEAR ? new FeelDate(moved.year, moved.month, moved.day) : null;
  }
  const seconds = add(multiply(date.days, DAY_SECONDS) ?? 0, duration.seconds);
  return seconds === null ? null : dateOfDays(splitSeconds(seconds).days);
}

export function addToDateTime(value: FeelDateTime, duration: YearsMonthsDuration | DaysTimeDuration): FeelDateTime | null {
  if (duration instanceof YearsMonthsDuration) {
    const date = addToDate(value.date, duration);
    return date === null ? null : new FeelDateTime(date, value.time);
  }
  const zone = value.time.zone;
  if (zone === undefined) {
    const local = add(localSeconds(value), duration.seconds);
    return local === null ? null : dateTimeOfLocal(local, value.time);
  }
  // In a zone hours and days are elapsed time: the wall clock follows from the instant reached.
  const instant = add(epochSeconds(value), duration.seconds);
  if (instant === null) return null;
  const millis = Math.min(Math.max(decimal(instant).times(1000).floor().toNumber(), -LAST_ZONE_DAY * 8.64e7), LAST_ZONE_DAY * 8.64e7);
  const local = add(instant, offsetAt(zone, millis) / 1000);
  return local === null ? null : dateTimeOfLocal(local, value.time);
}

export function addToTime(time: FeelTime, duration: DaysTimeDuration): FeelTime | null {
  const seconds = add(secondsWithNano(time.secondOfDay, time.nano), duration.seconds);
  if (seconds === null) return null;
  const { secondOfDay, nano } = splitSeconds(seconds);
  return clockOf(secondOfDay, nano, time);
}

/** An instant (ms since 1970) on the wall clock of a zone. */
export function dateTimeAt(millis: number, zone: string): FeelDateTime {
  const local = millis + offsetAt(zone, millis);
  const days = Math.floor(local / 86_400_000);
  const rest = local - days * 86_400_000;
  const date = civilFromDays(days);
  const like = zone === 'UTC' || zone === 'Z' ? MIDNIGHT_UTC : new FeelTime(0, 0, 0, 0, undefined, zone);
  return new FeelDateTime(new FeelDate(date.year, date.month, date.day), clockOf(Math.floor(rest / 1000), Math.floor(rest % 1000) * 1e6, like));
}
