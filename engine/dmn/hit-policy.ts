// Hit policies and aggregation (DMN 1.5, 8.3.4): what the rules that match make of a table.

import { builtins } from '../feel/builtins.ts';
import { equal } from '../feel/compare.ts';
import type { CompiledFeel } from '../feel/compile.ts';
import { callFunction } from '../feel/function-call.ts';
import { withScope } from '../feel/run.ts';
import type { FeelType } from '../feel/types.ts';
import { isContext } from '../feel/values.ts';
import { nothing } from './builder.ts';
import type { DecisionRun, Logic } from './model.ts';
import { LocalScope } from './scope.ts';

export interface Output {
  readonly name: string;
  readonly type: FeelType | undefined;
  readonly allowed: CompiledFeel | undefined;
  /** Its values by priority, the highest first: its output values, else the allowed values of its type. */
  readonly order: readonly CompiledFeel[];
  readonly fallback: Logic | undefined;
}

type Kind = 'single' | 'any' | 'priority' | 'list' | 'output order' | 'aggregate';

export interface HitPolicy {
  readonly name: string;
  readonly kind: Kind;
  /** The aggregate function of FEEL, for COLLECT with an aggregation. */
  readonly aggregation: string | undefined;
  readonly stopsAtFirst: boolean;
}

const POLICIES: Readonly<Record<string, Kind>> = {
  UNIQUE: 'single',
  FIRST: 'single',
  ANY: 'any',
  PRIORITY: 'priority',
  'RULE ORDER': 'list',
  'OUTPUT ORDER': 'output order',
  COLLECT: 'list',
};
const AGGREGATIONS: Readonly<Record<string, string>> = { SUM: 'sum', MIN: 'min', MAX: 'max', COUNT: 'count' };

/** Undefined for a policy or aggregation DMN does not have. */
export function hitPolicyOf(name: string, aggregation: string | undefined): HitPolicy | undefined {
  const kind = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
  if (kind === undefined || (aggregation !== undefined && (name !== 'COLLECT' || !Object.hasOwn(AGGREGATIONS, aggregation)))) return undefined;
  return {
    name: aggregation === undefined ? name : `${name} ${aggregation}`,
    kind: aggregation === undefined ? kind : 'aggregate',
    aggregation: aggregation === undefined ? undefined : AGGREGATIONS[aggregation],
    stopsAtFirst: name === 'FIRST',
  };
}

/** Whether an output is one of the values a text names. */
function passes(values: CompiledFeel, part: unknown, run: DecisionRun): boolean {
  if (values.constants !== undefined) return values.constants.some((value) => equal(value, part, run) === true);
  return withScope(run, new LocalScope(new Map([['?', part]]), run.scope), () => values.run(run)) === true;
}

/** Places in the order of output values, the first output first; a value without a place comes last. */
function ranks(value: unknown, outputs: readonly Output[], run: DecisionRun): number[] {
  return outputs.map((output) => {
    const part = outputs.length === 1 ? value : isContext(value) ? value[output.name] : null;
    const at = output.order.findIndex((test) => passes(test, part, run));
    return at < 0 ? output.order.length : at;
  });
}

interface Ranked<R> {
  readonly rule: R;
  readonly value: unknown;
}

function byPriority<R>(results: readonly Ranked<R>[], outputs: readonly Output[], run: DecisionRun): Ranked<R>[] {
  const ranked = results.map((result) => ({ result, places: ranks(result.value, outputs, run) }));
  ranked.sort((left, right) => {
    for (const [at, place] of left.places.entries()) {
      const distance = place - right.places[at]!;
      if (distance !== 0) return distance;
    }
    return 0;
  });
  return ranked.map(({ result }) => result);
}

export interface Outcome<R> {
  readonly value: unknown;
  /** The rules the value comes from. */
  readonly used: readonly R[];
}

function isAllowed(value: unknown, outputs: readonly Output[], run: DecisionRun): boolean {
  return outputs.every((output) => {
    if (output.allowed === undefined) return true;
    const part = outputs.length === 1 ? value : isContext(value) ? value[output.name] : null;
    return passes(output.allowed, part, run);
  });
}

export function resultOf<R>(
  policy: HitPolicy,
  matched: readonly R[],
  outputOf: (rule: R) => unknown,
  outputs: readonly Output[],
  fallback: () => unknown,
  run: DecisionRun,
): Outcome<R> {
  if (matched.length === 0) {
    const value = fallback();
    if (value !== undefined) return { value, used: [] };
    if (policy.aggregation === 'count') return { value: 0, used: [] };
    return { value: policy.kind === 'list' || policy.kind === 'output order' ? [] : nothing(run, 'a rule that matches', 'none does'), used: [] };
  }
  if (policy.name === 'UNIQUE' && matched.length > 1) {
    return { value: nothing(run, 'one rule that matches under hit policy UNIQUE', `${matched.length} do`), used: matched };
  }
  const results = matched.map((rule) => ({ rule, value: outputOf(rule) }));
  if (!results.every(({ value }) => isAllowed(value, outputs, run))) {
    return { value: nothing(run, 'an output among the output values', 'it is none of them'), used: matched };
  }
  switch (policy.kind) {
    case 'single':
      return { value: results[0]!.value, used: [results[0]!.rule] };
    case 'any':
      if (results.some(({ value }) => equal(value, results[0]!.value, run) !== true)) {
        return { value: nothing(run, 'the same output from all rules under hit policy ANY', 'they differ'), used: matched };
      }
      return { value: results[0]!.value, used: matched };
    case 'priority': {
      const first = byPriority(results, outputs, run)[0]!;
      return { value: first.value, used: [first.rule] };
    }
    case 'output order': {
      const ordered = byPriority(results, outputs, run);
      return { value: ordered.map(({ value }) => value), used: ordered.map(({ rule }) => rule) };
    }
    case 'list':
      return { value: results.map(({ value }) => value), used: matched };
    case 'aggregate': {
      const values = results.map(({ value }) => value);
      return { value: callFunction(builtins.get(policy.aggregation!), [values], undefined, run, { from: 0, to: 0 }), used: matched };
    }
  }
}
