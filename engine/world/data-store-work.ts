/** The worker of data stores in a world (BPMN 2.0.2, 10.4.1): stores live in its memory, and what elements read and write there is done at once. */
import type { InstanceAction } from '../commands.ts';
import { decideDataStore, readBy, writeBy } from '../data-stores/data-store.ts';
import type { DataStoreState, DataStoreWritten } from '../data-stores/data-store.ts';
import { isRejection } from '../errors.ts';
import { visibleVariables } from '../execution/variables.ts';
import type { Facts } from '../facts.ts';
import type { InstanceState, Wait } from '../state.ts';

export type DataStoreJob = Extract<Wait, { kind: 'job' }>;

/** The open job `id` if it reads or writes a data store. */
export function dataStoreJob(state: InstanceState | undefined, id: number): DataStoreJob | undefined {
  const wait = state?.waits.get(id);
  return wait?.kind === 'job' && (wait.listener?.on === 'read' || wait.listener?.on === 'write') ? wait : undefined;
}

/** What the case is told, and what happened to the store, which is folded already. A write that is refused uses up all retries: a human must act. */
export function workOn(job: DataStoreJob, state: InstanceState, store: DataStoreState, facts: Facts): { readonly action: InstanceAction; readonly events: readonly DataStoreWritten[] } {
  const { id, headers, listener, element } = job;
  if (listener?.on === 'read') return { action: { type: 'CompleteJob', job: id, variables: readBy(store, headers) }, events: [] };
  const by = { stream: state.stream, processId: state.processId, elementId: state.elements.get(element)?.elementId ?? '' };
  const events = decideDataStore(store, writeBy(headers, visibleVariables(state, element), by), facts);
  if (isRejection(events)) return { action: { type: 'FailJob', job: id, message: events.message, retriesLeft: 0 }, events: [] };
  return { action: { type: 'CompleteJob', job: id, variables: {} }, events };
}
