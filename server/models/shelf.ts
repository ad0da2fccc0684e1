/**
 * The shelf of drafts: one per procedure, in the desk store, until it is deployed or thrown away.
 *
 * Changes go one after the other: through a queue of this process, of many nodes through the turns it is given.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../ports/clock.ts';
import type { DeskStore } from '../ports/desk-store.ts';

/** `basis`: the live versions it began from, by process. `savedAt`: ISO 8601 UTC instant. `savedBy`: account. */
export interface StoredDraft {
  readonly id: string;
  readonly name: string;
  readonly processIds: readonly string[];
  readonly xml: string;
  readonly basis: Readonly<Record<string, number>>;
  readonly savedAt: string;
  readonly savedBy: string;
  /** Decision files that are changed or new. */
  readonly decisions?: readonly StoredDecisions[];
}

/** A DMN file of a draft. `decisions`: those a process can call; `replaces`: the ids that were live in the file it was made from. */
export interface StoredDecisions {
  readonly file: string;
  readonly xml: string;
  readonly decisions: readonly { readonly id: string; readonly name: string }[];
  readonly replaces: readonly string[];
  readonly savedAt: string;
  readonly savedBy: string;
}

/** Runs work after other work that was given to it, on whichever node. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

const COLLECTION = 'model';
/** All drafts have one owner, the house: analysts share them. */
const HOUSE = 'models';
const MOST = 1_000;

export class Shelf {
  readonly #store: DeskStore;
  readonly #clock: Clock;
  readonly #turns: Turns | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: DeskStore, clock: Clock, turns?: Turns) {
    this.#store = store;
    this.#clock = clock;
    this.#turns = turns;
  }

  async find(id: string): Promise<StoredDraft | undefined> {
    return (await this.#store.get(COLLECTION, id, this.#clock.now()))?.content as unknown as StoredDraft | undefined;
  }

  async all(): Promise<readonly StoredDraft[]> {
    return (await this.#store.list(COLLECTION, HOUSE, this.#clock.now(), MOST)).map(({ content }) => content as unknown as StoredDraft);
  }

  async put(draft: Omit<StoredDraft, 'savedAt'>): Promise<StoredDraft> {
    const saved = { ...draft, savedAt: this.#clock.now() };
    await this.#store.put(COLLECTION, { key: draft.id, owner: HOUSE, content: saved });
    return saved;
  }

  async remove(id: string): Promise<void> {
    await this.#store.delete(COLLECTION, id);
  }

  /** Runs `work` when nobody else changes drafts. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#turns !== undefined) return this.#turns(work);
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** The entity tag of a model or a decision file: SHA-256 of its BPMN or DMN, hex; for a deployed version the same as its hash. */
export function etagOf(xml: string): string {
  return createHash('sha256').update(xml).digest('hex');
}
