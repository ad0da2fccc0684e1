/**
 * Timer event definitions (BPMN 2.0.2, 10.5.5, timeDate / timeDuration / timeCycle): when a timer is due, and when it is due again.
 *
 * Due times are data in the log. A cycle counts from the moment it was armed, so it never drifts; after an outage an endless cycle
 * fires once for all it missed, a bounded one fires for each.
 */
import type { Expression } from '../bpmn/graph.ts';
import { asOf } from '../execution/decision.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { describe, evaluate } from '../execution/variables.ts';
import type { TimerScheduled } from '../events.ts';
import type { Facts, Json } from '../facts.ts';
import type { ElementInstance, Wait } from '../state.ts';
import { nextOccurrence, parseCycle } from '../time/cycle.ts';
import { addDuration, parseDuration } from '../time/duration.ts';
import { TimeError } from '../time/errors.ts';
import { parseInstant } from '../time/instant.ts';
import type { WorkingCalendar } from '../time/working-days.ts';

/** What TimerScheduled needs to know, without its ids. */
export type Due = Pick<TimerScheduled, 'dueAt' | 'cycle' | 'armedAt' | 'ordinal' | 'calendar'>;

export interface TimerDefinition {
  readonly timer: 'date' | 'duration' | 'cycle';
  readonly value: Expression;
  readonly calendar: string | undefined;
}

/** What a timer is counted from when that is not now; `happened`: of a cycle occurrences have happened, the next is the first after now. */
export interface Since {
  readonly at: string;
  readonly happened: boolean;
}

/** Schedules the timer of event `elementId` on behalf of `host`. */
export function armTimer(decision: Decision, elementId: string, definition: TimerDefinition, host: ElementInstance, part: number | undefined, since?: Since): void {
  const then = since === undefined || since.at === decision.facts.now ? decision : asOf(decision, since.at);
  const value = evaluate(then, host.id, definition.value, elementId);
  const first = firstDue(definition, value, then.facts, elementId);
  const due = since?.happened === true ? afterNow(decision.facts, first) : { ...first, ...(then !== decision && { armedAt: then.facts.now }) };
  if (due) decision.record({ type: 'TimerScheduled', id: decision.nextId(), element: host.id, elementId, ...due, ...(part !== undefined && { part }) });
}

/** Undefined when the cycle has no occurrence after now. */
function afterNow({ now, zone }: Facts, due: Due): Due | undefined {
  const cycle = due.cycle === undefined ? undefined : parseCycle(due.cycle);
  if (!cycle || due.armedAt === undefined) return due;
  const next = nextOccurrence(cycle, due.armedAt, now, zone);
  return next && { ...due, dueAt: next.at, ordinal: next.ordinal };
}

/** When a timer with the evaluated `value` is first due; Stuck when the value is no time. */
export function firstDue(definition: TimerDefinition, value: Json, facts: Facts, elementId: string): Due {
  const stuck = (got: string): Stuck => new Stuck('INCIDENT_TIMER', { source: definition.value.source, element: elementId, wanted: WANTED[definition.timer], got });
  const text = timeText(value);
  if (text === undefined) throw stuck(describe(value));
  if (definition.timer === 'date') {
    const dueAt = parseInstant(text, facts.zone);
    if (dueAt !== undefined) return { dueAt };
  } else if (definition.timer === 'duration') {
    const due = dueAfter(facts, text, definition.calendar, elementId);
    if (due) return due;
  } else {
    const cycle = parseCycle(text);
    const first = cycle && inTime(() => nextOccurrence(cycle, facts.now, undefined, facts.zone), (reason) => { throw stuck(reason); });
    if (first) return { dueAt: first.at, cycle: text, armedAt: facts.now, ordinal: first.ordinal };
  }
  throw stuck(text);
}

/** The instant `text` (ISO 8601 duration or working days) after now, with the calendar it was counted in. Undefined: not a duration. */
export function dueAfter({ now, zone, calendars }: Facts, text: string, calendarName: string | undefined, element: string): Pick<Due, 'dueAt' | 'calendar'> | undefined {
  const duration = parseDuration(text);
  if (!duration) return undefined;
  const calendar = duration.workingDays === undefined ? undefined : calendarOf(calendars, calendarName, element);
  const dueAt = inTime(() => addDuration(now, duration, zone, calendar), (reason) => {
    throw new Stuck('INCIDENT_TIMER', { source: text, element, wanted: WANTED.duration, got: reason });
  });
  return { dueAt, ...(calendar && { calendar: `${calendar.id}@${String(calendar.version)}` }) };
}

/** The working calendar named, or the only one, or Stuck. */
function calendarOf(calendars: Facts['calendars'], name: string | undefined, element: string): WorkingCalendar {
  const known = Object.keys(calendars);
  const chosen = name ?? (known.length === 1 ? known[0] : undefined);
  const calendar = chosen !== undefined && Object.hasOwn(calendars, chosen) ? calendars[chosen] : undefined;
  if (calendar) return calendar;
  throw new Stuck('INCIDENT_CALENDAR_UNKNOWN', { calendar: name ?? '(none named)', element, known: known.join(', ') || 'none' });
}

/** After a firing: the next one, or undefined; `missed` counts occurrences that are folded into the one that fires now. */
export function nextDue(wait: Pick<Extract<Wait, { kind: 'timer' }>, 'dueAt' | 'cycle'>, now: string, zone: string): { readonly next: Due | undefined; readonly missed: number } {
  if (!wait.cycle) return { next: undefined, missed: 0 };
  const { text, armedAt, ordinal } = wait.cycle;
  const cycle = parseCycle(text);
  if (!cycle) return { next: undefined, missed: 0 };
  const endless = cycle.kind === 'cron' || cycle.repetitions === undefined;
  const after = endless && now > wait.dueAt ? now : wait.dueAt;
  // Beyond the end of the calendar a cycle has no next time.
  const next = inTime(() => nextOccurrence(cycle, armedAt, after, zone), () => undefined);
  if (!next) return { next: undefined, missed: 0 };
  const missed = endless ? Math.max(0, next.ordinal - ordinal - 1) : 0;
  return { next: { dueAt: next.at, cycle: text, armedAt, ordinal: next.ordinal }, missed };
}

const WANTED = {
  date: 'a date and time such as 2026-01-05T09:00:00Z',
  duration: 'a duration such as P3D, PT24H or P5BD',
  cycle: 'a repetition such as R3/PT10S or a cron expression',
} as const;

/** What `compute` gives; when the calendar cannot express it, what `otherwise` makes of the reason. */
function inTime<T>(compute: () => T, otherwise: (reason: string) => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof TimeError) return otherwise(error.message);
    throw error;
  }
}

function timeText(value: Json): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'object' && value !== null && 'v' in value && typeof value.v === 'string') return value.v;
  return undefined;
}
