/**
 * Blobs in MongoDB's GridFS: a file per blob, its name is the SHA-256 of its bytes, verified whenever it is read. Two nodes that store
 * the same bytes at once leave two files of one name, which count as one blob.
 */
import mongoose from 'mongoose';
import type { BlobStore } from '../../ports/blob-store.ts';
import { isName, NamedByContent, nameOf } from '../blobs/named-by-content.ts';
import { StoreError } from '../errors.ts';
import { DURABLE } from './connection.ts';
import type { MongoDatabase } from './connection.ts';

export const BUCKET = 'blobs';

type File = Pick<mongoose.mongo.GridFSFile, '_id' | 'filename'>;

export async function openGridBlobStore(database: MongoDatabase): Promise<BlobStore> {
  const store = new GridBlobStore(database);
  await store.open();
  return store;
}

class GridBlobStore implements BlobStore {
  readonly #database: MongoDatabase;
  readonly #bucket: mongoose.mongo.GridFSBucket;
  readonly #named = new NamedByContent((name, content) => this.#database.insist(() => this.#write(name, content)));

  constructor(database: MongoDatabase) {
    this.#database = database;
    this.#bucket = new mongoose.mongo.GridFSBucket(database.db, { bucketName: BUCKET, ...DURABLE });
  }

  get #files(): mongoose.mongo.Collection<mongoose.mongo.GridFSFile> {
    return this.#database.db.collection(`${BUCKET}.files`);
  }

  async open(): Promise<void> {
    await this.#database.insist(() => this.#files.createIndexes([{ key: { filename: 1, uploadDate: 1 } }]));
    await this.#database.insist(() => this.#database.db.collection(`${BUCKET}.chunks`).createIndexes([{ key: { files_id: 1, n: 1 }, unique: true }]));
  }

  put(content: Uint8Array): Promise<string> {
    return this.#named.put(content);
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    this.#named.requireName(name);
    return this.#database.insist(async () => {
      let found: string | undefined;
      for (const file of await this.#filesOf(name)) {
        const content = await this.#read(file);
        found = nameOf(content);
        if (found === name) return content;
      }
      if (found !== undefined) throw new StoreError('STORE_BLOB_DAMAGED', { name, found });
      return undefined;
    });
  }

  async has(name: string): Promise<boolean> {
    this.#named.requireName(name);
    return (await this.#database.insist(() => this.#filesOf(name))).length > 0;
  }

  async *list(olderThan: string): AsyncIterable<string> {
    this.#named.requireOpen();
    // The youngest file of a name is the age of the blob.
    const names = this.#files.aggregate<{ readonly _id: string }>([
      { $group: { _id: '$filename', youngest: { $max: '$uploadDate' } } }, { $match: { youngest: { $lt: new Date(olderThan) } } }, { $project: { _id: 1 } },
    ]);
    for await (const { _id: name } of names) if (isName(name)) yield name;
  }

  async delete(name: string): Promise<void> {
    this.#named.requireName(name);
    await this.#database.insist(async () => {
      for (const file of await this.#filesOf(name)) await this.#remove(file);
    });
  }

  close(): Promise<void> {
    return this.#named.close();
  }

  /** What is there and whole only becomes young again; what was damaged is written anew. */
  async #write(name: string, content: Uint8Array): Promise<void> {
    for (const file of await this.#filesOf(name)) {
      if (nameOf(await this.#read(file)) === name && (await this.#files.updateOne({ _id: file._id }, { $set: { uploadDate: new Date() } })).matchedCount === 1) return;
      await this.#remove(file);
    }
    await new Promise<void>((resolve, reject) => {
      const upload = this.#bucket.openUploadStream(name, DURABLE);
      upload.once('finish', () => { resolve(); }).once('error', reject);
      upload.end(content);
    });
  }

  #filesOf(name: string): Promise<File[]> {
    return this.#files.find({ filename: name }, { projection: { filename: 1 } }).toArray();
  }

  /** Whatever is there of it: a missing part shows in the hash. */
  async #read({ _id }: File): Promise<Buffer> {
    const chunks = this.#database.db.collection<{ readonly files_id: unknown; readonly n: number; readonly data: Buffer }>(`${BUCKET}.chunks`);
    return Buffer.concat((await chunks.find({ files_id: _id }).sort({ n: 1 }).toArray()).map(({ data }) => data));
  }

  async #remove({ _id }: File): Promise<void> {
    // The file first: chunks without one are never read.
    await this.#files.deleteOne({ _id });
    await this.#database.db.collection(`${BUCKET}.chunks`).deleteMany({ files_id: _id });
  }
}
