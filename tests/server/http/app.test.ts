/** The HTTP application from outside: headers, strictness, problems (RFC 9457), forgery, idempotency, draining. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import type { CommandMeta } from '../../../server/runtime/types.ts';
import { bind, bindPage } from '../../../server/http/contract/bind.ts';
import type { HttpModule } from '../../../server/http/contract/bind.ts';
import { accepted, failure, notFound, refused } from '../../../server/http/contract/failure.ts';
import { definePage, defineRoute } from '../../../server/http/contract/route.ts';
import { sessionModule } from '../../../server/http/session-routes.ts';
import type { Sessions } from '../../../server/http/contract/services.ts';
import { send, startShell } from './support.ts';
import type { Reply, Shell , Client} from './support.ts';

const Echo = z.object({ text: z.string().max(5), list: z.array(z.number()).optional() }).strict();
const echo = defineRoute({
  operationId: 'echo', method: 'post', path: '/api/v1/echo/:id', area: 'test', access: 'signed-in', summary: 'x', params: z.object({ id: z.string().max(4) }),
  query: z.object({ loud: z.enum(['yes', 'no']).optional() }), body: Echo, bodyLimit: 200, responses: { 200: Echo, 202: Echo },
});
const secret = defineRoute({ operationId: 'secret', method: 'post', path: '/api/v1/secret', area: 'test', access: 'signed-in', summary: 'x', body: z.strictObject({ name: z.string(), password: z.string() }), secrets: ['password'], responses: { 204: null } });
const fail = defineRoute({ operationId: 'fail', method: 'get', path: '/api/v1/fail/:how', area: 'test', access: 'public', summary: 'x', params: z.object({ how: z.string() }), responses: { 200: z.string() } });
const managed = defineRoute({ operationId: 'managed', method: 'get', path: '/api/v1/managed', area: 'test', access: 'administer', summary: 'x', responses: { 204: null } });
const page = definePage({ name: 'page', method: 'get', path: '/page/:id', access: 'signed-in', params: z.object({ id: z.string() }), query: z.object({ tab: z.string().optional() }) });
const form = definePage({ name: 'form', method: 'post', path: '/page/:id', access: 'signed-in', params: z.object({ id: z.string() }), body: z.object({ answer: z.union([z.string(), z.array(z.string())]) }) });
const free = definePage({ name: 'free', method: 'get', path: '/free', access: 'signed-in', sources: { 'img-src': ['data:'], 'frame-src': ["'self'"] } });
const broken = definePage({ name: 'broken', method: 'get', path: '/broken', access: 'public' });

interface Seen { metas: CommandMeta[]; position: number | undefined; settled: boolean; etag: string | undefined }

/** A module with one of everything. */
function testModule(seen: Seen, assets: string): HttpModule {
  const noted = (meta: CommandMeta): void => { seen.metas.push(meta); };
  return {
    name: 'test', assets: [{ path: '/assets', directory: assets }],
    routes: [
      bind(echo, async ({ body, meta }) => {
        noted(meta);
        return { status: 200, body, ...(seen.position === undefined ? {} : { position: seen.position, replayed: true }), ...(seen.etag === undefined ? {} : { etag: seen.etag }) };
      }),
      bind(secret, async ({ meta }) => { noted(meta); return { status: 204 }; }),
      bind(managed, async () => ({ status: 204 })),
      bind(fail, async ({ params: { how } }) => {
        if (how === 'missing') throw notFound('case x');
        if (how === 'rejected') accepted({ outcome: 'rejected', rejection: { code: 'TASK_COMPLETED', message: 'Expected task 1 to be open, but clerk has completed it', hint: 'Reload.' } });
        if (how === 'reused') accepted({ outcome: 'key-reused' });
        if (how === 'never') throw refused({ code: 'TASK_NOT_FOUND', message: 'Expected task 1, but there is none', hint: 'Reload.' });
        if (how === 'model') throw failure('HTTP_MODEL_REFUSED', { count: 1 }, { problems: [{ code: 'M', severity: 'error', elementId: 'e', line: 3, message: 'm', hint: 'h', clause: 'c' }] });
        if (how === 'full') throw Object.assign(new Error('the disk is full'), { code: 'STORE_DISK_FULL' });
        if (how === 'lies') return { status: 200, body: 7 as unknown as string };
        throw new Error('the cause of it, with the name of a person');
      }),
    ],
    pages: [
      bindPage(page, async ({ params, query, csrf, key, person }) => ({ html: `<p>${params.id} ${query.tab ?? '-'} ${csrf} ${key} ${person.id}</p>` })),
      bindPage(form, async ({ body, meta }) => { noted(meta); return { redirect: `/done?answer=${String(body.answer)}`, position: 3 }; }),
      bindPage(free, async () => ({ html: '' })),
      bindPage(broken, async () => { throw new Error('<b>secret</b>'); }),
    ],
  };
}

