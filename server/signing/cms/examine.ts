/**
 * What is true of a CMS signature (RFC 5652, 5.4 and 5.6; EN 319 102-1, 5.3): one signer, digest, named certificate, value, time stamp
 * and path, in this order; the first thing that is wrong is the finding.
 *
 * Everything is read from the bytes as they arrived; nothing is encoded again before it is checked.
 */
import { createHash, verify } from 'node:crypto';
import { finding } from '../errors.ts';
import { readable, validatePath } from '../pki/path.ts';
import type { PathResult, Purpose } from '../pki/path.ts';
import { readCertificate } from '../pki/certificate.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { childAt, DerFault, instantOf, oidOf, readDer, tagged, TAG } from './der.ts';
import type { DerElement } from './der.ts';
import { DIGESTS, OID, SIGNATURE_ALGORITHMS } from './oids.ts';

const LARGEST_SIGNATURE = 1024 * 1024;
const MOST_CERTIFICATES = 32;
/** A clock may be ahead of ours by this much. */
const CLOCK_SKEW_MS = 5 * 60_000;

/** `now`: ISO 8601 UTC instant of the check. */
export interface TrustContext {
  readonly roots: readonly CertificateFacts[];
  readonly now: string;
}

/** `problem`: a finding; absent when all is well. `signingTime`: as claimed in the CMS; `provenAt`: as a time stamp proves. */
export interface Examined {
  readonly certificate?: CertificateFacts;
  readonly root?: CertificateFacts;
  readonly signingTime?: string;
  readonly provenAt?: string;
  readonly problem?: string;
}

/** Digest of the signed content by the name of the algorithm (`sha256`). */
export type DigestOf = (algorithm: string) => Buffer;

interface SignerParts {
  readonly certificate: CertificateFacts;
  readonly others: readonly CertificateFacts[];
  readonly digest: string;
  /** As a SET OF, the bytes that were signed. */
  readonly covered: Buffer;
  readonly attributes: readonly DerElement[];
  readonly unsigned: readonly DerElement[];
  readonly algorithm: string;
  readonly signature: Buffer;
  readonly contentType: string;
  readonly content: Buffer | undefined;
}

/** A finding that ends the examination. */
class Wrong extends Error {}

/** A detached signature over content. Never throws on what it is given. */
export function examineSignature(der: Buffer, digestOf: DigestOf, trust: TrustContext): Examined {
  return guarded((told) => {
    const parts = told.read(readParts(der));
    if (parts.contentType !== OID.data || parts.content !== undefined) throw new DerFault('it is not detached');
    checkIntegrity(parts, digestOf(parts.digest));
    const time = attribute(parts, OID.signingTime, 'signing-time', true);
    if (time !== undefined) told.signingTime = instantOf(time);
    const { provenAt, problem } = provenTime(parts, trust);
    told.provenAt = provenAt;
    told.root = trusted(validatePath(parts.certificate, parts.others, trust.roots, provenAt ?? trust.now, 'documents'));
    if (problem !== undefined) throw new Wrong(finding('SIGNATURE_TIMESTAMP', { found: problem }));
  });
}

/** A time-stamp token (RFC 3161) over content; `provenAt` is its time. Never throws on what it is given. */
export function examineTimestamp(der: Buffer, digestOf: DigestOf, trust: TrustContext): Examined {
  return guarded((told) => {
    const parts = told.read(readParts(der));
    if (parts.contentType !== OID.timestampInfo || parts.content === undefined) throw new DerFault('it is no time stamp');
    checkIntegrity(parts, createHash(parts.digest).update(parts.content).digest());
    const { at, algorithm, imprint } = readStampInfo(parts.content);
    if (!imprint.equals(digestOf(algorithm))) throw new Wrong(finding('SIGNATURE_DIGEST'));
    if (Date.parse(at) > Date.parse(trust.now) + CLOCK_SKEW_MS) throw new Wrong(finding('SIGNATURE_TIMESTAMP', { found: `its time ${at} has not come yet` }));
    told.root = trusted(validatePath(parts.certificate, parts.others, trust.roots, at, 'timestamps' satisfies Purpose));
    told.provenAt = at;
  });
}

interface Told { certificate?: CertificateFacts; root?: CertificateFacts; signingTime?: string; provenAt?: string | undefined; read(parts: SignerParts): SignerParts }

