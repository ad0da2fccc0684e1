/** The answer of one field: read from what a person typed, or checked when a program sent it. */
import type { Json } from '../../engine/index.ts';
import { readDate, readTime } from './dates.ts';
import type { DateBoxes } from './dates.ts';
import { readChoices } from './check.ts';
import type { Choice, ChoiceField, DateTimeField, Field, FormFacts, NumberField, TextField } from './model.ts';
import type { Variables } from '../../engine/index.ts';

/** A value to keep, or why there is none. `part` is the box the message belongs to. */
export type Reading = { readonly value: Json } | { readonly error: string; readonly part?: string };

/** What was typed, by input name; values that are not texts are taken as nothing. */
export type Typed = Readonly<Record<string, unknown>>;

const MOST_TEXT = 20_000;
const EMAIL = /^[^\s@<>]{1,64}@[^\s@<>.]+(?:\.[^\s@<>.]+){1,8}$/;
const PHONE = /^\+?[\d\s()./-]{4,30}$/;

/** The stem of the names of a field's inputs and its id on the page. No key has a hyphen, so no two stems meet. */
export function inputName(key: string): string {
  return `v-${key}`;
}

export function typedText(typed: Typed, name: string): string {
  const value = Object.hasOwn(typed, name) ? typed[name] : undefined;
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.replace(/\r\n?/g, '\n').trim() : '';
}

export function typedList(typed: Typed, name: string): string[] {
  const value = Object.hasOwn(typed, name) ? typed[name] : undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string' && item !== '') as string[];
}

export function typedDate(typed: Typed, name: string): DateBoxes {
  return { day: typedText(typed, `${name}-day`), month: typedText(typed, `${name}-month`), year: typedText(typed, `${name}-year`) };
}

/** The choices of a field: its own, those a variable holds, or the officers. */
export function choicesOf(field: ChoiceField, variables: Variables, { officers }: Pick<FormFacts, 'officers'>): readonly Choice[] {
  if (field.officers) return officers;
  if (field.choicesFrom === undefined) return field.choices;
  const held = Object.hasOwn(variables, field.choicesFrom) ? variables[field.choicesFrom] : undefined;
  return Array.isArray(held) ? readChoices(held) ?? [] : [];
}

/** Turns what was typed into the field's value. */
export function readAnswer(field: Field, typed: Typed, variables: Variables, facts: FormFacts): Reading {
  const name = inputName(field.key);
  switch (field.kind) {
    case 'textfield':
    case 'textarea': return required(field, checkText(field, typedText(typed, name)));
    case 'number': return required(field, readNumber(field, typedText(typed, name)));
    case 'checkbox': return checkTick(field, typedText(typed, name) !== '');
    case 'checklist': return required(field, checkList(typedList(typed, name), choicesOf(field, variables, facts)));
    case 'radio':
    case 'select': return required(field, checkChoice(typedText(typed, name), choicesOf(field, variables, facts)));
    case 'datetime': return required(field, readDateTime(field, typed, name, facts));
  }
}

/** Checks a value that a program sent for the field; the same rules, without the reading. */
export function checkValue(field: Field, value: Json, variables: Variables, facts: FormFacts): Reading {
  if (value === null) return field.kind === 'checkbox' ? checkTick(field, false) : required(field, { value: null });
  switch (field.kind) {
    case 'textfield':
    case 'textarea': return typeof value === 'string' ? required(field, checkText(field, value)) : { error: 'must be a text' };
    case 'number': {
      const text = typeof value === 'number' ? plainNumber(value) : taggedText(value, 'number');
      return text === undefined ? { error: 'must be a number' } : required(field, readNumber(field, text));
    }
    case 'checkbox': return typeof value === 'boolean' ? checkTick(field, value) : { error: 'must be true or false' };
    case 'checklist': return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? required(field, checkList(value, choicesOf(field, variables, facts))) : { error: 'must be a list of texts' };
    case 'radio':
    case 'select': return typeof value === 'string' ? required(field, checkChoice(value, choicesOf(field, variables, facts))) : { error: 'must be a text' };
    case 'datetime': return checkTagged(field, value, facts);
  }
}

function required(field: Field, reading: Reading): Reading {
  if ('error' in reading || !field.required) return reading;
  const empty = reading.value === null || (Array.isArray(reading.value) && reading.value.length === 0);
  if (!empty) return reading;
  const choosing = field.kind === 'radio' || field.kind === 'select' || field.kind === 'checklist';
  return { error: choosing ? 'choose an answer' : field.kind === 'datetime' && field.subtype !== 'time' ? 'enter a date' : 'enter an answer' };
}

function checkText(field: TextField, text: string): Reading {
  if (text === '') return { value: null };
  // Counted as people count, not in UTF-16 units.
  const length = Array.from(text).length;
  const most = Math.min(field.maxLength ?? MOST_TEXT, MOST_TEXT);
  if (length > most) return { error: `must be ${String(most)} characters or fewer, but it has ${String(length)}` };
  if (field.minLength !== undefined && length < field.minLength) return { error: `must be ${String(field.minLength)} characters or more` };
  if (field.kind === 'textfield' && text.includes('\n')) return { error: 'must be on one line' };
  if (field.format === 'email' && !EMAIL.test(text)) return { error: 'must be an e-mail address, like name@example.gov' };
  if (field.format === 'phone' && !PHONE.test(text)) return { error: 'must be a telephone number, like 758 468 2000' };
  if (field.pattern !== undefined && !field.pattern(text)) return { error: 'is not in the form that is asked for' };
  return { value: text };
}

