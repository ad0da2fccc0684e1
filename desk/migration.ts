/** Going on in another version: the plan of one case, and of the running cases of a version, a canary first, then the others step by step. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { MigrationPlan } from '../server/http/contract/operations.ts';
import { Button, ErrorSummary, HiddenFields, Icon, SummaryList } from './controls.ts';
import type { Formats } from './format.ts';
import { count } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { Reason } from './manage-case.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

export interface MigrationPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly stream: string;
  readonly title: string;
  readonly plan: MigrationPlan;
  /** `old:new` for each element that is called otherwise. */
  readonly map: readonly string[];
  readonly errors: readonly { readonly target: string; readonly message: string }[];
}

const CHANGES = { stays: 'stays as it is', ends: 'is no longer waited for', begins: 'is waited for from now on' } as const;
const KINDS: Readonly<Record<MigrationPlan['waits'][number]['kind'], string>> = { timer: 'Deadline', message: 'Message', signal: 'Signal', condition: 'Condition', job: 'Work of the system', incident: 'Incident' };

/** The plan first, then the reason and the button. */
export function migrationPage({ shell, formats, stream, title, plan, map, errors }: MigrationPage): string {
  const version = String(plan.to);
  return renderPage({ title: `Go on in version ${version} – ${title}`, shell, failed: errors.length > 0 }, [
    h('a', { href: `/cases/${stream}`, class: 'govuk-back-link' }, 'Back to the case'),
    h(ErrorSummary, { errors }),
    h('h1', { class: 'govuk-heading-l' }, h('span', { class: 'govuk-caption-l' }, title), ` Go on in version ${version}`),
    h('p', { class: 'govuk-body' }, `The case runs by version ${String(plan.from)} of its procedure. Nothing has been changed yet.`),
    h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Where it stands'),
      h(SummaryList, { rows: plan.moves.map((move) => ({ name: move.elementName, value: move.toName === null ? 'has no place in that version' : move.toName === move.elementName ? 'goes on as it is' : `goes on as ${move.toName}` })) })),
    plan.tasks.length === 0 ? null : h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Open tasks'), list(plan.tasks.map((task) => taskText(task, formats)))),
    h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Deadlines and messages'), list(waitTexts(plan, formats))),
    plan.choices.length === 0 ? null : h('section', null, h('h2', { class: 'govuk-heading-m' }, 'Decisions that would be different today'),
      h('p', { class: 'govuk-body' }, 'What has been decided stays. By the conditions of that version the case would have gone another way:'), list(plan.choices.map((choice) => choiceText(choice, formats)))),
    plan.refusal === undefined ? h('form', { method: 'post', action: `/cases/${stream}/migrate`, class: 'desk-form' },
      h(HiddenFields, { csrf: shell.keys, name: 'migrate', values: { version } }), hiddenMap(map),
      h(Reason, { id: 'migrate-reason' }), h(Button, { text: `Go on in version ${version}` }))
      : h('div', { class: 'govuk-inset-text' }, h('p', null, h('strong', null, 'The case cannot go on in that version now:')), list(reasonsOf(plan)), h('p', null, plan.refusal.hint)),
  ]);
}

function list(texts: readonly string[]): JSX.Element {
  return texts.length === 0 ? h('p', { class: 'govuk-body' }, 'Nothing changes.') : h('ul', { class: 'govuk-list govuk-list--bullet' }, texts.map((text, index) => h('li', { key: String(index) }, text)));
}

function hiddenMap(map: readonly string[]): JSX.Element[] {
  return map.map((pair) => h('input', { type: 'hidden', name: 'map', value: pair, key: pair }));
}

function reasonsOf({ refusal }: MigrationPlan): readonly string[] {
  return refusal === undefined ? [] : refusal.reasons.length > 0 ? refusal.reasons : [refusal.message];
}

function waitTexts({ waits }: MigrationPlan, formats: Formats): string[] {
  return waits.filter(({ change }) => change !== 'stays').map(({ kind, elementName, change, dueAt }) => `${KINDS[kind]} “${elementName}” ${CHANGES[change]}${dueAt === undefined ? '' : `, ${formats.moment(dueAt)}`}`);
}

function taskText({ elementName, dueAt, lostBy, givenTo }: MigrationPlan['tasks'][number], formats: Formats): string {
  const due = dueAt === null ? '' : `, due ${formats.moment(dueAt)}`;
  const lost = lostBy === null ? '' : '; who holds it may not hold it there';
  return `“${elementName}” is offered as that version says${due}${lost}${givenTo === null ? '' : '; it is given to somebody else'}`;
}

