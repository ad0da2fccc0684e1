/** Forms of user tasks and start events: keys and references into zeebe:formDefinition, generated fields into form-js files. */
import type { Converter, Use } from './converter.ts';
import { attributeOf, idOf } from './converter.ts';
import { hasJuel } from './juel-to-feel.ts';
import { elementsOf, textOf } from './xml.ts';
import type { XmlElement } from './xml.ts';

const DEFINITION = 'zeebe:formDefinition';

export function form(converter: Converter, element: XmlElement): void {
  formKey(converter, element);
  formReference(converter, element);
  generated(converter, element);
  const validation = converter.attribute(element, 'formFieldValidation');
  if (validation === undefined) return;
  converter.remove(validation);
  converter.say('leftOut', validation, '', { why: 'answers are always checked against the form' });
}

/** `camunda-forms:deployment:forms/leave.form` names a form of this kind; `embedded:` and `external:` name pages of the other engine. */
function formKey(converter: Converter, element: XmlElement): void {
  const use = converter.attribute(element, 'formKey');
  if (use === undefined) return;
  const key = use.value.trim();
  if (hasJuel(key)) {
    const value = converter.value(use);
    if (value !== undefined) converter.refuse(use, 'unknown', { todo: 'Name one form; conditions inside it can hide what is not meant.' });
    return;
  }
  const id = idFromPath(key.replace(/^(?:embedded|external|camunda-forms):(?:(?:app|deployment|engine):)?/, ''));
  if (id === '') {
    converter.refuse(use, 'unknown', { todo: 'Name a form by zeebe:formDefinition formId.' });
    return;
  }
  if (key.startsWith('camunda-forms:')) converter.move(use, DEFINITION, 'formId', id);
  else if (!converter.put(element, DEFINITION, { formId: id })) {
    converter.keep(use);
    converter.say('present', use, `${DEFINITION} formId`);
  } else {
    converter.remove(use);
    converter.say('rebuildForm', use, id);
  }
}

/** `forms/leave request.html` is leave-request. */
function idFromPath(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.(?:form|html?|json|jsf|xhtml|jsp)$/i, '').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '');
}

function formReference(converter: Converter, element: XmlElement): void {
  const use = converter.attribute(element, 'formRef');
  if (use === undefined) return;
  const value = converter.value(use);
  if (value === undefined) return;
  converter.move(use, DEFINITION, 'formId', value);
  binding(converter, element, element, DEFINITION, { kind: 'formRefBinding', version: 'formRefVersion', tag: '' });
}

/** Which version of a form, process or decision is meant. */
export function binding(converter: Converter, owner: XmlElement, target: XmlElement, type: string, names: { readonly kind: string; readonly version: string; readonly tag: string }): void {
  const tag = names.tag === '' ? undefined : converter.attribute(owner, names.tag, target);
  const version = converter.attribute(owner, names.version, target);
  const use = converter.attribute(owner, names.kind, target);
  if (use?.value === 'deployment') converter.move(use, type, 'bindingType', 'deployment');
  else if (use?.value === 'versionTag' && tag !== undefined) {
    const value = converter.value(tag);
    if (value === undefined) { converter.keep(use); return; }
    converter.move(use, type, 'bindingType', 'versionTag');
    converter.move(tag, type, 'versionTag', value);
  } else if (use !== undefined) {
    converter.remove(use);
    if (use.value === 'latest') converter.say('leftOut', use, '', { why: 'the latest version is what counts here as well' });
    else converter.say('dropped', use, '', { why: 'numbers of versions differ from engine to engine; the latest version is used', todo: 'Give the version that is meant a version tag, and bind to the tag.' });
  }
  if (version === undefined) return;
  converter.remove(version);
  converter.say('dropped', version, '', { why: 'numbers of versions differ from engine to engine', todo: 'Give the version that is meant a version tag, and bind to the tag.' });
}

interface Component extends Record<string, unknown> {
  readonly type: string;
}

function generated(converter: Converter, element: XmlElement): void {
  const data = converter.elements(element, 'formData')[0];
  const fields = data === undefined ? converter.elements(element, 'formProperty') : converter.elements(data.node as XmlElement, 'formField', element);
  if (fields.length === 0) return;
  const id = `${idOf(element)}-form`.replace(/[^A-Za-z0-9_-]+/g, '-');
  if (!converter.put(element, DEFINITION, { formId: id })) {
    for (const use of data === undefined ? fields : [data]) {
      converter.keep(use);
      converter.say('present', use, `${DEFINITION} formId`);
    }
    return;
  }
  const components = fields.map((use, index) => ({ id: `Field_${String(index + 1)}`, ...(data === undefined ? ofProperty(converter, use) : ofField(converter, use)) }));
  const content = { type: 'default', id, schemaVersion: 18, components: components.map(({ id: own, type, ...rest }) => ({ type, id: own, ...rest })) };
  converter.files.push({ name: `${id}.form`, content: `${JSON.stringify(content, null, 2)}\n` });
  converter.say('formMade', data ?? { ...fields[0]!, value: fields.map(({ node }) => attributeOf(node as XmlElement, 'id') ?? '').join(', ') }, `${DEFINITION} formId="${id}"`);
  for (const use of data === undefined ? fields : [data]) converter.remove(use);
}

