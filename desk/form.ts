/** Draws a form (GOV.UK style): labels, hints, errors tied to their inputs, fieldsets with legends, dates in three boxes; no script needed. */
import { h } from 'preact';
import type { ComponentChildren, JSX } from 'preact';
import type { ChoiceView, FormItem, TextBlock, TextSpan } from '../server/http/contract/tasks.ts';
import type { Formats } from './format.ts';

type Of<K extends FormItem['kind']> = Extract<FormItem, { readonly kind: K }>;
type ChoiceItem = Extract<FormItem, { readonly choices: readonly ChoiceView[] }>;
type FieldItem = Extract<FormItem, { readonly name: string }>;

export function FormFields({ items, formats }: { readonly items: readonly FormItem[]; readonly formats: Formats }): JSX.Element[] {
  return items.map((item, index) => h(Item, { item, formats, key: 'name' in item ? item.name : String(index) }));
}

function Item({ item, formats }: { readonly item: FormItem; readonly formats: Formats }): JSX.Element {
  switch (item.kind) {
    case 'input': return h(TextInput, { field: item });
    case 'textarea': return h(TextArea, { field: item });
    case 'checkbox': return h(Checkbox, { field: item });
    case 'checklist':
    case 'radio': return h(Choices, { field: item });
    case 'select': return h(Select, { field: item });
    case 'date': return h(DateInput, { field: item });
    case 'answer': return h('div', { class: 'govuk-form-group desk-answer' }, h('p', { class: 'desk-answer__label' }, item.label), hint(item), h('p', { class: 'desk-answer__value desk-lines' }, formats.value(item.value)));
    case 'text': return h('div', { class: 'desk-text' }, item.blocks.map(block));
    case 'group': return h('fieldset', { class: `govuk-fieldset desk-group${item.outline ? ' desk-group--outline' : ''}` },
      item.label === '' ? null : h('legend', { class: 'govuk-fieldset__legend govuk-fieldset__legend--m' }, item.label), h(FormFields, { items: item.items, formats }));
    case 'row': return h('div', { class: 'desk-row' }, item.items.map((member, index) =>
      h('div', { class: `desk-row__part desk-columns-${String('columns' in member ? member.columns ?? 16 : 16)}`, key: String(index) }, h(Item, { item: member, formats }))));
    case 'separator': return h('hr', { class: 'govuk-section-break govuk-section-break--m govuk-section-break--visible' });
    case 'spacer': return h('div', { class: `desk-spacer desk-spacer--${item.height > 80 ? 'l' : item.height > 30 ? 'm' : 's'}`, 'aria-hidden': 'true' });
  }
}

function labelText(field: FieldItem): ComponentChildren {
  return field.required || field.kind === 'answer' ? field.label : [field.label, h('span', { class: 'desk-optional' }, ' (optional)')];
}

function hint(field: FieldItem, extra?: string): JSX.Element | null {
  const text = [field.hint, extra].filter((part) => part !== undefined && part !== '').join(' ');
  return text === '' ? null : h('div', { class: 'govuk-hint', id: `${field.name}-hint` }, text);
}

function errorMessage(field: FieldItem): JSX.Element | null {
  return field.error === undefined ? null : h('p', { class: 'govuk-error-message', id: `${field.name}-error` }, h('span', { class: 'govuk-visually-hidden' }, 'Error: '), field.error);
}

/** `aria-describedby` of an input: its hint and its error, if there are any. */
function describedBy(field: FieldItem, hasHint: boolean): { 'aria-describedby'?: string } {
  const ids = [...(hasHint ? [`${field.name}-hint`] : []), ...(field.error === undefined ? [] : [`${field.name}-error`])];
  return ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') };
}

function group(field: FieldItem, ...children: ComponentChildren[]): JSX.Element {
  return h('div', { class: `govuk-form-group${field.error === undefined ? '' : ' govuk-form-group--error'}` }, ...children);
}

function TextInput({ field }: { readonly field: Of<'input'> }): JSX.Element {
  const example = field.input === 'time' ? 'For example, 14:30.' : undefined;
  const input = h('input', {
    class: `govuk-input${field.input === 'decimal' || field.input === 'time' ? ' govuk-input--width-10' : ''}${field.error === undefined ? '' : ' govuk-input--error'}`,
    id: field.name, name: field.name, value: field.value,
    type: field.input === 'email' || field.input === 'tel' ? field.input : 'text',
    ...(field.input === 'decimal' && { inputMode: 'decimal' as const }), ...(field.input === 'email' && { spellcheck: false, autocomplete: 'email' }),
    ...describedBy(field, field.hint !== '' || example !== undefined),
  });
  const affix = (text: string, where: 'prefix' | 'suffix'): JSX.Element | null => (text === '' ? null : h('div', { class: `govuk-input__${where}`, 'aria-hidden': 'true' }, text));
  const wrapped = field.prefix === '' && field.suffix === '' ? input : h('div', { class: 'govuk-input__wrapper' }, affix(field.prefix, 'prefix'), input, affix(field.suffix, 'suffix'));
  return group(field, h('label', { class: 'govuk-label', for: field.name }, labelText(field)), hint(field, example), errorMessage(field), wrapped);
}

