/** The leave procedure over the HTTP API of a whole server on a data folder, and the same server started again. */
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { readConfig } from '../../server/config.ts';
import { startPiton } from '../../server/main.ts';
import type { Piton } from '../../server/main.ts';

type Body = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body: Body;
}

/** One signed-in person. */
class Client {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
  }

  static async signIn(url: string, account: string, password: string): Promise<Client> {
    const headers = { 'content-type': 'application/json', origin: url, 'idempotency-key': randomUUID() };
    const answer = await fetch(`${url}/api/v1/session`, { method: 'POST', headers, body: JSON.stringify({ account, password }) });
    expect(answer.status, account).to.equal(201);
    const { csrf } = (await answer.json()) as { readonly csrf: string };
    const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return new Client(url, { 'content-type': 'application/json', origin: url, cookie, 'x-csrf-token': csrf });
  }

  async get(path: string): Promise<Answer> {
    const answer = await fetch(this.#url + path, { headers: this.#headers });
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  async post(path: string, body: Body, key: string = randomUUID()): Promise<Answer> {
    const answer = await fetch(this.#url + path, { method: 'POST', headers: { ...this.#headers, 'idempotency-key': key }, body: JSON.stringify(body) });
    return { status: answer.status, body: (await answer.json()) as Body };
  }

  /** Claims the only task of that name offered to this person, and completes it. */
  async work(name: string, outcome: string | undefined, variables: Body): Promise<string> {
    const own = await this.get('/api/v1/tasks?view=mine');
    const offered = await this.get('/api/v1/tasks?view=groups');
    const found = [...(own.body['items'] as Body[]), ...(offered.body['items'] as Body[])].find((task) => task['name'] === name);
    expect(found, `${name} in ${JSON.stringify([own.body, offered.body])}`).to.not.equal(undefined);
    const id = String(found?.['id']);
    if (found?.['assignee'] === null) expect((await this.post(`/api/v1/tasks/${id}/claim`, {})).status).to.equal(200);
    const done = await this.post(`/api/v1/tasks/${id}/complete`, { ...(outcome !== undefined && { outcome }), variables });
    expect(done.status, JSON.stringify(done.body)).to.equal(200);
    return id;
  }
}

const APPLICATION = {
  leaveType: 'vacation', firstDay: { $: 'date', v: '2027-03-01' }, lastDay: { $: 'date', v: '2027-03-05' }, overseas: false, passage: false,
  personnelNumber: 'PS-2001', contact: '758 555 0142', deputy: 'senior.clerk', handoverNotes: 'The files of the week are in the second drawer.',
};

describe('The leave procedure over HTTP', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-http-'));
  const begin = (): Promise<Piton> => startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0' }), pino({ level: 'silent' }));
  let piton: Piton;
  const client = (account: string): Promise<Client> => {
    const line = piton.lines.find((text) => text.trim().startsWith(`${account} `)) ?? '';
    return Client.signIn(piton.url, account, line.trim().split(/\s+/)[1] ?? '');
  };
  let caseId = '';
  let checked = '';

  before(async () => { piton = await begin(); });
  after(async () => {
    await piton.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('does not start with a form that is not complete, and says which fields are wrong', async () => {
    const officer = await client('administrative.officer');
    const refused = await officer.post('/api/v1/instances', { processId: 'leave', variables: { leaveType: 'vacation' } });
    expect(refused.status).to.equal(422);
    expect(refused.body).to.include({ code: 'HTTP_START_FORM_INVALID' });
    expect((refused.body['errors'] as Body[]).map(({ pointer }) => pointer)).to.include('/variables/firstDay');
  });

  it('does not start with a deputy who is no officer, and says so at the field', async () => {
    const officer = await client('administrative.officer');
    for (const deputy of ['nobody', 'systems.analyst']) {
      const refused = await officer.post('/api/v1/instances', { processId: 'leave', variables: { ...APPLICATION, deputy } });
      expect([refused.status, (refused.body['errors'] as Body[]).map(({ pointer }) => pointer)], deputy).to.deep.equal([422, ['/variables/deputy']]);
    }
  });

  it('starts one case for a start that is sent twice', async () => {
    const officer = await client('administrative.officer');
    const sent = { processId: 'leave', variables: APPLICATION };
    const first = await officer.post('/api/v1/instances', sent, 'leave-2001');
    const second = await officer.post('/api/v1/instances', sent, 'leave-2001');
    expect(first.status, JSON.stringify(first.body)).to.equal(201);
    expect(second.body['id']).to.equal(first.body['id']);
    const other = await officer.post('/api/v1/instances', { ...sent, variables: { ...APPLICATION, passage: true } }, 'leave-2001');
    expect(other.status).to.equal(422);
    caseId = String(first.body['id']);
  });

  it('is returned for correction, corrected, and recommended', async () => {
    const [officer, hr, deputy, supervisor] = await Promise.all(['administrative.officer', 'hr.officer', 'senior.clerk', 'head.administration'].map(client)) as [Client, Client, Client, Client];
    const record = { daysAtCredit: 20, recordRemarks: 'Checked against the leave record.' };
    checked = await hr.work('Check the leave record', 'in-order', record);
    await deputy.work('Agree to stand in', 'agree', {});
    await supervisor.work('Recommend the leave', 'return', { recommendationReasons: 'Please begin a week later.' });
    await officer.work('Correct the application', 'resubmit', { ...APPLICATION, firstDay: { $: 'date', v: '2027-03-08' }, lastDay: { $: 'date', v: '2027-03-12' } });
    await hr.work('Check the leave record', 'in-order', record);
    await deputy.work('Agree to stand in', 'agree', {});
    await supervisor.work('Recommend the leave', 'recommend', { recommendationReasons: 'The unit keeps its cover.' });
  });

  it('tells a second person who completed a task', async () => {
    const hr = await client('hr.officer');
    const late = await hr.post(`/api/v1/tasks/${checked}/complete`, { outcome: 'in-order', variables: { daysAtCredit: 1 } });
    expect(late.status).to.equal(409);
    expect(late.body).to.include({ code: 'TASK_COMPLETED' });
  });

  it('is as it was after the server was stopped and started again', async () => {
    const before = await (await client('administrative.officer')).get(`/api/v1/instances/${caseId}/history`);
    await piton.stop();
    piton = await begin();
    const after = await (await client('administrative.officer')).get(`/api/v1/instances/${caseId}/history`);
    expect(after.body).to.deep.equal(before.body);
  });

  it('is granted, entered, and everybody is told', async () => {
    const [officer, secretary, hr] = await Promise.all(['administrative.officer', 'permanent.secretary', 'hr.officer'].map(client)) as [Client, Client, Client];
    await secretary.work('Decide on the leave', 'grant', { decisionReasons: 'Recommended, and the unit is covered.' });
    await hr.work('Enter on the leave record', undefined, { recordFolio: '12/2027' });
    const shown = await officer.get(`/api/v1/instances/${caseId}`);
    expect(shown.body).to.include({ status: 'active' });
    const notices = await officer.get('/api/v1/notices');
    expect(JSON.stringify(notices.body)).to.contain('2027-03-08').and.contain('granted');
    const incidents = await (await client('administrator')).get('/api/v1/incidents');
    expect(incidents.body['items']).to.deep.equal([]);
  });

  it('shows a case only to those who have to do with it', async () => {
    const registry = await client('registry.clerk');
    expect((await registry.get(`/api/v1/instances/${caseId}`)).status).to.be.oneOf([403, 404]);
  });
});
