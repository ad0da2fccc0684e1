// The failures of dates and times: one row per reason an operation of this room cannot give an answer (ISO 8601-1:2019).

import { fill } from '../errors.ts';

/** Codes this room throws with, what they say, and the hint their reader needs. */
export const TIME_ERRORS = {
  TIME_INSTANT_INVALID: {
    message: "Expected an instant such as 2026-01-05T09:00:00Z, but '{text}' is none",
    hint: 'An instant is an ISO 8601 date and time in UTC.',
  },
  TIME_ZONE_UNKNOWN: {
    message: "Expected the name of a time zone, but '{zone}' is none",
    hint: 'Use a name of the IANA time zone database, for example America/St_Lucia, or an offset, for example +02:00.',
  },
  TIME_OUT_OF_RANGE: {
    message: 'Expected an instant between the years -9999 and 9999, but {what} lies outside',
    hint: 'Check the duration: it is probably far longer than meant.',
  },
  TIME_CALENDAR_MISSING: {
    message: 'Expected a working calendar to count {duration} on, but none was given',
    hint: 'A duration in working days (PnBD) is counted on a working calendar: name one.',
  },
  TIME_CALENDAR_INVALID: {
    message: 'Expected working calendar {calendar} to have {expected}, but {actual}',
    hint: 'A calendar has opening hours as HH:MM, weekend days from 1 (Monday) to 7 (Sunday), holidays as YYYY-MM-DD, and at least one working day.',
  },
  TIME_DATE_INVALID: {
    message: "Expected a date as YYYY-MM-DD, but '{text}' is none",
    hint: 'Write the year with four digits, month and day with two.',
  },
} as const;

export type TimeErrorCode = keyof typeof TIME_ERRORS;

/** Thrown when an argument makes no answer possible; parsers return undefined instead. */
export class TimeError extends Error {
  override readonly name = 'TimeError';
  readonly code: TimeErrorCode;
  readonly hint: string;

  constructor(code: TimeErrorCode, values: Readonly<Record<string, string | number>>) {
    super(fill(TIME_ERRORS[code].message, values));
    this.code = code;
    this.hint = TIME_ERRORS[code].hint;
  }
}
