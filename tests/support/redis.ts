/** A Redis of the test's own: another port, another folder, nothing on disk. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';

const COMMAND = 'redis-server';
const STARTS_WITHIN_MS = 10_000;

export interface TestRedis {
  readonly url: string;
  /** Ends it as a power cut would: what it held is gone. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same port, empty. */
  readonly start: () => Promise<void>;
  /** Empties it while it runs and everybody is connected. */
  readonly flush: () => Promise<void>;
  /** Ends it and removes its folder. */
  readonly remove: () => Promise<void>;
}

export function hasRedis(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, COMMAND)));
}

export async function startRedis(): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'piton-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(COMMAND, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: 'ignore' });
    await answering(port);
  };
  const kill = async (): Promise<void> => {
    await ended(child, 'SIGKILL');
    child = undefined;
  };
  await start();
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    kill,
    start,
    flush: async () => {
      const client = new Redis(port);
      await client.flushall();
      client.disconnect();
    },
    remove: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Ends a child process and waits until it is gone. */
export async function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until somebody listens on `port`. */
export async function answering(port: number, withinMs = STARTS_WITHIN_MS): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isOpen(port))) {
    if (Date.now() > end) throw new Error(`Expected a server on port ${String(port)} within ${String(withinMs)} ms, but there is none`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const answer = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });
}
