/** A runtime in a process of its own that is killed again and again on one data folder, and commands that are sent until they are answered. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Reply, Request } from './child.ts';

/** When a life ends: at the `after`-th passing of a failpoint, or by a kill from outside `after` ms after it was ready (`random`). */
export interface Death {
  readonly point: string;
  readonly after: number;
}

/** A death that came. `inFlight`: commands it had been sent and had not answered. */
export interface Kill extends Death {
  readonly inFlight: number;
}

const LIVES_ON: Death = { point: '', after: 0 };

type Unanswered = Request extends infer R ? (R extends Request ? Omit<R, 'id'> : never) : never;
export type Insist = (request: Unanswered) => Promise<Reply>;

/** One life, and the commands it has not answered. */
class Victim {
  readonly died: Promise<void>;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #next = 1;
  inFlightAtDeath = 0;
  alive = true;

  constructor(folder: string, { point, after }: Death) {
    const failpoint = point === 'random' ? '' : point;
    this.#child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), [folder, failpoint, String(after)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let timer: NodeJS.Timeout | undefined;
    this.ready = new Promise((resolve) => {
      this.#child.on('message', (reply: Reply) => {
        if (reply.id === 0) {
          if (point === 'random') timer = setTimeout(() => { this.#child.kill('SIGKILL'); }, after);
          resolve();
          return;
        }
        const done = this.#waiting.get(reply.id);
        this.#waiting.delete(reply.id);
        done?.(reply);
      });
    });
    this.died = new Promise((resolve) => {
      this.#child.once('exit', () => {
        clearTimeout(timer);
        this.alive = false;
        this.inFlightAtDeath = this.#waiting.size;
        for (const done of this.#waiting.values()) done(undefined);
        resolve();
      });
    });
  }

  /** Undefined when the process died before it answered. */
  ask(request: Unanswered): Promise<Reply | undefined> {
    if (!this.alive) return Promise.resolve(undefined);
    const id = this.#next++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.send({ ...request, id }, (error) => { if (error) { this.#waiting.delete(id); resolve(undefined); } });
    });
  }
}

export class KilledRuntime {
  readonly kills: Kill[] = [];
  readonly #folder: string;
  readonly #plan: Death[];
  #life: Promise<Victim>;
  #ends: Death;

  /** `plan`: how each life ends; the one after the last lives until `stop`. */
  constructor(folder: string, plan: readonly Death[]) {
    this.#folder = folder;
    this.#plan = [...plan];
    this.#ends = this.#nextDeath();
    this.#life = this.#begin();
  }

  /** Deaths that are still to come, that of the present life among them. */
  get left(): number {
    return this.#plan.length + (this.#ends === LIVES_ON ? 0 : 1);
  }

  /** Sends a command until it is answered, as a client with an idempotency key does. */
  readonly insist: Insist = async (request) => {
    for (;;) {
      const life = this.#life;
      const victim = await life;
      const reply = await victim.ask(request);
      if (reply) return reply;
      await victim.died;
      this.#revive(life, victim);
    }
  };

  /** Ends the last life in an orderly way. */
  async stop(): Promise<void> {
    const victim = await this.#life;
    await victim.ask({ type: 'idle', key: '' });
    await victim.died;
  }

  #revive(life: Promise<Victim>, dead: Victim): void {
    if (this.#life !== life) return;
    this.kills.push({ ...this.#ends, inFlight: dead.inFlightAtDeath });
    this.#ends = this.#nextDeath();
    this.#life = this.#begin();
  }

  #nextDeath(): Death {
    return this.#plan.shift() ?? LIVES_ON;
  }

  async #begin(): Promise<Victim> {
    const victim = new Victim(this.#folder, this.#ends);
    await Promise.race([victim.ready, victim.died]);
    return victim;
  }
}
