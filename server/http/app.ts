/** The HTTP application: security headers, request ids, logging without personal data, and the routes of every module (RFC 9110). */
import { existsSync } from 'node:fs';
import express from 'express';
import type { Express, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import sirv from 'sirv';
import { bind } from './contract/bind.ts';
import type { BoundPage, BoundRoute, Session } from './contract/bind.ts';
import { failure } from './contract/failure.ts';
import type { HttpFailure } from './contract/failure.ts';
import { getHealth, getOpenApi, getReadiness } from './contract/system.ts';
import { HttpFigures } from './figures.ts';
import { openApi } from './openapi.ts';
import type { AppOptions } from './options.ts';
import { asFailure, plainErrorPage, problemDetails } from './problem.ts';
import { Reading } from './reading.ts';
import { createRouting } from './routing.ts';
import { serve, signInRedirect } from './serve.ts';

/** `drain`: from now on new requests are answered 503, so that the server can close. `announce`: only probes are told that this is about to happen. */
export interface App {
  readonly express: Express;
  readonly bound: readonly (BoundRoute | BoundPage)[];
  readonly figures: HttpFigures;
  announce(): void;
  drain(): void;
}

/** Builds the application; nothing listens yet (server/http/listen.ts). */
export function createApp(options: AppOptions): App {
  const state = { leaving: false, draining: false };
  const figures = new HttpFigures();
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', 'strong');
  app.set('query parser', false);
  app.set('trust proxy', options.proxies ?? 0);
  app.use(helmet(headers(options.secure === true)));
  app.use(function identify(request, response, next) { follow(request, response, next, options, figures); });
  app.use(function refuseWhileDraining(request, response, next) {
    if (!state.draining || PROBES.has(request.path)) { next(); return; }
    response.set('Connection', 'close');
    next(failure('HTTP_BUSY', {}, { headers: { 'Retry-After': '5' } }));
  });
  const bound = [...system(options, state), ...options.modules.flatMap((module) => [...module.routes, ...(module.pages ?? [])])];
  for (const { path, directory } of options.modules.flatMap((module) => module.assets ?? [])) {
    // Names carry a hash of the content; `.br` and `.gz` beside a file are sent to who takes them.
    const files = sirv(directory, { dev: !existsSync(directory), brotli: true, gzip: true, etag: true, maxAge: 31_536_000, immutable: true, extensions: [] });
    app.use(path, function serveStatic(request, response, next) { files(request, response, next); });
  }
  app.use(function forbidCaching(_request, response, next) { response.set('Cache-Control', 'no-store'); next(); });
  const routing = createRouting();
  const reading = new Reading(options);
  for (const entry of bound) {
    const run = serve(entry, options, figures, reading);
    const more = entry.kind === 'page' && entry.endpoint.sources !== undefined ? policyWith(entry.endpoint.sources, options.secure === true) : undefined;
    routing.add(entry.endpoint.method, entry.endpoint.path, function endpoint(request: Request, response: Response) {
      response.locals['endpoint'] = entry;
      more?.(request, response, () => undefined);
      return run(request, response);
    });
  }
  app.use(routing);
  app.use(function nothingThere(request, _response, next) { next(unknownAddress(request, bound)); });
  app.use(function tell(error: unknown, request: Request, response: Response, next: NextFunction) {
    if (response.headersSent) { next(error); return; }
    writeFailure(error, request, response, options, figures);
  });
  return { express: app, bound, figures, announce: () => { state.leaving = true; }, drain: () => { state.draining = true; } };
}

/** What is answered to the last. */
const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** No inline script or style, nothing from elsewhere, no frames. */
const POLICY: Readonly<Record<string, readonly string[]>> = {
  'default-src': ["'none'"], 'script-src': ["'self'"], 'style-src': ["'self'"], 'img-src': ["'self'"], 'font-src': ["'self'"], 'connect-src': ["'self'"],
  'manifest-src': ["'self'"], 'form-action': ["'self'"], 'frame-ancestors': ["'none'"], 'base-uri': ["'none'"],
};

type PolicyOptions = NonNullable<Parameters<typeof helmet.contentSecurityPolicy>[0]>;

/** Content Security Policy Level 3: the directives of every page, with what one page allows besides. */
function policy(secure: boolean, sources: Readonly<Record<string, readonly string[]>> = {}): PolicyOptions {
  const names = new Set([...Object.keys(POLICY), ...Object.keys(sources)]);
  const directives = Object.fromEntries([...names].map((name) => [name, [...POLICY[name] ?? [], ...sources[name] ?? []]]));
  return { useDefaults: false, directives: { ...directives, ...(secure ? { 'upgrade-insecure-requests': [] } : {}) } };
}

/** Sets the policy of one page over the general one. */
function policyWith(sources: Readonly<Record<string, readonly string[]>>, secure: boolean): ReturnType<typeof helmet.contentSecurityPolicy> {
  return helmet.contentSecurityPolicy(policy(secure, sources));
}

/** `same-origin` referrers, because without one browsers send `Origin: null`. */
function headers(secure: boolean): Parameters<typeof helmet>[0] {
  return {
    contentSecurityPolicy: policy(secure),
    referrerPolicy: { policy: 'same-origin' },
    frameguard: { action: 'deny' },
    hsts: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  };
}

function follow(request: Request, response: Response, next: NextFunction, options: AppOptions, figures: HttpFigures): void {
  const began = performance.now();
  const requestId = options.ids.uuid();
  response.locals['requestId'] = requestId;
  response.set('X-Request-Id', requestId);
  figures.atWork += 1;
  response.once('close', () => { figures.ended(response.statusCode, performance.now() - began); });
  response.on('finish', () => {
    const entry = response.locals['endpoint'] as BoundRoute | BoundPage | undefined;
    // Only the pattern of the path: what stands in its place may name a person.
    options.log.info({ requestId, method: request.method, route: entry?.endpoint.path ?? 'other', status: response.statusCode, ms: Math.round(performance.now() - began) }, 'request');
  });
  next();
}

function system(options: AppOptions, state: { readonly leaving: boolean; readonly draining: boolean }): BoundRoute[] {
  let description: Record<string, unknown> | undefined;
  return [
    bind(getHealth, async () => ({ status: 200, body: { status: 'alive' } })),
    bind(getReadiness, async () => {
      const checks = [...await options.ready()];
      if (state.leaving || state.draining) return { status: 503, body: { status: 'draining', checks } };
      const ready = checks.every((check) => check.ready);
      return ready ? { status: 200, body: { status: 'ready', checks } } : { status: 503, body: { status: 'not-ready', checks } };
    }),
    bind(getOpenApi, async () => {
      const routes = [getHealth, getReadiness, getOpenApi, ...options.modules.flatMap((module) => module.routes.map((route) => route.endpoint))];
      description ??= openApi(routes, options.version);
      return { status: 200, body: description };
    }),
  ];
}

function unknownAddress(request: Request, bound: readonly (BoundRoute | BoundPage)[]): HttpFailure {
  const allowed = [...new Set(bound.filter((entry) => matches(entry.endpoint.path, request.path)).map((entry) => entry.endpoint.method.toUpperCase()))];
  if (allowed.length === 0) return failure('HTTP_ROUTE_UNKNOWN', { path: request.path });
  const list = allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed;
  return failure('HTTP_METHOD_NOT_ALLOWED', { allowed: list.join(', '), path: request.path, method: request.method }, { headers: { Allow: list.join(', ') } });
}

function matches(pattern: string, path: string): boolean {
  const left = pattern.split('/');
  const right = path.split('/');
  return left.length === right.length && left.every((part, at) => part.startsWith(':') || part === right[at]);
}

/** Failures of the surroundings that the metrics count; a line for each would fill the disk that may be full. */
const EXPECTED: ReadonlySet<string> = new Set(['HTTP_BUSY', 'HTTP_OVERLOADED']);

/** Of those whose cause lasts one is told now and then. */
const LASTING: ReadonlySet<string> = new Set(['HTTP_DISK_FULL', 'HTTP_NOT_RECORDED']);
const TOLD_MS = 10_000;

function toldBefore(code: string, { told }: HttpFigures): boolean {
  if (!LASTING.has(code)) return false;
  const before = told.get(code) ?? -Infinity;
  if (performance.now() - before < TOLD_MS) return true;
  told.set(code, performance.now());
  return false;
}

function writeFailure(error: unknown, request: Request, response: Response, options: AppOptions, figures: HttpFigures): void {
  const failed = asFailure(error);
  const requestId = String(response.locals['requestId']);
  if (failed.status >= 500 && !EXPECTED.has(failed.code) && !toldBefore(failed.code, figures)) options.log.error({ requestId, err: error }, 'request failed');
  for (const [name, value] of Object.entries(failed.headers)) response.set(name, value);
  const entry = response.locals['endpoint'] as BoundRoute | BoundPage | undefined;
  const isPage = entry === undefined ? !request.path.startsWith('/api/') && request.accepts(['json', 'html']) === 'html' : entry.kind === 'page';
  if (!isPage) {
    response.status(failed.status).set('Content-Type', 'application/problem+json').send(JSON.stringify(problemDetails(failed, requestId)));
    return;
  }
  const signIn = signInRedirect(failed, request);
  if (signIn !== undefined) { response.redirect(303, signIn); return; }
  const page = options.errorPage ?? ((shown: HttpFailure) => plainErrorPage(shown, requestId));
  response.status(failed.status).type('html').send(page(failed, { requestId, session: response.locals['session'] as Session | undefined }));
}
