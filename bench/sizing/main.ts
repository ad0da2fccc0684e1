/**
 * How big an installation becomes: bytes on disk and memory per waiting and per closed case, and how long a start takes, from two fillings of a whole
 * server each, and what follows by arithmetic. `node bin/run.mjs bench/sizing/main.ts [--cases 2000]`; docs/operations.md has the table.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CELL = fileURLToPath(new URL('./cell.ts', import.meta.url));

/** Bytes by part of the data folder, and what an opened server says of itself. */
interface Look {
  readonly log: number;
  readonly lists: number;
  readonly vault: number;
  readonly startMs: number;
  readonly heap: number;
  readonly rss: number;
  /** Heap that filling added: the cases are hot then. */
  readonly hot: number;
  /** CPU time of a start, and of one that makes the lists new from the log: wall time says more about the neighbours. */
  readonly cpuMs: number;
  readonly rebuildMs: number;
}

async function run(...parameters: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--expose-gc', CELL, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (text: Buffer) => { told += text.toString(); });
  const [code] = await once(child, 'close') as [number | null];
  if (code !== 0) throw new Error(`Expected the cell to end well, but it ended with ${String(code)}`);
  return told;
}

async function bytesOf(folder: string, start: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(start));
  return (await Promise.all(names.map((name) => stat(join(folder, name))))).reduce((sum, { size }) => sum + size, 0);
}

type Opened = Pick<Look, 'startMs' | 'cpuMs' | 'heap' | 'rss'>;

async function filled(waiting: number, closed: number): Promise<Look> {
  const folder = await mkdtemp(join(tmpdir(), 'piton-sizing-'));
  const open = async (): Promise<Opened> => JSON.parse(await run('open', folder)) as Opened;
  try {
    const { grown } = JSON.parse(await run('fill', folder, String(waiting), String(closed))) as { readonly grown: number };
    const [log, lists, vault] = await Promise.all(['log.db', 'projections.db', 'vault.db'].map((name) => bytesOf(folder, name)));
    const opened = [await open(), await open(), await open()];
    const median = (of: (look: Opened) => number): number => opened.map(of).sort((a, b) => a - b)[1] ?? 0;
    for (const name of await readdir(folder)) if (name.startsWith('projections.db')) await rm(join(folder, name));
    const rebuilt = await open();
    return {
      log: log ?? 0, lists: lists ?? 0, vault: vault ?? 0, startMs: median(({ startMs }) => startMs), heap: median(({ heap }) => heap), rss: median(({ rss }) => rss), hot: grown,
      cpuMs: median(({ cpuMs }) => cpuMs), rebuildMs: rebuilt.cpuMs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Start and two tasks. */
const RECORDS_OF_CLOSED = 3;
const KB = 1_024;
const GB = 1_024 ** 3;

function line(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.map(String).join(' | ')} |\n`);
}

function row(name: string, { log, lists, vault, heap, hot }: Look, empty: Look, cases: number): void {
  const each = (value: number, none: number): string => ((value - none) / cases / KB).toFixed(2);
  line(name, each(log, empty.log), each(lists, empty.lists), each(vault, empty.vault), each(hot, empty.hot), each(heap, empty.heap));
}

const { values } = parseArgs({ options: { cases: { type: 'string', default: '2000' } } });
const cases = Number(values.cases);
const empty = await filled(0, 0);
const waiting = await filled(cases, 0);
const closed = await filled(0, cases);
process.stdout.write(`An empty server: ${(empty.rss / KB / KB).toFixed(0)} MB resident. Each case, from ${String(cases)} of them:\n\n`);
line('a case', 'log KB', 'lists KB', 'vault KB', 'memory at work KB', 'memory after a start KB');
line('---', '---', '---', '---', '---', '---');
row('waiting (leave, first task)', waiting, empty, cases);
row('closed (approval, three commands)', closed, empty, cases);
const per = (look: Look): number => (look.log + look.lists + look.vault - empty.log - empty.lists - empty.vault) / cases;
process.stdout.write(`\nA start takes (medians of three) ${empty.cpuMs.toFixed(0)} ms of CPU empty, ${waiting.cpuMs.toFixed(0)} with the waiting, ${closed.cpuMs.toFixed(0)} with the closed cases; wall ${empty.startMs.toFixed(0)}, ${waiting.startMs.toFixed(0)}, ${closed.startMs.toFixed(0)} ms.\n`);
process.stdout.write(`Lists made new from the log: ${Math.round((RECORDS_OF_CLOSED * cases) / ((closed.rebuildMs - closed.cpuMs) / 1_000)).toLocaleString('en')} records a second of CPU.\n`);
process.stdout.write(`By arithmetic: 100,000 waiting and 1,000,000 closed cases take ${((per(waiting) * 1e5 + per(closed) * 1e6) / GB).toFixed(1)} GB of disk without blobs.\n`);
