/** The pages of data stores (BPMN 2.0.2, 10.4.1): the registers that outlive their cases, their entries, and who wrote what when. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { Json } from '../engine/index.ts';
import type { DataStoreEntryBody, DataStoreWriteBody } from '../server/http/contract/data-stores.ts';
import { Button, Icon, SummaryList } from './controls.ts';
import { count, words } from './format.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

/** Who wrote an entry, as people call them. */
export interface WriterView extends CaseTitle {
  readonly stream: string;
  readonly processName: string;
  readonly step: string;
  readonly agencyName: string | undefined;
}

type EntryView = DataStoreEntryBody & WriterView;

/** The address of a store, with what is looked for. */
export function dataStoreAddress(store: string, { search, after }: { readonly search?: string | undefined; readonly after?: string | undefined } = {}): string {
  const asked = new URLSearchParams(Object.entries({ search: search ?? '', after: after ?? '' }).filter(([, value]) => value !== '')).toString();
  return `/data-stores/${encodeURIComponent(store)}${asked === '' ? '' : `?${asked}`}`;
}

function entryAddress(store: string, key: string, writes = false): string {
  return `/data-stores/${encodeURIComponent(store)}/entry?key=${encodeURIComponent(key)}${writes ? '&writes=all#writes' : ''}`;
}

const MEANS = 'What cases keep beyond their end: each entry as it was written last. Cases change them, people do not.';

export function dataStoresPage({ shell, stores }: { readonly shell: Shell; readonly stores: readonly { readonly store: string; readonly entries: number }[] }): string {
  return renderPage({ title: 'Data stores', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Data stores'),
    stores.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'paper' }), h('h2', { class: 'govuk-heading-m' }, 'Nothing is kept yet'), h('p', null, 'A data store appears here when the first case has written into it. A procedure writes where its drawing has an arrow to a data store.'))
      : [h('p', { class: 'govuk-body desk-muted', key: 'means' }, MEANS),
          table('Data stores by name', ['Data store', 'Entries'], stores.map(({ store, entries }) => h('tr', { class: 'govuk-table__row', role: 'row', key: store },
            rowHead(h('a', { class: 'govuk-link desk-table__link', href: dataStoreAddress(store) }, store)), cell('Entries', String(entries)))))],
  ]);
}

export interface DataStorePage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly store: string;
  /** What the keys begin with. */
  readonly search: string;
  readonly entries: readonly EntryView[];
  readonly next: string | undefined;
  /** Not the first page. */
  readonly further: boolean;
}

export function dataStorePage(page: DataStorePage): string {
  const { shell, formats, store, search, entries, next, further } = page;
  return renderPage({ title: store, shell }, [
    h('a', { href: '/data-stores', class: 'govuk-back-link' }, 'All data stores'),
    h('h1', { class: 'govuk-heading-l' }, store),
    h('form', { method: 'get', action: dataStoreAddress(store), class: 'desk-filter', role: 'search', 'aria-label': 'Entries' },
      h('div', { class: 'govuk-form-group govuk-form-group--wide' },
        h('label', { class: 'govuk-label', for: 'search' }, 'Entry begins with'),
        h('input', { class: 'govuk-input', id: 'search', name: 'search', type: 'text', value: search, spellcheck: false, maxLength: 1_000 })),
      h(Button, { text: 'Find entries', kind: 'secondary' })),
    entries.length === 0 ? h(NoEntry, { store, search })
      : table(search === '' ? `Entries of ${store}, in order` : `Entries of ${store} that begin with ${search}, the last one first`, ['Entry', 'Holds', 'Written', 'By'], entries.map((entry) => h(EntryRow, { entry, formats, key: entry.key }))),
    h('div', { class: 'desk-pages' },
      further ? h('a', { class: 'govuk-link', href: dataStoreAddress(store, { search }) }, 'Back to the first page') : null,
      next === undefined ? null : h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'Next page')),
  ]);
}

function NoEntry({ store, search }: { readonly store: string; readonly search: string }): JSX.Element {
  return h('div', { class: 'desk-empty' }, h(Icon, { name: 'paper' }),
    h('h2', { class: 'govuk-heading-m' }, search === '' ? 'There is nothing here' : 'No entry begins so'),
    h('p', null, search === '' ? 'No case has written into a data store of this name, or nothing in it is yours to see.' : 'Capital and small letters are different ones.'),
    search === '' ? null : h('p', null, h('a', { class: 'govuk-link', href: dataStoreAddress(store) }, 'Show all entries')));
}

/** The parts that are told in a list. */
const SHOWN = 3;

