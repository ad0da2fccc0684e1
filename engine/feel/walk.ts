// Questions about an expression that need its whole tree (DMN 1.5, 10.3.1.2): which parts it has, what it mentions, how deep it is.

import type { Expression } from './syntax.ts';

/** The expressions directly inside an expression. */
export function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'input':
      return [];
    case 'arithmetic':
    case 'comparison':
      return [node.left, node.right];
    case 'negation':
    case 'unary':
      return [node.operand];
    case 'between':
      return [node.value, node.low, node.high];
    case 'in':
      return [node.value, ...node.tests];
    case 'and':
    case 'or':
      return node.operands;
    case 'instanceOf':
      return [node.value];
    case 'if':
      return [node.condition, node.then, node.else];
    case 'for':
    case 'some':
    case 'every':
      return [...node.iterations.flatMap((iteration) => (iteration.end === undefined ? [iteration.source] : [iteration.source, iteration.end])), node.body];
    case 'list':
      return node.items;
    case 'context':
      return node.members.map((member) => member.value);
    case 'path':
      return [node.source];
    case 'filter':
      return [node.source, node.filter];
    case 'call':
      return [node.callee, ...(node.positional ?? []), ...(node.named ?? []).map((argument) => argument.value)];
    case 'function':
      return [node.body];
    case 'range':
      return [node.start, node.end];
    case 'unaryTests':
      return node.tests ?? [];
  }
}

export function someNode(node: Expression, test: (node: Expression) => boolean): boolean {
  return test(node) || partsOf(node).some((part) => someNode(part, test));
}

/** Calls one kind of expression puts on the stack before its parts are evaluated: counted in the code that compiles it. */
function framesOf(node: Expression): number {
  switch (node.kind) {
    case 'for':
    case 'some':
    case 'every':
      return 6 + 5 * node.iterations.length;
    case 'list':
    case 'in':
    case 'filter':
    case 'unaryTests':
      return 3;
    default:
      return 1;
  }
}

/** Levels of the stack an expression may need for itself, without the functions it calls. */
export function levelsOf(node: Expression): number {
  let deepest = 0;
  for (const part of partsOf(node)) deepest = Math.max(deepest, levelsOf(part));
  return deepest + framesOf(node);
}

export function sizeOf(node: Expression): number {
  let size = 1;
  for (const part of partsOf(node)) size += sizeOf(part);
  return size;
}
