/**
 * How an officer gets a key: made here, asked for by PKCS#10 (RFC 2986), kept as PKCS#12 (RFC 7292) under the officer's PIN.
 *
 * node-forge writes and reads the two containers; every primitive is node:crypto. A PIN of six digits has 20 bits, which no stretching
 * makes strong: what protects it is the count of tries and the vault, which is wrapped by the installation key. Scrypt makes each guess
 * dear to who has stolen both.
 */
import { constants, createHash, createPrivateKey, generateKeyPair, privateEncrypt, randomBytes, scrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** Cost of one guess: scrypt with N, 8 KiB times N of memory. Tests take less. */
export interface PinCost { readonly n: number }
export const PIN_COST: PinCost = { n: 32_768 };

/** As the vault keeps it. `salt` and `pkcs12`: base64; `certificate`: PEM. */
export interface OfficerKey {
  readonly salt: string;
  readonly pkcs12: string;
  readonly certificate: string;
}

const RSA_BITS = 3_072;
const SALT_BYTES = 32;
/** The password of the container has 256 bits already: its own stretching adds nothing. */
const CONTAINER_ITERATIONS = 100;

/** DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2, note 1). */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** A new RSA-3072 key (PKCS#8 PEM) and the request for its certificate (PEM), signed by it. */
export async function requestCertificate(commonName: string, organization: string): Promise<{ readonly key: string; readonly request: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: RSA_BITS });
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' }) as string);
  const text = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  request.setSubject([{ name: 'commonName', value: commonName, valueTagClass: text }, { name: 'organizationName', value: organization, valueTagClass: text }]);
  request.sign(nativeSigner(privateKey), forge.md.sha256.create());
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, request: forge.pki.certificationRequestToPem(request) };
}

/** Puts a key under a PIN. */
export async function lockKey(key: string, certificate: string, pin: string, cost: PinCost): Promise<OfficerKey> {
  const salt = randomBytes(SALT_BYTES);
  const password = await stretched(pin, salt, cost);
  const container = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(key), forge.pki.certificateFromPem(certificate), password, { algorithm: 'aes256', count: CONTAINER_ITERATIONS });
  return { salt: salt.toString('base64'), pkcs12: Buffer.from(forge.asn1.toDer(container).getBytes(), 'latin1').toString('base64'), certificate };
}

/** The key under the PIN; undefined when it is another PIN. */
export async function unlockKey({ salt, pkcs12 }: OfficerKey, pin: string, cost: PinCost): Promise<KeyObject | undefined> {
  const password = await stretched(pin, Buffer.from(salt, 'base64'), cost);
  const key = openContainer(pkcs12, password);
  if (key === undefined) return undefined;
  const der = Buffer.from(forge.asn1.toDer(forge.pki.privateKeyToAsn1(key)).getBytes(), 'latin1');
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs1' });
  } finally {
    der.fill(0);
  }
}

/** Undefined when the container's own checksum (MAC) says that the password is another one. */
function openContainer(pkcs12: string, password: string): forge.pki.rsa.PrivateKey | undefined {
  const asn1 = forge.asn1.fromDer(Buffer.from(pkcs12, 'base64').toString('latin1'));
  let container: forge.pkcs12.Pkcs12Pfx;
  try {
    container = forge.pkcs12.pkcs12FromAsn1(asn1, password);
  } catch (error) {
    if (error instanceof Error && error.message.includes('MAC could not be verified')) return undefined;
    throw error;
  }
  const type = forge.pki.oids['pkcs8ShroudedKeyBag']!;
  const key = container.getBags({ bagType: type })[type]?.[0]?.key;
  if (key === undefined) throw new Error('Expected a key in the container of an officer, but there is none');
  return key;
}

async function stretched(pin: string, salt: Buffer, { n }: PinCost): Promise<string> {
  const bytes = await promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(scrypt)(pin, salt, 32, { N: n, r: 8, p: 1, maxmem: 256 * n * 8 });
  const password = bytes.toString('base64url');
  bytes.fill(0);
  return password;
}

/** Signs for forge with the native key: the digest goes in, the signature comes out, both as its strings of bytes. */
function nativeSigner(key: KeyObject): forge.pki.rsa.PrivateKey {
  const sign = (digest: forge.md.MessageDigest): string => {
    const info = Buffer.concat([SHA256_INFO, Buffer.from(digest.digest().getBytes(), 'latin1')]);
    return privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, info).toString('latin1');
  };
  return { sign } as unknown as forge.pki.rsa.PrivateKey;
}

/** SHA-256 of some bytes, hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
