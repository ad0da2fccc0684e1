/** Operations on a running or ended case (not in BPMN): each is one command of the engine, its refusals told with the names of the model. */
import type { InstanceAction, InstanceEvent, Json, ProcessGraph, Variables } from '../../engine/index.ts';
import { accepted, notFound, refused } from '../http/contract/failure.ts';
import type { CommandMeta, DecodedRecord, Refusal, Runtime } from '../runtime/types.ts';
import { caseFailure } from './errors.ts';
import { nameOf } from './history.ts';

export type OperationsRuntime = Pick<Runtime, 'execute' | 'rehearse' | 'changedChoices' | 'inspect' | 'history' | 'startInstance' | 'definitions'>;

export interface Acted {
  readonly id: string;
  readonly version: number;
  readonly position: number;
  readonly replayed: boolean;
}

/** Sends the command; throws its refusal with the names of elements. */
export async function act(runtime: OperationsRuntime, stream: string, action: InstanceAction, meta: CommandMeta): Promise<Acted> {
  const answer = await runtime.execute(stream, action, meta);
  if (answer.outcome === 'rejected') throw refused(await withNames(runtime, stream, action, answer.rejection));
  const { version, position, replayed } = accepted<InstanceEvent>(answer);
  return { id: stream, version, position, replayed };
}

/** The engine quotes ids of elements; people know them by their names in the version the case is in, or is to go on in. */
export async function withNames(runtime: OperationsRuntime, stream: string, action: InstanceAction, refusal: Refusal): Promise<Refusal> {
  const live = await runtime.inspect(stream);
  if (live === undefined) return refusal;
  const target = action.type === 'MigrateInstance' ? runtime.definitions.version(live.state.processId, action.version) : undefined;
  const graphs = [live.graph, ...(target === undefined ? [] : [await runtime.definitions.graph(target.processId, target.version)])];
  const named = (text: string): string => text.replaceAll(/“([^”]+)”/g, (_quoted, id: string) => `“${firstName(graphs, id)}”`);
  return { ...refusal, message: named(refusal.message), ...(refusal.reasons && { reasons: refusal.reasons.map(named) }) };
}

function firstName(graphs: readonly ProcessGraph[], id: string): string {
  const graph = graphs.find(({ nodes }) => nodes.has(id));
  return graph === undefined ? id : nameOf(graph, id);
}

export interface Restarted {
  readonly id: string;
  readonly processId: string;
  readonly version: number;
  readonly restartOf: string;
  readonly position: number;
  readonly replayed: boolean;
}

/** A new case with what the ended one held last. Throws CASE_NOT_OVER, CASE_CALLED, CASE_ERASED. `asked`: the version; absent: the latest. */
export async function restart(runtime: OperationsRuntime, stream: string, reason: string, asked: number | undefined, meta: CommandMeta): Promise<Restarted> {
  const [live, records] = await Promise.all([runtime.inspect(stream), runtime.history(stream)]);
  if (live === undefined) throw notFound(`case ${stream}`);
  const { processId, status, parent, businessKey, startElementId, startedBy } = live.state;
  if (status === 'active') throw caseFailure('CASE_NOT_OVER', { id: stream });
  if (parent !== undefined) throw caseFailure('CASE_CALLED', { id: stream, parent: parent.stream });
  if (records.some((record) => record.erased)) throw caseFailure('CASE_ERASED', { id: stream });
  const definition = asked === undefined ? runtime.definitions.latest(processId) : runtime.definitions.version(processId, asked);
  if (definition === undefined) throw notFound(`version ${String(asked ?? '')} of process ${processId}`);
  const { version } = definition;
  const { starts, instantiating } = await runtime.definitions.graph(processId, version);
  const begins = [...starts, ...instantiating.map(({ node }) => node)].some(({ id }) => id === startElementId);
  const answer = accepted<InstanceEvent>(await runtime.startInstance({
    processId, version, variables: heldLast(records), restartOf: stream, reason, startedBy, ...(businessKey !== undefined && { businessKey }), ...(begins && { startElementId }),
  }, meta));
  return { id: answer.stream, processId, version, restartOf: stream, position: answer.position, replayed: answer.replayed };
}

/** An ended case has no scopes any more: what it held is folded from its history. */
function heldLast(records: readonly DecodedRecord[]): Variables {
  const held: Record<string, Json> = {};
  for (const event of records.flatMap((record) => record.events as readonly InstanceEvent[])) {
    if (event.type === 'VariablesWritten' && event.scope === 0) for (const [name, value] of Object.entries(event.values)) Object.defineProperty(held, name, { value, enumerable: true, configurable: true, writable: true });
  }
  return held;
}
