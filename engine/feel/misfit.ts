// Why a value is not of a type (DMN 1.5, 10.3.2.9.1), told of the innermost part that does not fit and without the value itself.

import type { Budget } from './budget.ts';
import { describe } from './kinds.ts';
import { conforms } from './types.ts';
import type { FeelType } from './types.ts';
import { isContext, read } from './values.ts';

/** `part`: what of the value is meant, ending in ` of `; empty for the value as a whole. */
export interface Misfit {
  readonly part: string;
  readonly expected: string;
  readonly actual: string;
}

function typeWords(type: FeelType): string {
  switch (type.kind) {
    case 'any': return 'any value';
    case 'basic': return type.name === 'null' ? 'null' : `a ${type.name}`;
    case 'list': return 'a list';
    case 'range': return 'a range';
    case 'context': return 'a context';
    case 'function': return `a function of ${String(type.parameters.length)} parameters`;
    case 'restricted': return typeWords(type.base);
  }
}

/** What keeps a value from being of a type it does not conform to. */
export function misfitOf(value: unknown, type: FeelType, budget: Budget): Misfit {
  if (type.kind === 'restricted') return conforms(value, type.base, budget) ? { part: '', expected: 'one of the values its type allows', actual: 'it is another' } : misfitOf(value, type.base, budget);
  const inner = type.kind === 'list' && Array.isArray(value) ? itemMisfit(value, type.of, budget) : type.kind === 'context' && isContext(value) ? entryMisfit(value, type.members, budget) : undefined;
  return inner ?? { part: '', expected: typeWords(type), actual: actually(value) };
}

/** A tagged text that does not fit its tag is an ordinary context; whoever wrote it means the text. */
function actually(value: unknown): string {
  return isContext(value) && typeof value.$ === 'string' && typeof value.v === 'string' ? 'it is a text that is none' : `it is ${describe(value)}`;
}

function within(part: string, value: unknown, type: FeelType, budget: Budget): Misfit | undefined {
  if (value === null ? type.kind !== 'restricted' || type.allows(null, budget) : conforms(value, type, budget)) return undefined;
  const inner = value === null ? { part: '', expected: 'one of the values its type allows', actual: 'it is null' } : misfitOf(value, type, budget);
  return { ...inner, part: `${inner.part}${part} of ` };
}

function itemMisfit(items: readonly unknown[], type: FeelType, budget: Budget): Misfit | undefined {
  for (const [at, item] of items.entries()) {
    const found = within(`item ${String(at + 1)}`, read(item), type, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}

function entryMisfit(context: Readonly<Record<string, unknown>>, members: ReadonlyMap<string, FeelType>, budget: Budget): Misfit | undefined {
  for (const [name, type] of members) {
    if (!Object.hasOwn(context, name)) return { part: '', expected: `a context with an entry '${name}'`, actual: 'it has none' };
    const found = within(`entry '${name}'`, read(context[name]), type, budget);
    if (found !== undefined) return found;
  }
  return undefined;
}
