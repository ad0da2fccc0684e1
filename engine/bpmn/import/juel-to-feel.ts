/** Expressions of other engines written in FEEL (DMN 1.5, 10.3): the same value, or the reason why there is none. */
import { asReason } from '../../errors.ts';
import { compileFeel } from '../../feel/compile.ts';
import { JuelError, parseJuel, templateOf } from './juel.ts';
import type { Juel, JuelOperator } from './juel.ts';

/** `text` begins with `=` where it is FEEL, else it is meant as written; or why it cannot be converted. */
export type Converted = { readonly text: string } | { readonly reason: string; readonly hint: string };

const MAX_LENGTH = 10_000;
const REWRITE = 'Write it in FEEL; docs/feel.md lists what there is.';

/** Counters of multi-instance bodies by their names there. */
const RENAMED: Readonly<Record<string, string>> = { nrOfInstances: 'numberOfInstances', nrOfActiveInstances: 'numberOfActiveInstances', nrOfCompletedInstances: 'numberOfCompletedInstances' };

/** What to write instead of the methods that are called most. */
const METHODS: Readonly<Record<string, string>> = {
  getVariable: 'Write the name of the variable alone.',
  hasVariable: 'Compare the variable with null.',
  equals: 'Compare with =.',
  equalsIgnoreCase: 'Compare lower case(a) = lower case(b).',
  contains: 'Write list contains(list, value) or contains(text, part).',
  size: 'Write count(list).',
  length: 'Write string length(text).',
  isEmpty: 'Compare with [] or "".',
  get: 'Write list[position], counted from 1, or map.name.',
  startsWith: 'Write starts with(text, part).',
  endsWith: 'Write ends with(text, part).',
  toLowerCase: 'Write lower case(text).',
  toUpperCase: 'Write upper case(text).',
  toString: 'Write string(value).',
  dateTime: 'Write now() + duration("P3D").',
};

/** True when the text has an expression of another engine in it. */
export function hasJuel(text: string): boolean {
  return /[$#]\{/.test(text);
}

/** A text that may hold expressions: a plain one stays, a single expression becomes `=feel`, a mixture a concatenation. */
export function convertValue(text: string): Converted {
  if (!hasJuel(text)) return { text };
  return guarded(() => {
    const parts = templateOf(text.trim());
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'object') return feelOf(parseJuel(only.source));
    if (parts.every((part) => typeof part === 'string')) return feelString(parts.join(''));
    return parts.map((part) => (typeof part === 'string' ? feelString(part) : `string(${feelOf(parseJuel(part.source))})`)).join(' + ');
  });
}

/** A list of names separated by commas, each of which may be an expression. */
export function convertNames(text: string): Converted {
  if (!hasJuel(text)) return { text };
  return guarded(() => {
    const items = namesOf(text);
    const feel = items.map((parts) => {
      const [only] = parts;
      if (parts.length === 1 && typeof only === 'object') return feelOf(parseJuel(only.source));
      return parts.map((part) => (typeof part === 'string' ? feelString(part) : `string(${feelOf(parseJuel(part.source))})`)).join(' + ');
    });
    return feel.length === 1 ? (feel[0] ?? '') : `flatten([${feel.join(', ')}])`;
  });
}

/** A script of one expression, written without `${`. */
export function convertScript(source: string): Converted {
  return guarded(() => feelOf(parseJuel(source.trim().replace(/;$/, ''))));
}

/** Commas inside expressions do not separate. */
function namesOf(text: string): readonly (readonly (string | { readonly source: string })[])[] {
  const items: (string | { readonly source: string })[][] = [[]];
  for (const part of templateOf(text)) {
    if (typeof part === 'object') { items.at(-1)!.push(part); continue; }
    const [first = '', ...rest] = part.split(',');
    if (first.trim() !== '') items.at(-1)!.push(first.trim());
    for (const name of rest) items.push(name.trim() === '' ? [] : [name.trim()]);
  }
  return items.filter((parts) => parts.length > 0);
}

function guarded(convert: () => string): Converted {
  try {
    const feel = convert();
    const compiled = compileFeel(feel);
    if (!('evaluate' in compiled)) return { reason: `FEEL has other rules: ${asReason(compiled.message)}`, hint: compiled.hint };
    return { text: `=${feel}` };
  } catch (error) {
    if (!(error instanceof JuelError)) throw error;
    return { reason: error.message, hint: error instanceof NotInFeel ? error.hint : REWRITE };
  }
}

class NotInFeel extends JuelError {
  readonly hint: string;

  constructor(reason: string, hint = REWRITE) {
    super(reason);
    this.hint = hint;
  }
}

/** How strongly the operators of FEEL bind. */
const BIND = { choice: 0, or: 1, and: 2, comparison: 3, sum: 4, product: 5, sign: 6, path: 7 } as const;

