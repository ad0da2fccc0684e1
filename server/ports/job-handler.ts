/** The port of work that modules do for service tasks: one handler for each job type, wired by main, called by server/runtime/worker.ts. */
import type { Variables } from '../../engine/index.ts';

/** What a handler is given. `key` is stable over all attempts: the idempotency key for what it does outside. */
export interface Job {
  readonly key: string;
  readonly stream: string;
  readonly elementId: string;
  readonly processId: string;
  readonly version: number;
  /** The agency whose pool the process stands in (unit id), and the conversation the case belongs to. */
  readonly agency?: string;
  readonly conversation: string;
  readonly headers: Readonly<Record<string, string>>;
  /** All variables the element sees. */
  readonly variables: Variables;
}

/** Does jobs of one type; answers the variables the job brings. At least once: `key` must make a repeat harmless. */
export interface JobHandler {
  readonly type: string;
  /** Most jobs of this type at once; default 8. */
  readonly concurrency?: number;
  run(job: Job): Promise<Variables>;
}

/** Thrown by a handler to take the error boundary event `code` of the model. */
export class BpmnError extends Error {
  override readonly name = 'BpmnError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Whether a handler says with `final: true` of what it threw that every further attempt would end the same: what a case holds must
 * be corrected first, so that its incident is raised at once.
 */
export function isFinal(error: unknown): boolean {
  return error instanceof Error && (error as { readonly final?: unknown }).final === true;
}
