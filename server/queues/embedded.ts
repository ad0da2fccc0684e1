/**
 * The job queue inside the process: no server, nothing on disk. What it loses with the process is derived again from the log.
 *
 * Jobs that are not due wait in one heap with one timer; due jobs wait in a heap per type until a handler has room. Due times are those of
 * the wall clock, which may jump and stands still for no sleeping machine; pauses after a failure are counted by the timer, which does not jump.
 */
import type { Clock } from '../ports/clock.ts';
import type { JobQueue, QueuedJob, QueueDepth } from '../ports/job-queue.ts';
import { DEFAULT_GRACE_MS, DEFAULT_PRIORITY, dueMs, pauseMs } from './admission.ts';
import { QueueError } from './errors.ts';
import { Heap } from './heap.ts';

/** Calls `run` once after `delayMs`; the answer takes it back. */
export type Timer = (delayMs: number, run: () => void) => () => void;

export interface EmbeddedQueueOptions {
  readonly clock: Clock;
  /** For due times; default: {@link wallTimer}. */
  readonly timer?: Timer;
  /** For pauses, which go by no clock that can be set; default: setTimeout. */
  readonly pauseTimer?: Timer;
  /** Told about every throw of a handler; the job is delivered again after `pauseMs`. */
  readonly onFailure?: (job: QueuedJob, error: unknown, pauseMs: number) => void;
}

/** setTimeout fires at once beyond this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** The clock is looked at this often at least: it may have been set forward, or the machine may have slept while its timers stood still. */
const LOOK_MS = 30_000;

/** A timer that goes by the wall clock, however that jumps: never early, and late by half a minute at most. */
export function wallTimer(clock: Clock, steady: Timer = afterMs): Timer {
  return (delayMs, run) => {
    const due = Date.parse(clock.now()) + delayMs;
    let takeBack = (): void => undefined;
    const look = (): void => {
      const left = due - Date.parse(clock.now());
      if (left <= 0) run();
      else takeBack = steady(Math.min(left, LOOK_MS), look);
    };
    takeBack = steady(Math.min(delayMs, LOOK_MS), look);
    return () => { takeBack(); };
  };
}

interface Entry {
  readonly job: QueuedJob;
  /** Unix time in milliseconds. */
  readonly due: number;
  readonly priority: number;
  readonly sequence: number;
  /** Deliveries that ended with a throw. */
  readonly failures: number;
}

interface Handler {
  readonly concurrency: number;
  readonly work: (job: QueuedJob) => Promise<void>;
  running: number;
}

export function openEmbeddedQueue(options: EmbeddedQueueOptions): JobQueue {
  return new EmbeddedQueue(options);
}

class EmbeddedQueue implements JobQueue {
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #pauseTimer: Timer;
  readonly #onFailure: NonNullable<EmbeddedQueueOptions['onFailure']>;
  readonly #delayed = new Heap<Entry>((a, b) => a.due < b.due || (a.due === b.due && a.sequence < b.sequence));
  readonly #due = new Map<string, Heap<Entry>>();
  readonly #handlers = new Map<string, Handler>();
  /** How many of each type are not due yet. */
  readonly #delayedOf = new Map<string, number>();
  readonly #waitingIds = new Set<string>();
  #sequence = 0;
  #draining = false;
  #closed = false;
  /** Pauses that run, each with what takes it back. */
  readonly #pauses = new Set<() => void>();
  #cancelTimer: (() => void) | undefined;
  #timerDue = Infinity;
  #idle: (() => void) | undefined;

  constructor(options: EmbeddedQueueOptions) {
    this.#clock = options.clock;
    this.#timer = options.timer ?? wallTimer(options.clock);
    this.#pauseTimer = options.pauseTimer ?? options.timer ?? afterMs;
    this.#onFailure = options.onFailure ?? (() => undefined);
  }

