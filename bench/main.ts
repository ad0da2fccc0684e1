/** `npm run bench`: Piton beside npm bpmn-engine, the same work in the same run; one process per cell, interleaved rounds, medians. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Measured } from './measure.ts';
import { COMPARISONS, RAW_DISK, ROUND } from './plan.ts';
import type { Cell } from './plan.ts';
import { readRecorded, writeRecorded } from './recorded.ts';
import { fallenReport, rawDiskOf, ratioTable, resultsOf, volumeTable } from './report.ts';
import type { Result, Rounds } from './report.ts';

const USAGE = `npm run bench -- [--quick] [--json] [--record]
  --quick: three short rounds, under a minute (otherwise five longer ones, about four minutes)
  --json: one JSON document on standard output and nothing else
  --record: keeps the ratios in docs/benchmarks.md; later runs are compared with them
  The exit code is 1 when a ratio fell by more than a third of what is recorded, even in its best round.`;

interface Depth {
  readonly rounds: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

const QUICK: Depth = { rounds: 3, warmMs: 200, measureMs: 300 };
const FULL: Depth = { rounds: 5, warmMs: 1_000, measureMs: 2_000 };
const CELL_LIMIT_MS = 60_000;
const PEERS = ['bpmn-engine', 'bpmn-elements'] as const;
const OURS = ['better-sqlite3'] as const;
const root = join(import.meta.dirname, '..');

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<number> {
  let options;
  try {
    options = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' }, record: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    return 2;
  }
  if (options.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const depth = options.quick === true ? QUICK : FULL;
  const say = options.json === true ? (): void => undefined : (text: string): void => { process.stdout.write(`${text}\n`); };
  const settings = describe(depth);
  say(settings.join('\n'));
  const loadBefore = loadavg()[0] ?? 0;
  const rounds = await runRounds(depth);
  const results = resultsOf(rounds, readRecorded());
  const text = reportText(results, rounds, loadBefore);
  say(text);
  if (options.record === true) writeRecorded(recordText(settings, text));
  if (options.json === true) process.stdout.write(`${JSON.stringify({ settings, rawDisk: rawDiskOf(rounds), loadBefore, loadAfter: loadavg()[0], results }, null, 2)}\n`);
  const fallen = fallenReport(results);
  if (fallen === '') return 0;
  process.stderr.write(fallen);
  return 1;
}

/** What a reader must know to repeat it. */
function describe({ rounds, warmMs, measureMs }: Depth): string[] {
  return [
    `Machine: ${String(availableParallelism())} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, ${process.platform} ${process.arch}, Node ${process.versions.node}`,
    `Peer: ${PEERS.map((name) => `${name} ${versionOf(name)}`).join(', ')}; parsed model kept, instances hot; durable: node:sqlite (SQLite ${process.versions['sqlite'] ?? '?'}), WAL, synchronous=FULL, its state after each step, one commit per turn of the event loop`,
    `Piton: ${OURS.map((name) => `${name} ${versionOf(name)}`).join(', ')}; in memory: decide, fold and encode every command; durable: runtime on the SQLite log, WAL, synchronous=FULL, encryption and the lists of cases and tasks included until they have caught up`,
    `Method: ${String(rounds)} interleaved rounds, one process per cell, ${String(warmMs)} ms warm-up, ${String(measureMs)} ms measured, medians; CPU is user and system time of all threads`,
  ];
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { readonly version: string }).version;
}

async function runRounds(depth: Depth): Promise<Rounds> {
  const rounds: Map<string, Measured>[] = [];
  for (let round = 1; round <= depth.rounds; round += 1) {
    const measured = new Map<string, Measured>();
    for (const [index, cell] of ROUND.entries()) {
      progress(`round ${String(round)} of ${String(depth.rounds)}, cell ${String(index + 1)} of ${String(ROUND.length)}: ${cell.name}`);
      measured.set(cell.name, await runCell(cell, depth));
    }
    rounds.push(measured);
  }
  progress('');
  return rounds;
}

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

/** Runs one cell in its own process; a cell whose work does not add up ends the benchmark. */
function runCell({ name }: Cell, { warmMs, measureMs }: Depth): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'cell.ts'), name, String(warmMs), String(measureMs)], { stdio: ['ignore', 'pipe', 'pipe'], timeout: CELL_LIMIT_MS });
    let out = '';
    let said = '';
    child.stdout.on('data', (part: Buffer) => { out += part.toString(); });
    child.stderr.on('data', (part: Buffer) => { said += part.toString(); });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(JSON.parse(out) as Measured);
      else reject(new Error(`Expected cell ${name} to measure, but it ended with ${signal ?? `exit code ${String(code)}`}: ${said.trim()}`));
    });
  });
}

function reportText(results: readonly Result[], rounds: Rounds, loadBefore: number): string {
  const raw = rawDiskOf(rounds);
  return [
    '',
    ratioTable(results),
    '',
    volumeTable(results),
    '',
    `Disk in the same rounds (${RAW_DISK.name}): 1 KB write+fdatasync ${raw.ms.toFixed(3)} ms (${raw.lowest.toFixed(3)} to ${raw.highest.toFixed(3)}). Load average ${loadBefore.toFixed(1)} before, ${(loadavg()[0] ?? 0).toFixed(1)} after.`,
    `Same work asserted in every cell: all instances ended, ${[...new Set(COMPARISONS.map(({ piton }) => piton.workload))].join(' and ')} with all their tasks; durable cells counted in their files.`,
  ].join('\n');
}

function recordText(settings: readonly string[], text: string): string {
  return `Recorded ${new Date().toISOString().slice(0, 10)}.\n\n${settings.map((line) => `- ${line}`).join('\n')}\n${text}`;
}
