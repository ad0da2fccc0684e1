/** Deploying models: a new version of every process and decision in the files, or all their problems. */
import { z } from 'zod';
import { Instant, ModelProblem, Position } from './common.ts';
import { defineRoute } from './route.ts';

export const DeployedProcess = z.object({
  processId: z.string(), version: z.number().int(), name: z.string(), versionTag: z.string().optional(), hash: z.string(), fileName: z.string(),
  forms: z.array(z.string()), decisions: z.array(z.string()), deployedAt: Instant, deployedBy: z.string(), unchanged: z.boolean(),
}).meta({ id: 'DeployedProcess' });

export const DeployedDecision = z.object({
  decisionId: z.string(), version: z.number().int(), name: z.string(), hash: z.string(), fileName: z.string(), deployedAt: Instant, deployedBy: z.string(), unchanged: z.boolean(),
}).meta({ id: 'DeployedDecision' });

const Deployed = z.object({ processes: z.array(DeployedProcess), decisions: z.array(DeployedDecision), warnings: z.array(ModelProblem), position: Position });

export const deploy = defineRoute({
  operationId: 'deploy', method: 'post', path: '/api/v1/deployments', area: 'deployments', access: 'deploy',
  summary: 'Deploy BPMN models, their forms, and DMN decisions, alone or together.',
  description: 'With dryRun=true nothing is recorded. Refused models answer 422 with every problem, each with its element and line.',
  query: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
  bodyLimit: 8 * 1_048_576,
  body: z.strictObject({
    files: z.array(z.strictObject({ name: z.string().regex(/^[^/\\]{1,200}\.(bpmn|dmn|form)$/, 'A file name that ends in .bpmn, .dmn or .form.'), content: z.string().min(1) })).min(1).max(100),
  }),
  responses: {
    200: z.object({ dryRun: z.literal(true), warnings: z.array(ModelProblem) }),
    201: Deployed,
    202: Deployed,
  },
});

export const DEPLOYMENT_ROUTES = [deploy];
