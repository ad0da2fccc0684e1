/** The commit of the event log as bytes: frame, hash and chain, exactly as docs/log-format.md describes them to outsiders. */
import { createHash } from 'node:crypto';
import { COMMIT_BYTES } from '../ports/event-store.ts';
import type { Commit, NewRecord, RecordActor, StoredRecord } from '../ports/event-store.ts';
import { StoreError } from './errors.ts';

/** prevHash of the first commit: SHA-256 of the ASCII text `piton log 1`, so that the chain names its own format. */
export const GENESIS_HASH = createHash('sha256').update('piton log 1').digest('hex');

/** The two u32 lengths of a record. */
export const FRAME_OVERHEAD = 8;

/** Where `at` stands in the bytes of a header, so that the writer can correct it without encoding again. */
export const AT_OFFSET = '{"at":"'.length;
export const AT_LENGTH = '2026-01-05T09:00:00.000Z'.length;

interface Header {
  readonly at: string;
  readonly stream: string;
  readonly version: number;
  readonly commandType: string;
  readonly idempotencyKey?: string;
  readonly requestHash?: string;
  readonly actor: RecordActor;
  readonly causation?: string;
  readonly keyId?: string;
}

/** A record ready to be framed. `atMs`: Unix time in milliseconds; `size`: bytes of its frame. */
export interface EncodedRecord {
  readonly header: string;
  readonly headerSize: number;
  readonly atMs: number;
  readonly size: number;
}

const REQUEST_HASH = /^[0-9a-f]{64}$/;

/** Header text and sizes of a record. Throws STORE_RECORD_INVALID or STORE_RECORD_TOO_LARGE. */
export function encodeRecord(record: NewRecord): EncodedRecord {
  const { stream, expectedVersion, idempotencyKey, requestHash } = record;
  if (typeof stream !== 'string' || stream === '') throw invalid('stream', 'a text', stream);
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) throw invalid('expectedVersion', 'a whole number from 0', expectedVersion);
  if (idempotencyKey !== undefined && (requestHash === undefined || !REQUEST_HASH.test(requestHash))) {
    throw invalid('requestHash', 'a SHA-256 in lower-case hex, because there is an idempotencyKey', requestHash);
  }
  const atMs = millisecondsOf(record.at);
  if (Number.isNaN(atMs) || !record.at.endsWith('Z')) throw invalid('at', 'an ISO 8601 UTC instant', record.at);
  const header = JSON.stringify({
    at: record.at.length === AT_LENGTH ? record.at : instant(atMs),
    stream,
    version: expectedVersion + 1,
    commandType: record.commandType,
    idempotencyKey,
    requestHash: idempotencyKey === undefined ? undefined : requestHash,
    actor: record.actor,
    causation: record.causation,
    keyId: record.keyId,
  });
  const headerSize = Buffer.byteLength(header);
  const size = FRAME_OVERHEAD + headerSize + record.events.byteLength;
  if (size > COMMIT_BYTES) throw new StoreError('STORE_RECORD_TOO_LARGE', { limit: COMMIT_BYTES, size });
  return { header, headerSize, atMs, size };
}

let lastAt = '';
let lastMs = Number.NaN;

/** Records of one batch share their instant. */
function millisecondsOf(at: string): number {
  if (at !== lastAt) {
    lastMs = Date.parse(at);
    lastAt = at;
  }
  return lastMs;
}

function invalid(field: string, expected: string, found: unknown): StoreError {
  return new StoreError('STORE_RECORD_INVALID', { field, expected, found: found === undefined ? 'missing' : JSON.stringify(found) });
}

