/** Sign-in, sessions and throttling from outside (OWASP session management, authentication cheat sheets). */
import { expect } from 'chai';
import type { DeskEntry, DeskStore } from '../../../server/ports/desk-store.ts';
import { Client, PASSWORD, PEOPLE, cookieOf, send, startShell } from './support.ts';
import type { Shell } from './support.ts';

const MINUTE = 60_000;

describe('Sign-in and sessions', () => {
  let shell: Shell;

  beforeEach(async () => { shell = await startShell(); });
  afterEach(async () => { await shell.stop(); });

  const attempt = (account: string, password: string, headers = {}): ReturnType<typeof send> => send(shell.url, 'POST', '/api/v1/session', { account, password }, headers);

  it('Account name and password open a session; the answer names the person, the token and both deadlines.', async () => {
    const reply = await attempt('clerk', PASSWORD);
    expect(reply.status).to.equal(201);
    expect(reply.body.person).to.deep.include({ id: 'clerk', name: 'Holder of clerk', post: 'clerk', unit: 'ministry', roles: ['officer'] });
    expect(reply.body.person.groups).to.have.members(['clerk', 'ministry', 'officers']);
    expect(reply.body).to.include({ signedInAt: '2026-01-05T09:00:00.000Z', idleUntil: '2026-01-05T09:30:00.000Z', until: '2026-01-05T19:00:00.000Z' });
    expect(reply.body.csrf).to.match(/^[\w-]{43}$/);
  });

  it('The cookie is unreadable for scripts and stays on this site.', async () => {
    const cookie = (await attempt('clerk', PASSWORD)).headers.get('set-cookie')!;
    expect(cookie).to.match(/^piton=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('Behind https the cookie is bound to the host and sent encrypted only.', async () => {
    const secure = await startShell({ app: { secure: true } });
    const reply = await send(secure.url, 'POST', '/api/v1/session', { account: 'clerk', password: PASSWORD });
    expect(reply.headers.get('set-cookie')).to.match(/^__Host-piton=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(reply.headers.get('strict-transport-security')).to.equal('max-age=31536000');
    await secure.stop();
  });

  it('A wrong password and an unknown account get the same answer: ACCESS_CREDENTIALS_WRONG.', async () => {
    const wrong = await attempt('clerk', 'not the password');
    const unknown = await attempt('nobody.here', 'not the password');
    for (const reply of [wrong, unknown]) expect(reply.status).to.equal(401);
    const { requestId: _one, instance: _two, ...left } = wrong.body;
    const { requestId: _three, instance: _four, ...right } = unknown.body;
    expect(left).to.deep.equal(right).and.to.include({ code: 'ACCESS_CREDENTIALS_WRONG' });
  });

  it('The account name is taken in any case and with blanks around it.', async () => {
    expect((await attempt(' Clerk ', PASSWORD)).status).to.equal(201);
  });

  it('Without a session: 401 ACCESS_SIGN_IN_REQUIRED; so with an invented cookie.', async () => {
    for (const cookie of ['', 'piton=invented', 'piton=']) {
      const reply = await send(shell.url, 'GET', '/api/v1/session', undefined, { cookie });
      expect(reply.status).to.equal(401);
      expect(reply.body.code).to.equal('ACCESS_SIGN_IN_REQUIRED');
    }
  });

  it('Signing in again ends the older session of the same browser (no session fixation).', async () => {
    const first = await shell.signIn('clerk');
    const reply = await attempt('clerk', PASSWORD, { cookie: first.cookie });
    expect(cookieOf(reply)).to.not.equal(first.cookie);
    expect((await first.get('/api/v1/session')).status).to.equal(401);
  });

  it('A session ends after 30 minutes without requests, and every request moves that deadline.', async () => {
    const client = await shell.signIn('clerk');
    await shell.time.advance(20 * MINUTE);
    expect((await client.get('/api/v1/session')).body.idleUntil).to.equal('2026-01-05T09:50:00.000Z');
    await shell.time.advance(29 * MINUTE);
    expect((await client.get('/api/v1/session')).status).to.equal(200);
    await shell.time.advance(31 * MINUTE);
    expect((await client.get('/api/v1/session')).status).to.equal(401);
  });

  it('A session ends after 10 hours in any case.', async () => {
    const client = await shell.signIn('clerk');
    for (let quarter = 1; quarter < 40; quarter++) {
      await shell.time.advance(15 * MINUTE);
      expect((await client.get('/api/v1/session')).status, `after ${quarter} quarters`).to.equal(200);
    }
    await shell.time.advance(15 * MINUTE);
    expect((await client.get('/api/v1/session')).status).to.equal(401);
  });

  it('Signing out ends the session and removes the cookie.', async () => {
    const client = await shell.signIn('clerk');
    const reply = await client.delete('/api/v1/session');
    expect(reply.status).to.equal(204);
    expect(reply.headers.get('set-cookie')).to.equal('piton=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0');
    expect((await client.get('/api/v1/session')).status).to.equal(401);
  });

  it('Requests that run while the session is signed out do not bring it back.', async () => {
    for (let round = 0; round < 5; round++) {
      const client = await shell.signIn('clerk');
      await shell.time.advance(2 * MINUTE);
      await Promise.all([client.get('/api/v1/session'), client.delete('/api/v1/session'), ...Array.from({ length: 5 }, () => client.get('/api/v1/session'))]);
      expect((await client.get('/api/v1/session')).status).to.equal(401);
    }
  });

  it('Closing an account and setting a password end its sessions at once.', async () => {
    const root = await shell.signIn('root');
    const clerk = await shell.signIn('clerk');
    const colleague = await shell.signIn('colleague');
    expect((await root.post('/api/v1/people/clerk/deactivate', {})).status).to.equal(200);
    expect((await root.put('/api/v1/people/colleague/password', { password: 'nine green lizards sing' })).status).to.equal(200);
    for (const client of [clerk, colleague]) expect((await client.get('/api/v1/session')).status).to.equal(401);
    expect((await attempt('clerk', PASSWORD)).status).to.equal(401);
    expect((await attempt('colleague', PASSWORD)).status).to.equal(401);
    expect((await attempt('colleague', 'nine green lizards sing')).status).to.equal(201);
  });

  it('A session that cannot be prolonged, because the disk is full, still reads until its old deadline; sign-in is refused with the reason.', async () => {
    const full = Object.assign(new Error('full'), { code: 'STORE_DISK_FULL' });
    let failing = false;
    const desk: DeskStore = Object.assign(Object.create(shell.desk) as DeskStore, {
      put: (collection: string, entry: DeskEntry) => (failing ? Promise.reject(full) : shell.desk.put(collection, entry)),
      update: (...change: Parameters<DeskStore['update']>) => (failing ? Promise.reject(full) : shell.desk.update(...change)), get: shell.desk.get.bind(shell.desk), list: shell.desk.list.bind(shell.desk),
      delete: shell.desk.delete.bind(shell.desk), deleteOwned: shell.desk.deleteOwned.bind(shell.desk),
    });
    const second = await startShell({ desk, time: shell.time });
    const clerk = await second.signIn('clerk');
    failing = true;
    await shell.time.advance(20 * MINUTE);
    expect((await clerk.get('/api/v1/session')).body).to.include({ idleUntil: '2026-01-05T09:30:00.000Z' });
    const refused = await send(second.url, 'POST', '/api/v1/session', { account: 'clerk', password: PASSWORD });
    expect([refused.status, refused.body.code]).to.deep.equal([507, 'HTTP_DISK_FULL']);
    await shell.time.advance(10 * MINUTE);
    expect((await clerk.get('/api/v1/session')).status).to.equal(401);
    await second.stop();
  });

  it('The desk store holds no token that could be used as a cookie.', async () => {
    const client = await shell.signIn('clerk');
    const [entry] = await shell.desk.list('sessions', 'clerk', shell.time.clock.now());
    expect(JSON.stringify(entry)).to.not.include(client.cookie.split('=')[1]);
    expect((await send(shell.url, 'GET', '/api/v1/session', undefined, { cookie: `piton=${entry!.key}` })).status).to.equal(401);
  });

  it('Every test account can sign in.', async () => {
    for (const { id } of PEOPLE) expect((await (await Client.signIn(shell.url, id)).get('/api/v1/session')).body.person.id).to.equal(id);
  });
});

describe('Throttling of sign-in', () => {
  let shell: Shell;

  beforeEach(async () => { shell = await startShell({ app: { proxies: 1 } }); });
  afterEach(async () => { await shell.stop(); });

  const from = (address: string, account: string, password: string): ReturnType<typeof send> =>
    send(shell.url, 'POST', '/api/v1/session', { account, password }, { 'x-forwarded-for': address });

  it('After five failures an account waits, twice as long each time; the right password has to wait too: ACCESS_THROTTLED.', async () => {
    for (let failed = 0; failed < 5; failed++) expect((await from(`10.0.0.${failed}`, 'clerk', 'wrong')).status).to.equal(401);
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      const reply = await from('10.0.0.9', 'clerk', PASSWORD);
      expect(reply.status).to.equal(429);
      expect(reply.body.code).to.equal('ACCESS_THROTTLED');
      expect(reply.body.hint).to.include(`Wait ${reply.headers.get('retry-after')} seconds`);
      waits.push(Number(reply.headers.get('retry-after')));
      await shell.time.advance(waits.at(-1)! * 1_000);
      expect((await from('10.0.0.9', 'clerk', 'wrong')).status).to.equal(401);
    }
    expect(waits).to.deep.equal([1, 2, 4, 8]);
  });

  it('An account never waits longer than a minute: guessing cannot keep its owner out.', async () => {
    for (let failed = 0; failed < 12; failed++) {
      await from(`10.0.1.${failed}`, 'clerk', 'wrong');
      await shell.time.advance(61_000);
    }
    expect((await from('10.0.2.1', 'clerk', PASSWORD)).status).to.equal(201);
  });

  it('A clock that is set back keeps nobody out longer.', async () => {
    for (let failed = 0; failed < 6; failed++) await from(`10.0.3.${failed}`, 'clerk', 'wrong');
    shell.time.jump(-24 * 60 * MINUTE);
    const reply = await from('10.0.3.9', 'clerk', PASSWORD);
    expect([reply.status, Number(reply.headers.get('retry-after')) <= 2]).to.deep.equal([429, true]);
    await shell.time.advance(2_000);
    expect((await from('10.0.3.9', 'clerk', PASSWORD)).status).to.equal(201);
  });

  it('Where a person has signed in before, the guesses of strangers do not count.', async () => {
    expect((await from('10.0.0.1', 'clerk', PASSWORD)).status).to.equal(201);
    for (let failed = 0; failed < 6; failed++) await from(`10.9.9.${failed}`, 'clerk', 'wrong');
    expect((await from('10.8.8.8', 'clerk', PASSWORD)).status).to.equal(429);
    expect((await from('10.0.0.1', 'clerk', PASSWORD)).status).to.equal(201);
  });

  it('An address waits after twenty failures over any accounts, and an own account does not buy it free guesses.', async () => {
    for (let failed = 0; failed < 19; failed++) expect((await from('10.0.0.1', `account${failed}`, 'wrong')).status).to.equal(401);
    expect((await from('10.0.0.1', 'colleague', PASSWORD)).status).to.equal(201);
    expect((await from('10.0.0.1', 'account99', 'wrong')).status).to.equal(401);
    expect((await from('10.0.0.1', 'colleague', PASSWORD)).status).to.equal(429);
    expect((await from('10.0.0.2', 'colleague', PASSWORD)).status).to.equal(201);
  });

  it('Guesses sent at once are counted as if sent one after the other.', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, (_, at) => from(`10.5.0.${at}`, 'clerk', `guess ${at}`)));
    expect(replies.filter((reply) => reply.status === 401)).to.have.length(5);
    expect(replies.filter((reply) => reply.status === 429)).to.have.length(7);
  });

  it('After fifteen quiet minutes everything is forgotten; a success clears the account.', async () => {
    for (let failed = 0; failed < 5; failed++) await from(`10.0.0.${failed}`, 'clerk', 'wrong');
    await shell.time.advance(16 * MINUTE);
    expect((await from('10.0.0.9', 'clerk', PASSWORD)).status).to.equal(201);
    for (let failed = 0; failed < 5; failed++) expect((await from('10.0.0.9', 'clerk', 'wrong')).status).to.equal(401);
  });

  it('The counts survive a restart.', async () => {
    for (let failed = 0; failed < 5; failed++) await from(`10.0.0.${failed}`, 'clerk', 'wrong');
    const second = await startShell({ desk: shell.desk, time: shell.time, app: { proxies: 1 } });
    expect((await send(second.url, 'POST', '/api/v1/session', { account: 'clerk', password: PASSWORD }, { 'x-forwarded-for': '10.0.0.77' })).status).to.equal(429);
    await second.stop();
  });

  it('Neither names nor addresses of failed attempts stand in the desk store.', async () => {
    await from('203.0.113.7', 'clerk', 'wrong');
    const now = shell.time.clock.now();
    expect(await shell.desk.get('sign-in-failures', 'clerk', now)).to.equal(undefined);
    expect(await shell.desk.get('sign-in-failures', '203.0.113.7', now)).to.equal(undefined);
  });
});
