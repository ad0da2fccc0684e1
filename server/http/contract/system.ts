/** The routes of the machinery itself: health (as probes ask it), metrics (Prometheus text format 0.0.4) and the description of the API (OpenAPI 3.1.1). */
import { z } from 'zod';
import { defineRoute } from './route.ts';

export const getHealth = defineRoute({
  operationId: 'getHealth', method: 'get', path: '/healthz', area: 'system', access: 'public',
  summary: 'Is the process alive?',
  responses: { 200: z.object({ status: z.literal('alive') }) },
});

const Readiness = z.object({
  status: z.enum(['ready', 'starting', 'not-ready', 'draining']),
  checks: z.array(z.object({ name: z.string(), ready: z.boolean(), says: z.string().optional() })),
});

export const getReadiness = defineRoute({
  operationId: 'getReadiness', method: 'get', path: '/readyz', area: 'system', access: 'public',
  summary: 'May requests be sent here?',
  description: '503 while the process is starting or stopping and while something it needs does not work; `says` tells what.',
  responses: { 200: Readiness, 503: Readiness },
});

export const getMetrics = defineRoute({
  operationId: 'getMetrics', method: 'get', path: '/metrics', area: 'system', access: 'public',
  summary: 'The figures of this process, for Prometheus.',
  description: 'With PITON_METRICS_TOKEN set: to who sends it as a bearer token. Without: to programs of this machine, where no proxy stands in front. Anybody else gets 401.',
  headers: z.object({ authorization: z.string().optional(), forwarded: z.string().optional(), 'x-forwarded-for': z.string().optional() }),
  produces: 'text/plain; version=0.0.4; charset=utf-8',
  responses: { 200: z.string() },
});

export const getOpenApi = defineRoute({
  operationId: 'getOpenApi', method: 'get', path: '/api/openapi.json', area: 'system', access: 'public',
  summary: 'This description, OpenAPI 3.1.',
  responses: { 200: z.record(z.string(), z.unknown()) },
});

export const SYSTEM_ROUTES = [getHealth, getReadiness, getMetrics, getOpenApi];
