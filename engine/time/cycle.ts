// Repeating time (BPMN 2.0.2, 10.5.5 timeCycle): repeating intervals of ISO 8601-1:2019, 5.6, and cron expressions, each in a named zone if it names one.

import { nextCron, parseCron } from './cron.ts';
import type { CronFields } from './cron.ts';
import { addDuration, isZeroDuration, multiplyDuration, parseDuration } from './duration.ts';
import type { Duration } from './duration.ts';
import { instantFromMillis, millisFromInstant, parseInstant } from './instant.ts';
import { isZone, splitZone } from './zone.ts';

export interface RepeatingInterval {
  readonly kind: 'interval';
  /** Undefined: without end. */
  readonly repetitions: number | undefined;
  /** As written; read in the zone it names, else in that the occurrences are asked for. Undefined: the cycle begins when it is armed. */
  readonly start: string | undefined;
  readonly interval: Duration;
  /** Named behind the start (RFC 9557): days and months are counted in it. */
  readonly zone: string | undefined;
}

export interface CronCycle {
  readonly kind: 'cron';
  readonly fields: CronFields;
  /** Named behind the expression. */
  readonly zone: string | undefined;
}

export type Cycle = RepeatingInterval | CronCycle;

export interface Occurrence {
  /** ISO 8601 UTC instant. */
  readonly at: string;
  /** 1 for the first occurrence of the cycle; the difference of two is how many were missed in between. Always 0 for cron. */
  readonly ordinal: number;
}

const REPEATING = /^R(\d{0,9})\/(?:(.+)\/)?(P[^/]+)$/;

function cronCycle(text: string): CronCycle | undefined {
  const { before, zone } = splitZone(text);
  // `@daily` is no zone.
  const isNamed = zone !== undefined && isZone(zone);
  const fields = parseCron(isNamed ? before.trim() : text);
  return fields && { kind: 'cron', fields, zone: isNamed ? zone : undefined };
}

/** Undefined when the text is neither a repeating interval nor a cron expression. */
export function parseCycle(text: string): Cycle | undefined {
  const trimmed = text.trim();
  const match = REPEATING.exec(trimmed);
  if (match === null) return cronCycle(trimmed);
  const interval = parseDuration(match[3]!);
  const start = match[2];
  if (interval === undefined || interval.workingDays !== undefined || isZeroDuration(interval)) return undefined;
  if (interval.months < 0 || interval.days < 0 || interval.millis < 0) return undefined;
  if (start !== undefined && parseInstant(start, 'UTC') === undefined) return undefined;
  return { kind: 'interval', repetitions: match[1] === '' ? undefined : Number(match[1]), start, interval, zone: start === undefined ? undefined : splitZone(start.trim()).zone };
}

/** The instant of occurrence number `ordinal`: always counted from the beginning, so that nothing drifts. */
function occurrenceAt(cycle: RepeatingInterval, begin: string, ordinal: number, zone: string): string {
  // With a start of its own the first occurrence is the start; without one the first interval has to pass.
  const intervals = cycle.start === undefined ? ordinal : ordinal - 1;
  return intervals === 0 ? begin : addDuration(begin, multiplyDuration(cycle.interval, intervals), zone);
}

/**
 * The first occurrence later than `after`; without `after` the first one at or after `armedAt`.
 * `armedAt`, `after`: ISO 8601 UTC instants; `fallback`: the zone of a cycle that names none. Undefined when none is left.
 */
export function nextOccurrence(cycle: Cycle, armedAt: string, after: string | undefined, fallback: string): Occurrence | undefined {
  const zone = cycle.zone ?? fallback;
  if (cycle.kind === 'cron') {
    const at = nextCron(cycle.fields, after === undefined ? millisFromInstant(armedAt) - 1 : millisFromInstant(after), zone);
    return at === undefined ? undefined : { at: instantFromMillis(at), ordinal: 0 };
  }
  const begin = cycle.start === undefined ? armedAt : parseInstant(cycle.start, zone);
  if (begin === undefined) return undefined;
  const limit = after === undefined ? millisFromInstant(armedAt) - 1 : millisFromInstant(after);
  const average = cycle.interval.months * 2_629_746_000 + cycle.interval.days * 86_400_000 + cycle.interval.millis;
  // The estimate may be off by the unevenness of months and clock changes; start a little before it and step up.
  const elapsed = limit - millisFromInstant(begin);
  const slack = cycle.interval.months === 0 && cycle.interval.days === 0 ? 0 : 4 * 86_400_000;
  let ordinal = Math.max(1, Math.floor((elapsed - slack) / average));
  for (; cycle.repetitions === undefined || ordinal <= cycle.repetitions; ordinal++) {
    const at = occurrenceAt(cycle, begin, ordinal, zone);
    if (millisFromInstant(at) > limit) return { at, ordinal };
  }
  return undefined;
}
