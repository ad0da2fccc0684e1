// The engine beside npm bpmn-engine and npm bpmn-elements: the same work in memory in one run, per second of CPU, with event encoding; and what a deployment costs beside bpmn-moddle's own parse.
//
// All three take turns in one process; medians of interleaved rounds. Every instance is asked whether it did its work.
import { BpmnModdle } from 'bpmn-moddle';
import * as elements from 'bpmn-elements';
import { Engine, JavaScripts } from 'bpmn-engine';
import { compile, DEFAULT_LIMITS, decide, isRejection, newInstance } from '../engine/index.ts';
import type { InstanceAction, InstanceState, ProcessGraph } from '../engine/index.ts';
import { median, turn } from './measure.ts';
import { diagram, SHAPES, TIMES } from './shape-models.ts';
import type { Shape } from './shape-models.ts';

const ROUNDS = 5;
const ROUND_MS = 600;
const NODES = 50;
const MOST_DEPLOY = 2;
const VARIABLES = { n: 0, amount: 1250, purpose: 'office furniture' };
const ANSWER = { remarks: 'in order' };
const OFFICER = { person: 'officer', groups: [] };

async function graphOf(shape: Shape): Promise<ProcessGraph> {
  const compiled = await compile(shape.xml('piton'));
  if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
  return compiled.processes[0]!;
}

/** Starts one instance, does what it waits for and goes on with its turns until it has ended; every event is encoded as the log would. */
function piton(graph: ProcessGraph, number: number, { counts, userTasks }: Shape): void {
  const state: InstanceState = newInstance(`s${String(number)}`);
  const facts = { now: '2026-01-05T09:00:00.000Z', zone: 'UTC', calendars: {}, definitions: { [graph.id]: 1 }, limits: DEFAULT_LIMITS };
  const waiting: InstanceAction[] = [];
  let [worked, completed] = [0, 0];
  const execute = (action: InstanceAction): string | undefined => {
    const events = decide(graph, state, { ...action, actor: OFFICER }, facts);
    if (isRejection(events)) throw new Error(events.message);
    Buffer.from(JSON.stringify(events));
    for (const event of events) {
      if (event.type === 'UserTaskCreated') waiting.push({ type: 'CompleteTask', task: event.id, variables: ANSWER });
      else if (event.type === 'JobCreated') waiting.push({ type: 'CompleteJob', job: event.id, variables: {} });
      else if (event.type === 'UserTaskCompleted') completed += 1;
      else if (event.type === 'JobCompleted' || (event.type === 'ElementCompleted' && (event.elementId === 'each' || event.elementId === 'count'))) worked += 1;
    }
    return events.at(-1)?.type;
  };
  let last = execute({ type: 'StartInstance', processId: graph.id, version: 1, variables: VARIABLES });
  for (;;) {
    const next = last === 'TurnYielded' ? ({ type: 'Continue' } as const) : waiting.shift();
    if (!next) break;
    last = execute(next);
  }
  if (last !== 'InstanceCompleted' || worked !== counts || completed !== userTasks) throw new Error(`Expected an ended instance with ${String(counts)} pieces of work and ${String(userTasks)} tasks, but it is ${String(last)} with ${String(worked)} and ${String(completed)}`);
}

type Done = (error: unknown, result?: unknown) => void;

/** What both peers are asked and tell. */
interface Waiting {
  getPostponed(): readonly { readonly type: string; signal(answer: object): void }[];
}

/** Their work: a loop has to give the stack back at each round, or it is too small for a thousand. */
class PeerWork {
  readonly #loops: boolean;
  done = 0;

  constructor(shape: Shape) {
    this.#loops = shape.counts === TIMES && shape.name.startsWith('loop');
  }

