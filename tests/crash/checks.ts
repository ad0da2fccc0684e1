/** A crowd let loose on a process that is killed, and the check of what they saw against the log, from outside. */
import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceEvent } from '../../engine/index.ts';
import type { StoredRecord } from '../../server/ports/event-store.ts';
import { unseal } from '../../server/runtime/codec.ts';
import { verifyChain } from '../../server/stores/commit.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import { unexplained } from '../support/case-history.ts';
import { randomFrom } from '../engine/support/mutations.ts';
import { Crowd } from './rivals.ts';
import { KilledRuntime } from './victim.ts';
import type { Death } from './victim.ts';

export interface Ordeal {
  readonly plan: readonly Death[];
  readonly seed: number;
  /** Cases that are at work at the same moment; at each of them three people. */
  readonly atOnce: number;
  /** More are begun while deaths are left. */
  readonly cases: number;
}

/** Runs the ordeal in `before`, and says in one test each what must be true afterwards. */
export function survives({ plan, seed, atOnce, cases }: Ordeal): void {
  const folder = mkdtempSync(join(tmpdir(), 'piton-crash-'));
  let runtime: KilledRuntime;
  let crowd: Crowd;
  let records: StoredRecord[] = [];
  let effects: string[] = [];

  before(async () => {
    runtime = new KilledRuntime(folder, plan);
    crowd = new Crowd(runtime.insist, randomFrom(seed));
    let next = 0;
    const client = async (): Promise<void> => { while (next < cases || runtime.left > 0) await crowd.oneCase(`case-${String(next++)}`); };
    await Promise.all(Array.from({ length: atOnce }, client));
    await crowd.settled();
    await runtime.stop();
    const store = await openSqliteEventStore({ folder });
    const commits = await store.readAll(0, 10_000_000);
    expect(await verifyChain(commits)).to.have.property('valid', true);
    records = commits.flatMap((commit) => commit.records);
    await store.close();
    effects = readFileSync(join(folder, 'effects.txt'), 'utf8').trim().split('\n');
  });

  after(() => { rmSync(folder, { recursive: true, force: true }); });

  it('was killed as often as it was to be, with commands in flight at least four times out of five', () => {
    const busy = runtime.kills.filter(({ inFlight }) => inFlight > 0).length;
    const points = [...new Set(plan.map(({ point }) => point))].map((point) => `${point} ${String(runtime.kills.filter((kill) => kill.point === point).length)}`);
    const median = runtime.kills.map(({ inFlight }) => inFlight).sort((left, right) => left - right)[Math.floor(runtime.kills.length / 2)];
    console.log(`    ${String(runtime.kills.length)} kills (${points.join(', ')}; seed ${String(seed)}), ${String(busy)} with commands in flight (${String(Math.round((100 * busy) / runtime.kills.length))} %, half of them with ${String(median)} or more)`);
    expect(runtime.kills.map(({ point, after }) => ({ point, after }))).to.deep.equal(plan);
    expect(busy / runtime.kills.length).to.be.at.least(0.8);
  });

  it('keeps every acknowledged command, once, where its answer said', () => {
    const { acknowledged } = crowd.recorded;
    expect(acknowledged.length).to.be.at.least(cases);
    const seen = new Map<string, number[]>();
    for (const { stream, version, idempotencyKey } of records) {
      if (idempotencyKey !== undefined) seen.set(`${stream} ${idempotencyKey}`, [...(seen.get(`${stream} ${idempotencyKey}`) ?? []), version]);
    }
    expect(acknowledged.filter(({ stream, key, version }) => String(seen.get(`${stream} ${key}`)) !== String(version))).to.deep.equal([]);
    expect([...seen].filter(([, versions]) => versions.length !== 1)).to.deep.equal([]);
    const versions = new Map<string, number>();
    for (const { stream, version } of records) {
      expect(version, stream).to.equal((versions.get(stream) ?? 0) + 1);
      versions.set(stream, version);
    }
  });

  it('answered as one server without a fault would have, in each case (linearizable, every instance stream)', () => {
    const { calls } = crowd.recorded;
    const all = [...calls.values()].flat();
    const refused = all.filter(({ output }) => !output.accepted).length;
    console.log(`    ${String(calls.size)} streams judged: ${String(all.length)} commands, ${String(refused)} of them refused; ${String(records.length)} records in the log`);
    expect(refused).to.be.at.least(cases);
    expect(unexplained(calls)).to.deep.equal([]);
  });

  it('completes every task, job, timer and message once, and ends every case', () => {
    const found = new Map<string, string[]>();
    for (const { stream, version, events } of records) {
      if (stream.includes('/')) continue;
      const open = unseal(events, undefined, stream, version).events as unknown as InstanceEvent[];
      found.set(stream, [...(found.get(stream) ?? []), ...open.map((event) => ('elementId' in event && event.type === 'UserTaskCompleted' ? `${event.type} ${event.elementId}` : event.type))]);
    }
    const count = (types: readonly string[], type: string): number => types.filter((other) => other === type).length;
    const started = new Set(crowd.recorded.started);
    for (const [stream, types] of found) {
      expect(count(types, 'InstanceCompleted'), stream).to.equal(1);
      if (!started.has(stream)) continue;
      for (const once of ['UserTaskCompleted prepare', 'UserTaskCompleted approve', 'JobCompleted', 'TimerFired', 'MessagePublished']) expect(count(types, once), `${once} of ${stream}`).to.equal(1);
    }
    expect(found.size).to.equal(2 * started.size);
  });

  it('has each effect outside at least once under one stable key', () => {
    const { length } = crowd.recorded.started;
    expect(new Set(effects).size).to.equal(length);
    console.log(`    ${String(length)} effects outside, ${String(effects.length - length)} of them repeated under the same key`);
    expect(effects.length).to.be.at.least(length);
  });
}