const OPERATORS: Readonly<Record<JuelOperator, readonly [feel: string, own: number, left: number, right: number]>> = {
  '||': ['or', BIND.or, BIND.or, BIND.and],
  '&&': ['and', BIND.and, BIND.and, BIND.comparison],
  '==': ['=', BIND.comparison, BIND.sum, BIND.sum],
  '!=': ['!=', BIND.comparison, BIND.sum, BIND.sum],
  '<': ['<', BIND.comparison, BIND.sum, BIND.sum],
  '>': ['>', BIND.comparison, BIND.sum, BIND.sum],
  '<=': ['<=', BIND.comparison, BIND.sum, BIND.sum],
  '>=': ['>=', BIND.comparison, BIND.sum, BIND.sum],
  '+': ['+', BIND.sum, BIND.sum, BIND.product],
  '-': ['-', BIND.sum, BIND.sum, BIND.product],
  '*': ['*', BIND.product, BIND.product, BIND.sign],
  '/': ['/', BIND.product, BIND.product, BIND.sign],
  '%': ['modulo', BIND.path, BIND.choice, BIND.choice],
};

/** The FEEL text of a tree. Throws JuelError with the reason why FEEL has none. */
export function feelOf(tree: Juel): string {
  const feel = print(tree, BIND.choice);
  if (feel.length > MAX_LENGTH) throw new NotInFeel('it becomes too long in FEEL', 'Split it over several script tasks.');
  return feel;
}

function print(tree: Juel, least: number): string {
  const [text, own] = written(tree);
  if (text.length > MAX_LENGTH) throw new NotInFeel('it becomes too long in FEEL', 'Split it over several script tasks.');
  return own < least ? `(${text})` : text;
}

function written(tree: Juel): readonly [text: string, own: number] {
  switch (tree.kind) {
    case 'literal': return [typeof tree.value === 'string' ? feelString(tree.value) : tree.source, BIND.path];
    case 'name': return [named(Object.hasOwn(RENAMED, tree.name) ? RENAMED[tree.name]! : tree.name), BIND.path];
    case 'member': return [`${print(tree.of, BIND.path)}.${propertyName(tree.name)}`, BIND.path];
    case 'index': return [indexed(tree.of, tree.index), BIND.path];
    case 'call': throw calledMethod(tree.of);
    case 'unary': return unary(tree.operator, tree.of);
    case 'choice': return [`if ${print(tree.test, BIND.choice)} then ${print(tree.then, BIND.choice)} else ${print(tree.otherwise, BIND.choice)}`, BIND.choice];
    case 'binary': {
      const [feel, own, left, right] = OPERATORS[tree.operator];
      const operands = [print(tree.left, left), print(tree.right, right)] as const;
      return [tree.operator === '%' ? `${feel}(${operands.join(', ')})` : `${operands[0]} ${feel} ${operands[1]}`, own];
    }
  }
}

function unary(operator: '!' | '-' | 'empty', of: Juel): readonly [string, number] {
  if (operator === '!') return [`not(${print(of, BIND.choice)})`, BIND.path];
  if (operator === '-') return [`-${print(of, BIND.path)}`, BIND.sign];
  const value = print(of, BIND.sum);
  return [`${value} = null or is(${value}, "") or is(${value}, []) or is(${value}, {})`, BIND.or];
}

/** Lists are counted from 0 there and from 1 here. */
function indexed(of: Juel, index: Juel): string {
  if (index.kind !== 'literal' || index.value === null || typeof index.value === 'boolean') throw new NotInFeel('it looks something up by a computed key', 'Write list[position], counted from 1, or get value(map, key).');
  if (typeof index.value === 'string') return `get value(${print(of, BIND.choice)}, ${feelString(index.value)})`;
  if (!Number.isSafeInteger(index.value)) throw new NotInFeel('it looks something up at a place that is no whole number');
  return `${print(of, BIND.path)}[${String(index.value + 1)}]`;
}

function calledMethod(of: Juel): NotInFeel {
  const name = of.kind === 'member' || of.kind === 'name' ? of.name : '';
  const hint = Object.hasOwn(METHODS, name) ? METHODS[name] : 'Let a worker do it in a service task, or write it in FEEL.';
  return new NotInFeel(`it calls the method ${name === '' ? 'of a value' : name}()`, hint);
}

const FEEL_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** Words of FEEL that begin something else than a name. */
const KEYWORDS = new Set(['if', 'then', 'else', 'for', 'in', 'return', 'some', 'every', 'satisfies', 'function', 'external', 'between', 'instance', 'of', 'not', 'and', 'or', 'true', 'false', 'null']);

function named(name: string): string {
  if (name === 'execution' || name === 'task') throw new NotInFeel(`it reads ${name}, which is an object of the other engine`, 'Read the variables of the case by their names.');
  const alone = compileFeel(propertyName(name));
  // Names of functions and types would not be read as variables.
  if (!('evaluate' in alone) || !alone.names.includes(name)) throw new NotInFeel(`${name} is a word of FEEL`, 'Rename the variable: a function or a type of FEEL has this name.');
  return name;
}

function propertyName(name: string): string {
  if (!FEEL_NAME.test(name)) throw new NotInFeel(`${name} is no name in FEEL`, 'Rename the variable: letters, digits and underscores, beginning with a letter.');
  if (KEYWORDS.has(name)) throw new NotInFeel(`${name} is a word of FEEL`, 'Rename the variable.');
  return name;
}

/** A text as FEEL writes it. */
export function feelString(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');
  return `"${escaped.replace(/[\u0000-\u001F]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}
