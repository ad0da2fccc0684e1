// Iteration, quantification and filters (DMN 1.5, 10.3.2.5, 10.3.2.14 and 10.3.1.2 rules 44 to 46).

import { spend } from './budget.ts';
import { weightOf, within, withinItem } from './compiler.ts';
import type { Compiler, Names } from './compiler.ts';
import { describe } from './kinds.ts';
import { isFeelNumber, toInteger } from './number.ts';
import { nullBecause } from './run.ts';
import type { Code, Frame, Run } from './run.ts';
import type { Expression, ExpressionOf, Iteration } from './syntax.ts';
import { dateOfDays, FeelDate } from './temporal.ts';
import { FeelRange, read } from './values.ts';
import { someNode } from './walk.ts';

/** Calls `visit` for each element until it returns false; false when the source cannot be gone through. */
type Walk = (run: Run, frame: Frame | null, visit: (value: unknown) => boolean) => boolean;

function walkNumbers(from: number, to: number, visit: (value: unknown) => boolean): void {
  const step = from <= to ? 1 : -1;
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) if (!visit(value)) return;
}

/** From one end to the other, downwards where the first is the larger. */
function walkBetween(start: unknown, end: unknown, visit: (value: unknown) => boolean): boolean {
  const from = toInteger(start);
  const to = toInteger(end);
  if (from !== undefined && to !== undefined) {
    walkNumbers(from, to, visit);
    return true;
  }
  if (start instanceof FeelDate && end instanceof FeelDate) {
    walkNumbers(start.days, end.days, (days) => visit(dateOfDays(days as number)));
    return true;
  }
  return false;
}

/** The same for a range value: an end it excludes is left out. */
export function walkRange(range: FeelRange, visit: (value: unknown) => boolean): boolean {
  const shift = (value: unknown, days: number): unknown => {
    if (value instanceof FeelDate) return dateOfDays(value.days + days);
    const whole = toInteger(value);
    return whole === undefined ? null : whole + days;
  };
  const start = range.startIncluded ? range.start : shift(range.start, 1);
  const end = range.endIncluded ? range.end : shift(range.end, -1);
  if (range.form !== 'interval' || isBefore(range.end, range.start)) return false;
  return isBefore(end, start) || walkBetween(start, end, visit);
}

function isBefore(left: unknown, right: unknown): boolean {
  if (left instanceof FeelDate && right instanceof FeelDate) return left.days < right.days;
  return typeof left === 'number' && typeof right === 'number' && left < right;
}

function walkOf(iteration: Iteration, names: Names | null, compiler: Compiler, node: Expression): Walk {
  const source = compiler.code(iteration.source, names);
  if (iteration.end !== undefined) {
    const end = compiler.code(iteration.end, names);
    return (run, frame, visit) => {
      const from = source(run, frame);
      const to = end(run, frame);
      if (walkBetween(from, to, visit)) return true;
      nullBecause(run, node, 'FEEL_TYPE', 'whole numbers or dates as the ends to go between', () => `they are ${describe(from)} and ${describe(to)}`);
      return false;
    };
  }
  return (run, frame, visit) => {
    const value = source(run, frame);
    if (Array.isArray(value)) {
      for (const item of value) if (!visit(read(item))) break;
      return true;
    }
    if (value instanceof FeelRange && walkRange(value, visit)) return true;
    if (value === null || value instanceof FeelRange) {
      nullBecause(run, iteration.source, 'FEEL_TYPE', 'a list, or a range of whole numbers or dates, to go through', () => `it is ${describe(value)}`);
      return false;
    }
    visit(value);
    return true;
  };
}

interface Iterations {
  readonly walks: readonly Walk[];
  readonly names: Names | null;
}

function iterationsOf(node: ExpressionOf<'for' | 'some' | 'every'>, names: Names | null, compiler: Compiler): Iterations {
  let inner = names;
  const walks = node.iterations.map((iteration) => {
    const walk = walkOf(iteration, inner, compiler, node);
    inner = within(inner, iteration.name);
    return walk;
  });
  return { walks, names: inner };
}

