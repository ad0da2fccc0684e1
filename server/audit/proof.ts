/**
 * The proof of one closed case: its records, the path of hashes from them to the root of their segment, from there to the root over all segments, and the
 * sealed head that holds it. It is checked without the log, without the other cases and without the keys: leaves cover what is stored, the ciphertext.
 */
import type { SealedHead } from '../ports/head-book.ts';
import type { LogReading, StoredFrame } from '../ports/event-store.ts';
import type { Verification, Verifier } from '../ports/signing.ts';
import { AuditError } from './errors.ts';
import type { AuditCode } from './errors.ts';
import type { Head } from './index.ts';
import { leafHash, pathTo, rootOf, rootOfPath } from './merkle.ts';
import { CaseLeaf, CasesSeen, closes, lastNumber, leafOf, listedLeaves, parseSegment, readSegment, readStretch } from './segments.ts';
import type { Member, Segment } from './segments.ts';
import { bufferOf, isIllegible, readFrame } from './stored-bytes.ts';
import type { FrameContent } from './stored-bytes.ts';

/** The file: JSON. Bytes in base64, hashes in hex. */
export interface CaseProof {
  readonly format: typeof PROOF_FORMAT;
  readonly case: string;
  /** Of its records 1, 2, 3 ... as they are stored. */
  readonly frames: readonly string[];
  /** Its place among the leaves of its segment, from 0, and the hashes to their root. */
  readonly index: number;
  readonly path: readonly string[];
  /** Record 1 of `segment/<number>` as it is stored, and the hashes from it to the root over all segments in the head. */
  readonly segment: { readonly number: number; readonly frame: string; readonly path: readonly string[] };
  readonly head: { readonly name: string; readonly content: string; readonly signature: string };
}

/** What a proof proves. Times are ISO 8601 UTC instants. */
export interface Proven {
  readonly case: string;
  readonly records: readonly { readonly version: number; readonly at: string; readonly commandType: string }[];
  readonly segment: number;
  readonly head: Pick<Head, 'position' | 'hash' | 'at' | 'agency'>;
}

/** `proven`: absent where the file cannot be read at all. */
export interface ProofVerification extends Verification {
  readonly proven?: Proven;
}

export const PROOF_FORMAT = 'piton case proof 1';
const FRAMES_AT_ONCE = 50;

/** Rejects with AUDIT_CASE_UNKNOWN, AUDIT_CASE_NOT_SEALED, AUDIT_HEAD_MISSING, AUDIT_SEGMENT_UNREADABLE or AUDIT_SEGMENT_DIFFERS. Of a case that was opened again after it was sealed: what it was when it was sealed last. */
export async function proveCase(log: LogReading, heads: readonly SealedHead[], stream: string): Promise<CaseProof> {
  const frames = await allFrames(log, stream);
  if (frames.length === 0) throw new AuditError('AUDIT_CASE_UNKNOWN', { stream });
  const { segment, version } = await segmentOf(log, stream, frames);
  const { index, path } = await placeOf(log, segment, { stream, version });
  const head = firstHeadBehind(segment, heads);
  const segments: Buffer[] = [];
  for (let number = 1; number <= head.count; number += 1) segments.push(leafHash((await mustRead(log, number)).frame));
  return {
    format: PROOF_FORMAT, case: stream, frames: frames.slice(0, version).map(({ frame }) => base64(frame)), index, path,
    segment: { number: segment.number, frame: base64(segment.frame), path: hexes(pathTo(segment.number - 1, segments)) },
    head: { name: head.sealed.name, content: base64(head.sealed.content), signature: base64(head.sealed.signature) },
  };
}

async function allFrames(log: LogReading, stream: string): Promise<StoredFrame[]> {
  const frames: StoredFrame[] = [];
  for (;;) {
    const page = await log.frames(stream, frames.length, FRAMES_AT_ONCE);
    frames.push(...page);
    if (page.length < FRAMES_AT_ONCE) return frames;
  }
}

