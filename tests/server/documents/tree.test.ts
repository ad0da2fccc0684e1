// The document tree: what HTML may hold after the data are in it, and what data cannot do to it.
import { expect } from 'chai';
import { compileTemplate } from '../../../server/documents/html.ts';
import { readTree } from '../../../server/documents/tree.ts';
import { thrownBy } from './support.ts';

const read = (html: string): unknown => readTree(html, 'page');
const fill = (template: string, data: object): unknown => readTree(compileTemplate(template, 'page', 'en').fill(data as never), 'page');

const REFUSED: readonly (readonly [what: string, html: string, found: RegExp])[] = [
  ['text beside the elements', 'loose', /text inside the document: loose/],
  ['an unknown element', '<marquee>x</marquee>', /element marquee/],
  ['a script', '<p>x<script>1</script></p>', /element script/],
  ['a foreign namespace', '<p><svg></svg></p>', /element svg/],
  ['a handler of events', '<p onclick="x()">x</p>', /onclick=/],
  ['a style', '<p style="color:red">x</p>', /style=/],
  ['an unknown class', '<p class="huge">x</p>', /class="huge"/],
  ['a picture from elsewhere', '<p><img src="https://example.org/a.png" alt="x"></p>', /src="https/],
  ['a picture of a file', '<p><img src="/etc/passwd" alt="x"></p>', /src="\/etc/],
  ['a link', '<p><a href="javascript:x">x</a></p>', /element a/],
  ['a cell without its table', '<td>x</td>', /td inside the document|text inside/],
  ['text in a table beside its cells', '<table>lost<thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>', /foster-parenting|text inside|lost/],
  ['a table without a head', '<table><tbody><tr><td>a</td></tr></tbody></table>', /without one thead/],
  ['a list without items', '<ul></ul>', /empty ul/],
  ['a definition without its term', '<dl><dd>x</dd></dl>', /dt, dd/],
  ['a signature field without a name', '<section><signature-field label="x"></signature-field></section>', /without name/],
  ['a signature field of another name', '<section><signature-field name="x y" label="x"></signature-field></section>', /name="x y"/],
  ['a signature field in running text', '<p>x<signature-field name="seal" label="x"></signature-field></p>', /signature-field inside p/],
  ['running text outside of paragraphs', '<strong>x</strong>', /strong inside the document/],
  ['a head of the page', '<header><div><p>x</p></div></header>', /header without two parts/],
  ['an attribute twice', '<p class="note" class="note">x</p>', /duplicate-attribute/],
];

describe('Document tree', () => {
  it('Elements, texts and the attributes of the list become JSON; white space is one space.', () => {
    expect(read('\n<h1>A  <em>b</em>\n c</h1><p class="note">x<br> y<br></p><ul><li>one <strong>two</strong></li></ul>')).to.deep.equal([
      { t: 'h1', c: ['A ', { t: 'em', c: ['b'] }, ' c'] },
      { t: 'p', c: ['x', { t: 'br', c: [] }, 'y'], class: 'note' },
      { t: 'ul', c: [{ t: 'li', c: ['one ', { t: 'strong', c: ['two'] }] }] },
    ]);
  });

  it('A paragraph whose value was empty is no paragraph.', () => {
    expect(read('<p> </p><p>a</p>')).to.deep.equal([{ t: 'p', c: ['a'] }]);
  });

  for (const [what, html, found] of REFUSED) {
    it(`Refused: ${what}.`, () => {
      const refusal = thrownBy(() => read(html));
      expect([refusal.code, String(refusal.values?.['found'])]).to.satisfy(([code, told]: [string, string]) => code === 'DOCUMENT_ELEMENT_REFUSED' && found.test(told), refusal.message);
    });
  }

  it('Two signature fields of one name are refused.', () => {
    const field = '<signature-field name="seal" label="x"></signature-field>';
    expect(thrownBy(() => read(`<section>${field}${field}</section>`))).to.include({ code: 'DOCUMENT_FIELDS_REFUSED' });
  });

  it('A document is bounded in elements and in characters.', () => {
    expect(thrownBy(() => read('<p>x</p>'.repeat(20_000)))).to.include({ code: 'DOCUMENT_TOO_LARGE', message: 'Expected a document of at most 20000 elements and texts, but it has more' });
    expect(thrownBy(() => read(`<p>${'x '.repeat(500_001)}</p>`)).code).to.equal('DOCUMENT_TOO_LARGE');
  });

  it('A word that would run off the page is refused.', () => {
    expect(thrownBy(() => read(`<p>${'x'.repeat(61)}</p>`))).to.include({ code: 'DOCUMENT_WORD_TOO_LONG', message: 'Expected words that fit on a line, but xxxxxxxxxxxxxxxxxxxx... goes on without a space' });
    expect(read(`<p>${'x'.repeat(60)}</p>`)).to.have.length(1);
  });

  it('Markup in data stays text.', () => {
    const evil = '<script>alert(1)</script><img src=x onerror=y>"\'`{{document}}</p>';
    expect(fill('<p>{{x}}</p>', { x: evil })).to.deep.equal([{ t: 'p', c: [evil] }]);
    expect(fill('<p><img src="qr" alt="{{x}}"></p>', { x: 'a" onerror="b' })).to.deep.equal([{ t: 'p', c: [{ t: 'img', c: [], src: 'qr', alt: 'a" onerror="b' }] }]);
  });

  it('Characters that turn or hide text are refused by their number, in texts and in attributes.', () => {
    for (const [character, told] of [['\u202e', 'U+202E'], ['\u2066', 'U+2066'], ['\u200b', 'U+200B'], ['\u0007', 'U+0007']] as const) {
      for (const template of ['<p>{{x}}</p>', '<p><img src="qr" alt="{{x}}"></p>']) {
        const refusal = thrownBy(() => fill(template, { x: `pay 100${character}000` }));
        expect([refusal.code, refusal.values?.['character'] ?? '', /control-character/.test(refusal.message)], told).to.satisfy(([code, found, control]: [string, string, boolean]) => (code === 'DOCUMENT_CHARACTER_REFUSED' && found === told) || control);
      }
    }
  });
});
