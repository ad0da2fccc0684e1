/** Files on their way in as documents, one for each part: any node takes the next one. */
import type mongoose from 'mongoose';
import type { PartStore } from '../../ports/part-store.ts';
import type { MongoDatabase } from './connection.ts';

export interface PartDocument {
  readonly _id: string;
  readonly upload: string;
  readonly offset: number;
  readonly bytes: Buffer;
}

export function partCollection({ db }: Pick<MongoDatabase, 'db'>): mongoose.mongo.Collection<PartDocument> {
  return db.collection<PartDocument>('upload_parts');
}

export async function openMongoPartStore(database: MongoDatabase): Promise<PartStore> {
  const parts = partCollection(database);
  await database.insist(() => parts.createIndexes([{ key: { upload: 1, offset: 1 } }]));
  return {
    async write(id, offset, part) {
      await database.insist(() => parts.deleteMany({ upload: id, offset: { $gt: offset } }));
      await database.insist(() => parts.replaceOne({ _id: `${id}/${String(offset)}` }, { upload: id, offset, bytes: Buffer.from(part) }, { upsert: true }));
    },
    async read(id) {
      const found = await database.insist(() => parts.find({ upload: id }).sort({ offset: 1 }).toArray());
      if (found.length === 0) throw new Error(`Expected parts of upload ${id}, but there are none`);
      // A part that was sent again from an earlier byte on ends where the next one begins.
      return Buffer.concat(found.map(({ offset, bytes }, at) => bytes.subarray(0, (found[at + 1]?.offset ?? Infinity) - offset)));
    },
    async remove(id) {
      await database.insist(() => parts.deleteMany({ upload: id }));
    },
    ids: () => database.insist(() => parts.distinct('upload')),
  };
}
