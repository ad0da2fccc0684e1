/** What answers at the address while the house behind it is being opened: probes are told why it takes a while, people and programs to come again. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { App } from './app.ts';
import { failure } from './contract/failure.ts';
import type { ReadyCheck } from './options.ts';
import { problemDetails } from './problem.ts';

/** Listens in place of the application until `open`; then it is the application. */
export interface Porch {
  readonly express: RequestListener;
  open(app: Pick<App, 'express' | 'drain'>): void;
  drain(): void;
}

/** `standing`: what is open already and what is not, with how far it is. `requestId`: a fresh id. */
export function createPorch(standing: () => readonly ReadyCheck[], requestId: () => string): Porch {
  let inside: Pick<App, 'express' | 'drain'> | undefined;
  let draining = false;
  return {
    express: (request, response) => {
      if (inside === undefined) atTheDoor(request, response, draining, standing, requestId());
      else inside.express(request, response);
    },
    open(app) {
      inside = app;
      if (draining) app.drain();
    },
    drain() {
      draining = true;
      inside?.drain();
    },
  };
}

function atTheDoor(request: IncomingMessage, response: ServerResponse, draining: boolean, standing: () => readonly ReadyCheck[], id: string): void {
  const path = request.url?.split('?')[0];
  const asks = request.method === 'GET' || request.method === 'HEAD';
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Request-Id', id);
  if (asks && path === '/healthz') { send(response, 200, 'application/json; charset=utf-8', { status: 'alive' }); return; }
  response.setHeader('Retry-After', '2');
  if (asks && path === '/readyz') send(response, 503, 'application/json; charset=utf-8', { status: draining ? 'draining' : 'starting', checks: standing() });
  else if (request.headers.accept?.includes('text/html') === true) sendPage(response, asks);
  else send(response, 503, 'application/problem+json', problemDetails(failure('HTTP_STARTING'), id));
}

const STYLE = 'body{margin:0;border-top:4px solid #12323c;background:#f5f4ef;color:#16262c;font:1.0625rem/1.5 system-ui,sans-serif}main{max-width:34rem;margin:0 auto;padding:3rem 1.25rem}h1{font-size:1.75rem;line-height:1.25}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** For people; what was only read is asked for again by the browser itself. */
function sendPage(response: ServerResponse, comesAgain: boolean): void {
  const text = comesAgain ? 'This page opens by itself in a moment.' : 'What you sent was not recorded. Load this page again in a moment to send it once more; it is recorded once.';
  response.setHeader('Content-Security-Policy', `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`);
  if (comesAgain) response.setHeader('Refresh', '2');
  response.writeHead(503, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The service is starting – Piton</title><style>${STYLE}</style></head><body><main><h1>The service is starting</h1><p>${text}</p></main></body></html>`);
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(JSON.stringify(body));
}
