/** Listening and stopping: the server closes after the requests at work are answered (graceful drain). */
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LISTEN_ERRORS } from './errors.ts';

export interface Listening {
  readonly server: Server;
  /** `http://host:port`, with the port that was given out for 0. */
  readonly url: string;
  /** Answers new requests 503, waits for those at work (at most `graceMs`), then cuts what is left. Again: the same end. */
  close(graceMs: number): Promise<void>;
}

/** The server cannot listen where it was told to. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: keyof typeof LISTEN_ERRORS;
  readonly hint: string;

  constructor(code: keyof typeof LISTEN_ERRORS, values: { readonly host: string; readonly port: number }, options?: ErrorOptions) {
    const { message, hint } = LISTEN_ERRORS[code];
    super(message.replace('{host}', values.host).replace('{port}', String(values.port)), options);
    this.code = code;
    this.hint = hint;
  }
}

/** What the system's codes mean; others travel as they are. */
const REASONS: Readonly<Partial<Record<string, keyof typeof LISTEN_ERRORS>>> = {
  EADDRINUSE: 'LISTEN_ADDRESS_TAKEN', EADDRNOTAVAIL: 'LISTEN_ADDRESS_INVALID', ENOTFOUND: 'LISTEN_ADDRESS_INVALID', EAI_AGAIN: 'LISTEN_ADDRESS_INVALID', EACCES: 'LISTEN_FORBIDDEN',
};

/** What listens: the application, or what stands before it. */
interface Served {
  readonly express: RequestListener;
  drain(): void;
}

/** How long clients may take, milliseconds: for the headers, for a whole request, without reading or writing anything, between two requests. */
export interface Patience {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly silentMs: number;
  readonly betweenMs: number;
}

/** Slow lines are common on islands, so a request has two minutes; whoever stays silent longer than one holds a connection for nothing. */
export const PATIENCE: Patience = { headersMs: 20_000, requestMs: 120_000, silentMs: 60_000, betweenMs: 10_000 };

/** Rejects with a {@link ListenError} when the address is taken, not ours or not allowed. */
export async function listen(app: Served, host: string, port: number, patience = PATIENCE): Promise<Listening> {
  const { headersMs, requestMs, silentMs, betweenMs } = patience;
  const server = createServer({
    requestTimeout: requestMs, headersTimeout: headersMs, keepAliveTimeout: betweenMs, maxHeaderSize: 16_384, connectionsCheckingInterval: Math.min(5_000, headersMs),
  }, app.express);
  // Also ends who asks for much and does not read it. The live connection keeps its own time.
  server.setTimeout(silentMs);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = REASONS[error.code ?? ''];
      reject(code === undefined ? error : new ListenError(code, { host, port }, { cause: error }));
    });
    server.listen(port, host, () => { server.removeAllListeners('error'); resolve(); });
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  let closing: Promise<void> | undefined;
  return { server, url: `http://${shown}:${address.port}`, close: (graceMs) => (closing ??= close(app, server, graceMs)) };
}

async function close(app: Served, server: Server, graceMs: number): Promise<void> {
  app.drain();
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  server.closeIdleConnections();
  const cut = setTimeout(() => { server.closeAllConnections(); }, graceMs);
  await closed;
  clearTimeout(cut);
}