  get services(): Record<string, unknown> {
    return {
      work: (_scope: unknown, finish: Done) => {
        this.done += 1;
        if (this.#loops) setImmediate(() => { finish(null, {}); });
        else finish(null, {});
      },
      enough: () => this.done >= TIMES,
    };
  }
}

function completeTasks(on: Waiting): number {
  let completed = 0;
  for (;;) {
    const task = on.getPostponed().find(({ type }) => type === 'bpmn:UserTask');
    if (!task) return completed;
    task.signal(ANSWER);
    completed += 1;
  }
}

function assertPeer(shape: Shape, work: PeerWork, completed: number): void {
  if (work.done !== shape.counts || completed !== shape.userTasks) throw new Error(`Expected the peer to do ${String(shape.counts)} pieces of work and ${String(shape.userTasks)} tasks, but it did ${String(work.done)} and ${String(completed)}`);
}

async function parsed(shape: Shape): Promise<object> {
  const engine = new Engine({ name: 'p', source: shape.xml('peer') });
  const [definition] = (await engine.getDefinitions()) as unknown as readonly { readonly environment: { readonly options: { readonly source: object } } }[];
  return definition!.environment.options.source;
}

async function bpmnEngine(source: object, number: number, shape: Shape): Promise<void> {
  const work = new PeerWork(shape);
  const engine = new Engine({ name: `p${String(number)}`, sourceContext: source as never, services: work.services as never });
  const ended = new Promise<void>((resolve, reject) => { engine.once('end', () => { resolve(); }); engine.once('error', reject); });
  const instance = (await engine.execute({ variables: VARIABLES })) as unknown as Waiting;
  const completed = shape.userTasks === 0 ? 0 : completeTasks(instance);
  await ended;
  assertPeer(shape, work, completed);
}

interface Definition extends Waiting {
  once(event: 'leave', listener: () => void): void;
  run(): void;
}

async function bpmnElements(source: object, shape: Shape): Promise<void> {
  const work = new PeerWork(shape);
  const { Context, Definition, Environment } = elements as unknown as { readonly Context: new (source: object, environment: object) => object; readonly Definition: new (context: object) => Definition; readonly Environment: new (options: object) => object };
  const definition = new Definition(new Context(source, new Environment({ services: work.services, scripts: new JavaScripts(false), variables: VARIABLES })));
  const ended = new Promise<void>((resolve) => { definition.once('leave', resolve); });
  definition.run();
  const completed = shape.userTasks === 0 ? 0 : completeTasks(definition);
  await ended;
  assertPeer(shape, work, completed);
}

/** Pieces of work per second of CPU in one round. */
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

type Side = (number: number) => void | Promise<void>;

/** Medians of each side and of the ratios of the first to the others; the first round warms up. */
async function rounds(sides: readonly Side[]): Promise<{ readonly rates: readonly number[]; readonly ratios: readonly number[] }> {
  const rates = sides.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, side] of sides.entries()) {
      const rate = await measured(side);
      if (round > 0) rates[index]?.push(rate);
    }
  }
  const ratio = (peer: readonly number[]): number => median(peer.map((rate, index) => (rates[0]?.[index] ?? 0) / rate));
  return { rates: rates.map(median), ratios: rates.slice(1).map(ratio) };
}

const say = (text: string): void => { process.stdout.write(`${text}\n`); };
const number = (value: number): string => (value >= 100 ? value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',') : value.toFixed(2));

say('| instances per second of CPU | Piton | bpmn-engine | bpmn-elements | to bpmn-engine | to bpmn-elements | goal (aim) |');
say('|---|---|---|---|---|---|---|');
for (const shape of SHAPES) {
  const graph = await graphOf(shape);
  const source = await parsed(shape);
  const { rates, ratios } = await rounds([(index) => { piton(graph, index, shape); }, (index) => bpmnEngine(source, index, shape), () => bpmnElements(source, shape)]);
  const least = Math.min(...ratios);
  const verdict = least >= shape.aim ? 'aim reached' : least >= shape.goal ? 'goal reached' : 'NOT reached';
  say(`| ${shape.name} | ${rates.map(number).join(' | ')} | ${ratios.map((ratio) => `${ratio.toFixed(0)}x`).join(' | ')} | ${String(shape.goal)}x (${String(shape.aim)}x): ${verdict} |`);
}

const xml = diagram(NODES);
const moddle = new BpmnModdle();
const deploy = await rounds([async () => { if (Array.isArray(await compile(xml))) throw new Error('Expected the diagram to be accepted'); }, async () => { await moddle.fromXML(xml); }]);
const times = 1 / (deploy.ratios[0] ?? 0);
say('');
say(`deploy of ${String(NODES)} nodes (${(xml.length / 1024).toFixed(0)} KB): parse, validate and compile ${(1_000 / (deploy.rates[0] ?? 0)).toFixed(2)} ms of CPU, bpmn-moddle's own parse ${(1_000 / (deploy.rates[1] ?? 0)).toFixed(2)} ms: ${times.toFixed(2)} times, goal at most ${String(MOST_DEPLOY)}: ${times <= MOST_DEPLOY ? 'reached' : 'NOT reached'}`);
