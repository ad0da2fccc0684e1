/** What is deployed: process definitions, their versions and their BPMN. */
import { z } from 'zod';
import { Instant, ProcessId, VersionNumber } from './common.ts';
import { defineRoute } from './route.ts';

export const Definition = z.object({
  processId: z.string(), version: z.number().int(), name: z.string(), versionTag: z.string().optional(), hash: z.string(), fileName: z.string(),
  forms: z.array(z.string()), decisions: z.array(z.string()), deployedAt: Instant, deployedBy: z.string(),
}).meta({ id: 'Definition' });

export const listDefinitions = defineRoute({
  operationId: 'listDefinitions', method: 'get', path: '/api/v1/definitions', area: 'definitions', access: 'signed-in',
  summary: 'The latest version of every process.',
  description: 'Global tasks, which other processes call, are left out; their versions are told under their id.',
  responses: { 200: z.object({ items: z.array(Definition) }) },
});

export const listVersions = defineRoute({
  operationId: 'listDefinitionVersions', method: 'get', path: '/api/v1/definitions/:processId/versions', area: 'definitions', access: 'signed-in',
  summary: 'All versions of a process, newest first.',
  params: z.object({ processId: ProcessId }),
  responses: { 200: z.object({ items: z.array(Definition) }) },
});

export const getXml = defineRoute({
  operationId: 'getDefinitionXml', method: 'get', path: '/api/v1/definitions/:processId/:version/xml', area: 'definitions', access: 'signed-in',
  summary: 'The BPMN file of a version, byte for byte as it was deployed.',
  params: z.object({ processId: ProcessId, version: VersionNumber }),
  produces: 'application/xml',
  responses: { 200: z.string() },
});

export const DEFINITION_ROUTES = [listDefinitions, listVersions, getXml];
