// Context functions (DMN 1.5, 10.3.4.9).

import { spendOnWalk } from './budget.ts';
import type { Call, Definition } from './builtin.ts';
import { isContext, read, setEntry } from './values.ts';
import type { FeelContext } from './values.ts';

function copyOf(call: Call, context: FeelContext): FeelContext {
  spendOnWalk(call.run, Object.keys(context).length);
  return { ...context };
}

function getValue(call: Call, context: FeelContext, key: string | readonly unknown[]): unknown {
  let value: unknown = context;
  for (const name of Array.isArray(key) ? key : [key]) {
    if (typeof name !== 'string' || !isContext(value) || !Object.hasOwn(value, name)) return call.fail('the name of an entry', `there is none named ${String(name)}`);
    value = read(value[name]);
  }
  return value;
}

function contextOf(call: Call, entries: readonly unknown[]): FeelContext | null {
  const context: FeelContext = {};
  spendOnWalk(call.run, entries.length);
  for (const item of entries) {
    const entry = read(item);
    if (!isContext(entry) || typeof entry.key !== 'string' || !Object.hasOwn(entry, 'value')) {
      return call.fail('entries with a key and a value', 'one has not');
    }
    if (Object.hasOwn(context, entry.key)) return call.fail('entries with different keys', `'${entry.key}' stands twice`);
    setEntry(context, entry.key, read(entry.value));
  }
  return context;
}

function put(call: Call, context: FeelContext, key: string, value: unknown): FeelContext {
  const copy = copyOf(call, context);
  setEntry(copy, key, value);
  return copy;
}

function putDeep(call: Call, context: FeelContext, keys: readonly unknown[], value: unknown): FeelContext | null {
  const [first, ...rest] = keys;
  if (typeof first !== 'string') return call.fail('a list of names', 'there is none');
  if (rest.length === 0) return put(call, context, first, value);
  const inner = Object.hasOwn(context, first) ? read(context[first]) : null;
  if (!isContext(inner)) return call.fail(`a context under '${first}'`, 'there is none');
  const changed = putDeep(call, inner, rest, value);
  return changed === null ? null : put(call, context, first, changed);
}

function merge(call: Call, contexts: readonly unknown[]): FeelContext | null {
  const merged: FeelContext = {};
  for (const item of contexts) {
    const context = read(item);
    if (!isContext(context)) return call.fail('a list of contexts', 'one of its items is none');
    spendOnWalk(call.run, Object.keys(context).length);
    for (const name of Object.keys(context)) setEntry(merged, name, context[name]);
  }
  return merged;
}

export const contextBuiltins: readonly Definition[] = [
  ['get value(m: context, key: string)', getValue],
  ['get value(context: context, key: string)', getValue],
  ['get value(context: context, keys: list)', getValue],
  [
    'get entries(m: context)',
    (call, context: FeelContext) => {
      const keys = Object.keys(context);
      spendOnWalk(call.run, keys.length);
      return keys.map((key) => ({ key, value: context[key] }));
    },
  ],
  ['context(entries: list)', contextOf],
  ['context put(context: context, key: string, value: any)', put],
  ['context put(context: context, keys: list, value: any)', putDeep],
  ['context merge(contexts: list)', merge],
];
