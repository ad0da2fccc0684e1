/** Nothing is served without a rule: a walk over the router, the pages and the socket rooms. */
import { expect } from 'chai';
import express from 'express';
import { z } from 'zod';
import { bind, bindPage } from '../../../server/http/contract/bind.ts';
import type { HttpModule } from '../../../server/http/contract/bind.ts';
import { ROOMS, ROUTES } from '../../../server/http/contract/all.ts';
import { definePage, defineRoute } from '../../../server/http/contract/route.ts';
import type { Room, Route } from '../../../server/http/contract/route.ts';
import { TASK_ROUTES } from '../../../server/http/contract/tasks.ts';
import { createApp } from '../../../server/http/app.ts';
import { RULES } from '../../../server/http/contract/rules.ts';
import { pagesModule } from '../../../server/pages/index.ts';
import type { PagesNeeds } from '../../../server/pages/needs.ts';
import { taskRoutes } from '../../../server/tasks/routes.ts';
import { ids, send, startShell } from './support.ts';
import type { Shell } from './support.ts';
import { walk, withoutRule } from './walk.ts';

function appOf(modules: readonly HttpModule[]): ReturnType<typeof createApp> {
  return createApp({
    modules, clock: { now: () => '2026-01-05T09:00:00.000Z' }, ids, log: { info() {}, warn() {}, error() {} } as never, settled: async () => true, ready: async () => [], version: '0',
    sessions: { signIn: async () => ({ outcome: 'wrong' }), confirm: async () => false, resume: async () => undefined, peek: async () => undefined, onEnd: () => () => {}, signOut: async () => '', endAll: async () => {} },
  });
}

/** The whole contract with handlers that do nothing. */
const WHOLE: HttpModule = {
  name: 'whole', routes: ROUTES.filter((route) => !['getHealth', 'getReadiness', 'getOpenApi'].includes(route.operationId))
    .map((route) => ({ kind: 'route', endpoint: route, handle: async () => ({ status: 204 }), locate: undefined })),
};

