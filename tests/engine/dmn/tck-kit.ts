// The DMN Technology Compatibility Kit (dmn-tck/tck): its models and cases, run against our engine, in the kit's own result format.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from 'saxen';
import { compileDecisions } from '../../../engine/dmn/compile.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import type { DecisionModel } from '../../../engine/dmn/model.ts';
import { newRun } from '../../../engine/feel/compile.ts';
import { equal } from '../../../engine/feel/compare.ts';
import { compareNumbers, isFeelNumber, parseNumber, subtract, absolute } from '../../../engine/feel/number.ts';
import { parseDateText, parseDateTimeText, parseDurationText, parseTimeText } from '../../../engine/feel/temporal-text.ts';
import { textOfValue } from '../../../engine/feel/text.ts';
import { fromJson, isContext, toJson } from '../../../engine/feel/values.ts';

export const KIT = join(import.meta.dirname, '../../../../shared/data/dmn-tck');
export const LEVELS = ['compliance-level-2', 'compliance-level-3'] as const;
const CLOCK = { now: '2026-01-05T09:00:00Z', zone: 'UTC' };
const TOLERANCE = 1e-8;

export interface CaseResult {
  readonly level: string;
  readonly folder: string;
  readonly file: string;
  readonly id: string;
  readonly passed: boolean;
  readonly reason: string;
  /** Whether the kit expects something other than null. */
  readonly expectsValue: boolean;
}

interface Xml {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Xml[];
  text: string;
}