/** The last segment that holds the case, and up to which version: nothing may have followed before the segment ends. */
async function segmentOf(log: LogReading, stream: string, frames: readonly StoredFrame[]): Promise<{ readonly segment: Segment; readonly version: number }> {
  const last = await lastNumber(log);
  for (let version = frames.length; version > 0; version -= 1) {
    const { position, frame } = frames[version - 1] as StoredFrame;
    if (!isClosing(frame)) continue;
    const segment = await segmentAt(log, last, position);
    const next = frames[version]?.position ?? Infinity;
    if (segment !== undefined && next > segment.sealed.through) return { segment, version };
  }
  throw new AuditError('AUDIT_CASE_NOT_SEALED', { stream, reason: !isClosing((frames.at(-1) as StoredFrame).frame) ? 'it is not closed' : 'it was closed after the last segment' });
}

/** Bytes that cannot be read close nothing. */
function isClosing(frame: Uint8Array): boolean {
  try {
    return closes(readFrame(frame).events);
  } catch (error) {
    if (isIllegible(error)) return false;
    throw error;
  }
}

/** The segment that covers a commit, by halving: they follow one another without gaps. */
async function segmentAt(log: LogReading, last: number, position: number): Promise<Segment | undefined> {
  let [low, high] = [1, last];
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const segment = await mustRead(log, middle);
    if (position < segment.sealed.from) high = middle - 1;
    else if (position > segment.sealed.through) low = middle + 1;
    else return segment;
  }
  return undefined;
}

async function mustRead(log: LogReading, number: number): Promise<Segment> {
  const segment = await readSegment(log, number);
  if (segment === undefined) throw new AuditError('AUDIT_SEGMENT_UNREADABLE', { segment: String(number) });
  return segment;
}

/** Where the case stands among the leaves of its segment. Leaves that are not listed are computed again. */
async function placeOf(log: LogReading, segment: Segment, member: Member): Promise<{ readonly index: number; readonly path: readonly string[] }> {
  const { sealed, number } = segment;
  const leaf = await leafOf(log, member, atOnce);
  const leaves = await listedLeaves(log, segment) ?? await leavesAgain(log, segment);
  const index = leaves.findIndex((each) => each.equals(leaf));
  if (index < 0 || rootOf(leaves).toString('hex') !== sealed.root) throw new AuditError('AUDIT_SEGMENT_DIFFERS', { segment: String(number) });
  return { index, path: hexes(pathTo(index, leaves)) };
}

async function leavesAgain(log: LogReading, { sealed: { from, through } }: Segment): Promise<Buffer[]> {
  const seen = new CasesSeen();
  await readStretch(log, from - 1, through, atOnce, (records) => { for (const record of records) seen.see(record); return false; });
  const leaves: Buffer[] = [];
  for (const member of seen.members()) leaves.push(await leafOf(log, member, atOnce));
  return leaves;
}

/** The oldest one: it proves the earliest time. */
function firstHeadBehind({ number }: Segment, heads: readonly SealedHead[]): { readonly sealed: SealedHead; readonly count: number } {
  for (const sealed of heads) {
    const { segments } = JSON.parse(bufferOf(sealed.content).toString('utf8')) as Head;
    if (segments !== undefined && segments.count >= number) return { sealed, count: segments.count };
  }
  throw new AuditError('AUDIT_HEAD_MISSING', { segment: String(number) });
}

/** Whether a file looks like the proof of a case. */
export function isCaseProof(bytes: Uint8Array): boolean {
  return bufferOf(bytes).subarray(0, 200).toString('latin1').includes('"piton case proof ');
}

/** Works offline; never rejects for what is wrong with the bytes. */
export async function verifyCaseProof(bytes: Uint8Array, verifier: Pick<Verifier, 'verifyDetached'>): Promise<ProofVerification> {
  let proof: CaseProof;
  try {
    proof = readProof(bytes);
  } catch (error) {
    return refused(error);
  }
  const head = { content: bytesOf(proof.head.content), signature: bytesOf(proof.head.signature) };
  const seal = await verifier.verifyDetached(head.content, head.signature);
  try {
    const proven = follow(proof, head.content);
    return { ...seal, proven };
  } catch (error) {
    return { ...refused(error), signatures: seal.signatures };
  }
}

