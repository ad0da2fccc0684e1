/** Why something cannot be signed, and what is wrong with a signature: the two tables of codes. */
import { fill } from '../../engine/index.ts';
import type { Refusal } from '../runtime/types.ts';

/** Refusals of signing, sealing and enrolling; `{name}` is filled in. */
export const SIGNING_ERRORS = {
  SIGNING_PIN_WRONG: { message: 'Expected the PIN of {person}, but it is another one; {left} tries are left', hint: 'Type the PIN again; the right one sets the count back.' },
  SIGNING_PIN_LOCKED: { message: 'Expected a PIN of {person} that is open, but it is locked after {tries} wrong tries', hint: 'An administrator can unlock it, or issue a new certificate with a new PIN.' },
  SIGNING_PIN_FORM: { message: 'Expected a PIN of 6 to 12 digits that is hard to guess, but this one {found}', hint: 'Take digits without an order; not all alike, not 123456.' },
  SIGNING_NO_CERTIFICATE: { message: 'Expected {person} to have a signing certificate that is valid now, but there is none', hint: 'An administrator can issue one.' },
  SIGNING_POST_CHANGED: { message: 'Expected the certificate of {person} to name the post held now, but it names {found}', hint: 'An administrator can replace the certificate.' },
  SIGNING_CERTIFICATE_VALID: { message: 'Expected {person} to be without a valid signing certificate, but there is one until {until}', hint: 'Ask for a replacement explicitly when the PIN is lost.' },
  SIGNING_PERSON_NOT_FOUND: { message: 'Expected {person} to be an open account with the role officer and a post, but it is not', hint: 'Give the account a post and the role officer first.' },
  SIGNING_NO_SEAL: { message: 'Expected agency {agency} to have a seal, but it has none', hint: 'Agencies are units without a unit above; their seals are made when the server starts.' },
  SIGNING_NOT_A_PDF: { message: 'Expected a PDF file that can be signed, but {found}', hint: 'Documents made by Piton always can; convert others to PDF 1.7 with a classic cross-reference table.' },
  SIGNING_FORBIDDEN: { message: 'Expected a document that may still be signed, but {found}', hint: 'Make the document again and sign it in the intended order.' },
  SIGNING_TOO_LARGE: { message: 'Expected a signature of at most {limit} bytes, but it has {bytes}', hint: 'The certificates of the authority are unusually long; tell the administrator.' },
  SIGNING_NO_DOCUMENT: { message: 'Expected variable {variable} to hold a document, but it does not', hint: 'Set the header "output" to the variable of the document that is to be sealed.' },
  SIGNING_NO_AGENCY: { message: 'Expected process {process} to stand in the pool of an agency, but it names none', hint: 'Give the participant the property agency with the id of the unit.' },
  SIGNING_BLOB_MISSING: { message: 'Expected the content {sha256} to be stored, but it is not', hint: 'Restore the folder of blobs from the backup.' },
  SIGNING_REQUEST_REFUSED: { message: 'Expected a certificate request signed with its own key (PKCS#10), but {found}', hint: 'Make the request again with the key that is to be certified.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

/** What the verifier finds; stands in `Verification.problems`. */
export const SIGNATURE_ERRORS = {
  SIGNATURE_NONE: { message: 'Expected at least one signature, but there is none', hint: 'The content may be right; nothing proves it.' },
  SIGNATURE_FILE_DAMAGED: { message: 'Expected a PDF file that has one meaning only, but {found}', hint: 'Ask the sender for the original file.' },
  SIGNATURE_RANGE: { message: 'Expected signature {field} to cover all of its revision but itself, but {found}', hint: 'The file was put together to deceive, or damaged.' },
  SIGNATURE_FORMAT: { message: 'Expected signature {field} in the format ETSI.CAdES.detached or ETSI.RFC3161, but it is {found}', hint: 'Ask for a PAdES signature (EN 319 142-1).' },
  SIGNATURE_DAMAGED: { message: 'Expected a signature in strict DER with one signer, but {found}', hint: 'The signature was changed, or made by a faulty program.' },
  SIGNATURE_ATTRIBUTE: { message: 'Expected the signed attribute {attribute} once, with one value, but {found}', hint: 'The signature was changed, or made by a faulty program.' },
  SIGNATURE_DIGEST: { message: 'Expected the content that was signed, but it was changed', hint: 'Do not rely on this content; ask for the original.' },
  SIGNATURE_CERTIFICATE: { message: 'Expected the certificate that the signer named in the signature, but {found}', hint: 'Somebody exchanged the certificate.' },
  SIGNATURE_ALGORITHM: { message: 'Expected RSA or ECDSA with SHA-256, SHA-384 or SHA-512, but it is {found}', hint: 'Older algorithms prove nothing any more.' },
  SIGNATURE_VALUE: { message: 'Expected the signature to fit the certificate of {name}, but it does not', hint: 'The signature was changed, or made with another key.' },
  SIGNATURE_UNTRUSTED: { message: 'Expected a certificate that a trusted root vouches for, but {found}', hint: 'Name the root of the signer with --trust, if you trust it.' },
  SIGNATURE_EXPIRED: { message: 'Expected certificates that are valid at the time of signing, but {found}', hint: 'Without a time stamp the time of signing is not proven, and now counts.' },
  SIGNATURE_PURPOSE: { message: 'Expected a certificate made for this purpose, but {found}', hint: 'The signer used the wrong certificate.' },
  SIGNATURE_TIMESTAMP: { message: 'Expected a valid time stamp over the signature, but {found}', hint: 'The time of signing is not proven.' },
  SIGNATURE_CHANGED: { message: 'Expected nothing but further signatures after signature {field}, but {found}', hint: 'What is shown may differ from what was signed; ask for the original.' },
  SIGNATURE_PERMISSION: { message: 'Expected the changes that signature {field} permits, but {found}', hint: 'The first signature decides what may follow (DocMDP).' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type SigningCode = keyof typeof SIGNING_ERRORS;
export type SignatureCode = keyof typeof SIGNATURE_ERRORS;
type Values = Readonly<Record<string, string | number>>;

/** Thrown by signer, sealer and enrolment. `code` from SIGNING_ERRORS; no message holds a PIN or a key. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly code: SigningCode;
  readonly hint: string;

  constructor(code: SigningCode, values: Values = {}) {
    const { message, hint } = SIGNING_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = fill(hint, values);
  }
}

/** The refusal of a command, from the same table. */
export function refusal(code: SigningCode, values: Values = {}): Refusal {
  const { message, hint } = SIGNING_ERRORS[code];
  return { code, message: fill(message, values), hint: fill(hint, values) };
}

/** A finding of the verifier: `CODE: Expected X, but Y`. */
export function finding(code: SignatureCode, values: Values = {}): string {
  return `${code}: ${fill(SIGNATURE_ERRORS[code].message, values)}`;
}
