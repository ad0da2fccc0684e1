/**
 * The vault in SQLite: data keys of cases and named secrets, wrapped by the installation key, in a file of its own.
 *
 * Destroying overwrites: secure_delete clears the row's bytes in the file, and the write-ahead log that still held them is cut off.
 */
import { randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Vault } from '../../ports/vault.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { Lru } from '../lru.ts';
import { installationKey, unwrap, wrap } from './installation-key.ts';
import { openSmallDatabase } from './small-database.ts';
import type { SmallDatabase } from './small-database.ts';
import { writeFailure } from './sqlite-failure.ts';

export const VAULT_FILE = 'vault.db';
export const KEY_FILE = 'installation.key';
/** Data keys made by one commit. */
export const KEY_BATCH = 1_000;
/** Random bytes a data key takes: id, key, nonce. */
const KEY_RANDOM = 12 + 32 + 12;
/** With fewer left, the next batch is made before the next case needs it. */
const REFILL_BELOW = 250;
const UNWRAPPED_KEYS = 10_000;
/** A name and content that only the right installation key can unwrap. */
const PROOF = 'piton vault';

const SHAPE: SmallDatabase = {
  kind: 'vault',
  // 'PVLT'
  application: 0x50564c54,
  schema: 1,
  pragmas: ['secure_delete = ON', 'journal_mode = WAL', 'synchronous = FULL'],
  tables: `CREATE TABLE data_keys (id TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID;
    CREATE TABLE secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE proof (wrapped BLOB NOT NULL) STRICT`,
};

/** `folder` holds the vault; `keyFolder` the installation key (default: the same). */
export interface SqliteVaultOptions {
  readonly folder: string;
  readonly keyFolder?: string;
  /** Does the log of this installation hold anything? Vault and log belong together; absent: not checked. */
  readonly logIsEmpty?: boolean;
}

/** Opens the vault, making it and its key at the first start. Rejects with STORE_VAULT_MISSING, STORE_LOG_MISSING, STORE_KEY_MISSING, STORE_KEY_INVALID, STORE_KEY_WRONG. */
export async function openSqliteVault(options: SqliteVaultOptions): Promise<Vault> {
  mkdirSync(options.folder, { recursive: true });
  const keyFolder = options.keyFolder ?? options.folder;
  mkdirSync(keyFolder, { recursive: true });
  const file = join(options.folder, VAULT_FILE);
  const keyFile = join(keyFolder, KEY_FILE);
  const db = openSmallDatabase(file, SHAPE);
  try {
    const proof = db.prepare<[], Buffer>('SELECT wrapped FROM proof').pluck().get();
    if (proof === undefined && options.logIsEmpty === false) throw new StoreError('STORE_VAULT_MISSING', { file });
    // A password is kept after the record that says so; data keys are made ahead, and demo passwords before the first account.
    if (options.logIsEmpty === true && db.prepare("SELECT 1 FROM secrets WHERE name LIKE 'account/%'").get() !== undefined) throw new StoreError('STORE_LOG_MISSING', { file });
    const key = await installationKey(keyFile, proof === undefined);
    if (proof === undefined) db.prepare('INSERT INTO proof (wrapped) VALUES (?)').run(wrap(key, PROOF, Buffer.from(PROOF)));
    else if (unwrap(key, PROOF, proof) === undefined) throw new StoreError('STORE_KEY_WRONG', { file: keyFile });
    return new SqliteVault(db, file, key);
  } catch (error) {
    db.close();
    throw error;
  }
}

interface DataKey {
  readonly id: string;
  readonly key: Buffer;
}

class SqliteVault implements Vault {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #installationKey: KeyObject;
  readonly #unwrapped = new Lru<Buffer>(UNWRAPPED_KEYS);
  readonly #insertKey: Database.Statement<[string, Buffer]>;
  readonly #selectKey: Database.Statement<[string], { wrapped: Buffer | null }>;
  #fresh: DataKey[] = [];
  #refilling = false;

  constructor(db: Database.Database, file: string, key: KeyObject) {
    this.#db = db;
    this.#file = file;
    this.#installationKey = key;
    this.#insertKey = db.prepare('INSERT INTO data_keys (id, wrapped) VALUES (?, ?)');
    this.#selectKey = db.prepare('SELECT wrapped FROM data_keys WHERE id = ?');
  }

