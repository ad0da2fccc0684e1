/** The certification authority: what it issues, that openssl agrees, and that no key or PIN leaves the vault. */
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import forge from 'node-forge';
import type { SigningError } from '../../../server/signing/errors.ts';
import { ROOT_FILE } from '../../../server/signing/verifier.ts';
import { issue, issueFromRequest, issuerOf } from '../../../server/signing/pki/issue.ts';
import { requestCertificate } from '../../../server/signing/pki/enrolment.ts';
import type { CertificateIssued } from '../../../server/signing/pki/events.ts';
import { AT, META, openHouse, outside, pemOf, PIN } from './support.ts';
import type { House } from './support.ts';

/** openssl is asked about the time of the test, whenever it runs. */
const TIME = String(Date.parse(AT) / 1_000 + 60);

describe('Signing: the authority', function () {
  this.timeout(30_000);
  let house: House;
  before(async () => { house = await openHouse(); });
  after(() => { house.remove(); });

  const issued = (): CertificateIssued[] => house.runtime.events.filter((event) => event.type === 'CertificateIssued');

  it('Every certificate passes openssl verify -x509_strict for its purpose.', () => {
    expect(issued().map(({ profile }) => profile)).to.have.members(['root', 'issuing', 'timestamps', 'seal', 'seal', 'officer', 'officer']);
    for (const { profile, person, agency } of issued()) {
      const files = { 'root.pem': house.root, 'issuing.pem': house.issuing, 'one.pem': pemOf(house.runtime.events, profile, person ?? agency) };
      const purpose = profile === 'timestamps' ? ['-purpose', 'timestampsign'] : [];
      const { status, text } = outside('openssl', files, ['verify', '-x509_strict', '-attime', TIME, ...purpose, '-CAfile', 'root.pem', '-untrusted', 'issuing.pem', 'one.pem']);
      expect(status, `${profile}: ${text}`).to.equal(0);
    }
  });

  it('The profiles are those of the design: root P-384, issuing authority P-256 without authorities below it, officers RSA-3072, seals P-256 of a legal person.', () => {
    const text = (profile: string, of?: string): string => outside('openssl', { 'c.pem': pemOf(house.runtime.events, profile, of) }, ['x509', '-in', 'c.pem', '-noout', '-text']).text;
    expect(text('root')).to.contain('secp384r1').and.to.contain('CA:TRUE, pathlen:1');
    expect(text('issuing')).to.contain('prime256v1').and.to.contain('CA:TRUE, pathlen:0');
    expect(text('timestamps')).to.match(/Extended Key Usage: critical\s+Time Stamping/);
    const officer = text('officer', 'officer');
    expect(officer).to.contain('(3072 bit)').and.to.match(/Key Usage: critical\s+Digital Signature, Non Repudiation/).and.to.contain('1.3.6.1.5.5.7.3.36');
    expect(officer).to.contain('Subject: C = LC, O = Ministry of the Public Service, OU = Human Resources Unit, CN = Human Resources Officer');
    expect(text('seal', 'ministry-of-finance')).to.contain('prime256v1').and.to.contain('organizationIdentifier = GO:LC-ministry-of-finance').and.to.contain('CA:FALSE');
  });

  it('Serial numbers are positive, in their shortest form and never alike.', () => {
    const serials = issued().map(({ certificate }) => new X509Certificate(Buffer.from(certificate, 'base64')).serialNumber);
    expect(new Set(serials).size).to.equal(serials.length);
    for (const serial of serials) expect(serial).to.match(/^[1-7][0-9A-F]{31}$/);
  });

  it('The log says who got which certificate, and holds no key and no PIN.', () => {
    const [officer] = issued().filter(({ person }) => person === 'officer');
    expect(officer).to.include({ profile: 'officer', subject: 'C=LC, O=Ministry of the Public Service, OU=Human Resources Unit, CN=Human Resources Officer' });
    expect(officer!.notAfter.slice(0, 10)).to.equal('2029-11-20');
    expect(issued().filter(({ agency }) => agency !== undefined).map(({ agency }) => agency)).to.have.members(['ministry', 'ministry-of-finance']);
    const log = JSON.stringify(house.runtime.events);
    expect(log).not.to.contain('PRIVATE').and.not.to.contain(PIN);
  });

  it('The next start makes nothing new; a certificate that a crash left unrecorded is recorded; a changed root file is written again.', async () => {
    const before = structuredClone(house.runtime.events);
    writeFileSync(join(house.folder, ROOT_FILE), 'something else');
    house.runtime.events.pop();
    await (await house.again()).enrolDemo(['secretary', 'officer'], META);
    expect(house.runtime.events.map((event) => 'sha256' in event && event.sha256)).to.have.members(before.map((event) => 'sha256' in event && event.sha256));
    expect(readFileSync(join(house.folder, ROOT_FILE), 'utf8')).to.equal(house.root);
  });

  it('Seals and time stamps are renewed a month before they end.', async () => {
    const other = await openHouse([]);
    other.clock.time = '2031-11-01T00:00:00.000Z';
    await other.again();
    const seals = other.runtime.events.filter((event): event is CertificateIssued => event.type === 'CertificateIssued' && event.agency === 'ministry');
    expect(seals.map(({ replaces }) => replaces)).to.deep.equal([undefined, seals[0]!.serial]);
    other.remove();
  });

  it('A request that is not signed by its own key, or has a weak one, is SIGNING_REQUEST_REFUSED.', async () => {
    const root = issuerOf(await issue('root', [['CN', 'R']], undefined, AT));
    const refused = async (pem: string): Promise<SigningError> => {
      try {
        await issueFromRequest('officer', pem, [['CN', 'x']], root, AT);
      } catch (error) {
        return error as SigningError;
      }
      throw new Error('it was issued');
    };
    const { request } = await requestCertificate('Clerk', 'Ministry');
    expect(await issueFromRequest('officer', request, [['CN', 'Clerk']], root, AT)).to.contain('BEGIN CERTIFICATE');
    const other = forge.pki.certificationRequestFromPem((await requestCertificate('Clerk', 'Ministry')).request);
    const stolen = forge.pki.certificationRequestFromPem(request);
    stolen.signature = other.signature as unknown;
    expect(await refused(forge.pki.certificationRequestToPem(stolen))).to.include({ code: 'SIGNING_REQUEST_REFUSED', message: 'Expected a certificate request signed with its own key (PKCS#10), but its signature does not fit its key' });
    expect((await refused('nonsense')).message).to.contain('it cannot be read');
    const weak = outside('openssl', {}, ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-subj', '/CN=x']).text;
    expect((await refused(/-----BEGIN CERTIFICATE REQUEST-----[\s\S]+-----END CERTIFICATE REQUEST-----/.exec(weak)![0])).message).to.contain('its key is neither');
  });
});