  enqueue(job: QueuedJob): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) throw new QueueError('QUEUE_CLOSED');
      this.#accept(job);
      resolve();
    });
  }

  process(type: string, concurrency: number, work: (job: QueuedJob) => Promise<void>): void {
    if (this.#handlers.has(type)) throw new QueueError('QUEUE_TYPE_TAKEN', { type });
    this.#handlers.set(type, { concurrency: Math.max(1, concurrency), work, running: 0 });
    this.#scheduleDrain();
  }

  depth(): Promise<readonly QueueDepth[]> {
    const types = new Set([...this.#handlers.keys(), ...this.#due.keys(), ...this.#delayedOf.keys()]);
    return Promise.resolve([...types].map((type) => ({ type, due: this.#due.get(type)?.size ?? 0, delayed: this.#delayedOf.get(type) ?? 0, atWork: this.#handlers.get(type)?.running ?? 0 })));
  }

  async close(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const takeBack of this.#pauses) takeBack();
    this.#pauses.clear();
    if (this.#running() === 0) return;
    await new Promise<void>((resolve) => {
      const stopWaiting = this.#pauseTimer(graceMs, resolve);
      this.#idle = () => {
        stopWaiting();
        resolve();
      };
    });
  }

  #accept(job: QueuedJob): void {
    const due = dueMs(job);
    if (this.#waitingIds.has(job.id)) return;
    this.#wait({ job, due, priority: job.priority ?? DEFAULT_PRIORITY, sequence: this.#sequence++, failures: 0 });
  }

  #wait(entry: Entry): void {
    this.#waitingIds.add(entry.job.id);
    if (entry.due === -Infinity) {
      this.#heapOf(entry.job.type).push(entry);
      this.#scheduleDrain();
      return;
    }
    this.#delayed.push(entry);
    this.#countDelayed(entry, 1);
    if (entry.due < this.#timerDue) this.#scheduleDrain();
  }

  #countDelayed({ job: { type } }: Entry, by: number): void {
    this.#delayedOf.set(type, (this.#delayedOf.get(type) ?? 0) + by);
  }

  #heapOf(type: string): Heap<Entry> {
    let heap = this.#due.get(type);
    if (heap === undefined) {
      heap = new Heap<Entry>(isServedBefore);
      this.#due.set(type, heap);
    }
    return heap;
  }

  // In a turn of its own, so that a handler which enqueues its successor at once cannot hold the event loop.
  #scheduleDrain(): void {
    if (this.#draining || this.#closed) return;
    this.#draining = true;
    setImmediate(() => {
      this.#draining = false;
      if (!this.#closed) this.#drain();
    });
  }

  #drain(): void {
    this.#ripen();
    for (const [type, handler] of this.#handlers) this.#deliver(type, handler);
  }

  #ripen(): void {
    const next = this.#delayed.peek();
    if (next === undefined) return;
    const now = Date.parse(this.#clock.now());
    for (let entry: Entry | undefined = next; entry !== undefined && entry.due <= now; entry = this.#delayed.peek()) {
      this.#delayed.pop();
      this.#countDelayed(entry, -1);
      this.#heapOf(entry.job.type).push(entry);
    }
    this.#setTimer(now);
  }

  #setTimer(now: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerDue = this.#delayed.peek()?.due ?? Infinity;
    if (this.#timerDue === Infinity) return;
    const delay = Math.min(Math.max(this.#timerDue - now, 1), LONGEST_TIMER_MS);
    this.#cancelTimer = this.#timer(delay, () => {
      this.#cancelTimer = undefined;
      this.#timerDue = Infinity;
      if (!this.#closed) this.#drain();
    });
  }

  #deliver(type: string, handler: Handler): void {
    const heap = this.#due.get(type);
    while (heap !== undefined && handler.running < handler.concurrency) {
      const entry = heap.pop();
      if (entry === undefined) return;
      this.#waitingIds.delete(entry.job.id);
      handler.running += 1;
      void this.#work(entry, handler);
    }
  }

  async #work(entry: Entry, handler: Handler): Promise<void> {
    try {
      await handler.work(entry.job);
    } catch (error) {
      this.#redeliver(entry, error);
    }
    handler.running -= 1;
    if (this.#closed && this.#running() === 0) this.#idle?.();
    this.#scheduleDrain();
  }

  #redeliver(entry: Entry, error: unknown): void {
    const pause = pauseMs(entry.failures);
    this.#onFailure(entry.job, error, pause);
    const { job: { id, type } } = entry;
    if (this.#closed || this.#waitingIds.has(id)) return;
    const again = { ...entry, failures: entry.failures + 1 };
    this.#waitingIds.add(id);
    this.#countDelayed(again, 1);
    const takeBack = this.#pauseTimer(pause, () => {
      this.#pauses.delete(takeBack);
      this.#countDelayed(again, -1);
      this.#heapOf(type).push(again);
      this.#scheduleDrain();
    });
    this.#pauses.add(takeBack);
  }

  #running(): number {
    let running = 0;
    for (const handler of this.#handlers.values()) running += handler.running;
    return running;
  }
}

function isServedBefore(a: Entry, b: Entry): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (a.due !== b.due) return a.due < b.due;
  return a.sequence < b.sequence;
}

function afterMs(delayMs: number, run: () => void): () => void {
  const timeout = setTimeout(run, delayMs);
  return () => clearTimeout(timeout);
}
