// List functions that make one value of many (DMN 1.5, 10.3.4.4), over a list or over the arguments themselves.

import { sum } from './arithmetic.ts';
import { spend, spendOnWalk } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { compare } from './compare.ts';
import { costOfNumber, spendOnPair, spendOnValues } from './cost.ts';
import { DaysTimeDuration, YearsMonthsDuration } from './duration.ts';
import { add, applyNumber, compareNumbers, divide, isFeelNumber, multiply, subtract } from './number.ts';
import type { FeelNumber } from './number.ts';
import { read } from './values.ts';

type List = readonly unknown[];
type Aggregate = (call: Call, items: List) => unknown;

function values(call: Call, list: List): unknown[] {
  spendOnWalk(call.run, list.length);
  const items = list.map(read);
  spendOnValues(call.run, items);
  return items;
}

function numbersOf(call: Call, list: List): FeelNumber[] | null {
  const items = values(call, list);
  return items.every(isFeelNumber) ? items : call.fail('a list of numbers', 'one of its items is none');
}

/** A step of a sum or product: exact results have more digits than what they are made of. */
function spendOnNumbers(call: Call, left: unknown, right: unknown): void {
  const cost = costOfNumber(left) + costOfNumber(right);
  if (cost > 0) spend(call.run, cost);
}

/** Putting numbers in order. */
function inOrder(call: Call, numbers: readonly FeelNumber[]): FeelNumber[] {
  const rounds = 32 - Math.clz32(numbers.length);
  let cost = (numbers.length * rounds) >> 4;
  for (const number of numbers) cost += (costOfNumber(number) * rounds) >> 1;
  spend(call.run, cost);
  return numbers.toSorted(compareNumbers);
}

/** The first of all in the order given by `sign`; null for an empty list or items without order. */
function extreme(sign: 1 | -1): Aggregate {
  return (call, list) => {
    const items = values(call, list);
    if (items.length === 0) return call.fail('a list with items', 'it is empty');
    let best = items[0];
    // A single item is compared with itself: what has no order has no extreme.
    for (const item of items) {
      spendOnPair(call.run, item, best);
      const order = compare(item, best);
      if (order === null) return call.fail('items that can be put in order', 'some cannot be compared');
      if (order * sign < 0) best = item;
    }
    return best;
  };
}

function total(call: Call, list: List): unknown {
  const items = values(call, list);
  if (items.length === 0) return call.fail('a list with items', 'it is empty');
  const isSummable = (item: unknown): boolean => isFeelNumber(item) || item instanceof DaysTimeDuration || item instanceof YearsMonthsDuration;
  if (!items.every(isSummable)) return call.fail('numbers, or durations of one kind', 'one of the items is something else');
  let result: unknown = items[0];
  for (let i = 1; i < items.length && result !== null; i++) {
    spendOnNumbers(call, result, items[i]);
    result = sum(result, items[i]);
  }
  return result ?? call.fail('numbers, or durations of one kind', 'they are mixed');
}

function mean(call: Call, list: List): unknown {
  const numbers = numbersOf(call, list);
  if (numbers === null) return null;
  const whole = total(call, numbers);
  return isFeelNumber(whole) ? divide(whole, numbers.length) : null;
}

function productOf(call: Call, list: List): FeelNumber | null {
  const numbers = numbersOf(call, list);
  if (numbers === null) return null;
  if (numbers.length === 0) return call.fail('a list with items', 'it is empty');
  let result: FeelNumber | null = 1;
  for (const number of numbers) {
    spendOnNumbers(call, result, number);
    result = result === null ? null : multiply(result, number);
  }
  return result;
}

function median(call: Call, list: List): FeelNumber | null {
  const given = numbersOf(call, list);
  if (given === null) return null;
  const numbers = inOrder(call, given);
  if (numbers.length === 0) return call.fail('a list with items', 'it is empty');
  const upper = numbers[numbers.length >> 1]!;
  if (numbers.length % 2 === 1) return upper;
  const both = add(numbers[(numbers.length >> 1) - 1]!, upper);
  return both === null ? null : divide(both, 2);
}

/** Of a sample: divided by one less than the number of items. */
function standardDeviation(call: Call, list: List): FeelNumber | null {
  const numbers = numbersOf(call, list);
  if (numbers === null) return null;
  if (numbers.length < 2) return call.fail('at least two numbers', `there are ${numbers.length}`);
  const average = mean(call, numbers);
  let squares: FeelNumber | null = 0;
  spend(call.run, numbers.length << 1);
  for (const number of numbers) {
    const distance = isFeelNumber(average) ? subtract(number, average) : null;
    const square: FeelNumber | null = distance === null ? null : multiply(distance, distance);
    squares = squares === null || square === null ? null : add(squares, square);
  }
  const variance = squares === null ? null : divide(squares, numbers.length - 1);
  return variance === null ? null : applyNumber('sqrt', variance);
}

function mode(call: Call, list: List): FeelNumber[] | null {
  const given = numbersOf(call, list);
  if (given === null) return null;
  const numbers = inOrder(call, given);
  const modes: FeelNumber[] = [];
  let most = 0;
  for (let at = 0; at < numbers.length; ) {
    let next = at + 1;
    while (next < numbers.length && compareNumbers(numbers[at]!, numbers[next]!) === 0) next++;
    if (next - at > most) modes.length = 0;
    if (next - at >= most) {
      most = next - at;
      modes.push(numbers[at]!);
    }
    at = next;
  }
  return modes;
}

/** Three-valued: `decisive` decides, anything but true and false leaves it open. */
function connective(decisive: boolean): Aggregate {
  return (call, list) => {
    let open = false;
    for (const item of values(call, list)) {
      if (item === decisive) return decisive;
      if (typeof item !== 'boolean') open = true;
    }
    return open ? call.fail('true and false only', 'one of the items is neither') : !decisive;
  };
}

/** Both forms of an aggregate: of a list, and of several arguments. */
function both(name: string, aggregate: Aggregate): Definition[] {
  return [
    [`${name}(list: list)`, aggregate],
    [`${name}(items...: any)`, (call: Call, ...items: never[]) => aggregate(call, items)],
  ];
}

export const aggregateBuiltins: readonly Definition[] = [
  ['count(list: list)', (_call, list: List) => list.length],
  ...both('min', extreme(1)),
  ...both('max', extreme(-1)),
  ...both('sum', total),
  ...both('mean', mean),
  ...both('product', productOf),
  ...both('median', median),
  ...both('stddev', standardDeviation),
  ...both('mode', mode),
  ...both('all', connective(false)),
  ...both('any', connective(true)),
];
