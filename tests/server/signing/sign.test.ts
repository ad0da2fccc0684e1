/** Signing and sealing PDF files (EN 319 142-1), with pdfsig, openssl and qpdf as second opinion. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { SigningError } from '../../../server/signing/errors.ts';
import { shownLines } from '../../../server/signing/pades/lines.ts';
import { signPdf } from '../../../server/signing/pades/sign.ts';
import { issue } from '../../../server/signing/pki/issue.ts';
import { openPdf } from '../../../server/signing/pdf/file.ts';
import { signatureFields } from '../../../server/signing/pdf/form.ts';
import { derLength } from '../../../server/signing/cms/der.ts';
import { assemble, AT, openHouse, outside, PIN, pemOf, plainPdf, signaturesOf, tampered } from './support.ts';
import type { House } from './support.ts';

const TIME = String(Date.parse(AT) / 1_000 + 60);
/** DER of the object identifier of a signature time stamp, up to its value. */
const STAMP = Buffer.from('060b2a864886f70d010910020e31', 'hex');

describe('Signing: PDF files', function () {
  this.timeout(30_000);
  let house: House;
  before(async () => { house = await openHouse(); });
  after(() => { house.remove(); });

  const sign = async (pdf: Uint8Array, person = 'secretary'): Promise<Buffer> => Buffer.from((await house.signing.signer.sign({ person, pin: PIN, pdf, reason: 'Approved, 5 days — für Ärzte', at: AT })).pdf);
  const seal = async (pdf: Uint8Array, agency = 'ministry'): Promise<Buffer> => Buffer.from((await house.signing.sealer.seal({ agency, pdf, reason: 'Issued', at: AT })).pdf);
  const fieldsOf = (pdf: Buffer): [string, boolean][] => signatureFields(openPdf(pdf)).map(({ name, signature }) => [name, signature !== undefined]);
  const refusal = async (doing: Promise<unknown>): Promise<SigningError> => {
    try {
      await doing;
    } catch (error) {
      return error as SigningError;
    }
    throw new Error('it was signed');
  };

  for (const fields of [['signature1', 'seal'], []]) {
    const made = fields.length > 0 ? 'with fields made before' : 'without fields';
    describe(`a file ${made}, signed by an officer (RSA-3072) and sealed by the agency (P-256)`, () => {
      let pdf: Buffer;
      before(async () => { pdf = await seal(await sign(plainPdf(fields))); });

      it('pdfsig says that both are valid; qpdf finds no error.', () => {
        const { text } = outside('pdfsig', { 'x.pdf': pdf }, ['-nocert', 'x.pdf']);
        expect(text.match(/Signature is Valid/g)).to.have.length(2);
        expect(text).to.contain('ETSI.CAdES.detached').and.to.contain('Permanent Secretary, Public Service').and.to.contain('Seal of the Ministry of the Public Service');
        expect(text.match(/Total document signed/g)).to.have.length(1);
        expect(outside('qpdf', { 'x.pdf': pdf }, ['--check', 'x.pdf'])).to.deep.include({ status: 0 });
      });

      it('openssl verifies both as CAdES, and their time stamps.', () => {
        for (const { cms, covered } of signaturesOf(pdf)) {
          const files = { 'root.pem': house.root, 'issuing.pem': house.issuing, 's.der': cms, 'content': covered };
          const checked = outside('openssl', files, ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 's.der', '-content', 'content', '-CAfile', 'root.pem', '-purpose', 'any', '-attime', TIME, '-out', 'out']);
          expect(checked.text).to.contain('CAdES Verification successful');
          const at = cms.indexOf(STAMP) + STAMP.length;
          const rest = cms.subarray(at - 1);
          const token = rest.subarray(rest[1]! === 0x82 ? 4 : 2);
          const length = derLength(token);
          const value = signatureValue(cms);
          const stamp = outside('openssl', { ...files, 't.der': token.subarray(0, length), value }, ['ts', '-verify', '-token_in', '-in', 't.der', '-data', 'value', '-CAfile', 'root.pem', '-untrusted', 'issuing.pem', '-attime', TIME]);
          expect(stamp.text).to.contain('Verification: OK');
        }
      });

      it('Our own verifier says who, where, when and by whose trust.', async () => {
        const verification = await house.signing.verifier.verifyPdf(pdf);
        expect(verification).to.deep.include({ valid: true, changed: false, problems: [] });
        expect(verification.signatures.map(({ kind, name, organisation, at, provenAt, trustedBy }) => [kind, name, organisation, at, provenAt, trustedBy])).to.deep.equal([
          ['signature', 'Permanent Secretary, Public Service', 'Ministry of the Public Service', AT, AT, 'Root Authority'],
          ['seal', 'Seal of the Ministry of the Public Service', 'Ministry of the Public Service', AT, AT, 'Root Authority'],
        ]);
      });

      it('What was there stays byte for byte; what the fields show can be read as text.', () => {
        const before = plainPdf(fields);
        expect(pdf.subarray(0, before.length).equals(before)).to.equal(true);
        const { text } = outside('pdftotext', { 'x.pdf': pdf }, ['x.pdf', '-']);
        expect(text).to.contain('Electronically signed').and.to.contain('20 November 2026, 10:00 GMT-4').and.to.contain('Approved, 5 days — für Ärzte').and.to.contain('Electronically sealed');
      });
    });
  }

  it('A signature fills the first empty field of its kind; a seal the seal.', async () => {
    const pdf = plainPdf(['seal', 'signature1', 'signature2']);
    const one = await sign(pdf);
    expect(fieldsOf(one)).to.deep.equal([['seal', false], ['signature1', true], ['signature2', false]]);
    const two = await sign(one, 'officer');
    expect(fieldsOf(await seal(two))).to.deep.equal([['seal', true], ['signature1', true], ['signature2', true]]);
  });

  it('Filling a field that the layout made changes one object and adds new ones; after that only an invisible field is added.', async () => {
    let pdf = await sign(plainPdf(['signature1']));
    for (const each of [() => sign(pdf, 'officer'), () => seal(pdf)]) pdf = await each();
    expect(fieldsOf(pdf)).to.deep.equal([['signature1', true], ['signature2', true], ['seal3', true]]);
    const verification = await house.signing.verifier.verifyPdf(pdf);
    expect(verification.problems).to.deep.equal([]);
    expect(verification.signatures).to.have.length(3);
  });

  it('The first signature certifies the file with room for others (DocMDP 2), the later ones do not.', async () => {
    const text = (await seal(await sign(plainPdf()))).toString('latin1');
    expect(text.match(/\/TransformMethod \/DocMDP/g)).to.have.length(1);
    expect(text).to.match(/\/Perms << \/DocMDP \d+ 0 R >>/).and.to.contain('/P 2');
  });

  it('A file whose first signature permits none after it is SIGNING_FORBIDDEN.', async () => {
    const closed = Buffer.from((await sign(plainPdf(['signature1', 'seal']))).toString('latin1').replace('/P 2 /V', '/P 1 /V'), 'latin1');
    expect(await refusal(seal(closed))).to.include({ code: 'SIGNING_FORBIDDEN' });
  });

  it('What is no PDF file, damaged, encrypted or has cross-reference streams is SIGNING_NOT_A_PDF.', async () => {
    const encrypted = Buffer.from(plainPdf().toString('latin1').replace('/ID [', '/Encrypt << /Filter /Standard >> /ID ['), 'latin1');
    const streams = plainPdf().toString('latin1').replace('xref\n0', 'xrof\n0');
    for (const pdf of [Buffer.alloc(0), Buffer.from('hello'), plainPdf().subarray(0, 400), encrypted, Buffer.from(streams, 'latin1'), assemble(['<< /Type /Catalog >>'])]) {
      const error = await refusal(seal(pdf));
      expect(error).to.be.instanceOf(SigningError).and.to.include({ code: 'SIGNING_NOT_A_PDF' });
    }
  });

  it('A seal that does not exist, or has ended, is SIGNING_NO_SEAL.', async () => {
    expect(await refusal(seal(plainPdf(), 'hr-unit'))).to.include({ code: 'SIGNING_NO_SEAL', message: 'Expected agency hr-unit to have a seal, but it has none' });
    house.clock.time = '2032-01-01T00:00:00.000Z';
    expect(await refusal(seal(plainPdf()))).to.include({ code: 'SIGNING_NO_SEAL' });
    house.clock.time = AT;
  });

  it('Form and annotations that are objects of their own grow in place.', async () => {
    const pdf = assemble([
      '<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>', '<< /Type /Page /Parent 2 0 R /Annots 6 0 R >>',
      '<< /Fields 5 0 R >>', '[]', '[]',
    ]);
    const signed = await seal(await sign(pdf));
    expect((await house.signing.verifier.verifyPdf(signed)).problems).to.deep.equal([]);
    expect(outside('pdfsig', { 'x.pdf': signed }, ['-nocert', 'x.pdf']).text.match(/Signature is Valid/g)).to.have.length(2);
  });

  it('A change made before the first signature is signed with the rest.', async () => {
    const changed = tampered(plainPdf(['signature1']), (file) => new Map([[7, new Map([['Note', file.size]])]]));
    expect((await house.signing.verifier.verifyPdf(await sign(changed))).valid).to.equal(true);
  });

  it('A detached seal (CAdES) is verified by openssl and by us, and carries its time.', async () => {
    const content = Buffer.from('<manifest/>');
    const { signature, name } = await house.signing.sealer.sealDetached({ agency: 'ministry-of-finance', content, at: AT });
    expect(name).to.equal('Seal of the Ministry of Finance');
    const { text } = outside('openssl', { 'root.pem': house.root, 's.p7s': signature, content }, ['cms', '-verify', '-cades', '-binary', '-inform', 'DER', '-in', 's.p7s', '-content', 'content', '-CAfile', 'root.pem', '-purpose', 'any', '-attime', TIME, '-out', 'out']);
    expect(text).to.contain('CAdES Verification successful');
    const verification = await house.signing.verifier.verifyDetached(content, signature);
    expect(verification).to.deep.include({ valid: true, changed: false });
    expect(verification.signatures[0]).to.deep.include({ kind: 'seal', at: AT, provenAt: AT, organisation: 'Ministry of Finance' });
    expect(await house.signing.verifier.verifyDetached(Buffer.from('<manifest />'), signature)).to.deep.include({ valid: false, changed: true });
  });

  it('A signature that does not fit into the room kept for it is SIGNING_TOO_LARGE.', async () => {
    const issued = await issue('seal', [['CN', 'Seal']], undefined, AT);
    const certificate = new X509Certificate(issued.certificate).raw;
    const credential = { key: createPrivateKey(issued.key), certificate, chain: Array<Uint8Array>(40).fill(certificate) };
    const signature = { kind: 'seal', name: 'Seal', reason: 'x', at: AT, lines: ['Seal'] } as const;
    expect(() => signPdf(plainPdf(), signature, credential, () => Buffer.of(0x30, 0))).to.throw(SigningError).with.property('code', 'SIGNING_TOO_LARGE');
  });

  it('The words in a field name no organisation twice.', () => {
    const shown = { organization: 'Ministry', at: AT, reason: ' ', zone: 'UTC' };
    expect(shownLines('seal', { ...shown, name: 'Seal of the Ministry' })).to.deep.equal(['Electronically sealed', 'Seal of the Ministry', '20 November 2026, 14:00 GMT+0']);
    expect(shownLines('signature', { ...shown, name: 'Clerk' })[2]).to.equal('Ministry');
  });

  it('The certificate in the answer is the one the log knows.', async () => {
    const { certificate } = await house.signing.signer.sign({ person: 'officer', pin: PIN, pdf: plainPdf(), reason: 'x', at: AT });
    expect(house.runtime.events.some((event) => event.type === 'CertificateIssued' && event.person === 'officer' && event.sha256 === certificate)).to.equal(true);
    expect(pemOf(house.runtime.events, 'officer', 'officer')).to.contain('BEGIN');
  });
});

/** The signature value: the last OCTET STRING of the signer before its unsigned attributes. */
function signatureValue(cms: Buffer): Buffer {
  const dump = outside('openssl', { 's.der': cms }, ['asn1parse', '-inform', 'DER', '-in', 's.der']).text;
  const at = /^ *(\d+):d=5 +hl=(\d) l= *(\d+) prim: OCTET STRING/m.exec(dump)!;
  const begin = Number(at[1]) + Number(at[2]);
  return cms.subarray(begin, begin + Number(at[3]));
}
