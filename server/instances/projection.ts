/** The tables behind the list of cases: one row per case, one per person or group a case concerns, one per incident. */
import type { InstanceEvent, Variables } from '../../engine/index.ts';
import type { Cell, Projections, Table } from '../ports/projections.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';
import { applyTitle, caseKeyIn, titleTable } from './titles.ts';
import type { TitleRow } from './titles.ts';

export type CaseStatus = 'active' | 'completed' | 'terminated' | 'failed';

/** `order`: where its start stands in the log, unique, so that pages continue behind it. */
export interface CaseRow {
  readonly stream: string;
  readonly processId: string;
  readonly version: number;
  readonly status: CaseStatus;
  readonly businessKey: string | null;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly endedAt: string | null;
  readonly parent: string | null;
  readonly order: string;
  readonly [column: string]: Cell;
}

/** `reader`: a group, or a person marked with '@'. `since`: where in the log the case last came to concern them. */
export interface ReaderRow {
  readonly key: string;
  readonly stream: string;
  readonly reader: string;
  readonly since: string;
  readonly [column: string]: Cell;
}

export interface IncidentRow {
  readonly key: string;
  readonly stream: string;
  readonly incident: number;
  readonly elementId: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
  readonly order: string;
  readonly [column: string]: Cell;
}

/** A registration number that stands in a case: of what was registered on its arrival, or of a document it made. */
export interface NumberRow {
  readonly key: string;
  readonly number: string;
  readonly stream: string;
  readonly [column: string]: Cell;
}

/** A case that belongs to the conversation another case began (BPMN 2.0, message flows between pools), and what it calls. */
export interface ConversationRow {
  readonly key: string;
  readonly conversation: string;
  readonly stream: string;
  readonly [column: string]: Cell;
}

export interface CaseTables {
  readonly cases: Table<CaseRow>;
  readonly readers: Table<ReaderRow>;
  readonly incidents: Table<IncidentRow>;
  readonly numbers: Table<NumberRow>;
  readonly titles: Table<TitleRow>;
  readonly conversations: Table<ConversationRow>;
  readonly projection: Projection;
}

/** Declares the tables, so call it before `projections.open()`. */
export function createCaseTables(projections: Projections): CaseTables {
  const cases = projections.table<CaseRow>({
    name: 'cases', key: 'stream',
    indexes: [['order'], ['status', 'order'], ['processId', 'order'], ['processId', 'status', 'order'], ['startedBy', 'order'], ['businessKey', 'order']],
    counts: [{ equal: ['processId', 'status'] }],
  });
  const readers = projections.table<ReaderRow>({ name: 'case_readers', key: 'key', indexes: [['reader', 'since'], ['stream', 'reader']] });
  const incidents = projections.table<IncidentRow>({ name: 'incidents', key: 'key', indexes: [['order']] });
  const numbers = projections.table<NumberRow>({ name: 'case_numbers', key: 'key', indexes: [['number']] });
  const conversations = projections.table<ConversationRow>({ name: 'case_conversations', key: 'key', indexes: [['conversation']] });
  const tables = { cases, readers, incidents, numbers, titles: titleTable(projections), conversations };
  const projection: Projection = { name: 'cases', apply: (record) => { applyRecord(record, tables); }, byCase: () => projection };
  return { ...tables, projection };
}

type Tables = Omit<CaseTables, 'projection'>;

function applyRecord(record: DecodedRecord, tables: Tables): void {
  if (streamKind(record.stream) !== 'instance') return;
  for (const event of record.events as readonly InstanceEvent[]) applyEvent(event, record, tables);
}

function applyEvent(event: InstanceEvent, record: DecodedRecord, tables: Tables): void {
  const { stream, at } = record;
  const { cases, incidents, numbers, titles, conversations } = tables;
  for (const reader of concernedBy(event)) concerns(tables, record, reader);
  switch (event.type) {
    case 'InstanceStarted': {
      const { processId, version, by, businessKey, parent, conversation } = event;
      cases.insert({ stream, processId, version, status: 'active', businessKey: businessKey ?? null, startedAt: at, startedBy: by, endedAt: null, parent: parent?.stream ?? null, order: placeOf(record) });
      // Most cases are alone in theirs: they cost no row.
      if (conversation !== stream) conversations.put({ key: `${conversation}|${stream}`, conversation, stream });
      return;
    }
    case 'InstanceCompleted': case 'InstanceCompensated': end(tables, record, 'completed'); return;
    case 'InstanceMigrated':
      cases.patch(stream, { version: event.version });
      for (const { id, elementId } of event.renamed ?? []) incidents.patch(incidentKey(stream, id), { elementId });
      return;
    case 'InstanceReopened': cases.patch(stream, { status: 'active', endedAt: null }); return;
    case 'InstanceTerminated': end(tables, record, 'terminated'); return;
    case 'InstanceFailed': end(tables, record, 'failed'); return;
    case 'IncidentRaised': {
      const { id, elementId, code } = event;
      incidents.put({ key: incidentKey(stream, id), stream, incident: id, elementId, code, message: messageOf(event), at, order: `${placeOf(record)}|${String(id)}` });
      return;
    }
    case 'VariablesWritten': {
      const key = caseKeyIn(event);
      for (const number of [...numbersIn((event as { readonly values?: Variables }).values ?? {}), ...(key === undefined ? [] : [key])]) numbers.put({ key: `${number}|${stream}`, number, stream });
      applyTitle(titles, stream, event);
      return;
    }
    case 'IncidentResolved': case 'IncidentCanceled': incidents.delete(incidentKey(stream, event.id)); return;
    default:
  }
}

/** Whom a case concerns by an event, as {@link ReaderRow} names them. */
export function concernedBy(event: InstanceEvent): string[] {
  switch (event.type) {
    case 'InstanceStarted': return [`@${event.by}`];
    case 'UserTaskCreated': case 'UserTaskUpdated': return [...(event.assignee === undefined ? [] : [`@${event.assignee}`]), ...(event.candidateUsers ?? []).map((person) => `@${person}`), ...event.candidateGroups ?? []];
    case 'UserTaskClaimed': case 'UserTaskAssigned': case 'UserTaskDelegated': case 'UserTaskResolved': case 'UserTaskCompleted': case 'UserTaskReturned': return [`@${event.person}`];
    default: return [];
  }
}

function concerns({ readers }: Tables, record: DecodedRecord, reader: string): void {
  const { stream } = record;
  readers.put({ key: `${stream}|${reader}`, stream, reader, since: placeOf(record) });
}

function end({ cases }: Tables, { stream, at }: DecodedRecord, status: CaseStatus): void {
  cases.patch(stream, { status, endedAt: at });
}

/** Where a record stands in the log, as a text that sorts: its commit, and its place in it. */
function placeOf({ position, index }: DecodedRecord): string {
  return `${String(position).padStart(12, '0')}.${String(index).padStart(3, '0')}`;
}

/** What a register or a document brings: an object with its `number`. */
function numbersIn(values: Variables): string[] {
  return Object.values(values).flatMap((value) => {
    const number = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Variables)['number'] : undefined;
    return typeof number === 'string' && number.length <= 100 ? [number] : [];
  });
}

/** An erased case has lost it. */
function messageOf({ message = '' }: { readonly message?: string }): string {
  return message;
}

export function incidentKey(stream: string, incident: number): string {
  return `${stream}|${incident}`;
}
