/** Who may read the metrics: who has the token, or, where none is set, a program of this machine (RFC 6750, 2.1). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { failure } from '../http/contract/failure.ts';

/** `token`: what must be sent. `proxied`: a proxy stands in front, so that everybody seems to come from this machine. */
export interface MetricsDoor {
  readonly token?: string;
  readonly proxied: boolean;
}

interface Asked {
  readonly address: string;
  readonly headers: { readonly authorization?: string | undefined; readonly forwarded?: string | undefined; readonly 'x-forwarded-for'?: string | undefined };
}

const CHALLENGE = { headers: { 'WWW-Authenticate': 'Bearer realm="metrics"' } };

/** Throws ACCESS_METRICS_CLOSED. */
export function admitScraper({ token, proxied }: MetricsDoor, { address, headers }: Asked): void {
  if (token !== undefined) {
    const [, sent] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
    if (sent === undefined || !same(sent, token)) throw failure('ACCESS_METRICS_CLOSED', { expected: 'the token of the metrics', found: sent === undefined ? 'there is none' : 'it is another one' }, CHALLENGE);
    return;
  }
  const relayed = proxied || headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined;
  if (relayed || !isLoopback(address)) throw failure('ACCESS_METRICS_CLOSED', { expected: 'a program of this machine', found: relayed ? 'a proxy stands in front' : 'the request comes from elsewhere' }, CHALLENGE);
}

/** RFC 1122, 3.2.1.3 (g); RFC 4291, 2.5.3; IPv4 as IPv6 writes it where a socket listens for both. */
function isLoopback(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, '');
  return isIP(plain) === 4 ? plain.startsWith('127.') : plain === '::1';
}

/** In a time that tells nothing of where they differ. */
function same(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