function TextArea({ field }: { readonly field: Of<'textarea'> }): JSX.Element {
  const most = field.maxLength === undefined ? undefined : `You can enter up to ${String(field.maxLength)} characters.`;
  return group(field,
    h('label', { class: 'govuk-label', for: field.name }, labelText(field)), hint(field, most), errorMessage(field),
    h('textarea', { class: `govuk-textarea${field.error === undefined ? '' : ' govuk-textarea--error'}`, id: field.name, name: field.name, rows: 4, ...describedBy(field, field.hint !== '' || most !== undefined) }, field.value));
}

function Checkbox({ field }: { readonly field: Of<'checkbox'> }): JSX.Element {
  return group(field, errorMessage(field),
    h('div', { class: 'govuk-checkboxes' },
      h('div', { class: 'govuk-checkboxes__item' },
        h('input', { class: 'govuk-checkboxes__input', id: field.name, name: field.name, type: 'checkbox', value: 'yes', checked: field.checked, ...describedBy(field, field.hint !== '') }),
        h('label', { class: 'govuk-label govuk-checkboxes__label', for: field.name }, field.label),
        field.hint === '' ? null : h('div', { class: 'govuk-hint govuk-checkboxes__hint', id: `${field.name}-hint` }, field.hint))));
}

function Choices({ field }: { readonly field: ChoiceItem }): JSX.Element {
  const type = field.kind === 'radio' ? 'radio' : 'checkbox';
  const block = field.kind === 'radio' ? 'govuk-radios' : 'govuk-checkboxes';
  return group(field,
    h('fieldset', { class: 'govuk-fieldset', ...describedBy(field, field.hint !== '') },
      h('legend', { class: 'govuk-fieldset__legend' }, labelText(field)), hint(field), errorMessage(field),
      h('div', { class: block }, field.choices.map((choice, index) => h(Choice, { choice, type, block, name: field.name, id: `${field.name}-${String(index + 1)}`, key: choice.value })))));
}

function Choice({ choice, type, block, name, id }: { readonly choice: ChoiceView; readonly type: 'radio' | 'checkbox'; readonly block: string; readonly name: string; readonly id: string }): JSX.Element {
  return h('div', { class: `${block}__item` },
    h('input', { class: `${block}__input`, id, name, type, value: choice.value, checked: choice.chosen }),
    h('label', { class: `govuk-label ${block}__label`, for: id }, choice.label));
}

function Select({ field }: { readonly field: ChoiceItem }): JSX.Element {
  const chosen = field.choices.some((choice) => choice.chosen);
  return group(field,
    h('label', { class: 'govuk-label', for: field.name }, labelText(field)), hint(field), errorMessage(field),
    h('select', { class: `govuk-select${field.error === undefined ? '' : ' govuk-select--error'}`, id: field.name, name: field.name, ...describedBy(field, field.hint !== '') },
      h('option', { value: '', selected: !chosen }, field.required ? 'Choose an answer' : 'No answer'),
      field.choices.map((choice) => h('option', { value: choice.value, selected: choice.chosen, key: choice.value }, choice.label))));
}

function DateInput({ field }: { readonly field: Of<'date'> }): JSX.Element {
  const box = (part: 'day' | 'month' | 'year', label: string, width: number): JSX.Element =>
    h('div', { class: 'govuk-date-input__item', key: part },
      h('div', { class: 'govuk-form-group' },
        h('label', { class: 'govuk-label govuk-date-input__label', for: `${field.name}-${part}` }, label),
        h('input', { class: `govuk-input govuk-date-input__input govuk-input--width-${String(width)}${field.error === undefined ? '' : ' govuk-input--error'}`, id: `${field.name}-${part}`, name: `${field.name}-${part}`, type: 'text', inputMode: 'numeric', value: field[part] })));
  const time = field.time === undefined ? null : h('div', { class: 'govuk-date-input__item' },
    h('div', { class: 'govuk-form-group' },
      h('label', { class: 'govuk-label govuk-date-input__label', for: `${field.name}-time` }, 'Time'),
      h('input', { class: 'govuk-input govuk-date-input__input govuk-input--width-5', id: `${field.name}-time`, name: `${field.name}-time`, type: 'text', value: field.time })));
  return group(field,
    h('fieldset', { class: 'govuk-fieldset', role: 'group', ...describedBy(field, true) },
      h('legend', { class: 'govuk-fieldset__legend' }, labelText(field)),
      hint(field, field.time === undefined ? 'For example, 27 3 2026.' : 'For example, 27 3 2026 and 14:30.'), errorMessage(field),
      h('div', { class: 'govuk-date-input' }, box('day', 'Day', 2), box('month', 'Month', 2), box('year', 'Year', 4), time)));
}

function block(part: TextBlock, index: number): JSX.Element {
  const key = String(index);
  if (part.kind === 'paragraph') return h('p', { class: 'govuk-body', key }, part.spans.map(span));
  if (part.kind === 'heading') return h('h2', { class: 'govuk-heading-s', key }, part.spans.map(span));
  return h(part.ordered ? 'ol' : 'ul', { class: `govuk-list govuk-list--${part.ordered ? 'number' : 'bullet'}`, key }, part.items.map((item, at) => h('li', { key: String(at) }, item.map(span))));
}

function span(part: TextSpan, index: number): ComponentChildren {
  if (part.kind === 'bold') return h('strong', { key: String(index) }, part.text);
  return part.kind === 'link' ? h('a', { class: 'govuk-link', href: part.href, rel: 'noreferrer', key: String(index) }, part.text) : part.text;
}
