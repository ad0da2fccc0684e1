/**
 * Variable scopes (BPMN 2.0.2, 10.5.7): every element instance can hold variables; the case holds the outermost.
 *
 * The one rule. Reading goes from the inside out. What an input mapping makes is local to its element. What a task, job, message
 * or called case brings is, with output mappings, local first and only the mapped targets leave; without, all of it leaves. What
 * leaves an element is written to the nearest scope around it that already has the name, else to the case.
 */
import type { Expression, FlowNode, Mapping } from '../bpmn/graph.ts';
import type { FeelClock, FeelScope } from '../feel/compile.ts';
import { asReason } from '../errors.ts';
import { FeelError } from '../feel/errors.ts';
import type { Json, Variables } from '../facts.ts';
import type { InstanceState } from '../state.ts';
import type { Decision } from './decision.ts';
import { Stuck } from './errors.ts';

/** The value of `name` seen from `scope`; undefined when no scope around it has the name. */
export function readVariable(state: InstanceState, scope: number, name: string): Json | undefined {
  let id = scope;
  for (;;) {
    const element = state.elements.get(id);
    const value = element?.variables?.get(name);
    if (value !== undefined) return value;
    if (element?.particulars?.snapshot !== undefined) {
      for (const level of element.particulars.snapshot) if (level.has(name)) return level.get(name);
    }
    if (id === 0 || !element) return name === 'initiator' ? state.startedBy : undefined;
    id = element.scope;
  }
}

const NOTHING: ReadonlyMap<string, Json> = new Map();

/** All variables seen from `scope`. */
export function visibleVariables(state: InstanceState, scope: number): Record<string, Json> {
  const found: Record<string, Json> = Object.create(null) as Record<string, Json>;
  let id = scope;
  for (;;) {
    const element = state.elements.get(id);
    for (const level of [element?.variables ?? NOTHING, ...(element?.particulars?.snapshot ?? [])]) {
      for (const [name, value] of level) if (!(name in found)) found[name] = value;
    }
    if (id === 0 || !element) return { ...found };
    id = element.scope;
  }
}

/** Evaluates in `scope`. Undefined expressions and literals cost nothing. */
export function evaluate(decision: Decision, scope: number, expression: Expression, where: string): Json {
  if (!expression.feel) return expression.literal ?? null;
  try {
    return expression.feel.evaluate(scopeOf(decision.state, scope), clockOf(decision)) as Json;
  } catch (error) {
    if (error instanceof FeelError) throw new Stuck('INCIDENT_BUDGET', { where, source: expression.source, reason: asReason(error.message) });
    throw error;
  }
}

/** Evaluates to a text; null becomes undefined, anything else is Stuck. */
export function evaluateText(decision: Decision, scope: number, expression: Expression | undefined, where: string): string | undefined {
  if (!expression) return undefined;
  return textOf(evaluate(decision, scope, expression, where), expression, where);
}

/** The same on `variables` alone, without what a scope around them has. */
export function textIn(decision: Decision, variables: Variables, expression: Expression, where: string): string | undefined {
  const value = evaluateIn(decision, { get: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined) }, expression, where);
  return textOf(value, expression, where);
}

function textOf(value: Json, expression: Expression, where: string): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Stuck('INCIDENT_EXPRESSION', { where, wanted: 'a text', source: expression.source, got: describe(value) });
}

/** Evaluates to a list of texts: FEEL list, or a comma-separated text. */
export function evaluateTexts(decision: Decision, scope: number, expression: Expression | undefined, where: string): readonly string[] {
  if (!expression) return [];
  const value = evaluate(decision, scope, expression, where);
  if (value === null) return [];
  if (typeof value === 'string') return value.split(',').map((part) => part.trim()).filter((part) => part !== '');
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value;
  throw new Stuck('INCIDENT_EXPRESSION', { where, wanted: 'a list of texts', source: expression.source, got: describe(value) });
}

/** Why an expression is null, for the words of an incident: the names it reads that are missing or null. */
export function missingNames(decision: Decision, scope: number, expression: Expression): string {
  return missingVariables(decision, scope, [expression]) || 'its operands cannot be compared';
}

/** Which of the variables that expressions read are missing or null, in the words of an incident; empty when none is. */
export function missingVariables(decision: Decision, scope: number, expressions: readonly Expression[]): string {
  const names = new Set(expressions.flatMap((expression) => expression.feel?.names ?? []));
  const missing = [...names].filter((name) => (readVariable(decision.state, scope, name) ?? null) === null);
  const [first = ''] = missing;
  if (missing.length === 0) return '';
  return `${missing.length === 1 ? `variable ${first} is missing or null` : `variables ${missing.join(', ')} are missing or null`}${fromDecisions(decision, missing)}`;
}

/** Null may be the answer of a decision: that is where to look. */
function fromDecisions({ graph }: Decision, names: readonly string[]): string {
  const made = names.flatMap((name) => {
    const node = [...graph.nodes.values()].find((candidate) => answersOf(candidate).includes(name));
    return node?.calledDecision ? [`${name} is what decision ${node.calledDecision.decisionId.source} of ${node.id} gives`] : [];
  });
  return made.length === 0 ? '' : ` (${made.join('; ')})`;
}

