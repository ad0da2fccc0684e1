// Data of a template: picked and checked by its schema; templates as folders.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDataReader, hashOfData } from '../../../server/documents/data.ts';
import { TemplateBook } from '../../../server/documents/index.ts';
import { SAMPLE, TEMPLATES, thrownBy } from './support.ts';

describe('Data of a template', () => {
  const reader = createDataReader({
    type: 'object', required: ['subject', 'people'],
    properties: {
      subject: { type: 'string', minLength: 1 }, amount: { type: ['number', 'string'] }, on: { type: 'string', format: 'date' },
      people: { type: 'array', minItems: 1, items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } },
    },
  } as never, 'page');

  it('Only what the schema names is passed on, at every depth.', () => {
    const read = reader.read({ subject: 'a', secret: 'b', people: [{ name: 'c', salary: 5 }], document: { number: '1' } });
    expect(read).to.deep.equal({ subject: 'a', people: [{ name: 'c' }] });
  });

  it('Tagged values become their text, numbers only where they stay exact.', () => {
    const read = reader.read({ subject: 'a', people: [{ name: 'b' }], on: { $: 'date', v: '2026-11-05' }, amount: { $: 'number', v: '0.1000000000000000000001' } });
    expect(read).to.include({ on: '2026-11-05', amount: '0.1000000000000000000001' });
    expect(reader.read({ subject: 'a', people: [{ name: 'b' }], amount: { $: 'number', v: '0.1' } })).to.include({ amount: 0.1 });
  });

  for (const [what, variables, field, message] of [
    ['a missing field', { people: [{ name: 'a' }] }, 'subject', 'Expected subject of template page to fit its schema, but it is missing'],
    ['an empty text', { subject: '', people: [{ name: 'a' }] }, 'subject', /but too small/],
    ['another type', { subject: 5, people: [{ name: 'a' }] }, 'subject', /invalid input: expected string/],
    ['a field deep inside', { subject: 'a', people: [{ name: 'a' }, { name: null }] }, 'people[1].name', /expected string/],
    ['an empty list', { subject: 'a', people: [] }, 'people', /too small/],
    ['no date', { subject: 'a', people: [{ name: 'a' }], on: '2026-02-30' }, 'on', /invalid ISO date/],
  ] as const) {
    it(`Refused with its field: ${what}.`, () => {
      const refusal = thrownBy(() => reader.read(variables));
      expect([refusal.code, refusal.values?.['field']]).to.deep.equal(['DOCUMENT_DATA_INVALID', field]);
      if (typeof message === 'string') expect(refusal.message).to.equal(message);
      else expect(refusal.message).to.match(message);
    });
  }

  it('The hash of data does not depend on the order of their keys.', () => {
    expect(hashOfData({ a: 1, b: [{ c: 1, d: 2 }] })).to.equal(hashOfData({ b: [{ d: 2, c: 1 }], a: 1 }));
    expect(hashOfData({ a: 1 })).to.not.equal(hashOfData({ a: 2 }));
  });
});

describe('Templates of the installation', () => {
  const book = new TemplateBook(TEMPLATES);

  it('Each is a folder of text, schema, sample and explanation, and its sample fits its schema.', () => {
    expect(book.names()).to.include('reply-letter');
    for (const name of book.names()) {
      expect(readdirSync(join(TEMPLATES, name)), name).to.include.members(['README.md', 'sample.json', 'schema.json', 'template.hbs']);
      const sample = JSON.parse(readFileSync(join(TEMPLATES, name, 'sample.json'), 'utf8')) as typeof SAMPLE;
      expect(book.get(name).reader.read(sample), name).to.deep.equal(sample);
    }
  });

  it('Fields of the letter that may be empty are empty texts and lists.', () => {
    const empty = { ...SAMPLE, theirReference: '', theirDate: '', enclosures: [], copiesTo: [], agencyDepartment: '' };
    expect(book.get('reply-letter').reader.read(empty)).to.deep.equal(empty);
  });

  it('A name that is no folder of templates is refused, also one that leads out of it.', () => {
    for (const name of ['nothing', '', '../server', 'Reply', 'reply-letter/..']) expect(thrownBy(() => book.get(name)).code, name).to.equal('DOCUMENT_TEMPLATE_UNKNOWN');
    expect(thrownBy(() => book.get('nothing')).message).to.equal('Expected a template nothing under templates/, but there is none');
  });

  it('A template without a schema, or with one that is none, is incomplete.', () => {
    const folder = mkdtempSync(join(tmpdir(), 'piton-templates-'));
    for (const name of ['bare', 'broken']) mkdirSync(join(folder, name));
    for (const name of ['bare', 'broken']) writeFileSync(join(folder, name, 'template.hbs'), '<p>x</p>');
    writeFileSync(join(folder, 'broken', 'schema.json'), '{"type": ');
    const own = new TemplateBook(folder);
    expect(own.names()).to.deep.equal(['bare', 'broken']);
    expect(thrownBy(() => own.get('bare'))).to.include({ code: 'DOCUMENT_TEMPLATE_INCOMPLETE' });
    expect(thrownBy(() => own.get('broken')).values).to.include({ file: 'schema.json' });
  });
});
