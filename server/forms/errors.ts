/** The findings about a form schema: why a form is refused at deployment ("refuse, never ignore"). */
import { fill } from '../../engine/index.ts';
import type { Problem } from '../../engine/index.ts';

/** `{name}` is filled in by {@link formProblem}. */
export const FORM_ERRORS = {
  FORM_SCHEMA_INVALID: { message: 'Expected a form-js schema, but {found}', hint: 'A form is an object with type "default", an id and a list of components.' },
  FORM_COMPONENT_INVALID: { message: 'Expected component {id} to be an object with a type, but {found}', hint: 'Remove it, or make it again in the form designer.' },
  FORM_COMPONENT_UNKNOWN: { message: 'Expected a component that can be shown, but {id} is of type {found}', hint: 'Use one of {known}.' },
  FORM_PROPERTY_UNKNOWN: { message: 'Expected only properties that have an effect, but {id} ({type}) has {property}', hint: 'Remove it: it would be ignored.' },
  FORM_PROPERTY_INVALID: { message: 'Expected {property} of {id} to be {expected}, but it is {found}', hint: 'Correct the value in the form designer.' },
  FORM_KEY_INVALID: { message: 'Expected {id} to have a key of letters, digits and underscores, but it is {found}', hint: 'The key is the name of the variable the answer is kept under.' },
  FORM_KEY_TWICE: { message: 'Expected every key once, but {id} repeats {key}', hint: 'Give one of the fields another key.' },
  FORM_PATTERN_INVALID: { message: 'Expected validate.pattern of {id} to be a regular expression without look-around and back-references, but it is {found}', hint: 'Write it with plain groups; it is searched for anywhere in the text unless it has ^ and $.' },
  FORM_CONDITION_INVALID: { message: 'Expected conditional.hide of {id} to be a FEEL expression, but {found}', hint: 'Start it with =, for example =leaveType != "sick".' },
} as const satisfies Record<string, { readonly message: string; readonly hint: string }>;

export type FormCode = keyof typeof FORM_ERRORS;

export function formProblem(code: FormCode, elementId: string, values: Readonly<Record<string, string>>): Problem {
  const entry = FORM_ERRORS[code];
  return { code, severity: 'error', elementId, line: 1, message: fill(entry.message, values), hint: fill(entry.hint, values), clause: 'form-js schema' };
}
