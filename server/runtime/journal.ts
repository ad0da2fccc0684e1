/**
 * The journal: loads a stream, lets a decider decide, appends, answers: one command at a time per stream, each with the state its
 * predecessor left. On a conflict with another node it loads again and decides again.
 *
 * The decider changes the state it is given; if the record does not become durable the cached state is dropped.
 */
import { hash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventStore, NewRecord, StoredRecord } from '../ports/event-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Snapshot, Snapshots } from '../ports/snapshots.ts';
import type { Vault } from '../ports/vault.ts';
import { layOut, seal, split, unseal } from './codec.ts';
import type { PrivateFields, Split } from './codec.ts';
import { EntryCache, newEntry } from './entry-cache.ts';
import type { Entry } from './entry-cache.ts';
import type { Tally } from './tally.ts';
import { Turns } from './turns.ts';
import type { Answer, CommandMeta, DecodedRecord, DomainEvent, Refusal } from './types.ts';

/** How the streams of one kind are folded. `save` and `load` make snapshots; `fingerprint` says with which code. */
export interface Fold<S> {
  readonly fresh: (stream: string) => S;
  readonly fold: (state: S, events: readonly DomainEvent[]) => S;
  /** Nothing more is to be expected of it: it is not kept in memory. */
  readonly isOver?: (state: S) => boolean;
  readonly snapshot?: { readonly fingerprint: string; readonly save: (state: S) => string; readonly load: (text: string) => S };
}

/** `state` has been changed by the decision when events are answered. `now` is never before the stream's last record. */
export type Decider<S, E extends DomainEvent> = (state: S, now: string) => readonly E[] | Refusal | Promise<readonly E[] | Refusal>;

interface Command<S, E extends DomainEvent> {
  readonly stream: string;
  readonly kind: Fold<S>;
  readonly commandType: string;
  readonly meta: CommandMeta;
  readonly decide: Decider<S, E>;
}

export interface JournalOptions {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly snapshots: Snapshots;
  readonly privateFields: PrivateFields;
  /** Streams kept in memory; default 10,000. */
  readonly cacheSize?: number;
  /** Other nodes write to the same log: what is kept in memory is brought up to date before it is used. */
  readonly shared?: boolean;
  /** Counts the commands. */
  readonly tally?: Tally;
}

const ATTEMPTS = 8;
/** Nodes that met at a stream come back at different moments. */
const PAUSE_MS = 5;
const SNAPSHOT_EVERY = 200;

