/** Which form-js schemas can be deployed, and why the others are refused. */
import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { checkForm } from '../../../server/forms/index.ts';
import { checkForm as check, readForm } from '../../../server/forms/check.ts';
import { FORM_ERRORS } from '../../../server/forms/errors.ts';
import { codesOf, schema } from './support.ts';

const FIELD = { type: 'textfield', key: 'name', label: 'Name' };

describe('Forms: what is refused at deployment', () => {
  it('A form is an object with type, id and components.', () => {
    expect(checkForm(null).map(({ code }) => code)).to.deep.equal(['FORM_SCHEMA_INVALID']);
    expect(checkForm({ type: 'other', components: {} }).map(({ code }) => code)).to.deep.equal(['FORM_SCHEMA_INVALID', 'FORM_SCHEMA_INVALID', 'FORM_SCHEMA_INVALID']);
    expect(checkForm({ ...schema(FIELD), theme: 'dark' }).map(({ code }) => code)).to.deep.equal(['FORM_PROPERTY_UNKNOWN']);
  });

  it('A component that cannot be shown is refused with its id and the ones that can.', () => {
    const [problem] = checkForm(schema({ type: 'filepicker', id: 'papers', key: 'papers', label: 'Papers' }));
    expect(problem).to.include({ code: 'FORM_COMPONENT_UNKNOWN', elementId: 'papers', severity: 'error' });
    expect(problem!.hint).to.contain('textfield');
    expect(codesOf({})).to.deep.equal(['FORM_COMPONENT_INVALID']);
  });

  it('A property that would be ignored is refused by name, wherever it stands.', () => {
    expect(codesOf({ ...FIELD, placeholder: 'Your name' })).to.deep.equal(['FORM_PROPERTY_UNKNOWN']);
    expect(codesOf({ ...FIELD, validate: { required: true, maxWords: 3 } })).to.deep.equal(['FORM_PROPERTY_UNKNOWN']);
    expect(codesOf({ type: 'group', label: 'G', components: [{ ...FIELD, id: 'inner', colour: 'red' }] })).to.deep.equal(['FORM_PROPERTY_UNKNOWN']);
  });

  it('A value that cannot have its effect is refused: wrong types, expressions, templates, custom properties.', () => {
    for (const wrong of [
      { ...FIELD, label: '=name' }, { ...FIELD, description: 'For {{name}}' }, { ...FIELD, readonly: 'yes' }, { ...FIELD, label: '' },
      { ...FIELD, properties: { a: '1' } }, { type: 'number', key: 'n', label: 'N', validate: { min: 'low' } },
      { type: 'number', key: 'n', label: 'N', serializeToString: true }, { type: 'select', key: 's', label: 'S' },
      { type: 'radio', key: 'r', label: 'R', values: [{ label: 'no value' }] }, { type: 'select', key: 's', label: 'S', values: ['a'], defaultValue: 'b' },
      { type: 'datetime', key: 'd', dateLabel: 'D', subtype: 'year' }, { type: 'datetime', key: 'd' }, { type: 'group', label: 'G', path: 'a', components: [] }, { type: 'group', label: 'G' },
    ]) expect(codesOf(wrong), JSON.stringify(wrong)).to.include('FORM_PROPERTY_INVALID');
  });

  it('Keys are names of variables, each used once.', () => {
    expect(codesOf({ ...FIELD, key: 'a.b' })).to.deep.equal(['FORM_KEY_INVALID']);
    expect(codesOf({ ...FIELD, key: undefined })).to.deep.equal(['FORM_KEY_INVALID']);
    expect(codesOf(FIELD, { type: 'group', label: 'G', components: [{ ...FIELD, id: 'again' }] })).to.deep.equal(['FORM_KEY_TWICE']);
  });

  it('A pattern runs in linear time or not at all.', () => {
    expect(codesOf({ ...FIELD, validate: { pattern: '(?=a)b' } })).to.deep.equal(['FORM_PATTERN_INVALID']);
    expect(codesOf({ ...FIELD, validate: { pattern: '^[A-Z]{2}-\\d+$' } })).to.deep.equal([]);
  });

  it('A condition is FEEL; without a way to evaluate it, it is refused.', () => {
    expect(codesOf({ ...FIELD, conditional: { hide: '=kind = "a"' } })).to.deep.equal([]);
    expect(codesOf({ ...FIELD, conditional: { hide: '=kind = ' } })).to.deep.equal(['FORM_CONDITION_INVALID']);
    expect(codesOf({ ...FIELD, conditional: { hide: 'kind' } })).to.deep.equal(['FORM_CONDITION_INVALID']);
    expect(check(schema({ ...FIELD, conditional: { hide: '=kind = "a"' } })).map(({ code }) => code)).to.deep.equal(['FORM_CONDITION_INVALID']);
  });

  it('Every message says what was expected and what was found.', () => {
    for (const { message, hint } of Object.values(FORM_ERRORS)) {
      expect(message).to.match(/^Expected .*, but /);
      expect(hint).to.not.equal('');
    }
  });

  it('Every form of the leave procedure can be deployed.', () => {
    const folder = new URL('../../../processes/leave/forms/', import.meta.url);
    for (const name of readdirSync(folder)) expect(checkForm(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))), name).to.deep.equal([]);
  });

  it('Whatever is handed over, the answer is a form or findings, never an exception.', () => {
    const types = fc.constantFrom('textfield', 'textarea', 'number', 'checkbox', 'checklist', 'radio', 'select', 'datetime', 'text', 'group', 'separator', 'spacer', 'table');
    const component = fc.record({ type: types, id: fc.string(), key: fc.anything(), label: fc.anything(), values: fc.anything(), validate: fc.anything(), components: fc.anything(), conditional: fc.anything(), layout: fc.anything() }, { requiredKeys: ['type'] });
    const anyForm = fc.oneof(fc.anything(), fc.record({ type: fc.constant('default'), id: fc.string({ minLength: 1 }), components: fc.array(component, { maxLength: 4 }) }));
    fc.assert(fc.property(anyForm, (json) => {
      const { form, problems } = readForm(json);
      expect(form === undefined).to.equal(problems.length > 0);
    }), { numRuns: 500 });
  });
});
