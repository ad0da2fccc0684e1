/** The handlers that read cases: list, one case, its history, its variables. */
import type { InstanceState, Json, ProcessGraph } from '../../engine/index.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { incompleteBy } from '../http/contract/common.ts';
import { notFound } from '../http/contract/failure.ts';
import { getHistory, getInstance, getVariables, listInstances } from '../http/contract/instances.ts';
import type { Directory } from '../ports/directory.ts';
import type { Runtime } from '../runtime/types.ts';
import { findCases, readerKeys } from './cases.ts';
import { historyItems, nameOf } from './history.ts';
import { locateCase } from './locate.ts';
import type { CaseRow, CaseStatus, CaseTables } from './projection.ts';

export function readRoutes(tables: CaseTables, runtime: Runtime, directory: Directory): BoundRoute[] {
  return [
    bind(listInstances, async ({ person, query, may }) => {
      const readers = may('read-all-cases') ? undefined : readerKeys(person);
      const { rows, next } = await findCases(tables, readers, query, query.limit, query.after);
      return { status: 200, body: { items: rows.map((row) => summary(row, runtime, directory)), page: next === undefined ? {} : { next }, ...(query.status !== 'active' && incompleteBy(runtime.owed)) } };
    }),
    bind(getInstance, async ({ params }) => {
      const { state, graph } = await inspect(runtime, params.id);
      const row = await tables.cases.get(params.id) ?? rowOf(state, await runtime.history(params.id));
      return { status: 200, body: { ...summary(row, runtime, directory), ...standing(state, graph) } };
    }, ({ params }) => locateCase(tables, runtime, params.id)),
    bind(getHistory, async ({ params, query, may, resource }) => {
      const [{ graph }, records] = await Promise.all([inspect(runtime, params.id), runtime.history(params.id)]);
      const all = historyItems(records, graph, directory, may('read-case-content', resource)).filter((item) => item.version > (query.after ?? 0));
      const cut = endOfRecord(all, query.limit);
      return { status: 200, body: { items: all.slice(0, cut), page: cut < all.length ? { next: all[cut - 1]!.version } : {} } };
    }, ({ params }) => locateCase(tables, runtime, params.id)),
    bind(getVariables, async ({ params }) => {
      const { state } = await inspect(runtime, params.id);
      return { status: 200, body: variablesOf(state) };
    }, ({ params }) => locateCase(tables, runtime, params.id)),
  ];
}

async function inspect(runtime: Runtime, stream: string): Promise<{ readonly state: InstanceState; readonly graph: ProcessGraph }> {
  const live = await runtime.inspect(stream);
  if (live === undefined) throw notFound(`case ${stream}`);
  return live;
}

/** Pages end with a record, because the next one starts behind a version. */
function endOfRecord(items: readonly { readonly version: number }[], limit: number): number {
  let cut = Math.min(limit, items.length);
  while (cut < items.length && items[cut]!.version === items[cut - 1]!.version) cut++;
  return cut;
}

function summary(row: CaseRow, runtime: Runtime, directory: Directory): {
  readonly id: string; readonly processId: string; readonly version: number; readonly name: string; readonly status: CaseStatus; readonly businessKey?: string;
  readonly startedAt: string; readonly startedBy: string; readonly startedByName: string; readonly endedAt?: string; readonly parent?: string;
} {
  const { stream, processId, version, status, businessKey, startedAt, startedBy, endedAt, parent } = row;
  return {
    id: stream, processId, version, name: runtime.definitions.version(processId, version)?.name ?? processId, status, startedAt, startedBy,
    startedByName: directory.person(startedBy)?.name ?? startedBy,
    ...(businessKey === null ? {} : { businessKey }), ...(endedAt === null ? {} : { endedAt }), ...(parent === null ? {} : { parent }),
  };
}

/** What state and history tell, while the tables do not know the case: they are behind, or a rebuild folds it later. */
function rowOf(state: InstanceState, records: readonly { readonly at: string }[]): CaseRow {
  const status = state.status === 'new' ? 'active' : state.status;
  return {
    stream: state.stream, processId: state.processId, version: state.version, status, businessKey: state.businessKey ?? null, startedAt: records[0]?.at ?? '', startedBy: state.startedBy,
    endedAt: status === 'active' ? null : records.at(-1)?.at ?? null, parent: state.parent?.stream ?? null, order: '',
  };
}

function standing(state: InstanceState, graph: ProcessGraph): {
  readonly active: readonly { readonly id: number; readonly elementId: string; readonly elementName: string; readonly elementType: string }[];
  readonly incidents: readonly { readonly id: number; readonly elementId: string; readonly elementName: string; readonly code: string; readonly message: string }[];
} {
  const active = [...state.elements.values()].filter((element) => element.id !== 0).map(({ id, elementId }) => ({
    id, elementId, elementName: nameOf(graph, elementId), elementType: graph.nodes.get(elementId)?.type ?? 'process',
  }));
  const incidents = [...state.waits.values()].flatMap((wait) => {
    if (wait.kind !== 'incident') return [];
    const elementId = state.elements.get(wait.element)?.elementId ?? state.processId;
    return [{ id: wait.id, elementId, elementName: nameOf(graph, elementId), code: wait.code, message: wait.message }];
  });
  return { active, incidents };
}

type JsonObject = Record<string, Json>;

function variablesOf(state: InstanceState): { readonly variables: JsonObject; readonly scopes: readonly { readonly scope: number; readonly elementId: string; readonly variables: JsonObject }[] } {
  const scopes = [...state.elements.values()].flatMap(({ id, elementId, variables }) => (
    id === 0 || variables === undefined || variables.size === 0 ? [] : [{ scope: id, elementId, variables: Object.fromEntries(variables) }]));
  return { variables: Object.fromEntries(state.elements.get(0)?.variables ?? []), scopes };
}