function guarded(examine: (told: Told) => void): Examined {
  const told: Told = {
    read(parts) {
      told.certificate = parts.certificate;
      return parts;
    },
  };
  let problem: string | undefined;
  try {
    examine(told);
  } catch (error) {
    problem = error instanceof Wrong ? error.message : finding('SIGNATURE_DAMAGED', { found: error instanceof DerFault ? error.message : 'it cannot be read' });
  }
  const { certificate, root, signingTime, provenAt } = told;
  return { ...(certificate && { certificate }), ...(root && { root }), ...(signingTime !== undefined && { signingTime }), ...(provenAt !== undefined && { provenAt }), ...(problem !== undefined && { problem }) };
}

function readParts(der: Buffer): SignerParts {
  if (der.length > LARGEST_SIGNATURE) throw new DerFault('it is larger than 1 MiB');
  const outer = readDer(der);
  if (outer.tag !== TAG.sequence || outer.children.length !== 2) throw new DerFault('it is no ContentInfo');
  if (oidOf(childAt(outer, 0, TAG.oid)) !== OID.signedData) throw new DerFault('it is no SignedData');
  const signed = childAt(childAt(outer, 1, 0xA0), 0, TAG.sequence);
  const encapsulated = childAt(signed, 2, TAG.sequence);
  const signers = signed.children.at(-1);
  if (signers?.tag !== TAG.set || signers.children.length !== 1) throw new DerFault(`it has ${signers?.tag === TAG.set ? signers.children.length : 0} signers`);
  const signer = childAt(signers, 0, TAG.sequence);
  checkForm(signed, signer);
  const certificates = tagged(signed, 0)?.children ?? [];
  if (certificates.length > MOST_CERTIFICATES) throw new DerFault('it brings too many certificates');
  const { certificate, others } = certificatesOf(signer, readable(certificates.map(({ raw }) => raw), readCertificate));
  const attributes = childAt(signer, 3, 0xA0);
  const covered = Buffer.from(attributes.raw);
  covered[0] = TAG.set;
  const content = tagged(encapsulated, 0);
  const signature = childAt(signer, 5, TAG.octetString);
  return {
    certificate, others, covered, attributes: attributes.children, unsigned: tagged(signer, 1)?.children ?? [], digest: digestName(childAt(signer, 2, TAG.sequence)),
    algorithm: oidOf(childAt(childAt(signer, 4, TAG.sequence), 0, TAG.oid)), signature: signature.content,
    contentType: oidOf(childAt(encapsulated, 0, TAG.oid)), content: content === undefined ? undefined : childAt(content, 0, TAG.octetString).content,
  };
}

/** What no signature covers is held to its one form (RFC 5652, 5.1 and 5.3), so that nothing can be hidden in it. */
function checkForm(signed: DerElement, signer: DerElement): void {
  const version = (element: DerElement): number => (childAt(element, 0, TAG.integer).content.length === 1 ? element.children[0]!.content[0]! : 0);
  const plain = oidOf(childAt(childAt(signed, 2, TAG.sequence), 0, TAG.oid)) === OID.data;
  if (version(signed) !== (plain ? 1 : 3) || version(signer) !== 1) throw new DerFault('its version does not fit its form');
  if (signer.children.length > 7 || (signer.children.length === 7 && signer.children[6]!.tag !== 0xA1)) throw new DerFault('its signer has parts that nobody knows');
  const attributes = [...childAt(signer, 3, 0xA0).children, ...signer.children[6]?.children ?? []];
  if (attributes.some(({ tag, children }) => tag !== TAG.sequence || children.length !== 2)) throw new DerFault('an attribute is none');
  const digest = digestName(childAt(signer, 2, TAG.sequence));
  if (!childAt(signed, 1, TAG.set).children.some((algorithm) => digestName(algorithm) === digest)) throw new DerFault('it does not name its digest first');
}

/** The certificate that the signer's issuer and serial number name. */
function certificatesOf(signer: DerElement, all: readonly CertificateFacts[]): { readonly certificate: CertificateFacts; readonly others: readonly CertificateFacts[] } {
  const named = childAt(signer, 1, TAG.sequence);
  const [issuer, serial] = [childAt(named, 0, TAG.sequence), childAt(named, 1, TAG.integer)];
  const certificate = all.find((candidate) => candidate.issuer.equals(issuer.raw) && candidate.serial.equals(serial.content));
  if (certificate === undefined) throw new DerFault('the certificate of its signer is missing');
  return { certificate, others: all.filter((candidate) => candidate !== certificate) };
}

function digestName(algorithm: DerElement): string {
  if (algorithm.tag !== TAG.sequence) throw new DerFault('an algorithm is none');
  const oid = oidOf(childAt(algorithm, 0, TAG.oid));
  const known = DIGESTS.get(oid);
  if (known === undefined) throw new Wrong(finding('SIGNATURE_ALGORITHM', { found: `the digest ${oid}` }));
  return known;
}

