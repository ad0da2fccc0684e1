/** The simple markdown of text components. */
import { expect } from 'chai';
import fc from 'fast-check';
import { readMarkdown, readSpans } from '../../../server/forms/markdown.ts';

describe('Forms: text components', () => {
  it('Paragraphs, headings, lists, bold and links are understood.', () => {
    expect(readMarkdown('# Part A\n\nFill in **all** of it,\nsee [the rules](https://example.gov/rules).\n\n- one\n- two\n1. first')).to.deep.equal([
      { kind: 'heading', spans: [{ kind: 'plain', text: 'Part A' }] },
      { kind: 'paragraph', spans: [{ kind: 'plain', text: 'Fill in ' }, { kind: 'bold', text: 'all' }, { kind: 'plain', text: ' of it, see ' }, { kind: 'link', text: 'the rules', href: 'https://example.gov/rules' }, { kind: 'plain', text: '.' }] },
      { kind: 'list', ordered: false, items: [[{ kind: 'plain', text: 'one' }], [{ kind: 'plain', text: 'two' }]] },
      { kind: 'list', ordered: true, items: [[{ kind: 'plain', text: 'first' }]] },
    ]);
  });

  it('A link leads to the web, to an address of ours or to mail; everything else stays text.', () => {
    for (const href of ['javascript:alert(1)', '//evil.example', 'data:text/html,x', ' https://a b', '']) {
      expect(readSpans(`[click](${href})`).every((span) => span.kind === 'plain'), href).to.equal(true);
    }
    for (const href of ['/start', 'mailto:registry@example.gov', 'http://example.gov']) expect(readSpans(`[click](${href})`)[0]!.kind).to.equal('link');
  });

  it('Nothing is lost: the text of all spans is the text that was written, without its marks.', () => {
    fc.assert(fc.property(fc.string(), (text) => {
      const told = readSpans(text).map((span) => span.text).join('');
      expect(told.length).to.be.at.most(text.length);
      expect(told.replace(/[*[\]()]/g, '').length > 0 || text.replace(/[*[\]()]/g, '').length === 0 || readSpans(text).some((span) => span.kind === 'link')).to.equal(true);
    }));
  });
});
