// Decision tables (DMN 1.5, clause 8): inputs, rules and outputs; which rules fire is written down with the result.

import { spend } from '../feel/budget.ts';
import type { CompiledFeel } from '../feel/compile.ts';
import { withScope } from '../feel/run.ts';
import type { FeelType } from '../feel/types.ts';
import { setEntry, toJson } from '../feel/values.ts';
import type { FeelContext } from '../feel/values.ts';
import { asType, nothing } from './builder.ts';
import type { Site } from './builder.ts';
import { hitPolicyOf, resultOf } from './hit-policy.ts';
import type { HitPolicy, Output } from './hit-policy.ts';
import { valuesOf } from './item-definitions.ts';
import type { DecisionRun, FiredRule, Logic } from './model.ts';
import { indexRules } from './rule-index.ts';
import type { RuleIndex } from './rule-index.ts';
import { LocalScope } from './scope.ts';
import { child, childrenNamed, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

interface Input {
  readonly expression: string;
  /** How the table calls it for its readers; empty where it does not. */
  readonly label: string;
  readonly feel: CompiledFeel | undefined;
  readonly type: FeelType | undefined;
  /** The values the table is made for; undefined for any. */
  readonly allowed: CompiledFeel | undefined;
}

interface Rule extends FiredRule {
  /** One test for each input; undefined where the cell says `-`. */
  readonly tests: readonly (CompiledFeel | undefined)[];
  readonly outputs: readonly Logic[];
}

export interface Table {
  readonly policy: HitPolicy;
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly rules: readonly Rule[];
  readonly index: RuleIndex;
}

/** Texts repeat themselves down the columns of a table: each is compiled once. */
class Texts {
  readonly #site: Site;
  readonly #known = new Map<string, CompiledFeel | undefined>();

  constructor(site: Site) {
    this.#site = site;
  }

  /** `place`: where it stands first, for findings. */
  compile(source: string, unaryTests: boolean, place: string): CompiledFeel | undefined {
    const key = `${unaryTests ? '?' : '='}${source}`;
    if (this.#known.has(key)) return this.#known.get(key);
    const { builder, environment, elementId } = this.#site;
    const feel = builder.feel(source, environment, elementId, unaryTests, place);
    this.#known.set(key, feel);
    return feel;
  }

  /** The tests in an element; undefined where everything passes. */
  tests(element: XmlElement | undefined, place: string): CompiledFeel | undefined {
    const text = this.#textIn(element);
    return text === '' || text === '-' ? undefined : this.compile(text, true, place);
  }

  /** An output; one that is left empty is null. */
  logic(element: XmlElement, place: string): Logic {
    const text = this.#textIn(element);
    if (text === '' || text === '-') return (run) => nothing(run, `a value in ${place}`, 'it is left empty');
    const feel = this.compile(text, false, place);
    return feel === undefined ? () => null : (run) => feel.run(run);
  }

  #textIn(element: XmlElement | undefined): string {
    if (element === undefined || !this.#site.builder.isFeel(element, this.#site.elementId)) return '';
    return textOf(element, 'text')?.trim() ?? '';
  }
}

function inputOf(element: XmlElement, at: number, texts: Texts, site: Site): Input {
  const expression = child(element, 'inputExpression');
  const source = (expression === undefined ? undefined : textOf(expression, 'text')?.trim()) ?? '';
  const isFeel = expression === undefined || site.builder.isFeel(expression, site.elementId);
  return {
    expression: source,
    label: element.attributes.label?.trim() ?? '',
    feel: source === '' || !isFeel ? undefined : texts.compile(source, false, `input ${String(at + 1)}`),
    type: site.builder.type(expression?.attributes.typeRef, site.elementId),
    allowed: texts.tests(child(element, 'inputValues'), `the input values of input ${String(at + 1)}`),
  };
}

/** The tests of output values one by one: the first has the highest priority. */
function orderOf(allowed: CompiledFeel | undefined, texts: Texts, place: string): readonly CompiledFeel[] {
  if (allowed === undefined) return [];
  return allowed.parts.flatMap((part) => texts.compile(part, true, place) ?? []);
}

function outputOf(element: XmlElement, at: number, texts: Texts, site: Site): Output {
  const fallback = child(element, 'defaultOutputEntry');
  const place = `output ${String(at + 1)}`;
  const type = site.builder.type(element.attributes.typeRef, site.elementId);
  const allowed = texts.tests(child(element, 'outputValues'), `the output values of ${place}`);
  return {
    name: element.attributes.name ?? '',
    type,
    allowed,
    order: orderOf(allowed ?? valuesOf(type), texts, place),
    fallback: fallback === undefined ? undefined : texts.logic(fallback, `the default of ${place}`),
  };
}

interface Columns {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
}

function inputName({ label, expression }: Input): string {
  return label === '' ? expression : label;
}

function ruleOf(element: XmlElement, index: number, { inputs, outputs }: Columns, texts: Texts): Rule {
  const place = (column: string): string => `rule ${String(index + 1)}${column === '' ? '' : `, ${column}`}`;
  return {
    index: index + 1,
    id: element.attributes.id ?? '',
    annotations: childrenNamed(element, 'annotationEntry').map((annotation) => textOf(annotation, 'text')?.trim() ?? ''),
    tests: childrenNamed(element, 'inputEntry').map((entry, at) => texts.tests(entry, place(inputs[at] === undefined ? '' : inputName(inputs[at])))),
    outputs: childrenNamed(element, 'outputEntry').map((entry, at) => texts.logic(entry, place(outputs[at]?.name ?? ''))),
  };
}

function complain(table: Pick<Table, 'inputs' | 'outputs' | 'rules'>): string | undefined {
  if (table.outputs.length === 0) return 'it has no output';
  const bad = table.rules.find((rule) => rule.tests.length !== table.inputs.length || rule.outputs.length !== table.outputs.length);
  return bad === undefined
    ? undefined
    : `rule ${bad.index} has ${bad.tests.length} input and ${bad.outputs.length} output entries for ${table.inputs.length} inputs and ${table.outputs.length} outputs`;
}

/** What a table leaves open that the standard asks for (8.2). */
function doubtsAbout(policy: HitPolicy, inputs: readonly Input[], outputs: readonly Output[]): string[] {
  const nameless = inputs.findIndex(({ expression }) => expression === '');
  const names = outputs.map(({ name }) => name);
  const isOrdered = policy.kind === 'priority' || policy.kind === 'output order';
  return [
    ...(nameless < 0 ? [] : [`input ${String(nameless + 1)} has no expression`]),
    ...(names.length > 1 && (names.includes('') || new Set(names).size < names.length) ? ['it has several outputs without names of their own'] : []),
    ...(policy.kind === 'aggregate' && outputs.length > 1 ? [`${policy.name} is not defined for several outputs`] : []),
    ...(isOrdered && outputs.every(({ order }) => order.length === 0) ? [`hit policy ${policy.name} needs output values in their order, and it has none`] : []),
  ];
}

function readTable(element: XmlElement, site: Site): Table | undefined {
  const texts = new Texts(site);
  const policy = hitPolicyOf(element.attributes.hitPolicy ?? 'UNIQUE', element.attributes.aggregation);
  if (policy === undefined) {
    site.builder.report('DMN_HIT_POLICY_UNKNOWN', site.elementId, { policy: `${element.attributes.hitPolicy ?? ''} ${element.attributes.aggregation ?? ''}`.trim() });
    return undefined;
  }
  const inputs = childrenNamed(element, 'input').map((input, at) => inputOf(input, at, texts, site));
  const outputs = childrenNamed(element, 'output').map((output, at) => outputOf(output, at, texts, site));
  const rules = childrenNamed(element, 'rule').map((rule, index) => ruleOf(rule, index, { inputs, outputs }, texts));
  const reason = complain({ inputs, outputs, rules });
  if (reason !== undefined) {
    site.builder.report('DMN_TABLE_INVALID', site.elementId, { reason });
    return undefined;
  }
  for (const doubt of doubtsAbout(policy, inputs, outputs)) site.builder.report('DMN_TABLE_DOUBTFUL', site.elementId, { reason: doubt });
  return { policy, inputs, outputs, rules, index: indexRules(rules.map((rule) => rule.tests)) };
}

/** The cell's scope: everything around it, and the input as `?`. One for a table's evaluation, moved from column to column. */
function questionScope(run: DecisionRun): LocalScope {
  return new LocalScope(new Map([['?', null]]), run.scope);
}

/** Notes of a cell say which one it is. */
function located(run: DecisionRun, from: number, rule: Rule, input: Input): void {
  for (let at = from; at < run.notes.length; at++) {
    const note = run.notes[at]!;
    if (!('place' in note) && !('element' in note)) run.notes[at] = { ...note, place: `rule ${String(rule.index)}, ${inputName(input)}` };
  }
}

function ruleMatches(rule: Rule, inputs: readonly Input[], values: readonly unknown[], run: DecisionRun, scope: LocalScope): boolean {
  for (let at = 0; at < values.length; at++) {
    const test = rule.tests[at];
    if (test === undefined) continue;
    scope.set('?', values[at]);
    const before = run.notes.length;
    const passes = test.run(run) === true;
    if (run.notes.length > before) located(run, before, rule, inputs[at]!);
    if (!passes) return false;
  }
  return true;
}

function outputsOf(rule: Rule, table: Table, run: DecisionRun): unknown {
  const values = rule.outputs.map((output, at) => asType(output(run), table.outputs[at]!.type, 'the output', run));
  return combine(values, table);
}

/** One output stands for itself, several become a context. */
function combine(values: readonly unknown[], table: Table): unknown {
  if (table.outputs.length === 1) return values[0] ?? null;
  const context: FeelContext = {};
  for (const [at, output] of table.outputs.entries()) setEntry(context, output.name, values[at] ?? null);
  return context;
}

function fallbackOf(table: Table, run: DecisionRun): unknown {
  if (table.outputs.every((output) => output.fallback === undefined)) return undefined;
  return combine(table.outputs.map((output) => output.fallback?.(run) ?? null), table);
}

/** The input values, or undefined with the reason noted where one is not allowed. */
function readInputs(table: Table, run: DecisionRun): unknown[] | undefined {
  const values: unknown[] = [];
  for (const input of table.inputs) {
    const value = asType(input.feel?.run(run) ?? null, input.type, `input '${input.expression}'`, run);
    if (input.allowed !== undefined && value !== null) {
      const scope = questionScope(run);
      scope.set('?', value);
      if (withScope(run, scope, () => input.allowed!.run(run)) !== true) {
        nothing(run, `a value that input '${input.expression}' allows`, 'it is another');
        return undefined;
      }
    }
    values.push(value);
  }
  return values;
}

export function tableLogic(element: XmlElement, site: Site): Logic {
  const table = readTable(element, site);
  if (table === undefined) return () => null;
  const { policy, rules, index, inputs } = table;
  return (run) => {
    const values = readInputs(table, run);
    if (values === undefined) return null;
    const scope = questionScope(run);
    const matched = withScope(run, scope, () => {
      const found: Rule[] = [];
      for (const at of index.candidates(values)) {
        spend(run, 1);
        if (!ruleMatches(rules[at]!, inputs, values, run, scope)) continue;
        found.push(rules[at]!);
        if (policy.stopsAtFirst) break;
      }
      return found;
    });
    const { value, used } = resultOf(policy, matched, (rule) => outputsOf(rule, table, run), table.outputs, () => fallbackOf(table, run), run);
    run.fired.push({
      element: site.elementId,
      name: site.elementName,
      hitPolicy: policy.name,
      inputs: inputs.map(({ expression, label }, at) => ({ expression, ...(label !== '' && label !== expression && { label }), value: toJson(values[at]) })),
      rules: used.map(({ index: number, id, annotations }) => ({ index: number, id, annotations })),
    });
    return value;
  };
}
