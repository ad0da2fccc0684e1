/** Reading the properties of one form-js component: what is missing takes its default, what is wrong or would be ignored is a finding. */
import type { Problem } from '../../engine/index.ts';
import { formProblem } from './errors.ts';

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A short name of a value for messages. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  if (Array.isArray(value)) return `a list of ${String(value.length)}`;
  return typeof value === 'number' || typeof value === 'boolean' || value === null ? String(value) : 'an object';
}

/** The properties of one component (or of one object inside it, named by `prefix`); `finish` reports what nobody asked for. */
export class Properties {
  readonly id: string;
  readonly #source: Json;
  readonly #prefix: string;
  readonly #problems: Problem[];
  readonly #asked = new Set<string>();

  constructor(id: string, source: Json, problems: Problem[], prefix = '') {
    this.id = id;
    this.#source = source;
    this.#problems = problems;
    this.#prefix = prefix;
  }

  /** Marks a property as known without using it: it names the component or says what a page of ours does anyway. */
  known(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  raw(name: string): unknown {
    this.#asked.add(name);
    return this.#source[name];
  }

  wrong(name: string, expected: string, found: unknown): void {
    this.#problems.push(formProblem('FORM_PROPERTY_INVALID', this.id, { id: this.id, property: this.#prefix + name, expected, found: describe(found) }));
  }

  text(name: string): string {
    const value = this.raw(name);
    if (value === undefined || value === null) return '';
    if (typeof value === 'string' && !value.trimStart().startsWith('=') && !value.includes('{{')) return value;
    this.wrong(name, 'a plain text (expressions and {{templates}} are not executed here)', value);
    return '';
  }

  flag(name: string): boolean {
    const value = this.raw(name);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) this.wrong(name, 'true or false', value);
    return false;
  }

  /** A finite number at least `least`. form-js stores some of them as text. */
  number(name: string, least = -Infinity): number | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null || value === '') return undefined;
    const number = typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number) && number >= least) return number;
    this.wrong(name, least === -Infinity ? 'a number' : `a number of at least ${String(least)}`, value);
    return undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const value = this.raw(name);
    if (value === undefined) return otherwise;
    if (values.includes(value as T)) return value as T;
    this.wrong(name, `one of ${values.join(', ')}`, value);
    return otherwise;
  }

  /** The properties of an object inside this one; an empty reader when it is absent. */
  inside(name: string): Properties {
    const value = this.raw(name);
    if (value !== undefined && value !== null && !isObject(value)) this.wrong(name, 'an object', value);
    return new Properties(this.id, isObject(value) ? value : {}, this.#problems, `${this.#prefix}${name}.`);
  }

  finish(type: string): void {
    for (const name of Object.keys(this.#source)) {
      if (!this.#asked.has(name)) this.#problems.push(formProblem('FORM_PROPERTY_UNKNOWN', this.id, { id: this.id, type, property: this.#prefix + name }));
    }
  }
}
