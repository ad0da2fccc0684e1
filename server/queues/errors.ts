/** The table of everything a queue can fail with. */

export const QUEUE_ERRORS = {
  QUEUE_CLOSED: { message: 'Expected the queue to be open, but it was closed', hint: 'The process is shutting down; outstanding jobs are derived again from the log at the next start.' },
  QUEUE_JOB_INVALID: { message: 'Expected {field} of job {id} to be {expected}, but it is {found}', hint: 'This is a mistake in the calling code, not in the data.' },
  QUEUE_TYPE_TAKEN: { message: 'Expected one handler for jobs of type {type}, but a second one was given', hint: 'This is a mistake in the calling code: let the first handler do both.' },
  QUEUE_UNREACHABLE: { message: 'Expected Redis to take job {id}, but {reason}', hint: 'Check REDIS_URL and the Redis server; nothing is lost, outstanding jobs are derived again from the log.' },
  QUEUE_AWAY: { message: 'Expected Redis to answer, but {reason}', hint: 'Check REDIS_URL and the Redis server; nodes go on without it, jobs and timers wait until it is back.' },
} as const;

export type QueueCode = keyof typeof QUEUE_ERRORS;

/** Thrown or rejected by every queue; `code` is a key of QUEUE_ERRORS. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  readonly code: QueueCode;
  readonly hint: string;

  constructor(code: QueueCode, values: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    const { message, hint } = QUEUE_ERRORS[code];
    super(message.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)), options);
    this.code = code;
    this.hint = hint;
  }
}
