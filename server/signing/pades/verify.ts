/**
 * Tells what is true of a signed PDF file (EN 319 102-1, EN 319 142-1): each signature covers its revision but itself, holds by itself,
 * and what came after it only added further signatures.
 *
 * Never throws on what it is given; what cannot be read in one way only is a finding.
 */
import { createHash } from 'node:crypto';
import { examineSignature, examineTimestamp } from '../cms/examine.ts';
import type { DigestOf, Examined, TrustContext } from '../cms/examine.ts';
import { derLength, DerFault } from '../cms/der.ts';
import { finding } from '../errors.ts';
import { fingerprintOf } from '../pki/certificate.ts';
import { PdfFault } from '../pdf/fault.ts';
import { budgetFor, openPdf } from '../pdf/file.ts';
import type { PdfFile } from '../pdf/file.ts';
import { catalogOf, signatureFields } from '../pdf/form.ts';
import type { SignatureField } from '../pdf/form.ts';
import type { Budget } from '../pdf/parse.ts';
import { isArray, isDict, isKind } from '../pdf/values.ts';
import type { PdfDict, PdfValue } from '../pdf/values.ts';
import type { SignatureFinding, Verification } from '../../ports/signing.ts';
import { forbiddenChange } from './difference.ts';
import { dateOf } from './dates.ts';

/** Files with more are refused before anything is hashed. */
const MOST_SIGNATURES = 32;

interface Covered {
  readonly field: SignatureField;
  readonly dict: PdfDict;
  readonly cms: Buffer;
  /** Where the hole of the signature begins and ends, and where its revision ends. */
  readonly hole: readonly [number, number];
  readonly end: number;
}

export function verifyPdf(pdf: Uint8Array, trust: TrustContext): Verification {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength);
  try {
    return verify(bytes, trust);
  } catch (error) {
    const found = error instanceof PdfFault ? error.message : 'it cannot be read';
    return { valid: false, changed: bytes.includes('/ByteRange'), signatures: [], problems: [finding('SIGNATURE_FILE_DAMAGED', { found })] };
  }
}

function verify(bytes: Buffer, trust: TrustContext): Verification {
  const budget = budgetFor(bytes.length);
  const file = openPdf(bytes, budget);
  const signed = signatureFields(file).filter(({ signature }) => signature !== undefined);
  if (signed.length > MOST_SIGNATURES) throw new PdfFault(`it has ${signed.length} signatures`);
  if (signed.length === 0) return { valid: false, changed: false, signatures: [], problems: [finding('SIGNATURE_NONE')] };
  const places = signed.map((field) => placeOf(file, field));
  const covered = places.flatMap((place) => ('cms' in place ? [place] : [])).sort((left, right) => left.end - right.end);
  const misplaced = places.flatMap((place) => ('cms' in place ? [] : [place]));
  const revisions = covered.map(({ end }) => (end === bytes.length ? file : revisionAt(bytes, end, budget)));
  const permissions = permissionProblem(file, covered);
  const results = covered.map((place, index) => {
    const examined = examine(bytes, place, trust);
    const change = changeAfter(covered, revisions, index, bytes.length);
    return { finding: told(place, examined, change), changed: change !== undefined || (examined.problem?.startsWith('SIGNATURE_DIGEST') ?? false) };
  });
  const problems = [...misplaced.map(({ problem }) => problem), ...results.flatMap(({ finding: { problem } }) => problem ?? []), ...permissions];
  return {
    valid: problems.length === 0, changed: misplaced.length > 0 || results.some(({ changed }) => changed),
    signatures: [...results.map((result) => result.finding), ...misplaced.map(({ field, problem }): SignatureFinding => ({ kind: 'signature', name: field.name, certificate: '', valid: false, problem }))], problems,
  };
}

/** A revision that cannot be read is told, not thrown: the others may hold. */
function revisionAt(bytes: Buffer, end: number, budget: Budget): PdfFile | string {
  try {
    return openPdf(bytes.subarray(0, end), budget);
  } catch (error) {
    if (error instanceof PdfFault) return error.message;
    throw error;
  }
}

/** ByteRange (ISO 32000-1, 12.8.1): from the first byte, with exactly the string of Contents left out. */
function placeOf(file: PdfFile, field: SignatureField): Covered | { readonly field: SignatureField; readonly problem: string } {
  const wrong = (found: string): { field: SignatureField; problem: string } => ({ field, problem: finding('SIGNATURE_RANGE', { field: field.name, found }) });
  const dict = file.dict({ kind: 'ref', number: field.signature!, generation: 0 }, `signature ${field.name}`);
  const [range, contents] = [dict.get('ByteRange'), dict.get('Contents')];
  if (!isKind(contents, 'string') || !contents.hex) return wrong('its Contents is no hexadecimal string');
  if (!isArray(range) || range.length !== 4 || !range.every((each): each is number => typeof each === 'number' && Number.isInteger(each) && each >= 0)) return wrong('its ByteRange is not four numbers');
  const [begin, length, after, rest] = range as [number, number, number, number];
  if (begin !== 0 || length !== contents.at || after !== contents.end) return wrong('its ByteRange leaves out something else than its Contents');
  const end = after + rest;
  if (end > file.bytes.length) return wrong('its ByteRange is longer than the file');
  return { field, dict, cms: Buffer.from(contents.bytes), hole: [length, after], end };
}

