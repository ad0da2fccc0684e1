/** The objects of a PDF file (ISO 32000-1, 7.3) as values, their text, and when two of them are the same. */

export interface PdfName { readonly kind: 'name'; readonly name: string }
/** `at` and `end`: where it stands in the file, delimiters included; -1 where it was made here. */
export interface PdfString { readonly kind: 'string'; readonly bytes: Uint8Array; readonly hex: boolean; readonly at: number; readonly end: number }
export interface PdfRef { readonly kind: 'ref'; readonly number: number; readonly generation: number }
export type PdfDict = ReadonlyMap<string, PdfValue>;
export type PdfValue = null | boolean | number | PdfName | PdfString | PdfRef | readonly PdfValue[] | PdfDict;
/** What stands between `obj` and `endobj`; `data`: the bytes of a stream as stored. */
export interface PdfObject { readonly value: PdfValue; readonly data?: Uint8Array }

export function isDict(value: PdfValue | undefined): value is PdfDict {
  return value instanceof Map;
}

export function isArray(value: PdfValue | undefined): value is readonly PdfValue[] {
  return Array.isArray(value);
}

export function isKind<K extends 'name' | 'string' | 'ref'>(value: PdfValue | undefined, kind: K): value is Extract<PdfValue, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function name(text: string): PdfName {
  return { kind: 'name', name: text };
}

export function ref(number: number): PdfRef {
  return { kind: 'ref', number, generation: 0 };
}

/** A text string (7.9.2.2): UTF-16BE with its byte order mark. */
export function textString(text: string): PdfString {
  return { kind: 'string', bytes: Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(), hex: true, at: -1, end: -1 };
}

/** The text of a text string; PDFDocEncoding is read as Latin-1. */
export function textOf(value: PdfString): string {
  const bytes = Buffer.from(value.bytes);
  if (bytes.length < 2 || bytes[0] !== 0xFE || bytes[1] !== 0xFF) return bytes.toString('latin1');
  return bytes.subarray(2, bytes.length - (bytes.length % 2)).swap16().toString('utf16le');
}

/** A value as it is written into a file. */
export function write(value: PdfValue): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (isArray(value)) return `[${value.map(write).join(' ')}]`;
  if (isDict(value)) return `<< ${[...value].map(([key, item]) => `${writeName(key)} ${write(item)}`).join(' ')} >>`;
  switch (value.kind) {
    case 'name': return writeName(value.name);
    case 'ref': return `${value.number} ${value.generation} R`;
    case 'string': return `<${Buffer.from(value.bytes).toString('hex').toUpperCase()}>`;
  }
}

/** PDF knows no exponents (7.3.3). */
function writeNumber(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/\.?0+$/, '') : text;
}

function writeName(text: string): string {
  return `/${text.replaceAll(/[^!-~]|[#()<>[\]{}/%]/g, (sign) => `#${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`)}`;
}

/** Whether two values mean the same; the order of a dictionary's keys means nothing. */
export function same(left: PdfValue | undefined, right: PdfValue | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (isArray(left)) return isArray(right) && left.length === right.length && left.every((item, index) => same(item, right[index]));
  if (isDict(left)) return isDict(right) && left.size === right.size && [...left].every(([key, item]) => right.has(key) && same(item, right.get(key)));
  if (isArray(right) || isDict(right) || left.kind !== right.kind) return false;
  switch (left.kind) {
    case 'name': return left.name === (right as PdfName).name;
    case 'ref': return left.number === (right as PdfRef).number && left.generation === (right as PdfRef).generation;
    case 'string': return Buffer.compare(left.bytes, (right as PdfString).bytes) === 0;
  }
}

/** As {@link same}, for whole objects with their streams. */
export function sameObject(left: PdfObject | undefined, right: PdfObject | undefined): boolean {
  if (left === undefined || right === undefined || !same(left.value, right.value)) return false;
  if (left.data === undefined || right.data === undefined) return left.data === right.data;
  return Buffer.compare(left.data, right.data) === 0;
}
