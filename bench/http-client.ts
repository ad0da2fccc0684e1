/** The requests of bench/http.ts, from a process of their own: closed-loop connections, each sends its next request when the last is answered. */
import { Agent, request } from 'node:http';

/** What to send: each path once, POST, JSON. */
export interface Sent {
  readonly url: string;
  readonly cookie: string;
  readonly csrf: string;
  readonly body: string;
  readonly connections: number;
  readonly paths: readonly string[];
}

/** `latencies`: milliseconds, ascending. */
export interface Told {
  readonly wallMs: number;
  readonly latencies: number[];
}

process.once('message', (sent: Sent) => {
  process.once('message', () => { void run(sent); });
  process.send?.('ready');
});

async function run({ url, cookie, csrf, body, connections, paths }: Sent): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  const latencies: number[] = [];
  let next = 0;
  const post = (path: string): Promise<void> => new Promise((resolve, reject) => {
    const began = performance.now();
    const sending = request(`${url}${path}`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        latencies.push(performance.now() - began);
        if (response.statusCode === 200) resolve();
        else reject(new Error(`Expected 200 for ${path}, but got ${String(response.statusCode)}`));
      });
    });
    sending.once('error', reject);
    sending.end(body);
  });
  const connection = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) await post(path);
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: connections }, connection));
  const wallMs = performance.now() - began;
  latencies.sort((a, b) => a - b);
  process.send?.({ wallMs, latencies } satisfies Told, () => { process.exit(0); });
}
