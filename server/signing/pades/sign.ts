/**
 * Signs a PDF file (PAdES B-T, EN 319 142-1, 6.3): one appended revision that fills an empty signature field, with the CMS over all of it
 * but the hole it stands in.
 *
 * Fields that the layout made are tagged and empty: filling one changes nothing else. A file without fitting fields gets a row of empty
 * ones in the bottom margin of its last page with its first signature; after it only invisible fields may be added.
 */
import { createHash } from 'node:crypto';
import { signedData } from '../cms/signed-data.ts';
import type { Credential, Timestamps } from '../cms/signed-data.ts';
import { SigningError } from '../errors.ts';
import { PdfFault } from '../pdf/fault.ts';
import { openPdf } from '../pdf/file.ts';
import type { PdfFile } from '../pdf/file.ts';
import { catalogOf, fieldsOf, pageArea, pagesOf, rectangleOf, signatureFields } from '../pdf/form.ts';
import type { SignatureField } from '../pdf/form.ts';
import { appendRevision } from '../pdf/update.ts';
import type { Written } from '../pdf/update.ts';
import { isArray, isDict, isKind, name, ref, textString, write } from '../pdf/values.ts';
import type { PdfDict, PdfValue } from '../pdf/values.ts';
import { drawAppearance } from './appearance.ts';
import { pdfDate } from './dates.ts';

/** Bytes kept free for a CMS signature with three certificates and a time stamp. */
const ROOM = 12_000;
const OWN_FIELDS = ['signature1', 'signature2', 'signature3', 'seal'];
const OWN_HEIGHT = 42;
const OWN_MARGIN = 20;
const OWN_BOTTOM = 6;
/** Print; locked: position and size cannot be changed (ISO 32000-1, 12.5.3). */
const WIDGET_FLAGS = 132;

export type SignatureKind = 'signature' | 'seal';

/** `lines`: what the field shows. `at`: ISO 8601 UTC instant. */
export interface PdfSignature {
  readonly kind: SignatureKind;
  readonly name: string;
  readonly reason: string;
  readonly at: string;
  readonly lines: readonly string[];
}

/** Throws SIGNING_NOT_A_PDF, SIGNING_FORBIDDEN, SIGNING_TOO_LARGE. */
export function signPdf(pdf: Uint8Array, signature: PdfSignature, credential: Credential, timestamps: Timestamps): Buffer {
  try {
    return sign(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength), signature, credential, timestamps);
  } catch (error) {
    if (error instanceof PdfFault) throw new SigningError('SIGNING_NOT_A_PDF', { found: error.message });
    throw error;
  }
}

/** A revision as it grows. */
interface Draft {
  readonly file: PdfFile;
  readonly objects: Map<number, Written>;
  next: number;
}

function sign(bytes: Buffer, signature: PdfSignature, credential: Credential, timestamps: Timestamps): Buffer {
  const file = openPdf(bytes);
  const fields = signatureFields(file);
  const first = fields.every((field) => field.signature === undefined);
  if (!first) checkPermission(file, fields);
  const draft: Draft = { file, objects: new Map(), next: file.size };
  const value = draft.next++;
  const fitting = fields.find((field) => field.signature === undefined && isFor(field.name, signature.kind));
  if (fitting !== undefined) {
    draft.objects.set(fitting.number, filled(draft, fitting.dict, value, signature));
    updateCatalog(draft, first ? value : undefined, []);
  } else {
    const added = first ? addRow(draft, fields, value, signature) : addInvisible(draft, fields, value, signature);
    updateCatalog(draft, first ? value : undefined, added);
  }
  const dictionary = signatureText(signature, first);
  draft.objects.set(value, { text: dictionary.text });
  const { bytes: revision, positions } = appendRevision(file, draft.objects, draft.next);
  return fillHole(revision, positions.get(value)!, dictionary, credential, timestamps);
}

/** `signature1` is a person's, `seal` an agency's. */
function isFor(field: string, kind: SignatureKind): boolean {
  return new RegExp(`^${kind}`, 'i').test(field.split('.').at(-1)!);
}

function checkPermission(file: PdfFile, fields: readonly SignatureField[]): void {
  for (const { signature } of fields) {
    if (signature === undefined) continue;
    const references = file.resolve(file.dict(ref(signature), 'a signature').get('Reference'));
    for (const reference of isArray(references) ? references : []) {
      const parameters = file.resolve(file.dict(reference, 'a signature reference').get('TransformParams'));
      if (isDict(parameters) && file.resolve(parameters.get('P')) === 1) throw new SigningError('SIGNING_FORBIDDEN', { found: 'its first signature permits no further one' });
    }
  }
}

/** The empty field with its value and what it shows; all else stays as it was laid out. */
function filled(draft: Draft, field: PdfDict, value: number, signature: PdfSignature): PdfDict {
  const [left, bottom, right, top] = rectangleOf(draft.file, field.get('Rect')) ?? [0, 0, 0, 0];
  const changed = new Map([...field, ['V', ref(value)] as const]);
  if (right - left < 1 || top - bottom < 1) return changed;
  const { form, next } = drawAppearance(draft.objects, draft.next, { width: right - left, height: top - bottom, lines: signature.lines });
  draft.next = next;
  return changed.set('AP', new Map([['N', ref(form)]]));
}