function EntryRow({ entry, formats }: { readonly entry: EntryView; readonly formats: Formats }): JSX.Element {
  const lines = formats.lines(entry.value);
  return h('tr', { class: 'govuk-table__row', role: 'row' },
    rowHead(h('a', { class: 'govuk-link desk-table__link', href: entryAddress(entry.store, entry.key) }, keyWords(entry.key))),
    cell('Holds', h('span', { class: 'desk-lines' }, [...lines.slice(0, SHOWN), ...(lines.length > SHOWN ? ['…'] : [])].join('\n'))),
    cell('Written', formats.moment(entry.writtenAt)),
    cell('By', entry.processName, h('span', { class: 'desk-sub' }, caseReference(entry))));
}

function keyWords(key: string): string {
  return key === '' ? 'Without a key' : key;
}

export interface EntryPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly entry: EntryView;
  /** Every write, newest first; undefined while nobody has asked. */
  readonly writes: readonly (DataStoreWriteBody & WriterView)[] | undefined;
  /** As many as are told. */
  readonly most: number;
}

export function entryPage({ shell, formats, entry, writes, most }: EntryPage): string {
  const { store, key, version } = entry;
  return renderPage({ title: `${keyWords(key)} – ${store}`, shell }, [
    h('a', { href: dataStoreAddress(store), class: 'govuk-back-link' }, `All entries of ${store}`),
    h('div', { class: 'desk-heading' },
      h('span', { class: 'govuk-caption-l' }, store), h('h1', { class: 'govuk-heading-l' }, keyWords(key)),
      h(SummaryList, { rows: [
        { name: 'Written', value: [formats.moment(entry.writtenAt), h('span', { class: 'desk-sub' }, version === 1 ? 'for the first time' : `for the ${ordinal(version)} time`)] },
        { name: 'By the case', value: h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/cases/${entry.stream}` }, caseReference(entry)) },
        { name: 'At the step', value: [entry.step, h('span', { class: 'desk-sub' }, entry.processName)] },
        ...(entry.agencyName === undefined ? [] : [{ name: 'Agency', value: entry.agencyName }]),
      ] })),
    h('h2', { class: 'govuk-heading-m' }, 'What it holds'), h('div', { class: 'desk-heading' }, h(Value, { value: entry.value, formats })),
    h('h2', { class: 'govuk-heading-m', id: 'writes' }, 'How it came about'),
    writes === undefined
      ? h('p', null, version === 1 ? 'It was written once.' : h('a', { class: 'govuk-link', href: entryAddress(store, key, true) }, `Show all ${count(version, 'write')}`))
      : h(Writes, { writes, formats, more: version > writes.length, most }),
  ]);
}

/** A context part by part; anything else as it is. */
function Value({ value, formats }: { readonly value: Json; readonly formats: Formats }): JSX.Element {
  const isContext = typeof value === 'object' && value !== null && !Array.isArray(value) && !('$' in value);
  if (!isContext || Object.keys(value).length === 0) return h('p', { class: 'govuk-body desk-lines' }, formats.value(value));
  return h(SummaryList, { rows: Object.entries(value).map(([name, part]) => ({ name: words(name), value: h('span', { class: 'desk-lines' }, formats.value(part)) })) });
}

function Writes({ writes, formats, more, most }: { readonly writes: readonly (DataStoreWriteBody & WriterView)[]; readonly formats: Formats; readonly more: boolean; readonly most: number }): JSX.Element {
  return h('div', null,
    more ? h('p', { class: 'desk-muted' }, writes.length >= most ? `The latest ${String(most)} are shown.` : 'Those that are yours to see are shown.') : null,
    table('Writes of this entry, newest first', ['Written', 'Held then', 'By the case', 'Record'], writes.map((write) => h('tr', { class: 'govuk-table__row', role: 'row', key: write.record },
      rowHead(formats.moment(write.writtenAt)),
      cell('Held then', h('span', { class: 'desk-lines' }, formats.value(write.value))),
      cell('By the case', h('a', { class: 'govuk-link govuk-link--no-visited-state', href: `/cases/${write.stream}` }, caseReference(write)), h('span', { class: 'desk-sub' }, `${write.processName}, ${write.step}`)),
      cell('Record', `No. ${String(write.record)}`)))));
}

function ordinal(number: number): string {
  const ends: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  const teens = number % 100 > 10 && number % 100 < 14;
  return `${String(number)}${teens ? 'th' : ends[number % 10] ?? 'th'}`;
}

function table(caption: string, heads: readonly string[], rows: readonly JSX.Element[]): JSX.Element {
  return h('table', { class: 'govuk-table desk-table', role: 'table', key: 'table' },
    h('caption', { class: 'govuk-visually-hidden' }, caption),
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, heads.map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, rows));
}

function rowHead(...children: ComponentChildren[]): JSX.Element {
  return h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, ...children);
}

/** On narrow screens every cell says its own name. */
function cell(name: string, ...children: (JSX.Element | string)[]): JSX.Element {
  return h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name }, h('div', null, ...children));
}
