/**
 * A database for the tests of the MongoDB adapters: the replica set at MONGODB_URL where that is given, else a stand-in of the
 * test's own: SecantusDB, which speaks the wire protocol of MongoDB over WiredTiger on disk, from the package index of Python.
 */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import mongoose from 'mongoose';
import { answering, ended, freePort } from './redis.ts';

const PYTHON = 'python3';
const VERSION = '0.7.0b3';
const ARTEFACTS = new URL('../../.artefacts/', import.meta.url).pathname;
const REQUIREMENTS = new URL('mongo-stand-in.txt', import.meta.url).pathname;
/** The first start on a machine installs the stand-in: about 15 s where packages come fast. */
export const MONGO_INSTALL_MS = 170_000;
const STARTS_WITHIN_MS = 30_000;

export interface TestMongo {
  /** With the name of a database. */
  readonly url: string;
  /** False: the database belongs to somebody else and is not stopped by tests. */
  readonly isOwn: boolean;
  /** Ends it by SIGKILL; what it had acknowledged is on disk. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

export function hasMongo(): boolean {
  if (process.env['MONGODB_URL'] !== undefined) return true;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, PYTHON)));
}

/** Whether a database starts without anything to install first. */
export function isMongoAtHand(): boolean {
  return process.env['MONGODB_URL'] !== undefined || existsSync(join(ARTEFACTS, `mongo-stand-in-${VERSION}`, 'complete'));
}

/** The address of a database of the test's own on the same server. */
export function freshDatabase(url: string): string {
  const address = new URL(url);
  address.pathname = `/piton-test-${randomUUID().slice(0, 13)}`;
  return address.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const connection = await mongoose.createConnection(url).asPromise();
  try {
    await connection.dropDatabase();
  } finally {
    await connection.close();
  }
}

export async function startMongo(): Promise<TestMongo> {
  const given = process.env['MONGODB_URL'];
  const nothing = (): Promise<void> => Promise.resolve();
  if (given !== undefined) return { url: given, isOwn: false, kill: nothing, start: nothing, remove: nothing };
  const command = await installed();
  const folder = await mkdtemp(join(tmpdir(), 'piton-mongo-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(command, ['-m', 'secantus', '--host', '127.0.0.1', '--port', String(port), '--storage-path', join(folder, 'data'), '--sync-on-commit', '--log-level', 'ERROR'], { cwd: folder, stdio: 'ignore' });
    await answering(port, STARTS_WITHIN_MS);
  };
  const kill = async (): Promise<void> => {
    await ended(child, 'SIGKILL');
    child = undefined;
  };
  await start();
  return {
    url: `mongodb://127.0.0.1:${String(port)}/piton`,
    isOwn: true,
    kill,
    start,
    remove: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function dropCollection(url: string, name: string): Promise<void> {
  const connection = await mongoose.createConnection(url).asPromise();
  try {
    await connection.dropCollection(name);
  } finally {
    await connection.close();
  }
}

/** A suite with MongoDB, or what stands in for it; skipped by name where neither can be. Its address is known when the tests run. */
export function describeWithMongo(title: string, timeoutMs: number, suite: (url: () => string) => void): void {
  describe(title, function () {
    this.timeout(timeoutMs);
    let mongo: TestMongo | undefined;

    before(async function () {
      this.timeout(MONGO_INSTALL_MS);
      if (!hasMongo()) this.skip();
      mongo = await startMongo();
    });
    after(() => mongo?.remove());

    suite(() => mongo?.url ?? '');
  });
}

/** The Python that has the stand-in; installs it beside the sources where it is not there yet. */
async function installed(): Promise<string> {
  const folder = join(ARTEFACTS, `mongo-stand-in-${VERSION}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'complete'))) return python;
  const run = promisify(execFile);
  await rm(folder, { recursive: true, force: true });
  await mkdir(ARTEFACTS, { recursive: true });
  await run(PYTHON, ['-m', 'venv', folder], { timeout: MONGO_INSTALL_MS });
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', REQUIREMENTS], { timeout: MONGO_INSTALL_MS });
  await mkdir(join(folder, 'installing'));
  await rename(join(folder, 'installing'), join(folder, 'complete'));
  return python;
}
