/** The composition root of what is done with an installation without a server: `piton audit`, `backup`, `restore`, `doctor`. Names the embedded adapters. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readConfig } from './config.ts';
import { lookAtAnchoring } from './audit/anchor-notes.ts';
import { checkSegments } from './audit/checking.ts';
import type { HeadOfSegments, SegmentFault } from './audit/checking.ts';
import { AuditError } from './audit/errors.ts';
import { headsOfFolder } from './audit/index.ts';
import type { Head } from './audit/index.ts';
import { proveCase, verifyCaseProof } from './audit/proof.ts';
import type { ProofVerification } from './audit/proof.ts';
import { sealSegments } from './audit/sealing.ts';
import type { Sealing, SealingNeeds } from './audit/sealing.ts';
import { checkSharedLog, looksAtCluster, refuseFolderCopy, sealedHeads } from './compose/cluster-maintenance.ts';
import type { Cluster } from './compose/cluster-maintenance.ts';
import { withLog, withWritableLog } from './compose/log-access.ts';
import type { SealedHead } from './ports/head-book.ts';
import type { Verifier } from './ports/signing.ts';
import { createVerifier, ROOT_FILE } from './signing/verifier.ts';
import { openFileBlobStore } from './stores/blobs/file-blob-store.ts';
import type { ChainPoint } from './stores/commit.ts';
import { StoreError } from './stores/errors.ts';
import { backUp, restore } from './stores/sqlite/backup.ts';
import { BLOBS, checkLog, checkPages, DESK_FILE, isInUse } from './stores/sqlite/data-folder.ts';
import type { OnProgress } from './stores/sqlite/data-folder.ts';
import { openSqliteDeskStore } from './stores/sqlite/desk-store.ts';
import { LOG_FILE } from './stores/sqlite/event-store.ts';
import { openSqliteVault, VAULT_FILE } from './stores/sqlite/vault.ts';
import { systemClock } from './system.ts';

export { backUp, restore };
export type { ChainPoint };

/** The chain of a log, the heads that were sealed beside it, heads that were kept elsewhere, and the segments of closed cases. */
export interface Audit {
  readonly valid: boolean;
  readonly position: number;
  readonly hash?: string;
  readonly records: number;
  /** Days whose sealed head holds and lies in the chain. */
  readonly sealedHeads: number;
  /** Of the chain. */
  readonly reason?: string;
  readonly segments: number;
  /** Closed cases in them. */
  readonly sealedCases: number;
  /** What of the segments does not fit. */
  readonly faults: readonly SegmentFault[];
}

/** How far which part is. */
export type OnAudit = Readonly<Record<'chain' | 'segments', OnProgress>>;

/** `kept`: heads from elsewhere. A head whose seal does not hold, or that the chain does not contain, makes the answer no. */
export async function audit(folder: string, kept: readonly ChainPoint[], onProgress?: OnAudit, cluster?: Cluster): Promise<Audit> {
  const heads = await sealedHeads(folder, cluster);
  const points: ChainPoint[] = [...kept];
  const named: HeadOfSegments[] = [];
  if (heads.length > 0) {
    const verifier = await verifierOf(folder);
    for (const { name, content, signature } of heads) {
      const { valid, problems } = await verifier.verifyDetached(content, signature);
      if (!valid) return { valid: false, position: 0, records: 0, sealedHeads: 0, segments: 0, sealedCases: 0, faults: [], reason: `the seal of the head of ${name} does not hold: ${problems.join('; ')}` };
      const head = JSON.parse(Buffer.from(content).toString('utf8')) as Head;
      points.push(head);
      named.push({ ...head, name });
    }
  }
  const chain = cluster === undefined ? checkLog(folder, points, onProgress?.chain) : await checkSharedLog(cluster, points, onProgress?.chain);
  // Also where the chain is broken: a segment tells which case it is.
  const { segments, streams, faults } = await withLog(folder, cluster, (log) => checkSegments({ log, heads: named, ...(onProgress && { onProgress: onProgress.segments }) }));
  return { ...chain, valid: chain.valid && faults.length === 0, sealedHeads: chain.valid ? heads.length : 0, segments, sealedCases: streams, faults };
}

/** Throws AUDIT_ROOT_MISSING. */
async function verifierOf(folder: string): Promise<Verifier> {
  const file = join(folder, ROOT_FILE);
  if (!existsSync(file)) throw new AuditError('AUDIT_ROOT_MISSING', { file });
  return createVerifier([await readFile(file, 'utf8')], systemClock);
}