function checkTick(field: Field, ticked: boolean): Reading {
  return field.required && !ticked ? { error: 'tick the box to confirm' } : { value: ticked };
}

function checkChoice(text: string, choices: readonly Choice[]): Reading {
  if (text === '') return { value: null };
  return choices.some((choice) => choice.value === text) ? { value: text } : { error: 'choose one of the answers in the list' };
}

function checkList(chosen: readonly string[], choices: readonly Choice[]): Reading {
  if (chosen.some((text) => !choices.some((choice) => choice.value === text))) return { error: 'choose from the answers in the list' };
  // In the order of the form, each once, however they were sent.
  return { value: choices.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.value) };
}

const NUMBER = /^[+-]?\d{1,30}(?:\.\d{1,30})?$/;

/** A number written without exponent, or undefined. */
function plainNumber(value: number): string | undefined {
  const text = String(value);
  return NUMBER.test(text) ? text : undefined;
}

function readNumber(field: NumberField, typed: string): Reading {
  const text = typed.replace(/[\s,\u00a0]/g, '');
  if (text === '') return { value: null };
  if (!NUMBER.test(text)) return { error: 'must be a number, like 12 or 12.5' };
  const digits = text.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  if (field.decimalDigits !== undefined && digits > field.decimalDigits) {
    return { error: field.decimalDigits === 0 ? 'must be a whole number' : `must have at most ${String(field.decimalDigits)} digits after the point` };
  }
  const number = Number(text);
  if (field.min !== undefined && number < field.min) return { error: `must be ${String(field.min)} or more` };
  if (field.max !== undefined && number > field.max) return { error: `must be ${String(field.max)} or less` };
  return { value: exactNumber(text) };
}

/** A JSON number when it says exactly what was typed, else the tagged text. */
export function exactNumber(text: string): Json {
  const normal = normalNumber(text);
  const number = Number(normal);
  return String(number) === normal ? number : { $: 'number', v: normal };
}

function normalNumber(text: string): string {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const digits = whole.replace(/^0+(?=\d)/, '');
  const rest = fraction.replace(/0+$/, '');
  const plain = rest === '' ? digits : `${digits}.${rest}`;
  return text.startsWith('-') && plain !== '0' ? `-${plain}` : plain;
}

function readDateTime(field: DateTimeField, typed: Typed, name: string, facts: FormFacts): Reading {
  if (field.subtype === 'time') {
    const text = typedText(typed, name);
    if (text === '') return { value: null };
    const time = readTime(text);
    return time === undefined ? { error: 'must be a time of day, like 14:30' } : { value: { $: 'time', v: time } };
  }
  const boxes = typedDate(typed, name);
  const timeText = field.subtype === 'datetime' ? typedText(typed, `${name}-time`) : '';
  const missing = (['day', 'month', 'year'] as const).filter((part) => boxes[part] === '');
  if (missing.length === 3 && timeText === '') return { value: null };
  if (missing.length > 0) return { error: `must include a ${missing.join(' and a ')}`, part: missing[0]! };
  const date = readDate(boxes);
  if (date === undefined) return { error: 'must be a real date, like 27 3 2026', part: 'day' };
  if (field.refusesPast && date < facts.today) return { error: 'must be today or in the future', part: 'day' };
  if (field.subtype === 'date') return { value: { $: 'date', v: date } };
  const time = readTime(timeText);
  return time === undefined ? { error: 'must include a time of day, like 14:30', part: 'time' } : { value: { $: 'dateTime', v: `${date}T${time}@${facts.zone}` } };
}

function taggedText(value: Json, tag: string): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const object = value as Readonly<Record<string, Json>>;
  return object['$'] === tag && typeof object['v'] === 'string' ? object['v'] : undefined;
}

function checkTagged(field: DateTimeField, value: Json, facts: FormFacts): Reading {
  const tag = field.subtype === 'datetime' ? 'dateTime' : field.subtype;
  const text = taggedText(value, tag);
  const wrong = { error: `must be a ${tag}, tagged {"$":"${tag}","v":"..."}` };
  if (text === undefined) return wrong;
  const [date = '', clock = ''] = field.subtype === 'time' ? ['', text] : text.split('T');
  if (field.subtype !== 'time') {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
    if (match === null || readDate({ day: match[3]!, month: match[2]!, year: match[1]! }) === undefined) return wrong;
    if (field.refusesPast && date < facts.today) return { error: 'must be today or in the future' };
  }
  if (field.subtype !== 'date' && !/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}|@[A-Za-z][\w+/-]{0,60})?$/.test(clock)) return wrong;
  return { value };
}

/** The boxes to show for a stored date or date and time. */
export function dateText(value: Json | undefined): string {
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : undefined;
  const text = object?.['v'];
  return typeof text === 'string' ? text : '';
}

