/** The way of one request through a bound route or page: session, rule, origin, input, resource, handler, answer. */
import { createHash } from 'node:crypto';
import express from 'express';
import type { Request, RequestHandler, Response } from 'express';
import type { Person } from '../ports/directory.ts';
import { authorise } from './access.ts';
import type { AnyRouteAnswer, BoundPage, BoundRoute, PageAnswer } from './contract/bind.ts';
import { failure } from './contract/failure.ts';
import type { HttpFailure } from './contract/failure.ts';
import type { HttpFigures } from './figures.ts';
import { requireRoom, within } from './gate.ts';
import type { Route } from './contract/route.ts';
import { RULES, needsResource } from './contract/rules.ts';
import type { Resource, Rule } from './contract/rules.ts';
import type { AppOptions } from './options.ts';
import { requireOwnOrigin, requireToken } from './origin.ts';
import type { Reading } from './reading.ts';
import { personalKey, queryOf, read, requestHash, requirePlain, unknownField } from './request.ts';

const DEFAULT_BODY_LIMIT = 1_048_576;
const SAFE = new Set(['get', 'head', 'options']);
export const SIGN_IN_PATH = '/sign-in';

interface RawForm { readonly fields: unknown; readonly token: unknown; readonly key: unknown }

/** The express handler of one endpoint. Throws {@link HttpFailure}; the app writes it. */
export function serve(bound: BoundRoute | BoundPage, options: AppOptions, figures: HttpFigures, reading: Reading): (request: Request, response: Response) => Promise<void> {
  const { endpoint } = bound;
  const parse = bodyParser(bound);
  return async (request, response) => {
    const requestId = String(response.locals['requestId']);
    const now = options.clock.now();
    const cookies = request.headers.cookie ?? '';
    const catchingUp = reading.caughtUp(bound, request.get('piton-position'), cookies);
    if (catchingUp !== undefined) await catchingUp;
    const session = await options.sessions.resume(cookies);
    response.locals['session'] = session;
    admit(endpoint.access, session?.person);
    const changes = !SAFE.has(endpoint.method);
    if (changes) requireOwnOrigin(originOf(request), options.origins ?? []);
    const ofSession = changes && endpoint.access !== 'public' ? session : undefined;
    // The token of a program stands in a header: without it nothing of the body is read.
    if (ofSession !== undefined && bound.kind === 'route') requireToken(ofSession, request.get('x-csrf-token'));
    if (changes && options.gate !== undefined) requireRoom(figures, options.gate);
    const input = changes ? await parse(request, response) : { fields: undefined, token: undefined, key: undefined };
    if (ofSession !== undefined && bound.kind === 'page') requireToken(ofSession, request.get('x-csrf-token') ?? input.token);
    const query = queryOf(request.originalUrl);
    const person = session?.person;
    const actor = actorOf(person);
    const context = {
      params: endpoint.params === undefined ? {} : read(endpoint.params, request.params, 'params'),
      query: readQuery(bound, query),
      headers: 'headers' in endpoint ? readHeaders(endpoint.headers, request) : {},
      body: 'consumes' in endpoint ? input.fields : endpoint.body === undefined ? undefined : read(endpoint.body, input.fields, 'body'),
      session, person, actor, now, requestId, cookies,
      may: (rule: Rule, resource?: Resource) => authorise(rule, person, resource) === 'granted',
      meta: changes
        ? { actor, idempotencyKey: keyOf(request, input, actor.person, options), requestHash: requestHash(endpoint.method, request.path, query, without(endpoint.secrets, input.fields)), causation: requestId }
        : { actor, causation: requestId },
      address: request.ip ?? '',
      csrf: session?.csrf ?? '',
      key: options.ids.uuid(),
      ifMatch: /^"([^"]*)"$/.exec(request.get('if-match') ?? '')?.[1],
    };
    const handle = async (): Promise<void> => {
      const resource = await locate(bound, context);
      const answer = await bound.handle({ ...context, resource } as never);
      if (changes) options.failpoint?.('before-answer');
      await send(bound, answer, response, options, reading);
    };
    await (changes ? within(figures, options.gate, handle) : handle());
  };
}

/** A hash of a password that is kept for ever would be a way to guess it. Bytes stand in the hash by their own. */
function without(secrets: readonly string[] | undefined, fields: unknown): unknown {
  if (fields instanceof Uint8Array) return createHash('sha256').update(fields).digest('hex');
  if (secrets === undefined || typeof fields !== 'object' || fields === null) return fields;
  const inside = (name: string): string[] => secrets.flatMap((secret) => (secret.startsWith(`${name}.`) ? [secret.slice(name.length + 1)] : []));
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !secrets.includes(name)).map(([name, value]) => [name, without(inside(name), value)]));
}

/** Throws ACCESS_SIGN_IN_REQUIRED or ACCESS_DENIED unless the rule agrees. */
export function admit(rule: Rule, person: Person | undefined, resource?: Resource): void {
  const verdict = authorise(rule, person, resource);
  if (verdict === 'sign-in-required') throw failure('ACCESS_SIGN_IN_REQUIRED');
  if (verdict === 'denied') throw failure('ACCESS_DENIED', { person: person?.id ?? 'nobody', rule, says: RULES[rule].says });
}

async function locate(bound: BoundRoute | BoundPage, context: { readonly person: Person | undefined }): Promise<Resource | undefined> {
  const { access } = bound.endpoint;
  if (!needsResource(access)) return undefined;
  const resource = await bound.locate!(context as never);
  admit(access, context.person, resource);
  return resource;
}

function actorOf(person: Person | undefined): { readonly person: string; readonly post?: string; readonly groups: readonly string[] } {
  if (person === undefined) return { person: 'anonymous', groups: [] };
  return { person: person.id, ...(person.post === undefined ? {} : { post: person.post }), groups: person.groups };
}

