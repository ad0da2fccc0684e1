/** What managers and administrators do with running cases by hand: suspend, resume, move, choose ad-hoc work, restart, go on in another version. */
import { z } from 'zod';
import { CaseId, Position, ProcessId } from './common.ts';
import { defineRoute } from './route.ts';

const Reason = z.string().trim().min(1, 'Say why; the file will show it.').max(2_000);
const OneCase = z.object({ id: CaseId });
const WithReason = z.strictObject({ reason: Reason });
const Done = z.object({ id: z.string(), version: z.number().int(), position: Position });
const Done2xx = { 200: Done, 202: Done };
const ElementId = z.string().min(1).max(200);
const Instance = z.number().int().min(1);
const Mapping = z.record(ElementId, ElementId).refine((mapping) => Object.keys(mapping).length <= 500, 'At most 500 elements.');

export const suspendInstance = defineRoute({
  operationId: 'suspendInstance', method: 'post', path: '/api/v1/instances/:id/suspend', area: 'instances', access: 'manage-case',
  summary: 'Let a case stand still, with a reason.', description: 'Tasks, jobs, timers and messages wait until it is resumed.',
  params: OneCase, body: WithReason, responses: Done2xx,
});

export const resumeInstance = defineRoute({
  operationId: 'resumeInstance', method: 'post', path: '/api/v1/instances/:id/resume', area: 'instances', access: 'manage-case',
  summary: 'Take up a suspended case, with a reason.', params: OneCase, body: WithReason, responses: Done2xx,
});

export const modifyInstance = defineRoute({
  operationId: 'modifyInstance', method: 'post', path: '/api/v1/instances/:id/modify', area: 'instances', access: 'manage-case',
  summary: 'Move a case by hand, with a reason.',
  description: 'cancel, skip: element instances as getInstance tells them (active.id); what is skipped is left by its sequence flows. start: flow nodes to begin, by id, scope being the element instance of the sub-process around them (absent: the case). All in one step, or nothing.',
  params: OneCase,
  body: z.strictObject({
    cancel: z.array(Instance).max(200).default([]), skip: z.array(Instance).max(200).default([]),
    start: z.array(z.strictObject({ elementId: ElementId, scope: z.number().int().min(0).optional() })).max(200).default([]), reason: Reason,
  }),
  responses: Done2xx,
});

export const activateAdHoc = defineRoute({
  operationId: 'activateAdHoc', method: 'post', path: '/api/v1/instances/:id/activate', area: 'instances', access: 'manage-case',
  summary: 'Begin activities of an ad-hoc sub-process, with a reason.', description: 'element: the element instance of the ad-hoc sub-process; activities: ids of activities that stand in it.',
  params: OneCase, body: z.strictObject({ element: Instance, activities: z.array(ElementId).min(1).max(100), reason: Reason }), responses: Done2xx,
});

const Restarted = z.object({ id: z.string(), processId: z.string(), version: z.number().int(), restartOf: z.string(), position: Position });

export const restartInstance = defineRoute({
  operationId: 'restartInstance', method: 'post', path: '/api/v1/instances/:id/restart', area: 'instances', access: 'manage-case',
  summary: 'Take up an ended case again, as a new one, with a reason.', description: 'The new case begins with the variables and the business key the ended one had last. version: of the procedure; absent: the latest.',
  params: OneCase, body: z.strictObject({ reason: Reason, version: z.number().int().min(1).optional() }),
  responses: { 201: Restarted, 202: Restarted },
});

const Refused = z.object({ code: z.string(), message: z.string(), hint: z.string(), reasons: z.array(z.string()) });

/**
 * What a migration would do. `moves`: each active element and the one it goes on in (null: it has no place). `waits`: timers, messages,
 * signals, conditions, jobs and incidents that stay, end or are new; of a refused plan what is new is not known. `tasks`: open tasks that are
 * offered otherwise, `lostBy` who does not hold them any more. `choices`: where the history went one way and this version would have gone
 * another, or could not have gone on (`stuck`).
 */
