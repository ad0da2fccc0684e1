/** Where the cases of a procedure stand: counters per element, totals, and the cases behind each number. No personal data but names behind a number. */
import { z } from 'zod';
import { Instant, PageQuery, ProcessId, VersionNumber, pageOf, whileIncomplete } from './common.ts';
import { defineRoute } from './route.ts';

const count = z.number().int().nonnegative();

/** `waiting`: tasks nobody holds, or elements at work; `claimed`: tasks somebody holds; `overdue`: open tasks past their due date. */
const MonitorElement = z.object({
  index: count.describe('Names the element in frames'), elementId: z.string(), name: z.string(), type: z.string(), stays: z.boolean().describe('Cases may stay here; the others are passed at once'), who: z.string().nullable(),
  waiting: count, claimed: count, overdue: count, incidents: count,
  oldest: Instant.nullable().describe('Since when the oldest waits'),
}).meta({ id: 'MonitorElement' });
export type MonitorElement = z.output<typeof MonitorElement>;

/** `started`, `done`: cases of today, in the zone of the server; `failed` are those ended by an error. */
const MonitorTotals = z.object({ inProgress: count, started: count, done: count, failed: count, overdue: count, incidents: count }).meta({ id: 'MonitorTotals' });
export type MonitorTotals = z.output<typeof MonitorTotals>;

const MonitorSnapshot = z.object({
  processId: z.string(), name: z.string(), version: z.number().int(), seq: z.number().int(), at: Instant,
  versions: z.array(z.object({ version: z.number().int(), inProgress: count, latest: z.boolean() })),
  elements: z.array(MonitorElement), totals: MonitorTotals,
  pools: z.array(z.object({ processId: z.string(), version: z.number().int(), name: z.string() })).describe('The other procedures of the same drawing'),
}).meta({ id: 'MonitorSnapshot' });
export type MonitorSnapshot = z.output<typeof MonitorSnapshot>;

const MonitorProcess = z.object({ processId: z.string(), name: z.string(), version: z.number().int(), totals: MonitorTotals }).meta({ id: 'MonitorProcess' });
export type MonitorProcess = z.output<typeof MonitorProcess>;

export const MONITOR_STATES = ['waiting', 'claimed', 'overdue', 'incident'] as const;
export type MonitorState = (typeof MONITOR_STATES)[number];

const MonitorCase = z.object({
  stream: z.string(), reference: z.string().nullable().describe('Business key, or the first registration number'), subject: z.string().nullable().describe('Null also for who may not read what cases contain'), since: Instant, dueAt: Instant.nullable(), overdue: z.boolean(), heldBy: z.string().nullable(),
}).meta({ id: 'MonitorCase' });
export type MonitorCase = z.output<typeof MonitorCase>;

/** Absolute values, so that a lost frame heals with the next. `oldest`: since when the oldest waits or is held. */
export type ElementCounts = readonly [index: number, waiting: number, claimed: number, overdue: number, incidents: number, oldest: string | null];

/** `prev`: the number of the frame before; who has another one has missed a frame and asks for the snapshot. */
export interface MonitorFrame {
  readonly room: string;
  readonly version: number;
  readonly seq: number;
  readonly prev: number;
  readonly at: string;
  readonly elements: readonly ElementCounts[];
  readonly totals: MonitorTotals;
}

const AREA = 'Monitor';

export const listMonitor = defineRoute({
  operationId: 'listMonitor', method: 'get', path: '/api/v1/monitor', area: AREA, access: 'monitor',
  summary: 'Every procedure with its totals', responses: { 200: z.object({ items: z.array(MonitorProcess), ...whileIncomplete }) },
});

export const getSnapshot = defineRoute({
  operationId: 'getMonitorSnapshot', method: 'get', path: '/api/v1/monitor/:processId/snapshot', area: AREA, access: 'monitor',
  summary: 'Where the cases of a procedure stand now',
  description: 'The strong ETag is the number of the last frame. Without version: the latest.',
  params: z.object({ processId: ProcessId }), query: z.object({ version: VersionNumber.optional() }),
  responses: { 200: MonitorSnapshot.extend(whileIncomplete) },
});

export const listElementCases = defineRoute({
  operationId: 'listMonitorCases', method: 'get', path: '/api/v1/monitor/:processId/elements/:elementId/cases', area: AREA, access: 'monitor',
  summary: 'The cases behind a number, oldest first',
  params: z.object({ processId: ProcessId, elementId: z.string().min(1).max(200) }),
  query: PageQuery.extend({ state: z.enum(MONITOR_STATES).default('waiting'), version: VersionNumber.optional() }),
  responses: { 200: pageOf(MonitorCase) },
});

export const MONITOR_ROUTES = [listMonitor, getSnapshot, listElementCases] as const;
