/**
 * Where cases stand, counted as it happens: one row per open place (an element at work, a task, an incident, the case itself),
 * one row of counters per element of a version, one row of cases per version and day. No row holds anything people wrote.
 */
import type { InstanceEvent } from '../../engine/index.ts';
import type { Cell, Projections, Table } from '../ports/projections.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';

export type OpenState = 'waiting' | 'claimed' | 'incident';

/** `id`: stream, or stream and counter. `place`: where it counts. `dueKey`: due date for comparing; without one, the end of time. */
export interface OpenRow {
  readonly id: string;
  readonly stream: string;
  readonly place: string;
  readonly state: OpenState;
  readonly since: string;
  readonly dueKey: string;
  readonly [column: string]: Cell;
}

/** `due`: open tasks that have a due date, late or not. */
export interface ElementRow {
  readonly place: string;
  readonly processId: string;
  readonly version: number;
  readonly elementId: string;
  readonly waiting: number;
  readonly claimed: number;
  readonly incidents: number;
  readonly due: number;
  readonly [column: string]: Cell;
}

/** `day`: YYYY-MM-DD in the zone of the server. */
export interface DayRow {
  readonly key: string;
  readonly processId: string;
  readonly version: number;
  readonly day: string;
  readonly started: number;
  readonly completed: number;
  readonly terminated: number;
  readonly failed: number;
  readonly [column: string]: Cell;
}

export interface MonitorTables {
  readonly open: Table<OpenRow>;
  readonly elements: Table<ElementRow>;
  readonly days: Table<DayRow>;
}

export const NO_DUE_DATE = '9999-12-31T23:59:59.999Z';
/** Open places remembered, so that what ends need not be looked up. */
const REMEMBERED = 50_000;

type Counted = 'waiting' | 'claimed' | 'incidents' | 'due';
type Place = Pick<OpenRow, 'place' | 'state' | 'dueKey'>;

/** The element of a version; for the case itself the element has no id. */
export function placeOf(processId: string, version: number, elementId: string): string {
  return `${processId}|${version}|${elementId}`;
}

/** Declares the tables; call before the projections are opened. */
export function monitorTables(projections: Projections): MonitorTables {
  return {
    open: projections.table<OpenRow>({ name: 'monitor_open', key: 'id', indexes: [['place', 'state', 'since'], ['place', 'dueKey']], counts: [{ equal: ['place'], below: 'dueKey' }] }),
    elements: projections.table<ElementRow>({ name: 'monitor_elements', key: 'place', indexes: [['processId', 'version']] }),
    days: projections.table<DayRow>({ name: 'monitor_days', key: 'key', indexes: [['day', 'processId']] }),
  };
}

/** `dayOf`: the local day of an instant. `changed`: told each place whose counters change, before they are written. */
export function monitorProjection(tables: MonitorTables, dayOf: (instant: string) => string, changed: (place: string, position: number) => void): Projection {
  const counter = new Counter(tables, dayOf, changed);
  return { name: 'monitor', prepare: (records) => counter.prepare(records), apply: (record) => { counter.apply(record); }, written: (position) => { counter.written(position); }, byCase: () => monitorProjection(tables, dayOf, changed) };
}

class Counter {
  readonly #tables: MonitorTables;
  readonly #dayOf: (instant: string) => string;
  readonly #changed: (place: string, position: number) => void;
  /** Open rows by id as the tables will have them; those that are not written yet are complete, others were dropped. */
  readonly #open = new Map<string, Place>();
  /** What was begun, changed or ended and is not written yet, with the position of that, in its order: the tables know nothing of it. */
  readonly #unwritten = new Map<string, number>();
  readonly #lasting = new WeakMap<DecodedRecord, readonly InstanceEvent[]>();
  #applied = 0;

  constructor(tables: MonitorTables, dayOf: (instant: string) => string, changed: (place: string, position: number) => void) {
    this.#tables = tables;
    this.#dayOf = dayOf;
    this.#changed = changed;
  }

