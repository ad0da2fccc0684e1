/** Drafts of decision files over HTTP: saved against what was opened, deployed with their procedure, and followed by new cases only. */
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { compileDmn, evaluateDecision, readVariable } from '../../../engine/index.ts';
import type { DeploymentFile } from '../../../server/runtime/types.ts';
import { readProcedure } from '../../../server/deployments/folder.ts';
import { emptyDecision } from '../../../server/models/decisions.ts';
import { startShell } from '../http/support.ts';
import type { Client, Reply, Shell } from '../http/support.ts';

const MODEL = '/api/v1/models/petty-cash';
const FILE = `${MODEL}/decisions/approval-authority`;
const BOTH = [{ id: 'receipt', name: 'Receipt' }, { id: 'approval-authority', name: 'Approval authority' }];

describe('Models: decisions', () => {
  let shell: Shell;
  let modeller: Client;
  let files: readonly DeploymentFile[];

  beforeEach(async () => {
    shell = await startShell();
    modeller = await shell.signIn('modeller');
    files = await readProcedure(fileURLToPath(new URL('../../../processes/petty-cash', import.meta.url)));
    expect((await modeller.post('/api/v1/deployments', { files })).status).to.equal(201);
  });
  afterEach(async () => { await shell.stop(); });

  const etag = (reply: Reply): Record<string, string> => ({ 'if-match': reply.headers.get('etag') ?? '' });
  const dmn = (): string => files.find(({ name }) => name.endsWith('.dmn'))!.content;
  const limit = (amount: number): string => dmn().replace('&lt;= 200', `&lt;= ${String(amount)}`).replace('(200..500]', `(${String(amount)}..500]`);
  const save = async (xml: string, decisions = BOTH): Promise<Reply> => modeller.put(FILE, { decisions, xml }, etag(await modeller.get(FILE)));
  const deploy = async (more: object = {}): Promise<Reply> => modeller.post(`${MODEL}/deployment`, { basis: { 'petty-cash': 1 }, ...more }, etag(await modeller.get(MODEL)));

  it('The file of a decision is opened by any of its decisions, byte for byte; the library names them.', async () => {
    for (const { id } of BOTH) {
      const opened = await modeller.get(`${MODEL}/decisions/${id}`);
      expect(opened.body).to.deep.include({ xml: dmn(), decisions: BOTH, live: true, others: [], model: { id: 'petty-cash', name: 'Petty cash' } });
    }
    expect((await modeller.get(`${MODEL}/decisions/nothing`)).body.code).to.equal('HTTP_NOT_FOUND');
    expect((await modeller.get('/api/v1/models')).body.items[0]!['decisions']).to.deep.equal(BOTH);
    const clerk = await shell.signIn('clerk');
    expect((await clerk.get(FILE)).body.code).to.equal('ACCESS_DENIED');
  });

  it('A draft is saved against what was opened: without If-Match 428, after somebody else 412 with who and when.', async () => {
    const opened = await modeller.get(FILE);
    expect((await modeller.put(FILE, { decisions: BOTH, xml: limit(250) })).body.code).to.equal('MODEL_CONDITION_MISSING');
    expect((await modeller.put(FILE, { decisions: BOTH, xml: limit(250) }, etag(opened))).status).to.equal(200);
    const late = await modeller.put(FILE, { decisions: BOTH, xml: limit(300) }, etag(opened));
    expect([late.status, late.body.code]).to.deep.equal([412, 'MODEL_CHANGED']);
    expect(late.body.detail).to.contain('Holder of modeller saved it on');
    const again = await modeller.get(FILE);
    expect(again.body).to.deep.include({ xml: limit(250) }).and.to.have.nested.property('draft.savedBy.name', 'Holder of modeller');
    const model = await modeller.get(MODEL);
    expect(model.body['changed']).to.have.length(1);
    // The drawing is what is live, and saving it keeps the decisions.
    expect(model.headers.get('etag')).to.equal((await modeller.get('/api/v1/definitions/petty-cash/1/xml')).headers.get('etag'));
    expect((await modeller.put(MODEL, { name: 'Petty cash', processIds: ['petty-cash'], xml: `${String(model.body['xml'])}\n` }, etag(model))).status).to.equal(200);
    expect((await modeller.get(FILE)).body['xml']).to.equal(limit(250));
  });

  it('A changed limit is deployed with its procedure: a new version of both; new cases follow it, the running one stays on its version.', async () => {
    const clerk = await shell.signIn('clerk');
    const claim = { kind: 'stationery', amount: 240, receiptNumber: 'R-1' };
    const begin = async (): Promise<string> => (await clerk.post('/api/v1/instances', { processId: 'petty-cash', variables: claim })).body.id;
    const decided = async (stream: string): Promise<unknown[]> => {
      const { state } = (await shell.runtime.inspect(stream))!;
      return [state.version, readVariable(state, 0, 'authority')];
    };
    const before = await begin();
    expect(await decided(before)).to.deep.equal([1, 'permanent-secretary']);
    await save(limit(250));
    const answer = await deploy();
    expect(answer.status, answer.text).to.equal(201);
    expect(answer.body.processes[0]).to.deep.include({ version: 2, unchanged: false });
    expect(await decided(await begin())).to.deep.equal([2, 'head-of-section']);
    expect(await decided(before)).to.deep.equal([1, 'permanent-secretary']);
    expect(shell.runtime.decisions.latest('approval-authority')).to.deep.include({ version: 2 });
    const after = await modeller.get(FILE);
    expect([after.body['xml'], after.body['draft']]).to.deep.equal([limit(250), undefined]);
  });

  it('A decision that is refused is told with file, element and reason, and stays a draft; a known draft that has changed is not deployed.', async () => {
    const saved = await save(dmn().replace('&lt;= 200', '&lt;= ('));
    const refused = await deploy();
    expect([refused.status, refused.body.code]).to.deep.equal([422, 'HTTP_MODEL_REFUSED']);
    expect(refused.body.problems[0]).to.deep.include({ elementId: 'approval-authority', code: 'DMN_EXPRESSION_INVALID', fileName: 'approval-authority.dmn' });
    expect((await modeller.get(FILE)).body['draft']).to.not.equal(undefined);
    const known = { decisions: { 'approval-authority.dmn': (saved.headers.get('etag') ?? '').replaceAll('"', '') } };
    await save(limit(300));
    expect((await deploy(known)).body.code).to.equal('MODEL_CHANGED');
    expect((await deploy()).status).to.equal(201);
  });

  it('A new decision has an id of its own, is valid as it is, and can be thrown away; discarding the last change gives back what is live.', async () => {
    const begun = await modeller.post(`${MODEL}/decisions`, { name: 'Approval authority' });
    expect(begun.body.id).to.equal('approval-authority-2');
    expect((await modeller.get(MODEL)).body).to.have.nested.property('vocabulary.decisions').deep.equal(['approval-authority', 'approval-authority-2', 'receipt']);
    const made = await modeller.get(`${MODEL}/decisions/approval-authority-2`);
    expect(made.body).to.deep.include({ live: false }).and.to.have.property('others').with.length(1);
    const model = await compileDmn(String(made.body['xml']));
    expect(Array.isArray(model) ? model : evaluateDecision(model, 'approval-authority-2', {}, { now: '2026-01-05T09:00:00Z', zone: 'UTC' }).value).to.equal(null);
    expect((await save(limit(250), [...BOTH, { id: 'approval-authority-2', name: 'Stolen' }])).body.code).to.equal('MODEL_DECISION_ELSEWHERE');
    await save(limit(250));
    for (const id of ['approval-authority-2', 'approval-authority']) expect((await modeller.delete(`${MODEL}/decisions/${id}`)).status).to.equal(204);
    const { body } = await modeller.get(MODEL);
    expect([body['draft'], body['changed']]).to.deep.equal([undefined, []]);
    expect((await modeller.get(FILE)).body['xml']).to.equal(dmn());
    expect(emptyDecision('fee', 'Fee & "more"', 'p')).to.contain('name="Fee &#38; &#34;more&#34;"');
  });
});
