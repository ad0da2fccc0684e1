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

const Draft = z.object({ savedAt: Instant, savedBy: Who }).meta({ id: 'ModelDraft' });
const Live = z.object({ processId: z.string(), name: z.string(), version: z.number().int(), deployedAt: Instant, deployedBy: Who }).meta({ id: 'ModelLive' });

/** `live`: the latest deployed versions of its processes. `running`: cases going on, of every version. */
const ModelSummary = z.object({
  id: z.string(), name: z.string(), processIds: z.array(z.string()), live: z.array(Live), draft: Draft.optional(), running: z.number().int(),
}).meta({ id: 'ModelSummary' });

const Named = z.object({ id: z.string(), title: z.string() }).meta({ id: 'ModelName' });
const ModelForm = z.object({ id: z.string(), fields: z.array(z.object({ key: z.string(), label: z.string() })) }).meta({ id: 'ModelForm' });

/** `basis`: the versions the draft began from, by process. `forms`: those that are deployed with it. `vocabulary`: what its tasks may name. */
export const Model = z.object({
  id: z.string(), name: z.string(), processIds: z.array(z.string()), live: z.array(Live), draft: Draft.optional(), running: z.number().int(),
  xml: z.string(), basis: z.record(z.string(), z.number().int()), forms: z.array(ModelForm),
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
  summary: 'Throw the draft away. What is live stays; a procedure that was never deployed is gone.',
  params,
  responses: { 204: null },
});

const ModelDeployed = z.object({ processes: z.array(DeployedProcess), warnings: z.array(ModelProblem), position: Position }).meta({ id: 'ModelDeployed' });

export const deployModel = defineRoute({
  operationId: 'deployModel', method: 'post', path: '/api/v1/models/:id/deployment', area: AREA, access: 'model',
  summary: 'Deploy the draft with the forms of the version before. Running cases stay on their version.',
  description: 'basis: the live versions the analyst knows of, by process; MODEL_DEPLOYED_MEANWHILE (409) when there is a newer one: it says who and when. HTTP_MODEL_REFUSED (422) with every problem.',
  params,
  body: z.strictObject({ basis: z.record(z.string(), z.number().int().min(1)) }),
  responses: { 201: ModelDeployed, 202: ModelDeployed },
});

export const MODEL_ROUTES = [listModels, createModel, getModel, saveModel, discardModel, deployModel];

export type ModelBody = z.output<typeof Model>;
export type ModelSummaryBody = z.output<typeof ModelSummary>;
export type ModelDeployedBody = z.output<typeof ModelDeployed>;
export type ModelProblemBody = z.output<typeof ModelProblem>;
