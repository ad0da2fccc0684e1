/**
 * Workers: jobs of the engine done by handlers of the modules. A result completes the job; a throw uses up a retry, with a growing
 * pause; the last one raises an incident; a BpmnError takes the model's error path.
 */
import { addDuration, isEnding, parseDuration, SYSTEM, visibleVariables } from '../../engine/index.ts';
import type { Variables } from '../../engine/index.ts';
import type { Clock } from '../ports/clock.ts';
import { BpmnError, isFinal } from '../ports/job-handler.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { JobQueue, QueuedJob } from '../ports/job-queue.ts';
import { CaseStopped } from './commands.ts';
import type { Commands } from './commands.ts';
import type { Tally } from './tally.ts';

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly handlers: readonly JobHandler[];
  readonly tally: Tally;
  readonly onFailure?: (job: Job, error: unknown) => void;
  /** Called with `in-job-<type>` in a job after its effect and before its result is sent; for crash tests. */
  readonly failpoint?: (name: string) => void;
}

const CONCURRENCY = 8;
/** Pause before retry 1, 2, 3 ...; the last one for all further. */
const PAUSES = ['PT10S', 'PT1M', 'PT10M', 'PT1H'] as const;

export function startWorkers(options: WorkerOptions): void {
  for (const handler of options.handlers) {
    options.queue.process(`job-${handler.type}`, handler.concurrency ?? CONCURRENCY, (queued) => work(handler, queued, options));
  }
}

async function work(handler: JobHandler, queued: QueuedJob, options: WorkerOptions): Promise<void> {
  const key = String(queued.content['jobKey']);
  const slash = key.lastIndexOf('/');
  const stream = key.slice(0, slash);
  const id = Number(key.slice(slash + 1));
  const found = await options.commands.inspect(stream);
  const open = found?.state.waits.get(id);
  if (!found || open?.kind !== 'job' || open.incident !== undefined) return;
  const { state, graph: { agency } } = found;
  if (state.suspended && !isEnding(state)) throw new CaseStopped(`Expected case ${stream} to be at work, but it is suspended`);
  const elementId = state.elements.get(open.element)?.elementId ?? '';
  const job: Job = {
    key, stream, elementId, processId: state.processId, version: state.version, conversation: state.conversation, headers: open.headers, variables: visibleVariables(state, open.element),
    ...(agency !== undefined && { agency }),
  };
  let brought: Variables;
  try {
    brought = await handler.run(job);
  } catch (error) {
    options.onFailure?.(job, error);
    options.tally.job(handler.type, error instanceof BpmnError ? 'error' : 'failed');
    await failed(error, id, open.retries, stream, options);
    return;
  }
  options.tally.job(handler.type, 'done');
  options.failpoint?.(`in-job-${handler.type}`);
  await options.commands.executeOrLater(stream, { type: 'CompleteJob', job: id, variables: brought }, { actor: SYSTEM });
}

async function failed(error: unknown, job: number, retries: number, stream: string, { commands, clock }: WorkerOptions): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BpmnError) {
    await commands.executeOrLater(stream, { type: 'ThrowJobError', job, code: error.code, message, variables: {} }, { actor: SYSTEM });
    return;
  }
  const retriesLeft = isFinal(error) ? 0 : retries - 1;
  const pause = parseDuration(PAUSES[Math.min(Math.max(0, PAUSES.length - retries), PAUSES.length - 1)] ?? 'PT1H');
  const retryAt = pause ? addDuration(clock.now(), pause, 'UTC') : clock.now();
  await commands.executeOrLater(stream, { type: 'FailJob', job, message, retriesLeft, retryAt }, { actor: SYSTEM });
}
