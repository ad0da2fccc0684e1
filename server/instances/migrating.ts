/** Going on in another version: the plan of one case, looked at before it is carried out, and batches with canaries. */
import type { ChangedChoice, InstanceAction, InstanceEvent, InstanceState, ProcessGraph, Wait } from '../../engine/index.ts';
import { HttpFailure, notFound } from '../http/contract/failure.ts';
import type { BatchReport, MigrationPlan } from '../http/contract/operations.ts';
import type { CommandMeta } from '../runtime/types.ts';
import { caseFailure } from './errors.ts';
import { nameOf } from './history.ts';
import { act, withNames } from './operations.ts';
import type { Acted, OperationsRuntime } from './operations.ts';
import type { CaseTables } from './projection.ts';

/** `groupsOf`: the units and posts whose tasks a person is offered; of nobody known none. */
export interface MigrationNeeds {
  readonly runtime: OperationsRuntime;
  readonly groupsOf: (person: string) => readonly string[];
}

export type Mapping = Readonly<Record<string, string>>;

function migration(version: number, mapping: Mapping, reason: string, holders: Readonly<Record<string, readonly string[]>>): InstanceAction {
  // The runtime reads the basis from the log when it is decided.
  return { type: 'MigrateInstance', version, basis: { nodes: {}, since: {} }, mapping, holders, reason };
}

/** The groups of everybody who holds a task of the case, or gets one back. */
function holdersOf({ elements }: InstanceState, groupsOf: MigrationNeeds['groupsOf']): Readonly<Record<string, readonly string[]>> {
  const people = [...elements.values()].flatMap(({ task }) => [task?.assignee, task?.owner].filter((person) => person !== undefined));
  return Object.fromEntries([...new Set(people)].map((person) => [person, groupsOf(person)]));
}

/** What would happen now; nothing is recorded. Throws HTTP_NOT_FOUND for an unknown case or version. */
export async function planOf({ runtime, groupsOf }: MigrationNeeds, stream: string, version: number, mapping: Mapping, meta: CommandMeta): Promise<MigrationPlan> {
  const live = await runtime.inspect(stream);
  if (live === undefined) throw notFound(`case ${stream}`);
  const { state, graph } = live;
  if (runtime.definitions.version(state.processId, version) === undefined) throw notFound(`version ${String(version)} of process ${state.processId}`);
  const target = await runtime.definitions.graph(state.processId, version);
  const action = migration(version, mapping, 'plan', holdersOf(state, groupsOf));
  // A live state goes on changing: what the plan tells of it is read before anything else is waited for.
  const told = { from: state.version, to: version, moves: movesOf(state, graph, target, mapping) };
  const waits = [...state.waits.values()];
  const hosts = new Map([...state.elements.values()].map(({ id, elementId }) => [id, elementId]));
  const outcome = await runtime.rehearse(stream, action, meta);
  const choices = (await runtime.changedChoices(stream, version, mapping)).map((choice) => choiceOf(choice, graph, target));
  if ('code' in outcome) {
    const { code, message, hint, reasons = [] } = await withNames(runtime, stream, action, outcome);
    const gone = new Set(waits.filter((wait) => 'elementId' in wait && !target.nodes.has(mapping[wait.elementId] ?? wait.elementId)).map(({ id }) => id));
    return { ...told, choices, tasks: [], possible: false, refusal: { code, message, hint, reasons: [...reasons] }, waits: waits.map((wait) => standing(wait, hosts, graph, gone)) };
  }
  const gone = new Set(outcome.flatMap((event) => (ENDS.has(event.type) && 'id' in event ? [event.id] : [])));
  return { ...told, choices, tasks: outcome.flatMap((event) => taskOf(event, target)), possible: true, waits: [...waits.map((wait) => standing(wait, hosts, graph, gone)), ...outcome.flatMap((event) => begun(event, target))] };
}

function movesOf(state: InstanceState, graph: ProcessGraph, target: ProcessGraph, mapping: Mapping): MigrationPlan['moves'] {
  return [...state.elements.values()].filter(({ id }) => id !== 0).map(({ id, elementId }) => {
    const to = target.nodes.get(mapping[elementId] ?? elementId);
    return { id, elementId, elementName: nameOf(graph, elementId), elementType: graph.nodes.get(elementId)?.type ?? 'process', to: to?.id ?? null, toName: to === undefined ? null : nameOf(target, to.id) };
  });
}

function choiceOf({ elementId, at, went, would, stuck }: ChangedChoice, graph: ProcessGraph, target: ProcessGraph): MigrationPlan['choices'][number] {
  const names = (ids: readonly string[], from: ProcessGraph): string[] => ids.map((id) => nameOf(from, id));
  return { elementId, elementName: nameOf(graph, elementId), at, went: names(went, graph), would: names(would, target), ...(stuck !== undefined && { stuck }) };
}

function taskOf(event: InstanceEvent, target: ProcessGraph): MigrationPlan['tasks'] {
  if (event.type !== 'UserTaskUpdated') return [];
  const { elementId, form = null, dueAt = null, candidateGroups = [], candidateUsers = [], withdrawn = null, assignee = null } = event;
  return [{ elementId, elementName: nameOf(target, elementId), form, dueAt, candidateGroups: [...candidateGroups], candidateUsers: [...candidateUsers], lostBy: withdrawn, givenTo: assignee }];
}

const ENDS: ReadonlySet<string> = new Set<InstanceEvent['type']>(['TimerCanceled', 'MessageUnsubscribed', 'SignalUnsubscribed', 'ConditionDisarmed']);

type PlannedWait = MigrationPlan['waits'][number];

