/** Reads a form-js JSON schema into a Form; whatever would not have an effect on screen or on the answer is refused. */
import type { Problem } from '../../engine/index.ts';
import { formProblem } from './errors.ts';
import { readMarkdown } from './markdown.ts';
import { fieldsOf } from './model.ts';
import type { Choice, Condition, Field, Form, FormNode } from './model.ts';
import { compilePattern } from './pattern.ts';
import { Properties, describe, isObject } from './properties.ts';

/** Compiles a FEEL condition (without the leading `=`); undefined when it is not FEEL. Absent: conditions are refused. */
export type CompileCondition = (source: string) => Condition | undefined;

const FIELD_TYPES = ['textfield', 'textarea', 'number', 'checkbox', 'checklist', 'radio', 'select', 'datetime'] as const;
const TYPES = [...FIELD_TYPES, 'text', 'group', 'separator', 'spacer'] as const;
type Type = (typeof TYPES)[number];
type Base = Pick<Field, 'id' | 'hide' | 'place' | 'key' | 'label' | 'description' | 'required' | 'readonly'>;

const KEY = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u;
const MOST_DEPTH = 8;
/** Written by the form designer; says nothing about what is shown. */
const FORM_PROPERTIES = new Set(['type', 'id', 'components', 'schemaVersion', 'exporter', 'executionPlatform', 'executionPlatformVersion', 'versionTag', '$schema']);

/** All findings about a schema; an empty list means it can be deployed. */
export function checkForm(json: unknown, compile?: CompileCondition): Problem[] {
  return readForm(json, compile).problems;
}

/** The form, or undefined with at least one finding. */
export function readForm(json: unknown, compile?: CompileCondition): { readonly form: Form | undefined; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const id = isObject(json) && typeof json['id'] === 'string' ? json['id'] : '';
  const refuse = (found: string): void => { problems.push(formProblem('FORM_SCHEMA_INVALID', id, { found })); };
  if (!isObject(json)) refuse(`it is ${describe(json)}`);
  else {
    if (id === '') refuse('it has no id');
    if (json['type'] !== 'default') refuse(`its type is ${describe(json['type'])}`);
    for (const name of Object.keys(json)) {
      if (!FORM_PROPERTIES.has(name)) problems.push(formProblem('FORM_PROPERTY_UNKNOWN', id, { id, type: 'form', property: name }));
    }
    if (!Array.isArray(json['components'])) refuse('it has no list of components');
    else {
      const nodes = new Reader(problems, compile).components(json['components'], 0);
      refuseRepeatedKeys(nodes, problems);
      if (problems.length === 0) return { form: { id, nodes }, problems };
    }
  }
  return { form: undefined, problems };
}

function refuseRepeatedKeys(nodes: readonly FormNode[], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const field of fieldsOf(nodes)) {
    if (seen.has(field.key)) problems.push(formProblem('FORM_KEY_TWICE', field.id, { id: field.id, key: field.key }));
    seen.add(field.key);
  }
}

class Reader {
  readonly #problems: Problem[];
  readonly #compile: CompileCondition | undefined;

  constructor(problems: Problem[], compile: CompileCondition | undefined) {
    this.#problems = problems;
    this.#compile = compile;
  }

  components(list: readonly unknown[], depth: number): FormNode[] {
    const nodes: FormNode[] = [];
    for (const [index, item] of list.entries()) {
      const node = this.#component(item, `component ${String(index + 1)}`, depth);
      if (node !== undefined) nodes.push(node);
    }
    return nodes;
  }

  #component(item: unknown, otherwise: string, depth: number): FormNode | undefined {
    const id = isObject(item) && typeof item['id'] === 'string' && item['id'] !== '' ? item['id'] : isObject(item) && typeof item['key'] === 'string' ? item['key'] : otherwise;
    if (!isObject(item) || typeof item['type'] !== 'string') {
      this.#problems.push(formProblem('FORM_COMPONENT_INVALID', id, { id, found: isObject(item) ? 'it has no type' : `it is ${describe(item)}` }));
      return undefined;
    }
    if (!TYPES.includes(item['type'] as Type)) {
      this.#problems.push(formProblem('FORM_COMPONENT_UNKNOWN', id, { id, found: describe(item['type']), known: TYPES.join(', ') }));
      return undefined;
    }
    const properties = new Properties(id, item, this.#problems);
    properties.known('type', 'id');
    const node = this.#read(item['type'] as Type, properties, depth);
    properties.finish(item['type']);
    return node;
  }

