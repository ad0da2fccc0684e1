// The failures of FEEL (DMN 1.5, clause 10): what keeps an expression from compiling, what stops an evaluation, and why a result is null.

/** Each code of this room with the hint for the author of the expression. */
export const feelErrors = {
  FEEL_SYNTAX: 'Check brackets, quotes and operators around this place; text stands in double quotes, names with special characters must be declared.',
  FEEL_TOO_LONG: 'Move parts of the expression into decisions or functions of their own.',
  FEEL_TOO_DEEP: 'Break the nesting up: give inner parts a name in a context, or make them functions.',
  FEEL_BUDGET: 'The evaluation does too much work: shorten the lists and ranges it goes through, or raise the limit.',
  FEEL_DEPTH: 'A function calls itself too many times: give the recursion an end that is reached earlier.',
  FEEL_UNKNOWN_NAME: 'Set this variable before the expression is evaluated, or correct its name.',
  FEEL_UNKNOWN_FUNCTION: 'Use a function of DMN 1.5, or one defined in this model.',
  FEEL_TYPE: 'Convert the value first, for example with number(), string() or date().',
  FEEL_ARGUMENT: 'Give the function the arguments it declares, in their order or all by name.',
  FEEL_NO_RESULT: 'The operation has no value for these operands; FEEL makes it null.',
} as const;

export type FeelErrorCode = keyof typeof feelErrors;

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

/** Thrown where an evaluation must stop: FEEL_BUDGET and FEEL_DEPTH. Everything else FEEL answers with null. */
export class FeelError extends Error {
  readonly code: FeelErrorCode;
  readonly hint: string;

  constructor(code: FeelErrorCode, expected: string, actual: string) {
    super(`Expected ${expected}, but ${actual}`);
    this.name = 'FeelError';
    this.code = code;
    this.hint = feelErrors[code];
  }
}

export function positionIn(source: string, from: number, to: number): Position {
  let line = 1;
  let start = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < from; at = source.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { from, to, line, column: from - start + 1 };
}

export function problem(code: FeelErrorCode, source: string, from: number, to: number, expected: string, actual: string): FeelProblem {
  return { code, message: `Expected ${expected}, but ${actual}`, hint: feelErrors[code], position: positionIn(source, from, to) };
}
