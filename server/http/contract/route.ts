/** One operation of the HTTP API as data (OpenAPI 3.1.1, Operation Object): the source of routing, validation and documentation. */
import type { z } from 'zod';
import type { Rule } from './rules.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/**
 * `path`: parameters as `:name`, each in `params`. `query`: unknown keys are refused. `responses`: the answers the handler may
 * give; `null` has no content; problems are added by the machinery. `bodyLimit`: bytes, default 1 MiB. `produces`: the media
 * type of a text answer; absent: JSON. `secrets`: fields of the body that must not enter the request hash, which the log keeps.
 */
export interface Route {
  readonly operationId: string;
  readonly method: Method;
  readonly path: `/api/v1/${string}` | '/healthz' | '/readyz' | '/api/openapi.json';
  readonly area: string;
  readonly access: Rule;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyLimit?: number;
  readonly produces?: string;
  readonly secrets?: readonly string[];
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
