/**
 * What a durable task completion over HTTP costs: CPU of the whole server process per request, beside an express route with the
 * same sign-in, CSRF check and zod schema that commits one record of the same size and knows no process.
 *
 * node bin/run.mjs bench/http.ts [--rounds 5] [--requests 2000] [--warm-up 4000] [--connections 50]
 *
 * The requests come from a process of its own, which is not counted; what folding the lists costs is, to the last row. Both sides check
 * that every answer was 200 and that the log holds as many records as were answered, as many bytes each.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { readConfig } from '../server/config.ts';
import { createApp } from '../server/http/app.ts';
import { bind } from '../server/http/contract/bind.ts';
import { defineRoute } from '../server/http/contract/route.ts';
import { completeTask } from '../server/http/contract/tasks.ts';
import { listen } from '../server/http/listen.ts';
import { sessionModule } from '../server/http/session-routes.ts';
import { createSessions } from '../server/http/sessions.ts';
import { startPiton } from '../server/main.ts';
import type { Person } from '../server/ports/directory.ts';
import { openSqliteDeskStore } from '../server/stores/sqlite/desk-store.ts';
import { openSqliteEventStore } from '../server/stores/sqlite/event-store.ts';
import { systemClock, systemIds } from '../server/system.ts';
import type { Sent, Told } from './http-client.ts';
import { assertSame, median } from './measure.ts';

const ACCOUNT = 'hr.officer';
const META = { actor: { person: ACCOUNT, groups: ['anybody'] } };
const GOAL = 1.25;
/** The records of both sides differ by at most this share. */
const SAME_SIZE = 0.02;
const BODY = { variables: { remarks: 'in order' } };
const LOG = pino({ level: 'warn' });

const MODEL = `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="urn:bench">
<bpmn:process id="bench" isExecutable="true"><bpmn:startEvent id="start"/><bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="check"/>
<bpmn:userTask id="check" name="Check"><bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="${ACCOUNT}"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="f2" sourceRef="check" targetRef="end"/><bpmn:endEvent id="end"/></bpmn:process></bpmn:definitions>`;

/** One side: its address, an account that may work there, addresses of requests that succeed once each, and how far its log is. `settled`: when nothing is left to do. */
interface Target {
  readonly url: string;
  readonly password: string;
  readonly paths: (count: number) => Promise<string[]>;
  readonly settled: () => Promise<unknown>;
  readonly records: () => Promise<number>;
  /** Bytes in the log since it was opened. */
  readonly bytes: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

interface Cell {
  readonly cpu: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Of a record in the log. */
  readonly bytes: number;
}

async function piton(folder: string): Promise<Target> {
  const server = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'warn' }), LOG);
  const password = server.lines.map((line) => /^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/.exec(line)).find((match) => match?.[1] === ACCOUNT)?.[2] ?? '';
  const deployed = await server.runtime.deploy([{ name: 'bench.bpmn', content: MODEL }], META);
  if (deployed.outcome !== 'deployed') throw new Error(deployed.problems.map(({ message }) => message).join('\n'));
  let completed = 0;
  let position = 0;
  const started: string[] = [];
  const start = async (): Promise<string> => {
    const answer = await server.runtime.startInstance({ processId: 'bench', variables: { amount: 1250 } }, META);
    const task = answer.outcome === 'accepted' ? answer.events.find((event) => event.type === 'UserTaskCreated') : undefined;
    if (answer.outcome !== 'accepted' || task?.type !== 'UserTaskCreated') throw new Error(`Expected a case with a task, but got ${JSON.stringify(answer)}`);
    started.push(answer.stream);
    position = Math.max(position, answer.position);
    return `/api/v1/tasks/${answer.stream}/${String(task.id)}/complete`;
  };
  return {
    url: server.url, password, stop: () => server.stop(), settled: () => server.runtime.settled(server.runtime.health.dispatched),
    async paths(count) {
      const paths = await Promise.all(Array.from({ length: count }, start));
      await server.runtime.settled(position);
      return paths;
    },
    async bytes() {
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      return Number(/^piton_log_bytes_total (\S+)$/m.exec(metrics)?.[1]);
    },
    async records() {
      for (const stream of started.splice(0)) completed += (await server.runtime.history(stream)).filter(({ commandType }) => commandType === 'CompleteTask').length;
      return completed;
    },
  };
}

