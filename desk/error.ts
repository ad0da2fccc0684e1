/** The page of a failure: what happened in plain words, what can be done now, and the number to quote. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';

export interface ErrorPage {
  readonly shell: Shell;
  readonly status: number;
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  readonly code: string;
  readonly requestId: string;
  readonly ways: readonly { readonly href: string; readonly text: string }[];
}

export function errorPage(page: ErrorPage): string {
  return renderPage({ title: page.title, shell: page.shell }, [
    h('div', { class: 'desk-narrow' },
      h('h1', { class: 'govuk-heading-l' }, page.title),
      h('p', { class: 'govuk-body' }, page.text),
      page.hint === '' ? null : h('p', { class: 'govuk-body' }, page.hint),
      page.ways.length === 0 ? null : h(Ways, { ways: page.ways }),
      h('p', { class: 'desk-muted desk-reference' }, `For your administrator: ${page.code} · ${page.requestId}`)),
  ]);
}

function Ways({ ways }: { readonly ways: ErrorPage['ways'] }): JSX.Element {
  return h('ul', { class: 'govuk-list' }, ways.map((way) => h('li', { key: way.href }, h('a', { class: 'govuk-link', href: way.href }, way.text))));
}