/** Seals what is closed, without rests. Rejects with what the store says: STORE_FOLDER_IN_USE while a server works on the folder. */
export async function sealClosedCases(folder: string, onSealed: SealingNeeds['onSealed'], cluster?: Cluster): Promise<Sealing> {
  // Opened for writing, a log that is not there would be made.
  await withLog(folder, cluster, (log) => log.head());
  return withWritableLog(folder, cluster, (store) => sealSegments({ store, clock: systemClock, ...(onSealed && { onSealed }) }));
}

/** The proof of one case, checked once before it is given away. Rejects with an AuditError, and with what the store says. */
export async function prove(folder: string, stream: string, cluster?: Cluster): Promise<{ readonly content: Buffer; readonly verification: ProofVerification }> {
  const heads = await sealedHeads(folder, cluster);
  const proof = await withLog(folder, cluster, (log) => proveCase(log, heads, stream));
  const content = Buffer.from(`${JSON.stringify(proof)}\n`);
  return { content, verification: await verifyCaseProof(content, await verifierOf(folder)) };
}

/** The sealed heads from a day on (`2026-11-22`), the oldest first. Rejects with STORE_INSTALLATION_MISSING where no log lies beside them. */
export async function headsSince(folder: string, day: string, cluster?: Cluster): Promise<readonly SealedHead[]> {
  await withLog(folder, cluster, (log) => log.head());
  return (await sealedHeads(folder, cluster)).filter(({ name }) => name >= day);
}

/** The data folder of the configuration, or the one that was named. */
export function dataFolder(named: string | undefined): string {
  return resolve(named ?? readConfig().data);
}

/** Where the installation of the configuration lives if it is one of many nodes; undefined where a folder was named. */
export function clusterOf(named: string | undefined): Cluster | undefined {
  return named === undefined ? readConfig().cluster : undefined;
}

/** Refuses what copies folders where there is a database. Throws STORE_CLUSTER_BACKUP. */
export function requireFolder(cluster: Cluster | undefined): void {
  if (cluster !== undefined) refuseFolderCopy(cluster);
}

/** One look of the doctor. `bad`: Piton will not work well; `note`: good to know. */
export interface Finding {
  readonly name: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly says: string;
}

const ENOUGH_BYTES = 1024 ** 3;
const FSYNCS = 20;
const SLOW_FSYNC_MS = 20;

/** Looks at runtime, disk, data folder, log, vault and renderer; of one of many nodes at what they share. Nothing is changed. */
export async function examine(folder: string, cluster?: Cluster): Promise<readonly Finding[]> {
  const looks: (readonly [string, () => Finding['says'] | Finding | Promise<string | Finding>])[] = [
    ['runtime', () => `Node ${process.versions.node} on ${process.platform} ${process.arch}`],
    ['disk', () => disk(folder)],
    ['fsync', () => fsync(folder)],
    ['folder', () => (existsSync(folder) ? `${folder}, ${isInUse(folder) ? 'a server works on it' : 'no server works on it'}` : note('folder', `${folder} is not there yet; the first start makes it`))],
    ...(cluster === undefined ? [['log', () => log(folder)], ['vault', () => vault(folder)], ['desk', () => desk(folder)], ['blobs', () => blobs(folder)], ['anchoring', () => anchoring(folder)]] as const : looksAtCluster(cluster)),
    ['documents', () => renderer()],
  ];
  const found: Finding[] = [];
  for (const [name, look] of looks) {
    try {
      const says = await look();
      found.push(typeof says === 'string' ? { name, state: 'good', says } : says);
    } catch (error) {
      const { code, message, hint } = error as { readonly code?: string; readonly message: string; readonly hint?: string };
      found.push({ name, state: 'bad', says: `${code === undefined || message.startsWith(code) ? '' : `${code}: `}${message}${hint === undefined ? '' : `. ${hint}`}` });
    }
  }
  return found;
}

function note(name: string, says: string): Finding {
  return { name, state: 'note', says };
}

async function disk(folder: string): Promise<string | Finding> {
  const { bavail, bsize } = await statfs(existsSync(folder) ? folder : '.');
  const free = bavail * bsize;
  const says = `${(free / 1024 ** 3).toFixed(1)} GiB free`;
  return free < ENOUGH_BYTES ? { name: 'disk', state: 'bad', says: `${says}; free at least 1 GiB: a full disk stops every command` } : says;
}

