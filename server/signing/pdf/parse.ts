/**
 * Reads PDF objects from bytes (ISO 32000-1, 7.2 and 7.3), strictly: what two readers could understand in two ways is refused.
 *
 * Time is bounded by a budget of bytes that all reading of one file shares; depth is bounded too.
 */
import { PdfFault } from './fault.ts';
import { isDict, isKind } from './values.ts';
import type { PdfDict, PdfObject, PdfValue } from './values.ts';

const DEEPEST = 64;
const LONGEST_KEYWORD = 32;

/** Bytes that may still be read. */
export interface Budget { left: number }

interface Reader {
  readonly bytes: Buffer;
  readonly budget: Budget;
  at: number;
}

/** An indirect object at `at`: `number generation obj ... endobj`. `lengthOf` finds the length of a stream that names it by reference. */
export function readIndirect(bytes: Buffer, at: number, expected: number, budget: Budget, lengthOf: (value: PdfValue | undefined) => number): PdfObject & { readonly end: number } {
  const reader: Reader = { bytes, budget, at };
  const found = readInteger(reader);
  skip(reader);
  readInteger(reader);
  skip(reader);
  keyword(reader, 'obj');
  if (found !== expected) throw new PdfFault(`object ${expected} is number ${found} where it stands`);
  const value = readValue(reader, 0);
  skip(reader);
  if (peekKeyword(reader) !== 'stream') {
    keyword(reader, 'endobj');
    return { value, end: reader.at };
  }
  if (!isDict(value)) throw new PdfFault(`stream ${expected} has no dictionary`);
  const data = readStream(reader, lengthOf(value.get('Length')));
  skip(reader);
  keyword(reader, 'endobj');
  return { value, data, end: reader.at };
}

/** A value at `at` and where it ends. */
export function readValueAt(bytes: Buffer, at: number, budget: Budget): { readonly value: PdfValue; readonly end: number } {
  const reader: Reader = { bytes, budget, at };
  const value = readValue(reader, 0);
  return { value, end: reader.at };
}

function readStream(reader: Reader, length: number): Buffer {
  keyword(reader, 'stream');
  const { bytes } = reader;
  if (bytes[reader.at] === 0x0D) reader.at += 1;
  if (bytes[reader.at] !== 0x0A) throw new PdfFault('a stream does not begin on a new line');
  const begin = reader.at + 1;
  if (begin + length > bytes.length) throw new PdfFault('a stream is longer than the file');
  spend(reader, length);
  reader.at = begin + length;
  skip(reader);
  keyword(reader, 'endstream');
  return bytes.subarray(begin, begin + length);
}

function readValue(reader: Reader, depth: number): PdfValue {
  if (depth > DEEPEST) throw new PdfFault('values are nested too deeply');
  skip(reader);
  const byte = reader.bytes[reader.at];
  switch (byte) {
    case 0x2F: return { kind: 'name', name: readName(reader) };
    case 0x28: return readLiteral(reader);
    case 0x5B: return readArray(reader, depth);
    case 0x3C: return reader.bytes[reader.at + 1] === 0x3C ? readDict(reader, depth) : readHex(reader);
    default: return byte !== undefined && isNumeric(byte) ? readNumberOrRef(reader) : readConstant(reader);
  }
}

function readConstant(reader: Reader): null | boolean {
  const word = peekKeyword(reader);
  reader.at += word.length;
  switch (word) {
    case 'true': return true;
    case 'false': return false;
    case 'null': return null;
    default: throw new PdfFault(`there is no value at byte ${reader.at - word.length}`);
  }
}

function readArray(reader: Reader, depth: number): PdfValue[] {
  const items: PdfValue[] = [];
  reader.at += 1;
  while (true) {
    skip(reader);
    if (reader.bytes[reader.at] === 0x5D) break;
    items.push(readValue(reader, depth + 1));
  }
  reader.at += 1;
  return items;
}

function readDict(reader: Reader, depth: number): PdfDict {
  const dict = new Map<string, PdfValue>();
  reader.at += 2;
  while (true) {
    skip(reader);
    if (reader.bytes[reader.at] === 0x3E && reader.bytes[reader.at + 1] === 0x3E) break;
    if (reader.bytes[reader.at] !== 0x2F) throw new PdfFault(`a dictionary has no key at byte ${reader.at}`);
    const key = readName(reader);
    if (dict.has(key)) throw new PdfFault(`a dictionary names ${key} twice`);
    dict.set(key, readValue(reader, depth + 1));
  }
  reader.at += 2;
  return dict;
}

function readName(reader: Reader): string {
  let text = '';
  reader.at += 1;
  for (let byte = reader.bytes[reader.at]; byte !== undefined && isRegular(byte); byte = reader.bytes[reader.at]) {
    spend(reader, 1);
    const code = byte === 0x23 ? reader.bytes.toString('latin1', reader.at + 1, reader.at + 3) : '';
    if (/^[0-9A-Fa-f]{2}$/.test(code)) {
      text += String.fromCharCode(parseInt(code, 16));
      reader.at += 3;
    } else {
      text += String.fromCharCode(byte);
      reader.at += 1;
    }
  }
  return text;
}

