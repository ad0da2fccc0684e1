/** Registers, file plan and records (ISO 15489-1). */
import { z } from 'zod';
import { Instant, pageOf, PageQuery, Position } from './common.ts';
import { defineRoute } from './route.ts';

const Name = z.string().regex(/^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*$/, 'A register, for example PS-IN.').max(60);
const Number_ = z.string().regex(/^[A-Z][A-Z0-9/-]*\/\d{4}\/\d{4,9}$/, 'A number, for example PS-IN/2026/0001.').max(80);
const Year = z.coerce.number().int().min(1900).max(9999);

/** A line of a register. `from`, `to`, `subject`, `reference` are absent until they are written, and after an erasure. */
export const RegisterLine = z.object({
  number: z.string(), registry: z.string(), year: z.number().int(), at: Instant, instanceId: z.string(), agency: z.string().optional(),
  from: z.string().optional(), to: z.string().optional(), subject: z.string().optional(), reference: z.string().optional(),
  void: z.string().optional().describe('Why the number was struck out.'),
}).meta({ id: 'RegisterLine' });

export type RegisterLineBody = z.infer<typeof RegisterLine>;

/** A register with its newest year. */
const Register = z.object({ registry: z.string(), agency: z.string().optional(), years: z.array(z.number().int()) }).meta({ id: 'Register' });

export const FileSeriesBody = z.object({ series: z.string(), title: z.string(), recordClass: z.string(), retention: z.string() }).meta({ id: 'FileSeries' });
export type FileSeriesBody = z.infer<typeof FileSeriesBody>;

export const RecordBody = z.object({
  recordId: z.string(), fileNumber: z.string(), series: z.string(), title: z.string(), recordClass: z.string(), retention: z.string(), filedAt: Instant,
  instanceId: z.string(), agency: z.string().optional(),
  documents: z.array(z.object({ title: z.string(), number: z.string().optional(), sha256: z.string(), mediaType: z.string(), bytes: z.number().int() })),
}).meta({ id: 'Record' });

export const listRegisters = defineRoute({
  operationId: 'listRegisters', method: 'get', path: '/api/v1/registers', area: 'registry', access: 'read-registers',
  summary: 'The registers you may read, with their years.',
  responses: { 200: z.object({ items: z.array(Register) }) },
});

export const listRegisterLines = defineRoute({
  operationId: 'listRegisterLines', method: 'get', path: '/api/v1/registers/:registry', area: 'registry', access: 'read-registers',
  summary: 'The lines of a register in a year, newest first.',
  params: z.object({ registry: Name }), query: PageQuery.extend({ year: Year }),
  responses: { 200: pageOf(RegisterLine) },
});

const Voided = z.object({ number: z.string(), position: Position });

export const voidNumber = defineRoute({
  operationId: 'voidNumber', method: 'post', path: '/api/v1/registers/voids', area: 'registry', access: 'keep-registers',
  summary: 'Strike out a number with a reason; it is never given again.',
  body: z.strictObject({ number: Number_, reason: z.string().trim().min(3).max(500) }),
  responses: { 201: Voided, 202: Voided },
});

export const listRecords = defineRoute({
  operationId: 'listRecords', method: 'get', path: '/api/v1/records', area: 'registry', access: 'read-registers',
  summary: 'What was filed, newest first; by file number, series or case.',
  query: PageQuery.extend({ fileNumber: Number_.optional(), series: z.string().max(60).optional(), instanceId: z.string().max(200).optional() }),
  responses: { 200: pageOf(RecordBody) },
});

export const listFileSeries = defineRoute({
  operationId: 'listFileSeries', method: 'get', path: '/api/v1/file-series', area: 'registry', access: 'signed-in',
  summary: 'The file plan: series with their class and retention rule.',
  responses: { 200: z.object({ items: z.array(FileSeriesBody) }) },
});

export const openFileSeries = defineRoute({
  operationId: 'openFileSeries', method: 'post', path: '/api/v1/file-series', area: 'registry', access: 'keep-registers',
  summary: 'Open a series of the file plan.',
  body: z.strictObject({
    series: z.string().regex(/^[A-Z][A-Z0-9]*(?:[-/][A-Z0-9]+)*$/, 'A series, for example ADM/4.').max(60), title: z.string().trim().min(1).max(200),
    recordClass: z.string().trim().min(1).max(200), retention: z.string().trim().min(1).max(200),
  }),
  responses: { 201: z.object({ position: Position }), 202: z.object({ position: Position }) },
});

export const REGISTRY_ROUTES = [listRegisters, listRegisterLines, voidNumber, listRecords, listFileSeries, openFileSeries];
