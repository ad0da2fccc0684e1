/**
 * The job queue of many nodes: BullMQ on Redis. What Redis loses is derived again from the log, so it needs no disk.
 *
 * One BullMQ queue per job type. An id is BullMQ's deduplication id with `keepLastIfActive`: what is enqueued while the same id
 * waits is dropped, what is enqueued while it is at work is delivered afterwards.
 */
import { Queue, Worker } from 'bullmq';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import type { Clock } from '../ports/clock.ts';
import type { JobQueue, QueuedJob, QueueDepth } from '../ports/job-queue.ts';
import { DEFAULT_GRACE_MS, DEFAULT_PRIORITY, dueMs, pauseMs } from './admission.ts';
import { QueueError } from './errors.ts';

export interface BullQueueOptions {
  /** `redis://[user:password@]host:port/number`. */
  readonly url: string;
  readonly clock: Clock;
  /** Before every key in Redis; default `piton`. In a Redis cluster it has braces, `{piton}`, so that one server holds the queue. */
  readonly prefix?: string;
  /** How long a job stays with a worker that gives no sign of life; the same on all nodes. Default 30 s. */
  readonly lockMs?: number;
  /** A command that Redis has not answered by then is given up; default 5 s. */
  readonly patienceMs?: number;
  /** How often is looked whether Redis was emptied; default 15 s. */
  readonly watchMs?: number;
  /** Told about every throw of a handler; the job is delivered again after `pause` ms. */
  readonly onFailure?: (job: QueuedJob, error: unknown, pause: number) => void;
  /** Told about every trouble with Redis; the queue goes on by itself. */
  readonly onFault?: (error: unknown) => void;
  /** Redis has forgotten everything: whoever is told, on one node, enqueues again what is outstanding in the log. */
  readonly onEmptied?: () => void;
}

const LOCK_MS = 30_000;
const WATCH_MS = 15_000;
const PATIENCE_MS = 5_000;
const LONGEST_RECONNECT_MS = 2_000;
const HIGHEST_PRIORITY = 100;
/** Deliveries after a throw or a dead worker do not end: giving up is an incident, which is history of the engine. */
const FOR_EVER = 2 ** 31 - 1;

/** Opens the queue; Redis may come later. */
export function openBullQueue(options: BullQueueOptions): JobQueue {
  return new BullQueue(options);
}

