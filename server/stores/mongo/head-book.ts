/** Sealed heads of the log as documents: the day is the `_id`, so that of two nodes one seals it. */
import type mongoose from 'mongoose';
import type { HeadBook, SealedHead } from '../../ports/head-book.ts';
import type { MongoDatabase } from './connection.ts';
import { isDuplicateKey } from './mongo-failure.ts';

export interface HeadDocument {
  readonly _id: string;
  readonly content: Buffer;
  readonly signature: Buffer;
}

export function headCollection({ db }: Pick<MongoDatabase, 'db'>): mongoose.mongo.Collection<HeadDocument> {
  return db.collection<HeadDocument>('heads');
}

export function createMongoHeadBook(database: MongoDatabase): HeadBook {
  const heads = headCollection(database);
  return {
    has: async (name) => (await database.insist(() => heads.findOne({ _id: name }, { projection: { _id: 1 } }))) !== null,
    names: async () => (await database.insist(() => heads.find({}, { projection: { _id: 1 } }).sort({ _id: 1 }).toArray())).map(({ _id: name }) => name),
    async read(name) {
      const found = await database.insist(() => heads.findOne({ _id: name }));
      return found === null ? undefined : sealedHead(found);
    },
    async put({ name, content, signature }) {
      const document = { _id: name, content: Buffer.from(content), signature: Buffer.from(signature) };
      await database.insist(() => heads.insertOne(document).then(() => undefined, (error: unknown) => { if (!isDuplicateKey(error)) throw error; }));
    },
    async all() {
      const found = await database.insist(() => heads.find().sort({ _id: 1 }).toArray());
      return found.map(sealedHead);
    },
  };
}

function sealedHead({ _id: name, content, signature }: HeadDocument): SealedHead {
  return { name, content, signature };
}