function choiceText({ elementName, at, went, would, stuck }: MigrationPlan['choices'][number], formats: Formats): string {
  const quoted = (names: readonly string[]): string => names.map((name) => `“${name}”`).join(', ') || 'nowhere';
  return `At “${elementName}”, ${formats.moment(at)}, it went to ${quoted(went)}; ${stuck === undefined ? `now it would go to ${quoted(would)}` : `now it could not go on: ${stuck}`}`;
}

/** A running case, what would become of it, and what it is called. */
export interface PlannedCase extends CaseTitle {
  readonly stream: string;
  readonly plan: MigrationPlan;
}

/** An element that the other version does not have; `chosen`: what it is mapped to, empty for nothing. */
export interface MissingView {
  readonly elementId: string;
  readonly elementName: string;
  readonly candidates: readonly { readonly elementId: string; readonly elementName: string }[];
  readonly chosen: string;
}

export interface VersionMigrationPage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly processId: string;
  readonly name: string;
  /** Versions with the number of their running cases, the latest last. */
  readonly versions: readonly { readonly version: number; readonly inProgress: number }[];
  readonly from: number;
  readonly to: number;
  readonly missing: readonly MissingView[];
  readonly map: readonly string[];
  readonly cases: readonly PlannedCase[];
  readonly next: string | undefined;
  /** The case that has gone first, and how many have gone so far. */
  readonly canary: (CaseTitle & { readonly stream: string }) | undefined;
  readonly gone: number;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
}

/** Which versions, what is called otherwise, what would happen, then one case, then the others. */
export function versionMigrationPage(page: VersionMigrationPage): string {
  const { shell, name, processId, versions, from, to, errors } = page;
  const left = versions.find(({ version }) => version === from)?.inProgress ?? 0;
  return renderPage({ title: `Running cases in another version – ${name}`, shell, failed: errors.length > 0 }, [
    h('a', { href: `/monitor/${encodeURIComponent(processId)}?version=${String(from)}`, class: 'govuk-back-link' }, 'Back to the monitor'),
    h(ErrorSummary, { errors }),
    h('h1', { class: 'govuk-heading-l' }, h('span', { class: 'govuk-caption-l' }, name), ' Let running cases go on in another version'),
    h(Choose, { page }),
    page.canary === undefined ? null : h(Progress, { page, left }),
    left === 0 ? h('p', { class: 'govuk-body' }, `No case runs by version ${String(from)} now.`) : h(Plans, { page, left }),
    left === 0 ? null : h(Act, { page }),
    from === to ? null : h('p', { class: 'govuk-hint' }, `Each case goes on in version ${String(to)} as a whole or not at all. Its history says who let it, and why.`),
  ]);
}

function action(processId: string): string {
  return `/monitor/${encodeURIComponent(processId)}/migrate`;
}

function Choose({ page: { processId, versions, from, to, missing } }: { readonly page: VersionMigrationPage }): JSX.Element {
  const select = (id: 'from' | 'to', label: string, chosen: number): JSX.Element => h('div', { class: 'govuk-form-group', key: id }, h('label', { class: 'govuk-label', for: id }, label),
    h('select', { class: 'govuk-select', id, name: id }, versions.map(({ version, inProgress }) => h('option', { value: String(version), selected: version === chosen, key: String(version) }, `Version ${String(version)}, ${count(inProgress, 'running case')}`))));
  return h('form', { method: 'get', action: action(processId), class: 'desk-form' },
    h('div', { class: 'desk-filter' }, select('from', 'Cases of', from), select('to', 'go on in', to)),
    missing.length === 0 ? null : h('fieldset', { class: 'govuk-fieldset' }, h('legend', { class: 'govuk-fieldset__legend govuk-fieldset__legend--m' }, `What version ${String(to)} does not have`),
      h('p', { class: 'govuk-hint' }, 'Say what each is called there. A case that stands at an element without a counterpart stays where it is.'),
      missing.map(({ elementId, elementName, candidates, chosen }, index) => h('div', { class: 'govuk-form-group', key: elementId },
        h('label', { class: 'govuk-label', for: `map-${String(index)}` }, elementName),
        h('select', { class: 'govuk-select', id: `map-${String(index)}`, name: 'map' }, h('option', { value: `${elementId}:`, selected: chosen === '' }, 'Has no counterpart'),
          candidates.map((other) => h('option', { value: `${elementId}:${other.elementId}`, selected: other.elementId === chosen, key: other.elementId }, other.elementName)))))),
    h(Button, { text: 'Show what would happen', kind: 'secondary' }));
}

