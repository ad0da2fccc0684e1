/** The jobs of the exchange: a letter leaves once and is taken in once, and what does not hold is refused with a reason. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Json, Variables } from '../../../engine/index.ts';
import { sealEnvelope } from '../../../server/exchange/container.ts';
import type { EnvelopeEvent } from '../../../server/exchange/events.ts';
import { exchangeJobs, EXCHANGE_PRIVATE_FIELDS } from '../../../server/exchange/index.ts';
import type { DocumentRef } from '../../../server/ports/documents.ts';
import type { Job, JobHandler } from '../../../server/ports/job-handler.ts';
import { startRuntime } from '../runtime/support.ts';
import type { TestRuntime } from '../runtime/support.ts';
import { createAttempts, createSeals, directory, TITLES } from './support.ts';

const FINANCE = 'ministry-of-finance';

describe('The jobs of the exchange', () => {
  let rig: TestRuntime;
  let attempts: ReturnType<typeof createAttempts>;
  let seals: ReturnType<typeof createSeals>;
  let dispatch: JobHandler;
  let accept: JobHandler;
  let reply: DocumentRef;

  beforeEach(async () => {
    rig = await startRuntime({ privateFields: EXCHANGE_PRIVATE_FIELDS });
    attempts = createAttempts();
    seals = createSeals();
    [dispatch, accept] = exchangeJobs({ runtime: () => rig.runtime, blobs: rig.blobs, attempts, directory, sealer: seals, verifier: seals, clock: rig.time.clock }) as [JobHandler, JobHandler];
    const content = Buffer.from('%PDF-1.7 the reply');
    reply = {
      documentId: 'case-reply', title: 'Reply to circular 4', fileName: 'PS-OUT-2026-0001.pdf', mediaType: 'application/pdf', bytes: content.length, sha256: await rig.blobs.put(content), state: 'sealed', number: 'PS-OUT/2026/0001',
      signatures: [{ kind: 'seal', by: 'ministry', name: 'Seal', at: '2026-01-05T09:00:00.000Z', certificate: 'c' }],
    };
  });
  afterEach(async () => { await rig.stop(); });

  const sending = (headers: Readonly<Record<string, string>> = {}, change: Partial<Job> = {}): Promise<Variables> => dispatch.run({
    key: 'case/9', stream: 'case', elementId: 'dispatch', processId: 'correspondence', version: 1, conversation: 'talk', agency: 'ministry',
    headers: { documents: 'reply,attachments', to: FINANCE, subject: 'Budget circular 4', ...headers }, variables: { reply: reply as unknown as Json }, ...change,
  });
  const accepting = (envelope: Json | undefined, change: Partial<Job> = {}): Promise<Variables> => accept.run({
    key: 'other/2', stream: 'other', elementId: 'accept', processId: 'incoming', version: 1, conversation: 'talk', agency: FINANCE, headers: {}, variables: envelope === undefined ? {} : { envelope }, ...change,
  });
  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: unknown) => (error as { readonly code: string }).code);
  /** The code of the refusal, which the model takes as ENVELOPE_REFUSED. */
  const refusalOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
    } catch (error) {
      const { code, message } = error as { readonly code: string; readonly message: string };
      return code === 'ENVELOPE_REFUSED' ? /but (ENVELOPE_\w+):/.exec(message)?.[1] ?? message : `not refused: ${code}`;
    }
    return 'accepted';
  };
  const events = async (messageId: string): Promise<EnvelopeEvent[]> => (await rig.runtime.history(`envelope/${messageId}`)).flatMap((record) => record.events as readonly EnvelopeEvent[]);
  const messageIdIn = (brought: Variables): string => (brought['dispatch'] as { readonly messageId: string }).messageId;
  /** An envelope of anybody's making, stored as if it had come by the wire. */
  const stored = async (change: { readonly messageId?: string; readonly sender?: string; readonly receiver?: string; readonly text?: string; readonly title?: string }): Promise<Json> => {
    const { messageId = 'm7', sender = 'ministry', receiver = FINANCE, text = 'other', title = TITLES[sender] ?? sender } = change;
    const content = Buffer.from(text);
    const { bytes } = await sealEnvelope({ messageId, conversation: 'talk', subject: 's', sentAt: rig.time.clock.now(), sender: { id: sender, title }, receiver: { id: receiver, title: receiver } },
      [{ path: 'documents/01.pdf', documentId: 'd', title: 't', fileName: 'd.pdf', mediaType: 'application/pdf', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex'), content }], seals);
    return { ...(await sending())['envelope'] as object, sha256: await rig.blobs.put(bytes), bytes: bytes.length };
  };

  it('exchange-dispatch brings a sealed envelope and the proof of dispatch; a repeat brings the same one, and nothing is left over.', async () => {
    const first = await sending();
    expect(first['envelope']).to.deep.include({ mediaType: 'application/vnd.etsi.asic-e+zip', state: 'sealed' });
    expect(first['dispatch']).to.deep.include({ to: FINANCE, at: rig.time.clock.now() });
    await rig.time.advance(60_000);
    expect(await sending()).to.deep.equal(first);
    const told = await events(messageIdIn(first));
    expect(told.map(({ type }) => type)).to.deep.equal(['EnvelopeDispatched']);
    expect(told[0]).to.deep.include({ from: 'ministry', to: FINANCE, conversation: 'talk', documents: [reply.sha256], subject: 'Budget circular 4', stream: 'case' });
    expect(attempts.open.size).to.equal(0);
  });

  it('Two deliveries of the job at once send one envelope.', async () => {
    const [one, two] = await Promise.all([sending(), sending()]);
    expect(one).to.deep.equal(two);
    expect(await events(messageIdIn(one))).to.have.length(1);
  });

  it('A crash between storing and recording leaves an attempt that is known, and the next one sends.', async () => {
    let cut = true;
    const [cutDispatch] = exchangeJobs({
      runtime: () => ({ change: (stream, type, ...rest) => { if (cut && type === 'DispatchEnvelope') throw new Error('cut'); return rig.runtime.change(stream, type, ...rest); } }),
      blobs: rig.blobs, attempts, directory, sealer: seals, verifier: seals, clock: rig.time.clock,
    });
    const whole = dispatch;
    dispatch = cutDispatch!;
    expect(await sending().then(() => 'sent', (error: unknown) => (error as Error).message)).to.equal('cut');
    const [left] = [...attempts.open.values()];
    expect(left!.kind).to.equal('send');
    expect(await rig.blobs.has(left!.sha256)).to.equal(true);
    cut = false;
    dispatch = whole;
    expect(await events(messageIdIn(await sending()))).to.have.length(1);
  });

  it('Without documents, content, sender or receiver nothing leaves: ENVELOPE_NOTHING_TO_SEND, ENVELOPE_CONTENT_LOST, ENVELOPE_SENDER_MISSING, ENVELOPE_RECEIVER_UNKNOWN.', async () => {
    expect(await codeOf(sending({ documents: 'nothing' }))).to.equal('ENVELOPE_NOTHING_TO_SEND');
    expect(await codeOf(sending({}, { variables: { reply: { ...reply, sha256: 'f'.repeat(64) } as unknown as Json } }))).to.equal('ENVELOPE_CONTENT_LOST');
    for (const to of ['', 'nowhere']) expect(await codeOf(sending({ to }))).to.equal('ENVELOPE_RECEIVER_UNKNOWN');
    const { agency: _agency, ...job } = { key: 'k', stream: 's', elementId: 'e', processId: 'p', version: 1, conversation: 'c', agency: '', headers: { documents: 'reply', to: FINANCE }, variables: { reply: reply as unknown as Json } };
    expect(await codeOf(dispatch.run(job))).to.equal('ENVELOPE_SENDER_MISSING');
  });

  it('exchange-accept takes in the documents as received and records it; a repeat of the job brings the same.', async () => {
    const sent = await sending();
    const first = await accepting(sent['envelope']);
    const { signatures: _signatures, ...described } = reply;
    expect(first['received']).to.deep.equal([{ ...described, state: 'received' }]);
    expect(first['from']).to.deep.equal({ agency: 'ministry', title: TITLES['ministry'], subject: 'Budget circular 4', sentAt: rig.time.clock.now(), messageId: messageIdIn(sent) });
    expect(await accepting(sent['envelope'])).to.deep.equal(first);
    const told = await events(messageIdIn(sent));
    expect(told.map(({ type }) => type)).to.deep.equal(['EnvelopeDispatched', 'EnvelopeAccepted']);
    expect(told[1]).to.deep.include({ from: 'ministry', to: FINANCE, stream: 'other', documents: [reply.sha256] });
    expect(attempts.open.size).to.equal(0);
  });

  it('The same envelope in another case is a duplicate, another content under its id is a replay: ENVELOPE_DUPLICATE, ENVELOPE_REPLAYED.', async () => {
    const sent = await sending();
    await accepting(sent['envelope']);
    expect(await refusalOf(accepting(sent['envelope'], { key: 'third/2', stream: 'third' }))).to.equal('ENVELOPE_DUPLICATE');
    expect(await refusalOf(accepting(await stored({ messageId: messageIdIn(sent) }), { key: 'third/2', stream: 'third' }))).to.equal('ENVELOPE_REPLAYED');
    expect(await rig.blobs.has(createHash('sha256').update('other').digest('hex'))).to.equal(false);
    expect(await events(messageIdIn(sent))).to.have.length(2);
  });

  it('An envelope for somebody else, from nobody, or that is none is refused: ENVELOPE_WRONG_RECEIVER, ENVELOPE_SENDER_UNKNOWN, ENVELOPE_FOREIGN_SEAL, ENVELOPE_NOT_A_CONTAINER.', async () => {
    expect(await refusalOf(accepting(await stored({ receiver: 'ministry' })))).to.equal('ENVELOPE_WRONG_RECEIVER');
    expect(await refusalOf(accepting(await stored({}), { agency: 'ministry' }))).to.equal('ENVELOPE_WRONG_RECEIVER');
    expect(await refusalOf(accepting(await stored({ sender: FINANCE, title: TITLES['ministry']! })))).to.equal('ENVELOPE_FOREIGN_SEAL');
    seals = Object.assign(seals, createSeals(['ministry', FINANCE, 'stranger']));
    expect(await refusalOf(accepting(await stored({ sender: 'stranger' })))).to.equal('ENVELOPE_SENDER_UNKNOWN');
    for (const none of [undefined, 'text', reply as unknown as Json]) expect(await refusalOf(accepting(none))).to.equal('ENVELOPE_NOT_A_CONTAINER');
    const { envelope } = await sending();
    expect(await codeOf(accepting({ ...envelope as object, sha256: 'f'.repeat(64) }))).to.equal('ENVELOPE_CONTENT_LOST');
  });

  it('The subject does not stand legibly in the log; hashes, agencies and times do.', async () => {
    const sent = await sending();
    await accepting(sent['envelope']);
    const bytes = Buffer.concat((await rig.store.readAll(0, 1_000)).map(({ body }) => Buffer.from(body))).toString('latin1');
    expect(bytes).to.include(reply.sha256).and.include('EnvelopeAccepted');
    expect(bytes).to.not.include('Budget circular');
  });
});
