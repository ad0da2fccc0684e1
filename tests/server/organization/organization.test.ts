/** The organisation: units, posts, people, accounts, passwords, and the first administrator. */
import { expect } from 'chai';
import { createCommands } from '../../../server/organization/commands.ts';
import { createPasswords } from '../../../server/organization/passwords.ts';
import type { CommandMeta } from '../../../server/runtime/types.ts';
import { SETUP_CODE, Client, PASSWORD, send, startShell } from '../http/support.ts';
import type { Reply, Shell } from '../http/support.ts';

describe('The organisation', () => {
  let shell: Shell;
  let root: Client;

  beforeEach(async () => {
    shell = await startShell();
    root = await shell.signIn('root');
  });
  afterEach(async () => { await shell.stop(); });

  const codeOf = (reply: Reply): [number, string] => [reply.status, reply.body.code];

  it('Units, posts and groups are created by administrators; the answer waits until they can be read.', async () => {
    expect((await root.post('/api/v1/units', { id: 'works', title: 'Public Works', parent: 'ministry' })).status).to.equal(201);
    expect((await root.post('/api/v1/groups', { id: 'drivers', title: 'All drivers' })).status).to.equal(201);
    const reply = await root.post('/api/v1/posts', { id: 'driver', title: 'Driver', unit: 'works', groups: ['drivers'] });
    expect([reply.status, reply.body.position]).to.deep.equal([201, Number(reply.headers.get('piton-position'))]);
    const { body } = await root.get('/api/v1/organization');
    expect(body.units).to.deep.include({ id: 'works', title: 'Public Works', parent: 'ministry' });
    expect(body.posts).to.deep.include({ id: 'driver', title: 'Driver', unit: 'works', groups: ['drivers'] });
    expect(body.groups).to.deep.include({ id: 'drivers', title: 'All drivers' });
    expect(shell.organization.directory.groupTitle('works')).to.equal('Public Works');
    expect(shell.organization.directory.groupTitle('unknown')).to.equal('unknown');
    expect(shell.organization.directory.groupExists('unknown')).to.equal(false);
  });

  it('An id is used once, whatever it names: ORGANIZATION_ID_TAKEN; what it stands in must exist: ..._UNIT_NOT_FOUND, ..._GROUP_NOT_FOUND.', async () => {
    for (const path of ['units', 'groups']) expect(codeOf(await root.post(`/api/v1/${path}`, { id: 'clerk', title: 'x' }))).to.deep.equal([409, 'ORGANIZATION_ID_TAKEN']);
    expect(codeOf(await root.post('/api/v1/units', { id: 'x', title: 'x', parent: 'nowhere' }))).to.deep.equal([404, 'ORGANIZATION_UNIT_NOT_FOUND']);
    expect(codeOf(await root.post('/api/v1/posts', { id: 'x', title: 'x', unit: 'clerk' }))).to.deep.equal([404, 'ORGANIZATION_UNIT_NOT_FOUND']);
    expect(codeOf(await root.post('/api/v1/posts', { id: 'x', title: 'x', unit: 'ministry', groups: ['nobody'] }))).to.deep.equal([404, 'ORGANIZATION_GROUP_NOT_FOUND']);
  });

  it('A person is added with an account and belongs to the post, its unit and its groups.', async () => {
    const reply = await root.post('/api/v1/people', { id: 'new.clerk', name: 'Élodie St. Omer', roles: ['officer'], post: 'clerk', password: 'four little words here' });
    expect(reply.status).to.equal(201);
    const { body } = await root.get('/api/v1/people');
    expect(body.items.find((person) => person.id === 'new.clerk')).to.deep.equal({
      id: 'new.clerk', name: 'Élodie St. Omer', roles: ['officer'], post: 'clerk', postTitle: 'The clerk', unit: 'ministry', groups: ['clerk', 'ministry', 'officers'], active: true,
    });
    expect((await Client.signIn(shell.url, 'new.clerk', 'four little words here')).csrf).to.be.a('string');
  });

  it('An account name is used once, a post must exist: ORGANIZATION_PERSON_EXISTS, ORGANIZATION_POST_NOT_FOUND; then no password is kept.', async () => {
    const person = { id: 'clerk', name: 'x', roles: [], password: 'four little words here' };
    expect(codeOf(await root.post('/api/v1/people', person))).to.deep.equal([409, 'ORGANIZATION_PERSON_EXISTS']);
    expect(codeOf(await root.post('/api/v1/people', { ...person, id: 'second', post: 'treasury' }))).to.deep.equal([404, 'ORGANIZATION_POST_NOT_FOUND']);
    expect(await shell.organization.passwords.exists('second')).to.equal(false);
    expect((await Client.signIn(shell.url, 'clerk', PASSWORD)).csrf).to.be.a('string');
  });

  it('Nobody gets the account name under which the log keeps what no person did: ORGANIZATION_ACCOUNT_RESERVED.', async () => {
    for (const id of ['system', 'demo', 'anonymous', 'message', 'definition']) {
      expect(codeOf(await root.post('/api/v1/people', { id, name: 'x', roles: [], password: 'four little words here' })), id).to.deep.equal([409, 'ORGANIZATION_ACCOUNT_RESERVED']);
    }
  });

  it('The same request sent twice adds one person, and does not bring back an old password.', async () => {
    const person = { id: 'twice', name: 'x', roles: [], password: 'four little words here' };
    const first = await root.post('/api/v1/people', person, { 'idempotency-key': 'k' });
    await root.put('/api/v1/people/twice/password', { password: 'another four words here' });
    const again = await root.post('/api/v1/people', person, { 'idempotency-key': 'k' });
    expect([again.status, again.body.position, again.headers.get('idempotency-replayed')]).to.deep.equal([201, first.body.position, 'true']);
    expect(await shell.organization.passwords.verify('twice', 'another four words here')).to.equal(true);
    const other = await root.post('/api/v1/people', { ...person, name: 'y' }, { 'idempotency-key': 'k' });
    expect(codeOf(other)).to.deep.equal([422, 'HTTP_KEY_REUSED']);
  });

  it('Roles and post can be changed; the next request of the person has them.', async () => {
    const clerk = await shell.signIn('clerk');
    expect((await clerk.post('/api/v1/units', { id: 'x', title: 'x' })).status).to.equal(403);
    expect((await root.put('/api/v1/people/clerk/roles', { roles: ['officer', 'administrator', 'officer'] })).status).to.equal(200);
    expect((await clerk.post('/api/v1/units', { id: 'x', title: 'x' })).status).to.equal(201);
    expect((await root.put('/api/v1/people/clerk/post', { post: 'treasurer' })).status).to.equal(200);
    expect((await clerk.get('/api/v1/session')).body.person).to.deep.include({ roles: ['officer', 'administrator'], post: 'treasurer', groups: ['treasurer', 'treasury'] });
    expect((await root.put('/api/v1/people/clerk/post', { post: null })).status).to.equal(200);
    expect((await clerk.get('/api/v1/session')).body.person.groups).to.deep.equal([]);
    expect(codeOf(await root.put('/api/v1/people/clerk/post', { post: 'ministry' }))).to.deep.equal([404, 'ORGANIZATION_POST_NOT_FOUND']);
  });

  it('Whom nobody knows cannot be changed: ORGANIZATION_PERSON_NOT_FOUND.', async () => {
    for (const [path, body] of [['roles', { roles: [] }], ['post', { post: null }], ['password', { password: 'four little words here' }]] as const) {
      expect(codeOf(await root.put(`/api/v1/people/nobody/${path}`, body))).to.deep.equal([404, 'ORGANIZATION_PERSON_NOT_FOUND']);
    }
    expect(await shell.organization.passwords.exists('nobody')).to.equal(false);
  });

  it('An account is closed and opened again: ORGANIZATION_ACCOUNT_CLOSED, ORGANIZATION_ACCOUNT_OPEN.', async () => {
    expect(codeOf(await root.post('/api/v1/people/clerk/reactivate', {}))).to.deep.equal([409, 'ORGANIZATION_ACCOUNT_OPEN']);
    expect((await root.post('/api/v1/people/clerk/deactivate', {})).status).to.equal(200);
    expect(codeOf(await root.post('/api/v1/people/clerk/deactivate', {}))).to.deep.equal([409, 'ORGANIZATION_ACCOUNT_CLOSED']);
    expect(codeOf(await root.put('/api/v1/people/clerk/roles', { roles: ['manager'] }))).to.deep.equal([409, 'ORGANIZATION_ACCOUNT_CLOSED']);
    expect((await root.post('/api/v1/people/clerk/reactivate', {})).status).to.equal(200);
    expect((await shell.signIn('clerk')).csrf).to.be.a('string');
  });

  it('The last administrator stays: ORGANIZATION_LAST_ADMINISTRATOR.', async () => {
    expect(codeOf(await root.put('/api/v1/people/root/roles', { roles: ['officer'] }))).to.deep.equal([409, 'ORGANIZATION_LAST_ADMINISTRATOR']);
    expect(codeOf(await root.post('/api/v1/people/root/deactivate', {}))).to.deep.equal([409, 'ORGANIZATION_LAST_ADMINISTRATOR']);
    await root.put('/api/v1/people/clerk/roles', { roles: ['administrator'] });
    expect((await root.put('/api/v1/people/root/roles', { roles: ['officer'] })).status).to.equal(200);
  });

  it('When the last two administrators close each other at the same moment one of them stays, though the directory knows of neither yet.', async () => {
    await root.put('/api/v1/people/clerk/roles', { roles: ['administrator'] });
    const people = shell.organization.directory.people();
    const behind = { ...shell.organization.directory, people: () => people, person: (id: string) => people.find((person) => person.id === id) };
    const commands = createCommands(shell.runtime, behind, shell.organization.passwords, () => Promise.resolve());
    const by = (person: string): CommandMeta => ({ actor: { person, groups: [] } });
    const answers = await Promise.all([commands.deactivate('clerk', by('root')), commands.grantRoles('root', ['officer'], by('clerk'))]);
    expect(answers.map(({ outcome }) => outcome)).to.deep.equal(['accepted', 'rejected']);
    expect((await commands.deactivate('root', by('root'))).outcome).to.equal('rejected');
  });

  it('A person changes the own password with the current one: ORGANIZATION_PASSWORD_WRONG; all sessions end.', async () => {
    const clerk = await shell.signIn('clerk');
    expect(codeOf(await clerk.put('/api/v1/session/password', { current: 'wrong', next: 'another four words here' }))).to.deep.equal([409, 'ORGANIZATION_PASSWORD_WRONG']);
    expect((await clerk.put('/api/v1/session/password', { current: PASSWORD, next: 'another four words here' })).status).to.equal(200);
    expect((await clerk.get('/api/v1/session')).status).to.equal(401);
    expect((await Client.signIn(shell.url, 'clerk', 'another four words here')).csrf).to.be.a('string');
  });

  it('Who found an open session cannot guess the password in it: ACCESS_THROTTLED.', async () => {
    const clerk = await shell.signIn('clerk');
    const replies: string[] = [];
    for (let guess = 0; guess < 7; guess += 1) replies.push((await clerk.put('/api/v1/session/password', { current: `guess ${String(guess)}`, next: 'another four words here' })).body.code);
    expect(replies).to.deep.equal([...Array.from({ length: 5 }, () => 'ORGANIZATION_PASSWORD_WRONG'), 'ACCESS_THROTTLED', 'ACCESS_THROTTLED']);
    expect((await clerk.put('/api/v1/session/password', { current: PASSWORD, next: 'another four words here' })).status).to.equal(429);
  });

  it('A password that is easy to guess is refused: ORGANIZATION_PASSWORD_WEAK; a short one by the contract.', async () => {
    for (const password of ['aaaaaaaaaaaaaa', 'my Colleague 2026', 'PasswordPassword', '123456789012']) expect(codeOf(await root.put('/api/v1/people/colleague/password', { password })), password).to.deep.equal([409, 'ORGANIZATION_PASSWORD_WEAK']);
    expect((await root.put('/api/v1/people/clerk/password', { password: 'short' })).body.errors[0]!.code).to.equal('FIELD_SIZE');
    expect(codeOf(await root.post('/api/v1/people', { id: 'x', name: 'x', roles: [], password: 'aaaaaaaaaaaaaa' }))).to.deep.equal([409, 'ORGANIZATION_PASSWORD_WEAK']);
  });

  it('The same password typed with composed and decomposed letters is the same (NFKC).', async () => {
    await shell.organization.passwords.set('clerk', 'caf\u00e9 au lait sucr\u00e9');
    expect(await shell.organization.passwords.verify('clerk', 'cafe\u0301 au lait sucre\u0301')).to.equal(true);
  });

  it('Passwords are kept as Argon2id in the vault only; the log has the fact and no trace of the word.', async () => {
    const stored = Buffer.from((await shell.vault.secret('account/clerk'))!).toString();
    expect(stored).to.match(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    const history = await shell.runtime.history('person/clerk');
    expect(history.flatMap((record) => record.events.map((event) => event.type))).to.deep.equal(['PersonAdded', 'RolesGranted', 'PostAssigned', 'PasswordChanged']);
    const commits = await shell.store.readAll(0, 1_000);
    const everything = Buffer.concat(commits.map((commit) => Buffer.from(commit.body))).toString();
    expect(everything).to.not.include(PASSWORD).and.not.include('argon2');
  });

  it('In earnest a password costs what OWASP recommends: Argon2id with 19 MiB and two passes.', async () => {
    const passwords = createPasswords(shell.vault);
    await passwords.set('costly', 'four little words here');
    expect(Buffer.from((await shell.vault.secret('account/costly'))!).toString()).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.verify('costly', 'four little words here')).to.equal(true);
    expect(await passwords.verify('costly', 'four other words here')).to.equal(false);
  });

  it("A person's name is encrypted in the log.", async () => {
    const commits = await shell.store.readAll(0, 1_000);
    expect(Buffer.concat(commits.map((commit) => Buffer.from(commit.body))).toString()).to.not.include('Holder of clerk');
    expect(shell.organization.directory.person('clerk')!.name).to.equal('Holder of clerk');
  });

  it('Started again on the same log, everybody is there with posts, roles and password.', async () => {
    await root.put('/api/v1/people/clerk/roles', { roles: ['registry'] });
    await root.post('/api/v1/people/colleague/deactivate', {});
    const before = shell.organization.directory.people();
    const second = await startShell({ store: shell.store, vault: shell.vault, time: shell.time });
    expect(second.organization.directory.people()).to.deep.equal(before);
    expect(second.organization.directory.posts()).to.deep.equal(shell.organization.directory.posts());
    expect((await second.signIn('clerk')).csrf).to.be.a('string');
    await second.stop();
  });
});

