/** One letter from the registry to the file of the other ministry on the real runtime; signing and rendering are stood in for. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ElementInstance, InstanceEvent, Json, Variables } from '../../engine/index.ts';
import { readCalendars } from '../../server/cli/calendars.ts';
import { readProcedure } from '../../server/deployments/folder.ts';
import filePlan from '../../server/demo/file-plan.json' with { type: 'json' };
import { exchangeJobs, EXCHANGE_PRIVATE_FIELDS } from '../../server/exchange/index.ts';
import type { DocumentRef } from '../../server/ports/documents.ts';
import type { Job, JobHandler } from '../../server/ports/job-handler.ts';
import type { BlobStore } from '../../server/ports/blob-store.ts';
import { createRegistry, REGISTRY_PRIVATE_FIELDS } from '../../server/registry/index.ts';
import type { Registry } from '../../server/registry/index.ts';
import type { RecordFiled } from '../../server/registry/events.ts';
import type { EmbeddedRuntime } from '../../server/runtime/runtime.ts';
import { createSqliteProjections } from '../../server/stores/sqlite/projections.ts';
import { VirtualTime } from '../contracts/virtual-time.ts';
import { createAttempts, createSeals, directory } from './exchange/support.ts';
import { META } from './http/support.ts';
import { startRuntime } from './runtime/support.ts';
import type { TestRuntime } from './runtime/support.ts';

const sha = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Files are made durable by other threads, which no count of turns waits for: asks until there is an answer. */
async function until<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let left = 2_000; left > 0; left -= 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`Expected ${what}, but it did not come`);
}

interface Rig extends TestRuntime {
  readonly registry: Registry;
  /** What the letter was made from: all the task sees. */
  readonly made: Job[];
}

async function startRig(): Promise<Rig> {
  const projections = createSqliteProjections(':memory:');
  const time = new VirtualTime();
  const late: { runtime?: EmbeddedRuntime; blobs?: BlobStore } = {};
  const blobs: Pick<BlobStore, 'get' | 'put' | 'has'> = { get: (name) => late.blobs!.get(name), put: (content) => late.blobs!.put(content), has: (name) => late.blobs!.has(name) };
  const runtime = (): EmbeddedRuntime => late.runtime!;
  const registry = createRegistry({ projections, runtime, blobs, agencies: { agencyOf: () => 'ministry' }, clock: time.clock, zone: 'America/St_Lucia' });
  const seals = createSeals();
  const made: Job[] = [];
  const store = async (reply: DocumentRef, text: string, state: DocumentRef['state']): Promise<DocumentRef> => ({ ...reply, state, sha256: await blobs.put(Buffer.from(text)), bytes: text.length });
  const generate: JobHandler = {
    type: 'document-generate',
    async run(job) {
      made.push(job);
      const { text } = await registry.numbers.allocate({ registry: job.headers['registry']!, year: 2026, requestedBy: `${job.stream}/reply`, at: time.clock.now(), stream: job.stream });
      const reply: DocumentRef = { documentId: `${job.stream}-reply`, title: job.variables['subject'] as string, fileName: `${text.replaceAll('/', '-')}.pdf`, mediaType: 'application/pdf', bytes: 0, sha256: '', state: 'generated', number: text };
      return { [job.headers['output']!]: await store(reply, `%PDF made ${String(made.length)}`, 'generated') as unknown as Json };
    },
  };
  const seal: JobHandler = {
    type: 'document-seal',
    run: async (job) => ({ [job.headers['output']!]: await store(job.variables[job.headers['output']!] as unknown as DocumentRef, '%PDF signed and sealed', 'sealed') as unknown as Json }),
  };
  const notify: JobHandler = { type: 'notify', run: async () => ({}) };
  const exchange = exchangeJobs({ runtime, blobs, attempts: createAttempts(), directory, sealer: seals, verifier: seals, clock: time.clock });
  const rig = await startRuntime({
    projections, time, readers: [registry.projection], handlers: [...registry.handlers, ...exchange, generate, seal, notify], calendars: readCalendars(),
    privateFields: { ...REGISTRY_PRIVATE_FIELDS, ...EXCHANGE_PRIVATE_FIELDS },
  });
  late.runtime = rig.runtime;
  late.blobs = rig.blobs;
  for (const series of filePlan.series) await registry.plan.open(series, META);
  const answer = await rig.runtime.deploy(await readProcedure(join(import.meta.dirname, '../../processes/correspondence')), META);
  if (answer.outcome === 'refused') throw new Error(JSON.stringify(answer.problems));
  return { ...rig, registry, made };
}