/** The variables a business rule task writes its answer into. */
function answersOf({ calledDecision, outputs }: FlowNode): readonly string[] {
  if (!calledDecision) return [];
  return outputs.length === 0 ? [calledDecision.resultVariable] : outputs.map(({ target }) => target.split('.')[0] ?? target);
}

/** True when an expression reads a null that a decision answered, and does not speak of null itself: then it cannot be meant. */
export function isUndecided({ graph, state }: Decision, scope: number, { feel, source }: Expression): boolean {
  const nulls = (feel?.names ?? []).filter((name) => readVariable(state, scope, name) === null);
  return nulls.length > 0 && !/\bnull\b/.test(source) && [...graph.nodes.values()].some((node) => answersOf(node).some((name) => nulls.includes(name)));
}

/** Evaluates mappings in `scope`, in order; a later one sees what an earlier one made. `given`: what only they see. */
export function applyMappings(decision: Decision, scope: number, mappings: readonly Mapping[], where: string, given?: Variables): Variables {
  const made: Record<string, Json> = Object.create(null) as Record<string, Json>;
  const seen = given && (Object.assign(Object.create(null), given) as Record<string, Json>);
  for (const mapping of mappings) {
    const value = evaluateOver(decision, scope, seen ?? made, mapping.source, where);
    const [name = '', ...path] = mapping.target.split('.');
    if (path.length === 0) made[name] = value;
    else made[name] = writePath(made[name] ?? readVariable(decision.state, scope, name) ?? {}, path, value, mapping.target);
    if (seen) seen[name] = made[name] ?? null;
  }
  return { ...made };
}

/** Records `values` leaving the element whose scope is `scope`: each name where it is declared, else in the case. */
export function propagate(decision: Decision, scope: number, values: Variables): void {
  const names = Object.keys(values);
  if (names.length === 0) return;
  const target = declaringScope(decision.state, scope, names[0] ?? '');
  if (names.every((name) => declaringScope(decision.state, scope, name) === target)) {
    decision.record({ type: 'VariablesWritten', scope: target, values });
    return;
  }
  const perScope = new Map<number, Record<string, Json>>();
  for (const name of names) {
    const home = declaringScope(decision.state, scope, name);
    let group = perScope.get(home);
    if (!group) perScope.set(home, (group = {}));
    Object.defineProperty(group, name, { value: values[name] ?? null, enumerable: true, configurable: true, writable: true });
  }
  for (const [home, group] of perScope) decision.record({ type: 'VariablesWritten', scope: home, values: group });
}

export function scopeOf(state: InstanceState, scope: number): FeelScope {
  return { get: (name) => readVariable(state, scope, name) };
}

export function clockOf(decision: Decision): FeelClock {
  const { now, zone, calendars, expired } = decision.facts;
  return { now, zone, calendars, ...(expired && { expired }) };
}

/** A value in the words of an incident: short, and without its content when it is large. */
export function describe(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function declaringScope(state: InstanceState, scope: number, name: string): number {
  let id = scope;
  while (id !== 0) {
    const element = state.elements.get(id);
    if (!element) return 0;
    if (element.variables?.has(name)) return id;
    id = element.scope;
  }
  return 0;
}

/** Evaluates in `scope` with the values of `made` in front of it. */
export function evaluateOver(decision: Decision, scope: number, made: Readonly<Record<string, Json>>, expression: Expression, where: string): Json {
  return evaluateIn(decision, { get: (name) => (Object.hasOwn(made, name) ? made[name] : readVariable(decision.state, scope, name)) }, expression, where);
}

function evaluateIn(decision: Decision, scope: FeelScope, expression: Expression, where: string): Json {
  if (!expression.feel) return expression.literal ?? null;
  try {
    return expression.feel.evaluate(scope, clockOf(decision)) as Json;
  } catch (error) {
    if (error instanceof FeelError) throw new Stuck('INCIDENT_BUDGET', { where, source: expression.source, reason: asReason(error.message) });
    throw error;
  }
}

function writePath(base: Json, path: readonly string[], value: Json, whole: string): Json {
  if (typeof base !== 'object' || base === null || Array.isArray(base)) {
    throw new Stuck('INCIDENT_MAPPING_TARGET', { target: whole, path: path.join('.'), got: describe(base) });
  }
  const [name = '', ...rest] = path;
  const known = base as Readonly<Record<string, Json>>;
  const inner = Object.hasOwn(known, name) ? known[name] : undefined;
  return { ...known, [name]: rest.length === 0 ? value : writePath(inner ?? {}, rest, value, whole) };
}

/** Evaluates to true or false over `made`; null names what is missing, anything else is Stuck too. */
export function evaluateTruth(decision: Decision, scope: number, made: Readonly<Record<string, Json>>, expression: Expression, where: string): boolean {
  const value = evaluateOver(decision, scope, made, expression, where);
  if (typeof value === 'boolean') return value;
  const got = value === null ? `null because ${missingNames(decision, scope, expression)}` : describe(value);
  throw new Stuck('INCIDENT_EXPRESSION', { where, wanted: 'true or false', source: expression.source, got });
}
