/**
 * The data of a template: of all variables a service task sees, exactly what the template's JSON Schema names, checked against it.
 * What a schema does not name stays out of the document and out of its metadata.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../engine/index.ts';
import { DocumentError } from './errors.ts';

/** The parts of JSON Schema (2020-12) that decide what is picked; all others decide what is valid. */
export interface DataSchema {
  readonly title?: string;
  readonly properties?: Readonly<Record<string, DataSchema>>;
  readonly items?: DataSchema;
}

export interface DataReader {
  /** The data of the template. Throws DOCUMENT_DATA_INVALID with the first field that does not fit. */
  read(variables: Readonly<Record<string, Json>>): Readonly<Record<string, Json>>;
}

/** `name`: of the template, for messages. Throws what zod says of a schema it does not know. */
export function createDataReader(schema: DataSchema, name: string): DataReader {
  const check = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  return {
    read(variables) {
      const picked = pick(variables, schema) as Readonly<Record<string, Json>>;
      const result = check.safeParse(picked);
      if (result.success) return picked;
      const issue = result.error.issues[0]!;
      throw new DocumentError('DOCUMENT_DATA_INVALID', { name, field: fieldOf(issue.path), reason: reasonOf(issue, picked) });
    },
  };
}

function pick(value: Json | undefined, schema: DataSchema): Json | undefined {
  const plain = untagged(value);
  if (Array.isArray(plain)) return plain.map((item) => pick(item as Json, schema.items ?? {}) ?? null);
  if (typeof plain !== 'object' || plain === null || schema.properties === undefined) return plain;
  const given = plain as Readonly<Record<string, Json>>;
  const picked: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(schema.properties)) {
    const found = Object.hasOwn(given, key) ? pick(given[key], inner) : undefined;
    if (found !== undefined) picked[key] = found;
  }
  return picked;
}

/** A tagged value as its text; a number only where a JSON number would say something else. */
function untagged(value: Json | undefined): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { $: tag, v } = value as Readonly<Record<string, Json>>;
  if (typeof tag !== 'string' || typeof v !== 'string' || Object.keys(value).length !== 2) return value;
  return tag === 'number' && String(Number(v)) === v ? Number(v) : v;
}

/** `addressee[0]`, `document.number`; the whole is "the data". */
function fieldOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
  return text === '' ? 'the data' : text;
}

function reasonOf(issue: z.core.$ZodIssue, data: Json): string {
  const found = issue.path.reduce<unknown>((inside, part) => (typeof inside === 'object' && inside !== null ? (inside as Readonly<Record<PropertyKey, unknown>>)[part] : undefined), data);
  if (found === undefined) return 'it is missing';
  const [first = '', ...rest] = issue.message;
  return `${first.toLowerCase()}${rest.join('')}`;
}

/** SHA-256 (hex) of data, whatever the order of their keys. */
export function hashOfData(data: Json): string {
  return createHash('sha256').update(JSON.stringify(data, (_key, value: unknown) => sorted(value))).digest('hex');
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