function standing(wait: Wait, hosts: ReadonlyMap<number, string>, graph: ProcessGraph, gone: ReadonlySet<number>): PlannedWait {
  const elementId = 'elementId' in wait ? wait.elementId : hosts.get(wait.element) ?? '';
  return { kind: wait.kind, elementId, elementName: nameOf(graph, elementId), change: gone.has(wait.id) ? 'ends' : 'stays', ...(wait.kind === 'timer' && { dueAt: wait.dueAt }) };
}

const BEGINS: Readonly<Partial<Record<InstanceEvent['type'], PlannedWait['kind']>>> = { TimerScheduled: 'timer', MessageSubscribed: 'message', SignalSubscribed: 'signal', ConditionArmed: 'condition' };

function begun(event: InstanceEvent, target: ProcessGraph): readonly PlannedWait[] {
  const kind = BEGINS[event.type];
  if (kind === undefined || !('elementId' in event)) return [];
  return [{ kind, elementId: event.elementId, elementName: nameOf(target, event.elementId), change: 'begins', ...(event.type === 'TimerScheduled' && { dueAt: event.dueAt }) }];
}

/** All or nothing; throws why it is refused, with names. */
export async function migrateCase({ runtime, groupsOf }: MigrationNeeds, stream: string, version: number, mapping: Mapping, reason: string, meta: CommandMeta): Promise<Acted> {
  const live = await runtime.inspect(stream);
  return act(runtime, stream, migration(version, mapping, reason, live === undefined ? {} : holdersOf(live.state, groupsOf)), meta);
}

export interface BatchRequest {
  readonly processId: string;
  readonly from: number;
  readonly to: number;
  readonly mapping: Mapping;
  readonly canary: readonly string[];
  readonly limit: number;
  readonly dryRun: boolean;
  readonly reason: string;
}

type BatchItem = BatchReport['items'][number];
type Tried = Pick<BatchItem, 'outcome' | 'problem'> & { readonly position?: number };

/** Canaries first, then the oldest; the first refusal stops the rest. A dry run looks at all of them. */
export async function migrateBatch(tables: Pick<CaseTables, 'cases'>, needs: MigrationNeeds, request: BatchRequest, meta: CommandMeta): Promise<BatchReport> {
  const { processId, from, to, canary, dryRun } = request;
  const { runtime } = needs;
  for (const version of [from, to]) if (runtime.definitions.version(processId, version) === undefined) throw notFound(`version ${String(version)} of process ${processId}`);
  const { ids, more } = await casesOf(tables, request);
  const items: BatchItem[] = [];
  let stopped = false;
  let position: number | undefined;
  for (const id of ids) {
    const isCanary = canary.includes(id);
    if (stopped) {
      items.push({ id, canary: isCanary, outcome: 'not-tried' });
      continue;
    }
    const { position: at, ...tried } = await tryOne(needs, id, request, meta);
    position = at ?? position;
    items.push({ id, canary: isCanary, ...tried });
    stopped = tried.outcome === 'refused' && !dryRun;
  }
  const count = (...outcomes: readonly BatchItem['outcome'][]): number => items.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    processId, from, to, dryRun, stopped, more, items, migrated: count('migrated'), refused: count('refused'), notTried: count('not-tried'),
    ...(position !== undefined && { position }),
  };
}

async function tryOne(needs: MigrationNeeds, id: string, { processId, from, to, mapping, dryRun, reason }: BatchRequest, meta: CommandMeta): Promise<Tried> {
  try {
    const live = await needs.runtime.inspect(id);
    if (live?.state.processId !== processId || live.state.version !== from || live.state.status !== 'active') throw caseFailure('CASE_NOT_IN_VERSION', { id, version: from, process: processId });
    if (!dryRun) return { outcome: 'migrated', position: (await migrateCase(needs, id, to, mapping, reason, meta)).position };
    const { refusal } = await planOf(needs, id, to, mapping, meta);
    return refusal === undefined ? { outcome: 'possible' } : { outcome: 'refused', problem: { status: 409, title: 'The command was refused', code: refusal.code, detail: refusal.message, hint: refusal.hint } };
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const { status, title, code, message, hint } = error;
    return { outcome: 'refused', problem: { status, title, code, detail: message, hint } };
  }
}

const PAGE = 200;

/** The canaries in the order they were named, then up to `limit` others that are at work in the version, oldest first. */
async function casesOf({ cases }: Pick<CaseTables, 'cases'>, { processId, from, canary, limit }: BatchRequest): Promise<{ readonly ids: readonly string[]; readonly more: boolean }> {
  const first = [...new Set(canary)];
  const rest: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await cases.find({ where: { processId, status: 'active' }, orderBy: [{ column: 'order' }], limit: PAGE, ...(after !== undefined && { after }) });
    for (const row of page.rows) if (row.version === from && !first.includes(row.stream)) rest.push(row.stream);
    if (rest.length > limit) return { ids: [...first, ...rest.slice(0, limit)], more: true };
    if (page.next === undefined) return { ids: [...first, ...rest], more: false };
    after = page.next;
  }
}

/** Running cases of a version, the oldest first: whole pages until there are `limit` of them. */
export async function runningIn({ cases }: Pick<CaseTables, 'cases'>, processId: string, version: number, limit: number, after: string | undefined): Promise<{ readonly streams: readonly string[]; readonly next: string | undefined }> {
  const streams: string[] = [];
  for (let from = after; ;) {
    const page = await cases.find({ where: { processId, status: 'active' }, orderBy: [{ column: 'order' }], limit, ...(from !== undefined && { after: from }) });
    for (const row of page.rows) if (row.version === version) streams.push(row.stream);
    if (page.next === undefined || streams.length >= limit) return { streams, next: page.next };
    from = page.next;
  }
}
