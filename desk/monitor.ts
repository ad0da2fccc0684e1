/** The monitor of managers as pages: all procedures with their totals; one procedure as a table of its steps, which the island draws as a picture and keeps up to date. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { MonitorCase, MonitorElement, MonitorProcess, MonitorSnapshot, MonitorState, MonitorTotals } from '../server/http/contract/monitor.ts';
import { DueTag, Icon } from './controls.ts';
import type { Formats } from './format.ts';
import { HEAT_CLASSES, heatText } from './heat.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';

interface Common {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly now: string;
}

const TOTALS: readonly { readonly name: keyof MonitorTotals; readonly text: string; readonly trouble?: true }[] = [
  { name: 'inProgress', text: 'In progress' }, { name: 'started', text: 'Started today' }, { name: 'done', text: 'Done today' },
  { name: 'overdue', text: 'Overdue', trouble: true }, { name: 'incidents', text: 'Incidents', trouble: true },
];

export function monitorListPage({ shell, items }: Common & { readonly items: readonly MonitorProcess[] }): string {
  return renderPage({ title: 'Monitor', shell }, [
    h('h1', { class: 'govuk-heading-l' }, 'Monitor'),
    items.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'current' }), h('h2', { class: 'govuk-heading-m' }, 'No procedure is in use yet'), h('p', null, 'Procedures are listed here once an analyst has deployed them.'))
      : h('table', { class: 'govuk-table desk-table', role: 'table' },
          h('caption', { class: 'govuk-visually-hidden' }, 'Procedures with the number of their cases'),
          h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' },
            h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader' }, 'Procedure'),
            TOTALS.map(({ name, text }) => h('th', { scope: 'col', class: 'govuk-table__header govuk-table__header--numeric', role: 'columnheader', key: name }, text)))),
          h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, items.map((item) => h('tr', { class: `govuk-table__row${item.totals.overdue > 0 ? ' desk-table__row--late' : ''}`, role: 'row', key: item.processId },
            h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('a', { class: 'govuk-link desk-table__link', href: monitorPath(item.processId) }, item.name)),
            TOTALS.map(({ name, text, trouble }) => h('td', { class: 'govuk-table__cell govuk-table__cell--numeric', role: 'cell', 'data-name': text, key: name }, h('div', null, h(Number_, { value: item.totals[name], late: trouble === true }))))))))
  ]);
}

export function monitorPath(processId: string): string {
  return `/monitor/${encodeURIComponent(processId)}`;
}

/** `drawing`: how large it is, in any unit; its room is kept, so that the table stays where it is. `mayMigrate`: the person may let running cases go on in another version. */
export function monitorPage({ shell, formats, snapshot, drawing, mayMigrate }: Common & { readonly snapshot: MonitorSnapshot; readonly drawing: { readonly width: number; readonly height: number } | undefined; readonly mayMigrate: boolean }): string {
  const { processId, version, seq } = snapshot;
  return renderPage({ title: `Monitor: ${snapshot.name}`, shell, wide: true, islands: ['monitor'] }, [
    h('div', { class: 'desk-monitor', 'data-monitor': processId, 'data-version': String(version), 'data-seq': String(seq), 'data-zone': formats.zone },
      h('p', { class: 'desk-monitor__back' }, h('a', { class: 'govuk-back-link', href: '/monitor' }, 'All procedures')),
      h('div', { class: 'desk-monitor__head' },
        h('h1', { class: 'govuk-heading-l' }, snapshot.name),
        h('div', { class: 'desk-live' },
          h('p', { class: 'desk-live__state', role: 'status', 'data-live-state': true }, `Figures of ${formats.clock(snapshot.at)}`),
          h('button', { type: 'button', class: 'govuk-button govuk-button--secondary desk-live__pause', 'data-live-pause': true }, 'Pause updates'))),
      snapshot.pools.length === 0 ? null : h('p', { class: 'desk-monitor__pools' }, 'On the same drawing: ', snapshot.pools.map((pool, index) => [index === 0 ? null : ', ', h('a', { class: 'govuk-link', href: `${monitorPath(pool.processId)}?version=${pool.version}`, key: pool.processId }, pool.name)])),
      snapshot.versions.length < 2 ? null : h(Versions, { snapshot }),
      mayMigrate && snapshot.versions.some(({ inProgress, latest }) => inProgress > 0 && !latest) ? h('p', null, h('a', { class: 'govuk-link', href: `${monitorPath(processId)}/migrate?from=${String(version)}` }, 'Let running cases go on in another version')) : null,
      h(Strip, { totals: snapshot.totals }),
      h('section', { class: 'desk-picture', 'data-picture': true, hidden: drawing === undefined, 'aria-label': 'Diagram with the number of cases at each step. The table below says the same.' },
        h('div', { class: 'desk-picture__frame' },
          drawing === undefined ? null : h('svg', { class: 'desk-picture__room', viewBox: `0 0 ${String(drawing.width)} ${String(drawing.height)}`, 'aria-hidden': 'true' }),
          h('div', { class: 'desk-picture__canvas', 'data-canvas': true })),
        h('aside', { class: 'desk-panel', 'data-panel': true, hidden: true, 'aria-labelledby': 'panel-title' },
          h('div', { class: 'desk-panel__head' }, h('h2', { class: 'govuk-heading-m', id: 'panel-title', tabIndex: -1, 'data-panel-title': true }), h('button', { type: 'button', class: 'desk-panel__close', 'data-panel-close': true }, 'Close')),
          h('div', { class: 'desk-panel__states', 'data-panel-states': true, role: 'group', 'aria-label': 'Which cases' }),
          h('ol', { class: 'desk-panel__list', 'data-panel-list': true }),
          h('p', { class: 'desk-panel__note', 'data-panel-note': true, role: 'status' }),
          h('button', { type: 'button', class: 'govuk-button govuk-button--secondary', 'data-panel-more': true, hidden: true }, 'Show more')),
        h('div', { class: 'desk-picture__foot' }, h(Legend, null), h('div', { class: 'desk-picture__tools', role: 'group', 'aria-label': 'Size of the diagram' },
          (['in', 'out', 'fit'] as const).map((tool) => h('button', { type: 'button', class: 'desk-picture__tool', 'data-zoom': tool, key: tool }, { in: 'Larger', out: 'Smaller', fit: 'Whole' }[tool]))))),
      h('p', { 'data-undrawn': true, hidden: drawing !== undefined }, 'The file of this procedure has no drawing. The table has the same figures.'),
      h('h2', { class: 'govuk-heading-m', id: 'steps' }, 'Steps'),
      h(Steps, { snapshot, formats }),
      h('p', { class: 'govuk-visually-hidden', role: 'status', 'data-summary': true })),
  ]);
}

