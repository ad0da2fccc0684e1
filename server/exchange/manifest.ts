/** ASiCManifest (EN 319 162-1, 4.3.3.2 and annex A.4): the file that is signed; it names every other file with its digest. */
import { createHash } from 'node:crypto';
import { EnvelopeError } from './errors.ts';
import type { Entry } from './zip.ts';

/** `digest`: SHA-256, base64. */
export interface Reference {
  readonly uri: string;
  readonly mediaType: string;
  readonly digest: string;
}

const ASIC = 'http://uri.etsi.org/02918/v1.2.1#';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const SHA256 = 'http://www.w3.org/2001/04/xmlenc#sha256';

/** `signature`: name of the file that will hold the signature of this manifest. */
export function writeManifest(signature: string, files: readonly (Entry & { readonly mediaType: string })[]): Uint8Array {
  const references = files.map(({ name, mediaType, content }) =>
    `  <asic:DataObjectReference URI="${name}" MimeType="${mediaType}">\n    <ds:DigestMethod Algorithm="${SHA256}"/>\n    <ds:DigestValue>${digestOf(content)}</ds:DigestValue>\n  </asic:DataObjectReference>\n`);
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<asic:ASiCManifest xmlns:asic="${ASIC}" xmlns:ds="${DSIG}">\n`
    + `  <asic:SigReference URI="${signature}" MimeType="application/pkcs7-signature"/>\n${references.join('')}</asic:ASiCManifest>\n`);
}

export function digestOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('base64');
}

const TOKEN = /<(\/?)([\w:-]+)((?:\s+[\w:-]+\s*=\s*"[^"<]*")*)\s*(\/?)>|([^<]+)|(<\?xml[^>]*\?>)/gy;
const ATTRIBUTE = /([\w:-]+)\s*=\s*"([^"]*)"/g;

interface Node {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Node[];
  text: string;
}

/**
 * Reads a manifest of this or another maker. Throws ENVELOPE_NOT_A_CONTAINER for what is no manifest with SHA-256 digests.
 * The grammar is small on purpose: no entities, comments, processing instructions or document types.
 */
export function readManifest(content: Uint8Array): { readonly signature: string; readonly references: readonly Reference[] } {
  const root = parse(Buffer.from(content).toString('utf8').replace(/^\uFEFF/, ''));
  const nameOf = (node: Node): string => node.name.slice(node.name.indexOf(':') + 1);
  const only = (node: Node | undefined, name: string): Node => {
    const found = node?.children.filter((child) => nameOf(child) === name) ?? [];
    if (found.length !== 1) throw unreadable();
    return found[0]!;
  };
  if (nameOf(root) !== 'ASiCManifest') throw unreadable();
  const signature = only(root, 'SigReference').attributes.get('URI');
  const references = root.children.filter((child) => nameOf(child) === 'DataObjectReference').map((reference): Reference => {
    const uri = reference.attributes.get('URI');
    if (uri === undefined || only(reference, 'DigestMethod').attributes.get('Algorithm') !== SHA256) throw unreadable();
    return { uri, mediaType: reference.attributes.get('MimeType') ?? 'application/octet-stream', digest: only(reference, 'DigestValue').text.trim() };
  });
  if (signature === undefined || references.length + 1 !== root.children.length) throw unreadable();
  return { signature, references };
}

function parse(text: string): Node {
  const top: Node = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, closes, name, attributes = '', empty, words, declaration] = TOKEN.exec(text) ?? [];
    const around = open.at(-1)!;
    if (words !== undefined) around.text += words;
    else if (name !== undefined && closes === '/') {
      if (around.name !== name || open.length === 1) throw unreadable();
      open.pop();
    } else if (name !== undefined) {
      const node: Node = { name, attributes: new Map([...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, value])), children: [], text: '' };
      around.children.push(node);
      if (empty !== '/') open.push(node);
    } else if (declaration === undefined) throw unreadable();
  }
  if (open.length !== 1 || top.children.length !== 1 || top.text.trim() !== '' || text.includes('&')) throw unreadable();
  return top.children[0]!;
}

function unreadable(): EnvelopeError {
  return new EnvelopeError('ENVELOPE_NOT_A_CONTAINER', { found: 'its manifest cannot be read' });
}
