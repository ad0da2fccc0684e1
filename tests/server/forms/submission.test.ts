/** What a submitted form becomes: values of the right type, or the reason beside its field. */
import { expect } from 'chai';
import fc from 'fast-check';
import { exactNumber } from '../../../server/forms/answers.ts';
import { readTime } from '../../../server/forms/dates.ts';
import { officersIn } from '../../../server/forms/index.ts';
import type { Person } from '../../../server/ports/directory.ts';
import { fieldsOf } from '../../../server/forms/model.ts';
import { presentForm } from '../../../server/forms/present.ts';
import { checkSubmission, parseSubmission } from '../../../server/forms/submission.ts';
import { codesOf, FACTS, formOf } from './support.ts';

type Component = Readonly<Record<string, unknown>>;

function read(component: Component, typed: Readonly<Record<string, unknown>>, variables = {}): unknown {
  const { values, errors } = parseSubmission(formOf({ key: 'a', label: 'Answer', ...component }), typed, variables, FACTS);
  return errors.length > 0 ? errors.map((error) => error.message) : values['a'];
}

describe('Forms: reading what was typed', () => {
  it('Text is trimmed, bounded and matched; an empty text is null.', () => {
    expect(read({ type: 'textfield' }, { 'v-a': '  Castries ' })).to.equal('Castries');
    expect(read({ type: 'textfield' }, {})).to.equal(null);
    expect(read({ type: 'textarea' }, { 'v-a': 'one\r\ntwo' })).to.equal('one\ntwo');
    expect(read({ type: 'textfield', validate: { required: true } }, { 'v-a': ' ' })).to.deep.equal(['Answer: enter an answer']);
    expect(read({ type: 'textfield', validate: { maxLength: 3 } }, { 'v-a': '🌴🌴🌴' })).to.equal('🌴🌴🌴');
    expect(read({ type: 'textfield', validate: { maxLength: 3 } }, { 'v-a': 'four' })).to.deep.equal(['Answer: must be 3 characters or fewer, but it has 4']);
    expect(read({ type: 'textfield', validate: { minLength: 3 } }, { 'v-a': 'ab' })).to.deep.equal(['Answer: must be 3 characters or more']);
    expect(read({ type: 'textfield', validate: { pattern: '^[A-Z]+$' } }, { 'v-a': 'abc' })).to.deep.equal(['Answer: is not in the form that is asked for']);
    expect(read({ type: 'textfield', validate: { validationType: 'email' } }, { 'v-a': 'nobody' })).to.deep.equal(['Answer: must be an e-mail address, like name@example.gov']);
    expect(read({ type: 'textfield', validate: { validationType: 'phone' } }, { 'v-a': '758 468-2000' })).to.equal('758 468-2000');
  });

  it('A number keeps every digit: plain where JSON can say it, tagged where it cannot.', () => {
    expect(read({ type: 'number' }, { 'v-a': '1,250.50' })).to.equal(1250.5);
    expect(read({ type: 'number' }, { 'v-a': '12345678901234567890.12' })).to.deep.equal({ $: 'number', v: '12345678901234567890.12' });
    expect(read({ type: 'number', decimalDigits: 0 }, { 'v-a': '1.5' })).to.deep.equal(['Answer: must be a whole number']);
    expect(read({ type: 'number', validate: { min: 1, max: 30 } }, { 'v-a': '31' })).to.deep.equal(['Answer: must be 30 or less']);
    expect(read({ type: 'number' }, { 'v-a': '1e5' })).to.deep.equal(['Answer: must be a number, like 12 or 12.5']);
    fc.assert(fc.property(fc.integer(), fc.nat({ max: 999 }), (whole, fraction) => {
      const text = `${String(whole)}.${String(fraction)}`;
      const value = exactNumber(text);
      expect(Number(typeof value === 'number' ? value : (value as { v: string }).v)).to.equal(Number(text));
    }));
  });

  it('Three boxes become a tagged date; the message names the box that is missing.', () => {
    const date = { type: 'datetime', subtype: 'date' };
    expect(read(date, { 'v-a-day': '1', 'v-a-month': '3', 'v-a-year': '2026' })).to.deep.equal({ $: 'date', v: '2026-03-01' });
    expect(read(date, { 'v-a-day': '01', 'v-a-month': 'March', 'v-a-year': '2026' })).to.deep.equal({ $: 'date', v: '2026-03-01' });
    expect(read(date, {})).to.equal(null);
    expect(read(date, { 'v-a-day': '1', 'v-a-year': '2026' })).to.deep.equal(['Answer: must include a month']);
    expect(read(date, { 'v-a-day': '29', 'v-a-month': '2', 'v-a-year': '2026' })).to.deep.equal(['Answer: must be a real date, like 27 3 2026']);
    expect(read({ ...date, disallowPassedDates: true }, { 'v-a-day': '1', 'v-a-month': '3', 'v-a-year': '2026' })).to.deep.equal(['Answer: must be today or in the future']);
    expect(read({ type: 'datetime', subtype: 'datetime' }, { 'v-a-day': '1', 'v-a-month': '3', 'v-a-year': '2026', 'v-a-time': '2.30 pm' })).to.deep.equal({ $: 'dateTime', v: '2026-03-01T14:30:00@America/St_Lucia' });
    expect(read({ type: 'datetime', subtype: 'time' }, { 'v-a': '9:05' })).to.deep.equal({ $: 'time', v: '09:05:00' });
    expect(['24:00', '12 am', '7', '9:75', '13 pm'].map(readTime)).to.deep.equal([undefined, '00:00:00', undefined, undefined, undefined]);
  });

  it('Choices are those of the form, or of the variable it names.', () => {
    const radio = { type: 'radio', values: [{ value: 'yes', label: 'Yes' }, { value: 'no', label: 'No' }] };
    expect(read(radio, { 'v-a': 'yes' })).to.equal('yes');
    expect(read(radio, { 'v-a': 'perhaps' })).to.deep.equal(['Answer: choose one of the answers in the list']);
    expect(read({ ...radio, label: 'Abroad?', validate: { required: true } }, {})).to.deep.equal(['Abroad? Choose an answer']);
    expect(read({ type: 'checklist', values: ['a', 'b', 'c'] }, { 'v-a': ['c', 'a', 'a'] })).to.deep.equal(['a', 'c']);
    expect(read({ type: 'select', valuesKey: 'units' }, { 'v-a': 'hr' }, { units: [{ value: 'hr', label: 'Human Resources' }] })).to.equal('hr');
    expect(read({ type: 'checkbox', validate: { required: true } }, {})).to.deep.equal(['Answer: tick the box to confirm']);
    expect(read({ type: 'checkbox' }, { 'v-a': 'yes' })).to.equal(true);
  });

  it('A select that asks for an officer takes an account that works on tasks, and no other text.', () => {
    const officer = { type: 'select', properties: { choices: 'officers' }, validate: { required: true } };
    expect(read(officer, { 'v-a': 'ana' })).to.equal('ana');
    expect(read(officer, { 'v-a': 'nobody' })).to.deep.equal(['Answer: choose one of the answers in the list']);
    expect(read(officer, {})).to.deep.equal(['Answer: choose an answer']);
    expect(codesOf({ ...officer, key: 'a', label: 'A', properties: { choices: 'everybody' } })).to.include('FORM_PROPERTY_INVALID');
    expect(codesOf({ type: 'radio', key: 'a', label: 'A', properties: { choices: 'officers' } })).to.deep.equal(['FORM_PROPERTY_INVALID', 'FORM_PROPERTY_INVALID']);
    const directory = { people: () => [{ id: 'z', name: 'Zoe', roles: ['officer'], groups: [], active: true }, { id: 'b', name: 'Ben', postTitle: 'Clerk', roles: ['officer', 'manager'], groups: [], active: true }, { id: 'x', name: 'Gone', roles: ['officer'], groups: [], active: false }, { id: 'y', name: 'Analyst', roles: ['analyst'], groups: [], active: true }] as Person[] };
    expect(officersIn(directory)).to.deep.equal([{ value: 'b', label: 'Ben, Clerk' }, { value: 'z', label: 'Zoe' }]);
  });

  it('Read-only and disabled fields are never taken from a submission.', () => {
    const form = formOf({ type: 'number', key: 'days', label: 'Days', readonly: true }, { type: 'textfield', key: 'who', label: 'Who', disabled: true }, { type: 'textfield', key: 'note', label: 'Note' });
    expect(parseSubmission(form, { 'v-days': '99', 'v-who': 'me', 'v-note': 'ok' }, { days: 5 }, FACTS).values).to.deep.equal({ note: 'ok' });
    expect(checkSubmission(form, { days: 99 }, {}, FACTS).errors.map((error) => error.key)).to.deep.equal(['days']);
  });

  it('A hidden field is neither asked for nor taken; conditions see what was typed.', () => {
    const form = formOf(
      { type: 'select', key: 'kind', label: 'Kind', values: ['sick', 'other'] },
      { type: 'textfield', key: 'certificate', label: 'Certificate', validate: { required: true }, conditional: { hide: '=kind != "sick"' } },
    );
    expect(parseSubmission(form, { 'v-kind': 'other', 'v-certificate': 'x' }, {}, FACTS)).to.deep.equal({ values: { kind: 'other' }, errors: [] });
    expect(parseSubmission(form, { 'v-kind': 'sick' }, {}, FACTS).errors.map((error) => error.target)).to.deep.equal(['v-certificate']);
    expect(presentForm(form, { kind: 'other' }, FACTS).items).to.have.length(1);
  });

  it('A program\'s values follow the same rules; a foreign key is refused.', () => {
    const form = formOf({ type: 'datetime', subtype: 'date', key: 'day', dateLabel: 'Day' }, { type: 'number', key: 'n', label: 'N', validate: { max: 3 } });
    expect(checkSubmission(form, { day: { $: 'date', v: '2026-03-01' }, n: 2 }, {}, FACTS).errors).to.deep.equal([]);
    expect(checkSubmission(form, { day: '2026-03-01', n: 4, other: 1 }, {}, FACTS).errors.map((error) => error.key)).to.deep.equal(['day', 'n', 'other']);
    expect(checkSubmission(form, { day: { $: 'date', v: '2026-02-30' } }, {}, FACTS).errors).to.have.length(1);
  });

  it('Whatever a browser sends, reading never throws, takes only fields of the form, and what is shown again is shown.', () => {
    const form = formOf(
      { type: 'textfield', key: 't', label: 'T', validate: { pattern: '^(a+)+$', minLength: 2 } }, { type: 'textarea', key: 'ta', label: 'TA' }, { type: 'number', key: 'n', label: 'N', decimalDigits: 2 },
      { type: 'checkbox', key: 'c', label: 'C' }, { type: 'checklist', key: 'cl', label: 'CL', values: ['a', 'b'] }, { type: 'radio', key: 'r', label: 'R', valuesKey: 'list' },
      { type: 'datetime', subtype: 'date', key: 'd', dateLabel: 'D' }, { type: 'datetime', subtype: 'datetime', key: 'dt', dateLabel: 'DT' }, { type: 'datetime', subtype: 'time', key: 'ti', timeLabel: 'TI' },
      { type: 'textfield', key: 'h', label: 'H', conditional: { hide: '=n > 3' } },
    );
    const keys = new Set(fieldsOf(form.nodes).map((field) => field.key));
    const names = fc.constantFrom('v-t', 'v-ta', 'v-n', 'v-c', 'v-cl', 'v-r', 'v-d-day', 'v-d-month', 'v-d-year', 'v-dt-day', 'v-dt-time', 'v-ti', 'v-h', '__proto__', 'constructor');
    const body = fc.dictionary(names, fc.oneof(fc.string(), fc.array(fc.string()), fc.constantFrom('12', '2026', 'a'), fc.anything()));
    fc.assert(fc.property(body, fc.dictionary(fc.constantFrom('list', 'n', 't', 'd'), fc.jsonValue()), (typed, variables) => {
      const { values, errors } = parseSubmission(form, typed, variables as never, FACTS);
      for (const key of Object.keys(values)) expect(keys.has(key), key).to.equal(true);
      presentForm(form, variables as never, FACTS, typed, errors);
      checkSubmission(form, variables as never, {}, FACTS);
    }), { numRuns: 500 });
  });
});
