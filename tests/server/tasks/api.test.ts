/** The routes of tasks over HTTP: lists, detail, form, verbs, and what is refused with which problem. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../../server/config.ts';
import { taskCounts, taskDetail, taskSummary } from '../../../server/http/contract/tasks.ts';
import type { TaskDetail, TaskSummary } from '../../../server/http/contract/tasks.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { PERMIT } from '../../e2e/permit.ts';
import { Client } from '../http/support.ts';
import type { Reply } from '../http/support.ts';

const APPLICATION = { subject: 'Regatta', place: 'castries', needs: [], day: { $: 'date', v: '2027-03-27' }, from: null, guests: 40, remarks: null, truth: true };

function taskListed(page: unknown, id: string): TaskSummary | undefined {
  return (page as { readonly items: readonly TaskSummary[] }).items.map((item) => taskSummary.parse(item)).find((item) => item.id === id);
}

describe('Tasks: routes', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-tasks-'));
  let piton: Piton;
  let clerk: Client;
  let officer: Client;
  let secretary: Client;
  let analyst: Client;
  let stream: string;

  before(async () => {
    piton = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0', PITON_LOG: 'silent' }), pino({ level: 'silent' }));
    const answer = await piton.runtime.deploy(PERMIT, { actor: { person: 'systems.analyst', groups: [] } });
    expect(answer.outcome).to.equal('deployed');
    const passwords = new Map(piton.lines.flatMap((line) => [...line.matchAll(/^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/g)].map((match) => [match[1]!, match[2]!])));
    const enter = (account: string): Promise<Client> => Client.signIn(piton.url, account, passwords.get(account));
    [clerk, officer, secretary, analyst] = await Promise.all([enter('senior.clerk'), enter('hr.officer'), enter('permanent.secretary'), enter('systems.analyst')]);
    stream = await start();
  });

  after(async () => {
    await piton.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<string> {
    const reply = await clerk.post('/api/v1/instances', { processId: 'permit', variables: APPLICATION });
    expect(reply.status, reply.text).to.equal(201);
    return reply.body.id;
  }

  /** The address of the open task of the case. */
  async function taskOf(of: string): Promise<string> {
    for (const view of ['groups', 'mine']) {
      const { body } = await clerk.get(`/api/v1/tasks?view=${view}&limit=200`);
      const found = body.items.find((item) => item['stream'] === of);
      if (found !== undefined) return `/api/v1/tasks/${found.id}`;
    }
    throw new Error(`Expected an open task of ${of}, but there is none`);
  }

  const told = (reply: Reply): unknown[] => [reply.status, reply.body.code];

  it('Lists, counts, detail and form are what the contract says.', async () => {
    const task = await taskOf(stream);
    expect(taskCounts.parse((await officer.get('/api/v1/tasks/counts')).body).groups).to.be.greaterThan(0);
    const detail: TaskDetail = taskDetail.parse((await officer.get(task)).body);
    expect(detail).to.deep.include({ name: 'Examine the application', status: 'open', form: 'examine-form', startedBy: { id: 'senior.clerk', name: 'Senior Clerk' }, returnTargets: [] });
    expect(detail.outcomes.map((outcome) => outcome.value)).to.deep.equal(['approve', 'return', 'refuse']);
    const form = (await officer.get(`${task}/form`)).body as unknown as { readonly form: string; readonly values: Record<string, unknown>; readonly schema: { readonly components: unknown[] } };
    expect([form.form, form.values['subject'], form.schema.components.length]).to.deep.equal(['examine-form', 'Regatta', 3]);
    expect(told(await officer.get('/api/v1/tasks?view=all'))).to.deep.equal([400, 'HTTP_REQUEST_INVALID']);
    expect(told(await officer.get('/api/v1/tasks?after=nonsense'))).to.deep.equal([400, 'HTTP_CURSOR_INVALID']);
    expect(told(await officer.get('/api/v1/tasks/0000/1'))).to.deep.equal([404, 'HTTP_NOT_FOUND']);
  });

  it('Claimed by one, it cannot be claimed or completed by another, who is told by whom.', async () => {
    const task = await taskOf(stream);
    expect((await clerk.post(`${task}/claim`)).status).to.equal(200);
    const second = await officer.post(`${task}/claim`);
    expect(told(second)).to.deep.equal([409, 'TASK_ALREADY_CLAIMED']);
    expect(second.body.detail).to.equal('Expected “Examine the application” to be free, but Senior Clerk has claimed it');
    expect(told(await officer.post(`${task}/complete`, { outcome: 'approve', variables: { findings: 'x' } }))).to.deep.equal([409, 'TASK_NOT_ASSIGNEE']);
  });

  it('What is handed in is checked against the form; outcome and reason are asked for.', async () => {
    const task = await taskOf(stream);
    const wrong = await clerk.post(`${task}/complete`, { outcome: 'approve', variables: { subject: 'Another', extra: 1 } });
    expect(told(wrong)).to.deep.equal([422, 'TASK_FORM_INVALID']);
    expect(wrong.body.errors.map((error) => error.pointer)).to.deep.equal(['/variables/findings', '/variables/subject', '/variables/extra']);
    expect(told(await clerk.post(`${task}/complete`, { variables: { findings: 'Seen.' } }))).to.deep.equal([409, 'TASK_OUTCOME_REQUIRED']);
    expect(told(await clerk.post(`${task}/complete`, { outcome: 'refuse', variables: { findings: 'Seen.' } }))).to.deep.equal([409, 'TASK_COMMENT_REQUIRED']);
  });

  it('Completed, it is done: the same request again is answered again, another is told who did it.', async () => {
    const task = await taskOf(stream);
    const headers = { 'idempotency-key': 'complete-once' };
    const body = { outcome: 'approve', variables: { findings: 'Seen.' }, comment: 'In order.' };
    const [first, again] = [await clerk.post(`${task}/complete`, body, headers), await clerk.post(`${task}/complete`, body, headers)];
    expect([first.status, again.status, again.body.position]).to.deep.equal([200, 200, first.body.position]);
    const late = await officer.post(`${task}/complete`, body);
    expect(told(late)).to.deep.equal([409, 'TASK_COMPLETED']);
    expect(late.body.detail).to.contain('Senior Clerk has completed it');
    const detail = taskDetail.parse((await clerk.get(task)).body);
    expect([detail.status, detail.done?.outcomeLabel]).to.deep.equal(['done', 'Approve']);
    expect((await clerk.get('/api/v1/tasks?view=done')).body.items[0]).to.deep.include({ id: detail.id });
  });

  it('It can be released, sent back with a reason, and given to somebody by a manager.', async () => {
    const task = await taskOf(stream);
    expect((await clerk.post(`${task}/claim`)).status).to.equal(200);
    expect((await clerk.post(`${task}/release`)).status).to.equal(200);
    expect(told(await clerk.post(`${task}/assign`, { assignee: 'hr.officer' }))).to.deep.equal([403, 'ACCESS_DENIED']);
    expect(told(await secretary.post(`${task}/assign`, { assignee: 'nobody' }))).to.deep.equal([422, 'TASK_ASSIGNEE_UNKNOWN']);
    expect(told(await clerk.post(`${task}/update`, { priority: 90 }))).to.deep.equal([403, 'ACCESS_DENIED']);
    expect(told(await secretary.post(`${task}/update`, { candidateGroups: ['nowhere'] }))).to.deep.equal([422, 'TASK_CANDIDATE_UNKNOWN']);
    expect(told(await secretary.post(`${task}/update`, { candidateUsers: ['nobody'] }))).to.deep.equal([422, 'TASK_CANDIDATE_UNKNOWN']);
    expect((await secretary.post(`${task}/update`, { priority: 90, dueAt: '2031-01-05T09:00:00-04:00', reason: 'Urgent.' })).status).to.equal(200);
    expect((await secretary.get(task)).body).to.deep.include({ priority: 90, dueAt: '2031-01-05T13:00:00.000Z' });
    expect((await secretary.post(`${task}/update`, { dueAt: null })).status).to.equal(200);
    expect((await secretary.get(task)).body).to.deep.include({ priority: 90, dueAt: null });
    expect((await secretary.post(`${task}/assign`, { assignee: 'hr.officer', reason: 'Clerk is away.' })).status).to.equal(200);
    expect(taskDetail.parse((await officer.get(task)).body).returnTargets).to.deep.equal([{ elementId: 'examine', name: 'Examine the application' }]);
    expect((await officer.post(`${task}/return`, { to: 'examine', reason: 'Page 2 is missing.' })).status).to.equal(200);
    expect(taskDetail.parse((await clerk.get(await taskOf(stream))).body).name).to.equal('Examine the application');
  });

  it('A holder asks a colleague, who hands the task back; only the holder completes it.', async () => {
    const task = await taskOf(await start());
    expect(told(await clerk.post(`${task}/delegate`, { to: 'hr.officer' }))).to.deep.equal([409, 'TASK_NOT_CLAIMED']);
    expect((await clerk.post(`${task}/claim`)).status).to.equal(200);
    expect(told(await clerk.post(`${task}/delegate`, { to: 'nobody' }))).to.deep.equal([422, 'TASK_ASSIGNEE_UNKNOWN']);
    expect(told(await clerk.post(`${task}/delegate`, { to: 'systems.analyst' }))).to.deep.equal([422, 'TASK_DELEGATE_UNFIT']);
    expect(told(await clerk.post(`${task}/resolve`))).to.deep.equal([400, 'HTTP_REQUEST_INVALID']);
    expect(told(await clerk.post(`${task}/resolve`, {}))).to.deep.equal([409, 'TASK_NOT_DELEGATED']);
    expect((await clerk.post(`${task}/delegate`, { to: 'hr.officer', comment: 'You know the place.' })).status).to.equal(200);
    const lent = taskDetail.parse((await officer.get(task)).body);
    expect([lent.assignee?.id, lent.delegatedBy?.id]).to.deep.equal(['hr.officer', 'senior.clerk']);
    expect(lent.delegated?.by.id).to.equal('senior.clerk');
    const listed = taskListed((await clerk.get('/api/v1/tasks?view=delegated')).body, lent.id);
    expect([listed?.assignee?.id, listed?.delegated]).to.deep.equal(['hr.officer', lent.delegated]);
    expect([(await clerk.get('/api/v1/tasks/counts')).body.delegated, (await officer.get('/api/v1/tasks/counts')).body.delegated]).to.deep.equal([1, 0]);
    expect(taskListed((await clerk.get('/api/v1/tasks')).body, lent.id), 'not held').to.equal(undefined);
    const early = await officer.post(`${task}/complete`, { outcome: 'approve', variables: { findings: 'x' } });
    expect(told(early)).to.deep.equal([409, 'TASK_DELEGATED']);
    expect(early.body.detail).to.equal('Expected “Examine the application” to be completed by Senior Clerk, but Senior Clerk asked Human Resources Officer to do its work');
    expect(told(await clerk.post(`${task}/resolve`, {}))).to.deep.equal([409, 'TASK_NOT_ASSIGNEE']);
    expect(told(await officer.post(`${task}/resolve`, { variables: { extra: 1 } }))).to.deep.equal([422, 'TASK_FORM_INVALID']);
    expect((await officer.post(`${task}/resolve`, { comment: 'The place is fit.', variables: { findings: 'Fit.' } })).status).to.equal(200);
    const back = taskDetail.parse((await clerk.get(task)).body);
    expect([back.assignee?.id, back.delegatedBy, back.variables['findings']]).to.deep.equal(['senior.clerk', null, 'Fit.']);
    expect((await clerk.get('/api/v1/tasks?view=delegated')).body.items).to.deep.equal([]);
    expect((await clerk.post(`${task}/complete`, { outcome: 'approve', variables: { findings: 'Fit.' } })).status).to.equal(200);
  });

  it('Whom a task does not concern, finds it closed; without a session nothing is told.', async () => {
    const task = await taskOf(await start());
    expect(told(await analyst.get(task))).to.deep.equal([403, 'ACCESS_DENIED']);
    const nobody = new Client(piton.url, '', '');
    expect(told(await nobody.get(task))).to.deep.equal([401, 'ACCESS_SIGN_IN_REQUIRED']);
    expect(told(await nobody.post(`${task}/claim`))).to.deep.equal([401, 'ACCESS_SIGN_IN_REQUIRED']);
  });
});
