// Operators with three-valued logic (DMN 1.5, 10.3.2.13.3 and tables 46 to 61).

import { difference, negated, product, quotient, raised, sum } from './arithmetic.ts';
import { spend } from './budget.ts';
import { costOfNumber, spendOnPair } from './cost.ts';
import { compare, equal, isIn } from './compare.ts';
import type { Compiler, Names } from './compiler.ts';
import { describe, describeBoth } from './kinds.ts';
import { isFeelNumber } from './number.ts';
import { nullBecause } from './run.ts';
import type { Code, Run } from './run.ts';
import type { ArithmeticOperator, ComparisonOperator, Expression, ExpressionOf } from './syntax.ts';
import { conforms, resolveType, withoutRestrictions } from './types.ts';
import { FeelRange } from './values.ts';

const OPERATIONS: Readonly<Record<ArithmeticOperator, (left: unknown, right: unknown) => unknown>> = {
  '+': sum,
  '-': difference,
  '*': product,
  '/': quotient,
  '**': raised,
};

/** A power of a fraction is a logarithm and a series of 34 digits. */
const WHOLE_POWER_STEPS = 12;
const ROOT_STEPS = 48;

/** Whole numbers and hundredths are worked out by the machine, everything else digit by digit. */
function isSlow(result: unknown): boolean {
  return typeof result === 'number' && Math.round(result * 100) / 100 !== result;
}

function withoutResult(operator: ArithmeticOperator, left: unknown, right: unknown, run: Run, node: Expression): null {
  if (!isFeelNumber(left) || !isFeelNumber(right)) return nullBecause(run, node, 'FEEL_NO_RESULT', `operands that '${operator}' is defined for`, () => describeBoth(left, right));
  if (operator === '/' && right === 0) return nullBecause(run, node, 'FEEL_NO_RESULT', 'a number other than 0 to divide by', () => 'it is 0');
  return nullBecause(run, node, 'FEEL_NO_RESULT', `numbers that '${operator}' has a result for`, () => 'there is none, or it has more digits than FEEL knows');
}

export function arithmeticCode(node: ExpressionOf<'arithmetic'>, names: Names | null, compiler: Compiler): Code {
  const left = compiler.code(node.left, names);
  const right = compiler.code(node.right, names);
  const operator = node.operator;
  const operate = OPERATIONS[operator];
  return (run, frame) => {
    const a = left(run, frame);
    const b = right(run, frame);
    if (operator === '**') spend(run, Number.isInteger(b) ? WHOLE_POWER_STEPS : ROOT_STEPS);
    const result = operate(a, b);
    const cost = costOfNumber(a) + costOfNumber(b) + (isSlow(result) ? 1 : 0);
    if (cost > 0) spend(run, cost);
    if (result === null) return withoutResult(operator, a, b, run, node);
    // Doubling a text in a loop must run out of steps before it runs out of memory.
    if (typeof result === 'string') spend(run, result.length >> 8);
    return result;
  };
}

export function negationCode(node: ExpressionOf<'negation'>, names: Names | null, compiler: Compiler): Code {
  const operand = compiler.code(node.operand, names);
  return (run, frame) => {
    const value = operand(run, frame);
    return negated(value) ?? nullBecause(run, node, 'FEEL_TYPE', 'a number or a duration after the minus sign', () => `it is ${describe(value)}`);
  };
}