export class Journal {
  readonly #options: JournalOptions;
  readonly #cache: EntryCache;
  readonly #turns = new Turns();

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#cache = new EntryCache(options.cacheSize ?? 10_000);
  }

  /**
   * Decides a command on `stream` and makes its events durable. No events: accepted, nothing to record. `isNew`: the stream's name
   * was made up a moment ago, so there is nothing to read; were it known after all, the store would refuse the append.
   */
  execute<S, E extends DomainEvent>(stream: string, kind: Fold<S>, commandType: string, meta: CommandMeta, decide: Decider<S, E>, isNew = false): Promise<Answer<E>> {
    if (isNew) this.#cache.set(stream, newEntry(kind.fresh(stream)));
    const answer = this.#execute({ stream, kind, commandType, meta, decide }, isNew);
    return this.#options.tally?.command(commandType, answer) ?? answer;
  }

  /** Reads the state when no command is in flight; `undefined` for a stream without records. */
  async inspect<S, R>(stream: string, kind: Fold<S>, read: (state: S) => R): Promise<R | undefined> {
    await this.#turns.take(stream);
    try {
      const entry = this.#atHand(stream) ?? (await this.#entry(stream, kind));
      return entry.version === 0 ? undefined : read(entry.state as S);
    } finally {
      this.#turns.end(stream);
    }
  }

  async history(stream: string): Promise<DecodedRecord[]> {
    const records = await this.#options.store.read(stream);
    return Promise.all(records.map((record) => this.decode(record)));
  }

  /** Commands of this process need no reading: their events are still at hand. */
  decodeAll(records: readonly StoredRecord[]): readonly DecodedRecord[] | Promise<readonly DecodedRecord[]> {
    const isAtHand = records.every(({ memo }) => memo !== undefined);
    return isAtHand ? records.map((record) => toDecoded(record, record.memo as readonly DomainEvent[], false)) : Promise.all(records.map((record) => this.decode(record)));
  }

  async decode(record: StoredRecord): Promise<DecodedRecord> {
    const key = record.keyId === undefined ? undefined : await this.#options.vault.dataKey(record.keyId);
    const { events, erased } = unseal(record.events, key, record.stream, record.version);
    return toDecoded(record, events, erased);
  }

  /** Without private fields, as of an erased case. */
  openPart(record: StoredRecord): DecodedRecord {
    return toDecoded(record, unseal(record.events, undefined, record.stream, record.version).events, true);
  }

  /**
   * Waits for the append and, of a stream that is at hand, for nothing else: every promise and every question between a command and
   * its answer costs all commands. So whether its key was used before is asked where it matters only: when the command is refused,
   * or when the store says so.
   */
  async #execute<S, E extends DomainEvent>(command: Command<S, E>, isNew: boolean): Promise<Answer<E>> {
    const { stream, meta } = command;
    const turn = this.#turns.take(stream);
    if (turn) await turn;
    try {
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        const entry = this.#atHand(stream, isNew && attempt === 1) ?? (await this.#entry(stream, command.kind));
        const clock = this.#options.clock.now();
        const now = entry.lastAt > clock ? entry.lastAt : clock;
        const deciding = command.decide(entry.state as S, now);
        const events = deciding instanceof Promise ? await deciding : deciding;
        if ('code' in events || events.length === 0) {
          const earlier = entry.version === 0 ? undefined : await this.#answered<E>(stream, meta);
          if (earlier) return earlier;
          return 'code' in events ? { outcome: 'rejected', rejection: events } : { outcome: 'accepted', replayed: false, stream, version: entry.version, position: entry.position, events };
        }
        const parts = split(events, this.#options.privateFields);
        if (parts.secrets && !entry.key) ({ id: entry.keyId, key: entry.key } = await this.#options.vault.takeDataKey());
        const appended = await this.#options.store.append(toRecord(command, entry, now, parts, events));
        if (appended.outcome === 'appended') return this.#recorded(command, entry, now, appended, events);
        this.#cache.delete(stream);
        const earlier = appended.outcome === 'conflict' ? undefined : await this.#answered<E>(stream, meta);
        if (earlier) return earlier;
        if (this.#options.shared === true) await pause(Math.random() * PAUSE_MS * 2 ** attempt);
      }
    } catch (error) {
      // The decider may have changed the state, and nobody knows how far.
      this.#cache.delete(stream);
      throw error;
    } finally {
      this.#turns.end(stream);
    }
    throw new Error(`Expected ${stream} to take a command within ${String(ATTEMPTS)} attempts, but other nodes were always first`);
  }

  #recorded<S, E extends DomainEvent>({ stream, kind }: Command<S, E>, entry: Entry, at: string, { version, position }: { readonly version: number; readonly position: number }, events: readonly E[]): Answer<E> {
    entry.version = version;
    entry.position = position;
    entry.lastAt = at;
    if (kind.isOver?.(entry.state as S) === true) this.#cache.delete(stream);
    else this.#snapshot(stream, kind, entry);
    return { outcome: 'accepted', replayed: false, stream, version, position, events };
  }

  /** The first answer to the same key, for ever; without it a repeated click would be told that it came too late. */
  async #answered<E extends DomainEvent>(stream: string, meta: CommandMeta): Promise<Answer<E> | undefined> {
    const { idempotencyKey } = meta;
    if (idempotencyKey === undefined) return undefined;
    const record = await this.#options.store.find(stream, idempotencyKey);
    if (!record) return undefined;
    if (record.requestHash !== requestHashOf(idempotencyKey, meta)) return { outcome: 'key-reused' };
    const { events } = await this.decode(record);
    return { outcome: 'accepted', replayed: true, stream, version: record.version, position: record.position, events: events as readonly E[] };
  }

  /** What is in memory and surely up to date: everything on a node that is alone, else what was made up a moment ago. */
  #atHand(stream: string, isNew = false): Entry | undefined {
    return isNew || this.#options.shared !== true ? this.#cache.get(stream) : undefined;
  }

  async #entry<S>(stream: string, kind: Fold<S>): Promise<Entry> {
    const entry = this.#cache.get(stream);
    if (entry === undefined) return this.#load(stream, kind);
    try {
      await this.#foldTail(stream, kind, entry);
      return entry;
    } catch (error) {
      this.#cache.delete(stream);
      throw error;
    }
  }

  async #load<S>(stream: string, kind: Fold<S>): Promise<Entry> {
    const entry = newEntry(kind.fresh(stream));
    const { snapshot } = kind;
    const saved = snapshot && (await this.#options.snapshots.get(stream));
    if (saved && saved.fingerprint === snapshot.fingerprint) await this.#restore(stream, entry, saved, snapshot.load);
    await this.#foldTail(stream, kind, entry);
    this.#cache.set(stream, entry);
    return entry;
  }

  async #foldTail<S>(stream: string, kind: Fold<S>, entry: Entry): Promise<void> {
    for (const record of await this.#options.store.read(stream, entry.version)) {
      const { events } = await this.decode(record);
      entry.state = kind.fold(entry.state as S, events);
      entry.version = record.version;
      entry.position = record.position;
      entry.lastAt = record.at;
      if (record.keyId !== undefined && entry.keyId !== record.keyId) {
        entry.keyId = record.keyId;
        entry.key = await this.#options.vault.dataKey(record.keyId);
      }
    }
  }

  /** A snapshot is derived: one that cannot be read is ignored. */
  async #restore(stream: string, entry: Entry, saved: Snapshot, load: (text: string) => unknown): Promise<void> {
    const key = saved.keyId === undefined ? undefined : await this.#options.vault.dataKey(saved.keyId);
    if (saved.keyId !== undefined && !key) return;
    const { events } = unseal(saved.state, key, stream, saved.version);
    const [first] = events as unknown as readonly [{ readonly type: string; readonly state: string; readonly lastAt: string; readonly position: number }];
    entry.state = load(first.state);
    entry.version = saved.version;
    entry.snapshotAt = saved.version;
    entry.lastAt = first.lastAt;
    entry.position = first.position;
    entry.keyId = saved.keyId;
    entry.key = key;
  }

  #snapshot<S>(stream: string, kind: Fold<S>, entry: Entry): void {
    const { snapshot } = kind;
    if (!snapshot || entry.version - entry.snapshotAt < SNAPSHOT_EVERY) return;
    entry.snapshotAt = entry.version;
    const event = { type: 'Snapshot', state: snapshot.save(entry.state as S), lastAt: entry.lastAt, position: entry.position };
    const parts = split([event], { Snapshot: entry.key ? ['state'] : [] });
    const state = seal(parts, entry.key, stream, entry.version);
    void this.#options.snapshots
      .put({ stream, version: entry.version, fingerprint: snapshot.fingerprint, state, ...(entry.keyId !== undefined && { keyId: entry.keyId }) })
      .catch(() => { entry.snapshotAt = 0; });
  }
}

