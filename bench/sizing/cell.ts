/** One process of the sizing: fills a data folder with cases, or opens one and tells how long that took and what it holds in memory. */
import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { startPiton } from '../../server/main.ts';
import type { Piton } from '../../server/main.ts';
import type { Answer } from '../../server/runtime/types.ts';
import { ANSWER, OFFICER, USER_TASKS, VARIABLES, workloadXml } from '../workloads.ts';
import { created } from '../cells/piton-memory.ts';

const META = { actor: { person: OFFICER, groups: [] } } as const;
const AT_ONCE = 50;
/** About as much as form LV-01 of the leave procedure asks for. */
const APPLICATION = {
  leaveType: 'vacation', firstDay: { $: 'date', v: '2027-03-01' }, lastDay: { $: 'date', v: '2027-03-05' }, overseas: false, passage: false,
  personnelNumber: 'PS-2001', contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'The files of the week are in the second drawer.',
};

const [mode = '', folder = '', waiting = '0', closed = '0'] = process.argv.slice(2);
const began = performance.now();
const piton = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0' }), pino({ level: 'silent' }));
const startMs = performance.now() - began;
const { user, system } = process.cpuUsage();
const before = await held();
if (mode === 'fill') await fill(piton, Number(waiting), Number(closed));
const { heap, rss } = await held();
process.stdout.write(`${JSON.stringify({ startMs, cpuMs: (user + system) / 1_000, heap, rss, grown: heap - before.heap })}\n`);
await piton.stop();

async function fill({ runtime }: Piton, waitingCases: number, closedCases: number): Promise<void> {
  const deployed = await runtime.deploy([{ name: 'approval.bpmn', content: workloadXml('approval', 'piton') }], META);
  if (deployed.outcome !== 'deployed') throw new Error(JSON.stringify(deployed.problems));
  await runtime.settled(deployed.position);
  let position = deployed.position;
  await many(waitingCases, async () => { position = taken(await runtime.startInstance({ processId: 'leave', variables: APPLICATION }, META)).position; });
  await many(closedCases, async () => {
    let answer = taken(await runtime.startInstance({ processId: 'approval', variables: VARIABLES }, META));
    for (const id of USER_TASKS) answer = taken(await runtime.execute(answer.stream, { type: 'CompleteTask', task: created(answer.events as never, 'UserTaskCreated', id), variables: ANSWER }, META));
    ({ position } = answer);
  });
  while (!await runtime.settled(position)) continue;
}

/** What the server holds after it has rested, in bytes. */
async function held(): Promise<{ readonly heap: number; readonly rss: number }> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

async function many(count: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { while (left-- > 0) await work(); }));
}

function taken(answer: Answer): Extract<Answer, { readonly outcome: 'accepted' }> {
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer;
}