describe('The surface of the server', () => {
  let shell: Shell;

  before(async () => { shell = await startShell(); });
  after(async () => { await shell.stop(); });

  it('Every route and page that express serves and every socket room has a rule of the table.', () => {
    expect(withoutRule(shell.app.express, shell.app.bound, ROOMS)).to.deep.equal([]);
    const whole = appOf([WHOLE]);
    expect(withoutRule(whole.express, whole.bound, ROOMS)).to.deep.equal([]);
    expect(walk(whole.express).served).to.have.length(ROUTES.length);
  });

  it('The pages and the routes of tasks, as they are, have a rule each; the public ones are the way in, and three forms with a door of their own.', () => {
    const pages = pagesModule({ zone: 'America/St_Lucia' } as PagesNeeds, [{ path: '/assets', directory: import.meta.dirname }]);
    const tasks: HttpModule = { name: 'tasks', routes: taskRoutes({} as never, {} as never, {} as never, {} as never) };
    const { express: app, bound } = appOf([pages, tasks]);
    expect(withoutRule(app, bound, ROOMS)).to.deep.equal([]);
    expect(tasks.routes.map(({ endpoint }) => endpoint)).to.have.members([...TASK_ROUTES]);
    const open = pages.pages!.filter(({ endpoint }) => endpoint.access === 'public').map(({ endpoint }) => `${endpoint.method} ${endpoint.path}`);
    // These keep what was typed when the session has ended; server/pages/enter.ts asks for session, token and rule.
    const ownDoor = ['post /tasks/:stream/:counter/complete', 'post /tasks/:stream/:counter/draft', 'post /start/:processId'];
    expect(open).to.have.members(['get /', 'get /sign-in', 'post /sign-in', 'post /sign-out', 'get /setup', 'post /setup', ...ownDoor]);
  });

  it('The walk finds a route, a page, a room and a handler without a rule (the test tests itself).', () => {
    const page = definePage({ name: 'p', method: 'get', path: '/bare', access: 'signed-in' });
    const { express: app, bound } = appOf([{ name: 'm', routes: [], pages: [bindPage(page, async () => ({ html: '' }))] }]);
    expect(withoutRule(app, bound, ROOMS)).to.deep.equal([]);
    app.get('/smuggled', (_request, response) => { response.end(); });
    app.use('/hidden', function hidden(_request, response) { response.end(); });
    const bare = bound.map((entry) => (entry.endpoint.path === '/bare' ? { endpoint: { ...entry.endpoint, access: 'everybody' } } : entry));
    const room = { name: 'case', path: 'case/:id', access: 'whoever' } as unknown as Room;
    expect(withoutRule(app, bare, [room])).to.have.members([
      'hidden is in the router beside the contract', 'get /smuggled has no rule', 'get /bare has no rule', 'room case has no rule',
    ]);
  });

  it('A router mounted beside the contract is found as well.', () => {
    const { express: app, bound } = appOf([]);
    const router = express.Router();
    router.get('/deep', (_request, response) => { response.end(); });
    app.use('/more', router);
    expect(withoutRule(app, bound, ROOMS)).to.deep.equal(['router is in the router beside the contract']);
  });

  it('Nobody who is not signed in gets past any route but the public ones.', async () => {
    const open = ROUTES.filter((route) => route.access === 'public').map((route) => route.operationId);
    expect(open).to.have.members(['getHealth', 'getReadiness', 'getMetrics', 'getOpenApi', 'signIn', 'getSetUp', 'setUp', 'getTrustAnchors']);
    const tried = shell.app.bound.filter((entry) => entry.endpoint.access !== 'public');
    for (const { endpoint } of tried) {
      const reply = await send(shell.url, endpoint.method.toUpperCase(), endpoint.path.replaceAll(/:\w+/g, '1'), endpoint.method === 'get' ? undefined : {});
      expect(reply.status, `${endpoint.method} ${endpoint.path}`).to.equal(401);
    }
  });

  it('Every changing route refuses a signed-in browser without the token of its session.', async () => {
    const root = await shell.signIn('root');
    const head = await shell.signIn('head');
    const modeller = await shell.signIn('modeller');
    const registrar = await shell.signIn('registrar');
    for (const { endpoint } of shell.app.bound.filter(({ endpoint: each }) => each.access !== 'public' && each.method !== 'get')) {
      const replies = await Promise.all([root, head, modeller, registrar].map((client) => send(client.url, endpoint.method.toUpperCase(), endpoint.path.replaceAll(/:\w+/g, '1'), {}, { cookie: client.cookie })));
      for (const reply of replies) expect(reply.body.code, `${endpoint.method} ${endpoint.path}`).to.be.oneOf(['ACCESS_CSRF_TOKEN', 'ACCESS_DENIED']);
      expect(replies.some((reply) => reply.body.code === 'ACCESS_CSRF_TOKEN'), `${endpoint.method} ${endpoint.path} is open to somebody`).to.equal(true);
    }
  });

  it('The contract is tidy: unique names, described parameters, strict bodies, a success for every route.', () => {
    const names = ROUTES.map((route) => route.operationId);
    expect(new Set(names).size).to.equal(names.length);
    const places = ROUTES.map((route) => `${route.method} ${route.path}`);
    expect(new Set(places).size).to.equal(places.length);
    for (const route of ROUTES) expect(untidy(route), route.operationId).to.deep.equal([]);
  });

  it('Every rule of the table says in words whom it lets in.', () => {
    for (const [name, rule] of Object.entries(RULES)) expect(rule.says, name).to.match(/^[A-Z].*\.$/);
  });

  it('A binding that forgets the resource of its rule does not compile, nor an answer that is not declared.', () => {
    const route = defineRoute({ operationId: 'x', method: 'get', path: '/api/v1/x', area: 'x', access: 'read-case', summary: 'x', responses: { 200: z.object({ ok: z.boolean() }) } });
    // @ts-expect-error the rule read-case needs to know the case
    bind(route, async () => ({ status: 200, body: { ok: true } }));
    // @ts-expect-error 204 is not declared
    bind(route, async () => ({ status: 204 }), async () => ({ kind: 'case', stream: 's', startedBy: 'p', people: [], groups: [] }));
    // @ts-expect-error ok is a boolean
    bind(route, async () => ({ status: 200, body: { ok: 'yes' } }), async () => ({ kind: 'case', stream: 's', startedBy: 'p', people: [], groups: [] }));
    expect(bind(route, async () => ({ status: 200, body: { ok: true } }), async () => ({ kind: 'case', stream: 's', startedBy: 'p', people: [], groups: [] })).kind).to.equal('route');
  });
});

function untidy(route: Route): string[] {
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const described = Object.keys(route.params?.shape ?? {});
  const body = route.body as undefined | { readonly def?: { readonly catchall?: { readonly def?: { readonly type?: string } } } };
  return [
    ...(inPath.length === described.length && inPath.every((name) => described.includes(name)) ? [] : ['the parameters of the path are not those described']),
    ...(body === undefined || body.def?.catchall?.def?.type === 'never' ? [] : ['the body takes unknown fields']),
    ...(Object.keys(route.responses).some((status) => Number(status) < 300) ? [] : ['no success is declared']),
    ...(route.summary.length > 0 ? [] : ['there is no summary']),
  ];
}
