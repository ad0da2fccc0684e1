// Templates are text from persons: what they may not contain.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compileTemplate } from '../../../server/documents/html.ts';
import { checkTemplate } from '../../../server/documents/template-rules.ts';
import { TEMPLATES, thrownBy } from './support.ts';

/** What the hostile template tries -> the template and what is said of it. */
const HOSTILE: readonly (readonly [what: string, template: unknown, reason: RegExp])[] = [
  ['a syntax tree instead of a text', { type: 'Program', body: [], blockParams: { length: "0,console.log('in')" } }, /no text/],
  ['a list instead of a text', ['<p>x</p>'], /no text/],
  ['a value without escaping, three braces', '<p>{{{subject}}}</p>', /without escaping/],
  ['a value without escaping, ampersand', '<p>{{&subject}}</p>', /without escaping/],
  ['a partial', '{{> letterhead}}', /a partial/],
  ['a partial chosen by data', '{{> (lookup . "name")}}', /a partial/],
  ['a partial with a block', '{{#> layout}}x{{/layout}}', /a partial/],
  ['a partial inside the text', '{{#*inline "p"}}x{{/inline}}{{> p}}', /a decorator/],
  ['a decorator', '{{* activate}}', /a decorator/],
  ['a helper off the list', '<p>{{log subject}}</p>', /calls log/],
  ['the helper lookup', '<p>{{lookup document "number"}}</p>', /calls lookup/],
  ['an unknown helper in a call', '{{#if (exec "ls")}}x{{/if}}', /calls exec/],
  ['an unknown block', '{{#exec document}}x{{/exec}}', /the block exec/],
  ['the raw block', '{{{{raw}}}}{{x}}{{{{/raw}}}}', /the block raw/],
  ['constructor', '<p>{{document.constructor.name}}</p>', /reads constructor/],
  ['constructor in brackets', '<p>{{document.[constructor]}}</p>', /reads constructor/],
  ['constructor in a block', '{{#with constructor}}<p>x</p>{{/with}}', /reads constructor/],
  ['constructor as a parameter', '<p>{{longDate document.constructor}}</p>', /reads constructor/],
  ['__proto__', '<p>{{document.__proto__.toString}}</p>', /reads __proto__/],
  ['prototype', '{{#each prototype}}x{{/each}}', /reads prototype/],
  ['a method of every object', '<p>{{hasOwnProperty}}</p>', /reads hasOwnProperty/],
  ['a getter of every function', '<p>{{a.caller}}</p>', /reads caller/],
  ['data of the runtime', '<p>{{@partial-block}}</p>', /reads @partial-block/],
  ['the level of the log', '<p>{{@level}}</p>', /reads @level/],
  ['an element of the browser: script', '<script>{{subject}}</script>', /element script/],
  ['an element of the browser: iframe', '<iframe src="https://example.org"></iframe>', /element iframe/],
  ['an element of the browser: link', '<link rel="stylesheet" href="x">', /element link/],
  ['a foreign namespace', '<svg><a></a></svg>', /element svg/],
  ['a comment that hides', '<!-- {{subject}} -->', /begins no tag/],
  ['a value that names an element', '<{{subject}}>', /begins no tag/],
  ['a value that adds attributes', '<p {{subject}}>x</p>', /inside a tag/],
  ['a value as an unquoted attribute', '<p class={{subject}}>x</p>', /inside a tag/],
  ['a value that chooses a picture', '<img src="{{subject}}">', /attribute src/],
  ['a value that chooses the layout', '<p class="{{subject}}">x</p>', /attribute class/],
  ['a value that names a signature field', '<signature-field name="{{subject}}" label="x"></signature-field>', /attribute name/],
  ['a block that opens a tag', '{{#if a}}<p class="note"{{/if}}>x</p>', /tag open|inside a tag/],
  ['a block inside an attribute', '<img src="qr" alt="{{#if a}}x{{/if}}">', /block inside a tag/],
  ['single quotes', "<img src='qr'>", /single quote/],
  ['a constant', '<p>{{"text"}}</p>', /places a constant/],
  ['named parameters', '<p>{{longDate document.date zone="UTC"}}</p>', /gives a value a name/],
  ['a helper without its value', '<p>{{longDate}}</p>', /calls longDate without/],
  ['each over two values', '{{#each a b}}x{{/each}}', /not exactly one value/],
  ['blocks in blocks without end', `${'{{#if a}}'.repeat(12)}x${'{{/if}}'.repeat(12)}`, /nests more than 8/],
  ['a text without end', 'x'.repeat(300_000), /more than 262144/],
  ['what cannot be read', '<p>{{#if a}}</p>', /cannot be read/],
];

