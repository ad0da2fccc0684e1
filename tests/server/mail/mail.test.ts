// Mail against a real SMTP server: letters arrive byte for byte, TLS is demanded and verified, and every refusal has a code.
import tls from 'node:tls';
import { expect } from 'chai';
import { openMail } from '../../../server/mail/index.ts';
import { readSmtpUrl } from '../../../server/mail/smtp-url.ts';
import type { SmtpServer } from '../../../server/mail/smtp-url.ts';
import type { Letter, Mail } from '../../../server/ports/mail.ts';
import { until } from '../../contracts/leases.ts';
import { readMail, selfSigned, startSilence, startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';

const FROM = 'piton@example.gov.lc';
const BYTES = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 256));
const LETTER: Letter = { id: 'letter-1', to: 'auditor@example.lc', subject: 'A letter', text: 'First line\nSecond line: é\n', enclosures: [{ name: 'all.bin', type: 'application/octet-stream', content: BYTES }, { name: 'a.json', type: 'application/json', content: Buffer.from('{"a":1}\n') }] };
const LOGIN = { account: 'piton@example.gov.lc', password: 'p@ss/word' };

interface Failed {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

async function failing(work: Promise<unknown>): Promise<Failed> {
  try {
    await work;
  } catch (error) {
    return error as Failed;
  }
  throw new Error('it was taken');
}

describe('Mail', function () {
  this.timeout(60_000);
  const started: { stop(): Promise<void> }[] = [];
  const smtp = async (...options: Parameters<typeof startSmtp>): Promise<TestSmtp> => {
    const server = await startSmtp(...options);
    started.push(server);
    return server;
  };
  const mailTo = (port: number, more: Partial<SmtpServer> = {}): Mail => openMail({ server: { host: 'localhost', port, tls: 'none', ...more }, from: FROM, patienceMs: 3_000 });
  afterEach(async () => { for (const server of started.splice(0)) await server.stop(); });

  it('A letter arrives with its files byte for byte, from and to whom it says, under its own id.', async () => {
    const server = await smtp();
    expect(await mailTo(server.port).send(LETTER)).to.contain('taken as 1');
    expect(server.received).to.have.length(1);
    const [{ from, to, content }] = server.received as [TestSmtp['received'][number]];
    expect([from, to]).to.deep.equal([FROM, ['auditor@example.lc']]);
    const { headers, files } = readMail(content);
    expect([headers.get('message-id'), headers.get('subject'), headers.get('auto-submitted')]).to.deep.equal(['<letter-1@example.gov.lc>', 'A letter', 'auto-generated']);
    expect([...files].map(([name, bytes]) => [name, bytes.toString('hex')])).to.deep.equal(LETTER.enclosures.map(({ name, content: bytes }) => [name, Buffer.from(bytes).toString('hex')]));
  });

  it('A recipient whom the server refuses is MAIL_REFUSED, with what the server said.', async () => {
    const server = await smtp();
    server.refused.add(LETTER.to);
    const { code, message } = await failing(mailTo(server.port).send(LETTER));
    expect(code).to.equal('MAIL_REFUSED');
    expect(message).to.contain('to auditor@example.lc').and.to.contain('it answered 550 5.1.1 <auditor@example.lc> is nobody here');
    expect(server.received).to.deep.equal([]);
  });

  it('A server that is away, and one that never says anything, is MAIL_SERVER_UNREACHABLE.', async () => {
    const server = await smtp();
    await server.stop();
    expect(await failing(mailTo(server.port).send(LETTER))).to.include({ code: 'MAIL_SERVER_UNREACHABLE', message: `Expected the mail server localhost:${String(server.port)} to answer, but connect ECONNREFUSED 127.0.0.1:${String(server.port)}` });
    const silence = await startSilence();
    started.push(silence);
    const mail = openMail({ server: { host: '127.0.0.1', port: silence.port, tls: 'none' }, from: FROM, patienceMs: 50 });
    expect(await failing(mail.send(LETTER))).to.include({ code: 'MAIL_SERVER_UNREACHABLE' });
  });

  it('Sending is given up at once when it is told to stop.', async () => {
    const silence = await startSilence();
    started.push(silence);
    const stopping = new AbortController();
    const sending = failing(openMail({ server: { host: '127.0.0.1', port: silence.port, tls: 'none' }, from: FROM }).send(LETTER, stopping.signal));
    await until('the connection', () => silence.connected() === 1);
    stopping.abort();
    expect((await sending).code).to.equal('MAIL_SERVER_UNREACHABLE');
  });

  it('Where STARTTLS is demanded and not offered, or the certificate is nobody\'s, not a byte of the letter and no password is sent: MAIL_TLS_FAILED.', async () => {
    const logins: string[] = [];
    const onAuth = (auth: { readonly username?: string | undefined }, _session: unknown, callback: (error: null, answer: { readonly user: string }) => void): void => {
      logins.push(auth.username ?? '');
      callback(null, { user: 'x' });
    };
    const own = await selfSigned();
    const [plain, upgraded, wrapped] = [await smtp({ authOptional: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true, onAuth }), await smtp({ ...own, onAuth }), await smtp({ ...own, secure: true, onAuth })];
    for (const [server, how] of [[plain, 'starttls'], [plain, 'implicit'], [upgraded, 'starttls'], [wrapped, 'implicit']] as const) {
      const { code, message } = await failing(mailTo(server.port, { tls: how, login: LOGIN }).send(LETTER));
      expect(code, `${how}: ${message}`).to.equal('MAIL_TLS_FAILED');
    }
    expect([plain, upgraded, wrapped].map(({ received }) => received.length)).to.deep.equal([0, 0, 0]);
    expect(logins).to.deep.equal([]);
  });

  it('With a certificate that is trusted the letter goes over TLS, and the account of the address logs in; a wrong password is MAIL_LOGIN_REFUSED and told nowhere.', async () => {
    const own = await selfSigned();
    const onAuth: NonNullable<Parameters<typeof startSmtp>[0]>['onAuth'] = ({ username, password }, _session, callback) => {
      if (username === LOGIN.account && password === LOGIN.password) callback(null, { user: username });
      else callback(new Error(`${String(username)} may not`));
    };
    const [upgraded, wrapped] = [await smtp({ ...own, onAuth }), await smtp({ ...own, secure: true, onAuth })];
    const before = tls.getCACertificates();
    tls.setDefaultCACertificates([...before, own.cert]);
    try {
      for (const [server, how] of [[upgraded, 'starttls'], [wrapped, 'implicit']] as const) {
        await mailTo(server.port, { tls: how, login: LOGIN }).send(LETTER);
        expect(server.received.map(({ secure }) => secure), how).to.deep.equal([true]);
        const { code, message } = await failing(mailTo(server.port, { tls: how, login: { ...LOGIN, password: 'wrong-one' } }).send(LETTER));
        expect(code, message).to.equal('MAIL_LOGIN_REFUSED');
        expect(message).to.not.contain('wrong-one').and.not.contain(LOGIN.account);
        // A name that the certificate does not hold.
        expect((await failing(mailTo(server.port, { tls: how, host: '127.0.0.1', login: LOGIN }).send(LETTER))).code, how).to.equal('MAIL_TLS_FAILED');
      }
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });
});

describe('The address of a mail server', () => {
  it('Says host, port, TLS and login; without TLS only on this machine or where it is said plainly.', () => {
    const read = (text: string): unknown => readSmtpUrl(text);
    expect(read('smtps://mail.gov.lc')).to.deep.equal({ host: 'mail.gov.lc', port: 465, tls: 'implicit' });
    expect(read('smtps://piton%40gov.lc:p%40ss%2Fword@mail.gov.lc:4650')).to.deep.equal({ host: 'mail.gov.lc', port: 4650, tls: 'implicit', login: { account: 'piton@gov.lc', password: 'p@ss/word' } });
    expect(read('smtp://mail.gov.lc')).to.deep.equal({ host: 'mail.gov.lc', port: 587, tls: 'starttls' });
    expect(read('smtp://mail.gov.lc?tls=none')).to.deep.equal({ host: 'mail.gov.lc', port: 25, tls: 'none' });
    for (const here of ['localhost', '127.0.0.1', '127.9.9.9']) expect(read(`smtp://${here}:2525`)).to.deep.equal({ host: here, port: 2525, tls: 'none' });
    expect(read('smtp://[::1]/')).to.deep.equal({ host: '::1', port: 25, tls: 'none' });
    expect(read('smtp://localhost?tls=starttls')).to.deep.equal({ host: 'localhost', port: 587, tls: 'starttls' });
    for (const near of ['127.0.0.1.evil.lc', 'localhost.evil.lc', '10.0.0.1']) expect(read(`smtp://${near}`), near).to.include({ tls: 'starttls' });
  });

  it('Anything else is none: what is not understood is not passed over.', () => {
    for (const text of ['', 'mail.gov.lc', 'http://mail.gov.lc', 'smtp://', 'smtps://mail.gov.lc?tls=none', 'smtp://mail.gov.lc?tls=maybe', 'smtp://mail.gov.lc?tls=none&tls=starttls', 'smtp://mail.gov.lc?requireTLS=false', 'smtp://account@mail.gov.lc', 'smtp://:secret@mail.gov.lc', 'smtp://a:%ff@mail.gov.lc', 'smtp://mail.gov.lc/inbox', 'smtp://mail.gov.lc#x', 'smtp://mail.gov.lc:99999']) {
      expect(readSmtpUrl(text), text).to.equal(undefined);
    }
  });
});
