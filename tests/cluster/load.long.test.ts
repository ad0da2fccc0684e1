/**
 * Many people at once on two nodes among failures, and two of them at every task at the same moment: every acknowledged command is in
 * the log once, no task is completed by two, every timer and job had its effect once, every message started one case.
 */
import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Body } from '../support/letter.ts';
import { MONGO_INSTALL_MS } from '../support/mongo.ts';
import { BLOWS, isPossible, underBlows } from './blows.ts';
import { eventsOf, everythingAcknowledgedOnce, inTheOrderOfTheWorld } from './letter-checks.ts';
import { hasCluster, TestCluster } from './nodes.ts';
import { readSharedLog } from './shared-log.ts';
import type { SharedLog } from './shared-log.ts';

const CLIENTS = 12;
const SETTLE_MS = 120_000;
const OFFICER = 'budget.officer';

const flow = (id: string, from: string, to: string): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}"/>`;
const task = (id: string): string => `<bpmn:userTask id="${id}"><bpmn:extensionElements><zeebe:assignmentDefinition assignee="${OFFICER}"/></bpmn:extensionElements></bpmn:userTask>`;
const MODEL = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="urn:test">
<bpmn:process id="load" name="Load" isExecutable="true">
  <bpmn:startEvent id="s"/>${flow('f1', 's', 'prepare')}${task('prepare')}${flow('f2', 'prepare', 'split')}
  <bpmn:parallelGateway id="split"/>${flow('f3', 'split', 'notice')}${flow('f4', 'split', 'tell')}${flow('f5', 'split', 'wait')}${flow('f9', 'split', 'approve')}
  <bpmn:serviceTask id="notice"><bpmn:extensionElements><zeebe:taskDefinition type="notify" retries="50"/><zeebe:taskHeaders><zeebe:header key="to" value="${OFFICER}"/><zeebe:header key="subject" value="Prepared"/></zeebe:taskHeaders></bpmn:extensionElements></bpmn:serviceTask>${flow('f6', 'notice', 'join')}
  <bpmn:sendTask id="tell" messageRef="m"/>${flow('f7', 'tell', 'join')}
  <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition><bpmn:timeDuration xsi:type="bpmn:tFormalExpression">PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>${flow('f8', 'wait', 'join')}
  ${task('approve')}${flow('f10', 'approve', 'join')}
  <bpmn:parallelGateway id="join"/>${flow('f11', 'join', 'e')}<bpmn:endEvent id="e"/>
</bpmn:process>
<bpmn:process id="told" name="Told" isExecutable="true">
  <bpmn:startEvent id="ts"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>${flow('t1', 'ts', 'te')}<bpmn:endEvent id="te"/>
