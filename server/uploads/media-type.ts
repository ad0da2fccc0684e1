/** What a file is by its first bytes (file signatures), never by what the sender says; what nobody knows is application/octet-stream (RFC 2046, 4.5.1). */
import { unzipSync } from 'fflate';

export const UNKNOWN = 'application/octet-stream';

const OFFICE: readonly (readonly [part: string, mediaType: string])[] = [
  ['word/document.xml', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xl/workbook.xml', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt/presentation.xml', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
];

/** A zip whose first entry is `mimetype`, stored (ODF 1.3 part 2, 3.3; ASiC, EN 319 162-1). */
const NAMED = ['application/vnd.oasis.opendocument.text', 'application/vnd.oasis.opendocument.spreadsheet', 'application/vnd.oasis.opendocument.presentation', 'application/vnd.etsi.asic-e+zip'];
const NAME_AT = 30;

export function mediaTypeOf(content: Uint8Array): string {
  if (text(content, 0, 5) === '%PDF-') return 'application/pdf';
  if (begins(content, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (begins(content, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  return begins(content, [0x50, 0x4b, 0x03, 0x04]) ? zipType(content) : UNKNOWN;
}

function zipType(content: Uint8Array): string {
  if (text(content, NAME_AT, 8) === 'mimetype') {
    const said = text(content, NAME_AT + 8, 100);
    return NAMED.find((known) => said.startsWith(`${known}PK`)) ?? UNKNOWN;
  }
  const names = new Set<string>();
  try {
    // The filter sees every name and takes none: nothing is unpacked.
    unzipSync(content, { filter: ({ name }) => { names.add(name); return false; } });
  } catch {
    return UNKNOWN;
  }
  if (!names.has('[Content_Types].xml')) return UNKNOWN;
  return OFFICE.find(([part]) => names.has(part))?.[1] ?? UNKNOWN;
}

function begins(content: Uint8Array, signature: readonly number[]): boolean {
  return signature.every((byte, at) => content[at] === byte);
}

function text(content: Uint8Array, from: number, length: number): string {
  return Buffer.from(content.subarray(from, from + length)).toString('latin1');
}

const ENDINGS: Readonly<Record<string, string>> = {
  pdf: 'application/pdf', png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', docx: OFFICE[0]![1], xlsx: OFFICE[1]![1], pptx: OFFICE[2]![1],
  odt: NAMED[0]!, ods: NAMED[1]!, odp: NAMED[2]!, asice: NAMED[3]!,
};

/**
 * Whether `accept` (media types, `image/*` or endings, as in HTML) takes the file. An ending whose format is known must be that
 * format: a renamed file is not taken.
 */
export function isAccepted(accept: string | undefined, fileName: string, mediaType: string): boolean {
  const wanted = (accept ?? '').split(',').map((part) => part.trim().toLowerCase()).filter((part) => part !== '');
  if (wanted.length === 0) return true;
  return wanted.some((part) => {
    if (!part.startsWith('.')) return part === mediaType || (part.endsWith('/*') && mediaType.startsWith(part.slice(0, -1)));
    return fileName.toLowerCase().endsWith(part) && (ENDINGS[part.slice(1)] ?? mediaType) === mediaType;
  });
}
