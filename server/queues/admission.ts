/** What every queue checks before it takes a job, and how long it pauses after a throw of a handler. */
import type { QueuedJob } from '../ports/job-queue.ts';
import { QueueError } from './errors.ts';

export const FIRST_PAUSE_MS = 1_000;
export const LONGEST_PAUSE_MS = 60_000;
export const DEFAULT_PRIORITY = 50;
export const DEFAULT_GRACE_MS = 10_000;

/** When the job is due, Unix time in milliseconds; -Infinity = at once. Throws QUEUE_JOB_INVALID. */
export function dueMs(job: QueuedJob): number {
  if (job.id === '' || job.id.includes(':')) {
    throw new QueueError('QUEUE_JOB_INVALID', { field: 'id', id: job.id, expected: "a text without ':'", found: JSON.stringify(job.id) });
  }
  const due = job.dueAt === undefined ? -Infinity : Date.parse(job.dueAt);
  if (Number.isNaN(due)) {
    throw new QueueError('QUEUE_JOB_INVALID', { field: 'dueAt', id: job.id, expected: 'an ISO 8601 UTC instant', found: JSON.stringify(job.dueAt) });
  }
  return due;
}

/** Milliseconds until a job is delivered again whose delivery ended with a throw, the `failures`-th before it not counted. */
export function pauseMs(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
}
