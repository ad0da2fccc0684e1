/** Why a case cannot be taken up again or does not belong to a batch. */
import { fill } from '../../engine/index.ts';
import { HttpFailure } from '../http/contract/failure.ts';

export const CASE_ERRORS = {
  CASE_NOT_OVER: { title: 'The case is not over', message: 'Expected case {id} to be over, but it is at work', hint: 'Cancel it first, or move it to the step where it shall go on.' },
  CASE_CALLED: { title: 'The case belongs to another one', message: 'Expected case {id} to stand by itself, but case {parent} called it', hint: 'Restart the case that called it.' },
  CASE_ERASED: { title: 'The content of the case was erased', message: 'Expected case {id} to hold what it held at its end, but its content was erased', hint: 'Start a new case and fill in its form.' },
  CASE_NOT_IN_VERSION: { title: 'The case does not belong to this batch', message: 'Expected case {id} to be at work in version {version} of {process}, but it is not', hint: 'Take it off the list of cases to be tried first.' },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly message: string; readonly hint: string }>>;

/** 409 with names in place of `{placeholders}`. */
export function caseFailure(code: keyof typeof CASE_ERRORS, values: Readonly<Record<string, string | number>>): HttpFailure {
  const { title, message, hint } = CASE_ERRORS[code];
  return new HttpFailure({ code, status: 409, title, message: fill(message, values), hint: fill(hint, values) });
}
