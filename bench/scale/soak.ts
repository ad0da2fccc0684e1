/** The soak: commands, inboxes and searches for minutes; memory and latency must stay as they are after the first of them. */
import { drive, heapNow, quantile } from './cells.ts';
import type { Figures } from './cells.ts';
import { rememberSlots, slotsOf } from './fill.ts';
import { groupNamed, randomFrom } from './model.ts';
import { openScale } from './open.ts';

/** One line of the log per part. */
const PART_MS = 30_000;
const READ_EVERY_MS = 100;
const READER = { id: 'ann', name: 'ann', roles: ['officer'] as const, groups: [groupNamed(1), groupNamed(2)], active: true };

interface Part {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p99: number;
  readonly inbox: number;
  readonly heapMB: number;
  readonly rssMB: number;
}

export async function soak(folder: string, clients: number, seconds: number, tell: (text: string) => void): Promise<Figures> {
  const opened = await openScale(folder);
  const slots = slotsOf(folder);
  const random = randomFrom(11);
  const parts: Part[] = [];
  let looks: number[] = [];
  const reading = setInterval(() => {
    const from = performance.now();
    const now = new Date().toISOString();
    const any = slots[Math.floor(random() * slots.length)]?.stream ?? '';
    void Promise.all([opened.lists.list('groups', READER, now), opened.lists.counts(READER, now), opened.runtime.history(any)]).then(() => looks.push(performance.now() - from));
  }, READ_EVERY_MS);
  const megabytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
  for (let number = 1; number * PART_MS <= seconds * 1_000; number += 1) {
    looks = [];
    const { commands, wallMs, cpuMs, latencies } = await drive(opened, slots, clients, PART_MS, slots.length + number * 1_000_000);
    const { heap, rss } = heapNow();
    const part = { perSecond: Math.round((commands / wallMs) * 1_000), cpuUs: Math.round((cpuMs * 1_000) / commands), p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), inbox: quantile(looks, 0.95), heapMB: megabytes(heap), rssMB: megabytes(rss) };
    parts.push(part);
    tell(`${String((number * PART_MS) / 1_000)} s: ${JSON.stringify(part)}`);
  }
  clearInterval(reading);
  rememberSlots(folder, slots);
  await opened.close();
  const half = parts.length >> 1;
  const drift = (of: (part: Part) => number): number => Math.round((quantile(parts.slice(half).map(of), 0.5) / quantile(parts.slice(1, half + 1).map(of), 0.5)) * 100) / 100;
  return { parts: parts.length, commands: parts.reduce((sum, { perSecond }) => sum + perSecond * (PART_MS / 1_000), 0), heapDrift: drift(({ heapMB }) => heapMB), rssDrift: drift(({ rssMB }) => rssMB), p50Drift: drift(({ p50 }) => p50), p99Drift: drift(({ p99 }) => p99), cpuDrift: drift(({ cpuUs }) => cpuUs) };
}
