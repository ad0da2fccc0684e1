// FEEL types, conformance and implicit conversion (DMN 1.5, 10.3.2.9): what `instance of`, parameters and item definitions mean.

import { DEEPEST_VALUE, refuseDepth, spend, spendOnWalk } from './budget.ts';
import type { Budget } from './budget.ts';
import { kindOf } from './kinds.ts';
import type { Kind } from './kinds.ts';
import type { TypeExpression } from './syntax.ts';
import { FeelDate, FeelDateTime, MIDNIGHT_UTC } from './temporal.ts';
import { FeelFunction, FeelRange, isContext, read } from './values.ts';

export type FeelType =
  | { readonly kind: 'any' }
  | { readonly kind: 'basic'; readonly name: Kind }
  | { readonly kind: 'list'; readonly of: FeelType }
  | { readonly kind: 'range'; readonly of: FeelType }
  | { readonly kind: 'context'; readonly members: ReadonlyMap<string, FeelType> }
  | { readonly kind: 'function'; readonly parameters: readonly FeelType[]; readonly result: FeelType }
  /** An item definition with allowed values: `allows` answers for a value that already conforms to `base`. */
  | { readonly kind: 'restricted'; readonly base: FeelType; readonly allows: (value: unknown, budget: Budget) => boolean };

export const ANY: FeelType = { kind: 'any' };
const BASIC = new Map<string, FeelType>();
for (const name of ['number', 'string', 'boolean', 'date', 'time', 'date and time', 'days and time duration', 'years and months duration'] as const) {
  BASIC.set(name, { kind: 'basic', name });
}
// Spellings of the same types in item definitions.
BASIC.set('dateTime', BASIC.get('date and time')!);
BASIC.set('dayTimeDuration', BASIC.get('days and time duration')!);
BASIC.set('yearMonthDuration', BASIC.get('years and months duration')!);
BASIC.set('Any', ANY);
BASIC.set('any', ANY);
BASIC.set('Null', { kind: 'basic', name: 'null' });
BASIC.set('context', { kind: 'context', members: new Map() });
BASIC.set('list', { kind: 'list', of: ANY });
BASIC.set('range', { kind: 'range', of: ANY });
BASIC.set('function', { kind: 'basic', name: 'function' });

export type NamedTypes = (name: string) => FeelType | undefined;

export function basicType(name: string): FeelType | undefined {
  return BASIC.get(name);
}

/** Undefined when a name in the expression is no type. */
export function resolveType(expression: TypeExpression, named: NamedTypes): FeelType | undefined {
  switch (expression.kind) {
    case 'named':
      return named(expression.name) ?? BASIC.get(expression.name);
    case 'list':
    case 'range': {
      const of = resolveType(expression.of, named);
      return of === undefined ? undefined : { kind: expression.kind, of };
    }
    case 'context': {
      const members = new Map<string, FeelType>();
      for (const member of expression.members) {
        const type = resolveType(member.type, named);
        if (type === undefined) return undefined;
        members.set(member.name, type);
      }
      return { kind: 'context', members };
    }
    case 'function': {
      const result = resolveType(expression.result, named);
      const parameters = expression.parameters.map((parameter) => resolveType(parameter, named));
      if (result === undefined || parameters.some((parameter) => parameter === undefined)) return undefined;
      return { kind: 'function', parameters: parameters as FeelType[], result };
    }
  }
}

/** The type as `instance of` asks for it: allowed values are a matter of validity, not of type. A type may contain itself. */
export function withoutRestrictions(type: FeelType | undefined): FeelType | undefined {
  return type === undefined ? undefined : bare(type, new Map());
}

function bare(type: FeelType, known: Map<FeelType, FeelType>): FeelType {
  const before = known.get(type);
  if (before !== undefined) return before;
  switch (type.kind) {
    case 'restricted':
      return bare(type.base, known);
    case 'list':
    case 'range':
      return { kind: type.kind, of: bare(type.of, known) };
    case 'context': {
      const members = new Map<string, FeelType>();
      const result: FeelType = { kind: 'context', members };
      known.set(type, result);
      for (const [name, member] of type.members) members.set(name, bare(member, known));
      return result;
    }
    default:
      return type;
  }
}

/** Whether a value other than null is of a type; null is of every type but is an instance of none except Null. */
export function conforms(value: unknown, type: FeelType, budget: Budget, depth = 0): boolean {
  if (depth > DEEPEST_VALUE) refuseDepth('a value', DEEPEST_VALUE);
  switch (type.kind) {
    case 'any':
      return true;
    case 'basic':
      return kindOf(value) === type.name;
    case 'list':
      if (!Array.isArray(value)) return false;
      spendOnWalk(budget, value.length);
      return value.every((item) => fits(read(item), type.of, budget, depth + 1));
    case 'range':
      return value instanceof FeelRange && (value.start === null || fits(value.start, type.of, budget, depth + 1)) && (value.end === null || fits(value.end, type.of, budget, depth + 1));
    case 'context': {
      if (!isContext(value)) return false;
      spend(budget, type.members.size >> 2);
      for (const [name, member] of type.members) {
        if (!Object.hasOwn(value, name) || !fits(read(value[name]), member, budget, depth + 1)) return false;
      }
      return true;
    }
    case 'function':
      return value instanceof FeelFunction && value.parameters.length === type.parameters.length;
    case 'restricted':
      return conforms(value, type.base, budget, depth) && type.allows(value, budget);
  }
}

/** Conformance of a part: null stands for a missing value of any type. */
function fits(value: unknown, type: FeelType, budget: Budget, depth: number): boolean {
  return value === null ? type.kind !== 'restricted' || type.allows(null, budget) : conforms(value, type, budget, depth);
}

/**
 * The value as one of `type`: itself where it conforms, else converted (a list of one to its element, a value to a list of one,
 * a date to a date and time). Undefined where neither is possible; null is accepted by every type.
 */
export function coerce(value: unknown, type: FeelType, budget: Budget): unknown {
  if (value === null) return null;
  if (conforms(value, type, budget)) return value;
  const plain = type.kind === 'restricted' ? type.base : type;
  if (Array.isArray(value) && value.length === 1 && plain.kind !== 'list') {
    const only = read(value[0]);
    return conforms(only, type, budget) ? only : undefined;
  }
  if (plain.kind === 'list' && !Array.isArray(value) && conforms([value], type, budget)) return [value];
  if (plain.kind === 'basic' && plain.name === 'date and time' && value instanceof FeelDate) {
    const start = new FeelDateTime(value, MIDNIGHT_UTC);
    return conforms(start, type, budget) ? start : undefined;
  }
  return undefined;
}
