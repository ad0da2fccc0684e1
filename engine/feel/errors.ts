// The failures of FEEL (DMN 1.5, clause 10): what keeps an expression from compiling, what stops an evaluation, and why a result is null.

import { fill } from '../errors.ts';

// Most reasons are made up where they arise: the author needs the operator, the types and the names at that place.
const MADE_UP = 'Expected {expected}, but {actual}';

/** Each code of this room, what it says, and the hint for the author of the expression. */
export const FEEL_ERRORS = {
  FEEL_SYNTAX: { message: MADE_UP, hint: 'Check brackets, quotes and operators around this place; text stands in double quotes, names with special characters must be declared.' },
  FEEL_TOO_LONG: { message: 'Expected at most {limit} characters, but the expression has {length}', hint: 'Move parts of the expression into decisions or functions of their own.' },
  FEEL_TOO_DEEP: { message: 'Expected at most {limit} levels of nesting, but the expression has more', hint: 'Break the nesting up: give inner parts a name in a context, or make them functions.' },
  FEEL_EXTERNAL: { message: 'Expected a function written in FEEL, but it is external', hint: 'Write the function in FEEL; functions in foreign languages are never executed.' },
  FEEL_BUDGET: { message: 'Expected an evaluation within its step budget, but it takes more steps', hint: 'The evaluation does too much work: shorten the lists and ranges it goes through, or raise the limit.' },
  FEEL_TIME: { message: 'Expected an evaluation within its time, but it takes longer on this machine', hint: 'Shorten the lists and texts it goes through; on a machine that was busy, try it again.' },
  FEEL_DEPTH: { message: 'Expected {what} of at most {limit} levels, but there are more', hint: 'Give a recursion an end that is reached earlier; build flatter lists and contexts.' },
  FEEL_UNKNOWN_NAME: { message: MADE_UP, hint: 'Set this variable before the expression is evaluated, or correct its name.' },
  FEEL_UNKNOWN_FUNCTION: { message: MADE_UP, hint: 'Use a function of DMN 1.5, or one defined in this model.' },
  FEEL_TYPE: { message: MADE_UP, hint: 'Convert the value first, for example with number(), string() or date().' },
  FEEL_ARGUMENT: { message: MADE_UP, hint: 'Give the function the arguments it declares, in their order or all by name.' },
  FEEL_NO_RESULT: { message: MADE_UP, hint: 'The operation has no value for these operands; FEEL makes it null.' },
} as const;

export type FeelErrorCode = keyof typeof FEEL_ERRORS;

export interface Position {
  /** Offsets in UTF-16 units, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** 1 for the first. */
  readonly line: number;
  readonly column: number;
}

/** Why a source text is not an expression. */
export interface FeelProblem {
  readonly code: FeelErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly position: Position;
}

/** Why a part of an expression became null. */
export interface FeelNote {
  readonly code: FeelErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly from: number;
  readonly to: number;
}

type Values = Readonly<Record<string, string | number>>;

/** Thrown where an evaluation must stop: FEEL_BUDGET, FEEL_TIME and FEEL_DEPTH. Everything else FEEL answers with null. */
export class FeelError extends Error {
  override readonly name = 'FeelError';
  readonly code: FeelErrorCode;
  readonly hint: string;

  constructor(code: FeelErrorCode, values: Values = {}) {
    super(fill(FEEL_ERRORS[code].message, values));
    this.code = code;
    this.hint = FEEL_ERRORS[code].hint;
  }
}

function positionIn(source: string, from: number, to: number): Position {
  let line = 1;
  let start = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < from; at = source.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { from, to, line, column: from - start + 1 };
}

export function problem(code: FeelErrorCode, source: string, from: number, to: number, values: Values): FeelProblem {
  return { code, message: fill(FEEL_ERRORS[code].message, values), hint: FEEL_ERRORS[code].hint, position: positionIn(source, from, to) };
}

export function note(code: FeelErrorCode, from: number, to: number, values: Values): FeelNote {
  return { code, message: fill(FEEL_ERRORS[code].message, values), hint: FEEL_ERRORS[code].hint, from, to };
}