const BEGIN = 'BeginStream';
const commitRecord = defineRoute({
  operationId: 'commitRecord', method: 'post', path: '/api/v1/records/:stream/:counter/complete', area: 'tasks', access: 'signed-in',
  summary: 'Commit one record', params: completeTask.params, body: completeTask.body, responses: { 200: completeTask.responses[200] },
});

/**
 * The same application without process, authorisation of a task, encryption or lists: what the framework, the checks and one durable record
 * cost. The record is the second of its stream, as a completion is, under the caller's key; `fill` makes it longer by so many bytes.
 */
async function twin(folder: string): Promise<Target & { fill(bytes: number): void }> {
  const store = await openSqliteEventStore({ folder });
  const desk = openSqliteDeskStore(join(folder, 'desk.db'));
  const officer: Person = { id: ACCOUNT, name: 'Officer', roles: ['officer'], groups: ['anybody'], active: true };
  const directory = { person: () => officer, people: () => [officer], groupTitle: (id: string) => id, groupExists: () => true };
  const sessions = createSessions({ desk, directory, verify: () => Promise.resolve(true), clock: systemClock, ids: systemIds, secure: false, idleMinutes: 30, longestHours: 10 });
  let filling = '';
  const route = bind(commitRecord, async ({ params, body, meta, now, person }) => {
    const { idempotencyKey, requestHash, causation } = meta;
    const answer = await store.append({
      stream: params.stream, expectedVersion: 1, commandType: 'CommitRecord', at: now, actor: { person: person.id },
      events: Buffer.from(JSON.stringify([{ type: 'RecordCommitted', counter: Number(params.counter), ...body, filling }])),
      idempotencyKey, requestHash, causation,
    });
    if (answer.outcome !== 'appended') throw new Error(`Expected a new record, but it is ${answer.outcome}`);
    return { status: 200, body: { stream: params.stream, version: answer.version, position: answer.position }, position: answer.position };
  });
  const app = createApp({
    modules: [sessionModule(sessions), { name: 'bench', routes: [route] }], sessions, clock: systemClock, ids: systemIds, log: LOG, settled: () => Promise.resolve(true),
    ready: () => Promise.resolve([]), version: '0',
  });
  const server = await listen(app, '127.0.0.1', 0);
  return {
    url: server.url, password: 'any', settled: () => Promise.resolve(), fill: (bytes) => { filling += 'x'.repeat(bytes); },
    paths: (count) => Promise.all(Array.from({ length: count }, async () => {
      const stream = systemIds.uuid().replaceAll('-', '');
      await store.append({ stream, expectedVersion: 0, commandType: BEGIN, at: systemClock.now(), actor: { person: ACCOUNT }, events: Buffer.from('[]') });
      return `/api/v1/records/${stream}/2/complete`;
    })),
    bytes: () => Promise.resolve(store.figures?.bytes ?? NaN),
    async records() {
      let count = 0;
      for (let after = 0; ; ) {
        const commits = await store.readAll(after, 500);
        count += commits.flatMap(({ records }) => records).filter(({ commandType }) => commandType !== BEGIN).length;
        if (commits.length < 500) return count;
        after = commits.at(-1)?.position ?? after;
      }
    },
    async stop() {
      await server.close(1_000);
      await desk.close();
      await store.close();
    },
  };
}

