/**
 * The process is killed at failpoints while many clients send commands; the history the clients saw is checked against the log
 * from outside: everything acknowledged is there once, nothing happened twice, nothing stopped half-way.
 */
import { expect } from 'chai';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InstanceEvent } from '../../engine/index.ts';
import type { StoredRecord } from '../../server/ports/event-store.ts';
import { unseal } from '../../server/runtime/codec.ts';
import { verifyChain } from '../../server/stores/commit.ts';
import { openSqliteEventStore } from '../../server/stores/sqlite/event-store.ts';
import type { Reply, Request } from './child.ts';

const POINTS = ['before-commit', 'after-commit', 'before-dispatch', 'in-job-effect'] as const;
const KILLS_PER_POINT = 3;
const CLIENTS = 40;
const CASES = 400;
const SETTLE_MS = 60_000;

type Unanswered = Omit<Request, 'id'>;

/** One process and the commands it has not answered. */
class Victim {
  readonly died: Promise<void>;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #next = 1;
  inFlightAtDeath = 0;
  alive = true;

  constructor(folder: string, failpoint: string, after: number) {
    this.#child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [folder, failpoint, String(after)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.ready = new Promise((resolve) => { this.#waiting.set(0, () => { resolve(); }); });
    this.#child.on('message', (reply: Reply) => {
      const done = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      done?.(reply);
    });
    this.died = new Promise((resolve) => {
      this.#child.once('exit', () => {
        this.alive = false;
        this.inFlightAtDeath = this.#waiting.size;
        for (const done of this.#waiting.values()) done(undefined);
        resolve();
      });
    });
  }

  /** Undefined when the process died before it answered. */
  ask(request: Unanswered): Promise<Reply | undefined> {
    if (!this.alive) return Promise.resolve(undefined);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...request, id }, (error) => { if (error) { this.#waiting.delete(id); resolve(undefined); } });
    });
  }
}

interface Acknowledged {
  readonly key: string;
  readonly stream: string;
}

