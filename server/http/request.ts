/** Reading a request strictly: query, parameters and body against their schemas, and its hash for idempotency (RFC 9110; draft-ietf-httpapi-idempotency-key-header-07). */
import { fill } from '../../engine/index.ts';
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { failure } from './contract/failure.ts';
import type { FieldError } from './contract/failure.ts';
import { FIELD_ERRORS } from './errors.ts';
import type { FieldCode } from './errors.ts';

type Place = 'body' | 'query' | 'params' | 'headers';

const FIELD_CODES: Readonly<Partial<Record<string, FieldCode>>> = {
  too_small: 'FIELD_SIZE', too_big: 'FIELD_SIZE', invalid_format: 'FIELD_FORMAT', invalid_value: 'FIELD_VALUE', invalid_type: 'FIELD_TYPE',
};

/** Deeper values than any form or program sends, and shallower than what checking them by recursion can take. */
const DEEPEST = 100;

/**
 * Throws HTTP_TOO_DEEP, and HTTP_REQUEST_INVALID for a field named `__proto__`, which would be lost without a word on the way.
 * Level by level, because recursion is what a deep body attacks.
 */
export function requirePlain(body: unknown): void {
  let level: readonly unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw failure('HTTP_TOO_DEEP', { limit: DEEPEST });
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    if (objects.some((value) => Object.hasOwn(value, '__proto__'))) throw failure('HTTP_REQUEST_INVALID', { where: 'the body', found: 'a field is named __proto__' }, { errors: [unknownField(['body', '__proto__'])] });
    level = objects.flatMap((value) => Object.values(value) as unknown[]);
  }
}

/** The value as its schema gives it; throws HTTP_REQUEST_INVALID with every place that is wrong. */
export function read<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap((issue) => fieldErrors(issue, place));
  throw failure('HTTP_REQUEST_INVALID', { where: NAMES[place], found: `${errors.length === 1 ? 'one place is' : `${errors.length} places are`} not` }, { errors });
}

const NAMES: Readonly<Record<Place, string>> = { body: 'the body', query: 'the query', params: 'the address', headers: 'the headers' };

function fieldErrors(issue: z.core.$ZodIssue, place: Place): FieldError[] {
  const pointer = pointerTo([place, ...issue.path]);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField([place, ...issue.path, key]));
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return [missing ? fieldError('FIELD_REQUIRED', pointer, { expected: issue.expected }) : fieldError(FIELD_CODES[issue.code] ?? 'FIELD_INVALID', pointer, { said: issue.message })];
}

/** FIELD_UNKNOWN at the place that `path` names. */
export function unknownField(path: readonly PropertyKey[]): FieldError {
  return fieldError('FIELD_UNKNOWN', pointerTo(path), {});
}

function fieldError(code: FieldCode, pointer: string, values: Readonly<Record<string, string>>): FieldError {
  return { pointer, code, detail: fill(FIELD_ERRORS[code].message, values) };
}

/** RFC 6901. */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The query as texts; a repeated parameter is a list. */
export function queryOf(url: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  const mark = url.indexOf('?');
  if (mark < 0) return query;
  const found = new URLSearchParams(url.slice(mark + 1));
  for (const name of new Set(found.keys())) {
    const values = found.getAll(name);
    query[name] = values.length === 1 ? values[0]! : values;
  }
  return query;
}

/** SHA-256, hex, over method, path, query and body; the order of keys does not matter. */
export function requestHash(method: string, path: string, query: unknown, body: unknown): string {
  return createHash('sha256').update(`${method.toUpperCase()}\n${path}\n${canonical(query)}\n${canonical(body)}`).digest('hex');
}

/** JSON with sorted keys (in the manner of RFC 8785). */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The idempotency key as the log keeps it: one person's keys never meet another's. Throws HTTP_IDEMPOTENCY_KEY_INVALID. */
export function personalKey(person: string, key: string): string {
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw failure('HTTP_IDEMPOTENCY_KEY_INVALID');
  return `${person}/${key}`;
}
