// FEEL beside npm feelin: the same conditions, evaluated again and again, in one process; medians of interleaved rounds, CPU time.

import { evaluate } from 'feelin';
import { compileFeel } from '../engine/index.ts';
import type { CompiledFeel } from '../engine/index.ts';

const ROUNDS = 5;
const ROUND_MS = 200;
const CLOCK = { now: '2026-01-05T09:00:00.000Z', zone: 'UTC' };

const VARIABLES: Readonly<Record<string, unknown>> = {
  amount: 12_500,
  dept: 'works',
  grades: [3, 5, 7, 9],
  officer: { name: 'Ann', grade: 7 },
};

const CONDITIONS: readonly string[] = [
  'amount > 10000',
  'amount > 10000 and dept = "works"',
  'amount * 1.15 + 20',
  'if amount > 10000 then "director" else if amount > 5000 then "head" else "officer"',
  'some grade in grades satisfies grade > officer.grade',
  'date("2026-01-05") + duration("P10D") > date("2026-01-12")',
];

/** CPU time of one call in microseconds. */
function measure(call: () => unknown): number {
  const begin = process.cpuUsage();
  const end = performance.now() + ROUND_MS;
  let calls = 0;
  do {
    for (let i = 0; i < 20; i++) call();
    calls += 20;
  } while (performance.now() < end);
  const used = process.cpuUsage(begin);
  return (used.user + used.system) / calls;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function compiled(source: string): CompiledFeel {
  const feel = compileFeel(source, { names: Object.keys(VARIABLES) });
  if ('code' in feel) throw new Error(`${source}: ${feel.message}`);
  return feel;
}

const scope = { get: (name: string): unknown => VARIABLES[name] };

process.stdout.write('us per evaluation       compiled once      feelin  ratio   compiling   expression\n');
for (const source of CONDITIONS) {
  const feel = compiled(source);
  const ours: number[] = [];
  const theirs: number[] = [];
  const compiling: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const figures = [measure(() => feel.evaluate(scope, CLOCK)), measure(() => evaluate(source, VARIABLES)), measure(() => compileFeel(source))] as const;
    // The first round warms up.
    if (round === 0) continue;
    ours.push(figures[0]);
    theirs.push(figures[1]);
    compiling.push(figures[2]);
  }
  const [own, peer, compile] = [median(ours), median(theirs), median(compiling)];
  process.stdout.write(`${own.toFixed(3).padStart(35)} ${peer.toFixed(1).padStart(11)} ${(peer / own).toFixed(0).padStart(6)} ${compile.toFixed(1).padStart(11)}   ${source}\n`);
}
