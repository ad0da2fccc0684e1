/** Files are what their first bytes say; their names are made harmless. */
import { expect } from 'chai';
import { safeFileName } from '../../../server/uploads/file-name.ts';
import { isAccepted, mediaTypeOf } from '../../../server/uploads/media-type.ts';
import { DOCX, ODT, PDF, PNG, bytes } from './support.ts';

describe('Uploads: kinds and names', () => {
  it('PDF, PNG, JPEG and office files are known by their content; anything else is octet-stream.', () => {
    expect([PDF, PNG, bytes('\xff\xd8\xff\xe0'), DOCX, ODT].map(mediaTypeOf)).to.deep.equal([
      'application/pdf', 'image/png', 'image/jpeg', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'application/vnd.oasis.opendocument.text',
    ]);
    for (const other of ['', '<html><script>', 'PK\x03\x04 broken', 'MZ', ' %PDF-1.7']) expect(mediaTypeOf(bytes(other)), other).to.equal('application/octet-stream');
    expect(mediaTypeOf(DOCX.subarray(0, DOCX.length - 30))).to.equal('application/octet-stream');
  });

  it('accept takes media types, groups of them and endings; a renamed file is not what its ending says.', () => {
    expect(isAccepted(undefined, 'a.exe', 'application/octet-stream')).to.equal(true);
    expect(isAccepted('application/pdf, image/*', 'a.png', 'image/png')).to.equal(true);
    expect(isAccepted('.PDF', 'Lease.pdf', 'application/pdf')).to.equal(true);
    expect(isAccepted('.pdf', 'virus.pdf', 'application/octet-stream')).to.equal(false);
    expect(isAccepted('.csv', 'list.csv', 'application/octet-stream')).to.equal(true);
    expect(isAccepted('application/pdf', 'a.docx', 'application/zip')).to.equal(false);
  });

  it('A name has no path, no control or direction marks, no dots in front, and keeps its ending when cut.', () => {
    expect(safeFileName('../../etc/passwd')).to.equal('passwd');
    expect(safeFileName('C:\\x\\brief.pdf')).to.equal('brief.pdf');
    expect(safeFileName('annex\u202Efdp.exe')).to.equal('annexfdp.exe');
    expect(safeFileName('a\r\nSet-Cookie: x.pdf')).to.equal('aSet-Cookie_ x.pdf');
    expect(safeFileName(' .htaccess ')).to.equal('htaccess');
    expect(safeFileName('..')).to.equal('file');
    const long = safeFileName(`${'é'.repeat(300)}.pdf`);
    expect(Array.from(long)).to.have.length(120);
    expect(long.endsWith('.pdf')).to.equal(true);
  });
});
