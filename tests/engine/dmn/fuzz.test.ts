// Whatever is given as an expression or a decision model: an answer, a finding, or one of the two errors of an evaluation that must stop; never anything else thrown, and never without end.
//
// Three seconds in everyday runs, a minute where nothing may be skipped (PITON_REQUIRE=all). PITON_SEED repeats a run whose seed was
// printed. What it stumbles over goes into corpus/, whose texts are all tried first.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compileDecisions } from '../../../engine/dmn/compile.ts';
import { DmnError } from '../../../engine/dmn/errors.ts';
import { evaluateDecision } from '../../../engine/dmn/evaluate.ts';
import { decisionWords } from '../../../engine/dmn/words.ts';
import { compileFeel } from '../../../engine/feel/compile.ts';
import { FeelError } from '../../../engine/feel/errors.ts';
import { mutateDmn, mutateFeel, pick, randomFrom } from '../support/mutations.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const SECONDS = process.env['PITON_REQUIRE'] === 'all' ? 30 : 1.5;
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'America/St_Lucia', calendars: {} };
/** Processor time of one input, compiling included. A hang is told, no speed is measured: an evaluation of 100,000 steps takes a thirtieth of it. */
const LONGEST_MS = 60_000;
/** Inputs that are tried however busy the machine is. */
const FEWEST = 60;
const MOST_HEAP = 1_500 * 1_048_576;
const corpora = import.meta.dirname;
const read = (path: string): string => readFileSync(join(corpora, path), 'utf8');

const expressions = read('../feel/corpus/expressions.feel').split('\n').filter((line) => line !== '' && !line.startsWith('//'));
const models = readdirSync(join(corpora, 'corpus')).sort().map((name) => read(`corpus/${name}`));
models.push(read('../../../processes/petty-cash/decisions/approval-authority.dmn'));
const texts = [...expressions, ...models.flatMap((xml) => [...xml.matchAll(/<text>([^<]*)<\/text>/g)].map(([, text = '']) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>')))];

const VARIABLES: Readonly<Record<string, unknown>> = {
  amount: 12_500, dept: 'works', limit: 10, grades: [3, 5, 7], officer: { name: 'Ann', grade: 7 }, text: 'a'.repeat(2_000), x: null, n: 17, k: 'x', kind: 'transport', receiptNumber: '',
  staff: [{ name: 'Ann', grade: 7 }, { name: 'Ben', grade: { $: 'number', v: '12.000000000000000000001' } }], day: { $: 'date', v: '2026-02-28' },
};

/** How much processor time the call took, in milliseconds. */
function timed(call: () => void): number {
  const begin = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

function tryFeel(source: string, unaryTests: boolean): 'refused' | 'stopped' | 'answered' {
  const feel = compileFeel(source, { unaryTests, names: Object.keys(VARIABLES) });
  if ('code' in feel) {
    expect(feel.position.from).to.be.within(0, source.length);
    expect(feel.position.line).to.be.within(1, source.split('\n').length);
    expect(feel.message).to.match(/^Expected /);
    return 'refused';
  }
  try {
    const scope = { get: (name: string): unknown => (name === '?' ? 5 : VARIABLES[name]) };
    const value = JSON.stringify(feel.evaluate(scope, CLOCK));
    expect(JSON.stringify(feel.evaluate(scope, CLOCK)), 'the same input gives the same value').to.equal(value);
    return 'answered';
  } catch (error) {
    if (error instanceof FeelError) return 'stopped';
    throw error;
  }
}

function tryDmn(xml: string): 'refused' | 'stopped' | 'answered' {
  const model = compileDecisions(xml);
  if (Array.isArray(model)) {
    const lines = xml.split('\n').length;
    for (const { code, line, message } of model) {
      expect(message, code).to.match(/^Expected /);
      expect(line, code).to.be.within(1, lines);
    }
    return 'refused';
  }
  let outcome: 'stopped' | 'answered' = 'answered';
  for (const { kind, id } of model.elements.values()) {
    if (kind !== 'decision' && kind !== 'decisionService') continue;
    try {
      const result = evaluateDecision(model, id, VARIABLES, CLOCK, 100_000);
      JSON.stringify(result);
      decisionWords(result);
    } catch (error) {
      if (!(error instanceof FeelError) && !(error instanceof DmnError)) throw error;
      outcome = 'stopped';
    }
  }
  return outcome;
}

/** Tries inputs until the time is over; answers how often each outcome came. */
function fuzz(seconds: number, make: (random: ReturnType<typeof randomFrom>) => () => 'refused' | 'stopped' | 'answered', name: (random: ReturnType<typeof randomFrom>) => string): Record<string, number> {
  const counts: Record<string, number> = { refused: 0, stopped: 0, answered: 0, slowest: 0 };
  const until = performance.now() + seconds * 1_000;
  for (let run = 0; run < FEWEST || performance.now() < until; run++) {
    const call = make(randomFrom(SEED + run));
    const failed = (reason: string): Error => new Error(`${reason}\nwith PITON_SEED=${String(SEED + run)}, first input of a run:\n${name(randomFrom(SEED + run))}\nKeep it in corpus/.`);
    let ms: number;
    try {
      ms = timed(() => { const outcome = call(); counts[outcome] = (counts[outcome] ?? 0) + 1; });
    } catch (error) {
      throw failed(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    counts['slowest'] = Math.max(counts['slowest'] ?? 0, Math.round(ms));
    if (ms > LONGEST_MS) throw failed(`Expected an end within ${String(LONGEST_MS)} ms, but it took ${ms.toFixed(0)}`);
    if (run % 50 === 0) expect(process.memoryUsage().heapUsed, 'memory').to.be.lessThan(MOST_HEAP);
  }
  return counts;
}

describe('FEEL and DMN: fuzzed', () => {
  before(() => { console.log(`  FEEL and DMN fuzz: PITON_SEED=${String(SEED)}, ${String(SECONDS)} s each`); });

  it('the corpus itself: every expression compiles, every model answers', () => {
    for (const source of expressions) {
      const outcomes = [tryFeel(source, false), tryFeel(source, true)];
      expect(outcomes.some((outcome) => outcome === 'answered' || outcome === 'stopped'), source).to.equal(true);
    }
    for (const xml of models) expect(tryDmn(xml)).to.equal('answered');
  }).timeout(60_000);

  it('any expression is refused, stopped or answered', () => {
    const inputOf = (random: ReturnType<typeof randomFrom>): string => mutateFeel(pick(random, texts), texts, random);
    const counts = fuzz(SECONDS, (random) => { const source = inputOf(random); return () => tryFeel(source, random() < 0.3); }, inputOf);
    console.log(`    expressions: ${JSON.stringify(counts)}`);
    for (const outcome of ['refused', 'answered']) expect(counts[outcome], outcome).to.be.greaterThan(0);
  }).timeout((SECONDS + 60) * 1_000);

  it('any decision model is refused, stopped or answered', () => {
    const inputOf = (random: ReturnType<typeof randomFrom>): string => mutateDmn(pick(random, models), texts, random);
    const counts = fuzz(SECONDS, (random) => { const xml = inputOf(random); return () => tryDmn(xml); }, inputOf);
    console.log(`    models: ${JSON.stringify(counts)}`);
    for (const outcome of ['refused', 'answered']) expect(counts[outcome], outcome).to.be.greaterThan(0);
  }).timeout((SECONDS + 60) * 1_000);
});
