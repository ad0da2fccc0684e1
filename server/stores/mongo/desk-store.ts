/** The desk store in MongoDB: one document per entry; its revision is the compare-and-set of `update`. */
import type mongoose from 'mongoose';
import type { DeskEntry, DeskStore } from '../../ports/desk-store.ts';
import { StoreError } from '../errors.ts';
import type { MongoDatabase } from './connection.ts';
import { isDuplicateKey } from './mongo-failure.ts';

/** `content` is JSON text: no name in it has a meaning to the database. `expires`: Unix time in milliseconds. `written`: rises with every writing. */
export interface DeskDocument {
  readonly _id: string;
  readonly collection: string;
  readonly key: string;
  readonly owner: string | null;
  readonly expires: number | null;
  readonly content: string;
  readonly written: number;
  readonly revision: number;
}

const DEFAULT_LIMIT = 100;

type Documents = mongoose.mongo.Collection<DeskDocument>;
type Change = (before: DeskEntry | undefined) => DeskEntry | undefined;

export function deskCollection({ db }: Pick<MongoDatabase, 'db'>): Documents {
  return db.collection<DeskDocument>('desk');
}

/** Opens the desk store, making its indexes if they are new. */
export async function openMongoDeskStore(database: MongoDatabase): Promise<DeskStore> {
  const documents = deskCollection(database);
  await database.insist(() => documents.createIndexes([{ key: { collection: 1, owner: 1, written: -1 } }, { key: { expires: 1 } }]));
  return new MongoDeskStore(database, documents);
}

class MongoDeskStore implements DeskStore {
  readonly #database: MongoDatabase;
  readonly #documents: Documents;
  /** The last write of each entry that is under way: they are done in the order they were asked for. */
  readonly #writing = new Map<string, Promise<unknown>>();
  #written = 0;
  #closed = false;

  constructor(database: MongoDatabase, documents: Documents) {
    this.#database = database;
    this.#documents = documents;
  }

  put(collection: string, entry: DeskEntry): Promise<void> {
    const fields = this.#fieldsOf(collection, entry);
    return this.#inTurn(idOf(collection, entry.key), async (id) => {
      await this.#database.insist(() => this.#documents.updateOne({ _id: id }, { $set: fields, $inc: { revision: 1 } }, { upsert: true }));
    });
  }

  async get(collection: string, key: string, now: string): Promise<DeskEntry | undefined> {
    this.#checkOpen();
    const found = await this.#database.insist(() => this.#documents.findOne({ _id: idOf(collection, key) }));
    return found === null ? undefined : standing(found, Date.parse(now));
  }

  update(collection: string, key: string, now: string, change: Change): Promise<DeskEntry | undefined> {
    return this.#inTurn(idOf(collection, key), async (id) => {
      for (;;) {
        const found = await this.#database.insist(() => this.#documents.findOne({ _id: id }));
        const after = change(found === null ? undefined : standing(found, Date.parse(now)));
        if (after === undefined || await this.#replace(id, found?.revision, this.#fieldsOf(collection, after))) return after;
      }
    });
  }

  async list(collection: string, owner: string, now: string, limit = DEFAULT_LIMIT): Promise<DeskEntry[]> {
    this.#checkOpen();
    const there = { $or: [{ expires: null }, { expires: { $gt: Date.parse(now) } }] };
    const found = await this.#database.insist(() => this.#documents.find({ collection, owner, ...there }).sort({ written: -1 }).limit(limit).toArray());
    return found.map(toEntry);
  }

  delete(collection: string, key: string): Promise<void> {
    return this.#inTurn(idOf(collection, key), async (id) => {
      await this.#database.insist(() => this.#documents.deleteOne({ _id: id }));
    });
  }

  async deleteOwned(collection: string, owner: string): Promise<void> {
    this.#checkOpen();
    await this.#settled();
    await this.#database.insist(() => this.#documents.deleteMany({ collection, owner }));
  }

  async sweep(now: string): Promise<void> {
    this.#checkOpen();
    await this.#settled();
    await this.#database.insist(() => this.#documents.deleteMany({ expires: { $lte: Date.parse(now) } }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#settled();
  }

  /** False: somebody else has changed it. */
  async #replace(id: string, revision: number | undefined, fields: Omit<DeskDocument, '_id' | 'revision'>): Promise<boolean> {
    if (revision !== undefined) return (await this.#database.insist(() => this.#documents.updateOne({ _id: id, revision }, { $set: { ...fields, revision: revision + 1 } }))).matchedCount === 1;
    try {
      await this.#database.insist(() => this.#documents.insertOne({ _id: id, ...fields, revision: 1 }));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  #fieldsOf(collection: string, { key, owner, expiresAt, content }: DeskEntry): Omit<DeskDocument, '_id' | 'revision'> {
    // Rises within a millisecond, too; between nodes their clocks decide which of two writings is shown first.
    this.#written = Math.max(this.#written + 1, Date.now() * 1_000);
    return { collection, key, owner: owner ?? null, expires: expiresAt === undefined ? null : Date.parse(expiresAt), content: JSON.stringify(content), written: this.#written };
  }

  async #inTurn<T>(id: string, work: (id: string) => Promise<T>): Promise<T> {
    this.#checkOpen();
    const next = (): Promise<T> => work(id);
    const mine = (this.#writing.get(id) ?? Promise.resolve()).then(next, next);
    this.#writing.set(id, mine);
    try {
      return await mine;
    } finally {
      if (this.#writing.get(id) === mine) this.#writing.delete(id);
    }
  }

  async #settled(): Promise<void> {
    await Promise.allSettled(this.#writing.values());
  }

  #checkOpen(): void {
    if (this.#closed) throw new StoreError('STORE_CLOSED', { store: 'desk store' });
  }
}

function idOf(collection: string, key: string): string {
  return `${collection} ${key}`;
}

function standing(document: DeskDocument, now: number): DeskEntry | undefined {
  return document.expires === null || document.expires > now ? toEntry(document) : undefined;
}

function toEntry({ key, owner, expires, content }: DeskDocument): DeskEntry {
  return {
    key,
    ...(owner === null ? {} : { owner }),
    ...(expires === null ? {} : { expiresAt: new Date(expires).toISOString() }),
    content: JSON.parse(content) as Record<string, unknown>,
  };
}
