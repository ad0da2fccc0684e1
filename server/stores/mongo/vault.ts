/**
 * The vault in MongoDB: the same wrapped batches and secrets as in the file vault.db, one document each, so that either can be moved
 * into the other. The installation key stays outside, in a file that every node is given.
 *
 * Destroying overwrites the document. What the database keeps besides (its journal, its oplog, its backups) still holds the old bytes,
 * wrapped, until they are overwritten in their turn (docs/cluster.md).
 */
import type { KeyObject } from 'node:crypto';
import type mongoose from 'mongoose';
import type { Vault } from '../../ports/vault.ts';
import { StoreError } from '../errors.ts';
import { Lru } from '../lru.ts';
import { installationKey, unwrap, wrap } from '../sqlite/installation-key.ts';
import { destroyAt, freshKeys, KEY_BATCH, keyAt, placeOfKey, PROOF, REFILL_BELOW, takeFrom, wrappedAs } from '../vault-keys.ts';
import type { FreshKeys } from '../vault-keys.ts';
import type { MongoDatabase } from './connection.ts';
import { isDuplicateKey } from './mongo-failure.ts';

/** A batch of keys or a secret, by its id or name. */
export interface WrappedDocument {
  readonly _id: string;
  readonly wrapped: Buffer;
}

/** A key of schema 1 that was moved here: null when it was destroyed. */
export interface SingleKeyDocument {
  readonly _id: string;
  readonly wrapped: Buffer | null;
}

/** `keyFile`: where this node has the installation key. `logIsEmpty`: see SqliteVaultOptions. */
export interface MongoVaultOptions {
  readonly keyFile: string;
  readonly logIsEmpty?: boolean;
}

/** Unwrapped batches at hand. */
const BATCHES = 256;
/** So long may a node still know a key that another one has destroyed. */
const BATCH_MS = 5_000;

export interface VaultCollections {
  readonly batches: mongoose.mongo.Collection<WrappedDocument>;
  readonly keys: mongoose.mongo.Collection<SingleKeyDocument>;
  readonly secrets: mongoose.mongo.Collection<WrappedDocument>;
  readonly proof: mongoose.mongo.Collection<WrappedDocument>;
}

export function vaultCollections({ db }: Pick<MongoDatabase, 'db'>): VaultCollections {
  return { batches: db.collection('vault_batches'), keys: db.collection('vault_keys'), secrets: db.collection('vault_secrets'), proof: db.collection('vault_proof') };
}

