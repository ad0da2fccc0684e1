/** What must be true of the cases of load-model.ts when nothing is done to the cluster any more: they end, and each effect was there once. */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { Body } from '../support/letter.ts';
import { casesOf, eventsOf } from './letter-checks.ts';
import type { TestCluster } from './nodes.ts';
import type { SharedLog } from './shared-log.ts';

/** Until no case is left. */
export async function settled(all: TestCluster, withinMs: number): Promise<void> {
  let open: unknown;
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    const answer = await all.ask({ account: 'registry.clerk', method: 'GET', path: '/api/v1/instances?status=active&limit=100' });
    open = answer?.body['items'];
    if ((open as readonly Body[]).length === 0) return;
    await pause(300);
  }
  throw new Error(`Expected all cases to end, but there is ${JSON.stringify(open)}`);
}

export function ofType(log: SharedLog, stream: string, type: string): number {
  return eventsOf(log, stream).filter((event) => event.type === type).length;
}

export function everyEffectOnce(log: SharedLog, started: readonly string[]): void {
  for (const stream of started) {
    expect(['TimerFired', 'JobCompleted', 'InstanceCompleted', 'IncidentRaised'].map((type) => ofType(log, stream, type)), stream).to.deep.equal([1, 1, 1, 0]);
  }
}

export function everyMessageOnce(log: SharedLog, messages: number): void {
  const told = casesOf(log, 'told');
  expect(told.length).to.equal(messages);
  for (const stream of told) expect(ofType(log, stream, 'InstanceCompleted')).to.equal(1);
}
