/** Signing and handing in over HTTP: exactly what was shown, once, by who holds the task; a PIN is nowhere afterwards. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { readConfig } from '../../../server/config.ts';
import { startPiton } from '../../../server/main.ts';
import type { Piton } from '../../../server/main.ts';
import { PAPERS, PIN, markingSigner, pdfOf } from '../../e2e/papers.ts';
import { Client } from '../http/support.ts';
import type { Reply } from '../http/support.ts';

const PDF = pdfOf(['A lease']);
const SHOWN = createHash('sha256').update(PDF).digest('hex');

describe('Tasks: papers', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-papers-'));
  const signer = markingSigner();
  const logged: string[] = [];
  let piton: Piton;
  let clerk: Client;
  let officer: Client;
  let secretary: Client;

  before(async () => {
    const log = pino({ level: 'trace' }, { write: (line: string) => { logged.push(line); } });
    piton = await startPiton(readConfig({ PITON_DATA: folder, PITON_PORT: '0' }), log, undefined, { signer });
    const answer = await piton.runtime.deploy(PAPERS, { actor: { person: 'systems.analyst', groups: [] } });
    expect(answer.outcome).to.equal('deployed');
    const passwords = new Map(piton.lines.flatMap((line) => [...line.matchAll(/^\s+(\S+)\s+(\S{4}-\S{4}-\S{4})\b/g)].map((match) => [match[1]!, match[2]!])));
    [clerk, officer, secretary] = await Promise.all(['senior.clerk', 'hr.officer', 'permanent.secretary'].map((account) => Client.signIn(piton.url, account, passwords.get(account)))) as [Client, Client, Client];
  });

  after(async () => {
    await piton.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function upload(content: Buffer): Promise<string> {
    const made = await clerk.post('/api/v1/uploads', { fileName: 'Lease.pdf', bytes: content.length });
    const headers = { cookie: clerk.cookie, 'x-csrf-token': clerk.csrf, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0', connection: 'close' };
    const sent = await fetch(piton.url + made.headers.get('location')!, { method: 'PATCH', body: new Uint8Array(content), headers });
    expect(sent.status).to.equal(200);
    return made.body.id;
  }

  /** A case whose task "Sign the lease" the clerk holds; answers the address of the task and its case. */
  async function signingTask(processId = 'papers'): Promise<{ readonly task: string; readonly stream: string }> {
    const begun = await clerk.post('/api/v1/instances', { processId, variables: { subject: 'Plot 7' }, attachments: [{ upload: await upload(PDF), kind: 'lease' }] });
    expect(begun.status, begun.text).to.equal(201);
    const { items } = (await clerk.get('/api/v1/tasks?view=groups&limit=200')).body;
    const task = `/api/v1/tasks/${items.find((item) => item['stream'] === begun.body.id)!.id}`;
    if (processId === 'papers') expect((await clerk.post(`${task}/claim`)).status).to.equal(200);
    return { task, stream: begun.body.id };
  }

  const sign = (task: string, more: object = {}, pin = PIN, sha256 = SHOWN): Promise<Reply> => clerk.post(`${task}/complete`, { outcome: 'approve', signature: { sha256, pin }, ...more });
  const told = (reply: Reply): unknown[] => [reply.status, reply.body.code];
  const lease = async (stream: string): Promise<Record<string, unknown>> => (await clerk.get(`/api/v1/instances/${stream}/variables`)).body.variables['lease'] as Record<string, unknown>;

  it('A task says what is to be signed, which outcomes sign, and which files it takes.', async () => {
    const { task } = await signingTask();
    const { body } = await clerk.get(task);
    expect(body['signature']).to.deep.equal({ document: 'lease', reason: 'I approve this lease for the Ministry', title: 'Lease.pdf', sha256: SHOWN });
    expect((body['outcomes'] as { value: string; requiresSignature: boolean }[]).map(({ value, requiresSignature }) => [value, requiresSignature])).to.deep.equal([['approve', true], ['refuse', false]]);
    expect(body['attachments']).to.deep.equal([{ kind: 'opinion', required: false, accept: '.pdf', maxBytes: null }]);
  });

  it('Signed, the case holds the signed file, and its history says which; the file before it cannot be signed again.', async () => {
    const { task, stream } = await signingTask();
    const reply = await sign(task, { comment: 'fine' });
    expect(reply.status, reply.text).to.equal(200);
    const document = await lease(stream);
    expect(document).to.include({ state: 'signed', fileName: 'Lease.pdf' });
    expect(document['signatures']).to.have.length(1);
    const content = await fetch(`${piton.url}/api/v1/instances/${stream}/documents/${String(document['sha256'])}`, { headers: { cookie: clerk.cookie } });
    expect(await content.text()).to.contain('% signed by senior.clerk');
    const { items } = (await clerk.get(`/api/v1/instances/${stream}/history`)).body;
    const completed = items.find(({ type }) => type === 'UserTaskCompleted')!;
    expect(completed.event['signed']).to.deep.include({ document: 'lease', sha256: document['sha256'] });
    expect(told(await sign(task))).to.deep.equal([409, 'TASK_COMPLETED']);
  });

  it('Two clicks at once make one signature: both get the same answer.', async () => {
    const { task } = await signingTask();
    const before = signer.signed.length;
    const send = (): Promise<Reply> => clerk.post(`${task}/complete`, { outcome: 'approve', signature: { sha256: SHOWN, pin: PIN } }, { 'idempotency-key': `twice-${task.replaceAll('/', '-')}` });
    const [first, second] = await Promise.all([send(), send()]);
    expect([first.status, second.status, second.body.version]).to.deep.equal([200, 200, first.body.version]);
    expect(signer.signed.length - before).to.equal(1);
  });

  it('Nothing is signed with a wrong PIN, without a PIN, for another version, by who does not hold the task, or where nothing is to be signed.', async () => {
    const { task, stream } = await signingTask();
    const before = signer.signed.length;
    const wrong = await sign(task, {}, '111111');
    expect([...told(wrong), wrong.body.detail]).to.deep.equal([422, 'SIGNING_PIN_WRONG', 'Expected the PIN of senior.clerk, but it is another one; 2 tries are left']);
    expect(told(await clerk.post(`${task}/complete`, { outcome: 'approve' }))).to.deep.equal([409, 'TASK_SIGNATURE_REQUIRED']);
    expect(told(await sign(task, {}, PIN, 'f'.repeat(64)))).to.deep.equal([409, 'TASK_DOCUMENT_CHANGED']);
    expect(told(await officer.post(`${task}/complete`, { outcome: 'approve', signature: { sha256: SHOWN, pin: PIN } }))).to.deep.equal([409, 'TASK_NOT_ASSIGNEE']);
    expect(told(await sign(task, { outcome: 'refuse', comment: 'no' }))).to.deep.equal([409, 'TASK_NOTHING_TO_SIGN']);
    expect(told(await sign(task, { outcome: 'perhaps' }))).to.deep.equal([409, 'TASK_OUTCOME_UNKNOWN']);
    expect(told(await sign(task, { attachments: [{ upload: 'nothing', kind: 'opinion' }] }))).to.deep.equal([422, 'TASK_ATTACHMENTS_INVALID']);
    await piton.runtime.execute(stream, { type: 'SetVariables', variables: { lease: null }, reason: 'withdrawn' }, { actor: { person: 'permanent.secretary', groups: [] } });
    expect(told(await sign(task))).to.deep.equal([409, 'TASK_DOCUMENT_MISSING']);
    expect(signer.signed.length).to.equal(before);
  });

  it('A deputy signs with a key of their own, and the reason says for whom; what is kept apart from their own work they do not sign.', async () => {
    const { task, stream } = await signingTask();
    await clerk.post(`${task}/release`);
    expect((await secretary.post(`${task}/claim`)).status).to.equal(200);
    const before = signer.signed.length;
    expect(told(await sign(task))).to.deep.equal([409, 'TASK_NOT_ASSIGNEE']);
    const today = new Date(Date.now() - 4 * 3_600_000).toISOString().slice(0, 10);
    const named = await secretary.post('/api/v1/people/permanent.secretary/substitutions', { deputy: 'senior.clerk', from: today, until: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10), reason: 'On mission' });
    expect((await clerk.post('/api/v1/people/permanent.secretary/substitutions/1/accept', {})).status, named.text).to.equal(200);
    expect((await sign(task, { comment: 'Seen.' })).status).to.equal(200);
    const document = await lease(stream);
    expect(document['signatures']).to.have.length(1);
    expect((document['signatures'] as readonly Record<string, unknown>[])[0]).to.deep.include({ by: 'senior.clerk', name: 'Signature of senior.clerk', reason: 'I approve this lease for the Ministry, for Permanent Secretary' });
    const content = await fetch(`${piton.url}/api/v1/instances/${stream}/documents/${String(document['sha256'])}`, { headers: { cookie: clerk.cookie } });
    expect(await content.text()).to.contain('% signed by senior.clerk');
    const completed = (await piton.runtime.history(stream)).find(({ events }) => events.some(({ type }) => type === 'UserTaskCompleted'))!;
    expect(completed.actor).to.deep.include({ person: 'senior.clerk', onBehalfOf: 'permanent.secretary' });
    expect(signer.signed.length - before).to.equal(1);
    // The clerk started that case, from which the task is kept apart: nothing is signed in vain.
    const apart = PAPERS[0]!.content.replace('id="papers"', 'id="apart"').replace('<gov:signature', '<gov:separation notSameAs="asked" /><gov:signature');
    expect((await piton.runtime.deploy([{ name: 'apart.bpmn', content: apart }, PAPERS[1]!], { actor: { person: 'systems.analyst', groups: [] } })).outcome).to.equal('deployed');
    const theirs = await signingTask('apart');
    expect((await secretary.post(`${theirs.task}/claim`)).status).to.equal(200);
    expect(told(await sign(theirs.task))).to.deep.equal([409, 'TASK_SAME_PERSON']);
    expect(signer.signed.length - before).to.equal(1);
    await secretary.post('/api/v1/people/permanent.secretary/substitutions/1/end', {});
  });

  it('A file handed in with the decision stands behind those the case held before.', async () => {
    const { task, stream } = await signingTask();
    expect((await sign(task, { attachments: [{ upload: await upload(pdfOf(['An opinion'])), kind: 'opinion' }] })).status).to.equal(200);
    const held = (await clerk.get(`/api/v1/instances/${stream}/variables`)).body.variables['attachments'] as readonly { readonly kind: string }[];
    expect(held.map(({ kind }) => kind)).to.deep.equal(['lease', 'opinion']);
  });

  it('A program cannot bring a document as a value.', async () => {
    const { task, stream } = await signingTask();
    const forged = { ...await lease(stream), sha256: 'e'.repeat(64), state: 'signed' };
    expect(told(await clerk.post(`${task}/complete`, { outcome: 'refuse', comment: 'x', variables: { lease: forged } }))).to.deep.equal([422, 'HTTP_DOCUMENT_BROUGHT']);
  });

  it('The PIN is in no file of the data folder and in no line of the log; the same request with another PIN is the same request.', async () => {
    const { task } = await signingTask();
    const key = { 'idempotency-key': `pin-${task.replaceAll('/', '-')}` };
    expect((await clerk.post(`${task}/complete`, { outcome: 'approve', signature: { sha256: SHOWN, pin: PIN } }, key)).status).to.equal(200);
    const again = await clerk.post(`${task}/complete`, { outcome: 'approve', signature: { sha256: SHOWN, pin: '000000' } }, key);
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([200, 'true']);
    expect(logged.join('')).to.not.contain(PIN);
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      expect(readFileSync(join(file.parentPath, file.name)).includes(PIN), file.name).to.equal(false);
    }
  });
});
