/** Object identifiers of CMS (RFC 5652), ESS (RFC 5035), time stamps (RFC 3161) and certificates (RFC 5280, RFC 9336), by what they name. */

export const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  timestampInfo: '1.2.840.113549.1.9.16.1.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  rsa: '1.2.840.113549.1.1.1',
  rsaSha256: '1.2.840.113549.1.1.11',
  rsaSha384: '1.2.840.113549.1.1.12',
  rsaSha512: '1.2.840.113549.1.1.13',
  ecdsaSha256: '1.2.840.10045.4.3.2',
  ecdsaSha384: '1.2.840.10045.4.3.3',
  ecdsaSha512: '1.2.840.10045.4.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  documentSigning: '1.3.6.1.5.5.7.3.36',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  anyPurpose: '2.5.29.37.0',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  organizationIdentifier: '2.5.4.97',
} as const;

/** Digest algorithms that hold, and those of the signature algorithms that bring their own. */
export const DIGESTS: ReadonlyMap<string, string> = new Map([[OID.sha256, 'sha256'], [OID.sha384, 'sha384'], [OID.sha512, 'sha512']]);
export const SIGNATURE_ALGORITHMS: ReadonlyMap<string, { readonly key: 'rsa' | 'ec'; readonly digest: string }> = new Map([
  [OID.rsaSha256, { key: 'rsa', digest: 'sha256' }], [OID.rsaSha384, { key: 'rsa', digest: 'sha384' }], [OID.rsaSha512, { key: 'rsa', digest: 'sha512' }],
  [OID.ecdsaSha256, { key: 'ec', digest: 'sha256' }], [OID.ecdsaSha384, { key: 'ec', digest: 'sha384' }], [OID.ecdsaSha512, { key: 'ec', digest: 'sha512' }],
]);