function keyOf(request: Request, input: RawForm, person: string, options: AppOptions): string {
  const given = request.get('idempotency-key') ?? (typeof input.key === 'string' && input.key !== '' ? input.key : undefined);
  return personalKey(person, given ?? options.ids.uuid());
}

function originOf(request: Request): { readonly host: string; readonly origin: string | undefined; readonly fetchSite: string | undefined } {
  return { host: request.host, origin: request.get('origin'), fetchSite: request.get('sec-fetch-site') };
}

function readHeaders(schema: Route['headers'], request: Request): unknown {
  if (schema === undefined) return {};
  return read(schema, Object.fromEntries(Object.keys(schema.shape).map((name) => [name, request.get(name)])), 'headers');
}

function readQuery(bound: BoundRoute | BoundPage, query: Record<string, string | string[]>): unknown {
  const { endpoint } = bound;
  if (bound.kind === 'page') return endpoint.query === undefined ? {} : read(endpoint.query, query, 'query');
  if (endpoint.query !== undefined) return read(endpoint.query.strict(), query, 'query');
  const errors = Object.keys(query).map((key) => unknownField(['query', key]));
  if (errors.length === 0) return {};
  throw failure('HTTP_REQUEST_INVALID', { where: 'the query', found: 'it should be empty' }, { errors });
}

/** Reads JSON or bytes for a route, form fields for a page; without a declared body nothing may be sent but an empty one. */
function bodyParser(bound: BoundRoute | BoundPage): (request: Request, response: Response) => Promise<RawForm> {
  const limit = bound.endpoint.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const binary = bound.kind === 'route' ? bound.endpoint.consumes : undefined;
  const expected = binary ?? (bound.kind === 'route' ? 'application/json' : 'application/x-www-form-urlencoded');
  const parser: RequestHandler = binary !== undefined ? express.raw({ limit, type: expected, inflate: false })
    : bound.kind === 'route' ? express.json({ limit, strict: false, type: expected }) : express.urlencoded({ limit, extended: false, parameterLimit: 2_000, type: expected });
  return async (request, response) => {
    const empty = request.headers['transfer-encoding'] === undefined && (request.headers['content-length'] ?? '0') === '0';
    if (!empty && !request.is(expected)) throw failure('HTTP_MEDIA_TYPE', { expected, found: request.get('content-type') ?? 'not said' });
    if (!empty) await parsed(parser, request, response);
    const body: unknown = request.body;
    if (binary !== undefined) return { fields: body instanceof Uint8Array ? body : new Uint8Array(), token: undefined, key: undefined };
    requirePlain(body);
    if (bound.kind === 'route') return { fields: body, token: undefined, key: undefined };
    const { _csrf: token, _key: key, ...fields } = (body ?? {}) as Record<string, unknown>;
    return { fields, token, key };
  };
}

function parsed(parser: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void parser(request, response, (error?: Error | string) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error(error));
    });
  });
}

async function send(bound: BoundRoute | BoundPage, answer: AnyRouteAnswer | PageAnswer, response: Response, options: AppOptions, reading: Reading): Promise<void> {
  const settling = answer.position === undefined || reading.acknowledged(bound, answer.position);
  const settled = settling === true || await settling;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.set(name, typeof value === 'string' ? value : [...value]);
  if (answer.position !== undefined) response.set('Piton-Position', String(answer.position));
  if (answer.position !== undefined && options.shared === true) response.append('Set-Cookie', `piton-position=${String(answer.position)}; Path=/; HttpOnly; SameSite=Lax${options.secure === true ? '; Secure' : ''}`);
  if (answer.replayed === true) response.set('Idempotency-Replayed', 'true');
  if (answer.etag !== undefined) response.set('ETag', `"${answer.etag}"`);
  if ('redirect' in answer) response.redirect(303, answer.redirect);
  else if ('html' in answer) sendPage(answer, response);
  else sendBody(bound as BoundRoute, answer, settled, response, options);
}

const POLICY = 'Content-Security-Policy';

/** Only a page that shows a document may hold a frame, and only one of our own. */
function sendPage(answer: Extract<PageAnswer, { readonly html: string }>, response: Response): void {
  if (answer.embeds === true) response.set(POLICY, `${String(response.getHeader(POLICY))};object-src 'self';frame-src 'self'`);
  response.status(answer.status ?? 200).type('html').send(answer.html);
}

function sendBody(bound: BoundRoute, answer: AnyRouteAnswer, settled: boolean, response: Response, options: AppOptions): void {
  const { responses } = bound.endpoint;
  const schema = responses[answer.status];
  if (schema === undefined) throw new Error(`${bound.endpoint.operationId} answered ${answer.status}, which its route does not declare`);
  if (options.checkAnswers === true && schema !== null) schema.parse(answer.body);
  response.status(!settled && responses[202] !== undefined ? 202 : answer.status);
  if (schema === null) response.end();
  else if (answer.body instanceof Uint8Array) response.set('Content-Type', answer.mediaType ?? 'application/octet-stream').send(Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength));
  else if (bound.endpoint.produces !== undefined) response.type(bound.endpoint.produces).send(String(answer.body));
  else response.json(answer.body);
}

/** For a page that needs a session: the sign-in page, which comes back here. Undefined for everything else. */
export function signInRedirect(failed: HttpFailure, request: Request): string | undefined {
  if (failed.code !== 'ACCESS_SIGN_IN_REQUIRED') return undefined;
  const back = request.method === 'GET' ? request.originalUrl : '/';
  return `${SIGN_IN_PATH}?next=${encodeURIComponent(back)}`;
}
