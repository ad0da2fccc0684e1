/** The verifier port: signed PDF files and detached signatures, checked against given trust anchors; works without a server. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { Verifier } from '../ports/signing.ts';
import { verifyDetached } from './cms/detached.ts';
import { verifyPdf } from './pades/verify.ts';
import { readCertificate } from './pki/certificate.ts';
import type { CertificateFacts } from './pki/certificate.ts';

/** Where the root stands in the data folder, for who checks signatures without the server. */
export const ROOT_FILE = join('authority', 'root.pem');

/** `anchors`: PEM of each root. Throws when one of them is no certificate. */
export function createVerifier(anchors: readonly string[], clock: Clock): Verifier {
  const roots: CertificateFacts[] = anchors.map((pem) => readCertificate(new X509Certificate(pem).raw));
  const trust = (): { roots: readonly CertificateFacts[]; now: string } => ({ roots, now: clock.now() });
  return {
    verifyPdf: async (pdf) => verifyPdf(pdf, trust()),
    verifyDetached: async (content, signature) => verifyDetached(content, signature, trust()),
    anchors: async () => anchors,
  };
}
