/** Drafts of models over HTTP: saving against what was opened (RFC 9110, 13.1.1), and deploying over the version they began from. */
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { readProcedure } from '../../../server/deployments/folder.ts';
import { emptyModel, idFromName } from '../../../server/models/empty.ts';
import { META, startShell } from '../http/support.ts';
import type { Client, Reply, Shell } from '../http/support.ts';
import { refusedProcess, taskProcess } from '../instances/models.ts';

const FORM = JSON.stringify({ id: 'payment', type: 'default', components: [{ type: 'textfield', key: 'amount', label: 'Amount' }, { type: 'group', components: [{ type: 'checkbox', key: 'urgent' }] }] });

describe('Models', () => {
  let shell: Shell;
  let modeller: Client;

  beforeEach(async () => {
    shell = await startShell();
    modeller = await shell.signIn('modeller');
  });
  afterEach(async () => { await shell.stop(); });

  const deployed = async (xml = taskProcess()): Promise<void> => {
    expect((await modeller.post('/api/v1/deployments', { files: [{ name: 'request.bpmn', content: xml }, { name: 'payment.form', content: FORM }] })).status).to.equal(201);
  };
  const etag = (reply: Reply): Record<string, string> => ({ 'if-match': reply.headers.get('etag') ?? '' });
  const content = (xml: string, name = 'Request for payment'): object => ({ name, processIds: ['request'], xml });
  const renamed = (name: string): string => taskProcess().replace('Check the request', name);

  it('What is deployed can be opened: its BPMN, forms with their fields, versions, and what tasks may name; nobody else is let in.', async () => {
    await deployed();
    const reply = await modeller.get('/api/v1/models/request');
    expect(reply.status).to.equal(200);
    expect(reply.body).to.deep.include({ id: 'request', xml: taskProcess(), basis: { request: 1 }, forms: [{ id: 'payment', fields: [{ key: 'amount', label: 'Amount' }, { key: 'urgent', label: '' }] }] });
    expect(reply.body['vocabulary']).to.deep.include({ calendars: [] }).and.to.have.property('people').with.length(7);
    expect(reply.body['draft']).to.equal(undefined);
    expect((await modeller.get('/api/v1/models/nothing')).body.code).to.equal('HTTP_NOT_FOUND');
    for (const account of ['clerk', 'root']) expect((await (await shell.signIn(account)).get('/api/v1/models')).body.code).to.equal('ACCESS_DENIED');
  });

  it('Groups and people are listed by name, whenever and as whatever they were made.', async () => {
    await deployed();
    const made = await shell.commands.createGroup({ id: 'z-9', title: 'auditors' }, META);
    expect(await shell.runtime.settled(made.outcome === 'accepted' ? made.position : NaN)).to.equal(true);
    const { groups, people } = (await modeller.get('/api/v1/models/request')).body['vocabulary'] as Readonly<Record<'groups' | 'people', readonly { readonly id: string; readonly title: string }[]>>;
    const titles = groups.map(({ title }) => title);
    expect(titles.slice(0, 3)).to.deep.equal(['All officers', 'auditors', 'Ministry']);
    expect(titles.slice(3, -1).every((title) => title.startsWith('The ')), String(titles)).to.equal(true);
    expect(titles.at(-1)).to.equal('Treasury');
    expect(people.map(({ title }) => title)).to.deep.equal(people.map(({ title }) => title).sort());
  });

  it('A draft is saved against what was opened: without If-Match 428, after somebody else 412 with who and when; what is live stays.', async () => {
    await deployed();
    const opened = await modeller.get('/api/v1/models/request');
    expect((await modeller.put('/api/v1/models/request', content(renamed('A')))).body).to.deep.include({ code: 'MODEL_CONDITION_MISSING', status: 428 });
    const saved = await modeller.put('/api/v1/models/request', content(renamed('A')), etag(opened));
    expect([saved.status, saved.body['savedBy']]).to.deep.equal([200, { id: 'modeller', name: 'Holder of modeller' }]);
    const late = await modeller.put('/api/v1/models/request', content(renamed('B')), etag(opened));
    expect([late.status, late.body.code]).to.deep.equal([412, 'MODEL_CHANGED']);
    expect(late.body.detail).to.equal(`Expected model request as it was opened, but Holder of modeller saved it on ${String(saved.body['savedAt'])}`);
    expect((await modeller.put('/api/v1/models/request', content(renamed('B')), etag(saved))).status).to.equal(200);
    expect((await modeller.get('/api/v1/models/request')).body['xml']).to.equal(renamed('B'));
    expect((await modeller.get('/api/v1/definitions/request/1/xml')).text).to.equal(taskProcess());
  });

  it('Deploying takes the forms of the version before along; the draft is gone, its ETag still holds, running cases stay.', async () => {
    await deployed();
    const clerk = await shell.signIn('clerk');
    const started = await clerk.post('/api/v1/instances', { processId: 'request', variables: {} });
    expect(started.status).to.be.oneOf([201, 202]);
    const saved = await modeller.put('/api/v1/models/request', content(renamed('New name')), etag(await modeller.get('/api/v1/models/request')));
    const answer = await modeller.post('/api/v1/models/request/deployment', { basis: { request: 1 } }, etag(saved));
    expect(answer.status).to.equal(201);
    expect(answer.body.processes[0]).to.deep.include({ processId: 'request', version: 2, fileName: 'request.bpmn', forms: ['payment'], unchanged: false });
    const after = await modeller.get('/api/v1/models/request');
    expect(after.headers.get('etag')).to.equal(saved.headers.get('etag'));
    expect(after.body).to.deep.include({ basis: { request: 2 }, running: 1 });
    expect((await shell.runtime.inspect(started.body.id))!.graph.nodes.get('check')!.name).to.equal('Check the request');
    const again = await modeller.post('/api/v1/models/request/deployment', { basis: { request: 2 } }, etag(after));
    expect([again.status, again.body.processes[0]!['unchanged']]).to.deep.equal([201, true]);
  });

  it('Decisions are taken along as well: a procedure with a decision table is deployed again as it was.', async () => {
    const files = await readProcedure(fileURLToPath(new URL('../../../processes/petty-cash', import.meta.url)));
    const first = await modeller.post('/api/v1/deployments', { files });
    expect(first.status, first.text).to.equal(201);
    const { processId } = first.body.processes[0]!;
    const opened = await modeller.get(`/api/v1/models/${processId}`);
    expect((opened.body['vocabulary'] as { readonly decisions: readonly string[] }).decisions).to.have.members(first.body.processes[0]!['decisions']).and.to.not.be.empty;
    const xml = String(opened.body['xml']).replace('</bpmn:definitions>', '<!-- looked through --></bpmn:definitions>');
    const saved = await modeller.put(`/api/v1/models/${processId}`, { name: 'Petty cash', processIds: [processId], xml }, etag(opened));
    const again = await modeller.post(`/api/v1/models/${processId}/deployment`, { basis: { [processId]: 1 } }, etag(saved));
    expect(again.status, again.text).to.equal(201);
    expect(again.body.processes[0]).to.deep.include({ version: 2, unchanged: false });
    for (const kept of ['decisions', 'forms']) expect(again.body.processes[0]![kept]).to.have.members(first.body.processes[0]![kept] as unknown[]);
  });

  it('A version that somebody else deployed meanwhile is told with who and when; knowing it, one may deploy over it.', async () => {
    await deployed();
    const saved = await modeller.put('/api/v1/models/request', content(renamed('Mine')), etag(await modeller.get('/api/v1/models/request')));
    await deployed(renamed('Theirs'));
    const refused = await modeller.post('/api/v1/models/request/deployment', { basis: { request: 1 } }, etag(saved));
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'MODEL_DEPLOYED_MEANWHILE']);
    expect(refused.body.detail).to.contain('Expected version 1 of request to be the latest, but Holder of modeller deployed version 2 on ');
    const over = await modeller.post('/api/v1/models/request/deployment', { basis: { request: 2 } }, etag(saved));
    expect([over.status, over.body.processes[0]!.version]).to.deep.equal([201, 3]);
  });

  it('A model that is refused is told with every problem and stays a draft.', async () => {
    const begun = await modeller.post('/api/v1/models', { name: 'Broken', processIds: ['broken'], xml: refusedProcess() });
    expect([begun.status, begun.body.id]).to.deep.equal([201, 'broken']);
    const opened = await modeller.get('/api/v1/models/broken');
    const refused = await modeller.post('/api/v1/models/broken/deployment', { basis: {} }, etag(opened));
    expect([refused.status, refused.body.code]).to.deep.equal([422, 'HTTP_MODEL_REFUSED']);
    expect(refused.body.problems.map(({ elementId }) => elementId)).to.include('talk');
    expect((await modeller.get('/api/v1/models/broken')).body['draft']).to.not.equal(undefined);
    expect((await modeller.post('/api/v1/models', { name: 'Broken', processIds: ['broken'], xml: refusedProcess() })).body.code).to.equal('MODEL_EXISTS');
    expect((await modeller.delete('/api/v1/models/broken')).status).to.equal(204);
    expect((await modeller.get('/api/v1/models/broken')).status).to.equal(404);
    expect((await modeller.delete('/api/v1/models/broken')).status).to.equal(404);
  });

  it('An empty procedure is valid: it can be deployed as it is; names that are alike get ids of their own.', async () => {
    for (const id of ['trade-licence', 'trade-licence-2']) {
      const begun = await modeller.post('/api/v1/models', { name: 'Trade licence' });
      expect([begun.status, begun.body.id]).to.deep.equal([201, id]);
      const opened = await modeller.get(`/api/v1/models/${id}`);
      const answer = await modeller.post(`/api/v1/models/${id}/deployment`, { basis: {} }, etag(opened));
      expect([answer.status, answer.body.processes[0]!.version, answer.body['warnings']]).to.deep.equal([201, 1, []]);
    }
    expect((await modeller.post('/api/v1/models', { name: 'Half', xml: '<a/>' })).status).to.equal(400);
    expect(idFromName('Éducation & Santé')).to.equal('education-sante');
    expect(idFromName('2026')).to.equal('procedure-2026');
    expect(emptyModel('a', 'Tom & "Ann" <x>')).to.contain('name="Tom &#38; &#34;Ann&#34; &#60;x&#62;"');
  });

  it('The library lists what is live and what is drafted, by name, with running cases.', async () => {
    await deployed();
    await modeller.post('/api/v1/models', { name: 'A new one' });
    const { items } = (await modeller.get('/api/v1/models')).body;
    expect(items.map((item) => [item.id, item['name'], (item['live'] as object[]).length, item['draft'] === undefined, item['running']])).to.deep.equal([['a-new-one', 'A new one', 0, false, 0], ['request', 'Request for payment', 1, true, 0]]);
  });

  it('A global task is no procedure: it stands in the file of one, and is deployed with it.', async () => {
    await deployed(taskProcess().replace('</bpmn:definitions>', '<bpmn:globalUserTask id="check-papers" name="A check of papers" /></bpmn:definitions>'));
    expect((await modeller.get('/api/v1/models')).body.items.map(({ id, processIds }) => [id, processIds])).to.deep.equal([['request', ['request']]]);
    expect((await modeller.get('/api/v1/models/check-papers')).status).to.equal(404);
    const opened = await modeller.get('/api/v1/models/request');
    const answer = await modeller.post('/api/v1/models/request/deployment', { basis: { request: 1 } }, etag(opened));
    expect(answer.body.processes.map(({ processId }) => processId)).to.deep.equal(['request', 'check-papers']);
  });

  it('Two saves at once against the same version: one is taken, the other is told.', async () => {
    await deployed();
    const opened = await modeller.get('/api/v1/models/request');
    const replies = await Promise.all(['A', 'B', 'C'].map((name) => modeller.put('/api/v1/models/request', content(renamed(name)), etag(opened))));
    expect(replies.map(({ status }) => status).sort()).to.deep.equal([200, 412, 412]);
  });
});
