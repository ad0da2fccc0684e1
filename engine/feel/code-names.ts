// Names, paths and contexts (DMN 1.5, 10.3.2.11 and 10.3.2.13.4): where a value comes from.

import { spendOnWalk } from './budget.ts';
import { frameAt, localDepth, within } from './compiler.ts';
import type { Compiler, Names } from './compiler.ts';
import { describe } from './kinds.ts';
import { propertyOf } from './properties.ts';
import { nullBecause } from './run.ts';
import type { Code, Frame, Run } from './run.ts';
import { normalizeName } from './syntax.ts';
import type { Expression, ExpressionOf } from './syntax.ts';
import { isContext, read, setEntry } from './values.ts';
import type { FeelContext } from './values.ts';

/** The entry of a context by its name, also where name and key differ in white space around special characters. */
function entryKey(context: FeelContext, name: string): string | undefined {
  if (Object.hasOwn(context, name)) return name;
  if (!name.includes(' ')) return undefined;
  return Object.keys(context).find((key) => normalizeName(key) === name);
}

type Wanted = 'a variable' | 'a function';

function localCode(depth: number): Code {
  switch (depth) {
    case 0:
      return (_run, frame) => frame!.value;
    case 1:
      return (_run, frame) => frame!.up!.value;
    default:
      return (_run, frame) => frameAt(frame, depth).value;
  }
}

function variableCode(node: ExpressionOf<'name'>, compiler: Compiler, wanted: Wanted, mayBeEntry: boolean): Code {
  const builtin = compiler.isDeclared(node.name) ? undefined : compiler.builtin(node.name);
  const name = compiler.variable(node.name, mayBeEntry);
  // Variables hide built-in functions (10.3.2.9.1): only at run time it is known which there are.
  if (builtin !== undefined) {
    return (run) => {
      const value = run.scope.get(name);
      return value === undefined ? builtin : read(value);
    };
  }
  return (run) => {
    const value = run.scope.get(name);
    if (typeof value === 'number' || typeof value === 'string') return value;
    if (value === undefined) return nullBecause(run, node, wanted === 'a function' ? 'FEEL_UNKNOWN_FUNCTION' : 'FEEL_UNKNOWN_NAME', `${wanted} named '${name}'`, () => 'there is none');
    return read(value);
  };
}

/** How far up the filtered elements lie that may have an entry of this name, as far as they hide what `depth` would find. */
function itemDepths(names: Names | null, depth: number): number[] {
  const depths: number[] = [];
  let at = 0;
  for (let link = names; link !== null && (depth < 0 || at <= depth); link = link.up, at++) if (link.isItem) depths.push(at);
  return depths;
}

export function nameCode(node: ExpressionOf<'name'>, names: Names | null, compiler: Compiler, wanted: Wanted = 'a variable'): Code {
  const depth = localDepth(names, node.name);
  const items = itemDepths(names, depth);
  const plain = depth >= 0 ? localCode(depth) : variableCode(node, compiler, wanted, items.length > 0);
  if (items.length === 0) return plain;
  return (run, frame) => {
    for (const at of items) {
      const item = frameAt(frame, at).value;
      if (!isContext(item)) continue;
      const key = entryKey(item, node.name);
      if (key !== undefined) return read(item[key]);
    }
    return plain(run, frame);
  };
}

function pathOf(value: unknown, name: string, run: Run, node: Expression, inList: boolean): unknown {
  if (isContext(value)) {
    const key = entryKey(value, name);
    if (key !== undefined) return read(value[key]);
    return nullBecause(run, node, 'FEEL_UNKNOWN_NAME', `an entry named '${name}'`, () => `the context has ${entryList(value)}`);
  }
  if (Array.isArray(value) && !inList) {
    spendOnWalk(run, value.length);
    return value.map((item) => pathOf(read(item), name, run, node, true));
  }
  const property = propertyOf(value, name);
  if (property !== undefined) return property;
  return nullBecause(run, node, 'FEEL_TYPE', `a context with an entry '${name}'`, () => `it is ${describe(value)}`);
}

function entryList(context: FeelContext): string {
  const keys = Object.keys(context);
  const shown = keys.slice(0, 8).map((key) => `'${key}'`);
  return keys.length === 0 ? 'no entries' : shown.join(', ') + (keys.length > 8 ? ' and more' : '');
}

export function pathCode(node: ExpressionOf<'path'>, names: Names | null, compiler: Compiler): Code {
  const source = compiler.code(node.source, names);
  const name = node.name;
  return (run, frame) => {
    const value = source(run, frame);
    return pathOf(value, name, run, node, false);
  };
}

/** Entries see those before them. Two entries of one name make no context. */
export function contextCode(node: ExpressionOf<'context'>, names: Names | null, compiler: Compiler): Code {
  const keys = node.members.map((member) => member.name);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice !== undefined) return (run) => nullBecause(run, node, 'FEEL_NO_RESULT', 'entries with different names', () => `'${twice}' stands twice`);
  let scope = names;
  const codes = node.members.map((member) => {
    const code = compiler.code(member.value, scope);
    scope = within(scope, normalizeName(member.name));
    return code;
  });
  return (run, frame) => {
    const context: FeelContext = {};
    let inner: Frame | null = frame;
    for (let i = 0; i < codes.length; i++) {
      const value = codes[i]!(run, inner);
      setEntry(context, keys[i]!, value);
      inner = { value, up: inner };
    }
    return context;
  };
}