describe('The HTTP application', () => {
  let shell: Shell;
  let sessions: Sessions;
  let clerk: Client;
  const seen: Seen = { metas: [], position: undefined, settled: true, etag: undefined };

  before(async () => {
    const assets = mkdtempSync(join(tmpdir(), 'piton-assets-'));
    writeFileSync(join(assets, 'desk.css'), 'p{}');
    const proxy: Sessions = { signIn: (request) => sessions.signIn(request), confirm: (account, password, address) => sessions.confirm(account, password, address), resume: (cookies) => sessions.resume(cookies), peek: (cookies) => sessions.peek(cookies), onEnd: (listener) => sessions.onEnd(listener), signOut: (cookies) => sessions.signOut(cookies), endAll: (person) => sessions.endAll(person) };
    shell = await startShell({ modules: [testModule(seen, assets), sessionModule(proxy)], app: { settled: async () => seen.settled } });
    sessions = shell.sessions;
    clerk = await shell.signIn('clerk');
  });
  after(async () => { await shell.stop(); });
  beforeEach(() => { Object.assign(seen, { metas: [], position: undefined, settled: true, etag: undefined }); });

  const problemOf = (reply: Reply): Reply => {
    expect(reply.headers.get('content-type')).to.match(/^application\/problem\+json/);
    expect(reply.body).to.include({ type: `urn:piton:problem:${reply.body.code}`, status: reply.status, requestId: reply.headers.get('x-request-id'), instance: `urn:uuid:${reply.headers.get('x-request-id')}` });
    for (const field of ['title', 'detail', 'hint']) expect(reply.body[field], field).to.be.a('string').and.not.equal('').and.not.match(/\{\w+\}/);
    return reply;
  };

  describe('headers', () => {
    it('No inline script or style, nothing from elsewhere, no frames, no sniffing, no version of the server.', async () => {
      const { headers } = await send(shell.url, 'GET', '/healthz');
      expect(headers.get('content-security-policy')).to.equal("default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';manifest-src 'self';form-action 'self';frame-ancestors 'none';base-uri 'none'");
      expect(headers.get('x-content-type-options')).to.equal('nosniff');
      expect(headers.get('x-frame-options')).to.equal('DENY');
      expect(headers.get('referrer-policy')).to.equal('same-origin');
      expect(headers.get('x-powered-by')).to.equal(null);
      expect(headers.get('strict-transport-security')).to.equal(null);
      expect(headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
    });

    it('A page may allow more sources for itself; the next page is as strict as before.', async () => {
      const [more, strict] = [await clerk.get('/free'), await clerk.get('/page/1')];
      expect(more.headers.get('content-security-policy')).to.contain("frame-src 'self'").and.contain("img-src 'self' data:;").and.contain("script-src 'self';");
      expect(strict.headers.get('content-security-policy')).to.not.contain('frame-src').and.not.contain('data:');
    });

    it('Answers are never stored by browsers or proxies; files of the pages are.', async () => {
      expect((await clerk.get('/api/v1/session')).headers.get('cache-control')).to.equal('no-store');
      const asset = await send(shell.url, 'GET', '/assets/desk.css');
      expect(asset.text).to.equal('p{}');
      expect(asset.headers.get('cache-control')).to.equal('public,max-age=31536000,immutable');
    });

    it('Files outside the folder of the pages are not served.', async () => {
      for (const path of ['/assets/../package.json', '/assets/%2e%2e/package.json', '/assets/..%2fpackage.json']) expect((await send(shell.url, 'GET', path)).status, path).to.be.oneOf([403, 404]);
    });
  });

  describe('strictness', () => {
    it('Every place that is wrong is named by a pointer and a code: HTTP_REQUEST_INVALID.', async () => {
      const reply = problemOf(await clerk.post('/api/v1/echo/1', { text: 7, list: [1, 'two'], more: true }));
      expect(reply.status).to.equal(400);
      expect(reply.body.code).to.equal('HTTP_REQUEST_INVALID');
      expect(reply.body.errors.map(({ pointer, code }) => `${pointer} ${code}`)).to.have.members(['/body/text FIELD_TYPE', '/body/list/1 FIELD_TYPE', '/body/more FIELD_UNKNOWN']);
    });

    it('A missing value, a value out of bounds, an unknown choice and an invalid parameter have codes of their own.', async () => {
      expect((await clerk.post('/api/v1/echo/1', {})).body.errors).to.deep.equal([{ pointer: '/body/text', code: 'FIELD_REQUIRED', detail: 'Expected a value (string), but there is none' }]);
      expect((await clerk.post('/api/v1/echo/1', { text: 'longer' })).body.errors[0]).to.include({ pointer: '/body/text', code: 'FIELD_SIZE' });
      expect((await clerk.post('/api/v1/echo/1?loud=perhaps', { text: 'a' })).body.errors[0]).to.include({ pointer: '/query/loud', code: 'FIELD_VALUE' });
      expect((await clerk.post('/api/v1/echo/12345', { text: 'a' })).body.errors[0]).to.include({ pointer: '/params/id', code: 'FIELD_SIZE' });
      expect((await send(shell.url, 'POST', '/api/v1/session', {})).body.errors).to.have.length(2);
    });

    it('Unknown query parameters are refused on routes and dropped on pages.', async () => {
      expect((await clerk.post('/api/v1/echo/1?quiet=yes', { text: 'a' })).body.errors[0]).to.include({ pointer: '/query/quiet', code: 'FIELD_UNKNOWN' });
      expect((await clerk.get('/api/v1/session?more=1')).body.errors[0]).to.include({ pointer: '/query/more', code: 'FIELD_UNKNOWN' });
      expect((await clerk.get('/page/7?tab=two&campaign=x')).text).to.match(/^<p>7 two /);
    });

    it('A query parameter given twice is a list, which a text is not.', async () => {
      expect((await clerk.post('/api/v1/echo/1?loud=yes&loud=no', { text: 'a' })).status).to.equal(400);
    });

    it('What is not JSON is HTTP_JSON_INVALID, another media type HTTP_MEDIA_TYPE, too much HTTP_TOO_LARGE.', async () => {
      expect(problemOf(await clerk.post('/api/v1/echo/1', '{"text":')).body.code).to.equal('HTTP_JSON_INVALID');
      const form = problemOf(await clerk.post('/api/v1/echo/1', 'text=a', { 'content-type': 'application/x-www-form-urlencoded' }));
      expect([form.status, form.body.code]).to.deep.equal([415, 'HTTP_MEDIA_TYPE']);
      const large = problemOf(await clerk.post('/api/v1/echo/1', { text: 'a'.repeat(300) }));
      expect([large.status, large.body.code, large.body.detail]).to.deep.equal([413, 'HTTP_TOO_LARGE', 'Expected a body of at most 200 bytes, but it is larger']);
      const plain = await clerk.post('/api/v1/echo/1', '{"text":"a"}', { 'content-type': 'text/plain' });
      expect(plain.status).to.equal(415);
    });

    it('An unknown address is HTTP_ROUTE_UNKNOWN, a known one with another method HTTP_METHOD_NOT_ALLOWED with Allow.', async () => {
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/nowhere')).body.code).to.equal('HTTP_ROUTE_UNKNOWN');
      const reply = problemOf(await send(shell.url, 'PATCH', '/api/v1/session'));
      expect([reply.status, reply.body.code, reply.headers.get('allow')]).to.deep.equal([405, 'HTTP_METHOD_NOT_ALLOWED', 'POST, GET, DELETE, HEAD']);
      expect((await send(shell.url, 'GET', '/API/v1/session')).status).to.equal(404);
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/fail/%E0%A4%A')).status).to.equal(400);
    });

    it('A prototype cannot be reached through the query or the body.', async () => {
      expect((await clerk.post('/api/v1/echo/1?__proto__=x', { text: 'a' })).status).to.equal(400);
      expect((await clerk.post('/api/v1/echo/1', '{"text":"a","__proto__":{"polluted":true}}')).status).to.be.oneOf([200, 400]);
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    });
  });

  describe('problems', () => {
    it('A refused command is 409, what never was 404, a reused key 422 HTTP_KEY_REUSED, a refused model 422 with all findings.', async () => {
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/fail/rejected')).body).to.include({ status: 409, code: 'TASK_COMPLETED', hint: 'Reload.' });
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/fail/never')).body).to.include({ status: 404, code: 'TASK_NOT_FOUND' });
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/fail/missing')).body).to.include({ status: 404, code: 'HTTP_NOT_FOUND' });
      expect(problemOf(await send(shell.url, 'GET', '/api/v1/fail/reused')).body).to.include({ status: 422, code: 'HTTP_KEY_REUSED' });
      const model = problemOf(await send(shell.url, 'GET', '/api/v1/fail/model'));
      expect(model.body).to.include({ status: 422, code: 'HTTP_MODEL_REFUSED' });
      expect(model.body.problems[0]).to.include({ elementId: 'e', line: 3 });
    });

    it('An unforeseen failure tells nothing of its cause: HTTP_UNEXPECTED; the log has it under the request id.', async () => {
      const reply = problemOf(await send(shell.url, 'GET', '/api/v1/fail/unforeseen'));
      expect(reply.status).to.equal(500);
      expect(reply.text).to.include('HTTP_UNEXPECTED').and.not.include('name of a person');
      const entry = shell.log.find((each) => each['level'] === 'error' && each['requestId'] === reply.body.requestId);
      expect(String(entry!['err'])).to.include('the cause of it');
    });

    it('A disk that stays full is written to the log once in a while, not for every request.', async () => {
      const from = shell.log.length;
      for (let turn = 0; turn < 20; turn += 1) expect((await send(shell.url, 'GET', '/api/v1/fail/full')).status).to.equal(507);
      expect(shell.log.slice(from).filter(({ level }) => level === 'error')).to.have.length(1);
    });

    it('In tests an answer that breaks its contract is a failure.', async () => {
      expect((await send(shell.url, 'GET', '/api/v1/fail/lies')).status).to.equal(500);
    });

    it('A rule that says no is 403 ACCESS_DENIED and says whom it lets in.', async () => {
      const reply = problemOf(await clerk.get('/api/v1/managed'));
      expect(reply.body).to.include({ status: 403, code: 'ACCESS_DENIED', detail: 'Expected clerk to be allowed by the rule administer, but the rule says: Administrators.' });
    });

    it('A failure of a page is a page; nothing in it is markup of the cause.', async () => {
      const reply = await send(shell.url, 'GET', '/broken');
      expect(reply.status).to.equal(500);
      expect(reply.headers.get('content-type')).to.match(/^text\/html/);
      expect(reply.text).to.include('Something went wrong on our side').and.not.include('secret');
      const unknown = await send(shell.url, 'GET', '/<script>alert(1)</script>', undefined, { accept: 'text/html' });
      expect(unknown.text).to.include('HTTP_ROUTE_UNKNOWN').and.not.include('<script>');
    });
  });

  describe('forgery', () => {
    const own = (headers: Record<string, string>): Promise<Reply> => send(shell.url, 'POST', '/api/v1/echo/1', { text: 'a' }, { cookie: clerk.cookie, 'x-csrf-token': clerk.csrf, ...headers });

    it('A changing request needs the token of its own session: ACCESS_CSRF_TOKEN.', async () => {
      const other = await shell.signIn('colleague');
      for (const token of ['', 'x', other.csrf]) {
        const reply = problemOf(await own({ 'x-csrf-token': token }));
        expect([reply.status, reply.body.code]).to.deep.equal([403, 'ACCESS_CSRF_TOKEN']);
      }
      expect((await own({})).status).to.equal(200);
    });

    it('A request that a browser sent for another site is refused whatever it brings: ACCESS_ORIGIN_FOREIGN.', async () => {
      for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'https://evil.example' }, { origin: 'null' }, { origin: `${shell.url}0` }]) {
        const reply = problemOf(await own(headers));
        expect([reply.status, reply.body.code], JSON.stringify(headers)).to.deep.equal([403, 'ACCESS_ORIGIN_FOREIGN']);
      }
      for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }, { origin: shell.url }]) expect((await own(headers)).status).to.equal(200);
    });

    it('Signing in is protected from other sites too.', async () => {
      expect((await send(shell.url, 'POST', '/api/v1/session', { account: 'clerk', password: 'x' }, { origin: 'https://evil.example' })).body.code).to.equal('ACCESS_ORIGIN_FOREIGN');
    });

    it('A form brings the token in its field _csrf and the idempotency key in _key; neither reaches the handler.', async () => {
      const post = (fields: string): Promise<Reply> => send(shell.url, 'POST', '/page/7', fields, { cookie: clerk.cookie, 'content-type': 'application/x-www-form-urlencoded' });
      const reply = await post(`answer=a&answer=b&_csrf=${clerk.csrf}&_key=abc`);
      expect([reply.status, reply.headers.get('location'), reply.headers.get('piton-position')]).to.deep.equal([303, '/done?answer=a,b', '3']);
      expect(seen.metas[0]).to.include({ idempotencyKey: 'clerk/abc' });
      expect((await post('answer=a')).status).to.equal(403);
      expect((await post(`answer=a&_csrf=${clerk.csrf}x`)).status).to.equal(403);
    });

    it('A page without a session sends to the sign-in page and back; a form to the start.', async () => {
      const reply = await send(shell.url, 'GET', '/page/7?tab=two');
      expect([reply.status, reply.headers.get('location')]).to.deep.equal([303, '/sign-in?next=%2Fpage%2F7%3Ftab%3Dtwo']);
      expect((await send(shell.url, 'POST', '/page/7', 'answer=a', { 'content-type': 'application/x-www-form-urlencoded' })).headers.get('location')).to.equal('/sign-in?next=%2F');
    });
  });

  describe('idempotency', () => {
    it('The key is personal; the hash covers method, path, query and body, whatever the order of keys.', async () => {
      await clerk.post('/api/v1/echo/1', '{"text":"a","list":[1]}', { 'idempotency-key': 'k1' });
      await clerk.post('/api/v1/echo/1', '{"list":[1],"text":"a"}', { 'idempotency-key': 'k1' });
      await clerk.post('/api/v1/echo/2', '{"list":[1],"text":"a"}', { 'idempotency-key': 'k1' });
      await clerk.post('/api/v1/echo/1?loud=yes', '{"list":[1],"text":"a"}', { 'idempotency-key': 'k1' });
      await clerk.post('/api/v1/echo/1', '{"list":[2],"text":"a"}', { 'idempotency-key': 'k1' });
      await (await shell.signIn('colleague')).post('/api/v1/echo/1', '{"text":"a","list":[1]}', { 'idempotency-key': 'k1' });
      const [first, second, ...others] = seen.metas;
      expect(first).to.deep.include({ idempotencyKey: 'clerk/k1', requestHash: second!.requestHash });
      expect(first!.requestHash).to.match(/^[0-9a-f]{64}$/);
      expect(new Set(others.slice(0, 3).map((meta) => meta.requestHash)).add(first!.requestHash).size).to.equal(4);
      expect(others[3]).to.deep.include({ idempotencyKey: 'colleague/k1' });
    });

    it('Without a key every request has a fresh one; an unreadable key is HTTP_IDEMPOTENCY_KEY_INVALID.', async () => {
      await clerk.post('/api/v1/echo/1', { text: 'a' });
      await clerk.post('/api/v1/echo/1', { text: 'a' });
      expect(seen.metas[0]!.idempotencyKey).to.match(/^clerk\/[0-9a-f-]{36}$/).and.not.equal(seen.metas[1]!.idempotencyKey);
      for (const key of ['two words', 'k'.repeat(201)]) expect(problemOf(await clerk.post('/api/v1/echo/1', { text: 'a' }, { 'idempotency-key': key })).body.code).to.equal('HTTP_IDEMPOTENCY_KEY_INVALID');
    });

    it('A password never enters the hash, which the log keeps for ever.', async () => {
      for (const [name, password] of [['a', 'one'], ['a', 'two'], ['b', 'two']]) await clerk.post('/api/v1/secret', { name, password }, { 'idempotency-key': 'k' });
      const [one, two, three] = seen.metas.map((meta) => meta.requestHash);
      expect(one).to.equal(two).and.not.equal(three);
    });

    it('The actor comes from the session, with post and groups; the request is the cause.', async () => {
      const reply = await clerk.post('/api/v1/echo/1', { text: 'a' });
      expect(seen.metas[0]).to.deep.include({ actor: { person: 'clerk', post: 'clerk', groups: ['clerk', 'ministry', 'officers'] }, causation: reply.headers.get('x-request-id') });
    });
  });

  describe('positions', () => {
    it('An answer waits for the projections and says where it stands; after two seconds in vain it is 202.', async () => {
      Object.assign(seen, { position: 12, etag: 'v3' });
      const reply = await clerk.post('/api/v1/echo/1', { text: 'a' });
      expect([reply.status, reply.headers.get('piton-position'), reply.headers.get('idempotency-replayed'), reply.headers.get('etag')]).to.deep.equal([200, '12', 'true', '"v3"']);
      seen.settled = false;
      const late = await clerk.post('/api/v1/echo/1', { text: 'a' });
      expect([late.status, late.body]).to.deep.equal([202, { text: 'a' }]);
    });

    it('An unchanged answer needs not be sent twice (If-None-Match).', async () => {
      const first = await clerk.get('/api/v1/session');
      const again = await send(shell.url, 'GET', '/api/v1/session', undefined, { cookie: clerk.cookie, 'if-none-match': first.headers.get('etag')!, 'cache-control': 'max-age=0', pragma: 'x' });
      expect([again.status, again.text]).to.deep.equal([304, '']);
    });
  });

  it('The log knows the route, not what stood in its place, and neither account nor address.', async () => {
    const from = shell.log.length;
    await clerk.post('/api/v1/echo/abcd', { text: 'word' });
    await clerk.get('/page/percival');
    await send(shell.url, 'GET', '/api/v1/nowhere/percival');
    const entries = shell.log.slice(from);
    expect(entries.map(({ method, route, status }) => [method, route, status])).to.deep.equal([['POST', '/api/v1/echo/:id', 200], ['GET', '/page/:id', 200], ['GET', 'other', 404]]);
    expect(JSON.stringify(entries)).to.not.match(/abcd|word|percival|clerk|127\.0\.0\.1/);
  });
});

