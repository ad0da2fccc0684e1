/** Asking a colleague to do the work of a task, and handing it back. */
import { h } from 'preact';
import type { JSX } from 'preact';
import { Button, HiddenFields } from './controls.ts';
import type { FormKeys } from './controls.ts';

export interface Delegation {
  /** Path of the task. */
  readonly action: string;
  readonly keys: FormKeys;
  /** Who can be asked. */
  readonly helpers: readonly { readonly id: string; readonly name: string }[];
}

/** For who holds a task. */
export function Delegate({ action, keys, helpers }: Delegation): JSX.Element | null {
  if (helpers.length === 0) return null;
  return h('details', { class: 'govuk-details desk-further' },
    h('summary', { class: 'govuk-details__summary' }, h('span', { class: 'govuk-details__summary-text' }, 'Ask a colleague to do the work')),
    h('form', { method: 'post', action: `${action}/delegate`, class: 'govuk-details__text desk-form' },
      h(HiddenFields, { csrf: keys, name: 'delegate' }),
      h('p', null, 'Your colleague holds the task and hands it back when the work is done. You complete it.'),
      h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'delegate-to' }, 'Colleague'),
        h('select', { class: 'govuk-select', id: 'delegate-to', name: 'to', required: true }, h('option', { value: '' }, 'Choose a colleague'), helpers.map((person) => h('option', { value: person.id, key: person.id }, person.name)))),
      h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'delegate-comment' }, 'What you ask for', h('span', { class: 'desk-optional' }, ' (optional)')),
        h('textarea', { class: 'govuk-textarea', id: 'delegate-comment', name: 'comment', rows: 2, maxLength: 4_000 })),
      h(Button, { text: 'Delegate', kind: 'secondary' })));
}

/** For who was asked. `asked`: what for, in the words of who holds the task. */
export function HandBack({ action, keys, owner, asked }: { readonly action: string; readonly keys: FormKeys; readonly owner: string; readonly asked: string | undefined }): JSX.Element {
  return h('form', { method: 'post', action: `${action}/resolve`, class: 'desk-form' },
    h(HiddenFields, { csrf: keys, name: 'resolve' }),
    h('div', { class: 'govuk-inset-text' }, h('p', null, `${owner} asked you to do the work of this task, and completes it when you hand it back.`), asked === undefined ? null : h('blockquote', { class: 'desk-history__quote desk-lines' }, asked)),
    h('div', { class: 'govuk-form-group' }, h('label', { class: 'govuk-label', for: 'resolve-comment' }, 'What you found out or did'),
      h('div', { class: 'govuk-hint', id: 'resolve-hint' }, 'It is kept in the history of the case.'),
      h('textarea', { class: 'govuk-textarea', id: 'resolve-comment', name: 'comment', rows: 4, maxLength: 20_000, 'aria-describedby': 'resolve-hint' })),
    h(Button, { text: 'Hand back' }));
}
