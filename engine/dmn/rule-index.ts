// Which rules of a decision table can match at all (DMN 1.5, 8.3.3): cells that only name values are looked up, not scanned.

import type { CompiledFeel } from '../feel/compile.ts';

export interface RuleIndex {
  /** Indexes from 0, ascending: every rule that matches is among them. */
  candidates(values: readonly unknown[]): readonly number[];
}

/** Rules whose cells name values in the same columns, by those values together. No columns: the rules that are always read. */
interface Group {
  readonly columns: readonly number[];
  readonly byValues: Map<string, number[]>;
}

type Tests = readonly (CompiledFeel | undefined)[];

/** Below this the plain scan is as fast. */
const SMALLEST_INDEXED = 16;
/** Look-ups for one question; further combinations of columns are read rule by rule. */
const MOST_GROUPS = 32;
/** Combinations of values one rule may stand under. */
const MOST_KEYS = 64;

const NONE: readonly number[] = [];

/** The columns to look a rule up by: those that name values, as long as their combinations are few. */
function keyColumns(tests: Tests): number[] {
  const columns: number[] = [];
  let keys = 1;
  for (const [column, test] of tests.entries()) {
    const count = test?.constants?.length;
    if (count === undefined || keys * count > MOST_KEYS) continue;
    keys *= count;
    columns.push(column);
  }
  return columns;
}

/** Two values may share a key: what is looked up is tested like any other rule. */
function keyOf(value: unknown): string {
  return `${typeof value} ${String(value)}\n`;
}

function keysOf(tests: Tests, columns: readonly number[]): readonly string[] {
  let keys = [''];
  for (const column of columns) {
    const values = tests[column]?.constants ?? [];
    keys = keys.flatMap((key) => values.map((value) => key + keyOf(value)));
  }
  return keys;
}

function add(group: Group, key: string, rule: number): void {
  const rules = group.byValues.get(key);
  if (rules === undefined) group.byValues.set(key, [rule]);
  else if (rules.at(-1) !== rule) rules.push(rule);
}

/** Ascending lists as one. */
function merged(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length < 2) return lists[0] ?? NONE;
  return lists.flat().sort((left, right) => left - right);
}

/** Only plain values are keys; a list, say, may hold or equal one of them by conversion. */
function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null;
}

/** `rules`: for each rule, its test for each input. Built in time and space proportional to the cells. */
export function indexRules(rules: readonly Tests[]): RuleIndex {
  const all = rules.map((_, rule) => rule);
  if (rules.length < SMALLEST_INDEXED) return { candidates: () => all };
  const groups = new Map<string, Group>([['', { columns: [], byValues: new Map() }]]);
  for (const [rule, tests] of rules.entries()) {
    let columns = keyColumns(tests);
    let name = columns.join();
    if (!groups.has(name) && groups.size >= MOST_GROUPS) [columns, name] = [[], ''];
    let group = groups.get(name);
    if (group === undefined) groups.set(name, (group = { columns, byValues: new Map() }));
    for (const key of keysOf(tests, columns)) add(group, key, rule);
  }
  const looked = [...groups.values()].filter(({ byValues }) => byValues.size > 0);
  const keyed = [...new Set(looked.flatMap(({ columns }) => columns))];
  return {
    candidates(values) {
      if (!keyed.every((column) => isPlain(values[column]))) return all;
      const lists: (readonly number[])[] = [];
      for (const { columns, byValues } of looked) {
        let key = '';
        for (const column of columns) key += keyOf(values[column]);
        const found = byValues.get(key);
        if (found !== undefined) lists.push(found);
      }
      return merged(lists);
    },
  };
}
