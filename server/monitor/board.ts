/** The live board of procedures: keeps what was told to each room, and tells what has changed since, at most four times a second. */
import type { FlowNode, ProcessGraph } from '../../engine/index.ts';
import { failure } from '../http/contract/failure.ts';
import type { MonitorCase, MonitorFrame, MonitorProcess, MonitorSnapshot, MonitorState } from '../http/contract/monitor.ts';
import type { Beat, Rooms } from '../http/contract/rooms.ts';
import { roomOf } from '../http/contract/rooms.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import type { Owed, Runtime } from '../runtime/types.ts';
import { partsOf, placeOf } from './projection.ts';
import { addTotals, caseOf, elementOf, inOrder, totalsOf } from './standing.ts';
import type { CaseTitle, Standing } from './standing.ts';

/** `flushMs`, `beatMs`, `sweepMs`: tests only. */
export interface BoardOptions {
  readonly standing: Standing;
  readonly dayOf: (instant: string) => string;
  readonly runtime: Pick<Runtime, 'definitions' | 'inspect' | 'settled' | 'owed'>;
  readonly directory: Directory;
  readonly titles: (streams: readonly string[]) => Promise<ReadonlyMap<string, CaseTitle>>;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
  readonly flushMs?: number;
  readonly beatMs?: number;
  readonly sweepMs?: number;
}

const FLUSH_MS = 250;
/** Many changed elements at once are told once a second. */
const MANY = 50;
const MANY_MS = 1_000;
const BEAT_MS = 20_000;
/** How often due dates are looked at: passing one is not an event. */
const SWEEP_MS = 5_000;
/** The time a flush took, times this, is left to others before the next. */
const REST = 20;

export class Board {
  readonly #options: BoardOptions;
  /** Process -> places that changed and were not told yet. */
  #dirty = new Map<string, Set<string>>();
  /** Version (a place without element) -> how many were overdue per element when its room was last told. */
  readonly #overdue = new Map<string, ReadonlyMap<string, number>>();
  readonly #seqs = new Map<string, number>();
  readonly #orders = new WeakMap<ProcessGraph, readonly FlowNode[]>();
  #rooms: Rooms | undefined;
  #position = 0;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #tookMs = 0;
  #stopped = false;
  readonly #intervals: NodeJS.Timeout[] = [];

  constructor(options: BoardOptions) {
    this.#options = options;
  }

  /** The closed cases whose figures are missing; undefined: none. */
  get owed(): Owed | undefined {
    return this.#options.runtime.owed;
  }

  /** From now on these rooms are told what changes. */
  listen(rooms: Rooms): void {
    const { beatMs = BEAT_MS, sweepMs = SWEEP_MS } = this.#options;
    this.#rooms = rooms;
    this.#intervals.push(setInterval(() => { this.#beat(); }, beatMs), setInterval(() => { this.#sweep(); }, sweepMs));
  }

  /** How long the last flush took, milliseconds. */
  get tookMs(): number {
    return this.#tookMs;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const interval of this.#intervals) clearInterval(interval);
    await this.#turn;
  }

  /** A counter of this place changes with the record at `position`. */
  mark(place: string, position: number): void {
    this.#position = Math.max(this.#position, position);
    const processId = place.slice(0, place.indexOf('|'));
    if (this.#rooms?.has(roomOf('monitor', processId)) !== true) {
      // Nobody is told, so a snapshot that is taken later must have another number, and what was told last is worth nothing.
      this.#seqs.set(processId, this.#seq(processId) + 1);
      if (this.#overdue.size > 0) this.#overdue.delete(versionOf(place));
      return;
    }
    const places = this.#dirty.get(processId) ?? new Set();
    this.#dirty.set(processId, places.add(place));
    this.#plan(places.size);
  }

  #plan(size: number): void {
    if (this.#stopped) return;
    const { flushMs = FLUSH_MS } = this.#options;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#inTurn(() => this.#flush()).catch(this.#options.onFailure);
    }, Math.max(size > MANY ? MANY_MS : flushMs, this.#tookMs * REST));
  }

  /** One after the other: a snapshot never overtakes the frame it would number. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #flush(): Promise<void> {
    const dirty = this.#dirty;
    this.#dirty = new Map();
    // Also for a snapshot that nobody is told of: what was marked may not be written yet.
    await this.#options.runtime.settled(this.#position);
    if (dirty.size === 0) return;
    const began = performance.now();
    for (const [processId, places] of dirty) {
      const parts = [...places].map(partsOf);
      for (const version of new Set(parts.map((each) => each.version))) {
        await this.#tell(processId, version, new Set(parts.filter((each) => each.version === version).map(({ elementId }) => elementId)));
      }
    }
    this.#tookMs = performance.now() - began;
  }

  /** Tells the elements in `changed` and those of which more have become overdue. */
  async #tell(processId: string, version: number, changed: ReadonlySet<string>, recount = false): Promise<void> {
    const { standing, runtime, clock, dayOf } = this.#options;
    const rooms = this.#rooms;
    const room = roomOf('monitor', processId);
    if (rooms?.has(room) !== true || runtime.definitions.version(processId, version) === undefined) return;
    const now = clock.now();
    const key = placeOf(processId, version, '');
    const before = this.#overdue.get(key);
    const counts = await standing.counts(processId, version, now, recount ? undefined : before, changed);
    this.#overdue.set(key, counts.overdue);
    const told = (elementId: string): boolean => changed.has(elementId) || (before !== undefined && (before.get(elementId) ?? 0) !== (counts.overdue.get(elementId) ?? 0));
    const nodes = await this.#orderOf(processId, version);
    const elements = await Promise.all(nodes.flatMap((node, index) => (told(node.id) ? [standing.element(counts, node.id, index)] : [])));
    if (elements.length === 0 && changed.size === 0) return;
    const prev = this.#seq(processId);
    this.#seqs.set(processId, prev + 1);
    const totals = totalsOf(counts, (await standing.days(dayOf(now), processId)).filter((day) => day.version === version));
    rooms.tell(room, 'frame', { room, version, seq: prev + 1, prev, at: now, elements, totals } satisfies MonitorFrame, true);
  }

