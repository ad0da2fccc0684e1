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
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();

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
    this.#young.set(stream, entry);
    if (this.#young.size < this.#generation) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(stream: string): void {
    this.#young.delete(stream);
    this.#old.delete(stream);
  }
}
