/** The page of a failure in plain words: what it means for the person, and a way on. */
import { errorPage } from '../../desk/error.ts';
import type { Session } from '../http/contract/bind.ts';
import type { HttpFailure } from '../http/contract/failure.ts';
import type { Frames } from './shell.ts';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly hint: string;
}

/** Told by their status where the message of the failure is meant for programs. */
function wordsOf(failed: HttpFailure, me: string | undefined): Words {
  const own = { title: failed.title, text: plain(failed.message), hint: failed.hint };
  switch (failed.status) {
    case 403: return failed.code === 'ACCESS_DENIED'
      ? { title: 'This page is not open to you', text: `It is open to: ${lowerFirst(failed.message.split('the rule says: ')[1] ?? 'others')}`, hint: 'If your work needs it, ask an administrator of your agency to check the roles and groups of your post.' }
      : own;
    case 404: return failed.code === 'HTTP_ROUTE_UNKNOWN' || failed.code === 'HTTP_NOT_FOUND'
      ? { title: 'Page not found', text: 'There is nothing at this address, or what was here is not open to you.', hint: 'Check the address, or begin again from the menu above.' } : own;
    case 409: return own.text.startsWith(`${me ?? ''} has completed `) ? { ...own, title: 'This is done already', text: own.text.replace(`${me ?? ''} has`, 'You have') } : own;
    case 422: return failed.code === 'HTTP_KEY_REUSED' ? { title: 'This page was sent before', text: 'What you sent first was recorded. What you changed afterwards was not.', hint: 'Open the task or case again to see how it stands.' } : own;
    case 400: return { title: 'The address or the form is not valid', text: plain(failed.message), hint: failed.hint };
    default: return failed.status >= 500 && failed.code !== 'HTTP_BUSY'
      ? { title: 'Something went wrong on our side', text: 'What you did may not have been recorded. The history of the case shows what was.', hint: 'Try again in a moment. If it happens again, tell your administrator the number below.' } : own;
  }
}

interface Way {
  readonly href: string;
  readonly text: string;
}

/** `first`: ways on that only the page itself knows. */
export function renderFailure(frames: Frames, failed: HttpFailure, about: { readonly requestId: string; readonly session: Session | undefined }, first: readonly Way[] = []): string {
  const { session } = about;
  const { title, text, hint } = wordsOf(failed, session?.person.name);
  const ways = session === undefined ? [{ href: '/sign-in', text: 'Sign in' }]
    : [...first, { href: frames.home(session.person), text: frames.mayWork(session.person) ? 'Go to your tasks' : 'Go to your cases' }, ...(failed.status === 409 && frames.mayWork(session.person) ? [{ href: '/tasks?view=groups', text: 'See what waits in your groups' }] : [])];
  const shell = frames.bare({ csrf: session?.csrf ?? '', key: about.requestId }, session?.person);
  return errorPage({ shell, status: failed.status, title, text, hint, code: failed.code, requestId: about.requestId, ways });
}

/** "Expected X to be open, but A has completed it" -> "A has completed it." */
function plain(message: string): string {
  const reason = /^Expected .*?, but (.*)$/s.exec(message)?.[1];
  if (reason === undefined) return message;
  const task = /^Expected (“[^”]*”)/.exec(message)?.[1];
  const told = task === undefined ? reason : reason.replace(/\bit\b/, task);
  return `${told[0]!.toUpperCase()}${told.slice(1)}${/[.!?]$/.test(told) ? '' : '.'}`;
}

function lowerFirst(text: string): string {
  return text === '' ? text : text[0]!.toLowerCase() + text.slice(1);
}
