// FEEL source text to abstract syntax (DMN 1.5, 10.3.1.2), on the tree the lezer grammar of bpmn.io gives.

import { parser } from '@bpmn-io/lezer-feel';
import { problem } from './errors.ts';
import type { FeelProblem } from './errors.ts';
import { habitAt } from './habits.ts';
import { trackNames } from './name-tracker.ts';
import { parseNumber } from './number.ts';
import { parseTypeNode } from './parse-type.ts';
import { stringText } from './string-literal.ts';
import { syntaxProblem } from './syntax-problem.ts';
import { normalizeName } from './syntax.ts';
import type { ArithmeticOperator, ComparisonOperator, ContextMember, Expression, Iteration, NameShape, Parameter } from './syntax.ts';
import { parseAtLiteral } from './temporal-text.ts';
import { childNamed, childrenOf, textOf } from './tree.ts';
import type { SyntaxNode, SyntaxTree } from './tree.ts';

/** Source texts longer than this are refused: no one reads them, and the grammar's work grows faster than their length. */
const LONGEST_SOURCE = 65_536;
/** Nesting beyond this is refused, so that neither compiling nor evaluating can exhaust the stack. */
const DEEPEST_NESTING = 400;

export type GrammarStart = 'Expression' | 'UnaryTests';

export function isProblem(value: object): value is FeelProblem {
  return 'code' in value && 'hint' in value;
}

const ERROR_MARGIN = 20;
const BRACKET_TOKENS = /"(?:\\[\s\S]|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|[()[\]{}]/g;
const TYPE_TOKENS = /"(?:\\[\s\S]|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\/|\brange(?=\s*<)|\bcontext\s*<\s*>/g;

/**
 * The grammar knows neither `range<...>` nor `context<>` (DMN 1.5, rule 54). Both are shown to it as types it knows, of the same
 * length so that every offset stays true.
 */
function showUnknownTypes(source: string, ranges: Set<number>): string {
  return source.replace(TYPE_TOKENS, (token, at: number) => {
    if (token === 'range') {
      ranges.add(at);
      return 'list ';
    }
    return token.startsWith('context') ? 'context'.padEnd(token.length) : token;
  });
}

function firstError(tree: SyntaxTree): SyntaxNode | undefined {
  let found: SyntaxNode | undefined;
  tree.iterate({
    enter(reference) {
      if (found === undefined && reference.type.isError) found = reference.node;
      return found === undefined;
    },
  });
  return found;
}

/** Brackets inside brackets beyond the limit: the grammar would only say that it does not understand. */
function deepestBracket(source: string): number | undefined {
  let depth = 0;
  for (const token of source.matchAll(BRACKET_TOKENS)) {
    const char = token[0];
    if (char === '(' || char === '[' || char === '{') depth++;
    else if (char === ')' || char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > DEEPEST_NESTING) return token.index;
  }
  return undefined;
}

/** The tree of a text without errors, or the offset at which the grammar gives up. */
function parseStrictly(source: string, start: GrammarStart, shape: NameShape): SyntaxTree | number {
  try {
    return parser.configure({ top: start, contextTracker: trackNames(source, shape), strict: true }).parse(source);
  } catch (error) {
    const stopped = error instanceof SyntaxError ? /\d+$/.exec(error.message) : null;
    return stopped === null ? 0 : Number(stopped[0]);
  }
}

/**
 * The first error, with what is being read around it. Only the text up to there is looked at: the grammar tries many ways to
 * go on behind an error, and a long text full of errors would take it seconds.
 */
function errorAround(source: string, at: number, start: GrammarStart, shape: NameShape): SyntaxNode | undefined {
  const beginning = source.slice(0, at + ERROR_MARGIN);
  return firstError(parser.configure({ top: start, contextTracker: trackNames(beginning, shape) }).parse(beginning));
}

