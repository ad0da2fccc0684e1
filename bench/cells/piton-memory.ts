/** Piton in memory: every command decided and folded, its events encoded as the log would store them, nothing written. */
import { DEFAULT_LIMITS, compile, decide, instanceStream, isRejection, newInstance } from '../../engine/index.ts';
import type { Actor, Facts, InstanceAction, InstanceEvent, InstanceState, ProcessGraph } from '../../engine/index.ts';
import { assertSame, measure, turn } from '../measure.ts';
import type { Budget, Measured } from '../measure.ts';
import { ANSWER, OFFICER, SERVICE_TASKS, USER_TASKS, VARIABLES, workloadXml } from '../workloads.ts';
import type { Workload } from '../workloads.ts';

/** Instances between two turns of the event loop; one costs less than the turn. */
const PER_TURN = 64;
const ACTOR: Actor = { person: OFFICER, groups: [] };
const SYSTEM_ACTOR: Actor = { person: 'system', groups: [] };

export async function pitonMemory(workload: Workload, budget: Budget): Promise<Measured> {
  const graph = await graphOf(workload);
  const log = new EncodedLog(graph);
  const one = workload === 'approval' ? approval : straight;
  let number = 0;
  // Loops without the client's bookkeeping, which would cost as much as the engine.
  const many = async (): Promise<number> => {
    let tasks = 0;
    for (let index = 0; index < PER_TURN; index += 1) tasks += one(log, instanceStream(workload, String((number += 1))));
    await turn();
    return tasks;
  };
  const { instances: turns, ...measured } = await measure({ ...budget, clients: 1 }, many);
  assertSame('ended instances', number, log.ended);
  return { ...measured, instances: turns * PER_TURN, notes: { bytesPerInstance: log.bytes / number } };
}

async function graphOf(workload: Workload): Promise<ProcessGraph> {
  const compiled = await compile(workloadXml(workload, 'piton'));
  if (Array.isArray(compiled)) throw new Error(compiled.map(({ message }) => message).join('\n'));
  const [graph] = compiled.processes;
  if (!graph) throw new Error(`Expected ${workload} to be executable, but it is not`);
  return graph;
}

/** Decides and encodes; keeps what it counts, not the bytes. */
class EncodedLog {
  readonly #graph: ProcessGraph;
  readonly #facts: Omit<Facts, 'now'>;
  bytes = 0;
  ended = 0;

  constructor(graph: ProcessGraph) {
    this.#graph = graph;
    this.#facts = { zone: 'America/St_Lucia', calendars: {}, definitions: { [graph.id]: 1 }, limits: DEFAULT_LIMITS };
  }

  execute(state: InstanceState, action: InstanceAction, actor: Actor): readonly InstanceEvent[] {
    const events = decide(this.#graph, state, { ...action, actor }, { ...this.#facts, now: new Date().toISOString() });
    if (isRejection(events)) throw new Error(events.message);
    this.bytes += Buffer.from(JSON.stringify(events)).length;
    if (events.at(-1)?.type === 'InstanceCompleted') this.ended += 1;
    return events;
  }
}

function approval(log: EncodedLog, stream: string): number {
  const state = newInstance(stream);
  let events = log.execute(state, { type: 'StartInstance', processId: 'approval', version: 1, variables: VARIABLES }, ACTOR);
  for (const id of USER_TASKS) events = log.execute(state, { type: 'CompleteTask', task: created(events, 'UserTaskCreated', id), variables: ANSWER }, ACTOR);
  return USER_TASKS.length;
}

function straight(log: EncodedLog, stream: string): number {
  const state = newInstance(stream);
  let events = log.execute(state, { type: 'StartInstance', processId: 'straight', version: 1, variables: VARIABLES }, ACTOR);
  for (let task = 1; task <= SERVICE_TASKS; task += 1) {
    events = log.execute(state, { type: 'CompleteJob', job: created(events, 'JobCreated', `work-${String(task)}`), variables: {} }, SYSTEM_ACTOR);
  }
  return SERVICE_TASKS;
}

/** The counter of the task or job that was created for `elementId`. */
export function created(events: readonly InstanceEvent[], type: 'UserTaskCreated' | 'JobCreated', elementId: string): number {
  for (const event of events) if (event.type === type && event.elementId === elementId) return event.id;
  throw new Error(`Expected ${elementId} to be waiting, but it is not`);
}
