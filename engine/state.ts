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
  /** The same by person; undefined while they are few. */
  acts: Map<string, Acts> | undefined;
  /** About how many bytes the variables of the case take, with what its loops have collected and what is kept to be undone. */
  bytes: number;
  /** Armed conditions by the variables they read; undefined while there is none. */
  watched: Map<string, Set<number>> | undefined;
  /** The work list of an unfinished turn. */
  pending: readonly Step[];
  /** Flow nodes entered since the last wait state, of an unfinished turn. */
  taken: number;
  /** Throws in a row that led to an unfinished turn. */
  hops: number;
}

/** What one person did, in person or through a deputy. */
export interface Acts {
  /** The elements: tasks, start events, and the sub-processes and call activities around tasks. */
  readonly named: Set<string>;
  /** Of these the tasks. */
  readonly tasks: Set<string>;
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
  /** What completed directly inside and can be undone; absent while there is nothing. */
  compensable: CompletedWork | undefined;
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

/** Element instances that completed in one scope and can be undone; changed by {@link keep} and {@link give} only. */
export interface CompletedWork {
  /** By counter, in the order of completion. */
  readonly entries: Map<number, Compensable>;
  /** Their counters by element id, in the order of completion. */
  readonly byElement: Map<string, Set<number>>;
}

/** A completed element instance that can be undone, with the data it left and what completed inside it. */
export interface Compensable {
  readonly id: number;
  elementId: string;
  /** The whole of a loop: undone by undoing its instances. */
  readonly body: boolean;
  readonly snapshot: readonly ReadonlyMap<string, Json>[];
  readonly inner: CompletedWork | undefined;
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
  | { readonly kind: 'job'; readonly id: number; readonly element: number; readonly jobType: string; retries: number; readonly headers: Readonly<Record<string, string>>; incident: number | undefined; readonly listener: ListenerPlace | undefined; readonly priority: number | undefined }
  | { readonly kind: 'timer'; readonly id: number; readonly element: number; elementId: string; readonly dueAt: string; readonly cycle: { readonly text: string; readonly armedAt: string; readonly ordinal: number } | undefined; readonly part: number | undefined }
  | { readonly kind: 'message'; readonly id: number; readonly element: number; elementId: string; readonly name: string; readonly to: string; readonly correlationKey: string; readonly part: number | undefined }
  | { readonly kind: 'signal'; readonly id: number; readonly element: number; elementId: string; readonly name: string; readonly to: string; readonly part: number | undefined }
  | { readonly kind: 'condition'; readonly id: number; readonly element: number; elementId: string; readonly names: readonly string[]; holds: boolean; deferred: boolean; readonly part: number | undefined }
  | { readonly kind: 'incident'; readonly id: number; readonly element: number; readonly phase: IncidentPhase; readonly code: string; readonly message: string; readonly job: number | undefined; readonly listener: ListenerPlace | undefined };

/** The state of a stream before its first event. */
export function newInstance(stream: string): InstanceState {
  return {
    stream, status: 'new', processId: '', version: 0, conversation: stream, businessKey: undefined, parent: undefined, startedBy: '', restartedBy: undefined, startElementId: '', suspended: false, reopened: undefined,
    counter: 0, elements: new Map(), waits: new Map(), done: new Map(), doers: new Map(), acts: undefined, bytes: 0, watched: undefined, pending: [], taken: 0, hops: 0,
  };
}

/** What only some scopes and loops need, made when it is needed. */
export function particularsOf(element: ElementInstance): Particulars {
  return (element.particulars ??= {
    interrupted: false, happened: new Map(), awaitsReset: new Map(), loop: undefined, compensable: undefined, runs: new Map(), snapshot: undefined, called: undefined,
  });
}

/** The case itself is being ended, and only waits for what must end before. */
export function isEnding({ elements }: InstanceState): boolean {
  return elements.get(0)?.terminating?.then.some((step) => step.do === 'end') === true;
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
  const { elementId, person, onBehalfOf, within, starts, inherited } = doer;
  const key = [elementId, person, onBehalfOf ?? '', `${String(inherited)}${starts ? ' starts' : ''}`, ...(within ?? [])].join('\n');
  if (state.doers.has(key)) return;
  state.doers.set(key, doer);
  if (state.acts) note(state.acts, doer);
  else if (state.doers.size > FEW) {
    state.acts = new Map();
    for (const one of state.doers.values()) note(state.acts, one);
  }
}

/** Forgets who did what, before it is told anew. */
export function forgetDoers(state: InstanceState): void {
  state.doers.clear();
  state.acts = undefined;
}

/** So many entries are looked through faster than they are kept by person: most cases have no more. */
const FEW = 16;

/** What `person` did so far. */
export function actsOf({ acts, doers }: InstanceState, person: string): Acts | undefined {
  if (acts) return acts.get(person);
  const found = new Map<string, Acts>();
  for (const doer of doers.values()) if (doer.person === person || doer.onBehalfOf === person) note(found, doer);
  return found.get(person);
}

function note(acts: Map<string, Acts>, { elementId, person, onBehalfOf, within, starts }: Doer): void {
  for (const who of onBehalfOf === undefined || onBehalfOf === person ? [person] : [person, onBehalfOf]) {
    let own = acts.get(who);
    if (!own) acts.set(who, (own = { named: new Set(), tasks: new Set() }));
    own.named.add(elementId);
    if (starts !== true) own.tasks.add(elementId);
    for (const around of within ?? []) own.named.add(around);
  }
}

/** Adds what has completed last. */
export function keep(work: CompletedWork | undefined, entry: Compensable): CompletedWork {
  const { entries, byElement } = work ?? { entries: new Map<number, Compensable>(), byElement: new Map<string, Set<number>>() };
  entries.set(entry.id, entry);
  const same = byElement.get(entry.elementId);
  if (same) same.add(entry.id);
  else byElement.set(entry.elementId, new Set([entry.id]));
  return work ?? { entries, byElement };
}

/** Takes out what is undone now: nothing is undone twice. */
export function give({ entries, byElement }: CompletedWork, id: number): Compensable | undefined {
  const entry = entries.get(id);
  if (!entry) return undefined;
  entries.delete(id);
  const same = byElement.get(entry.elementId);
  same?.delete(id);
  if (same?.size === 0) byElement.delete(entry.elementId);
  return entry;
}

/** Where two elements are called the same now, their instances stay in the order of completion. */
export function renameWork(work: CompletedWork, rename: (entry: Compensable) => void): void {
  const rest = [work];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const entries = [...one.entries.values()];
    one.entries.clear();
    one.byElement.clear();
    for (const entry of entries) {
      rename(entry);
      keep(one, entry);
      if (entry.inner) rest.push(entry.inner);
    }
  }
}

/** Raised when the fold or its meaning changes: snapshots made with another number are folded again from the events. */
export const STATE_SCHEMA = 8;

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