function readHex(reader: Reader): PdfValue {
  const at = reader.at;
  const close = reader.bytes.indexOf(0x3E, at);
  if (close < 0) throw new PdfFault('a string does not end');
  spend(reader, close - at);
  const digits = reader.bytes.toString('latin1', at + 1, close).replaceAll(/[\0\t\n\f\r ]/g, '');
  if (!/^[0-9A-Fa-f]*$/.test(digits)) throw new PdfFault(`a string at byte ${at} is not hexadecimal`);
  reader.at = close + 1;
  return { kind: 'string', bytes: Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex'), hex: true, at, end: reader.at };
}

const ESCAPES: ReadonlyMap<number, number> = new Map([[0x6E, 0x0A], [0x72, 0x0D], [0x74, 0x09], [0x62, 0x08], [0x66, 0x0C]]);

function readLiteral(reader: Reader): PdfValue {
  const { bytes, at } = reader;
  const out: number[] = [];
  let open = 1;
  let here = at + 1;
  for (; open > 0; here += 1) {
    const byte = bytes[here];
    if (byte === undefined) throw new PdfFault('a string does not end');
    if (byte === 0x5C) {
      here = escape(bytes, here + 1, out);
      continue;
    }
    if (byte === 0x28) open += 1;
    if (byte === 0x29) open -= 1;
    if (open > 0) out.push(byte);
  }
  spend(reader, here - at);
  reader.at = here;
  return { kind: 'string', bytes: Buffer.from(out), hex: false, at, end: here };
}

/** What follows a backslash at `at`; answers the last byte it takes. */
function escape(bytes: Buffer, at: number, out: number[]): number {
  const byte = bytes[at] ?? 0;
  const octal = /^[0-7]{1,3}/.exec(bytes.toString('latin1', at, at + 3))?.[0];
  if (octal !== undefined) {
    out.push(parseInt(octal, 8) & 0xFF);
    return at + octal.length - 1;
  }
  if (byte === 0x0D) return bytes[at + 1] === 0x0A ? at + 1 : at;
  if (byte !== 0x0A) out.push(ESCAPES.get(byte) ?? byte);
  return at;
}

function readNumberOrRef(reader: Reader): PdfValue {
  const text = /^[+-]?\d*\.?\d*/.exec(reader.bytes.toString('latin1', reader.at, reader.at + LONGEST_KEYWORD))?.[0] ?? '';
  const value = Number(text);
  if (!/\d/.test(text) || !Number.isFinite(value) || text.length === LONGEST_KEYWORD) throw new PdfFault(`there is no number at byte ${reader.at}`);
  spend(reader, text.length);
  reader.at += text.length;
  const rest = /^[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![^\0\t\n\f\r ()<>[\]{}/%])/.exec(/^\d+$/.test(text) ? reader.bytes.toString('latin1', reader.at, reader.at + LONGEST_KEYWORD) : '');
  if (rest === null) return value;
  reader.at += rest[0].length;
  return { kind: 'ref', number: value, generation: Number(rest[1]) };
}

function readInteger(reader: Reader): number {
  const text = /^\d{1,10}/.exec(reader.bytes.toString('latin1', reader.at, reader.at + 10))?.[0];
  if (text === undefined) throw new PdfFault(`there is no object at byte ${reader.at}`);
  reader.at += text.length;
  return Number(text);
}

function peekKeyword({ bytes, at }: Reader): string {
  return /^[A-Za-z]+/.exec(bytes.toString('latin1', at, at + LONGEST_KEYWORD))?.[0] ?? '';
}

function keyword(reader: Reader, word: string): void {
  if (peekKeyword(reader) !== word) throw new PdfFault(`there is no "${word}" at byte ${reader.at}`);
  spend(reader, word.length);
  reader.at += word.length;
}

/** White space and comments (7.2.3). */
function skip(reader: Reader): void {
  const { bytes } = reader;
  const begin = reader.at;
  while (true) {
    const byte = bytes[reader.at];
    if (byte === undefined) throw new PdfFault('the file ends inside an object');
    if (byte === 0x25) while (reader.at < bytes.length && bytes[reader.at] !== 0x0A && bytes[reader.at] !== 0x0D) reader.at += 1;
    else if (isSpace(byte)) reader.at += 1;
    else break;
  }
  spend(reader, reader.at - begin + 1);
}

function spend({ budget }: Reader, bytes: number): void {
  budget.left -= bytes;
  if (budget.left < 0) throw new PdfFault('reading it takes too much work');
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0A || byte === 0x0D || byte === 0x09 || byte === 0x0C || byte === 0x00;
}

function isNumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2B || byte === 0x2D || byte === 0x2E;
}

function isRegular(byte: number): boolean {
  return !isSpace(byte) && !'()<>[]{}/%'.includes(String.fromCharCode(byte));
}

/** The number of an entry that must be a reference. */
export function referenceOf(value: PdfValue | undefined, what: string): number {
  if (!isKind(value, 'ref')) throw new PdfFault(`${what} is no reference`);
  return value.number;
}
