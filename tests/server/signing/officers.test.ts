/** The keys of officers: enrolled by request, under a PIN that is counted, changed, locked and unlocked. */
import { X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import { SigningError } from '../../../server/signing/errors.ts';
import { lockKey, unlockKey } from '../../../server/signing/pki/enrolment.ts';
import { MOST_TRIES, weakness } from '../../../server/signing/pki/officers.ts';
import type { Answer } from '../../../server/runtime/types.ts';
import { AT, CHEAP, META, openHouse, outside, PEOPLE, PIN, plainPdf } from './support.ts';
import type { House } from './support.ts';

const OFFICER = { person: 'officer', post: 'Human Resources Officer', unit: 'Human Resources Unit', agency: 'Ministry of the Public Service' };

describe('Signing: PINs and certificates of officers', function () {
  this.timeout(30_000);
  let house: House;
  beforeEach(async () => { house = await openHouse(['officer']); });
  afterEach(() => { house.remove(); });

  const sign = (pin: string, person = 'officer'): Promise<unknown> => house.signing.signer.sign({ person, pin, pdf: plainPdf(), reason: 'x', at: AT });
  const codeOf = async (doing: Promise<unknown>): Promise<string> => {
    try {
      await doing;
    } catch (error) {
      expect(error).to.be.instanceOf(SigningError);
      return `${(error as SigningError).code}: ${(error as SigningError).message}`;
    }
    return 'signed';
  };
  const refusalOf = (answer: Answer): string => (answer.outcome === 'rejected' ? answer.rejection.code : answer.outcome);
  const types = (): string[] => house.runtime.events.map(({ type }) => type).filter((type) => type !== 'CertificateIssued');

  it('A wrong PIN says how many tries are left; the right one sets the count back.', async () => {
    expect(await codeOf(sign('111222'))).to.equal('SIGNING_PIN_WRONG: Expected the PIN of officer, but it is another one; 4 tries are left');
    expect(await codeOf(sign('111223'))).to.contain('3 tries are left');
    expect(await codeOf(sign(PIN))).to.equal('signed');
    expect(await codeOf(sign('111222'))).to.contain('4 tries are left');
  });

  it('After five wrong tries it is locked, also for the right PIN and after a start; the log says so once.', async () => {
    for (let tries = 1; tries < MOST_TRIES; tries += 1) expect(await codeOf(sign('000111'))).to.contain('SIGNING_PIN_WRONG');
    for (const pin of ['000111', PIN]) expect(await codeOf(sign(pin))).to.contain('SIGNING_PIN_LOCKED');
    const after = await house.again();
    expect(await codeOf(after.signer.sign({ person: 'officer', pin: PIN, pdf: plainPdf(), reason: 'x', at: AT }))).to.contain('SIGNING_PIN_LOCKED');
    expect(types()).to.deep.equal(['PinLocked']);
    expect(await house.signing.signer.has('officer')).to.equal(true);
  });

  it('Guesses at the same moment are counted one by one.', async () => {
    const codes = await Promise.all(['000001', '000002', '000003', '000004', '000005', PIN].map((pin) => codeOf(sign(pin))));
    expect(codes.map((code) => code.split(':')[0])).to.deep.equal([...Array<string>(4).fill('SIGNING_PIN_WRONG'), 'SIGNING_PIN_LOCKED', 'SIGNING_PIN_LOCKED']);
  });

  it('A try counts before the PIN is looked at: stopping the server in between gives no free guess.', async () => {
    house.vault.putSecret = async (name, value) => {
      house.vault.secrets.set(name, Uint8Array.from(value));
      if (name.endsWith('/tries')) throw new Error('the power fails');
    };
    await sign(PIN).catch(() => undefined);
    expect(Buffer.from(await house.vault.secret('signing/officer/tries') ?? '').toString()).to.equal('1');
  });

  it('An administrator unlocks it; the PIN stays the same.', async () => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) await codeOf(sign('000111'));
    expect((await house.signing.officers.unlockPin('officer', META)).outcome).to.equal('accepted');
    expect(await codeOf(sign(PIN))).to.equal('signed');
    expect(types()).to.deep.equal(['PinLocked', 'PinUnlocked']);
    expect(refusalOf(await house.signing.officers.unlockPin('nobody', META))).to.equal('SIGNING_NO_CERTIFICATE');
  });

  it('Who knows the PIN changes it; the certificate stays; weak ones are SIGNING_PIN_FORM.', async () => {
    const { officers } = house.signing;
    expect(await codeOf(officers.changePin('officer', '000111', '730164', META))).to.contain('SIGNING_PIN_WRONG');
    expect(refusalOf(await officers.changePin('officer', PIN, '123456', META))).to.equal('SIGNING_PIN_FORM');
    const before = (await officers.find('officer'))!.certificate;
    expect(refusalOf(await officers.changePin('officer', PIN, '730164', META))).to.equal('accepted');
    expect(await codeOf(sign(PIN))).to.contain('SIGNING_PIN_WRONG');
    expect(await codeOf(sign('730164'))).to.equal('signed');
    expect((await officers.find('officer'))!.certificate).to.equal(before);
    expect(types()).to.deep.equal(['PinChanged']);
  });

  it('A PIN is six to twelve digits without an order.', () => {
    for (const pin of ['12345', '1234567890123', 'abcdef', '111111', '112211', '123456', '987654', '135791', '']) expect(weakness(pin), pin).to.be.a('string');
    for (const pin of [PIN, '029044', '840271936502']) expect(weakness(pin), pin).to.equal(undefined);
  });

  it('Without a certificate, or with one that has ended, it is SIGNING_NO_CERTIFICATE.', async () => {
    expect(await house.signing.signer.has('secretary')).to.equal(false);
    expect(await codeOf(sign(PIN, 'secretary'))).to.equal('SIGNING_NO_CERTIFICATE: Expected secretary to have a signing certificate that is valid now, but there is none');
    house.clock.time = '2030-01-01T00:00:00.000Z';
    expect(await codeOf(sign(PIN))).to.contain('SIGNING_NO_CERTIFICATE');
  });

  it('Who holds another post, or none, does not sign for the old one: SIGNING_POST_CHANGED, and no try is lost.', async () => {
    const at = PEOPLE.findIndex(({ id }) => id === 'officer');
    const before = PEOPLE[at]!;
    try {
      for (const now of [{ ...before, postTitle: 'Senior Clerk' }, { ...before, unit: 'ministry-of-finance' }, { ...before, active: false }]) {
        PEOPLE[at] = now;
        expect(await codeOf(sign(PIN))).to.equal('SIGNING_POST_CHANGED: Expected the certificate of officer to name the post held now, but it names Human Resources Officer');
      }
    } finally {
      PEOPLE[at] = before;
    }
    expect((await house.signing.officers.find('officer'))!.tries).to.equal(0);
    expect(await codeOf(sign(PIN))).to.equal('signed');
  });

  it('A second certificate is SIGNING_CERTIFICATE_VALID; a replacement has a new key, and the old PIN opens nothing any more.', async () => {
    const { officers } = house.signing;
    expect(refusalOf(await officers.enrol(OFFICER, '840271', META))).to.equal('SIGNING_CERTIFICATE_VALID');
    expect(refusalOf(await officers.enrol(OFFICER, '111111', META, true))).to.equal('SIGNING_PIN_FORM');
    const before = new X509Certificate((await officers.find('officer'))!.certificate);
    expect(refusalOf(await officers.enrol(OFFICER, '840271', META, true))).to.equal('accepted');
    const after = new X509Certificate((await officers.find('officer'))!.certificate);
    expect(after.publicKey.equals(before.publicKey)).to.equal(false);
    expect(house.runtime.events.at(-1)).to.include({ type: 'CertificateIssued', person: 'officer', replaces: before.serialNumber.toLowerCase() });
    expect(await codeOf(sign(PIN))).to.contain('SIGNING_PIN_WRONG');
    expect(await codeOf(sign('840271'))).to.equal('signed');
  });

  it('Only open accounts with the role officer and a post are enrolled; a demo PIN that was changed is not made again.', async () => {
    const pins = await house.signing.enrolDemo(['officer', 'treasurer', 'analyst', 'gone', 'nobody'], META);
    expect(Object.keys(pins)).to.have.members(['officer', 'treasurer']);
    expect(pins['treasurer']).to.match(/^\d{6}$/);
    expect(await codeOf(sign(pins['treasurer']!, 'treasurer'))).to.equal('signed');
    house.vault.secrets.set('demo/pins', Buffer.from(JSON.stringify({ officer: PIN })));
    expect(await (await house.again()).enrolDemo(['officer', 'treasurer'], META)).to.deep.equal({ officer: PIN });
  });

  it('The key is a PKCS#12 container that openssl cannot open with the PIN alone, nor without the salt.', async () => {
    const { salt, pkcs12, certificate } = JSON.parse(Buffer.from(house.vault.secrets.get('signing/officer')!).toString()) as { salt: string; pkcs12: string; certificate: string };
    const { status, text } = outside('openssl', { 'k.p12': Buffer.from(pkcs12, 'base64') }, ['pkcs12', '-in', 'k.p12', '-passin', `pass:${PIN}`, '-nodes']);
    expect(status).to.not.equal(0);
    expect(text).to.match(/mac verify|invalid password/i);
    expect(await unlockKey({ salt: Buffer.alloc(32).toString('base64'), pkcs12, certificate }, PIN, CHEAP)).to.equal(undefined);
    expect((await unlockKey({ salt, pkcs12, certificate }, PIN, CHEAP))?.asymmetricKeyDetails?.modulusLength).to.equal(3_072);
    expect(JSON.stringify([...house.vault.secrets].map(([name]) => name))).not.to.contain(PIN);
  });

  it('The container is AES-256 with a key that fits its certificate.', async () => {
    const { privateKey } = (await import('node:crypto')).generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const locked = await lockKey(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, (await house.signing.officers.find('officer'))!.certificate, PIN, CHEAP);
    expect((await unlockKey(locked, PIN, CHEAP))?.equals(privateKey)).to.equal(true);
    const { text } = outside('openssl', { 'k.p12': Buffer.from(locked.pkcs12, 'base64') }, ['asn1parse', '-inform', 'DER', '-in', 'k.p12']);
    expect(text).to.contain('pkcs7-data');
  });
});
