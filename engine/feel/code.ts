// The dispatcher of the compiler: each kind of expression (DMN 1.5, 10.3.1.2) becomes a closure, once.

import { functionCode, callCode } from './code-functions.ts';
import { filterCode, forCode, quantifiedCode } from './code-loops.ts';
import { contextCode, nameCode, pathCode } from './code-names.ts';
import { arithmeticCode, betweenCode, comparisonCode, ifCode, inCode, instanceOfCode, logicCode, negationCode, rangeCode, unaryCode } from './code-operators.ts';
import { unaryTestsCode } from './code-tests.ts';
import type { Compiler, Names } from './compiler.ts';
import { nullBecause } from './run.ts';
import type { Code } from './run.ts';
import type { Expression } from './syntax.ts';

export function expressionCode(node: Expression, names: Names | null, compiler: Compiler): Code {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      if (node.isInvalid === true) return (run) => nullBecause(run, node, 'FEEL_NO_RESULT', 'a date, time, date and time or duration behind @', () => 'the text is none');
      return () => value;
    }
    case 'name':
      return nameCode(node, names, compiler);
    case 'input':
      return nameCode({ kind: 'name', name: '?', from: node.from, to: node.to }, names, compiler);
    case 'arithmetic':
      return arithmeticCode(node, names, compiler);
    case 'negation':
      return negationCode(node, names, compiler);
    case 'comparison':
      return comparisonCode(node, names, compiler);
    case 'between':
      return betweenCode(node, names, compiler);
    case 'in':
      return inCode(node, names, compiler);
    case 'and':
    case 'or':
      return logicCode(node, names, compiler);
    case 'instanceOf':
      return instanceOfCode(node, names, compiler);
    case 'if':
      return ifCode(node, names, compiler);
    case 'for':
      return forCode(node, names, compiler);
    case 'some':
    case 'every':
      return quantifiedCode(node, names, compiler);
    case 'list': {
      const codes = node.items.map((item) => compiler.code(item, names));
      return (run, frame) => codes.map((code) => code(run, frame));
    }
    case 'context':
      return contextCode(node, names, compiler);
    case 'path':
      return pathCode(node, names, compiler);
    case 'filter':
      return filterCode(node, names, compiler);
    case 'call':
      return callCode(node, names, compiler);
    case 'function':
      return functionCode(node, names, compiler);
    case 'range':
      return rangeCode(node, names, compiler);
    case 'unary':
      return unaryCode(node, names, compiler);
    case 'unaryTests':
      return unaryTestsCode(node, names, compiler);
  }
}
