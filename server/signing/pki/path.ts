/** Path validation (RFC 5280, 6.1) to one of the given trust anchors: signatures, validity at an instant, authorities, path length, purposes. Revocation is not asked for. */
import { DerFault } from '../cms/der.ts';
import { OID } from '../cms/oids.ts';
import { KEY_USAGE, signedSoundly } from './certificate.ts';
import type { CertificateFacts } from './certificate.ts';

export type Purpose = 'documents' | 'timestamps';

export type PathResult =
  | { readonly outcome: 'trusted'; readonly root: CertificateFacts }
  /** `found`: the end of a sentence that begins with "but". */
  | { readonly outcome: 'untrusted' | 'expired' | 'wrong-purpose'; readonly found: string };

const LONGEST_PATH = 6;
const MOST_TRIES = 64;
const DOCUMENT_PURPOSES: readonly string[] = [OID.documentSigning, OID.emailProtection, OID.anyPurpose];

/** `others`: certificates that came along; `at`: ISO 8601 UTC instant at which all of the path must be valid. Never throws. */
export function validatePath(leaf: CertificateFacts, others: readonly CertificateFacts[], roots: readonly CertificateFacts[], at: string, purpose: Purpose): PathResult {
  const unfit = unfitness(leaf, purpose);
  if (unfit !== undefined) return { outcome: 'wrong-purpose', found: unfit };
  const search = { tries: MOST_TRIES };
  const path = findPath([leaf], others, roots, search);
  if (path === undefined) return { outcome: 'untrusted', found: `no path leads from ${leaf.commonName} to a trusted root` };
  const outdated = path.find((certificate) => at < certificate.notBefore || at > certificate.notAfter);
  if (outdated !== undefined) return { outcome: 'expired', found: `the certificate of ${outdated.commonName} is valid from ${outdated.notBefore} to ${outdated.notAfter}, not at ${at}` };
  return { outcome: 'trusted', root: path.at(-1)! };
}

/** The leaf first, the root last. */
function findPath(path: readonly CertificateFacts[], others: readonly CertificateFacts[], roots: readonly CertificateFacts[], search: { tries: number }): readonly CertificateFacts[] | undefined {
  const last = path.at(-1)!;
  const root = roots.find((candidate) => issued(candidate, last, path.length - 1, search));
  if (root !== undefined) return [...path, root];
  if (path.length >= LONGEST_PATH) return undefined;
  for (const candidate of others) {
    if (path.includes(candidate) || !issued(candidate, last, path.length - 1, search)) continue;
    const found = findPath([...path, candidate], others, roots, search);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `below`: how many certificates of authorities stand between the issuer and the leaf. */
function issued(issuer: CertificateFacts, subject: CertificateFacts, below: number, search: { tries: number }): boolean {
  if (!issuer.authority || ((issuer.keyUsage ?? 0) & KEY_USAGE.keyCertSign) === 0 || issuer.unknownCritical.length > 0) return false;
  if (issuer.pathLength !== undefined && issuer.pathLength < below) return false;
  if (!signedSoundly(subject) || !subject.x509.checkIssued(issuer.x509)) return false;
  if ((search.tries -= 1) < 0) return false;
  try {
    return subject.x509.verify(issuer.x509.publicKey);
  } catch {
    return false;
  }
}

/** Why a certificate does not serve the purpose. */
function unfitness(leaf: CertificateFacts, purpose: Purpose): string | undefined {
  if (leaf.unknownCritical.length > 0) return `the certificate of ${leaf.commonName} has the critical extension ${leaf.unknownCritical[0]!}, which is not understood`;
  if (leaf.keyUsage === undefined || (leaf.keyUsage & (KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation)) === 0) return `the certificate of ${leaf.commonName} is not made for signatures (keyUsage)`;
  if (purpose === 'timestamps') {
    // RFC 3161, 2.3: critical, and the only one.
    const only = leaf.purposesCritical && leaf.purposes?.length === 1 && leaf.purposes[0] === OID.timeStamping;
    return only ? undefined : `the certificate of ${leaf.commonName} is not made for time stamps (extendedKeyUsage)`;
  }
  const fits = leaf.purposes === undefined || leaf.purposes.some((each) => DOCUMENT_PURPOSES.includes(each));
  return fits ? undefined : `the certificate of ${leaf.commonName} is not made for documents (extendedKeyUsage)`;
}

/** Reads `certificates` that came with a signature; one that cannot be read is left out, so that it can only be missing. */
export function readable(certificates: readonly Buffer[], read: (der: Buffer) => CertificateFacts): CertificateFacts[] {
  return certificates.flatMap((der) => {
    try {
      return [read(der)];
    } catch (error) {
      if (error instanceof DerFault) return [];
      throw error;
    }
  });
}
