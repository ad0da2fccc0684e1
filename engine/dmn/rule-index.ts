// Which rules of a decision table can match at all (DMN 1.5, 8.3.3): columns that only name values are looked up, not scanned.

import type { CompiledFeel } from '../feel/compile.ts';

export interface RuleIndex {
  /** Indexes from 0, ascending: every rule that matches is among them. */
  candidates(values: readonly unknown[]): readonly number[];
}

interface Column {
  readonly input: number;
  /** Rules that accept a value, and those that accept whatever it is, together in order. */
  readonly byValue: ReadonlyMap<unknown, readonly number[]>;
  readonly others: readonly number[];
}

/** Below this the plain scan is as fast. */
const SMALLEST_INDEXED = 16;

function columnOf(input: number, tests: readonly (CompiledFeel | undefined)[]): Column | undefined {
  const constants = tests.map((test) => test?.constants);
  const values = new Set(constants.flatMap((list) => list ?? []));
  // A column mostly of ranges and expressions narrows nothing down.
  if (values.size < 4) return undefined;
  const others: number[] = [];
  const byValue = new Map<unknown, number[]>([...values].map((value) => [value, []]));
  for (const [rule, list] of constants.entries()) {
    if (list === undefined) {
      others.push(rule);
      for (const rules of byValue.values()) rules.push(rule);
    } else {
      for (const value of new Set(list)) byValue.get(value)!.push(rule);
    }
  }
  return others.length * 2 > constants.length ? undefined : { input, byValue, others };
}

/** `tests`: for each rule, for each input. */
export function indexRules(tests: readonly (readonly (CompiledFeel | undefined)[])[], inputs: number): RuleIndex {
  const all = tests.map((_, rule) => rule);
  if (tests.length < SMALLEST_INDEXED) return { candidates: () => all };
  const columns: Column[] = [];
  for (let input = 0; input < inputs; input++) {
    const column = columnOf(input, tests.map((rule) => rule[input]));
    if (column !== undefined) columns.push(column);
  }
  return {
    candidates(values) {
      let fewest: readonly number[] = all;
      for (const column of columns) {
        const value = values[column.input];
        // Only plain values are keys; a list, say, may hold or equal one of them by conversion.
        if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') continue;
        const rules = column.byValue.get(value) ?? column.others;
        if (rules.length < fewest.length) fewest = rules;
      }
      return fewest;
    },
  };
}
