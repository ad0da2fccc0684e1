// Time zones of the IANA database: the offset from UTC at an instant, and the instant of a local time (ISO 8601-1:2019, 4.3.13; RFC 9557).

import { civilFromDays, daysFromCivil } from './civil.ts';
import { TimeError } from './errors.ts';

export const DAY_MS = 86_400_000;
const FIXED_OFFSET = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/;
const LONG_OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;
// Beyond these years the zone rules of the outermost year are continued: no zone database knows more.
const FIRST_YEAR = 1800;
const LAST_YEAR = 2500;
const PROBE_MS = 7 * DAY_MS;

interface Transition {
  /** First instant (ms) at which the offset holds. */
  readonly from: number;
  readonly offset: number;
}

interface Zone {
  readonly fixed: number | undefined;
  readonly format: Intl.DateTimeFormat | undefined;
  readonly years: Map<number, readonly Transition[]>;
}

const zones = new Map<string, Zone | null>();

function offsetMillis(match: RegExpExecArray): number {
  if (match[1] === undefined) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return (match[1] === '-' ? -seconds : seconds) * 1000;
}

/** A text and the zone that is named behind it, `@Europe/Berlin` or `[Europe/Berlin]` (RFC 9557); whether there is such a zone is not asked. */
export function splitZone(text: string): { readonly before: string; readonly zone: string | undefined } {
  const match = /^(.*?)(?:@([^@[\]]+)|\[([^@[\]]+)\])?$/.exec(text);
  return { before: match?.[1] ?? '', zone: match?.[2] ?? match?.[3] };
}

function openZone(name: string): Zone | null {
  if (name === 'Z' || name === 'UTC' || name === 'Etc/UTC') return { fixed: 0, format: undefined, years: new Map() };
  const fixed = FIXED_OFFSET.exec(name);
  if (fixed !== null) {
    const offset = offsetMillis(fixed);
    return Math.abs(offset) > 18 * 3_600_000 || Number(fixed[3]) > 59 || Number(fixed[4] ?? 0) > 59 ? null : { fixed: offset, format: undefined, years: new Map() };
  }
  try {
    return { fixed: undefined, format: new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }), years: new Map() };
  } catch {
    return null;
  }
}

function lookUp(name: string): Zone | null {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = openZone(name);
    // Names come from models and documents: a hostile stream of them must not grow the table for ever.
    if (zones.size > 2000) zones.clear();
    zones.set(name, zone);
  }
  return zone;
}

function requireZone(name: string): Zone {
  const zone = lookUp(name);
  if (zone === null) throw new TimeError('TIME_ZONE_UNKNOWN', { zone: name });
  return zone;
}

export function isZone(name: string): boolean {
  return lookUp(name) !== null;
}

function askOffset(format: Intl.DateTimeFormat, millis: number): number {
  const match = LONG_OFFSET.exec(format.format(millis));
  return match === null ? 0 : offsetMillis(match);
}

/** The offsets of one year (UTC), each with the instant it begins at. */
function transitionsOf(zone: Zone, format: Intl.DateTimeFormat, year: number): readonly Transition[] {
  const known = zone.years.get(year);
  if (known !== undefined) return known;
  const begin = daysFromCivil(year, 1, 1) * DAY_MS;
  const end = daysFromCivil(year + 1, 1, 1) * DAY_MS;
  const found: Transition[] = [{ from: begin, offset: askOffset(format, begin) }];
  let offset = found[0]!.offset;
  for (let at = begin; at < end; at += PROBE_MS) {
    const probe = Math.min(at + PROBE_MS, end - 1);
    const next = askOffset(format, probe);
    if (next === offset) continue;
    let low = at;
    let high = probe;
    while (high - low > 1000) {
      const middle = low + Math.floor((high - low) / 2000) * 1000;
      if (askOffset(format, middle) === offset) low = middle;
      else high = middle;
    }
    found.push({ from: Math.floor(high / 1000) * 1000, offset: next });
    offset = next;
  }
  zone.years.set(year, found);
  return found;
}

function yearOf(millis: number): number {
  return civilFromDays(Math.floor(millis / DAY_MS)).year;
}

function transitionAt(zone: Zone, millis: number): Transition {
  if (zone.format === undefined) return { from: -Infinity, offset: zone.fixed ?? 0 };
  const year = yearOf(millis);
  const clamped = Math.min(Math.max(year, FIRST_YEAR), LAST_YEAR);
  const list = transitionsOf(zone, zone.format, clamped);
  let at = list.length - 1;
  if (clamped === year) while (at > 0 && list[at]!.from > millis) at--;
  else at = year < clamped ? 0 : at;
  return list[at]!;
}

/** Offset from UTC in ms at an instant; throws TIME_ZONE_UNKNOWN. */
export function offsetAt(zone: string, millis: number): number {
  return transitionAt(requireZone(zone), millis).offset;
}

/** Local time as ms of a calendar without zone (the wall clock read as if it were UTC). */
export function localFromMillis(millis: number, zone: string): number {
  return millis + offsetAt(zone, millis);
}

/**
 * The instant of a wall clock time. A time the clock skips is the first instant after the gap;
 * a time the clock shows twice is the earlier one.
 */
export function millisFromLocal(local: number, zone: string): number {
  const rules = requireZone(zone);
  const before = transitionAt(rules, local - DAY_MS).offset;
  const after = transitionAt(rules, local + DAY_MS).offset;
  if (before === after) {
    const instant = local - before;
    if (transitionAt(rules, instant).offset === before) return instant;
  }
  const early = local - Math.max(before, after);
  const late = local - Math.min(before, after);
  if (early + transitionAt(rules, early).offset === local) return early;
  if (late + transitionAt(rules, late).offset === local) return late;
  return transitionAt(rules, late).from;
}
