// The letter as a file, seen by other programs: archival, tagged, complete, and the same bytes for the same data.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openRenderer } from '../../../server/documents/index.ts';
import { entry, PdfObjects, withEntry } from '../../../server/documents/pdf-objects.ts';
import { openLayoutProgram } from '../../../server/documents/typst.ts';
import type { Renderer, RenderRequest, Rendition } from '../../../server/ports/renderer.ts';
import { letterRequest, needs, output, pageRequest, refusalOf, SAMPLE, thrownBy } from './support.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Long enough for several pages, with a list and a table-like end. */
const PARAGRAPH = 'The Ministry has examined the matter with the Accountant General, the Director of Audit and the Human Resources Unit, and sets out below the arrangements that have been agreed, the dates that apply and the posts concerned. Each office remains answerable for its own records.';
const TABLE = `<table><thead><tr><th class="number">No.</th><th>Item</th><th class="number">Amount</th></tr></thead>
  <tbody>{{#each rows}}<tr><td class="number">{{@index}}</td><td>{{item}}</td><td class="number">{{grouped amount}}</td></tr>{{/each}}</tbody>
  <tfoot><tr><td colspan="2">Total</td><td class="number">{{grouped total}}</td></tr></tfoot></table>`;

describe('The letter as a file', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'piton-render-'));
  const file = join(folder, 'letter.pdf');
  let renderer: Renderer;
  let letter: Rendition;

  before(async () => {
    renderer = openRenderer();
    letter = await renderer.render(letterRequest());
    writeFileSync(file, letter.pdf);
  });
  after(() => renderer.close());

  it('The same data make the same bytes, in another process too; other data make others.', async () => {
    const again = await renderer.render(letterRequest());
    const other = openRenderer();
    const elsewhere = await other.render(letterRequest());
    await other.close();
    expect([sha256(again.pdf), sha256(elsewhere.pdf)]).to.deep.equal([sha256(letter.pdf), sha256(letter.pdf)]);
    expect(sha256((await renderer.render(letterRequest({ subject: 'Another matter' }))).pdf)).to.not.equal(sha256(letter.pdf));
    expect(letter.renderer).to.match(/^typst \d+\.\d+\.\d+, layout [0-9a-f]{12}, Noto Sans [0-9a-f]{12}$/);
  });

  it('qpdf finds no fault; one revision with a classic cross-reference table.', function () {
    needs(this, 'qpdf');
    expect(output('qpdf', ['--check', file])).to.contain('No syntax or stream encoding errors found');
    const text = Buffer.from(letter.pdf).toString('latin1');
    expect(text.match(/startxref/g)).to.have.length(1);
    expect(text).to.match(/\nxref\n0 \d+\n0000000000 65535 f \n/);
  });

  it('It is tagged, has title, language and day, and claims PDF/A-3a.', function () {
    needs(this, 'pdfinfo');
    const told = output('pdfinfo', [file]);
    expect(told).to.match(/Title: +Release of two accounting officers/).and.to.match(/Tagged: +yes/).and.to.match(/Author: +Ministry of the Public Service/).and.to.match(/Pages: +1\b/);
    expect(told).to.match(/CreationDate: +Sun Nov 22 00:00:00 2026/);
    expect(output('pdfinfo', ['-meta', file])).to.match(/pdfaid:part>3</).and.to.match(/pdfaid:conformance>A</);
    expect(Buffer.from(letter.pdf).toString('latin1')).to.contain('/Lang (en-LC)');
    const structure = output('pdfinfo', ['-struct', file]);
    for (const element of ['H1', 'L', 'LI', 'Figure', 'Form', 'P']) expect(structure, element).to.match(new RegExp(`^ *${element}\\b`, 'm'));
  });

  it('All fonts are in it, as subsets, with the way back to text.', function () {
    needs(this, 'pdffonts');
    const rows = output('pdffonts', [file]).trim().split('\n').slice(2);
    expect(rows.length).to.be.at.least(2);
    for (const row of rows) expect(row).to.match(/^[A-Z]{6}\+NotoSans-\S+ .* yes yes yes /);
  });

  it('Its text is the data, with dates in words.', function () {
    needs(this, 'pdftotext');
    const text = output('pdftotext', ['-layout', file, '-']).replace(/\s+/g, ' ');
    for (const expected of ['PS-OUT/2026/0001', 'MOF 12/2026/331', '22 November 2026', 'Dear Permanent Secretary,', 'Yours faithfully,', 'Director of Audit; Head, Human Resources Unit', 'RESTRICTED', 'Page 1 of 1']) expect(text).to.contain(expected);
    for (const line of [...SAMPLE['addressee'] as string[], ...SAMPLE['agencyAddress'] as string[]]) expect(text).to.contain(line);
    expect(text).to.contain((SAMPLE['paragraphs'] as string[])[0]);
  });

  it('An open letter is not marked.', async function () {
    needs(this, 'pdftotext');
    const { pdf } = await renderer.render(letterRequest({ classification: 'Open' }));
    writeFileSync(join(folder, 'open.pdf'), pdf);
    expect(output('pdftotext', [join(folder, 'open.pdf'), '-'])).to.not.match(/restricted|\bopen\b/i);
  });

  it('The code on the page names the record.', function () {
    needs(this, 'pdftoppm', 'zbarimg');
    output('pdftoppm', ['-r', '150', '-png', file, join(folder, 'page')]);
    expect(output('zbarimg', ['--quiet', join(folder, 'page-1.png')]).trim()).to.equal('QR-Code:PITON:PS-OUT/2026/0001');
  });

  it('metadata.json is attached as data of the document, with pages and renderer.', function () {
    needs(this, 'qpdf');
    const metadata = JSON.parse(output('qpdf', ['--show-attachment=metadata.json', file])) as object;
    expect(metadata).to.deep.equal({
      ...letterRequest().metadata, renderer: letter.renderer, format: { mediaType: 'application/pdf', pdfaPart: 3, pdfaConformance: 'A', pageCount: 1 },
    });
    expect(Buffer.from(letter.pdf).toString('latin1')).to.match(/\/AFRelationship \/Data/);
  });

  it('The signature fields are there, empty, where the layout has room for them.', function () {
    needs(this, 'pdfsig');
    const [signature, seal] = letter.fields;
    expect(letter.fields.map(({ name, page }) => [name, page])).to.deep.equal([['signature1', 1], ['seal', 1]]);
    const [left, bottom, right, top] = signature!.rectangle;
    expect([Math.round(right - left), Math.round(top - bottom)]).to.deep.equal([204, 71]);
    expect(seal!.rectangle[0]).to.be.greaterThan(right);
    const told = output('sh', ['-c', 'pdfsig "$0" || true', file]);
    expect(told.match(/Signature Field Name: \S+/g)).to.deep.equal(['Signature Field Name: signature1', 'Signature Field Name: seal']);
    expect(told.match(/not signed/g)).to.have.length(2);
  });

  it('A letter of three pages breaks well: number and marking on every page, the end together with its last paragraph.', async function () {
    needs(this, 'pdftotext');
    const paragraphs = [...Array.from({ length: 22 }, (_, at) => (at % 7 === 6 ? '- one\n- two\n- three' : PARAGRAPH)), 'This is the last paragraph.'];
    const { pdf, pages, fields } = await renderer.render(letterRequest({ paragraphs, classification: 'Confidential' }));
    writeFileSync(join(folder, 'long.pdf'), pdf);
    expect(pages).to.equal(3);
    const texts = output('pdftotext', ['-layout', join(folder, 'long.pdf'), '-']).split('\f');
    for (const [at, text] of texts.slice(0, 3).entries()) expect(text).to.contain(`Page ${at + 1} of 3`).and.to.contain('CONFIDENTIAL').and.to.contain('PS-OUT/2026/0001');
    const last = texts[2]!;
    for (const part of ['This is the last paragraph.', 'Yours faithfully,', 'Enclosed:', 'Record PS-OUT/2026/0001']) expect(last).to.contain(part);
    expect(fields.map(({ page }) => page)).to.deep.equal([3, 3]);
  });

  it('A table repeats its head on every page and has header cells for the ear.', async function () {
    needs(this, 'pdfinfo', 'pdftotext');
    const rows = Array.from({ length: 60 }, (_, at) => ({ item: `Item ${at}`, amount: 1000 + at }));
    const { pdf, pages } = await renderer.render(pageRequest(`<h1>List</h1>${TABLE}`, { rows, total: '61770.00' }));
    writeFileSync(join(folder, 'table.pdf'), pdf);
    expect(pages).to.be.at.least(2);
    const texts = output('pdftotext', ['-layout', join(folder, 'table.pdf'), '-']).split('\f').slice(0, pages);
    for (const text of texts) expect(text).to.match(/No\. +Item +Amount/);
    expect(texts.at(-1)).to.contain('61,770.00');
    expect(output('pdfinfo', ['-struct', join(folder, 'table.pdf')])).to.match(/^ *TH\b/m);
  });

  describe('What cannot be read or heard is refused', () => {
    const page = (html: string): Promise<{ readonly code?: string; readonly message: string }> => refusalOf(renderer.render(pageRequest(html)));

    it('A character that no font has is named.', async () => {
      const refusal = await refusalOf(renderer.render(letterRequest({ subject: 'Paper for 外牆' })));
      expect(refusal).to.include({ code: 'DOCUMENT_GLYPH_MISSING', message: 'Expected a font with the character 外牆 (U+5916 U+7246), but the document fonts have none' });
    });

    it('Accents, other alphabets and signs of money are there.', async () => {
      const { pages } = await renderer.render(letterRequest({ subject: 'Émile Čapková, Ålesund, Ёлка, Ωμέγα: € 5 – “done” …' }));
      expect(pages).to.equal(1);
    });

    it('A picture without alt text.', async () => {
      expect((await page('<h1>x</h1><p><img src="qr"></p>')).code).to.equal('DOCUMENT_ALT_MISSING');
    });

    it('A heading of the second level before the first.', async () => {
      const refusal = await page('<h2>x</h2><p>y</p>');
      expect(refusal.code).to.equal('DOCUMENT_LAYOUT_REFUSED');
      expect(refusal.message).to.contain('the first heading must be of level 1');
    });

    it('A document without a title.', async () => {
      expect((await refusalOf(renderer.render(pageRequest('<h1>x</h1>', {}, { title: '' })))).code).to.equal('DOCUMENT_LAYOUT_REFUSED');
    });

    it('What the template and the tree refuse comes through the process with its code and values.', async () => {
      const refusal = await refusalOf(renderer.render(pageRequest('<p>{{subject}}</p>')));
      expect([refusal.code, refusal.values]).to.deep.equal(['DOCUMENT_DATA_MISSING', { name: 'page', field: 'subject', line: 1 }]);
      expect((await page('<p><strong><ul></ul></strong></p>')).code).to.equal('DOCUMENT_ELEMENT_REFUSED');
    });
  });
});

