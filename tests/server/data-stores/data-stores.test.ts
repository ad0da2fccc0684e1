// Data stores in the server: written by cases as acts in the log, read by other cases and by the registry of the agency.
import { expect } from 'chai';
import type { DataStoreWritten } from '../../../engine/index.ts';
import { dataStoreStream } from '../../../engine/index.ts';
import { DataStoreError } from '../../../server/data-stores/errors.ts';
import { dataStoreJobs } from '../../../server/data-stores/jobs.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import { Client, META, PASSWORD, startShell } from '../http/support.ts';
import type { Shell } from '../http/support.ts';

const STORE = 'Vehicle register';

/** Writes `entry` under `plate`, reads it back into the case, and waits. */
function model(id: string, agency: string, attributes = ''): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" id="d" targetNamespace="urn:t">
  <bpmn:dataStore id="store" name="${STORE}" ${attributes} />
  <bpmn:collaboration id="c"><bpmn:participant id="pool" name="X" processRef="${id}"><bpmn:extensionElements><zeebe:properties><zeebe:property name="group" value="${agency}" /></zeebe:properties></bpmn:extensionElements></bpmn:participant></bpmn:collaboration>
  <bpmn:process id="${id}" isExecutable="true">
    <bpmn:dataStoreReference id="r" name="Vehicles" dataStoreRef="store"><bpmn:extensionElements><zeebe:properties><zeebe:property name="key" value="=plate" /></zeebe:properties></bpmn:extensionElements></bpmn:dataStoreReference>
    <bpmn:startEvent id="start" />
    <bpmn:task id="write"><bpmn:dataOutputAssociation id="o"><bpmn:targetRef>r</bpmn:targetRef><bpmn:assignment><bpmn:from>=entry</bpmn:from><bpmn:to>Vehicle_register</bpmn:to></bpmn:assignment></bpmn:dataOutputAssociation></bpmn:task>
    <bpmn:userTask id="look"><bpmn:extensionElements><zeebe:userTask /></bpmn:extensionElements><bpmn:ioSpecification><bpmn:dataInput id="in" name="found" /><bpmn:inputSet /><bpmn:outputSet /></bpmn:ioSpecification>
      <bpmn:dataInputAssociation id="i"><bpmn:sourceRef>r</bpmn:sourceRef><bpmn:targetRef>in</bpmn:targetRef></bpmn:dataInputAssociation></bpmn:userTask>
    <bpmn:endEvent id="end" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write" /><bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="look" /><bpmn:sequenceFlow id="f3" sourceRef="look" targetRef="end" />
  </bpmn:process>
