/** The port of sealed heads of the log: one a day, kept for ever, beside the log and not in it. */

/** `name`: the day, `2026-11-22`. `content`: the bytes the detached seal `signature` covers. */
export interface SealedHead {
  readonly name: string;
  readonly content: Uint8Array;
  readonly signature: Uint8Array;
}

export interface HeadBook {
  has(name: string): Promise<boolean>;
  /** Days whose head is sealed, the oldest first. */
  names(): Promise<readonly string[]>;
  /** Undefined: there is none of that day. */
  read(name: string): Promise<SealedHead | undefined>;
  /** Durable when it answers. The first head of a name stays. */
  put(head: SealedHead): Promise<void>;
  /** The oldest first. */
  all(): Promise<readonly SealedHead[]>;
}
