// Unary tests (DMN 1.5, 10.3.1.2 rules 7 to 17, and 8.3.3): a list of tests on one input value, which expressions call `?`.

import { testCode } from './code-operators.ts';
import type { Test } from './code-operators.ts';
import { within } from './compiler.ts';
import type { Compiler, Names } from './compiler.ts';
import { describe } from './kinds.ts';
import { nullBecause } from './run.ts';
import type { Code } from './run.ts';
import type { Expression, ExpressionOf } from './syntax.ts';
import { someNode } from './walk.ts';

function cellTest(node: Expression, names: Names | null, compiler: Compiler): Test {
  // A test that speaks of the input itself is a condition, not a value to compare with.
  if (!someNode(node, (part) => part.kind === 'input')) return testCode(node, names, compiler);
  const condition = compiler.code(node, names);
  return (_value, run, frame) => {
    const verdict = condition(run, frame);
    if (typeof verdict === 'boolean') return verdict;
    return nullBecause(run, node, 'FEEL_TYPE', 'true or false from a test that speaks of ?', () => `it is ${describe(verdict)}`);
  };
}

/** The input comes as the variable `?`. */
export function unaryTestsCode(node: ExpressionOf<'unaryTests'>, names: Names | null, compiler: Compiler): Code {
  if (node.tests === undefined) return () => true;
  const input = compiler.code({ kind: 'input', from: node.from, to: node.from }, names);
  const inner = within(names, '?');
  const tests = node.tests.map((test) => cellTest(test, inner, compiler));
  return (run, frame) => {
    const value = input(run, frame);
    const bound = { value, up: frame };
    let result: boolean | null = false;
    for (const test of tests) {
      const outcome = test(value, run, bound);
      if (outcome === true) {
        result = true;
        break;
      }
      if (outcome === null) result = null;
    }
    return node.negated ? (result === null ? null : !result) : result;
  };
}
