// FEEL compiled once, evaluated often (DMN 1.5, clause 10): source text to closures over JSON values.

import { firstLook } from './budget.ts';
import { builtins } from './builtins.ts';
import { expressionCode } from './code.ts';
import type { Compiler } from './compiler.ts';
import { doubtsOf } from './doubts.ts';
import type { FeelNote, FeelProblem } from './errors.ts';
import { CALL_LEVELS, deeper } from './function-call.ts';
import { isProblem, parseFeel } from './parse.ts';
import { DEFAULT_STEPS } from './run.ts';
import type { Code, FeelClock, FeelScope, Run } from './run.ts';
import { normalizeName } from './syntax.ts';
import type { Expression, NameShape } from './syntax.ts';
import type { FeelType } from './types.ts';
import { resultBudget, toJson } from './values.ts';
import { levelsOf } from './walk.ts';

export type { FeelNote, FeelProblem } from './errors.ts';
export type { FeelClock, FeelScope } from './run.ts';

export interface FeelOptions {
  /** The text is a list of unary tests on the variable `?`: `> 5, "a"`. */
  readonly unaryTests?: boolean;
  /** Variables the text may name. Needed for names with operators or keywords in them; a declared name hides a built-in function. */
  readonly names?: readonly string[];
  /** The same with the entry names of each variable's value. */
  readonly shape?: NameShape;
  /** Types `instance of` and parameters may name, besides those of FEEL. */
  readonly types?: (name: string) => FeelType | undefined;
  /** Steps one evaluation may take: 100,000 unless told. */
  readonly steps?: number;
}

export interface CompiledFeel {
  readonly source: string;
  /** The variables the expression reads, in order of first mention; `?` where it asks for the input. */
  readonly names: readonly string[];
  /** Of these, the ones that can be nothing but variables: names inside a filter may be entries of its elements. */
  readonly freeNames: readonly string[];
  /** Functions it calls that are neither built in, nor made in the expression, nor declared: they will be null unless the scope has them. */
  readonly unknownFunctions: readonly string[];
  /** Parts that are FEEL to the letter but never what an author means, such as `== 5`, `date("2026-02-30")` or `x = 1 or 2`. For editors and findings. */
  readonly doubts: readonly FeelProblem[];
  /** The result in JSON form. Throws FeelError FEEL_BUDGET, FEEL_TIME or FEEL_DEPTH; whatever else goes wrong is null. */
  evaluate(scope: FeelScope, clock: FeelClock): unknown;
  /** The same with the reasons why parts of it became null, in the order they came up. Slower: for incidents and authors. */
  explain(scope: FeelScope, clock: FeelClock): { value: unknown; notes: readonly FeelNote[] };
  /** Unary tests that only name values: those values. Undefined where a test says more. */
  readonly constants: readonly unknown[] | undefined;
  /** Unary tests one by one, as written; none where they are negated, or where the text is none. */
  readonly parts: readonly string[];
  /** The result as a FEEL value, for callers that go on evaluating. `run` may be shared by many expressions. */
  run(run: Run): unknown;
}

const NO_NAMES: NameShape = {};

function shapeOf(options: FeelOptions): NameShape {
  if (options.names === undefined) return options.shape ?? NO_NAMES;
  const shape: Record<string, NameShape> = { ...options.shape };
  for (const name of options.names) shape[name] ??= {};
  return shape;
}

// A model compiles thousands of texts with the same names in scope.
const declaredByShape = new WeakMap<NameShape, ReadonlyMap<string, string>>();

/** The declared names by their normalised spelling. */
function declaredNames(shape: NameShape): ReadonlyMap<string, string> {
  let declared = declaredByShape.get(shape);
  if (declared === undefined) {
    declared = new Map(Object.keys(shape).map((name) => [normalizeName(name), name]));
    declaredByShape.set(shape, declared);
  }
  return declared;
}

export function newRun(scope: FeelScope, clock: FeelClock, steps: number = DEFAULT_STEPS, notes: FeelNote[] | null = null): Run {
  return { scope, clock, steps, look: firstLook(steps, clock.expired), expired: clock.expired, patterns: undefined, depth: 0, notes, reasons: 0 };
}

/** `"a", "b"`: what a decision table's cell accepts, if that is all it says. */
function constantsOf(node: Expression): readonly unknown[] | undefined {
  if (node.kind !== 'unaryTests' || node.negated || node.tests === undefined) return undefined;
  const values = node.tests.map((test) => (test.kind === 'literal' ? test.value : undefined));
  return values.every((value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') ? values : undefined;
}

export function compileFeel(source: string, options: FeelOptions = {}): CompiledFeel | FeelProblem {
  const shape = shapeOf(options);
  const isBlankTest = options.unaryTests === true && source.trim() === '';
  const parsed = parseFeel(isBlankTest ? '-' : source, options.unaryTests === true ? 'UnaryTests' : 'Expression', shape);
  if (isProblem(parsed)) return parsed;
  const declared = declaredNames(shape);
  const read = new Set<string>();
  const free = new Set<string>();
  const unknownFunctions = new Set<string>();
  const compiler: Compiler = {
    code: (node, names) => expressionCode(node, names, compiler),
    variable(name, mayBeEntry) {
      const original = declared.get(name) ?? name;
      read.add(original);
      if (!mayBeEntry && !builtins.has(name)) free.add(original);
      return original;
    },
    foreignCall: (name) => void unknownFunctions.add(name),
    isDeclared: (name) => declared.has(name),
    builtin: (name) => builtins.get(name),
    namedType: (name) => options.types?.(name),
  };
  const code: Code = compiler.code(parsed, null);
  const steps = options.steps ?? DEFAULT_STEPS;
  const levels = levelsOf(parsed) + CALL_LEVELS;
  return {
    source,
    names: [...read],
    freeNames: [...free],
    unknownFunctions: [...unknownFunctions],
    constants: constantsOf(parsed),
    get parts() {
      return parsed.kind !== 'unaryTests' || parsed.negated ? [] : (parsed.tests ?? []).map(({ from, to }) => source.slice(from, to));
    },
    get doubts() {
      return doubtsOf(parsed, source, (name) => declared.has(name));
    },
    evaluate(scope, clock) {
      const run = newRun(scope, clock, steps);
      run.depth = levels;
      const value = code(run, null);
      return typeof value === 'object' ? toJson(value, resultBudget(clock)) : value;
    },
    explain(scope, clock) {
      const notes: FeelNote[] = [];
      const run = newRun(scope, clock, steps, notes);
      run.depth = levels;
      return { value: toJson(code(run, null), resultBudget(clock)), notes };
    },
    run: (run) => deeper(run, levels, () => code(run, null)),
  };
}