  #read(type: Type, properties: Properties, depth: number): FormNode | undefined {
    const shared = { id: properties.id, hide: this.#condition(properties), place: place(properties) };
    // An empty list of custom properties is what the designer leaves behind; a select may say where its choices are.
    const custom = properties.raw('properties');
    if (type !== 'select' && custom !== undefined && !(isObject(custom) && Object.keys(custom).length === 0)) properties.wrong('properties', 'empty: nothing reads custom properties', custom);
    switch (type) {
      case 'text': return { ...shared, kind: 'text', blocks: readMarkdown(properties.text('text')) };
      case 'separator': return { ...shared, kind: 'separator' };
      case 'spacer': return { ...shared, kind: 'spacer', height: properties.number('height', 0) ?? 60 };
      case 'group': return this.#group(shared, properties, depth);
      default: return this.#field(type, { ...shared, ...this.#fieldBase(properties) }, properties);
    }
  }

  #group(shared: Pick<Field, 'id' | 'hide' | 'place'>, properties: Properties, depth: number): FormNode | undefined {
    const children = properties.raw('components');
    if (properties.text('path') !== '') properties.wrong('path', 'empty: answers are kept under their own key', properties.raw('path'));
    properties.oneOf('verticalAlignment', ['start'], 'start');
    const group = { ...shared, kind: 'group' as const, label: properties.text('label'), outline: properties.flag('showOutline') };
    if (!Array.isArray(children) || depth >= MOST_DEPTH) {
      properties.wrong('components', `a list of components, at most ${String(MOST_DEPTH)} groups deep`, children);
      return undefined;
    }
    return { ...group, children: this.components(children, depth + 1) };
  }

  #fieldBase(properties: Properties): Omit<Base, 'id' | 'hide' | 'place' | 'required'> {
    const key = properties.raw('key');
    if (typeof key !== 'string' || !KEY.test(key)) this.#problems.push(formProblem('FORM_KEY_INVALID', properties.id, { id: properties.id, found: describe(key) }));
    const readonly = properties.flag('readonly');
    const disabled = properties.flag('disabled');
    return { key: typeof key === 'string' ? key : '', label: properties.text('label'), description: properties.text('description'), readonly: readonly || disabled };
  }

  #condition(properties: Properties): Condition | undefined {
    const value = properties.raw('conditional');
    if (value === undefined || value === null) return undefined;
    const inside = properties.inside('conditional');
    const hide = inside.raw('hide');
    inside.finish('conditional');
    if (hide === undefined || hide === '') return undefined;
    const refuse = (found: string): void => { this.#problems.push(formProblem('FORM_CONDITION_INVALID', properties.id, { id: properties.id, found })); };
    if (typeof hide !== 'string' || !hide.startsWith('=')) refuse(`it is ${describe(hide)}`);
    else if (this.#compile === undefined) refuse('conditions are not executed here');
    else {
      const condition = this.#compile(hide.slice(1));
      if (condition !== undefined) return condition;
      refuse(`${describe(hide)} cannot be read as one`);
    }
    return undefined;
  }

  #field(type: (typeof FIELD_TYPES)[number], base: Omit<Base, 'required'>, properties: Properties): Field {
    const validate = properties.inside('validate');
    const required = validate.flag('required');
    const field = this.#typed(type, { ...base, required }, properties, validate);
    validate.finish(type);
    if (base.label === '' && type !== 'datetime') properties.wrong('label', 'a text: a field without a label cannot be understood', undefined);
    return field;
  }

  #typed(type: (typeof FIELD_TYPES)[number], base: Base, properties: Properties, validate: Properties): Field {
    switch (type) {
      case 'textfield':
      case 'textarea': return this.#text(type, base, properties, validate);
      case 'number': return this.#number(base, properties, validate);
      case 'checkbox': return { ...base, kind: 'checkbox', initial: properties.flag('defaultValue') };
      case 'datetime': return dateTime(base, properties);
      default: return choice(type, base, properties);
    }
  }

  #text(kind: 'textfield' | 'textarea', base: Base, properties: Properties, validate: Properties): Field {
    const { prefix, suffix } = adorners(properties);
    const source = validate.raw('pattern');
    const pattern = typeof source === 'string' && source !== '' ? compilePattern(source) : undefined;
    if (source !== undefined && source !== '' && pattern === undefined) this.#problems.push(formProblem('FORM_PATTERN_INVALID', base.id, { id: base.id, found: describe(source) }));
    const type = validate.oneOf('validationType', ['', 'custom', 'email', 'phone'], '');
    return {
      ...base, kind, prefix, suffix, pattern, initial: properties.text('defaultValue'),
      format: type === 'email' || type === 'phone' ? type : 'text',
      minLength: validate.number('minLength', 0), maxLength: validate.number('maxLength', 0),
    };
  }

  #number(base: Base, properties: Properties, validate: Properties): Field {
    const { prefix, suffix } = adorners(properties);
    // Arrows beside the box are left out on purpose (they change numbers by accident), so the step has no effect and no harm.
    properties.known('increment');
    if (properties.flag('serializeToString')) properties.wrong('serializeToString', 'false: numbers are kept as numbers without loss', true);
    return {
      ...base, kind: 'number', prefix, suffix, initial: properties.number('defaultValue'),
      min: validate.number('min'), max: validate.number('max'), decimalDigits: properties.number('decimalDigits', 0),
    };
  }
}

