/** The handlers of signing in and out over the API. */
import { bind } from './contract/bind.ts';
import type { HttpModule, Session } from './contract/bind.ts';
import { failure } from './contract/failure.ts';
import type { Sessions } from './contract/services.ts';
import { getSession, signIn, signOut } from './contract/session.ts';

export function sessionModule(sessions: Sessions): HttpModule {
  return {
    name: 'session',
    routes: [
      bind(signIn, async ({ body, address, cookies }) => {
        const answer = await sessions.signIn({ ...body, address, cookies });
        if (answer.outcome === 'throttled') throw failure('ACCESS_THROTTLED', { seconds: answer.seconds }, { headers: { 'Retry-After': String(answer.seconds) } });
        if (answer.outcome === 'wrong') throw failure('ACCESS_CREDENTIALS_WRONG');
        return { status: 201, body: told(answer.session), headers: { 'Set-Cookie': answer.cookie } };
      }),
      bind(getSession, async ({ session }) => ({ status: 200, body: told(session) })),
      bind(signOut, async ({ cookies }) => ({ status: 204, headers: { 'Set-Cookie': await sessions.signOut(cookies), 'Clear-Site-Data': '"cache"' } })),
    ],
  };
}

function told({ person, csrf, signedInAt, idleUntil, until }: Session): Omit<Session, 'person'> & { readonly person: Omit<Session['person'], 'active'> } {
  const { active: _active, ...shown } = person;
  return { person: shown, csrf, signedInAt, idleUntil, until };
}
