/** What the pages need of the rest of the server; main.ts wires it. */
import type { InstanceAction, Json, Variables } from '../../engine/index.ts';
import type { FiledView } from '../../desk/files.ts';
import type { DeskAssets, NavItem } from '../../desk/layout.ts';
import type { CaseTitle } from '../../desk/reference.ts';
import type { Session } from '../http/contract/bind.ts';
import type { DataStoreEntryBody, DataStoreWriteBody } from '../http/contract/data-stores.ts';
import type { ModelSummaryBody } from '../http/contract/models.ts';
import type { BatchReport, MigrationPlan } from '../http/contract/operations.ts';
import type { MonitorCase, MonitorProcess, MonitorSnapshot, MonitorState } from '../http/contract/monitor.ts';
import type { FirstAdministrator, Sessions } from '../http/contract/services.ts';
import type { FileSeriesBody, RegisterLineBody } from '../http/contract/registry.ts';
import type { SubstitutionView } from '../http/contract/substitutions.ts';
import type { FormError, FormView, TaskChange, TaskCounts, TaskDetail, TaskSummary, TaskView } from '../http/contract/tasks.ts';
import type { CaseResource, Resource, Rule, SubstitutionResource, TaskResource } from '../http/contract/rules.ts';
import type { Attachments, HandedIn } from '../ports/attachments.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';
import type { Directory, Person } from '../ports/directory.ts';
import type { DocumentRef } from '../ports/documents.ts';
import type { Ids } from '../ports/ids.ts';
import type { Signer } from '../ports/signing.ts';
import type { Answer, CommandMeta, Runtime } from '../runtime/types.ts';

export type Typed = Readonly<Record<string, unknown>>;

interface Recorded {
  readonly position: number;
}

/** Implemented by server/tasks. */
export interface DeskTasks {
  readonly lists: {
    list(view: TaskView, person: Person, now: string, after?: string, limit?: number): Promise<{ readonly items: readonly TaskSummary[]; readonly next?: string }>;
    counts(person: Person, now: string): Promise<TaskCounts>;
    startedBy(person: string, after?: string): Promise<{ readonly items: readonly StartedCase[]; readonly next?: string }>;
  };
  readonly book: {
    resource(stream: string, counter: number): Promise<TaskResource>;
    detail(stream: string, counter: number, now: string): Promise<TaskDetail>;
  };
  readonly verbs: {
    claim(stream: string, task: number, meta: CommandMeta): Promise<Recorded>;
    release(stream: string, task: number, meta: CommandMeta): Promise<Recorded>;
    update(stream: string, task: number, change: TaskChange, meta: CommandMeta): Promise<Recorded>;
    assign(stream: string, task: number, assignee: string, reason: string | undefined, meta: CommandMeta): Promise<Recorded>;
    completeChecked(stream: string, task: number, completion: DeskCompletion, meta: CommandMeta): Promise<Recorded & { readonly signed?: string }>;
    delegate(stream: string, task: number, to: string, comment: string | undefined, meta: CommandMeta): Promise<Recorded>;
    resolve(stream: string, task: number, variables: Variables, comment: string | undefined, meta: CommandMeta): Promise<Recorded>;
    return(stream: string, task: number, to: string, reason: string, meta: CommandMeta): Promise<Recorded>;
  };
}

export interface DeskCompletion {
  readonly outcome?: string | undefined;
  readonly variables: Variables;
  readonly comment?: string | undefined;
  readonly attachments?: readonly HandedIn[] | undefined;
  readonly signature?: { readonly sha256: string; readonly pin: string } | undefined;
}

/** A case as the list of all cases shows it. */
export interface FoundCase {
  readonly stream: string;
  readonly processId: string;
  readonly version: number;
  readonly businessKey: string | null;
  readonly status: 'active' | 'completed' | 'terminated' | 'failed';
  readonly startedAt: string;
  readonly startedBy: string;
  readonly endedAt: string | null;
}

