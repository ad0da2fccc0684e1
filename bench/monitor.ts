/** Measures the live monitor: 200 elements, 300 commands a second, 50 connections; how long a flush takes, and how long until a browser hears of a change. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { readConfig } from '../server/config.ts';
import type { MonitorFrame, MonitorSnapshot } from '../server/http/contract/monitor.ts';
import type { Rooms } from '../server/http/contract/rooms.ts';
import { startPiton } from '../server/main.ts';
import { Board } from '../server/monitor/board.ts';

const ELEMENTS = 200;
const RATE = 300;
const SECONDS = 20;
const SOCKETS = 50;
const CASES = 5_000;
const MANAGERS = ['permanent.secretary', 'director.public.service', 'administrator'];
const META = { actor: { person: 'hr.officer', groups: ['anybody'] } };

/** start -> a choice by `n` -> one of 200 tasks -> end. */
function model(): string {
  const at = Array.from({ length: ELEMENTS }, (_each, n) => n);
  const last = ELEMENTS - 1;
  return `<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:bench">
<bpmn:process id="bench" name="Bench" isExecutable="true"><bpmn:startEvent id="s"/><bpmn:exclusiveGateway id="x" default="f${last}"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="x"/><bpmn:endEvent id="e"/>
${at.map((n) => `<bpmn:sequenceFlow id="f${n}" sourceRef="x" targetRef="t${n}">${n === last ? '' : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=n = ${n}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>
<bpmn:userTask id="t${n}" name="Task ${n}"><bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition candidateGroups="anybody"/><zeebe:taskSchedule dueDate="=now() + duration(&quot;PT${n + 1}S&quot;)"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:sequenceFlow id="g${n}" sourceRef="t${n}" targetRef="e"/>`).join('\n')}</bpmn:process></bpmn:definitions>`;
}

function percentile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((left, right) => left - right);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
}

const boards: Board[] = [];
const listen = Object.getOwnPropertyDescriptor(Board.prototype, 'listen')!.value as (this: Board, rooms: Rooms) => void;
Board.prototype.listen = function capture(rooms) {
  boards.push(this);
  listen.call(this, rooms);
};

const folder = mkdtempSync(join(tmpdir(), 'piton-bench-monitor-'));
const piton = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'warn' }), pino({ level: 'warn' }));
const passwords = new Map(piton.lines.flatMap((line) => { const match = /^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/.exec(line); return match === null ? [] : [[match[1]!, match[2]!] as const]; }));
const { runtime } = piton;
const deployed = await runtime.deploy([{ name: 'bench.bpmn', content: model() }], META);
if (deployed.outcome !== 'deployed') throw new Error(JSON.stringify(deployed.problems.slice(0, 3)));

interface Open { readonly stream: string; readonly task: number; readonly element: string }
const open: Open[] = [];
const held: Open[] = [];

async function start(): Promise<string> {
  const n = Math.floor(Math.random() * ELEMENTS);
  const answer = await runtime.startInstance({ processId: 'bench', variables: { n } }, META);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  const task = answer.events.find((event) => event.type === 'UserTaskCreated');
  if (task?.type === 'UserTaskCreated') open.push({ stream: answer.stream, task: task.id, element: task.elementId });
  return `t${n}`;
}

async function act(): Promise<string> {
  const which = Math.random();
  const offered = which < 0.33 ? open.pop() : undefined;
  const taken = which >= 0.33 && which < 0.66 ? held.pop() : undefined;
  const on = offered ?? taken;
  if (on === undefined) return start();
  const answer = await runtime.execute(on.stream, offered === undefined ? { type: 'CompleteTask', task: on.task, variables: {} } : { type: 'ClaimTask', task: on.task }, META);
  if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
  if (offered !== undefined) held.push(offered);
  return on.element;
}

for (let made = 0; made < CASES; made += 250) await Promise.all(Array.from({ length: 250 }, start));

const cookies = await Promise.all(MANAGERS.map(async (account) => {
  const response = await fetch(`${piton.url}/api/v1/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account, password: passwords.get(account) }) });
  return (response.headers.get('set-cookie') ?? '').split(';')[0]!;
}));
const snapshot = await (await fetch(`${piton.url}/api/v1/monitor/bench/snapshot`, { headers: { cookie: cookies[0]! } })).json() as MonitorSnapshot;
const elementOf = new Map(snapshot.elements.map(({ index, elementId }) => [index, elementId]));

const changedAt = new Map<string, number>();
const latencies: number[] = [];
let frames = 0;
let bytes = 0;
const sockets = await Promise.all(Array.from({ length: SOCKETS }, (_each, number) => new Promise<Socket>((resolve, reject) => {
  const socket = io(piton.url, { path: '/live', transports: ['websocket'], forceNew: true, extraHeaders: { cookie: cookies[number % cookies.length]! } });
  socket.on('connect_error', reject);
  socket.on('connect', () => { socket.emit('join', 'monitor:bench', (answer: { readonly joined: boolean; readonly code?: string }) => { if (answer.joined) resolve(socket); else reject(new Error(answer.code)); }); });
  if (number > 0) return;
  socket.on('frame', (frame: MonitorFrame) => {
    frames += 1;
    bytes += JSON.stringify(frame).length;
    for (const [index] of frame.elements) {
      const since = changedAt.get(elementOf.get(index) ?? '');
      if (since !== undefined) latencies.push(performance.now() - since);
      changedAt.delete(elementOf.get(index) ?? '');
    }
  });
})));

const flushes: number[] = [];
const watching = setInterval(() => { const took = boards[0]?.tookMs ?? 0; if (took !== flushes.at(-1)) flushes.push(took); }, 50);
const began = performance.now();
let sent = 0;
const cpu = process.cpuUsage();
while (performance.now() - began < SECONDS * 1_000) {
  const wanted = Math.floor((performance.now() - began) / 1_000 * RATE);
  for (; sent < wanted; sent += 1) void act().then((element) => { if (!changedAt.has(element)) changedAt.set(element, performance.now()); });
  await new Promise((resolve) => { setTimeout(resolve, 10); });
}
const { user, system } = process.cpuUsage(cpu);
clearInterval(watching);
await new Promise((resolve) => { setTimeout(resolve, 1_500); });
console.log(JSON.stringify({
  elements: ELEMENTS, sockets: SOCKETS, commands: sent, framesPerSecond: (frames / SECONDS).toFixed(1), bytesPerFrame: Math.round(bytes / Math.max(1, frames)),
  flushMs: { p50: percentile(flushes, 0.5), p95: percentile(flushes, 0.95), max: percentile(flushes, 1) },
  eventToBrowserMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), max: percentile(latencies, 1) }, cpuOfServerAndSockets: `${Math.round((user + system) / 10_000 / SECONDS)} % of a core`,
}, undefined, 2));
for (const socket of sockets) socket.disconnect();
await piton.stop();
rmSync(folder, { recursive: true, force: true });