describe('The first administrator', () => {
  const request = { code: SETUP_CODE, account: 'chief', name: 'Chief', password: 'five grey parrots whisper' };

  it('Who knows the code printed at start creates the first administrator, once: SETUP_CODE_WRONG, SETUP_NOT_OPEN.', async () => {
    const shell = await startShell({ empty: true });
    const setUp = (body: object): Promise<Reply> => send(shell.url, 'POST', '/api/v1/setup', body);
    expect((await send(shell.url, 'GET', '/api/v1/setup')).body).to.deep.equal({ needed: true });
    expect((await setUp({ ...request, code: 'guess' })).body.code).to.equal('SETUP_CODE_WRONG');
    expect((await setUp({ ...request, password: 'chief chief chief' })).body.code).to.equal('ORGANIZATION_PASSWORD_WEAK');
    const replies = await Promise.all([setUp(request), setUp({ ...request, account: 'second' })]);
    expect(replies.map((reply) => reply.status).toSorted()).to.deep.equal([201, 409]);
    expect((await setUp({ ...request, account: 'third' })).body.code).to.equal('SETUP_NOT_OPEN');
    expect((await send(shell.url, 'GET', '/api/v1/setup')).body).to.deep.equal({ needed: false });
    const [person] = shell.organization.directory.people();
    expect(person).to.deep.include({ roles: ['administrator'], active: true });
    const [record] = await shell.runtime.history(`person/${person!.id}`);
    expect(record!.actor.person).to.equal(person!.id);
    expect((await Client.signIn(shell.url, person!.id, request.password)).csrf).to.be.a('string');
    await shell.stop();
  });

  it('With accounts there is no set-up, not even with the code.', async () => {
    const shell = await startShell();
    expect((await send(shell.url, 'GET', '/api/v1/setup')).body).to.deep.equal({ needed: false });
    expect((await send(shell.url, 'POST', '/api/v1/setup', request)).body.code).to.equal('SETUP_NOT_OPEN');
    await shell.stop();
  });
});
