// What to tell the author of a text that is not FEEL: what was expected where, and what stands there (DMN 1.5, 10.3.1.2).

import { problem } from './errors.ts';
import type { FeelProblem } from './errors.ts';
import { habitAt } from './habits.ts';
import type { SyntaxNode } from './tree.ts';

const EXPECTATIONS: Readonly<Record<string, string>> = {
  ForExpression: "an expression of the form 'for name in list return value'",
  InExpression: "'name in list'",
  InExpressions: "'name in list'",
  IterationContext: 'a list or a range to go through',
  IfExpression: "an expression of the form 'if condition then value else value'",
  QuantifiedExpression: "an expression of the form 'some name in list satisfies condition'",
  Disjunction: "a condition on both sides of 'or'",
  Conjunction: "a condition on both sides of 'and'",
  Comparison: 'a value on both sides of the comparison',
  ArithmeticExpression: 'a value on both sides of the operator',
  PathExpression: 'the name of an entry after the dot',
  FilterExpression: 'a condition or a position between [ and ]',
  FunctionInvocation: 'arguments between ( and )',
  PositionalParameters: 'arguments separated by commas',
  NamedParameters: "arguments of the form 'name: value'",
  List: 'values separated by commas between [ and ]',
  Context: "entries of the form 'name: value' between { and }",
  ContextEntry: "an entry of the form 'name: value'",
  Interval: 'a range such as [1..10]',
  ParenthesizedExpression: 'one expression between ( and )',
  FunctionDefinition: "a function of the form 'function(name) value'",
  InstanceOfExpression: 'a type after instance of',
  Type: 'the name of a type',
  PositiveUnaryTests: 'tests separated by commas',
  UnaryTests: 'tests separated by commas, or -',
};

function excerpt(source: string, from: number): string {
  const rest = source.slice(from).trimStart();
  const token = /^(?:"[^"]*"?|[\p{L}\p{N}_]+|\S)/u.exec(rest)?.[0] ?? '';
  return token.length > 30 ? `${token.slice(0, 30)}...` : token;
}

/** The grammar keeps a chain of conditions open to its end, and gives up at about this length. */
const LONGEST_CHAIN = 300;

function expectation(source: string, from: number, around: string, found: string): string {
  if (/^"[^"]*$/.test(found)) return 'a text between two quotation marks';
  // The grammar also takes two values beside each other for a path.
  if (around === 'PathExpression' && !source.slice(0, from).trimEnd().endsWith('.')) return 'an operator or a comma before the next value';
  return EXPECTATIONS[around] ?? 'an expression';
}

/** `at`: where the grammar gave up. `error`: the place it marked, with the construct around it. */
export function syntaxProblem(source: string, at: number, error: SyntaxNode | undefined): FeelProblem {
  const from = error?.from ?? at;
  const to = error?.to ?? at;
  const connectives = source.match(/\b(?:and|or)\b/g)?.length ?? 0;
  if (connectives > LONGEST_CHAIN) return problem('FEEL_TOO_DEEP', source, from, to, { limit: LONGEST_CHAIN });
  const habit = habitAt(source, from);
  if (habit !== undefined) return problem('FEEL_SYNTAX', source, habit.from, habit.to, { expected: habit.expected, actual: habit.actual });
  const found = excerpt(source, from);
  const expected = expectation(source, from, error?.parent?.name ?? '', found);
  const text = source.trim() === '' ? 'the text is empty' : found === '' ? 'the text ends' : `there is '${found}'`;
  return problem('FEEL_SYNTAX', source, from, Math.max(to, Math.min(from + 1, source.length)), { expected, actual: text });
}
