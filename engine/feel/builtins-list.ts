// List functions that arrange (DMN 1.5, 10.3.4.4); positions count from 1, negative ones from the end.

import { DEEPEST_VALUE, refuseDepth, spend, spendOnWalk } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { aggregateBuiltins } from './builtins-aggregate.ts';
import { compare, equal } from './compare.ts';
import { spendOnPair } from './cost.ts';
import { callFunction } from './function-call.ts';
import { toInteger } from './number.ts';
import { read } from './values.ts';
import type { FeelFunction } from './values.ts';

type List = readonly unknown[];

/** A list as long as this is read or built. */
function through<T extends List>(call: Call, list: T): T {
  spendOnWalk(call.run, list.length);
  return list;
}

function same(call: Call, left: unknown, right: unknown): boolean {
  return equal(left, right, call.run) === true;
}

/** Index from 0 of a position, or null with the reason noted. */
function indexOf(call: Call, list: List, position: unknown, extra = 0): number | null {
  const whole = typeof position === 'number' ? Math.trunc(position) : undefined;
  const index = whole === undefined || whole === 0 ? -1 : whole > 0 ? whole - 1 : list.length + whole;
  return index >= 0 && index < list.length + extra ? index : call.fail(`a position within the ${list.length} items`, `it is ${String(position)}`);
}

function sublist(call: Call, list: List, start: unknown, length: unknown = null): List | null {
  const begin = indexOf(call, list, start);
  if (begin === null) return null;
  const count = length === null ? list.length - begin : toInteger(length);
  if (count === undefined || count < 1 || begin + count > list.length) return call.fail('a length within the list', `it is ${String(length)}`);
  return through(call, list.slice(begin, begin + count));
}

function insertBefore(call: Call, list: List, position: unknown, item: unknown): List | null {
  const at = indexOf(call, list, position, 1);
  return at === null ? null : through(call, list).toSpliced(at, 0, item);
}

function remove(call: Call, list: List, position: unknown): List | null {
  const at = indexOf(call, list, position);
  return at === null ? null : through(call, list).toSpliced(at, 1);
}

function replaceAt(call: Call, list: List, position: unknown, item: unknown): List | null {
  const at = indexOf(call, list, position);
  return at === null ? null : through(call, list).with(at, item);
}

function replaceWhere(call: Call, list: List, match: FeelFunction, item: unknown): List | null {
  const result: unknown[] = [];
  for (const element of list) {
    const verdict = callFunction(match, [read(element), item], undefined, call.run, { from: 0, to: 0 });
    if (typeof verdict !== 'boolean') return call.fail('a function of two arguments that gives true or false', 'it gives something else');
    result.push(verdict ? item : element);
  }
  return result;
}

function distinct(call: Call, list: List): List {
  const seen = new Set<unknown>();
  const result: unknown[] = [];
  const complex: unknown[] = [];
  for (const item of through(call, list)) {
    const value = read(item);
    if (typeof value !== 'object' || value === null) {
      if (seen.has(value)) continue;
      seen.add(value);
    } else {
      spend(call.run, complex.length >> 4);
      if (complex.some((other) => same(call, other, value))) continue;
      complex.push(value);
    }
    result.push(item);
  }
  return result;
}

function flatten(call: Call, list: List): List {
  const result: unknown[] = [];
  const visit = (items: List, depth: number): void => {
    if (depth > DEEPEST_VALUE) refuseDepth('a list', DEEPEST_VALUE);
    for (const item of items) {
      spend(call.run, 1);
      if (Array.isArray(item)) visit(item, depth + 1);
      else result.push(item);
    }
  };
  visit(list, 0);
  return result;
}

function concatenate(call: Call, ...lists: List[]): List {
  const result: unknown[] = [];
  for (const list of lists) for (const item of through(call, list)) result.push(item);
  return result;
}

/** Merge sort: what the author's function says is asked n log n times at most, and equal items keep their order. */
function mergeSort(list: unknown[], precedes: (left: unknown, right: unknown) => boolean): unknown[] {
  if (list.length < 2) return list;
  const middle = list.length >> 1;
  const left = mergeSort(list.slice(0, middle), precedes);
  const right = mergeSort(list.slice(middle), precedes);
  const merged: unknown[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) merged.push(precedes(read(right[r]), read(left[l])) ? right[r++] : left[l++]);
  while (l < left.length) merged.push(left[l++]);
  while (r < right.length) merged.push(right[r++]);
  return merged;
}

function sort(call: Call, list: List, precedes: FeelFunction | null = null): List | null {
  const failures: string[] = [];
  const byFunction = (left: unknown, right: unknown): boolean => {
    const verdict = callFunction(precedes, [left, right], undefined, call.run, { from: 0, to: 0 });
    if (typeof verdict !== 'boolean') failures.push('the function gives neither true nor false');
    return verdict === true;
  };
  const byOrder = (left: unknown, right: unknown): boolean => {
    spendOnPair(call.run, left, right);
    const order = compare(left, right);
    if (order === null) failures.push('some cannot be compared');
    return order !== null && order < 0;
  };
  spend(call.run, (list.length * (32 - Math.clz32(list.length))) >> 2);
  const sorted = mergeSort([...list], precedes === null ? byOrder : byFunction);
  return failures.length > 0 ? call.fail('items that can be put in order', failures[0]!) : sorted;
}

const arrangingBuiltins: readonly Definition[] = [
  ['list contains(list: list, element: any)', (call, list: List, element: unknown) => through(call, list).some((item) => same(call, read(item), element))],
  ['sublist(list: list, start position: number, length?: number|null)', sublist],
  ['append(list: list, item: any)', (call, list: List, item: unknown) => [...through(call, list), item]],
  ['append(list: list, item...: any)', (call, list: List, ...items: unknown[]) => [...through(call, list), ...items]],
  ['concatenate(list...: list)', concatenate],
  ['insert before(list: list, position: number, newItem: any)', insertBefore],
  ['remove(list: list, position: number)', remove],
  ['list replace(list: list, position: number, newItem: any)', replaceAt],
  ['list replace(list: list, match: function, newItem: any)', replaceWhere],
  ['reverse(list: list)', (call, list: List) => through(call, list).toReversed()],
  [
    'index of(list: list, match: any)',
    (call, list: List, match: unknown) => through(call, list).flatMap((item, at) => (same(call, read(item), match) ? [at + 1] : [])),
  ],
  ['union(list...: list)', (call, ...lists: never[]) => distinct(call, concatenate(call, ...(lists as List[])))],
  ['distinct values(list: list)', distinct],
  ['flatten(list: list)', flatten],
  ['sort(list: list, precedes?: function|null)', sort],
];

export const listBuiltins: readonly Definition[] = [...arrangingBuiltins, ...aggregateBuiltins];
