/** The job document-seal: what it reads, what it brings, and the order in which a blob becomes durable. */
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { DocumentRef } from '../../../server/ports/documents.ts';
import type { Job } from '../../../server/ports/job-handler.ts';
import { sealJob } from '../../../server/signing/seal-job.ts';
import { createSigning } from '../../../server/signing/index.ts';
import { AT, META, memoryRuntime, memoryVault, openHouse, PIN, plainPdf } from './support.ts';
import type { House } from './support.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('Signing: the job document-seal', function () {
  this.timeout(30_000);
  let house: House;
  let done: string[];
  const blobs = new Map<string, Uint8Array>();
  before(async () => { house = await openHouse(['secretary']); });
  after(() => { house.remove(); });
  beforeEach(() => { done = []; });

  const store = {
    get: async (sha256: string) => blobs.get(sha256),
    put: async (bytes: Uint8Array) => {
      done.push(`put ${hash(bytes)}`);
      blobs.set(hash(bytes), bytes);
      return hash(bytes);
    },
  };
  const attempts = { begin: async ({ key, kind, sha256 }: { key: string; kind: string; sha256: string }) => { done.push(`begin ${key} ${kind} ${sha256}`); } };
  const run = (job: Partial<Job>): Promise<Readonly<Record<string, unknown>>> => sealJob({ sealer: house.signing.sealer, blobs: store, attempts, clock: house.clock }).run({
    key: 'case/9', stream: 'case', elementId: 'Seal', processId: 'leave', version: 1, conversation: 'c', headers: { output: 'letter' }, agency: 'ministry', variables: {}, ...job,
  });
  const signed = async (): Promise<DocumentRef> => {
    const { pdf, name, certificate } = await house.signing.signer.sign({ person: 'secretary', pin: PIN, pdf: plainPdf(['signature1', 'seal']), reason: 'Approved', at: AT });
    blobs.set(hash(pdf), pdf);
    return {
      documentId: 'd-1', title: 'Letter', fileName: 'letter.pdf', mediaType: 'application/pdf', bytes: pdf.length, sha256: hash(pdf), state: 'signed', number: 'PS-OUT/2026/1',
      signatures: [{ kind: 'signature', by: 'secretary', name, at: AT, certificate }],
    };
  };
  const codeOf = async (doing: Promise<unknown>): Promise<string> => doing.then(() => 'sealed', (error: unknown) => (error as { code: string }).code);

  it('The document is sealed for the agency of the pool; the attempt is noted before the blob is stored.', async () => {
    const letter = await signed();
    const { letter: result } = await run({ variables: { letter: letter as never } }) as { letter: DocumentRef };
    expect(result).to.include({ documentId: 'd-1', number: 'PS-OUT/2026/1', state: 'sealed' });
    expect(result.signatures!.map(({ kind, by, name }) => [kind, by, name])).to.deep.equal([['signature', 'secretary', 'Permanent Secretary, Public Service'], ['seal', 'ministry', 'Seal of the Ministry of the Public Service']]);
    expect(done).to.deep.equal([`begin case/9 seal ${result.sha256}`, `put ${result.sha256}`]);
    const content = blobs.get(result.sha256)!;
    expect(content.length).to.equal(result.bytes);
    expect((await house.signing.verifier.verifyPdf(content)).signatures.map(({ kind, valid }) => [kind, valid])).to.deep.equal([['signature', true], ['seal', true]]);
  });

  it('Without document, content, agency or seal it fails, and nothing is stored.', async () => {
    const letter = await signed();
    expect(await codeOf(run({}))).to.equal('SIGNING_NO_DOCUMENT');
    expect(await codeOf(run({ headers: {}, variables: { letter: letter as never } }))).to.equal('SIGNING_NO_DOCUMENT');
    expect(await codeOf(sealJob({ sealer: house.signing.sealer, blobs: store, attempts, clock: house.clock }).run({ key: 'k', stream: 's', elementId: 'e', processId: 'p', version: 1, conversation: 'c', headers: { output: 'letter' }, variables: { letter: letter as never } }))).to.equal('SIGNING_NO_AGENCY');
    expect(await codeOf(run({ variables: { letter: { ...letter, sha256: '0'.repeat(64) } as never } }))).to.equal('SIGNING_BLOB_MISSING');
    expect(await codeOf(run({ agency: 'elsewhere', variables: { letter: letter as never } }))).to.equal('SIGNING_NO_SEAL');
    expect(done).to.deep.equal([]);
  });

  it('A job that comes before the authority is open waits for it.', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'piton-seal-'));
    const letter = await signed();
    const signing = createSigning({ vault: memoryVault(), blobs: store, clock: house.clock, directory: {} as never, units: () => [{ id: 'ministry', title: 'Ministry' }], folder, zone: 'UTC' });
    const working = signing.sealJob(attempts).run({ key: 'k', stream: 's', elementId: 'e', processId: 'p', version: 1, conversation: 'c', agency: 'ministry', headers: { output: 'letter' }, variables: { letter: letter as never } });
    await signing.start({ runtime: memoryRuntime(), organization: 'Government', meta: META, locateCase: () => Promise.reject(new Error('no cases here')) });
    expect(Object.keys(await working)).to.deep.equal(['letter']);
    rmSync(folder, { recursive: true });
  });
});
