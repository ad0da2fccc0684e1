/** What was put on a file (ISO 15489-1, records): the file number, how long it is kept, each document with the hash of its content. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { Button, Icon, SummaryList } from './controls.ts';
import type { Formats } from './format.ts';
import { durationText, sizeText } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { RegisterTabs } from './register.ts';
import type { RegisterTab } from './register.ts';

/** `retention`: ISO 8601 duration, or words of the schedule. `sha256`: hex, of the stored bytes. */
export interface FiledView {
  readonly recordId: string;
  readonly fileNumber: string;
  readonly title: string;
  readonly recordClass: string;
  readonly retention: string;
  readonly filedAt: string;
  readonly instanceId: string;
  readonly documents: readonly { readonly sha256: string; readonly bytes: number; readonly title: string; readonly number?: string }[];
}

export interface FilesPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly tabs: readonly RegisterTab[];
  readonly series: readonly { readonly series: string; readonly title: string; readonly recordClass: string; readonly retention: string }[];
  readonly chosen: { readonly fileNumber: string; readonly series: string };
  readonly records: readonly FiledView[];
  readonly next: string | undefined;
}

export function filesPage({ shell, formats, tabs, series, chosen, records, next }: FilesPage): string {
  return renderPage({ title: 'Files', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Registers and files'),
    h(RegisterTabs, { tabs }),
    h('form', { method: 'get', action: '/files', class: 'desk-filter', role: 'search', 'aria-label': 'Records' },
      h('div', { class: 'govuk-form-group govuk-form-group--wide' },
        h('label', { class: 'govuk-label', for: 'fileNumber' }, 'File number'),
        h('input', { class: 'govuk-input', id: 'fileNumber', name: 'fileNumber', type: 'text', value: chosen.fileNumber, spellcheck: false, maxLength: 100 })),
      h('div', { class: 'govuk-form-group' },
        h('label', { class: 'govuk-label', for: 'series' }, 'Series of the file plan'),
        h('select', { class: 'govuk-select', id: 'series', name: 'series' }, h('option', { value: '' }, 'All series'),
          series.map((each) => h('option', { value: each.series, selected: each.series === chosen.series, key: each.series }, `${each.series} ${each.title}`)))),
      h(Button, { text: 'Find records', kind: 'secondary' })),
    records.length === 0 ? h(Nothing, { filtered: chosen.fileNumber !== '' || chosen.series !== '' })
      : records.map((record) => h('section', { class: 'desk-record', key: record.recordId },
        h('h2', { class: 'govuk-heading-s' }, record.title === '' ? 'Words erased' : record.title),
        h(Record, { record, formats, linked: true }))),
    next === undefined ? null : h('div', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'Earlier records')),
  ]);
}

function Nothing({ filtered }: { readonly filtered: boolean }): JSX.Element {
  return h('div', { class: 'desk-empty' }, h(Icon, { name: 'paper' }), h('h2', { class: 'govuk-heading-m' }, filtered ? 'No record fits' : 'Nothing is filed yet'),
    h('p', null, filtered ? 'File numbers are found only when they are written in full, as ADM/4/2026/0001.' : 'When a case puts its documents away, they stand here with their file number, how long they are kept and their hashes.'),
    filtered ? h('p', null, h('a', { class: 'govuk-link', href: '/files' }, 'Show all records')) : null);
}

/** One record, on the page of its case or among others with a link to it. */
export function Record({ record, formats, linked }: { readonly record: FiledView; readonly formats: Formats; readonly linked: boolean }): JSX.Element {
  const { fileNumber, recordClass, retention, filedAt, instanceId, documents } = record;
  return h('div', null,
    h(SummaryList, { rows: [
      { name: 'File', value: h('span', { class: 'desk-register__number' }, fileNumber) },
      { name: 'Class', value: recordClass },
      { name: 'Kept for', value: durationText(retention) },
      { name: 'Filed', value: h('time', { dateTime: filedAt }, formats.moment(filedAt)) },
      ...(linked ? [{ name: 'Case', value: h('a', { class: 'govuk-link', href: `/cases/${instanceId}`, 'aria-label': `Open the case of ${fileNumber}` }, 'Open') }] : []),
    ] }),
    h('details', { class: 'govuk-details desk-further', open: !linked },
      h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, documents.length === 1 ? '1 document, with its hash' : `${String(documents.length)} documents, with their hashes`)),
      h('ul', { class: 'desk-documents' }, documents.map((document, index) => h('li', { class: 'desk-documents__item', key: String(index) },
        h('p', { class: 'desk-documents__title' }, document.title === '' ? 'Title erased' : document.title),
        h('p', { class: 'desk-sub' }, [...(document.number === undefined ? [] : [document.number]), sizeText(document.bytes)].join(' · ')),
        h('p', { class: 'desk-sub' }, 'SHA-256 ', h('code', { class: 'desk-hash' }, document.sha256)))))));
}
