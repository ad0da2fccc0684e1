/** A form as it is shown: labels, hints, the values of the case or what was typed, and the errors beside their fields. */
import type { Json, Variables } from '../../engine/index.ts';
import type { FormError, FormItem, FormView } from '../http/contract/tasks.ts';
import { boxesOf } from './dates.ts';
import { choicesOf, dateText, inputName, readAnswer, typedDate, typedList, typedText } from './answers.ts';
import type { Typed } from './answers.ts';
import { fieldsOf, isField } from './model.ts';
import type { ChoiceField, DateTimeField, Field, Form, FormFacts, FormNode } from './model.ts';

interface Showing {
  readonly variables: Variables;
  /** Undefined on the first visit: the values of the case are shown. */
  readonly typed: Typed | undefined;
  readonly errors: readonly FormError[];
  readonly seen: Variables;
  readonly facts: FormFacts;
}

/** `typed`: what a person typed before (after an error, or from a draft); it wins over the values of the case. */
export function presentForm(form: Form, variables: Variables, facts: FormFacts, typed?: Typed, errors: readonly FormError[] = []): FormView {
  const seen: Record<string, Json> = { ...variables };
  for (const field of fieldsOf(form.nodes)) {
    if (field.readonly) continue;
    if (typed === undefined) seen[field.key] = valueOf(variables, field.key) ?? initialOf(field);
    else {
      const reading = readAnswer(field, typed, variables, facts);
      seen[field.key] = 'value' in reading ? reading.value : null;
    }
  }
  return { items: present(form.nodes, { variables, typed, errors, seen, facts }), errors };
}

function present(nodes: readonly FormNode[], showing: Showing): FormItem[] {
  const items: FormItem[] = [];
  let row: { readonly name: string; readonly items: FormItem[] } | undefined;
  for (const node of nodes) {
    if (node.hide?.(showing.seen, showing.facts) === true) continue;
    const item = presentNode(node, showing);
    if (node.place?.columns === undefined) row = undefined;
    else if (row?.name === node.place.row) {
      // Its second member makes a row of what stood alone so far.
      if (row.items.length === 1) items[items.length - 1] = { kind: 'row', items: row.items };
      row.items.push(item);
      continue;
    } else row = { name: node.place.row, items: [item] };
    items.push(item);
  }
  return items;
}

function presentNode(node: FormNode, showing: Showing): FormItem {
  const columns = node.place?.columns;
  if (isField(node)) return presentField(node, showing);
  switch (node.kind) {
    case 'text': return { kind: 'text', blocks: node.blocks, columns };
    case 'group': return { kind: 'group', label: node.label, outline: node.outline, items: present(node.children, showing), columns };
    case 'separator': return { kind: 'separator' };
    case 'spacer': return { kind: 'spacer', height: Math.min(node.height, 400) };
  }
}

function valueOf(variables: Variables, key: string): Json | undefined {
  return Object.hasOwn(variables, key) ? variables[key] : undefined;
}

function initialOf(field: Field): Json {
  switch (field.kind) {
    case 'textfield':
    case 'textarea': return field.initial === '' ? null : field.initial;
    case 'number': return field.initial ?? null;
    case 'checkbox': return field.initial;
    case 'checklist': return field.initial;
    case 'radio':
    case 'select': return field.initial[0] ?? null;
    case 'datetime': return null;
  }
}

function presentField(field: Field, showing: Showing): FormItem {
  const { typed } = showing;
  const name = inputName(field.key);
  const error = showing.errors.find((candidate) => candidate.key === field.key)?.message;
  const view = { name, label: field.label, hint: field.description, required: field.required, error, columns: field.place?.columns };
  const held = valueOf(showing.variables, field.key) ?? (field.readonly ? initialOf(field) : showing.seen[field.key]);
  if (field.readonly) return { ...view, kind: 'answer', value: worded(field, held, showing.variables, showing.facts) };
  switch (field.kind) {
    case 'textfield': return { ...view, kind: 'input', input: INPUTS[field.format], value: typed === undefined ? plain(held) : typedText(typed, name), prefix: field.prefix, suffix: field.suffix, maxLength: field.maxLength };
    case 'textarea': return { ...view, kind: 'textarea', value: typed === undefined ? plain(held) : typedText(typed, name), maxLength: field.maxLength };
    case 'number': return { ...view, kind: 'input', input: 'decimal', value: typed === undefined ? plain(held) : typedText(typed, name), prefix: field.prefix, suffix: field.suffix, maxLength: undefined };
    case 'checkbox': return { ...view, kind: 'checkbox', checked: typed === undefined ? held === true : typedText(typed, name) !== '' };
    case 'checklist':
    case 'radio':
    case 'select': return { ...view, kind: field.kind, choices: choiceViews(field, typed === undefined ? texts(held) : typedList(typed, name), showing) };
    case 'datetime': return presentDate(field, view, typed, name, dateText(held));
  }
}

const INPUTS = { text: 'text', email: 'email', phone: 'tel' } as const;
type View = Pick<Extract<FormItem, { kind: 'input' }>, 'name' | 'label' | 'hint' | 'required' | 'error' | 'columns'>;

function presentDate(field: DateTimeField, view: View, typed: Typed | undefined, name: string, held: string): FormItem {
  if (field.subtype === 'time') {
    return { ...view, kind: 'input', input: 'time', value: typed === undefined ? held.slice(0, 5) : typedText(typed, name), prefix: '', suffix: '', maxLength: undefined };
  }
  const boxes = typed === undefined ? boxesOf(held) : typedDate(typed, name);
  const time = field.subtype === 'datetime' ? (typed === undefined ? held.split('T')[1]?.slice(0, 5) ?? '' : typedText(typed, `${name}-time`)) : undefined;
  return { ...view, kind: 'date', ...boxes, time };
}

function choiceViews(field: ChoiceField, chosen: readonly string[], { variables, facts }: Showing): { value: string; label: string; chosen: boolean }[] {
  return choicesOf(field, variables, facts).map((choice) => ({ ...choice, chosen: chosen.includes(choice.value) }));
}

function plain(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : dateText(value);
}

function texts(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A choice is shown by its label, everything else as it is. */
export function worded(field: Field, value: Json | undefined, variables: Variables, facts: FormFacts): Json | undefined {
  if (field.kind !== 'radio' && field.kind !== 'select' && field.kind !== 'checklist') return value;
  const choices = choicesOf(field, variables, facts);
  const label = (text: Json): Json => choices.find((choice) => choice.value === text)?.label ?? text;
  if (value === undefined) return undefined;
  return Array.isArray(value) ? (value as readonly Json[]).map(label) : label(value);
}
