/**
 * The ZIP part of a container (APPNOTE 6.3.10; EN 319 162-1, A.1): written the same for the same content, and read strictly.
 *
 * A reader that forgives lets two programs see two archives in one file. This one takes only files whose entries fill the file
 * without gaps in the order of the directory, with equal headers in both places, without encryption, links, comments or extras.
 */
import { crc32, inflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { EnvelopeError } from './errors.ts';

export interface Entry {
  readonly name: string;
  readonly content: Uint8Array;
}

/** Bytes of the whole file and of everything in it unpacked, and the number of entries. */
export interface Limits {
  readonly bytes: number;
  readonly unpacked: number;
  readonly entries: number;
}

export const LIMITS: Limits = { bytes: 64 * 1024 * 1024, unpacked: 192 * 1024 * 1024, entries: 256 };

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const STORED = 0;
const DEFLATED = 8;
/** Bit 11: names are UTF-8. Everything else (encryption, sizes that follow the content) is refused. */
const UTF8_NAMES = 0x0800;
/** The first day ZIP can name: the time of packing says nothing, and the same content gives the same bytes. */
const FIRST_DAY = new Date(1980, 0, 1);

/** Packs entries in their order; those of `stored` are not compressed. */
export function pack(entries: readonly Entry[], stored: ReadonlySet<string>): Uint8Array {
  return zipSync(Object.fromEntries(entries.map(({ name, content }) => [name, [content, { level: stored.has(name) || content.length === 0 ? 0 : 6, mtime: FIRST_DAY }]])));
}

/** Unpacks. Throws ENVELOPE_NOT_A_CONTAINER, ENVELOPE_TOO_LARGE, ENVELOPE_ENTRY. */
export function unpack(file: Uint8Array, limits: Limits = LIMITS): Entry[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length > limits.bytes) throw new EnvelopeError('ENVELOPE_TOO_LARGE', { limit: String(limits.bytes), found: String(bytes.length) });
  const end = bytes.length - END_BYTES;
  if (end < 0 || bytes.readUInt32LE(end) !== END || bytes.readUInt16LE(end + 20) !== 0) throw broken('it does not end with a ZIP directory');
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  if (bytes.readUInt16LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count || start + bytes.readUInt32LE(end + 12) !== end) throw broken('its ZIP directory is not in one piece');
  if (count > limits.entries) throw new EnvelopeError('ENVELOPE_TOO_LARGE', { limit: `${String(limits.entries)} files and ${String(limits.unpacked)}`, found: `${String(count)} files` });
  const headers = readDirectory(bytes.subarray(start, end), count);
  const unpacked = headers.reduce((sum, { size }) => sum + size, 0);
  if (unpacked > limits.unpacked) throw new EnvelopeError('ENVELOPE_TOO_LARGE', { limit: String(limits.unpacked), found: String(unpacked) });
  return readEntries(bytes.subarray(0, start), headers);
}

interface Header {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

function readDirectory(bytes: Buffer, count: number): Header[] {
  const headers: Header[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL) throw broken('its ZIP directory is cut off');
    const length = bytes.readUInt16LE(at + 28);
    const next = at + CENTRAL_BYTES + length;
    if (next > bytes.length) throw broken('its ZIP directory is cut off');
    const name = bytes.toString('utf8', at + CENTRAL_BYTES, next);
    // No extra field, no comment, first disk; no link or other special file of Unix.
    const isPlain = bytes.readUInt16LE(at + 30) === 0 && bytes.readUInt16LE(at + 32) === 0 && bytes.readUInt16LE(at + 34) === 0 && [0, 0o100000].includes(bytes.readUInt16LE(at + 40) & 0o170000);
    if (!isPlain || !isSafe(name) || names.has(name.toLowerCase())) throw new EnvelopeError('ENVELOPE_ENTRY', { entry: JSON.stringify(name.slice(0, 100)) });
    names.add(name.toLowerCase());
    headers.push({
      name, flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10), crc: bytes.readUInt32LE(at + 16), packed: bytes.readUInt32LE(at + 20), size: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at = next;
  }
  if (at !== bytes.length) throw broken('its ZIP directory has more in it than it says');
  return headers;
}

function readEntries(bytes: Buffer, headers: readonly Header[]): Entry[] {
  let at = 0;
  const entries = headers.map(({ name, flags, method, crc, packed, size, offset }): Entry => {
    const length = Buffer.byteLength(name);
    const begin = at + LOCAL_BYTES + length;
    const isSame = offset === at && begin + packed <= bytes.length && bytes.readUInt32LE(at) === LOCAL && bytes.readUInt16LE(at + 6) === flags && bytes.readUInt16LE(at + 8) === method
      && bytes.readUInt32LE(at + 14) === crc && bytes.readUInt32LE(at + 18) === packed && bytes.readUInt32LE(at + 22) === size
      && bytes.readUInt16LE(at + 26) === length && bytes.readUInt16LE(at + 28) === 0 && bytes.toString('utf8', at + LOCAL_BYTES, begin) === name;
    if (!isSame || (flags & ~UTF8_NAMES) !== 0) throw broken(`${name} is not where and what the directory says`);
    at = begin + packed;
    const content = contentOf(bytes.subarray(begin, at), method, size);
    if (content?.length !== size || crc32(content) !== crc) throw broken(`${name} cannot be unpacked`);
    return { name, content };
  });
  if (at !== bytes.length) throw broken('there is something between its files');
  return entries;
}

function contentOf(packed: Buffer, method: number, size: number): Uint8Array | undefined {
  if (method === STORED) return packed;
  if (method !== DEFLATED || size === 0) return undefined;
  try {
    // One byte more than it says is a lie about the size.
    return inflateRawSync(packed, { maxOutputLength: size });
  } catch {
    return undefined;
  }
}

/** Relative, without a way up, of letters, digits, dot, hyphen and underscore: the same on every system. */
function isSafe(name: string): boolean {
  return name.length <= 200 && name.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(part));
}

function broken(found: string): EnvelopeError {
  return new EnvelopeError('ENVELOPE_NOT_A_CONTAINER', { found });
}
