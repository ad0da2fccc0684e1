/** A mail server on the loopback address for tests: real SMTP, with TLS, logins, refusals and silence as a test wants them; it keeps what it took. */
import 'reflect-metadata';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** `content`: what came behind DATA. */
export interface Received {
  readonly from: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly content: Buffer;
}

export interface TestSmtp {
  readonly port: number;
  readonly received: readonly Received[];
  /** Recipients that are refused with 550; may be changed. */
  readonly refused: Set<string>;
  stop(): Promise<void>;
}

/** Listens at `port`, or at a free one. Without `options` it speaks no TLS and asks for no login. */
export async function startSmtp(options: SMTPServerOptions = { authOptional: true, disabledCommands: ['STARTTLS'] }, port = 0): Promise<TestSmtp> {
  const received: Received[] = [];
  const refused = new Set<string>();
  const server = new SMTPServer({
    ...options,
    onRcptTo({ address }, _session, callback) {
      callback(refused.has(address) ? Object.assign(new Error(`5.1.1 <${address}> is nobody here`), { responseCode: 550 }) : null);
    },
    onData(stream, { envelope, secure }, callback) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => { parts.push(part); });
      stream.on('end', () => {
        received.push({ from: envelope.mailFrom === false ? '' : envelope.mailFrom.address, to: envelope.rcptTo.map(({ address }) => address), secure, content: Buffer.concat(parts) });
        callback(null, `taken as ${String(received.length)}`);
      });
    },
  });
  // What a client does to it is not a fault of the server.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return { port: (server.server.address() as AddressInfo).port, received, refused, stop: () => new Promise((resolve) => { server.close(() => { resolve(); }); }) };
}

/** Takes connections and says nothing, ever. */
export async function startSilence(): Promise<{ readonly port: number; readonly connected: () => number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { port: (server.address() as AddressInfo).port, connected: () => sockets.size, stop: () => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy();
    server.close(() => { resolve(); });
  }) };
}

/** A certificate for `localhost` that only trusts itself, as PEM. */
export async function selfSigned(): Promise<{ readonly cert: string; readonly key: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=localhost', keys, signingAlgorithm: algorithm, extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])] });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64').replace(/.{64}/g, '$&\n');
  return { cert: certificate.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n` };
}

export interface ReadMail {
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Reads a message of MIME parts (RFC 2045, 2046) as far as tests need it. */
export function readMail(content: Buffer): ReadMail {
  const whole = partOf(content.toString('latin1'));
  const boundary = /boundary="?([^";]+)"?/.exec(whole.headers.get('content-type') ?? '')?.[1];
  if (boundary === undefined) throw new Error('Expected a message of parts, but it has one');
  const parts = whole.body.split(`--${boundary}`).slice(1, -1).map((part) => partOf(part.replace(/^\r\n/, '')));
  const files = new Map<string, Buffer>();
  let text = '';
  for (const { headers, body } of parts) {
    const name = /filename="?([^";]+)"?/.exec(headers.get('content-disposition') ?? '')?.[1];
    const bytes = headers.get('content-transfer-encoding') === 'base64' ? Buffer.from(body, 'base64') : Buffer.from(body, 'latin1');
    if (name === undefined) text = bytes.toString('utf8').replaceAll('\r\n', '\n');
    else files.set(name, bytes);
  }
  return { headers: whole.headers, text, files };
}

function partOf(text: string): { readonly headers: ReadonlyMap<string, string>; readonly body: string } {
  const at = text.indexOf('\r\n\r\n');
  const lines = text.slice(0, at).replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return { headers: new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])), body: text.slice(at + 4) };
}
