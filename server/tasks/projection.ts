/** The tables of tasks: open tasks and tasks done; folded from the events of cases. */
import type { InstanceEvent, UserTaskCreated, UserTaskUpdated } from '../../engine/index.ts';
import type { Projections, Row, Table } from '../ports/projections.ts';
import { streamKind } from '../runtime/types.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';

/** An open task. Names are not kept: they are read from the definition, which never changes. */
export interface TaskRow extends Row {
  /** `<stream>/<counter>`. */
  readonly id: string;
  readonly stream: string;
  readonly counter: number;
  readonly elementId: string;
  readonly assignee: string | null;
  /** Nobody holds it. */
  readonly free: boolean;
  /** Who is offered it: {@link offeredToGroup}, {@link offeredToPerson}, or {@link EVERYBODY}. */
  readonly offered: readonly string[];
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly priority: number;
  readonly form: string | null;
  readonly dueAt: string | null;
  /** The due date for sorting; tasks without one come last. */
  readonly dueKey: string;
  /** Rows of before do not have it. */
  readonly followUpAt?: string | null;
  /** Who asked the holder to do the work and gets it back; since when. Null: nobody. */
  readonly owner?: string | null;
  readonly delegatedAt?: string | null;
  readonly createdAt: string;
}

/** A task somebody completed, or sent back (`returned`: the element it went to). What a deputy did is a row of theirs and one of the officer it was done for. */
export interface DoneRow extends Row {
  readonly id: string;
  readonly stream: string;
  readonly counter: number;
  readonly elementId: string;
  readonly person: string;
  /** Present where a deputy did it: who, and for whom. */
  readonly acted?: { readonly by: string; readonly for: string };
  readonly outcome: string | null;
  readonly returned: string | null;
  readonly at: string;
}

/** What the lists of tasks read of the table of cases, which server/instances keeps. */
export interface CaseRow {
  readonly stream: string;
  readonly processId: string;
  readonly version: number;
  readonly businessKey: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly status: 'active' | 'completed' | 'terminated' | 'failed';
  readonly endedAt: string | null;
}

/** `order` is a column one can sort the cases of a person by, oldest first. */
export type CaseTable = Table<CaseRow & Row>;

export interface TaskTables {
  readonly open: Table<TaskRow>;
  readonly done: Table<DoneRow>;
  readonly cases: CaseTable;
}

export const NO_DUE_DATE = '9999-12-31T23:59:59.999Z';

/** Who gets a task anew holds it in their own right. */
const NOT_DELEGATED = { owner: null, delegatedAt: null } as const;

/** The mark of a task the model names nobody for. */
export const EVERYBODY = 'everybody';

export function offeredToGroup(group: string): string {
  return `group ${group}`;
}

export function offeredToPerson(person: string): string {
  return `person ${person}`;
}

export function taskId(stream: string, counter: number): string {
  return `${stream}/${String(counter)}`;
}

/** Declares the tables; call before the projections are opened. */
export function taskTables(projections: Projections, cases: CaseTable): TaskTables {
  return {
    open: projections.table<TaskRow>({
      name: 'tasks', key: 'id', lists: ['offered'],
      indexes: [['assignee', 'dueKey', 'createdAt'], ['owner', 'dueKey', 'createdAt'], ['offered', 'free', 'dueKey', 'createdAt']],
      counts: [{ equal: ['assignee'], below: 'dueKey' }, { equal: ['owner'], below: 'dueKey' }, { equal: ['free'], list: 'offered', below: 'dueKey' }],
    }),
    done: projections.table<DoneRow>({ name: 'tasks_done', key: 'id', indexes: [['person', 'at']] }),
    cases,
  };
}

export function taskProjection(tables: TaskTables): Projection {
  const projection: Projection = {
    name: 'tasks',
    apply(record) {
      if (streamKind(record.stream) !== 'instance') return;
      for (const event of record.events as readonly InstanceEvent[]) applyEvent(tables, record, event);
    },
    byCase: () => projection,
  };
  return projection;
}

function applyEvent(tables: TaskTables, record: DecodedRecord, event: InstanceEvent): void {
  const { stream, at } = record;
  switch (event.type) {
    case 'UserTaskCreated':
      tables.open.insert(openRow(stream, at, event));
      break;
    case 'UserTaskUpdated':
      tables.open.patch(taskId(stream, event.id), {
        elementId: event.elementId, ...offerOf(event),
        ...((event.assignee !== undefined || event.withdrawn !== undefined) && { assignee: event.assignee ?? null, free: event.assignee === undefined, ...NOT_DELEGATED }),
      });
      break;
    case 'InstanceMigrated':
      for (const { id, elementId } of event.renamed ?? []) tables.open.patch(taskId(stream, id), { elementId });
      break;
    case 'UserTaskClaimed':
    case 'UserTaskAssigned':
    case 'UserTaskResolved':
      tables.open.patch(taskId(stream, event.id), { assignee: event.person, free: false, ...NOT_DELEGATED });
      break;
    case 'UserTaskDelegated':
      tables.open.patch(taskId(stream, event.id), { assignee: event.person, free: false, owner: event.by, delegatedAt: at });
      break;
    case 'UserTaskReleased':
      tables.open.patch(taskId(stream, event.id), { assignee: null, free: true, ...NOT_DELEGATED });
      break;
    case 'UserTaskCompleted':
    case 'UserTaskReturned':
      tables.open.delete(taskId(stream, event.id));
      for (const row of doneRows(record, event)) tables.done.insert(row);
      break;
    case 'UserTaskCanceled':
      tables.open.delete(taskId(stream, event.id));
      break;
    default:
  }
}

function doneRows({ stream, at, actor }: DecodedRecord, event: Extract<InstanceEvent, { readonly type: 'UserTaskCompleted' | 'UserTaskReturned' }>): DoneRow[] {
  const { person } = event;
  const row = {
    id: taskId(stream, event.id), stream, counter: event.id, elementId: event.elementId, person, at,
    outcome: event.type === 'UserTaskCompleted' ? event.outcome ?? null : null,
    returned: event.type === 'UserTaskReturned' ? event.to : null,
  };
  // A completion that listeners held up is recorded by the system: then the event alone knows.
  const principal = (event.type === 'UserTaskCompleted' ? event.onBehalfOf : undefined) ?? actor.onBehalfOf;
  if (principal === undefined) return [row];
  const acted = { by: person, for: principal };
  return [{ ...row, acted }, { ...row, acted, id: `${row.id}/for`, person: principal }];
}

function openRow(stream: string, at: string, event: UserTaskCreated): TaskRow {
  return {
    id: taskId(stream, event.id), stream, counter: event.id, elementId: event.elementId,
    assignee: event.assignee ?? null, free: event.assignee === undefined, ...NOT_DELEGATED, createdAt: at, ...offerOf(event),
  };
}

/** To whom, how urgent, by when. */
function offerOf(event: UserTaskCreated | UserTaskUpdated): Pick<TaskRow, 'offered' | 'candidateGroups' | 'candidateUsers' | 'priority' | 'form' | 'dueAt' | 'dueKey' | 'followUpAt'> {
  const groups = event.candidateGroups ?? [];
  const users = event.candidateUsers ?? [];
  return {
    offered: groups.length + users.length === 0 ? [EVERYBODY] : [...groups.map(offeredToGroup), ...users.map(offeredToPerson)],
    candidateGroups: groups, candidateUsers: users,
    priority: event.priority, form: event.form ?? null,
    followUpAt: event.followUpAt ?? null,
    dueAt: event.dueAt ?? null, dueKey: event.dueAt === undefined ? NO_DUE_DATE : event.dueAt,
  };
}
