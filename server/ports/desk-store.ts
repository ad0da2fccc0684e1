/**
 * The port of what is durable but not an act: web sessions, drafts, notices read. It may change and be deleted.
 *
 * Entries live in named collections; an entry may expire.
 */
export interface DeskEntry {
  readonly key: string;
  /** Whose entry it is, for listing; a person or another key. */
  readonly owner?: string;
  /** ISO 8601 UTC instant after which it is gone. */
  readonly expiresAt?: string;
  readonly content: Readonly<Record<string, unknown>>;
}

export interface DeskStore {
  put(collection: string, entry: DeskEntry): Promise<void>;
  get(collection: string, key: string, now: string): Promise<DeskEntry | undefined>;
  /**
   * Changes an entry by what it is at this moment (undefined: there is none), as one step among all nodes; answers what `change`
   * answered. `change` only decides, and may be asked again when somebody else was faster; undefined: nothing is changed.
   */
  update(collection: string, key: string, now: string, change: (before: DeskEntry | undefined) => DeskEntry | undefined): Promise<DeskEntry | undefined>;
  /** Entries of one owner, newest first. */
  list(collection: string, owner: string, now: string, limit?: number): Promise<DeskEntry[]>;
  delete(collection: string, key: string): Promise<void>;
  deleteOwned(collection: string, owner: string): Promise<void>;
  /** Removes what has expired. */
  sweep(now: string): Promise<void>;
  close(): Promise<void>;
}
