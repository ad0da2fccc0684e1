/** Tells what is true of a detached CAdES signature (EN 319 122-1) over any content. */
import { createHash } from 'node:crypto';
import type { SignatureFinding, Verification } from '../../ports/signing.ts';
import { fingerprintOf } from '../pki/certificate.ts';
import { examineSignature } from './examine.ts';
import type { TrustContext } from './examine.ts';

/** Never throws on what it is given. */
export function verifyDetached(content: Uint8Array, signature: Uint8Array, trust: TrustContext): Verification {
  const { certificate, root, signingTime, provenAt, problem } = examineSignature(Buffer.from(signature), (algorithm) => createHash(algorithm).update(content).digest(), trust);
  const told: SignatureFinding = {
    kind: certificate?.organizationIdentifier === undefined ? 'signature' : 'seal', name: certificate?.commonName ?? '', certificate: certificate === undefined ? '' : fingerprintOf(certificate), valid: problem === undefined,
    ...(certificate?.organization !== undefined && { organisation: certificate.organization }), ...(signingTime !== undefined && { at: signingTime }),
    ...(provenAt !== undefined && { provenAt }), ...(root && { trustedBy: root.commonName }), ...(problem !== undefined && { problem }),
  };
  return { valid: problem === undefined, changed: problem?.startsWith('SIGNATURE_DIGEST') ?? false, signatures: [told], problems: problem === undefined ? [] : [problem] };
}
