// The job document-generate in a running case: number, file, provenance, redrafts, repeats and refusals.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { InstanceState, Json, Variables } from '../../../engine/index.ts';
import { AttemptBook, generateJob, openRenderer, TemplateBook } from '../../../server/documents/index.ts';
import type { GenerateOptions } from '../../../server/documents/generate.ts';
import type { Directory } from '../../../server/ports/directory.ts';
import { asDocument } from '../../../server/ports/documents.ts';
import type { DocumentRef } from '../../../server/ports/documents.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import type { Numbering } from '../../../server/ports/numbering.ts';
import type { Renderer } from '../../../server/ports/renderer.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { openSqliteDeskStore } from '../../../server/stores/sqlite/desk-store.ts';
import { VirtualTime } from '../../contracts/virtual-time.ts';
import { OFFICER, startRuntime } from '../runtime/support.ts';
import type { TestRuntime } from '../runtime/support.ts';
import { needs, output, refusalOf, SAMPLE, TEMPLATES } from './support.ts';

const model = (template = 'reply-letter'): string => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:gov="urn:piton:gov:1" targetNamespace="urn:test">
<bpmn:collaboration id="between"><bpmn:participant id="pool" name="Ministry" processRef="reply" /></bpmn:collaboration>
<bpmn:process id="reply" name="Reply" isExecutable="true">
  <bpmn:extensionElements><gov:procedure fileSeries="PS/12" recordClass="CORR-1" retention="P7Y" legalBasis="Staff Orders" /></bpmn:extensionElements>
  <bpmn:startEvent id="start" />
  <bpmn:serviceTask id="write" name="Write the reply"><bpmn:extensionElements>
    <zeebe:taskDefinition type="document-generate" retries="1" /><gov:document template="${template}" output="letter" registry="PS-OUT" classification="=classification" />
  </bpmn:extensionElements></bpmn:serviceTask>
  <bpmn:userTask id="review" name="Review"><bpmn:extensionElements><zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="officers" /></bpmn:extensionElements></bpmn:userTask>
  <bpmn:exclusiveGateway id="fine" default="f4" />
  <bpmn:endEvent id="end" />
  <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write" /><bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="review" /><bpmn:sequenceFlow id="f3" sourceRef="review" targetRef="fine" />
  <bpmn:sequenceFlow id="f4" sourceRef="fine" targetRef="end" />
  <bpmn:sequenceFlow id="f5" sourceRef="fine" targetRef="write"><bpmn:conditionExpression>=again</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>`;

const CASE: Variables = { ...Object.fromEntries(Object.entries(SAMPLE).filter(([name]) => name !== 'document')), language: 'en-LC', minute: 'not for the letter' };

const directory: Directory = {
  person: () => undefined, people: () => [], groupExists: () => true,
  groupTitle: (id) => (id === 'ministry' ? 'Ministry of the Public Service' : id),
};

/** Numbers as the port promises them; `asked` in the order of the requests. */
function numbers(): { readonly numbering: Numbering; readonly asked: string[]; readonly books: (string | undefined)[] } {
  const given = new Map<string, number>();
  const asked: string[] = [];
  const books: (string | undefined)[] = [];
  const numbering: Numbering = {
    allocate: ({ registry, year, requestedBy, agency }) => {
      asked.push(requestedBy);
      books.push(agency);
      const number = given.get(requestedBy) ?? given.size + 1;
      given.set(requestedBy, number);
      return Promise.resolve({ registry, year, number, text: `${registry}/${year}/${String(number).padStart(4, '0')}` });
    },
  };
  return { asked, books, numbering };
}

interface Office extends TestRuntime {
  readonly asked: string[];
  readonly books: (string | undefined)[];
  readonly options: GenerateOptions;
}

describe('The job document-generate', function () {
  this.timeout(60_000);
  let renderer: Renderer;
  let office: Office;

  before(() => { renderer = openRenderer(); });
  after(() => renderer.close());
  beforeEach(async () => { office = await openOffice(); });
  afterEach(() => office.stop());

  async function openOffice(): Promise<Office> {
    const time = new VirtualTime();
    const blobs = await openFileBlobStore(mkdtempSync(join(tmpdir(), 'piton-blobs-')));
    const { numbering, asked, books } = numbers();
    const attempts = new AttemptBook({ desk: openSqliteDeskStore(':memory:'), clock: time.clock, cases: () => host.runtime, onOrphan: () => undefined, onFailure: (error) => { throw error; } });
    const options: GenerateOptions = {
      templates: new TemplateBook(TEMPLATES), renderer, numbering, blobs, attempts, directory, definitions: () => host.runtime.definitions, clock: time.clock, zone: 'America/St_Lucia',
    };
    const host: TestRuntime = await startRuntime({ time, blobs, handlers: [generateJob(options)] });
    expect((await host.runtime.deploy([{ name: 'reply.bpmn', content: model() }], OFFICER)).outcome).to.equal('deployed');
    return { ...host, asked, books, options };
  }

  const stateOf = async (stream: string): Promise<InstanceState> => (await office.runtime.inspect(stream))!.state;
  const reviewOf = async (stream: string): Promise<number | undefined> => [...(await stateOf(stream)).elements].find(([, { elementId }]) => elementId === 'review')?.[0];
  const letterOf = async (stream: string): Promise<DocumentRef> => asDocument((await stateOf(stream)).elements.get(0)?.variables?.get('letter'))!;

  /** Until the case has come to its review, or has an incident. */
  async function drawn(stream: string): Promise<string> {
    for (const until = Date.now() + 20_000; Date.now() < until;) {
      const { waits } = await stateOf(stream);
      if (await reviewOf(stream) !== undefined || [...waits.values()].some(({ kind }) => kind === 'incident')) return stream;
      await office.quiet();
    }
    throw new Error('Expected a letter or an incident, but the case still waits for its job');
  }

  async function start(variables: Variables = CASE): Promise<string> {
    const answer = await office.runtime.startInstance({ processId: 'reply', variables }, OFFICER);
    if (answer.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
    return drawn(answer.stream);
  }

  async function review(stream: string, variables: Variables): Promise<void> {
    const task = (await reviewOf(stream))!;
    await office.runtime.execute(stream, { type: 'ClaimTask', task }, OFFICER);
    const answer = await office.runtime.execute(stream, { type: 'CompleteTask', task, variables }, OFFICER);
    expect(answer.outcome, JSON.stringify(answer)).to.equal('accepted');
  }

  it('A document stands in its variable, with number, hash and what it was made from; the blob is there.', async () => {
    const stream = await start();
    const letter = await letterOf(stream);
    expect(letter).to.deep.include({
      documentId: `${stream}.letter`, title: SAMPLE['subject'], fileName: 'PS-OUT-2026-0001.pdf', mediaType: 'application/pdf', state: 'generated', number: 'PS-OUT/2026/0001',
      language: 'en-LC', classification: 'Restricted',
    });
    expect(letter.provenance).to.include({ template: 'reply-letter' });
    expect(letter.provenance?.renderer).to.match(/^typst /);
    const content = await office.blobs.get(letter.sha256);
    expect(content?.byteLength).to.equal(letter.bytes);
    expect(office.asked).to.deep.equal([`${stream}/letter`]);
  });

  it('Its metadata name the record, the case, the version of the process and the retention; what the template does not name stays out.', async function () {
    needs(this, 'qpdf', 'pdftotext');
    const stream = await start();
    const letter = await letterOf(stream);
    const file = join(mkdtempSync(join(tmpdir(), 'piton-letter-')), 'letter.pdf');
    writeFileSync(file, (await office.blobs.get(letter.sha256))!);
    const metadata = JSON.parse(output('qpdf', ['--show-attachment=metadata.json', file])) as Readonly<Record<string, Json>>;
    expect(metadata).to.deep.include({
      recordId: `${stream}.letter`, documentNumber: 'PS-OUT/2026/0001', documentType: 'reply-letter', title: SAMPLE['subject'], language: 'en-LC', issued: '2026-01-05',
      creator: { orgId: 'ministry', orgName: 'Ministry of the Public Service' }, classification: { level: 'Restricted' }, caseId: stream, activityId: 'write',
      processDefinition: { key: 'reply', version: 1, sha256: office.runtime.definitions.version('reply', 1)?.hash },
      retention: { fileSeries: 'PS/12', scheduleCode: 'CORR-1', rule: 'P7Y' }, mandate: 'Staff Orders', dataSha256: letter.provenance?.dataSha256,
    });
    expect(output('pdftotext', [file, '-'])).to.contain('5 January 2026').and.not.contain('not for the letter');
    expect(JSON.stringify(metadata)).to.not.contain('not for the letter');
  });

  it('A letter that is returned and written again keeps number and id, and becomes other content.', async () => {
    const stream = await start();
    const before = await letterOf(stream);
    await review(stream, { again: true, subject: 'A better subject' });
    await drawn(stream);
    const after = await letterOf(stream);
    expect([after.documentId, after.number, after.title]).to.deep.equal([before.documentId, before.number, 'A better subject']);
    expect(after.sha256).to.not.equal(before.sha256);
    expect(office.asked).to.have.length(1);
  });

  it('The number stays in the year of the first draft.', async () => {
    const stream = await start();
    await office.time.advance(366 * 86_400_000);
    await review(stream, { again: true });
    await drawn(stream);
    expect((await letterOf(stream)).number).to.equal('PS-OUT/2026/0001');
  });

  it('The same job again makes the same document: same number, same bytes.', async () => {
    const stream = await start();
    const { conversation } = await stateOf(stream);
    const job: Job = {
      key: `${stream}/5`, stream, elementId: 'write', processId: 'reply', version: 1, agency: 'ministry', conversation,
      headers: { template: 'reply-letter', output: 'letter', registry: 'PS-OUT', classification: 'Restricted' }, variables: CASE,
    };
    const handler = generateJob(office.options);
    expect((await handler.run(job))['letter']).to.deep.equal(await letterOf(stream));
    expect(await refusalOf(handler.run({ ...job, headers: { template: 'reply-letter' } }))).to.include({ code: 'DOCUMENT_OUTPUT_MISSING' });
    expect(await refusalOf(handler.run({ ...job, headers: { output: 'letter', template: 'no-such' } }))).to.include({ code: 'DOCUMENT_TEMPLATE_UNKNOWN' });
  });

  it('The number is taken from the book of the agency whose letter it is: its registry sees it, and can strike it out when the case ends without a letter.', async () => {
    await start();
    expect(office.books).to.deep.equal(['ministry']);
  });

  it('What no further attempt can write is an incident at once, however many attempts are left: nobody waits for what cannot be.', async () => {
    expect((await office.runtime.deploy([{ name: 'reply.bpmn', content: model().replace('retries="1"', 'retries="3"') }], OFFICER)).outcome).to.equal('deployed');
    for (const [subject, found] of [['Gnp\u202Eexe', 'U+202E'], ['漢字', 'U+6F22'], ['W'.repeat(80), 'fit on a line']] as const) {
      const stream = await start({ ...CASE, subject });
      const told = (await office.runtime.history(stream)).flatMap(({ events }) => events).filter(({ type }) => type === 'JobFailed' || type === 'IncidentRaised');
      expect(told.map(({ type }) => type), found).to.deep.equal(['JobFailed', 'IncidentRaised']);
      expect(JSON.stringify(told)).to.contain(found);
    }
  });

  it('Data that do not fit raise an incident that names the field, and take no number.', async () => {
    const stream = await start({ ...CASE, addressee: [] });
    const incident = (await office.runtime.history(stream)).flatMap(({ events }) => events).find(({ type }) => type === 'IncidentRaised');
    expect(JSON.stringify(incident)).to.contain('Expected addressee of template reply-letter to fit its schema');
    expect(office.asked).to.deep.equal([]);
  });

  it('A model that names a template which is not installed is refused at its deployment, with element and line.', async () => {
    const host = await startRuntime({ templates: new TemplateBook(TEMPLATES) });
    const answer = await host.runtime.deploy([{ name: 'reply.bpmn', content: model('reply-leter') }], OFFICER);
    expect(answer).to.have.property('outcome', 'refused');
    expect(answer).to.have.nested.property('problems[0].code', 'DEPLOY_TEMPLATE_MISSING');
    expect(answer).to.have.nested.property('problems[0].message', 'Expected the document template reply-leter of write to be installed, but it is not');
    expect(answer).to.have.nested.property('problems[0].elementId', 'write');
    expect(answer).to.have.nested.property('problems[0].line').that.is.greaterThan(1);
    expect((await host.runtime.deploy([{ name: 'reply.bpmn', content: model() }], OFFICER)).outcome).to.equal('deployed');
    await host.stop();
  });
});