const TYPES: Readonly<Record<string, string>> = { string: 'textfield', long: 'number', integer: 'number', int: 'number', double: 'number', boolean: 'checkbox', date: 'datetime', enum: 'select' };

/** A component by its type; unknown types are texts, and a finding says so. */
function component(converter: Converter, use: Use, label: string | undefined): Component {
  const node = use.node as XmlElement;
  const id = attributeOf(node, 'id') ?? '';
  const key = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u.test(id) ? id : `field_${id.replace(/[^\p{L}\p{N}_]+/gu, '_')}`.slice(0, 64);
  const written = attributeOf(node, 'type') ?? 'string';
  const type = Object.hasOwn(TYPES, written) ? TYPES[written]! : 'textfield';
  const named = { ...use, value: written, property: `${use.property} ${id}` };
  if (!Object.hasOwn(TYPES, written)) converter.say('check', named, 'a text field', { but: `${written} is a type of the other engine`, todo: 'Choose the right field in the form designer.' });
  if (key !== id) converter.say('check', { ...named, value: id }, key, { but: 'the variable has another name now', todo: 'Name it so in expressions as well.' });
  const values = elementsOf(node).filter(({ local }) => local === 'value').map((value) => ({ label: attributeOf(value, 'name') ?? attributeOf(value, 'id') ?? '', value: attributeOf(value, 'id') ?? '' }));
  const words = label === undefined || label.trim() === '' ? id : label;
  return {
    type, key, ...(type === 'datetime' ? { subtype: 'date', dateLabel: words } : { label: words }),
    ...(written === 'long' || written === 'integer' || written === 'int' ? { decimalDigits: 0 } : {}),
    ...(type === 'select' ? { values } : {}),
  };
}

function defaultOf(converter: Converter, use: Use, type: string, written: string | undefined): Record<string, unknown> {
  if (written === undefined || written === '') return {};
  const named = { ...use, value: written, property: `${use.property} ${attributeOf(use.node as XmlElement, 'id') ?? ''}` };
  const number = Number(written);
  if (!hasJuel(written) && type === 'checkbox') return { defaultValue: written === 'true' };
  if (!hasJuel(written) && type === 'number' && Number.isFinite(number)) return { defaultValue: number };
  if (!hasJuel(written) && (type === 'textfield' || type === 'select')) return { defaultValue: written };
  converter.say('dropped', named, '', { why: 'a field of this type begins empty or with the value of its variable', todo: 'Set the variable before the task, for example by an input mapping.' });
  return {};
}

function ofField(converter: Converter, use: Use): Component {
  const node = use.node as XmlElement;
  const base = component(converter, use, attributeOf(node, 'label'));
  const validate: Record<string, unknown> = {};
  let readonly = false;
  for (const constraint of elementsOf(node).filter(({ local }) => local === 'validation').flatMap(elementsOf)) {
    const name = attributeOf(constraint, 'name') ?? '';
    const config = attributeOf(constraint, 'config') ?? textOf(constraint).trim();
    const limit = Number(config);
    const numeric = config !== '' && Number.isFinite(limit);
    if (name === 'required') { if (config !== 'false') validate['required'] = true; }
    else if (name === 'readonly') readonly = config !== 'false';
    else if (base.type === 'textfield' && numeric && (name === 'minlength' || name === 'maxlength')) validate[name === 'minlength' ? 'minLength' : 'maxLength'] = limit;
    else if (base.type === 'number' && numeric && (name === 'min' || name === 'max')) validate[name] = limit;
    else converter.say('dropped', { ...use, value: config, property: `${use.property} ${attributeOf(node, 'id') ?? ''} ${name}` }, '', { why: 'forms here have no such rule', todo: 'Check the answer in the process, or choose another rule in the form designer.' });
  }
  return { ...base, ...defaultOf(converter, use, base.type, attributeOf(node, 'defaultValue')), ...(readonly ? { readonly } : {}), ...(Object.keys(validate).length > 0 ? { validate } : {}) };
}

function ofProperty(converter: Converter, use: Use): Component {
  const node = use.node as XmlElement;
  const base = component(converter, use, attributeOf(node, 'name'));
  for (const name of ['variable', 'expression']) {
    const value = attributeOf(node, name);
    if (value !== undefined) converter.say('dropped', { ...use, value, property: `${use.property} ${attributeOf(node, 'id') ?? ''} ${name}` }, '', { why: 'a field reads and writes the variable of its own name', todo: 'Map it by zeebe:ioMapping on the task.' });
  }
  return {
    ...base, ...defaultOf(converter, use, base.type, attributeOf(node, 'default')),
    ...(attributeOf(node, 'writable') === 'false' ? { readonly: true } : {}),
    ...(attributeOf(node, 'required') === 'true' ? { validate: { required: true } } : {}),
  };
}
