/** The events of an envelope, in one stream for each message: what was dispatched, and what was accepted. Titles and subjects are private. */

export function envelopeStream(messageId: string): string {
  return `envelope/${messageId}`;
}

interface EnvelopeFacts {
  readonly messageId: string;
  readonly conversation: string;
  /** Unit ids of the agencies. */
  readonly from: string;
  readonly to: string;
  /** Of the container. */
  readonly sha256: string;
  readonly bytes: number;
  readonly documents: readonly string[];
  /** The case on this side. */
  readonly stream: string;
  readonly at: string;
  readonly subject: string;
}

/** `documents`: SHA-256 of each. `certificate`: SHA-256 of that of the seal. */
export type EnvelopeDispatched = EnvelopeFacts & { readonly type: 'EnvelopeDispatched'; readonly sealedBy: string; readonly certificate: string };

/** `requestedBy`: the job that accepted it; a repeat of that job is no second acceptance. */
export type EnvelopeAccepted = EnvelopeFacts & { readonly type: 'EnvelopeAccepted'; readonly requestedBy: string; readonly sealedBy: string; readonly certificate: string };

export type EnvelopeEvent = EnvelopeDispatched | EnvelopeAccepted;

/** The fields that hold personal data: encrypted at rest. */
export const EXCHANGE_PRIVATE_FIELDS: Readonly<Record<string, readonly string[]>> = { EnvelopeDispatched: ['subject'], EnvelopeAccepted: ['subject'] };
