/** Joins a route or page of the contract to its handler; what a module hands to the app. */
import type { z } from 'zod';
import type { Actor } from '../../../engine/index.ts';
import type { Person } from '../../ports/directory.ts';
import type { CommandMeta } from '../../runtime/types.ts';
import type { Page, Route } from './route.ts';
import type { Resource, ResourceOf, ResourceRule, Rule } from './rules.ts';

/** A signed-in browser or program. Instants are ISO 8601 UTC; `csrf` is the synchroniser token of its forms and requests. */
export interface Session {
  readonly person: Person;
  readonly csrf: string;
  readonly signedInAt: string;
  /** When it ends if nothing is asked any more. */
  readonly idleUntil: string;
  /** When it ends in any case. */
  readonly until: string;
}

type Endpoint = Route | Page;
type Output<T, Otherwise> = T extends z.ZodType ? z.output<T> : Otherwise;
type Nothing = Readonly<Record<string, never>>;
type Field<E, K extends string> = E extends { readonly [P in K]: infer T } ? T : undefined;
type SignedIn<A extends Rule, T> = A extends 'public' ? T | undefined : T;

/**
 * What a handler is given. `meta` carries actor, idempotency key and request hash: hand it to the runtime as it is. `key`: a
 * fresh idempotency key for a form on the answer. `csrf`: the token of its forms; empty without a session.
 */
export interface Context<E extends Endpoint> {
  readonly params: Output<Field<E, 'params'>, Nothing>;
  readonly query: Output<Field<E, 'query'>, Nothing>;
  readonly headers: Output<Field<E, 'headers'>, Nothing>;
  readonly body: E extends { readonly consumes: string } ? Uint8Array : Output<Field<E, 'body'>, undefined>;
  readonly session: SignedIn<E['access'], Session>;
  readonly person: SignedIn<E['access'], Person>;
  readonly actor: Actor;
  readonly meta: CommandMeta;
  readonly resource: ResourceOf<E['access']>;
  /** Whether this person may do something else as well: the same decision as for routes. */
  readonly may: (rule: Rule, resource?: Resource) => boolean;
  /** ISO 8601 UTC instant of the request. */
  readonly now: string;
  readonly requestId: string;
  /** Network address of the caller. */
  readonly address: string;
  /** The request's Cookie header, for sign-in and sign-out. */
  readonly cookies: string;
  readonly csrf: string;
  readonly key: string;
  /** The entity tag of If-Match, without quotes (RFC 9110, 13.1.1); undefined when there is none. */
  readonly ifMatch: string | undefined;
}

/**
 * `position`: the answer waits up to 2 s until the projections include it, else it is 202 if the route knows 202; see `listed` of a route. `etag` without
 * quotes. `headers` replace what the application sends otherwise. `mediaType`: of an answer of bytes.
 */
interface Answered {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly position?: number;
  readonly replayed?: boolean;
  readonly etag?: string;
  readonly mediaType?: string;
}

/** Answers are read only, so handlers may pass on what they were given. */
type Unchanged<T> = T extends Uint8Array ? T : T extends readonly (infer U)[] ? readonly Unchanged<U>[] : T extends object ? { readonly [K in keyof T]: Unchanged<T[K]> } : T;

/** One of the declared answers of a route. */
export type RouteAnswer<R extends Route> = {
  [S in keyof R['responses'] & number]: Answered & { readonly status: S } & (
    R['responses'][S] extends z.ZodType ? { readonly body: Unchanged<z.input<R['responses'][S]>> } : { readonly body?: undefined });
}[keyof R['responses'] & number];

/** A page, or where the browser goes on (303 See Other). `embeds`: the page shows a document of ours inside itself. */
export type PageAnswer =
  | Answered & { readonly html: string; readonly status?: number; readonly embeds?: boolean }
  | Answered & { readonly redirect: string };

type Locate<E extends Endpoint> = (context: Omit<Context<E>, 'resource'>) => Promise<ResourceOf<E['access']>> | ResourceOf<E['access']>;
type Located<E extends Endpoint> = E['access'] extends ResourceRule ? [locate: Locate<E>] : [];

export interface BoundRoute {
  readonly kind: 'route';
  readonly endpoint: Route;
  readonly handle: (context: never) => Promise<AnyRouteAnswer>;
  readonly locate: ((context: never) => Promise<Resource> | Resource) | undefined;
}

export interface BoundPage {
  readonly kind: 'page';
  readonly endpoint: Page;
  readonly handle: (context: never) => Promise<PageAnswer>;
  readonly locate: ((context: never) => Promise<Resource> | Resource) | undefined;
}

/** An answer after its types were checked at the handler. */
export interface AnyRouteAnswer extends Answered {
  readonly status: number;
  readonly body?: unknown;
}

/**
 * Joins a route to its handler. A rule that depends on a resource asks for `locate`: it finds the case, task or definition,
 * or fails with {@link HttpFailure}; the handler runs only after the rule has agreed.
 */
export function bind<const R extends Route, const A extends RouteAnswer<R>>(route: R, handle: (context: Context<R>) => Promise<A>, ...[locate]: Located<R>): BoundRoute {
  return { kind: 'route', endpoint: route, handle: handle, locate };
}

/** As {@link bind}, for a page. */
export function bindPage<P extends Page>(page: P, handle: (context: Context<P>) => Promise<PageAnswer>, ...[locate]: Located<P>): BoundPage {
  return { kind: 'page', endpoint: page, handle: handle, locate };
}

/** Files served to everybody as they are: `directory` (absolute) under `path`. */
export interface Assets {
  readonly path: `/${string}`;
  readonly directory: string;
}

/** What a module contributes to the HTTP surface. */
export interface HttpModule {
  readonly name: string;
  readonly routes: readonly BoundRoute[];
  readonly pages?: readonly BoundPage[];
  readonly assets?: readonly Assets[];
}