/** Opens the vault, making it and the key file at the first start. Rejects as openSqliteVault does. */
export async function openMongoVault(database: MongoDatabase, { keyFile, logIsEmpty }: MongoVaultOptions): Promise<Vault> {
  const collections = vaultCollections(database);
  const file = `${database.name} (vault)`;
  const proved = await database.insist(() => collections.proof.findOne({ _id: 'proof' }));
  if (proved === null && logIsEmpty === false) throw new StoreError('STORE_VAULT_MISSING', { file });
  if (logIsEmpty === true && await database.insist(() => collections.secrets.findOne({ _id: /^account\// })) !== null) throw new StoreError('STORE_LOG_MISSING', { file });
  const key = await installationKey(keyFile, proved === null);
  const proof = proved ?? await prove(database, collections, key);
  if (unwrap(key, PROOF, proof.wrapped) === undefined) throw new StoreError('STORE_KEY_WRONG', { file: keyFile });
  return new MongoVault(database, collections, key);
}

/** The first node leaves the proof; who comes second gets that one. */
async function prove(database: MongoDatabase, { proof }: VaultCollections, key: KeyObject): Promise<WrappedDocument> {
  const made = { _id: 'proof', wrapped: wrap(key, PROOF, Buffer.from(PROOF)) };
  return database.insist(async () => {
    await proof.insertOne(made).catch((error: unknown) => { if (!isDuplicateKey(error)) throw error; });
    return await proof.findOne({ _id: 'proof' }) ?? made;
  });
}

class MongoVault implements Vault {
  readonly #database: MongoDatabase;
  readonly #collections: VaultCollections;
  readonly #installationKey: KeyObject;
  readonly #batches = new Lru<{ readonly keys: Promise<Buffer>; readonly until: number }>(BATCHES);
  #fresh: FreshKeys[] = [];
  #refilling: Promise<void> | undefined;
  #closed = false;

  constructor(database: MongoDatabase, collections: VaultCollections, key: KeyObject) {
    this.#database = database;
    this.#collections = collections;
    this.#installationKey = key;
  }

  async takeDataKey(): Promise<{ readonly id: string; readonly key: Uint8Array }> {
    for (;;) {
      this.#checkOpen();
      if (this.#fresh[0]?.next === KEY_BATCH) this.#fresh.shift();
      const fresh = this.#fresh[0];
      if (fresh !== undefined) {
        const taken = takeFrom(fresh);
        if (this.#fresh.length === 1 && KEY_BATCH - fresh.next < REFILL_BELOW) this.#refill().catch(() => undefined);
        return taken;
      }
      await this.#refill();
    }
  }

  async dataKey(id: string): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    const place = placeOfKey(id);
    if (place === undefined) return this.#single(id);
    const { batch, start } = place;
    return keyAt(await this.#keysOf(id, batch), start);
  }

  async destroyDataKey(id: string): Promise<void> {
    this.#checkOpen();
    const place = placeOfKey(id);
    if (place === undefined) {
      const { matchedCount } = await this.#database.insist(() => this.#collections.keys.updateOne({ _id: id }, { $set: { wrapped: null } }));
      if (matchedCount === 0) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
      return;
    }
    const { batch, start } = place;
    // Another node may destroy another key of the batch at the same time: whoever is second does it again with what the first left.
    for (let done = false; !done;) {
      const { wrapped } = await this.#batchOf(id, batch);
      const without = wrap(this.#installationKey, wrappedAs.batch(batch), destroyAt(this.#unwrap(wrappedAs.batch(batch), wrapped), start));
      done = (await this.#database.insist(() => this.#collections.batches.updateOne({ _id: batch, wrapped }, { $set: { wrapped: without } }))).matchedCount === 1
        || keyAt(this.#unwrap(wrappedAs.batch(batch), (await this.#batchOf(id, batch)).wrapped), start) === undefined;
    }
    this.#batches.delete(batch);
  }

  async putSecret(name: string, secret: Uint8Array): Promise<void> {
    this.#checkOpen();
    const wrapped = wrap(this.#installationKey, wrappedAs.secret(name), secret);
    await this.#database.insist(() => this.#collections.secrets.replaceOne({ _id: name }, { wrapped }, { upsert: true }));
  }

  async secret(name: string): Promise<Uint8Array | undefined> {
    this.#checkOpen();
    const found = await this.#database.insist(() => this.#collections.secrets.findOne({ _id: name }));
    return found === null ? undefined : this.#unwrap(wrappedAs.secret(name), found.wrapped);
  }

  async deleteSecret(name: string): Promise<void> {
    this.#checkOpen();
    await this.#database.insist(() => this.#collections.secrets.deleteOne({ _id: name }));
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#batches.clear();
    this.#fresh = [];
    return Promise.resolve();
  }

  /** Many who ask at once are one question. */
  #keysOf(id: string, batch: string): Promise<Buffer> {
    const known = this.#batches.get(batch);
    if (known !== undefined && performance.now() < known.until) return known.keys;
    const keys = this.#batchOf(id, batch).then(({ wrapped }) => this.#unwrap(wrappedAs.batch(batch), wrapped));
    this.#batches.set(batch, { keys, until: performance.now() + BATCH_MS });
    keys.catch(() => { this.#batches.delete(batch); });
    return keys;
  }

  async #single(id: string): Promise<Buffer | undefined> {
    const found = await this.#database.insist(() => this.#collections.keys.findOne({ _id: id }));
    if (found === null) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
    return found.wrapped === null ? undefined : this.#unwrap(wrappedAs.key(id), found.wrapped);
  }

  async #batchOf(id: string, batch: string): Promise<WrappedDocument> {
    const found = await this.#database.insist(() => this.#collections.batches.findOne({ _id: batch }));
    if (found === null) throw new StoreError('STORE_DATA_KEY_UNKNOWN', { id });
    return found;
  }

  #refill(): Promise<void> {
    this.#refilling ??= (async () => {
      const fresh = freshKeys();
      const wrapped = wrap(this.#installationKey, wrappedAs.batch(fresh.batch), fresh.keys);
      await this.#database.insist(() => this.#collections.batches.replaceOne({ _id: fresh.batch }, { wrapped }, { upsert: true }));
      this.#fresh.push(fresh);
    })().finally(() => { this.#refilling = undefined; });
    return this.#refilling;
  }

  #unwrap(name: string, wrapped: Buffer): Buffer {
    const secret = unwrap(this.#installationKey, name, wrapped);
    if (secret === undefined) throw new StoreError('STORE_SECRET_DAMAGED', { name });
    return secret;
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('STORE_CLOSED', { store: 'vault' });
  }
}