</bpmn:definitions>`;
}

const job = (change: Partial<Job>): Job => ({ key: 'case/7', stream: 'case', elementId: 'n', processId: 'p', version: 1, conversation: 'case', headers: {}, variables: {}, ...change });

describe('Data stores in the server', () => {
  let shell: Shell;
  const quiet = async (): Promise<void> => {
    for (let still = 0, last = -1; still < 6;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const { position } = await shell.store.head();
      still = position === last ? still + 1 : 0;
      last = position;
    }
    await shell.runtime.settled((await shell.store.head()).position);
  };
  const begin = async (processId: string, variables: Record<string, unknown>): Promise<string> => {
    const answer = await shell.runtime.startInstance({ processId, variables: variables as never }, META);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    await quiet();
    return answer.stream;
  };
  const events = async (): Promise<DataStoreWritten[]> => (await shell.runtime.history(dataStoreStream(STORE))).flatMap((record) => record.events as DataStoreWritten[]);

  before(async () => {
    shell = await startShell();
    for (const [id, agency, attributes] of [['vehicles', 'ministry', ''], ['lorries', 'finance', ''], ['limited', 'ministry', 'capacity="1" isUnlimited="false"']] as const) {
      const deployed = await shell.runtime.deploy([{ name: `${id}.bpmn`, content: model(id, agency, attributes) }], META);
      expect(deployed.outcome, JSON.stringify(deployed)).to.equal('deployed');
    }
    const unit = await shell.commands.createUnit({ id: 'finance', title: 'Ministry of Finance' }, META);
    await shell.runtime.settled(unit.outcome === 'accepted' ? unit.position : 0);
    const post = await shell.commands.createPost({ id: 'finance-registrar', title: 'Registrar', unit: 'finance', groups: [] }, META);
    await shell.runtime.settled(post.outcome === 'accepted' ? post.position : 0);
    const person = await shell.commands.addPerson({ id: 'finance.registrar', name: 'x', roles: ['registry'], post: 'finance-registrar', password: PASSWORD }, META);
    await shell.runtime.settled(person.outcome === 'accepted' ? person.position : 0);
  });
  after(async () => { await shell.stop(); });

  it('What one case writes another reads; the log keeps every write with its case, and the last one counts.', async () => {
    const first = await begin('vehicles', { plate: 'P 1', entry: { owner: 'Ana' } });
    const second = await begin('lorries', { plate: 'P 1', entry: { owner: 'Bo' } });
    const found = (await shell.runtime.inspect(second))!.state;
    expect([...found.elements.values()].find(({ elementId }) => elementId === 'look')?.variables?.get('found')).to.deep.equal({ owner: 'Bo' });
    expect((await events()).map(({ key, value, version, by }) => [key, value, version, by.stream, by.agency])).to.deep.equal([['P 1', { owner: 'Ana' }, 1, first, 'ministry'], ['P 1', { owner: 'Bo' }, 2, second, 'finance']]);
    const [record] = await shell.store.read(dataStoreStream(STORE));
    expect(Buffer.from(record!.events).toString('latin1')).not.to.contain('Ana');
  });

  it('The registry reads what its own agency wrote, a manager everything; one entry by its key.', async () => {
    await begin('vehicles', { plate: 'P 2', entry: 2 });
    const paths = ['/api/v1/data-stores', `/api/v1/data-stores/${encodeURIComponent(STORE)}`];
    const seen = async (account: string): Promise<unknown[]> => {
      const client = await shell.signIn(account);
      const [stores, entries] = [await client.get(paths[0]!), await client.get(paths[1]!)];
      return [stores.body.items, entries.body.items.map(({ key, value, version }) => [key, value, version])];
    };
    expect(await seen('registrar')).to.deep.equal([[{ store: STORE, entries: 1 }], [['P 2', 2, 1]]]);
    expect(await seen('finance.registrar')).to.deep.equal([[{ store: STORE, entries: 1 }], [['P 1', { owner: 'Bo' }, 2]]]);
    expect(await seen('head')).to.deep.equal([[{ store: STORE, entries: 2 }], [['P 1', { owner: 'Bo' }, 2], ['P 2', 2, 1]]]);
    const head = await shell.signIn('head');
    const { body } = await head.get(`${paths[1]!}?key=P%202`);
    expect(body.items).to.have.length(1);
    expect(body.items[0]).to.include({ store: STORE, key: 'P 2', processId: 'vehicles', elementId: 'write', agency: 'ministry', writtenAt: shell.time.clock.now() });
    expect((await head.get(`${paths[1]!}?limit=1`)).body.page.next).to.be.a('string');
    expect((await head.get(`${paths[1]!}?limit=1&after=x`)).body.code).to.equal('HTTP_CURSOR_INVALID');
    for (const account of ['clerk', 'root', 'modeller']) expect((await (await shell.signIn(account)).get(paths[1]!)).body.code, account).to.equal('ACCESS_DENIED');
  });

  it('Keys are found by how they begin, in pages, the last one first; what begins otherwise ends the list.', async () => {
    const [, write] = dataStoreJobs(shell.runtime);
    for (const key of ['A 1', 'B', 'B 1', 'B 2', 'BB', 'b 1', 'C', 'B é', 'B 😀']) await write!.run(job({ key: `found/${key}`, headers: { store: 'Found', key, variable: 'x' }, variables: { x: key } }));
    await quiet();
    const head = await shell.signIn('head');
    const found = async (startsWith: string, limit: number): Promise<string[][]> => {
      const pages: string[][] = [];
      let after: string | undefined;
      do {
        const { body } = await head.get(`/api/v1/data-stores/Found?limit=${String(limit)}&startsWith=${encodeURIComponent(startsWith)}${after === undefined ? '' : `&after=${after}`}`);
        pages.push(body.items.map(({ key }) => String(key)));
        after = body.page.next as string | undefined;
      } while (after !== undefined && pages.length < 20);
      return pages;
    };
    expect(await found('B ', 2)).to.deep.equal([['B 😀', 'B é'], ['B 2', 'B 1']]);
    expect(await found('B ', 3)).to.deep.equal([['B 😀', 'B é', 'B 2'], ['B 1']]);
    expect(await found('zebra', 5)).to.deep.equal([[]]);
    expect(await found('😀', 5)).to.deep.equal([[]]);
  });

  it('A job that is delivered twice writes once.', async () => {
    const [read, write] = dataStoreJobs(shell.runtime);
    const before = (await events()).length;
    const once = job({ key: 'twice/3', headers: { store: STORE, key: 'P 3', variable: 'x' }, variables: { x: 1 } });
    await write!.run(once);
    await write!.run({ ...once, variables: { x: 2 } });
    expect((await events()).length).to.equal(before + 1);
    expect(await read!.run(job({ headers: { store: STORE, key: 'P 3', variable: 'y' } }))).to.deep.equal({ y: 1 });
    expect(await read!.run(job({ headers: { store: STORE, key: 'nobody', variable: 'y' } }))).to.deep.equal({ y: null });
  });

  it('Writes at once are all kept: each part replaces its part only.', async () => {
    const [read, write] = dataStoreJobs(shell.runtime);
    await Promise.all(Array.from({ length: 20 }, (_, n) => write!.run(job({ key: `many/${String(n)}`, headers: { store: 'Counters', variable: 'x', paths: `part${String(n)}` }, variables: { x: { [`part${String(n)}`]: n } } }))));
    const { whole } = await read!.run(job({ headers: { store: 'Counters', variable: 'whole' } }));
    expect(Object.keys(whole as object)).to.have.length(20);
  });

  it('A store without room is an incident that says so: DATA_STORE_FULL; a job without a store too: DATA_STORE_NAME_MISSING.', async () => {
    const [, write] = dataStoreJobs(shell.runtime);
    const failed = async (change: Partial<Job>): Promise<string> => write!.run(job(change)).then(() => 'done', (error: unknown) => (error instanceof DataStoreError ? error.code : 'other'));
    expect(await failed({ key: 'full/1', headers: { store: STORE, key: 'P 9', capacity: '1' } })).to.equal('DATA_STORE_FULL');
    expect(await failed({ key: 'full/2', headers: {} })).to.equal('DATA_STORE_NAME_MISSING');
    const stream = await begin('limited', { plate: 'P 10', entry: 1 });
    const waiting = [...(await shell.runtime.inspect(stream))!.state.waits.values()];
    expect(waiting[0]).to.include({ kind: 'job', retries: 2 });
    const history = await shell.runtime.history(stream);
    const messages = history.flatMap((record) => record.events as readonly { readonly type: string; readonly message?: string }[]).flatMap(({ message }) => message ?? []);
    expect(messages.join()).to.contain('capacity of 1 is used up');
  });

  it('Folded again from the log, the stores hold the same.', async () => {
    const path = `/api/v1/data-stores/${encodeURIComponent(STORE)}`;
    const before = (await (await shell.signIn('head')).get(path)).text;
    const again = await startShell({ store: shell.store, vault: shell.vault, desk: shell.desk, time: shell.time });
    expect((await (await Client.signIn(again.url, 'head')).get(path)).text).to.equal(before);
    await again.listening.close(0);
  });
});
