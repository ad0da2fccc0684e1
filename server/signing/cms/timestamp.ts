/** A time-stamping authority in this process (RFC 3161, 2.4.2): tokens over SHA-256 digests, with the instant of the server's clock. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import { Accuracy, MessageImprint, TSTInfo, TSTInfoVersion } from '@peculiar/asn1-tsp';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import type { Clock } from '../../ports/clock.ts';
import { OID } from './oids.ts';
import { bufferOf, signedData } from './signed-data.ts';
import type { Credential, Timestamps } from './signed-data.ts';

/** The baseline time-stamp policy of EN 319 421, 5.2. */
const POLICY = '0.4.0.2023.1.1';
const SERIAL_BYTES = 15;

export function timestamping(credential: Credential, clock: Clock): Timestamps {
  return (digest) => {
    const info = new TSTInfo({
      version: TSTInfoVersion.v1, policy: POLICY,
      messageImprint: new MessageImprint({ hashAlgorithm: new AlgorithmIdentifier({ algorithm: OID.sha256, parameters: bufferOf(new Uint8Array([5, 0])) }), hashedMessage: new OctetString(digest) }),
      // A first byte of 1 keeps the number positive and without a needless leading zero.
      serialNumber: bufferOf(Buffer.concat([Buffer.of(1), randomBytes(SERIAL_BYTES)])),
      genTime: new Date(Math.floor(Date.parse(clock.now()) / 1_000) * 1_000),
      accuracy: new Accuracy({ seconds: 1 }),
    });
    return signedData(credential, { content: new Uint8Array(AsnConvert.serialize(info)), contentType: OID.timestampInfo });
  };
}
