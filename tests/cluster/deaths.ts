/** How nodes of a cluster die, again and again until a plan is done: at failpoints, at a commit on its way to the database, at random moments. */
import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster, TestNode } from './nodes.ts';
import type { Moment } from './wire.ts';

/**
 * `random`: `after` ms after the node serves. `commit-...`: at the `after`-th commit, see {@link Moment}. Else the name of a failpoint, at its
 * `after`-th passing.
 */
export interface Death {
  readonly point: 'random' | `commit-${Moment}` | 'before-answer' | 'before-dispatch' | 'in-job-notify';
  readonly after: number;
}

/** A death that came. `lost`: commands that were in flight at the node; `served`: whether it had come up before it died. */
export interface Kill {
  readonly node: number;
  readonly point: string;
  readonly served: boolean;
  readonly lost: () => number;
}

/** A moment that does not come while the database is away must not hold up the plan. */
const LONGEST_LIFE_MS = 15_000;

/** Every node dies and is started again until the plan is empty; then all of them are up. */
export async function dieAll(cluster: TestCluster, plan: readonly Death[]): Promise<Kill[]> {
  const left = [...plan];
  const kills: Kill[] = [];
  await Promise.all(cluster.nodes.map(async (node, index) => {
    // The first life has begun without a failpoint.
    let death: Death | undefined = { point: 'random', after: 1_000 * (1 + index) };
    for (let isUp = true; ;) {
      if (isUp) {
        const point = await ends(node, death);
        kills.push({ node: index, point, served: true, lost: lostBy(node) });
      }
      death = left.shift();
      isUp = await begun(node, death);
      if (death === undefined) {
        while (!isUp) isUp = await begun(node, undefined);
        return;
      }
      if (!isUp && await node.life?.died === 'SIGKILL') kills.push({ node: index, point: death.point, served: false, lost: lostBy(node) });
      else if (!isUp) left.unshift(death);
    }
  }));
  return kills;
}

function lostBy({ life }: TestNode): () => number {
  return () => life?.lost ?? 0;
}

/** False: it ended before it served. */
async function begun(node: TestNode, death: Death | undefined): Promise<boolean> {
  const isFailpoint = death !== undefined && death.point !== 'random' && !death.point.startsWith('commit-');
  return node.start(isFailpoint ? `${death.point}:${String(death.after)}` : '').then(() => true, () => false);
}

/** Waits until the node is dead; answers the point at which it died. */
async function ends(node: TestNode, death: Death): Promise<string> {
  const { point, after } = death;
  const over = new AbortController();
  let died: string = point;
  const wait = async (ms: number, name: string): Promise<void> => {
    await pause(ms, undefined, { signal: over.signal });
    died = name;
    node.strike();
  };
  const [, moment] = point.split('commit-') as [string, Moment | undefined];
  if (moment !== undefined) node.wire.meet(moment, after, () => { node.strike(); });
  const waiting = wait(point === 'random' ? after : LONGEST_LIFE_MS, 'random').catch(() => undefined);
  await node.life?.died;
  node.wire.forget();
  over.abort();
  await waiting;
  return died;
}