function readXml(text: string): Xml {
  const root: Xml = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  let decode = (value: string): string => value;
  const parser = new Parser();
  parser.on('openTag', (name, attributes, decoder) => {
    decode = decoder;
    const element: Xml = { name: name.replace(/^.*:/, ''), attributes: { ...(attributes() || {}) }, children: [], text: '' };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('closeTag', () => void open.pop());
  parser.on('text', (value) => (open.at(-1)!.text += decode(value)));
  parser.on('cdata', (value) => (open.at(-1)!.text += value));
  parser.parse(text);
  return root;
}

function named(element: Xml, name: string): Xml[] {
  return element.children.filter((child) => child.name === name);
}

/** A value of the kit as a FEEL value. */
function valueIn(element: Xml): unknown {
  const list = named(element, 'list')[0];
  if (list !== undefined) return isNil(list) ? null : named(list, 'item').map(valueIn);
  const components = named(element, 'component');
  if (components.length > 0) return Object.fromEntries(components.map((part) => [part.attributes.name ?? '', isNil(part) ? null : valueIn(part)]));
  const value = named(element, 'value')[0];
  return value === undefined || isNil(value) ? null : scalar(value.attributes['xsi:type'] ?? 'xsd:string', value.text);
}

function isNil(element: Xml): boolean {
  return element.attributes['xsi:nil'] === 'true';
}

function scalar(type: string, text: string): unknown {
  const trimmed = text.trim();
  switch (type.replace(/^.*:/, '')) {
    case 'string':
      return text;
    case 'boolean':
      return trimmed === 'true';
    case 'date':
      return parseDateText(trimmed);
    case 'time':
      return parseTimeText(trimmed);
    case 'dateTime':
      return parseDateTimeText(trimmed);
    case 'duration':
      return parseDurationText(trimmed);
    default:
      return parseNumber(trimmed);
  }
}

const BUDGET = newRun({ get: () => undefined }, CLOCK, Number.MAX_SAFE_INTEGER);

function same(expected: unknown, actual: unknown): boolean {
  if (isFeelNumber(expected) && isFeelNumber(actual)) return compareNumbers(absolute(subtract(expected, actual) ?? 1), TOLERANCE) <= 0;
  if (Array.isArray(expected)) return Array.isArray(actual) && expected.length === actual.length && expected.every((item, at) => same(item, actual[at]));
  if (isContext(expected)) {
    const names = Object.keys(expected);
    return isContext(actual) && names.length === Object.keys(actual).length && names.every((name) => Object.hasOwn(actual, name) && same(expected[name], actual[name]));
  }
  return equal(expected, actual, BUDGET) === true;
}

function show(value: unknown): string {
  return textOfValue(value, BUDGET) ?? 'null';
}

/** Every model of a folder, imported ones before those that import them. */
function modelsIn(folder: string): { models: Map<string, DecisionModel>; problems: Map<string, string> } {
  const models = new Map<string, DecisionModel>();
  const problems = new Map<string, string>();
  let waiting = readdirSync(folder).filter((file) => file.endsWith('.dmn'));
  for (let before = -1; waiting.length > 0 && waiting.length !== before; ) {
    before = waiting.length;
    waiting = waiting.filter((file) => {
      const model = compileDecisions(readFileSync(join(folder, file), 'utf8'), [...models.values()]);
      if (!Array.isArray(model)) models.set(file, model);
      else problems.set(file, model.map((problem) => `${problem.code} ${problem.message}`).join('; '));
      return Array.isArray(model);
    });
  }
  return { models, problems };
}

function expectedOf(node: Xml): unknown {
  const element = named(node, 'expected')[0];
  return element === undefined ? null : valueIn(element);
}

function runNode(model: DecisionModel, testCase: Xml, node: Xml, inputs: Record<string, unknown>): { actual: unknown; notes: string } {
  const isService = testCase.attributes.type === 'decisionService' && testCase.attributes.invocableName !== undefined;
  const target = isService ? testCase.attributes.invocableName! : node.attributes.name!;
  const { value, notes } = evaluateDecision(model, target, inputs, CLOCK);
  const result = fromJson(value);
  const element = model.elements.get(target) ?? [...model.elements.values()].find((candidate) => candidate.name === target);
  const isOneOfMany = isService && element?.kind === 'decisionService' && element.outputs.length > 1 && isContext(result);
  return { actual: isOneOfMany ? result[node.attributes.name!] : result, notes: notes.map((note) => note.message).join('; ') };
}

/** One result for each case: all of its result nodes must be as expected. */
export function runFolder(level: string, folder: string): CaseResult[] {
  const path = join(KIT, level, folder);
  const { models, problems } = modelsIn(path);
  const results: CaseResult[] = [];
  for (const file of readdirSync(path).filter((name) => name.endsWith('.xml')).sort()) {
    const suite = named(readXml(readFileSync(join(path, file), 'utf8')), 'testCases')[0]!;
    const modelName = named(suite, 'modelName')[0]?.text.trim() ?? '';
    const model = models.get(modelName);
    for (const testCase of named(suite, 'testCase')) {
      const inputs = Object.fromEntries(named(testCase, 'inputNode').map((node) => [node.attributes.name ?? '', toJson(valueIn(node))]));
      const reasons: string[] = [];
      let expectsValue = false;
      for (const node of named(testCase, 'resultNode')) {
        const expected = expectedOf(node);
        expectsValue ||= expected !== null;
        try {
          if (model === undefined) throw new Error(`model refused: ${problems.get(modelName) ?? 'no such file'}`);
          const { actual, notes } = runNode(model, testCase, node, inputs);
          if (!same(expected, actual)) reasons.push(`${node.attributes.name}: expected ${show(expected)}, got ${show(actual)}${notes === '' ? '' : ` (${notes})`}`);
        } catch (error) {
          reasons.push(`${node.attributes.name}: ${(error as Error).message}`);
        }
      }
      results.push({ level, folder, file: file.replace(/\.xml$/, ''), id: testCase.attributes.id ?? '', passed: reasons.length === 0, reason: reasons.join(' | '), expectsValue });
    }
  }
  return results;
}

export function hasKit(): boolean {
  return existsSync(KIT);
}

export function runKit(): CaseResult[] {
  return LEVELS.flatMap((level) => readdirSync(join(KIT, level)).sort().flatMap((folder) => runFolder(level, folder)));
}
