/**
 * The state of a process instance: what evolve folds from its events and decide reads. Plain data, owned by one holder at a time.
 *
 * Counters name everything: element instances, jobs, timers, subscriptions, incidents; scope 0 is the case itself.
 */
import type { CompensationAnswer, Doer, Parent } from './commands.ts';
import type { IncidentPhase, ListenerPlace, Role, Step, UserTaskTransition } from './events.ts';
import type { Json, Variables } from './facts.ts';

export interface InstanceState {
  readonly stream: string;
  status: 'new' | 'active' | 'completed' | 'terminated' | 'failed';
  processId: string;
  version: number;
  conversation: string;
  businessKey: string | undefined;
  parent: Parent | undefined;
  startedBy: string;
  /** Who took up the ended case that this one goes on with. */
  restartedBy: string | undefined;
  /** The start event it was started at; of several starts the first. */
  startElementId: string;
  /** By hand: nothing goes on until it is resumed. */
  suspended: boolean;
  /** Who waits for this case to undo itself. */
  reopened: CompensationAnswer | undefined;
  /** The last counter given out. */
  counter: number;
  /** Active element instances; 0 is the root scope and lives as long as the case. */
  readonly elements: Map<number, ElementInstance>;
  /** What is outstanding outside: open jobs, timers, message subscriptions, incidents. */
  readonly waits: Map<number, Wait>;
  /** Completed user tasks: counter -> who did it, for the answer to a second click and for the way back. */
  readonly done: Map<number, Done>;
  /** Who did which task, each once, however often: of this case, of those it called, and of who called it (`inherited`). */
  readonly doers: Map<string, Doer & { readonly inherited: boolean }>;
  /** About how many bytes the variables of the case take, with what its loops have collected and what is kept to be undone. */
  bytes: number;
  /** Armed conditions by the variables they read; undefined while there is none. */
  watched: Map<string, Set<number>> | undefined;
  /** The work list of an unfinished turn. */
  pending: readonly Step[];
  /** Flow nodes entered since the last wait state, of an unfinished turn. */
  taken: number;
}

/** A completed user task. */
export interface Done {
  elementId: string;
  readonly person: string;
  readonly scope: number;
}

/** One activation of a flow node, or the root scope. */
export interface ElementInstance {
  readonly id: number;
  elementId: string;
  readonly scope: number;
  /** Active element instances directly inside; absent until the first. */
  members: Set<number> | undefined;
  /** Tokens waiting at joining gateways directly inside: sequence flow -> how many. */
  waiting: Map<string, number> | undefined;
  variables: Map<string, Json> | undefined;
  /** What it adds to the bytes of the case. */
  bytes: number;
  /** Its own outstanding work: keys of `waits`. */
  waits: number[] | undefined;
  task: UserTask | undefined;
  /** The stream of the called case. */
  child: string | undefined;
  /** Set while its contents are being cancelled: what to do when they are gone. */
  terminating: { readonly then: readonly Step[]; readonly inside: boolean } | undefined;
  /** An event that has happened already: nothing is left to wait for. */
  readonly fired: boolean;
  readonly role: Role | undefined;
  /** What only some scopes and loops need. */
  particulars: Particulars | undefined;
  /** True while a snapshot for compensation holds its variables: they are copied before they change. */
  frozen: boolean;
}

export interface Particulars {
  /** An interrupting event sub-process has taken over: no other is started. */
  interrupted: boolean;
  /** Of events that wait for several triggers together: which have happened. */
  readonly happened: Map<string, { readonly parts: number[]; variables: Readonly<Record<string, Json>> }>;
  /** Complex gateways that were activated and wait for their other tokens: the flows they took one from. */
  readonly awaitsReset: Map<string, readonly string[]>;
  loop: LoopProgress | undefined;
  /** What completed directly inside and can be undone, in the order of completion. */
  compensable: Compensable[];
  /** Compensations under way. */
  readonly runs: Map<number, { readonly queue: Compensable[]; readonly then: readonly Step[]; awaits: string | undefined }>;
  /** The stream of a called case that has completed and can be undone. */
  called: string | undefined;
  /** The data as it was, innermost first: what a handler reads. */
  snapshot: readonly ReadonlyMap<string, Json>[] | undefined;
}

export interface LoopProgress {
  readonly total: number | undefined;
  readonly items: readonly Json[] | undefined;
  started: number;
  completed: number;
  /** No more is needed: an ad-hoc sub-process waits only for what is still active. */
  enough: boolean;
  readonly outputs: Json[];
}

/** A completed element instance that can be undone, with the data it left and what completed inside it. */
export interface Compensable {
  readonly id: number;
  elementId: string;
  /** The whole of a loop: undone by undoing its instances. */
  readonly body: boolean;
  readonly snapshot: readonly ReadonlyMap<string, Json>[];
  readonly inner: Compensable[];
  /** The stream of the called case that undoes itself. */
  readonly called: string | undefined;
}