/** Sends the requests from another process; answers CPU of this one per request. */
async function drive(target: Target, requests: number, connections: number): Promise<Cell> {
  const signedIn = await fetch(`${target.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account: ACCOUNT, password: target.password }) });
  if (signedIn.status !== 201) throw new Error(`Expected to sign in, but got ${String(signedIn.status)}`);
  const { csrf } = (await signedIn.json()) as { readonly csrf: string };
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const before = await target.records();
  const paths = await target.paths(requests);
  const bytesBefore = await target.bytes();
  const told = await sendFrom({ url: target.url, cookie, csrf, body: JSON.stringify(BODY), connections, paths }, target);
  const bytes = (await target.bytes() - bytesBefore) / requests;
  assertSame('records in the log', requests, await target.records() - before);
  const at = (share: number): number => told.latencies[Math.min(told.latencies.length - 1, Math.floor(told.latencies.length * share))] ?? NaN;
  return { cpu: (told.cpuMs * 1_000) / requests, perSecond: (requests / told.wallMs) * 1_000, p50: at(0.5), p99: at(0.99), bytes };
}

/** The client says when it is about to begin, so that its own start is not in the figures. */
function sendFrom(sent: Sent, target: Target): Promise<Told & { readonly cpuMs: number }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'http-client.ts')], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let cpu = process.cpuUsage();
    child.on('message', (message: 'ready' | Told) => {
      if (message === 'ready') {
        cpu = process.cpuUsage();
        child.send('go');
        return;
      }
      child.removeAllListeners('exit');
      // Whoever reads next would pay for what the answers did not wait for.
      target.settled().then(() => {
        const { user, system } = process.cpuUsage(cpu);
        resolve({ ...message, cpuMs: (user + system) / 1_000 });
      }, reject);
    });
    child.once('error', reject);
    child.once('exit', (code) => { reject(new Error(`Expected the client to report, but it ended with exit code ${String(code)}`)); });
    child.send(sent);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, requests: { type: 'string', default: '2000' }, 'warm-up': { type: 'string', default: '4000' }, connections: { type: 'string', default: '50' } } });
  const folders = [mkdtempSync(join(tmpdir(), 'piton-bench-http-')), mkdtempSync(join(tmpdir(), 'piton-bench-twin-'))] as const;
  const [ourSide, otherSide] = [await piton(folders[0]), await twin(folders[1])];
  const sides = { 'Piton: complete a task': ourSide, 'express twin: commit a record': otherSide };
  const warm = (target: Target): Promise<Cell> => drive(target, Math.ceil(Number(values['warm-up']) / 2), Number(values.connections));
  const { bytes } = await warm(ourSide);
  otherSide.fill(Math.max(0, Math.round(bytes - (await warm(otherSide)).bytes)));
  for (const target of [ourSide, otherSide]) {
    const filled = (await warm(target)).bytes;
    if (!(Math.abs(filled / bytes - 1) <= SAME_SIZE)) throw new Error(`Expected records of ${bytes.toFixed(0)} bytes on both sides, but they have ${filled.toFixed(0)}`);
  }
  const cells = new Map<string, Cell[]>();
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const [name, target] of Object.entries(sides)) cells.set(name, [...(cells.get(name) ?? []), await drive(target, Number(values.requests), Number(values.connections))]);
  }
  const of = (name: string, field: keyof Cell): number => median((cells.get(name) ?? []).map((cell) => cell[field]));
  console.log(`medians of ${values.rounds} interleaved rounds of ${values.requests} requests over ${values.connections} connections, Node ${process.version}`);
  console.table(Object.fromEntries([...cells.keys()].map((name) => [name, {
    'server CPU us/request': Math.round(of(name, 'cpu')), 'requests/s': Math.round(of(name, 'perSecond')), 'p50 ms': Number(of(name, 'p50').toFixed(2)), 'p99 ms': Number(of(name, 'p99').toFixed(2)), 'bytes/record': Math.round(of(name, 'bytes')),
  }])));
  const [ours = NaN, theirs = NaN] = [...cells.keys()].map((name) => of(name, 'cpu'));
  console.log(`completion / twin by CPU: ${(ours / theirs).toFixed(2)} (goal: at most ${String(GOAL)}: ${ours / theirs <= GOAL ? 'reached' : 'NOT reached'})`);
  await Promise.all(Object.values(sides).map((side) => side.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

await main();
