/** Streams kept in memory, least recently used first out: their records can always be read again. */
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

export class EntryCache {
  readonly #entries = new Map<string, Entry>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(stream: string): Entry | undefined {
    const entry = this.#entries.get(stream);
    if (entry) {
      this.#entries.delete(stream);
      this.#entries.set(stream, entry);
    }
    return entry;
  }

  set(stream: string, entry: Entry): void {
    this.#entries.set(stream, entry);
    if (this.#entries.size <= this.#size) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  delete(stream: string): void {
    this.#entries.delete(stream);
  }
}
