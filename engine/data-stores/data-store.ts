/**
 * A data store (BPMN 2.0.2, 10.4.1): a decider of its own, one stream per store. What is written stays beyond the case that wrote it; the
 * last write wins, and the history keeps every one with who wrote it.
 *
 * A store holds entries by key; what is written without a key is the entry with the empty key.
 */
import { reject } from '../errors.ts';
import type { Rejection } from '../errors.ts';
import { approximateBytes, DEEPEST, isTooDeep } from '../events.ts';
import type { Facts, Json, Variables } from '../facts.ts';

/** Where a write comes from. `agency`: whose pool the case stands in. */
export interface DataStoreWriter {
  readonly stream: string;
  readonly processId: string;
  readonly elementId: string;
  readonly agency?: string;
}

/** `paths`: the parts of `value` that replace those of the entry; without any, `value` is the entry. `capacity`: the entries it may hold. */
export interface WriteDataStore {
  readonly type: 'WriteDataStore';
  readonly store: string;
  readonly key: string;
  readonly value: Json;
  readonly paths: readonly string[];
  readonly capacity?: number;
  readonly by: DataStoreWriter;
}

/** `version` counts the writes of this entry from 1; `value` is the whole entry. */
export interface DataStoreWritten {
  readonly type: 'DataStoreWritten';
  readonly store: string;
  readonly key: string;
  readonly value: Json;
  readonly version: number;
  readonly by: DataStoreWriter;
}

/** The fields that can hold what people wrote. */
export const DATA_STORE_PRIVATE_FIELDS: Readonly<Record<'DataStoreWritten', readonly string[]>> = { DataStoreWritten: ['key', 'value'] };

export interface DataStoreState {
  readonly entries: Map<string, { readonly value: Json; readonly version: number }>;
}

export function newDataStore(): DataStoreState {
  return { entries: new Map() };
}

export function evolveDataStore(state: DataStoreState, { key, value, version }: DataStoreWritten): DataStoreState {
  state.entries.set(key, { value, version });
  return state;
}

/** State is folded when events are returned. Refuses with DATA_STORE_FULL, DATA_STORE_PATH, INSTANCE_VARIABLES_TOO_LARGE, INSTANCE_VARIABLES_TOO_DEEP. */
export function decideDataStore(state: DataStoreState, command: WriteDataStore, facts: Pick<Facts, 'limits'>): readonly DataStoreWritten[] | Rejection {
  const { store, key, capacity, by } = command;
  const before = state.entries.get(key);
  if (!before && capacity !== undefined && state.entries.size >= capacity) return reject('DATA_STORE_FULL', { store, capacity });
  let value = command.paths.length === 0 ? command.value : (before?.value ?? {});
  for (const path of command.paths) {
    const part = replaced(value, path.split('.'), valueAt(command.value, path.split('.')));
    if (part === undefined) return reject('DATA_STORE_PATH', { store, path });
    value = part;
  }
  const size = approximateBytes(value);
  const limit = facts.limits.variableBytes;
  if (size > limit) return reject('INSTANCE_VARIABLES_TOO_LARGE', { limit, size });
  if (isTooDeep(value)) return reject('INSTANCE_VARIABLES_TOO_DEEP', { limit: DEEPEST });
  const event: DataStoreWritten = { type: 'DataStoreWritten', store, key, value, version: (before?.version ?? 0) + 1, by };
  evolveDataStore(state, event);
  return [event];
}

/** What the job `data-store-read` brings: the entry, or null where nothing was written. */
export function readBy(state: DataStoreState, headers: Readonly<Record<string, string>>): Variables {
  const { variable = 'value', key = '' } = headers;
  return { [variable]: state.entries.get(key)?.value ?? null };
}

/** What the job `data-store-write` asks for. */
export function writeBy(headers: Readonly<Record<string, string>>, variables: Variables, by: DataStoreWriter): WriteDataStore {
  const { store = '', variable = 'value', key = '', paths, capacity } = headers;
  const value = Object.hasOwn(variables, variable) ? (variables[variable] ?? null) : null;
  return { type: 'WriteDataStore', store, key, value, paths: paths === undefined ? [] : paths.split(','), ...(capacity !== undefined && { capacity: Number(capacity) }), by };
}

function isContext(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: Json, path: readonly string[]): Json {
  let at = value;
  for (const name of path) at = isContext(at) && Object.hasOwn(at, name) ? (at[name] ?? null) : null;
  return at;
}

/** A copy with the part at `path` replaced; undefined where a part on the way is no context. */
function replaced(value: Json, [name = '', ...rest]: readonly string[], part: Json): Json | undefined {
  if (!isContext(value)) return undefined;
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  const changed = rest.length === 0 ? part : replaced(inner ?? {}, rest, part);
  return changed === undefined ? undefined : { ...value, [name]: changed };
}
