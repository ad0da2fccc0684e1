// Names a decision model's expressions see (DMN 1.5, 7.3.1 and 10.4): while compiling with their types, while evaluating with their values.

import type { CompiledFeel } from '../feel/compile.ts';
import type { FeelScope } from '../feel/run.ts';
import type { NameShape } from '../feel/syntax.ts';
import type { FeelType } from '../feel/types.ts';
import { setEntry } from '../feel/values.ts';
import type { FeelContext } from '../feel/values.ts';
import type { DrgElement, Requirement } from './model.ts';

const NO_SHAPE: NameShape = {};
const SAYABLE = /^[\p{L}_?][\p{L}\p{M}\p{N}_?'./\-+* ]*$/u;
const DEEPEST_SHAPE = 6;

/** By how far down it is asked: types may share others, and contain themselves. */
const shapes = new WeakMap<FeelType, NameShape[]>();

/** Member names worth telling the grammar: those of contexts, through lists, a few levels down. */
function shapeOfType(type: FeelType | undefined, depth: number): NameShape {
  if (type === undefined || depth > DEEPEST_SHAPE) return NO_SHAPE;
  switch (type.kind) {
    case 'context': {
      const known = shapes.get(type) ?? [];
      shapes.set(type, known);
      return (known[depth] ??= Object.fromEntries([...type.members].map(([name, member]) => [name, shapeOfType(member, depth + 1)])));
    }
    case 'list':
      return shapeOfType(type.of, depth);
    case 'restricted':
      return shapeOfType(type.base, depth);
    default:
      return NO_SHAPE;
  }
}

/** The names an expression sees, with their types where they have one. */
export class Environment {
  readonly #names: ReadonlyMap<string, FeelType | undefined>;
  readonly #isOpen: boolean;
  #shape: NameShape | undefined;

  constructor(names: ReadonlyMap<string, FeelType | undefined>, isOpen = false) {
    this.#names = names;
    this.#isOpen = isOpen;
  }

  with(names: Iterable<readonly [string, FeelType | undefined]>): Environment {
    return new Environment(new Map([...this.#names, ...names]), this.#isOpen);
  }

  /** The same where further names may be known: those of the entries of filtered elements. */
  open(): Environment {
    return new Environment(this.#names, true);
  }

  /** What an expression reads or calls that is not known here. */
  unknownIn({ freeNames, unknownFunctions }: Pick<CompiledFeel, 'freeNames' | 'unknownFunctions'>): string[] {
    if (this.#isOpen) return [];
    return [...new Set([...freeNames, ...unknownFunctions])].filter((name) => name !== '?' && !this.#names.has(name));
  }

  /** Names no expression can say (DMN 1.5, 10.3.1.2 names). */
  strangeNames(): string[] {
    return [...this.#names.keys()].filter((name) => !SAYABLE.test(name));
  }

  get shape(): NameShape {
    this.#shape ??= Object.fromEntries([...this.#names].map(([name, type]) => [name, shapeOfType(type, 0)]));
    return this.#shape;
  }
}

/** Local variables over those around them. */
export class LocalScope implements FeelScope {
  readonly #values: Map<string, unknown>;
  readonly #outer: FeelScope | undefined;

  constructor(values: Map<string, unknown>, outer?: FeelScope) {
    this.#values = values;
    this.#outer = outer;
  }

  get(name: string): unknown {
    const value = this.#values.get(name);
    return value === undefined && !this.#values.has(name) ? this.#outer?.get(name) : value;
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }
}

/** Functions a business knowledge model sees: all of them exist only when the whole model is compiled. */
export class LazyScope implements FeelScope {
  readonly #open: () => FeelScope;
  #scope: FeelScope | undefined;

  constructor(open: () => FeelScope) {
    this.#open = open;
  }

  get(name: string): unknown {
    this.#scope ??= this.#open();
    return this.#scope.get(name);
  }
}

/** What required elements are called by the one that requires them: those of another model stand under the import's name. */
export function environmentOf(requirements: readonly Requirement<DrgElement>[]): Environment {
  const names = new Map<string, FeelType | undefined>();
  const imports = new Map<string, Map<string, FeelType>>();
  for (const { target, prefix } of requirements) {
    if (prefix === '') names.set(target.name, target.type);
    else imports.set(prefix, (imports.get(prefix) ?? new Map<string, FeelType>()).set(target.name, target.type ?? { kind: 'any' }));
  }
  for (const [prefix, members] of imports) names.set(prefix, { kind: 'context', members });
  return new Environment(names);
}

/** The values of required elements under the same names. */
export function scopeOf<T extends DrgElement>(requirements: readonly Requirement<T>[], valueOf: (target: T) => unknown): LocalScope {
  const values = new Map<string, unknown>();
  const imports = new Map<string, FeelContext>();
  for (const { target, prefix } of requirements) {
    if (prefix === '') {
      values.set(target.name, valueOf(target));
      continue;
    }
    const context = imports.get(prefix) ?? {};
    setEntry(context, target.name, valueOf(target));
    imports.set(prefix, context);
  }
  // An import of the name of an element hides it, as it does while compiling.
  return new LocalScope(new Map([...values, ...imports]));
}
