/** What answers at the address while the house behind it is being opened: probes are told why it takes a while, everybody else to come again. */
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
  else send(response, 503, 'application/problem+json', problemDetails(failure('HTTP_STARTING'), id));
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(JSON.stringify(body));
}
