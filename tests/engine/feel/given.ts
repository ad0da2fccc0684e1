// Shorthands of the FEEL tests: an expression, the variables it sees, a fixed clock.

import { compileFeel } from '../../../engine/feel/compile.ts';
import type { CompiledFeel, FeelClock, FeelOptions } from '../../../engine/feel/compile.ts';

export const CLOCK: FeelClock = { now: '2026-01-05T09:00:00Z', zone: 'America/St_Lucia' };

export type Variables = Readonly<Record<string, unknown>>;

export function scopeOf(variables: Variables): { get(name: string): unknown } {
  return { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) };
}

export function compiled(source: string, options: FeelOptions = {}): CompiledFeel {
  const feel = compileFeel(source, options);
  if ('code' in feel) throw new Error(`${source.slice(0, 200)}: ${feel.code} ${feel.message}`);
  return feel;
}

/** The value in JSON form; every variable is declared. */
export function feel(source: string, variables: Variables = {}, clock: FeelClock = CLOCK): unknown {
  return compiled(source, { names: Object.keys(variables) }).evaluate(scopeOf(variables), clock);
}

/** Unary tests on a value. */
export function matches(tests: string, input: unknown, variables: Variables = {}): unknown {
  return compiled(tests, { unaryTests: true, names: Object.keys(variables) }).evaluate(scopeOf({ ...variables, '?': input }), CLOCK);
}
