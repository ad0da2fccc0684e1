/** Cases: start, list, look inside, correct, cancel. */
import { z } from 'zod';
import { ActorBody, CaseId, Counter, HandedInList, Instant, PageQuery, Position, ProcessId, VariablesIn, VariablesOut, pageOf, whileIncomplete } from './common.ts';
import { BINARY, defineRoute } from './route.ts';

const Reason = z.string().trim().min(1, 'Say why; the file will show it.').max(2_000);
const OneCase = z.object({ id: CaseId });

export const CASE_STATUS = ['active', 'completed', 'terminated', 'failed'] as const;

export const CaseSummary = z.object({
  id: z.string(), processId: z.string(), version: z.number().int(), name: z.string(), status: z.enum(CASE_STATUS), businessKey: z.string().optional(),
  startedAt: Instant, startedBy: z.string(), startedByName: z.string(), endedAt: Instant.optional(), parent: z.string().optional(),
}).meta({ id: 'CaseSummary' });

export const startInstance = defineRoute({
  operationId: 'startInstance', method: 'post', path: '/api/v1/instances', area: 'instances', access: 'start-case',
  summary: 'Start a case.',
  description: 'attachments: finished uploads of yours, under the kinds the start event asks for.',
  body: z.strictObject({
    processId: ProcessId, version: z.number().int().min(1).optional(), variables: VariablesIn.default({}),
    businessKey: z.string().min(1).max(200).optional(), startElementId: z.string().min(1).max(200).optional(),
    attachments: HandedInList,
  }),
  responses: {
    201: z.object({ id: z.string(), processId: z.string(), version: z.number().int(), position: Position }),
    202: z.object({ id: z.string(), processId: z.string(), version: z.number().int(), position: Position }),
  },
});

export const listInstances = defineRoute({
  operationId: 'listInstances', method: 'get', path: '/api/v1/instances', area: 'instances', access: 'signed-in',
  summary: 'The cases you have to do with; for managers and administrators all of them.',
  query: PageQuery.extend({
    status: z.enum(CASE_STATUS).optional(), processId: ProcessId.optional(), startedBy: z.string().min(1).max(63).optional(), businessKey: z.string().min(1).max(200).optional(),
  }),
  responses: { 200: pageOf(CaseSummary).extend(whileIncomplete) },
});

export const getInstance = defineRoute({
  operationId: 'getInstance', method: 'get', path: '/api/v1/instances/:id', area: 'instances', access: 'read-case',
  summary: 'One case and where it stands.',
  params: OneCase,
  responses: {
    200: CaseSummary.extend({
      active: z.array(z.object({ id: z.number().int(), elementId: z.string(), elementName: z.string(), elementType: z.string() })),
      incidents: z.array(z.object({ id: z.number().int(), elementId: z.string(), elementName: z.string(), code: z.string(), message: z.string() })),
    }),
  },
});

export const getHistory = defineRoute({
  operationId: 'getInstanceHistory', method: 'get', path: '/api/v1/instances/:id/history', area: 'instances', access: 'read-case',
  summary: 'What happened in a case, in order: who did what when.',
  description: 'after: the version of the last record already seen. Administrators see no values, comments and reasons. words: of a decision (DecisionEvaluated), which rules fired on which inputs, in plain words.',
  params: OneCase,
  query: z.object({ limit: z.coerce.number().int().min(1).max(1_000).default(500), after: Counter.optional() }),
  responses: {
    200: z.object({
      items: z.array(z.object({
        version: z.number().int(), n: z.number().int(), position: Position, at: Instant, actor: ActorBody, command: z.string(), type: z.string(),
        elementId: z.string().optional(), elementName: z.string().optional(), event: z.record(z.string(), z.unknown()), words: z.array(z.string()).optional(),
      })),
      page: z.object({ next: z.number().int().optional() }),
    }),
  },
});

export const getVariables = defineRoute({
  operationId: 'getInstanceVariables', method: 'get', path: '/api/v1/instances/:id/variables', area: 'instances', access: 'read-case-content',
  summary: 'The variables of a case, and of every scope inside it that has its own.',
  params: OneCase,
  responses: {
    200: z.object({ variables: VariablesOut, scopes: z.array(z.object({ scope: z.number().int(), elementId: z.string(), variables: VariablesOut })) }),
  },
});

export const getDocument = defineRoute({
  operationId: 'getInstanceDocument', method: 'get', path: '/api/v1/instances/:id/documents/:sha256', area: 'instances', access: 'read-case-content',
  summary: 'The content of a document of a case.',
  description: 'Only what a variable of the case refers to now. A PDF is shown in the browser, anything else is a download. The ETag is the SHA-256 of the content.',
  params: z.object({ id: CaseId, sha256: z.string().regex(/^[0-9a-f]{64}$/, 'The SHA-256 of the content, hex.') }),
  responses: { 200: BINARY },
});

const Done = z.object({ id: z.string(), version: z.number().int(), position: Position });

export const setVariables = defineRoute({
  operationId: 'setInstanceVariables', method: 'post', path: '/api/v1/instances/:id/variables', area: 'instances', access: 'manage-case',
  summary: 'Correct variables of a case, with a reason.',
  params: OneCase,
  body: z.strictObject({ variables: VariablesIn, reason: Reason, scope: z.number().int().min(0).optional() }),
  responses: { 200: Done, 202: Done },
});

export const cancelInstance = defineRoute({
  operationId: 'cancelInstance', method: 'post', path: '/api/v1/instances/:id/cancel', area: 'instances', access: 'manage-case',
  summary: 'End a case before its end, with a reason.',
  params: OneCase,
  body: z.strictObject({ reason: Reason }),
  responses: { 200: Done, 202: Done },
});

export const INSTANCE_ROUTES = [startInstance, listInstances, getInstance, getHistory, getVariables, getDocument, setVariables, cancelInstance];