function Versions({ snapshot }: { readonly snapshot: MonitorSnapshot }): JSX.Element {
  return h('nav', { class: 'desk-tabs', 'aria-label': 'Versions of the procedure' }, h('ul', { class: 'desk-tabs__list' }, snapshot.versions.map(({ version, inProgress, latest }) => {
    const current = version === snapshot.version;
    return h('li', { key: String(version) }, h('a', { href: `${monitorPath(snapshot.processId)}?version=${version}`, class: `desk-tabs__tab${current ? ' desk-tabs__tab--current' : ''}`, ...(current && { 'aria-current': 'page' as const }) },
      `Version ${version}${latest ? ', the latest' : ''}`, h('span', { class: 'desk-count' }, h('span', { 'data-version-count': String(version) }, String(inProgress)), h('span', { class: 'govuk-visually-hidden' }, ' in progress'))));
  })));
}

function Strip({ totals }: { readonly totals: MonitorTotals }): JSX.Element {
  return h('dl', { class: 'desk-strip' }, TOTALS.map(({ name, text, trouble }) => h('div', { class: `desk-strip__tile${trouble === true ? ' desk-strip__tile--trouble' : ''}`, key: name, ...(trouble === true && totals[name] > 0 && { 'data-some': true }) },
    h('dt', { class: 'desk-strip__name' }, trouble === true ? h(Icon, { name: 'late' }) : null, text), h('dd', { class: 'desk-strip__value', 'data-total': name }, String(totals[name])))));
}

