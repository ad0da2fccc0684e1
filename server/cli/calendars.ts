/** The working calendars that come with the server: what the command line counts working days in. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkingCalendar } from '../../engine/index.ts';
import { asObject, readJson } from './options.ts';

const SHIPPED = fileURLToPath(new URL('../calendars', import.meta.url));

/** By id, from the JSON files of a folder. */
export function readCalendars(folder: string = SHIPPED): Record<string, WorkingCalendar> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  // A file is the first version of its calendar.
  const calendars = files.map((name) => ({ version: 1, ...asObject(readJson(`@${join(folder, name)}`, name), name) }) as WorkingCalendar);
  return Object.fromEntries(calendars.map((calendar) => [calendar.id, calendar]));
}
