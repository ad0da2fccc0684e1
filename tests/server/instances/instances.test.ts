/** Cases over HTTP: start, need to know, lists, history, corrections, messages, incidents. */
import { expect } from 'chai';
import { META, startShell } from '../http/support.ts';
import type { Body, Client, Reply, Shell } from '../http/support.ts';
import { MESSAGES } from '../../contracts/engine-host-models.ts';
import { decision, file, input, table } from '../../engine/dmn/given.ts';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { settle } from '../../contracts/virtual-time.ts';
import { noticeProcess, taskProcess } from './models.ts';

describe('Cases over HTTP', () => {
  let shell: Shell;
  let clerk: Client;
  let head: Client;
  let root: Client;
  let treasurer: Client;
  let colleague: Client;

  beforeEach(async () => {
    shell = await startShell();
    await shell.runtime.deploy([{ name: 'a.bpmn', content: taskProcess() }, { name: 'b.bpmn', content: taskProcess('closed', 'treasury', 'treasury') }, { name: 'c.bpmn', content: noticeProcess() }], META);
    [clerk, head, root, treasurer, colleague] = await Promise.all(['clerk', 'head', 'root', 'treasurer', 'colleague'].map((account) => shell.signIn(account))) as [Client, Client, Client, Client, Client];
  });
  afterEach(async () => {
    await shell.stop();
    expect(shell.failures).to.deep.equal([]);
  });

  const start = async (client: Client, body: object = {}, key?: string): Promise<Reply> =>
    client.post('/api/v1/instances', { processId: 'request', ...body }, key === undefined ? {} : { 'idempotency-key': key });
  const idOf = async (client: Client, body: object = {}): Promise<string> => {
    const reply = await start(client, body);
    expect(reply.status, reply.text).to.equal(201);
    return reply.body.id;
  };
  /** As the desk does it. */
  const complete = async (person: string, stream: string, comment?: string): Promise<void> => {
    const meta = { actor: { person, groups: ['treasury'] } };
    const [task] = [...(await shell.runtime.inspect(stream))!.state.elements.values()].filter((element) => element.task !== undefined);
    await shell.runtime.execute(stream, { type: 'ClaimTask', task: task!.id }, meta);
    const answer = await shell.runtime.execute(stream, { type: 'CompleteTask', task: task!.id, variables: {}, outcome: 'paid', ...(comment === undefined ? {} : { comment }) }, meta);
    expect(answer.outcome).to.equal('accepted');
    if (answer.outcome === 'accepted') await shell.runtime.settled(answer.position);
  };
  const listOf = async (client: Client, query = ''): Promise<string[]> => (await client.get(`/api/v1/instances${query}`)).body.items.map((item) => item.id);

  describe('starting', () => {
    it('A case is started with variables and a business key; the answer has its address.', async () => {
      const reply = await start(clerk, { variables: { amount: 12.5, due: { $: 'date', v: '2026-03-01' } }, businessKey: 'PV-17' });
      expect(reply.status).to.equal(201);
      expect(reply.headers.get('location')).to.equal(`/api/v1/instances/${reply.body.id}`);
      const shown = await clerk.get(reply.headers.get('location')!);
      expect(shown.body).to.deep.include({
        id: reply.body.id, processId: 'request', version: 1, name: 'Request for payment', status: 'active', businessKey: 'PV-17', startedBy: 'clerk', startedByName: 'Holder of clerk', startedAt: '2026-01-05T09:00:00.000Z',
      });
      expect(shown.body.active.map((element) => [element.elementId, element.elementName, element.elementType])).to.deep.equal([['check', 'Check the request', 'userTask']]);
      expect((await clerk.get(`/api/v1/instances/${reply.body.id}/variables`)).body).to.deep.equal({ variables: { amount: 12.5, due: { $: 'date', v: '2026-03-01' } }, scopes: [] });
    });

    it('A start event that waits for a message is not open to who may only start by hand.', async () => {
      await shell.runtime.deploy([{ name: 'm.bpmn', content: MESSAGES }], META);
      const byHand = await start(clerk, { processId: 'applied', startElementId: 'as' });
      expect([byHand.status, byHand.body.code]).to.deep.equal([403, 'ACCESS_DENIED']);
      expect((await start(head, { processId: 'applied', startElementId: 'as' })).status).to.equal(201);
    });

    it('The same key with the same request starts one case; with another request it is HTTP_KEY_REUSED; of another person it is another case.', async () => {
      const first = await start(clerk, { variables: { a: 1 } }, 'k');
      const again = await start(clerk, { variables: { a: 1 } }, 'k');
      expect([again.status, again.body.id, again.headers.get('idempotency-replayed')]).to.deep.equal([201, first.body.id, 'true']);
      expect((await start(clerk, { variables: { a: 2 } }, 'k')).body.code).to.equal('HTTP_KEY_REUSED');
      expect((await start(colleague, { variables: { a: 1 } }, 'k')).body.id).to.not.equal(first.body.id);
      expect(await listOf(head)).to.have.length(2);
    });

    it('A process that names its starters is started by them only; analysts and administrators start nothing.', async () => {
      expect((await start(clerk, { processId: 'closed' })).body.code).to.equal('ACCESS_DENIED');
      expect((await start(treasurer, { processId: 'closed' })).status).to.equal(201);
      expect((await start(root)).body.code).to.equal('ACCESS_DENIED');
    });

    it('An unknown process, version or start event is not found or refused.', async () => {
      expect((await start(clerk, { processId: 'nothing' })).body).to.deep.include({ status: 404, code: 'HTTP_NOT_FOUND', detail: 'Expected process nothing to exist, but it does not' });
      expect((await start(clerk, { version: 9 })).body.code).to.equal('HTTP_NOT_FOUND');
      expect((await start(clerk, { startElementId: 'check' })).body.code).to.equal('INSTANCE_START_ELEMENT_UNKNOWN');
      expect((await start(clerk, { variables: 'none' })).body.errors[0]!.pointer).to.equal('/body/variables');
    });
  });

  describe('need to know', () => {
    it('A case is closed to colleagues who have nothing to do with it, open to its starter, its group, managers and administrators.', async () => {
      const id = await idOf(clerk);
      for (const client of [clerk, treasurer, head, root]) expect((await client.get(`/api/v1/instances/${id}`)).status).to.equal(200);
      for (const path of ['', '/history', '/variables']) expect((await colleague.get(`/api/v1/instances/${id}${path}`)).body.code, path).to.equal('ACCESS_DENIED');
      expect((await root.get(`/api/v1/instances/${id}/variables`)).body.code).to.equal('ACCESS_DENIED');
      expect((await clerk.get('/api/v1/instances/unknown')).body.code).to.equal('HTTP_NOT_FOUND');
      expect((await clerk.get('/api/v1/instances/two%20words')).status).to.equal(400);
    });

    it('Who did a task keeps access when the group changes.', async () => {
      const id = await idOf(clerk);
      await complete('treasurer', id);
      await root.put('/api/v1/people/treasurer/post', { post: null });
      expect((await treasurer.get(`/api/v1/instances/${id}`)).body.status).to.equal('completed');
    });

    it('The list shows everybody theirs, and managers and administrators everything.', async () => {
      const mine = await idOf(clerk);
      const other = await idOf(colleague);
      expect(await listOf(clerk)).to.deep.equal([mine]);
      expect(await listOf(colleague)).to.deep.equal([other]);
      for (const client of [treasurer, head, root]) expect((await listOf(client)).toSorted()).to.deep.equal([mine, other].toSorted());
      expect(await listOf(await shell.signIn('registrar'))).to.deep.equal([]);
    });

    it('The history tells an administrator what happened, but not what people wrote.', async () => {
      const id = await idOf(clerk, { variables: { illness: 'private' }, businessKey: 'PV-private' });
      await complete('treasurer', id, 'a private remark');
      const full = await clerk.get(`/api/v1/instances/${id}/history`);
      expect(full.text).to.include('illness').and.include('a private remark').and.include('PV-private');
      const technical = await root.get(`/api/v1/instances/${id}/history`);
      expect(technical.text).to.not.match(/illness|private/);
      expect(technical.body.items.map((item) => item.type)).to.deep.equal(full.body.items.map((item) => item.type));
    });
  });

  describe('reading', () => {
    it('The history has every event in order, with who, when, and which element.', async () => {
      const id = await idOf(clerk);
      await shell.time.advance(60_000);
      await complete('treasurer', id);
      const { body } = await clerk.get(`/api/v1/instances/${id}/history`);
      const done = body.items.find((item) => item.type === 'UserTaskCompleted');
      expect(done).to.deep.include({ at: '2026-01-05T09:01:00.000Z', actor: { person: 'treasurer', name: 'Holder of treasurer' }, command: 'CompleteTask', elementId: 'check', elementName: 'Check the request' });
      expect(done!.event).to.deep.include({ outcome: 'paid', person: 'treasurer' });
      const claimed = body.items.find((item) => item.type === 'UserTaskClaimed');
      expect(claimed).to.include({ elementId: 'check', elementName: 'Check the request' });
      const order = body.items.map((item) => item.version * 1_000 + item.n);
      expect(order).to.deep.equal(order.toSorted((left: number, right: number) => left - right));
      expect(body.items.at(-1)!.type).to.equal('InstanceCompleted');
      expect((await clerk.get(`/api/v1/instances/${id}`)).body).to.deep.include({ status: 'completed', endedAt: '2026-01-05T09:01:00.000Z', active: [] });
    });

    it('The history of a decision says in plain words which rules fired on which inputs; not to who may not read the content.', async () => {
      const rules = file(input('amount', 'number') + decision('fee', table('hitPolicy="UNIQUE"', ['amount'], ['fee'], [['< 100', '0'], ['>= 100', '25']]), { inputs: ['amount'] }));
      await shell.runtime.deploy([{ name: 'fee.bpmn', content: xmlOf('process charged\nstart -> rule Charge decides=fee result=fee -> user Wait groups=treasury -> end') }, { name: 'fee.dmn', content: rules }], META);
      const id = await idOf(clerk, { processId: 'charged', variables: { amount: 250 } });
      const told = async (client: Client): Promise<Body | undefined> => (await client.get(`/api/v1/instances/${id}/history`)).body.items.find((item) => item.type === 'DecisionEvaluated');
      const full = await told(clerk);
      expect([full?.elementId, full?.['words']]).to.deep.equal(['Charge', ['fee: amount is 250; rule 2 (row 2) matched; the answer is 25.']]);
      expect(full?.event).to.deep.include({ decisionId: 'fee', version: 1, value: 25, inputs: { amount: 250 } });
      const technical = await told(root);
      expect(technical).not.to.have.property('words');
      expect(Object.keys(technical?.event ?? {})).to.have.members(['id', 'elementId', 'decisionId', 'name', 'version', 'hash']);
    });

    it('A long history comes in pages that end with a record.', async () => {
      const id = await idOf(clerk);
      await complete('treasurer', id);
      const all = (await clerk.get(`/api/v1/instances/${id}/history`)).body.items;
      const pages: (readonly Body[])[] = [];
      for (let after: string | number | undefined = 0; after !== undefined;) {
        const { body } = await clerk.get(`/api/v1/instances/${id}/history?limit=1&after=${after}`);
        pages.push(body.items);
        after = body.page.next;
      }
      expect(pages).to.have.length(3);
      expect(pages.flat()).to.deep.equal(all);
    });

    it('The list of all cases comes in pages, newest first, without gaps and repeats, also when cases are started meanwhile.', async () => {
      const ids: string[] = [];
      for (let at = 0; at < 7; at++) {
        ids.unshift(await idOf(clerk, { businessKey: `PV-${at}` }));
        if (at % 2 === 0) await shell.time.advance(1_000);
      }
      for (const client of [head, clerk]) {
        const seen: string[] = [];
        for (let after = ''; after !== 'end';) {
          const { body } = await client.get(`/api/v1/instances?limit=2${after}`);
          seen.push(...body.items.map((item) => item.id));
          after = body.page.next === undefined ? 'end' : `&after=${body.page.next}`;
          await idOf(clerk);
        }
        expect(seen.filter((id) => ids.includes(id))).to.have.members(ids);
        expect(new Set(seen).size).to.equal(seen.length);
      }
      const times = (await head.get('/api/v1/instances')).body.items.map((item) => item.startedAt);
      expect(times).to.deep.equal(times.toSorted().toReversed());
    });

    it('A case that concerns a person through several groups is listed once.', async () => {
      await shell.runtime.deploy([{ name: 'd.bpmn', content: taskProcess('wide', 'ministry, officers, clerk') }], META);
      const ids = [await idOf(clerk, { processId: 'wide' })];
      await shell.time.advance(1_000);
      ids.unshift(await idOf(colleague, { processId: 'wide' }));
      const seen: string[] = [];
      for (let after = ''; after !== 'end';) {
        const { body } = await clerk.get(`/api/v1/instances?limit=1${after}`);
        seen.push(...body.items.map((item) => item.id));
        after = body.page.next === undefined ? 'end' : `&after=${body.page.next}`;
      }
      expect(seen).to.deep.equal(ids);
    });

    it('The list is narrowed by status, process, starter and business key.', async () => {
      const first = await idOf(clerk, { businessKey: 'PV-1' });
      const second = await idOf(colleague, { businessKey: 'PV-2' });
      const third = await idOf(treasurer, { processId: 'closed' });
      await complete('treasurer', first);
      expect(await listOf(head, '?status=completed')).to.deep.equal([first]);
      expect(await listOf(head, '?processId=closed')).to.deep.equal([third]);
      expect(await listOf(head, '?startedBy=colleague&status=active')).to.deep.equal([second]);
      expect(await listOf(head, '?businessKey=PV-2')).to.deep.equal([second]);
      expect(await listOf(head, '?businessKey=PV-2&status=completed')).to.deep.equal([]);
      expect(await listOf(treasurer, '?status=active&processId=request')).to.deep.equal([second]);
      expect((await head.get('/api/v1/instances?state=active')).body.errors[0]!.code).to.equal('FIELD_UNKNOWN');
      expect((await head.get('/api/v1/instances?after=nonsense')).body.code).to.equal('HTTP_CURSOR_INVALID');
      expect((await head.get('/api/v1/instances?limit=0')).status).to.equal(400);
    });
  });

  describe('correcting', () => {
    it('A manager corrects variables with a reason and cancels a case with a reason; officers may not.', async () => {
      const id = await idOf(clerk, { variables: { amount: 1 } });
      expect((await clerk.post(`/api/v1/instances/${id}/variables`, { variables: { amount: 2 }, reason: 'typing error' })).body.code).to.equal('ACCESS_DENIED');
      expect((await clerk.post(`/api/v1/instances/${id}/cancel`, { reason: 'not wanted' })).body.code).to.equal('ACCESS_DENIED');
      expect((await head.post(`/api/v1/instances/${id}/variables`, { variables: { amount: 2 }, reason: 'typing error' })).status).to.equal(200);
      expect((await clerk.get(`/api/v1/instances/${id}/variables`)).body.variables).to.deep.equal({ amount: 2 });
      expect((await head.post(`/api/v1/instances/${id}/cancel`, { reason: ' ' })).body.errors[0]!.pointer).to.equal('/body/reason');
      const cancelled = await head.post(`/api/v1/instances/${id}/cancel`, { reason: 'withdrawn by letter' });
      expect([cancelled.status, cancelled.body.id]).to.deep.equal([200, id]);
      expect((await clerk.get(`/api/v1/instances/${id}`)).body.status).to.equal('terminated');
      expect((await clerk.get(`/api/v1/instances/${id}/history`)).text).to.include('withdrawn by letter').and.include('typing error');
      expect((await head.post(`/api/v1/instances/${id}/cancel`, { reason: 'again' })).body).to.include({ status: 409, code: 'INSTANCE_ENDED' });
    });
  });

  describe('messages and incidents', () => {
    const wait = async (): Promise<void> => { await settle(60); };

    it('A message reaches the case that waits for it; officers may not send any.', async () => {
      const id = await idOf(clerk, { processId: 'telling', variables: { receiver: 'colleague', caseKey: 'K1' } });
      await wait();
      const message = { name: 'answer', correlationKey: 'K1', variables: { said: 'yes' } };
      expect((await clerk.post('/api/v1/messages', message)).body.code).to.equal('ACCESS_DENIED');
      const registrar = await shell.signIn('registrar');
      const sent = await registrar.post('/api/v1/messages', message, { 'idempotency-key': 'm1' });
      expect(sent.status).to.equal(200);
      await wait();
      expect((await clerk.get(`/api/v1/instances/${id}`)).body.status).to.equal('completed');
      expect((await clerk.get(`/api/v1/instances/${id}/variables`)).body.variables).to.include({ said: 'yes' });
      const again = await registrar.post('/api/v1/messages', message, { 'idempotency-key': 'm1' });
      expect([again.status, again.body.replayed]).to.deep.equal([200, true]);
      expect((await registrar.post('/api/v1/messages', { ...message, timeToLive: 'an hour' })).body.errors[0]!.code).to.equal('FIELD_FORMAT');
    });

    it('A signal is broadcast by those who may send messages, once per key.', async () => {
      expect((await clerk.post('/api/v1/signals', { name: 'alarm' })).body.code).to.equal('ACCESS_DENIED');
      const registrar = await shell.signIn('registrar');
      const sent = await registrar.post('/api/v1/signals', { name: 'alarm', variables: { level: 2 } }, { 'idempotency-key': 's1' });
      expect([sent.status, sent.body.replayed]).to.deep.equal([200, false]);
      const again = await registrar.post('/api/v1/signals', { name: 'alarm', variables: { level: 2 } }, { 'idempotency-key': 's1' });
      expect([again.status, again.body.replayed]).to.deep.equal([200, true]);
    });

    it('Conditions are evaluated by those who may send messages, once per key, and the answer says what they start.', async () => {
      const model = `<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:t"><bpmn:process id="audit" isExecutable="true">
        <bpmn:startEvent id="large"><bpmn:conditionalEventDefinition id="c"><bpmn:condition>=amount &gt; 1000</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent><bpmn:userTask id="look" /><bpmn:sequenceFlow id="f" sourceRef="large" targetRef="look" /></bpmn:process></bpmn:definitions>`;
      expect((await shell.runtime.deploy([{ name: 'audit.bpmn', content: model }], META)).outcome).to.equal('deployed');
      const body = { variables: { amount: 2000 }, businessKey: 'A-1' };
      expect((await clerk.post('/api/v1/conditions', body)).body.code).to.equal('ACCESS_DENIED');
      const registrar = await shell.signIn('registrar');
      expect((await registrar.post('/api/v1/conditions', { variables: { amount: 1 } })).body['started']).to.deep.equal([]);
      const sent = await registrar.post('/api/v1/conditions', body, { 'idempotency-key': 'c1' });
      const [one] = sent.body['started'] as readonly { readonly instanceId: string }[];
      expect([sent.status, sent.body.replayed, one]).to.deep.equal([200, false, { processId: 'audit', version: 1, startElementId: 'large', instanceId: one!.instanceId }]);
      await wait();
      expect((await root.get(`/api/v1/instances/${one!.instanceId}`)).body).to.include({ processId: 'audit', businessKey: 'A-1', status: 'active' });
      const again = await registrar.post('/api/v1/conditions', body, { 'idempotency-key': 'c1' });
      expect([again.body.replayed, again.body['started']]).to.deep.equal([true, sent.body['started']]);
      const document = { documentId: 'd', title: 'x', fileName: 'x', mediaType: 'text/plain', bytes: 1, sha256: 'a'.repeat(64), state: 'received' };
      expect((await registrar.post('/api/v1/conditions', { variables: { document } })).body.code).to.equal('HTTP_DOCUMENT_BROUGHT');
    });

    it('Neither message nor signal nor correction brings a document, which would open a file of another case and show signatures nobody made: HTTP_DOCUMENT_BROUGHT.', async () => {
      const id = await idOf(clerk, { processId: 'telling', variables: { receiver: 'colleague', caseKey: 'K7' } });
      const document = { documentId: 'd', title: 'x', fileName: 'x.pdf', mediaType: 'application/pdf', bytes: 1, sha256: 'a'.repeat(64), state: 'signed' };
      const registrar = await shell.signIn('registrar');
      for (const variables of [{ envelope: document }, { attachments: [document] }, { letter: { inside: [{ of: document }] } }]) {
        expect((await registrar.post('/api/v1/messages', { name: 'answer', correlationKey: 'K7', variables })).body.code).to.equal('HTTP_DOCUMENT_BROUGHT');
        expect((await registrar.post('/api/v1/signals', { name: 'alarm', variables })).body.code).to.equal('HTTP_DOCUMENT_BROUGHT');
        expect((await root.post(`/api/v1/instances/${id}/variables`, { variables, reason: 'x' })).body.code).to.equal('HTTP_DOCUMENT_BROUGHT');
      }
      expect((await root.post(`/api/v1/instances/${id}/variables`, { variables: { amount: 1 }, reason: 'x' })).status).to.equal(200);
    });

    it('A job that cannot be done raises an incident; it is listed, and after the repair it is tried again.', async () => {
      const id = await idOf(clerk, { processId: 'telling', variables: { receiver: 'nobody.known', caseKey: 'K2' } });
      await wait();
      const { body } = await root.get('/api/v1/incidents');
      expect(body.items).to.have.length(1);
      const incident = body.items[0]!;
      expect(incident).to.include({ instanceId: id, processId: 'telling', elementId: 'tell', elementName: 'Tell them' });
      expect(incident.message).to.include('nobody.known');
      expect((await clerk.get(`/api/v1/instances/${id}`)).body.incidents).to.have.length(1);
      expect((await clerk.get('/api/v1/incidents')).body.code).to.equal('ACCESS_DENIED');
      expect((await root.get('/api/v1/incidents?processId=request')).body.items).to.deep.equal([]);
      // The receiver is evaluated when the job is made, so the account is what is repaired.
      expect((await root.post('/api/v1/people', { id: 'nobody.known', name: 'x', roles: [], password: 'four little words here' })).status).to.equal(201);
      const resolved = await root.post(`/api/v1/instances/${id}/incidents/${incident.incident}/resolve`, { retries: 2 });
      expect(resolved.status, resolved.text).to.equal(200);
      await wait();
      expect((await root.get('/api/v1/incidents')).body.items).to.deep.equal([]);
      expect((await clerk.get(`/api/v1/instances/${id}`)).body.active.map((element) => element.elementId)).to.deep.equal(['wait']);
      expect((await root.post(`/api/v1/instances/${id}/incidents/${incident.incident}/resolve`, {})).body).to.include({ status: 404, code: 'INCIDENT_NOT_FOUND' });
    });

    it('The incident of a case that was cancelled is no longer listed.', async () => {
      const id = await idOf(clerk, { processId: 'telling', variables: { receiver: 'nobody.known', caseKey: 'K3' } });
      await wait();
      expect((await root.get('/api/v1/incidents?limit=1')).body.items).to.have.length(1);
      await head.post(`/api/v1/instances/${id}/cancel`, { reason: 'given up' });
      expect((await root.get('/api/v1/incidents')).body.items).to.deep.equal([]);
    });
  });
});
