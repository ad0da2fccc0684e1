/** Registers, records and file plan over HTTP: the registry reads and keeps the books of its own agency, a manager reads all. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { META, Client, PASSWORD, startShell } from '../http/support.ts';
import type { Reply, Shell } from '../http/support.ts';
import { job } from './support.ts';

describe('The registry over HTTP', () => {
  let shell: Shell;
  let registrar: Client;
  let head: Client;
  let other: Client;

  before(async () => {
    shell = await startShell();
    await shell.commands.createUnit({ id: 'finance', title: 'Ministry of Finance' }, META);
    const post = await shell.commands.createPost({ id: 'finance-registrar', title: 'Registrar', unit: 'finance', groups: [] }, META);
    await shell.runtime.settled(post.outcome === 'accepted' ? post.position : 0);
    const person = await shell.commands.addPerson({ id: 'finance.registrar', name: 'x', roles: ['registry'], post: 'finance-registrar', password: PASSWORD }, META);
    await shell.runtime.settled(person.outcome === 'accepted' ? person.position : 0);
    [registrar, head, other] = [await shell.signIn('registrar'), await shell.signIn('head'), await shell.signIn('finance.registrar')] as [Client, Client, Client];
    const [register, file] = shell.registry.handlers;
    for (const [key, registry, agency, subject] of [['a/1', 'PS-IN', 'ministry', 'Lease'], ['b/1', 'PS-IN', 'ministry', 'Roof'], ['c/1', 'PS-IN', 'ministry', 'Van'], ['d/1', 'MOF-IN', 'finance', 'Estimates']] as const) {
      await register!.run(job({ registry, subject, from: 'Somebody', reference: 'X/1' }, { key, stream: key[0]!, agency }));
    }
    await shell.registry.plan.open({ series: 'ADM/4', title: 'Correspondence', recordClass: 'Routine', retention: 'P5Y' }, META);
    await shell.registry.numbers.allocate({ registry: 'PS-OUT', year: 2026, requestedBy: 'x', at: shell.time.clock.now(), stream: 'a' });
    expect(file!.type).to.equal('record-file');
    await shell.runtime.settled((await shell.store.head()).position);
  });
  after(async () => { await shell.stop(); });

  const numbers = (reply: Reply): unknown[] => reply.body.items.map(({ number }) => number);

  it('The registry sees the registers of its own agency with their years, a manager all of them.', async () => {
    expect((await registrar.get('/api/v1/registers')).body.items).to.deep.equal([{ registry: 'PS-IN', agency: 'ministry', years: [2026] }]);
    expect((await other.get('/api/v1/registers')).body.items.map(({ registry }) => registry)).to.deep.equal(['MOF-IN']);
    expect((await head.get('/api/v1/registers')).body.items.map(({ registry }) => registry)).to.deep.equal(['MOF-IN', 'PS-IN', 'PS-OUT']);
  });

  it('A register is read from the newest line on, in pages; of another agency it is empty.', async () => {
    const first = await registrar.get('/api/v1/registers/PS-IN?year=2026&limit=2');
    expect(numbers(first)).to.deep.equal(['PS-IN/2026/0003', 'PS-IN/2026/0002']);
    expect(first.body.items[0]).to.deep.equal({ number: 'PS-IN/2026/0003', registry: 'PS-IN', year: 2026, at: shell.time.clock.now(), instanceId: 'c', agency: 'ministry', from: 'Somebody', subject: 'Van', reference: 'X/1' });
    expect(numbers(await registrar.get(`/api/v1/registers/PS-IN?year=2026&limit=2&after=${encodeURIComponent(String(first.body.page.next))}`))).to.deep.equal(['PS-IN/2026/0001']);
    expect(numbers(await other.get('/api/v1/registers/PS-IN?year=2026'))).to.deep.equal([]);
    expect(numbers(await registrar.get('/api/v1/registers/PS-IN?year=2025'))).to.deep.equal([]);
    expect((await registrar.get('/api/v1/registers/PS-IN')).status).to.equal(400);
  });

  it('A cursor that is none is refused: HTTP_CURSOR_INVALID.', async () => {
    for (const path of ['/api/v1/registers/PS-IN?year=2026&after=xxxx', '/api/v1/records?after=xxxx']) expect((await registrar.get(path)).body.code, path).to.equal('HTTP_CURSOR_INVALID');
  });

  it('Officers and administrators read no register: ACCESS_DENIED.', async () => {
    for (const account of ['clerk', 'root', 'modeller']) expect((await (await shell.signIn(account)).get('/api/v1/registers')).body.code, account).to.equal('ACCESS_DENIED');
    expect((await head.post('/api/v1/registers/voids', { number: 'PS-IN/2026/0001', reason: 'No reason' })).body.code).to.equal('ACCESS_DENIED');
  });

  it('The registry strikes out a number of its own with a reason; the line stays and says so.', async () => {
    const voids = { number: 'PS-IN/2026/0002', reason: 'Stamped twice' };
    expect((await other.post('/api/v1/registers/voids', voids)).status).to.equal(404);
    expect((await registrar.post('/api/v1/registers/voids', voids)).status).to.equal(201);
    expect((await registrar.post('/api/v1/registers/voids', voids)).body.code).to.equal('REGISTRY_NUMBER_VOID');
    const { body } = await registrar.get('/api/v1/registers/PS-IN?year=2026');
    expect(body.items.map(({ number, void: why }) => [number, why])).to.deep.equal([['PS-IN/2026/0003', undefined], ['PS-IN/2026/0002', 'Stamped twice'], ['PS-IN/2026/0001', undefined]]);
  });

  it('Everybody reads the file plan; the registry opens a series once: REGISTRY_SERIES_TAKEN.', async () => {
    const series = { series: 'FIN/2', title: 'Between ministries', recordClass: 'Correspondence', retention: 'P5Y' };
    expect((await registrar.post('/api/v1/file-series', series)).status).to.equal(201);
    expect((await registrar.post('/api/v1/file-series', series)).status).to.equal(201);
    expect((await registrar.post('/api/v1/file-series', { ...series, retention: 'P9Y' })).body.code).to.equal('REGISTRY_SERIES_TAKEN');
    expect((await (await shell.signIn('clerk')).get('/api/v1/file-series')).body.items.map((item) => item['series'])).to.deep.equal(['ADM/4', 'FIN/2']);
  });

  it('Records are found by file, series and case, by who may see the agency.', async () => {
    const content = Buffer.from('letter');
    const sha256 = createHash('sha256').update(content).digest('hex');
    await shell.runtime.change('record/r1', 'FileRecord', META, () => [{
      type: 'RecordFiled', recordId: 'r1', fileNumber: 'ADM/4/2026/0001', series: 'ADM/4', recordClass: 'Routine', retention: 'P5Y', stream: 'a', agency: 'ministry', at: shell.time.clock.now(),
      documents: [{ sha256, mediaType: 'application/pdf', bytes: 6 }], title: 'Lease', titles: ['Letter'],
    } as never]);
    await shell.runtime.settled((await shell.store.head()).position);
    for (const query of ['', '?fileNumber=ADM/4/2026/0001', '?series=ADM/4', '?instanceId=a']) {
      const { body } = await registrar.get(`/api/v1/records${query}`);
      expect(body.items, query).to.have.length(1);
      expect(body.items[0]).to.deep.include({ recordId: 'r1', title: 'Lease', filedAt: shell.time.clock.now(), documents: [{ sha256, mediaType: 'application/pdf', bytes: 6, title: 'Letter' }] });
      expect((await other.get(`/api/v1/records${query}`)).body.items, query).to.deep.equal([]);
    }
    expect((await registrar.get('/api/v1/records?instanceId=b')).body.items).to.deep.equal([]);
  });

  it('Folded again from the log, the books are the same.', async () => {
    const before = [await head.get('/api/v1/registers/PS-IN?year=2026'), await head.get('/api/v1/records'), await head.get('/api/v1/registers')].map(({ text }) => text);
    const again = await startShell({ store: shell.store, vault: shell.vault, desk: shell.desk, time: shell.time });
    const same = await Client.signIn(again.url, 'head');
    expect([await same.get('/api/v1/registers/PS-IN?year=2026'), await same.get('/api/v1/records'), await same.get('/api/v1/registers')].map(({ text }) => text)).to.deep.equal(before);
    await again.listening.close(0);
  });
});
