/** Incidents: where a case waits for a human to repair something. */
import { z } from 'zod';
import { CaseId, Counter, Instant, PageQuery, Position, ProcessId, pageOf } from './common.ts';
import { defineRoute } from './route.ts';

export const IncidentBody = z.object({
  instanceId: z.string(), incident: z.number().int(), processId: z.string(), elementId: z.string(), elementName: z.string(), code: z.string(), message: z.string(), at: Instant,
}).meta({ id: 'Incident' });

export const listIncidents = defineRoute({
  operationId: 'listIncidents', method: 'get', path: '/api/v1/incidents', area: 'incidents', access: 'resolve-incident',
  summary: 'Open incidents, newest first.',
  query: PageQuery.extend({ processId: ProcessId.optional() }),
  responses: { 200: pageOf(IncidentBody) },
});

const Resolved = z.object({ id: z.string(), version: z.number().int(), position: Position });

export const resolveIncident = defineRoute({
  operationId: 'resolveIncident', method: 'post', path: '/api/v1/instances/:id/incidents/:incident/resolve', area: 'incidents', access: 'resolve-incident',
  summary: 'Try again what failed, after its cause is repaired.',
  params: z.object({ id: CaseId, incident: Counter }),
  body: z.strictObject({ retries: z.number().int().min(1).max(100).optional() }),
  responses: { 200: Resolved, 202: Resolved },
});

export const INCIDENT_ROUTES = [listIncidents, resolveIncident];
