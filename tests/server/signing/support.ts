/** What the tests of signing share: an authority on a runtime in memory, PDF files made by hand, and other programs as a second opinion. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Person } from '../../../server/ports/directory.ts';
import type { Vault } from '../../../server/ports/vault.ts';
import type { Answer, DomainEvent, Runtime } from '../../../server/runtime/types.ts';
import { createSigning } from '../../../server/signing/index.ts';
import type { Signing } from '../../../server/signing/index.ts';
import { openPdf } from '../../../server/signing/pdf/file.ts';
import type { PdfFile } from '../../../server/signing/pdf/file.ts';
import { appendRevision } from '../../../server/signing/pdf/update.ts';
import type { Written } from '../../../server/signing/pdf/update.ts';
import type { AuthorityEvent } from '../../../server/signing/pki/events.ts';

export const META = { actor: { person: 'test', groups: [] } };
/** Cheap guesses: tests make many. */
export const CHEAP = { n: 16 };
export const AT = '2026-11-20T14:00:00.000Z';
export const PIN = '493817';

export function memoryVault(): Vault & { readonly secrets: Map<string, Uint8Array> } {
  const secrets = new Map<string, Uint8Array>();
  return {
    secrets,
    takeDataKey: () => Promise.reject(new Error('no data keys here')), dataKey: async () => undefined, destroyDataKey: async () => undefined,
    putSecret: async (name, secret) => { secrets.set(name, Uint8Array.from(secret)); },
    secret: async (name) => secrets.get(name), deleteSecret: async (name) => { secrets.delete(name); }, close: async () => undefined,
  };
}

/** The part of the runtime that signing uses, with its events in a list. */
export function memoryRuntime(): Pick<Runtime, 'change' | 'inspect'> & { readonly events: AuthorityEvent[] } {
  const events: AuthorityEvent[] = [];
  return {
    events,
    inspect: async () => undefined,
    async change<E extends DomainEvent>(stream: string, _type: string, _meta: unknown, decide: (earlier: readonly E[]) => readonly E[] | { code: string; message: string; hint: string }): Promise<Answer<E>> {
      const decided = decide(events as unknown as readonly E[]);
      if ('code' in decided) return { outcome: 'rejected', rejection: decided };
      events.push(...decided as unknown as AuthorityEvent[]);
      return { outcome: 'accepted', replayed: false, stream, version: events.length, position: events.length, events: decided };
    },
  };
}

const UNITS = [{ id: 'ministry', title: 'Ministry of the Public Service' }, { id: 'ministry-of-finance', title: 'Ministry of Finance' }, { id: 'hr-unit', title: 'Human Resources Unit', parent: 'ministry' }];

function person(id: string, postTitle: string, unit: string, more: Partial<Person> = {}): Person {
  return { id, name: postTitle, roles: ['officer'], post: id, postTitle, unit, groups: [], active: true, ...more };
}

export const PEOPLE: Person[] = [
  person('secretary', 'Permanent Secretary, Public Service', 'ministry'), person('officer', 'Human Resources Officer', 'hr-unit'), person('treasurer', 'Budget Director', 'ministry-of-finance'),
  person('analyst', 'Systems Analyst', 'hr-unit', { roles: ['analyst'] }), person('gone', 'Clerk', 'hr-unit', { active: false }),
];

export interface House {
  readonly signing: Signing;
  readonly vault: ReturnType<typeof memoryVault>;
  readonly runtime: ReturnType<typeof memoryRuntime>;
  readonly folder: string;
  readonly clock: { time: string; now(): string };
  readonly root: string;
  readonly issuing: string;
  /** Opens it again on the same vault and log. */
  again(): Promise<Signing>;
  remove(): void;
}

