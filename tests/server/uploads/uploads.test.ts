/** Resumable uploads: parts in order, durable before they are acknowledged, theirs alone, thrown away after a day. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HttpFailure } from '../../../server/http/contract/failure.ts';
import { MOST_UPLOAD } from '../../../server/http/contract/uploads.ts';
import { MOST_WAITING } from '../../../server/uploads/uploads.ts';
import { PDF, Place } from './support.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HttpFailure) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('Uploads', () => {
  let place: Place;

  beforeEach(() => { place = new Place(); });
  afterEach(async () => { await place.close(); });

  it('Parts follow each other; the whole knows its kind and its hash, whatever the sender said.', async () => {
    const uploads = await place.open();
    const { id } = await uploads.create('ana', { fileName: 'C:\\scans\\Lease.pdf', mediaType: 'text/html', bytes: PDF.length });
    const half = await uploads.append('ana', id, 0, PDF.subarray(0, 10));
    expect([half.offset, half.fileName, half.sha256]).to.deep.equal([10, 'Lease.pdf', undefined]);
    const whole = await uploads.append('ana', id, 10, PDF.subarray(10));
    expect(whole).to.include({ offset: PDF.length, mediaType: 'application/pdf' });
    expect(await uploads.content(whole)).to.deep.equal(new Uint8Array(readFileSync(join(place.folder, 'uploads', id))));
    expect(Buffer.compare(await uploads.content(whole), PDF)).to.equal(0);
  });

  it('After a restart in the middle it goes on from what was acknowledged; what a crash wrote behind it is not kept.', async () => {
    const before = await place.open();
    const { id } = await before.create('ana', { fileName: 'a.pdf', mediaType: '', bytes: PDF.length });
    await before.append('ana', id, 0, PDF.subarray(0, 8));
    const file = join(place.folder, 'uploads', id);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('written, never acknowledged')]));
    const after = await place.open();
    expect((await after.find('ana', id)).offset).to.equal(8);
    const whole = await after.append('ana', id, 8, PDF.subarray(8));
    expect(Buffer.compare(await after.content(whole), PDF)).to.equal(0);
  });

  it('Another offset than the known one is UPLOAD_OFFSET_WRONG, more bytes than announced UPLOAD_OVERRUN; nothing is written.', async () => {
    const uploads = await place.open();
    const { id } = await uploads.create('ana', { fileName: 'a', mediaType: '', bytes: 4 });
    expect(await codeOf(uploads.append('ana', id, 2, PDF))).to.equal('UPLOAD_OFFSET_WRONG');
    expect(await codeOf(uploads.append('ana', id, 0, PDF))).to.equal('UPLOAD_OVERRUN');
    expect((await uploads.find('ana', id)).offset).to.equal(0);
    // Sent twice at the same time, a part counts once.
    const both = await Promise.all([codeOf(uploads.append('ana', id, 0, PDF.subarray(0, 2))), codeOf(uploads.append('ana', id, 0, PDF.subarray(0, 2)))]);
    expect(both).to.deep.equal(['accepted', 'UPLOAD_OFFSET_WRONG']);
  });

  it('Others find nothing; a file that is too large and one file too many are refused.', async () => {
    const uploads = await place.open();
    const { id } = await uploads.create('ana', { fileName: 'a', mediaType: '', bytes: 4 });
    expect(await codeOf(uploads.find('ben', id))).to.equal('HTTP_NOT_FOUND');
    expect(await codeOf(uploads.append('ben', id, 0, PDF.subarray(0, 1)))).to.equal('HTTP_NOT_FOUND');
    expect(await codeOf(uploads.remove('ben', id))).to.equal('HTTP_NOT_FOUND');
    expect(await codeOf(uploads.create('ana', { fileName: 'a', mediaType: '', bytes: MOST_UPLOAD + 1 }))).to.equal('UPLOAD_TOO_LARGE');
    for (let more = 1; more < MOST_WAITING; more += 1) await uploads.create('ana', { fileName: 'a', mediaType: '', bytes: 1 });
    expect(await codeOf(uploads.create('ana', { fileName: 'a', mediaType: '', bytes: 1 }))).to.equal('UPLOAD_TOO_MANY');
    await uploads.remove('ana', id);
    expect(await codeOf(uploads.create('ana', { fileName: 'a', mediaType: '', bytes: 1 }))).to.equal('accepted');
  });

  it('The same key again is the same upload, with another file HTTP_KEY_REUSED; the key of somebody else is another.', async () => {
    const uploads = await place.open();
    const said = { fileName: 'a', mediaType: '', bytes: 4 };
    const { id } = await uploads.create('ana', said, 'key');
    expect((await uploads.create('ana', said, 'key')).id).to.equal(id);
    expect(await codeOf(uploads.create('ana', { ...said, bytes: 5 }, 'key'))).to.equal('HTTP_KEY_REUSED');
    expect((await uploads.create('ben', said, 'key')).id).to.not.equal(id);
  });

  it('What nobody handed in within a day is gone, its bytes with it.', async () => {
    const uploads = await place.open();
    const { id } = await uploads.create('ana', { fileName: 'a.pdf', mediaType: '', bytes: PDF.length, place: { page: '/start/p', kind: 'lease' } });
    await uploads.append('ana', id, 0, PDF);
    expect((await uploads.waiting('ana', '/start/p')).map((upload) => upload.id)).to.deep.equal([id]);
    place.now = '2026-01-06T09:00:01.000Z';
    expect(await codeOf(uploads.find('ana', id))).to.equal('HTTP_NOT_FOUND');
    await uploads.create('ana', { fileName: 'b', mediaType: '', bytes: 1 });
    expect(readdirSync(join(place.folder, 'uploads'))).to.deep.equal([]);
  });
});
