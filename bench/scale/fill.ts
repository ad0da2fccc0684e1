/** Fills a data folder with waiting cases through the runtime itself, so that every file is as a server would leave it. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceEvent } from '../../engine/index.ts';
import { sealSegments } from '../../server/audit/sealing.ts';
import { systemClock } from '../../server/system.ts';
import { META, MODEL, randomFrom, variablesOf } from './model.ts';
import { accepted, caughtUp, openScale } from './open.ts';
import type { Opened } from './open.ts';

const SLOTS = 'waiting.txt';
const CLIENTS = 250;
const TOLD_EVERY = 50_000;

/** A case that waits, and the counter of the task it waits at (0: it waits for a timer). */
export interface Slot {
  stream: string;
  task: number;
}

/** The cases that wait in a folder. */
export function slotsOf(folder: string): Slot[] {
  const file = join(folder, SLOTS);
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => {
    const [stream = '', task = '0'] = line.split(' ');
    return { stream, task: Number(task) };
  });
}

export function rememberSlots(folder: string, slots: readonly Slot[]): void {
  writeFileSync(join(folder, SLOTS), lines(slots));
}

function lines(slots: readonly Slot[]): string {
  return slots.map(({ stream, task }) => `${stream} ${String(task)}\n`).join('');
}

/** The task a command created; 0 when it created none. */
export function taskIn(events: readonly InstanceEvent[]): number {
  const created = events.find((event) => event.type === 'UserTaskCreated');
  return created?.type === 'UserTaskCreated' ? created.id : 0;
}

/** Deploys the procedures unless they are there. */
export async function deployModel({ runtime }: Opened): Promise<void> {
  const deployed = await runtime.deploy([{ name: 'scale.bpmn', content: MODEL }], META);
  if (deployed.outcome !== 'deployed') throw new Error(deployed.problems.map(({ message }) => message).join('\n'));
}

/** `bytes`: of a text every case brings, for a large log. Starts cases of `paper` until `count` wait; or of `reminder`, each with a timer in 30 days. Answers starts per second, wall and CPU. */
export async function fill(folder: string, count: number, processId: 'paper' | 'reminder', lists: boolean, tell: (text: string) => void, bytes = 0): Promise<{ readonly started: number; readonly perSecond: number; readonly cpuUs: number }> {
  const there = slotsOf(folder).length;
  if (there >= count) return { started: 0, perSecond: 0, cpuUs: 0 };
  const opened = await openScale(folder, undefined, lists);
  await deployModel(opened);
  const cpu = process.cpuUsage();
  const began = performance.now();
  const random = randomFrom(there + 1);
  let next = there;
  let made: Slot[] = [];
  const flush = (): void => {
    if (made.length > 0) appendFileSync(join(folder, SLOTS), lines(made));
    made = [];
  };
  const client = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const variables = processId === 'paper' ? { ...variablesOf(number, random), ...(bytes > 0 && { text: 'x'.repeat(bytes) }) } : { wait: 'P30D' };
      const answer = accepted(await opened.runtime.startInstance({ processId, variables: variables }, META));
      made.push({ stream: answer.stream, task: taskIn(answer.events) });
      if (number % TOLD_EVERY === TOLD_EVERY - 1) {
        tell(`${String(number + 1)} of ${String(count)} cases, ${String(Math.round((number + 1 - there) / ((performance.now() - began) / 1_000)))} per second`);
        flush();
        // The lists keep up, so that memory does not grow with what they have not written yet.
        await caughtUp(opened);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await caughtUp(opened);
  flush();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - began) / 1_000;
  await opened.close();
  return { started: count - there, perSecond: Math.round((count - there) / seconds), cpuUs: Math.round((user + system) / (count - there)) };
}

/** Ends the cases of a folder until `count` wait, and seals those that are over. The lists are folded when it is opened next. */
export async function end(folder: string, count: number, tell: (text: string) => void): Promise<{ readonly ended: number; readonly sealed: number; readonly sealSeconds: number }> {
  const opened = await openScale(folder, undefined, false);
  const slots = slotsOf(folder);
  const ending = slots.splice(0, Math.max(0, slots.length - count));
  let next = 0;
  const client = async (): Promise<void> => {
    for (let slot = ending[next++]; slot !== undefined; slot = ending[next++]) {
      for (let task = slot.task; task !== 0;) {
        accepted(await opened.runtime.execute(slot.stream, { type: 'ClaimTask', task }, META));
        task = taskIn(accepted(await opened.runtime.execute(slot.stream, { type: 'CompleteTask', task, variables: { remarks: 'in order' } }, META)).events);
      }
      if (next % TOLD_EVERY === 0) tell(`${String(next)} of ${String(ending.length)} cases have ended`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await caughtUp(opened);
  rememberSlots(folder, slots);
  const began = performance.now();
  const { streams } = await sealSegments({ store: opened.store, clock: systemClock });
  const sealSeconds = Math.round((performance.now() - began) / 100) / 10;
  await opened.close();
  return { ended: ending.length, sealed: streams, sealSeconds };
}