  /** Numbers go on from the time of the start: those of an earlier process of the server are never met again. */
  #seq(processId: string): number {
    let seq = this.#seqs.get(processId);
    if (seq === undefined) this.#seqs.set(processId, seq = Date.parse(this.#options.clock.now()));
    return seq;
  }

  #beat(): void {
    const rooms = this.#rooms;
    for (const processId of rooms?.ids('monitor') ?? []) rooms?.tell(roomOf('monitor', processId), 'beat', { room: roomOf('monitor', processId), seq: this.#seq(processId) } satisfies Beat);
  }

  /** Due dates pass without an event. */
  #sweep(): void {
    const watched = new Set(this.#rooms?.ids('monitor'));
    for (const { processId, version } of [...this.#overdue.keys()].map(partsOf)) {
      if (watched.has(processId)) this.#inTurn(() => this.#tell(processId, version, new Set(), true)).catch(this.#options.onFailure);
      else this.#overdue.delete(placeOf(processId, version, ''));
    }
  }

  async #orderOf(processId: string, version: number): Promise<readonly FlowNode[]> {
    const graph = await this.#options.runtime.definitions.graph(processId, version);
    const order = this.#orders.get(graph) ?? inOrder(graph);
    this.#orders.set(graph, order);
    return order;
  }

  /** Every procedure with the totals of all its versions, by name. */
  async list(now: string): Promise<MonitorProcess[]> {
    const { standing, runtime, dayOf } = this.#options;
    return Promise.all((await runtime.definitions.procedures()).map(async ({ processId, name, version }) => {
      const versions = new Set((await standing.rows(processId)).map((row) => row.version));
      const days = await standing.days(dayOf(now), processId);
      const totals = await Promise.all([...versions].map(async (each) => totalsOf(await standing.counts(processId, each, now), days.filter((day) => day.version === each))));
      return { processId, name: name || processId, version, totals: addTotals(totals) };
    }));
  }

  /** Throws HTTP_NOT_FOUND. What was not told yet is told first, so that the number of the snapshot is that of its values or older. */
  snapshot(processId: string, asked: number | undefined, now: string): Promise<MonitorSnapshot> {
    return this.#inTurn(async () => {
      await this.#flush();
      return this.#snapshot(processId, asked, now);
    });
  }

  async #snapshot(processId: string, asked: number | undefined, now: string): Promise<MonitorSnapshot> {
    const { standing, runtime, directory, dayOf } = this.#options;
    const { name, version } = this.#definition(processId, asked);
    const seq = this.#seq(processId);
    const [rows, counts, nodes, days] = await Promise.all([standing.rows(processId), standing.counts(processId, version, now), this.#orderOf(processId, version), standing.days(dayOf(now), processId)]);
    const key = placeOf(processId, version, '');
    if (this.#rooms?.has(roomOf('monitor', processId)) === true && !this.#overdue.has(key)) this.#overdue.set(key, counts.overdue);
    const elements = await Promise.all(nodes.map(async (node, index) => elementOf(node, await standing.element(counts, node.id, index), directory)));
    const inProgress = (each: number): number => rows.find((row) => row.version === each && row.elementId === '')?.waiting ?? 0;
    const latest = runtime.definitions.latest(processId)?.version;
    return {
      processId, name: name || processId, version, seq, at: now, elements, totals: totalsOf(counts, days.filter((day) => day.version === version)),
      versions: runtime.definitions.versions(processId).map((each) => ({ version: each.version, inProgress: inProgress(each.version), latest: each.version === latest }))
        .filter((each) => each.latest || each.inProgress > 0 || each.version === version),
      pools: this.#pools(processId, version),
    };
  }

  /** The other procedures of the drawing this version came with. */
  #pools(processId: string, version: number): MonitorSnapshot['pools'] {
    const { definitions } = this.#options.runtime;
    const hash = definitions.version(processId, version)?.hash;
    return definitions.list().filter((other) => other.processId !== processId).flatMap((other) => {
      const same = definitions.versions(other.processId).find((each) => each.hash === hash);
      return same === undefined ? [] : [{ processId: same.processId, version: same.version, name: same.name || same.processId }];
    });
  }

  /** Oldest first. Throws HTTP_NOT_FOUND. */
  async cases(processId: string, asked: number | undefined, elementId: string, state: MonitorState, now: string, limit: number, after: string | undefined): Promise<{ readonly items: readonly MonitorCase[]; readonly next?: string }> {
    const { standing, runtime, directory, titles } = this.#options;
    const { version } = this.#definition(processId, asked);
    const { rows, next } = await standing.behind(processId, version, elementId, state, now, limit, after);
    const told = await titles(rows.map((row) => row.stream));
    return { items: await Promise.all(rows.map((row) => caseOf(row, told.get(row.stream), runtime, directory, now))), ...(next !== undefined && { next }) };
  }

  #definition(processId: string, asked: number | undefined): { readonly name: string; readonly version: number } {
    const { definitions } = this.#options.runtime;
    const found = asked === undefined ? definitions.latest(processId) : definitions.version(processId, asked);
    if (found === undefined) throw failure('HTTP_NOT_FOUND', { what: asked === undefined ? `process ${processId}` : `version ${asked} of process ${processId}` });
    return found;
  }
}

function versionOf(place: string): string {
  const { processId, version } = partsOf(place);
  return placeOf(processId, version, '');
}
