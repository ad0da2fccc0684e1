// Parse, validate and decide, fuzzed: whatever the file and whatever is asked of its cases, there is a graph, a list of findings, events, or a rejection; never anything thrown, and never without end.
//
// Three seconds in everyday runs, a minute where nothing may be skipped (PITON_REQUIRE=all). PITON_SEED repeats a run whose seed was
// printed. What once failed is kept in corpus/ and tried first: `*.bpmn` files, and `*.json` cases (a file and what was asked of it).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { repository } from '../architecture/source-tree.ts';
import { mutateBpmn } from './support/mutate-bpmn.ts';
import { pick, randomFrom } from './support/mutations.ts';
import type { Random } from './support/mutations.ts';
import { playFile, readAny, replayCase } from './support/fuzzed.ts';
import type { Outcome, RecordedCase } from './support/fuzzed.ts';
import { randomModel } from './support/random-models.ts';

const SEED = Number(process.env['PITON_SEED'] ?? Date.now() % 2 ** 31);
const SECONDS = process.env['PITON_REQUIRE'] === 'all' ? 30 : 1.5;
/** Processor time of one input, a file with its findings and soundness or a whole case: a hang is told, no speed is measured. */
const LONGEST_MS = 60_000;
/** Inputs that are tried however busy the machine is. */
const FEWEST = 25;
/** More than at the beginning: what other tests left in the process is not counted. */
const MOST_HEAP = 1_500 * 1_048_576;

const corpus = join(import.meta.dirname, 'corpus');
const kept = readdirSync(corpus).sort();
const fileOf = (name: string): string => readFileSync(join(corpus, name), 'utf8');
const models = kept.filter((name) => name.startsWith('model-'));
const processes = readdirSync(join(repository, 'processes')).map((name) => readFileSync(join(repository, 'processes', name, 'process.bpmn'), 'utf8'));
const miwg = join(repository, '../shared/data/miwg');
const interchange = existsSync(miwg) ? readdirSync(miwg).filter((name) => name.endsWith('.bpmn')).map((name) => readFileSync(join(miwg, name), 'utf8')) : [];
const seeds = [...models.map(fileOf), ...processes];

/** How much processor time the call took, in milliseconds. */
async function timed(call: () => Promise<void>): Promise<number> {
  const begin = process.cpuUsage();
  await call();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1_000;
}

/** Tries inputs until the time is over; answers how often each outcome came. */
async function fuzz(seconds: number, attempt: (random: Random) => Promise<Outcome>): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  let slowest = 0;
  const { heapUsed } = process.memoryUsage();
  const until = performance.now() + seconds * 1_000;
  for (let run = 0; run < FEWEST || performance.now() < until; run += 1) {
    let ms: number;
    try {
      ms = await timed(async () => { const outcome = await attempt(randomFrom(SEED + run)); counts[outcome] = (counts[outcome] ?? 0) + 1; });
    } catch (error) {
      throw new Error(`With PITON_SEED=${String(SEED + run)}, first input of a run: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, { cause: error });
    }
    slowest = Math.max(slowest, Math.round(ms));
    if (ms > LONGEST_MS) throw new Error(`Expected an end within ${String(LONGEST_MS)} ms with PITON_SEED=${String(SEED + run)}, but it took ${ms.toFixed(0)}`);
    if (run % 50 === 0) expect(process.memoryUsage().heapUsed - heapUsed, 'memory').to.be.lessThan(MOST_HEAP);
  }
  return { ...counts, slowest };
}

/** A file to run: one that was written for a construct, one of Piton's own, or a random one. */
function anyModel(random: Random): string {
  return random() < 0.5 ? pick(random, seeds) : randomModel(Math.floor(random() * 2 ** 31));
}

describe('Engine: fuzzed', () => {
  before(() => { console.log(`  Engine fuzz: PITON_SEED=${String(SEED)}, ${String(SECONDS)} s each`); });

  for (const name of kept.filter((name) => name.endsWith('.bpmn'))) {
    it(`the corpus: ${name} is answered, and its cases keep every promise`, async () => {
      const first = await readAny(fileOf(name));
      if (models.includes(name)) expect(first).to.equal('graph');
      for (let seed = 1; seed <= 5; seed += 1) await playFile(fileOf(name), randomFrom(seed), 60);
    }).timeout(60_000);
  }

  for (const name of kept.filter((name) => name.endsWith('.json'))) {
    it(`the corpus: ${name} keeps every promise`, async () => {
      await replayCase(JSON.parse(fileOf(name)) as RecordedCase);
    }).timeout(60_000);
  }

  it('any file is answered by a graph or by findings, and the soundness of a graph by a report', async () => {
    const all = [...seeds, ...interchange];
    const counts = await fuzz(SECONDS, (random) => readAny(mutateBpmn(random() < 0.15 ? pick(random, all) : anyModel(random), all, random)));
    console.log(`    files: ${JSON.stringify(counts)}`);
    for (const outcome of ['graph', 'refused']) expect(counts[outcome], outcome).to.be.greaterThan(0);
  }).timeout((SECONDS + 120) * 1_000);

  it('any command to a case of any file is decided or rejected, in bounded steps, and every prefix of the history replays', async () => {
    const counts = await fuzz(SECONDS, (random) => {
      const xml = anyModel(random);
      return playFile(random() < 0.5 ? mutateBpmn(xml, seeds, random) : xml, random, 40);
    });
    console.log(`    cases: ${JSON.stringify(counts)}`);
    expect(counts['played'], 'played').to.be.greaterThan(0);
  }).timeout((SECONDS + 120) * 1_000);
});
