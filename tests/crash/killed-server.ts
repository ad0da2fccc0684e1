/** A whole server in a process of its own that is killed again and again on one data folder, and people who ask until they are answered. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { accountsOf, exchange, signIn } from '../support/letter.ts';
import type { Answered, Asked, Signed } from '../support/letter.ts';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const DEATH_MS = 10_000;

/** A death: the failpoint it was told to die at, how it ended, and what was asked of it then. */
export interface Kill {
  readonly failpoint: string;
  readonly signal: string | null;
  readonly during: string;
}

/** A changing request that was answered: it must be in the log for ever. */
export interface Acknowledged {
  readonly account: string;
  readonly key: string;
  readonly path: string;
  readonly body: Answered['body'];
}

interface Running {
  readonly child: ChildProcess;
  readonly failpoint: string;
  readonly url: string;
  readonly died: Promise<NodeJS.Signals | null>;
}

export class KilledServer {
  readonly kills: Kill[] = [];
  readonly acknowledged: Acknowledged[] = [];
  /** What all its lives wrote to their logs. */
  readonly log: Answered['body'][] = [];
  starts = 0;
  accounts: ReturnType<typeof accountsOf> = new Map();
  readonly #folder: string;
  readonly #plan: string[];
  readonly #sessions = new Map<string, Signed>();
  #running: Promise<Running> | undefined;
  #asking = 'start';

  /** `plan`: the failpoint of each life after the first, in order; the last life has none. */
  constructor(folder: string, plan: readonly string[]) {
    this.#folder = folder;
    this.#plan = [...plan];
  }

  /** The first start, which seeds the demo government, and a session for each of these people: sessions outlive the server. */
  async open(people: readonly string[]): Promise<void> {
    const { url } = await this.#alive('');
    for (const account of people) this.#sessions.set(account, await signIn(url, account, this.accounts.get(account)?.password ?? ''));
  }

  /** Asks until there is an answer; an answer to a changing request is an acknowledgement. */
  async ask(asked: Asked): Promise<Answered | undefined> {
    for (;;) {
      const { url, died } = await this.#alive();
      this.#asking = `${asked.method} ${asked.key ?? asked.path}`;
      try {
        const answer = await exchange(url, this.#sessionOf(asked.account), asked);
        if (asked.key !== undefined && answer.status < 300) this.acknowledged.push({ account: asked.account, key: asked.key, path: asked.path, body: answer.body });
        return answer;
      } catch (error) {
        await within(DEATH_MS, died, error);
        if (asked.once === true) return undefined;
      }
    }
  }

  /** Kills the server from outside when half of this request's body has left. */
  async killInside({ account, method, path, body, headers }: Asked & { readonly body: Uint8Array }): Promise<void> {
    const { child, url, died } = await this.#alive();
    const { cookie, csrf } = this.#sessionOf(account);
    this.#asking = `${method} ${path}`;
    const request = httpRequest(url + path, { method, headers: { origin: url, cookie, 'x-csrf-token': csrf, 'content-type': 'application/offset+octet-stream', 'content-length': body.byteLength, ...headers } });
    request.on('error', () => undefined);
    await new Promise<void>((resolve) => { request.write(body.subarray(0, body.byteLength / 2), () => { resolve(); }); });
    child.kill('SIGKILL');
    await died;
  }

  /** Ends the last life in an orderly way; answers its exit code. */
  async stop(): Promise<number | null> {
    const { child, died } = await this.#alive();
    child.kill('SIGTERM');
    await died;
    return child.exitCode;
  }

  /** Ends what still runs, whatever happened. */
  async end(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    running?.child.kill('SIGKILL');
    await running?.died;
  }

  /** What is still in the plan. */
  get left(): readonly string[] {
    return this.#plan;
  }

  #sessionOf(account: string): Signed {
    const session = this.#sessions.get(account);
    if (session === undefined) throw new Error(`Expected a session of ${account}, but nobody signed in`);
    return session;
  }

  #alive(failpoint?: string): Promise<Running> {
    return (this.#running ??= this.#start(failpoint));
  }

  /** A life that ends while it starts is followed by the next. */
  async #start(wanted?: string): Promise<Running> {
    for (let failpoint = wanted ?? this.#plan.shift() ?? ''; ; failpoint = this.#plan.shift() ?? '') {
      const running = await this.#launch(failpoint);
      if (running === undefined) continue;
      void running.died.then(() => { this.#running = undefined; });
      return running;
    }
  }

  async #launch(failpoint: string): Promise<Running | undefined> {
    this.starts += 1;
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], PITON_DATA: this.#folder, PITON_PORT: '0', PITON_LOG: 'warn', ...(failpoint !== '' && { PITON_FAILPOINT: failpoint }) }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const told: string[] = [];
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => { complaint += text.toString(); });
    const died = new Promise<NodeJS.Signals | null>((resolve) => { child.once('close', (_code, signal) => { resolve(signal); }); });
    const ready = new Promise<string>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (line.startsWith('{')) this.log.push(JSON.parse(line) as Answered['body']);
        else told.push(line);
        const [, url] = /^Piton is ready at (\S+)/.exec(told[0] ?? '') ?? [];
        // The accounts come after the address; the last line is the administrator.
        if (url !== undefined && told.at(-1)?.startsWith('  administrator') === true) resolve(url);
      });
    });
    void died.then((signal) => {
      if (signal === 'SIGKILL') this.kills.push({ failpoint, signal, during: this.#asking });
    });
    const url = await Promise.race([ready, died]);
    if (url === null) throw new Error(`Expected the server to start, but it ended: ${complaint}`);
    if (!url.startsWith('http')) return undefined;
    if (this.accounts.size === 0) this.accounts = accountsOf(told);
    return { child, failpoint, url, died };
  }
}

/** Rejects with the reason of the caller when the server lives on: then the lost connection was no kill. */
async function within<T>(ms: number, wanted: Promise<T>, reason: unknown): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new Error('Expected the server to be dead when a connection is lost, but it lives on', { cause: reason })); }, ms); });
  return Promise.race([wanted, late]).finally(() => { clearTimeout(timer); });
}
