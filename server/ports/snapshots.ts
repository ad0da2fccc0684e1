/** The port of saved instance states, so that a case with a long history loads fast. Derived: may be thrown away at any time. */
export interface Snapshot {
  readonly stream: string;
  /** Version of the last record folded in. */
  readonly version: number;
  /** Graph hash, state schema and engine semantics it was made with; another value means: fold again. */
  readonly fingerprint: string;
  readonly keyId?: string;
  /** Opaque bytes (server/runtime/codec.ts). */
  readonly state: Uint8Array;
}

export interface Snapshots {
  put(snapshot: Snapshot): Promise<void>;
  get(stream: string): Promise<Snapshot | undefined>;
  delete(stream: string): Promise<void>;
}
