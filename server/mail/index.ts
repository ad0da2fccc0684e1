/** Mail through an SMTP server (RFC 5321, RFC 6409): implements the mail port with nodemailer. Certificates are always verified, and TLS is demanded where the address asks for it. */
import { createTransport } from 'nodemailer';
import type { Letter, Mail } from '../ports/mail.ts';
import { MailError } from './errors.ts';
import type { SmtpServer } from './smtp-url.ts';

export interface MailNeeds {
  readonly server: SmtpServer;
  /** Address of the sender. */
  readonly from: string;
  /** Of every wait for the server; tests only. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 30_000;

/** Each letter has a connection of its own: there are few of them. Its `send` rejects with a {@link MailError}. */
export function openMail({ server, from, patienceMs = PATIENCE_MS }: MailNeeds): Mail {
  const { host, port, tls, login } = server;
  const transport = createTransport({
    host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none', tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(login && { auth: { user: login.account, pass: login.password } }),
    connectionTimeout: patienceMs, greetingTimeout: patienceMs, socketTimeout: patienceMs, dnsTimeout: patienceMs,
    // What is enclosed are bytes: a letter never makes the program read a file or an address.
    disableFileAccess: true, disableUrlAccess: true,
  });
  return {
    async send(letter, signal) {
      try {
        const { response } = await transport.sendMail({ ...composed(letter, from), ...(signal && { signal }) });
        return response;
      } catch (error) {
        throw told(error, server, from, letter.to);
      }
    },
  };
}

function composed({ id, to, subject, text, enclosures }: Letter, from: string) {
  return {
    from: { name: '', address: from }, to: { name: '', address: to }, subject, text, messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // RFC 3834: nobody who is away answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: enclosures.map(({ name, type, content }) => ({ filename: name, contentType: type, content: Buffer.from(content), contentTransferEncoding: 'base64' as const })),
  };
}

/** What nodemailer tells of a failure. `originalCode`: of the system or of TLS. */
interface Failure {
  readonly code?: string;
  readonly originalCode?: string;
  readonly responseCode?: number;
  readonly response?: string;
  readonly message: string;
}

const OF_TLS = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|EPROTO$)/;
const ANSWER_LENGTH = 300;

function told(error: unknown, { host, port }: SmtpServer, from: string, to: string): MailError {
  const { code = '', originalCode = '', responseCode, response, message } = error as Failure;
  const server = `${host}:${String(port)}`;
  // An answer may repeat addresses: it is told in full only where addresses are told anyway.
  const reason = responseCode === undefined ? withoutAnswer(message) : `it answered ${String(responseCode)}`;
  if (code === 'ETLS' || OF_TLS.test(originalCode)) return new MailError('MAIL_TLS_FAILED', { server, reason });
  if (code === 'EAUTH') return new MailError('MAIL_LOGIN_REFUSED', { server, reason });
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return new MailError('MAIL_REFUSED', { server, from, to, reason: response === undefined ? reason : `it answered ${oneLine(response)}` });
  return new MailError('MAIL_SERVER_UNREACHABLE', { server, reason });
}

function withoutAnswer(message: string): string {
  return oneLine(message.replace(/ response=.*$/s, ''));
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, ANSWER_LENGTH);
}
