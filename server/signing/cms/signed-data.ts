/** Makes CMS SignedData with one signer (RFC 5652, 5) after the CAdES and PAdES baseline (EN 319 122-1, EN 319 142-1): ESS signing-certificate-v2, SHA-256. */
import 'reflect-metadata';
import { createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import * as cms from '@peculiar/asn1-cms';
import { AsnConvert, AsnParser, OctetString } from '@peculiar/asn1-schema';
import { Certificate, GeneralName, GeneralNames } from '@peculiar/asn1-x509';
import * as asn1js from 'asn1js';
import { OID } from './oids.ts';

/** Who signs: the key, the certificate and those up to, but without, the root. DER. */
export interface Credential {
  readonly key: KeyObject;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

/** Makes an RFC 3161 token over a SHA-256 digest; DER. */
export type Timestamps = (digest: Uint8Array) => Uint8Array;

/**
 * `digest`: SHA-256 of detached content; `content`: what the SignedData carries itself. `signingTime`: ISO 8601 UTC instant, for
 * CAdES only: in PAdES it stands in the signature dictionary (EN 319 142-1, 6.3). `timestamps`: makes it B-T.
 */
export type SignedContent = {
  readonly contentType?: string;
  readonly signingTime?: string;
  readonly timestamps?: Timestamps;
} & ({ readonly digest: Uint8Array } | { readonly content: Uint8Array });

/** The SignedData in its ContentInfo, DER. */
export function signedData(credential: Credential, what: SignedContent): Buffer {
  const content = 'content' in what ? what.content : undefined;
  const digest = 'content' in what ? sha256(what.content) : what.digest;
  const contentType = what.contentType ?? OID.data;
  const signer = signerInfo(credential, attributes(credential, contentType, digest, what.signingTime));
  if (what.timestamps !== undefined) {
    const token = what.timestamps(sha256(new Uint8Array(signer.signature.buffer)));
    signer.unsignedAttrs = [new cms.Attribute({ attrType: OID.signatureTimestamp, attrValues: [bufferOf(token)] })];
  }
  const signed = new cms.SignedData({
    version: contentType === OID.data ? cms.CMSVersion.v1 : cms.CMSVersion.v3,
    digestAlgorithms: new cms.DigestAlgorithmIdentifiers([digestAlgorithm()]),
    encapContentInfo: new cms.EncapsulatedContentInfo({ eContentType: contentType, ...(content && { eContent: new cms.EncapsulatedContent({ single: new OctetString(content) }) }) }),
    certificates: new cms.CertificateSet([credential.certificate, ...credential.chain].map((der) => new cms.CertificateChoices({ certificate: parsed(der) }))),
    signerInfos: new cms.SignerInfos([signer]),
  });
  return Buffer.from(AsnConvert.serialize(new cms.ContentInfo({ contentType: OID.signedData, content: AsnConvert.serialize(signed) })));
}

function signerInfo({ key, certificate }: Credential, sorted: readonly Buffer[]): cms.SignerInfo {
  const { issuer, serialNumber } = parsed(certificate).tbsCertificate;
  // What is signed is the attributes as a SET OF, in DER (RFC 5652, 5.4).
  const covered = new asn1js.Set({ value: sorted.map((der) => asn1js.fromBER(bufferOf(der)).result) }).toBER();
  return new cms.SignerInfo({
    version: cms.CMSVersion.v1,
    sid: new cms.SignerIdentifier({ issuerAndSerialNumber: new cms.IssuerAndSerialNumber({ issuer, serialNumber }) }),
    digestAlgorithm: digestAlgorithm(),
    signedAttrs: sorted.map((der) => AsnParser.parse(der, cms.Attribute)),
    signatureAlgorithm: new cms.SignatureAlgorithmIdentifier(key.asymmetricKeyType === 'ec' ? { algorithm: OID.ecdsaSha256 } : { algorithm: OID.rsaSha256, parameters: bufferOf(DER_NULL) }),
    signature: new OctetString(sign('sha256', Buffer.from(covered), key)),
  });
}

/** The signed attributes in the order of DER. */
function attributes({ certificate }: Credential, contentType: string, digest: Uint8Array, signingTime: string | undefined): Buffer[] {
  const values: [string, ArrayBuffer][] = [
    [OID.contentType, new asn1js.ObjectIdentifier({ value: contentType }).toBER()],
    [OID.messageDigest, new asn1js.OctetString({ valueHex: bufferOf(digest) }).toBER()],
    [OID.signingCertificateV2, signingCertificate(certificate)],
  ];
  if (signingTime !== undefined) values.push([OID.signingTime, timeOf(signingTime)]);
  return values.map(([attrType, value]) => Buffer.from(AsnConvert.serialize(new cms.Attribute({ attrType, attrValues: [value] })))).sort((left, right) => Buffer.compare(left, right));
}

/** SigningCertificateV2 (RFC 5035, 3): SHA-256 is the default, so its algorithm is left out. */
function signingCertificate(certificate: Uint8Array): ArrayBuffer {
  const { issuer, serialNumber } = parsed(certificate).tbsCertificate;
  const names = asn1js.fromBER(AsnConvert.serialize(new GeneralNames([new GeneralName({ directoryName: issuer })]))).result;
  const sequence = (...value: asn1js.BaseBlock[]): asn1js.Sequence => new asn1js.Sequence({ value });
  const issuerSerial = sequence(names, new asn1js.Integer({ valueHex: serialNumber }));
  return sequence(sequence(sequence(new asn1js.OctetString({ valueHex: bufferOf(sha256(certificate)) }), issuerSerial))).toBER();
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5652, 11.3). */
function timeOf(instant: string): ArrayBuffer {
  const date = new Date(Math.floor(Date.parse(instant) / 1_000) * 1_000);
  return date.getUTCFullYear() < 2050 ? new asn1js.UTCTime({ valueDate: date }).toBER() : new asn1js.GeneralizedTime({ valueDate: date }).toBER();
}

const PARSED = new Map<string, Certificate>();
const MOST_PARSED = 200;

/** Parsing a certificate costs more than a signature; there are few of them. */
function parsed(der: Uint8Array): Certificate {
  const key = Buffer.from(sha256(der)).toString('latin1');
  const known = PARSED.get(key) ?? AsnParser.parse(der, Certificate);
  if (PARSED.size >= MOST_PARSED) PARSED.clear();
  PARSED.set(key, known);
  return known;
}

const DER_NULL = new Uint8Array([5, 0]);

function digestAlgorithm(): cms.DigestAlgorithmIdentifier {
  return new cms.DigestAlgorithmIdentifier({ algorithm: OID.sha256 });
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

/** A copy with a buffer of its own: the libraries take the whole ArrayBuffer. */
export function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
