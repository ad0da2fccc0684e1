/** Gives tasks the names people know them by: of the definition, of persons and of groups. */
import type { ProcessGraph } from '../../engine/index.ts';
import type { TaskSummary } from '../http/contract/tasks.ts';
import type { Directory } from '../ports/directory.ts';
import type { Definitions } from '../runtime/types.ts';
import { taskId } from './projection.ts';
import type { CaseRow, DoneRow, TaskRow } from './projection.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

export class TaskNames {
  readonly #definitions: Definitions;
  readonly #directory: Directory;

  constructor(definitions: Definitions, directory: Directory) {
    this.#definitions = definitions;
    this.#directory = directory;
  }

  person(id: string): Named {
    return { id, name: this.#directory.person(id)?.name ?? id };
  }

  group(id: string): Named {
    return { id, name: this.#directory.groupTitle(id) };
  }

  process(processId: string, version: number): string {
    return this.#definitions.version(processId, version)?.name || processId;
  }

  /** `onBehalfOf`: whom the reader would do it for. */
  async summary(row: TaskRow, caseRow: CaseRow | undefined, now: string, onBehalfOf?: Named): Promise<TaskSummary> {
    const graph = await this.#graph(caseRow);
    return {
      id: row.id, stream: row.stream, counter: row.counter, ...this.#ofCase(caseRow), elementId: row.elementId, name: elementName(graph, row.elementId),
      assignee: row.assignee === null ? null : this.person(row.assignee),
      candidateGroups: row.candidateGroups.map((id) => this.group(id)), candidateUsers: row.candidateUsers.map((id) => this.person(id)),
      priority: row.priority, dueAt: row.dueAt, overdue: isOverdue(row.dueAt, now), followUpAt: row.followUpAt ?? null, createdAt: row.createdAt,
      ...(typeof row.owner === 'string' && { delegated: { by: this.person(row.owner), at: row.delegatedAt ?? row.createdAt } }),
      ...(onBehalfOf !== undefined && { onBehalfOf: { id: onBehalfOf.id, name: onBehalfOf.name } }),
    };
  }

  async doneSummary(row: DoneRow, caseRow: CaseRow | undefined): Promise<TaskSummary> {
    const graph = await this.#graph(caseRow);
    const label = graph?.nodes.get(row.elementId)?.userTask?.outcomes.find((outcome) => outcome.value === row.outcome)?.label ?? row.outcome;
    return {
      id: taskId(row.stream, row.counter), stream: row.stream, counter: row.counter, ...this.#ofCase(caseRow), elementId: row.elementId, name: elementName(graph, row.elementId),
      assignee: null, candidateGroups: [], candidateUsers: [], priority: 0, dueAt: null, overdue: false, followUpAt: null, createdAt: row.at,
      ...(row.acted !== undefined && { onBehalfOf: this.person(row.acted.for) }),
      done: {
        person: this.person(row.acted?.by ?? row.person), outcome: row.outcome, at: row.at, returned: row.returned !== null,
        outcomeLabel: row.returned === null ? label : `Sent back to ${elementName(graph, row.returned)}`,
      },
    };
  }

  #ofCase(row: CaseRow | undefined): Pick<TaskSummary, 'processId' | 'processName' | 'version' | 'businessKey' | 'startedBy'> {
    if (row === undefined) return { processId: '', processName: '', version: 0, businessKey: null, startedBy: null };
    return { processId: row.processId, processName: this.process(row.processId, row.version), version: row.version, businessKey: row.businessKey, startedBy: this.person(row.startedBy) };
  }

  /** The graph, or undefined when it cannot be had: a list with ids instead of names is better than none. */
  async #graph(row: CaseRow | undefined): Promise<ProcessGraph | undefined> {
    if (row === undefined) return undefined;
    return this.#definitions.graph(row.processId, row.version).catch(() => undefined);
  }
}

export function elementName(graph: ProcessGraph | undefined, elementId: string): string {
  return graph?.nodes.get(elementId)?.name || elementId;
}

export function isOverdue(dueAt: string | null, now: string): boolean {
  return dueAt !== null && Date.parse(dueAt) < Date.parse(now);
}
