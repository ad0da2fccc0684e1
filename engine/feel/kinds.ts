// The kinds of FEEL values and how they are named to people (DMN 1.5, 10.3.2.2 and 10.3.2.9).

import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { isDecimal } from './number.ts';
import { FeelDate, FeelDateTime, FeelTime } from './temporal.ts';
import { FeelFunction, FeelRange } from './values.ts';

export type Kind =
  | 'null'
  | 'number'
  | 'string'
  | 'boolean'
  | 'date'
  | 'time'
  | 'date and time'
  | 'days and time duration'
  | 'years and months duration'
  | 'list'
  | 'context'
  | 'range'
  | 'function';

export function kindOf(value: unknown): Kind {
  switch (typeof value) {
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (isDecimal(value)) return 'number';
  if (value instanceof FeelDate) return 'date';
  if (value instanceof FeelDateTime) return 'date and time';
  if (value instanceof FeelTime) return 'time';
  if (value instanceof DaysTimeDuration) return 'days and time duration';
  if (value instanceof YearsMonthsDuration) return 'years and months duration';
  if (value instanceof FeelRange) return 'range';
  if (value instanceof FeelFunction) return 'function';
  return 'context';
}

/** `a number`, `null`: for messages. */
export function describe(value: unknown): string {
  const kind = kindOf(value);
  return kind === 'null' ? 'null' : `a ${kind}`;
}