/** Parses one expression or one list of unary tests. `shape`: the names in scope, so that names of more than words are read whole. */
export function parseFeel(source: string, start: GrammarStart, shape: NameShape): Expression | FeelProblem {
  if (source.length > LONGEST_SOURCE) {
    return problem('FEEL_TOO_LONG', source, LONGEST_SOURCE, source.length, { limit: LONGEST_SOURCE, length: source.length });
  }
  const deep = deepestBracket(source);
  if (deep !== undefined) return problem('FEEL_TOO_DEEP', source, deep, deep + 1, { limit: DEEPEST_NESTING });
  const ranges = new Set<number>();
  let tree = parseStrictly(source, start, shape);
  if (typeof tree === 'number') {
    const shown = showUnknownTypes(source, ranges);
    if (shown !== source) tree = parseStrictly(shown, start, shape);
  }
  if (typeof tree === 'number') return syntaxProblem(source, tree, errorAround(source, tree, start, shape));
  const top = childrenOf(tree.topNode);
  const reader = new Reader(source, ranges);
  try {
    return start === 'UnaryTests' ? reader.unaryTests(tree.topNode) : reader.expression(top[0]!, 0);
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown.problem;
    throw thrown;
  }
}

/** Leaves the reading of a tree at the first thing in it that is no FEEL; never leaves this file. */
class Refused extends Error {
  readonly problem: FeelProblem;

  constructor(reason: FeelProblem) {
    super(reason.message);
    this.problem = reason;
  }
}

class Reader {
  readonly source: string;
  readonly ranges: ReadonlySet<number>;

  constructor(source: string, ranges: ReadonlySet<number>) {
    this.source = source;
    this.ranges = ranges;
  }

  text(node: SyntaxNode): string {
    return textOf(this.source, node);
  }

  name(node: SyntaxNode): string {
    return normalizeName(this.text(node));
  }

  expression(node: SyntaxNode, depth: number): Expression {
    if (depth > DEEPEST_NESTING) throw new Refused(problem('FEEL_TOO_DEEP', this.source, node.from, node.to, { limit: DEEPEST_NESTING }));
    const at = { from: node.from, to: node.to };
    const inner = depth + 1;
    switch (node.name) {
      case 'null':
        return { kind: 'literal', value: null, ...at };
      case 'BooleanLiteral':
        return { kind: 'literal', value: this.text(node) === 'true', ...at };
      case 'NumericLiteral':
        return { kind: 'literal', value: parseNumber(this.text(node).replace(/\s+/g, '')), ...at };
      case 'StringLiteral':
        return { kind: 'literal', value: stringText(this.text(node)), ...at };
      case 'VariableName':
        return { kind: 'name', name: this.name(node), ...at };
      case '?':
        return { kind: 'input', ...at };
      case 'ParenthesizedExpression':
      case 'PositiveUnaryTest':
      case 'FunctionBody':
        return this.expression(this.operands(node)[0]!, inner);
      case 'SimplePositiveUnaryTest':
        return this.simpleTest(node, inner);
      case 'DateTimeLiteral':
        return this.dateTimeLiteral(node, inner);
      case 'ArithmeticExpression':
        return this.arithmetic(node, inner);
      case 'Comparison':
        return this.comparison(node, inner);
      case 'Conjunction':
      case 'Disjunction':
        return this.logic(node, inner);
      case 'List':
        return { kind: 'list', items: this.operands(node).map((item) => this.expression(item, inner)), ...at };
      case 'Context':
        return { kind: 'context', members: node.getChildren('ContextEntry').map((entry) => this.member(entry, inner)), ...at };
      default:
        return this.compound(node, inner);
    }
  }

