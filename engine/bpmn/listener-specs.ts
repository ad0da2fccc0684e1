/** zeebe:executionListeners of a flow node or process, zeebe:taskListeners of a user task: each compiled to the job it is. */
import type { ListenerPlace } from '../events.ts';
import type { Place } from './errors.ts';
import { shorten, valueOf } from './expressions.ts';
import type { Report } from './expressions.ts';
import type { JobSpec, ListenerSpecs } from './graph.ts';
import { extension } from './tree.ts';
import type { Element, Extension } from './tree.ts';

const LISTENERS = [
  { type: 'zeebe:ExecutionListeners', events: ['start', 'end'] },
  { type: 'zeebe:TaskListeners', events: ['creating', 'assigning', 'updating', 'completing', 'canceling'] },
] as const;
/** They have words of their own. */
const REFUSED: readonly string[] = ['cancel', 'beforeAll'];

/** Undefined when the element has no listener. Refuses with BPMN_LISTENER_INVALID, BPMN_JOB_RETRIES_INVALID. */
export function listenersOf(element: Element, at: Place, report: Report): ListenerSpecs | undefined {
  const found: Partial<Record<ListenerPlace['on'], JobSpec[]>> = {};
  for (const { type, events } of LISTENERS) {
    // Its first event ends an event-based gateway: there is nothing it could wait for.
    const possible = events.filter((event) => event !== 'end' || element.$type !== 'bpmn:EventBasedGateway');
    for (const listener of extension(element, type)?.listeners ?? []) {
      const written = listener.eventType?.trim() ?? '';
      const on = possible.find((event) => event === written);
      const job = listenerJob(listener, at, report);
      if (on !== undefined && job !== undefined) (found[on] ??= []).push(job);
      else if (!REFUSED.includes(written)) report('BPMN_LISTENER_INVALID', at, { events: possible.join(', '), found: on === undefined ? (written === '' ? 'no event' : shorten(written)) : 'no job type' });
    }
  }
  return Object.keys(found).length === 0 ? undefined : found;
}

function listenerJob(listener: Extension, at: Place, report: Report): JobSpec | undefined {
  const type = valueOf(listener.type, 'the job type of a listener', at, report);
  const retries = valueOf(listener.retries, 'the retries of a listener', at, report);
  if (retries?.literal !== undefined && (!/^\d{1,4}$/.test(retries.literal) || Number(retries.literal) > 1000)) report('BPMN_JOB_RETRIES_INVALID', at, { value: shorten(retries.literal) });
  if (type === undefined) return undefined;
  const headers = (listener.headers?.values as readonly Extension[] | undefined) ?? [];
  const written = headers.map((header) => [header.key ?? '', valueOf(header.value, `the header ${header.key ?? ''}`, at, report) ?? { source: '', literal: '' }] as const);
  return { type, retries, headers: Object.fromEntries(written) };
}
