/**
 * The jobs `data-store-read` and `data-store-write` (docs/data-stores.md): what an element of a process reads from and writes into a
 * data store. A write is an act: an event in the stream of the store, once for each job however often that is delivered.
 */
import { dataStoreStream, decideDataStore, DEFAULT_LIMITS, evolveDataStore, newDataStore, readBy, writeBy } from '../../engine/index.ts';
import type { DataStoreState, DataStoreWritten, Variables } from '../../engine/index.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { CommandMeta, Runtime } from '../runtime/types.ts';
import { DataStoreError, refusal } from './errors.ts';

const SYSTEM: CommandMeta = { actor: { person: 'system', groups: [] } };

type Earlier = readonly DataStoreWritten[];

/** The handlers of both jobs. A write that is refused is a failure with the refusal's words; without retries left an incident tells them. */
export function dataStoreJobs(runtime: Pick<Runtime, 'change'>): readonly JobHandler[] {
  const stateOf = folding();
  const read = async (job: Job): Promise<Variables> => {
    let brought: Variables = {};
    await runtime.change<DataStoreWritten>(dataStoreStream(named(job)), 'ReadDataStore', SYSTEM, (earlier) => {
      brought = readBy(stateOf(earlier), job.headers);
      return [];
    });
    return brought;
  };
  const write = async (job: Job): Promise<Variables> => {
    const { key, headers, variables, stream, processId, elementId, agency } = job;
    const command = writeBy({ ...headers, store: named(job) }, variables, { stream, processId, elementId, ...(agency !== undefined && { agency }) });
    const answer = await runtime.change<DataStoreWritten>(dataStoreStream(command.store), 'WriteDataStore', { ...SYSTEM, idempotencyKey: key, causation: key },
      (earlier) => decideDataStore(stateOf(earlier), command, { limits: DEFAULT_LIMITS }));
    if (answer.outcome === 'rejected') throw new DataStoreError(answer.rejection);
    return {};
  };
  return [{ type: 'data-store-read', run: read }, { type: 'data-store-write', run: write }];
}

/** The state of a stream, folded once: the list of its events only ever grows, and is another one when an append has failed. */
function folding(): (earlier: Earlier) => DataStoreState {
  const folded = new WeakMap<Earlier, { readonly state: DataStoreState; count: number }>();
  return (earlier) => {
    let known = folded.get(earlier);
    if (known === undefined) folded.set(earlier, (known = { state: newDataStore(), count: 0 }));
    for (; known.count < earlier.length; known.count += 1) evolveDataStore(known.state, earlier[known.count]!);
    return known.state;
  };
}

function named({ headers, elementId }: Job): string {
  const store = headers['store']?.trim() ?? '';
  if (store === '') throw new DataStoreError(refusal('DATA_STORE_NAME_MISSING', { element: elementId }));
  return store;
}
