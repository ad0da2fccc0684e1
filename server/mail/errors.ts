/** Why a letter was not taken by the mail server: the table of codes. The log of the program tells the messages of all but MAIL_REFUSED, which may hold addresses. */
import { fill } from '../../engine/index.ts';

export const MAIL_ERRORS = {
  MAIL_SERVER_UNREACHABLE: { message: 'Expected the mail server {server} to answer, but {reason}', hint: 'Check host and port of PITON_SMTP_URL, the name service and the firewall. It is tried again by itself.' },
  MAIL_TLS_FAILED: { message: 'Expected a connection to {server} that TLS protects, but {reason}', hint: 'Name the server as its certificate does; give the root of an authority of your own by NODE_EXTRA_CA_CERTS. A server that speaks TLS from the first byte is smtps://, one without any TLS needs ?tls=none.' },
  MAIL_LOGIN_REFUSED: { message: 'Expected {server} to accept the account of PITON_SMTP_URL, but {reason}', hint: 'Check account and password; in an address they are percent-encoded (@ is %40).' },
  MAIL_REFUSED: { message: 'Expected {server} to take a letter from {from} to {to}, but {reason}', hint: 'Check PITON_MAIL_FROM, PITON_ANCHOR_MAIL, and what the mail server lets this account send. An answer that begins with 4 may pass by itself.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type MailCode = keyof typeof MAIL_ERRORS;

/** `code` from MAIL_ERRORS. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: MailCode;
  readonly hint: string;

  constructor(code: MailCode, values: Readonly<Record<string, string>>) {
    const { message, hint } = MAIL_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = hint;
  }
}
