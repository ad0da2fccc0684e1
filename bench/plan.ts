/** What is measured: the cells, which of them are compared, and the goals of the comparison. */
import type { Side, Workload } from './workloads.ts';

export interface Cell {
  readonly name: string;
  readonly kind: 'memory' | 'durable' | 'raw';
  readonly workload: Workload;
  readonly side: Side;
  readonly clients: number;
}

/** One row of the report: the same work on both sides. `goal` is a ratio in `judged`. */
export interface Comparison {
  readonly name: string;
  readonly piton: Cell;
  readonly peer: Cell;
  readonly judged: 'cpu' | 'wall';
  readonly goal: number | undefined;
}

const CLIENTS = [1, 100] as const;
const WORKLOADS: readonly Workload[] = ['approval', 'straight'];
const GOAL_IN_MEMORY = 100;
const GOAL_DURABLE_100 = 40;

export const RAW_DISK: Cell = { name: 'raw-disk', kind: 'raw', workload: 'approval', side: 'piton', clients: 1 };

export const COMPARISONS: readonly Comparison[] = WORKLOADS.flatMap((workload) => [
  comparison(workload, 'memory', 1, 'cpu', GOAL_IN_MEMORY),
  ...CLIENTS.map((clients) => comparison(workload, 'durable', clients, 'wall', clients === 1 ? undefined : GOAL_DURABLE_100)),
]);

function comparison(workload: Workload, kind: 'memory' | 'durable', clients: number, judged: Comparison['judged'], goal: number | undefined): Comparison {
  const name = kind === 'memory' ? `${workload}, in memory` : `${workload}, durable, ${String(clients)} ${clients === 1 ? 'client' : 'clients'}`;
  const cell = (side: Side): Cell => ({ name: `${side}/${workload}/${kind}/${String(clients)}`, kind, workload, side, clients });
  return { name, piton: cell('piton'), peer: cell('peer'), judged, goal };
}

/** All cells of one round: the sides of a comparison next to each other, so that a noisy minute hits both. */
export const ROUND: readonly Cell[] = [RAW_DISK, ...COMPARISONS.flatMap(({ piton, peer }) => [piton, peer])];

export function cellNamed(name: string): Cell {
  const cell = ROUND.find((known) => known.name === name);
  if (!cell) throw new Error(`Expected one of ${ROUND.map((known) => known.name).join(', ')}, but got ${name}`);
  return cell;
}
