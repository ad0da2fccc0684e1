// Hostile models and data: each is refused, an incident, or simply done, within bounded time and memory; nothing is read from outside, nothing falls over.
import { expect } from 'chai';
import { compile } from '../../engine/bpmn/compile.ts';
import { soundness } from '../../engine/bpmn/soundness.ts';
import type { Variables } from '../../engine/facts.ts';
import { modelOf, processOf } from './support/bpmn.ts';
import { given } from './support/case.ts';
import { inWorld } from './support/in-world.ts';
import { done, jobDone, set, start, timerNow } from './support/verbs.ts';

const file = (body: string, before = ''): string => `<?xml version="1.0" encoding="UTF-8"?>${before}\n<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="D" targetNamespace="urn:piton:test">${body}</definitions>`;
const process = (body: string): string => file(`<process id="P" isExecutable="true">${body}</process>`);

/** The codes a file is refused with, in bounded memory; its time is bounded by the test's. */
async function refusedWith(xml: string): Promise<readonly string[]> {
  const heap = globalThis.process.memoryUsage().heapUsed;
  const compiled = await compile(xml);
  expect(globalThis.process.memoryUsage().heapUsed - heap, 'bytes').to.be.lessThan(400 * 1_048_576);
  return Array.isArray(compiled) ? compiled.filter(({ severity }) => severity === 'error').map(({ code }) => code) : [];
}

describe('Engine: hostile files', () => {
  it('XXE: an external entity is refused, and nothing is fetched', async () => {
    const entity = '<!DOCTYPE d [<!ENTITY secret SYSTEM "file:///etc/passwd">]>';
    expect(await refusedWith(file('<process id="P"><task id="A" name="&secret;"/></process>', entity))).to.deep.equal(['BPMN_XML_DOCTYPE']);
    expect(await refusedWith(file('<process id="P"><task id="A"/></process>', '<!DOCTYPE d SYSTEM "http://localhost:1/evil.dtd">'))).to.deep.equal(['BPMN_XML_DOCTYPE']);
    expect(await refusedWith(file('<process id="P"><task id="A"/></process>', '<!DOCTYPE d [<!ENTITY % p SYSTEM "file:///dev/random"> %p;]>'))).to.deep.equal(['BPMN_XML_DOCTYPE']);
  });

  it('Entity bombs: a billion laughs and a quadratic blow-up are refused before they are read', async () => {
    const laughs = Array.from({ length: 10 }, (_, level) => `<!ENTITY l${String(level + 1)} "${`&l${String(level)};`.repeat(10)}">`).join('');
    expect(await refusedWith(file('<process id="P" name="&l10;"/>', `<!DOCTYPE d [<!ENTITY l0 "ha">${laughs}]>`))).to.deep.equal(['BPMN_XML_DOCTYPE']);
    expect(await refusedWith(file(`<process id="P"><documentation>${'&a;'.repeat(100_000)}</documentation></process>`, `<!DOCTYPE d [<!ENTITY a "${'a'.repeat(100_000)}">]>`))).to.deep.equal(['BPMN_XML_DOCTYPE']);
  });

  it('Ten thousand nested scopes are refused; as many as are allowed are run', async () => {
    const nested = (depth: number): string => process(`${Array.from({ length: depth }, (_, index) => `<subProcess id="S${String(index)}">`).join('')}<task id="A"/>${'</subProcess>'.repeat(depth)}`);
    expect(await refusedWith(nested(10_000))).to.include('BPMN_XML_TOO_DEEP');
    const compiled = await compile(nested(190));
    if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join());
    expect(soundness(compiled.processes[0]!).decided).to.equal(true);
    expect(given(compiled.processes[0]!, start()).case.state.status).to.equal('completed');
  });

  it('Cyclic references are findings: flows, boundary events, data objects, event definitions, lanes, pools', async () => {
    const codes = async (body: string): Promise<readonly string[]> => refusedWith(process(body));
    expect(await codes('<task id="A"/><sequenceFlow id="f" sourceRef="f" targetRef="f"/>')).to.include('BPMN_FLOW_ENDPOINT');
    expect(await codes('<boundaryEvent id="a" attachedToRef="b"><errorEventDefinition/></boundaryEvent><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/></boundaryEvent>')).to.include('BPMN_BOUNDARY_NOT_ATTACHED');
    expect(await codes('<dataObjectReference id="r" dataObjectRef="q"/><dataObjectReference id="q" dataObjectRef="r"/><task id="A"><property id="p" name="x"/><dataInputAssociation id="i"><sourceRef>r</sourceRef><targetRef>p</targetRef></dataInputAssociation></task>')).to.include('BPMN_REFERENCE_TYPE');
    expect(await codes('<intermediateCatchEvent id="c"><eventDefinitionRef>c</eventDefinitionRef></intermediateCatchEvent>')).to.include('BPMN_REFERENCE_TYPE');
    expect(await codes('<laneSet id="ls"><lane id="l" name="L"><flowNodeRef>l</flowNodeRef></lane></laneSet><task id="A"/>')).to.include('BPMN_LANE_NODE');
    expect(await refusedWith(file('<collaboration id="c"><participant id="p" processRef="c"/></collaboration><process id="P"><task id="A"/></process>'))).to.include('BPMN_REFERENCE_TYPE');
  });

  it('A process that calls itself stops with an incident 25 calls deep', async () => {
    const test = await inWorld('process P\nstart -> call Again calls=P -> end');
    test.start('P');
    expect(test.cases('P')).to.have.length(26);
    expect(test.records.flatMap(({ events }) => events).find((event) => event.type === 'IncidentRaised')).to.include({ elementId: 'Again' });
  });

  it('A quantity, a cardinality or a repetition of a billion does not fill the memory', async () => {
    expect(await refusedWith(process('<task id="A" completionQuantity="1000000000"/>'))).to.deep.equal(['BPMN_QUANTITY_INVALID']);
    given(await processOf('start -> task A times=1000000000000 -> end')).when(start()).including({ type: 'IncidentRaised', elementId: 'A', code: 'INCIDENT_EXPRESSION' });
    given(await processOf('start -> task A times="=n" until="=true" -> end')).when(start({ n: 1_000_000 })).including('LoopCompleted A', 'InstanceCompleted');
  });
});