export const MigrationPlan = z.object({
  from: z.number().int(), to: z.number().int(), possible: z.boolean(), refusal: Refused.optional(),
  moves: z.array(z.object({ id: z.number().int(), elementId: z.string(), elementName: z.string(), elementType: z.string(), to: z.string().nullable(), toName: z.string().nullable() })),
  tasks: z.array(z.object({ elementId: z.string(), elementName: z.string(), form: z.string().nullable(), dueAt: z.string().nullable(), candidateGroups: z.array(z.string()), candidateUsers: z.array(z.string()), lostBy: z.string().nullable(), givenTo: z.string().nullable() })),
  choices: z.array(z.object({ elementId: z.string(), elementName: z.string(), at: z.string(), went: z.array(z.string()), would: z.array(z.string()), stuck: z.string().optional() })),
  waits: z.array(z.object({ kind: z.enum(['timer', 'message', 'signal', 'condition', 'job', 'incident']), elementId: z.string(), elementName: z.string(), change: z.enum(['stays', 'ends', 'begins']), dueAt: z.string().optional() })),
}).meta({ id: 'MigrationPlan' });
export type MigrationPlan = z.output<typeof MigrationPlan>;

const Migrated = z.object({ id: z.string(), dryRun: z.boolean(), plan: MigrationPlan, version: z.number().int().optional(), position: Position.optional() });
const reasoned = ({ dryRun, reason }: { readonly dryRun: boolean; readonly reason?: string | undefined }): boolean => dryRun || reason !== undefined;
const REASON_MISSING = { message: 'Say why; the file will show it. Only a dry run needs no reason.', path: ['reason'] };

export const migrateInstance = defineRoute({
  operationId: 'migrateInstance', method: 'post', path: '/api/v1/instances/:id/migrate', area: 'instances', access: 'manage-case',
  summary: 'Let a case go on in another version of its procedure, with a reason.',
  description: 'All or nothing. dryRun: answers the plan and why it would be refused, and records nothing. mapping: ids of elements that are called otherwise in the other version.',
  params: OneCase,
  body: z.strictObject({ version: z.number().int().min(1), mapping: Mapping.default({}), dryRun: z.boolean().default(false), reason: Reason.optional() }).refine(reasoned, REASON_MISSING),
  responses: { 200: Migrated, 202: Migrated },
});

const Problem = z.object({ status: z.number().int(), title: z.string(), code: z.string(), detail: z.string(), hint: z.string() });
const BatchReport = z.object({
  processId: z.string(), from: z.number().int(), to: z.number().int(), dryRun: z.boolean(), stopped: z.boolean(), more: z.boolean(),
  migrated: z.number().int(), refused: z.number().int(), notTried: z.number().int(),
  items: z.array(z.object({ id: z.string(), canary: z.boolean(), outcome: z.enum(['migrated', 'possible', 'refused', 'not-tried']), problem: Problem.optional() })),
  position: Position.optional(),
});
export type BatchReport = z.output<typeof BatchReport>;

export const migrateInstances = defineRoute({
  operationId: 'migrateInstances', method: 'post', path: '/api/v1/definitions/:processId/migrations', area: 'instances', access: 'migrate-cases',
  summary: 'Let the running cases of one version go on in another, with a reason.',
  description: 'canary: cases that are tried first. Then the others, oldest first, at most limit; more: there are further ones, send the request again with a new key. Each case goes as a whole or not at all; the first refusal stops the rest. dryRun looks at all of them and records nothing.',
  params: z.object({ processId: ProcessId }),
  body: z.strictObject({
    from: z.number().int().min(1), to: z.number().int().min(1), mapping: Mapping.default({}), canary: z.array(CaseId).max(50).default([]),
    limit: z.number().int().min(1).max(1_000).default(200), dryRun: z.boolean().default(false), reason: Reason.optional(),
  }).refine(reasoned, REASON_MISSING),
  responses: { 200: BatchReport, 202: BatchReport },
});

export const OPERATION_ROUTES = [suspendInstance, resumeInstance, modifyInstance, activateAdHoc, restartInstance, migrateInstance, migrateInstances];
