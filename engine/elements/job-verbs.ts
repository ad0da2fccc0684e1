/** What a worker says of its job: completed, failed, or a BPMN error found (zeebe job protocol). */
import type { CompleteJob, FailJob, ThrowJobError } from '../commands.ts';
import { fill, isRejection, reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import type { Decision } from '../execution/decision.ts';
import { INCIDENT_ERRORS } from '../execution/errors.ts';
import { listened } from '../execution/listeners.ts';
import { finish } from '../execution/results.ts';
import { throwError } from '../execution/throwing.ts';
import type { Wait } from '../state.ts';
import { addDuration, parseDuration } from '../time/duration.ts';
import { TimeError } from '../time/errors.ts';

type OpenJob = Extract<Wait, { kind: 'job' }>;

export function completeJob(decision: Decision, command: CompleteJob): Rejection | undefined {
  const job = openJob(decision, command.job);
  if (isRejection(job)) return job;
  decision.record({ type: 'JobCompleted', id: job.id });
  const self = decision.element(job.element);
  if (job.listener) listened(decision, self, job.listener, command.variables);
  else finish(decision, self, command.variables);
  return undefined;
}

/** Tried again when the pause is over; with no retries left the job waits for a human: an incident. */
export function failJob(decision: Decision, command: FailJob): Rejection | undefined {
  const job = openJob(decision, command.job);
  if (isRejection(job)) return job;
  if (job.incident !== undefined) return reject('JOB_HAS_INCIDENT', { job: job.id });
  const { message } = command;
  const retryAt = retryOf(decision, job) ?? command.retryAt;
  const retriesLeft = Math.max(0, Math.min(command.retriesLeft, job.retries));
  decision.record({ type: 'JobFailed', id: job.id, retriesLeft, message, ...(retryAt !== undefined && retriesLeft > 0 && { retryAt }) });
  if (retriesLeft > 0) return undefined;
  const { elementId } = decision.element(job.element);
  decision.record({
    type: 'IncidentRaised', id: decision.nextId(), element: job.element, elementId, phase: 'job', code: 'INCIDENT_JOB_FAILED', job: job.id,
    message: fill(INCIDENT_ERRORS.INCIDENT_JOB_FAILED.message, { jobType: job.jobType, element: elementId, reason: message }),
  });
  return undefined;
}

/** The model's own pause goes before the worker's. */
function retryOf(decision: Decision, job: OpenJob): string | undefined {
  const backoff = job.listener ? undefined : decision.node(decision.element(job.element).elementId).job?.backoff;
  const duration = backoff === undefined ? undefined : parseDuration(backoff);
  if (duration === undefined) return undefined;
  try {
    return addDuration(decision.facts.now, duration, decision.facts.zone);
  } catch (error) {
    // Beyond the calendar: at its end.
    if (error instanceof TimeError) return '9999-12-31T23:59:59.999Z';
    throw error;
  }
}

export function throwJobError(decision: Decision, command: ThrowJobError): Rejection | undefined {
  const job = openJob(decision, command.job);
  if (isRejection(job)) return job;
  // What is being cancelled has no border left to catch it: a human must look.
  if (job.listener?.on === 'canceling') return failJob(decision, { type: 'FailJob', job: job.id, message: `${command.code}: ${command.message}`, retriesLeft: 0 });
  const { elementId } = decision.element(job.element);
  decision.record({ type: 'JobErrorThrown', id: job.id, code: command.code, message: command.message });
  throwError(decision, job.element, elementId, command.code, command.message, command.variables);
  return undefined;
}

function openJob(decision: Decision, id: number): OpenJob | Rejection {
  const wait = decision.state.waits.get(id);
  return wait?.kind === 'job' ? wait : reject('JOB_NOT_FOUND', { job: id });
}
