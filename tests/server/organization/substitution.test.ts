/** Substitutions over HTTP: who names, who answers, for which days; what is refused; when one is in force; what is told to whom. */
import { expect } from 'chai';
import { inForce, isOpen } from '../../../server/organization/substitution-book.ts';
import type { Substitution } from '../../../server/organization/substitution-book.ts';
import { startShell } from '../http/support.ts';
import type { Body, Client, Reply, Shell } from '../http/support.ts';

const DAY = 86_400_000;
/** Monday to Friday of the week after the one the test begins in (2026-01-05T09:00Z, 05:00 in Saint Lucia). */
const WEEK = { deputy: 'colleague', from: '2026-01-12', until: '2026-01-16', reason: 'Vacation leave', instrument: 'PS 12/2026' };
const OF_CLERK = '/api/v1/people/clerk/substitutions';

describe('The organisation: substitution', () => {
  let shell: Shell;
  let clerk: Client;
  let colleague: Client;
  let root: Client;

  beforeEach(async () => {
    shell = await startShell();
    [clerk, colleague, root] = await Promise.all(['clerk', 'colleague', 'root'].map((account) => shell.signIn(account))) as [Client, Client, Client];
  });
  afterEach(async () => { await shell.stop(); });

  const told = (reply: Reply): unknown[] => [reply.status, reply.body.code];
  const propose = async (more: object = {}, client = clerk, path = OF_CLERK): Promise<Reply> => client.post(path, { ...WEEK, ...more });
  const listed = async (client: Client, person: string): Promise<readonly Body[]> => (await client.get(`/api/v1/people/${person}/substitutions`)).body.items;
  const states = async (): Promise<unknown[]> => (await listed(root, 'clerk')).map(({ number, state, inForce: now }) => [number, state, now]);
  const standsFor = (person: string): unknown => shell.organization.directory.person(person)?.standsFor?.map(({ id, until }) => [id, until]);
  const notices = async (client: Client): Promise<string[]> => (await client.get('/api/v1/notices')).body.items.map(({ subject }) => subject);
  /** The clock is the test's: sessions have ended by then. */
  const later = async (days: number): Promise<void> => {
    await shell.time.advance(days * DAY);
    [clerk, colleague, root] = await Promise.all(['clerk', 'colleague', 'root'].map((account) => shell.signIn(account))) as [Client, Client, Client];
  };

  it('Named by who will be absent, accepted by the deputy, in force on its days only, and over without anything being done.', async () => {
    const reply = await propose();
    expect([reply.status, reply.body['number']], reply.text).to.deep.equal([201, 1]);
    const [one] = await listed(clerk, 'clerk');
    expect(one).to.deep.include({
      absent: { id: 'clerk', name: 'Holder of clerk' }, number: 1, deputy: { id: 'colleague', name: 'Holder of colleague' }, from: '2026-01-12', until: '2026-01-16', reason: 'Vacation leave', instrument: 'PS 12/2026',
      // America/St_Lucia is four hours behind: the day begins and ends there.
      startsAt: '2026-01-12T04:00:00.000Z', endsAt: '2026-01-17T04:00:00.000Z', state: 'proposed', inForce: false, over: false, proposedBy: { id: 'clerk', name: 'Holder of clerk' }, answeredAt: null, endedBy: null, note: null,
    });
    expect(await listed(colleague, 'colleague')).to.deep.equal([one]);
    expect((await colleague.post(`${OF_CLERK}/1/accept`, {})).status).to.equal(200);
    expect([await states(), standsFor('colleague')]).to.deep.equal([[[1, 'accepted', false]], undefined]);
    await shell.time.advance(Date.parse('2026-01-12T03:59:59.999Z') - Date.parse(shell.time.clock.now()));
    expect(standsFor('colleague'), 'the moment before').to.equal(undefined);
    await shell.time.advance(1);
    expect(standsFor('colleague'), 'the first moment').to.deep.equal([['clerk', '2026-01-16']]);
    expect(shell.organization.directory.person('colleague')!.standsFor![0]!.groups).to.deep.equal(['clerk', 'ministry', 'officers']);
    await shell.time.advance(Date.parse('2026-01-17T03:59:59.999Z') - Date.parse(shell.time.clock.now()));
    expect(standsFor('colleague'), 'the last moment').to.deep.equal([['clerk', '2026-01-16']]);
    await shell.time.advance(1);
    expect(standsFor('colleague'), 'over').to.equal(undefined);
    await later(0);
    expect((await listed(root, 'clerk'))[0]).to.deep.include({ state: 'accepted', inForce: false, over: true });
    expect(told(await clerk.post(`${OF_CLERK}/1/end`, {}))).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_OVER']);
  });

  it('The session says whom one stands in for; in lists of people it is not told.', async () => {
    await propose({ from: '2026-01-05', until: '2026-01-05' });
    await colleague.post(`${OF_CLERK}/1/accept`, {});
    expect((await colleague.get('/api/v1/session')).body.person['standsFor']).to.deep.equal([{ id: 'clerk', name: 'Holder of clerk', groups: ['clerk', 'ministry', 'officers'], until: '2026-01-05' }]);
    expect((await clerk.get('/api/v1/session')).body.person).to.not.have.property('standsFor');
    for (const person of (await root.get('/api/v1/people')).body.items) expect(person).to.not.have.property('standsFor');
  });

  it('Only who is absent or an administrator names a deputy, only the deputy answers, only the three of them end and read it.', async () => {
    for (const account of ['treasurer', 'head', 'modeller', 'colleague']) expect(told(await propose({}, await shell.signIn(account))), account).to.deep.equal([403, 'ACCESS_DENIED']);
    expect((await propose({}, root)).status).to.equal(201);
    expect((await listed(clerk, 'clerk'))[0]!['proposedBy']).to.deep.equal({ id: 'root', name: 'Holder of operator' });
    const treasurer = await shell.signIn('treasurer');
    for (const verb of ['accept', 'decline']) for (const client of [clerk, root, treasurer]) expect(told(await client.post(`${OF_CLERK}/1/${verb}`, {})), verb).to.deep.equal([403, 'ACCESS_DENIED']);
    expect(told(await treasurer.post(`${OF_CLERK}/1/end`, {}))).to.deep.equal([403, 'ACCESS_DENIED']);
    expect(told(await colleague.get(OF_CLERK))).to.deep.equal([403, 'ACCESS_DENIED']);
    expect(told(await clerk.post(`${OF_CLERK}/2/end`, {}))).to.deep.equal([404, 'ORGANIZATION_SUBSTITUTION_NOT_FOUND']);
    for (const client of [colleague, clerk, root]) {
      expect((await propose({}, root)).status).to.be.oneOf([201, 409]);
      const number = (await states()).length;
      expect((await client.post(`${OF_CLERK}/${String(number)}/end`, { reason: 'Leave was cancelled' })).status).to.equal(200);
    }
    expect((await states()).map((one) => (one as unknown[])[1])).to.deep.equal(['ended', 'ended', 'ended']);
  });

  it('Days that are past, too many, the wrong way round or not of the calendar are refused: ORGANIZATION_SUBSTITUTION_DATES.', async () => {
    for (const days of [{ from: '2026-01-04', until: '2026-01-06' }, { from: '2026-01-09', until: '2026-01-08' }, { from: '2026-01-12', until: '2027-01-13' }]) {
      expect(told(await propose(days)), JSON.stringify(days)).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_DATES']);
    }
    for (const from of ['2026-02-30', '12.1.2026', '2026-01-12T00:00:00Z']) expect(told(await propose({ from })), from).to.deep.equal([400, 'HTTP_REQUEST_INVALID']);
    expect((await propose({ from: '2026-01-05', until: '2027-01-05' })).status, 'today, 366 days').to.equal(201);
  });

  it('One deputy at a time: ORGANIZATION_SUBSTITUTION_OVERLAPS, but the days beside it are free, and what was declined or ended is no hindrance.', async () => {
    await propose();
    for (const days of [{}, { from: '2026-01-16', until: '2026-01-20' }, { from: '2026-01-05', until: '2026-02-05' }]) expect(told(await propose({ deputy: 'head', ...days }))).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_OVERLAPS']);
    expect((await propose({ deputy: 'head', from: '2026-01-17', until: '2026-01-20' })).status).to.equal(201);
    expect((await colleague.post(`${OF_CLERK}/1/decline`, { reason: 'I am away, too' })).status).to.equal(200);
    expect((await propose({ deputy: 'head' })).status).to.equal(201);
    expect(await states()).to.deep.equal([[2, 'proposed', false], [3, 'proposed', false], [1, 'declined', false]]);
    expect((await listed(clerk, 'clerk')).find(({ number }) => number === 1)!['note']).to.equal('I am away, too');
  });

  it('The deputy is another person who works on tasks: ORGANIZATION_DEPUTY_UNFIT; who is absent has an open account.', async () => {
    for (const deputy of ['clerk', 'modeller', 'root', 'nobody']) expect(told(await propose({ deputy })), deputy).to.deep.equal([409, 'ORGANIZATION_DEPUTY_UNFIT']);
    expect(told(await propose({}, root, '/api/v1/people/nobody/substitutions'))).to.deep.equal([404, 'ORGANIZATION_PERSON_NOT_FOUND']);
    await root.post('/api/v1/people/treasurer/deactivate', {});
    expect(told(await propose({ deputy: 'treasurer' }))).to.deep.equal([409, 'ORGANIZATION_DEPUTY_UNFIT']);
    expect(told(await propose({}, root, '/api/v1/people/treasurer/substitutions'))).to.deep.equal([409, 'ORGANIZATION_ACCOUNT_CLOSED']);
  });

  it('Who is absent themselves is no deputy, neither named nor accepting: ORGANIZATION_DEPUTY_ABSENT; a chain hands nothing on.', async () => {
    await propose({}, colleague, '/api/v1/people/colleague/substitutions').then((reply) => { expect(told(reply)).to.deep.equal([409, 'ORGANIZATION_DEPUTY_UNFIT']); });
    expect((await propose({ deputy: 'head' }, colleague, '/api/v1/people/colleague/substitutions')).status).to.equal(201);
    expect(told(await propose())).to.deep.equal([409, 'ORGANIZATION_DEPUTY_ABSENT']);
    expect((await propose({ from: '2026-01-19', until: '2026-01-23' })).status).to.equal(201);
    expect((await propose({ deputy: 'head', from: '2026-01-22', until: '2026-01-30' }, colleague, '/api/v1/people/colleague/substitutions')).status).to.equal(201);
    expect(told(await colleague.post(`${OF_CLERK}/1/accept`, {})), 'fell ill in between').to.deep.equal([409, 'ORGANIZATION_DEPUTY_ABSENT']);
    await colleague.post('/api/v1/people/colleague/substitutions/2/end', {});
    expect((await colleague.post(`${OF_CLERK}/1/accept`, {})).status).to.equal(200);
    expect((await propose({ deputy: 'head', from: '2026-01-22', until: '2026-01-30' }, colleague, '/api/v1/people/colleague/substitutions')).status).to.equal(201);
    const head = await shell.signIn('head');
    expect((await head.post('/api/v1/people/colleague/substitutions/3/accept', {})).status).to.equal(200);
    await later(18);
    expect([standsFor('colleague'), standsFor('head')]).to.deep.equal([[['clerk', '2026-01-23']], [['colleague', '2026-01-30']]]);
  });

  it('Answered once: ORGANIZATION_SUBSTITUTION_ANSWERED; what was never answered is over when its days are; ended early it is over at once.', async () => {
    await propose();
    await colleague.post(`${OF_CLERK}/1/accept`, {});
    for (const verb of ['accept', 'decline']) expect(told(await colleague.post(`${OF_CLERK}/1/${verb}`, {})), verb).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_ANSWERED']);
    await propose({ deputy: 'head', from: '2026-01-19', until: '2026-01-20' });
    await later(8);
    expect(standsFor('colleague')).to.deep.equal([['clerk', '2026-01-16']]);
    expect((await clerk.post(`${OF_CLERK}/1/end`, { reason: 'Back early' })).status).to.equal(200);
    expect(standsFor('colleague')).to.equal(undefined);
    expect((await listed(clerk, 'clerk')).find(({ number }) => number === 1)).to.deep.include({ state: 'ended', endedBy: { id: 'clerk', name: 'Holder of clerk' }, endedAt: shell.time.clock.now(), note: 'Back early', over: true });
    expect(told(await colleague.post(`${OF_CLERK}/1/accept`, {}))).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_ANSWERED']);
    expect(told(await colleague.post(`${OF_CLERK}/1/end`, {}))).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_OVER']);
    await later(8);
    expect(told(await (await shell.signIn('head')).post(`${OF_CLERK}/2/accept`, {}))).to.deep.equal([409, 'ORGANIZATION_SUBSTITUTION_OVER']);
  });

  it('When the account of who is absent is closed, or their post goes, nobody acts in what they had.', async () => {
    await propose({ from: '2026-01-05', until: '2026-01-09' });
    await colleague.post(`${OF_CLERK}/1/accept`, {});
    await root.put('/api/v1/people/clerk/post', { post: 'treasurer' });
    expect(shell.organization.directory.person('colleague')!.standsFor![0]!.groups).to.deep.equal(['treasurer', 'treasury']);
    await root.post('/api/v1/people/clerk/deactivate', {});
    expect(standsFor('colleague')).to.equal(undefined);
  });

  it('Those who did not act themselves are told; the same request sent twice is one substitution and one notice.', async () => {
    const first = await clerk.post(OF_CLERK, WEEK, { 'idempotency-key': 'once' });
    const again = await clerk.post(OF_CLERK, WEEK, { 'idempotency-key': 'once' });
    expect([again.status, again.body['number'], again.headers.get('idempotency-replayed')]).to.deep.equal([201, first.body['number'], 'true']);
    expect([await notices(colleague), await notices(clerk)]).to.deep.equal([['Holder of clerk asks you to stand in'], []]);
    await colleague.post(`${OF_CLERK}/1/accept`, {});
    expect(await notices(clerk)).to.deep.equal(['Holder of colleague accepts to stand in for you']);
    await root.post(`${OF_CLERK}/1/end`, { reason: 'Recalled' });
    expect((await notices(clerk)).sort()).to.deep.equal(['Holder of colleague accepts to stand in for you', 'Holder of colleague does not stand in for you any more']);
    expect(await notices(colleague)).to.include('You do not stand in for Holder of clerk any more');
    await propose({}, root);
    expect(await notices(clerk)).to.include('Holder of colleague was named as your deputy');
    await colleague.post(`${OF_CLERK}/2/decline`, {});
    expect(await notices(clerk)).to.include('Holder of colleague declines to stand in for you');
  });

  it('It stands in the log of who is absent, reasons encrypted; the directory is the same when it is folded again.', async () => {
    await propose({ from: '2026-01-05', until: '2026-01-09' });
    await colleague.post(`${OF_CLERK}/1/accept`, {});
    const records = await shell.runtime.history('person/clerk');
    expect(records.slice(-2).map(({ actor, commandType, events }) => [actor.person, commandType, events.map(({ type }) => type)])).to.deep.equal([['clerk', 'ProposeSubstitution', ['SubstitutionProposed']], ['colleague', 'AcceptSubstitution', ['SubstitutionAccepted']]]);
    const bytes: string[] = [];
    for (const { records: stored } of await shell.store.readAll(0, 1_000)) for (const { events } of stored) bytes.push(Buffer.from(events).toString('latin1'));
    expect(bytes.join('')).to.contain('SubstitutionProposed').and.not.contain('Vacation leave').and.not.contain('PS 12/2026');
    const second = await startShell({ store: shell.store, vault: shell.vault, desk: shell.desk, time: shell.time });
    await second.runtime.settled((await shell.store.head()).position);
    expect(second.organization.directory.person('colleague')).to.deep.equal(shell.organization.directory.person('colleague'));
    expect(second.organization.directory.substitutions.all()).to.deep.equal(shell.organization.directory.substitutions.all());
    await second.listening.close(0);
    await second.runtime.stop();
  });

  it('In force means accepted and within the days; open means not yet over.', () => {
    const one = { startsAt: '2026-01-12T04:00:00.000Z', endsAt: '2026-01-17T04:00:00.000Z' } as Substitution;
    const during = '2026-01-14T12:00:00.000Z';
    expect((['proposed', 'accepted', 'declined', 'ended'] as const).map((state) => [inForce({ ...one, state }, during), isOpen({ ...one, state }, during), isOpen({ ...one, state }, one.endsAt)])).to.deep.equal([[false, true, false], [true, true, false], [false, false, false], [false, false, false]]);
  });
});
