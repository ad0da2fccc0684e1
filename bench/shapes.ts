// Fork and join, multi-instance and loop: whole instances in memory with event encoding, beside npm bpmn-engine in the same process, CPU time, medians of interleaved rounds.
import { DEFAULT_LIMITS, compile, decide, isRejection, newInstance } from '../engine/index.ts';
import type { InstanceAction, InstanceState, ProcessGraph } from '../engine/index.ts';
import { Engine } from 'bpmn-engine';
import { median, turn } from './measure.ts';

const ROUNDS = 5;
const ROUND_MS = 600;
const ITEMS = 1_000;
/** The peer calls itself for every element it passes: with 1,000 times its stack is too small. */
const TIMES = 100;

interface Shape {
  readonly name: string;
  /** CPU ratio to reach. */
  readonly goal: number;
  readonly body: (side: 'piton' | 'peer') => string;
  /** How often the script of one instance runs. */
  readonly counts: number;
}

/** A script that counts, so that both sides can be asked whether they did the work. */
const count = (id: string, side: 'piton' | 'peer', inside = ''): string => (side === 'piton'
  ? `<bpmn:scriptTask id="${id}"><bpmn:extensionElements><zeebe:script expression="=n + 1" resultVariable="n"/></bpmn:extensionElements>${inside}</bpmn:scriptTask>`
  : `<bpmn:scriptTask id="${id}" scriptFormat="javascript">${inside}<bpmn:script>environment.services.count(); next();</bpmn:script></bpmn:scriptTask>`);
const COUNTING: ReadonlySet<string> = new Set(['each', 'count']);
const cardinality = (sequential: boolean): string => `<bpmn:multiInstanceLoopCharacteristics isSequential="${String(sequential)}"><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">${String(ITEMS)}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>`;

const flow = (id: string, from: string, to: string, condition = ''): string => `<bpmn:sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${condition === '' ? '' : `<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${condition}</bpmn:conditionExpression>`}</bpmn:sequenceFlow>`;
const branches = Array.from({ length: 10 }, (_, index) => `b${String(index)}`);

const SHAPES: readonly Shape[] = [
  {
    name: 'fork and join of ten', goal: 150, counts: 0,
    body: () => `<bpmn:startEvent id="start"/><bpmn:parallelGateway id="fork"/>${branches.map((id) => `<bpmn:task id="${id}"/>`).join('')}<bpmn:parallelGateway id="join"/><bpmn:endEvent id="end"/>
      ${flow('f0', 'start', 'fork')}${branches.map((id) => flow(`i${id}`, 'fork', id) + flow(`o${id}`, id, 'join')).join('')}${flow('f1', 'join', 'end')}`,
  },
  {
    name: `multi-instance of ${String(ITEMS)}, sequential`, goal: 40, counts: ITEMS,
    body: (side) => `<bpmn:startEvent id="start"/>${count('each', side, cardinality(true))}<bpmn:endEvent id="end"/>${flow('f0', 'start', 'each')}${flow('f1', 'each', 'end')}`,
  },
  {
    name: `multi-instance of ${String(ITEMS)}, parallel`, goal: 40, counts: ITEMS,
    body: (side) => `<bpmn:startEvent id="start"/>${count('each', side, cardinality(false))}<bpmn:endEvent id="end"/>${flow('f0', 'start', 'each')}${flow('f1', 'each', 'end')}`,
  },
  {
    name: `loop of ${String(TIMES)} through a gateway`, goal: 200, counts: TIMES,
    body: (side) => `<bpmn:startEvent id="start"/><bpmn:exclusiveGateway id="again"/>${count('count', side)}<bpmn:exclusiveGateway id="done" default="back"/><bpmn:endEvent id="end"/>
      ${flow('f0', 'start', 'again')}${flow('f1', 'again', 'count')}${flow('f2', 'count', 'done')}${flow('back', 'done', 'again')}${flow('out', 'done', 'end', side === 'piton' ? `=n &gt;= ${String(TIMES)}` : `\${environment.services.enough()}`)}`,
  },
];

