/**
 * The envelope between agencies: an ASiC-E container with CAdES (EN 319 162-1, 4.4): mimetype, documents, metadata.json, and a
 * manifest of all of them that the sender's seal signs. Opening it checks everything before anything of it is believed.
 */
import type { Sealer, SignatureFinding, SignatureMade, Verifier } from '../ports/signing.ts';
import { EnvelopeError } from './errors.ts';
import { digestOf, readManifest, writeManifest } from './manifest.ts';
import { readMetadata, writeMetadata } from './metadata.ts';
import type { Metadata, SentDocument } from './metadata.ts';
import { LIMITS, pack, unpack } from './zip.ts';
import type { Entry, Limits } from './zip.ts';

export const CONTAINER_TYPE = 'application/vnd.etsi.asic-e+zip';

const MIMETYPE = 'mimetype';
const METADATA = 'metadata.json';
const MANIFEST = 'META-INF/ASiCManifest001.xml';
const SIGNATURE = 'META-INF/signature001.p7s';

export interface Enclosed extends SentDocument {
  readonly content: Uint8Array;
}

/** What the sender says, without what follows from the documents. */
export type Letter = Omit<Metadata, 'profile' | 'documents'>;

export interface SealedEnvelope {
  readonly bytes: Uint8Array;
  readonly seal: SignatureMade;
}

/** The path of document number `index` (from 0): readable, unique, and safe on every system. */
export function pathOf(index: number, fileName: string): string {
  const dot = fileName.lastIndexOf('.');
  const safe = (text: string): string => text.normalize('NFKD').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
  const [name, ending] = dot > 0 ? [safe(fileName.slice(0, dot)), safe(fileName.slice(dot + 1))] : [safe(fileName), ''];
  return `documents/${String(index + 1).padStart(2, '0')}${name === '' ? '' : `-${name.slice(0, 80)}`}${ending === '' ? '' : `.${ending.slice(0, 10).toLowerCase()}`}`;
}

/** Packs and seals. Throws ENVELOPE_TOO_LARGE; rejects as the sealer does. */
export async function sealEnvelope(letter: Letter, documents: readonly Enclosed[], sealer: Pick<Sealer, 'sealDetached'>): Promise<SealedEnvelope> {
  const unpacked = documents.reduce((sum, { content }) => sum + content.length, 0);
  // What nobody would accept is not sent.
  if (unpacked > LIMITS.bytes - 1024 * 1024) throw new EnvelopeError('ENVELOPE_TOO_LARGE', { limit: String(LIMITS.bytes - 1024 * 1024), found: String(unpacked) });
  const metadata = writeMetadata({ profile: 'urn:piton:exchange:1', ...letter, documents: documents.map(({ content: _content, ...described }) => described) });
  const files = [
    ...documents.map(({ path, content, mediaType }) => ({ name: path, content, mediaType })),
    { name: METADATA, content: metadata, mediaType: 'application/json' },
  ];
  const manifest = writeManifest(SIGNATURE, files);
  const { signature, ...seal } = await sealer.sealDetached({ agency: letter.sender.id, content: manifest, at: letter.sentAt });
  const entries: Entry[] = [
    { name: MIMETYPE, content: Buffer.from(CONTAINER_TYPE) }, ...files.map(({ name, content }) => ({ name, content })),
    { name: MANIFEST, content: manifest }, { name: SIGNATURE, content: signature },
  ];
  return { bytes: pack(entries, new Set([MIMETYPE])), seal };
}

export interface OpenedEnvelope {
  readonly metadata: Metadata;
  readonly documents: readonly Enclosed[];
  /** The seal of the sender. */
  readonly seal: SignatureFinding;
}

/**
 * Opens a container and checks form, completeness, digests, seal, and that the seal is of the organisation the letter says it
 * comes from. Who may receive it and whether it came before is for the caller to ask. Throws EnvelopeError.
 */
