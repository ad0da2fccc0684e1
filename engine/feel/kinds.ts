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

/** Two values that an operation has no answer for: `they are a date and a number`. Of two times it matters which of them has a zone. */
export function describeBoth(left: unknown, right: unknown): string {
  const isLocal = (value: unknown): boolean | undefined => (value instanceof FeelTime ? value.isLocal : value instanceof FeelDateTime ? value.time.isLocal : undefined);
  const place = (value: unknown): string => (isLocal(left) === undefined || isLocal(right) === undefined || isLocal(left) === isLocal(right) ? '' : isLocal(value) === true ? ' without a zone' : ' with a zone or offset');
  return `they are ${describe(left)}${place(left)} and ${describe(right)}${place(right)}`;
}

/** `a number`, `null`: for messages. */
export function describe(value: unknown): string {
  const kind = kindOf(value);
  return kind === 'null' ? 'null' : `a ${kind}`;
}