function refused(error: unknown): ProofVerification {
  if (!(error instanceof AuditError)) throw error;
  return { valid: false, changed: true, signatures: [], problems: [`${error.code}: ${error.message}`] };
}

/** From the records to the head, step by step. Throws AUDIT_PROOF_RECORDS, AUDIT_PROOF_ROOT or AUDIT_PROOF_HEAD. */
function follow(proof: CaseProof, headContent: Uint8Array): Proven {
  const { case: stream, index, path, segment: { number } } = proof;
  const records = recordsOf(proof);
  const leaf = new CaseLeaf(stream);
  for (const frame of proof.frames) leaf.add(bytesOf(frame));
  const frame = bytesOf(proof.segment.frame);
  const names = { stream, segment: String(number), head: proof.head.name };
  const sealed = soundly('AUDIT_PROOF_ROOT', names, () => parseSegment(frame, number));
  if (rootOfPath(leaf.hash(), index, sealed.streams, path.map(hashOf))?.toString('hex') !== sealed.root) throw new AuditError('AUDIT_PROOF_ROOT', names);
  const { head, count = 0, root } = soundly('AUDIT_PROOF_HEAD', names, () => headOf(headContent));
  if (root === undefined || rootOfPath(leafHash(frame), number - 1, count, proof.segment.path.map(hashOf))?.toString('hex') !== root) throw new AuditError('AUDIT_PROOF_HEAD', names);
  return {
    case: stream, segment: number, head: { position: head.position, hash: head.hash, at: head.at, agency: head.agency },
    records: records.map(({ version, at, commandType }) => ({ version, at, commandType })),
  };
}

function headOf(content: Uint8Array): { readonly head: Head; readonly count?: number; readonly root?: string } {
  const head = JSON.parse(bufferOf(content).toString('utf8')) as Head;
  return { head, ...head.segments };
}

function recordsOf({ case: stream, frames }: CaseProof): FrameContent[] {
  const wrong = (found: string): AuditError => new AuditError('AUDIT_PROOF_RECORDS', { stream, found });
  const records = frames.map((frame, at) => {
    const what = `record ${String(at + 1)}`;
    let record: FrameContent;
    try {
      record = readFrame(bytesOf(frame));
    } catch {
      throw wrong(`${what} cannot be read`);
    }
    if (record.stream !== stream || record.version !== at + 1) throw wrong(`${what} is record ${String(record.version)} of ${record.stream}`);
    return record;
  });
  const last = frames.at(-1);
  if (last === undefined || !isClosing(bytesOf(last))) throw wrong('the last one does not close it');
  return records;
}

/** Throws AUDIT_PROOF_FORM. */
function readProof(bytes: Uint8Array): CaseProof {
  const fail = (found: string): never => { throw new AuditError('AUDIT_PROOF_FORM', { found }); };
  let proof: unknown;
  try {
    proof = JSON.parse(bufferOf(bytes).toString('utf8'));
  } catch {
    return fail('it is not JSON');
  }
  const { format, case: stream, frames, index, path, segment, head } = (proof ?? {}) as Partial<CaseProof>;
  if (format !== PROOF_FORMAT) return fail(`it says ${JSON.stringify(format)}`);
  if (typeof stream !== 'string' || !Number.isSafeInteger(index) || !isTexts(frames) || !isTexts(path)) return fail('the case is not told whole');
  if (!Number.isSafeInteger(segment?.number) || typeof segment?.frame !== 'string' || !isTexts(segment.path)) return fail('the segment is not told whole');
  if (typeof head?.name !== 'string' || typeof head.content !== 'string' || typeof head.signature !== 'string') return fail('the head is not told whole');
  return proof as CaseProof;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** What cannot be read is as wrong as what does not fit. */
function soundly<T>(code: AuditCode, values: Readonly<Record<string, string>>, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuditError || isIllegible(error)) throw new AuditError(code, values);
    throw error;
  }
}

function base64(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('base64');
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

function hashOf(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

function hexes(hashes: readonly Buffer[]): string[] {
  return hashes.map((hash) => hash.toString('hex'));
}

async function atOnce(): Promise<void> {
  // Whoever asks for a proof waits for it.
}
