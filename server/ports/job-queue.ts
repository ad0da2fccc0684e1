/**
 * The port of background work: timers that become due, jobs, dispatch to other streams. Delivery is at least once.
 *
 * The queue is not a store of truth: on boot everything outstanding is enqueued again from the log, so an adapter may lose all
 * of it. Retries and back-off are engine history; the queue's own redelivery only covers a worker that died.
 */

/** `id` has no ':' and is stable for one attempt (`jobKey/attempt`); the same id enqueued twice is delivered once while it waits. */
export interface QueuedJob {
  readonly id: string;
  /** Which handler: `timer`, `dispatch`, or a job type. */
  readonly type: string;
  /** Earliest delivery, ISO 8601 UTC instant; absent: now. */
  readonly dueAt?: string;
  /** 0 to 100, higher first among what is due; default 50. */
  readonly priority?: number;
  readonly content: Readonly<Record<string, unknown>>;
}

/** How much of one type there is: due and waiting for a handler, not due yet, at work. */
export interface QueueDepth {
  readonly type: string;
  readonly due: number;
  readonly delayed: number;
  readonly atWork: number;
}

export interface JobQueue {
  enqueue(job: QueuedJob): Promise<void>;
  /** Delivers jobs of `type` to `work`, at most `concurrency` at once. A throw of `work` delivers the job again after a pause. */
  process(type: string, concurrency: number, work: (job: QueuedJob) => Promise<void>): void;
  /** Every type that was ever enqueued or has a handler. */
  depth(): Promise<readonly QueueDepth[]>;
  /** Stops taking jobs, waits for those at work (at most `graceMs`). */
  close(graceMs?: number): Promise<void>;
}
