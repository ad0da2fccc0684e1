/** The envelope as an ASiC-E container (EN 319 162-1): what is written, and everything a reader must refuse. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { CONTAINER_TYPE, openEnvelope, pathOf, sealEnvelope } from '../../../server/exchange/container.ts';
import type { Enclosed, Letter } from '../../../server/exchange/container.ts';
import { digestOf, readManifest, writeManifest } from '../../../server/exchange/manifest.ts';
import { isEnvelope, verifyEnvelope } from '../../../server/exchange/verify.ts';
import { LIMITS, pack, unpack } from '../../../server/exchange/zip.ts';
import type { Entry } from '../../../server/exchange/zip.ts';
import { createSeals, TITLES } from './support.ts';

const LETTER: Letter = {
  messageId: 'm1', conversation: 'c1', subject: 'Budget circular 4', sentAt: '2026-11-22T15:00:00.000Z',
  sender: { id: 'ministry', title: TITLES['ministry']! }, receiver: { id: 'ministry-of-finance', title: TITLES['ministry-of-finance']! },
};
const MANIFEST = 'META-INF/ASiCManifest001.xml';
const SIGNATURE = 'META-INF/signature001.p7s';

function enclosed(index: number, fileName: string, text: string): Enclosed {
  const content = Buffer.from(text);
  return {
    path: pathOf(index, fileName), documentId: `d${String(index)}`, title: fileName, fileName, mediaType: 'application/pdf', bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'), content,
  };
}

const DOCUMENTS = [enclosed(0, 'PS-OUT-2026-0001.pdf', 'the reply '.repeat(400)), enclosed(1, 'Plan of the été & co..pdf', 'the plan')];

describe('The envelope between agencies', () => {
  const seals = createSeals();
  let bytes: Uint8Array;

  before(async () => { ({ bytes } = await sealEnvelope(LETTER, DOCUMENTS, seals)); });

  const codeOf = (container: Uint8Array, limits = LIMITS, verifier = seals): Promise<string> =>
    openEnvelope(container, verifier, limits).then(() => 'opened', (error: unknown) => (error as { readonly code: string }).code);
  /** The same entries, changed and packed again. */
  const repacked = (change: (entries: Entry[]) => Entry[]): Uint8Array => pack(change(unpack(bytes)), new Set(['mimetype']));
  const replaced = (name: string, content: string | Uint8Array): Uint8Array => repacked((entries) => entries.map((entry) => (entry.name === name ? { name, content: Buffer.from(content) } : entry)));
  /** Metadata of the sender's own making, properly listed and sealed. */
  const resealed = async (metadata: string, agency = 'ministry', files: readonly Entry[] = [{ name: DOCUMENTS[0]!.path, content: DOCUMENTS[0]!.content }]): Promise<Uint8Array> => {
    const all = [...files.map((file) => ({ ...file, mediaType: 'application/pdf' })), { name: 'metadata.json', content: Buffer.from(metadata), mediaType: 'application/json' }];
    const manifest = writeManifest(SIGNATURE, all);
    const { signature } = await seals.sealDetached({ agency, content: manifest, at: LETTER.sentAt });
    return pack([{ name: 'mimetype', content: Buffer.from(CONTAINER_TYPE) }, ...all, { name: MANIFEST, content: manifest }, { name: SIGNATURE, content: signature }], new Set(['mimetype']));
  };
  const metadataOf = (change: Readonly<Record<string, unknown>> = {}): string => {
    const { content: _content, ...document } = DOCUMENTS[0]!;
    return JSON.stringify({ profile: 'urn:piton:exchange:1', ...LETTER, documents: [document], ...change });
  };

  it('begins with its media type, uncompressed, from byte 38 on; the manifest names every file with its SHA-256.', () => {
    expect(Buffer.from(bytes.subarray(30, 38 + CONTAINER_TYPE.length)).toString()).to.equal(`mimetype${CONTAINER_TYPE}`);
    expect(isEnvelope(bytes)).to.equal(true);
    expect(isEnvelope(Buffer.from('%PDF-1.7'))).to.equal(false);
    const entries = unpack(bytes);
    expect(entries.map(({ name }) => name)).to.deep.equal(['mimetype', 'documents/01-PS-OUT-2026-0001.pdf', 'documents/02-Plan-of-the-e-te-co.pdf', 'metadata.json', MANIFEST, SIGNATURE]);
    const { signature, references } = readManifest(entries[4]!.content);
    expect(signature).to.equal(SIGNATURE);
    expect(references).to.deep.equal(entries.slice(1, 4).map(({ name, content }) => ({ uri: name, mediaType: name.endsWith('.json') ? 'application/json' : 'application/pdf', digest: digestOf(content) })));
  });

  it('opens to exactly what was put in, with the seal of the sender.', async () => {
    const { metadata, documents, seal } = await openEnvelope(bytes, seals);
    expect(metadata).to.deep.include({ ...LETTER });
    expect(documents.map(({ content, fileName }) => [fileName, Buffer.from(content).toString()])).to.deep.equal(DOCUMENTS.map(({ content, fileName }) => [fileName, Buffer.from(content).toString()]));
    expect([seal.organisation, seal.trustedBy]).to.deep.equal(['Ministry of the Public Service', 'Test Root']);
    const told = await verifyEnvelope(bytes, seals);
    expect([told.valid, told.changed, told.problems, told.metadata?.messageId]).to.deep.equal([true, false, [], 'm1']);
    expect(await verifyEnvelope(replaced(DOCUMENTS[1]!.path, 'another plan'), seals)).to.deep.include({ valid: false, changed: true, signatures: [] });
  });

  it('is the same file for the same content and the same seal, in every time zone.', async () => {
    const fixed = { sealDetached: async () => ({ name: 's', at: LETTER.sentAt, certificate: 'c', signature: Buffer.from('sealed') }) };
    const one = await sealEnvelope(LETTER, DOCUMENTS, fixed);
    expect(Buffer.from((await sealEnvelope(LETTER, DOCUMENTS, fixed)).bytes).equals(Buffer.from(one.bytes))).to.equal(true);
    // MS-DOS time and date of the first entry: 1 January 1980, midnight.
    expect(Buffer.from(one.bytes).readUInt32LE(10)).to.equal((1 << 21) + (1 << 16));
  });

  it('is a ZIP for other programs.', function () {
    const file = join(mkdtempSync(join(tmpdir(), 'piton-asice-')), 'letter.asice');
    writeFileSync(file, bytes);
    const program = 'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print(z.testzip(), len(z.namelist()))';
    let told: string;
    try {
      told = execFileSync('python3', ['-c', program, file], { encoding: 'utf8' });
    } catch (error) {
      if ((error as { readonly code?: string }).code === 'ENOENT') return this.skip();
      throw error;
    }
    expect(told.trim()).to.equal('None 6');
  });

  it('A file changed, added, left out or described otherwise after the sealing is refused: ENVELOPE_DIGEST, ENVELOPE_UNLISTED, ENVELOPE_MISSING, ENVELOPE_SEAL.', async () => {
    expect(await codeOf(replaced(DOCUMENTS[1]!.path, 'another plan'))).to.equal('ENVELOPE_DIGEST');
    expect(await codeOf(replaced('metadata.json', metadataOf({ messageId: 'm2' })))).to.equal('ENVELOPE_DIGEST');
    expect(await codeOf(repacked((entries) => [...entries, { name: 'documents/03.pdf', content: Buffer.from('x') }]))).to.equal('ENVELOPE_UNLISTED');
    expect(await codeOf(repacked((entries) => [...entries, { name: 'META-INF/ASiCManifest002.xml', content: Buffer.from('x') }]))).to.equal('ENVELOPE_UNLISTED');
    for (const name of [DOCUMENTS[0]!.path, 'metadata.json', MANIFEST, SIGNATURE]) expect(await codeOf(repacked((entries) => entries.filter((entry) => entry.name !== name))), name).to.equal('ENVELOPE_MISSING');
    const manifest = Buffer.from(unpack(bytes)[4]!.content).toString();
    expect(await codeOf(replaced(MANIFEST, manifest.replace('MimeType="application/pdf"', 'MimeType="text/html"')))).to.equal('ENVELOPE_SEAL');
    expect((await verifyEnvelope(replaced(MANIFEST, manifest.replace('application/pdf', 'text/html')), seals)).problems).to.deep.equal(['ENVELOPE_SEAL: Expected a valid seal of a trusted agency, but the content was changed']);
  });

  it('A seal nobody vouches for, of another organisation, or of a person is refused: ENVELOPE_SEAL, ENVELOPE_FOREIGN_SEAL.', async () => {
    expect(await codeOf(await resealed(metadataOf(), 'rogue'))).to.equal('ENVELOPE_SEAL');
    expect(await codeOf(await resealed(metadataOf(), 'ministry-of-finance'))).to.equal('ENVELOPE_FOREIGN_SEAL');
    expect(await codeOf(await resealed(metadataOf()))).to.equal('opened');
    const changed = (change: object): typeof seals => ({
      ...seals,
      async verifyDetached(content, signature) {
        const told = await seals.verifyDetached(content, signature);
        return { ...told, signatures: told.signatures.map((finding) => ({ ...finding, ...change })) };
      },
    });
    expect(await codeOf(bytes, LIMITS, changed({ kind: 'signature' }))).to.equal('ENVELOPE_SEAL');
    expect(await codeOf(bytes, LIMITS, changed({ trustedBy: undefined }))).to.equal('ENVELOPE_SEAL');
    expect(await codeOf(bytes, LIMITS, changed({ valid: false }))).to.equal('ENVELOPE_SEAL');
    const twice = { ...seals, verifyDetached: async (content: Uint8Array, signature: Uint8Array) => { const told = await seals.verifyDetached(content, signature); return { ...told, signatures: [...told.signatures, ...told.signatures] }; } };
    expect(await codeOf(bytes, LIMITS, twice)).to.equal('ENVELOPE_SEAL');
  });

  it('Metadata that does not describe exactly what is there is refused, also when it is sealed: ENVELOPE_METADATA.', async () => {
    const { content: _content, ...document } = DOCUMENTS[0]!;
    for (const metadata of [
      'no json', '{}', metadataOf({ profile: 'urn:piton:exchange:2' }), metadataOf({ messageId: '../x' }), metadataOf({ extra: 1 }), metadataOf({ documents: [] }),
      metadataOf({ documents: [{ ...document, bytes: 1 }] }), metadataOf({ documents: [{ ...document, sha256: 'f'.repeat(64) }] }), metadataOf({ documents: [document, document] }),
    ]) expect(await codeOf(await resealed(metadata)), metadata).to.equal('ENVELOPE_METADATA');
    expect(await codeOf(await resealed(metadataOf({ documents: [{ ...document, path: 'documents/09.pdf' }] })))).to.equal('ENVELOPE_METADATA');
    const more = [{ name: DOCUMENTS[0]!.path, content: DOCUMENTS[0]!.content }, { name: 'documents/hidden.pdf', content: Buffer.from('x') }];
    expect(await codeOf(await resealed(metadataOf(), 'ministry', more))).to.equal('ENVELOPE_METADATA');
  });

  it('A manifest that lists a file twice, or one of META-INF, is refused: ENVELOPE_ENTRY.', async () => {
    const file = { name: DOCUMENTS[0]!.path, content: DOCUMENTS[0]!.content };
    expect(await codeOf(await resealed(metadataOf(), 'ministry', [file]))).to.equal('opened');
    const manifest = Buffer.from(unpack(await resealed(metadataOf(), 'ministry', [file])).find(({ name }) => name === MANIFEST)!.content).toString();
    for (const text of [manifest.replace(/(<asic:DataObjectReference[^]*?<\/asic:DataObjectReference>)/, '$1$1'), manifest.replace('URI="documents/01-PS-OUT-2026-0001.pdf"', `URI="${SIGNATURE}"`)]) {
      const { signature } = await seals.sealDetached({ agency: 'ministry', content: Buffer.from(text), at: LETTER.sentAt });
      const container = pack([{ name: 'mimetype', content: Buffer.from(CONTAINER_TYPE) }, file, { name: 'metadata.json', content: Buffer.from(metadataOf()) }, { name: MANIFEST, content: Buffer.from(text) }, { name: SIGNATURE, content: signature }], new Set(['mimetype']));
      expect(await codeOf(container)).to.equal('ENVELOPE_ENTRY');
    }
  });

  it('A manifest is read whoever wrote it, but without entities, comments or another digest.', () => {
    const text = (inner: string): Buffer => Buffer.from(`<?xml version="1.0"?><a:ASiCManifest xmlns:a="x" xmlns:d="y"><a:SigReference URI="META-INF/s.p7s"/>${inner}</a:ASiCManifest>`);
    const reference = '<a:DataObjectReference URI="a.pdf"><d:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></d:DigestMethod><d:DigestValue> q </d:DigestValue></a:DataObjectReference>';
    expect(readManifest(text(reference)).references).to.deep.equal([{ uri: 'a.pdf', mediaType: 'application/octet-stream', digest: 'q' }]);
    for (const wrong of ['<!-- x -->', '<!DOCTYPE a>', '<![CDATA[x]]>', '&amp;', '<a:Other/>', reference.replace('sha256', 'sha1'), reference.replace(' URI="a.pdf"', ''), '<a:DataObjectReference URI="b">', '</a:ASiCManifest><a:ASiCManifest>', '<a b=c/>']) {
      expect(() => readManifest(text(wrong)), wrong).to.throw('its manifest cannot be read');
    }
    expect(() => readManifest(Buffer.from('<other/>'))).to.throw('its manifest cannot be read');
  });

  describe('The ZIP around it', () => {
    /** A ZIP by hand: every field can be a lie. */
    const zip = (entries: readonly { readonly name: string; readonly content: Uint8Array; readonly method?: number; readonly says?: number; readonly flags?: number; readonly extra?: Buffer; readonly mode?: number; readonly centralName?: string }[], between = '', after = ''): Buffer => {
      const locals: Buffer[] = [];
      const centrals: Buffer[] = [];
      let at = 0;
      for (const { name, content, method = 0, says, flags = 0, extra = Buffer.alloc(0), mode = 0, centralName = name } of entries) {
        const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
        const fields = Buffer.alloc(20);
        fields.writeUInt16LE(flags, 0); fields.writeUInt16LE(method, 2); fields.writeUInt32LE(crc32(content), 8); fields.writeUInt32LE(packed.length, 12); fields.writeUInt32LE(says ?? content.length, 16);
        const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), fields, le16(name.length), le16(extra.length), Buffer.from(name), extra, packed, Buffer.from(between)]);
        centrals.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0, 20, 0]), fields, le16(centralName.length), le16(extra.length), le16(0), le16(0), le16(0), le32(mode << 16 >>> 0), le32(at), Buffer.from(centralName), extra]));
        locals.push(local);
        at += local.length;
      }
      const directory = Buffer.concat(centrals);
      return Buffer.concat([...locals, directory, Buffer.from([0x50, 0x4b, 5, 6, 0, 0, 0, 0]), le16(entries.length), le16(entries.length), le32(directory.length), le32(at), le16(0), Buffer.from(after)]);
    };
    const le16 = (value: number): Buffer => { const buffer = Buffer.alloc(2); buffer.writeUInt16LE(value); return buffer; };
    const le32 = (value: number): Buffer => { const buffer = Buffer.alloc(4); buffer.writeUInt32LE(value); return buffer; };
    const mimetype = { name: 'mimetype', content: Buffer.from(CONTAINER_TYPE) };
    const content = Buffer.from('x'.repeat(2_000));

    it('is read as it was written by hand.', () => {
      expect(unpack(zip([mimetype, { name: 'a/b.txt', content, method: 8 }]))[1]).to.deep.include({ name: 'a/b.txt' });
    });

    it('Names that lead elsewhere, twice the same, links and extras are refused: ENVELOPE_ENTRY.', async () => {
      for (const name of ['../evil', '/etc/passwd', 'a/../../b', 'C:\\x', 'a\\b', 'a//b', 'folder/', '.hidden', 'é.pdf', 'a'.repeat(201), 'nul\u0000']) expect(await codeOf(zip([mimetype, { name, content }])), name).to.equal('ENVELOPE_ENTRY');
      expect(await codeOf(zip([mimetype, { name: 'a.pdf', content }, { name: 'A.pdf', content }]))).to.equal('ENVELOPE_ENTRY');
      expect(await codeOf(zip([mimetype, { name: 'a.pdf', content, extra: Buffer.from([1, 0, 0, 0]) }]))).to.equal('ENVELOPE_ENTRY');
      expect(await codeOf(zip([mimetype, { name: 'a.pdf', content, mode: 0o120777 }]))).to.equal('ENVELOPE_ENTRY');
    });

    it('What does not fill the file without gaps, or says one thing here and another there, is refused: ENVELOPE_NOT_A_CONTAINER.', async () => {
      const good = [mimetype, { name: 'a.pdf', content }];
      const cases: Readonly<Record<string, Uint8Array>> = {
        empty: Buffer.alloc(0), text: Buffer.from('%PDF-1.7'.repeat(10)), 'something before': Buffer.concat([Buffer.from('MZ'), zip(good)]), 'something after': zip(good, '', 'more'), 'something between': zip(good, 'hidden'),
        'another name inside': zip([mimetype, { name: 'a.pdf', content, centralName: 'b.pdf' }]), encrypted: zip([mimetype, { name: 'a.pdf', content, flags: 1 }]), 'sizes behind': zip([mimetype, { name: 'a.pdf', content, flags: 8 }]),
        'another method': zip([mimetype, { name: 'a.pdf', content, method: 12 }]), 'another size': zip([mimetype, { name: 'a.pdf', content, says: 5 }]), 'a bomb that lies': zip([mimetype, { name: 'a.pdf', content, method: 8, says: 5 }]),
        'no media type': zip([{ name: 'a.pdf', content }]), 'another media type': zip([{ name: 'mimetype', content: Buffer.from('application/zip') }]), 'a compressed media type': zip([{ ...mimetype, method: 8 }]),
      };
      for (const [name, container] of Object.entries(cases)) expect(await codeOf(container), name).to.equal('ENVELOPE_NOT_A_CONTAINER');
    });

    it('What is too large, packed or unpacked or in number, is refused before it is unpacked: ENVELOPE_TOO_LARGE.', async () => {
      expect(await codeOf(bytes, { ...LIMITS, bytes: bytes.length - 1 })).to.equal('ENVELOPE_TOO_LARGE');
      expect(await codeOf(bytes, { ...LIMITS, entries: 5 })).to.equal('ENVELOPE_TOO_LARGE');
      const bomb = zip([mimetype, { name: 'zeros', content: Buffer.alloc(32 * 1024 * 1024), method: 8 }]);
      expect(bomb.length).to.be.lessThan(64 * 1024);
      expect(await codeOf(bomb, { ...LIMITS, unpacked: 1024 * 1024 })).to.equal('ENVELOPE_TOO_LARGE');
      const large = { ...DOCUMENTS[0]!, content: Buffer.alloc(LIMITS.bytes) };
      expect(await sealEnvelope(LETTER, [large], seals).then(() => 'sealed', (error: unknown) => (error as { readonly code: string }).code)).to.equal('ENVELOPE_TOO_LARGE');
    });

    it('Cut off or changed anywhere, it is refused, never opened and never a failure of ours.', async function () {
      this.timeout(60_000);
      await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, by, cut) => {
        const changed = Uint8Array.from(cut ? bytes.subarray(0, at) : bytes);
        if (!cut) changed[at] = changed[at]! ^ by;
        const code = await verifyEnvelope(changed, { async verifyDetached(manifest, signature) {
          // The certificate of the tests is JSON: what is none is no signature.
          return seals.verifyDetached(manifest, signature).catch(() => ({ valid: false, changed: true, signatures: [], problems: [] }));
        } });
        // Dates and versions of the packing are in no one's name: they change nothing that is read.
        if (code.valid) expect(cut, `byte ${String(at)}`).to.equal(false);
        else expect(code.problems[0]).to.match(/^ENVELOPE_/);
        if (code.valid) expect((await openEnvelope(changed, seals)).documents.map((document) => document.sha256)).to.deep.equal(DOCUMENTS.map((document) => document.sha256));
      }), { numRuns: 400 });
    });
  });
});
