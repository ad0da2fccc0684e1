/** Handing in: only complete files of one's own that the model asks for; they become documents of the case, once. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect } from 'chai';
import { handingIn } from '../../../server/ports/attachments.ts';
import type { Attachments } from '../../../server/ports/attachments.ts';
import type { Attempts } from '../../../server/ports/documents.ts';
import { openFileBlobStore } from '../../../server/stores/blobs/file-blob-store.ts';
import { createAttachments } from '../../../server/uploads/hand-in.ts';
import type { Uploads } from '../../../server/uploads/uploads.ts';
import { PDF, PNG, Place } from './support.ts';

const LEASE = { kind: 'lease', required: true, accept: 'application/pdf', maxBytes: 1_000 };
const PHOTO = { kind: 'photo', required: false, accept: undefined, maxBytes: undefined };

describe('Uploads: handing in', () => {
  let place: Place;
  let uploads: Uploads;
  let attachments: Attachments;
  let attempts: string[];

  beforeEach(async () => {
    place = new Place();
    uploads = await place.open();
    attempts = [];
    const watch: Attempts = { begin: async ({ stream }) => { attempts.push(`begin ${stream}`); }, done: async () => { attempts.push('done'); } };
    attachments = createAttachments({ uploads, blobs: await openFileBlobStore(join(place.folder, 'blobs')), clock: { now: () => place.now }, attempts: watch });
  });
  afterEach(async () => { await place.close(); });

  async function upload(content: Uint8Array, person = 'ana', upTo = content.length): Promise<string> {
    const { id } = await uploads.create(person, { fileName: `${randomUUID()}.pdf`, mediaType: '', bytes: content.length });
    await uploads.append(person, id, 0, content.subarray(0, upTo));
    return id;
  }

  it('What is asked for and right has no fault; every other file has one sentence.', async () => {
    const check = async (kind: string, file: string): Promise<string> => (await attachments.check('ana', 'k', [LEASE, PHOTO], [{ kind, upload: file }], [])).map(({ message }) => message).join(' | ');
    expect(await check('lease', await upload(PDF))).to.equal('');
    expect(await check('lease', await upload(PNG))).to.contain('is not a file of a kind that is taken here');
    expect(await check('lease', await upload(PDF, 'ana', 5))).to.contain('has not arrived completely');
    expect(await check('lease', await upload(PDF, 'ben'))).to.contain('is not there any more');
    expect(await check('lease', await upload(new Uint8Array([...PDF, ...new Uint8Array(1_000)])))).to.contain('is larger than 1 KB');
    expect(await check('photo', await upload(PDF))).to.equal('choose a file');
    expect(await check('passport', await upload(PDF))).to.contain('nothing of this kind').and.contain('choose a file');
    const twice = await upload(PDF);
    expect((await attachments.check('ana', 'k', [LEASE], [{ kind: 'lease', upload: twice }, { kind: 'lease', upload: twice }], [])).at(-1)?.message).to.contain('twice');
  });

  it('Taken, it is a blob and a document in the state received; the same request gets it again, another one does not.', async () => {
    const file = await upload(PDF);
    const item = { kind: 'lease', upload: file };
    const documents = await handingIn(attachments, { person: 'ana', key: 'k' }, [item], 'case-1', async (taken) => taken);
    expect(documents[0]).to.include({ documentId: file, kind: 'lease', state: 'received', mediaType: 'application/pdf', bytes: PDF.length });
    expect(attempts).to.deep.equal(['begin case-1', 'done']);
    expect((await attachments.take('ana', 'k', [item], 'case-1')).documents).to.deep.equal(documents);
    expect((await attachments.check('ana', 'other', [LEASE], [item], []))[0]?.message).to.contain('is not there any more');
    expect(await attachments.waiting('ana', '/start/p')).to.deep.equal([]);
  });

  it('When the command is refused the file waits for the next try, and the blob stays noted as unfinished.', async () => {
    const item = { kind: 'lease', upload: await upload(PDF) };
    const refused = await handingIn(attachments, { person: 'ana', key: 'k' }, [item], 'case-1', () => Promise.reject(new Error('refused'))).catch((error: unknown) => (error as Error).message);
    expect([refused, attempts]).to.deep.equal(['refused', ['begin case-1']]);
    expect(await attachments.check('ana', 'next', [LEASE], [item], [])).to.deep.equal([]);
  });
});