describe('Listening and stopping', () => {
  it('/healthz says that the process lives, /readyz what is ready.', async () => {
    let open = false;
    const shell = await startShell({ empty: true, app: { ready: async () => [{ name: 'log', ready: true }, { name: 'projections', ready: open }] } });
    expect((await send(shell.url, 'GET', '/healthz')).body).to.deep.equal({ status: 'alive' });
    const closed = await send(shell.url, 'GET', '/readyz');
    expect([closed.status, closed.body.status]).to.deep.equal([503, 'not-ready']);
    open = true;
    expect((await send(shell.url, 'GET', '/readyz')).body).to.deep.equal({ status: 'ready', checks: [{ name: 'log', ready: true }, { name: 'projections', ready: true }] });
    await shell.stop();
  });

  it('While draining, requests at work are answered, new ones get 503 HTTP_BUSY with Retry-After, and the server closes.', async () => {
    let release: () => void = () => {};
    let entered: () => void = () => {};
    const inside = new Promise<void>((resolve) => { entered = resolve; });
    const slow = defineRoute({ operationId: 'slow', method: 'get', path: '/api/v1/slow', area: 'x', access: 'public', summary: 'x', responses: { 200: z.string() } });
    const module: HttpModule = { name: 'slow', routes: [bind(slow, async () => { entered(); await new Promise<void>((resolve) => { release = resolve; }); return { status: 200, body: 'done' }; })] };
    const shell = await startShell({ empty: true, modules: [module] });
    const atWork = send(shell.url, 'GET', '/api/v1/slow');
    await inside;
    shell.app.drain();
    const refusedReply = await send(shell.url, 'GET', '/api/openapi.json');
    expect([refusedReply.status, refusedReply.body.code, refusedReply.headers.get('retry-after'), refusedReply.headers.get('connection')]).to.deep.equal([503, 'HTTP_BUSY', '5', 'close']);
    expect((await send(shell.url, 'GET', '/readyz')).body.status).to.equal('draining');
    const closing = shell.listening.close(5_000);
    release();
    expect((await atWork).body).to.equal('done');
    await closing;
    await shell.stop();
  });

  it('A connection that is cut in the middle of a body does no harm.', async () => {
    const shell = await startShell({ empty: true });
    const port = Number(new URL(shell.url).port);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => { socket.write('POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"acc'); socket.destroy(); });
      socket.on('close', () => { resolve(); });
    });
    expect((await send(shell.url, 'GET', '/healthz')).status).to.equal(200);
    await shell.stop();
  });
});