/** The one value of a signed attribute. Ends the examination when it is missing or there are several. */
function attribute(parts: SignerParts, oid: string, name: string): DerElement;
function attribute(parts: SignerParts, oid: string, name: string, optional: true): DerElement | undefined;
function attribute({ attributes }: SignerParts, oid: string, name: string, optional = false): DerElement | undefined {
  const found = attributes.filter((each) => oidOf(childAt(each, 0, TAG.oid)) === oid);
  if (found.length === 0 && optional) return undefined;
  const values = found.length === 1 ? childAt(found[0]!, 1, TAG.set).children : [];
  if (values.length !== 1) throw new Wrong(finding('SIGNATURE_ATTRIBUTE', { attribute: name, found: found.length === 0 ? 'it is missing' : `there are ${found.length} with ${values.length} values` }));
  return values[0];
}

function checkIntegrity(parts: SignerParts, digest: Buffer): void {
  const { certificate, contentType, covered, signature } = parts;
  if (oidOf(attribute(parts, OID.contentType, 'content-type')) !== contentType) throw new Wrong(finding('SIGNATURE_ATTRIBUTE', { attribute: 'content-type', found: 'it names another type than the content has' }));
  if (!attribute(parts, OID.messageDigest, 'message-digest').content.equals(digest)) throw new Wrong(finding('SIGNATURE_DIGEST'));
  checkNamedCertificate(attribute(parts, OID.signingCertificateV2, 'signing-certificate-v2'), certificate);
  const key = certificate.x509.publicKey;
  const algorithm = parts.algorithm === OID.rsa ? { key: 'rsa', digest: parts.digest } : SIGNATURE_ALGORITHMS.get(parts.algorithm);
  if (algorithm === undefined || algorithm.key !== key.asymmetricKeyType) throw new Wrong(finding('SIGNATURE_ALGORITHM', { found: `${parts.algorithm} with a key of type ${String(key.asymmetricKeyType)}` }));
  if (!verify(algorithm.digest, covered, key, signature)) throw new Wrong(finding('SIGNATURE_VALUE', { name: certificate.commonName }));
}

/** ESS signing-certificate-v2 (RFC 5035, 3): the first entry is the signer's own. */
function checkNamedCertificate(value: DerElement, certificate: CertificateFacts): void {
  const first = childAt(childAt(value, 0, TAG.sequence), 0, TAG.sequence);
  const algorithm = first.children[0]?.tag === TAG.sequence ? digestName(first.children[0]) : 'sha256';
  const hash = first.children.find(({ tag }) => tag === TAG.octetString);
  if (hash?.content.equals(createHash(algorithm).update(certificate.der).digest()) !== true) throw new Wrong(finding('SIGNATURE_CERTIFICATE', { found: `that of ${certificate.commonName} came along` }));
}

/** The time of the signature time stamp, or what is wrong with it; neither when there is none. */
function provenTime({ unsigned, signature }: SignerParts, trust: TrustContext): { readonly provenAt?: string; readonly problem?: string } {
  const stamps = unsigned.filter((each) => oidOf(childAt(each, 0, TAG.oid)) === OID.signatureTimestamp);
  if (stamps.length === 0) return {};
  const values = stamps.length === 1 ? childAt(stamps[0]!, 1, TAG.set).children : [];
  if (values.length !== 1) return { problem: `there are ${stamps.length} with ${values.length} values` };
  const { problem, provenAt } = examineTimestamp(values[0]!.raw, (algorithm) => createHash(algorithm).update(signature).digest(), trust);
  if (problem !== undefined) return { problem: `it says ${problem}` };
  return provenAt === undefined ? {} : { provenAt };
}

/** TSTInfo (RFC 3161, 2.4.2). */
function readStampInfo(der: Buffer): { readonly at: string; readonly algorithm: string; readonly imprint: Buffer } {
  const info = readDer(der);
  const imprint = childAt(info, 2, TAG.sequence);
  return { at: instantOf(childAt(info, 4, TAG.generalizedTime)), algorithm: digestName(childAt(imprint, 0, TAG.sequence)), imprint: childAt(imprint, 1, TAG.octetString).content };
}

const OUTCOMES = { 'untrusted': 'SIGNATURE_UNTRUSTED', 'expired': 'SIGNATURE_EXPIRED', 'wrong-purpose': 'SIGNATURE_PURPOSE' } as const;

function trusted(result: PathResult): CertificateFacts {
  if (result.outcome === 'trusted') return result.root;
  throw new Wrong(finding(OUTCOMES[result.outcome], { found: result.found }));
}
