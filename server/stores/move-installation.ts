/** Moving an installation from one kind of store to another: bytes as they are, checked by the chain and row by row. */
import { GENESIS_HASH, linkFault } from './commit.ts';
import { StoreError } from './errors.ts';
import type { RawInstallation } from './raw-installation.ts';
import { installationKey, unwrap } from './sqlite/installation-key.ts';
import { PROOF } from './vault-keys.ts';

/** What was moved. `position` and `hash`: the head of the log, the same on both sides. */
export interface Migrated {
  readonly position: number;
  readonly hash: string;
  readonly blobs: number;
  readonly secrets: number;
  readonly entries: number;
  /** Commits that an earlier, interrupted move had brought. */
  readonly resumedAt: number;
}

export type OnMoved = (what: string, done: number, of: number) => void;

/**
 * Copies everything and compares it. What an interrupted move of the same log brought is kept; the source is not changed. Rejects with
 * STORE_MIGRATION_SOURCE, STORE_MIGRATION_TARGET, STORE_MIGRATION_DIFFERS.
 */
export async function moveInstallation(source: RawInstallation, target: RawInstallation, tell: OnMoved = () => undefined): Promise<Migrated> {
  const head = await source.head();
  const first = await source.hashAt(1);
  if (first === undefined) throw new StoreError('STORE_MIGRATION_SOURCE', { place: source.name });
  const resumedAt = await beginning(source, target, first);
  await target.begin(first);
  for await (const page of source.commits(resumedAt)) {
    await target.append(page);
    tell('commits', page.at(-1)?.position ?? 0, head.position);
  }
  const secrets = await source.vault();
  await target.replaceVault(secrets);
  const entries = await source.desk();
  await target.replaceDesk(entries);
  for (const id of await source.parts.ids()) {
    await target.parts.remove(id);
    await copyParts(id, source, target);
  }
  for (const each of await source.heads.all()) if (!await target.heads.has(each.name)) await target.heads.put(each);
  const blobs = await copyBlobs(source, target, tell);
  await check(source, target, tell);
  return { ...head, blobs, secrets: secrets.length, entries: entries.length, resumedAt };
}

/**
 * Whether a key opens the vault that is to be moved, before anything is: without it the folder at the end would be of no use to anybody. Rejects with
 * STORE_MIGRATION_SOURCE, STORE_KEY_MISSING, STORE_KEY_INVALID, STORE_KEY_WRONG.
 */
export async function requireKey(source: RawInstallation, keyFile: string): Promise<void> {
  if (await source.hashAt(1) === undefined) throw new StoreError('STORE_MIGRATION_SOURCE', { place: source.name });
  const key = await installationKey(keyFile, false);
  const proof = (await source.vault()).find(({ kind }) => kind === 'proof')?.wrapped;
  if (proof !== undefined && proof !== null && unwrap(key, PROOF, proof) === undefined) throw new StoreError('STORE_KEY_WRONG', { file: keyFile });
}

/** How many commits an interrupted move of the same log has brought; anything else in the target is refused. */
async function beginning(source: RawInstallation, target: RawInstallation, first: string): Promise<number> {
  const there = await target.head();
  const begun = await target.unfinished();
  const isEmpty = there.position === 0 && (await target.vault()).length === 0 && (await target.desk()).length === 0;
  if (begun === undefined && !isEmpty) throw new StoreError('STORE_MIGRATION_TARGET', { place: target.name, found: `an installation with ${String(there.position)} commits` });
  if (begun !== undefined && begun !== first) throw new StoreError('STORE_MIGRATION_TARGET', { place: target.name, found: 'a part of another installation' });
  if (there.position > 0 && await source.hashAt(there.position) !== there.hash) throw new StoreError('STORE_MIGRATION_TARGET', { place: target.name, found: 'commits that the source does not have' });
  return there.position;
}

const PART = 8 * 1_048_576;

async function copyParts(id: string, source: RawInstallation, target: RawInstallation): Promise<void> {
  const content = await source.parts.read(id);
  for (let at = 0; at < content.byteLength; at += PART) await target.parts.write(id, at, content.subarray(at, at + PART));
}

async function copyBlobs(source: RawInstallation, target: RawInstallation, tell: OnMoved): Promise<number> {
  const names: string[] = [];
  for await (const name of source.blobs.list('9999-12-31T23:59:59.999Z')) names.push(name);
  for (const [index, name] of names.entries()) {
    tell('blobs', index, names.length);
    if (await target.blobs.has(name)) continue;
    const content = await source.blobs.get(name);
    if (content !== undefined) await target.blobs.put(content);
  }
  return names.length;
}

/** The target read again from the beginning: every hash made new, every row and document compared. */
async function check(source: RawInstallation, target: RawInstallation, tell: OnMoved): Promise<void> {
  const wrong = (what: string): StoreError => new StoreError('STORE_MIGRATION_DIFFERS', { place: target.name, what });
  let before = { position: 0, hash: GENESIS_HASH };
  const head = await source.head();
  for await (const page of target.commits(0)) {
    for (const commit of page) {
      const fault = linkFault(commit, before);
      if (fault !== undefined) throw wrong(`commit ${String(commit.position)}: ${fault}`);
      before = { position: commit.position, hash: commit.hash };
    }
    tell('commits checked', before.position, head.position);
  }
  if (before.position !== head.position || before.hash !== head.hash) throw wrong(`the log ends at ${String(before.position)} with ${before.hash}, but the source at ${String(head.position)} with ${head.hash}`);
  const sorted = (rows: readonly { readonly kind: string; readonly id: string; readonly wrapped: Buffer | null }[]): string => rows.map(({ kind, id, wrapped }) => `${kind} ${id} ${wrapped?.toString('hex') ?? ''}`).sort().join('\n');
  if (sorted(await source.vault()) !== sorted(await target.vault())) throw wrong('the vault');
  if (JSON.stringify(await source.desk()) !== JSON.stringify(await target.desk())) throw wrong('the desk store');
  for await (const name of source.blobs.list('9999-12-31T23:59:59.999Z')) if (await target.blobs.get(name) === undefined) throw wrong(`blob ${name}`);
}
