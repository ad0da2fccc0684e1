/**
 * The port of signatures (persons, in a request) and seals (agencies, in a job): PAdES in PDF files (EN 319 142-1), detached
 * CAdES over anything (EN 319 122-1), and telling what is true of them.
 *
 * Promise: a PIN and an unlocked key live in memory during one call and are never stored, logged or put into an event.
 */

/** Who signed: `name` as the certificate says; `certificate`: SHA-256 of its DER, hex; `at`: ISO 8601 UTC instant. */
export interface SignatureMade {
  readonly name: string;
  readonly at: string;
  readonly certificate: string;
}

export interface SignedFile extends SignatureMade {
  readonly pdf: Uint8Array;
}

export interface Signer {
  /** Whether this account has a signing certificate. */
  has(person: string): Promise<boolean>;
  /**
   * Signs a PDF with the person's own key, in its next empty signature field or beside the last one.
   * Rejects with code SIGNING_PIN_WRONG (how many tries are left), SIGNING_PIN_LOCKED, SIGNING_NO_CERTIFICATE, SIGNING_NOT_A_PDF.
   */
  sign(request: { readonly person: string; readonly pin: string; readonly pdf: Uint8Array; readonly reason: string; readonly at: string }): Promise<SignedFile>;
}

export interface Sealer {
  /** Seals a PDF for an agency (unit id). Rejects with SIGNING_NO_SEAL when the unit has none. */
  seal(request: { readonly agency: string; readonly pdf: Uint8Array; readonly reason: string; readonly at: string }): Promise<SignedFile>;
  /** A detached CAdES signature (DER) over `content` with the agency's seal. */
  sealDetached(request: { readonly agency: string; readonly content: Uint8Array; readonly at: string }): Promise<SignatureMade & { readonly signature: Uint8Array }>;
}

/** One signature of a file. `organisation`: of the certificate's subject; `problem`: why it does not hold. */
export interface SignatureFinding {
  readonly kind: 'signature' | 'seal' | 'timestamp';
  readonly name: string;
  readonly organisation?: string;
  /** ISO 8601 UTC instant the signature claims, and the one a timestamp proves. */
  readonly at?: string;
  readonly provenAt?: string;
  readonly certificate: string;
  readonly trustedBy?: string;
  readonly valid: boolean;
  readonly problem?: string;
}

/** `valid`: at least one signature, all of them valid, and nothing was changed after the last one. */
export interface Verification {
  readonly valid: boolean;
  readonly changed: boolean;
  readonly signatures: readonly SignatureFinding[];
  /** What is wrong, in words, as `CODE: Expected X, but Y`. */
  readonly problems: readonly string[];
}

export interface Verifier {
  verifyPdf(pdf: Uint8Array): Promise<Verification>;
  verifyDetached(content: Uint8Array, signature: Uint8Array): Promise<Verification>;
  /** The trust anchors of this installation, PEM. */
  anchors(): Promise<readonly string[]>;
}