describe('Engine: hostile data', () => {
  const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'isPrototypeOf'];

  it('Names of prototypes are variables like any other: at the start, in conditions, mappings, loops and results', async () => {
    const named = (name: string, value: unknown): Variables => JSON.parse(`{${JSON.stringify(name)}: ${JSON.stringify(value)}}`) as Variables;
    for (const name of NAMES) {
      const graph = await processOf(`
        start -> xor X default=end
        X -[${name} > 0]-> script S is="=${name} + 1" result=${name} -> service W job=w each="=list" as=${name} in.seen="=${name}" collect=found collects="=seen" -> user U -> end
        X -> end`);
      expect(given(graph, start()).case.path(), `${name} is missing`).to.deep.equal(['start']);
      const { case: on } = given(graph, start({ ...named(name, 1), list: [7, 8] }), jobDone('W', named(name, 'x')), jobDone('W', named(name, 'y')), set(named(name, 3)), done('U'));
      const found = on.variables();
      expect([on.state.status, found['found'], Object.getOwnPropertyDescriptor(found, name)?.value], name).to.deep.equal(['completed', [7, 8], 3]);
    }
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
    expect(({} as Record<string, unknown>)['seen']).to.equal(undefined);
  });

  it('A variable too large or too deep is refused, a missing one called like a prototype is missing', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 600; level += 1) deep = [deep];
    given(await processOf('start -> user A -> end')).when(start({ deep } as Variables)).refused('INSTANCE_VARIABLES_TOO_DEEP');
    given(await processOf('start -> user A -> end')).when(start({ large: 'x'.repeat(5_000_000) })).refused('INSTANCE_VARIABLES_TOO_LARGE');
    given(await processOf('start -> xor X default=end\nX -[toString > 1]-> task A -> end\nX -> end')).when(start()).including({ type: 'IncidentRaised', elementId: 'X' });
  });

  it('Timers in the past fire at once, and once; those without a period or a length that can be are incidents', async () => {
    const past = await processOf('start -> catch W date="=x" -> end');
    given(past, start({ x: '1970-01-01T00:00:00Z' })).when(timerNow('W')).including('TimerFired W', 'InstanceCompleted');
    given(past, start({ x: '1970-01-01T00:00:00Z' }), timerNow('W')).when(timerNow('W')).refused('INSTANCE_ENDED');
    const before = await processOf('start -> catch W after="=x" -> end');
    given(before, start({ x: '-PT1H' })).when(timerNow('W')).including('TimerFired W', 'InstanceCompleted');
    for (const x of ['P99999999999999999999D', 'PT1e9S', '', null, {}]) given(before).when(start({ x })).including({ type: 'IncidentRaised', elementId: 'W', code: 'INCIDENT_TIMER' });
    const cycle = await processOf('start -> user U -> end\nboundary B on=U every="=x" beside -> end Told');
    for (const x of ['R/PT0S', 'R3/-PT1S', 'R/P0D', '* * *', '0 0 30 2 *']) given(cycle).when(start({ x })).including({ type: 'IncidentRaised', elementId: 'U', code: 'INCIDENT_TIMER' });
    // A billion firings are missed: one event says so.
    given(cycle, start({ x: 'R/PT1S' })).when((on) => ({ action: { type: 'FireTimer', timer: on.wait('timer', 'B') }, facts: { now: '2057-01-05T09:00:00.000Z' } })).including('TimerFired B').and((on) => {
      expect(on.events.filter(({ type }) => type === 'TimerFired')).to.have.length(1);
    });
  });

  it('Message storms: cases that start each other for ever are seen before deployment, and stopped by an incident', async () => {
    const endless = 'process P\nstart Ping message=Ping -> end Pong message=Ping';
    expect((await modelOf(endless)).warnings.map(({ code, elementId }) => `${code} ${elementId}`)).to.include('BPMN_CASES_ENDLESS Pong');
    const test = await inWorld(endless);
    test.world.publish('Ping', '', {}, 'm1', 'PT0S');
    expect([test.cases('P').length, test.types().filter((type) => type === 'IncidentRaised').length]).to.deep.equal([1_001, 1]);
  }).timeout(60_000);

  it('Signal storms: a signal that reaches thousands is delivered in pieces, and each gets it once', async () => {
    const test = await inWorld('process P\nstart -> catch W signal=Go -> end');
    for (let index = 0; index < 3_000; index += 1) test.start('P');
    test.do({ signal: 'Go' });
    expect(test.path().filter((id) => id === 'end')).to.have.length(3_000);
    expect(Math.max(...test.records.map(({ events }) => events.length))).to.be.lessThan(3_000);
  }).timeout(60_000);
});