  /** Looks up what the records end or change and nobody remembers. */
  prepare(records: readonly DecodedRecord[]): Promise<void> | undefined {
    const first = records[0];
    if (first === undefined) return undefined;
    // A batch comes again after its writing failed: what was remembered of it never was.
    if (first.position <= this.#applied) {
      this.#open.clear();
      this.#unwritten.clear();
    }
    this.#trim();
    const missing = new Set<string>();
    const made = new Set<string>();
    for (const record of records) for (const event of this.#lastingOf(record)) this.#note(record.stream, event, made, missing);
    return missing.size === 0 ? undefined : this.#lookUp(missing);
  }

  #note(stream: string, event: InstanceEvent, made: Set<string>, missing: Set<string>): void {
    if (event.type === 'InstanceStarted') {
      made.add(stream);
      return;
    }
    if (event.type === 'InstanceMigrated') {
      for (const id of openIn(stream, event)) if (!made.has(id) && !this.#knows(id)) missing.add(id);
      return;
    }
    const begins = BEGINS.has(event.type);
    const id = 'id' in event ? `${stream}/${event.id}` : stream;
    // A beginning must know its case; everything else, what it changes or ends.
    const needed = begins ? stream : id;
    if (!made.has(needed) && !this.#knows(needed)) missing.add(needed);
    if (begins) made.add(id);
  }

  #knows(id: string): boolean {
    return this.#open.has(id) || this.#unwritten.has(id);
  }

  written(position: number): void {
    for (const [id, at] of this.#unwritten) {
      if (at > position) return;
      this.#unwritten.delete(id);
    }
  }

  async #lookUp(missing: ReadonlySet<string>): Promise<void> {
    for (const id of missing) {
      const row = await this.#tables.open.get(id);
      if (row !== undefined) this.#open.set(id, row);
    }
  }

