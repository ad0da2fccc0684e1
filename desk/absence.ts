/** Absence and deputies: what one is asked, who stands in for whom and until when, and the form that names a deputy. */
import { h } from 'preact';
import type { JSX } from 'preact';
import type { ChoiceView, FormItem } from '../server/http/contract/tasks.ts';
import type { SubstitutionView } from '../server/http/contract/substitutions.ts';
import { ActionForm, Button, ErrorSummary, HiddenFields, Icon } from './controls.ts';
import { FormFields } from './form.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';

/** Three boxes of a day, as typed. */
export interface TypedDay {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

export interface TypedAbsence {
  readonly absent: string;
  readonly deputy: string;
  readonly from: TypedDay;
  readonly until: TypedDay;
  readonly reason: string;
  readonly instrument: string;
}

interface PersonChoice {
  readonly id: string;
  readonly name: string;
}

export interface AbsencePage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly me: string;
  /** Proposals that wait for this person's answer. */
  readonly asked: readonly SubstitutionView[];
  /** Others that are not over: this person's, and everybody's for an administrator. */
  readonly open: readonly SubstitutionView[];
  readonly over: readonly SubstitutionView[];
  /** Absent where this person can name nobody. `officers`: who can be absent; only for an administrator. */
  readonly form: { readonly deputies: readonly PersonChoice[]; readonly officers: readonly PersonChoice[] | undefined; readonly typed: TypedAbsence } | undefined;
  readonly errors: readonly { readonly key: string; readonly target: string; readonly message: string }[];
}

export function absencePage(page: AbsencePage): string {
  const { shell, errors, asked, open, over } = page;
  return renderPage({ title: 'Absence', shell, failed: errors.length > 0 }, [
    h(ErrorSummary, { errors }),
    h('h1', { class: 'govuk-heading-l' }, 'Absence'),
    h('p', { class: 'desk-lead' }, 'While you are away a deputy can work on your tasks. Every act is kept with both names, and a deputy signs with their own signature.'),
    asked.map((one) => h(Asked, { page, one, key: keyOf(one) })),
    h('section', { 'aria-labelledby': 'open' }, h('h2', { class: 'govuk-heading-m', id: 'open' }, 'Now and to come'),
      open.length === 0
        ? h('p', { class: 'desk-muted' }, page.form?.officers === undefined ? 'Nobody stands in for you, and you stand in for nobody.' : 'Nobody stands in for anybody.')
        : h(Table, { page, rows: open, caption: 'Substitutions that are in force, agreed or proposed' })),
    page.form === undefined ? null : h(NameDeputy, { page, form: page.form }),
    over.length === 0 ? null : h('details', { class: 'govuk-details desk-further' },
      h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, `Past and declined (${String(over.length)})`)),
      h(Table, { page, rows: over, caption: 'Substitutions that are over' })),
  ]);
}

function keyOf({ absent, number }: SubstitutionView): string {
  return `${absent.id}-${String(number)}`;
}

function pathOf({ absent, number }: SubstitutionView): string {
  return `/absence/${absent.id}/${String(number)}`;
}

/** "from 02 March 2026 to 06 March 2026". */
function days({ from, until }: SubstitutionView, formats: Formats): string {
  const text = (day: string): string => formats.value({ $: 'date', v: day });
  return from === until ? `on ${text(from)}` : `from ${text(from)} to ${text(until)}`;
}

function Asked({ page, one }: { readonly page: AbsencePage; readonly one: SubstitutionView }): JSX.Element {
  const { shell, formats } = page;
  return h('section', { class: 'desk-claim', 'aria-labelledby': `asked-${keyOf(one)}` },
    h('h2', { class: 'govuk-heading-m', id: `asked-${keyOf(one)}` }, `${one.absent.name} asks you to stand in`),
    h('p', null, h('strong', null, `${days(one, formats)[0]!.toUpperCase()}${days(one, formats).slice(1)}.`), ` ${one.reason}`, one.instrument === null ? null : h('span', { class: 'desk-sub' }, `By ${one.instrument}`)),
    h('p', null, 'You would see the tasks of that person among yours and could work on them in these days. What you must not do by separation of duties stays closed to you.'),
    h('div', { class: 'desk-answers' },
      h(ActionForm, { action: `${pathOf(one)}/accept`, text: 'Accept', csrf: shell.keys, name: `accept-${keyOf(one)}` }),
      h('details', { class: 'govuk-details desk-further' },
        h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Decline')),
        h('form', { method: 'post', action: `${pathOf(one)}/decline`, class: 'govuk-details__text' },
          h(HiddenFields, { csrf: shell.keys, name: `decline-${keyOf(one)}` }),
          h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: `why-${keyOf(one)}` }, 'Reason', h('span', { class: 'desk-optional' }, ' (optional)')),
            h('input', { class: 'govuk-input', id: `why-${keyOf(one)}`, name: 'reason', type: 'text', maxLength: 1_000 })),
          h(Button, { text: 'Decline', kind: 'secondary' })))));
}

function Table({ page, rows, caption }: { readonly page: AbsencePage; readonly rows: readonly SubstitutionView[]; readonly caption: string }): JSX.Element {
  const heads = ['Away', 'Deputy', 'Days', 'State'];
  return h('table', { class: 'govuk-table desk-table', role: 'table' },
    h('caption', { class: 'govuk-visually-hidden' }, caption),
    h('thead', { class: 'govuk-table__head', role: 'rowgroup' }, h('tr', { class: 'govuk-table__row', role: 'row' }, heads.map((head) => h('th', { scope: 'col', class: 'govuk-table__header', role: 'columnheader', key: head }, head)))),
    h('tbody', { class: 'govuk-table__body', role: 'rowgroup' }, rows.map((one) => h(Row, { page, one, key: keyOf(one) }))));
}