describe('A process that is killed', function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-crash-'));
  const acknowledged: Acknowledged[] = [];
  const kills: number[] = [];
  let records: StoredRecord[] = [];
  let effects: string[] = [];

  before(async () => {
    const plan: { point: string; after: number }[] = POINTS.flatMap((point, index) => Array.from({ length: KILLS_PER_POINT }, (_, kill) => ({ point, after: 23 + 31 * kill + 7 * index })));
    let victim = await begin(folder, plan.shift());
    const revive = async (dead: Victim): Promise<void> => {
      if (victim !== dead) return;
      kills.push(dead.inFlightAtDeath);
      victim = await (reviving ??= begin(folder, plan.shift()));
      reviving = undefined;
    };
    let reviving: Promise<Victim> | undefined;
    /** Sends a command until it is answered, as a client with an idempotency key does. */
    const insist = async (request: Unanswered): Promise<Reply> => {
      for (;;) {
        const asked = victim;
        const reply = await asked.ask(request);
        if (reply) return reply;
        await asked.died;
        await (turn = turn.then(() => revive(asked)));
      }
    };
    let turn: Promise<void> = Promise.resolve();
    let next = 0;
    const client = async (): Promise<void> => {
      while (next < CASES || plan.length > 0) await oneCase(insist, `case-${String(next++)}`, acknowledged);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    await settleDown(insist, folder, acknowledged);
    await victim.ask({ type: 'idle', key: '' });
    await victim.died;
    const store = await openSqliteEventStore({ folder });
    const commits = await store.readAll(0, 1_000_000);
    expect(await verifyChain(commits)).to.have.property('valid', true);
    records = commits.flatMap((commit) => commit.records);
    await store.close();
    effects = readFileSync(join(folder, 'effects.txt'), 'utf8').trim().split('\n');
  });

  after(() => { rmSync(folder, { recursive: true, force: true }); });

  it('was killed with commands in flight at least four times out of five', () => {
    expect(kills.length).to.be.at.least(POINTS.length * KILLS_PER_POINT);
    expect(kills.filter((inFlight) => inFlight > 0).length / kills.length).to.be.at.least(0.8);
    expect(acknowledged.length).to.be.at.least(1_000);
  });

  it('keeps every acknowledged command, once', () => {
    const seen = new Map<string, number>();
    for (const { stream, idempotencyKey } of records) {
      if (idempotencyKey !== undefined) seen.set(`${stream} ${idempotencyKey}`, (seen.get(`${stream} ${idempotencyKey}`) ?? 0) + 1);
    }
    expect(acknowledged.filter(({ stream, key }) => seen.get(`${stream} ${key}`) !== 1)).to.deep.equal([]);
    expect([...seen].filter(([, count]) => count !== 1)).to.deep.equal([]);
  });

  it('completes every task, job, timer and message once, and ends every case', () => {
    const cases = new Map<string, string[]>();
    for (const { stream, version, events } of records) {
      if (stream.includes('/')) continue;
      const open = unseal(events, undefined, stream, version).events as unknown as InstanceEvent[];
      cases.set(stream, [...(cases.get(stream) ?? []), ...open.map((event) => ('elementId' in event && event.type === 'UserTaskCompleted' ? `${event.type} ${event.elementId}` : event.type))]);
    }
    const count = (types: readonly string[], type: string): number => types.filter((other) => other === type).length;
    const started = new Set(acknowledged.filter(({ key }) => !key.includes('/')).map(({ stream }) => stream));
    for (const [stream, types] of cases) {
      expect(count(types, 'InstanceCompleted'), stream).to.equal(1);
      if (!started.has(stream)) continue;
      for (const once of ['UserTaskCompleted prepare', 'UserTaskCompleted approve', 'JobCompleted', 'TimerFired', 'MessagePublished']) expect(count(types, once), `${once} of ${stream}`).to.equal(1);
    }
    expect(cases.size).to.equal(2 * started.size);
  });

  it('has each effect outside at least once under one stable key', () => {
    const started = acknowledged.filter(({ key }) => !key.includes('/')).length;
    expect(new Set(effects).size).to.equal(started);
    expect(effects.length).to.be.at.least(started);
  });
});

async function begin(folder: string, next: { readonly point: string; readonly after: number } | undefined): Promise<Victim> {
  const victim = new Victim(folder, next?.point ?? '', next?.after ?? 0);
  await Promise.race([victim.ready, victim.died]);
  return victim;
}

async function oneCase(insist: (request: Unanswered) => Promise<Reply>, key: string, acknowledged: Acknowledged[]): Promise<void> {
  const started = await insist({ type: 'start', key });
  const stream = started.stream ?? '';
  acknowledged.push({ key, stream });
  let [task] = started.open ?? [];
  // A repeated start answers what was open at first, or what is open now: either way the first task is the lowest number.
  for (const element of ['prepare', 'approve']) {
    const done = await insist({ type: 'act', key: `${key}/${element}`, stream, action: { type: 'CompleteTask', task: task ?? 0, variables: { [element]: true } } } as Unanswered);
    expect(done.outcome, `${element} of ${key}`).to.equal('accepted');
    acknowledged.push({ key: `${key}/${element}`, stream });
    [task] = done.open ?? [];
  }
}

/** Waits until every case has ended: timers of 50 ms, jobs and messages of the last cases are still on their way. */
async function settleDown(insist: (request: Unanswered) => Promise<Reply>, folder: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (const stream of new Set(acknowledged.map((command) => command.stream))) {
    for (let tries = 0; ; tries += 1) {
      const probe = await insist({ type: 'act', key: `probe-${String(tries)}`, stream, action: { type: 'ReleaseTask', task: 0 } } as Unanswered);
      if (probe.outcome === 'INSTANCE_ENDED') break;
      if (Date.now() > deadline) throw new Error(`Expected ${stream} in ${folder} to end, but it still answers ${probe.outcome}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
