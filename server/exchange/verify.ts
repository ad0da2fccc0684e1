/** What is true of an envelope, for `piton verify` and the like: everything that can be told without the receiver's log. */
import type { Verification, Verifier } from '../ports/signing.ts';
import { openEnvelope } from './container.ts';
import { EnvelopeError } from './errors.ts';
import type { EnvelopeCode } from './errors.ts';
import type { Metadata } from './metadata.ts';

/** As of any signed file; `metadata` and `signatures` only of an envelope that holds. */
export interface EnvelopeVerification extends Verification {
  readonly metadata?: Metadata;
}

/** Findings that say a file was changed, added or taken out after the sealing. */
const CHANGED: ReadonlySet<EnvelopeCode> = new Set(['ENVELOPE_DIGEST', 'ENVELOPE_UNLISTED', 'ENVELOPE_MISSING', 'ENVELOPE_ENTRY']);

/** Works offline; never rejects for what is wrong with the bytes. */
export async function verifyEnvelope(bytes: Uint8Array, verifier: Pick<Verifier, 'verifyDetached'>): Promise<EnvelopeVerification> {
  try {
    const { metadata, seal } = await openEnvelope(bytes, verifier);
    return { valid: true, changed: false, problems: [], signatures: [seal], metadata };
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return { valid: false, changed: CHANGED.has(error.code), problems: [`${error.code}: ${error.message}`], signatures: [] };
  }
}

/** Whether a file looks like an envelope: a ZIP that begins with an uncompressed `mimetype`. */
export function isEnvelope(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PK\u0003\u0004' && Buffer.from(bytes.subarray(30, 38)).toString('latin1') === 'mimetype';
}
