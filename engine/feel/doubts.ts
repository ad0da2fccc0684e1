// Texts that are FEEL to the letter (DMN 1.5, 10.3.1.2) and yet never what their author means: a test that can never hold, a date that is a subtraction.

import { problem } from './errors.ts';
import type { FeelProblem } from './errors.ts';
import { habitAt } from './habits.ts';
import { describe } from './kinds.ts';
import type { Expression, ExpressionOf } from './syntax.ts';
import { parseDateText, parseDateTimeText, parseDurationText, parseTimeText } from './temporal-text.ts';
import { partsOf } from './walk.ts';

interface Doubt {
  readonly from: number;
  readonly to: number;
  readonly expected: string;
  readonly actual: string;
}

type Found = Doubt | undefined;

const MOST_DOUBTS = 20;

/** `== 5` is the test `= (= 5)`, `> 5 < 10` is `> (5 < 10)`. */
function inTest({ operator, operand, from, to }: ExpressionOf<'unary'>, source: string): Found {
  if (operand.kind === 'unary' && !source.slice(from, operand.from).includes('(')) {
    return habitAt(source, from) ?? { from, to, expected: 'one operator before a value', actual: `there are '${operator}' and '${operand.operator}'` };
  }
  const isTruth = operand.kind === 'comparison' || operand.kind === 'between' || operand.kind === 'in' || operand.kind === 'and' || operand.kind === 'or';
  if (!isTruth || operator === '=' || operator === '!=') return undefined;
  return { from, to, expected: "a value behind the operator, or a range such as (5..10) for what lies between two", actual: `there is '${source.slice(operand.from, operand.to)}', which is true or false` };
}

/** `x = 1 or 2` asks whether 2 is true. */
function inChain({ kind, operands }: ExpressionOf<'and' | 'or'>, source: string): Found {
  const bare = operands.find((operand) => operand.kind === 'literal' && operand.value !== null && typeof operand.value !== 'boolean');
  if (bare === undefined) return undefined;
  return { from: bare.from, to: bare.to, expected: `a condition on both sides of '${kind}', or a list such as x in (1, 2)`, actual: `'${source.slice(bare.from, bare.to)}' alone is ${describe((bare as ExpressionOf<'literal'>).value)}` };
}

const MAKERS: Readonly<Record<string, readonly [parse: (text: string) => unknown, what: string]>> = {
  date: [parseDateText, 'a date such as "2026-01-31"'],
  time: [parseTimeText, 'a time such as "09:30:00"'],
  'date and time': [parseDateTimeText, 'a date and time such as "2026-01-31T09:30:00"'],
  duration: [parseDurationText, 'a duration such as "P1Y6M" or "P2DT3H"'],
};

function inCall({ callee, positional }: ExpressionOf<'call'>, source: string): Found {
  const [argument, ...more] = positional ?? [];
  const maker = callee.kind === 'name' && Object.hasOwn(MAKERS, callee.name) ? MAKERS[callee.name] : undefined;
  if (maker === undefined || argument?.kind !== 'literal' || typeof argument.value !== 'string' || more.length > 0 || maker[0](argument.value) !== null) return undefined;
  return { from: argument.from, to: argument.to, expected: maker[1], actual: `there is none: ${source.slice(argument.from, argument.to)}` };
}

function inLiteral({ value, from, to }: ExpressionOf<'literal'>, source: string): Found {
  if (value !== null || source[from] !== '@') return undefined;
  return { from, to, expected: 'a date, time, date and time or duration behind @, as in @"2026-01-31"', actual: `${source.slice(from, to)} is none` };
}

function inArithmetic({ from, to }: ExpressionOf<'arithmetic'>, source: string): Found {
  const text = source.slice(from, to);
  return /^\d{4}-\d{1,2}-\d{1,2}$/.test(text) ? { from, to, expected: 'a date such as date("2026-01-31")', actual: `${text} is a subtraction` } : undefined;
}

/** `1,000` in a cell is the two tests 1 and 0, `< 1,500` the tests `< 1` and 500; `100,200` may well be two numbers. */
function inTests({ tests }: ExpressionOf<'unaryTests'>, source: string): Found {
  const isNumber = (test: Expression | undefined): boolean => test !== undefined && (test.kind === 'literal' ? typeof test.value === 'number' : test.kind === 'unary' && isNumber(test.operand));
  for (const [at, test] of (tests ?? []).entries()) {
    const before = tests?.[at - 1];
    if (!isNumber(test) || !isNumber(before) || test.from !== before!.to + 1 || !(before!.kind === 'unary' ? /^\d{3}$/ : /^000$/).test(source.slice(test.from, test.to))) continue;
    return { from: before!.from, to: test.to, expected: 'a number without separators, as in 1000, or a space behind the comma between two', actual: `there is '${source.slice(before!.from, test.to)}'` };
  }
  return undefined;
}

function doubtIn(node: Expression, source: string, isDeclared: (name: string) => boolean): Found {
  switch (node.kind) {
    case 'unary': return inTest(node, source);
    case 'and': case 'or': return inChain(node, source);
    case 'call': return inCall(node, source);
    case 'literal': return inLiteral(node, source);
    case 'arithmetic': return inArithmetic(node, source);
    case 'unaryTests': return inTests(node, source);
    case 'name': {
      if (isDeclared(node.name)) return undefined;
      if (node.name.startsWith('not ')) return { from: node.from, to: node.to, expected: "brackets behind 'not', as in not(x)", actual: `there is '${node.name}'` };
      if (node.name !== 'now' && node.name !== 'today') return undefined;
      return { from: node.from, to: node.to, expected: `brackets behind the function, as in ${node.name}()`, actual: `there is '${node.name}' alone` };
    }
    default: return undefined;
  }
}

/** What is doubtful in an expression, in the order of the text. The parts of a doubtful part are not looked at. */
export function doubtsOf(root: Expression, source: string, isDeclared: (name: string) => boolean): FeelProblem[] {
  const found: FeelProblem[] = [];
  const visit = (node: Expression): void => {
    if (found.length >= MOST_DOUBTS) return;
    const doubt = doubtIn(node, source, isDeclared);
    if (doubt !== undefined) found.push(problem('FEEL_SYNTAX', source, doubt.from, doubt.to, { expected: doubt.expected, actual: doubt.actual }));
    else for (const part of partsOf(node)) if (node.kind !== 'call' || part !== node.callee || part.kind !== 'name') visit(part);
  };
  visit(root);
  return found;
}
