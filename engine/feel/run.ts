// One evaluation of an expression (DMN 1.5, 10.3.2.11, scope and context stack): what it reads, and how much it may still do.

import type { WorkingCalendar } from '../time/working-days.ts';
import type { Budget } from './budget.ts';
import { note } from './errors.ts';
import type { FeelErrorCode, FeelNote } from './errors.ts';

export interface FeelScope {
  /** The variable in its JSON form (or as a FEEL value); undefined when there is none of this name. */
  get(name: string): unknown;
}

export interface FeelClock {
  /** ISO 8601 UTC instant: what now() and today() say. */
  readonly now: string;
  /** IANA name: the zone of now() and today(). */
  readonly zone: string;
  /** For working days(); the one named 'default', else the first, is taken where none is named. */
  readonly calendars?: Readonly<Record<string, WorkingCalendar>>;
  /** Asked now and then whether the time for evaluating is over (docs/adr/0013); absent: only steps count. */
  readonly expired?: () => boolean;
}

export interface Run extends Budget {
  /** Where free names are looked up; a function brings the scope it was made in. */
  scope: FeelScope;
  readonly clock: FeelClock;
  /** Levels of the stack that functions and expressions under way may need. */
  depth: number;
  /** Null where nobody asked why. */
  readonly notes: FeelNote[] | null;
  /** How often a reason was given, told or not. */
  reasons: number;
}

/** Local names (iteration variables, parameters, entries above), innermost first. Never changed, so that functions can keep theirs. */
export interface Frame {
  readonly value: unknown;
  readonly up: Frame | null;
}

/** A compiled expression. */
export type Code = (run: Run, frame: Frame | null) => unknown;

export const DEFAULT_STEPS = 100_000;
/** Bound on what is nested in an evaluation, in levels of the stack: about half of what the usual stack of 1 MB holds. */
export const DEEPEST_CALLS = 2400;
const MOST_NOTES = 50;
/** Beyond, reasons are no longer put into words to see whether they are new. */
const MOST_REASONS = 1000;

interface At {
  readonly from: number;
  readonly to: number;
}

/** Evaluates with other variables. A throw ends the whole evaluation, so there is nothing to put back then. */
export function withScope<T>(run: Run, scope: FeelScope, body: () => T): T {
  const outer = run.scope;
  if (outer === scope) return body();
  run.scope = scope;
  const result = body();
  run.scope = outer;
  return result;
}

/** Notes why a value is null (only where someone asked, and the same at one place only once) and is that null. */
export function nullBecause(run: Run, at: At, code: FeelErrorCode, expected: string, actual: () => string): null {
  const { notes } = run;
  if (notes !== null && notes.length < MOST_NOTES && run.reasons < MOST_REASONS) {
    run.reasons += 1;
    const made = note(code, at.from, at.to, { expected, actual: actual() });
    // What has been claimed by an element of a decision model was said of another text.
    if (!notes.some((known) => known.from === made.from && known.message === made.message && !('element' in known))) notes.push(made);
  }
  return null;
}
