/** CMS signatures that are not what they seem (EN 319 102-1, 5.3): each trick has its finding, and nothing is thrown. */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { derLength, DerFault, instantOf, oidOf, readDer } from '../../../server/signing/cms/der.ts';
import { OID } from '../../../server/signing/cms/oids.ts';
import { issue, issuerOf } from '../../../server/signing/pki/issue.ts';
import type { Issued } from '../../../server/signing/pki/issue.ts';
import type { Profile } from '../../../server/signing/pki/events.ts';
import { createVerifier } from '../../../server/signing/verifier.ts';
import { timestamping } from '../../../server/signing/cms/timestamp.ts';
import { signedData } from '../../../server/signing/cms/signed-data.ts';
import type { Credential } from '../../../server/signing/cms/signed-data.ts';
import { attribute, der, essAttribute, hostileCms, oid } from './hostile-cms.ts';
import type { Parts } from './hostile-cms.ts';
import { AT } from './support.ts';

const CONTENT = Buffer.from('five days of leave');
const LONG_AGO = '2020-01-01T00:00:00.000Z';

describe('Signing: CMS signatures', () => {
  let root: Issued;
  let issuing: Issued;
  let seal: Issued;
  const make = (profile: Profile, issuer: Issued | undefined, at = AT): Promise<Issued> => issue(profile, [['O', 'Ministry'], ['CN', profile]], issuer && issuerOf(issuer), at);
  before(async () => {
    root = await make('root', undefined);
    issuing = await issue('issuing', [['CN', 'Issuing']], issuerOf(root), AT);
    seal = await make('seal', issuing);
  });

  const credential = ({ key, certificate }: Issued, ...chain: readonly Issued[]): Credential =>
    ({ key: createPrivateKey(key), certificate: new X509Certificate(certificate).raw, chain: chain.map((each) => new X509Certificate(each.certificate).raw) });
  const check = async (signature: Uint8Array, content: Uint8Array = CONTENT, anchors: readonly string[] = [root.certificate], now = AT): Promise<string> =>
    (await createVerifier(anchors, { now: () => now }).verifyDetached(content, signature)).problems.join('; ');
  const hostile = (parts: Partial<Parts>): Promise<string> => check(hostileCms({ ...seal, content: CONTENT, others: [issuing.certificate], ...parts }));

  it('One that is made by hand in the same form is valid: the tricks below fail for their own reason.', async () => {
    expect(await hostile({})).to.equal('');
  });

  it('Other content is SIGNATURE_DIGEST.', async () => {
    expect(await hostile({ content: Buffer.from('fifty days of leave') })).to.contain('SIGNATURE_DIGEST');
  });

  it('An attribute that is missing, there twice or has two values is SIGNATURE_ATTRIBUTE.', async () => {
    expect(await hostile({ attributes: ([, ...rest]) => rest })).to.contain('SIGNATURE_ATTRIBUTE: Expected the signed attribute content-type once, with one value, but it is missing');
    expect(await hostile({ attributes: (ordinary) => [...ordinary, ordinary[1]!] })).to.contain('SIGNATURE_ATTRIBUTE: Expected the signed attribute message-digest');
    const two = attribute(OID.messageDigest, der(4, Buffer.alloc(32)), der(4, Buffer.alloc(32)));
    expect(await hostile({ attributes: ([type, , ess]) => [type!, two, ess!] })).to.contain('there are 1 with 2 values');
    expect(await hostile({ attributes: ([, digest, ess]) => [attribute(OID.contentType, oid(OID.timestampInfo)), digest!, ess!] })).to.contain('it names another type');
    expect(await hostile({ attributes: (ordinary) => ordinary.slice(0, 2) })).to.contain('SIGNATURE_ATTRIBUTE: Expected the signed attribute signing-certificate-v2');
  });

  it('Another certificate with the same key, name and number than the signer named is SIGNATURE_CERTIFICATE.', async () => {
    const other = await make('seal', issuing);
    expect(await hostile({ attributes: ([type, digest]) => [type!, digest!, essAttribute(new X509Certificate(other.certificate).raw)] })).to.contain('SIGNATURE_CERTIFICATE: ');
  });

  it('A certificate whose key did not sign is SIGNATURE_VALUE.', async () => {
    const other = await make('seal', issuing);
    expect(await hostile({ key: other.key })).to.contain('SIGNATURE_VALUE: Expected the signature to fit the certificate of seal');
  });

  it('Weak or unfitting algorithms are SIGNATURE_ALGORITHM.', async () => {
    expect(await hostile({ digestAlgorithm: '1.3.14.3.2.26' })).to.contain('SIGNATURE_ALGORITHM').and.to.contain('1.3.14.3.2.26');
    expect(await hostile({ signatureAlgorithm: '1.2.840.10045.4.1' })).to.contain('SIGNATURE_ALGORITHM');
    expect(await hostile({ signatureAlgorithm: OID.rsaSha256 })).to.contain('with a key of type ec');
  });

  it('No signer, two signers, or a certificate that is missing, is SIGNATURE_DAMAGED.', async () => {
    expect(await hostile({ signers: () => [] })).to.contain('SIGNATURE_DAMAGED').and.to.contain('it has 0 signers');
    expect(await hostile({ signers: (one) => [one, one] })).to.contain('it has 2 signers');
    expect(await hostile({ certificates: [new X509Certificate(issuing.certificate).raw] })).to.contain('the certificate of its signer is missing');
    expect(await hostile({ certificates: [Buffer.of(0x30, 0), Buffer.of(0x30, 3, 1, 1, 7)] })).to.contain('SIGNATURE_DAMAGED');
  });

  it('BER that is not DER is SIGNATURE_DAMAGED.', async () => {
    const good = hostileCms({ ...seal, content: CONTENT, others: [issuing.certificate] });
    const indefinite = Buffer.concat([Buffer.of(0x30, 0x80), good.subarray(4), Buffer.of(0, 0)]);
    expect(await check(indefinite)).to.contain('a length is indefinite');
    expect(await check(Buffer.concat([good, Buffer.of(0)]))).to.contain('something stands behind its end');
    expect(await hostile({ version: Buffer.of(2, 2, 0, 1) })).to.contain('not in its shortest form');
    let deep: Buffer = Buffer.alloc(0);
    for (let depth = 0; depth < 80; depth += 1) deep = der(0x30, deep);
    expect(await check(deep)).to.contain('nested too deeply');
    for (const nothing of [Buffer.alloc(0), Buffer.of(0x30), Buffer.alloc(100), Buffer.from('hello')]) expect(await check(nothing)).to.contain('SIGNATURE_DAMAGED');
  });

  it('A root that nobody trusts, a missing link, or an authority that may not issue, is SIGNATURE_UNTRUSTED.', async () => {
    const foreign = await make('root', undefined);
    expect(await check(hostileCms({ ...seal, content: CONTENT, others: [issuing.certificate] }), CONTENT, [foreign.certificate])).to.contain('SIGNATURE_UNTRUSTED');
    expect(await hostile({ others: [] })).to.contain('SIGNATURE_UNTRUSTED');
    // An officer is no authority, and below an authority of path length 0 there is none.
    const byOfficer = await make('seal', seal);
    expect(await hostile({ ...byOfficer, others: [seal.certificate, issuing.certificate] })).to.contain('SIGNATURE_UNTRUSTED');
    const below = await issue('issuing', [['CN', 'Below']], issuerOf(issuing), AT);
    const tooDeep = await make('seal', below);
    expect(await hostile({ ...tooDeep, others: [below.certificate, issuing.certificate] })).to.contain('SIGNATURE_UNTRUSTED');
  });

  it('A certificate that had ended, or had not begun, is SIGNATURE_EXPIRED; a time stamp from its time proves the signature all the same.', async () => {
    expect(await check(hostileCms({ ...seal, content: CONTENT, others: [issuing.certificate] }), CONTENT, [root.certificate], '2033-01-01T00:00:00.000Z')).to.contain('SIGNATURE_EXPIRED').and.to.contain('not at 2033-01-01');
    const old = { root: await make('root', undefined, LONG_AGO) };
    const chain = await issue('issuing', [['CN', 'Old']], issuerOf(old.root), LONG_AGO);
    const [signer, stamps] = [await make('officer', chain, LONG_AGO), await make('timestamps', chain, LONG_AGO)];
    const signature = (timestamps?: ReturnType<typeof timestamping>): Buffer => signedData(credential(signer, chain), { digest: digestOf(CONTENT), ...(timestamps && { timestamps }) });
    expect(await check(signature(), CONTENT, [old.root.certificate])).to.contain('SIGNATURE_EXPIRED');
    expect(await check(signature(timestamping(credential(stamps, chain), { now: () => '2021-05-05T00:00:00.000Z' })), CONTENT, [old.root.certificate])).to.equal('');
    expect(await check(signature(timestamping(credential(stamps, chain), { now: () => '2025-05-05T00:00:00.000Z' })), CONTENT, [old.root.certificate])).to.contain('SIGNATURE_EXPIRED');
  });

  it('A certificate for time stamps under a document, or an authority, is SIGNATURE_PURPOSE.', async () => {
    expect(await hostile({ ...await make('timestamps', issuing) })).to.contain('SIGNATURE_PURPOSE').and.to.contain('extendedKeyUsage');
    expect(await hostile({ ...issuing, others: [] })).to.contain('SIGNATURE_PURPOSE').and.to.contain('keyUsage');
  });

  it('A time stamp over something else, by a wrong certificate, from the future, or two of them, is SIGNATURE_TIMESTAMP.', async () => {
    const stamps = await make('timestamps', issuing);
    const clock = { now: () => AT };
    const over = (what: Uint8Array, by: Issued = stamps, now = clock): Buffer => attribute(OID.signatureTimestamp, Buffer.from(timestamping(credential(by, issuing), now)(what)));
    expect(await hostile({ unsigned: [over(digestOf(CONTENT))] })).to.contain('SIGNATURE_TIMESTAMP').and.to.contain('SIGNATURE_DIGEST');
    const signed = (by: Issued, now: string): Promise<string> => check(signedData(credential(seal, issuing), { digest: digestOf(CONTENT), timestamps: timestamping(credential(by, issuing), { now: () => now }) }));
    expect(await signed(stamps, AT)).to.equal('');
    expect(await signed(seal, AT)).to.contain('SIGNATURE_TIMESTAMP').and.to.contain('not made for time stamps');
    expect(await signed(stamps, '2026-11-20T14:30:00.000Z')).to.contain('SIGNATURE_TIMESTAMP').and.to.contain('has not come yet');
    expect(await hostile({ unsigned: [over(digestOf(CONTENT)), over(digestOf(CONTENT))] })).to.contain('there are 2');
    expect(await hostile({ unsigned: [attribute(OID.signatureTimestamp, der(0x30))] })).to.contain('SIGNATURE_TIMESTAMP').and.to.contain('SIGNATURE_DAMAGED');
  });

  it('Every single bit counts: no changed byte of a signature leaves it valid.', async function () {
    this.timeout(60_000);
    const stamps = await make('timestamps', issuing);
    const good = signedData(credential(seal, issuing), { digest: digestOf(CONTENT), timestamps: timestamping(credential(stamps, issuing), { now: () => AT }) });
    expect(await check(good)).to.equal('');
    const survived: number[] = [];
    for (let at = 0; at < good.length; at += 3) {
      const changed = Buffer.from(good);
      changed[at]! ^= 1 << (at % 8);
      const { valid, signatures: [told] } = await createVerifier([root.certificate], { now: () => AT }).verifyDetached(CONTENT, changed);
      // A time stamp that is not recognised any more proves no time; the signature itself holds without it.
      if (valid && told?.provenAt !== undefined) survived.push(at);
    }
    expect(survived).to.deep.equal([]);
  });

  it('DER readers refuse what is not in its shortest form.', () => {
    const fault = (read: () => unknown): string => {
      try {
        read();
      } catch (error) {
        expect(error).to.be.instanceOf(DerFault);
        return (error as DerFault).message;
      }
      return '';
    };
    expect(oidOf(readDer(oid('2.16.840.1.101.3.4.2.1')))).to.equal('2.16.840.1.101.3.4.2.1');
    expect(fault(() => oidOf(readDer(der(6, Buffer.of(0x2A, 0x80, 0x01)))))).to.contain('shortest');
    expect(fault(() => oidOf(readDer(der(6, Buffer.of(0x2A, 0x81)))))).to.contain('damaged');
    expect(fault(() => readDer(Buffer.of(1, 1, 1)))).to.contain('truth value');
    expect(fault(() => readDer(Buffer.of(0x1F, 0x81, 1, 0)))).to.contain('above 30');
    expect(fault(() => derLength(Buffer.of(0x30, 0x81, 5)))).to.contain('shortest');
    expect(instantOf(readDer(der(0x17, Buffer.from('261120140000Z'))))).to.equal(AT);
    expect(instantOf(readDer(der(0x18, Buffer.from('20261120140000.5Z'))))).to.equal('2026-11-20T14:00:00.500Z');
    for (const text of ['20261120140000', '20261120140000.50Z', '20261399140000Z']) expect(fault(() => instantOf(readDer(der(0x18, Buffer.from(text)))))).to.not.equal('');
  });
});

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
