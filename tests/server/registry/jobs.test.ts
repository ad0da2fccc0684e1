/** The jobs of the registry: a letter is registered and its documents are filed once, whatever is repeated. */
import { expect } from 'chai';
import type { Json } from '../../../engine/index.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import type { RecordFiled, SeriesEvent } from '../../../server/registry/events.ts';
import { META } from '../http/support.ts';
import { OFFICER } from '../runtime/support.ts';
import { job, lettersProcess, startRegistry } from './support.ts';
import type { RegistryRig } from './support.ts';

const SERIES = { series: 'ADM/4', title: 'Routine correspondence', recordClass: 'Correspondence', retention: 'P7Y' };

describe('The jobs of the registry', () => {
  let rig: RegistryRig;

  beforeEach(async () => {
    rig = await startRegistry();
    await rig.registry.plan.open(SERIES, META);
    await rig.runtime.deploy([{ name: 'letters.bpmn', content: lettersProcess() }], META);
  });
  afterEach(async () => { await rig.stop(); });

  const run = (type: string, request: Job): Promise<Readonly<Record<string, Json>>> => rig.registry.handlers.find((handler) => handler.type === type)!.run(request);
  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { readonly code: string }).code);
  const series = async (stream: string): Promise<SeriesEvent[]> => (await rig.runtime.history(stream)).flatMap(({ events }) => events as readonly SeriesEvent[]);
  const records = async (stream: string): Promise<RecordFiled[]> => (await rig.runtime.history(stream)).flatMap(({ events }) => events as readonly RecordFiled[]);

  it('record-register brings a number and the time it was given; a repeat brings the same and writes nothing.', async () => {
    const request = job({ registry: 'PS-IN', from: 'Ministry of Finance', subject: 'Budget circular 4', reference: 'MOF/C/4' });
    const first = await run('record-register', request);
    expect(first).to.deep.equal({ registration: { number: 'PS-IN/2026/0001', registeredAt: rig.time.clock.now() } });
    const { position } = await rig.store.head();
    await rig.time.advance(60_000);
    expect(await run('record-register', request)).to.deep.equal(first);
    expect((await rig.store.head()).position).to.equal(position);
    expect((await series('series/PS-IN/2026')).map(({ type }) => type)).to.deep.equal(['NumberAllocated', 'LineEntered']);
  });

  it('The year of a number is the year of the offices: on New Year\'s Eve in Saint Lucia it is still the old one.', async () => {
    await rig.time.advance(Date.parse('2027-01-01T03:59:00Z') - Date.parse(rig.time.clock.now()));
    expect(await run('record-register', job({ registry: 'PS-IN' }))).to.have.nested.property('registration.number', 'PS-IN/2026/0001');
    await rig.time.advance(2 * 60_000);
    expect(await run('record-register', job({ registry: 'PS-IN' }, { key: 'case/8' }))).to.have.nested.property('registration.number', 'PS-IN/2027/0001');
    expect(await run('record-register', job({ registry: 'PS-IN' }))).to.have.nested.property('registration.number', 'PS-IN/2026/0001');
  });

  it('With a number that was given before only its line is written; a number nobody gave is refused: REGISTRY_NUMBER_NOT_FOUND.', async () => {
    const { text } = await rig.registry.numbers.allocate({ registry: 'PS-OUT', year: 2026, requestedBy: 'case/reply', at: rig.time.clock.now(), stream: 'case' });
    expect(await run('record-register', job({ number: text, output: 'dispatchLine', to: 'Ministry of Finance', subject: 'Re: Budget circular 4' }))).to.have.nested.property('dispatchLine.number', text);
    expect(await codeOf(run('record-register', job({ number: 'PS-OUT/2026/0002' })))).to.equal('REGISTRY_NUMBER_NOT_FOUND');
    expect(await codeOf(rig.registry.numbers.enter({ text: 'PS-OUT/2026/0002', stream: 'case', at: rig.time.clock.now() }))).to.equal('REGISTRY_NUMBER_NOT_FOUND');
    expect(await codeOf(run('record-register', job({ registry: 'no register' })))).to.equal('REGISTRY_NAME');
  });

  it('record-file opens a file of the series of the procedure, with the hash of every document and the rule it is kept by.', async () => {
    const letter = await rig.document('Letter', { number: 'PS-IN/2026/0001' });
    const [plan, map] = [await rig.document('Plan'), await rig.document('Map')];
    const request = job({ documents: 'letter, attachments, nothing', title: 'Lease of the market' }, { variables: { letter, attachments: [plan, map] } as unknown as Job['variables'] });
    const first = await run('record-file', request);
    expect(first).to.have.nested.property('record.fileNumber', 'ADM/4/2026/0001');
    expect(await run('record-file', request)).to.deep.equal(first);
    const { recordId } = first['record'] as unknown as { readonly recordId: string };
    const [filed, ...more] = await records(`record/${recordId}`);
    expect(more).to.deep.equal([]);
    expect(filed).to.deep.include({ type: 'RecordFiled', series: 'ADM/4', recordClass: 'Correspondence: routine', retention: 'P5Y', title: 'Lease of the market', titles: ['Letter', 'Plan', 'Map'], stream: 'case' });
    expect(filed!.documents.map(({ sha256, number }) => [sha256, number])).to.deep.equal([[letter.sha256, letter.number], [plan.sha256, undefined], [map.sha256, undefined]]);
  });

  it('A record can join an open file; a file number nobody opened is the error FILE_UNKNOWN of the model.', async () => {
    const letter = await rig.document('Letter');
    const request = (key: string, fileNumber: string): Job => job({ documents: 'letter', fileNumber }, { key, variables: { letter } as unknown as Job['variables'] });
    await run('record-file', request('case/1', ''));
    expect(await run('record-file', request('case/2', 'ADM/4/2026/0001'))).to.have.nested.property('record.fileNumber', 'ADM/4/2026/0001');
    await run('record-register', job({ registry: 'PS-IN' }));
    for (const unknown of ['ADM/4/2026/0002', 'nonsense', 'PS-IN/2026/0001']) expect(await codeOf(run('record-file', request('case/3', unknown))), unknown).to.equal('FILE_UNKNOWN');
  });

  it('A file of another agency is FILE_UNKNOWN as well: on it no registry would find what was put there.', async () => {
    const letter = await rig.document('Letter');
    const request = (key: string, agency: string, fileNumber: string): Job => job({ documents: 'letter', fileNumber }, { key, agency, variables: { letter } as unknown as Job['variables'] });
    await run('record-file', request('case/1', 'ministry', ''));
    expect(await codeOf(run('record-file', request('case/2', 'ministry-of-finance', 'ADM/4/2026/0001')))).to.equal('FILE_UNKNOWN');
    expect(await run('record-file', request('case/3', 'ministry', 'ADM/4/2026/0001'))).to.have.nested.property('record.fileNumber', 'ADM/4/2026/0001');
  });

  it('Without documents, with a lost content, or without a known series nothing is filed: REGISTRY_NOTHING_TO_FILE, REGISTRY_DOCUMENT_LOST, REGISTRY_SERIES_MISSING, REGISTRY_SERIES_NOT_FOUND.', async () => {
    const letter = await rig.document('Letter');
    const filing = (document: Json, change: Partial<Job> = {}): Promise<string> => codeOf(run('record-file', job({ documents: 'letter' }, { variables: { letter: document }, ...change })));
    expect(await filing('no document')).to.equal('REGISTRY_NOTHING_TO_FILE');
    expect(await filing({ ...letter, sha256: 'f'.repeat(64) } as unknown as Json)).to.equal('REGISTRY_DOCUMENT_LOST');
    await rig.runtime.deploy([{ name: 'letters.bpmn', content: lettersProcess('publicName="Letters"') }], META);
    expect(await filing(letter as unknown as Json, { version: 2 })).to.equal('REGISTRY_SERIES_MISSING');
    await rig.runtime.deploy([{ name: 'letters.bpmn', content: lettersProcess('fileSeries="NO/1"') }], META);
    expect(await filing(letter as unknown as Json, { version: 3 })).to.equal('REGISTRY_SERIES_NOT_FOUND');
    expect(await series('series/ADM/4/2026')).to.deep.equal([]);
  });

  it('In a case: registered, filed, and what people wrote does not stand legibly in the log.', async () => {
    const letter = await rig.document('Letter of the Treasury');
    const variables = { letter, sender: 'Treasury Department', subject: 'Arrears of rent', fileNumber: '' } as unknown as Job['variables'];
    const started = await rig.runtime.startInstance({ processId: 'letters', variables }, OFFICER);
    await rig.quiet();
    const stream = started.outcome === 'accepted' ? started.stream : '';
    const history = (await rig.runtime.history(stream)).flatMap(({ events }) => events.map(({ type }) => type));
    expect(history).to.include('InstanceCompleted');
    expect((await series('series/PS-IN/2026')).find(({ type }) => type === 'LineEntered')).to.deep.include({ from: 'Treasury Department', subject: 'Arrears of rent', stream, agency: 'ministry' });
    const bytes = Buffer.concat((await rig.store.readAll(0, 1_000)).map(({ body }) => Buffer.from(body))).toString('latin1');
    expect(bytes).to.include('NumberAllocated').and.include(letter.sha256);
    for (const words of ['Treasury', 'Arrears']) expect(bytes).to.not.include(words);
  });
});