/** An authority with two agencies, and the first two officers enrolled with {@link PIN}. */
export async function openHouse(enrolled: readonly string[] = ['secretary', 'officer']): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'piton-signing-'));
  const vault = memoryVault();
  const runtime = memoryRuntime();
  const clock = { time: AT, now() { return this.time; } };
  const directory = { person: (id: string) => PEOPLE.find((each) => each.id === id), people: () => PEOPLE, groupTitle: (id: string) => id, groupExists: () => true };
  const needs = { vault, blobs: { get: async () => undefined, put: async () => '' }, clock, directory, units: () => UNITS, folder, zone: 'America/St_Lucia', pinCost: CHEAP };
  const again = (): Promise<Signing> => createSigning(needs).start({ runtime, organization: 'Government', meta: META, locateCase: () => Promise.reject(new Error('no cases here')) });
  vault.secrets.set('demo/pins', Buffer.from(JSON.stringify(Object.fromEntries(enrolled.map((id) => [id, PIN])))));
  const signing = await again();
  await signing.enrolDemo(enrolled, META);
  const [root = ''] = await signing.verifier.anchors();
  return { signing, vault, runtime, folder, clock, root, issuing: pemOf(runtime.events, 'issuing'), again, remove: () => { rmSync(folder, { recursive: true, force: true }); } };
}

export function pemOf(events: readonly AuthorityEvent[], profile: string, of?: string): string {
  const event = events.findLast((each) => each.type === 'CertificateIssued' && each.profile === profile && (of === undefined || each.person === of || each.agency === of));
  return event?.type === 'CertificateIssued' ? `-----BEGIN CERTIFICATE-----\n${event.certificate.replaceAll(/(.{64})/g, '$1\n').trim()}\n-----END CERTIFICATE-----\n` : '';
}

/** A PDF file of one page with text; `fields`: empty signature fields made before signing, by name. */
export function plainPdf(fields: readonly string[] = []): Buffer {
  const first = 6;
  const numbers = fields.map((_, index) => first + index);
  const widgets = numbers.map((number) => `${number} 0 R`).join(' ');
  const bodies = [
    `<< /Type /Catalog /Pages 2 0 R${fields.length === 0 ? '' : ` /AcroForm << /Fields [${widgets}] /SigFlags 3 >>`} >>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>${fields.length === 0 ? '' : ` /Annots [${widgets}]`} >>`,
    streamOf('BT /F1 24 Tf 72 700 Td (Leave is granted: 5 days) Tj ET'),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...fields.map((field, index) => `<< /Type /Annot /Subtype /Widget /FT /Sig /T (${field}) /F 132 /P 3 0 R /Rect [72 ${500 - 90 * index} 290 ${570 - 90 * index}] >>`),
  ];
  return assemble(bodies);
}

export function streamOf(content: string, entries = ''): string {
  return `<< ${entries} /Length ${content.length} >>\nstream\n${content}\nendstream`;
}

/** A file of objects 1, 2, ... with a classic cross-reference table. */
export function assemble(bodies: readonly string[], trailer = ''): Buffer {
  let text = '%PDF-1.7\n%\xE2\xE3\xCF\xD3\n';
  const offsets = bodies.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = ['0000000000 65535 f \n', ...offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)].join('');
  const startxref = text.length;
  text += `xref\n0 ${bodies.length + 1}\n${table}trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>] ${trailer} >>\nstartxref\n${startxref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}

/** The file with objects replaced or added by an unsigned revision: what an attacker does. */
export function tampered(pdf: Buffer, change: (file: PdfFile) => ReadonlyMap<number, Written>): Buffer {
  const file = openPdf(pdf);
  const objects = change(file);
  return appendRevision(file, objects, Math.max(file.size, ...[...objects.keys()].map((number) => number + 1))).bytes;
}

/** Runs another program; `input` files are written into a folder of their own and named by their keys. */
export function outside(command: 'openssl' | 'qpdf' | 'pdfsig' | 'pdftotext', files: Readonly<Record<string, Uint8Array | string>>, args: readonly string[]): { readonly status: number | null; readonly text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'piton-outside-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    if (error !== undefined) throw error;
    return { status, text: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The CMS in each signature of a file, as it stands there, and what it covers; in the order of the file. */
export function signaturesOf(pdf: Buffer): { readonly cms: Buffer; readonly covered: Buffer; readonly hole: readonly [number, number] }[] {
  return [...pdf.toString('latin1').matchAll(/\/ByteRange \[0 +(\d+) +(\d+) +(\d+)\]/g)].map((match) => {
    const [begin, after, rest] = [Number(match[1]), Number(match[2]), Number(match[3])] as const;
    const padded = Buffer.from(pdf.toString('latin1', begin + 1, after - 1), 'hex');
    return { cms: padded.subarray(0, 4 + padded.readUInt16BE(2)), covered: Buffer.concat([pdf.subarray(0, begin), pdf.subarray(after, after + rest)]), hole: [begin, after] };
  });
}