/** Each class by its own hatching and by its numbers, not by its colour alone. */
function Legend(): JSX.Element {
  return h('div', { class: 'desk-legend' },
    h('p', { class: 'desk-legend__title', id: 'legend' }, 'Open cases at a step'),
    h('ul', { class: 'desk-legend__list', 'aria-labelledby': 'legend' }, Array.from({ length: HEAT_CLASSES - 1 }, (_each, at) => at + 1).map((level) => h('li', { class: 'desk-legend__class', key: String(level) },
      h('span', { class: 'desk-legend__mark', 'data-legend': String(level), 'aria-hidden': 'true' }), heatText(level)))),
    h('p', { class: 'desk-legend__class' }, h('span', { class: 'desk-legend__late', 'aria-hidden': 'true' }, h(Icon, { name: 'late' })), 'overdue'));
}

const COUNTS: readonly { readonly name: 'waiting' | 'claimed' | 'overdue' | 'incidents'; readonly text: string; readonly state: MonitorState; readonly late: boolean }[] = [
  { name: 'waiting', text: 'Waiting', state: 'waiting', late: false }, { name: 'claimed', text: 'Held', state: 'claimed', late: false },
  { name: 'overdue', text: 'Overdue', state: 'overdue', late: true }, { name: 'incidents', text: 'Incidents', state: 'incident', late: true },
];

function Steps({ snapshot, formats }: { readonly snapshot: MonitorSnapshot; readonly formats: Formats }): JSX.Element {
  return h('table', { class: 'govuk-table desk-table desk-steps', role: 'table', 'aria-labelledby': 'steps' },
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' },
      ['Step', 'Done by'].map((text) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: text }, text)),
      COUNTS.map(({ text }) => h('th', { scope: 'col', class: 'govuk-table__header govuk-table__header--numeric', role: 'columnheader', key: text }, text)),
      h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader' }, 'Oldest since'))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, snapshot.elements.map((element) => h(Step, { element, snapshot, formats, key: element.elementId }))));
}

function Step({ element, snapshot, formats }: { readonly element: MonitorElement; readonly snapshot: MonitorSnapshot; readonly formats: Formats }): JSX.Element {
  // What the system does by itself is of interest only where something is held up.
  const quiet = element.type !== 'userTask';
  const hidden = quiet && element.incidents + (element.stays ? element.waiting : 0) === 0;
  return h('tr', { class: 'govuk-table__row', role: 'row', 'data-index': String(element.index), 'data-element': element.elementId, 'data-step': element.name, 'data-stays': String(element.stays), ...(hidden && { hidden: true }) },
    h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, element.name),
    h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Done by' }, h('div', { class: element.who === null ? 'desk-muted' : undefined }, element.who ?? (element.type === 'userTask' ? 'Whoever it names' : 'The system'))),
    COUNTS.map(({ name, text, state, late }) => h('td', { class: 'govuk-table__cell govuk-table__cell--numeric', role: 'cell', 'data-name': text, key: name },
      h('div', null, h(Number_, { value: element[name], late, href: casesPath(snapshot, element.elementId, state), what: ` ${text.toLowerCase()}, ${element.name}`, count: name })))),
    h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Oldest since' }, h('div', { 'data-count': 'oldest', ...(element.oldest === null && { 'data-none': true }) }, element.oldest === null ? '–' : formats.moment(element.oldest))));
}

