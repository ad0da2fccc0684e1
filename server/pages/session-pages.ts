/** The pages of signing in and out, the way in, and the first administrator. */
import { z } from 'zod';
import { setUpPage, signInPage } from '../../desk/sign-in.ts';
import { bindPage } from '../http/contract/bind.ts';
import type { BoundPage } from '../http/contract/bind.ts';
import { HttpFailure } from '../http/contract/failure.ts';
import { definePage } from '../http/contract/route.ts';
import type { PageContext, PagesNeeds } from './needs.ts';
import type { Frames } from './shell.ts';

const text = z.string().max(2_000).catch('');
const nextQuery = z.object({ next: z.string().max(2_000).optional() });

const home = definePage({ name: 'home', method: 'get', path: '/', access: 'public' });
const signInForm = definePage({ name: 'sign-in-form', method: 'get', path: '/sign-in', access: 'public', query: nextQuery });
const signIn = definePage({ name: 'sign-in', method: 'post', path: '/sign-in', access: 'public', body: z.object({ account: text, password: text, next: text }), bodyLimit: 16_384 });
const signOut = definePage({ name: 'sign-out', method: 'post', path: '/sign-out', access: 'public' });
const setUpForm = definePage({ name: 'set-up-form', method: 'get', path: '/setup', access: 'public' });
const setUp = definePage({ name: 'set-up', method: 'post', path: '/setup', access: 'public', body: z.object({ code: text, account: text, name: text, password: text }), bodyLimit: 16_384 });

/** Which box a refusal belongs to, and what it says there. */
const SET_UP_REFUSALS: Readonly<Record<string, { readonly target: string; readonly says: string }>> = {
  SETUP_CODE_WRONG: { target: 'code', says: 'This is not the code that was printed at start' },
  ORGANIZATION_PASSWORD_WEAK: { target: 'password', says: 'This password is too easy to guess' },
};

interface PageError {
  readonly target: string;
  readonly message: string;
}

/** A path of this site; anything else (another site, a scheme, a protocol-relative address) becomes the way in. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[^\s\\]*$/.test(next) ? next : '/';
}

export function sessionPages(needs: PagesNeeds, frames: Frames): BoundPage[] {
  const showSignIn = (context: PageContext, next: string, account: string, errors: readonly PageError[]): string =>
    signInPage({ shell: frames.bare({ csrf: '', key: context.key }, undefined), account, next, errors, kept: next.includes('kept='), hint: needs.demo });
  return [
    bindPage(home, async ({ session }) => {
      if (session !== undefined) return { redirect: frames.home(session.person) };
      return { redirect: needs.firstAdministrator.needed() ? '/setup' : '/sign-in' };
    }),
    bindPage(signInForm, async (context) => {
      if (needs.firstAdministrator.needed()) return { redirect: '/setup' };
      const next = ownPath(context.query.next);
      return context.session === undefined ? { html: showSignIn(context, next, '', []) } : { redirect: next };
    }),
    bindPage(signIn, async (context) => {
      const { account, password, next } = context.body;
      const missing: PageError[] = [...(account.trim() === '' ? [{ target: 'account', message: 'Enter your account name' }] : []), ...(password === '' ? [{ target: 'password', message: 'Enter your password' }] : [])];
      if (missing.length > 0) return { html: showSignIn(context, ownPath(next), account, missing), status: 422 };
      const answer = await needs.sessions.signIn({ account: account.trim(), password, address: context.address, cookies: context.cookies });
      if (answer.outcome === 'signed-in') return { redirect: ownPath(next), headers: { 'Set-Cookie': answer.cookie } };
      const message = answer.outcome === 'throttled' ? `There were too many failed sign-ins. Wait ${String(answer.seconds)} seconds, then try again` : 'Account name and password do not match. Check both';
      return { html: showSignIn(context, ownPath(next), account, [{ target: 'account', message }]), status: answer.outcome === 'throttled' ? 429 : 401 };
    }),
    bindPage(signOut, async ({ cookies }) => ({ redirect: '/sign-in', headers: { 'Set-Cookie': await needs.sessions.signOut(cookies), 'Clear-Site-Data': '"cache"' } })),
    ...setUpPages(needs, frames),
  ];
}

function setUpPages(needs: PagesNeeds, frames: Frames): BoundPage[] {
  return [
    bindPage(setUpForm, async (context) => {
      if (!needs.firstAdministrator.needed()) return { redirect: '/sign-in' };
      return { html: setUpPage({ shell: frames.bare({ csrf: '', key: context.key }, undefined), account: '', name: '', errors: [] }) };
    }),
    bindPage(setUp, async (context) => {
      const { code, account, name, password } = context.body;
      const show = (errors: readonly PageError[]): { html: string; status: number } =>
        ({ html: setUpPage({ shell: frames.bare({ csrf: '', key: context.key }, undefined), account, name, errors }), status: 422 });
      if (!needs.firstAdministrator.needed()) return { redirect: '/sign-in' };
      const labels = { code: 'the set-up code', account: 'an account name', name: 'a name', password: 'a password' };
      const missing = Object.entries(labels).filter(([field]) => context.body[field as keyof typeof labels].trim() === '').map(([target, label]) => ({ target, message: `Enter ${label}` }));
      if (missing.length > 0) return show(missing);
      try {
        const { position } = await needs.firstAdministrator.create({ code: code.trim(), account: account.trim(), name: name.trim(), password }, context.meta);
        // The directory must know the account before it can sign in.
        await needs.runtime.settled(position);
        const answer = await needs.sessions.signIn({ account: account.trim(), password, address: context.address, cookies: context.cookies });
        return { redirect: '/', position, ...(answer.outcome === 'signed-in' && { headers: { 'Set-Cookie': answer.cookie } }) };
      } catch (error) {
        if (!(error instanceof HttpFailure) || error.status >= 500) throw error;
        const { target, says } = SET_UP_REFUSALS[error.code] ?? { target: 'account', says: 'This account cannot be made' };
        return show([{ target, message: `${says}. ${error.hint}` }]);
      }
    }),
  ];
}
