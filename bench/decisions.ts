// Decision tables of 10 to 10,000 rules: one evaluation and one compilation of each, in one process; medians of interleaved rounds, CPU time.

import { compileDmn, evaluateDecision } from '../engine/index.ts';
import type { DecisionModel } from '../engine/index.ts';

const ROUNDS = 5;
const ROUND_MS = 200;
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'UTC' };
const SIZES: readonly number[] = [10, 100, 1_000, 10_000];

/** A table whose rules differ by district and code, and one input it can be asked. */
interface Shape {
  readonly name: string;
  readonly cells: (rule: number, rules: number) => readonly [string, string];
  readonly asked: (rules: number) => Readonly<Record<string, unknown>>;
}

const SHAPES: readonly Shape[] = [
  { name: 'one column of equality', cells: (rule) => ['-', `"${String(rule)}"`], asked: (rules) => ({ district: 'd0', code: String(rules - 1) }) },
  { name: 'two columns of equality', cells: (rule) => [`"d${String(rule % 10)}"`, `"${String(Math.floor(rule / 10))}"`], asked: (rules) => ({ district: 'd9', code: String(Math.ceil(rules / 10) - 1) }) },
  { name: 'equality and every 10th rule a range', cells: (rule) => (rule % 10 === 0 ? [`not("d${String(rule)}")`, '"none"'] : ['-', `"${String(rule)}"`]), asked: (rules) => ({ district: 'd0', code: String(rules - 1) }) },
  { name: 'ranges only: nothing to look up', cells: (rule) => ['-', `> "${String(rule).padStart(5, '0')}"`], asked: () => ({ district: 'd0', code: '' }) },
];

function xmlOf({ cells }: Shape, rules: number): string {
  const rows = Array.from({ length: rules }, (_, rule) => {
    const [district, code] = cells(rule, rules).map((cell) => cell.replaceAll('>', '&gt;'));
    return `<rule id="r${String(rule)}"><inputEntry><text>${district ?? ''}</text></inputEntry><inputEntry><text>${code ?? ''}</text></inputEntry><outputEntry><text>${String(rule)}</text></outputEntry></rule>`;
  });
  const input = (name: string): string => `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="string"/></inputData>`;
  const column = (name: string): string => `<input><inputExpression typeRef="string"><text>${name}</text></inputExpression></input>`;
  const needs = (name: string): string => `<informationRequirement><requiredInput href="#${name}"/></informationRequirement>`;
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="bench" namespace="urn:bench">${input('district')}${input('code')}<decision id="fee" name="fee">${needs('district')}${needs('code')}<decisionTable hitPolicy="COLLECT">${column('district')}${column('code')}<output/>${rows.join('')}</decisionTable></decision></definitions>`;
}

/** CPU time of one call in microseconds. */
async function measure(call: () => unknown): Promise<number> {
  const begin = process.cpuUsage();
  const end = performance.now() + ROUND_MS;
  let calls = 0;
  do {
    await call();
    calls += 1;
  } while (performance.now() < end);
  const used = process.cpuUsage(begin);
  return (used.user + used.system) / calls;
}

function measureSync(call: () => unknown): number {
  const begin = process.cpuUsage();
  const end = performance.now() + ROUND_MS;
  let calls = 0;
  do {
    for (let i = 0; i < 10; i++) call();
    calls += 10;
  } while (performance.now() < end);
  const used = process.cpuUsage(begin);
  return (used.user + used.system) / calls;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function compiled(xml: string): Promise<DecisionModel> {
  const model = await compileDmn(xml);
  if (Array.isArray(model)) throw new Error(model[0]?.message);
  return model;
}

process.stdout.write('  rules   us per evaluation   ms to compile   us to compile a rule   table\n');
for (const shape of SHAPES) {
  for (const rules of SIZES) {
    const xml = xmlOf(shape, rules);
    const model = await compiled(xml);
    const inputs = shape.asked(rules);
    const expected = shape.name.startsWith('ranges') ? [] : [rules - 1];
    const { value } = evaluateDecision(model, 'fee', inputs, CLOCK);
    if (JSON.stringify(value) !== JSON.stringify(expected)) throw new Error(`Expected ${JSON.stringify(expected)} from ${shape.name}, but got ${JSON.stringify(value)}`);
    const evaluating: number[] = [];
    const compiling: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const figures = [measureSync(() => evaluateDecision(model, 'fee', inputs, CLOCK)), await measure(() => compileDmn(xml))] as const;
      // The first round warms up.
      if (round === 0) continue;
      evaluating.push(figures[0]);
      compiling.push(figures[1]);
    }
    const compile = median(compiling);
    process.stdout.write(`${String(rules).padStart(7)} ${median(evaluating).toFixed(2).padStart(19)} ${(compile / 1000).toFixed(2).padStart(15)} ${(compile / rules).toFixed(1).padStart(22)}   ${shape.name}\n`);
  }
}
