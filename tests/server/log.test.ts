/** The log tells operators what failed and where, and nothing that people wrote, are called or know. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openLog } from '../../server/log.ts';
import { MailError } from '../../server/mail/errors.ts';
import { StoreError } from '../../server/stores/errors.ts';
import { accountsOf, exchange, LETTER, LetterDrive, PEOPLE, scanOf, signIn } from '../support/letter.ts';
import type { Signed } from '../support/letter.ts';
import { startServer } from '../support/server-process.ts';

function linesOf(write: (log: ReturnType<typeof openLog>) => void, level: Parameters<typeof openLog>[0] = 'trace'): Record<string, unknown>[] {
  const lines: string[] = [];
  write(openLog(level, { write: (line) => { lines.push(line); } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('The log', () => {
  it('An error is told by kind, code and place; its message only where it speaks of files and machines.', () => {
    const [plain, full, broken, parsed, system] = linesOf((log) => {
      log.error({ err: new Error('Expected Joseph Charles to be known', { cause: new Error('because of Mary') }) });
      log.error({ err: new StoreError('STORE_DISK_FULL', { file: '/data/log.db' }) });
      log.error({ err: new TypeError("Cannot read properties of undefined (reading 'stream')") });
      try { JSON.parse('Joseph'); } catch (error) { log.error({ err: error }); }
      log.error({ err: Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }) });
    }).map(({ err }) => err as Record<string, unknown> & { readonly at: string[] });
    expect(plain).to.deep.include({ type: 'Error' });
    expect(plain!.at[0]).to.match(/^at .*log\.test\.ts/);
    expect(JSON.stringify([plain, parsed])).to.not.match(/Joseph|Charles|Mary/);
    expect((plain!['cause'] as Record<string, unknown>)['type']).to.equal('Error');
    expect(full).to.deep.include({ type: 'StoreError', code: 'STORE_DISK_FULL', message: 'Expected room to write /data/log.db, but the disk is full' });
    expect(broken).to.deep.include({ message: "Cannot read properties of undefined (reading 'stream')" });
    expect(parsed).to.deep.include({ type: 'SyntaxError' });
    expect(system).to.deep.include({ code: 'ENOSPC', message: 'ENOSPC: no space left on device, write' });
  });

  it('Of mail it tells machines, and no address.', () => {
    const addressed = { server: 'mail.gov.lc:465', from: 'piton@gov.lc', to: 'auditor@example.lc', reason: 'it answered 550' };
    const told = linesOf((log) => {
      for (const code of ['MAIL_SERVER_UNREACHABLE', 'MAIL_TLS_FAILED', 'MAIL_LOGIN_REFUSED', 'MAIL_REFUSED'] as const) log.warn({ err: new MailError(code, addressed) });
    }).map(({ err }) => (err as { readonly message?: string }).message);
    expect(told.map((message) => message?.includes('mail.gov.lc:465'))).to.deep.equal([true, true, true, undefined]);
    expect(JSON.stringify(told)).to.not.include('auditor').and.not.include('piton@');
  });

  it('What an error carries besides, and errors without end in each other, are not told.', () => {
    const loop = new Error('a') as Error & { cause?: unknown; person?: string };
    loop.cause = loop;
    loop.person = 'Joseph';
    const [told] = linesOf((log) => { log.error({ err: loop }); });
    expect(JSON.stringify(told)).to.not.include('Joseph');
    expect(JSON.stringify(told).split('"type"').length - 1).to.be.within(2, 6);
    expect(linesOf((log) => { log.error({ err: 'Joseph' }); })[0]!['err']).to.deep.equal({ type: 'string' });
  });

  it('Tells as much as it is set to.', () => {
    const speak = (log: ReturnType<typeof openLog>): void => { log.debug('d'); log.info('i'); log.warn('w'); log.error('e'); };
    const heard = (level: Parameters<typeof openLog>[0]): unknown[] => linesOf(speak, level).map(({ msg }) => msg);
    expect([heard('debug'), heard('warn'), heard('silent')]).to.deep.equal([['d', 'i', 'w', 'e'], ['w', 'e'], []]);
  });

  it('Of a letter that passes through two ministries it knows routes, numbers and ids: no name, subject, word, file name, password, PIN or token.', async function () {
    this.timeout(180_000);
    const folder = mkdtempSync(join(tmpdir(), 'piton-log-'));
    const server = await startServer(folder, { PITON_LOG: 'trace' });
    const accounts = accountsOf(server.lines);
    const sessions = new Map<string, Signed>();
    for (const account of PEOPLE) sessions.set(account, await signIn(server.url, account, accounts.get(account)?.password ?? ''));
    await signIn(server.url, 'registry.clerk', 'not-the-password-of-the-clerk');
    const drive = new LetterDrive((asked) => exchange(server.url, sessions.get(asked.account)!, asked), 'logged', scanOf(20_000));
    await drive.upToSignature();
    const officer = sessions.get('permanent.secretary')!;
    await exchange(server.url, officer, { account: '', method: 'GET', path: '/api/v1/persons/someone-called-percival' });
    await exchange(server.url, officer, { account: '', method: 'POST', path: `/api/v1/instances/${drive.stream}/variables`, body: { variables: { remark: 'percival was here' } } });
    await drive.onToFiled(accounts.get('permanent.secretary')?.pin ?? '');
    expect(await server.stop()).to.equal(0);
    const log = server.lines.filter((line) => line.startsWith('{'));
    expect(log.length).to.be.greaterThan(50);
    expect(log.every((line) => typeof (JSON.parse(line) as { msg?: unknown }).msg === 'string')).to.equal(true);
    expect(log.some((line) => line.includes('"requestId"') && line.includes('/api/v1/tasks/:stream/:counter/complete'))).to.equal(true);
    const secrets = [...sessions.values()].flatMap(({ cookie, csrf }) => [cookie, cookie.split('=')[1] ?? '', csrf]);
    const private_ = [...PEOPLE, ...[...accounts.values()].flatMap(({ password, pin }) => [password, pin]), ...secrets, 'percival', 'letter.pdf', 'not-the-password', ...Object.values(LETTER).filter((value) => typeof value === 'string' && value.length > 4)];
    const text = log.join('\n');
    for (const word of private_.filter((each) => typeof each === 'string' && each !== '' && each !== '(changed)')) expect(text.includes(String(word)), `the log holds ${String(word)}`).to.equal(false);
    rmSync(folder, { recursive: true });
  });
});
