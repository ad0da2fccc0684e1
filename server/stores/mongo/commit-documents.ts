/** The event log as documents: one per commit, its position is the `_id`; the rest of a record's fields is an index of its frame (docs/cluster.md). */
import mongoose from 'mongoose';
import type { Connection } from 'mongoose';
import type { StoredRecord } from '../../ports/event-store.ts';
import { decodeFrame, frames, GENESIS_HASH, linkFault, StoredCommit } from '../commit.ts';
import type { ChainPoint } from '../commit.ts';
import { StoreError } from '../errors.ts';

/** `frame` is the truth; what stands beside it is read from it and can be made new at any time. `at`: Unix time in milliseconds. */
export interface RecordDocument {
  readonly stream: string;
  readonly version: number;
  readonly at: number;
  readonly key?: string;
  readonly request?: string;
  readonly frame: Buffer;
}

/** The body of the commit is its frames, one after the other. */
export interface CommitDocument {
  readonly _id: number;
  readonly uuid: string;
  readonly prevHash: Buffer;
  readonly hash: Buffer;
  readonly records: readonly RecordDocument[];
}

/** A commit without its frames: what a node needs to know of the commits of others. */
export type CommitOutline = Pick<CommitDocument, '_id' | 'uuid' | 'prevHash' | 'hash'> & { readonly records: readonly Omit<RecordDocument, 'frame'>[] };

export type Commits = mongoose.mongo.Collection<CommitDocument>;

/** Without the frames: they are most of a commit. */
export const OUTLINE = { 'records.frame': 0 } as const;

/** Commits whose bytes and index are compared at every open. */
const TAIL = 64;

/** The collection of a log, with its indexes made. */
export async function openCommits(connection: Connection, name: string): Promise<Commits> {
  // What is written goes past the casts of the schema: its bytes are covered by the hash. The schema carries the indexes.
  const record = new mongoose.Schema({ stream: String, version: Number, at: Number, key: String, request: String, frame: Buffer }, { _id: false });
  const schema = new mongoose.Schema(
    { _id: Number, uuid: String, prevHash: Buffer, hash: Buffer, records: [record] },
    { collection: name, versionKey: false, autoIndex: false, autoCreate: false },
  );
  // Not unique: that no version enters twice follows from the unique position, and an index over two things may not decide it, too.
  schema.index({ 'records.stream': 1, 'records.version': 1 });
  schema.index({ 'records.stream': 1, 'records.key': 1 });
  const model = connection.model('Commit', schema);
  await model.createIndexes();
  return model.collection as unknown as Commits;
}

/** The stored bytes as they are: writing them goes past the casts of the schema. */
export function toDocument(commit: StoredCommit, places: readonly Buffer[]): CommitDocument {
  return {
    _id: commit.position,
    uuid: commit.uuid,
    prevHash: Buffer.from(commit.prevHash, 'hex'),
    hash: Buffer.from(commit.hash, 'hex'),
    records: commit.records.map((record, slot) => toRecordDocument(record, places[slot] as Buffer)),
  };
}

function toRecordDocument({ stream, version, at, idempotencyKey, requestHash }: StoredRecord, frame: Buffer): RecordDocument {
  const key = idempotencyKey === undefined ? {} : { key: idempotencyKey, request: requestHash ?? '' };
  return { stream, version, at: Date.parse(at), ...key, frame };
}

export function toCommit({ _id, uuid, prevHash, hash, records }: CommitDocument): StoredCommit {
  return new StoredCommit(_id, uuid, prevHash.toString('hex'), hash.toString('hex'), Buffer.concat(records.map(({ frame }) => frame)));
}

/** A record of `stream` found by its index: where it stands and its frame. */
export interface Found {
  readonly position: number;
  readonly slot: number;
  readonly record: RecordDocument;
}

/** Conditions on the fields of one record. */
export type RecordMatch = Readonly<Record<string, unknown>>;

/** The records that fulfil one of `matches`, by position. */
export async function findRecords(commits: Commits, matches: readonly RecordMatch[], withFrames: boolean): Promise<Found[]> {
  const unwound = matches.map((match) => Object.fromEntries(Object.entries(match).map(([field, wanted]) => [`records.${field}`, wanted])));
  return commits
    .aggregate<Found>([
      { $match: { $or: matches.map((match) => ({ records: { $elemMatch: match } })) } },
      { $sort: { _id: 1 } },
      ...(withFrames ? [] : [{ $project: OUTLINE }]),
      { $unwind: { path: '$records', includeArrayIndex: 'slot' } },
      { $match: { $or: unwound } },
      { $project: { _id: 0, position: '$_id', slot: { $toInt: '$slot' }, record: '$records' } },
    ])
    .toArray();
}

export function toRecord({ position, slot, record }: Found): StoredRecord {
  return decodeFrame(record.frame, position, slot);
}

/** Where the log ends. */
export async function headOf(commits: Commits): Promise<ChainPoint> {
  const [last] = await commits.find({}, { projection: { hash: 1 } }).sort({ _id: -1 }).limit(1).toArray();
  return last === undefined ? { position: 0, hash: GENESIS_HASH } : { position: last._id, hash: last.hash.toString('hex') };
}

/** Compares the last commits with their hashes and their index; makes the index new where it does not fit. Rejects with STORE_LOG_DAMAGED. */
export async function checkTail(commits: Commits, file: string): Promise<ChainPoint> {
  const head = await headOf(commits);
  const first = Math.max(0, head.position - TAIL);
  const earlier = first === 0 ? undefined : await commits.findOne({ _id: first }, { projection: { hash: 1 } });
  if (earlier === null) throw new StoreError('STORE_LOG_DAMAGED', { file, position: first, reason: 'it is missing' });
  let before: ChainPoint = { position: first, hash: earlier?.hash.toString('hex') ?? GENESIS_HASH };
  let indexed = true;
  for await (const document of commits.find({ _id: { $gt: first, $lte: head.position } }).sort({ _id: 1 })) {
    const commit = toCommit(document);
    const fault = linkFault(commit, before);
    if (fault !== undefined) throw new StoreError('STORE_LOG_DAMAGED', { file, position: before.position + 1, reason: fault });
    indexed &&= isIndexed(document, commit);
    before = { position: commit.position, hash: commit.hash };
  }
  if (!indexed) await rebuildIndex(commits);
  return before;
}

function isIndexed({ records }: CommitDocument, commit: StoredCommit): boolean {
  const derived = derivedRecords(commit);
  return records.length === derived.length && derived.every(({ frame, ...index }, slot) => {
    const { frame: stored, ...found } = records[slot] as RecordDocument;
    return stored.equals(frame) && JSON.stringify(found) === JSON.stringify(index);
  });
}

function derivedRecords(commit: StoredCommit): RecordDocument[] {
  const body = Buffer.from(commit.body.buffer, commit.body.byteOffset, commit.body.byteLength);
  const places = frames(commit.body, commit.position).map(({ offset, length }) => body.subarray(offset, offset + length));
  return commit.records.map((record, slot) => toRecordDocument(record, places[slot] as Buffer));
}

/** Writes the index of every commit again from its frames, which stay as they are. */
async function rebuildIndex(commits: Commits): Promise<void> {
  for await (const document of commits.find().sort({ _id: 1 })) {
    const commit = toCommit(document);
    if (!isIndexed(document, commit)) await commits.updateOne({ _id: document._id }, { $set: { records: derivedRecords(commit) } });
  }
}
