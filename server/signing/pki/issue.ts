/** Issues the certificates of a small authority (RFC 5280; EN 319 412-2 and -3): root, issuing authority, time stamps, seals of agencies, officers. */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, webcrypto } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { OID } from '../cms/oids.ts';
import { SigningError } from '../errors.ts';
import type { Profile } from './events.ts';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

/** A key and the certificate for it, as the vault keeps them: PEM. */
export interface Issued {
  readonly key: string;
  readonly certificate: string;
}

/** Attributes of a distinguished name, in order: short name or object identifier, and value. */
export type Subject = readonly (readonly [string, string])[];

interface Form {
  readonly curve: 'P-256' | 'P-384';
  readonly years: number;
  readonly keyUsage: x509.KeyUsageFlags;
  readonly purpose?: string;
  /** Authorities only: how many authorities may follow. */
  readonly pathLength?: number;
}

const AUTHORITY: x509.KeyUsageFlags = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
/** Commitment to content (EN 319 412-2, 4.3.2); digitalSignature beside it, because many programs ask for that one. */
const COMMITMENT = x509.KeyUsageFlags.nonRepudiation;

const FORMS: Readonly<Record<Profile, Form>> = {
  root: { curve: 'P-384', years: 20, keyUsage: AUTHORITY, pathLength: 1 },
  issuing: { curve: 'P-256', years: 10, keyUsage: AUTHORITY, pathLength: 0 },
  timestamps: { curve: 'P-256', years: 10, keyUsage: x509.KeyUsageFlags.digitalSignature, purpose: OID.timeStamping },
  seal: { curve: 'P-256', years: 5, keyUsage: x509.KeyUsageFlags.digitalSignature | COMMITMENT, purpose: OID.documentSigning },
  officer: { curve: 'P-256', years: 3, keyUsage: x509.KeyUsageFlags.digitalSignature | COMMITMENT, purpose: OID.documentSigning },
};

const SERIAL_BYTES = 16;
const SMALLEST_RSA = 3_072;
/** Clocks of those who check may be behind. */
const BEFORE_MS = 60_000;

export interface Issuer {
  readonly key: KeyObject;
  readonly certificate: x509.X509Certificate;
}

export function issuerOf({ key, certificate }: Issued): Issuer {
  return { key: createPrivateKey(key), certificate: new x509.X509Certificate(certificate) };
}

/** A new key with a certificate for it; without `issuer` it signs itself. `now`: ISO 8601 UTC instant. */
export async function issue(profile: Profile, subject: Subject, issuer: Issuer | undefined, now: string): Promise<Issued> {
  const { curve } = FORMS[profile];
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: curve });
  const certificate = await certify(profile, subject, publicKey, issuer ?? { key: privateKey }, now);
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, certificate: certificate.toString('pem') };
}

/**
 * A certificate for who made a PKCS#10 request (PEM): the request must be signed by its own key; the name is the authority's to give.
 * Rejects with SIGNING_REQUEST_REFUSED.
 */
export async function issueFromRequest(profile: Profile, pem: string, subject: Subject, issuer: Issuer, now: string): Promise<string> {
  const request = await readRequest(pem);
  const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const strong = key.asymmetricKeyType === 'rsa' ? modulusLength >= SMALLEST_RSA : namedCurve === 'prime256v1' || namedCurve === 'secp384r1';
  if (!strong) throw new SigningError('SIGNING_REQUEST_REFUSED', { found: 'its key is neither RSA of 3072 bits nor on P-256 or P-384' });
  return (await certify(profile, subject, key, issuer, now)).toString('pem');
}

async function readRequest(pem: string): Promise<x509.Pkcs10CertificateRequest> {
  try {
    const request = new x509.Pkcs10CertificateRequest(pem);
    if (await request.verify()) return request;
  } catch {
    throw new SigningError('SIGNING_REQUEST_REFUSED', { found: 'it cannot be read' });
  }
  throw new SigningError('SIGNING_REQUEST_REFUSED', { found: 'its signature does not fit its key' });
}

async function certify(profile: Profile, subject: Subject, publicKey: KeyObject, issuer: { readonly key: KeyObject; readonly certificate?: x509.X509Certificate }, now: string): Promise<x509.X509Certificate> {
  const { years, keyUsage, purpose, pathLength } = FORMS[profile];
  const key = new x509.PublicKey(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })));
  const name = new x509.Name(subject.map(([type, value]) => ({ [type]: [value] })));
  const signingAlgorithm = algorithmOf(issuer.key);
  const notBefore = new Date(Date.parse(now) - BEFORE_MS);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + years);
  return x509.X509CertificateGenerator.create({
    serialNumber: newSerial(), subject: name, issuer: issuer.certificate?.subjectName ?? name, notBefore, notAfter, publicKey: key, signingAlgorithm,
    signingKey: issuer.key.toCryptoKey(signingAlgorithm, false, ['sign']) as CryptoKey,
    extensions: [
      new x509.BasicConstraintsExtension(pathLength !== undefined, pathLength, true),
      new x509.KeyUsagesExtension(keyUsage, true),
      ...(purpose === undefined ? [] : [new x509.ExtendedKeyUsageExtension([purpose], purpose === OID.timeStamping)]),
      await x509.SubjectKeyIdentifierExtension.create(key),
      ...(issuer.certificate === undefined ? [] : [await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate)]),
    ],
  });
}

/** Positive and without a needless leading zero, which strict readers refuse: the first byte is 10 to 7F. */
function newSerial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = 0x10 + (bytes[0]! % 0x70);
  return bytes.toString('hex');
}

function algorithmOf(key: KeyObject): { readonly name: 'ECDSA'; readonly namedCurve: string; readonly hash: string } {
  const wide = key.asymmetricKeyDetails?.namedCurve === 'secp384r1';
  return { name: 'ECDSA', namedCurve: wide ? 'P-384' : 'P-256', hash: wide ? 'SHA-384' : 'SHA-256' };
}
