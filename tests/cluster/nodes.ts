/**
 * A cluster on one machine: the server itself in a process per node, each with a scratch folder and a wire of its own to the database, and
 * people who send every request to the next node in turn until they are answered, as behind a load balancer without sticky sessions.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { accountsOf, signIn } from '../support/letter.ts';
import type { Answered, Asked, Signed } from '../support/letter.ts';
import { freshDatabase, hasMongo, isMongoAtHand, startMongo } from '../support/mongo.ts';
import type { TestMongo } from '../support/mongo.ts';
import { ended, freePort, hasRedis, startRedis } from '../support/redis.ts';
import type { TestRedis } from '../support/redis.ts';
import { startWire } from './wire.ts';
import type { Wire } from './wire.ts';

/** What is kept of this process's surroundings; with the cache of compiled code a node is up in half the time. */
const HERE = Object.fromEntries(['PATH', 'NODE_COMPILE_CACHE'].flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const ASK_MS = 15_000;
/** Far more than anything takes; where nodes are killed as they come up it depends on how much else the machine does. */
const PATIENCE_MS = 900_000;

/** `all`: also where the database must be installed first. */
export function hasCluster(all: boolean): boolean {
  return hasRedis() && (all ? hasMongo() : isMongoAtHand());
}

/** A changing request that was answered: it must be in the log for ever. */
export interface Acknowledged {
  readonly account: string;
  readonly key: string;
  readonly path: string;
  readonly body: Answered['body'];
}

/** An acknowledged command as its caller saw it. `invoked`: when it was first sent; `position`: of its commit, as the answer says. */
export interface Operation {
  readonly key: string;
  readonly invoked: number;
  readonly answered: number;
  readonly position: number;
}

interface Caller {
  signed: Signed;
  /** The cookie of the last position, as a browser keeps it. */
  position: string;
}

/** From a start to the end. `lost`: commands that were sent to it and whose connection ended without an answer. */
export interface Life {
  readonly failpoint: string;
  readonly died: Promise<NodeJS.Signals | null>;
  lost: number;
}

export class TestNode {
  readonly url: string;
  readonly wire: Wire;
  /** What all its lives wrote to their logs, and to the terminal. */
  readonly log: Answered['body'][] = [];
  kills = 0;
  life: Life | undefined;
  told: string[] = [];
  complaint = '';
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(environment: Readonly<Record<string, string>>, wire: Wire) {
    this.#environment = environment;
    this.wire = wire;
    this.url = `http://127.0.0.1:${environment['PITON_PORT'] ?? ''}`;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when it serves. `failpoint`: `name:n`, where it kills itself. */
  async start(failpoint = ''): Promise<void> {
    this.told = [];
    this.complaint = '';
    const child = spawn(process.execPath, [MAIN], { env: { ...HERE, ...this.#environment, ...(failpoint !== '' && { PITON_FAILPOINT: failpoint }) }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.life = { failpoint, lost: 0, died: new Promise((resolve) => { child.once('exit', (_code, signal) => { resolve(signal); }); }) };
    child.stderr.on('data', (text: Buffer) => { this.complaint += text.toString(); });
    const ready = new Promise<void>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line.startsWith('{')) this.log.push(JSON.parse(line) as Answered['body']);
        else this.told.push(line);
        if (line.startsWith('  administrator')) resolve();
      });
    });
    const died = new Promise<void>((_resolve, reject) => { child.once('close', (code, signal) => { reject(new Error(`Expected the node to start, but it ended with ${String(code ?? signal)}: ${this.complaint}`)); }); });
    died.catch(() => undefined);
    await Promise.race([ready, died]);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.isRunning) this.kills += 1;
    await ended(this.#child, 'SIGKILL');
  }

  /** As {@link kill}, without waiting for the end. */
  strike(): void {
    this.#child?.kill('SIGKILL');
  }

  /** In order; answers the exit code. */
  async stop(): Promise<number | null> {
    await ended(this.#child, 'SIGTERM');
    return this.#child?.exitCode ?? null;
  }
}

export class TestCluster {
  readonly nodes: readonly TestNode[];
  readonly mongo: TestMongo;
  readonly redis: TestRedis;
  readonly mongoUrl: string;
  readonly keyFile: string;
  readonly folder: string;
  readonly acknowledged: Acknowledged[] = [];
  readonly history: Operation[] = [];
  /** How many requests each node answered. */
  readonly answers: number[];
  accounts: ReturnType<typeof accountsOf> = new Map();
  readonly #callers = new Map<string, Caller>();
  #turn = 0;

  private constructor(folder: string, mongo: TestMongo, redis: TestRedis, mongoUrl: string, nodes: readonly TestNode[]) {
    this.folder = folder;
    this.mongo = mongo;
    this.redis = redis;
    this.mongoUrl = mongoUrl;
    this.keyFile = join(folder, 'installation.key');
    this.nodes = nodes;
    this.answers = nodes.map(() => 0);
  }

  /** Database, Redis and `count` nodes, started at the same time on an empty database. */
  static async open(count: number): Promise<TestCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'piton-cluster-'));
    const [mongo, redis] = [await startMongo(), await startRedis()];
    const mongoUrl = freshDatabase(mongo.url);
    const nodes: TestNode[] = [];
    for (let number = 0; number < count; number += 1) {
      const address = new URL(mongoUrl);
      const wire = await startWire({ host: address.hostname, port: Number(address.port || 27_017) });
      address.host = `127.0.0.1:${String(wire.port)}`;
      // Else the driver asks the server for its address and goes there past the wire.
      address.searchParams.set('directConnection', 'true');
      nodes.push(new TestNode({
        MONGODB_URL: address.href, REDIS_URL: redis.url, PITON_KEY_FILE: join(folder, 'installation.key'), PITON_DATA: join(folder, `node-${String(number)}`), PITON_PORT: String(await freePort()), PITON_LOG: 'warn',
      }, wire));
    }
    const cluster = new TestCluster(folder, mongo, redis, mongoUrl, nodes);
    try {
      await Promise.all(nodes.map((node) => node.start()));
    } catch (error) {
      await cluster.close();
      throw error;
    }
    cluster.accounts = accountsOf(nodes[0]?.told ?? []);
    return cluster;
  }

  async close(): Promise<void> {
    for (const node of this.nodes) {
      await node.kill();
      await node.wire.close();
    }
    await this.redis.remove();
    await this.mongo.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async signIn(people: readonly string[]): Promise<void> {
    for (const account of people) {
      const signed = await signIn(this.#next().url, account, this.accounts.get(account)?.password ?? '');
      if (signed.status !== 201 && signed.status !== 200) throw new Error(`Expected ${account} to sign in, but it answers ${String(signed.status)}`);
      this.#callers.set(account, { signed, position: '' });
    }
  }

  cookieOf(account: string): string {
    return this.#callers.get(account)?.signed.cookie ?? '';
  }

  /** Asks one node after the other until one answers for good: a lost connection and 503 are asked again with the same key. */
  async ask(asked: Asked): Promise<Answered | undefined> {
    const deadline = Date.now() + PATIENCE_MS;
    const invoked = performance.now();
    for (let answer: Answered | undefined; ;) {
      const node = this.#next();
      const life = node.isRunning ? node.life : undefined;
      try {
        const exchanged = await this.#exchange(node, asked);
        answer = exchanged.answer;
        if (answer.status < 500) return this.#noted(node, asked, answer, { invoked, position: exchanged.position });
      } catch (error) {
        // Nobody knows whether it was done: the next one is asked with the same key.
        if (life !== undefined && asked.key !== undefined && isLost(error)) life.lost += 1;
      }
      if (asked.once === true) return undefined;
      if (Date.now() > deadline) throw new Error(`Expected ${asked.method} ${asked.path} to be answered within a quarter of an hour, but the last answer is ${JSON.stringify(answer)}`);
      await pause(50);
    }
  }

  #noted(node: TestNode, { account, key, path }: Asked, answer: Answered, { invoked, position }: Pick<Operation, 'invoked' | 'position'>): Answered {
    const index = this.nodes.indexOf(node);
    this.answers[index] = (this.answers[index] ?? 0) + 1;
    if (key !== undefined && answer.status < 300) this.acknowledged.push({ account, key, path, body: answer.body });
    if (key !== undefined && answer.status < 300 && position > 0) this.history.push({ key, invoked, answered: performance.now(), position });
    return answer;
  }

  #next(): TestNode {
    this.#turn += 1;
    const running = this.nodes.filter((node) => node.isRunning);
    return (running.length === 0 ? this.nodes : running)[this.#turn % Math.max(1, running.length)] ?? this.nodes[0]!;
  }

  async #exchange(node: TestNode, { account, method, path, body, headers, key }: Asked): Promise<{ readonly answer: Answered; readonly position: number }> {
    const caller = this.#callers.get(account);
    if (caller === undefined) throw new Error(`Expected a session of ${account}, but nobody signed in`);
    const { signed: { cookie, csrf }, position } = caller;
    const bytes = body instanceof Uint8Array;
    const answer = await fetch(node.url + path, {
      method, signal: AbortSignal.timeout(ASK_MS),
      headers: { origin: node.url, cookie: position === '' ? cookie : `${cookie}; ${position}`, 'x-csrf-token': csrf, ...(body !== undefined && { 'content-type': bytes ? 'application/offset+octet-stream' : 'application/json' }), ...(key !== undefined && { 'idempotency-key': key }), ...headers },
      ...(body !== undefined && { body: bytes ? Buffer.from(body) : JSON.stringify(body) }),
    });
    const told = answer.headers.getSetCookie().find((one) => one.startsWith('piton-position='));
    if (told !== undefined) caller.position = told.split(';')[0] ?? '';
    return { answer: { status: answer.status, body: (await answer.json()) as Answered['body'] }, position: Number(answer.headers.get('piton-position') ?? 0) };
  }
}

/** A connection that ended while it was waited for; not one that nobody took, and not patience that ended. */
function isLost(error: unknown): boolean {
  return error instanceof TypeError && (error.cause as { readonly code?: string } | undefined)?.code !== 'ECONNREFUSED';
}
