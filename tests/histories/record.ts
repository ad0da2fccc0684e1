/**
 * Records a data folder of the elements of the engine: `node tests/histories/record.ts NAME` makes tests/histories/NAME from nothing. A recorded
 * folder is never made again: later versions must open it as it is.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Actor, Variables } from '../../engine/index.ts';
import { readProcedure } from '../../server/deployments/folder.ts';
import { BORROWED, CALLS, CONVERSATION, ERRORS, LOOP, MESSAGES, TIMERS } from '../contracts/engine-host-models.ts';
import { openHistory, writeExpected } from './host.ts';

const [name] = process.argv.slice(2);
if (name === undefined || existsSync(new URL(`${name}/`, import.meta.url))) throw new Error(`Expected the name of a new history, but it is ${String(name)}`);
const folder = fileURLToPath(new URL(`${name}/`, import.meta.url));

let now = Date.parse('2026-11-23T12:00:00.000Z');
const host = await openHistory(folder, { now: () => new Date((now += 1_000)).toISOString() });
const { runtime } = host;
const clerk: Actor = { person: 'hr.officer', post: 'hr-officer', groups: ['hr-unit', 'clerks'] };
const officer: Actor = { person: 'administrative.officer', groups: ['officers'] };
const begin = async (processId: string, key: string, variables: Variables, actor = officer): Promise<string> => {
  const answer = await runtime.startInstance({ processId, variables }, { actor, idempotencyKey: key });
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer.stream;
};

for (const [index, content] of [TIMERS, CALLS, MESSAGES, CONVERSATION, ERRORS, LOOP, BORROWED].entries()) await runtime.deploy([{ name: `model-${String(index)}.bpmn`, content }], { actor: clerk });
await runtime.deploy(await readProcedure(fileURLToPath(new URL('../../processes/leave', import.meta.url))), { actor: clerk });

const timers = await begin('timers', 'timers', { amount: 5, price: { $: 'number', v: '0.10000000000000000001' } });
await runtime.execute(timers, { type: 'ClaimTask', task: 2 }, { actor: clerk });
await begin('caller', 'caller', { fail: false });
await begin('caller', 'failing', { fail: true });
await begin('waiting', 'waiting', { reference: 'R-1' });
await runtime.publishMessage({ name: 'payment', correlationKey: 'R-2', variables: { paid: 2 }, messageId: 'early', timeToLive: 'P3650D' }, { actor: clerk });
await begin('asker', 'asker', { question: 'why' });
const failing = await begin('errors', 'errors', {});
await runtime.execute(failing, { type: 'FailJob', job: 5, message: 'no connection', retriesLeft: 0 }, { actor: clerk });
await begin('loop', 'loop', { n: 0 });
await begin('borrowed', 'borrowed', {});
const date = (v: string): Variables[string] => ({ $: 'date', v });
await begin('leave', 'leave', {
  leaveType: 'vacation', firstDay: date('2027-03-01'), lastDay: date('2027-03-05'), overseas: false, passage: false, personnelNumber: 'PS-1',
  contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'Second drawer.',
});
await new Promise((resolve) => setTimeout(resolve, 500));

await writeExpected(folder, host);
