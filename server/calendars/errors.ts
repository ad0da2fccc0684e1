/** Why a working calendar is refused: the table of codes. */
import { fill } from '../../engine/index.ts';
import type { Refusal } from '../runtime/types.ts';

export const CALENDAR_ERRORS = {
  CALENDAR_ZONE_UNKNOWN: { message: 'Expected the name of a time zone, but {zone} is none', hint: 'Use an IANA name such as America/St_Lucia.' },
  CALENDAR_HOURS: { message: 'Expected the office to close after it opens, but it opens at {opens} and closes at {closes}', hint: 'Correct the hours.' },
  CALENDAR_DAY_TWICE: { message: 'Expected every holiday once, but {date} is there twice', hint: 'Join the two rows; a day has one name.' },
  CALENDAR_UNCHANGED: { message: 'Expected a change of calendar {id}, but version {version} is the same', hint: 'Nothing has to be done.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

/** A refusal of the table; `values` fill the placeholders of its message. */
export function refusal(code: keyof typeof CALENDAR_ERRORS, values: Readonly<Record<string, string | number>>): Refusal {
  const { message, hint } = CALENDAR_ERRORS[code];
  return { code, hint, message: fill(message, values) };
}
