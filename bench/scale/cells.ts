/** The cells of the size benchmarks; each opens a filled folder and answers figures. Times in milliseconds unless they say otherwise. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { accepted, caughtUp, openScale } from './open.ts';
import type { Opened } from './open.ts';
import { META, randomFrom, variablesOf } from './model.ts';
import { rememberSlots, slotsOf, taskIn } from './fill.ts';
import type { Slot } from './fill.ts';

export type Figures = Readonly<Record<string, number | string>>;

/** Fewer than the runtime keeps in memory. */
const HOT = 5_000;
const PROJECTIONS = 'projections.db';

/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function heapNow(): { readonly heap: number; readonly outside: number; readonly rss: number } {
  collect();
  collect();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed, outside: arrayBuffers, rss };
}

/** CPU milliseconds of each thread so far: Linux tells them, by the thread's number. */
function threads(): Map<string, number> {
  const folder = '/proc/self/task';
  if (!existsSync(folder)) return new Map();
  return new Map(readdirSync(folder).map((number) => {
    const text = readFileSync(join(folder, number, 'stat'), 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return [number, (Number(fields[11]) + Number(fields[12])) * 10];
  }));
}

/** The busiest threads since `before`: the main one first, then the writer of the log and that of the lists in the order they were started. */
function busiest(before: ReadonlyMap<string, number>): number[] {
  const spent = [...threads()].map(([number, ms]) => [Number(number), ms - (before.get(number) ?? 0)] as const);
  return spent.sort((a, b) => b[1] - a[1]).slice(0, 3).sort((a, b) => a[0] - b[0]).map(([, ms]) => ms);
}

/** From opening the files to a runtime that takes commands; the first command beside it. */
export async function restart(folder: string): Promise<Figures> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const opened = await openScale(folder);
  const ready = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
    const from = performance.now();
  await opened.runtime.inspect(slotsOf(folder)[0]?.stream ?? '');
  const first = performance.now() - from;
  const memory = heapNow();
  await opened.close();
  return { readyMs: round(ready), cpuMs: round((user + system) / 1_000), firstCaseMs: round(first), heapMB: round(memory.heap / 2 ** 20), rssMB: round(memory.rss / 2 ** 20) };
}

/** What a case costs in memory: looked at until every place of the cache is taken, and until all were looked at. */
export async function heap(folder: string): Promise<Figures> {
  const opened = await openScale(folder);
  const streams = slotsOf(folder).map(({ stream }) => stream);
  await opened.runtime.inspect(streams[0] ?? '');
  const empty = heapNow();
  const hot = Math.min(HOT, streams.length);
  for (const stream of streams.slice(0, hot)) await opened.runtime.inspect(stream);
  const some = heapNow();
  for (const stream of streams.slice(hot)) await opened.runtime.inspect(stream);
  const all = heapNow();
  await opened.close();
  const per = (now: typeof empty, count: number): number => Math.round((now.heap + now.outside - empty.heap - empty.outside) / count);
  return { bytesPerHotCase: per(some, hot), hotHeap: Math.round((some.heap - empty.heap) / hot), hotOutside: Math.round((some.outside - empty.outside) / hot), bytesPerWaitingCase: per(all, streams.length), emptyHeapMB: round(empty.heap / 2 ** 20), rssMB: round(all.rss / 2 ** 20) };
}

/** Throws the lists away and makes them anew: until the runtime takes commands, and until the closed cases that were left out are there too. */
export async function rebuild(folder: string, foldsAll: boolean, tell: (text: string) => void): Promise<Figures> {
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(folder, `${PROJECTIONS}${suffix}`), { force: true });
  const cpu = process.cpuUsage();
  const began = performance.now();
  let highest = 0;
  const watching = setInterval(() => { highest = Math.max(highest, process.memoryUsage().rss); }, 100);
  const opened = await openScale(folder, (position, head) => { tell(`${String(Math.round((100 * position) / head))} %`); }, true, foldsAll);
  const spent = (): { readonly seconds: number; readonly cpuSeconds: number } => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: round((performance.now() - began) / 1_000), cpuSeconds: round((user + system) / 1e6) };
  };
  const ready = spent();
  while (opened.runtime.owed !== undefined) await new Promise((resolve) => { setTimeout(resolve, 20); });
  clearInterval(watching);
  const whole = spent();
  const cases = await opened.cases.cases.count({});
  await opened.close();
  return { ...ready, wholeSeconds: whole.seconds, wholeCpuSeconds: whole.cpuSeconds, cases, casesPerSecond: Math.round(cases / whole.seconds), highestRssMB: round(highest / 2 ** 20), fileMB: round(statSync(join(folder, PROJECTIONS)).size / 2 ** 20) };
}

/**
 * Clients in a closed loop claim and complete tasks of cases drawn at random; a case that ends is replaced by a new one, so that the number of waiting cases
 * stays. Ends with the lists caught up; their work is part of the CPU time.
 */
export async function drive(opened: Opened, slots: readonly Slot[], clients: number, ms: number, first: number): Promise<{ commands: number; wallMs: number; cpuMs: number; latencies: number[] }> {
  const random = randomFrom(first);
  const latencies: number[] = [];
  let number = first;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const run = async <T>(command: () => Promise<T>): Promise<T> => {
    const sent = performance.now();
    const answer = await command();
    latencies.push(performance.now() - sent);
    return answer;
  };
  const client = async (which: number): Promise<void> => {
    const own = Math.ceil((slots.length - which) / clients);
    while (own > 0 && performance.now() - began < ms) {
      const slot = slots[which + clients * Math.floor(random() * own)]!;
      accepted(await run(() => opened.runtime.execute(slot.stream, { type: 'ClaimTask', task: slot.task }, META)));
      const answer = accepted(await run(() => opened.runtime.execute(slot.stream, { type: 'CompleteTask', task: slot.task, variables: { remarks: 'in order' } }, META)));
      slot.task = taskIn(answer.events);
      if (slot.task !== 0) continue;
      const started = accepted(await run(() => opened.runtime.startInstance({ processId: 'paper', variables: variablesOf(number++, random) as never }, META)));
      slot.stream = started.stream;
      slot.task = taskIn(started.events);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, which) => client(which)));
  await caughtUp(opened);
  const { user, system } = process.cpuUsage(cpu);
  return { commands: latencies.length, wallMs: performance.now() - began, cpuMs: (user + system) / 1_000, latencies };
}

/** `drawn`: how many of the waiting cases are worked on; all of them, each once in a long while, is the hardest. */
export async function command(folder: string, clients: number, seconds: number, drawn: number): Promise<Figures> {
  const opened = await openScale(folder);
  const all = slotsOf(folder);
  const slots = all.slice(-drawn);
  await drive(opened, slots, clients, 2_000, slots.length);
  const before = threads();
  const { commands, wallMs, cpuMs, latencies } = await drive(opened, slots, clients, seconds * 1_000, slots.length * 2);
  const [mainUs = 0, writerUs = 0, listsUs = 0] = busiest(before).map((ms) => round((ms * 1_000) / commands));
  const memory = heapNow();
  rememberSlots(folder, all);
  await opened.close();
  return {
    commands, perSecond: Math.round((commands / wallMs) * 1_000), cpuUs: round((cpuMs * 1_000) / commands), mainUs, writerUs, listsUs, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99),
    heapMB: round(memory.heap / 2 ** 20), outsideMB: round(memory.outside / 2 ** 20), rssMB: round(memory.rss / 2 ** 20),
  };
}
