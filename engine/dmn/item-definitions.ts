// Item definitions (DMN 1.5, 7.3.3): the types a model defines, with allowed values.

import type { Budget } from '../feel/budget.ts';
import { newRun } from '../feel/compile.ts';
import type { CompiledFeel } from '../feel/compile.ts';
import { ANY, basicType } from '../feel/types.ts';
import type { FeelType } from '../feel/types.ts';
import type { Builder } from './builder.ts';
import { Environment } from './scope.ts';
import { child, childrenNamed, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

const NO_NAMES = new Environment(new Map());
// Allowed values are facts about the type: an evaluation of them sees no variables and no particular time.
const NO_CLOCK = { now: '1970-01-01T00:00:00Z', zone: 'UTC' };

const DEEPEST_TYPE = 50;

const allowedValues = new WeakMap<FeelType, CompiledFeel>();

/** The allowed values of a type as they are written, where it has any. */
export function valuesOf(type: FeelType | undefined): CompiledFeel | undefined {
  return type === undefined ? undefined : allowedValues.get(type);
}

class TypeReader {
  readonly #builder: Builder;
  readonly #definitions: ReadonlyMap<string, XmlElement>;
  readonly #imported: ReadonlyMap<string, FeelType>;
  readonly #types = new Map<string, FeelType>();
  readonly #underWay: { readonly name: string; readonly components: number }[] = [];
  /** Types that are named while they are read: a component of theirs is of the type itself. */
  readonly #recursive = new Map<string, FeelType>();
  /** Components that are under way around the one being read. */
  #components = 0;

  constructor(builder: Builder, definitions: ReadonlyMap<string, XmlElement>, imported: ReadonlyMap<string, FeelType>) {
    this.#builder = builder;
    this.#definitions = definitions;
    this.#imported = imported;
  }

  all(): ReadonlyMap<string, FeelType> {
    for (const name of this.#definitions.keys()) this.named(name);
    return this.#types;
  }

  named(name: string): FeelType | undefined {
    const known = this.#types.get(name) ?? this.#imported.get(name);
    if (known !== undefined) return known;
    const definition = this.#definitions.get(name);
    if (definition === undefined) return basicType(name);
    const outer = this.#underWay.find((one) => one.name === name);
    if (outer !== undefined && this.#components > outer.components) {
      const type = this.#recursive.get(name) ?? { ...ANY };
      this.#recursive.set(name, type);
      return type;
    }
    if (outer !== undefined) {
      this.#builder.report('DMN_TYPE_CYCLE', definition.attributes.id ?? '', { type: name });
      return ANY;
    }
    if (this.#underWay.length >= DEEPEST_TYPE) {
      this.#builder.report('DMN_TYPE_TOO_DEEP', definition.attributes.id ?? '', { limit: DEEPEST_TYPE, type: name });
      return ANY;
    }
    this.#underWay.push({ name, components: this.#components });
    const read = this.#type(definition, definition.attributes.id ?? '');
    this.#underWay.pop();
    const type = closed(this.#recursive.get(name), read);
    this.#types.set(name, type);
    return type;
  }

  #reference(name: string | undefined, elementId: string): FeelType {
    if (name === undefined) return ANY;
    const trimmed = name.trim();
    const type = this.named(trimmed) ?? this.named(trimmed.replace(/^[\w.-]+:/, ''));
    if (type === undefined) this.#builder.report('DMN_TYPE_UNKNOWN', elementId, { type: trimmed });
    return type ?? ANY;
  }

  #type(item: XmlElement, elementId: string): FeelType {
    const base = this.#base(item, elementId);
    const allowed = this.#restricted(base, child(item, 'allowedValues'), elementId);
    const collected: FeelType = item.attributes.isCollection === 'true' ? { kind: 'list', of: allowed } : allowed;
    return this.#restricted(collected, child(item, 'typeConstraint'), elementId);
  }

  #base(item: XmlElement, elementId: string): FeelType {
    const components = childrenNamed(item, 'itemComponent');
    if (components.length > 0) {
      this.#components += 1;
      const members = new Map(components.map((component) => [component.attributes.name ?? '', this.#type(component, component.attributes.id ?? elementId)]));
      this.#components -= 1;
      return { kind: 'context', members };
    }
    const functionItem = child(item, 'functionItem');
    if (functionItem !== undefined) {
      return {
        kind: 'function',
        parameters: childrenNamed(functionItem, 'parameters').map((parameter) => this.#reference(parameter.attributes.typeRef, elementId)),
        result: this.#reference(functionItem.attributes.outputTypeRef, elementId),
      };
    }
    return this.#reference(textOf(item, 'typeRef'), elementId);
  }

  #restricted(base: FeelType, constraint: XmlElement | undefined, elementId: string): FeelType {
    const text = constraint === undefined ? undefined : textOf(constraint, 'text');
    if (text === undefined || text.trim() === '') return base;
    const tests = this.#builder.feel(text, NO_NAMES, elementId, true);
    if (tests === undefined) return base;
    const type: FeelType = { kind: 'restricted', base, allows: (value, budget) => passes(tests, value, budget) };
    allowedValues.set(type, tests);
    return type;
  }
}

/** What stood for a type inside itself becomes that type. */
function closed(inside: FeelType | undefined, type: FeelType): FeelType {
  if (inside === undefined) return type;
  Object.assign(inside, type);
  const values = allowedValues.get(type);
  if (values !== undefined) allowedValues.set(inside, values);
  return inside;
}

/** Whether a value passes unary tests that see nothing but it. */
export function passes(tests: CompiledFeel, value: unknown, budget: Budget): boolean {
  const run = { ...newRun({ get: (name) => (name === '?' ? value : undefined) }, NO_CLOCK, budget.steps), look: budget.look, expired: budget.expired, patterns: budget.patterns };
  const passed = tests.run(run) === true;
  Object.assign(budget, { steps: run.steps, look: run.look, patterns: run.patterns });
  return passed;
}

/** Reads all item definitions; `imported` are the types of other models under `import.type`. */
export function readTypes(builder: Builder, definitions: XmlElement, imported: ReadonlyMap<string, FeelType>): ReadonlyMap<string, FeelType> {
  const byName = new Map<string, XmlElement>();
  for (const item of childrenNamed(definitions, 'itemDefinition')) {
    const name = item.attributes.name ?? '';
    if (byName.has(name)) builder.report('DMN_NAME_DUPLICATE', item.attributes.id ?? '', { name });
    byName.set(name, item);
  }
  const reader = new TypeReader(builder, byName, imported);
  const types = reader.all();
  builder.namedTypes = (name) => types.get(name) ?? imported.get(name) ?? basicType(name);
  return types;
}
