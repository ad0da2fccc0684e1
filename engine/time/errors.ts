// The failures of dates and times: one row per reason an operation of this room cannot give an answer (ISO 8601-1:2019).

/** Codes this room throws with, each with the hint its reader needs. */
export const timeErrors = {
  TIME_INSTANT_INVALID: 'An instant is an ISO 8601 date and time in UTC, for example 2026-01-05T09:00:00Z.',
  TIME_ZONE_UNKNOWN: 'Use a name of the IANA time zone database, for example America/St_Lucia, or an offset, for example +02:00.',
  TIME_OUT_OF_RANGE: 'Instants reach from the year -9999 to the year 9999.',
  TIME_CALENDAR_MISSING: 'A duration in working days (PnBD) is counted on a working calendar: name one.',
  TIME_CALENDAR_INVALID: 'A working calendar has opening hours as HH:MM, weekend days from 1 (Monday) to 7 (Sunday), holidays as YYYY-MM-DD, and at least one working day.',
} as const;

export type TimeErrorCode = keyof typeof timeErrors;

/** Thrown when an argument makes no answer possible; parsers return undefined instead. */
export class TimeError extends Error {
  readonly code: TimeErrorCode;
  readonly hint: string;

  constructor(code: TimeErrorCode, expected: string, actual: string) {
    super(`Expected ${expected}, but ${actual}`);
    this.name = 'TimeError';
    this.code = code;
    this.hint = timeErrors[code];
  }
}
