/** CMS signatures as an attacker or a faulty program makes them: every part can be given. */
import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readDer } from '../../../server/signing/cms/der.ts';
import { OID } from '../../../server/signing/cms/oids.ts';

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const octets = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xFF];
  return Buffer.concat([Buffer.of(tag, ...octets), content]);
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const arcs = [40 * first + second, ...rest].flatMap((arc) => {
    const bytes = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift(0x80 + (left % 128));
    return bytes;
  });
  return der(0x06, Buffer.from(arcs));
}

export function attribute(type: string, ...values: readonly Buffer[]): Buffer {
  return der(0x30, oid(type), der(0x31, ...values));
}

/** What an ordinary signature would have; any part may be replaced. */
export interface Parts {
  readonly key: string;
  readonly certificate: string;
  readonly content: Uint8Array;
  readonly others?: readonly string[];
  readonly attributes?: (ordinary: readonly Buffer[]) => readonly Buffer[];
  readonly signers?: (ordinary: Buffer) => readonly Buffer[];
  readonly certificates?: readonly Buffer[];
  readonly digestAlgorithm?: string;
  readonly signatureAlgorithm?: string;
  readonly unsigned?: readonly Buffer[];
  readonly version?: Buffer;
}

export function essAttribute(certificate: Uint8Array): Buffer {
  return attribute(OID.signingCertificateV2, der(0x30, der(0x30, der(0x30, der(0x04, createHash('sha256').update(certificate).digest())))));
}

export function hostileCms(parts: Parts): Buffer {
  const { raw } = new X509Certificate(parts.certificate);
  const body = readDer(raw).children[0]!;
  const ordinary = [
    attribute(OID.contentType, oid(OID.data)), attribute(OID.messageDigest, der(0x04, createHash('sha256').update(parts.content).digest())), essAttribute(raw),
  ];
  const attributes = Buffer.concat(parts.attributes?.(ordinary) ?? ordinary);
  const key = createPrivateKey(parts.key);
  const signature = sign('sha256', der(0x31, attributes), key);
  const algorithm = (name: string): Buffer => der(0x30, oid(name));
  const unsigned = parts.unsigned === undefined ? [] : [der(0xA1, ...parts.unsigned)];
  const signer = der(0x30, Buffer.of(2, 1, 1), der(0x30, body.children[3]!.raw, body.children[1]!.raw), algorithm(parts.digestAlgorithm ?? OID.sha256), der(0xA0, attributes),
    algorithm(parts.signatureAlgorithm ?? (key.asymmetricKeyType === 'ec' ? OID.ecdsaSha256 : OID.rsaSha256)), der(0x04, signature), ...unsigned);
  const certificates = parts.certificates ?? [raw, ...(parts.others ?? []).map((pem) => new X509Certificate(pem).raw)];
  const signed = der(0x30, parts.version ?? Buffer.of(2, 1, 1), der(0x31, algorithm(OID.sha256)), der(0x30, oid(OID.data)), der(0xA0, ...certificates), der(0x31, ...(parts.signers?.(signer) ?? [signer])));
  return der(0x30, oid(OID.signedData), der(0xA0, signed));
}
