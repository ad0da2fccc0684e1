/** Listening and stopping: the server closes after the requests at work are answered (graceful drain). */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { App } from './app.ts';

export interface Listening {
  readonly server: Server;
  /** `http://host:port`, with the port that was given out for 0. */
  readonly url: string;
  /** Answers new requests 503, waits for those at work (at most `graceMs`), then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Rejects when the address is taken or not ours (EADDRINUSE, EADDRNOTAVAIL). */
export async function listen(app: App, host: string, port: number): Promise<Listening> {
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 10_000, maxHeaderSize: 16_384 }, app.express);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => { server.off('error', reject); resolve(); });
  });
  const address = server.address() as AddressInfo;
  const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { server, url: `http://${shown}:${address.port}`, close: (graceMs) => close(app, server, graceMs) };
}

async function close(app: App, server: Server, graceMs: number): Promise<void> {
  app.drain();
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  server.closeIdleConnections();
  const cut = setTimeout(() => { server.closeAllConnections(); }, graceMs);
  await closed;
  clearTimeout(cut);
}