function casesPath({ processId, version }: MonitorSnapshot, elementId: string, state: MonitorState): string {
  return `${monitorPath(processId)}/elements/${encodeURIComponent(elementId)}?version=${version}&state=${state}`;
}

/** A number; a link to the cases behind it unless it is 0. Trouble has an icon and colour besides. */
function Number_({ value, late, href, what, count }: { readonly value: number; readonly late: boolean; readonly href?: string; readonly what?: string; readonly count?: string }): JSX.Element {
  const content: ComponentChildren = [late ? h(Icon, { name: 'late' }) : null, h('span', { 'data-value': true }, String(value)), what === undefined ? null : h('span', { class: 'govuk-visually-hidden' }, what)];
  const shape = `desk-number${late ? ' desk-number--late' : ''}${value === 0 ? ' desk-number--none' : ''}`;
  if (href === undefined) return h('span', { class: shape }, content);
  return h('a', { class: `${shape} govuk-link`, 'data-count': count, 'data-href': href, ...(value > 0 && { href }) }, content);
}

export interface CasesPage extends Common {
  readonly processId: string;
  readonly version: number;
  readonly name: string;
  readonly step: string;
  readonly elementId: string;
  readonly state: MonitorState;
  readonly items: readonly MonitorCase[];
  readonly next: string | undefined;
}

const STATE_WORDS: Readonly<Record<MonitorState, string>> = { waiting: 'Waiting', claimed: 'Held', overdue: 'Overdue', incident: 'Incidents' };

/** The cases behind a number, oldest first: what the side panel shows, for those without a script. */
export function monitorCasesPage(page: CasesPage): string {
  const { shell, formats, now, items } = page;
  const back = `${monitorPath(page.processId)}?version=${page.version}`;
  const here = `${monitorPath(page.processId)}/elements/${encodeURIComponent(page.elementId)}?version=${page.version}`;
  return renderPage({ title: `${page.step}: ${STATE_WORDS[page.state]}`, shell }, [
    h('p', { class: 'desk-monitor__back' }, h('a', { class: 'govuk-back-link', href: back }, page.name)),
    h('h1', { class: 'govuk-heading-l' }, page.step),
    h('nav', { class: 'desk-tabs', 'aria-label': 'Which cases' }, h('ul', { class: 'desk-tabs__list' }, COUNTS.map(({ state, text }) => h('li', { key: state },
      h('a', { href: `${here}&state=${state}`, class: `desk-tabs__tab${state === page.state ? ' desk-tabs__tab--current' : ''}`, ...(state === page.state && { 'aria-current': 'page' as const }) }, text))))),
    items.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'done' }), h('h2', { class: 'govuk-heading-m' }, 'No case here'), h('p', null, 'The cases may have gone on since the figures were made.'))
      : h('table', { class: 'govuk-table desk-table', role: 'table' },
          h('caption', { class: 'govuk-visually-hidden' }, 'Cases, oldest first'),
          h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, ['Case', 'Here since', 'Due', 'Held by'].map((text) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: text }, text)))),
          h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, items.map((item) => h('tr', { class: `govuk-table__row${item.overdue ? ' desk-table__row--late' : ''}`, role: 'row', key: item.stream },
            h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('a', { class: 'govuk-link desk-table__link', href: `/cases/${item.stream}` }, caseReference(item)), item.subject === null ? null : h('span', { class: 'desk-about' }, item.subject)),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Here since' }, h('div', null, formats.moment(item.since))),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Due' }, h('div', null, item.dueAt === null ? h('span', { class: 'desk-muted' }, 'No due date') : h(DueTag, { due: formats.due(item.dueAt, now), date: formats.date(item.dueAt) }))),
            h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': 'Held by' }, h('div', null, item.heldBy ?? h('span', { class: 'desk-muted' }, 'Nobody'))))))),
    page.next === undefined ? null : h('div', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: `${here}&state=${page.state}&after=${encodeURIComponent(page.next)}`, rel: 'next' }, 'Next page')),
  ]);
}