function cell(name: string, ...children: (JSX.Element | string | null)[]): JSX.Element {
  return h('td', { class: 'govuk-table__cell', role: 'cell', 'data-name': name }, h('div', null, ...children));
}

function Row({ page, one }: { readonly page: AbsencePage; readonly one: SubstitutionView }): JSX.Element {
  const { formats, me } = page;
  const who = ({ id, name }: SubstitutionView['absent']): string => (id === me ? 'You' : name);
  return h('tr', { class: 'govuk-table__row', role: 'row' },
    h('th', { scope: 'row', class: 'govuk-table__header desk-table__task', role: 'rowheader' }, h('strong', null, who(one.absent)), h('span', { class: 'desk-sub' }, one.reason), one.instrument === null ? null : h('span', { class: 'desk-sub' }, `By ${one.instrument}`)),
    cell('Deputy', who(one.deputy)),
    cell('Days', days(one, formats)),
    cell('State', h(State, { one, formats }), one.note === null ? null : h('span', { class: 'desk-sub' }, one.note), one.over ? null : h(End, { page, one })));
}

function State({ one, formats }: { readonly one: SubstitutionView; readonly formats: Formats }): JSX.Element {
  const tag = (text: string, colour: string): JSX.Element => h('strong', { class: `govuk-tag govuk-tag--${colour}` }, text);
  if (one.inForce) return tag('In force', 'green');
  switch (one.state) {
    case 'proposed': return one.over ? tag('Never answered', 'grey') : tag('Waits for an answer', 'yellow');
    case 'accepted': return one.over ? tag('Over', 'grey') : tag('Agreed', 'turquoise');
    case 'declined': return tag('Declined', 'grey');
    case 'ended': return h('span', null, tag(one.answeredAt === null ? 'Taken back' : 'Ended early', 'grey'), h('span', { class: 'desk-sub' }, `by ${one.endedBy?.name ?? ''}, ${formats.moment(one.endedAt ?? one.proposedAt)}`));
  }
}

function End({ page, one }: { readonly page: AbsencePage; readonly one: SubstitutionView }): JSX.Element {
  return h('form', { method: 'post', action: `${pathOf(one)}/end`, class: 'desk-action desk-action--under' },
    h(HiddenFields, { csrf: page.shell.keys, name: `end-${keyOf(one)}` }),
    h(Button, { text: one.state === 'proposed' ? 'Take back' : 'End now', heard: `the substitution of ${one.absent.name} by ${one.deputy.name}`, kind: 'secondary' }));
}

function NameDeputy({ page, form }: { readonly page: AbsencePage; readonly form: NonNullable<AbsencePage['form']> }): JSX.Element {
  const { shell, formats } = page;
  return h('section', { class: 'desk-below', 'aria-labelledby': 'name' }, h('h2', { class: 'govuk-heading-m', id: 'name' }, 'Name a deputy'),
    form.deputies.length === 0
      ? h('div', { class: 'desk-empty' }, h(Icon, { name: 'person' }), h('h3', { class: 'govuk-heading-m' }, 'Nobody can stand in'), h('p', null, 'No other account works on tasks. An administrator can add one.'))
      : h('form', { method: 'post', action: '/absence', class: 'desk-form desk-narrow--form', noValidate: true },
          h(HiddenFields, { csrf: shell.keys, name: 'absence' }), h(FormFields, { items: fieldsOf(page, form), formats }), h(Button, { text: 'Ask this person' })));
}

function fieldsOf(page: AbsencePage, { deputies, officers, typed }: NonNullable<AbsencePage['form']>): FormItem[] {
  const error = (name: string): string | undefined => page.errors.find(({ key }) => key === name)?.message;
  const choices = (people: readonly PersonChoice[], chosen: string): ChoiceView[] => people.map(({ id, name }) => ({ value: id, label: name, chosen: id === chosen }));
  const field = (name: string, label: string, hint = '', required = true): { name: string; label: string; hint: string; required: boolean; error: string | undefined; columns: undefined } => ({ name, label, hint, required, error: error(name), columns: undefined });
  return [
    ...(officers === undefined ? [] : [{ kind: 'select' as const, ...field('absent', 'Who is away'), choices: choices(officers, typed.absent) }]),
    { kind: 'select', ...field('deputy', 'Deputy', 'They are asked. It begins when they accept, and ends by itself after the last day.'), choices: choices(deputies, typed.deputy) },
    { kind: 'row', items: [{ kind: 'date', ...field('from', 'First day'), columns: 8, ...typed.from, time: undefined }, { kind: 'date', ...field('until', 'Last day'), columns: 8, ...typed.until, time: undefined }] },
    { kind: 'input', input: 'text', ...field('reason', 'Reason', 'For example, vacation leave. The deputy and administrators read it.'), value: typed.reason, prefix: '', suffix: '', maxLength: 1_000 },
    { kind: 'input', input: 'text', ...field('instrument', 'Authority', 'For example, the number of the acting appointment.', false), value: typed.instrument, prefix: '', suffix: '', maxLength: 200 },
  ];
}
