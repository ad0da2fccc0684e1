/** The port of working-day calendars, by id, in the version in force. Implemented by server/calendars. */
import type { WorkingCalendar } from '../../engine/index.ts';

export interface Calendars {
  all(): Readonly<Record<string, WorkingCalendar>>;
}
