// Function definitions and invocations (DMN 1.5, 10.3.2.13).

import { newBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { nameCode } from './code-names.ts';
import { localDepth, within } from './compiler.ts';
import type { Compiler, Names } from './compiler.ts';
import { callFunction, CALL_LEVELS, deeper } from './function-call.ts';
import { nullBecause, withScope } from './run.ts';
import type { Code, Frame, Run } from './run.ts';
import type { Expression, ExpressionOf } from './syntax.ts';
import { coerce, resolveType } from './types.ts';
import { FeelFunction } from './values.ts';
import { levelsOf } from './walk.ts';

export function functionCode(node: ExpressionOf<'function'>, names: Names | null, compiler: Compiler): Code {
  let scope = names;
  for (const parameter of node.parameters) scope = within(scope, parameter.name);
  const body = compiler.code(node.body, scope);
  const levels = levelsOf(node.body) + CALL_LEVELS;
  const parameters = node.parameters.map((parameter) => {
    const type = parameter.type === undefined ? undefined : resolveType(parameter.type, (name) => compiler.namedType(name));
    return { name: parameter.name, accept: type === undefined ? undefined : (value: unknown, budget: Budget) => coerce(value, type, budget) };
  });
  const untyped = node.parameters.find((parameter) => parameter.type !== undefined && resolveType(parameter.type, (name) => compiler.namedType(name)) === undefined);
  if (untyped !== undefined) return (run) => nullBecause(run, node, 'FEEL_UNKNOWN_NAME', `the name of a type for parameter '${untyped.name}'`, () => 'there is no such type');
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

/** Functions whose result depends on nothing but their arguments, and is read again and again in conditions. */
const CONSTANT_FUNCTIONS = new Set(['date', 'time', 'date and time', 'duration', 'number']);

/** The value of a call such as `date("2026-01-05")`, made once; null where it is none or has none. */
function constantOf(callee: Expression, builtin: FeelFunction, args: readonly Expression[], names: readonly string[] | undefined): unknown {
  if (callee.kind !== 'name' || !CONSTANT_FUNCTIONS.has(callee.name)) return null;
  const values: unknown[] = [];
  for (const argument of args) {
    if (argument.kind !== 'literal') return null;
    values.push(argument.value);
  }
  const run: Run = { ...newBudget(1000), scope: { get: () => undefined }, clock: { now: '', zone: '' }, depth: 0, notes: null, reasons: 0 };
  return callFunction(builtin, values, names, run, callee);
}

export function callCode(node: ExpressionOf<'call'>, names: Names | null, compiler: Compiler): Code {
  const { callee } = node;
  const argumentNodes = node.positional ?? node.named!.map((argument) => argument.value);
  const argumentNames = node.named?.map((argument) => argument.name);
  const codes = argumentNodes.map((argument) => compiler.code(argument, names));
  const isBuiltin = callee.kind === 'name' && localDepth(names, callee.name) < 0 && !compiler.isDeclared(callee.name);
  const builtin = isBuiltin ? compiler.builtin(callee.name) : undefined;
  if (isBuiltin && builtin === undefined) compiler.foreignCall(callee.name);
  // An input named 'date' or 'count' hides the value of that name, but is no function to call.
  const hidden = callee.kind === 'name' && builtin === undefined ? compiler.builtin(callee.name) : undefined;
  const constant = builtin === undefined ? null : constantOf(callee, builtin, argumentNodes, argumentNames);
  if (constant !== null) return () => constant;
  const isUnknown = isBuiltin && builtin === undefined;
  const target: Code = builtin !== undefined ? () => builtin : isUnknown ? nameCode(callee, names, compiler, 'a function') : compiler.code(callee, names);
  return (run, frame) => {
    const values: unknown[] = [];
    for (const code of codes) values.push(code(run, frame));
    const called = target(run, frame);
    // Why is noted.
    if (called === null && isUnknown) return null;
    return callFunction(hidden !== undefined && !(called instanceof FeelFunction) ? hidden : called, values, argumentNames, run, node);
  };
}