describe('One letter from registry to registry', () => {
  let rig: Rig;

  beforeEach(async () => { rig = await startRig(); });
  afterEach(async () => { await rig.stop(); });

  const letter = async (change: Variables = {}): Promise<Variables> => {
    const sha256 = await rig.blobs.put(Buffer.from('%PDF scan'));
    const scan: DocumentRef = { documentId: 'scan', title: 'Letter of 2 January', fileName: 'scan.pdf', mediaType: 'application/pdf', bytes: 9, sha256, state: 'received', kind: 'letter' };
    return {
      receivedOn: { $: 'date', v: '2026-01-05' }, channel: 'hand', senderName: 'The Director of Finance', senderOrganisation: 'Ministry of Finance', senderAddress: 'Pointe Seraphine\r\nCastries', senderAgency: 'ministry-of-finance',
      subject: 'Staff list for the estimates', senderReference: 'MOF/EST/12', letterDate: { $: 'date', v: '2026-01-02' }, pages: 2, classification: 'Open', attachments: [scan] as unknown as Json, ...change,
    };
  };
  const start = async (variables: Variables): Promise<string> => {
    const answer = await rig.runtime.startInstance({ processId: 'correspondence', variables }, { actor: { person: 'registry.clerk', groups: ['registry'] } });
    await rig.quiet();
    return answer.outcome === 'accepted' ? answer.stream : '';
  };
  const events = async (stream: string): Promise<InstanceEvent[]> => (await rig.runtime.history(stream)).flatMap((record) => record.events as readonly InstanceEvent[]);
  const openTask = (stream: string, elementId: string): Promise<ElementInstance> => until(`${elementId} to wait`, async () =>
    [...(await rig.runtime.inspect(stream))?.state.elements.values() ?? []].find((element) => element.elementId === elementId && element.task !== undefined));
  const ended = (stream: string): Promise<true> => until('the case to end', async () => ((await events(stream)).at(-1)?.type === 'InstanceCompleted' ? true : undefined));
  /** Completes the open task of an element, as somebody nobody else is. */
  const complete = async (stream: string, elementId: string, outcome?: string, variables: Variables = {}, more: { readonly comment?: string; readonly signed?: { readonly document: string; readonly sha256: string; readonly certificate: string } } = {}): Promise<void> => {
    const task = await openTask(stream, elementId);
    const person = task.task!.assignee ?? `who-does-${elementId}`;
    const meta = { actor: { person, groups: [...task.task!.candidateGroups] } };
    await rig.runtime.execute(stream, { type: 'AssignTask', task: task.id, assignee: person }, meta);
    const answer = await rig.runtime.execute(stream, { type: 'CompleteTask', task: task.id, variables, ...(outcome !== undefined && { outcome }), ...more }, meta);
    expect(answer.outcome === 'rejected' ? answer.rejection : answer.outcome).to.equal('accepted');
    await rig.quiet();
  };
  const upToSignature = async (variables: Variables): Promise<string> => {
    const stream = await start(variables);
    await complete(stream, 'find-file', 'mark', { fileNumber: '' });
    await complete(stream, 'mark-letter', 'mark', { actionOfficer: 'administrative.officer', urgency: 'ordinary' });
    await complete(stream, 'study-letter', 'draft', { minute: 'Send the list.' });
    await complete(stream, 'draft-reply', undefined, {
      salutation: 'Dear Sir or Madam', replySubject: 'Your request for our staff list', replyText: 'We refer to your letter.\r\n\r\nThe list\r\nis enclosed.', closing: 'Yours faithfully', replyEnclosures: 'Staff list\r\nAnnex', replyCopies: '',
    });
    await complete(stream, 'review-reply', 'approve');
    return stream;
  };
  const sign = async (stream: string): Promise<void> => {
    const text = '%PDF signed';
    const reply = (await rig.runtime.inspect(stream))!.state.elements.get(0)!.variables!.get('reply') as unknown as DocumentRef;
    const signed = { ...reply, state: 'signed' as const, sha256: await rig.blobs.put(Buffer.from(text)) };
    await complete(stream, 'sign-reply', 'approve', { reply: signed as unknown as Json }, { signed: { document: 'reply', sha256: signed.sha256, certificate: sha('certificate') } });
  };
  const otherCase = async (stream: string): Promise<string | undefined> => {
    const streams = new Set((await rig.store.readAll(0, 1_000)).flatMap((commit) => commit.records.map((record) => record.stream)));
    for (const candidate of streams) {
      if (candidate === stream || candidate.includes('/')) continue;
      if ((await rig.runtime.inspect(candidate))?.state.processId === 'correspondence-received') return candidate;
    }
    return undefined;
  };

  it('is registered, answered, signed, sealed, sent, accepted, registered again and put away on both sides.', async () => {
    const stream = await upToSignature(await letter());
    await sign(stream);
    const received = await until('the letter to arrive', () => otherCase(stream));
    await complete(received, 'attend-letter', 'pass', { attendNote: 'For the Budget Office.' });
    await complete(received, 'note-letter', undefined, { actionTaken: 'Entered.' });
    await complete(stream, 'check-dispatch', undefined, { dispatchFound: 'arrived' });
    for (const one of [stream, received]) await ended(one);

    const filed = async (one: string): Promise<RecordFiled> => {
      const { recordId } = (await events(one)).flatMap((event) => (event.type === 'VariablesWritten' && 'record' in event.values ? [event.values['record'] as unknown as { readonly recordId: string }] : []))[0]!;
      return (await rig.runtime.history(`record/${recordId}`))[0]!.events[0] as RecordFiled;
    };
    expect(await filed(stream)).to.deep.include({ fileNumber: 'ADM/4/2026/0001', recordClass: 'Routine correspondence', retention: 'P5Y', agency: 'ministry', titles: ['Letter of 2 January', 'Your request for our staff list'] });
    expect((await filed(stream)).documents.map(({ sha256 }) => sha256)).to.deep.equal([sha('%PDF scan'), sha('%PDF signed and sealed')]);
    expect(await filed(received)).to.deep.include({ fileNumber: 'FIN/2/2026/0001', agency: 'ministry-of-finance', titles: ['Your request for our staff list'] });
    expect((await filed(received)).documents).to.deep.equal([{ sha256: sha('%PDF signed and sealed'), mediaType: 'application/pdf', bytes: 22, number: 'PS-OUT/2026/0001' }]);
    expect(rig.failures).to.deep.equal([]);

    await rig.runtime.settled((await rig.store.head()).position);
    const manager = { id: 'm', name: 'm', roles: ['manager'], groups: [], active: true } as const;
    const line = async (registry: string): Promise<unknown> => (await rig.registry.books.lines(manager, registry, 2026, {})).items[0];
    expect(await line('PS-IN')).to.deep.include({ number: 'PS-IN/2026/0001', from: 'Ministry of Finance', subject: 'Staff list for the estimates', reference: 'MOF/EST/12', agency: 'ministry' });
    expect(await line('PS-OUT')).to.deep.include({ number: 'PS-OUT/2026/0001', to: 'Ministry of Finance', subject: 'Your request for our staff list', agency: 'ministry' });
    expect(await line('MOF-IN')).to.deep.include({ number: 'MOF-IN/2026/0001', from: 'Ministry of the Public Service', subject: 'Your request for our staff list', reference: 'PS-OUT/2026/0001', agency: 'ministry-of-finance' });
  });

  it('The letter is made from exactly the fields its template asks for, all of them texts or lists of texts.', async () => {
    await upToSignature(await letter());
    const { variables, headers } = rig.made[0]!;
    expect(headers).to.deep.include({ template: 'reply-letter', output: 'reply', registry: 'PS-OUT', classification: 'Open' });
    expect(variables).to.deep.include({
      agencyTitle: 'Ministry of the Public Service', agencyAddress: ['Waterfront', 'Castries', 'Saint Lucia'], addressee: ['The Director of Finance', 'Ministry of Finance', 'Pointe Seraphine', 'Castries'],
      theirReference: 'MOF/EST/12', theirDate: '2026-01-02', salutation: 'Dear Sir or Madam', subject: 'Your request for our staff list', paragraphs: ['We refer to your letter.\r\n\r\nThe list\r\nis enclosed.'],
      closing: 'Yours faithfully', signatoryTitle: 'Permanent Secretary', enclosures: ['Staff list', 'Annex'], copiesTo: [], classification: 'Open', language: 'en-LC',
    });
  });

  it('A private sender without reference and date gets an answer by post: nothing leaves by the exchange.', async () => {
    const { senderName: _name, senderReference: _reference, letterDate: _date, ...rest } = await letter({ senderAgency: 'none', senderOrganisation: 'Ana Sousa', senderAddress: 'Soufriere' });
    const stream = await upToSignature(rest);
    expect(rig.made[0]!.variables).to.deep.include({ addressee: ['Ana Sousa', 'Soufriere'], theirReference: '', theirDate: '' });
    await sign(stream);
    await complete(stream, 'post-reply', undefined, { postedBy: 'post', postedOn: { $: 'date', v: '2026-01-06' } });
    await complete(stream, 'check-dispatch', undefined, { dispatchFound: 'left' });
    await ended(stream);
    expect(await otherCase(stream)).to.equal(undefined);
  });

  it('A redraft keeps its number; without a signature the approval is refused: TASK_SIGNATURE_REQUIRED.', async () => {
    const stream = await upToSignature(await letter());
    const task = await openTask(stream, 'sign-reply');
    const meta = { actor: { person: 'permanent.secretary', groups: ['permanent-secretary'] } };
    await rig.runtime.execute(stream, { type: 'ClaimTask', task: task.id }, meta);
    const unsigned = await rig.runtime.execute(stream, { type: 'CompleteTask', task: task.id, outcome: 'approve', variables: {} }, meta);
    expect(unsigned.outcome === 'rejected' && unsigned.rejection.code).to.equal('TASK_SIGNATURE_REQUIRED');
    await rig.runtime.execute(stream, { type: 'CompleteTask', task: task.id, outcome: 'return', comment: 'Shorter, please.', variables: {} }, meta);
    await rig.quiet();
    await complete(stream, 'draft-reply', undefined, { replyText: 'The list is enclosed with this letter.' });
    await openTask(stream, 'review-reply');
    expect(rig.made).to.have.length(2);
    const reply = (await rig.runtime.inspect(stream))!.state.elements.get(0)!.variables!.get('reply') as unknown as DocumentRef;
    expect(reply.number).to.equal('PS-OUT/2026/0001');
  });

  it('A file number nobody opened is asked for again, and then the letter is put away.', async () => {
    const stream = await start(await letter());
    await complete(stream, 'find-file', 'mark', { fileNumber: 'ADM/4/2026/0009' });
    await complete(stream, 'mark-letter', 'mark', { actionOfficer: 'senior.clerk', urgency: 'urgent' });
    await complete(stream, 'study-letter', 'no-reply', { minute: 'For information.' }, { comment: 'For information.' });
    await complete(stream, 'correct-file', undefined, { fileNumber: '' });
    await ended(stream);
    expect((await rig.runtime.history('series/ADM/4/2026')).length).to.equal(1);
  });

  it('An envelope that was changed on the way is refused and settled by the registry; nothing of it is registered.', async () => {
    const stream = await upToSignature(await letter());
    await sign(stream);
    const first = await until('the letter to arrive', () => otherCase(stream));
    await openTask(first, 'attend-letter');
    const envelope = (await rig.runtime.inspect(first))!.state.elements.get(0)!.variables!.get('envelope') as unknown as DocumentRef;
    const bytes = Buffer.from((await rig.blobs.get(envelope.sha256))!);
    const changed = Buffer.from(bytes.toString('latin1').replace('%PDF signed', '%PDF forged'), 'latin1');
    const forged = { ...envelope, sha256: await rig.blobs.put(changed.equals(bytes) ? Buffer.concat([bytes, Buffer.from('!')]) : changed) };
    await rig.runtime.publishMessage({ name: 'Letter', variables: { envelope: forged as unknown as Json, subject: 's', reference: 'r', inReplyTo: '' } }, META);
    const others = async (): Promise<string[]> => [...new Set((await rig.store.readAll(0, 1_000)).flatMap((commit) => commit.records.map((record) => record.stream)))].filter((one) => !one.includes('/') && one !== stream && one !== first);
    const [refused = ''] = await until('the second envelope', async () => { const found = await others(); return found.length === 1 ? found : undefined; });
    await complete(refused, 'settle-refused', undefined, { settlement: 'reported', settlementNote: 'Reported.' });
    await ended(refused);
    expect((await rig.runtime.history('series/MOF-IN/2026')).flatMap((record) => record.events.map(({ type }) => type))).to.deep.equal(['NumberAllocated', 'LineEntered']);
  });
});
