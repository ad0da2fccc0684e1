/** Why an envelope cannot be sent or is not accepted: the table of codes; a refusal reaches the model as ENVELOPE_REFUSED with the code in its message. */
import { fill } from '../../engine/index.ts';

export const ENVELOPE_ERRORS = {
  ENVELOPE_NOTHING_TO_SEND: { message: 'Expected at least one document in {variables}, but there is none', hint: 'Name the variables that hold the documents in the header "documents".' },
  ENVELOPE_RECEIVER_UNKNOWN: { message: 'Expected {receiver} to be an agency, but it is none', hint: 'Give the task the header "to": the unit id of the receiving agency.' },
  ENVELOPE_SENDER_MISSING: { message: 'Expected process {processId} to stand in the pool of an agency, but it does not', hint: 'Give the participant the zeebe:property "group" with the unit id of the agency.' },
  ENVELOPE_CONTENT_LOST: { message: 'Expected the content {sha256} to be stored, but it is not', hint: 'Restore the blob from the backup, then resolve the incident.' },
  ENVELOPE_TOO_LARGE: { message: 'Expected at most {limit} bytes, but there are {found}', hint: 'Send fewer or smaller documents in one envelope.' },
  ENVELOPE_NOT_A_CONTAINER: { message: 'Expected an ASiC-E container, but {found}', hint: 'Ask the sender for the file as it was dispatched.' },
  ENVELOPE_ENTRY: { message: 'Expected only entries of an envelope, each once, but found {entry}', hint: 'The container was not made by an exchange, or was changed: do not open it with other programs.' },
  ENVELOPE_UNLISTED: { message: 'Expected every file to be listed in the signed manifest, but {entry} is not', hint: 'The container was changed after it was sealed.' },
  ENVELOPE_MISSING: { message: 'Expected {entry} to be in the container, but it is not', hint: 'The container was changed after it was sealed.' },
  ENVELOPE_DIGEST: { message: 'Expected {entry} to have the digest of the signed manifest, but it has another', hint: 'The file was changed after the container was sealed.' },
  ENVELOPE_METADATA: { message: 'Expected metadata.json to describe the letter, but {found}', hint: 'The sender uses another version of the exchange.' },
  ENVELOPE_SEAL: { message: 'Expected a valid seal of a trusted agency, but {found}', hint: 'Ask the sender whether its seal certificate was renewed or revoked.' },
  ENVELOPE_FOREIGN_SEAL: { message: 'Expected the seal of {sender}, but it is of {found}', hint: 'Who sealed the container is not who it says it comes from: report it.' },
  ENVELOPE_SENDER_UNKNOWN: { message: 'Expected the sender {sender} to be an agency with this title in the directory, but it is not', hint: 'Ask the administrator to enter the agency.' },
  ENVELOPE_WRONG_RECEIVER: { message: 'Expected an envelope for {wanted}, but it is for {receiver}', hint: 'Return it to the sender with the reason.' },
  ENVELOPE_REFUSED: { message: 'Expected the envelope to hold, but {reason}', hint: 'Settle it with the sender; in the model, catch this error on the task that accepts.' },
  ENVELOPE_REPLAYED: { message: 'Expected message {messageId} to be new, but it was accepted before with another content', hint: 'Somebody used the id of an earlier message again: report it.' },
  ENVELOPE_DUPLICATE: { message: 'Expected message {messageId} to be new, but it was accepted before', hint: 'Nothing has to be done: the letter is registered already.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type EnvelopeCode = keyof typeof ENVELOPE_ERRORS;

/** What is wrong with an envelope. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly code: EnvelopeCode;
  readonly hint: string;

  constructor(code: EnvelopeCode, values: Readonly<Record<string, string>>) {
    const { message, hint } = ENVELOPE_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = hint;
  }
}
