/** The cell of the lists: pages and counts of an inbox, search and history, and what they cost the commands that run beside them. */
import type { Person } from '../../server/ports/directory.ts';
import { quantile } from './cells.ts';
import type { Figures } from './cells.ts';
import { slotsOf } from './fill.ts';
import type { Slot } from './fill.ts';
import { groupNamed, META, RARE, randomFrom } from './model.ts';
import { openScale } from './open.ts';
import type { Opened } from './open.ts';

/** Tasks an officer holds. */
const HELD = 50;
const ROUNDS = 200;

function officer(id: string, groups: readonly string[]): Person {
  return { id, name: id, roles: ['officer'], groups, active: true };
}

/** In units with the most tasks, and in one with hardly any. */
const OFFICERS = [officer('ann', [groupNamed(1), groupNamed(2), groupNamed(3)]), officer('ben', [RARE])];

/** What one look at the inbox asks for, each timed by itself. */
function looks({ lists, cases, runtime }: Opened, person: Person, streams: readonly string[], random: () => number): Readonly<Record<string, () => Promise<unknown>>> {
  const now = new Date().toISOString();
  const finder = cases.finder(runtime, { person: () => undefined });
  const any = (): string => streams[Math.floor(random() * streams.length)] ?? '';
  return {
    groups: () => lists.list('groups', person, now), mine: () => lists.list('mine', person, now), overdue: () => lists.list('overdue', person, now), done: () => lists.list('done', person, now),
    counts: () => lists.counts(person, now), started: () => lists.startedBy('clerk'),
    search: () => finder.find({ processId: 'paper', status: 'active' }, 50, undefined), byKey: () => finder.find({ businessKey: any() }, 50, undefined),
    history: () => runtime.history(any()), inboxWhole: async () => { await lists.list('groups', person, now); await lists.counts(person, now); },
  };
}

/** The officer holds some tasks while this is measured. */
async function hold({ runtime }: Opened, person: Person, slots: readonly Slot[]): Promise<void> {
  for (const { stream, task } of slots) await runtime.execute(stream, { type: 'AssignTask', task, assignee: person.id, reason: 'bench' }, META);
}

async function giveBack({ runtime }: Opened, person: Person, slots: readonly Slot[]): Promise<void> {
  for (const { stream, task } of slots) await runtime.execute(stream, { type: 'ReleaseTask', task }, { actor: { person: person.id, groups: person.groups } });
}

/** Milliseconds inside the server of each look, and the 95th percentile of its CPU time; page and counts together are `inboxWhole`. */
export async function inbox(folder: string): Promise<Figures> {
  const opened = await openScale(folder);
  const slots = slotsOf(folder);
  const streams = slots.map(({ stream }) => stream);
  const held = slots.slice(-HELD);
  await hold(opened, OFFICERS[0]!, held);
  const figures: Record<string, number | string> = {};
  for (const person of OFFICERS) {
    for (const [name, look] of Object.entries(looks(opened, person, streams, randomFrom(7)))) {
      const times: number[] = [];
      const spent: number[] = [];
      const began = performance.now();
      for (let round = 0; round < ROUNDS && performance.now() - began < 20_000; round += 1) {
        const from = performance.now();
        const cpu = process.threadCpuUsage();
        await look();
        times.push(performance.now() - from);
        const { user, system } = process.threadCpuUsage(cpu);
        spent.push((user + system) / 1_000);
      }
      figures[`${person.id}.${name}`] = `p50 ${String(quantile(times, 0.5))} p95 ${String(quantile(times, 0.95))} cpu95 ${String(quantile(spent, 0.95))}`;
    }
    figures[`${person.id}.found`] = JSON.stringify(await opened.lists.counts(person, new Date().toISOString()));
  }
  await giveBack(opened, OFFICERS[0]!, held);
  await opened.close();
  return figures;
}
