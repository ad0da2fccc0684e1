/**
 * The port of secrets: password hashes, keys, data keys of cases. Never in the log, never in a backup without the installation key.
 *
 * Data keys are made in durable batches ahead of use, so that a new case costs no write here: the log's first record of the case
 * names the key it took. Keys that were made and never named are worthless.
 */
export interface Vault {
  /** A fresh, durable data key that nobody has taken: 32 bytes and its id. */
  takeDataKey(): Promise<{ readonly id: string; readonly key: Uint8Array }>;
  /** The key, or undefined when it was destroyed (the case is erased). Rejects for an id that was never made. */
  dataKey(id: string): Promise<Uint8Array | undefined>;
  /** Erases a case: destroys its key durably. */
  destroyDataKey(id: string): Promise<void>;
  /** A named secret (password hash, private key), wrapped at rest. */
  putSecret(name: string, secret: Uint8Array): Promise<void>;
  secret(name: string): Promise<Uint8Array | undefined>;
  deleteSecret(name: string): Promise<void>;
  close(): Promise<void>;
}
