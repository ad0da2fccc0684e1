/** What pages show of papers: the documents of a case, the fields for attachments, and what is to be signed; and how a posted form names them. */
import type { AttachmentSpec } from '../../engine/index.ts';
import type { AttachmentField } from '../../desk/attachments.ts';
import type { DocumentView } from '../../desk/documents.ts';
import { words } from '../../desk/format.ts';
import type { SignatureView } from '../../desk/signing.ts';
import type { FormError, TaskDetail } from '../http/contract/tasks.ts';
import { MOST_UPLOAD } from '../http/contract/uploads.ts';
import { ATTACHMENTS } from '../ports/attachments.ts';
import type { AttachmentFault, HandedIn } from '../ports/attachments.ts';
import { asDocument, documentsIn } from '../ports/documents.ts';
import type { DocumentRef } from '../ports/documents.ts';
import type { PagesNeeds, Typed } from './needs.ts';

const PDF = 'application/pdf';
/** ETSI EN 319 162-1. */
const ENVELOPE = 'application/vnd.etsi.asic-e+zip';
const SHORT = 12;

export function documentView(stream: string, document: DocumentRef): DocumentView {
  const { sha256, title, state, number, kind, mediaType, fileName, bytes, signatures = [] } = document;
  return {
    href: `/api/v1/instances/${stream}/documents/${sha256}`, title: title === '' ? fileName : title, state, number, kind, bytes, version: sha256.slice(0, SHORT),
    format: formatOf(mediaType, fileName), shown: mediaType === PDF,
    signatures: signatures.map((signature) => ({ kind: signature.kind, name: signature.name, at: signature.at, reason: signature.reason })),
  };
}

/** "PDF", "DOCX": the ending people know, or the media type; an envelope says what it is. */
function formatOf(mediaType: string, fileName: string): string {
  if (mediaType === PDF) return 'PDF';
  if (mediaType === ENVELOPE) return 'Envelope (ASiC-E)';
  return /\.([A-Za-z0-9]{1,6})$/.exec(fileName)?.[1]?.toUpperCase() ?? mediaType;
}

/** The upload fields of a page, with what this person has brought already. */
export async function attachmentFields(needs: Pick<PagesNeeds, 'attachments'>, person: string, page: string, asked: readonly AttachmentSpec[], held: readonly DocumentRef[]): Promise<AttachmentField[]> {
  if (asked.length === 0) return [];
  const waiting = await needs.attachments.waiting(person, page);
  return asked.map(({ kind, required, accept, maxBytes }, index) => ({
    kind, id: fieldId(index), required, accept: accept === '' ? undefined : accept, maxBytes: Math.min(maxBytes ?? MOST_UPLOAD, MOST_UPLOAD), page,
    rows: waiting.filter(({ place }) => place?.kind === kind), held: held.filter((document) => document.kind === kind).length,
  }));
}

function fieldId(index: number): string {
  return `attachment-${String(index + 1)}`;
}

/** The messages beside the fields they belong to. */
export function attachmentErrors(asked: readonly { readonly kind: string }[], faults: readonly AttachmentFault[]): FormError[] {
  return faults.map(({ kind, message }) => {
    const index = asked.findIndex((spec) => spec.kind === kind);
    return { key: kind, target: index < 0 ? '' : fieldId(index), message: `${words(kind)}: ${message}` };
  });
}

/** `attachment` fields of a posted form: `<upload> <kind>`. */
export function handedInWith(typed: Typed): HandedIn[] {
  const values = [typed['attachment']].flat().filter((value) => typeof value === 'string');
  return values.flatMap((value) => {
    const cut = value.indexOf(' ');
    return cut < 1 ? [] : [{ upload: value.slice(0, cut), kind: value.slice(cut + 1) }];
  });
}

export function heldAttachments(variables: TaskDetail['variables']): DocumentRef[] {
  return documentsIn({ [ATTACHMENTS]: variables[ATTACHMENTS] ?? null });
}

export async function signatureView(needs: Pick<PagesNeeds, 'signer'>, person: string, task: TaskDetail): Promise<SignatureView | undefined> {
  if (task.signature === null || task.status !== 'open') return undefined;
  const document = asDocument(task.variables[task.signature.document]);
  return {
    document: document === undefined ? undefined : documentView(task.stream, document), sha256: document?.sha256 ?? '', reason: task.signature.reason,
    hasCertificate: await needs.signer?.has(person) ?? false,
  };
}