</bpmn:process>
<bpmn:message id="m" name="told"/>
</bpmn:definitions>`;

describe('Many people on two nodes among failures', function () {
  this.timeout(1_800_000);
  let cluster: TestCluster | undefined;
  let log: SharedLog;
  const blows = new Map(BLOWS.map(([name]) => [name, 0]));
  const started: string[] = [];
  /** Of every task completed by two at once: how the two were answered. */
  const races: (readonly number[])[] = [];

  before(async function () {
    this.timeout(1_800_000 + MONGO_INSTALL_MS);
    if (!hasCluster(true)) this.skip();
    const all = cluster = await TestCluster.open(2);
    await all.signIn([OFFICER, 'systems.analyst', 'registry.clerk']);
    const deployed = await all.ask({ account: 'systems.analyst', method: 'POST', path: '/api/v1/deployments', body: { files: [{ name: 'load.bpmn', content: MODEL }] }, key: 'deploy' });
    expect(deployed?.status, JSON.stringify(deployed)).to.equal(201);
    // Somebody else sees it on the other node a moment later: each of these asks the next node.
    const end = Date.now() + SETTLE_MS;
    for (let known = 0; known < 2 * all.nodes.length && Date.now() < end;) known = (await all.ask({ account: 'registry.clerk', method: 'GET', path: '/api/v1/definitions/load/versions' }))?.status === 200 ? known + 1 : 0;
    const left = (): boolean => [...blows].some(([name, count]) => count === 0 && isPossible(all, name));
    await underBlows(all, blows, async () => { await Promise.all(Array.from({ length: CLIENTS }, (_, client) => work(all, client, left))); });
    await settled(all);
    log = await readSharedLog(all.mongoUrl, all.keyFile);
  });
  after(() => cluster?.close());

  /** One person: a case after the other until everything has happened to the cluster. */
  async function work(all: TestCluster, client: number, goesOn: () => boolean): Promise<void> {
    for (let number = 0; goesOn(); number += 1) {
      const name = `c${String(client)}-${String(number)}`;
      const answer = await all.ask({ account: 'registry.clerk', method: 'POST', path: '/api/v1/instances', body: { processId: 'load', variables: {} }, key: name });
      expect(answer?.status, JSON.stringify(answer)).to.equal(201);
      const stream = String(answer?.body['id']);
      started.push(stream);
      await race(all, await offered(all, stream, 'prepare'), `${name}-prepare`);
      await race(all, await offered(all, stream, 'approve'), `${name}-approve`);
    }
  }

  async function offered(all: TestCluster, stream: string, elementId: string): Promise<string> {
    for (const end = Date.now() + SETTLE_MS; Date.now() < end;) {
      const answer = await all.ask({ account: OFFICER, method: 'GET', path: '/api/v1/tasks?view=mine&limit=100' });
      const found = (answer?.body['items'] as readonly Body[]).find((each) => each['stream'] === stream && each['elementId'] === elementId);
      if (found !== undefined) return String(found['id']);
      await pause(60);
    }
    throw new Error(`Expected ${elementId} of ${stream} to be offered, but it was not`);
  }

  /** The same task completed by two requests with keys of their own, sent at once to two nodes. */
  async function race(all: TestCluster, id: string, key: string): Promise<void> {
    const complete = (turn: number): Promise<Answered | undefined> => all.ask({ account: OFFICER, method: 'POST', path: `/api/v1/tasks/${id}/complete`, body: { variables: {} }, key: `${key}-${String(turn)}` });
    races.push((await Promise.all([complete(1), complete(2)])).map((answer) => answer?.status ?? 0).sort());
  }

  /** Until no case is left. */
  async function settled(all: TestCluster): Promise<void> {
    let open: unknown;
    for (const end = Date.now() + SETTLE_MS; Date.now() < end;) {
      const answer = await all.ask({ account: 'registry.clerk', method: 'GET', path: '/api/v1/instances?status=active&limit=100' });
      open = answer?.body['items'];
      if ((open as readonly Body[]).length === 0) return;
      await pause(300);
    }
    throw new Error(`Expected all cases to end, but there is ${JSON.stringify(open)}`);
  }

  const ofType = (stream: string, type: string): number => eventsOf(log, stream).filter((event) => event.type === type).length;

  it('Everything was done to them at least once, and they did much.', () => {
    for (const [name, count] of blows) if (cluster !== undefined && isPossible(cluster, name)) expect(count, name).to.be.at.least(1);
    expect(started.length).to.be.at.least(3 * CLIENTS);
  });
  it('The chain is whole, and every acknowledged request is in the log once.', () => {
    everythingAcknowledgedOnce({ log, acknowledged: cluster?.acknowledged.filter(({ path }) => path !== '/api/v1/deployments') ?? [], letters: 0, folder: '', trust: '' });
  });
  it('Whatever was answered before something else was asked stands before it in the log.', () => { inTheOrderOfTheWorld(cluster?.history ?? []); });
  it('Of two who complete the same task at once one is told yes and the other no, and the log has it once.', () => {
    expect(races.length).to.equal(2 * started.length);
    for (const race of races) expect(race).to.deep.equal([200, 409]);
    for (const stream of started) expect(ofType(stream, 'UserTaskCompleted'), stream).to.equal(2);
  });
  it('Every timer fired once, every job was done once, every case ended once, without an incident.', () => {
    for (const stream of started) {
      expect([ofType(stream, 'TimerFired'), ofType(stream, 'JobCompleted'), ofType(stream, 'InstanceCompleted'), ofType(stream, 'IncidentRaised')], stream).to.deep.equal([1, 1, 1, 0]);
    }
  });
  it('Every message started one case.', () => {
    const told = [...new Set(log.records.map(({ stream }) => stream))].filter((stream) => /^[0-9a-f]{32}$/.test(stream) && eventsOf(log, stream)[0]?.['processId'] === 'told');
    expect(told.length).to.equal(started.length);
    for (const stream of told) expect(ofType(stream, 'InstanceCompleted')).to.equal(1);
  });
});