function place(properties: Properties): Field['place'] {
  const layout = properties.inside('layout');
  const row = layout.raw('row');
  const columns = layout.number('columns', 2);
  if (columns !== undefined && columns > 16) layout.wrong('columns', 'at most 16', columns);
  layout.finish('layout');
  return typeof row === 'string' ? { row, columns } : undefined;
}

function adorners(properties: Properties): { readonly prefix: string; readonly suffix: string } {
  const appearance = properties.inside('appearance');
  const found = { prefix: appearance.text('prefixAdorner'), suffix: appearance.text('suffixAdorner') };
  appearance.finish('appearance');
  return found;
}

function choice(kind: 'radio' | 'select' | 'checklist', base: Base, properties: Properties): Field {
  const values = properties.raw('values');
  const from = properties.text('valuesKey');
  const officers = kind === 'select' && choicesAreOfficers(properties);
  const choices = Array.isArray(values) ? readChoices(values) : undefined;
  if (from === '' && !officers && (choices === undefined || choices.length === 0)) properties.wrong('values', 'a list of {value, label}', values);
  // A long list is a plain select here: no script is needed to search it.
  if (kind === 'select') properties.known('searchable');
  const initial = properties.raw('defaultValue');
  const chosen = typeof initial === 'string' && initial !== '' ? [initial] : Array.isArray(initial) ? initial.filter((item) => typeof item === 'string') : [];
  for (const value of chosen) {
    if (choices !== undefined && !choices.some((known) => known.value === value)) properties.wrong('defaultValue', 'one of its values', value);
  }
  return { ...base, kind, choices: choices ?? [], choicesFrom: from === '' ? undefined : from, officers, initial: chosen };
}

/** A property of our own, in the place form-js has for such: the people of the directory who work on tasks. */
function choicesAreOfficers(properties: Properties): boolean {
  if (properties.raw('properties') === undefined) return false;
  const own = properties.inside('properties');
  const found = own.oneOf('choices', ['officers', ''], '');
  own.finish('properties');
  return found === 'officers';
}

/** Choices from a list of texts or of {value, label}; undefined when it is something else. */
export function readChoices(list: readonly unknown[]): Choice[] | undefined {
  const choices: Choice[] = [];
  for (const item of list) {
    if (typeof item === 'string') choices.push({ value: item, label: item });
    else if (isObject(item) && typeof item['value'] === 'string' && item['value'] !== '') {
      choices.push({ value: item['value'], label: typeof item['label'] === 'string' ? item['label'] : item['value'] });
    } else return undefined;
  }
  return choices;
}

function dateTime(base: Base, properties: Properties): Field {
  const subtype = properties.oneOf('subtype', ['date', 'time', 'datetime'], 'date');
  const label = base.label || (subtype === 'time' ? properties.text('timeLabel') : properties.text('dateLabel'));
  properties.known('dateLabel', 'timeLabel', 'use24h', 'timeInterval', 'timeSerializingFormat');
  if (label === '') properties.wrong(subtype === 'time' ? 'timeLabel' : 'dateLabel', 'a text: a field without a label cannot be understood', undefined);
  return { ...base, kind: 'datetime', label, subtype, refusesPast: properties.flag('disallowPassedDates') };
}
