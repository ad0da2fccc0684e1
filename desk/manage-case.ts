/** What managers and administrators do with a case by hand: suspend, resume, cancel, move, restart, choose ad-hoc work, correct its data. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import { Button, HiddenFields } from './controls.ts';
import type { ButtonKind, FormKeys } from './controls.ts';

/** A step a case can be moved to, or one it stands at. `value`: what the form sends. */
export interface StepChoice {
  readonly value: string;
  readonly name: string;
}

/** An ad-hoc sub-process at work; `next`: what can be begun in it now. */
export interface AdHocChoice {
  /** Its element instance. */
  readonly element: number;
  readonly name: string;
  /** One after the other: one is chosen, and none while another is at work. */
  readonly sequential: boolean;
  readonly busy: boolean;
  readonly next: readonly (StepChoice & { readonly atWork: boolean })[];
}

export interface ManageCaseView {
  readonly stream: string;
  readonly active: boolean;
  readonly suspended: boolean;
  /** Where it stands; what is chosen ends. */
  readonly standing: readonly StepChoice[];
  readonly steps: readonly StepChoice[];
  readonly adHoc: readonly AdHocChoice[];
  /** Names of what the case holds. */
  readonly data: readonly string[];
  readonly version: number;
  /** The live version, when the case is in an older one. */
  readonly liveVersion: number | undefined;
  /** Nothing called it, so it can be taken up again when it is over. */
  readonly mayRestart: boolean;
  readonly keys: FormKeys;
}

/** Folded: most people who may do it never need it. */
export function ManageCase({ view }: { readonly view: ManageCaseView }): JSX.Element | null {
  const forms = view.active ? atWork(view) : view.mayRestart ? [h(Restart, { view })] : [];
  if (forms.length === 0) return null;
  return h('section', { id: 'manage' },
    h('details', { class: 'govuk-details desk-further' },
      h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Manage this case')),
      h('div', { class: 'govuk-details__text' }, h('p', null, 'What is done here is kept in the history of the case, with your name and the reason.'), forms)));
}

function atWork(view: ManageCaseView): ComponentChildren[] {
  const hold = view.suspended
    ? h(ReasonForm, { view, verb: 'resume', title: 'Take up the case again', text: 'It is suspended. What came in the meantime is delivered then.', button: 'Resume the case' })
    : h(ReasonForm, { view, verb: 'suspend', title: 'Let the case stand still', text: 'Tasks, deadlines and messages wait until it is resumed.', button: 'Suspend the case', kind: 'secondary' });
  return [
    ...(view.suspended ? [] : view.adHoc.map((choice) => h(Choose, { view, choice, key: String(choice.element) }))),
    hold,
    view.suspended || view.steps.length === 0 ? null : h(Move, { view }),
    h(Correct, { view }),
    view.liveVersion === undefined ? null : h('div', { class: 'desk-manage' }, h('h3', { class: 'govuk-heading-s' }, 'Go on in the live version'),
      h('p', null, `The case runs by version ${String(view.version)} of its procedure; version ${String(view.liveVersion)} is live. `, h('a', { class: 'govuk-link', href: `/cases/${view.stream}/migrate` }, 'See what would change'))),
    h(ReasonForm, { view, verb: 'cancel', title: 'End the case', text: 'Everything that is open in it ends. This cannot be undone; the case can be taken up again as a new one.', button: 'End the case', kind: 'warning' }),
  ];
}

/** A reason and one button. */
function ReasonForm({ view, verb, title, text, button, kind = 'primary' }: { readonly view: ManageCaseView; readonly verb: string; readonly title: string; readonly text: string; readonly button: string; readonly kind?: ButtonKind }): JSX.Element {
  return h('form', { method: 'post', action: `/cases/${view.stream}/${verb}`, class: 'desk-form desk-manage', 'aria-labelledby': `${verb}-title` },
    h(HiddenFields, { csrf: view.keys, name: verb }),
    h('h3', { class: 'govuk-heading-s', id: `${verb}-title` }, title), h('p', null, text),
    h(Reason, { id: `${verb}-reason` }), h(Button, { text: button, kind }));
}

/** Why: every act on a case says it. */
export function Reason({ id }: { readonly id: string }): JSX.Element {
  return h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: id }, 'Reason'), h('textarea', { class: 'govuk-textarea', id, name: 'reason', rows: 2, required: true, maxLength: 2_000 }));
}

