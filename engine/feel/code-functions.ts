// Function definitions and invocations (DMN 1.5, 10.3.2.13).

import type { Compiler, Names } from './compiler.ts';
import { localDepth, within } from './compiler.ts';
import { callFunction, deeper } from './function-call.ts';
import { nullBecause, withScope } from './run.ts';
import type { Code, Frame, Run } from './run.ts';
import type { Expression } from './syntax.ts';
import { coerce, resolveType } from './types.ts';
import { FeelFunction } from './values.ts';
import { nestingOf } from './walk.ts';

type Of<K extends Expression['kind']> = Extract<Expression, { readonly kind: K }>;

export function functionCode(node: Of<'function'>, names: Names | null, compiler: Compiler): Code {
  if (node.external) {
    return (run) => nullBecause(run, node, 'FEEL_UNKNOWN_FUNCTION', 'a function written in FEEL', () => 'it is external, which this engine never calls');
  }
  let scope = names;
  for (const parameter of node.parameters) scope = within(scope, parameter.name);
  const body = compiler.code(node.body, scope);
  // The call itself takes two levels of the stack besides what its body takes.
  const levels = nestingOf(node.body) + 2;
  const parameters = node.parameters.map((parameter) => {
    const type = parameter.type === undefined ? undefined : resolveType(parameter.type, (name) => compiler.namedType(name));
    return { name: parameter.name, accept: type === undefined ? undefined : (value: unknown) => coerce(value, type) };
  });
  return (maker, frame) => {
    const home = maker.scope;
    return new FeelFunction(parameters, (args, caller) => {
      let bound: Frame | null = frame;
      for (const value of args) bound = { value, up: bound };
      const run = caller as Run;
      return withScope(run, home, () => deeper(run, levels, () => body(run, bound)));
    });
  };
}

export function callCode(node: Of<'call'>, names: Names | null, compiler: Compiler): Code {
  const { callee } = node;
  const argumentNodes = node.positional ?? node.named!.map((argument) => argument.value);
  const argumentNames = node.named?.map((argument) => argument.name);
  const codes = argumentNodes.map((argument) => compiler.code(argument, names));
  const isBuiltin = callee.kind === 'name' && localDepth(names, callee.name) < 0 && !compiler.isDeclared(callee.name);
  const builtin = isBuiltin ? compiler.builtin(callee.name) : undefined;
  const target: Code = builtin === undefined ? compiler.code(callee, names) : () => builtin;
  return (run, frame) => {
    const values: unknown[] = [];
    for (const code of codes) values.push(code(run, frame));
    return callFunction(target(run, frame), values, argumentNames, run, node);
  };
}
