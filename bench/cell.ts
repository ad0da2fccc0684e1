/** One cell of the benchmark in a process of its own: `node bench/cell.ts CELL WARM_MS MEASURE_MS`; prints one line of JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellNamed } from './plan.ts';
import type { Cell } from './plan.ts';
import type { Budget, Measured } from './measure.ts';

const [name = '', warmMs = '', measureMs = ''] = process.argv.slice(2);
const cell = cellNamed(name);
const folder = mkdtempSync(join(tmpdir(), 'piton-bench-'));
try {
  const measured = await run(cell, { warmMs: Number(warmMs), measureMs: Number(measureMs), clients: cell.clients });
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A side's code is loaded only in its own cells. */
async function run({ kind, side, workload }: Cell, budget: Budget): Promise<Measured> {
  if (kind === 'raw') return (await import('./cells/raw-disk.ts')).rawDisk(budget, folder);
  if (kind === 'memory') {
    if (side === 'peer') return (await import('./cells/peer-memory.ts')).peerMemory(workload, budget);
    return (await import('./cells/piton-memory.ts')).pitonMemory(workload, budget);
  }
  if (side === 'peer') return (await import('./cells/peer-durable.ts')).peerDurable(workload, budget, folder);
  return (await import('./cells/piton-durable.ts')).pitonDurable(workload, budget, folder);
}
