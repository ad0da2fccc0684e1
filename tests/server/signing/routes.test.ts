/** Signing over HTTP on a whole server, and from the command line on its data folder. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../../server/config.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { verifyCaseDocument } from '../../../server/http/contract/signing.ts';
import { signingRoutes } from '../../../server/signing/routes.ts';
import type { RoutesNeeds } from '../../../server/signing/routes.ts';
import { call } from '../cli/called.ts';
import { Client, send } from '../http/support.ts';
import type { Reply } from '../http/support.ts';
import { AT, openHouse, PIN, plainPdf } from './support.ts';
import type { House } from './support.ts';

describe('Signing: over HTTP', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-signing-http-'));
  const begin = (): Promise<Piton> => startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0' }), pino({ level: 'silent' }));
  let piton: Piton;
  let house: House;
  before(async () => {
    piton = await begin();
    house = await openHouse(['secretary']);
  });
  after(async () => {
    await piton.stop();
    house.remove();
    rmSync(folder, { recursive: true });
  });

  const wordsOf = (account: string): string[] => (piton.lines.find((line) => line.trim().startsWith(`${account} `)) ?? '').trim().split(/\s+/);
  const client = (account: string): Promise<Client> => Client.signIn(piton.url, account, wordsOf(account)[1]);
  const pinOf = (account: string): string => wordsOf(account)[2] ?? '';

  it('The trust anchors are public, in PEM, and those of the data folder.', async () => {
    const reply = await send(piton.url, 'GET', '/api/v1/trust-anchors');
    expect([reply.status, reply.headers.get('content-type')]).to.deep.equal([200, 'application/x-pem-file; charset=utf-8']);
    expect(reply.text).to.match(/^-----BEGIN CERTIFICATE-----/);
  });

  it('A document is checked without being stored; a foreign root is not trusted.', async () => {
    const officer = await client('hr.officer');
    const { pdf } = await house.signing.signer.sign({ person: 'secretary', pin: PIN, pdf: plainPdf(), reason: 'x', at: AT });
    const reply = await officer.post('/api/v1/documents/verify', { content: Buffer.from(pdf).toString('base64') });
    expect(reply.status).to.equal(200);
    expect(reply.body).to.deep.include({ valid: false, changed: false });
    expect(JSON.stringify(reply.body)).to.contain('SIGNATURE_UNTRUSTED');
    const detached = await officer.post('/api/v1/documents/verify', { content: 'YQ==', signature: 'MAA=' });
    expect(JSON.stringify(detached.body)).to.contain('SIGNATURE_DAMAGED');
    expect((await officer.post('/api/v1/documents/verify', { content: 'not base64!' })).status).to.equal(400);
  });

  it('An officer changes the PIN; the printed one is forgotten; a wrong one is counted.', async () => {
    const officer = await client('hr.officer');
    expect(pinOf('hr.officer')).to.match(/^\d{6}$/);
    expect(JSON.stringify((await officer.get('/api/v1/signing')).body)).to.contain('Human Resources Officer').and.to.contain('"triesLeft":5');
    const wrong = await officer.post('/api/v1/signing/pin', { current: '000111', next: '730164' });
    expect([wrong.status, wrong.body.code]).to.deep.equal([409, 'SIGNING_PIN_WRONG']);
    expect(JSON.stringify((await officer.get('/api/v1/signing')).body)).to.contain('"triesLeft":4');
    expect((await officer.post('/api/v1/signing/pin', { current: pinOf('hr.officer'), next: '111111' })).body.code).to.equal('SIGNING_PIN_FORM');
    expect((await officer.post('/api/v1/signing/pin', { current: pinOf('hr.officer'), next: '730164' })).status).to.equal(200);
    await piton.stop();
    piton = await begin();
    expect(wordsOf('hr.officer')[2]).to.equal('(changed)');
    expect((await (await client('hr.officer')).post('/api/v1/signing/pin', { current: '730164', next: '940271' })).status).to.equal(200);
  });

  it('An administrator unlocks a PIN and issues certificates; nobody else does.', async () => {
    const [administrator, clerk] = [await client('administrator'), await client('senior.clerk')];
    const lock = async (): Promise<Reply[]> => Promise.all(Array.from({ length: 5 }, () => clerk.post('/api/v1/signing/pin', { current: '000111', next: '730164' })));
    expect((await lock()).map(({ body }) => body.code).sort()).to.deep.equal(['SIGNING_PIN_LOCKED', ...Array<string>(4).fill('SIGNING_PIN_WRONG')]);
    expect((await clerk.post('/api/v1/people/senior.clerk/signing/unlock')).status).to.equal(403);
    expect((await administrator.post('/api/v1/people/senior.clerk/signing/unlock')).status).to.equal(200);
    expect(JSON.stringify((await clerk.get('/api/v1/signing')).body)).to.contain('"triesLeft":5');
    const issue = (person: string, body: object): Promise<Reply> => administrator.post(`/api/v1/people/${person}/signing/certificate`, body);
    expect((await issue('senior.clerk', { pin: '840271' })).body.code).to.equal('SIGNING_CERTIFICATE_VALID');
    expect((await issue('senior.clerk', { pin: '840271', replace: true })).status).to.equal(201);
    expect((await clerk.post('/api/v1/signing/pin', { current: '840271', next: '730164' })).status).to.equal(200);
    expect(await issue('systems.analyst', { pin: '840271' })).to.deep.include({ status: 404 });
    expect((await issue('systems.analyst', { pin: '840271' })).body.code).to.equal('SIGNING_PERSON_NOT_FOUND');
    expect((await administrator.post('/api/v1/people/systems.analyst/signing/unlock')).body.code).to.equal('SIGNING_NO_CERTIFICATE');
    expect(JSON.stringify((await administrator.get('/api/v1/signing')).body)).to.equal('{"triesLeft":0}');
  });

  it('PINs never enter the log, not even as a hash.', async () => {
    const history = JSON.stringify(await piton.runtime.history('authority/main'));
    expect(history).to.contain('PinChanged').and.to.contain('PinLocked').and.to.contain('PinUnlocked').and.to.contain('CertificateIssued');
    for (const pin of ['730164', '840271', '940271', pinOf('registry.clerk')]) {
      expect(history).not.to.contain(pin);
      expect(history).not.to.contain(createHash('sha256').update(pin).digest('hex'));
    }
  });

  it('A document of a case is checked only when the case refers to it.', async () => {
    const { pdf } = await house.signing.signer.sign({ person: 'secretary', pin: PIN, pdf: plainPdf(), reason: 'x', at: AT });
    const sha256 = createHash('sha256').update(pdf).digest('hex');
    const letter = { documentId: 'd', title: 'T', fileName: 'a.pdf', mediaType: 'application/pdf', bytes: pdf.length, sha256, state: 'signed' };
    const state = { elements: new Map([[0, { variables: new Map([['letter', letter]]) }], [1, { variables: undefined }]]) };
    const { routes } = signingRoutes({ verifier: house.signing.verifier, blobs: { get: async () => pdf }, runtime: { inspect: async () => ({ state }) }, locateCase: async (stream: string) => ({ kind: 'case', stream, startedBy: '', people: [], groups: [] }) } as unknown as RoutesNeeds);
    const bound = routes.find(({ endpoint }) => endpoint === verifyCaseDocument)!;
    const handle = bound.handle as unknown as (context: object) => Promise<{ status: number; body: { valid: boolean } }>;
    expect((await handle({ params: { id: 'c', sha256 } })).body.valid).to.equal(true);
    let code = '';
    await handle({ params: { id: 'c', sha256: '0'.repeat(64) } }).catch((error: unknown) => { code = (error as { code: string }).code; });
    expect(code).to.equal('HTTP_NOT_FOUND');
    expect(await (bound.locate as unknown as (context: object) => Promise<{ stream: string }>)({ params: { id: 'c' } })).to.include({ stream: 'c' });
  });
});

describe('Command line: verify', function () {
  this.timeout(30_000);
  let house: House;
  const path = (name: string): string => join(house.folder, name);
  before(async () => {
    house = await openHouse(['secretary']);
    house.clock.time = new Date(Date.now() - 60_000).toISOString();
    const one = await house.signing.signer.sign({ person: 'secretary', pin: PIN, pdf: plainPdf(['signature1', 'seal']), reason: 'Approved', at: house.clock.time });
    const { pdf } = await house.signing.sealer.seal({ agency: 'ministry', pdf: one.pdf, reason: 'Issued', at: house.clock.time });
    writeFileSync(path('letter.pdf'), pdf);
    writeFileSync(path('changed.pdf'), Buffer.from(pdf).fill('9', 100, 101));
    writeFileSync(path('longer.pdf'), Buffer.concat([pdf, Buffer.from('\n')]));
    writeFileSync(path('plain.pdf'), plainPdf());
    const content = Buffer.from('any content');
    writeFileSync(path('note.txt'), content);
    writeFileSync(path('note.p7s'), (await house.signing.sealer.sealDetached({ agency: 'ministry', content, at: house.clock.time })).signature);
    writeFileSync(path('empty.pem'), '');
    writeFileSync(path('broken.pem'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  });
  after(() => { house.remove(); });

  const verify = (file: string, ...more: string[]): ReturnType<typeof call> => call('verify', path(file), '--trust', path('authority/root.pem'), ...more);

  it('A valid file ends with 0 and says who, where, when, by which root, and that nothing was changed.', async () => {
    const { code, out } = await verify('letter.pdf');
    expect(code).to.equal(0);
    const text = out.join('\n');
    expect(text).to.contain('valid, and not changed since').and.to.contain('Signed by Permanent Secretary, Public Service, Ministry of the Public Service').and.to.contain('Sealed by Seal of the Ministry');
    expect(text).to.contain('(proven by a time stamp)').and.to.contain('trusted by Root Authority');
  });

  it('With --json it is one line of the answer.', async () => {
    const { code, lines } = await verify('letter.pdf', '--json');
    expect([code, lines.length]).to.deep.equal([0, 1]);
    expect(lines[0]).to.deep.include({ valid: true, changed: false, problems: [] });
  });

  it('A changed or unsigned file ends with 1 and says why.', async () => {
    for (const [file, words] of [['changed.pdf', 'NOT VALID: it was changed'], ['longer.pdf', 'SIGNATURE_'], ['plain.pdf', 'SIGNATURE_NONE']] as const) {
      const { code, out } = await verify(file);
      expect([file, code]).to.deep.equal([file, 1]);
      expect(out.join('\n')).to.contain(words);
    }
  });

  it('A detached signature is named by --signature.', async () => {
    expect((await verify('note.txt', '--signature', path('note.p7s'))).code).to.equal(0);
    expect((await verify('plain.pdf', '--signature', path('note.p7s'))).code).to.equal(1);
  });

  it('What is no signed file, and roots that are missing or none, are wrong use: 2.', async () => {
    const codeOf = async (...args: string[]): Promise<unknown> => {
      const { code, err } = await call('verify', ...args);
      return [code, err[0]?.split(':')[0]];
    };
    expect(await codeOf(path('note.txt'), '--trust', path('authority/root.pem'))).to.deep.equal([2, 'CLI_FILE_NOT_SIGNED']);
    for (const pem of ['empty.pem', 'broken.pem']) expect(await codeOf(path('letter.pdf'), '--trust', path(pem))).to.deep.equal([2, 'CLI_TRUST_INVALID']);
    expect(await codeOf(path('letter.pdf'), '--trust', path('nowhere.pem'))).to.deep.equal([2, 'CLI_FILE_NOT_READ']);
    const before = process.env['PITON_DATA'];
    process.env['PITON_DATA'] = join(house.folder, 'elsewhere');
    expect(await codeOf(path('letter.pdf'))).to.deep.equal([2, 'CLI_TRUST_MISSING']);
    process.env['PITON_DATA'] = house.folder;
    process.env['PITON_PORT'] = 'nonsense';
    expect(await codeOf(path('letter.pdf'))).to.deep.equal([2, 'CLI_TRUST_MISSING']);
    delete process.env['PITON_PORT'];
    expect((await call('verify', path('letter.pdf'))).code).to.equal(0);
    if (before === undefined) delete process.env['PITON_DATA'];
    else process.env['PITON_DATA'] = before;
  });
});
