/** The routes of the machinery itself: health (as probes ask it) and the description of the API (OpenAPI 3.1.1). */
import { z } from 'zod';
import { defineRoute } from './route.ts';

export const getHealth = defineRoute({
  operationId: 'getHealth', method: 'get', path: '/healthz', area: 'system', access: 'public',
  summary: 'Is the process alive?',
  responses: { 200: z.object({ status: z.literal('alive') }) },
});

const Readiness = z.object({
  status: z.enum(['ready', 'not-ready', 'draining']),
  checks: z.array(z.object({ name: z.string(), ready: z.boolean() })),
});

export const getReadiness = defineRoute({
  operationId: 'getReadiness', method: 'get', path: '/readyz', area: 'system', access: 'public',
  summary: 'May requests be sent here?',
  description: '503 while a store is not open or the process is stopping.',
  responses: { 200: Readiness, 503: Readiness },
});

export const getOpenApi = defineRoute({
  operationId: 'getOpenApi', method: 'get', path: '/api/openapi.json', area: 'system', access: 'public',
  summary: 'This description, OpenAPI 3.1.',
  responses: { 200: z.record(z.string(), z.unknown()) },
});

export const SYSTEM_ROUTES = [getHealth, getReadiness, getOpenApi];
