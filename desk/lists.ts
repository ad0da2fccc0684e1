/** The cases a person started, and the notices sent to them. */
import { h } from 'preact';
import { ActionForm, Icon } from './controls.ts';
import type { Formats } from './format.ts';
import { StatusTag } from './case.ts';
import type { CaseStatus } from './case.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

export interface CaseItem extends CaseTitle {
  readonly stream: string;
  readonly processName: string;
  readonly status: CaseStatus;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** `mayStart`: this person may start cases at all. */
export function myCasesPage({ shell, formats, items, next, mayStart }: { readonly shell: Shell; readonly formats: Formats; readonly items: readonly CaseItem[]; readonly next: string | undefined; readonly mayStart: boolean }): string {
  return renderPage({ title: 'My cases', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'My cases'),
    items.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'current' }), h('h2', { class: 'govuk-heading-m' }, 'You have not started a case yet'), h('p', null, 'Cases you start are listed here, with where they are and how they ended.'), mayStart ? h('p', null, h('a', { class: 'govuk-link', href: '/start' }, 'Start a case')) : null)
      : h('table', { class: 'govuk-table desk-table', role: 'table' },
          h('caption', { class: 'govuk-visually-hidden' }, 'Cases you started, newest first'),
          h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, ['Case', 'State', 'Started', 'Ended'].map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
          h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, items.map((item) => h('tr', { class: 'govuk-table__row', role: 'row', key: item.stream },
            h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('a', { class: 'govuk-link desk-table__link', href: `/cases/${item.stream}` }, caseReference(item)), item.subject === null ? null : h('span', { class: 'desk-about' }, item.subject), h('span', { class: 'desk-sub' }, item.processName)),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'State' }, h('div', null, h(StatusTag, { status: item.status }))),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Started' }, h('div', null, formats.moment(item.startedAt))),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Ended' }, h('div', null, item.endedAt === null ? h('span', { class: 'desk-muted' }, 'Not yet') : formats.moment(item.endedAt))))))),
    next === undefined ? null : h('div', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'Next page')),
  ]);
}

export interface NoticeItem {
  readonly key: string;
  readonly subject: string;
  readonly text: string;
  readonly at: string;
  readonly stream: string | undefined;
  /** What its case is called; null where it has no name of its own. */
  readonly reference: string | null;
  readonly fresh: boolean;
}

export function noticesPage({ shell, formats, items }: { readonly shell: Shell; readonly formats: Formats; readonly items: readonly NoticeItem[] }): string {
  return renderPage({ title: 'Notices', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Notices'),
    items.some((item) => item.fresh) ? h(ActionForm, { action: '/notices/read', text: 'Mark all as read', kind: 'secondary', csrf: shell.keys, name: 'read' }) : null,
    items.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'done' }), h('h2', { class: 'govuk-heading-m' }, 'There are no notices'), h('p', null, 'Notices tell you what happened in a case without asking you to do anything, for example that leave of a colleague was approved.'))
      : h('ul', { class: 'desk-notices' }, items.map((item) => h('li', { class: `desk-notice${item.fresh ? ' desk-notice--fresh' : ''}`, key: item.key },
          h('h2', { class: 'desk-notice__title' }, item.subject, item.fresh ? [' ', h('strong', { class: 'govuk-tag govuk-tag--turquoise' }, 'New')] : null),
          h('p', { class: 'desk-notice__text desk-lines' }, formats.sentence(item.text)),
          h('p', { class: 'desk-sub' }, h('time', { dateTime: item.at }, formats.moment(item.at)), item.stream === undefined ? null : [' · ', h('a', { class: 'govuk-link', href: `/cases/${item.stream}` }, item.reference === null ? 'Open the case' : `Open case ${item.reference}`)])))),
  ]);
}
