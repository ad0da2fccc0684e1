/** Work done outside the engine by a worker: a job is created, and its result completes the element (zeebe:taskDefinition). */
import type { Expression, JobSpec } from '../bpmn/graph.ts';
import type { ListenerPlace } from '../events.ts';
import type { Decision } from './decision.ts';
import { Stuck } from './errors.ts';
import { describe, evaluate, evaluateText } from './variables.ts';
import type { ElementInstance } from '../state.ts';

const DEFAULT_RETRIES = 3;
const WHOSE: Readonly<Partial<Record<ListenerPlace['on'], string>>> = { read: 'a data store that is input', write: 'a data store that is output' };

export function createJob(decision: Decision, job: JobSpec, self: ElementInstance, listener?: ListenerPlace): void {
  const where = listener ? `${WHOSE[listener.on] ?? `the ${listener.on} listener`} of ${self.elementId}` : `the job of ${self.elementId}`;
  const jobType = evaluateText(decision, self.id, job.type, `${where}: its type`);
  if (jobType === undefined || jobType === '') {
    throw new Stuck('INCIDENT_EXPRESSION', { where: `${where}: its type`, wanted: 'a text', source: job.type.source, got: 'null' });
  }
  const retries = job.retries ? Number(evaluate(decision, self.id, job.retries, where)) : DEFAULT_RETRIES;
  if (!Number.isInteger(retries) || retries < 1) {
    throw new Stuck('INCIDENT_EXPRESSION', { where: `${where}: its retries`, wanted: 'a whole number from 1', source: job.retries?.source ?? '', got: describe(retries) });
  }
  const priority = job.priority && priorityOf(decision, job.priority, self, where);
  const headers = Object.entries(job.headers).map(([name, value]) => [name, evaluateText(decision, self.id, value, `${where}: header ${name}`) ?? ''] as const);
  decision.record({
    type: 'JobCreated', id: decision.nextId(), element: self.id, elementId: self.elementId, jobType, retries,
    ...(headers.length > 0 && { headers: Object.fromEntries(headers) }), ...(listener && { listener }), ...(priority !== undefined && { priority }),
  });
}

function priorityOf(decision: Decision, expression: Expression, self: ElementInstance, where: string): number {
  const value = evaluate(decision, self.id, expression, `${where}: its priority`);
  const priority = expression.feel ? value : Number(value);
  if (typeof priority === 'number' && Number.isInteger(priority) && priority >= 0 && priority <= 100) return priority;
  throw new Stuck('INCIDENT_EXPRESSION', { where: `${where}: its priority`, wanted: 'a whole number from 0 to 100', source: expression.source, got: describe(value) });
}
