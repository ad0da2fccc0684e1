/** metadata.json of an envelope: from whom to whom, in which conversation, about what, with which documents. Signed with the manifest. */
import { z } from 'zod';
import { EnvelopeError } from './errors.ts';

export const PROFILE = 'urn:piton:exchange:1';

const Text = z.string().max(1_000);
const Id = z.string().regex(/^[A-Za-z0-9_-]{1,200}$/);
const Agency = z.strictObject({ id: Id, title: Text });
const Instant = z.iso.datetime();

/** `path`: name of its entry in the container. */
const SentDocument = z.strictObject({
  path: z.string().max(200), documentId: z.string().regex(/^[^:]{1,200}$/), title: Text, fileName: z.string().min(1).max(200), mediaType: z.string().regex(/^[\w.+-]+\/[\w.+-]+$/).max(200),
  bytes: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/),
  number: Text.optional(), kind: Text.optional(), language: Text.optional(), classification: Text.optional(),
});

export const Metadata = z.strictObject({
  profile: z.literal(PROFILE), messageId: Id, conversation: Id, sender: Agency, receiver: Agency, subject: Text, sentAt: Instant, documents: z.array(SentDocument).min(1).max(250),
});

export type Metadata = z.infer<typeof Metadata>;
export type SentDocument = z.infer<typeof SentDocument>;

export function writeMetadata(metadata: Metadata): Uint8Array {
  return Buffer.from(`${JSON.stringify(metadata, null, 2)}\n`);
}

/** Throws ENVELOPE_METADATA. */
export function readMetadata(content: Uint8Array): Metadata {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    throw new EnvelopeError('ENVELOPE_METADATA', { found: 'it is no JSON' });
  }
  const read = Metadata.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new EnvelopeError('ENVELOPE_METADATA', { found: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` });
}
