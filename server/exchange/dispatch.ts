/**
 * The job `exchange-dispatch` of a send task: packs documents into a sealed envelope for another agency. The act is the event
 * EnvelopeDispatched; a repeat after it brings the same envelope, so that one letter leaves once.
 */
import { createHash } from 'node:crypto';
import type { Json, Variables } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import { documentsIn } from '../ports/documents.ts';
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { Sealer } from '../ports/signing.ts';
import type { CommandMeta, Runtime } from '../runtime/types.ts';
import { CONTAINER_TYPE, pathOf, sealEnvelope } from './container.ts';
import type { Enclosed } from './container.ts';
import { EnvelopeError } from './errors.ts';
import { envelopeStream } from './events.ts';
import type { EnvelopeDispatched, EnvelopeEvent } from './events.ts';

export const SYSTEM: CommandMeta = { actor: { person: 'system', groups: [] } };

export interface DispatchNeeds {
  readonly runtime: Pick<Runtime, 'change'>;
  readonly blobs: Pick<BlobStore, 'get' | 'put'>;
  readonly attempts: Attempts;
  readonly directory: Pick<Directory, 'groupExists' | 'groupTitle'>;
  readonly sealer: Pick<Sealer, 'sealDetached'>;
  readonly clock: Clock;
}

/**
 * Headers: `documents` (variables, separated by commas), `to` (unit id of the receiving agency), `subject`. Brings `envelope`
 * (DocumentRef) and `dispatch` `{messageId, to, at}`. Throws ENVELOPE_... codes.
 */
export function exchangeDispatch(needs: DispatchNeeds): JobHandler {
  return {
    type: 'exchange-dispatch',
    async run(job): Promise<Variables> {
      const messageId = messageIdOf(job.key);
      const earlier = await dispatched(needs.runtime, messageId);
      return brought(earlier ?? await dispatch(needs, job, messageId));
    },
  };
}

/** The same for every attempt of a job. */
export function messageIdOf(jobKey: string): string {
  return createHash('sha256').update(`message ${jobKey}`).digest('hex').slice(0, 32);
}

async function dispatch(needs: DispatchNeeds, job: Job, messageId: string): Promise<EnvelopeDispatched> {
  const { runtime, blobs, attempts, directory, sealer, clock } = needs;
  const { agency: from, key, stream, conversation, headers } = job;
  const to = headers['to']?.trim() ?? '';
  if (from === undefined) throw new EnvelopeError('ENVELOPE_SENDER_MISSING', { processId: job.processId });
  if (to === '' || !directory.groupExists(to)) throw new EnvelopeError('ENVELOPE_RECEIVER_UNKNOWN', { receiver: to === '' ? 'nothing' : to });
  const documents = await enclose(job, blobs);
  const sentAt = clock.now();
  const subject = headers['subject']?.trim() ?? '';
  const { bytes, seal } = await sealEnvelope({
    messageId, conversation, sender: { id: from, title: directory.groupTitle(from) }, receiver: { id: to, title: directory.groupTitle(to) }, sentAt, subject: subject === '' ? documents[0]!.title : subject,
  }, documents, sealer);
  await attempts.begin({ key, kind: 'send', stream, sha256: createHash('sha256').update(bytes).digest('hex'), at: sentAt });
  const sha256 = await blobs.put(bytes);
  let event: EnvelopeDispatched = {
    type: 'EnvelopeDispatched', messageId, conversation, from, to, sha256, bytes: bytes.length, documents: documents.map((document) => document.sha256), stream, at: sentAt,
    subject: subject === '' ? documents[0]!.title : subject, sealedBy: seal.name, certificate: seal.certificate,
  };
  await runtime.change<EnvelopeEvent>(envelopeStream(messageId), 'DispatchEnvelope', SYSTEM, (earlier) => {
    const first = earlier.find((known) => known.type === 'EnvelopeDispatched');
    if (first === undefined) return [event];
    // Two deliveries of the job at once: the first envelope is the one that left.
    event = first;
    return [];
  });
  await attempts.done(key);
  return event;
}

async function enclose({ headers, variables }: Job, blobs: Pick<BlobStore, 'get'>): Promise<Enclosed[]> {
  const names = (headers['documents'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const named: Record<string, Json> = Object.fromEntries(names.map((name) => [name, variables[name] ?? null]));
  const documents = documentsIn(named);
  if (documents.length === 0) throw new EnvelopeError('ENVELOPE_NOTHING_TO_SEND', { variables: names.join(', ') });
  return Promise.all(documents.map(async (document, index): Promise<Enclosed> => {
    const content = await blobs.get(document.sha256);
    if (content === undefined) throw new EnvelopeError('ENVELOPE_CONTENT_LOST', { sha256: document.sha256 });
    const { documentId, title, fileName, mediaType, sha256, number, kind, language, classification } = document;
    return {
      path: pathOf(index, fileName), documentId, title, fileName, mediaType, bytes: content.length, sha256, content,
      ...(number !== undefined && { number }), ...(kind !== undefined && { kind }), ...(language !== undefined && { language }), ...(classification !== undefined && { classification }),
    };
  }));
}

async function dispatched(runtime: Pick<Runtime, 'change'>, messageId: string): Promise<EnvelopeDispatched | undefined> {
  let found: EnvelopeDispatched | undefined;
  await runtime.change<EnvelopeEvent>(envelopeStream(messageId), 'ReadEnvelope', SYSTEM, (earlier) => {
    found = earlier.find((event) => event.type === 'EnvelopeDispatched');
    return [];
  });
  return found;
}

function brought({ messageId, from, to, sha256, bytes, at, subject, sealedBy, certificate }: EnvelopeDispatched): Variables {
  const envelope: DocumentRef = {
    documentId: `envelope-${messageId}`, title: `Envelope: ${subject}`, fileName: `${messageId}.asice`, mediaType: CONTAINER_TYPE, bytes, sha256, state: 'sealed',
    signatures: [{ kind: 'seal', by: from, name: sealedBy, at, certificate }],
  };
  return { envelope: envelope as unknown as Json, dispatch: { messageId, to, at } };
}