function Move({ view }: { readonly view: ManageCaseView }): JSX.Element {
  const { standing, steps } = view;
  return h('form', { method: 'post', action: `/cases/${view.stream}/move`, class: 'desk-form desk-manage', 'aria-labelledby': 'move-title' },
    h(HiddenFields, { csrf: view.keys, name: 'move' }),
    h('h3', { class: 'govuk-heading-s', id: 'move-title' }, 'Move to another step'),
    h('p', null, 'What it leaves is no longer needed; the step you choose begins anew. Going back one step, or passing over one, is the same.'),
    standing.length === 0 ? null : h('fieldset', { class: 'govuk-fieldset govuk-form-group' }, h('legend', { class: 'govuk-label' }, 'Leave'),
      h('div', { class: 'govuk-checkboxes' }, standing.map((step, index) => h('div', { class: 'govuk-checkboxes__item', key: step.value },
        h('input', { class: 'govuk-checkboxes__input', type: 'checkbox', id: `leave-${String(index)}`, name: 'leave', value: step.value, defaultChecked: standing.length === 1 }),
        h('label', { class: 'govuk-label govuk-checkboxes__label', for: `leave-${String(index)}` }, step.name))))),
    h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'move-to' }, 'Begin'),
      h('select', { class: 'govuk-select', id: 'move-to', name: 'to', required: true }, h('option', { value: '' }, 'Choose a step'), steps.map((step) => h('option', { value: step.value, key: step.value }, step.name)))),
    h(Reason, { id: 'move-reason' }), h(Button, { text: 'Move the case', kind: 'secondary' }));
}

/** What is done next in an ad-hoc sub-process. */
function Choose({ view, choice }: { readonly view: ManageCaseView; readonly choice: AdHocChoice }): JSX.Element {
  const { element, name, sequential, busy, next } = choice;
  const id = `choose-${String(element)}`;
  const kind = sequential ? 'radio' : 'checkbox';
  const group = sequential ? 'radios' : 'checkboxes';
  if (sequential && busy) return h('div', { class: 'desk-manage' }, h('h3', { class: 'govuk-heading-s' }, `Choose what is done next: ${name}`), h('p', null, 'One step after the other: the next can be chosen when the one at work is done.'));
  return h('form', { method: 'post', action: `/cases/${view.stream}/choose`, class: 'desk-form desk-manage', 'aria-labelledby': `${id}-title` },
    h(HiddenFields, { csrf: view.keys, name: id, values: { element: String(element) } }),
    h('h3', { class: 'govuk-heading-s', id: `${id}-title` }, `Choose what is done next: ${name}`),
    h('fieldset', { class: 'govuk-fieldset govuk-form-group' }, h('legend', { class: 'govuk-label' }, sequential ? 'Begin one of these' : 'Begin'),
      h('div', { class: `govuk-${group}` }, next.map((step, index) => h('div', { class: `govuk-${group}__item`, key: step.value },
        h('input', { class: `govuk-${group}__input`, type: kind, id: `${id}-${String(index)}`, name: 'activity', value: step.value, ...(sequential && { required: true }) }),
        h('label', { class: `govuk-label govuk-${group}__label`, for: `${id}-${String(index)}` }, step.atWork ? `${step.name} (once more; it is at work)` : step.name))))),
    h(Reason, { id: `${id}-reason` }), h(Button, { text: 'Begin what is chosen', kind: 'secondary' }));
}

/** What a value can be; the first is what is chosen when nothing is said. */
export const VALUE_KINDS = { text: 'Text', number: 'Number', boolean: 'Yes or no', date: 'Date', nothing: 'Nothing: take it out' } as const;
export type ValueKind = keyof typeof VALUE_KINDS;

function Correct({ view }: { readonly view: ManageCaseView }): JSX.Element {
  return h('form', { method: 'post', action: `/cases/${view.stream}/correct`, class: 'desk-form desk-manage', 'aria-labelledby': 'correct-title' },
    h(HiddenFields, { csrf: view.keys, name: 'correct' }),
    h('h3', { class: 'govuk-heading-s', id: 'correct-title' }, 'Correct the data'),
    h('p', null, 'One value of the case, by its technical name. A step that stopped because of it is tried again from the list of incidents.'),
    h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'correct-name' }, 'Name'),
      h('input', { class: 'govuk-input', id: 'correct-name', name: 'name', list: 'correct-names', required: true, maxLength: 200, spellcheck: false, autocomplete: 'off' }),
      h('datalist', { id: 'correct-names' }, view.data.map((name) => h('option', { value: name, key: name })))),
    h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'correct-kind' }, 'What it is'),
      h('select', { class: 'govuk-select', id: 'correct-kind', name: 'kind' }, Object.entries(VALUE_KINDS).map(([kind, text]) => h('option', { value: kind, key: kind }, text)))),
    h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'correct-value' }, 'Value'),
      h('div', { class: 'govuk-hint', id: 'correct-hint' }, 'A number as 12.50, a date as 2026-03-27, yes or no.'),
      h('input', { class: 'govuk-input', id: 'correct-value', name: 'value', maxLength: 10_000, 'aria-describedby': 'correct-hint' })),
    h(Reason, { id: 'correct-reason' }), h(Button, { text: 'Correct the data', kind: 'secondary' }));
}

function Restart({ view }: { readonly view: ManageCaseView }): JSX.Element {
  return h(ReasonForm, { view, verb: 'restart', title: 'Take the case up again', text: 'A new case begins by the live version of the procedure, with everything this one held last.', button: 'Start it again' });
}
