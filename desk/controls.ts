/** The small parts every page is made of: icons, buttons, hidden fields, error summary, tags. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';

/** What every form of a page carries: the token of the session and a fresh idempotency key. */
export interface FormKeys {
  readonly csrf: string;
  readonly key: string;
}

/** `key` makes a second click harmless; each form of a page needs its own. */
export function HiddenFields({ csrf, name, values = {} }: { readonly csrf: FormKeys; readonly name: string; readonly values?: Readonly<Record<string, string>> }): JSX.Element[] {
  const fields: Readonly<Record<string, string>> = { _csrf: csrf.csrf, _key: `${csrf.key}-${name}`, ...values };
  return Object.entries(fields).map(([field, value]) => h('input', { type: 'hidden', name: field, value, key: field }));
}

export type IconName = 'late' | 'soon' | 'clock' | 'done' | 'current' | 'ahead' | 'person' | 'group' | 'return' | 'cross' | 'sign' | 'paper';

const PATHS: Readonly<Record<IconName, string>> = {
  late: 'M12 2 1 21h22L12 2zm-1 7h2v6h-2V9zm0 8h2v2h-2v-2z',
  soon: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1 5v5.2l4 2.4-1 1.7-5-3V7h2z',
  clock: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zm1 3h-2v6l5 3 1-1.7-4-2.3V7z',
  done: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.5 14.5L6 12l1.5-1.5 3 3 6-6L18 9l-7.5 7.5z',
  current: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zM9.5 7l7 5-7 5V7z',
  ahead: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16z',
  person: 'M12 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zm0 11c4.7 0 8.5 2.3 8.5 5.2V21h-17v-1.8C3.5 16.3 7.3 14 12 14z',
  group: 'M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zm8.5 1a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM8 13.5c4 0 7.2 2 7.2 4.5v2H.8v-2c0-2.5 3.2-4.5 7.2-4.5zm8.5 0c3.6 0 6.5 1.8 6.5 4V20h-6v-2c0-1.7-1-3.2-2.6-4.3.7-.1 1.4-.2 2.1-.2z',
  return: 'M10 5 3 12l7 7v-4.5h3c3 0 5.4 1.3 7 4-.4-5.5-3.4-9-8-9h-2V5z',
  sign: 'M16.9 3.2 20.8 7.1 9.6 18.3 4 20l1.7-5.6L16.9 3.2zM4 21.5h16v1.5H4z',
  paper: 'M6 2h8l5 5v15H6V2zm7.5 1.8V8H17.600L13.5 3.8zM8.500 11h7v1.500h-7V11zm0 3.500h7V16h-7v-1.500z',
  cross: 'M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm4.5 13L15 16.5l-3-3-3 3L7.5 15l3-3-3-3L9 7.5l3 3 3-3L16.5 9l-3 3 3 3z',
};

/** Decoration beside a text that says the same. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return h('svg', { class: `desk-icon desk-icon--${name}`, viewBox: '0 0 24 24', width: 18, height: 18, 'aria-hidden': 'true', focusable: 'false' }, h('path', { d: PATHS[name] }));
}

/** A due date by colour, icon and words. */
export function DueTag({ due, date }: { readonly due: { readonly kind: 'late' | 'soon' | 'later'; readonly text: string }; readonly date: string }): JSX.Element {
  const icon = due.kind === 'late' ? 'late' : due.kind === 'soon' ? 'soon' : 'clock';
  return h('span', { class: `desk-due desk-due--${due.kind}` }, h(Icon, { name: icon }), h('span', null, h('strong', null, due.kind === 'late' ? sentenceCase(due.text) : `Due ${due.text}`), h('span', { class: 'desk-due__date' }, date)));
}

export type ButtonKind = 'primary' | 'secondary' | 'warning' | 'plain';

/** `heard`: what follows the text for those who hear the page without what stands around the button. */
export function Button({ text, kind = 'primary', name, value, icon, heard }: { readonly text: string; readonly kind?: ButtonKind; readonly name?: string; readonly value?: string; readonly icon?: IconName | undefined; readonly heard?: string | undefined }): JSX.Element {
  const style = kind === 'primary' ? '' : kind === 'plain' ? ' desk-button--plain' : ` govuk-button--${kind}`;
  return h('button', { type: 'submit', class: `govuk-button${style}`, ...(name !== undefined && { name, value }) }, icon === undefined ? null : h(Icon, { name: icon }), text, heard === undefined ? null : h('span', { class: 'govuk-visually-hidden' }, ` ${heard}`));
}

/** One form with one button, for what needs no other answer. */
export function ActionForm({ action, text, kind, csrf, name, values, heard }: { readonly action: string; readonly text: string; readonly kind?: ButtonKind; readonly csrf: FormKeys; readonly name: string; readonly values?: Readonly<Record<string, string>>; readonly heard?: string | undefined }): JSX.Element {
  return h('form', { method: 'post', action, class: 'desk-action' }, h(HiddenFields, { csrf, name, ...(values !== undefined && { values }) }), h(Button, { text, heard, ...(kind !== undefined && { kind }) }));
}

/** What is wrong with a form, at its top; takes the focus when the page opens and links to each field. */
export function ErrorSummary({ errors }: { readonly errors: readonly { readonly target: string; readonly message: string }[] }): JSX.Element | null {
  if (errors.length === 0) return null;
  return h('div', { class: 'govuk-error-summary', tabIndex: -1, autofocus: true, id: 'error-summary' },
    h('div', { role: 'alert' },
      h('h2', { class: 'govuk-error-summary__title' }, 'There is a problem'),
      h('div', { class: 'govuk-error-summary__body' },
        h('ul', { class: 'govuk-list govuk-error-summary__list' }, errors.map((error) =>
          h('li', { key: error.target }, error.target === '' ? error.message : h('a', { href: `#${error.target}` }, error.message)))))));
}

/** Text with its line breaks kept. */
export function Lines({ text }: { readonly text: string }): JSX.Element {
  return h('span', { class: 'desk-lines' }, text);
}

export function SummaryList({ rows, children }: { readonly rows: readonly { readonly name: string; readonly value: ComponentChildren }[]; readonly children?: ComponentChildren }): JSX.Element {
  return h('dl', { class: 'govuk-summary-list desk-summary' }, rows.map((row) =>
    h('div', { class: 'govuk-summary-list__row', key: row.name }, h('dt', { class: 'govuk-summary-list__key' }, row.name), h('dd', { class: 'govuk-summary-list__value' }, row.value))), children);
}

export function sentenceCase(text: string): string {
  return text === '' ? text : text[0]!.toUpperCase() + text.slice(1);
}