  compound(node: SyntaxNode, depth: number): Expression {
    const at = { from: node.from, to: node.to };
    const parts = this.operands(node);
    switch (node.name) {
      case 'IfExpression':
        return {
          kind: 'if',
          condition: this.expression(parts[0]!, depth),
          then: this.expression(parts[1]!, depth),
          else: this.expression(parts[2]!, depth),
          ...at,
        };
      case 'ForExpression':
        return { kind: 'for', iterations: this.iterations(parts[0]!, depth), body: this.expression(parts[1]!, depth), ...at };
      case 'QuantifiedExpression': {
        const kind = childrenOf(node)[0]!.name === 'some' ? 'some' : 'every';
        return { kind, iterations: this.iterations(parts[0]!, depth), body: this.expression(parts[1]!, depth), ...at };
      }
      case 'InstanceOfExpression':
        return { kind: 'instanceOf', value: this.expression(parts[0]!, depth), type: parseTypeNode(childNamed(node, 'Type'), this.source, this.ranges), ...at };
      case 'PathExpression':
        return { kind: 'path', source: this.expression(parts[0]!, depth), name: this.name(parts[1]!), ...at };
      case 'FilterExpression':
        return { kind: 'filter', source: this.expression(parts[0]!, depth), filter: this.expression(parts[1]!, depth), ...at };
      case 'FunctionInvocation':
        return this.call(node, depth);
      case 'FunctionDefinition':
        if (node.getChild('external') !== null) throw new Refused(problem('FEEL_EXTERNAL', this.source, node.from, node.to, {}));
        return {
          kind: 'function',
          parameters: (node.getChild('FormalParameters')?.getChildren('FormalParameter') ?? []).map((parameter) => this.parameter(parameter)),
          body: this.expression(childNamed(node, 'FunctionBody'), depth),
          ...at,
        };
      default:
        throw new Error(`Expected a node of the FEEL grammar, but the tree has ${node.name}`);
    }
  }

  /** Children that are expressions or parts of them, without keywords and punctuation. */
  operands(node: SyntaxNode): SyntaxNode[] {
    return childrenOf(node).filter((child) => /^[A-Z?]|^null$/.test(child.name) && child.name !== 'ArithOp' && child.name !== 'CompareOp');
  }

  dateTimeLiteral(node: SyntaxNode, depth: number): Expression {
    const literal = node.getChild('AtLiteral');
    if (literal === null) return this.call(node, depth);
    const value = parseAtLiteral(stringText(this.text(childNamed(literal, 'StringLiteral'))));
    return { kind: 'literal', value, ...(value === null && { isInvalid: true }), from: node.from, to: node.to };
  }

  arithmetic(node: SyntaxNode, depth: number): Expression {
    const at = { from: node.from, to: node.to };
    const operator = this.operator(childNamed(node, 'ArithOp'));
    const parts = this.operands(node);
    if (parts.length === 1) {
      if (operator !== '-') throw new Refused(problem('FEEL_SYNTAX', this.source, node.from, node.from + 1, { expected: 'a value before the operator', actual: `there is '${operator}'` }));
      return { kind: 'negation', operand: this.operand(parts[0]!, depth), ...at };
    }
    return { kind: 'arithmetic', operator, left: this.operand(parts[0]!, depth), right: this.operand(parts[1]!, depth), ...at };
  }

  /** The grammar takes a test such as `= 3` wherever a value can stand; beside an operator it is one operator too many. */
  operand(node: SyntaxNode, depth: number): Expression {
    const operator = node.name === 'SimplePositiveUnaryTest' ? node.getChild('CompareOp') : null;
    if (operator === null) return this.expression(node, depth);
    const { from, to, expected, actual } = habitAt(this.source, operator.from) ?? { from: operator.from, to: operator.to, expected: 'a value on both sides of the operator', actual: `there is '${this.text(operator)}'` };
    throw new Refused(problem('FEEL_SYNTAX', this.source, from, to, { expected, actual }));
  }

  operator(node: SyntaxNode): ArithmeticOperator {
    const operator = this.text(node);
    // The grammar takes the exponent sign of other languages, which FEEL does not have.
    if (operator === '^') throw new Refused(problem('FEEL_SYNTAX', this.source, node.from, node.to, { expected: "the operator '**' for a power", actual: "there is '^'" }));
    return operator as ArithmeticOperator;
  }

