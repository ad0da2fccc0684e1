/**
 * How long one client waits for one durable command (an approval's task, completed by the whole embedded runtime), beside a bare
 * commit of one record of the same size by the same SQLite driver, and a raw write + fdatasync, on the same disk in the same rounds.
 *
 * node bin/run.mjs bench/latency.ts [--rounds 7] [--ms 400] [--folder PATH]
 */
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatabaseSync } from 'node:sqlite';
import { accepted, caughtUp, META, openRuntime } from './cells/piton-durable.ts';
import type { Opened } from './cells/piton-durable.ts';
import { created } from './cells/piton-memory.ts';
import { assertSame, median } from './measure.ts';
import { ANSWER, USER_TASKS, VARIABLES, workloadXml } from './workloads.ts';

/** What a completion of the approval writes, with its frame; the report says what it really was. */
const RECORD_BYTES = 700;
const GOAL = 1.5;
const WARM_UP = 3_000;

/** Runs for so many milliseconds and answers how long each one took, in microseconds. */
type Cell = (ms: number) => Promise<number[]>;

/** Whole approvals; only their completions are timed, because those are what an officer waits for. */
function commands({ runtime }: Opened): Cell {
  return async (ms) => {
    const latencies: number[] = [];
    for (const until = performance.now() + ms; performance.now() < until; ) {
      let answer = accepted(await runtime.startInstance({ processId: 'approval', variables: VARIABLES }, META));
      for (const id of USER_TASKS) {
        const action = { type: 'CompleteTask', task: created(answer.events, 'UserTaskCreated', id), variables: ANSWER } as const;
        const began = performance.now();
        answer = accepted(await runtime.execute(answer.stream, action, META));
        latencies.push(1_000 * (performance.now() - began));
      }
      assertSame('ended cases of this round', 1, answer.events.filter(({ type }) => type === 'InstanceCompleted').length);
    }
    return latencies;
  };
}

function timed(ms: number, write: () => void): Promise<number[]> {
  const latencies: number[] = [];
  for (const until = performance.now() + ms; performance.now() < until; ) {
    const began = performance.now();
    write();
    latencies.push(1_000 * (performance.now() - began));
  }
  return Promise.resolve(latencies);
}

/** On this thread, with nothing to wait for but SQLite. */
function bareCommit(folder: string): { readonly cell: Cell; readonly close: () => void } {
  const db = new DatabaseSync(join(folder, 'bare.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec('CREATE TABLE records (position INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO records (body) VALUES (?)');
  const body = Buffer.alloc(RECORD_BYTES, 'x');
  return { cell: (ms) => timed(ms, () => { insert.run(body); }), close: () => { db.close(); } };
}

function rawSync(folder: string): { readonly cell: Cell; readonly close: () => void } {
  const file = openSync(join(folder, 'raw.log'), 'a');
  const body = Buffer.alloc(RECORD_BYTES, 'x');
  return { cell: (ms) => timed(ms, () => { writeSync(file, body); fdatasyncSync(file); }), close: () => { closeSync(file); } };
}

function percentile(latencies: readonly number[], share: number): number {
  return latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? NaN;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, ms: { type: 'string', default: '400' }, folder: { type: 'string', default: tmpdir() } } });
  const folder = mkdtempSync(join(values.folder, 'piton-bench-'));
  mkdirSync(join(folder, 'piton'));
  const open = await openRuntime(join(folder, 'piton'));
  await open.runtime.deploy([{ name: 'approval.bpmn', content: workloadXml('approval', 'piton') }], META);
  const [raw, bare] = [rawSync(folder), bareCommit(folder)];
  const cells: Readonly<Record<string, Cell>> = { 'raw write + fdatasync': raw.cell, 'bare commit of one record': bare.cell, 'durable command': commands(open) };
  await cells['durable command']?.(WARM_UP);
  const rounds: Record<string, { p50: number; p99: number }>[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const measured: Record<string, { p50: number; p99: number }> = {};
    for (const [name, cell] of Object.entries(cells)) {
      const latencies = await cell(Number(values.ms));
      // What the lists still have to fold is not the next cell's work.
      await caughtUp(open);
      measured[name] = { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
    }
    rounds.push(measured);
  }
  const of = (name: string, field: 'p50' | 'p99'): number => median(rounds.map((round) => round[name]?.[field] ?? NaN));
  console.log(`medians of ${values.rounds} interleaved rounds of ${values.ms} ms, one client, records of about ${String(RECORD_BYTES)} bytes, Node ${process.version}`);
  console.table(Object.fromEntries(Object.keys(cells).map((name) => [name, { 'p50 us': Math.round(of(name, 'p50')), 'p99 us': Math.round(of(name, 'p99')) }])));
  const ratios = rounds.map((round) => (round['durable command']?.p50 ?? NaN) / (round['bare commit of one record']?.p50 ?? NaN));
  console.log(`durable command / bare commit (p50): ${median(ratios).toFixed(2)}, rounds ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} (goal: at most ${String(GOAL)}: ${median(ratios) <= GOAL ? 'reached' : 'NOT reached'})`);
  raw.close();
  bare.close();
  await open.close();
  rmSync(folder, { recursive: true, force: true });
}

await main();
