/** The contract of tasks: what a task, a work list and a form look like from outside. */
import { z } from 'zod';
import type { Json } from '../../../engine/index.ts';
import { CaseId, HandedInList, PageQuery, VariablesIn, VariablesOut, whileIncomplete } from './common.ts';
import { defineRoute } from './route.ts';

/** A run of text inside a paragraph of a form. */
export type TextSpan =
  | { readonly kind: 'plain' | 'bold'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

export type TextBlock =
  | { readonly kind: 'paragraph'; readonly spans: readonly TextSpan[] }
  | { readonly kind: 'heading'; readonly spans: readonly TextSpan[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly TextSpan[])[] };

export interface ChoiceView {
  readonly value: string;
  readonly label: string;
  readonly chosen: boolean;
}

interface FieldView {
  /** Its id on the page and the stem of the names of its inputs. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly required: boolean;
  /** Why what was typed cannot be taken. */
  readonly error: string | undefined;
  readonly columns: number | undefined;
}

export type FormItem =
  | (FieldView & { readonly kind: 'input'; readonly input: 'text' | 'email' | 'tel' | 'decimal' | 'time'; readonly value: string; readonly prefix: string; readonly suffix: string; readonly maxLength: number | undefined })
  | (FieldView & { readonly kind: 'textarea'; readonly value: string; readonly maxLength: number | undefined })
  | (FieldView & { readonly kind: 'checkbox'; readonly checked: boolean })
  | (FieldView & { readonly kind: 'checklist' | 'radio' | 'select'; readonly choices: readonly ChoiceView[] })
  /** `time` is present when a time of day is asked for as well. */
  | (FieldView & { readonly kind: 'date'; readonly day: string; readonly month: string; readonly year: string; readonly time: string | undefined })
  /** A field that can only be read: its value, with the labels of choices in place of their values. */
  | (FieldView & { readonly kind: 'answer'; readonly value: Json | undefined })
  | { readonly kind: 'text'; readonly blocks: readonly TextBlock[]; readonly columns: number | undefined }
  | { readonly kind: 'group'; readonly label: string; readonly outline: boolean; readonly items: readonly FormItem[]; readonly columns: number | undefined }
  | { readonly kind: 'row'; readonly items: readonly FormItem[] }
  | { readonly kind: 'separator' }
  | { readonly kind: 'spacer'; readonly height: number };

/** A message of the error summary; `target` is the id of the input it links to. */
export interface FormError {
  readonly key: string;
  readonly target: string;
  readonly message: string;
}

/** A form ready to be shown: which labels, hints, answers and errors, in reading order. */
export interface FormView {
  readonly items: readonly FormItem[];
  readonly errors: readonly FormError[];
}

/** A person or a group by id and the name to show. */
const named = z.object({ id: z.string(), name: z.string() });

/** `id` is `<stream>/<counter>`. `done` is present on tasks that were completed or sent back. */
export const taskSummary = z.object({
  id: z.string(),
  stream: z.string(),
  counter: z.number().int(),
  elementId: z.string(),
  name: z.string(),
  processId: z.string(),
  processName: z.string(),
  version: z.number().int(),
  businessKey: z.string().nullable(),
  startedBy: named.nullable(),
  assignee: named.nullable(),
  candidateGroups: z.array(named),
  candidateUsers: z.array(named),
  priority: z.number().int(),
  dueAt: z.string().nullable().describe('ISO 8601 UTC instant'),
  overdue: z.boolean(),
  followUpAt: z.string().nullable().describe('When somebody should look after it; ISO 8601 UTC instant'),
  createdAt: z.string().describe('ISO 8601 UTC instant'),
  onBehalfOf: named.optional().describe('The absent officer the signed-in person would do it for; of a task done: for whom it was done'),
  delegated: z.object({ by: named, at: z.string() }).optional().describe('Who asked the holder to do the work and gets the task back; since when, ISO 8601 UTC instant'),
  done: z.object({ person: named, outcome: z.string().nullable(), outcomeLabel: z.string().nullable(), at: z.string(), returned: z.boolean() }).optional(),
});
export type TaskSummary = z.output<typeof taskSummary>;

const outcome = z.object({ value: z.string(), label: z.string(), kind: z.string(), requiresComment: z.boolean(), requiresSignature: z.boolean() });
export type TaskOutcome = z.output<typeof outcome>;

/** What the task asks a person to sign; `sha256` and `title` are null while the case does not hold the document. */
const toSign = z.object({ document: z.string(), reason: z.string(), title: z.string().nullable(), sha256: z.string().nullable() });

const attachmentAsked = z.object({ kind: z.string(), required: z.boolean(), accept: z.string().nullable(), maxBytes: z.number().int().nullable() });
export type AttachmentAsked = z.output<typeof attachmentAsked>;

export const taskDetail = taskSummary.extend({
  status: z.enum(['open', 'done', 'canceled']),
  delegatedBy: named.nullable().describe('Who asked the holder to do the work, and gets the task back'),
  form: z.string().nullable(),
  outcomes: z.array(outcome),
  signature: toSign.nullable(),
  attachments: z.array(attachmentAsked).describe('Kinds of files that can be handed in with the task'),
  variables: VariablesOut,
  returnTargets: z.array(z.object({ elementId: z.string(), name: z.string() })).describe('Earlier tasks this one can be sent back to'),
});
export type TaskDetail = z.output<typeof taskDetail>;

export const TASK_VIEWS = ['mine', 'delegated', 'groups', 'acting', 'overdue', 'done'] as const;
export type TaskView = (typeof TASK_VIEWS)[number];

export const taskCounts = z.object({ mine: z.number().int(), delegated: z.number().int(), groups: z.number().int(), acting: z.number().int(), overdue: z.number().int() });
export type TaskCounts = z.output<typeof taskCounts>;

const taskPage = z.object({ items: z.array(taskSummary).readonly(), page: z.object({ next: z.string().optional() }), ...whileIncomplete });
const recorded = z.object({ stream: z.string(), version: z.number().int(), position: z.number().int() });
const taskParams = z.object({ stream: CaseId, counter: z.string().regex(/^[1-9]\d{0,9}$/, 'a task is named by a whole number') });

const AREA = 'Tasks';

export const listTasks = defineRoute({
  operationId: 'listTasks', method: 'get', path: '/api/v1/tasks', area: AREA, access: 'list-tasks',
  summary: 'Tasks of the signed-in person, by due date',
  description: 'mine: held by you. delegated: held by a colleague you asked to do the work, and yours again when it is handed back. groups: offered to you or your groups, not held by anybody. acting: held by or offered to those you stand in for, and not to you. overdue: of mine, delegated and groups, past their due date. done: completed by you, or by a deputy for you, newest first.',
  query: PageQuery.extend({ view: z.enum(TASK_VIEWS).default('mine') }),
  responses: { 200: taskPage },
});

export const countTasks = defineRoute({
  operationId: 'countTasks', method: 'get', path: '/api/v1/tasks/counts', area: AREA, access: 'list-tasks',
  summary: 'How many tasks each view holds', responses: { 200: taskCounts },
});

export const getTask = defineRoute({
  operationId: 'getTask', method: 'get', path: '/api/v1/tasks/:stream/:counter', area: AREA, access: 'read-task',
  summary: 'One task with its outcomes and the variables it sees', params: taskParams, responses: { 200: taskDetail },
});

export const getTaskForm = defineRoute({
  operationId: 'getTaskForm', method: 'get', path: '/api/v1/tasks/:stream/:counter/form', area: AREA, access: 'read-task',
  summary: 'The form of a task: form-js schema and current values', params: taskParams,
  responses: { 200: z.object({ form: z.string(), schema: z.json(), values: VariablesOut }) },
});

export const claimTask = defineRoute({
  operationId: 'claimTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/claim', area: AREA, access: 'work-tasks',
  summary: 'Take a task that nobody holds', params: taskParams, listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const releaseTask = defineRoute({
  operationId: 'releaseTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/release', area: AREA, access: 'work-tasks',
  summary: 'Give a task back to those it is offered to', params: taskParams, listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const assignTask = defineRoute({
  operationId: 'assignTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/assign', area: AREA, access: 'assign-tasks',
  summary: 'Give a task to a person, whoever holds it', params: taskParams,
  body: z.strictObject({ assignee: z.string().min(1).max(200), reason: z.string().max(4_000).optional() }),
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

const groupIds = z.array(z.string().min(1).max(200)).max(100);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString());

const taskChange = z.strictObject({
  candidateGroups: groupIds.optional(), candidateUsers: groupIds.optional(), priority: z.number().int().min(0).max(100).optional(),
  dueAt: instant.nullable().optional(), followUpAt: instant.nullable().optional(), reason: z.string().max(4_000).optional(),
});
/** What a task offers otherwise from now on; absent: as before, null: no such date. Instants are ISO 8601 UTC. */
export type TaskChange = Readonly<z.infer<typeof taskChange>>;

export const updateTask = defineRoute({
  operationId: 'updateTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/update', area: AREA, access: 'assign-tasks',
  summary: 'Change who a task is offered to, by when and how urgent it is',
  description: 'What is left out stays. null takes a date away. Who holds the task keeps it.',
  params: taskParams,
  body: taskChange,
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const completeTask = defineRoute({
  operationId: 'completeTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/complete', area: AREA, access: 'work-tasks',
  summary: 'Complete a task with its outcome and what was filled in',
  description: 'With a form, variables hold the answers by key and are checked against it; read-only fields are refused. attachments: finished uploads of yours, under the kinds the task asks for. signature: needed where the outcome requires it; sha256 is that of the document as it was shown to the person who signs, and another one in the case now is a 409.',
  params: taskParams,
  body: z.strictObject({
    outcome: z.string().max(200).optional(), variables: VariablesIn.default({}), comment: z.string().max(20_000).optional(), attachments: HandedInList,
    signature: z.strictObject({ document: z.string().max(200).optional(), sha256: z.string().regex(/^[0-9a-f]{64}$/), pin: z.string().min(1).max(200) }).optional(),
  }),
  // The log keeps the hash of a request for ever; a PIN is short enough to be guessed from one.
  secrets: ['signature.pin'],
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const returnTask = defineRoute({
  operationId: 'returnTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/return', area: AREA, access: 'work-tasks',
  summary: 'Send the work back to an earlier task', params: taskParams,
  body: z.strictObject({ to: z.string().min(1).max(200), reason: z.string().min(1).max(20_000) }),
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const delegateTask = defineRoute({
  operationId: 'delegateTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/delegate', area: AREA, access: 'work-tasks',
  summary: 'Ask a colleague to do the work of a task you hold',
  description: 'The colleague holds it until it is resolved; then you hold it again, and complete it.',
  params: taskParams,
  body: z.strictObject({ to: z.string().min(1).max(200), comment: z.string().max(4_000).optional() }),
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

export const resolveTask = defineRoute({
  operationId: 'resolveTask', method: 'post', path: '/api/v1/tasks/:stream/:counter/resolve', area: AREA, access: 'work-tasks',
  summary: 'Hand a delegated task back to who delegated it',
  description: 'variables: what was filled in; they stay with the task and are checked against its form when there are any.',
  params: taskParams,
  body: z.strictObject({ comment: z.string().max(20_000).optional(), variables: VariablesIn.default({}) }),
  listed: 'before-reading', responses: { 200: recorded, 202: recorded },
});

/** Every route of this area, for the documentation. */
export const TASK_ROUTES = [listTasks, countTasks, getTask, getTaskForm, claimTask, releaseTask, assignTask, updateTask, completeTask, returnTask, delegateTask, resolveTask] as const;
