/** What is more than the server can do is refused at the door, and whoever is slow holds up nobody else. */
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'chai';
import { z } from 'zod';
import { bind } from '../../../server/http/contract/bind.ts';
import type { HttpModule } from '../../../server/http/contract/bind.ts';
import { defineRoute } from '../../../server/http/contract/route.ts';
import { listen } from '../../../server/http/listen.ts';
import { createPorch } from '../../../server/http/porch.ts';
import { gate as newGate } from '../../contracts/job-queue.ts';
import { send, startShell } from './support.ts';

const write = defineRoute({ operationId: 'write', method: 'post', path: '/api/v1/write', area: 'x', access: 'public', summary: 'x', responses: { 200: z.string() } });
const look = defineRoute({ operationId: 'look', method: 'get', path: '/api/v1/look', area: 'x', access: 'public', summary: 'x', responses: { 200: z.string() } });

describe('The bound on changing requests', () => {
  it('Beyond it they are refused with HTTP_OVERLOADED and Retry-After, reading goes on, and there is room again as soon as one is answered.', async () => {
    const open = newGate();
    let entered = 0;
    const module: HttpModule = { name: 'slow', routes: [bind(write, async () => { entered += 1; await open.promise; return { status: 200, body: 'written' }; }), bind(look, async () => ({ status: 200, body: 'seen' }))] };
    const shell = await startShell({ empty: true, modules: [module], app: { gate: { most: 3, stuckMs: () => 0 } } });
    const post = (): ReturnType<typeof send> => send(shell.url, 'POST', '/api/v1/write');
    const atWork = [post(), post(), post()];
    while (entered < 3) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 5; turn += 1) {
      const reply = await post();
      expect([reply.status, reply.body.code, reply.headers.get('retry-after')]).to.deep.equal([503, 'HTTP_OVERLOADED', '1']);
    }
    expect((await send(shell.url, 'GET', '/api/v1/look')).body).to.equal('seen');
    expect([shell.app.figures.changing, shell.app.figures.refused, entered]).to.deep.equal([3, 5, 3]);
    open.open();
    expect((await Promise.all(atWork)).map(({ body }) => body as unknown)).to.deep.equal(['written', 'written', 'written']);
    expect((await post()).body).to.equal('written');
    expect(shell.app.figures.changing).to.equal(0);
    await shell.stop();
  });

  it('While the disk has been busy with one commit for too long, changing requests are refused whatever their number.', async () => {
    let stuckMs = 5_001;
    const module: HttpModule = { name: 'x', routes: [bind(write, async () => ({ status: 200, body: 'written' }))] };
    const shell = await startShell({ empty: true, modules: [module], app: { gate: { most: 100, stuckMs: () => stuckMs } } });
    const refused = await send(shell.url, 'POST', '/api/v1/write');
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).to.deep.equal([503, 'HTTP_OVERLOADED', '5']);
    stuckMs = 5_000;
    expect((await send(shell.url, 'POST', '/api/v1/write')).status).to.equal(200);
    await shell.stop();
  });

  it('A body that is drawn out takes no place of it.', async () => {
    const module: HttpModule = { name: 'x', routes: [bind(write, async () => ({ status: 200, body: 'written' }))] };
    const shell = await startShell({ empty: true, modules: [module], app: { gate: { most: 1, stuckMs: () => 0 } } });
    const sockets = Array.from({ length: 20 }, () => connect(Number(new URL(shell.url).port), '127.0.0.1'));
    for (const socket of sockets) socket.write(`POST /api/v1/write HTTP/1.1\r\nHost: ${new URL(shell.url).host}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`);
    while (shell.app.figures.atWork < 20) await new Promise((resolve) => setImmediate(resolve));
    expect((await send(shell.url, 'POST', '/api/v1/write')).status).to.equal(200);
    for (const socket of sockets) socket.destroy();
    await shell.stop();
  });
});

