/** Signing in and out (cookie session with a synchroniser token), and the person's own password. */
import { z } from 'zod';
import { ROLES } from '../../ports/directory.ts';
import { defineRoute } from './route.ts';

export const AccountName = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'Lower-case letters, digits, dot and hyphen, at most 63.');
/** Long enough to need no other rule (NIST SP 800-63B-4, 3.1.1.2), short enough to hash at once. */
export const NewPassword = z.string().min(12, 'At least 12 characters.').max(200, 'At most 200 characters.');

const SessionBody = z.object({
  person: z.object({
    id: z.string(), name: z.string(), roles: z.array(z.enum(ROLES)), post: z.string().optional(), postTitle: z.string().optional(),
    unit: z.string().optional(), groups: z.array(z.string()),
    standsFor: z.array(z.object({ id: z.string(), name: z.string(), groups: z.array(z.string()), until: z.string() })).optional()
      .meta({ description: 'Officers this person stands in for now; `until` is the last day.' }),
  }),
  csrf: z.string().meta({ description: 'Send it back in X-CSRF-Token with every changing request.' }),
  signedInAt: z.string(),
  idleUntil: z.string(),
  until: z.string(),
}).meta({ id: 'Session' });

export const signIn = defineRoute({
  operationId: 'signIn', method: 'post', path: '/api/v1/session', area: 'session', access: 'public',
  summary: 'Sign in; an older session of the same browser ends.',
  description: 'Repeated failures make the next attempts wait (429 with Retry-After).',
  secrets: ['password'],
  body: z.strictObject({ account: z.string().min(1).max(200), password: z.string().min(1).max(200) }),
  responses: { 201: SessionBody },
});

export const getSession = defineRoute({
  operationId: 'getSession', method: 'get', path: '/api/v1/session', area: 'session', access: 'signed-in',
  summary: 'Who is signed in, and until when.',
  responses: { 200: SessionBody },
});

export const signOut = defineRoute({
  operationId: 'signOut', method: 'delete', path: '/api/v1/session', area: 'session', access: 'signed-in',
  summary: 'Sign out.',
  responses: { 204: null },
});

export const SESSION_ROUTES = [signIn, getSession, signOut];
