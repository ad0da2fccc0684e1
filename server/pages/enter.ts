/** The door of pages that take long texts: session, token and rule are asked here, so that nothing typed is lost when a session has ended. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Session } from '../http/contract/bind.ts';
import { failure } from '../http/contract/failure.ts';
import { RULES } from '../http/contract/rules.ts';
import type { ResourceRule, Resource } from '../http/contract/rules.ts';
import type { Person } from '../ports/directory.ts';
import type { Drafts } from './drafts.ts';
import type { PagesNeeds, Typed } from './needs.ts';

/** The fields of a form with free names: texts, repeated ones as lists. */
export const typedBody = z.record(z.string().max(200), z.union([z.string(), z.array(z.string())])).default({});

/** The name of the token field: the app takes `_csrf` away before a page sees its fields. */
export const TOKEN_FIELD = 'token';

interface Arrival {
  readonly session: Session | undefined;
  readonly person: Person | undefined;
  readonly body: Typed;
}

/** The session and person when everything is in order; else where the browser goes to sign in. Throws ACCESS_CSRF_TOKEN, ACCESS_DENIED. */
export async function enter(needs: PagesNeeds, drafts: Drafts, arrival: Arrival, page: string, rule: ResourceRule, locate: () => Promise<Resource>): Promise<{ readonly session: Session; readonly person: Person } | { readonly redirect: string }> {
  const { session, person, body } = arrival;
  const owner = body['person'];
  if (session === undefined || person === undefined) {
    const token = typeof owner === 'string' && owner !== '' ? await drafts.keep(owner, page, body) : undefined;
    return { redirect: `/sign-in?next=${encodeURIComponent(token === undefined ? page : `${page}?kept=${token}`)}` };
  }
  const given = body[TOKEN_FIELD];
  if (typeof given !== 'string' || !same(given, session.csrf)) throw failure('ACCESS_CSRF_TOKEN');
  const denied = (): Error => failure('ACCESS_DENIED', { person: person.id, rule, says: RULES[rule].says });
  if (needs.authorise(rule, person) !== 'granted') throw denied();
  if (needs.authorise(rule, person, await locate()) !== 'granted') throw denied();
  return { session, person };
}

function same(left: string, right: string): boolean {
  const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
