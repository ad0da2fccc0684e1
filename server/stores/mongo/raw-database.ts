/** The database of many nodes as a RawInstallation: its documents are read and written directly, while no node runs. */
import type mongoose from 'mongoose';
import { frames } from '../commit.ts';
import type { StoredCommit } from '../commit.ts';
import { StoreError } from '../errors.ts';
import type { DeskRow, RawInstallation, VaultRow } from '../raw-installation.ts';
import { openGridBlobStore } from './blob-store.ts';
import { headOf, openCommits, toCommit, toDocument } from './commit-documents.ts';
import type { Commits } from './commit-documents.ts';
import { connect, openMongoDatabase } from './connection.ts';
import type { MongoDatabase } from './connection.ts';
import { deskCollection } from './desk-store.ts';
import { createMongoHeadBook } from './head-book.ts';
import { isAnybodyThere } from './leases.ts';
import { openMongoPartStore } from './part-store.ts';
import { vaultCollections } from './vault.ts';

const COMMITS = 'commits';
const PAGE = 200;

interface Mark {
  readonly _id: string;
  readonly first: string;
}

function marks({ db }: Pick<MongoDatabase, 'db'>): mongoose.mongo.Collection<Mark> {
  return db.collection<Mark>('migration');
}

/** A node does not start on an installation that is only half here. Rejects with STORE_MIGRATION_UNFINISHED. */
export async function refuseUnfinished(database: MongoDatabase): Promise<void> {
  if (await database.insist(() => marks(database).findOne({ _id: 'unfinished' })) !== null) throw new StoreError('STORE_MIGRATION_UNFINISHED', { database: database.name });
}

/** The database at `url`. Rejects with STORE_DATABASE_IN_USE while a node works on it, STORE_DATABASE_UNREACHABLE. `termMs`: of the leases, tests only. */
export async function openRawDatabase(url: string, termMs?: number): Promise<RawInstallation> {
  const database = await openMongoDatabase(url);
  const connection = await connect(url);
  const close = async (): Promise<void> => {
    await database.close();
    await connection.close(true);
  };
  try {
    if (await isAnybodyThere(database, termMs)) throw new StoreError('STORE_DATABASE_IN_USE', { database: database.name });
    const commits = await openCommits(connection, COMMITS);
    return {
      ...logOf(commits), ...storesOf(database), name: database.name, close,
      blobs: await openGridBlobStore(database), parts: await openMongoPartStore(database), heads: createMongoHeadBook(database),
      unfinished: async () => (await marks(database).findOne({ _id: 'unfinished' }))?.first,
      begin: async (first) => { await marks(database).replaceOne({ _id: 'unfinished' }, { first }, { upsert: true }); },
      finish: async () => { await marks(database).deleteOne({ _id: 'unfinished' }); },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function logOf(commits: Commits): Pick<RawInstallation, 'head' | 'hashAt' | 'commits' | 'append'> {
  return {
    head: () => headOf(commits),
    hashAt: async (position) => (await commits.findOne({ _id: position }, { projection: { hash: 1 } }))?.hash.toString('hex'),
    async *commits(after) {
      for (let last = after; ;) {
        const page = await commits.find({ _id: { $gt: last } }).sort({ _id: 1 }).limit(PAGE).toArray();
        if (page.length > 0) yield page.map(toCommit);
        if (page.length < PAGE) return;
        last = page.at(-1)?._id ?? last;
      }
    },
    async append(added) {
      // One after the other: a crash leaves a beginning, never a gap.
      for (const commit of added) await commits.insertOne(toDocument(commit, framesOf(commit)));
    },
  };
}

function framesOf({ body, position }: StoredCommit): Buffer[] {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return frames(body, position).map(({ offset, length }) => bytes.subarray(offset, offset + length));
}

function storesOf(database: MongoDatabase): Pick<RawInstallation, 'vault' | 'replaceVault' | 'desk' | 'replaceDesk'> {
  const { batches, keys, secrets, proof } = vaultCollections(database);
  const kinds = { batch: batches, key: keys, secret: secrets, proof } as unknown as Readonly<Record<VaultRow['kind'], typeof keys>>;
  const desk = deskCollection(database);
  return {
    async vault() {
      const rows: VaultRow[] = [];
      for (const [kind, documents] of Object.entries(kinds)) for await (const { _id: id, wrapped } of documents.find().sort({ _id: 1 })) rows.push({ kind: kind as VaultRow['kind'], id, wrapped });
      return rows;
    },
    async replaceVault(rows) {
      for (const documents of Object.values(kinds)) await documents.deleteMany({});
      for (const { kind, id, wrapped } of rows) await kinds[kind].insertOne({ _id: id, wrapped });
    },
    desk: async () => (await desk.find().sort({ written: 1 }).toArray()).map(({ collection, key, owner, expires, content }): DeskRow => ({ collection, key, owner, expires, content })),
    async replaceDesk(rows) {
      await desk.deleteMany({});
      // Numbers of their order: what is written later by a node has the time in its place, which is more.
      const documents = rows.map((row, index) => ({ _id: `${row.collection} ${row.key}`, ...row, written: index + 1, revision: 1 }));
      for (let at = 0; at < documents.length; at += PAGE) await desk.insertMany(documents.slice(at, at + PAGE));
    },
  };
}
