/** For managers and administrators: all cases with a filter, and the incidents where a case waits for a repair. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { STATUS_WORDS, StatusTag } from './case.ts';
import type { CaseStatus } from './case.ts';
import { ActionForm, Button, Icon } from './controls.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

export interface FoundItem extends CaseTitle {
  readonly stream: string;
  readonly processName: string;
  readonly status: CaseStatus;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** `search`: a business key or a registration number. */
export interface CaseFilterView {
  readonly process: string;
  readonly status: string;
  readonly search: string;
}

export interface AllCasesPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly filter: CaseFilterView;
  readonly processes: readonly { readonly id: string; readonly name: string }[];
  readonly items: readonly FoundItem[];
  readonly next: string | undefined;
  readonly further: boolean;
}

export function allCasesPage(page: AllCasesPage): string {
  const { shell, filter, items, formats } = page;
  const filtered = filter.process !== '' || filter.status !== '' || filter.search !== '';
  return renderPage({ title: 'All cases', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'All cases'),
    h(Filter, { page }),
    items.length === 0 ? h(Nothing, { filtered })
      : table('Cases, newest first', ['Case', 'State', 'Started by', 'Started', 'Ended'], items.map((item) => h('tr', { class: 'govuk-table__row', role: 'row', key: item.stream },
        h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('a', { class: 'govuk-link desk-table__link', href: `/cases/${item.stream}` }, caseReference(item)), item.subject === null ? null : h('span', { class: 'desk-about' }, item.subject), h('span', { class: 'desk-sub' }, item.processName)),
        cell('State', h(StatusTag, { status: item.status })), cell('Started by', item.startedBy), cell('Started', formats.moment(item.startedAt)),
        cell('Ended', item.endedAt === null ? h('span', { class: 'desk-muted' }, 'Not yet') : formats.moment(item.endedAt))))),
    h('div', { class: 'desk-pages' },
      page.further ? h('a', { class: 'govuk-link', href: `/cases/all?${query(filter)}` }, 'Back to the first page') : null,
      page.next === undefined ? null : h('a', { class: 'govuk-link', href: page.next, rel: 'next' }, 'Next page')),
  ]);
}

/** The address of a filter, without what is not chosen. */
export function query(filter: CaseFilterView): string {
  return new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
}

function Filter({ page }: { readonly page: AllCasesPage }): JSX.Element {
  const { filter, processes } = page;
  const select = (id: string, label: string, all: string, chosen: string, choices: readonly (readonly [value: string, text: string])[]): JSX.Element => h('div', { class: 'govuk-form-group', key: id },
    h('label', { class: 'govuk-label', for: id }, label),
    h('select', { class: 'govuk-select', id, name: id }, h('option', { value: '' }, all), choices.map(([value, text]) => h('option', { value, selected: value === chosen, key: value }, text))));
  return h('form', { method: 'get', action: '/cases/all', class: 'desk-filter', role: 'search', 'aria-label': 'Cases' },
    h('div', { class: 'govuk-form-group govuk-form-group--wide' },
      h('label', { class: 'govuk-label', for: 'search' }, 'Business key or registration number'),
      h('input', { class: 'govuk-input', id: 'search', name: 'search', type: 'text', value: filter.search, spellcheck: false, maxLength: 200 })),
    select('process', 'Procedure', 'All procedures', filter.process, processes.map(({ id, name }) => [id, name] as const)),
    select('status', 'State', 'All states', filter.status, Object.entries(STATUS_WORDS).map(([value, { text }]) => [value, text] as const)),
    h(Button, { text: 'Find cases', kind: 'secondary' }));
}

function Nothing({ filtered }: { readonly filtered: boolean }): JSX.Element {
  return h('div', { class: 'desk-empty' }, h(Icon, { name: 'paper' }),
    h('h2', { class: 'govuk-heading-m' }, filtered ? 'No case fits' : 'There are no cases yet'),
    h('p', null, filtered ? 'Keys and numbers are found only when they are written in full, as PS-IN/2026/0001.' : 'Every case appears here as soon as somebody starts it.'),
    filtered ? h('p', null, h('a', { class: 'govuk-link', href: '/cases/all' }, 'Show all cases')) : null);
}

export interface IncidentItem {
  readonly stream: string;
  readonly reference: string | null;
  readonly incident: number;
  readonly processName: string;
  readonly element: string;
  readonly code: string;
  readonly message: string;
  readonly at: string;
}

export interface IncidentsPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly items: readonly IncidentItem[];
  readonly next: string | undefined;
}

export function incidentsPage({ shell, formats, items, next }: IncidentsPage): string {
  return renderPage({ title: 'Incidents', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Incidents'),
    items.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'done' }), h('h2', { class: 'govuk-heading-m' }, 'No case is stuck'), h('p', null, 'When a step fails again and again, its case waits here until the cause is repaired and somebody lets it try once more.'))
      : [h('p', { class: 'govuk-body desk-muted', key: 'means' }, 'Each of these cases waits at a step that failed. Repair the cause, then let it try again.'),
          table('Incidents, newest first', ['Step', 'Cause', 'Case', 'Since', 'Action'], items.map((item) => h(IncidentRow, { item, shell, formats, key: `${item.stream}/${String(item.incident)}` })))],
    next === undefined ? null : h('div', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'Next page')),
  ]);
}

function IncidentRow({ item, shell, formats }: { readonly item: IncidentItem; readonly shell: Shell; readonly formats: Formats }): JSX.Element {
  const action = `/incidents/${item.stream}/${String(item.incident)}/resolve`;
  return h('tr', { class: 'govuk-table__row desk-table__row--late', role: 'row' },
    h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('strong', null, item.element), h('span', { class: 'desk-sub' }, item.processName)),
    cell('Cause', h('span', { class: 'desk-lines' }, item.message), h('span', { class: 'desk-sub' }, item.code)),
    cell('Case', h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/cases/${item.stream}` }, caseReference(item))),
    cell('Since', formats.moment(item.at)),
    cell('Action', h(ActionForm, { action, text: 'Try again', kind: 'secondary', csrf: shell.keys, name: `resolve-${item.stream}-${String(item.incident)}` })));
}

function table(caption: string, heads: readonly string[], rows: readonly JSX.Element[]): JSX.Element {
  return h('table', { class: 'govuk-table desk-table', role: 'table', key: 'table' },
    h('caption', { class: 'govuk-visually-hidden' }, caption),
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, heads.map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, rows));
}

function cell(name: string, ...children: (JSX.Element | string)[]): JSX.Element {
  return h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name }, h('div', null, ...children));
}
