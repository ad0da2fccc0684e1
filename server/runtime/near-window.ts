/**
 * Timers by index and near window: only what is due soon waits in the queue; the rest stands in the table of what is outstanding, and
 * is read on from there. Reading on is a job of the queue itself, so that it keeps the queue's time.
 */
import type { Clock } from '../ports/clock.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { Outstanding, OutstandingRow } from './outstanding.ts';

export interface NearWindowOptions {
  readonly clock: Clock;
  readonly queue: JobQueue;
  readonly outstanding: Outstanding;
  /** Resolves when the tables include every commit there is now; rejects when they are behind. */
  readonly caughtUp: () => Promise<unknown>;
  readonly enqueue: (row: OutstandingRow) => Promise<void>;
}

const TYPE = 'near-window';
const WINDOW_MS = 60 * 60_000;
/** Read on when half of the window is over. */
const READ_ON_MS = WINDOW_MS / 2;
/** What may wait for long, and in large numbers. */
const KINDS = ['timer', 'start-timer', 'expiry'] as const satisfies readonly OutstandingRow['kind'][];
const WINDOWED: ReadonlySet<string> = new Set(KINDS);

export class NearWindow {
  readonly #options: NearWindowOptions;
  /** ISO 8601 UTC instants: what is due before `#end` waits in the queue; up to `#read` the table was read. Both only grow: a clock that is set back opens no gap. */
  #end = '';
  #read = '';

  constructor(options: NearWindowOptions) {
    this.#options = options;
    options.queue.process(TYPE, 1, () => this.#readOn());
  }

  /** True when a row need not be in the queue yet: it stands in the table, and will be read. */
  async leaves({ kind, dueAt }: Pick<OutstandingRow, 'kind' | 'dueAt'>): Promise<boolean> {
    if (!WINDOWED.has(kind) || dueAt < this.moveOn()) return false;
    await this.#readOnLater();
    return true;
  }

  /** Moves the window to where it ends now and answers that. By the clock, not by the last reading: of many nodes each reads on only sometimes. */
  moveOn(): string {
    const end = this.#from(WINDOW_MS);
    if (end > this.#end) this.#end = end;
    return this.#end;
  }

  /** What is due before `read` has been enqueued by the caller, from the table as it is now. */
  async begin(read: string): Promise<void> {
    this.#read = read;
    await this.#goOn(read);
  }

  async #readOn(): Promise<void> {
    // First the window moves: what is committed from now on is enqueued by who commits it. Then what was committed before is read.
    const end = this.moveOn();
    await this.#options.caughtUp();
    for (const kind of KINDS) await this.#options.outstanding.between(kind, this.#read, end, this.#options.enqueue);
    this.#read = end;
    await this.#goOn(end);
  }

  /** Nothing is read while nothing is far. */
  async #goOn(end: string): Promise<void> {
    for (const kind of KINDS) if (await this.#options.outstanding.reaches(kind, end)) return this.#readOnLater();
  }

  /** At whole multiples of the pause: asked for twice, it is one job. */
  #readOnLater(): Promise<void> {
    const turn = Math.floor(Date.parse(this.#options.clock.now()) / READ_ON_MS) + 1;
    return this.#options.queue.enqueue({ id: `${TYPE}/${String(turn)}`, type: TYPE, dueAt: new Date(turn * READ_ON_MS).toISOString(), content: {} });
  }

  #from(ms: number): string {
    return new Date(Date.parse(this.#options.clock.now()) + ms).toISOString();
  }
}
