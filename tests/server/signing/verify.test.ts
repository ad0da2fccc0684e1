/** Signed PDF files that were changed: every class of attack has its finding, where other programs still say "valid"; nothing is thrown. */
import { expect } from 'chai';
import fc from 'fast-check';
import { dateOf } from '../../../server/signing/pades/dates.ts';
import { openPdf } from '../../../server/signing/pdf/file.ts';
import type { PdfFile } from '../../../server/signing/pdf/file.ts';
import { name, ref } from '../../../server/signing/pdf/values.ts';
import type { PdfDict, PdfValue } from '../../../server/signing/pdf/values.ts';
import type { Written } from '../../../server/signing/pdf/update.ts';
import { assemble, AT, openHouse, outside, PIN, plainPdf, signaturesOf, streamOf, tampered } from './support.ts';
import type { House } from './support.ts';

describe('Signing: changed PDF files', function () {
  this.timeout(60_000);
  let house: House;
  let one: Buffer;
  let two: Buffer;
  before(async () => {
    house = await openHouse(['secretary']);
    one = await sign(plainPdf(['signature1', 'seal']));
    two = await seal(one);
  });
  after(() => { house.remove(); });

  const sign = async (pdf: Uint8Array): Promise<Buffer> => Buffer.from((await house.signing.signer.sign({ person: 'secretary', pin: PIN, pdf, reason: 'Approved', at: AT })).pdf);
  const seal = async (pdf: Uint8Array): Promise<Buffer> => Buffer.from((await house.signing.sealer.seal({ agency: 'ministry', pdf, reason: 'Issued', at: AT })).pdf);
  const verify = (pdf: Uint8Array): ReturnType<typeof house.signing.verifier.verifyPdf> => house.signing.verifier.verifyPdf(pdf);
  /** What the verifier says of an unsigned revision after the officer's signature, sealed and not; other programs call the sealed one valid. */
  const attack = async (change: (file: PdfFile) => ReadonlyMap<number, Written>): Promise<string> => {
    const changed = tampered(one, change);
    const bare = await verify(changed);
    expect(bare).to.deep.include({ valid: false, changed: true });
    expect(bare.problems.join()).to.contain('SIGNATURE_CHANGED: Expected nothing but further signatures after signature signature1, but ').and.to.contain('bytes were added');
    const sealed = await seal(changed);
    expect(outside('pdfsig', { 'x.pdf': sealed }, ['-nocert', 'x.pdf']).text.match(/Signature is Valid/g), 'pdfsig').to.have.length(2);
    const verification = await verify(sealed);
    expect(verification).to.deep.include({ valid: false, changed: true });
    return verification.problems.join();
  };
  const page = (file: PdfFile): PdfDict => file.dict(ref(3), 'page');
  const catalog = (file: PdfFile): PdfDict => file.dict(ref(1), 'catalog');
  const annotated = (file: PdfFile, more: PdfValue): PdfDict => new Map([...page(file), ['Annots', [...page(file).get('Annots') as PdfValue[], more]] as const]);
  const replaced = (pdf: Buffer, from: string | RegExp, to: string): Buffer => Buffer.from(pdf.toString('latin1').replace(from, to), 'latin1');

  it('Untouched, both signatures are valid.', async () => {
    expect(await verify(two)).to.deep.include({ valid: true, changed: false, problems: [] });
  });

  it('Shadow attack: the content of a page is exchanged by a later revision.', async () => {
    const evil = (file: PdfFile): Map<number, Written> => new Map<number, Written>([[3, new Map([...page(file), ['Contents', ref(file.size)] as const])], [file.size, { text: streamOf('BT /F1 24 Tf 72 700 Td (Leave is granted: 50 days) Tj ET') }]]);
    expect(await attack(evil)).to.contain('but page 3 was changed');
    expect(await attack(() => new Map<number, Written>([[4, { text: streamOf('BT /F1 24 Tf 72 700 Td (Leave is granted: 50 days) Tj ET') }]]))).to.contain('but object 4 was changed');
  });

  it('Overlay attack: an annotation covers what was signed.', async () => {
    const note = new Map<string, PdfValue>([['Type', name('Annot')], ['Subtype', name('FreeText')], ['Rect', [0, 0, 300, 300]], ['DA', { kind: 'string', bytes: Buffer.from('/F1 12 Tf'), hex: false, at: -1, end: -1 }]]);
    expect(await attack((file) => new Map<number, Written>([[3, annotated(file, ref(file.size))], [file.size, note]]))).to.contain('an annotation that is no signature was added');
    expect(await attack((file) => new Map<number, Written>([[3, annotated(file, note)]]))).to.contain('an annotation was added');
  });

  it('Evil signature appearance: a visible signature field is added over the text.', async () => {
    const field = new Map<string, PdfValue>([['Type', name('Annot')], ['Subtype', name('Widget')], ['FT', name('Sig')], ['Rect', [0, 600, 595, 800]], ['P', ref(3)]]);
    expect(await attack((file) => new Map<number, Written>([[3, annotated(file, ref(file.size))], [file.size, field]]))).to.contain('a visible signature field was added');
    const acting = new Map<string, PdfValue>([...field, ['Rect', [0, 0, 0, 0]], ['AA', new Map<string, PdfValue>()]]);
    expect(await attack((file) => new Map<number, Written>([[3, annotated(file, ref(file.size))], [file.size, acting]]))).to.contain('a signature field with AA was added');
  });

  it('A signed field is given another rectangle or appearance; an empty one is moved.', async () => {
    const moved = (number: number) => (file: PdfFile): Map<number, Written> => new Map([[number, new Map([...file.dict(ref(number), 'field'), ['Rect', [0, 0, 595, 842]] as const])]]);
    expect(await attack(moved(6))).to.contain('object 6 was changed');
    expect(await attack(moved(7))).to.contain('Rect of signature field 7 was changed');
  });

  it('Catalog, form, page tree, metadata and actions stay as they were.', async () => {
    const entry = (key: string, value: PdfValue) => (file: PdfFile): Map<number, Written> => new Map([[1, new Map([...catalog(file), [key, value] as const])]]);
    expect(await attack(entry('OpenAction', new Map([['S', name('JavaScript')]])))).to.contain('OpenAction of the catalog was changed');
    expect(await attack(entry('Lang', name('en')))).to.contain('Lang of the catalog was changed');
    expect(await attack(entry('AcroForm', new Map<string, PdfValue>([['Fields', [ref(6), ref(7)]], ['SigFlags', 3], ['NeedAppearances', true]])))).to.contain('NeedAppearances of the form was changed');
    expect(await attack((file) => new Map<number, Written>([[2, new Map<string, PdfValue>([['Type', name('Pages')], ['Kids', [ref(3), ref(file.size)]], ['Count', 2]])], [file.size, new Map(page(file))]]))).to.contain('pages were added');
  });

  it('Objects that belong to no signature are told, even when nothing shows them.', async () => {
    expect(await attack((file) => new Map<number, Written>([[file.size, { text: streamOf('hidden') }]]))).to.contain('which belongs to no signature');
  });

  it('A revision that repeats what is there changes nothing; validation data may be added between signatures.', async () => {
    const same = await seal(tampered(one, (file) => new Map<number, Written>([[3, page(file)]])));
    expect((await verify(same)).problems).to.deep.equal([]);
    const dss = await seal(tampered(one, (file) => new Map<number, Written>([[1, new Map([...catalog(file), ['DSS', ref(file.size)] as const])], [file.size, new Map<string, PdfValue>([['Certs', [ref(file.size + 1)]]])], [file.size + 1, { text: streamOf('cert') }]])));
    expect((await verify(dss)).problems).to.deep.equal([]);
  });

  it('Bytes behind the last signature, or a cut file, are a change.', async () => {
    for (const pdf of [Buffer.concat([two, Buffer.from('%')]), Buffer.concat([two, Buffer.from('\n')]), two.subarray(0, two.length - 1), two.subarray(0, two.length - 200)]) expect(await verify(pdf)).to.deep.include({ valid: false, changed: true });
    expect((await verify(two.subarray(0, one.length))).valid).to.equal(true);
  });

  it('Signature wrapping and a false ByteRange are SIGNATURE_RANGE.', async () => {
    const range = /(?<=\/ByteRange )\[0 +(\d+) +(\d+) +(\d+)\]/;
    const padded = (numbers: readonly (number | string)[]): string => `[${numbers.join(' ')}]`.padEnd(range.exec(one.toString('latin1'))![0].length, ' ');
    const [, a = '', b = '', c = ''] = range.exec(one.toString('latin1'))!;
    const cases: [string, string][] = [
      [padded([0, Number(a) - 2, b, c]), 'leaves out something else'], [padded([2, Number(a) - 2, b, c]), 'leaves out something else'], [padded([0, a, Number(b) + 2, Number(c) - 2]), 'leaves out something else'],
      [padded([0, a, b, Number(c) + 9]), 'longer than the file'], [padded([0, a, b]), 'not four numbers'], [padded([0, a, b, -1]), 'not four numbers'],
    ];
    for (const [text, found] of cases) {
      const { problems, valid } = await verify(replaced(one, range, text));
      expect(valid).to.equal(false);
      expect(problems.join(), text).to.contain('SIGNATURE_RANGE').and.to.contain(found);
    }
    expect((await verify(replaced(one, '/Contents <30', '/Contents (30'))).valid).to.equal(false);
  });

  it('A format that is not PAdES is SIGNATURE_FORMAT; padding that is not zero is SIGNATURE_DAMAGED.', async () => {
    const [{ hole: [, end] }] = signaturesOf(one) as unknown as [{ hole: readonly [number, number] }];
    expect((await verify(replaced(one, 'ETSI.CAdES.detached', 'adbe.pkcs7.detached'))).problems.join()).to.contain('SIGNATURE_FORMAT').and.to.contain('adbe.pkcs7.detached');
    const dirty = Buffer.from(one);
    dirty.write('1', end - 2, 'latin1');
    expect((await verify(dirty)).problems.join()).to.contain('SIGNATURE_DAMAGED').and.to.contain('behind its end');
  });

  it('A signature that is removed, or put into another field, does not pass for the other.', async () => {
    const [{ hole }] = signaturesOf(one) as unknown as [{ hole: readonly [number, number] }];
    const swapped = Buffer.from(one);
    swapped.write(signaturesOf(await sign(plainPdf(['signature1'])))[0]!.cms.toString('hex'), hole[0] + 1, 'latin1');
    expect((await verify(swapped)).problems.join()).to.contain('SIGNATURE_');
    expect((await verify(plainPdf(['signature1']))).problems).to.deep.equal(['SIGNATURE_NONE: Expected at least one signature, but there is none']);
  });

  it('After a first signature that permits nothing, or with a later one that changes the permission, it is SIGNATURE_PERMISSION.', async () => {
    const closed = replaced(two, '/P 2 /V', '/P 1 /V');
    expect((await verify(closed)).problems.join()).to.contain('SIGNATURE_PERMISSION: Expected the changes that signature signature1 permits, but it permits none');
    const reference = '/Reference [<< /TransformMethod /DocMDP /TransformParams << /P 3 >> >>]';
    const late = await house.signing.sealer.seal({ agency: 'ministry', pdf: one, reason: 'a reason with room for more', at: AT });
    const reason = /\/Reason <[0-9A-F]+>(?![\s\S]*\/Reason)/;
    const room = reason.exec(Buffer.from(late.pdf).toString('latin1'))![0].length;
    expect((await verify(replaced(Buffer.from(late.pdf), reason, reference.padEnd(room, ' ')))).problems.join()).to.contain('a later signature changes them');
    const perms = replaced(one, /\/Perms << \/DocMDP \d 0 R/, '/Perms << /DocMDP 3 0 R');
    expect((await verify(perms)).problems.join()).to.contain('the catalog names another signature');
  });

  it('Two readings of a file are refused: keys twice, hybrid tables, circles, objects that are others, encryption (SIGNATURE_FILE_DAMAGED).', async () => {
    const [catalogue, pages, onePage] = ['<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>', '<< /Kids [3 0 R] >>', '<< /Type /Page >>'] as const;
    const plain = assemble([catalogue, pages, onePage]).toString('latin1');
    const startxref = /startxref\n(\d+)/.exec(plain)![1]!;
    const cases: [Buffer, string][] = [
      [assemble(['<< /Type /Catalog /Pages 2 0 R /Pages 3 0 R >>', pages, onePage]), 'names Pages twice'], [assemble([catalogue, pages, onePage], '/XRefStm 20'), 'tables and streams'],
      [assemble([catalogue, pages, onePage], '/Encrypt 3 0 R'), 'encrypted'], [replaced(Buffer.from(plain, 'latin1'), '/Size 4', '/Size 3'), 'beyond its Size'],
      [replaced(Buffer.from(plain, 'latin1'), '1 0 obj', '9 0 obj'), 'number 9'], [replaced(Buffer.from(plain, 'latin1'), 'startxref\n', 'startxref\n9'), 'no cross-reference table'],
      [assemble([catalogue, pages, onePage], `/Prev ${startxref}`), 'circle'], [assemble([catalogue, pages, onePage, '<< /FT /Sig /Kids [4 0 R] >>']), 'circle'],
      [assemble([catalogue, pages, onePage, '<< /FT /Sig /V 3 >>']), 'no reference'], [assemble([catalogue, pages, onePage, '<< /FT /Sig /V (x\\061\\n) /T <41zz> >>']), 'hexadecimal'],
      [assemble([catalogue, pages, onePage, '<< /FT /Sig /Length 9 >>\nstream\nx\nendstream']), 'endstream'], [assemble(['5', pages, onePage]), 'no dictionary'],
    ];
    for (const [pdf, found] of cases) expect((await verify(pdf)).problems.join(), found).to.contain('SIGNATURE_FILE_DAMAGED').and.to.contain(found);
    for (const bytes of [Buffer.alloc(0), Buffer.from('hello'), Buffer.from('%PDF-1.7\n%%EOF\n')]) expect(await verify(bytes)).to.deep.include({ valid: false, changed: false });
  });

  it('Work is bounded: nested values, giant lists and thousands of references to one object end soon.', async () => {
    const deep = assemble([`<< /Type /Catalog /Pages 2 0 R /X ${'['.repeat(100_000)}${']'.repeat(100_000)} >>`, '<< /Kids [3 0 R] >>', '<< >>']);
    expect((await verify(deep)).problems.join()).to.contain('nested too deeply');
    const wide = assemble([`<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [${'4 0 R '.repeat(300_000)}] >> >>`, '<< /Kids [3 0 R] >>', '<< >>', '<< /FT /Sig >>']);
    expect((await verify(wide)).problems.join()).to.contain('circle');
    const table = plainPdf().toString('latin1').replace('xref\n0 6', 'xref\n0 999999');
    expect((await verify(Buffer.from(table, 'latin1'))).problems.join()).to.contain('longer than the file');
  }).timeout(60_000);

  it('No byte that was signed can be changed: flips all over the file.', async () => {
    const holes = signaturesOf(two).map(({ hole }) => hole);
    for (let at = 0; at < two.length; at += 211) {
      if (holes.some(([begin, end]) => at > begin && at < end - 1)) continue;
      const changed = Buffer.from(two);
      changed[at]! ^= 0x04;
      const verification = await verify(changed);
      expect(verification.valid, `byte ${String(at)}`).to.equal(false);
    }
  });

  it('Whatever is done to a file, the verifier answers and does not say valid.', async () => {
    const edit = fc.record({ at: fc.nat(two.length - 1), cut: fc.nat(40), put: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      let changed = two;
      for (const { at, cut, put } of edits) changed = Buffer.concat([changed.subarray(0, at), put, changed.subarray(at + cut)]);
      const verification = await verify(changed);
      if (!changed.equals(two) && !sameButCase(changed, two)) expect(verification.valid).to.equal(false);
    }), { numRuns: 150 });
  });

  it('Dates of PDF files are read with their offset.', () => {
    expect(dateOf("D:20261120100000-04'00'")).to.equal(AT);
    expect(dateOf('D:2026')).to.equal('2026-01-01T00:00:00.000Z');
    expect(dateOf('D:20269999')).to.equal(undefined);
    expect(dateOf('yesterday')).to.equal(undefined);
    expect(openPdf(two).size).to.be.above(openPdf(one).size);
  });
});

/** Hexadecimal digits of a signature mean the same in both cases. */
function sameButCase(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && left.toString('latin1').toLowerCase() === right.toString('latin1').toLowerCase();
}
