// Which names the grammar may read as one where they hold operators or keywords (DMN 1.5, 10.3.1.4): `tax-rate`, `time in office`.

import { normalizeContextKey, parser, trackVariables } from '@bpmn-io/lezer-feel';
import type { NameShape } from './syntax.ts';

/** Words that end a name unless the name is known: FEEL's keywords, and what its types and literals begin with. */
const KEYWORDS = /(?:^| )(?:for|in|return|if|then|else|some|every|satisfies|or|and|between|instance|of|days|time|duration|years|months|date|list|context|function|null|true|false|external|not)(?: |$)/;
const OPERATORS = /[./\-+*'?]/;
/** Difficult names an expression may introduce by itself; further ones are read as the operators they hold. */
const MOST_LOCALS = 200;
const MOST_PARTS = 40;

interface NameSets {
  readonly keys: { has(name: string): boolean };
  /** Every beginning of a key: the grammar reads on while it has one. */
  readonly prefixes: { has(name: string): boolean };
}

interface Local {
  readonly name: string;
  readonly count: number;
  readonly up: Local | null;
}

interface Mark {
  readonly locals: Local | null;
  readonly up: Mark | null;
}

function isDifficult(name: string): boolean {
  return OPERATORS.test(name) || KEYWORDS.test(name);
}

function setsOf(names: Iterable<string>): NameSets {
  const keys = new Set<string>();
  const prefixes = new Set<string>();
  for (const name of names) {
    if (!isDifficult(name)) continue;
    const key = normalizeContextKey(name);
    keys.add(key);
    for (let end = 1; end <= key.length; end++) prefixes.add(key.slice(0, end));
  }
  return { keys, prefixes };
}

interface KnownNames {
  /** Variables. */
  readonly own: NameSets;
  /** Entries of their values, at any depth. */
  readonly members: NameSets;
}

/** `seen`: variables may share the shape of their values. */
function memberNames(shape: NameShape, found: Set<string>, seen = new Set<NameShape>()): Set<string> {
  if (seen.has(shape)) return found;
  seen.add(shape);
  for (const inner of Object.values(shape)) {
    for (const name of Object.keys(inner)) found.add(name);
    memberNames(inner, found, seen);
  }
  return found;
}

// A model compiles thousands of texts with the same names in scope.
const knownByShape = new WeakMap<NameShape, KnownNames>();

function knownNames(shape: NameShape): KnownNames {
  let known = knownByShape.get(shape);
  if (known === undefined) {
    known = { own: setsOf(Object.keys(shape)), members: setsOf(memberNames(shape, new Set())) };
    knownByShape.set(shape, known);
  }
  return known;
}

const localSets = new WeakMap<Local, NameSets>();

function setsOfLocals(locals: Local | null): NameSets | null {
  if (locals === null) return null;
  let sets = localSets.get(locals);
  if (sets === undefined) {
    const names: string[] = [];
    for (let at: Local | null = locals; at !== null; at = at.up) names.push(at.name);
    sets = setsOf(names);
    localSets.set(locals, sets);
  }
  return sets;
}

function union(sets: readonly (NameSets | null)[]): NameSets {
  const present = sets.filter((set) => set !== null);
  if (present.length === 1) return present[0]!;
  return { keys: { has: (name) => present.some(({ keys }) => keys.has(name)) }, prefixes: { has: (name) => present.some(({ prefixes }) => prefixes.has(name)) } };
}

/** What the grammar asks at each place: immutable, because it may follow several readings at once. */
class Place {
  readonly known: KnownNames;
  /** The parts of the name being read. */
  readonly tokens: readonly string[];
  /** Names of entries, parameters and iterations in scope, and all entry names so far. */
  readonly locals: Local | null;
  readonly entries: Local | null;
  readonly marks: Mark | null;
  /** Names read but not yet in scope: their values come first. */
  readonly pending: Local | null;
  readonly isAfterDot: boolean;
  readonly brackets: number;

  constructor(from: Partial<Place> & { known: KnownNames }) {
    this.known = from.known;
    this.tokens = from.tokens ?? [];
    this.locals = from.locals ?? null;
    this.entries = from.entries ?? null;
    this.marks = from.marks ?? null;
    this.pending = from.pending ?? null;
    this.isAfterDot = from.isAfterDot ?? false;
    this.brackets = from.brackets ?? 0;
  }

  with(change: Partial<Place>): Place {
    const { known, tokens, locals, entries, marks, pending, isAfterDot, brackets } = this;
    return new Place({ known, tokens, locals, entries, marks, pending, isAfterDot, brackets, ...change });
  }

  /** Named by the grammar, which calls it. */
  contextCache(): NameSets {
    const entries = setsOfLocals(this.entries);
    if (this.isAfterDot) return union([this.known.members, entries]);
    const locals = setsOfLocals(this.locals);
    // Between brackets a filter may stand, in which the entries of the filtered elements are names.
    return this.brackets > 0 ? union([this.known.own, locals, this.known.members, entries]) : union([this.known.own, locals]);
  }
}

function push(list: Local | null, name: string): Local | null {
  const count = (list?.count ?? 0) + 1;
  return !isDifficult(name) || count > MOST_LOCALS ? list : { name, count, up: list };
}

type Step = (place: Place, text: () => string) => Place;

const open: Step = (place) => place.with({ marks: { locals: place.locals, up: place.marks } });
const close: Step = (place) => (place.marks === null ? place : place.with({ locals: place.marks.locals, marks: place.marks.up }));
const endName: Step = (place) => place.with({ tokens: [], isAfterDot: false });

function declare(place: Place, name: string): Place {
  return place.with({ tokens: [], isAfterDot: false, pending: { name, count: 0, up: place.pending } });
}

function define(place: Place, isEntry: boolean): Place {
  const name = place.pending?.name ?? '';
  return place.with({ locals: push(place.locals, name), entries: isEntry ? push(place.entries, name) : place.entries, pending: place.pending?.up ?? null });
}

const defineLocal: Step = (place) => define(place, false);

const REDUCE: Readonly<Record<string, Step>> = {
  // Longer names are still read, but are no longer compared with the known ones.
  Identifier: (place, text) => (place.tokens.length < MOST_PARTS ? place.with({ tokens: [...place.tokens, text()] }) : place),
  VariableName: endName,
  PathName: endName,
  Name: (place) => declare(place, place.tokens.join(' ')),
  // A key in quotes is no Name of the grammar, but it is one of the context.
  Key: (place, text) => (text().startsWith('"') ? declare(place, text().slice(1, -1)) : place),
  ContextEntry: (place) => define(place, true),
  ContextEntryType: (place) => place.with({ pending: place.pending?.up ?? null }),
  InExpression: defineLocal,
  ParameterName: defineLocal,
  Context: close,
  ForExpression: close,
  QuantifiedExpression: close,
  FunctionDefinition: close,
};

const SHIFT: Readonly<Record<string, Step>> = {
  '{': open,
  for: open,
  some: open,
  every: open,
  function: open,
  '.': (place) => place.with({ isAfterDot: true }),
  '[': (place) => place.with({ brackets: place.brackets + 1 }),
  ']': (place) => place.with({ brackets: Math.max(0, place.brackets - 1) }),
};

function stepsById(steps: Readonly<Record<string, Step>>): ReadonlyMap<number, Step> {
  const byId = new Map<number, Step>();
  for (const type of parser.nodeSet.types) {
    if (Object.hasOwn(steps, type.name)) byId.set(type.id, steps[type.name]!);
  }
  return byId;
}

const reduceById = stepsById(REDUCE);
const shiftById = stepsById(SHIFT);

interface Positioned {
  readonly pos: number;
}

/**
 * The tracker to configure the grammar with for one source text. It takes the place of the grammar's own, which also follows
 * values through the expression and copies what it knows at every step: a list of 20,000 numbers takes it seconds.
 */
export function trackNames(source: string, shape: NameShape) {
  const step = (place: Place, apply: Step | undefined, from: number, to: number): Place => (apply === undefined ? place : apply(place, () => source.slice(from, to).trim()));
  return Object.assign(trackVariables(), {
    start: new Place({ known: knownNames(shape) }),
    shift: (place: Place, term: number, _stack: Positioned, input: Positioned) => step(place, shiftById.get(term), input.pos, input.pos),
    reduce: (place: Place, term: number, stack: Positioned, input: Positioned) => step(place, reduceById.get(term), input.pos, stack.pos),
    reuse: (place: Place) => place,
    hash: () => 0,
    strict: false,
  });
}
