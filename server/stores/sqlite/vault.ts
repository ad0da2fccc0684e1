/**
 * The vault in SQLite: data keys of cases and named secrets, wrapped by the installation key, in a file of its own.
 *
 * Destroying overwrites: secure_delete clears the row's bytes in the file, and the write-ahead log that still held them is cut off.
 */
import type { KeyObject } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { Vault } from '../../ports/vault.ts';
import { attempt } from '../attempt.ts';
import { StoreError } from '../errors.ts';
import { Lru } from '../lru.ts';
import { destroyAt, freshKeys, KEY_BATCH, KEY_BYTES, keyAt, placeOfKey, PROOF, REFILL_BELOW, takeFrom, wrappedAs } from '../vault-keys.ts';
import type { FreshKeys } from '../vault-keys.ts';
import { installationKey, unwrap, wrap } from './installation-key.ts';
import { openSmallDatabase } from './small-database.ts';
import type { SmallDatabase } from './small-database.ts';
import { writeFailure } from './sqlite-failure.ts';

export const VAULT_FILE = 'vault.db';
export const KEY_FILE = 'installation.key';
/** Batches kept unwrapped, 32 KB each: cases that started about the same time lie together. */
const UNWRAPPED_BATCHES = 1_000;
const KEY_BATCHES = 'CREATE TABLE key_batches (id TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID';

export const VAULT_SHAPE: SmallDatabase = {
  kind: 'vault',
  // 'PVLT'
  application: 0x50564c54,
  schema: 2,
  pragmas: ['secure_delete = ON', 'journal_mode = WAL', 'synchronous = FULL'],
  tables: `CREATE TABLE data_keys (id TEXT PRIMARY KEY, wrapped BLOB) STRICT, WITHOUT ROWID;
    CREATE TABLE secrets (name TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE proof (wrapped BLOB NOT NULL) STRICT;
    ${KEY_BATCHES}`,
  upgrades: [KEY_BATCHES],
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
  const db = openSmallDatabase(file, VAULT_SHAPE);
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

class SqliteVault implements Vault {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #installationKey: KeyObject;
  readonly #unwrapped = new Lru<Buffer>(UNWRAPPED_BATCHES);
  readonly #insertBatch: Database.Statement<[string, Buffer]>;
  readonly #selectBatch: Database.Statement<[string], { wrapped: Buffer }>;
  readonly #selectKey: Database.Statement<[string], { wrapped: Buffer | null }>;
  #fresh: FreshKeys[] = [];
  #refilling = false;

  constructor(db: Database.Database, file: string, key: KeyObject) {
    this.#db = db;
    this.#file = file;
    this.#installationKey = key;
    this.#insertBatch = db.prepare('INSERT INTO key_batches (id, wrapped) VALUES (?, ?)');
    this.#selectBatch = db.prepare('SELECT wrapped FROM key_batches WHERE id = ?');
    this.#selectKey = db.prepare('SELECT wrapped FROM data_keys WHERE id = ?');
  }

  takeDataKey(): Promise<{ readonly id: string; readonly key: Uint8Array }> {
    return this.#attempt(() => {
      if (this.#fresh[0]?.next === KEY_BATCH) this.#fresh.shift();
      if (this.#fresh.length === 0) this.#refill();
      const fresh = this.#fresh[0] as FreshKeys;
      const taken = takeFrom(fresh);
      if (this.#fresh.length === 1 && KEY_BATCH - fresh.next < REFILL_BELOW) this.#refillSoon();
      return taken;
    });
  }

  dataKey(id: string): Promise<Uint8Array | undefined> {
    return this.#attempt(() => this.#stored(id));
  }

  destroyDataKey(id: string): Promise<void> {
    return this.#attempt(() => {
      this.#write(() => this.#destroy(id));
      this.#cutOff();
    });
  }

  putSecret(name: string, secret: Uint8Array): Promise<void> {
    return this.#attempt(() => {
      const wrapped = wrap(this.#installationKey, wrappedAs.secret(name), secret);
      this.#write(() => this.#db.prepare('INSERT INTO secrets (name, wrapped) VALUES (?, ?) ON CONFLICT DO UPDATE SET wrapped = excluded.wrapped').run(name, wrapped));
      this.#cutOff();
    });
  }

  secret(name: string): Promise<Uint8Array | undefined> {
    return this.#attempt(() => {
      const wrapped = this.#db.prepare<[string], Buffer>('SELECT wrapped FROM secrets WHERE name = ?').pluck().get(name);
      return wrapped === undefined ? undefined : this.#unwrap(wrappedAs.secret(name), wrapped);
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

  /** Undefined when it was destroyed. Throws STORE_DATA_KEY_UNKNOWN. */
  #stored(id: string): Buffer | undefined {
    const placed = this.#batchOf(id);
    if (placed !== undefined) return keyAt(placed.keys, placed.start);
    const row = this.#selectKey.get(id);
    if (row === undefined) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
    return row.wrapped === null ? undefined : this.#unwrap(wrappedAs.key(id), row.wrapped);
  }

  #destroy(id: string): void {
    const placed = this.#batchOf(id);
    if (placed === undefined) {
      const { changes } = this.#db.prepare('UPDATE data_keys SET wrapped = NULL WHERE id = ?').run(id);
      if (changes === 0) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
      return;
    }
    const { batch, keys, start } = placed;
    // What is kept is only changed after what is stored: a failed write leaves the key readable, not half destroyed.
    const rest = destroyAt(keys, start);
    this.#db.prepare('UPDATE key_batches SET wrapped = ? WHERE id = ?').run(wrap(this.#installationKey, wrappedAs.batch(batch), rest), batch);
    keys.fill(0, start, start + KEY_BYTES);
    this.#unwrapped.set(batch, rest);
  }

  /** The batch a key lies in, unwrapped, and where; undefined for keys of schema 1. */
  #batchOf(id: string): { readonly batch: string; readonly keys: Buffer; readonly start: number } | undefined {
    const place = placeOfKey(id);
    if (place === undefined) return undefined;
    const keys = this.#unwrapped.get(place.batch) ?? this.#unwrapBatch(place.batch);
    if (keys === undefined) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
    return { ...place, keys };
  }

  /** One unwrapping serves a thousand cases. */
  #unwrapBatch(batch: string): Buffer | undefined {
    const row = this.#selectBatch.get(batch);
    if (row === undefined) return undefined;
    const keys = this.#unwrap(wrappedAs.batch(batch), row.wrapped);
    this.#unwrapped.set(batch, keys);
    return keys;
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
    const fresh = freshKeys();
    this.#write(() => this.#insertBatch.run(fresh.batch, wrap(this.#installationKey, wrappedAs.batch(fresh.batch), fresh.keys)));
    this.#fresh.push(fresh);
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
