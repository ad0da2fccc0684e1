/** Streams kept in memory, what was not used for long first out: their records can always be read again. */
export interface Entry {
  state: unknown;
  /** Version and commit position of the last record folded in. */
  version: number;
  position: number;
  /** Its instant. */
  lastAt: string;
  keyId: string | undefined;
  key: Uint8Array | undefined;
  /** Version of the last snapshot. */
  snapshotAt: number;
}

/** A generation ends at the latest with so many times as many streams that were in it. */
const DELETED = 4;

/** The entry of a stream without records. */
export function newEntry(state: unknown): Entry {
  return { state, version: 0, position: 0, lastAt: '', keyId: undefined, key: undefined, snapshotAt: 0 };
}

/**
 * Two generations: what is asked for moves to the young one, and when that holds half of all, the old one is forgotten at once.
 * One map in order of use would pay for every entry taken out of its front: the holes are walked over until the map is made anew.
 */
export class EntryCache {
  readonly #generation: number;
  /** Undefined: it was deleted. Nothing is deleted from the maps themselves: a table that a map leaves behind refers to the next one, so that every state would reach the old generation of the heap. */
  #young = new Map<string, Entry | undefined>();
  #old = new Map<string, Entry | undefined>();
  #kept = 0;

  /** `size`: most entries kept; at least half as many are. */
  constructor(size: number) {
    this.#generation = Math.max(1, size >> 1);
  }

  get(stream: string): Entry | undefined {
    const young = this.#young.get(stream);
    if (young) return young;
    const entry = this.#old.get(stream);
    if (entry) this.set(stream, entry);
    return entry;
  }

  set(stream: string, entry: Entry): void {
    if (this.#young.get(stream) === undefined) this.#kept += 1;
    this.#young.set(stream, entry);
    if (this.#kept < this.#generation && this.#young.size < DELETED * this.#generation) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#kept = 0;
  }

  delete(stream: string): void {
    if (this.#young.get(stream) !== undefined) {
      this.#young.set(stream, undefined);
      this.#kept -= 1;
    }
    if (this.#old.has(stream)) this.#old.set(stream, undefined);
  }
}
