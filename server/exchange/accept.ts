/**
 * The job `exchange-accept` of the receiving pool: checks the whole envelope before anything of it is taken over. What does not
 * hold is the BPMN error ENVELOPE_REFUSED, so that the model says who settles it; the reason is its message.
 */
import type { Json, Variables } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import { asDocument } from '../ports/documents.ts';
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import { BpmnError } from '../ports/job-handler.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { Verifier } from '../ports/signing.ts';
import type { Refusal, Runtime } from '../runtime/types.ts';
import { CONTAINER_TYPE, openEnvelope } from './container.ts';
import type { Enclosed, OpenedEnvelope } from './container.ts';
import { SYSTEM } from './dispatch.ts';
import { EnvelopeError } from './errors.ts';
import { envelopeStream } from './events.ts';
import type { EnvelopeAccepted, EnvelopeEvent } from './events.ts';

export interface AcceptNeeds {
  readonly runtime: Pick<Runtime, 'change'>;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly attempts: Attempts;
  readonly directory: Pick<Directory, 'groupExists' | 'groupTitle'>;
  readonly verifier: Pick<Verifier, 'verifyDetached'>;
  readonly clock: Clock;
}

/** Reads the variable `envelope`. Brings `received` (DocumentRefs, state received) and `from` `{agency, title, subject, sentAt, messageId}`. */
export function exchangeAccept(needs: AcceptNeeds): JobHandler {
  return {
    type: 'exchange-accept',
    async run(job): Promise<Variables> {
      const envelope = asDocument(job.variables['envelope']);
      const bytes = envelope && await needs.blobs.get(envelope.sha256);
      if (envelope !== undefined && bytes === undefined) throw new EnvelopeError('ENVELOPE_CONTENT_LOST', { sha256: envelope.sha256 });
      try {
        if (envelope?.mediaType !== CONTAINER_TYPE || bytes === undefined) throw new EnvelopeError('ENVELOPE_NOT_A_CONTAINER', { found: 'the message brought none' });
        const opened = await openEnvelope(bytes, needs.verifier);
        checkParties(opened, job, needs.directory);
        return await accept(needs, job, envelope.sha256, bytes.length, opened);
      } catch (error) {
        if (!(error instanceof EnvelopeError)) throw error;
        const refused = new EnvelopeError('ENVELOPE_REFUSED', { reason: `${error.code}: ${error.message}` });
        throw new BpmnError(refused.code, refused.message);
      }
    },
  };
}

function checkParties({ metadata: { sender, receiver } }: OpenedEnvelope, { agency }: Job, directory: AcceptNeeds['directory']): void {
  if (agency === undefined || receiver.id !== agency) throw new EnvelopeError('ENVELOPE_WRONG_RECEIVER', { wanted: agency ?? 'nobody', receiver: receiver.id });
  if (!directory.groupExists(sender.id) || directory.groupTitle(sender.id) !== sender.title) throw new EnvelopeError('ENVELOPE_SENDER_UNKNOWN', { sender: sender.id });
}

async function accept({ runtime, blobs, attempts, clock }: AcceptNeeds, job: Job, sha256: string, bytes: number, { metadata, documents, seal }: OpenedEnvelope): Promise<Variables> {
  const { messageId, conversation, sender, receiver, subject, sentAt } = metadata;
  const at = clock.now();
  const judge = (earlier: readonly EnvelopeEvent[]): 'new' | 'mine' | Refusal => {
    const first = earlier.find((known) => known.type === 'EnvelopeAccepted');
    if (first === undefined) return 'new';
    if (first.sha256 !== sha256) return repeated('ENVELOPE_REPLAYED', messageId);
    return first.requestedBy === job.key ? 'mine' : repeated('ENVELOPE_DUPLICATE', messageId);
  };
  const send = async (decide: (verdict: 'new' | 'mine') => readonly EnvelopeEvent[]): Promise<void> => {
    const answer = await runtime.change<EnvelopeEvent>(envelopeStream(messageId), 'AcceptEnvelope', SYSTEM, (earlier) => {
      const verdict = judge(earlier);
      return typeof verdict === 'string' ? decide(verdict) : verdict;
    });
    if (answer.outcome === 'rejected') throw new EnvelopeError(answer.rejection.code as RepeatCode, { messageId });
  };
  // What came before is refused before anything of it is stored.
  await send(() => []);
  // Before the event that names them (ports/blob-store.ts).
  for (const [index, document] of documents.entries()) {
    await attempts.begin({ key: `${job.key}/${String(index)}`, kind: 'upload', stream: job.stream, sha256: document.sha256, at });
    await blobs.put(document.content);
  }
  const event: EnvelopeAccepted = {
    type: 'EnvelopeAccepted', messageId, conversation, from: sender.id, to: receiver.id, sha256, bytes, documents: documents.map((document) => document.sha256), stream: job.stream, at, subject,
    requestedBy: job.key, sealedBy: seal.name, certificate: seal.certificate,
  };
  await send((verdict) => (verdict === 'new' ? [event] : []));
  for (const index of documents.keys()) await attempts.done(`${job.key}/${String(index)}`);
  const received = documents.map(receivedOf);
  return { received: received as unknown as Json, from: { agency: sender.id, title: sender.title, subject, sentAt, messageId } };
}

type RepeatCode = 'ENVELOPE_DUPLICATE' | 'ENVELOPE_REPLAYED';

/** What the sender said of its own signatures is left out: the file itself is asked. */
function receivedOf({ documentId, title, fileName, mediaType, bytes, sha256, number, kind, language, classification }: Enclosed): DocumentRef {
  return {
    documentId, title, fileName, mediaType, bytes, sha256, state: 'received',
    ...(number !== undefined && { number }), ...(kind !== undefined && { kind }), ...(language !== undefined && { language }), ...(classification !== undefined && { classification }),
  };
}

function repeated(code: RepeatCode, messageId: string): Refusal {
  const { message, hint } = new EnvelopeError(code, { messageId });
  return { code, message, hint };
}