  comparison(node: SyntaxNode, depth: number): Expression {
    const at = { from: node.from, to: node.to };
    const parts = this.operands(node);
    const operator = node.getChild('CompareOp');
    if (operator !== null) {
      return {
        kind: 'comparison',
        operator: this.text(operator) as ComparisonOperator,
        left: this.operand(parts[0]!, depth),
        right: this.operand(parts[1]!, depth),
        ...at,
      };
    }
    const value = this.operand(parts[0]!, depth);
    if (node.getChild('between') !== null) return { kind: 'between', value, low: this.operand(parts[1]!, depth), high: this.operand(parts[2]!, depth), ...at };
    const tests = parts[1]!.name === 'PositiveUnaryTests' ? this.operands(parts[1]!) : [parts[1]!];
    return { kind: 'in', value, tests: tests.map((test) => this.expression(test, depth)), ...at };
  }

  /** A chain of the same connective is one node, however long it is. */
  logic(node: SyntaxNode, depth: number): Expression {
    const operands: Expression[] = [];
    let left: SyntaxNode = node;
    while (left.name === node.name) {
      const parts = this.operands(left);
      operands.push(this.operand(parts[1]!, depth));
      left = parts[0]!;
    }
    operands.push(this.operand(left, depth));
    return { kind: node.name === 'Conjunction' ? 'and' : 'or', operands: operands.reverse(), from: node.from, to: node.to };
  }

  simpleTest(node: SyntaxNode, depth: number): Expression {
    const at = { from: node.from, to: node.to };
    const operator = node.getChild('CompareOp');
    if (operator !== null) return { kind: 'unary', operator: this.text(operator) as ComparisonOperator, operand: this.expression(this.operands(node)[0]!, depth), ...at };
    const interval = childNamed(node, 'Interval');
    const ends = this.operands(interval);
    return {
      kind: 'range',
      startIncluded: this.source[interval.from] === '[',
      start: this.expression(ends[0]!, depth),
      end: this.expression(ends[1]!, depth),
      endIncluded: this.source[interval.to - 1] === ']',
      ...at,
    };
  }

  iterations(node: SyntaxNode, depth: number): Iteration[] {
    return node.getChildren('InExpression').map((iteration) => {
      const range = this.operands(childNamed(iteration, 'IterationContext'));
      return {
        name: this.name(childNamed(iteration, 'Name')),
        source: this.expression(range[0]!, depth),
        end: range[1] === undefined ? undefined : this.expression(range[1], depth),
      };
    });
  }

  member(entry: SyntaxNode, depth: number): ContextMember {
    const key = childrenOf(childNamed(entry, 'Key'))[0]!;
    const name = key.name === 'StringLiteral' ? stringText(this.text(key)) : this.text(key).replace(/\s+/g, ' ').trim();
    return { name, value: this.expression(this.operands(entry)[1]!, depth) };
  }

  parameter(node: SyntaxNode): Parameter {
    const type = node.getChild('Type');
    return { name: this.name(childNamed(node, 'ParameterName')), type: type === null ? undefined : parseTypeNode(type, this.source, this.ranges) };
  }

  call(node: SyntaxNode, depth: number): Expression {
    const callee = childrenOf(node)[0]!;
    const named = node.getChild('NamedParameters');
    const positional = node.getChild('PositionalParameters');
    const isName = callee.name === 'DateTimeConstructor' || callee.name === 'SpecialFunctionName';
    return {
      kind: 'call',
      callee: isName ? { kind: 'name', name: this.name(callee), from: callee.from, to: callee.to } : this.expression(callee, depth),
      positional: named !== null || positional === null ? undefined : this.operands(positional).map((argument) => this.expression(argument, depth)),
      named: named?.getChildren('NamedParameter').map((parameter) => ({
        name: this.name(childNamed(parameter, 'ParameterName')),
        value: this.expression(this.operands(parameter)[1]!, depth),
      })),
      from: node.from,
      to: node.to,
    };
  }

  unaryTests(top: SyntaxNode): Expression {
    const tests = top.getChild('PositiveUnaryTests');
    return {
      kind: 'unaryTests',
      negated: top.getChild('not') !== null,
      tests: tests === null ? undefined : this.operands(tests).map((test) => this.expression(test, 0)),
      from: top.from,
      to: top.to,
    };
  }
}
