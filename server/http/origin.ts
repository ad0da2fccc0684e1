/** Protection against cross-site request forgery: where a changing request comes from, and the synchroniser token of its session (OWASP CSRF cheat sheet). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { failure } from './contract/failure.ts';
import type { Session } from './contract/bind.ts';

export interface OriginHeaders {
  readonly host: string;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
}

/**
 * Refuses a changing request that a browser sent for another site. Browsers always say so in Sec-Fetch-Site or Origin; a
 * program that says neither has no cookies of somebody else to abuse.
 */
export function requireOwnOrigin(headers: OriginHeaders, ownOrigins: readonly string[]): void {
  if (headers.fetchSite !== undefined) {
    if (headers.fetchSite === 'same-origin' || headers.fetchSite === 'none') return;
    throw failure('ACCESS_ORIGIN_FOREIGN', { host: headers.host, origin: headers.origin ?? headers.fetchSite });
  }
  if (headers.origin === undefined) return;
  if (ownOrigins.includes(headers.origin) || hostOf(headers.origin) === headers.host) return;
  throw failure('ACCESS_ORIGIN_FOREIGN', { host: headers.host, origin: headers.origin });
}

/** Throws ACCESS_CSRF_TOKEN unless `token` is the one of the session. */
export function requireToken(session: Session, token: unknown): void {
  if (typeof token !== 'string' || !equal(token, session.csrf)) throw failure('ACCESS_CSRF_TOKEN');
}

/** Compares without telling by its duration where two texts differ. */
export function equal(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