/** The fields of the row that the file does not have, the fitting one filled. */
function addRow(draft: Draft, fields: readonly SignatureField[], value: number, signature: PdfSignature): number[] {
  const page = pagesOf(draft.file).at(-1);
  if (page === undefined) throw new PdfFault('it has no page');
  const [left, bottom, right] = pageArea(draft.file, page);
  const width = (right - left - 2 * OWN_MARGIN) / OWN_FIELDS.length;
  const names = OWN_FIELDS.filter((each) => fields.every((field) => field.name !== each));
  const mine = names.find((each) => isFor(each, signature.kind)) ?? names[0];
  const added = names.map((each) => {
    const number = draft.next++;
    const begin = left + OWN_MARGIN + OWN_FIELDS.indexOf(each) * width;
    const widget = widgetOf(each, page, [begin + 2, bottom + OWN_BOTTOM, begin + width - 2, bottom + OWN_BOTTOM + OWN_HEIGHT].map((each) => Math.round(each * 100) / 100));
    draft.objects.set(number, each === mine ? filled(draft, widget, value, signature) : widget);
    return number;
  });
  annotate(draft, page, added);
  return added;
}

function addInvisible(draft: Draft, fields: readonly SignatureField[], value: number, signature: PdfSignature): number[] {
  const page = pagesOf(draft.file)[0];
  if (page === undefined) throw new PdfFault('it has no page');
  const taken = new Set(fields.map((field) => field.name));
  let count = fields.length + 1;
  while (taken.has(`${signature.kind}${count}`)) count += 1;
  const number = draft.next++;
  draft.objects.set(number, new Map([...widgetOf(`${signature.kind}${count}`, page, [0, 0, 0, 0]), ['V', ref(value)] as const]));
  annotate(draft, page, [number]);
  return [number];
}

function widgetOf(title: string, page: number, rectangle: readonly number[]): PdfDict {
  return new Map<string, PdfValue>([
    ['Type', name('Annot')], ['Subtype', name('Widget')], ['FT', name('Sig')], ['T', textString(title)], ['TU', textString(title.startsWith('seal') ? 'Electronic seal' : 'Electronic signature')],
    ['F', WIDGET_FLAGS], ['P', ref(page)], ['Rect', rectangle],
  ]);
}

function annotate({ file, objects }: Draft, page: number, added: readonly number[]): void {
  const dict = file.dict(ref(page), `page ${page}`);
  const annotations = dict.get('Annots');
  const list = file.resolve(annotations);
  const longer = [...(isArray(list) ? list : []), ...added.map(ref)];
  if (isKind(annotations, 'ref')) objects.set(annotations.number, longer);
  else objects.set(page, new Map([...dict, ['Annots', longer] as const]));
}

/** Adds fields to the form; the first signature certifies the file: DocMDP 2, which leaves room for further ones. */
function updateCatalog({ file, objects }: Draft, certifying: number | undefined, added: readonly number[]): void {
  const catalog = new Map(catalogOf(file));
  const entry = catalog.get('AcroForm');
  const form = file.resolve(entry);
  const flags = isDict(form) ? file.resolve(form.get('SigFlags')) : null;
  const changed = new Map<string, PdfValue>(isDict(form) ? form : []);
  if (added.length > 0 || !isDict(form)) changed.set('Fields', [...fieldsOf(file), ...added.map(ref)]);
  changed.set('SigFlags', 3);
  const formChanges = added.length > 0 || flags !== 3;
  if (formChanges && isKind(entry, 'ref')) objects.set(entry.number, changed);
  if (formChanges && !isKind(entry, 'ref')) catalog.set('AcroForm', changed);
  if (certifying !== undefined) {
    const perms = file.resolve(catalog.get('Perms'));
    catalog.set('Perms', new Map([...(isDict(perms) ? perms : []), ['DocMDP', ref(certifying)] as const]));
  }
  if (certifying !== undefined || (formChanges && !isKind(entry, 'ref'))) objects.set(file.root, catalog);
}

const RANGE = '[0 0000000000 0000000000 0000000000]';

interface Dictionary {
  readonly text: string;
  /** Where the placeholder of ByteRange and the hole begin in the text. */
  readonly range: number;
  readonly hole: number;
}

function signatureText({ name: signer, reason, at }: PdfSignature, certifying: boolean): Dictionary {
  const head = '<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /ByteRange ';
  const body = `${head}${RANGE} /Contents `;
  const entries = new Map<string, PdfValue>([['M', { kind: 'string', bytes: Buffer.from(pdfDate(at)), hex: true, at: -1, end: -1 }], ['Name', textString(signer)], ['Reason', textString(reason)]]);
  if (certifying) {
    const parameters = new Map<string, PdfValue>([['Type', name('TransformParams')], ['P', 2], ['V', name('1.2')]]);
    entries.set('Reference', [new Map<string, PdfValue>([['Type', name('SigRef')], ['TransformMethod', name('DocMDP')], ['TransformParams', parameters]])]);
  }
  return { text: `${body}<${'0'.repeat(2 * ROOM)}> ${write(entries).slice(3)}`, range: head.length, hole: body.length };
}

/** The CMS covers the whole file without the hole, delimiters included, that it then fills (ISO 32000-1, 12.8.1). */
function fillHole(revision: Buffer, position: number, { range, hole }: Dictionary, credential: Credential, timestamps: Timestamps): Buffer {
  const begin = position + hole;
  const end = begin + 2 * ROOM + 2;
  const numbers = [begin, end, revision.length - end].map((each) => String(each).padStart(10, ' '));
  revision.write(`[0 ${numbers.join(' ')}]`, position + range, 'latin1');
  const digest = createHash('sha256').update(revision.subarray(0, begin)).update(revision.subarray(end)).digest();
  const cms = signedData(credential, { digest, timestamps });
  if (cms.length > ROOM) throw new SigningError('SIGNING_TOO_LARGE', { limit: ROOM, bytes: cms.length });
  revision.write(cms.toString('hex'), begin + 1, 'latin1');
  return revision;
}