function examine(bytes: Buffer, { field, dict, cms, hole, end }: Covered, trust: TrustContext): Examined {
  const format = dict.get('SubFilter');
  const name = isKind(format, 'name') ? format.name : 'no name';
  const digestOf: DigestOf = (algorithm) => createHash(algorithm).update(bytes.subarray(0, hole[0])).update(bytes.subarray(hole[1], end)).digest();
  const der = unpadded(cms);
  if (typeof der === 'string') return { problem: finding('SIGNATURE_DAMAGED', { found: der }) };
  if (name === 'ETSI.CAdES.detached') return examineSignature(der, digestOf, trust);
  if (name === 'ETSI.RFC3161') return examineTimestamp(der, digestOf, trust);
  return { problem: finding('SIGNATURE_FORMAT', { field: field.name, found: name }) };
}

/** The room that was kept free is filled up with zeros; anything else behind the signature is nobody's. */
function unpadded(cms: Buffer): Buffer | string {
  try {
    const length = derLength(cms);
    if (length > cms.length) return 'it ends too early';
    return cms.subarray(length).every((byte) => byte === 0) ? cms.subarray(0, length) : 'something stands behind its end';
  } catch (error) {
    return error instanceof DerFault ? error.message : 'it cannot be read';
  }
}

/** What was done to the file after the signature at `index`. */
function changeAfter(covered: readonly Covered[], revisions: readonly (PdfFile | string)[], index: number, length: number): string | undefined {
  const { field, end } = covered[index]!;
  const changed = (found: string): string => finding('SIGNATURE_CHANGED', { field: field.name, found });
  const own = revisions[index]!;
  if (typeof own === 'string') return changed(`its revision cannot be read: ${own}`);
  if (!signatureFields(own).some(({ number, signature }) => number === field.number && signature === field.signature)) return changed('its own revision does not hold it');
  const next = covered[index + 1];
  if (next === undefined) return end === length ? undefined : changed(`${length - end} bytes were added`);
  const later = revisions[index + 1]!;
  if (next.end === end) return changed('another signature claims the same revision');
  if (typeof later === 'string') return changed('the next revision cannot be read');
  const change = forbiddenChange(own, later);
  return change === undefined ? undefined : changed(change);
}

/** DocMDP (ISO 32000-1, 12.8.2.2): only the first signature may carry it, and 1 forbids everything after it. */
function permissionProblem(file: PdfFile, covered: readonly Covered[]): string[] {
  const [first, ...later] = covered;
  if (first === undefined) return [];
  const problem = (found: string): string[] => [finding('SIGNATURE_PERMISSION', { field: first.field.name, found })];
  if (later.some(({ dict }) => permissionOf(file, dict) !== undefined)) return problem('a later signature changes them');
  const granted = permissionOf(file, first.dict);
  const perms = file.resolve(catalogOf(file).get('Perms'));
  const certified = isDict(perms) ? perms.get('DocMDP') : undefined;
  if (certified !== undefined && !(isKind(certified, 'ref') && certified.number === first.field.signature && granted !== undefined)) return problem('the catalog names another signature for them');
  return granted === 1 && later.length > 0 ? problem('it permits none and there is a later one') : [];
}

/** The permission a signature sets: 1, 2 or 3. */
function permissionOf(file: PdfFile, dict: PdfDict): number | undefined {
  const references = file.resolve(dict.get('Reference'));
  for (const item of isArray(references) ? references : []) {
    const reference = file.resolve(item);
    if (!isDict(reference)) continue;
    const method = reference.get('TransformMethod');
    if (!isKind(method, 'name') || method.name !== 'DocMDP') continue;
    const parameters = file.resolve(reference.get('TransformParams'));
    const granted = isDict(parameters) ? file.resolve(parameters.get('P')) : null;
    return typeof granted === 'number' ? granted : 2;
  }
  return undefined;
}

function told({ dict, field }: Covered, examined: Examined, change: string | undefined): SignatureFinding {
  const { certificate, root, provenAt, signingTime } = examined;
  const problem = examined.problem ?? change;
  const at = signingTime ?? claimedTime(dict.get('M'));
  return {
    kind: kindOf(dict, examined), name: certificate?.commonName ?? field.name, certificate: certificate === undefined ? '' : fingerprintOf(certificate), valid: problem === undefined,
    ...(certificate?.organization !== undefined && { organisation: certificate.organization }),
    ...(at !== undefined && { at }), ...(provenAt !== undefined && { provenAt }), ...(root && { trustedBy: root.commonName }), ...(problem !== undefined && { problem }),
  };
}

function claimedTime(value: PdfValue | undefined): string | undefined {
  return isKind(value, 'string') ? dateOf(Buffer.from(value.bytes).toString('latin1')) : undefined;
}

function kindOf(dict: PdfDict, { certificate }: Examined): SignatureFinding['kind'] {
  const format = dict.get('SubFilter');
  if (isKind(format, 'name') && format.name === 'ETSI.RFC3161') return 'timestamp';
  return certificate?.organizationIdentifier === undefined ? 'signature' : 'seal';
}