export async function openEnvelope(bytes: Uint8Array, verifier: Pick<Verifier, 'verifyDetached'>, limits: Limits = LIMITS): Promise<OpenedEnvelope> {
  const [first, ...entries] = unpack(bytes, limits);
  if (first?.name !== MIMETYPE || Buffer.from(bytes.subarray(38, 38 + CONTAINER_TYPE.length)).toString('latin1') !== CONTAINER_TYPE || first.content.length !== CONTAINER_TYPE.length) {
    throw new EnvelopeError('ENVELOPE_NOT_A_CONTAINER', { found: `it does not begin with the media type ${CONTAINER_TYPE}` });
  }
  const files = new Map(entries.map(({ name, content }) => [name, content]));
  const manifest = fileOf(files, MANIFEST);
  const { signature, references } = readManifest(manifest);
  const seal = await sealOf(manifest, fileOf(files, signature), verifier);
  checkFiles(files, signature, references);
  const metadata = readMetadata(fileOf(files, METADATA));
  const documents = enclosedIn(files, metadata);
  const { sender } = metadata;
  if (seal.organisation !== sender.title && seal.organisation !== sender.id) {
    throw new EnvelopeError('ENVELOPE_FOREIGN_SEAL', { sender: sender.title, found: seal.organisation ?? seal.name });
  }
  return { metadata, documents, seal };
}

async function sealOf(manifest: Uint8Array, signature: Uint8Array, verifier: Pick<Verifier, 'verifyDetached'>): Promise<SignatureFinding> {
  const { valid, changed, signatures, problems } = await verifier.verifyDetached(manifest, signature);
  const [seal, ...others] = signatures.filter(({ kind }) => kind !== 'timestamp');
  const found = problems[0] ?? signatures.find(({ problem }) => problem !== undefined)?.problem;
  if (!valid || changed || seal?.valid !== true) throw new EnvelopeError('ENVELOPE_SEAL', { found: found ?? 'it does not hold' });
  if (seal.kind !== 'seal' || others.length > 0) throw new EnvelopeError('ENVELOPE_SEAL', { found: 'it is signed by a person or by several' });
  if (seal.trustedBy === undefined) throw new EnvelopeError('ENVELOPE_SEAL', { found: 'no trusted authority stands behind it' });
  return seal;
}

/** Exactly the files of the manifest, each once, each with its digest. */
function checkFiles(files: ReadonlyMap<string, Uint8Array>, signature: string, references: ReturnType<typeof readManifest>['references']): void {
  const listed = new Set<string>();
  for (const { uri, digest } of references) {
    if (listed.has(uri) || uri.startsWith('META-INF/')) throw new EnvelopeError('ENVELOPE_ENTRY', { entry: JSON.stringify(uri) });
    listed.add(uri);
    if (digestOf(fileOf(files, uri)) !== digest) throw new EnvelopeError('ENVELOPE_DIGEST', { entry: uri });
  }
  const unlisted = [...files.keys()].find((name) => !listed.has(name) && name !== MANIFEST && name !== signature);
  if (unlisted !== undefined) throw new EnvelopeError('ENVELOPE_UNLISTED', { entry: unlisted });
}

function enclosedIn(files: ReadonlyMap<string, Uint8Array>, { documents }: Metadata): Enclosed[] {
  const described = new Set(documents.map(({ path }) => path));
  const other = [...files.keys()].find((name) => name !== METADATA && !name.startsWith('META-INF/') && !described.has(name));
  if (other !== undefined || described.size !== documents.length) throw new EnvelopeError('ENVELOPE_METADATA', { found: other === undefined ? 'it describes a file twice' : `it does not describe ${other}` });
  return documents.map((document) => {
    const content = fileOf(files, document.path);
    const isSame = content.length === document.bytes && digestOf(content) === Buffer.from(document.sha256, 'hex').toString('base64');
    if (!isSame) throw new EnvelopeError('ENVELOPE_METADATA', { found: `it describes another ${document.path}` });
    return { ...document, content };
  });
}

function fileOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const content = files.get(name);
  if (content === undefined) throw new EnvelopeError('ENVELOPE_MISSING', { entry: name });
  return content;
}