export interface UserTask {
  assignee: string | undefined;
  /** Who delegated it and gets it back. */
  owner: string | undefined;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  readonly priority: number;
  readonly form: string | undefined;
  readonly dueAt: string | undefined;
  readonly followUpAt: string | undefined;
  /** What its listeners come before. */
  awaits: { readonly event: UserTaskTransition; readonly variables: Variables } | undefined;
}

export type Wait =
  | { readonly kind: 'job'; readonly id: number; readonly element: number; readonly jobType: string; retries: number; readonly headers: Readonly<Record<string, string>>; incident: number | undefined; readonly listener: ListenerPlace | undefined }
  | { readonly kind: 'timer'; readonly id: number; readonly element: number; elementId: string; readonly dueAt: string; readonly cycle: { readonly text: string; readonly armedAt: string; readonly ordinal: number } | undefined; readonly part: number | undefined }
  | { readonly kind: 'message'; readonly id: number; readonly element: number; elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string; readonly part: number | undefined }
  | { readonly kind: 'signal'; readonly id: number; readonly element: number; elementId: string; readonly name: string; readonly to: string; readonly part: number | undefined }
  | { readonly kind: 'condition'; readonly id: number; readonly element: number; elementId: string; readonly names: readonly string[]; holds: boolean; readonly part: number | undefined }
  | { readonly kind: 'incident'; readonly id: number; readonly element: number; readonly phase: IncidentPhase; readonly code: string; readonly message: string; readonly job: number | undefined; readonly listener: ListenerPlace | undefined };

/** The state of a stream before its first event. */
export function newInstance(stream: string): InstanceState {
  return {
    stream, status: 'new', processId: '', version: 0, conversation: stream, businessKey: undefined, parent: undefined, startedBy: '', restartedBy: undefined, startElementId: '', suspended: false, reopened: undefined,
    counter: 0, elements: new Map(), waits: new Map(), done: new Map(), doers: new Map(), bytes: 0, watched: undefined, pending: [], taken: 0,
  };
}

/** Remembers who did a task, with the sub-processes around it. */
export function did(state: InstanceState, doer: Doer, scope: number, inherited: boolean): void {
  const within = [...(doer.within ?? [])];
  for (let id = scope; id !== 0;) {
    const around = state.elements.get(id);
    if (!around) break;
    // The body of a loop and its instance are one activity.
    if (within.at(-1) !== around.elementId) within.push(around.elementId);
    id = around.scope;
  }
  remember(state, { ...doer, ...(within.length > 0 && { within }), inherited });
}

/** The same person and task are one entry. */
export function remember(state: InstanceState, doer: Doer & { readonly inherited: boolean }): void {
  const { elementId, person, onBehalfOf, within, inherited } = doer;
  state.doers.set([elementId, person, onBehalfOf ?? '', String(inherited), ...(within ?? [])].join('\n'), doer);
}

/** Raised when the fold or its meaning changes: snapshots made with another number are folded again from the events. */
export const STATE_SCHEMA = 5;

const KIND = '\u0000';

/** The state as JSON for a snapshot: maps, sets and undefined are marked. */
export function saveState(state: InstanceState): string {
  return JSON.stringify(state, (_key, value: unknown) => {
    if (value === undefined) return { [KIND]: 'undefined' };
    if (value instanceof Map) return { [KIND]: 'map', e: [...value] };
    return value instanceof Set ? { [KIND]: 'set', e: [...value] } : value;
  });
}

/** The state that was saved; equal to it in every part. */
export function loadState(text: string): InstanceState {
  return unmark(JSON.parse(text)) as InstanceState;
}

/** In place, without recursion: variables may be nested as deep as their size allows. */
function unmark(root: unknown): unknown {
  const holder: Record<string, unknown> = { root };
  const rest: (Record<string, unknown> | unknown[])[] = [holder];
  const made: (() => void)[] = [];
  for (let owner = rest.pop(); owner !== undefined; owner = rest.pop()) {
    for (const [key, value] of Object.entries(owner)) {
      if (typeof value !== 'object' || value === null) continue;
      const marked = value as Record<string, unknown> & { readonly e?: unknown[] };
      const kind = Object.hasOwn(marked, KIND) ? marked[KIND] : undefined;
      const into = owner as Record<string, unknown>;
      if (kind === 'undefined') into[key] = undefined;
      else rest.push(kind === undefined ? marked : (marked.e ?? []));
      if (kind === 'map') made.push(() => { Object.defineProperty(into, key, { value: new Map(marked.e as [unknown, unknown][]), enumerable: true, configurable: true, writable: true }); });
      if (kind === 'set') made.push(() => { into[key] = new Set(marked.e); });
    }
  }
  // The innermost were found last: what a map holds is ready before the map is made.
  for (const make of made.reverse()) make();
  return holder['root'];
}
