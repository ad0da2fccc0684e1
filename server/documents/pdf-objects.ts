/**
 * The objects of a PDF file with a classic cross-reference table (ISO 32000-1, 7.5): read, changed and written again as a file of
 * one revision. Only for files of our own layout program: whatever it does not expect is an error.
 */
import { Buffer } from 'node:buffer';
import { DocumentError } from './errors.ts';

/** Object texts are latin1: one character, one byte. */
export class PdfObjects {
  readonly #head: string;
  readonly #objects = new Map<number, string>();
  readonly #trailer: string;

  /** Throws DOCUMENT_FILE_UNREADABLE. */
  constructor(file: Uint8Array) {
    const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString('latin1');
    const start = Number(/startxref\s+(\d+)\s+%%EOF\s*$/.exec(text)?.[1] ?? NaN);
    const table = /^xref\s+0 (\d+)\s+((?:\d{10} \d{5} [nf]\s+)+)trailer\s*(<<[^]*>>)\s*startxref/.exec(text.slice(start));
    if (!table) throw unreadable('it has no classic cross-reference table');
    const [, count = '0', rows = '', trailer = ''] = table;
    const offsets = rows.trim().split(/\s*\n/).flatMap((row, number) => (row.includes('n') ? [{ number, offset: Number(row.slice(0, 10)) }] : []));
    if (offsets.length !== Number(count) - 1) throw unreadable('its table has holes');
    offsets.sort((a, b) => a.offset - b.offset);
    this.#head = text.slice(0, offsets[0]?.offset);
    this.#trailer = trailer;
    for (const [at, { number, offset }] of offsets.entries()) {
      const object = text.slice(offset, offsets[at + 1]?.offset ?? start);
      const body = new RegExp(`^${number} 0 obj\\s+([^]*?)\\s*endobj\\s*$`).exec(object)?.[1];
      if (body === undefined) throw unreadable(`object ${number} is not where the table says`);
      this.#objects.set(number, body);
    }
  }

  get root(): number {
    return reference(entry(this.#trailer, 'Root'));
  }

  get(number: number): string {
    const found = this.#objects.get(number);
    if (found === undefined) throw unreadable(`object ${number} is missing`);
    return found;
  }

  set(number: number, body: string): void {
    this.#objects.set(number, body);
  }

  /** Adds an object and answers its number. */
  add(body: string): number {
    const number = Math.max(...this.#objects.keys()) + 1;
    this.#objects.set(number, body);
    return number;
  }

  /** Numbers of the page objects, first page first. */
  pages(): number[] {
    const visit = (number: number): number[] => {
      const kids = entry(this.get(number), 'Kids');
      return kids === undefined ? [number] : references(kids).flatMap(visit);
    };
    return visit(reference(entry(this.get(this.root), 'Pages')));
  }

  /** The file, with one cross-reference table over all objects. */
  write(): Uint8Array {
    const parts = [this.#head];
    let offset = this.#head.length;
    const offsets = new Map<number, number>();
    for (const [number, body] of this.#objects) {
      const text = `${number} 0 obj\n${body}\nendobj\n\n`;
      offsets.set(number, offset);
      parts.push(text);
      offset += text.length;
    }
    const size = this.#objects.size + 1;
    const rows = Array.from({ length: size - 1 }, (_, at) => `${String(offsets.get(at + 1)).padStart(10, '0')} 00000 n \n`);
    const trailer = withEntry(this.#trailer, 'Size', String(size));
    parts.push(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join('')}trailer\n${trailer}\nstartxref\n${offset}\n%%EOF\n`);
    return Buffer.from(parts.join(''), 'latin1');
  }
}

/** The text of a dictionary's value, without that of its inner dictionaries; undefined when it has no such key. */
export function entry(dictionary: string, key: string): string | undefined {
  const span = spanOf(dictionary, key);
  return span && dictionary.slice(span.from, span.to);
}

/** The dictionary with `key` set to `value`. */
export function withEntry(dictionary: string, key: string, value: string): string {
  const span = spanOf(dictionary, key);
  if (span) return `${dictionary.slice(0, span.from)}${value}${dictionary.slice(span.to)}`;
  const open = dictionary.indexOf('<<') + 2;
  return `${dictionary.slice(0, open)}\n  /${key} ${value}${dictionary.slice(open)}`;
}

/** An array, or the empty one for undefined, with something more at its end. */
export function appended(array: string | undefined, item: string): string {
  if (array !== undefined && !/^\[[^]*\]$/.test(array)) throw unreadable(`${array.slice(0, 20)} is no array`);
  const inside = array?.slice(1, -1).trim() ?? '';
  return inside === '' ? `[${item}]` : `[${inside} ${item}]`;
}

/** The object number of `12 0 R`. */
export function reference(value: string | undefined): number {
  const number = /^(\d+) 0 R$/.exec(value ?? '')?.[1];
  if (number === undefined) throw unreadable(`${value ?? 'nothing'} is no reference`);
  return Number(number);
}

/** The object numbers of `[12 0 R 13 0 R]`. */
export function references(array: string): number[] {
  return [...array.matchAll(/(\d+) 0 R/g)].map(([, number]) => Number(number));
}

/** Text as a PDF string in UTF-16, which every reader knows (7.9.2.2). */
export function pdfText(text: string): string {
  const bytes = Buffer.from(text, 'utf16le').swap16();
  return `<FEFF${bytes.toString('hex').toUpperCase()}>`;
}

// A string, a name, a bracket, or a run of other characters (7.2, 7.3); strings of our layout program have no inner brackets unescaped.
const TOKEN = /\((?:[^()\\]|\\[^])*\)|<<|>>|<[0-9A-Fa-f\s]*>|\[|\]|\/[^\s()<>[\]{}/%]*|[^\s()<>[\]{}/%]+/g;

interface Token {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

function spanOf(dictionary: string, key: string): { readonly from: number; readonly to: number } | undefined {
  const tokens: Token[] = [...dictionary.matchAll(TOKEN)].map(({ 0: text, index }) => ({ text, from: index, to: index + text.length }));
  if (tokens[0]?.text !== '<<') throw unreadable(`${dictionary.slice(0, 20)} is no dictionary`);
  for (let at = 1; tokens[at]?.text.startsWith('/') === true;) {
    const last = endOfValue(tokens, at + 1);
    if (tokens[at]!.text === `/${key}`) return { from: tokens[at + 1]!.from, to: tokens[last]!.to };
    at = last + 1;
  }
  return undefined;
}

/** The index of the last token of the value that begins at `at`. */
function endOfValue(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let last = at; last < tokens.length; last += 1) {
    const { text } = tokens[last]!;
    if (text === '<<' || text === '[') depth += 1;
    if (text === '>>' || text === ']') depth -= 1;
    if (depth > 0) continue;
    return tokens[last + 2]?.text === 'R' && last === at && /^\d+$/.test(text) ? last + 2 : last;
  }
  throw unreadable('a dictionary has no end');
}

function unreadable(reason: string): DocumentError {
  return new DocumentError('DOCUMENT_FILE_UNREADABLE', { reason });
}
