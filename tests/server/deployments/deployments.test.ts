/** Deployments and definitions over HTTP. */
import { expect } from 'chai';
import { decision, file, input, literal } from '../../engine/dmn/given.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { startShell } from '../http/support.ts';
import type { Client, Shell } from '../http/support.ts';
import { noticeProcess, refusedProcess, taskProcess } from '../instances/models.ts';

describe('Deployments and definitions', () => {
  let shell: Shell;
  let modeller: Client;

  beforeEach(async () => {
    shell = await startShell();
    modeller = await shell.signIn('modeller');
  });
  afterEach(async () => { await shell.stop(); });

  const files = (content: string, name = 'request.bpmn'): object => ({ files: [{ name, content }] });

  it('An analyst deploys a model; it is the first version, and the same content again changes nothing.', async () => {
    const first = await modeller.post('/api/v1/deployments', files(taskProcess()));
    expect(first.status).to.equal(201);
    expect(first.body.processes[0]).to.deep.include({ processId: 'request', version: 1, name: 'Request for payment', unchanged: false, fileName: 'request.bpmn', deployedBy: 'modeller', forms: [] });
    const again = await modeller.post('/api/v1/deployments', files(taskProcess()));
    expect([again.status, again.body.processes[0]!.version, again.body.processes[0]!.unchanged]).to.deep.equal([201, 1, true]);
    const second = await modeller.post('/api/v1/deployments', files(taskProcess('request', 'clerk')));
    expect([second.body.processes[0]!.version, second.body.processes[0]!.unchanged]).to.deep.equal([2, false]);
  });

  it('Decisions are deployed beside processes or alone; the answer numbers them.', async () => {
    const dmn = { name: 'fee.dmn', content: file(input('persons', 'number') + decision('fee', literal('persons * 2'), { inputs: ['persons'] })) };
    const calling = { name: 'event.bpmn', content: xmlOf('process event\nstart -> rule Charge decides=fee result=fee -> end') };
    const missing = await modeller.post('/api/v1/deployments', { files: [calling] });
    expect([missing.status, missing.body.problems.map(({ code, elementId }) => [code, elementId])]).to.deep.equal([422, [['BPMN_DECISION_MISSING', 'Charge']]]);
    const alone = await modeller.post('/api/v1/deployments', { files: [dmn] });
    expect([alone.status, alone.body.processes]).to.deep.equal([201, []]);
    expect(alone.body.decisions[0]).to.deep.include({ decisionId: 'fee', version: 1, name: 'fee', fileName: 'fee.dmn', unchanged: false, deployedBy: 'modeller' });
    const both = await modeller.post('/api/v1/deployments', { files: [dmn, calling] });
    expect([both.body.decisions[0]!.unchanged, both.body.processes[0]!.decisions]).to.deep.equal([true, ['fee']]);
  });

  it('Officers may not deploy.', async () => {
    expect((await (await shell.signIn('clerk')).post('/api/v1/deployments', files(taskProcess()))).body.code).to.equal('ACCESS_DENIED');
  });

  it('A dry run says what is wrong or nothing, and records nothing.', async () => {
    const fine = await modeller.post('/api/v1/deployments?dryRun=true', files(taskProcess()));
    expect([fine.status, fine.body.dryRun]).to.deep.equal([200, true]);
    const wrong = await modeller.post('/api/v1/deployments?dryRun=true', files(refusedProcess()));
    expect([wrong.status, wrong.body.code]).to.deep.equal([422, 'HTTP_MODEL_REFUSED']);
    expect((await modeller.get('/api/v1/definitions')).body.items).to.deep.equal([]);
  });

  it('A model that is not executed is refused with every finding, each with code, element, line and hint.', async () => {
    const reply = await modeller.post('/api/v1/deployments', files(refusedProcess()));
    expect(reply.status).to.equal(422);
    expect(reply.body.detail).to.match(/^Expected a model that can be executed, but \d+ of its parts cannot$/);
    const elements = reply.body.problems.map((problem) => problem.elementId);
    expect(elements).to.include.members(['talk', 'service']);
    for (const problem of reply.body.problems) {
      expect(problem.code).to.match(/^[A-Z_]+$/);
      expect(problem.line).to.be.greaterThan(0);
      expect(problem.fileName).to.equal('request.bpmn');
    }
  });

  it('What is no model, has no name or is no list of files is refused by the contract.', async () => {
    for (const body of [{ files: [] }, { files: [{ name: 'a.txt', content: 'x' }] }, { files: [{ name: '../a.bpmn', content: 'x' }] }, { files: [{ name: 'a.bpmn', content: 'x', more: 1 }] }]) {
      expect((await modeller.post('/api/v1/deployments', body)).status, JSON.stringify(body)).to.equal(400);
    }
  });

  it('The list has the latest version of each process; a process shows all, newest first, and the BPMN byte for byte.', async () => {
    await modeller.post('/api/v1/deployments', files(taskProcess()));
    await modeller.post('/api/v1/deployments', files(taskProcess('request', 'clerk')));
    await modeller.post('/api/v1/deployments', files(noticeProcess(), 'telling.bpmn'));
    const clerk = await shell.signIn('clerk');
    const { body } = await clerk.get('/api/v1/definitions');
    expect(body.items.map(({ processId, version }) => `${processId} ${version}`)).to.deep.equal(['request 2', 'telling 1']);
    const versions = await clerk.get('/api/v1/definitions/request/versions');
    expect(versions.body.items.map(({ version }) => version)).to.deep.equal([2, 1]);
    const xml = await clerk.get('/api/v1/definitions/request/1/xml');
    expect(xml.text).to.equal(taskProcess());
    expect(xml.headers.get('content-type')).to.match(/^application\/xml/);
    expect(xml.headers.get('etag')).to.equal(`"${versions.body.items[1]!.hash}"`);
  });

  it('What was never deployed is not found.', async () => {
    for (const path of ['nothing/versions', 'nothing/1/xml']) expect((await modeller.get(`/api/v1/definitions/${path}`)).body.code).to.equal('HTTP_NOT_FOUND');
    await modeller.post('/api/v1/deployments', files(taskProcess()));
    expect((await modeller.get('/api/v1/definitions/request/2/xml')).status).to.equal(404);
    expect((await modeller.get('/api/v1/definitions/request/two/xml')).status).to.equal(400);
  });
});
