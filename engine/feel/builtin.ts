// Built-in functions as signatures and bodies (DMN 1.5, 10.3.4): one place decides which arguments fit, converts them, and says what did not.

import { deeper, givenWords, orderArguments } from './function-call.ts';
import { describe, kindOf } from './kinds.ts';
import { nullBecause } from './run.ts';
import type { Run } from './run.ts';
import { FeelFunction, read } from './values.ts';

interface At {
  readonly from: number;
  readonly to: number;
}

/** What a body gets besides its arguments. Reasons never repeat the text of a value: they may reach people who must not read it. */
export interface Call {
  readonly run: Run;
  /** Null, with the reason noted. */
  fail(expected: string, actual: string): null;
}

export type Body = (call: Call, ...args: never[]) => unknown;

/** A signature such as `substring(string: string, start position: number, length?: number)` with its body. */
export type Definition = readonly [signature: string, body: Body];

interface Parameter {
  readonly name: string;
  /** Kinds of values it takes; empty for any. */
  readonly kinds: ReadonlySet<string>;
  readonly optional: boolean;
  readonly variadic: boolean;
}

interface Form {
  readonly parameters: readonly Parameter[];
  readonly body: Body;
  /** It takes a function, and calls it from deep inside. */
  readonly callsBack: boolean;
}

const CALLBACK_LEVELS = 40;

const UNIONS: Readonly<Record<string, readonly string[]>> = {
  any: [],
  duration: ['days and time duration', 'years and months duration'],
  dateTime: ['date and time'],
};

function parseParameter(text: string): Parameter {
  const [head = '', types = 'any'] = text.split(/\s*:\s*/);
  const kinds = new Set(types.split('|').flatMap((type) => UNIONS[type] ?? [type]));
  return { name: head.replace(/[?.]+$/, ''), kinds, optional: head.endsWith('?'), variadic: head.endsWith('...') };
}

function parseSignature(signature: string): { name: string; parameters: Parameter[] } {
  const open = signature.indexOf('(');
  const list = signature.slice(open + 1, -1);
  return { name: signature.slice(0, open), parameters: list === '' ? [] : list.split(/\s*,\s*/).map(parseParameter) };
}

/** The argument as the parameter takes it, converted to or from a list of one; undefined where it does not fit. */
function fit(value: unknown, parameter: Parameter): unknown {
  const { kinds } = parameter;
  if (kinds.size === 0 || kinds.has(kindOf(value))) return value;
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    if (value.length !== 1) return undefined;
    const only = read(value[0]);
    return kinds.has(kindOf(only)) ? only : undefined;
  }
  return kinds.has('list') ? [value] : undefined;
}

type Bound = { readonly args: unknown[] } | { readonly wrong: Parameter; readonly value: unknown } | undefined;

function bindPositional(form: Form, values: readonly unknown[]): Bound {
  const { parameters } = form;
  const last = parameters.at(-1);
  const variadic = last !== undefined && last.variadic;
  const required = parameters.filter((parameter) => !parameter.optional && !parameter.variadic).length;
  if (values.length < required || (!variadic && values.length > parameters.length)) return undefined;
  if (variadic && values.length === required) return undefined;
  const args: unknown[] = [];
  for (let i = 0; i < values.length; i++) {
    const parameter = parameters[i] ?? last!;
    const value = fit(values[i], parameter);
    if (value === undefined) return { wrong: parameter, value: values[i] };
    args.push(value);
  }
  return { args };
}

function bindNamed(form: Form, names: readonly string[], values: readonly unknown[]): Bound {
  const { parameters } = form;
  if (parameters.some((parameter) => parameter.variadic)) return undefined;
  const ordered = orderArguments(parameters, names, values);
  if (ordered === undefined) return undefined;
  const args: unknown[] = [];
  for (const [i, parameter] of parameters.entries()) {
    if (ordered[i] === undefined) {
      if (!parameter.optional) return undefined;
      args.push(undefined);
      continue;
    }
    const value = fit(ordered[i], parameter);
    if (value === undefined) return { wrong: parameter, value: ordered[i] };
    args.push(value);
  }
  return { args };
}

function formText(name: string, form: Form): string {
  const parts = form.parameters.map((parameter) => `${parameter.name}${parameter.optional ? '?' : ''}${parameter.variadic ? '...' : ''}`);
  return `${name}(${parts.join(', ')})`;
}

function invokeForms(name: string, forms: readonly Form[], values: readonly unknown[], names: readonly string[] | undefined, run: Run, at: At): unknown {
  let wrong: { readonly wrong: Parameter; readonly value: unknown } | undefined;
  for (const form of forms) {
    const bound = names === undefined ? bindPositional(form, values) : bindNamed(form, names, values);
    if (bound === undefined) continue;
    if ('wrong' in bound) {
      wrong ??= bound;
      continue;
    }
    const call: Call = { run, fail: (expected, actual) => nullBecause(run, at, 'FEEL_NO_RESULT', expected, () => `in ${name} ${actual}`) };
    const body = form.body as (call: Call, ...args: unknown[]) => unknown;
    return form.callsBack ? deeper(run, CALLBACK_LEVELS, () => body(call, ...bound.args)) : body(call, ...bound.args);
  }
  if (wrong !== undefined) {
    const { wrong: parameter, value } = wrong;
    const kinds = [...parameter.kinds].join(' or ');
    return nullBecause(run, at, 'FEEL_ARGUMENT', `a ${kinds} as '${parameter.name}' of ${name}`, () => `it is ${describe(value)}`);
  }
  return nullBecause(run, at, 'FEEL_ARGUMENT', `arguments for ${forms.map((form) => formText(name, form)).join(' or ')}`, () => givenWords(values.length, names));
}

/** Built-in functions by name, all forms of one name together; the first form that fits is taken. */
export function defineBuiltins(definitions: readonly Definition[]): ReadonlyMap<string, FeelFunction> {
  const forms = new Map<string, Form[]>();
  for (const [signature, body] of definitions) {
    const { name, parameters } = parseSignature(signature);
    const known = forms.get(name);
    const form = { parameters, body, callsBack: parameters.some(({ kinds }) => kinds.has('function')) };
    if (known === undefined) forms.set(name, [form]);
    else known.push(form);
  }
  const functions = new Map<string, FeelFunction>();
  for (const [name, list] of forms) {
    const at = { from: 0, to: 0 };
    const parameters = list[0]!.parameters.map((parameter) => ({ name: parameter.name }));
    functions.set(
      name,
      new FeelFunction(
        parameters,
        (args, run) => invokeForms(name, list, args, undefined, run, at),
        (args, names, run, where) => invokeForms(name, list, args, names, run, where),
      ),
    );
  }
  return functions;
}
