/** A deputy at work over HTTP, from the naming to the end: what they see, do and sign, what stays separated, and that it ends with its last day. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../../server/config.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { GRANT } from '../../e2e/grant.ts';
import { Client } from '../http/support.ts';
import type { Body, Reply } from '../http/support.ts';

const [HEAD, DIRECTOR, DEPUTY, CLERK] = ['head.administration', 'director.finance', 'hr.officer', 'senior.clerk'] as const;
const DAY = 86_400_000;

describe('Tasks: deputies', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-deputies-'));
  // Noon in Saint Lucia: a test that takes a while stays within its day.
  let ahead = Date.parse('2026-03-02T16:00:00.000Z') - Date.now();
  const clock = { now: (): string => new Date(Date.now() + ahead).toISOString() };
  const config = { PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'silent', PITON_SESSION_IDLE_MINUTES: '1440' };
  const passwords = new Map<string, string>();
  const clients = new Map<string, Client>();
  let piton: Piton;

  before(async () => {
    piton = await startPiton(readConfig(config), pino({ level: 'silent' }), clock);
    expect((await piton.runtime.deploy(GRANT, { actor: { person: 'systems.analyst', groups: [] } })).outcome).to.equal('deployed');
    for (const match of piton.lines.flatMap((line) => [...line.matchAll(/^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/g)])) passwords.set(match[1]!, match[2]!);
    await signIn();
  });
  after(async () => {
    await piton.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function signIn(): Promise<void> {
    for (const account of [HEAD, DIRECTOR, DEPUTY, CLERK]) clients.set(account, await Client.signIn(piton.url, account, passwords.get(account)));
  }
  const as = (account: string): Client => clients.get(account)!;
  const told = (reply: Reply): unknown[] => [reply.status, reply.body.code];
  const today = (days = 0): string => new Date(Date.parse(clock.now()) + days * DAY).toISOString().slice(0, 10);

  /** `deputy` stands in for `absent` today and until `days` later; answers the address of it. */
  async function standIn(absent: string, deputy: string, days = 2): Promise<string> {
    const reply = await as(absent).post(`/api/v1/people/${absent}/substitutions`, { deputy, from: today(), until: today(days), reason: 'Leave' });
    expect(reply.status, reply.text).to.equal(201);
    const path = `/api/v1/people/${absent}/substitutions/${String(reply.body['number'])}`;
    expect((await as(deputy).post(`${path}/accept`, {})).status).to.equal(200);
    return path;
  }

  async function found(account: string, view: string, stream: string): Promise<Body | undefined> {
    return (await as(account).get(`/api/v1/tasks?view=${view}&limit=200`)).body.items.find((item) => item['stream'] === stream);
  }

  /** A case drafted by `by`; answers it and the address of its task Approve. */
  async function drafted(by: string): Promise<{ readonly stream: string; readonly approve: string }> {
    const stream = (await as(CLERK).post('/api/v1/instances', { processId: 'grant', variables: {} })).body.id;
    const draft = `/api/v1/tasks/${(await found(by, 'groups', stream))!.id}`;
    expect((await as(by).post(`${draft}/claim`)).status).to.equal(200);
    expect((await as(by).post(`${draft}/complete`, { variables: {} })).status).to.equal(200);
    const { state } = (await piton.runtime.inspect(stream))!;
    const open = [...state.elements.values()].find(({ elementId }) => elementId === 'approve')!;
    return { stream, approve: `/api/v1/tasks/${stream}/${String(open.id)}` };
  }

  const acts = async (stream: string): Promise<unknown[]> => (await piton.runtime.history(stream)).flatMap(({ actor, events }) => events.filter(({ type }) => type.startsWith('UserTask') && type !== 'UserTaskCreated').map(({ type }) => [type, actor.person, actor.onBehalfOf]));

  it('While it is in force the deputy finds the tasks of who is absent, marked, and does them; the history keeps both persons.', async () => {
    const { stream, approve } = await drafted(CLERK);
    expect([await found(DEPUTY, 'acting', stream), told(await as(DEPUTY).post(`${approve}/claim`))]).to.deep.equal([undefined, [403, 'ACCESS_DENIED']]);
    const path = await standIn(HEAD, DEPUTY);
    const mark = { id: HEAD, name: 'Head of Administration' };
    expect(await found(DEPUTY, 'acting', stream)).to.deep.include({ assignee: null, onBehalfOf: mark });
    expect([await found(DEPUTY, 'mine', stream), await found(DEPUTY, 'groups', stream)]).to.deep.equal([undefined, undefined]);
    expect((await as(DEPUTY).get('/api/v1/tasks/counts')).body['acting']).to.equal(1);
    expect((await as(DEPUTY).get(approve)).body['onBehalfOf']).to.deep.equal(mark);
    expect((await as(DEPUTY).post(`${approve}/claim`)).status).to.equal(200);
    expect((await found(DEPUTY, 'acting', stream))!['assignee'], 'the absent officer holds it').to.deep.equal(mark);
    expect((await found(HEAD, 'mine', stream))).to.not.equal(undefined);
    expect((await as(DEPUTY).post(`${approve}/complete`, { variables: {}, comment: 'In order.' })).status).to.equal(200);
    expect((await acts(stream)).slice(2)).to.deep.equal([['UserTaskClaimed', DEPUTY, HEAD], ['UserTaskCompleted', DEPUTY, HEAD]]);
    const { items } = (await as(DEPUTY).get(`/api/v1/instances/${stream}/history`)).body;
    expect(items.find(({ type, actor }) => type === 'UserTaskCompleted' && actor['onBehalfOf'] === HEAD)?.event).to.deep.include({ person: DEPUTY, onBehalfOf: HEAD });
    for (const account of [DEPUTY, HEAD]) {
      const { onBehalfOf, done } = (await found(account, 'done', stream))!;
      expect([onBehalfOf, (done as Body)['person']], `${account} sees who did it for whom`).to.deep.equal([mark, { id: DEPUTY, name: 'Human Resources Officer' }]);
    }
    const page = await (await fetch(`${piton.url}/cases/${stream}`, { headers: { cookie: as(DEPUTY).cookie } })).text();
    expect(page).to.contain('was completed by Human Resources Officer, for Head of Administration');
    await as(HEAD).post(`${path}/end`, {});
    expect((await as(DEPUTY).get(`/api/v1/instances/${stream}`)).status, 'who did it may read it ever after').to.equal(200);
  });

  it('What one can do in their own right is done in their own right.', async () => {
    const path = await standIn(HEAD, DEPUTY);
    const { stream, approve } = await drafted(DEPUTY);
    expect((await acts(stream)), 'offered to both').to.deep.equal([['UserTaskClaimed', DEPUTY, undefined], ['UserTaskCompleted', DEPUTY, undefined]]);
    expect((await as(HEAD).post(`${approve}/claim`)).status, 'who is absent is not locked out').to.equal(200);
    expect((await as(HEAD).post(`${approve}/complete`, { variables: {} })).status).to.equal(200);
    expect((await acts(stream)).at(-1)).to.deep.equal(['UserTaskCompleted', HEAD, undefined]);
    await as(HEAD).post(`${path}/end`, {});
  });

  it('A deputy does not get round the separation of duties: not for what they drafted, not for what was drafted by who is absent, not by standing in for two.', async () => {
    const [first, second] = [await standIn(HEAD, DEPUTY), await standIn(DIRECTOR, DEPUTY)];
    const own = await drafted(DEPUTY);
    expect(told(await as(DEPUTY).post(`${own.approve}/claim`)), 'drafted themselves').to.deep.equal([409, 'TASK_SAME_PERSON']);
    const page = await (await fetch(`${piton.url}${own.approve.replace('/api/v1', '')}`, { headers: { cookie: as(DEPUTY).cookie } })).text();
    expect(page).to.contain('You completed “Draft the grant” in this case.').and.not.contain('/claim"');
    // Drafted by one of the two: it is done for the other, who did not draft it.
    const heads = await drafted(HEAD);
    expect((await as(DEPUTY).post(`${heads.approve}/claim`)).status).to.equal(200);
    expect((await acts(heads.stream)).at(-1)).to.deep.equal(['UserTaskClaimed', DEPUTY, DIRECTOR]);
    await as(DIRECTOR).post(`${second}/end`, {});
    expect(told(await as(DEPUTY).post(`${heads.approve}/complete`, { variables: {} })), 'it is the director\'s, for whom they stand in no more').to.deep.equal([409, 'TASK_NOT_ASSIGNEE']);
    const again = await drafted(HEAD);
    expect(told(await as(DEPUTY).post(`${again.approve}/claim`)), 'drafted by whom they stand in for').to.deep.equal([409, 'TASK_SAME_PERSON']);
    await as(HEAD).post(`${first}/end`, {});
  });

  it('What a deputy drafted for an officer, neither of them approves.', async () => {
    const path = await standIn(HEAD, DEPUTY);
    const stream = (await as(CLERK).post('/api/v1/instances', { processId: 'grant', variables: {} })).body.id;
    const draft = `/api/v1/tasks/${(await found(HEAD, 'groups', stream))!.id}`;
    expect((await as(HEAD).post(`${draft}/claim`)).status).to.equal(200);
    expect((await as(DEPUTY).post(`${draft}/complete`, { variables: {} })).status, 'held by the head').to.equal(200);
    const approve = `/api/v1/tasks/${(await found(HEAD, 'groups', stream))!.id}`;
    expect(told(await as(HEAD).post(`${approve}/claim`))).to.deep.equal([409, 'TASK_SAME_PERSON']);
    expect(told(await as(DEPUTY).post(`${approve}/claim`))).to.deep.equal([409, 'TASK_SAME_PERSON']);
    expect((await as(DIRECTOR).post(`${approve}/claim`)).status).to.equal(200);
    await as(HEAD).post(`${path}/end`, {});
  });

  it('A deputy releases, returns and delegates what the absent officer holds, and it comes back to that officer.', async () => {
    const path = await standIn(HEAD, DEPUTY);
    const { stream, approve } = await drafted(CLERK);
    await as(HEAD).post(`${approve}/claim`);
    expect((await as(DEPUTY).post(`${approve}/delegate`, { to: 'budget.officer', comment: 'Check the vote.' })).status).to.equal(200);
    const { state } = (await piton.runtime.inspect(stream))!;
    expect([...state.elements.values()].find(({ elementId }) => elementId === 'approve')!.task).to.deep.include({ assignee: 'budget.officer', owner: HEAD });
    const budget = await Client.signIn(piton.url, 'budget.officer', passwords.get('budget.officer'));
    expect((await budget.post(`${approve}/resolve`, { variables: {}, comment: 'There is enough.' })).status).to.equal(200);
    expect((await as(DEPUTY).post(`${approve}/release`)).status).to.equal(200);
    expect((await as(DEPUTY).post(`${approve}/claim`)).status).to.equal(200);
    expect((await as(DEPUTY).post(`${approve}/return`, { to: 'draft', reason: 'The vote is missing.' })).status).to.equal(200);
    expect((await acts(stream)).at(-1)).to.deep.equal(['UserTaskReturned', DEPUTY, HEAD]);
    await as(HEAD).post(`${path}/end`, {});
  });

  it('It ends with its last day and no command: the deputy can do nothing more, and the unfinished task is the officer\'s; also after a restart.', async () => {
    await standIn(HEAD, DEPUTY, 0);
    const { stream, approve } = await drafted(CLERK);
    expect((await as(DEPUTY).post(`${approve}/claim`)).status).to.equal(200);
    await piton.stop();
    piton = await startPiton(readConfig(config), pino({ level: 'silent' }), clock);
    await signIn();
    expect((await as(DEPUTY).get(approve)).body['onBehalfOf'], 'still the day').to.deep.include({ id: HEAD });
    const before = (await piton.runtime.history('person/head.administration')).length;
    ahead += DAY;
    await signIn();
    for (const verb of ['complete', 'release', 'delegate', 'return', 'claim']) {
      expect(told(await as(DEPUTY).post(`${approve}/${verb}`, { complete: { variables: {} }, delegate: { to: CLERK }, return: { to: 'draft', reason: 'x' } }[verb])), verb).to.deep.equal([403, 'ACCESS_DENIED']);
    }
    expect([await found(DEPUTY, 'acting', stream), (await as(DEPUTY).get('/api/v1/tasks/counts')).body['acting']]).to.deep.equal([undefined, 0]);
    expect((await found(HEAD, 'mine', stream))!['assignee']).to.deep.include({ id: HEAD });
    expect((await as(HEAD).post(`${approve}/complete`, { variables: {} })).status).to.equal(200);
    expect((await piton.runtime.history('person/head.administration')).length, 'nothing was recorded about its end').to.equal(before);
  });

  it('The list of a deputy goes on page by page, what is held first, and leaves out what is their own.', async () => {
    const path = await standIn(HEAD, DEPUTY);
    const cases: string[] = [];
    for (let n = 0; n < 3; n += 1) cases.push((await drafted(CLERK)).stream);
    await as(HEAD).post(`/api/v1/tasks/${(await found(DEPUTY, 'acting', cases[2]!))!.id}/claim`);
    const seen: unknown[] = [];
    let after = '';
    do {
      const { body } = await as(DEPUTY).get(`/api/v1/tasks?view=acting&limit=1${after}`);
      seen.push(...body.items.filter((item) => cases.includes(String(item['stream']))).map((item) => item['stream']));
      after = body.page.next === undefined ? '' : `&after=${encodeURIComponent(body.page.next)}`;
    } while (after !== '');
    expect(seen).to.have.members(cases);
    expect(seen[0]).to.equal(cases[2]);
    expect(told(await as(DEPUTY).get('/api/v1/tasks?view=acting&after=nonsense'))).to.deep.equal([400, 'HTTP_CURSOR_INVALID']);
    await as(HEAD).post(`${path}/end`, {});
  });
});
