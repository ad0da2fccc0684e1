/** Why a scenario cannot be played to its end: the words of `piton run` and walk.json when they do not fit the cases. */
import { fill } from '../errors.ts';

export const SCENARIO_ERRORS = {
  RUN_STEP_UNKNOWN: { message: 'Expected step {number} to be one of claim, complete, failJob, throwError, message, signal, condition, advance, but it is {step}', hint: 'See the README of the command line for the words of a step.' },
  RUN_NOTHING_WAITS: { message: 'Expected {element} to wait in step {number}, but {waiting}', hint: 'Check the order of the steps and the outcomes before it.' },
  RUN_STEP_REFUSED: { message: 'Expected step {number} to be accepted, but {reason}', hint: 'Correct the step. A task with a listener of assigning is claimed first (claim), then its listener completed, then the task.' },
  RUN_ENDLESS: { message: 'Expected the cases to come to rest, but {reason}', hint: 'Break the circle in the model: a case that calls or messages itself, or a timer of no length in a loop.' },
  RUN_TIME_INVALID: { message: 'Expected {what} to be {wanted}, but it is {got}', hint: 'Write a duration such as PT65S or P3D, or an instant such as 2026-01-05T09:00:00Z.' },
} as const;

/** A step that cannot be done, or a world that does not come to rest; `code` from SCENARIO_ERRORS. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code: keyof typeof SCENARIO_ERRORS;
  readonly hint: string;

  constructor(code: keyof typeof SCENARIO_ERRORS, values: Readonly<Record<string, string | number>>) {
    super(fill(SCENARIO_ERRORS[code].message, values));
    this.code = code;
    this.hint = SCENARIO_ERRORS[code].hint;
  }
}
