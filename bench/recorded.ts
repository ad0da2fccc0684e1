/** The ratios kept in docs/benchmarks.md, between two marks, as the table that was printed. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from './report.ts';

const BEGIN = '<!-- recorded: begin -->';
const END = '<!-- recorded: end -->';
const RATIO = /^\d+(\.\d+)?x$/;
const file = join(import.meta.dirname, '../docs/benchmarks.md');

/** Empty where nothing is recorded. */
export function readRecorded(): Recorded {
  const recorded = new Map<string, { cpu: number; wall: number }>();
  for (const line of between()?.split('\n') ?? []) {
    const cells = line.split('|').map((cell) => cell.trim());
    const [, name, , , cpu = '', wall = ''] = cells;
    // The table of volumes has the same names, but no ratios.
    if (name !== undefined && RATIO.test(cpu) && RATIO.test(wall)) recorded.set(name, { cpu: Number.parseFloat(cpu), wall: Number.parseFloat(wall) });
  }
  return recorded;
}

/** Replaces what stands between the marks. */
export function writeRecorded(text: string): void {
  if (between() === undefined) throw new Error(`Expected docs/benchmarks.md to have the marks ${BEGIN} and ${END}, but it has not`);
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, `${whole.slice(0, whole.indexOf(BEGIN) + BEGIN.length)}\n\n${text.trim()}\n\n${whole.slice(whole.indexOf(END))}`);
}

function between(): string | undefined {
  if (!existsSync(file)) return undefined;
  const whole = readFileSync(file, 'utf8');
  const from = whole.indexOf(BEGIN);
  const to = whole.indexOf(END);
  return from < 0 || to < from ? undefined : whole.slice(from + BEGIN.length, to);
}
