/** Why a notice cannot be sent: the table of codes; in a job they become the message of its incident. */
import { fill } from '../../engine/index.ts';

export const NOTICE_ERRORS = {
  NOTICE_WITHOUT_RECEIVER: { message: 'Expected notice {key} to name a receiver, but it names none', hint: 'Give the task the header "to": an account, a unit, a post or a group.' },
  NOTICE_WITHOUT_SUBJECT: { message: 'Expected notice {key} to have a subject, but it has none', hint: 'Give the task the header "subject".' },
  NOTICE_RECEIVER_UNKNOWN: { message: 'Expected {receiver} to be an account or a group, but it is neither', hint: 'Correct the header "to", or create the post or group.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

/** A notice that cannot be sent; its message names the code. */
export class NoticeError extends Error {
  override readonly name = 'NoticeError';
  readonly code: keyof typeof NOTICE_ERRORS;
  readonly hint: string;

  constructor(code: keyof typeof NOTICE_ERRORS, values: Readonly<Record<string, string>>) {
    const { message, hint } = NOTICE_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = hint;
  }
}
