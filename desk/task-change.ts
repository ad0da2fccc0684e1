/** The form that changes what a task offers: to whom, by when, how urgent it is, and why. */
import { h } from 'preact';
import type { JSX } from 'preact';
import type { FormItem, TaskDetail } from '../server/http/contract/tasks.ts';
import { Button, ErrorSummary, HiddenFields } from './controls.ts';
import { FormFields } from './form.ts';
import type { Formats } from './format.ts';
import { renderPage } from './layout.ts';
import type { Shell } from './layout.ts';
import { caseReference } from './reference.ts';
import type { CaseTitle } from './reference.ts';

/** A date and time of day as they are typed. */
export interface MomentBoxes {
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly time: string;
}

/** What the form holds. `was…`, `shown`: as it was shown first; dates as `YYYY-MM-DDThh:mm` in the zone of the offices. */
export interface TaskChangeForm {
  readonly priority: string;
  readonly wasPriority: string;
  readonly due: MomentBoxes;
  readonly wasDue: string;
  readonly followUp: MomentBoxes;
  readonly wasFollowUp: string;
  readonly offered: readonly string[];
  readonly shown: readonly string[];
  readonly addGroup: string;
  readonly addPerson: string;
  readonly reason: string;
}

export interface TaskChangePage {
  readonly shell: Shell;
  readonly formats: Formats;
  readonly task: TaskDetail;
  readonly title: CaseTitle;
  readonly form: TaskChangeForm;
  readonly errors: readonly { readonly target: string; readonly message: string }[];
  /** Whom it can be offered to as well. */
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly people: readonly { readonly id: string; readonly name: string }[];
}

export function taskChangePage(page: TaskChangePage): string {
  const { shell, formats, task, title, form, errors } = page;
  const { wasPriority, wasDue, wasFollowUp } = form;
  return renderPage({ title: `Change ${task.name}`, shell, failed: errors.length > 0 }, [
    h('a', { href: `/tasks/${task.id}`, class: 'govuk-back-link' }, 'Back to the task'),
    h(ErrorSummary, { errors }),
    h('span', { class: 'govuk-caption-l' }, `${task.name}, ${caseReference({ ...title, stream: task.stream })}`),
    h('h1', { class: 'govuk-heading-l' }, 'Change the task'),
    h('p', { class: 'govuk-body desk-muted' }, task.assignee === null ? 'Nobody holds it yet.' : `${task.assignee.name} holds it, and keeps it.`),
    h('form', { method: 'post', action: `/tasks/${task.id}/change`, class: 'desk-form desk-change', noValidate: true },
      h(HiddenFields, { csrf: shell.keys, name: 'change', values: { wasPriority, wasDue, wasFollowUp } }),
      form.shown.map((tick) => h('input', { type: 'hidden', name: 'shown', value: tick, key: tick })),
      h(FormFields, { formats, items: [
        moment(page, 'due', 'Due', 'Without a date it is never overdue.'), moment(page, 'followUp', 'Follow-up', 'When somebody should look after it.'),
        { kind: 'input', input: 'text', name: 'priority', label: 'Priority', hint: '0 to 100; 50 is usual, more is more urgent.', required: true, error: errorOf(page, 'priority'), columns: undefined, value: form.priority, prefix: '', suffix: '', maxLength: 3 },
      ] }),
      h(Offered, { page }),
      h(Select, { id: 'addGroup', label: 'Offer it to another unit, post or group', none: 'No other', value: form.addGroup, choices: page.groups }),
      h(Select, { id: 'addPerson', label: 'Offer it to another person', none: 'Nobody else', value: form.addPerson, choices: page.people }),
      h(FormFields, { formats, items: [{ kind: 'textarea', name: 'reason', label: 'Reason', hint: 'It is kept in the history of the case, with your name.', required: true, error: errorOf(page, 'reason'), columns: undefined, value: form.reason, maxLength: 4_000 }] }),
      h('div', { class: 'desk-decision' }, h(Button, { text: 'Change the task' }), h('a', { class: 'govuk-link desk-jump__link', href: `/tasks/${task.id}` }, 'Leave it as it is'))),
  ]);
}

function errorOf({ errors }: TaskChangePage, id: string): string | undefined {
  return errors.find(({ target }) => target === id)?.message;
}

function moment(page: TaskChangePage, name: 'due' | 'followUp', label: string, hint: string): FormItem {
  return { kind: 'date', name, label, hint, required: false, error: errorOf(page, `${name}-day`), columns: undefined, ...page.form[name] };
}

function Offered({ page }: { readonly page: TaskChangePage }): JSX.Element {
  const { task, form } = page;
  const wrong = errorOf(page, 'offered');
  const ticks = [...task.candidateGroups.map(({ id, name }) => ({ value: `group ${id}`, name })), ...task.candidateUsers.map(({ id, name }) => ({ value: `person ${id}`, name }))].filter(({ value }) => form.shown.includes(value));
  if (ticks.length === 0) return h('p', { class: 'govuk-body' }, 'Offered to everybody who works on tasks.');
  return h('div', { class: `govuk-form-group${wrong === undefined ? '' : ' govuk-form-group--error'}` },
    h('fieldset', { class: 'govuk-fieldset', ...(wrong !== undefined && { 'aria-describedby': 'offered-error' }) },
      h('legend', { class: 'govuk-label' }, 'Offered to'),
      wrong === undefined ? null : h('p', { class: 'govuk-error-message', id: 'offered-error' }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), wrong),
      h('div', { class: 'govuk-checkboxes' }, ticks.map(({ value, name }, index) => h('div', { class: 'govuk-checkboxes__item', key: value },
        h('input', { class: 'govuk-checkboxes__input', type: 'checkbox', id: index === 0 ? 'offered' : `offered-${String(index)}`, name: 'offered', value, defaultChecked: form.offered.includes(value) }),
        h('label', { class: 'govuk-label govuk-checkboxes__label', for: index === 0 ? 'offered' : `offered-${String(index)}` }, name))))));
}

function Select({ id, label, none, value, choices }: { readonly id: string; readonly label: string; readonly none: string; readonly value: string; readonly choices: readonly { readonly id: string; readonly name: string }[] }): JSX.Element {
  return h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: id }, label),
    h('select', { class: 'govuk-select', id, name: id }, h('option', { value: '' }, none), choices.map((choice) => h('option', { value: choice.id, selected: choice.id === value, key: choice.id }, choice.name))));
}