  #trim(): void {
    for (const id of this.#open.keys()) {
      if (this.#open.size <= REMEMBERED) return;
      if (!this.#unwritten.has(id)) this.#open.delete(id);
    }
  }

  apply(record: DecodedRecord): void {
    // What a case did before it was opened again may come behind later records.
    this.#applied = Math.max(this.#applied, record.position);
    const events = this.#lastingOf(record);
    if (events.length === 0) return;
    const change = new Change(this.#open);
    for (const event of events) one(record.stream, event, change);
    this.#write(record, change);
  }

  /** What began and ended inside the record was never there. */
  #write({ stream, at, position }: DecodedRecord, { before, sum, cases }: Change): void {
    const { open, elements, days } = this.#tables;
    for (const [id, old] of before) {
      // Anew, so that it stands last.
      this.#unwritten.delete(id);
      this.#unwritten.set(id, position);
      const now = this.#open.get(id);
      if (now === undefined && old !== undefined) open.delete(id);
      else if (now !== undefined && old === undefined) open.insert({ id, stream, since: at, place: now.place, state: now.state, dueKey: now.dueKey });
      else if (now !== undefined && old !== undefined && (now.state !== old.state || now.dueKey !== old.dueKey || now.place !== old.place)) open.patch(id, { state: now.state, dueKey: now.dueKey, place: now.place });
    }
    for (const [place, amounts] of sum) {
      if (Object.values(amounts).every((amount) => amount === 0)) continue;
      const { processId, version, elementId } = partsOf(place);
      elements.add(place, amounts, { place, processId, version, elementId, waiting: 0, claimed: 0, incidents: 0, due: 0 });
      this.#changed(place, position);
    }
    if (cases === undefined) return;
    const { processId, version } = partsOf(cases.place);
    const key = `${this.#dayOf(at)}|${cases.place}`;
    days.add(key, cases.counts, { key, processId, version, day: this.#dayOf(at), started: 0, completed: 0, terminated: 0, failed: 0 });
    this.#changed(cases.place, position);
  }

  /** The events that change a counter, without what begins and ends inside the record: asked for twice, worked out once. */
  #lastingOf(record: DecodedRecord): readonly InstanceEvent[] {
    const known = this.#lasting.get(record);
    if (known !== undefined) return known;
    const events = streamKind(record.stream) === 'instance' ? lasting(record.events as readonly InstanceEvent[]) : [];
    this.#lasting.set(record, events);
    return events;
  }
}

type CaseCount = 'started' | 'completed' | 'terminated' | 'failed';

const BEGINS: ReadonlySet<string> = new Set<InstanceEvent['type']>(['ElementActivated', 'IncidentRaised']);
const ENDS: ReadonlySet<string> = new Set<InstanceEvent['type']>(['ElementCompleted', 'ElementTerminated', 'LoopCompleted', 'IncidentResolved', 'IncidentCanceled']);
const MOVES: ReadonlySet<string> = new Set<InstanceEvent['type']>(['UserTaskCreated', 'UserTaskUpdated', 'UserTaskClaimed', 'UserTaskAssigned', 'UserTaskReleased', 'UserTaskCompleted', 'UserTaskReturned', 'UserTaskCanceled']);
const CASES: Readonly<Partial<Record<InstanceEvent['type'], CaseCount>>> = {
  InstanceStarted: 'started', InstanceCompleted: 'completed', InstanceTerminated: 'terminated', InstanceFailed: 'failed',
};

function lasting(events: readonly InstanceEvent[]): InstanceEvent[] {
  const begun = new Set<number>();
  const passing = new Set<number>();
  for (const event of events) {
    if (!('id' in event)) continue;
    if (BEGINS.has(event.type)) begun.add(event.id);
    else if (ENDS.has(event.type) && begun.has(event.id)) passing.add(event.id);
  }
  return events.filter((event) => {
    if ('id' in event) return !passing.has(event.id) && (BEGINS.has(event.type) || ENDS.has(event.type) || MOVES.has(event.type));
    return CASES[event.type] !== undefined || event.type === 'InstanceMigrated';
  });
}

function one(stream: string, event: InstanceEvent, change: Change): void {
  const ended = CASES[event.type];
  if (event.type === 'InstanceStarted') change.set(stream, { place: placeOf(event.processId, event.version, ''), state: 'waiting', dueKey: NO_DUE_DATE });
  if (ended !== undefined) {
    change.count(stream, ended);
    if (ended !== 'started') change.set(stream, undefined);
    return;
  }
  const id = 'id' in event ? `${stream}/${event.id}` : '';
  switch (event.type) {
    case 'ElementActivated': change.begin(id, stream, event.elementId, 'waiting'); return;
    case 'IncidentRaised': change.begin(id, stream, event.elementId, 'incident'); return;
    case 'UserTaskCreated': change.move(id, { state: event.assignee === undefined ? 'waiting' : 'claimed', dueKey: event.dueAt ?? NO_DUE_DATE }); return;
    case 'UserTaskUpdated': {
      const state = event.assignee !== undefined ? 'claimed' : event.withdrawn !== undefined ? 'waiting' : undefined;
      change.move(id, { dueKey: event.dueAt ?? NO_DUE_DATE, ...(state && { state }) });
      return;
    }
    case 'InstanceMigrated': for (const place of openIn(stream, event)) change.carry(place, event.version, event.mapping); return;
    case 'UserTaskClaimed': case 'UserTaskAssigned': change.move(id, { state: 'claimed' }); return;
    case 'UserTaskReleased': change.move(id, { state: 'waiting' }); return;
    // Nobody has it any more, and it is in time: it waits for its listeners.
    case 'UserTaskCompleted': case 'UserTaskReturned': case 'UserTaskCanceled': change.move(id, { state: 'waiting', dueKey: NO_DUE_DATE }); return;
    default: change.set(id, undefined);
  }
}

/** The case itself and what was active in it. */
function openIn(stream: string, { active = [] }: Extract<InstanceEvent, { type: 'InstanceMigrated' }>): string[] {
  return [stream, ...active.map((id) => `${stream}/${String(id)}`)];
}

/** What one record does to the open places, and what it adds to and takes from the counters. */
class Change {
  readonly before = new Map<string, Place | undefined>();
  readonly sum = new Map<string, Record<Counted, number>>();
  /** What it adds to the cases of its day. */
  cases: { readonly place: string; readonly counts: Partial<Record<CaseCount, number>> } | undefined;
  readonly #open: Map<string, Place>;

  constructor(open: Map<string, Place>) {
    this.#open = open;
  }

  begin(id: string, stream: string, elementId: string, state: OpenState): void {
    const home = this.#open.get(stream)?.place;
    if (home !== undefined) this.set(id, { place: `${home}${elementId}`, state, dueKey: NO_DUE_DATE });
  }

  move(id: string, to: Partial<Place>): void {
    const now = this.#open.get(id);
    if (now !== undefined) this.set(id, { place: now.place, state: now.state, dueKey: now.dueKey, ...to });
  }

  /** It counts in another version from now on, under the name its element has there. */
  carry(id: string, version: number, mapping: Readonly<Record<string, string>>): void {
    const now = this.#open.get(id);
    if (now === undefined) return;
    const { processId, elementId } = partsOf(now.place);
    this.move(id, { place: placeOf(processId, version, Object.hasOwn(mapping, elementId) ? (mapping[elementId] ?? elementId) : elementId) });
  }

  set(id: string, now: Place | undefined): void {
    const old = this.#open.get(id);
    if (!this.before.has(id)) this.before.set(id, old);
    if (old !== undefined) this.#add(old, -1);
    if (now !== undefined) this.#add(now, 1);
    if (now === undefined) this.#open.delete(id);
    else this.#open.set(id, now);
  }

  count(stream: string, what: CaseCount): void {
    const place = this.#open.get(stream)?.place;
    if (place !== undefined) this.cases = { place, counts: { ...this.cases?.counts, [what]: 1 } };
  }

  #add({ place, state, dueKey }: Place, amount: 1 | -1): void {
    const amounts = this.sum.get(place) ?? { waiting: 0, claimed: 0, incidents: 0, due: 0 };
    amounts[state === 'incident' ? 'incidents' : state] += amount;
    if (dueKey !== NO_DUE_DATE) amounts.due += amount;
    this.sum.set(place, amounts);
  }
}

/** The parts of a place; ids of processes and elements are XML names and hold no bar. */
export function partsOf(place: string): { readonly processId: string; readonly version: number; readonly elementId: string } {
  const [processId = '', version = '', elementId = ''] = place.split('|');
  return { processId, version: Number(version), elementId };
}
