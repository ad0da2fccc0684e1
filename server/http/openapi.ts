/** The description of the API, OpenAPI 3.1.1, made from the same zod schemas that check requests and answers. */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { BINARY } from './contract/route.ts';
import type { Route } from './contract/route.ts';
import { RULES } from './contract/rules.ts';

type Json = Record<string, unknown>;

/** Describes the routes; named schemas (`.meta({ id })`) stand under components. */
export function openApi(routes: readonly Route[], version: string): Json {
  const schemas: Json = { Problem: PROBLEM };
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Piton', version, description: 'The HTTP interface of the Piton workflow engine. Failures are problem details (RFC 9457).' },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.area))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'piton', description: 'Made by POST /api/v1/session; __Host-piton over https.' },
        csrf: { type: 'apiKey', in: 'header', name: 'X-CSRF-Token', description: 'The csrf value of the session; with every changing request.' },
      },
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const changes = route.method !== 'get';
  const open = route.access === 'public';
  return {
    operationId: route.operationId,
    tags: [route.area],
    summary: route.summary,
    description: [...(route.description === undefined ? [] : [route.description]), `Access: ${RULES[route.access].says}`].join('\n\n'),
    'x-piton-access': route.access,
    security: open ? [] : [changes ? { session: [], csrf: [] } : { session: [] }],
    parameters: [...parameters(route.params, 'path', schemas), ...parameters(route.query, 'query', schemas), ...parameters(route.headers, 'header', schemas), ...(changes ? [IDEMPOTENCY_KEY] : [])],
    ...requestBody(route, schemas),
    responses: responses(route, schemas),
  };
}

/** Bytes have no schema (OpenAPI 3.1.1, 4.8.14.2): an empty media type object says that. */
function requestBody(route: Route, schemas: Json): Json {
  if (route.consumes !== undefined) return { requestBody: { required: true, content: { [route.consumes]: {} } } };
  return route.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body, 'input', schemas) } } } };
}

function parameters(object: z.ZodObject | undefined, place: 'path' | 'query' | 'header', schemas: Json): Json[] {
  if (object === undefined) return [];
  const schema = schemaOf(object, 'input', schemas) as { readonly properties?: Json; readonly required?: readonly string[] };
  return Object.entries(schema.properties ?? {}).map(([name, value]) => ({ name, in: place, required: place === 'path' || schema.required?.includes(name) === true, schema: value }));
}

function responses(route: Route, schemas: Json): Json {
  const described: Json = {};
  for (const [status, schema] of Object.entries(route.responses)) {
    described[status] = {
      description: STATUS_CODES[status] ?? status,
      ...(schema === null ? {} : { content: schema === BINARY ? { [route.produces ?? '*/*']: {} } : { [route.produces ?? 'application/json']: { schema: schemaOf(schema, 'output', schemas) } } }),
    };
  }
  described['default'] = { description: 'A problem (RFC 9457)', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  return described;
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Json;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) addNamed(schemas, name, definition as Json);
  return relink(rest) as Json;
}

function addNamed(schemas: Json, name: string, definition: Json): void {
  const { id: _id, ...rest } = definition;
  const linked = relink(rest);
  if (schemas[name] !== undefined && JSON.stringify(schemas[name]) !== JSON.stringify(linked)) throw new Error(`Two different schemas are named ${name}`);
  schemas[name] = linked;
}

function relink(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relink);
  if (typeof value !== 'object' || value === null) return value;
  // What a client reads may gain properties later; what is refused on the way in is said by the problem's list of errors.
  const kept = Object.entries(value).filter(([key, item]) => !(key === 'additionalProperties' && item === false));
  return Object.fromEntries(kept.map(([key, item]) => [key, key === '$ref' && typeof item === 'string' ? item.replace('#/$defs/', '#/components/schemas/') : relink(item)]));
}

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', minLength: 1, maxLength: 200 },
  description: 'The same key with the same request gives the first answer again, for ever; with another request 422.',
};

const TEXT: Json = { type: 'string' };
const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'hint', 'requestId', 'instance'],
  properties: {
    type: TEXT, title: TEXT, status: { type: 'integer' }, detail: TEXT, instance: TEXT, code: TEXT, hint: TEXT, requestId: TEXT,
    errors: { type: 'array', items: { type: 'object', required: ['pointer', 'code', 'detail'], properties: { pointer: TEXT, code: TEXT, detail: TEXT } } },
    problems: {
      type: 'array', description: 'What is wrong with a model, every finding.',
      items: { type: 'object', properties: { code: TEXT, severity: TEXT, elementId: TEXT, line: { type: 'integer' }, message: TEXT, hint: TEXT, clause: TEXT, fileName: TEXT } },
    },
  },
};
