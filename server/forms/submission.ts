/** What a person or a program hands in with a form: the values to keep, and every reason why something cannot be taken. */
import type { Json, Variables } from '../../engine/index.ts';
import type { FormError } from '../http/contract/tasks.ts';
import { checkValue, inputName, readAnswer } from './answers.ts';
import type { Reading, Typed } from './answers.ts';
import { fieldsOf } from './model.ts';
import type { Field, Form, FormFacts } from './model.ts';

/** `values` holds one entry for each field that was shown and can be changed; use them only when `errors` is empty. */
export interface Submission {
  readonly values: Variables;
  readonly errors: readonly FormError[];
}

/**
 * Reads a posted form. `typed` are the inputs by name, as a browser sends them; whatever is no input of this form is left
 * alone. Read-only and hidden fields are never taken. Never throws, whatever was sent.
 */
export function parseSubmission(form: Form, typed: Typed, variables: Variables, facts: FormFacts): Submission {
  const readings = new Map<Field, Reading>();
  // Conditions see the case and everything typed, read once before any of them is asked.
  const seen: Record<string, Json> = { ...variables };
  for (const field of fieldsOf(form.nodes)) {
    if (field.readonly) continue;
    const reading = readAnswer(field, typed, variables, facts);
    readings.set(field, reading);
    seen[field.key] = 'value' in reading ? reading.value : null;
  }
  return collect(form, readings, seen, facts);
}

/** Checks what a program sends: values by key. A key that is no changeable field of the form is refused. */
export function checkSubmission(form: Form, values: Variables, variables: Variables, facts: FormFacts): Submission {
  const readings = new Map<Field, Reading>();
  const seen: Record<string, Json> = { ...variables, ...values };
  const fields = fieldsOf(form.nodes);
  for (const field of fields) {
    if (!field.readonly) readings.set(field, checkValue(field, Object.hasOwn(values, field.key) ? values[field.key]! : null, variables, facts));
  }
  const submission = collect(form, readings, seen, facts);
  const foreign = Object.keys(values).filter((key) => !fields.some((field) => field.key === key && !field.readonly));
  return { values: submission.values, errors: [...submission.errors, ...foreign.map((key) => ({ key, target: '', message: `${key}: the form has no such field that can be changed` }))] };
}

function collect(form: Form, readings: ReadonlyMap<Field, Reading>, seen: Variables, facts: FormFacts): Submission {
  const values: Record<string, Json> = {};
  const errors: FormError[] = [];
  for (const field of fieldsOf(form.nodes, (node) => node.hide?.(seen, facts) === true)) {
    const reading = readings.get(field);
    if (reading === undefined) continue;
    if ('value' in reading) values[field.key] = reading.value;
    else errors.push({ key: field.key, target: targetOf(field, reading.part), message: sentence(field.label, reading.error) });
  }
  return { values, errors };
}

/** The id of the input an error links to: the first box of a date, the first choice of a list. */
function targetOf(field: Field, part: string | undefined): string {
  const name = inputName(field.key);
  if (field.kind === 'datetime' && field.subtype !== 'time') return `${name}-${part ?? 'day'}`;
  return field.kind === 'radio' || field.kind === 'checklist' ? `${name}-1` : name;
}

/** "Last day: must be a real date"; after a question the message is a sentence of its own. */
function sentence(label: string, message: string): string {
  const ends = /[?.!:]\s*$/.test(label);
  return ends ? `${label.replace(/:\s*$/, '').trim()} ${message[0]!.toUpperCase()}${message.slice(1)}` : `${label}: ${message}`;
}
