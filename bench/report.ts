/** From what the cells measured to ratios, verdicts and tables. */
import { median } from './measure.ts';
import type { Measured } from './measure.ts';
import { COMPARISONS, RAW_DISK } from './plan.ts';
import type { Cell, Comparison } from './plan.ts';

/** A ratio that fell by more than this part of the recorded one is reported loudly. */
const MAY_FALL_BY = 1 / 3;

/** Medians over the rounds. */
export interface Rates {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly instances: number;
  readonly notes: Readonly<Record<string, number>>;
}

export interface Result {
  readonly name: string;
  readonly piton: Rates;
  readonly peer: Rates;
  /** Instances per second of CPU and of wall time, ours over theirs; `lowest`, `highest`: the rounds' ratios of what is judged. */
  readonly ratios: { readonly cpu: number; readonly wall: number; readonly lowest: number; readonly highest: number };
  readonly judged: Comparison['judged'];
  readonly goal: number | undefined;
  readonly reached: boolean | undefined;
  readonly recorded: number | undefined;
  /** The median fell by more than a third of what is recorded, and the best round too: a noisy neighbour alone does not do that. */
  readonly fallen: boolean;
}

export type Rounds = readonly ReadonlyMap<string, Measured>[];
/** Name of a comparison -> its recorded ratios. */
export type Recorded = ReadonlyMap<string, { readonly cpu: number; readonly wall: number }>;

export function resultsOf(rounds: Rounds, recorded: Recorded): Result[] {
  return COMPARISONS.map((comparison): Result => {
    const { name, judged, goal } = comparison;
    const piton = ratesOf(rounds, comparison.piton);
    const peer = ratesOf(rounds, comparison.peer);
    const perRound = rounds.map((round) => rate(round.get(comparison.piton.name)!, judged) / rate(round.get(comparison.peer.name)!, judged));
    const ratios = { cpu: piton.perCpuSecond / peer.perCpuSecond, wall: piton.perSecond / peer.perSecond, lowest: Math.min(...perRound), highest: Math.max(...perRound) };
    const before = recorded.get(name)?.[judged];
    const least = (before ?? 0) * (1 - MAY_FALL_BY);
    const fallen = ratios[judged] < least && ratios.highest < least;
    return { name, piton, peer, ratios, judged, goal, reached: goal === undefined ? undefined : ratios[judged] >= goal, recorded: before, fallen };
  });
}

/** Median milliseconds of one write+fdatasync, with the rounds' extremes. */
export function rawDiskOf(rounds: Rounds): { readonly ms: number; readonly lowest: number; readonly highest: number } {
  const all = rounds.map((round) => round.get(RAW_DISK.name)?.notes['msPerWrite'] ?? NaN);
  return { ms: median(all), lowest: Math.min(...all), highest: Math.max(...all) };
}

function ratesOf(rounds: Rounds, { name }: Cell): Rates {
  const all = rounds.map((round) => round.get(name)!);
  const notes = Object.keys(all[0]?.notes ?? {}).map((key) => [key, median(all.map((measured) => measured.notes[key] ?? NaN))] as const);
  return {
    perCpuSecond: median(all.map((measured) => rate(measured, 'cpu'))),
    perSecond: median(all.map((measured) => rate(measured, 'wall'))),
    instances: all.reduce((sum, { instances }) => sum + instances, 0),
    notes: Object.fromEntries(notes),
  };
}

function rate({ instances, cpuMs, wallMs }: Measured, by: 'cpu' | 'wall'): number {
  return (instances * 1000) / (by === 'cpu' ? cpuMs : wallMs);
}

/** The table of ratios as it is printed and kept in docs/benchmarks.md. */
export function ratioTable(results: readonly Result[]): string {
  const rows = results.map(({ name, piton, peer, ratios, judged, goal, reached }) => [
    name,
    `${amount(piton.perCpuSecond)} / ${amount(piton.perSecond)}`,
    `${amount(peer.perCpuSecond)} / ${amount(peer.perSecond)}`,
    `${ratios.cpu.toFixed(1)}x`,
    `${ratios.wall.toFixed(1)}x`,
    `${ratios.lowest.toFixed(1)} to ${ratios.highest.toFixed(1)}`,
    goal === undefined ? '' : `${String(goal)}x by ${judged}: ${reached === true ? 'reached' : 'NOT reached'}`,
  ]);
  return table(['workload', 'Piton per s of CPU / wall', 'peer per s of CPU / wall', 'CPU ratio', 'wall ratio', 'rounds', 'goal'], rows);
}

/** Per instance: what each side writes. */
export function volumeTable(results: readonly Result[]): string {
  const figure = (notes: Rates['notes'], key: string): string => (notes[key] === undefined ? '' : notes[key].toFixed(1));
  const rows = results
    .filter(({ piton }) => piton.notes['bytesPerInstance'] !== undefined)
    .map(({ name, piton, peer }) => [name, ...['bytesPerInstance', 'writesPerInstance', 'writesPerCommit'].flatMap((key) => [figure(piton.notes, key), figure(peer.notes, key)])]);
  return table(['workload', 'bytes, Piton', 'bytes, peer', 'writes, Piton', 'writes, peer', 'writes per commit, Piton', 'writes per commit, peer'], rows);
}

/** A Markdown table with aligned columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function amount(value: number): string {
  return value >= 1000 ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',') : value.toFixed(value >= 100 ? 0 : 1);
}

/** What fell, in words that are seen. */
export function fallenReport(results: readonly Result[]): string {
  const fallen = results.filter((result) => result.fallen);
  if (fallen.length === 0) return '';
  const lines = fallen.map(({ name, ratios, judged, recorded = 0 }) => `!!  ${name}: ${ratios[judged].toFixed(1)}x by ${judged}, but ${recorded.toFixed(1)}x is recorded (${((1 - ratios[judged] / recorded) * 100).toFixed(0)} % less)`);
  const bar = '!'.repeat(100);
  return `\n${bar}\n!!  SLOWER THAN RECORDED by more than a third:\n${lines.join('\n')}\n${bar}\n`;
}