  takeDataKey(): Promise<{ readonly id: string; readonly key: Uint8Array }> {
    return this.#attempt(() => {
      if (this.#fresh.length === 0) this.#refill();
      const taken = this.#fresh.pop() as DataKey;
      this.#unwrapped.set(taken.id, taken.key);
      if (this.#fresh.length < REFILL_BELOW) this.#refillSoon();
      return { id: taken.id, key: Buffer.from(taken.key) };
    });
  }

  dataKey(id: string): Promise<Uint8Array | undefined> {
    return this.#attempt(() => {
      const known = this.#unwrapped.get(id);
      if (known !== undefined) return Buffer.from(known);
      const row = this.#selectKey.get(id);
      if (row === undefined) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
      if (row.wrapped === null) return undefined;
      const key = this.#unwrap(`key ${id}`, row.wrapped);
      this.#unwrapped.set(id, key);
      return Buffer.from(key);
    });
  }

  destroyDataKey(id: string): Promise<void> {
    return this.#attempt(() => {
      const { changes } = this.#write(() => this.#db.prepare('UPDATE data_keys SET wrapped = NULL WHERE id = ?').run(id));
      if (changes === 0) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
      this.#unwrapped.delete(id);
      this.#cutOff();
    });
  }

  putSecret(name: string, secret: Uint8Array): Promise<void> {
    return this.#attempt(() => {
      const wrapped = wrap(this.#installationKey, `secret ${name}`, secret);
      this.#write(() => this.#db.prepare('INSERT INTO secrets (name, wrapped) VALUES (?, ?) ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped').run(name, wrapped));
      this.#cutOff();
    });
  }

  secret(name: string): Promise<Uint8Array | undefined> {
    return this.#attempt(() => {
      const wrapped = this.#db.prepare<[string], Buffer>('SELECT wrapped FROM secrets WHERE name = ?').pluck().get(name);
      return wrapped === undefined ? undefined : this.#unwrap(`secret ${name}`, wrapped);
    });
  }

  deleteSecret(name: string): Promise<void> {
    return this.#attempt(() => {
      this.#write(() => this.#db.prepare('DELETE FROM secrets WHERE name = ?').run(name));
      this.#cutOff();
    });
  }

  close(): Promise<void> {
    if (this.#db.open) this.#db.close();
    this.#unwrapped.clear();
    this.#fresh = [];
    return Promise.resolve();
  }

  #attempt<T>(answer: () => T): Promise<T> {
    return attempt(() => {
      if (!this.#db.open) throw new StoreError('STORE_CLOSED', { store: 'vault' });
      return answer();
    });
  }

  #unwrap(name: string, wrapped: Buffer): Buffer {
    const secret = unwrap(this.#installationKey, name, wrapped);
    if (secret === undefined) throw new StoreError('STORE_SECRET_DAMAGED', { name });
    return secret;
  }

  #write<T>(change: () => T): T {
    try {
      return change();
    } catch (error) {
      throw writeFailure(this.#file, error);
    }
  }

  #refill(): void {
    // One call of the system for all of them: each call costs as much as a key.
    const random = randomBytes(KEY_BATCH * KEY_RANDOM);
    const made = Array.from({ length: KEY_BATCH }, (_, index) => {
      const own = random.subarray(index * KEY_RANDOM, (index + 1) * KEY_RANDOM);
      return { id: own.toString('base64url', 0, 12), key: Buffer.from(own.subarray(12, 44)), nonce: own.subarray(44) };
    });
    // In the order of the tree that will hold them.
    made.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#write(() => {
      this.#db.transaction(() => {
        for (const { id, key, nonce } of made) this.#insertKey.run(id, wrap(this.#installationKey, `key ${id}`, key, nonce));
      })();
    });
    this.#fresh = [...made, ...this.#fresh];
  }

  #refillSoon(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    setImmediate(() => {
      this.#refilling = false;
      if (!this.#db.open) return;
      try {
        this.#refill();
      } catch {
        // The keys at hand still serve; who finds none left is told why.
      }
    });
  }

  // The write-ahead log still holds the pages as they were before.
  #cutOff(): void {
    const [result] = this.#write(() => this.#db.pragma('wal_checkpoint(TRUNCATE)')) as { busy: number }[];
    if (result?.busy === 0) return;
    throw new StoreError('STORE_WRITE_FAILED', { file: this.#file, reason: 'that another process reads the vault, so that old bytes could not be cleared' });
  }
}
