/** Models as analysts work on them: the draft of a procedure until it is deployed, with the version it began from (RFC 9110, 13.1.1: If-Match). */
import { z } from 'zod';
import { DeployedProcess } from './deployments.ts';
import { Instant, ModelProblem, Position } from './common.ts';
import { defineRoute } from './route.ts';

/** The process id of a BPMN file (an XML NCName), of the first process where it holds several. */
const ModelId = z.string().regex(/^[\p{L}_][\p{L}\p{N}._-]{0,199}$/u, 'The id of a process: letters, digits, dots, hyphens and underscores, beginning with a letter.');
const Name = z.string().trim().min(1).max(200);
const Xml = z.string().min(1).max(6 * 1_048_576);
const Who = z.object({ id: z.string(), name: z.string() }).meta({ id: 'ModelPerson' });

/** A decision that a process can call. */
const Decision = z.object({ id: z.string(), name: z.string() }).meta({ id: 'ModelDecisionName' });
const Draft = z.object({ savedAt: Instant, savedBy: Who }).meta({ id: 'ModelDraft' });
const Live = z.object({ processId: z.string(), name: z.string(), version: z.number().int(), deployedAt: Instant, deployedBy: Who }).meta({ id: 'ModelLive' });

/** `live`: the latest deployed versions of its processes. `running`: cases going on, of every version. `decisions`: those deployed with it, in their drafts where they have one. */
const ModelSummary = z.object({
  id: z.string(), name: z.string(), processIds: z.array(z.string()), live: z.array(Live), draft: Draft.optional(), running: z.number().int(),
  decisions: z.array(Decision),
}).meta({ id: 'ModelSummary' });

const Named = z.object({ id: z.string(), title: z.string() }).meta({ id: 'ModelName' });
const ModelForm = z.object({ id: z.string(), fields: z.array(z.object({ key: z.string(), label: z.string() })) }).meta({ id: 'ModelForm' });

/** A decision file with a draft; `name`: of its decisions. */
const ChangedDecisions = z.object({ file: z.string(), name: z.string(), etag: z.string(), savedAt: Instant, savedBy: Who }).meta({ id: 'ModelChangedDecisions' });

/** `basis`: the versions the draft began from, by process. `changed`: decision files that are deployed with it in another form than is live. `forms`: those that are deployed with it. `vocabulary`: what its tasks may name. */
export const Model = z.object({
  id: z.string(), name: z.string(), processIds: z.array(z.string()), live: z.array(Live), draft: Draft.optional(), running: z.number().int(),
  decisions: z.array(Decision), changed: z.array(ChangedDecisions), xml: z.string(), basis: z.record(z.string(), z.number().int()), forms: z.array(ModelForm),
  vocabulary: z.object({ groups: z.array(Named), people: z.array(Named), calendars: z.array(z.string()), decisions: z.array(z.string()), processes: z.array(Named) }),
}).meta({ id: 'Model' });

const params = z.object({ id: ModelId });
const content = { name: Name, processIds: z.array(ModelId).min(1).max(50), xml: Xml };
const AREA = 'models';

export const listModels = defineRoute({
  operationId: 'listModels', method: 'get', path: '/api/v1/models', area: AREA, access: 'model',
  summary: 'All procedures: what is live, and what is being worked on.',
  responses: { 200: z.object({ items: z.array(ModelSummary) }) },
});

export const createModel = defineRoute({
  operationId: 'createModel', method: 'post', path: '/api/v1/models', area: AREA, access: 'model',
  summary: 'Begin a draft: an empty procedure, or a BPMN file from elsewhere.',
  description: 'Without xml the procedure has a start, one task and an end, and gets an id made from its name. With xml the first of processIds is its id; MODEL_EXISTS when there is a draft already.',
  bodyLimit: 8 * 1_048_576,
  body: z.strictObject({ name: Name, processIds: content.processIds.optional(), xml: Xml.optional() }).refine(({ processIds, xml }) => (processIds === undefined) === (xml === undefined), 'A BPMN file comes with the ids of its processes.'),
  responses: { 201: z.object({ id: z.string() }) },
});

export const getModel = defineRoute({
  operationId: 'getModel', method: 'get', path: '/api/v1/models/:id', area: AREA, access: 'model',
  summary: 'The draft of a procedure, or what is live where nobody has changed it. Its ETag is the SHA-256 of the BPMN.',
  params,
  responses: { 200: Model },
});

