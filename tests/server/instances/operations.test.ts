/** Operations on cases by hand over HTTP: suspend, resume, move, ad-hoc work, restart, another version, and batches with canaries. */
import { expect } from 'chai';
import { xmlOf } from '../../engine/support/bpmn.ts';
import { META, startShell } from '../http/support.ts';
import type { Body, Client, Reply, Shell } from '../http/support.ts';

const ONE = `process P
  start -> user A -> user B -> end
  boundary Late on=A after=PT1H -> end Gone`;
/** The examination is called otherwise, its deadline is gone, and the decision has one. */
const TWO = `process P
  start -> user Review -> user B -> end
  boundary Slow on=Review after=PT2H -> end Gone`;
const MAPPING = { A: 'Review' };
const ADHOC = `process Q
  adhoc Work {
    user Ask
    user See
  }
  start -> Work -> end`;

const NAMES: Readonly<Record<string, string>> = { A: 'Examine', B: 'Decide', Late: 'Too late', Review: 'Examine closely', Slow: 'Very late' };

/** The model with what people call its steps. */
function named(text: string): string {
  return Object.entries(NAMES).reduce((xml, [id, name]) => xml.replaceAll(` id="${id}"`, ` id="${id}" name="${name}"`), xmlOf(text));
}

describe('Operations on cases over HTTP', () => {
  let shell: Shell;
  let clerk: Client;
  let head: Client;
  let root: Client;

  const deploy = async (text: string): Promise<void> => {
    const answer = await shell.runtime.deploy([{ name: 'p.bpmn', content: named(text) }], META);
    expect(answer.outcome, JSON.stringify(answer)).to.equal('deployed');
  };

  beforeEach(async () => {
    shell = await startShell();
    await deploy(ONE);
    [clerk, head, root] = await Promise.all(['clerk', 'head', 'root'].map((account) => shell.signIn(account))) as [Client, Client, Client];
  });
  afterEach(async () => {
    await shell.stop();
    expect(shell.failures).to.deep.equal([]);
  });

  const start = async (body: object = {}): Promise<string> => {
    const reply = await clerk.post('/api/v1/instances', { processId: 'P', ...body });
    expect(reply.status, reply.text).to.equal(201);
    return reply.body.id;
  };
  const operate = (id: string, verb: string, body: object = {}, client: Client = head): Promise<Reply> => client.post(`/api/v1/instances/${id}/${verb}`, { reason: 'new law', ...body });
  const told = ({ status, body }: Reply): unknown[] => [status, body.code, body.detail];
  const activeIn = async (id: string): Promise<readonly Body[]> => (await head.get(`/api/v1/instances/${id}`)).body.active;
  const standsAt = async (id: string): Promise<unknown[]> => (await activeIn(id)).map(({ elementId }) => elementId);
  const counterOf = async (id: string, elementId: string): Promise<unknown> => (await activeIn(id)).find((element) => element.elementId === elementId)!.id;
  const eventsOf = async (id: string, type: string): Promise<readonly Body[]> => (await head.get(`/api/v1/instances/${id}/history`)).body.items.filter((item) => item.type === type);

  it('Only managers and administrators operate cases, and never without a reason.', async () => {
    const id = await start();
    const bodies: Readonly<Record<string, object>> = { suspend: {}, resume: {}, modify: { cancel: [1] }, activate: { element: 1, activities: ['A'] }, restart: {}, migrate: { version: 1 } };
    for (const [verb, body] of Object.entries(bodies)) {
      expect(told(await operate(id, verb, body, clerk)).slice(0, 2), verb).to.deep.equal([403, 'ACCESS_DENIED']);
      expect((await operate(id, verb, { ...body, reason: ' ' })).status, verb).to.equal(400);
      expect((await head.post(`/api/v1/instances/${id}/${verb}`, body)).status, verb).to.equal(400);
      expect(told(await operate('nothing', verb, body)).slice(0, 2), verb).to.deep.equal([404, 'HTTP_NOT_FOUND']);
    }
    expect((await clerk.post('/api/v1/definitions/P/migrations', { from: 1, to: 1, reason: 'x' })).body.code).to.equal('ACCESS_DENIED');
    expect((await head.post('/api/v1/definitions/P/migrations', { from: 1, to: 1 })).body.code).to.equal('HTTP_REQUEST_INVALID');
  });

  it('A suspended case stands still until it is resumed; the history says who and why.', async () => {
    const id = await start();
    expect((await operate(id, 'suspend', { reason: 'appeal' }, root)).status).to.equal(200);
    expect(told(await operate(id, 'suspend'))).to.deep.equal([409, 'INSTANCE_SUSPENDED', `Expected case ${id} to be at work, but it is suspended`]);
    const task = await counterOf(id, 'A');
    expect((await shell.runtime.execute(id, { type: 'ClaimTask', task: Number(task) }, { actor: { person: 'clerk', groups: [] } })).outcome).to.equal('rejected');
    expect((await operate(id, 'resume', { reason: 'decided' })).status).to.equal(200);
    expect((await operate(id, 'resume')).body.code).to.equal('INSTANCE_NOT_SUSPENDED');
    const [suspended, resumed] = [...await eventsOf(id, 'InstanceSuspended'), ...await eventsOf(id, 'InstanceResumed')];
    expect([suspended!.actor['name'], suspended!.event['reason'], resumed!.actor['name'], resumed!.event['reason']]).to.deep.equal(['Holder of operator', 'appeal', 'Holder of head', 'decided']);
  });

  it('A case is moved, skipped and sent back in one step; what is not possible is refused with names.', async () => {
    const id = await start();
    expect((await operate(id, 'modify', { cancel: [await counterOf(id, 'A')], start: [{ elementId: 'B' }] })).status).to.equal(200);
    expect(await standsAt(id)).to.deep.equal(['B']);
    expect((await operate(id, 'modify', { cancel: [await counterOf(id, 'B')], start: [{ elementId: 'A' }] })).status).to.equal(200);
    expect((await operate(id, 'modify', { skip: [await counterOf(id, 'A')] })).status).to.equal(200);
    expect(await standsAt(id)).to.deep.equal(['B']);
    expect((await eventsOf(id, 'InstanceModified')).map(({ event }) => [event['canceled'], event['skipped'], event['activated'], event['reason']])).to.deep.equal([
      [['A'], [], ['B'], 'new law'], [['B'], [], ['A'], 'new law'], [[], ['A'], [], 'new law'],
    ]);
    expect(told(await operate(id, 'modify', { start: [{ elementId: 'Late' }] }))).to.deep.equal([409, 'INSTANCE_MODIFICATION_INVALID', `Expected the case ${id} to be moved in a way that is possible, but “Too late” begins by its event only`]);
    expect(told(await operate(id, 'modify', { start: [{ elementId: 'Nowhere' }] }))[2]).to.contain('“Nowhere” is no flow node');
    expect(await standsAt(id)).to.deep.equal(['B']);
  });

  it('Activities of an ad-hoc sub-process are begun with a reason; what is none is refused.', async () => {
    await deploy(ADHOC);
    const id = await start({ processId: 'Q' });
    const element = await counterOf(id, 'Work');
    expect((await operate(id, 'activate', { element, activities: ['Ask', 'See'], reason: 'both are needed' })).status).to.equal(200);
    expect(await standsAt(id)).to.include.members(['Ask', 'See']);
    expect((await eventsOf(id, 'AdHocActivated')).at(-1)!.event).to.deep.include({ activities: ['Ask', 'See'], reason: 'both are needed' });
    expect((await operate(id, 'activate', { element, activities: ['Nothing'] })).body.code).to.equal('ADHOC_ACTIVITY_UNKNOWN');
    expect((await operate(id, 'activate', { element: 999, activities: ['Ask'] })).body.code).to.equal('ADHOC_NOT_FOUND');
  });

  it('An ended case is taken up again as a new one with what it held last; one at work is not.', async () => {
    const id = await start({ variables: { subject: 'Roof', amount: 1 }, businessKey: 'P-7' });
    expect(told(await operate(id, 'restart'))).to.deep.equal([409, 'CASE_NOT_OVER', `Expected case ${id} to be over, but it is at work`]);
    await operate(id, 'variables', { variables: { amount: 2 } });
    await operate(id, 'cancel');
    const again = await operate(id, 'restart', { reason: 'cancelled by mistake' });
    expect([again.status, again.body['restartOf'], again.body.version]).to.deep.equal([201, id, 1]);
    const fresh = again.body.id;
    expect(fresh).to.not.equal(id);
    expect((await head.get(`/api/v1/instances/${fresh}/variables`)).body.variables).to.deep.equal({ subject: 'Roof', amount: 2 });
    expect((await head.get(again.headers.get('location')!)).body).to.deep.include({ businessKey: 'P-7', status: 'active' });
    const original = (await head.get(`/api/v1/instances/${id}`)).body['startedBy'];
    expect((await head.get(`/api/v1/instances/${fresh}`)).body['startedBy'], 'it stays the case of who asked for it').to.equal(original);
    expect((await eventsOf(fresh, 'InstanceStarted'))[0]!.event).to.deep.include({ restartOf: id, reason: 'cancelled by mistake', by: original, restartedBy: 'head' });
    expect((await root.get(`/api/v1/instances/${fresh}/history`)).body.items[0]!.event, 'administrators see no reasons').to.not.have.property('reason');
    expect((await operate(id, 'restart', { version: 9 })).body.code).to.equal('HTTP_NOT_FOUND');
  });

  it('A case that another one called is restarted by restarting its caller; an erased one is not.', async () => {
    await deploy('process Caller\nstart -> call C calls=P -> end');
    const id = await start({ processId: 'Caller' });
    const childOf = async (): Promise<string | undefined> => (await head.get('/api/v1/instances?processId=P')).body.items[0]?.id;
    let child = await childOf();
    for (let tries = 0; child === undefined && tries < 50; tries++) {
      await new Promise((resolve) => { setTimeout(resolve, 20); });
      child = await childOf();
    }
    await operate(child!, 'cancel');
    expect(told(await operate(child!, 'restart'))).to.deep.equal([409, 'CASE_CALLED', `Expected case ${child!} to stand by itself, but case ${id} called it`]);
    const gone = await start({ variables: { subject: 'Roof' } });
    await operate(gone, 'cancel');
    const [stored] = await shell.store.read(gone);
    await shell.vault.destroyDataKey(stored?.keyId ?? '');
    expect((await operate(gone, 'restart')).body.code).to.equal('CASE_ERASED');
  });

  describe('another version', () => {
    const planOf = (reply: Reply): Body => reply.body['plan'] as Body;

    it('A dry run tells what moves where, what ends and what begins, and records nothing.', async () => {
      const id = await start();
      await deploy(TWO);
      const before = (await head.get(`/api/v1/instances/${id}/history`)).text;
      const reply = await head.post(`/api/v1/instances/${id}/migrate`, { version: 2, mapping: MAPPING, dryRun: true });
      expect(reply.status, reply.text).to.equal(200);
      const plan = planOf(reply);
      expect(plan).to.deep.include({ from: 1, to: 2, possible: true });
      expect((plan['moves'] as Body[]).map((move) => [move.elementName, move['toName'], move.elementType])).to.deep.equal([['Examine', 'Examine closely', 'userTask']]);
      expect((plan['waits'] as Body[]).map((wait) => [wait['kind'], wait.elementName, wait['change'], wait['dueAt']])).to.deep.equal([
        ['timer', 'Too late', 'ends', '2026-01-05T10:00:00.000Z'], ['timer', 'Very late', 'begins', '2026-01-05T11:00:00.000Z'],
      ]);
      expect((await head.get(`/api/v1/instances/${id}/history`)).text).to.equal(before);
    });

    it('A plan that is not possible says why with names; carried out it is refused and nothing changes.', async () => {
      const id = await start();
      await deploy(TWO);
      const plan = planOf(await head.post(`/api/v1/instances/${id}/migrate`, { version: 2, dryRun: true }));
      const says = `Expected case ${id} to be able to go on in version 2, but “Examine” is active and has no place in it`;
      expect([plan['possible'], (plan['refusal'] as Body).message]).to.deep.equal([false, says]);
      expect((plan['moves'] as Body[]).map((move) => move['to'])).to.deep.equal([null]);
      expect(told(await operate(id, 'migrate', { version: 2 }))).to.deep.equal([409, 'INSTANCE_MIGRATION_INVALID', says]);
      expect((await head.get(`/api/v1/instances/${id}`)).body.version).to.equal(1);
      expect((await operate(id, 'migrate', { version: 9 })).body.code).to.equal('HTTP_NOT_FOUND');
    });

    it('Carried out, the case goes on in the version, its deadline with it.', async () => {
      const id = await start();
      await deploy(TWO);
      const reply = await operate(id, 'migrate', { version: 2, mapping: MAPPING });
      expect(reply.status, reply.text).to.equal(200);
      expect((await head.get(`/api/v1/instances/${id}`)).body).to.deep.include({ version: 2 });
      expect((await activeIn(id)).map(({ elementName }) => elementName)).to.deep.equal(['Examine closely']);
      expect((await eventsOf(id, 'InstanceMigrated'))[0]!.event).to.deep.include({ from: 1, version: 2, mapping: MAPPING, reason: 'new law' });
    });
  });

  describe('the plan of another version', () => {
    const planOf = (reply: Reply): Body => reply.body['plan'] as Body;
    const CHOOSING = (limit: number, groups: string): string => `process R\n  start -> xor G default=Low\n  G -[amount > ${String(limit)}]-> user High groups=${groups} sla=PT5H -> end\n  G -> user Low groups=${groups} -> end`;

    it('It tells how open tasks are offered, who loses theirs, and where the history would have gone another way.', async () => {
      await deploy(CHOOSING(100, 'clerks'));
      const id = await start({ processId: 'R', variables: { amount: 500 } });
      const task = Number(await counterOf(id, 'High'));
      await shell.runtime.execute(id, { type: 'AssignTask', task, assignee: 'clerk' }, META);
      await deploy(CHOOSING(1_000, 'nobodies').replace('sla=PT5H', 'sla=PT9H'));
      const plan = planOf(await head.post(`/api/v1/instances/${id}/migrate`, { version: 2, dryRun: true }));
      expect(plan['choices']).to.deep.equal([{ elementId: 'G', elementName: 'G', at: '2026-01-05T09:00:00.000Z', went: ['High'], would: ['Low'] }]);
      expect(plan['tasks']).to.deep.equal([{ elementId: 'High', elementName: 'High', form: null, dueAt: '2026-01-05T18:00:00.000Z', candidateGroups: ['nobodies'], candidateUsers: [], lostBy: 'clerk', givenTo: null }]);
      expect((await operate(id, 'migrate', { version: 2 })).status).to.equal(200);
      expect((await shell.runtime.inspect(id))!.state.elements.get(task)!.task).to.deep.include({ assignee: undefined, candidateGroups: ['nobodies'] });
    });

    it('A refusal lists every reason by itself; a condition that cannot be evaluated today is told.', async () => {
      await deploy('process R\n  start -> and F -> user A -> end\n  F -> user B -> end');
      const id = await start({ processId: 'R' });
      await deploy('process R\n  start -> user C -> end');
      const { reasons } = planOf(await head.post(`/api/v1/instances/${id}/migrate`, { version: 2, dryRun: true }))['refusal'] as { reasons: string[] };
      expect(reasons).to.deep.equal(['“Examine” is active and has no place in it', '“Decide” is active and has no place in it']);
      await deploy(CHOOSING(100, 'clerks').replace('process R', 'process S'));
      const other = await start({ processId: 'S', variables: { amount: 5 } });
      await deploy(CHOOSING(100, 'clerks').replace('process R', 'process S').replace('amount > 100', 'rank > 3'));
      const [choice] = planOf(await head.post(`/api/v1/instances/${other}/migrate`, { version: 2, dryRun: true }))['choices'] as { stuck: string }[];
      expect(choice!.stuck).to.contain('variable rank is missing or null');
    });
  });

  describe('batches', () => {
    const batch = (body: object): Promise<Reply> => head.post('/api/v1/definitions/P/migrations', { from: 1, to: 2, reason: 'new law', ...body });
    const outcomes = ({ body }: Reply): unknown[] => body.items.map(({ id, ...item }) => [id, item['canary'], item['outcome']]);

    it('Canaries go first, then the oldest; a dry run changes nothing; cases that are over stay where they are.', async () => {
      const ids = [await start(), await start(), await start()];
      const over = await start();
      await operate(over, 'cancel');
      await deploy(TWO);
      const dry = await batch({ mapping: MAPPING, dryRun: true, canary: [ids[2]] });
      expect(outcomes(dry)).to.deep.equal([[ids[2], true, 'possible'], [ids[0], false, 'possible'], [ids[1], false, 'possible']]);
      expect((await head.get(`/api/v1/instances/${ids[0]!}`)).body.version).to.equal(1);
      const some = await batch({ mapping: MAPPING, canary: [ids[2]], limit: 1 });
      expect(outcomes(some)).to.deep.equal([[ids[2], true, 'migrated'], [ids[0], false, 'migrated']]);
      expect(some.body).to.deep.include({ migrated: 2, refused: 0, stopped: false, more: true });
      expect(outcomes(await batch({ mapping: MAPPING }))).to.deep.equal([[ids[1], false, 'migrated']]);
      const versions = await Promise.all([...ids, over].map(async (id) => (await head.get(`/api/v1/instances/${id}`)).body.version));
      expect(versions).to.deep.equal([2, 2, 2, 1]);
    });

    it('The first refusal stops the rest, and says why; what had gone has gone, each case as a whole.', async () => {
      const passed = await start();
      await operate(passed, 'modify', { cancel: [await counterOf(passed, 'A')], start: [{ elementId: 'B' }] });
      const [stuck, later] = [await start(), await start()];
      await deploy(TWO);
      const reply = await batch({});
      expect(outcomes(reply)).to.deep.equal([[passed, false, 'migrated'], [stuck, false, 'refused'], [later, false, 'not-tried']]);
      expect(reply.body).to.deep.include({ stopped: true, migrated: 1, refused: 1, notTried: 1 });
      expect(reply.body.items[1]!['problem']).to.deep.include({ status: 409, code: 'INSTANCE_MIGRATION_INVALID', detail: `Expected case ${stuck} to be able to go on in version 2, but “Examine” is active and has no place in it` });
      const dry = await batch({ dryRun: true });
      expect(outcomes(dry).map((item) => (item as unknown[])[2]), 'a dry run looks at all').to.deep.equal(['refused', 'refused']);
    });

    it('A canary that is not at work in the version stops the batch before anything has moved.', async () => {
      const id = await start();
      const over = await start();
      await operate(over, 'cancel');
      await deploy(TWO);
      const reply = await batch({ mapping: MAPPING, canary: [over] });
      expect(outcomes(reply)).to.deep.equal([[over, true, 'refused'], [id, false, 'not-tried']]);
      expect((reply.body.items[0]!['problem'] as Body).code).to.equal('CASE_NOT_IN_VERSION');
      expect((await batch({ to: 7 })).body.code).to.equal('HTTP_NOT_FOUND');
    });
  });
});