function Progress({ page: { canary, gone, to }, left }: { readonly page: VersionMigrationPage; readonly left: number }): JSX.Element {
  const whole = gone + left;
  return h('section', { class: 'desk-claim', 'aria-labelledby': 'progress-title' },
    h('h2', { class: 'govuk-heading-m', id: 'progress-title' }, `${String(gone)} of ${count(whole, 'case')} ${gone === 1 ? 'has' : 'have'} gone on in version ${String(to)}`),
    h('progress', { class: 'desk-progress', max: whole, value: gone, 'aria-labelledby': 'progress-title' }),
    canary === undefined ? null : h('p', null, 'The first was ', h('a', { class: 'govuk-link', href: `/cases/${canary.stream}` }, caseReference(canary)), '. Look at it before the others follow.'));
}

function Plans({ page, left }: { readonly page: VersionMigrationPage; readonly left: number }): JSX.Element {
  const { cases, formats, next } = page;
  return h('section', null, h('h2', { class: 'govuk-heading-m' }, 'What would happen'),
    h('p', { class: 'govuk-body' }, `Nothing has been changed by looking. ${cases.length < left ? `These are ${String(cases.length)} of ${count(left, 'running case')}, the oldest first.` : `These are all running cases of version ${String(page.from)}, the oldest first.`}`),
    h('table', { class: 'govuk-table desk-table', role: 'table' },
      h('caption', { class: 'govuk-visually-hidden' }, 'Running cases and what would become of each'),
      h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, ['Case', 'Stands at', 'Would go on', 'What changes'].map((text) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: text }, text)))),
      h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, cases.map((one) => h(Row, { one, formats, key: one.stream })))),
    next === undefined ? null : h('p', { class: 'desk-pages' }, h('a', { class: 'govuk-link', href: next, rel: 'next' }, 'The next cases')));
}

function Row({ one, formats }: { readonly one: PlannedCase; readonly formats: Formats }): JSX.Element {
  const { plan } = one;
  const changes = [...plan.tasks.map((task) => taskText(task, formats)), ...waitTexts(plan, formats), ...plan.choices.map((choice) => choiceText(choice, formats))];
  const cell = (name: string, content: ComponentChildren): JSX.Element => h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name, key: name }, h('div', null, content));
  return h('tr', { class: `govuk-table__row${plan.possible ? '' : ' desk-table__row--late'}`, role: 'row' },
    h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('a', { class: 'govuk-link desk-table__link', href: `/cases/${one.stream}` }, caseReference(one)), one.subject === null ? null : h('span', { class: 'desk-about' }, one.subject)),
    cell('Stands at', plan.moves.map(({ elementName, toName }) => (toName === null || toName === elementName ? elementName : `${elementName}, there ${toName}`)).join('; ')),
    cell('Would go on', plan.possible ? h('span', { class: 'desk-holder' }, h(Icon, { name: 'done' }), 'Yes') : [h('span', { class: 'desk-holder' }, h(Icon, { name: 'cross' }), 'No'), h('ul', { class: 'govuk-list govuk-list--bullet' }, reasonsOf(plan).map((reason, index) => h('li', { key: String(index) }, reason)))]),
    cell('What changes', changes.length === 0 ? h('span', { class: 'desk-muted' }, 'Nothing') : h('ul', { class: 'govuk-list' }, changes.map((text, index) => h('li', { key: String(index) }, text)))));
}

/** One first; when it has gone, those of the table that can. */
function Act({ page }: { readonly page: VersionMigrationPage }): JSX.Element {
  const { shell, processId, cases, canary, from, to, map, gone } = page;
  const able = cases.filter(({ plan }) => plan.possible);
  const values = { from: String(from), to: String(to), ...(canary !== undefined && { canary: canary.stream, gone: String(gone) }) };
  if (from === to || able.length === 0) {
    return h('div', { class: 'govuk-inset-text' }, from === to ? 'Choose another version than the one the cases run by.' : 'None of these cases can go on in that version now. Say what elements are called there, or wait until the cases have passed them.');
  }
  const first = canary === undefined;
  return h('form', { method: 'post', action: action(processId), class: 'desk-form', 'aria-labelledby': 'act-title' },
    h(HiddenFields, { csrf: shell.keys, name: first ? 'canary' : 'rest', values }), hiddenMap(map),
    h('h2', { class: 'govuk-heading-m', id: 'act-title' }, first ? 'One case first' : 'The others'),
    first ? h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'first' }, 'The case that goes first'),
      h('select', { class: 'govuk-select', id: 'first', name: 'stream' }, able.map((one) => h('option', { value: one.stream, key: one.stream }, [caseReference(one), one.subject].filter((part) => part !== null).join(', ')))))
      : able.map(({ stream }) => h('input', { type: 'hidden', name: 'stream', value: stream, key: stream })),
    h(Reason, { id: 'migrate-reason' }),
    h(Button, { text: first ? `Let this case go on in version ${String(to)}` : `Let ${able.length === 1 ? 'this case' : `these ${String(able.length)} cases`} go on in version ${String(to)}` }));
}