function xmlOf(shape: Shape, side: 'piton' | 'peer'): string {
  return `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="urn:bench"><bpmn:process id="p" isExecutable="true">${shape.body(side)}</bpmn:process></bpmn:definitions>`;
}

async function graphOf(shape: Shape): Promise<ProcessGraph> {
  const compiled = await compile(xmlOf(shape, 'piton'));
  if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
  return compiled.processes[0]!;
}

/** Starts one instance and goes on with its turns until it has ended; every event is encoded as the log would. */
function piton(graph: ProcessGraph, number: number, counts: number): void {
  const state: InstanceState = newInstance(`s${String(number)}`);
  const facts = { now: '2026-01-05T09:00:00.000Z', zone: 'UTC', calendars: {}, definitions: { p: 1 }, limits: DEFAULT_LIMITS };
  let done = 0;
  const execute = (action: InstanceAction): string | undefined => {
    const events = decide(graph, state, { ...action, actor: { person: 'officer', groups: [] } }, facts);
    if (isRejection(events)) throw new Error(events.message);
    Buffer.from(JSON.stringify(events));
    for (const event of events) if (event.type === 'ElementCompleted' && COUNTING.has(event.elementId)) done += 1;
    return events.at(-1)?.type;
  };
  let last = execute({ type: 'StartInstance', processId: 'p', version: 1, variables: { n: 0 } });
  while (last === 'TurnYielded') last = execute({ type: 'Continue' });
  if (last !== 'InstanceCompleted') throw new Error(`Expected the instance to have ended, but its last event is ${String(last)}`);
  if (done !== counts) throw new Error(`Expected ${String(counts)} counts, but there are ${String(done)}`);
}

async function parsed(shape: Shape): Promise<object> {
  const engine = new Engine({ name: 'p', source: xmlOf(shape, 'peer') });
  const [definition] = (await engine.getDefinitions()) as unknown as readonly { readonly environment: { readonly options: { readonly source: object } } }[];
  return definition!.environment.options.source;
}

async function peer(source: object, number: number, counts: number): Promise<void> {
  let done = 0;
  const engine = new Engine({ name: `p${String(number)}`, sourceContext: source as never, services: { count: () => { done += 1; }, enough: () => done >= TIMES } });
  const ended = new Promise<void>((resolve, reject) => { engine.once('end', () => { resolve(); }); engine.once('error', reject); });
  await engine.execute({ variables: { n: 0 } });
  await ended;
  if (done !== counts) throw new Error(`Expected the peer to count ${String(counts)}, but it counted ${String(done)}`);
}

/** Instances per second of CPU in one round. */
async function measured(one: (number: number) => void | Promise<void>): Promise<number> {
  const begin = process.cpuUsage();
  const until = performance.now() + ROUND_MS;
  let instances = 0;
  do {
    await one((instances += 1));
    if (instances % 16 === 0) await turn();
  } while (performance.now() < until);
  const { user, system } = process.cpuUsage(begin);
  return instances / ((user + system) / 1e6);
}

for (const shape of SHAPES) {
  const graph = await graphOf(shape);
  const source = await parsed(shape);
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const own = await measured((number) => { piton(graph, number, shape.counts); });
    const other = await measured((number) => peer(source, number, shape.counts));
    // The first round warms up.
    if (round === 0) continue;
    ours.push(own);
    theirs.push(other);
    ratios.push(own / other);
  }
  process.stdout.write(`${shape.name.padEnd(36)} ${median(ours).toFixed(1).padStart(10)} /s ${median(theirs).toFixed(2).padStart(9)} /s ${median(ratios).toFixed(1).padStart(8)}x CPU, goal ${String(shape.goal)}x: ${median(ratios) >= shape.goal ? 'reached' : 'NOT reached'}\n`);
}
