/**
 * Dispatch on many nodes. Who commits a record enqueues what it leaves outstanding. One node, under a lease, looks after what was not
 * enqueued because that node died, or was lost with the queue: what is due and stays outstanding is taken up again.
 */
import type { Clock } from '../ports/clock.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Lease, Leases } from '../ports/leases.ts';
import { CaseStopped } from './commands.ts';
import type { Dispatch } from './dispatch.ts';
import type { Outstanding, OutstandingRow } from './outstanding.ts';

export const DISPATCH_LEASE = 'dispatch';

/**
 * What another node enqueued may rest on records that this node has not folded yet (a deployment): it is done behind them. `position`:
 * of the last commit this node knows.
 */
export function behindTheLog(queue: JobQueue, position: () => number, settled: (position: number) => Promise<boolean>): JobQueue {
  return {
    enqueue: (job) => queue.enqueue({ ...job, content: { ...job.content, position: position() } }),
    process: (type, concurrency, work) => {
      queue.process(type, concurrency, async (job) => {
        const wanted = Number(job.content['position'] ?? 0);
        if (!await settled(wanted)) throw new Error(`Expected the tables of this node to include commit ${String(wanted)}, but they are behind`);
        await work(job);
      });
    },
    depth: () => queue.depth(),
    close: (graceMs) => queue.close(graceMs),
  };
}

export interface WatchOptions {
  readonly leases: Leases;
  readonly outstanding: Pick<Outstanding, 'due'>;
  readonly dispatch: Pick<Dispatch, 'again'>;
  readonly clock: Clock;
  /** The lease has come to this node: everything outstanding is enqueued. */
  readonly takeUp: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  /** Default 4 s. What is outstanding at two looks in a row is taken up at the second. */
  readonly everyMs?: number;
}

const EVERY_MS = 4_000;
/** Rows looked at each time: the oldest that are due. */
const ROWS = 1_000;
/** Looks between two attempts at the same row, at most. */
const LONGEST_REST = 64;

interface Seen {
  looks: number;
  next: number;
}

export class OutstandingWatch {
  readonly #options: WatchOptions;
  readonly #lease: Lease;
  readonly #timer: NodeJS.Timeout;
  #seen = new Map<string, Seen>();
  #looking: Promise<void> = Promise.resolve();
  #busy = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#lease = options.leases.stand(DISPATCH_LEASE, () => { this.#inTurn(options.takeUp); });
    this.#timer = setInterval(() => {
      if (this.#busy) return;
      this.#inTurn(() => this.#look());
    }, options.everyMs ?? EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#lease.stop();
    await this.#looking;
  }

  #inTurn(work: () => Promise<void>): void {
    this.#busy = true;
    this.#looking = this.#looking.then(work).catch(this.#options.onFailure).finally(() => { this.#busy = false; });
  }

  async #look(): Promise<void> {
    if (!await this.#lease.confirm()) {
      this.#seen.clear();
      return;
    }
    const { outstanding, clock } = this.#options;
    const before = this.#seen;
    this.#seen = new Map();
    for (const row of await outstanding.due(clock.now(), ROWS)) {
      const name = `${row.key} ${String(row.offer)} ${row.dueAt}`;
      const seen = before.get(name) ?? { looks: 0, next: 1 };
      this.#seen.set(name, seen);
      if (seen.looks === seen.next) {
        seen.next += Math.min(seen.next, LONGEST_REST);
        await this.#again(row);
      }
      seen.looks += 1;
    }
  }

  async #again(row: OutstandingRow): Promise<void> {
    try {
      await this.#options.dispatch.again(row);
    } catch (error) {
      // A case that only a human can let go on: it is looked at again, more and more seldom.
      if (!(error instanceof CaseStopped)) this.#options.onFailure(error);
    }
  }
}
