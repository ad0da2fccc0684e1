/** Reads the counters: where the cases of one version of a procedure stand, and the cases behind a number. */
import type { FlowNode, FlowNodeType, ProcessGraph } from '../../engine/index.ts';
import type { ElementCounts, MonitorCase, MonitorElement, MonitorState, MonitorTotals } from '../http/contract/monitor.ts';
import { failure } from '../http/contract/failure.ts';
import type { Directory } from '../ports/directory.ts';
import type { Runtime } from '../runtime/types.ts';
import { NO_DUE_DATE, placeOf } from './projection.ts';
import type { DayRow, ElementRow, MonitorTables, OpenRow } from './projection.ts';

/** Counters of one version: rows by element id, and how many of each are overdue. */
export interface Counts {
  readonly rows: ReadonlyMap<string, ElementRow>;
  readonly overdue: ReadonlyMap<string, number>;
}

const PAGE = 1_000;
/** Where a case may stay; the others are passed at once, unless an incident holds it. A sub-process stands for what is inside it. */
const STAYS: ReadonlySet<FlowNodeType> = new Set<FlowNodeType>([
  'task', 'userTask', 'serviceTask', 'scriptTask', 'sendTask', 'receiveTask', 'manualTask', 'callActivity', 'intermediateCatchEvent', 'eventBasedGateway',
]);

export class Standing {
  readonly #tables: MonitorTables;

  constructor(tables: MonitorTables) {
    this.#tables = tables;
  }

  /** The counters of a version; of every version without. */
  async rows(processId: string, version?: number): Promise<ElementRow[]> {
    const found: ElementRow[] = [];
    for (let after: string | undefined; ;) {
      const page = await this.#tables.elements.find({ where: { processId, ...(version !== undefined && { version }) }, limit: PAGE, ...(after !== undefined && { after }) });
      found.push(...page.rows);
      if (page.next === undefined) return found;
      after = page.next;
    }
  }

  /** `known`: overdue numbers that are still right; the others are counted, each by its index. */
  async counts(processId: string, version: number, now: string, known?: ReadonlyMap<string, number>, dirty?: ReadonlySet<string>): Promise<Counts> {
    const rows = new Map((await this.rows(processId, version)).map((row) => [row.elementId, row]));
    const overdue = new Map<string, number>();
    for (const [elementId, row] of rows) {
      const kept = dirty?.has(elementId) === true ? undefined : known?.get(elementId);
      if (row.due > 0) overdue.set(elementId, kept ?? await this.#tables.open.count({ where: { place: row.place }, below: { column: 'dueKey', value: now } }));
    }
    return { rows, overdue };
  }

  async days(day: string, processId: string): Promise<DayRow[]> {
    return (await this.#tables.days.find({ where: { day, processId }, limit: PAGE })).rows;
  }

  /** The numbers of one element as frames carry them. */
  async element({ rows, overdue }: Counts, elementId: string, index: number): Promise<ElementCounts> {
    const row = rows.get(elementId);
    if (row === undefined) return [index, 0, 0, 0, 0, null];
    const states = (['waiting', 'claimed'] as const).filter((state) => row[state] > 0);
    const oldest = await Promise.all(states.map((state) => this.#oldest(row.place, state)));
    return [index, row.waiting, row.claimed, overdue.get(elementId) ?? 0, row.incidents, oldest.filter((since) => since !== undefined).sort()[0] ?? null];
  }

  async #oldest(place: string, state: 'waiting' | 'claimed'): Promise<string | undefined> {
    return (await this.#tables.open.find({ where: { place, state }, orderBy: [{ column: 'since' }], limit: 1 })).rows[0]?.since;
  }

  /** Oldest first. Throws HTTP_CURSOR_INVALID. */
  async behind(processId: string, version: number, elementId: string, state: MonitorState, now: string, limit: number, after?: string): Promise<{ readonly rows: readonly OpenRow[]; readonly next?: string }> {
    const place = placeOf(processId, version, elementId);
    const query = state === 'overdue' ? { where: { place }, below: { column: 'dueKey', value: now }, orderBy: [{ column: 'dueKey' }] } : { where: { place, state }, orderBy: [{ column: 'since' }] };
    try {
      return await this.#tables.open.find({ ...query, limit, ...(after !== undefined && { after }) });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'STORE_CURSOR_INVALID') throw failure('HTTP_CURSOR_INVALID');
      throw error;
    }
  }
}

/** All elements of a version in the order of the flow; the place in this list names them in frames. */
export function inOrder(graph: ProcessGraph): FlowNode[] {
  const found = follow(graph.starts, graph, new Set());
  const seen = new Set(found);
  return [...found, ...[...graph.nodes.values()].filter((node) => !seen.has(node))];
}

function follow(starts: readonly FlowNode[], graph: ProcessGraph, seen: Set<string>): FlowNode[] {
  const found: FlowNode[] = [];
  const queue: (FlowNode | undefined)[] = [...starts];
  while (queue.length > 0) {
    const node = queue.shift();
    if (node === undefined || seen.has(node.id)) continue;
    seen.add(node.id);
    found.push(node, ...follow(node.starts, graph, seen));
    for (const from of [node, ...node.boundaryEvents]) queue.push(...from.outgoing.map((flow) => graph.nodes.get(flow.target)));
  }
  return found;
}

export function totalsOf({ rows, overdue }: Counts, days: readonly DayRow[]): MonitorTotals {
  const sum = (amounts: readonly number[]): number => amounts.reduce((left, right) => left + right, 0);
  return {
    inProgress: rows.get('')?.waiting ?? 0, overdue: sum([...overdue.values()]), incidents: sum([...rows.values()].map(({ incidents }) => incidents)),
    started: sum(days.map(({ started }) => started)), done: sum(days.map(({ completed }) => completed)), failed: sum(days.map(({ failed }) => failed)),
  };
}

export function addTotals(all: readonly MonitorTotals[]): MonitorTotals {
  const total = { inProgress: 0, started: 0, done: 0, failed: 0, overdue: 0, incidents: 0 };
  for (const totals of all) for (const name of Object.keys(total) as (keyof MonitorTotals)[]) total[name] += totals[name];
  return total;
}

/** An element in the snapshot. */
export function elementOf(node: FlowNode, [index, waiting, claimed, overdue, incidents, oldest]: ElementCounts, directory: Directory): MonitorElement {
  return {
    index, elementId: node.id, name: node.name || node.id, type: node.type, stays: STAYS.has(node.type), waiting, claimed, overdue, incidents, oldest,
    who: node.userTask !== undefined && node.laneGroup !== undefined ? directory.groupTitle(node.laneGroup) : null,
  };
}

/** What people call a case; its owner keeps it. */
export interface CaseTitle {
  readonly reference: string | null;
  readonly subject: string | null;
}

/** A case behind a number, with who holds the task now. */
export async function caseOf(row: OpenRow, title: CaseTitle | undefined, runtime: Pick<Runtime, 'inspect'>, directory: Directory, now: string): Promise<MonitorCase> {
  const state = (await runtime.inspect(row.stream))?.state;
  const counter = row.id === row.stream ? undefined : Number(row.id.slice(row.stream.length + 1));
  const assignee = counter === undefined ? undefined : state?.elements.get(counter)?.task?.assignee;
  return {
    stream: row.stream, reference: title?.reference ?? state?.businessKey ?? null, subject: title?.subject ?? null, since: row.since, dueAt: row.dueKey === NO_DUE_DATE ? null : row.dueKey, overdue: row.dueKey < now,
    heldBy: assignee === undefined ? null : directory.person(assignee)?.name ?? assignee,
  };
}