/** Unix milliseconds as the 24 characters stored in headers. */
export function instant(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes one frame at `offset` and answers the offset behind it. */
export function writeFrame(target: Buffer, offset: number, encoded: EncodedRecord, events: Uint8Array): number {
  target.writeUInt32BE(encoded.headerSize, offset);
  target.write(encoded.header, offset + 4, 'utf8');
  const at = offset + 4 + encoded.headerSize;
  target.writeUInt32BE(events.byteLength, at);
  target.set(events, at + 4);
  return at + 4 + events.byteLength;
}

/** Offset and length of every frame of a body. Throws STORE_FRAME_INVALID. */
export function frames(body: Uint8Array, position: number): { readonly offset: number; readonly length: number }[] {
  const found: { offset: number; length: number }[] = [];
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  for (let offset = 0; offset < bytes.length; ) {
    const length = frameLength(bytes, offset, position);
    found.push({ offset, length });
    offset += length;
  }
  return found;
}

/** The bytes of one record of a body. Throws STORE_FRAME_INVALID. */
export function frameAt(body: Uint8Array, position: number, index: number): Uint8Array {
  const place = frames(body, position)[index];
  if (place === undefined) throw new StoreError('STORE_FRAME_INVALID', { position, reason: `it has no record ${String(index + 1)}` });
  return body.subarray(place.offset, place.offset + place.length);
}

function frameLength(bytes: Buffer, offset: number, position: number): number {
  const broken = (): StoreError => new StoreError('STORE_FRAME_INVALID', { position, reason: `it breaks off in the record at byte ${String(offset)}` });
  if (offset + 4 > bytes.length) throw broken();
  const events = offset + 4 + bytes.readUInt32BE(offset);
  if (events + 4 > bytes.length) throw broken();
  const end = events + 4 + bytes.readUInt32BE(events);
  if (end > bytes.length) throw broken();
  return end - offset;
}

/** The record in the frame at the start of `frame`. */
export function decodeFrame(frame: Uint8Array, position: number, index: number): StoredRecord {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
  const headerEnd = 4 + bytes.readUInt32BE(0);
  const header = parseHeader(bytes.toString('utf8', 4, headerEnd), position);
  return { ...header, position, index, events: frame.subarray(headerEnd + 4, headerEnd + 4 + bytes.readUInt32BE(headerEnd)) };
}

function parseHeader(text: string, position: number): Header {
  try {
    return JSON.parse(text) as Header;
  } catch (error) {
    throw new StoreError('STORE_FRAME_INVALID', { position, reason: 'a header is not JSON' }, { cause: error });
  }
}

export function decodeBody(body: Uint8Array, position: number): StoredRecord[] {
  return frames(body, position).map((frame, index) => decodeFrame(body.subarray(frame.offset, frame.offset + frame.length), position, index));
}

/** SHA-256 over prevHash (32 bytes), position (u64 big-endian), uuid (16 bytes) and body. */
export function hashCommit(prevHash: Uint8Array, position: number, uuid: Uint8Array, body: Uint8Array): Buffer {
  const prefix = Buffer.alloc(56);
  prefix.set(prevHash, 0);
  prefix.writeBigUInt64BE(BigInt(position), 32);
  prefix.set(uuid, 40);
  return createHash('sha256').update(prefix).update(body).digest();
}

export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A commit as read from a store; its records are decoded when somebody first asks for them. */
export class StoredCommit implements Commit {
  readonly position: number;
  readonly uuid: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly body: Uint8Array;
  #records: readonly StoredRecord[] | undefined;

  constructor(position: number, uuid: string, prevHash: string, hash: string, body: Uint8Array, records?: readonly StoredRecord[]) {
    this.position = position;
    this.uuid = uuid;
    this.prevHash = prevHash;
    this.hash = hash;
    this.body = body;
    this.#records = records;
  }

  get records(): readonly StoredRecord[] {
    this.#records ??= decodeBody(this.body, this.position);
    return this.#records;
  }
}

export interface ChainPoint {
  readonly position: number;
  readonly hash: string;
}

export type ChainVerdict =
  | { readonly valid: true; readonly position: number; readonly hash: string }
  | { readonly valid: false; readonly position: number; readonly reason: string };

/** Checks that `commits` follow `from` (default: the beginning) without gap, exchange or change. */
export async function verifyChain(commits: Iterable<Omit<Commit, 'records'>> | AsyncIterable<Omit<Commit, 'records'>>, from: ChainPoint = { position: 0, hash: GENESIS_HASH }): Promise<ChainVerdict> {
  let { position, hash } = from;
  for await (const commit of commits) {
    const reason = linkFault(commit, { position, hash });
    if (reason !== undefined) return { valid: false, position: position + 1, reason };
    ({ position, hash } = commit);
  }
  return { valid: true, position, hash };
}

/** Why `commit` cannot follow `before`; undefined when it does. */
export function linkFault(commit: Omit<Commit, 'records'>, before: ChainPoint): string | undefined {
  if (commit.position !== before.position + 1) return `the next commit found is number ${String(commit.position)}`;
  if (commit.prevHash !== before.hash) return 'it does not name the hash of the commit before it';
  const hash = hashCommit(Buffer.from(commit.prevHash, 'hex'), commit.position, uuidBytes(commit.uuid), commit.body).toString('hex');
  return hash === commit.hash ? undefined : 'its bytes do not have the hash it was stored with';
}

/** Heads that were kept elsewhere: each must be met, also where several were kept of one commit. */
export interface KeptHeads {
  /** Why `commit` cannot be the one whose head was kept. */
  fault(commit: ChainPoint): string | undefined;
  /** After all commits: why the log ends too early. */
  missing(): string | undefined;
}

/** To be shown every commit of a log. */
export function keptHeads(points: readonly ChainPoint[]): KeptHeads {
  const wanted = new Map<number, string[]>();
  for (const { position, hash } of points) wanted.set(position, [...wanted.get(position) ?? [], hash]);
  return {
    fault: ({ position, hash }) => {
      const other = wanted.get(position)?.find((kept) => kept !== hash);
      wanted.delete(position);
      return other === undefined ? undefined : `its hash is ${hash}, but the head that was kept says ${other}`;
    },
    missing: () => {
      const [position] = wanted.keys();
      return position === undefined ? undefined : `the log ends here, but a head of commit ${String(position)} was kept: the end was cut off`;
    },
  };
}