class BullQueue implements JobQueue {
  readonly #options: BullQueueOptions;
  readonly #prefix: string;
  readonly #patienceMs: number;
  readonly #fault: (error: unknown) => void;
  readonly #producing: Redis;
  readonly #working: Redis;
  readonly #queues = new Map<string, Queue>();
  readonly #workers = new Map<string, Worker>();
  readonly #watching: NodeJS.Timeout;
  #looked = false;
  #running = 0;
  #idle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: BullQueueOptions) {
    this.#options = options;
    this.#prefix = options.prefix ?? 'piton';
    this.#fault = options.onFault ?? (() => undefined);
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
    this.#producing = this.#connect({ commandTimeout: this.#patienceMs });
    this.#working = this.#connect();
    this.#producing.on('ready', () => this.#look());
    this.#watching = setInterval(() => this.#look(), options.watchMs ?? WATCH_MS).unref();
  }

  async enqueue(job: QueuedJob): Promise<void> {
    if (this.#closing !== undefined) throw new QueueError('QUEUE_CLOSED');
    const due = dueMs(job);
    const delay = due === -Infinity ? 0 : Math.max(0, due - Date.parse(this.#options.clock.now()));
    try {
      await within(this.#patienceMs, this.#queueOf(job.type).add(job.type, job, {
        deduplication: { id: job.id, keepLastIfActive: true },
        delay,
        priority: rankOf(job),
        attempts: FOR_EVER,
        backoff: { type: 'custom' },
        removeOnComplete: true,
        removeOnFail: true,
      }));
    } catch (error) {
      throw new QueueError('QUEUE_UNREACHABLE', { id: job.id, reason: error instanceof Error ? error.message : String(error) }, { cause: error });
    }
  }

  process(type: string, concurrency: number, work: (job: QueuedJob) => Promise<void>): void {
    if (this.#workers.has(type)) throw new QueueError('QUEUE_TYPE_TAKEN', { type });
    const lockMs = this.#options.lockMs ?? LOCK_MS;
    const worker = new Worker(queueName(type), (job: Job<QueuedJob>) => this.#deliver(job, work), {
      connection: this.#working,
      prefix: this.#prefix,
      concurrency: Math.max(1, concurrency),
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: FOR_EVER,
      runRetryDelay: LONGEST_RECONNECT_MS,
      settings: { backoffStrategy: (attempts) => pauseMs(attempts - 1) },
    });
    worker.on('error', this.#fault);
    this.#workers.set(type, worker);
  }

  depth(): Promise<readonly QueueDepth[]> {
    const types = [...new Set([...this.#workers.keys(), ...this.#queues.keys()])];
    return within(this.#patienceMs, Promise.all(types.map(async (type) => {
      const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = await this.#queueOf(type).getJobCounts('waiting', 'prioritized', 'delayed', 'active');
      return { type, due: waiting + prioritized, delayed, atWork: active };
    })));
  }

  close(graceMs = DEFAULT_GRACE_MS): Promise<void> {
    this.#closing ??= this.#shutDown(graceMs);
    return this.#closing;
  }

  async #shutDown(graceMs: number): Promise<void> {
    clearInterval(this.#watching);
    const workers = [...this.#workers.values()];
    await Promise.all(workers.map((worker) => worker.pause(true)));
    const done = await this.#whenIdle(graceMs);
    // A worker that is closed by force does not tell Redis about jobs still at work: another node gets them when their lock ends.
    const ending = [...workers.map((worker) => worker.close(!done)), ...[...this.#queues.values()].map((queue) => queue.close())];
    await within(this.#patienceMs, Promise.all(ending)).catch(this.#fault);
    this.#producing.disconnect();
    this.#working.disconnect();
  }

  #whenIdle(graceMs: number): Promise<boolean> {
    if (this.#running === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timeout = setTimeout(() => resolve(false), graceMs);
      this.#idle = () => {
        clearTimeout(timeout);
        resolve(true);
      };
    });
  }

  #connect(more: { readonly commandTimeout?: number } = {}): Redis {
    const redis = new Redis(this.#options.url, {
      maxRetriesPerRequest: null,
      retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_RECONNECT_MS),
      ...more,
    });
    redis.on('error', this.#fault);
    return redis;
  }

  #queueOf(type: string): Queue {
    let queue = this.#queues.get(type);
    if (queue === undefined) {
      queue = new Queue(queueName(type), { connection: this.#producing, prefix: this.#prefix });
      queue.on('error', this.#fault);
      this.#queues.set(type, queue);
    }
    return queue;
  }

  async #deliver(job: Job<QueuedJob>, work: (job: QueuedJob) => Promise<void>): Promise<void> {
    this.#running += 1;
    try {
      await work(job.data);
    } catch (error) {
      this.#options.onFailure?.(job.data, error, pauseMs(job.attemptsMade));
      throw error;
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle?.();
    }
  }

  // A mark in Redis that only goes with everything else: the node that has to set it again is the one that is told.
  #look(): void {
    const first = !this.#looked;
    this.#producing.set(`${this.#prefix}/filled`, this.#options.clock.now(), 'NX').then((answer) => {
      this.#looked = true;
      if (answer === 'OK' && !first && this.#closing === undefined) this.#options.onEmptied?.();
    }, this.#fault);
  }
}

/** BullMQ separates the parts of its keys by ':'. */
function queueName(type: string): string {
  return encodeURIComponent(type);
}

/** BullMQ serves 1 first. */
function rankOf({ priority = DEFAULT_PRIORITY }: QueuedJob): number {
  return HIGHEST_PRIORITY + 1 - Math.min(Math.max(Math.round(priority), 0), HIGHEST_PRIORITY);
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timeout: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timeout = setTimeout(() => reject(new Error(`it gave no answer within ${String(ms)} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timeout);
  }
}
