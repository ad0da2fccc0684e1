/**
 * The state of a process instance: what evolve folds from its events and decide reads. Plain data, owned by one holder at a time.
 *
 * Counters name everything: element instances, jobs, timers, subscriptions, incidents; scope 0 is the case itself.
 */
import type { Parent } from './commands.ts';
import type { ActivationPhase, Step } from './events.ts';
import type { Json } from './facts.ts';

export interface InstanceState {
  readonly stream: string;
  status: 'new' | 'active' | 'completed' | 'terminated' | 'failed';
  processId: string;
  version: number;
  conversation: string;
  businessKey: string | undefined;
  parent: Parent | undefined;
  startedBy: string;
  /** The last counter given out. */
  counter: number;
  /** Active element instances; 0 is the root scope and lives as long as the case. */
  readonly elements: Map<number, ElementInstance>;
  /** What is outstanding outside: open jobs, timers, message subscriptions, incidents. */
  readonly waits: Map<number, Wait>;
  /** Completed user tasks: counter -> who did it, for the answer to a second click and for separation of duties. */
  readonly done: Map<number, { readonly elementId: string; readonly person: string; readonly scope: number }>;
  /** The work list of an unfinished turn. */
  pending: readonly Step[];
  /** Automatic steps since the last wait state. */
  taken: number;
}

/** One activation of a flow node, or the root scope. */
export interface ElementInstance {
  readonly id: number;
  readonly elementId: string;
  readonly scope: number;
  /** Active element instances directly inside; absent until the first. */
  members: Set<number> | undefined;
  /** Tokens waiting at joining gateways directly inside: sequence flow -> how many. */
  waiting: Map<string, number> | undefined;
  variables: Map<string, Json> | undefined;
  /** Its own outstanding work: keys of `waits`. */
  waits: number[] | undefined;
  task: UserTask | undefined;
  /** The stream of the called case. */
  child: string | undefined;
  /** Set while its contents are being cancelled: what to do when they are gone. */
  terminating: { readonly then: readonly Step[]; readonly inside: boolean } | undefined;
}

export interface UserTask {
  assignee: string | undefined;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly priority: number;
  readonly form: string | undefined;
  readonly dueAt: string | undefined;
  readonly followUpAt: string | undefined;
}

export type Wait =
  | { readonly kind: 'job'; readonly id: number; readonly element: number; readonly jobType: string; retries: number; readonly headers: Readonly<Record<string, string>>; incident: number | undefined }
  | { readonly kind: 'timer'; readonly id: number; readonly element: number; readonly elementId: string; readonly dueAt: string; readonly cycle: { readonly text: string; readonly armedAt: string; readonly ordinal: number } | undefined }
  | { readonly kind: 'message'; readonly id: number; readonly element: number; readonly elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string }
  | { readonly kind: 'incident'; readonly id: number; readonly element: number; readonly phase: ActivationPhase | 'complete' | 'job' | 'turn'; readonly code: string; readonly message: string; readonly job: number | undefined };

/** The state of a stream before its first event. */
export function newInstance(stream: string): InstanceState {
  return {
    stream, status: 'new', processId: '', version: 0, conversation: stream, businessKey: undefined, parent: undefined, startedBy: '',
    counter: 0, elements: new Map(), waits: new Map(), done: new Map(), pending: [], taken: 0,
  };
}

/** Raised when the fold or its meaning changes: snapshots made with another number are folded again from the events. */
export const STATE_SCHEMA = 1;

/** The state as JSON for a snapshot. */
export function saveState(state: InstanceState): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (value instanceof Map) return { '\u0000': 'map', e: [...value] };
    return value instanceof Set ? { '\u0000': 'set', e: [...value] } : value;
  });
}

export function loadState(text: string): InstanceState {
  const optional: (keyof ElementInstance)[] = ['members', 'waiting', 'variables', 'waits', 'task', 'child', 'terminating'];
  const state = JSON.parse(text, (_key, value: unknown) => {
    const kind = typeof value === 'object' && value !== null && '\u0000' in value ? value['\u0000'] : undefined;
    if (kind === undefined) return value;
    const { e } = value as { readonly e: readonly (readonly [unknown, unknown])[] };
    return kind === 'map' ? new Map(e) : new Set(e);
  }) as InstanceState;
  // JSON drops what is undefined; the shape of an element instance stays the same for all.
  for (const element of state.elements.values()) for (const field of optional) if (!(field in element)) Object.assign(element, { [field]: undefined });
  return state;
}
