/** The peer in memory: nothing is written anywhere. */
import { measure, turn } from '../measure.ts';
import type { Budget, Measured } from '../measure.ts';
import { ANSWER, SERVICE_TASKS, USER_TASKS } from '../workloads.ts';
import type { Workload } from '../workloads.ts';
import { assertEnded, parsePeer, signalPeer, startPeer } from './peer.ts';

export async function peerMemory(workload: Workload, budget: Budget): Promise<Measured> {
  const parsed = await parsePeer(workload);
  let number = 0;
  const approval = async (): Promise<number> => {
    const { instance, ended } = await startPeer(`approval-${String((number += 1))}`, parsed, () => undefined);
    for (const id of USER_TASKS) signalPeer(instance, id, ANSWER);
    await ended;
    assertEnded(instance);
    await turn();
    return USER_TASKS.length;
  };
  const straight = async (): Promise<number> => {
    let done = 0;
    const { instance, ended } = await startPeer(`straight-${String((number += 1))}`, parsed, (_scope, finish) => { done += 1; finish(null, {}); });
    await ended;
    assertEnded(instance);
    if (done !== SERVICE_TASKS) throw new Error(`Expected ${String(SERVICE_TASKS)} service tasks, but ${String(done)} were done`);
    await turn();
    return done;
  };
  return { ...(await measure(budget, workload === 'approval' ? approval : straight)), notes: {} };
}