describe('Clients that take their time', () => {
  const PATIENCE = { headersMs: 150, requestMs: 400, silentMs: 300, betweenMs: 200 };
  const big = Buffer.alloc(64 * 1024 * 1024, 'x');
  const serving = async (): Promise<{ readonly port: number; readonly end: () => Promise<void> }> => {
    const listening = await listen({ express: (request, response) => { request.resume(); if (request.method === 'GET') response.end(big); }, drain: () => undefined }, '127.0.0.1', 0, PATIENCE);
    return { port: Number(new URL(listening.url).port), end: () => listening.close(0) };
  };
  /** Milliseconds until the server ends the connection. */
  const patienceWith = (port: number, behave: (socket: ReturnType<typeof connect>) => void): Promise<number> => new Promise((resolve) => {
    const began = performance.now();
    const socket = connect(port, '127.0.0.1', () => { behave(socket); });
    socket.on('error', () => undefined);
    socket.on('close', () => { resolve(performance.now() - began); });
  });

  for (const [who, behave] of [
    ['sends headers letter by letter', (socket) => { const timer = setInterval(() => { socket.write('x'); }, 50); socket.on('close', () => { clearInterval(timer); }); socket.write('GET / HTTP/1.1\r\nX-A: '); }],
    ['draws out a body', (socket) => { const timer = setInterval(() => { socket.write('x'); }, 50); socket.on('close', () => { clearInterval(timer); }); socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n'); }],
    ['asks for much and does not read it', (socket) => { socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'); socket.pause(); setTimeout(() => { socket.resume(); }, 1_500); }],
  ] as readonly (readonly [string, (socket: ReturnType<typeof connect>) => void])[]) {
    it(`Whoever ${who} is cut off in bounded time.`, async () => {
      const { port, end } = await serving();
      expect(await patienceWith(port, behave)).to.be.at.least(100);
      await end();
    });
  }
});

describe('While the house is being opened', () => {
  it('Probes are told that the process lives and how far the start is, everybody else to come again: HTTP_STARTING; then the application answers.', async () => {
    let done = '4000 of 10000 commits are in the tables';
    const porch = createPorch(() => [{ name: 'log', ready: true }, { name: 'projections', ready: false, says: done }], () => 'id-of-the-request');
    const listening = await listen(porch, '127.0.0.1', 0);
    expect((await send(listening.url, 'GET', '/healthz')).body).to.deep.equal({ status: 'alive' });
    const ready = await send(listening.url, 'GET', '/readyz');
    expect([ready.status, ready.body]).to.deep.equal([503, { status: 'starting', checks: [{ name: 'log', ready: true }, { name: 'projections', ready: false, says: done }] }]);
    done = '';
    const other = await send(listening.url, 'POST', '/api/v1/instances', { processId: 'leave' });
    expect([other.status, other.body.code, other.headers.get('retry-after'), other.headers.get('content-type'), other.headers.get('x-request-id')]).to.deep.equal([503, 'HTTP_STARTING', '2', 'application/problem+json', 'id-of-the-request']);
    porch.open({ express: ((_request: unknown, response: ServerResponse) => { response.setHeader('content-type', 'application/json').end('"inside"'); }) as never, drain: () => undefined });
    expect((await send(listening.url, 'GET', '/readyz')).body).to.equal('inside');
    await listening.close(0);
  });

  it('Who reads with a browser is told in words, and the page comes again by itself; what was sent is never sent again without being asked.', async () => {
    const listening = await listen(createPorch(() => [], () => 'x'), '127.0.0.1', 0);
    const [read, sent] = await Promise.all((['GET', 'POST'] as const).map((method) => fetch(`${listening.url}/tasks`, { method, headers: { accept: 'text/html,application/xhtml+xml' } }))) as [Response, Response];
    for (const answer of [read, sent]) expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).to.deep.equal([503, 'text/html; charset=utf-8', '2']);
    expect([read.headers.get('refresh'), sent.headers.get('refresh')]).to.deep.equal(['2', null]);
    expect(await read.text()).to.contain('<h1>The service is starting</h1>').and.to.contain('opens by itself');
    expect(await sent.text()).to.contain('What you sent was not recorded.');
    expect(read.headers.get('content-security-policy')).to.match(/^default-src 'none'; style-src 'sha256-/);
    await listening.close(0);
  });

  it('A server that is asked to stop before it is open drains what opens then.', async () => {
    let drained = false;
    const porch = createPorch(() => [], () => 'x');
    porch.drain();
    const listening = await listen(porch, '127.0.0.1', 0);
    expect((await send(listening.url, 'GET', '/readyz')).body.status).to.equal('draining');
    porch.open({ express: (() => undefined) as never, drain: () => { drained = true; } });
    expect(drained).to.equal(true);
    await listening.close(0);
  });
});