function toRecord({ stream, commandType, meta }: Pick<Command<unknown, DomainEvent>, 'stream' | 'commandType' | 'meta'>, entry: Entry, at: string, parts: Split, events: readonly DomainEvent[]): NewRecord {
  const { idempotencyKey, causation } = meta;
  const { bytes, clearFrom } = layOut(parts);
  return {
    stream, expectedVersion: entry.version, commandType, at, events: bytes, memo: events, actor: recordActor(meta),
    clear: clearFrom === undefined ? undefined : { from: clearFrom, key: keyOf(entry, stream) },
    idempotencyKey, requestHash: idempotencyKey === undefined ? undefined : requestHashOf(idempotencyKey, meta), causation, keyId: entry.keyId,
  };
}

function keyOf({ key }: Entry, stream: string): Uint8Array {
  if (!key) throw new TypeError(`Expected a data key for ${stream}, but it was destroyed`);
  return key;
}

/** A command whose key is the id of the event that asks for it has no other request: the key stands for it. */
function requestHashOf(key: string, meta: CommandMeta): string {
  return meta.requestHash ?? hash('sha256', key);
}

function recordActor({ actor }: CommandMeta): StoredRecord['actor'] {
  const { person, post, onBehalfOf } = actor;
  return { person, ...(post !== undefined && { post }), ...(onBehalfOf !== undefined && { onBehalfOf }) };
}

function toDecoded(record: StoredRecord, events: readonly DomainEvent[], erased: boolean): DecodedRecord {
  const { stream, position, index, version, commandType, at, actor, causation } = record;
  return { stream, position, index, version, commandType, at, actor, causation, events, erased };
}