/** Visits every combination, the last iteration fastest; false when a source cannot be gone through. */
function walkAll(walks: readonly Walk[], at: number, run: Run, frame: Frame | null, visit: (frame: Frame | null) => boolean): boolean {
  const walk = walks[at];
  if (walk === undefined) return visit(frame);
  let sound = true;
  const walkable = walk(run, frame, (value) => {
    spend(run, 1);
    sound = walkAll(walks, at + 1, run, { value, up: frame }, visit);
    return sound;
  });
  return walkable && sound;
}

export function forCode(node: ExpressionOf<'for'>, names: Names | null, compiler: Compiler): Code {
  const iterations = iterationsOf(node, names, compiler);
  const usesPartial = someNode(node.body, (part) => part.kind === 'name' && part.name === 'partial');
  const body = compiler.code(node.body, usesPartial ? within(iterations.names, 'partial') : iterations.names);
  const weight = weightOf(node.body);
  return (run, frame) => {
    const results: unknown[] = [];
    const sound = walkAll(iterations.walks, 0, run, frame, (inner) => {
      spend(run, weight);
      if (usesPartial) spend(run, results.length >> 4);
      // Partial is the list as it stood: it may be kept, so it must not grow behind its owner's back.
      results.push(body(run, usesPartial ? { value: results.slice(), up: inner } : inner));
      return true;
    });
    return sound ? results : null;
  };
}

export function quantifiedCode(node: ExpressionOf<'some' | 'every'>, names: Names | null, compiler: Compiler): Code {
  const iterations = iterationsOf(node, names, compiler);
  const body = compiler.code(node.body, iterations.names);
  const weight = weightOf(node.body);
  const decisive = node.kind === 'some';
  return (run, frame) => {
    const verdict: { result: boolean | null; isDecided: boolean } = { result: !decisive, isDecided: false };
    const sound = walkAll(iterations.walks, 0, run, frame, (inner) => {
      spend(run, weight);
      const value = body(run, inner);
      if (value === decisive) {
        verdict.result = decisive;
        verdict.isDecided = true;
      } else if (typeof value !== 'boolean') {
        verdict.result = nullBecause(run, node.body, 'FEEL_TYPE', `true or false after 'satisfies'`, () => `it is ${describe(value)}`);
      }
      return !verdict.isDecided;
    });
    return verdict.isDecided || sound ? verdict.result : null;
  };
}

function elementAt(list: readonly unknown[], position: unknown, run: Run, node: Expression): unknown {
  const index = toInteger(position);
  const at = index === undefined ? undefined : index > 0 ? index - 1 : index < 0 ? list.length + index : undefined;
  if (at !== undefined && at >= 0 && at < list.length) return read(list[at]);
  if (list.length === 0) return nullBecause(run, node, 'FEEL_NO_RESULT', 'a list with items to take one from', () => 'it is empty');
  return nullBecause(run, node, 'FEEL_NO_RESULT', `a position from 1 to ${list.length}, or -1 to -${list.length} from the end`, () => `it is ${String(position)}`);
}

export function filterCode(node: ExpressionOf<'filter'>, names: Names | null, compiler: Compiler): Code {
  const source = compiler.code(node.source, names);
  const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === null ? [] : [value]);
  if (node.filter.kind === 'literal' && isFeelNumber(node.filter.value)) {
    const position = node.filter.value;
    return (run, frame) => {
      const value = source(run, frame);
      return value === null ? null : elementAt(asList(value), position, run, node.filter);
    };
  }
  const filter = compiler.code(node.filter, withinItem(names));
  const weight = 1 + weightOf(node.filter);
  return (run, frame) => {
    const value = source(run, frame);
    const list = asList(value);
    const kept: unknown[] = [];
    for (const item of list) {
      spend(run, weight);
      const element = read(item);
      const verdict = filter(run, { value: element, up: frame });
      // A number is a position; it is the same whatever element is asked, so the first answer decides.
      if (isFeelNumber(verdict)) return elementAt(list, verdict, run, node.filter);
      if (verdict === true) kept.push(item);
      else if (verdict !== false) nullBecause(run, node.filter, 'FEEL_TYPE', 'true, false or a position as the filter', () => `it is ${describe(verdict)}, which keeps nothing`);
    }
    return kept;
  };
}