/** Applies a comparison to two values. */
export function compared(operator: ComparisonOperator, left: unknown, right: unknown, run: Run, node: Expression): boolean | null {
  if (operator === '=' || operator === '!=') {
    const same = equal(left, right, run);
    if (same === null) return nullBecause(run, node, 'FEEL_TYPE', 'two values of the same type', () => describeBoth(left, right));
    return operator === '=' ? same : !same;
  }
  spendOnPair(run, left, right);
  const order = compare(left, right);
  if (order === null) return nullBecause(run, node, 'FEEL_TYPE', `two values that can be ordered by '${operator}'`, () => describeBoth(left, right));
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

type Fast = (left: unknown, right: unknown) => boolean | undefined;

// Two plain numbers, or two texts for equality, need no look at kinds; anything else (undefined) takes the long way.
const FAST: Readonly<Record<ComparisonOperator, Fast>> = {
  '=': (a, b) => (typeof a === typeof b && (typeof a === 'number' || typeof a === 'string') ? a === b : undefined),
  '!=': (a, b) => (typeof a === typeof b && (typeof a === 'number' || typeof a === 'string') ? a !== b : undefined),
  '<': (a, b) => (typeof a === 'number' && typeof b === 'number' ? a < b : undefined),
  '<=': (a, b) => (typeof a === 'number' && typeof b === 'number' ? a <= b : undefined),
  '>': (a, b) => (typeof a === 'number' && typeof b === 'number' ? a > b : undefined),
  '>=': (a, b) => (typeof a === 'number' && typeof b === 'number' ? a >= b : undefined),
};

/** Shorter texts are compared in no time worth counting. */
const LONG_TEXT = 4096;

export function comparisonCode(node: ExpressionOf<'comparison'>, names: Names | null, compiler: Compiler): Code {
  const left = compiler.code(node.left, names);
  const right = compiler.code(node.right, names);
  const { operator } = node;
  const fast = FAST[operator];
  return (run, frame) => {
    const a = left(run, frame);
    const b = right(run, frame);
    const quick = fast(a, b);
    if (typeof a === 'string' && a.length > LONG_TEXT) spend(run, a.length >> 12);
    return quick === undefined ? compared(operator, a, b, run, node) : quick;
  };
}

export function logicCode(node: ExpressionOf<'and' | 'or'>, names: Names | null, compiler: Compiler): Code {
  const codes = node.operands.map((operand) => compiler.code(operand, names));
  const decisive = node.kind === 'or';
  const [first, second] = codes;
  const join = (value: unknown, at: number, run: Run): boolean | null => {
    if (typeof value === 'boolean') return value;
    const operand = node.operands[at]!;
    return nullBecause(run, operand, 'FEEL_TYPE', `true or false beside '${node.kind}'`, () => `it is ${describe(value)}`);
  };
  if (codes.length === 2) {
    return (run, frame) => {
      const a = join(first!(run, frame), 0, run);
      if (a === decisive) return decisive;
      const b = join(second!(run, frame), 1, run);
      return b === decisive ? decisive : a === null ? null : b;
    };
  }
  return (run, frame) => {
    let result: boolean | null = !decisive;
    for (let i = 0; i < codes.length; i++) {
      const value = join(codes[i]!(run, frame), i, run);
      if (value === decisive) return decisive;
      if (value === null) result = null;
    }
    return result;
  };
}

export function betweenCode(node: ExpressionOf<'between'>, names: Names | null, compiler: Compiler): Code {
  const value = compiler.code(node.value, names);
  const low = compiler.code(node.low, names);
  const high = compiler.code(node.high, names);
  return (run, frame) => {
    const v = value(run, frame);
    const atLeast = compared('>=', v, low(run, frame), run, node);
    if (atLeast === false) return false;
    const atMost = compared('<=', v, high(run, frame), run, node);
    return atMost === false ? false : atLeast === null ? null : atMost;
  };
}

export function ifCode(node: ExpressionOf<'if'>, names: Names | null, compiler: Compiler): Code {
  const condition = compiler.code(node.condition, names);
  const then = compiler.code(node.then, names);
  const otherwise = compiler.code(node.else, names);
  return (run, frame) => {
    const truth = condition(run, frame);
    if (truth === true) return then(run, frame);
    if (truth !== false) nullBecause(run, node.condition, 'FEEL_TYPE', 'true or false as the condition', () => `it is ${describe(truth)}, which counts as false`);
    return otherwise(run, frame);
  };
}

export function instanceOfCode(node: ExpressionOf<'instanceOf'>, names: Names | null, compiler: Compiler): Code {
  const value = compiler.code(node.value, names);
  const type = withoutRestrictions(resolveType(node.type, (name) => compiler.namedType(name)));
  if (type === undefined) return (run) => nullBecause(run, node, 'FEEL_UNKNOWN_NAME', 'the name of a type', () => 'there is no such type');
  return (run, frame) => {
    const v = value(run, frame);
    return v === null ? type.kind === 'basic' && type.name === 'null' : conforms(v, type, run);
  };
}

/** Ranges whose ends have no order in common are null. */
export function rangeCode(node: ExpressionOf<'range'>, names: Names | null, compiler: Compiler): Code {
  const start = compiler.code(node.start, names);
  const end = compiler.code(node.end, names);
  return (run, frame) => {
    const a = start(run, frame);
    const b = end(run, frame);
    if (a !== null && b !== null && compare(a, b) === null) {
      return nullBecause(run, node, 'FEEL_TYPE', 'two ends of the same ordered type', () => describeBoth(a, b));
    }
    return new FeelRange(node.startIncluded, a, b, node.endIncluded);
  };
}

/** `> 5` as a value: the range it stands for. */
export function unaryCode(node: ExpressionOf<'unary'>, names: Names | null, compiler: Compiler): Code {
  const operand = compiler.code(node.operand, names);
  const { operator } = node;
  return (run, frame) => {
    const value = operand(run, frame);
    switch (operator) {
      case '<':
      case '<=':
        return new FeelRange(false, null, value, operator === '<=', operator);
      case '>':
      case '>=':
        return new FeelRange(operator === '>=', value, null, false, operator);
      case '=':
      case '!=':
        return new FeelRange(true, value, value, true, operator);
    }
  };
}

export function inCode(node: ExpressionOf<'in'>, names: Names | null, compiler: Compiler): Code {
  const value = compiler.code(node.value, names);
  const tests = node.tests.map((test) => testCode(test, names, compiler));
  return (run, frame) => {
    const v = value(run, frame);
    let result: boolean | null = false;
    for (const test of tests) {
      const outcome = test(v, run, frame);
      if (outcome === true) return true;
      if (outcome === null) result = null;
    }
    return result;
  };
}

export type Test = (value: unknown, run: Run, frame: Parameters<Code>[1]) => boolean | null;

/** One test of `in` or of a decision table's cell. */
export function testCode(node: Expression, names: Names | null, compiler: Compiler): Test {
  if (node.kind === 'unary') {
    const operand = compiler.code(node.operand, names);
    const { operator } = node;
    const fast = FAST[operator];
    return (value, run, frame) => {
      const other = operand(run, frame);
      return fast(value, other) ?? compared(operator, value, other, run, node);
    };
  }
  const test = compiler.code(node, names);
  return (value, run, frame) => {
    const expected = test(run, frame);
    if (typeof expected === 'boolean' && typeof value !== 'boolean') return expected;
    const inside = isIn(value, expected, run);
    return inside ?? nullBecause(run, node, 'FEEL_TYPE', 'a test for the value', () => `${describe(value)} cannot be compared with ${describe(expected)}`);
  };
}