/** How long one durable write takes: it bounds how fast a single officer is answered. */
async function fsync(folder: string): Promise<string | Finding> {
  const file = join(existsSync(folder) ? folder : '.', `.doctor-${randomBytes(4).toString('hex')}`);
  const handle = await open(file, 'wx');
  try {
    const times: number[] = [];
    for (let count = 0; count < FSYNCS; count += 1) {
      const from = performance.now();
      await handle.write(Buffer.alloc(1_024, count));
      await handle.datasync();
      times.push(performance.now() - from);
    }
    const median = times.sort((left, right) => left - right)[FSYNCS / 2] ?? 0;
    const says = `${median.toFixed(1)} ms for a durable write`;
    return median > SLOW_FSYNC_MS ? note('fsync', `${says}; a disk of its own (SSD) answers ten times faster`) : says;
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
}

function log(folder: string): string | Finding {
  if (!existsSync(join(folder, LOG_FILE))) {
    if (existsSync(join(folder, VAULT_FILE))) throw new StoreError('STORE_LOG_MISSING', { file: join(folder, VAULT_FILE) });
    return note('log', 'there is none yet');
  }
  const checked = checkLog(folder);
  if (!checked.valid) throw new StoreError('STORE_LOG_DAMAGED', { file: join(folder, LOG_FILE), position: checked.position, reason: checked.reason });
  return `${String(checked.position)} commits with ${String(checked.records)} records, the chain is whole, head ${checked.hash.slice(0, 16)}…`;
}

async function vault(folder: string): Promise<string | Finding> {
  const file = join(folder, VAULT_FILE);
  if (!existsSync(file)) {
    // A log without commits has not needed one yet.
    if (existsSync(join(folder, LOG_FILE)) && checkLog(folder).position > 0) throw new StoreError('STORE_VAULT_MISSING', { file });
    return note('vault', 'there is none yet');
  }
  checkPages(file);
  await (await openSqliteVault({ folder, logIsEmpty: false })).close();
  return 'every page is whole, and it opens with the installation key';
}

function desk(folder: string): string | Finding {
  const file = join(folder, DESK_FILE);
  if (!existsSync(file)) return note('desk', 'there is none; the next start makes one, without sessions, drafts and notices');
  checkPages(file);
  return 'every page is whole';
}

/** Reads so many documents at most: a folder of years would take hours. */
const BLOBS_READ = 1_000;

async function blobs(folder: string): Promise<string | Finding> {
  const place = join(folder, BLOBS);
  if (!existsSync(place)) {
    if (existsSync(join(folder, LOG_FILE))) return { name: 'blobs', state: 'bad', says: `Expected the documents of this installation in ${place}, but there is no such folder. Put it back from the last backup: the log names what lay in it` };
    return note('blobs', 'there are none yet');
  }
  const store = await openFileBlobStore(place, { readOnly: true });
  let count = 0;
  try {
    for await (const name of store.list('9999-12-31T23:59:59.999Z')) if ((count += 1) <= BLOBS_READ) await store.get(name);
  } finally {
    await store.close();
  }
  return `${String(count)} documents, ${count > BLOBS_READ ? `${String(BLOBS_READ)} of them read and` : 'each'} as it was written`;
}

async function anchoring(folder: string): Promise<string | Finding> {
  const file = join(folder, DESK_FILE);
  if (!existsSync(file)) return note('anchoring', 'there is no desk store yet');
  const notes = openSqliteDeskStore(file);
  try {
    return { name: 'anchoring', ...await lookAtAnchoring(headsOfFolder(folder), notes, systemClock.now()) };
  } finally {
    await notes.close();
  }
}

/** Documents are rendered by a native program that exists for Linux on x64 only. */
function renderer(): string | Finding {
  const require = createRequire(import.meta.url);
  for (const name of ['gnu', 'musl']) {
    try {
      require.resolve(`@myriaddreamin/typst-ts-node-compiler-linux-x64-${name}`);
      return 'the renderer for PDF/A is there';
    } catch {
      // Looked for under its other name, then told as missing.
    }
  }
  return { name: 'documents', state: 'bad', says: 'the renderer for PDF/A is missing: it exists for Linux on x64 only, and npm installs it as an optional package' };
}
