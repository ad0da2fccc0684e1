/** The register (ISO 15489-1, registration): the letters of one book and year, newest first, as the registry keeps them on paper. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { RegisterLineBody } from '../server/http/contract/registry.ts';
import { Icon } from './controls.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';

/** `href`: of the register in its newest year. */
export interface RegisterTab {
  readonly name: string;
  readonly href: string;
  readonly current: boolean;
}

export interface RegisterPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly tabs: readonly RegisterTab[];
  /** The register that is shown; undefined when there is none yet. */
  readonly registry: string | undefined;
  readonly year: number;
  readonly years: readonly { readonly year: number; readonly href: string }[];
  readonly lines: readonly RegisterLineBody[];
  readonly next: string | undefined;
  /** Where a letter is registered; undefined for those who may not. */
  readonly newLetter: string | undefined;
}

export function registerPage(page: RegisterPage): string {
  const { shell, tabs, registry, year, years, lines, next, newLetter } = page;
  return renderPage({ title: registry === undefined ? 'Registers' : `Register ${registry}, ${String(year)}`, shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Registers and files'),
    newLetter === undefined ? null : h('p', null, h('a', { class: 'govuk-button', href: newLetter }, 'Register a letter')),
    h(RegisterTabs, { tabs }),
    years.length < 2 ? null : h('p', null, 'Year: ', years.map((other, index) => [index === 0 ? '' : ' · ', other.year === year ? h('strong', { key: other.year }, String(year)) : h('a', { class: 'govuk-link', href: other.href, key: other.year }, String(other.year))])),
    lines.length === 0 ? h(Nothing, null) : h(Lines, { page }),
    next === undefined ? null : h('div', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'Earlier letters')),
  ]);
}

/** The registers, and the files beside them. */
export function RegisterTabs({ tabs }: { readonly tabs: readonly RegisterTab[] }): JSX.Element {
  return h('nav', { class: 'desk-tabs', 'aria-label': 'Registers' }, h('ul', { class: 'desk-tabs__list' }, tabs.map((tab) =>
    h('li', { key: tab.name }, h('a', { class: `desk-tabs__tab${tab.current ? ' desk-tabs__tab--current' : ''}`, href: tab.href, ...(tab.current && { 'aria-current': 'page' }) }, tab.name)))));
}

function Nothing(): JSX.Element {
  return h('div', { class: 'desk-empty' }, h(Icon, { name: 'current' }), h('h2', { class: 'govuk-heading-m' }, 'Nothing is registered yet'),
    h('p', null, 'A letter gets its number and its line here when the registry enters it, or when it leaves the house.'));
}

function Lines({ page: { registry = '', year, lines, formats } }: { readonly page: RegisterPage }): JSX.Element {
  const isOutgoing = lines.some((line) => line.to !== undefined);
  const heads = ['Number', isOutgoing ? 'Given' : 'Received', isOutgoing ? 'To' : 'From', 'Subject', 'Their reference', 'Case'];
  return h('table', { class: 'govuk-table desk-table', role: 'table' },
    h('caption', { class: 'govuk-visually-hidden' }, `Register ${registry} of ${String(year)}, newest first`),
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, heads.map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, lines.map((line) => h('tr', { class: 'govuk-table__row', role: 'row', key: line.number },
      h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('span', { class: 'desk-register__number' }, line.void === undefined ? line.number : h('del', null, line.number)),
        line.void === undefined ? null : h('span', { class: 'desk-sub' }, `Struck out: ${line.void === '' ? 'reason erased' : line.void}`)),
      h(Cell, { name: heads[1]! }, h('time', { dateTime: line.at, class: 'desk-register__date' }, formats.moment(line.at))),
      h(Cell, { name: heads[2]! }, line.from ?? line.to ?? h(Empty, null)),
      h(Cell, { name: 'Subject' }, line.subject ?? h(Empty, null)),
      h(Cell, { name: 'Their reference' }, line.reference ?? h(Empty, null)),
      h(Cell, { name: 'Case' }, h('a', { class: 'govuk-link', href: `/cases/${line.instanceId}`, 'aria-label': `Open the case of ${line.number}` }, 'Open'))))));
}

function Cell({ name, children }: { readonly name: string; readonly children?: ComponentChildren }): JSX.Element {
  return h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name }, h('div', null, children));
}

function Empty(): JSX.Element {
  return h('span', { class: 'desk-muted' }, 'Not written');
}
