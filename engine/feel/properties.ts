// The properties of dates, times, durations and ranges (DMN 1.5, table 65): `date.year`, `duration.hours`, `range.start`.

import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { canonical, decimal } from './number.ts';
import { FeelDate, FeelDateTime, FeelTime, offsetOf } from './temporal.ts';
import { FeelRange } from './values.ts';

function ofDate(date: FeelDate, name: string): unknown {
  switch (name) {
    case 'year':
      return date.year;
    case 'month':
      return date.month;
    case 'day':
      return date.day;
    case 'weekday':
      return date.weekday;
    default:
      return undefined;
  }
}

function ofTime(time: FeelTime, name: string, offset: number | undefined): unknown {
  switch (name) {
    case 'hour':
      return time.hour;
    case 'minute':
      return time.minute;
    case 'second':
      return time.nano === 0 ? time.second : canonical(decimal(time.nano).div(1e9).plus(time.second));
    case 'time offset':
      return offset === undefined ? null : new DaysTimeDuration(offset);
    case 'timezone':
      return time.zone ?? null;
    default:
      return undefined;
  }
}

/** Undefined when the value has no property of this name. */
export function propertyOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (value instanceof FeelDate) return ofDate(value, name);
  if (value instanceof FeelTime) return ofTime(value, name, value.offset);
  if (value instanceof FeelDateTime) return ofDate(value.date, name) ?? ofTime(value.time, name, offsetOf(value));
  if (value instanceof YearsMonthsDuration) return name === 'years' ? value.years : name === 'months' ? value.restMonths : undefined;
  if (value instanceof DaysTimeDuration) {
    const parts = value.parts;
    return name === 'days' || name === 'hours' || name === 'minutes' || name === 'seconds' ? parts[name] : undefined;
  }
  if (value instanceof FeelRange) {
    switch (name) {
      case 'start':
        return value.start;
      case 'end':
        return value.end;
      case 'start included':
        return value.startIncluded;
      case 'end included':
        return value.endIncluded;
      default:
        return undefined;
    }
  }
  return undefined;
}
