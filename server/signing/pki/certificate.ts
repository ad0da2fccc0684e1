/** A certificate as path validation needs it (RFC 5280, 4.1 and 4.2): names, times, purposes and constraints, read from its strict DER. */
import { X509Certificate } from 'node:crypto';
import { childAt, DerFault, instantOf, oidOf, readDer, tagged, TAG } from '../cms/der.ts';
import type { DerElement } from '../cms/der.ts';
import { OID, SIGNATURE_ALGORITHMS } from '../cms/oids.ts';

/** Bits of KeyUsage (RFC 5280, 4.2.1.3), as they stand in its first octet. */
export const KEY_USAGE = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04 } as const;

/** Instants are ISO 8601 UTC. `pathLength`: how many certificates of authorities may follow. `unknownCritical`: extensions that must be understood and are not. */
export interface CertificateFacts {
  readonly x509: X509Certificate;
  readonly der: Buffer;
  readonly serial: Buffer;
  readonly issuer: Buffer;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly commonName: string;
  readonly organization: string | undefined;
  /** A legal person: its signatures are seals (EN 319 412-3, 4.2.1). */
  readonly organizationIdentifier: string | undefined;
  readonly authority: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsage: number | undefined;
  readonly purposes: readonly string[] | undefined;
  readonly purposesCritical: boolean;
  readonly unknownCritical: readonly string[];
  readonly signatureAlgorithm: string;
}

const UNDERSTOOD = new Set<string>([OID.basicConstraints, OID.keyUsage, OID.extendedKeyUsage, OID.subjectKeyIdentifier, OID.authorityKeyIdentifier]);

interface Extension { readonly critical: boolean; readonly value: Buffer }

/** Throws {@link DerFault} when it is no certificate of version 3. */
export function readCertificate(der: Buffer): CertificateFacts {
  const body = childAt(readDer(der), 0, TAG.sequence);
  if (tagged(body, 0) === undefined) throw new DerFault('a certificate is older than version 3');
  const [, serial, algorithm, issuer, validity, subject] = body.children;
  if (serial === undefined || algorithm === undefined || issuer === undefined || validity === undefined || subject === undefined) throw new DerFault('a certificate is not complete');
  const extensions = extensionsOf(body);
  const constraints = extension(extensions, OID.basicConstraints)?.children ?? [];
  const purposes = extension(extensions, OID.extendedKeyUsage)?.children.map(oidOf);
  const [limit] = constraints.filter(({ tag }) => tag === TAG.integer);
  return {
    x509: certificateOf(der), der, serial: serial.content, issuer: issuer.raw,
    notBefore: instantOf(validity.children[0] ?? validity), notAfter: instantOf(validity.children[1] ?? validity),
    commonName: attribute(subject, OID.commonName) ?? '', organization: attribute(subject, OID.organization), organizationIdentifier: attribute(subject, OID.organizationIdentifier),
    authority: constraints.some(({ tag, content }) => tag === TAG.boolean && content[0] === 0xFF), pathLength: limit === undefined ? undefined : numberOf(limit),
    keyUsage: extension(extensions, OID.keyUsage)?.content[1] ?? (extensions.has(OID.keyUsage) ? 0 : undefined),
    purposes, purposesCritical: extensions.get(OID.extendedKeyUsage)?.critical ?? false,
    unknownCritical: [...extensions].flatMap(([oid, { critical }]) => (critical && !UNDERSTOOD.has(oid) ? [oid] : [])),
    signatureAlgorithm: oidOf(childAt(childAt(readDer(der), 1, TAG.sequence), 0, TAG.oid)),
  };
}

/** SHA-256 of its DER, hex. */
export function fingerprintOf(certificate: CertificateFacts): string {
  return certificate.x509.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** Whether its own signature uses an algorithm that holds. */
export function signedSoundly({ signatureAlgorithm }: CertificateFacts): boolean {
  return SIGNATURE_ALGORITHMS.has(signatureAlgorithm);
}

function certificateOf(der: Buffer): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new DerFault('a certificate cannot be read');
  }
}

function extensionsOf(body: DerElement): Map<string, Extension> {
  const found = new Map<string, Extension>();
  for (const item of tagged(body, 3)?.children[0]?.children ?? []) {
    const oid = oidOf(childAt(item, 0, TAG.oid));
    const value = item.children.at(-1);
    if (value?.tag !== TAG.octetString || found.has(oid)) throw new DerFault('the extensions of a certificate are damaged');
    found.set(oid, { critical: item.children[1]?.tag === TAG.boolean && item.children[1].content[0] === 0xFF, value: value.content });
  }
  return found;
}

function extension(extensions: ReadonlyMap<string, Extension>, oid: string): DerElement | undefined {
  const found = extensions.get(oid);
  return found === undefined ? undefined : readDer(found.value);
}

function numberOf({ content }: DerElement): number {
  if (content.length > 4) throw new DerFault('a number is too large');
  return content.readIntBE(0, content.length);
}

/** The last value of an attribute of a name, as text. */
function attribute(name: DerElement, oid: string): string | undefined {
  const pairs = name.children.flatMap((set) => set.children).filter((pair) => pair.children[0]?.tag === TAG.oid && oidOf(pair.children[0]) === oid);
  const value = pairs.at(-1)?.children[1];
  if (value === undefined) return undefined;
  // BMPString is UTF-16; UTF8String, PrintableString and the others read as UTF-8.
  return value.tag === 0x1E ? Buffer.from(value.content).swap16().toString('utf16le') : value.content.toString('utf8');
}
