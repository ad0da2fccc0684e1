// Calling functions (DMN 1.5, 10.3.2.13.2): arguments by position or name, converted to the declared types.

import { refuseDepth, spend } from './budget.ts';
import { describe } from './kinds.ts';
import { DEEPEST_CALLS, nullBecause } from './run.ts';
import type { Run } from './run.ts';
import { FeelFunction } from './values.ts';
import type { FeelParameter } from './values.ts';

interface At {
  readonly from: number;
  readonly to: number;
}

/** Arguments in the order of the parameters; undefined when a name is not a parameter's. */
export function orderArguments(parameters: readonly FeelParameter[], names: readonly string[], values: readonly unknown[]): unknown[] | undefined {
  const ordered: unknown[] = new Array<unknown>(parameters.length).fill(undefined);
  for (let i = 0; i < names.length; i++) {
    const at = parameters.findIndex((parameter) => parameter.name === names[i]);
    if (at < 0) return undefined;
    ordered[at] = values[i];
  }
  return ordered;
}

/** What a call gave instead: `there are 3`, `they are named a, b`. */
export function givenWords(count: number, names: readonly string[] | undefined): string {
  if (names !== undefined) return count === 1 ? `it is named ${names[0]!}` : `they are named ${names.join(', ')}`;
  return count === 0 ? 'there are none' : count === 1 ? 'there is one' : `there are ${count}`;
}

function signature(parameters: readonly FeelParameter[]): string {
  return `(${parameters.map((parameter) => parameter.name).join(', ')})`;
}

/** Calls a function value. `names` is undefined for arguments by position. */
export function callFunction(callee: unknown, values: readonly unknown[], names: readonly string[] | undefined, run: Run, at: At): unknown {
  if (!(callee instanceof FeelFunction)) return nullBecause(run, at, 'FEEL_UNKNOWN_FUNCTION', 'a function to call', () => `it is ${describe(callee)}`);
  spend(run, 1);
  if (callee.invokeRaw !== undefined) return callee.invokeRaw(values, names, run as never, at);
  const { parameters } = callee;
  const ordered = names === undefined ? values : orderArguments(parameters, names, values);
  if (ordered === undefined || ordered.length !== parameters.length || ordered.includes(undefined)) {
    return nullBecause(run, at, 'FEEL_ARGUMENT', `the arguments ${signature(parameters)}`, () => givenWords(values.length, names));
  }
  const accepted: unknown[] = [];
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i]!;
    const value = parameter.accept === undefined ? ordered[i] : parameter.accept(ordered[i], run);
    if (value === undefined) return nullBecause(run, at, 'FEEL_ARGUMENT', `an argument of the declared type for '${parameter.name}'`, () => `it is ${describe(ordered[i])}`);
    accepted.push(value);
  }
  return callee.invoke(accepted, run as never);
}

/** Levels of the stack a call takes besides its body. */
export const CALL_LEVELS = 8;

/** Runs something that may go `levels` deep on the stack. */
export function deeper<T>(run: Run, levels: number, body: () => T): T {
  run.depth += levels;
  if (run.depth > DEEPEST_CALLS) refuseDepth('function calls', DEEPEST_CALLS);
  const result = body();
  run.depth -= levels;
  return result;
}
