/** One operation of the HTTP API as data (OpenAPI 3.1.1, Operation Object): the source of routing, validation and documentation. */
import { z } from 'zod';
import type { Rule } from './rules.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Media types of a body that is taken as bytes; the second is that of a part of an upload (draft-ietf-httpbis-resumable-upload, tus 1.0). */
export type BinaryType = 'application/octet-stream' | 'application/offset+octet-stream';

/** The answer of a route that gives bytes; the handler says their media type. */
export const BINARY = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

/**
 * `path`: parameters as `:name`, each in `params`. `query`: unknown keys are refused. `headers`: by their names. `responses`: the answers the handler may
 * give; `null` has no content, {@link BINARY} is bytes; problems are added by the machinery. `bodyLimit`: bytes, default 1 MiB.
 * `consumes`: the body is bytes of this media type instead of JSON described by `body`. `produces`: the media type of a text
 * answer; absent: JSON. `secrets`: fields of the body, as `name` or `name.inside`, that must not enter the request hash, which the log keeps.
 * `listed`: absent, an answer waits until the lists include its position; `before-reading`, whoever reads next waits instead. Only for what asks no list itself.
 */
export interface Route {
  readonly operationId: string;
  readonly method: Method;
  readonly path: `/api/v1/${string}` | '/healthz' | '/readyz' | '/metrics' | '/api/openapi.json';
  readonly area: string;
  readonly access: Rule;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly consumes?: BinaryType;
  readonly bodyLimit?: number;
  readonly produces?: string;
  readonly secrets?: readonly string[];
  readonly listed?: 'before-reading';
  readonly responses: Readonly<Record<number, z.ZodType | null>>;
}

/** Keeps the exact types of a route, so that its handler is checked against them. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

/**
 * A server-rendered page or the target of one of its forms. `body`: the form's fields (texts, repeated ones as lists) without
 * `_csrf` and `_key`; unknown query parameters are dropped. `sources`: what the Content-Security-Policy of this page allows
 * besides the usual, by directive: `{ 'frame-src': ["'self'"] }`.
 */
export interface Page {
  readonly name: string;
  readonly method: 'get' | 'post';
  readonly path: `/${string}`;
  readonly access: Rule;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyLimit?: number;
  readonly secrets?: readonly string[];
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

/** Keeps the exact types of a page, so that its handler is checked against them. */
export function definePage<const P extends Page>(page: P): P {
  return page;
}

/** A room of the live connection that a browser may join; `path` is its name with the id of what it is about as `{id}`. */
export interface Room {
  readonly name: string;
  readonly path: `${string}:{id}`;
  readonly access: Rule;
  /** What is told in it. */
  readonly says: string;
}