describe('The layout program', () => {
  it('A machine without its native package is told so, when it is asked for.', () => {
    const refusal = thrownBy(() => openLayoutProgram(tmpdir(), ['piton-no-such-package']));
    expect(refusal.code).to.equal('DOCUMENT_RENDERER_MISSING');
    expect(refusal.message).to.contain('piton-no-such-package').and.to.contain('MODULE_NOT_FOUND');
  });

  it('The templates of the installation draw their samples.', async function () {
    this.timeout(30_000);
    const renderer = openRenderer();
    const { pages } = await renderer.render(letterRequest({}, { language: 'fr' } satisfies Partial<RenderRequest>));
    await renderer.close();
    expect(pages).to.equal(1);
  });
});

describe('Objects of a PDF file', () => {
  it('A file without a classic cross-reference table is refused.', () => {
    for (const text of ['', 'no PDF', '%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n']) {
      expect(thrownBy(() => new PdfObjects(Buffer.from(text))).code, text).to.equal('DOCUMENT_FILE_UNREADABLE');
    }
  });

  it('The entries of a dictionary are found by their key, not by text inside strings and inner dictionaries.', () => {
    const dictionary = '<< /A (/B 5 \\) <<) /C << /B 1 /K [1 << /B 2 >>] >> /D 12 0 R /B /Name /E [1 0 R 2 0 R] /F <FEFF> >>';
    expect(['A', 'B', 'C', 'D', 'E', 'F', 'K'].map((key) => entry(dictionary, key))).to.deep.equal(['(/B 5 \\) <<)', '/Name', '<< /B 1 /K [1 << /B 2 >>] >>', '12 0 R', '[1 0 R 2 0 R]', '<FEFF>', undefined]);
    expect(entry(withEntry(dictionary, 'D', '7'), 'D')).to.equal('7');
    expect(entry(withEntry(dictionary, 'K', '7'), 'K')).to.equal('7');
  });

  it('Written again without a change, a file keeps every object.', async function () {
    this.timeout(30_000);
    const renderer = openRenderer();
    const { pdf } = await renderer.render(pageRequest('<h1>x</h1>'));
    await renderer.close();
    const before = new PdfObjects(pdf);
    const after = new PdfObjects(before.write());
    expect(after.get(after.root)).to.equal(before.get(before.root));
    expect(after.pages()).to.deep.equal(before.pages());
    expect(readFileSync(new URL('../../../server/documents/document.typ', import.meta.url), 'utf8')).to.not.contain('@preview');
  });
});
