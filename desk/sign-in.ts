/** Signing in, and the set-up of the first administrator on an installation without accounts. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { Button, ErrorSummary, HiddenFields } from './controls.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';

export interface SignInPage {
  readonly shell: Shell;
  readonly account: string;
  /** Where the browser goes afterwards; a path of this site. */
  readonly next: string;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
  /** Says that what was typed is safe. */
  readonly kept: boolean;
  /** Example accounts of a demonstration, if there are any. */
  readonly hint: string | undefined;
}

interface Entry {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly value?: string;
  readonly hint?: string;
  readonly autocomplete: string;
}

export function signInPage(page: SignInPage): string {
  return renderPage({ title: 'Sign in', shell: page.shell, density: 'public', failed: page.errors.length > 0 }, [
    h('div', { class: 'desk-narrow' },
      h(ErrorSummary, { errors: page.errors }),
      h('h1', { class: 'govuk-heading-xl' }, 'Sign in'),
      page.kept ? h('div', { class: 'govuk-inset-text' }, 'Your session has ended. What you typed was kept: sign in and it is there again.') : null,
      h('form', { method: 'post', action: '/sign-in', noValidate: true },
        h(HiddenFields, { csrf: page.shell.keys, name: 'sign-in', values: { next: page.next } }),
        h(Box, { entry: { name: 'account', label: 'Account name', type: 'text', value: page.account, autocomplete: 'username' }, errors: page.errors }),
        h(Box, { entry: { name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' }, errors: page.errors }),
        h(Button, { text: 'Sign in' })),
      page.hint === undefined ? null : h('div', { class: 'desk-demo' }, h('h2', { class: 'govuk-heading-s' }, 'Demonstration accounts'), h('p', { class: 'desk-lines' }, page.hint)),
      h('p', { class: 'desk-muted' }, 'Forgotten your password? An administrator of your agency can set a new one.')),
  ]);
}

export interface SetUpPage {
  readonly shell: Shell;
  readonly account: string;
  readonly name: string;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
}

export function setUpPage(page: SetUpPage): string {
  return renderPage({ title: 'Set up the first administrator', shell: page.shell, density: 'public', failed: page.errors.length > 0 }, [
    h('div', { class: 'desk-narrow' },
      h(ErrorSummary, { errors: page.errors }),
      h('h1', { class: 'govuk-heading-xl' }, 'Set up the first administrator'),
      h('p', { class: 'govuk-body' }, 'This installation has no accounts yet. The code was printed where the service was started; whoever can read it may make the first account, once.'),
      h('form', { method: 'post', action: '/setup', noValidate: true },
        h(HiddenFields, { csrf: page.shell.keys, name: 'set-up' }),
        h(Box, { entry: { name: 'code', label: 'Set-up code', type: 'text', autocomplete: 'one-time-code' }, errors: page.errors }),
        h(Box, { entry: { name: 'account', label: 'Account name', type: 'text', value: page.account, hint: 'Small letters, digits, points and hyphens, for example a.permanent-secretary.', autocomplete: 'username' }, errors: page.errors }),
        h(Box, { entry: { name: 'name', label: 'Name', type: 'text', value: page.name, hint: 'As it appears in the history of cases.', autocomplete: 'name' }, errors: page.errors }),
        h(Box, { entry: { name: 'password', label: 'Password', type: 'password', hint: 'At least 12 characters. Three or four words that do not belong together are easy to remember.', autocomplete: 'new-password' }, errors: page.errors }),
        h(Button, { text: 'Make the account' }))),
  ]);
}

function Box({ entry, errors }: { readonly entry: Entry; readonly errors: SignInPage['errors'] }): JSX.Element {
  const error = errors.find((candidate) => candidate.target === entry.name)?.message;
  const described = [...(entry.hint === undefined ? [] : [`${entry.name}-hint`]), ...(error === undefined ? [] : [`${entry.name}-error`])];
  return h('div', { class: `govuk-form-group${error === undefined ? '' : ' govuk-form-group--error'}` },
    h('label', { class: 'govuk-label', for: entry.name }, entry.label),
    entry.hint === undefined ? null : h('div', { class: 'govuk-hint', id: `${entry.name}-hint` }, entry.hint),
    error === undefined ? null : h('p', { class: 'govuk-error-message', id: `${entry.name}-error` }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), error),
    h('input', { class: `govuk-input${error === undefined ? '' : ' govuk-input--error'}`, id: entry.name, name: entry.name, type: entry.type, value: entry.value ?? '', autocomplete: entry.autocomplete, autocapitalize: 'none', spellcheck: false, ...(described.length > 0 && { 'aria-describedby': described.join(' ') }) }));
}