export const saveModel = defineRoute({
  operationId: 'saveModel', method: 'put', path: '/api/v1/models/:id', area: AREA, access: 'model',
  summary: 'Save the draft. If-Match names what it was made from.',
  description: 'MODEL_CONDITION_MISSING (428) without If-Match; MODEL_CHANGED (412) when somebody else has saved in between: it says who and when.',
  params,
  bodyLimit: 8 * 1_048_576,
  body: z.strictObject(content),
  responses: { 200: Draft },
});

export const discardModel = defineRoute({
  operationId: 'discardModel', method: 'delete', path: '/api/v1/models/:id', area: AREA, access: 'model',
  summary: 'Throw the draft away, its decisions too. What is live stays; a procedure that was never deployed is gone.',
  params,
  responses: { 204: null },
});

const ModelDeployed = z.object({ processes: z.array(DeployedProcess), warnings: z.array(ModelProblem), position: Position }).meta({ id: 'ModelDeployed' });

export const deployModel = defineRoute({
  operationId: 'deployModel', method: 'post', path: '/api/v1/models/:id/deployment', area: AREA, access: 'model',
  summary: 'Deploy the draft with the forms of the version before and its decisions. Running cases stay on their version.',
  description: 'basis: the live versions the analyst knows of, by process; MODEL_DEPLOYED_MEANWHILE (409) when there is a newer one: it says who and when. decisions: the ETags of the changed decision files the analyst knows of, by file; MODEL_CHANGED (412) when one is another. HTTP_MODEL_REFUSED (422) with every problem.',
  params,
  body: z.strictObject({ basis: z.record(z.string(), z.number().int().min(1)), decisions: z.record(z.string(), z.string()).optional() }),
  responses: { 201: ModelDeployed, 202: ModelDeployed },
});

/** One DMN file of a procedure. `others`: the rest of its DMN files, which this one may import. `live`: some form of it is deployed. */
const ModelDecision = z.object({
  model: z.object({ id: z.string(), name: z.string() }), file: z.string(), xml: z.string(), decisions: z.array(Decision), live: z.boolean(), draft: Draft.optional(),
  others: z.array(z.object({ file: z.string(), xml: z.string() })),
}).meta({ id: 'ModelDecision' });

const decisionParams = z.object({ id: ModelId, decisionId: ModelId });

export const createModelDecision = defineRoute({
  operationId: 'createModelDecision', method: 'post', path: '/api/v1/models/:id/decisions', area: AREA, access: 'model',
  summary: 'Begin a decision file with one empty table; it is deployed with the procedure.',
  params,
  body: z.strictObject({ name: Name }),
  responses: { 201: z.object({ id: z.string() }) },
});

export const getModelDecision = defineRoute({
  operationId: 'getModelDecision', method: 'get', path: '/api/v1/models/:id/decisions/:decisionId', area: AREA, access: 'model',
  summary: 'The decision file that holds a decision: its draft, or what is live. Its ETag is the SHA-256 of the DMN.',
  params: decisionParams,
  responses: { 200: ModelDecision },
});

export const saveModelDecision = defineRoute({
  operationId: 'saveModelDecision', method: 'put', path: '/api/v1/models/:id/decisions/:decisionId', area: AREA, access: 'model',
  summary: 'Save the draft of the decision file that holds a decision. If-Match names what it was made from.',
  description: 'MODEL_CONDITION_MISSING (428) without If-Match; MODEL_CHANGED (412) when somebody else has saved in between; MODEL_DECISION_ELSEWHERE (409) when another file of the procedure has one of its decisions.',
  params: decisionParams,
  bodyLimit: 8 * 1_048_576,
  body: z.strictObject({ decisions: z.array(z.strictObject({ id: ModelId, name: z.string().max(200) })).min(1).max(1_000), xml: Xml }),
  responses: { 200: Draft },
});

export const discardModelDecision = defineRoute({
  operationId: 'discardModelDecision', method: 'delete', path: '/api/v1/models/:id/decisions/:decisionId', area: AREA, access: 'model',
  summary: 'Throw the draft of one decision file away. What is live stays; a file that was never deployed is gone.',
  params: decisionParams,
  responses: { 204: null },
});

export const MODEL_ROUTES = [listModels, createModel, getModel, saveModel, discardModel, deployModel, createModelDecision, getModelDecision, saveModelDecision, discardModelDecision];

export type ModelBody = z.output<typeof Model>;
export type ModelSummaryBody = z.output<typeof ModelSummary>;
export type ModelDecisionBody = z.output<typeof ModelDecision>;
export type ModelDeployedBody = z.output<typeof ModelDeployed>;
export type ModelProblemBody = z.output<typeof ModelProblem>;