describe('Templates: hostile ones are refused before they are compiled', () => {
  for (const [what, template, reason] of HOSTILE) {
    it(`Refused: ${what}.`, () => {
      const faults = checkTemplate(template);
      expect(faults.map((fault) => fault.reason).join('\n')).to.match(reason);
    });
  }

  it('There are at least thirty of them.', () => {
    expect(HOSTILE.length).to.be.at.least(30);
  });

  it('The fault says its line, and the first one is thrown when the template is compiled.', () => {
    expect(checkTemplate('<p>x</p>\n<p>{{{a}}}</p>').map(({ line }) => line)).to.deep.equal([2]);
    const thrown = thrownBy(() => compileTemplate('<p>x</p>\n<p>{{{a}}}</p>', 'letter', 'en'));
    expect(thrown).to.include({ code: 'DOCUMENT_TEMPLATE_REFUSED', message: 'Expected template letter to keep the rules of templates, but line 2 places a value without escaping it' });
  });
});

describe('Templates: what they may do', () => {
  const filled = (template: string, data: object): string => compileTemplate(template, 'page', 'en-LC').fill(data as never);

  it('Values are escaped, asked for and repeated; the helpers are pure.', () => {
    expect(filled('<p>{{a}}</p>', { a: '<b>&"' })).to.equal('<p>&lt;b&gt;&amp;&quot;</p>');
    expect(filled('{{#each list}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}', { list: ['x', 'y'] })).to.equal('0x, 1y');
    expect(filled('{{#with a}}{{b}}{{../c}}{{/with}}', { a: { b: 1 }, c: 2 })).to.equal('12');
    expect(filled('{{longDate d}} {{grouped n}} {{grouped t}}', { d: '2026-11-05', n: 1234567, t: '1234567.50' })).to.equal('5 November 2026 1,234,567 1,234,567.50');
    expect(filled('{{#if (is a "x")}}yes{{else}}no{{/if}}{{#each (lines t)}}[{{this}}]{{/each}}', { a: 'x', t: 'one\n\n two ' })).to.equal('yes[one][two]');
    expect(filled('{{#each (blocks t)}}<{{text}}{{#each items}}-{{this}}{{/each}}{{#each steps}}+{{this}}{{/each}}>{{/each}}'.replace('<', '(').replace('>', ')'), { t: 'one\ntwo\n\n- a\n- b\n\n1. c\n2) d' })).to.equal('(one two)(-a-b)(+c+d)');
  });

  it('A value that is not there is an error, also for each and with.', () => {
    for (const [template, field] of [['<p>{{subject}}</p>', 'subject'], ['<p>{{a.b}}</p>', 'b'], ['\n{{#each people}}x{{/each}}', 'people'], ['{{#with sender.unit}}x{{/with}}', 'sender.unit'], ['{{#with a.unit}}x{{/with}}', 'a.unit'],
      ['<p>{{longDate issued}}</p>', 'issued'], ['{{#each (blocks text)}}x{{/each}}', 'text'], ['{{#if (is kind "x")}}x{{/if}}', 'kind'], ['{{#if b.c.d}}x{{/if}}', 'b.c.d']] as const) {
      const thrown = thrownBy(() => filled(template, { a: {} }));
      expect([thrown.code, thrown.values?.['field']], template).to.deep.equal(['DOCUMENT_DATA_MISSING', field]);
    }
    expect(thrownBy(() => filled('\n{{#each people}}x{{/each}}', {})).values?.['line']).to.equal(2);
    expect(filled('{{#if people}}x{{/if}}', {})).to.equal('');
  });

  it('An object or a list is never printed as text.', () => {
    expect(thrownBy(() => filled('<p>{{a}}</p>', { a: { b: { c: 1 } } }))).to.include({ code: 'DOCUMENT_DATA_INVALID' });
    expect(thrownBy(() => filled('<p>{{a.b}}</p>', { a: { b: ['x', 'y'] } })).values).to.include({ field: 'a.b' });
  });

  it('Names that every object is born with are not there, even where data are made by an attacker.', () => {
    expect(filled('{{#each list}}{{#if name}}{{name}}{{/if}}{{/each}}', { list: [JSON.parse('{"__proto__": {"name": "in"}}')] })).to.equal('');
  });

  it('Every template of the installation keeps the rules.', () => {
    for (const name of readdirSync(TEMPLATES)) expect(checkTemplate(readFileSync(join(TEMPLATES, name, 'template.hbs'), 'utf8')), name).to.deep.equal([]);
  });
});
