/**
 * The port of official documents in a case: what a variable holds of a document, and who keeps watch over unfinished attempts.
 *
 * The content is a blob; the variable names it by its SHA-256. What was signed stands in the file itself: the fields here are
 * for lists and forms, `Verifier` tells the truth.
 */
import type { Json } from '../../engine/index.ts';

/** Where a document stands: handed in, made from a template, signed by persons, sealed by an agency. */
export const DOCUMENT_STATES = ['received', 'generated', 'signed', 'sealed'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];

/** A signature (person) or seal (agency) that was put on it. `at`: ISO 8601 UTC instant; `certificate`: SHA-256 of its DER, hex. */
export interface DocumentSignature {
  readonly kind: 'signature' | 'seal';
  /** Account or unit id. */
  readonly by: string;
  readonly name: string;
  readonly at: string;
  readonly certificate: string;
  readonly reason?: string;
}

/**
 * The value of a variable that is a document slot. `documentId`: stable over all states, no ':'. `sha256`: of the content as it
 * is now. `number`: registration number. `kind`: which kind of attachment the form asked for.
 */
export interface DocumentRef {
  readonly documentId: string;
  readonly title: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly state: DocumentState;
  readonly number?: string;
  readonly kind?: string;
  readonly language?: string;
  readonly classification?: string;
  /** What it was made from: re-rendering the same data with the same template gives the same bytes. */
  readonly provenance?: { readonly template: string; readonly templateSha256: string; readonly dataSha256: string; readonly renderer: string };
  readonly signatures?: readonly DocumentSignature[];
}

/** Reads a variable as a document; undefined when it is none. */
export function asDocument(value: Json | undefined): DocumentRef | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { documentId, sha256, fileName, mediaType, state } = value as Readonly<Record<string, Json>>;
  const named = typeof documentId === 'string' && typeof fileName === 'string' && typeof mediaType === 'string';
  const placed = typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && DOCUMENT_STATES.some((known) => known === state);
  return named && placed ? value as unknown as DocumentRef : undefined;
}

/** All documents in some variables: slots, and lists of them (attachments), in the order of the variables. */
export function documentsIn(variables: Readonly<Record<string, Json>>): DocumentRef[] {
  return Object.values(variables).flatMap((value) => (Array.isArray(value) ? value : [value]).flatMap((item) => asDocument(item as Json) ?? []));
}

/**
 * The first of the given variables that is or holds a document, however deep, and is not known as it is: documents are received,
 * made and signed here, never sent as values. `held`: documents of the case, which may be put into another slot.
 */
export function broughtDocument(given: Readonly<Record<string, Json>>, known: Readonly<Record<string, Json>> = {}, held: readonly DocumentRef[] = []): string | undefined {
  const own = new Set(held.map((document) => JSON.stringify(document)));
  return Object.keys(given).find((key) => documentsWithin(given[key]!).some((document) => !own.has(JSON.stringify(document))) && JSON.stringify(given[key]) !== JSON.stringify(known[key]));
}

/** Also those that a model could take out of a list or a context later. What comes from outside is bounded in depth. */
function documentsWithin(value: Json): DocumentRef[] {
  if (typeof value !== 'object' || value === null) return [];
  const document = asDocument(value);
  return [...(document === undefined ? [] : [document]), ...Object.values(value).flatMap((item) => documentsWithin(item))];
}

/**
 * Attempts to make, sign, seal or send something, noted durably before the blob is stored: after a crash, what no case refers to
 * is told as an orphan. `key` names the attempt: the job key, or a fresh id for what a person does.
 */
export interface Attempts {
  begin(attempt: { readonly key: string; readonly kind: 'generate' | 'sign' | 'seal' | 'send' | 'upload'; readonly stream: string; readonly sha256: string; readonly at: string }): Promise<void>;
  /** The case refers to it now. */
  done(key: string): Promise<void>;
}