export interface OpenIncident {
  readonly instanceId: string;
  readonly incident: number;
  readonly processId: string;
  readonly elementName: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

type Mapping = Readonly<Record<string, string>>;

interface MissingElement {
  readonly elementId: string;
  readonly elementName: string;
  readonly candidates: readonly { readonly elementId: string; readonly elementName: string }[];
  readonly suggested: string | undefined;
}

/** What is done with a case by hand; every refusal is an HttpFailure in words. Implemented by server/instances. */
export interface CaseOperations {
  act(stream: string, action: InstanceAction, meta: CommandMeta): Promise<Recorded & { readonly replayed: boolean }>;
  restart(stream: string, reason: string, meta: CommandMeta): Promise<Recorded & { readonly id: string; readonly replayed: boolean }>;
  plan(stream: string, version: number, mapping: Mapping, meta: CommandMeta): Promise<MigrationPlan>;
  migrate(stream: string, version: number, mapping: Mapping, reason: string, meta: CommandMeta): Promise<Recorded & { readonly replayed: boolean }>;
  /** Those named as canaries first, then up to `limit` others; the first refusal stops the rest. */
  migrateBatch(request: { readonly processId: string; readonly from: number; readonly to: number; readonly mapping: Mapping; readonly canary: readonly string[]; readonly limit: number; readonly dryRun: boolean; readonly reason: string }, meta: CommandMeta): Promise<BatchReport>;
  /** Running cases of a version, the oldest first, about `limit` of them. */
  running(processId: string, version: number, limit: number, after: string | undefined): Promise<{ readonly streams: readonly string[]; readonly next: string | undefined }>;
  /** Elements that version `to` does not have, and what each could be called there. */
  missing(processId: string, from: number, to: number): Promise<readonly MissingElement[]>;
}

/** Implemented by server/instances; who may ask is the page's rule. Throws HTTP_CURSOR_INVALID. */
export interface DeskCases {
  find(filter: { readonly status?: FoundCase['status'] | undefined; readonly processId?: string | undefined; readonly businessKey?: string | undefined }, limit: number, after: string | undefined): Promise<{ readonly rows: readonly FoundCase[]; readonly next: string | undefined }>;
  ofNumber(number: string): Promise<readonly FoundCase[]>;
  incidents(limit: number, after: string | undefined): Promise<{ readonly items: readonly OpenIncident[]; readonly next: string | undefined }>;
  documents(stream: string): Promise<readonly DocumentRef[]>;
  readonly operations: CaseOperations;
  /** What cases are called; those not known (yet) are missing. */
  titles(streams: readonly string[]): Promise<ReadonlyMap<string, CaseTitle>>;
  /** The other cases of a conversation, and whom each concerns. */
  beside(conversation: string, stream: string): Promise<readonly { readonly row: FoundCase; readonly resource: CaseResource }[]>;
}

export interface StartedCase {
  readonly stream: string;
  readonly processName: string;
  readonly businessKey: string | null;
  readonly status: 'active' | 'completed' | 'terminated' | 'failed';
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** Implemented by server/forms. */
export interface DeskForms {
  form(processId: string, version: number, formId: string): Promise<DeskForm | undefined>;
}

export interface DeskForm {
  view(variables: Variables, typed?: Typed, errors?: readonly FormError[]): FormView;
  parse(typed: Typed, variables: Variables): { readonly values: Variables; readonly errors: readonly FormError[] };
  /** `asks`: the form asks for it, and does not only show it. */
  describe(key: string, value: Json, variables: Variables): { readonly label: string; readonly value: Json; readonly asks: boolean } | undefined;
}

/** What was sent to a person or one of their groups, newest first. Implemented by server/notices. */
export interface NoticeBoard {
  list(person: Person, now: string): Promise<readonly SentNotice[]>;
  /** How many came after the person last marked the list as read. */
  fresh(person: Person, now: string): Promise<number>;
  /** The instant up to which the person has read the list. */
  seen(person: Person, now: string): Promise<string>;
  /** Marks all as read. */
  open(person: Person, now: string): Promise<string>;
}

export interface SentNotice {
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
  readonly stream: string | undefined;
}

/** Where cases stand. Implemented by server/monitor. */
export interface DeskMonitor {
  list(now: string): Promise<readonly MonitorProcess[]>;
  snapshot(processId: string, version: number | undefined, now: string): Promise<MonitorSnapshot>;
  cases(processId: string, version: number | undefined, elementId: string, state: MonitorState, now: string, limit: number, after: string | undefined): Promise<{ readonly items: readonly MonitorCase[]; readonly next?: string }>;
}

/** Implemented by server/registry. */
export interface RegisterBooks {
  registers(person: Person): Promise<readonly { readonly registry: string; readonly years: readonly number[] }[]>;
  lines(person: Person, registry: string, year: number, paging: { readonly after?: string | undefined }): Promise<{ readonly items: readonly RegisterLineBody[]; readonly next?: string }>;
  records(person: Person, query: { readonly fileNumber?: string | undefined; readonly series?: string | undefined }, paging: { readonly after?: string | undefined }): Promise<{ readonly items: readonly FiledView[]; readonly next?: string }>;
  series(): Promise<readonly FileSeriesBody[]>;
  filedIn(stream: string): Promise<readonly FiledView[]>;
}

/** Implemented by server/data-stores. */
export interface DeskDataStores {
  stores(person: Person): Promise<readonly { readonly store: string; readonly entries: number }[]>;
  /** `startsWith`: of the key, the last one first. Throws HTTP_CURSOR_INVALID. */
  entries(person: Person, store: string, query: { readonly startsWith?: string | undefined; readonly after?: string | undefined }): Promise<{ readonly items: readonly DataStoreEntryBody[]; readonly next?: string }>;
  entry(person: Person, store: string, key: string): Promise<DataStoreEntryBody | undefined>;
  /** Newest first. */
  writes(person: Person, store: string, key: string, limit: number): Promise<readonly DataStoreWriteBody[]>;
}

/** Who is away and who stands in; `now` decides what is in force. Implemented by server/organization. */
export interface DeskAbsences {
  /** Those in which the person is absent or the deputy, newest first. */
  concerning(person: string, now: string): readonly SubstitutionView[];
  all(now: string): readonly SubstitutionView[];
  /** How many wait for this person's answer. */
  asked(person: string, now: string): number;
  /** Throws ORGANIZATION_SUBSTITUTION_NOT_FOUND. */
  locate(absent: string, number: number): SubstitutionResource;
  propose(proposal: { readonly absent: string; readonly deputy: string; readonly from: string; readonly until: string; readonly reason: string; readonly instrument?: string }, meta: CommandMeta): Promise<Answer>;
  accept(absent: string, number: number, meta: CommandMeta): Promise<Answer>;
  decline(absent: string, number: number, reason: string | undefined, meta: CommandMeta): Promise<Answer>;
  end(absent: string, number: number, reason: string | undefined, meta: CommandMeta): Promise<Answer>;
}

/** Procedures as analysts see them. Implemented by server/models. */
export interface DeskModels {
  list(): Promise<readonly ModelSummaryBody[]>;
  find(id: string): Promise<ModelSummaryBody | undefined>;
  begin(name: string, person: string): Promise<string>;
}

/** `authorise`: the one of server/http/access.ts. `links`: further entries of the navigation (designer, monitor). `zone`: IANA name. */
export interface PagesNeeds {
  readonly runtime: Runtime;
  readonly directory: Directory;
  /** Everything a task can be offered to: units, posts and groups. */
  readonly groups: () => readonly { readonly id: string; readonly title: string }[];
  readonly deskStore: DeskStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly zone: string;
  readonly sessions: Sessions;
  readonly firstAdministrator: FirstAdministrator;
  readonly authorise: (rule: Rule, person: Person | undefined, resource?: Resource) => 'granted' | 'sign-in-required' | 'denied';
  readonly tasks: DeskTasks;
  readonly forms: DeskForms;
  readonly notices: NoticeBoard;
  readonly absences: DeskAbsences;
  /** YYYY-MM-DD of what was typed into three boxes; undefined when there is no such day. */
  readonly readDate: (typed: { readonly day: string; readonly month: string; readonly year: string }) => string | undefined;
  /** JSON of digits that were typed: a number, or tagged where a double would round it (docs/log-format.md). Implemented by server/forms, like `readDate`. */
  readonly exactNumber: (text: string) => Json;
  readonly models: DeskModels;
  readonly attachments: Attachments;
  readonly cases: DeskCases;
  /** Absent where nobody can sign. */
  readonly signer?: Pick<Signer, 'has'> | undefined;
  readonly monitor: DeskMonitor;
  readonly registers: RegisterBooks;
  readonly dataStores: DeskDataStores;
  readonly assets: DeskAssets;
  readonly links?: (person: Person) => readonly NavItem[];
  /** Whether a live connection tells browsers what changes; else they ask. */
  readonly live?: boolean;
  /** Shown under the sign-in form of a demonstration; undefined in earnest. */
  readonly demo?: string;
}

/** The part of a request's context every page uses. */
export interface PageContext {
  readonly session: Session | undefined;
  readonly now: string;
  readonly csrf: string;
  readonly key: string;
}
