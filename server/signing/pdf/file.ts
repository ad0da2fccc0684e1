/**
 * A PDF file as a table of objects (ISO 32000-1, 7.5): cross-reference tables from the newest to the oldest, objects read when they
 * are asked for.
 *
 * Cross-reference streams, object streams, hybrid files and encryption are refused, not guessed at. A revision of a file is the
 * file up to the end of it, so revisions are opened the same way.
 */
import { PdfFault } from './fault.ts';
import { readIndirect, readValueAt } from './parse.ts';
import type { Budget } from './parse.ts';
import { isDict, isKind } from './values.ts';
import type { PdfDict, PdfObject, PdfValue } from './values.ts';

/** Bytes of a file that is read at all. */
export const LARGEST_PDF = 64 * 1024 * 1024;
const MOST_SECTIONS = 200;
const MOST_OBJECTS = 1_000_000;
const ENTRY_BYTES = 20;
const TAIL_BYTES = 64;

export interface PdfFile {
  readonly bytes: Buffer;
  /** Where each object in use stands. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly trailer: PdfDict;
  /** One more than the highest object number. */
  readonly size: number;
  readonly root: number;
  /** Where the newest cross-reference table stands. */
  readonly startxref: number;
  /** The object; undefined when there is none. Throws {@link PdfFault}. */
  object(number: number): PdfObject | undefined;
  /** The value a reference leads to, or the value itself; null where nothing is. */
  resolve(value: PdfValue | undefined): PdfValue;
  dict(value: PdfValue | undefined, what: string): PdfDict;
}

/** Work that reading `length` bytes may take, over all its revisions. */
export function budgetFor(length: number): Budget {
  return { left: 16 * length + 4_000_000 };
}

/** Opens a file or the revision of one that ends with `bytes`. Throws {@link PdfFault}. */
export function openPdf(bytes: Buffer, budget: Budget = budgetFor(bytes.length)): PdfFile {
  if (bytes.length > LARGEST_PDF) throw new PdfFault('it is larger than 64 MiB');
  if (!/^%PDF-\d\.\d/.test(bytes.toString('latin1', 0, 8))) throw new PdfFault('it does not begin as one');
  const tail = /startxref[\r\n ]+(\d{1,10})[\r\n ]+%%EOF[\r\n]*$/.exec(bytes.toString('latin1', Math.max(0, bytes.length - TAIL_BYTES)));
  if (tail === null) throw new PdfFault('it does not end with startxref and %%EOF');
  const startxref = Number(tail[1]);
  const { offsets, trailer } = readTables(bytes, startxref, budget);
  if (trailer.has('Encrypt')) throw new PdfFault('it is encrypted');
  const root = trailer.get('Root');
  const size = trailer.get('Size');
  if (!isKind(root, 'ref') || typeof size !== 'number' || !Number.isInteger(size)) throw new PdfFault('its trailer names no Root or no Size');
  const highest = [...offsets.keys()].reduce((most, number) => Math.max(most, number), 0);
  if (highest >= size) throw new PdfFault('it has an object beyond its Size');
  return reading(bytes, offsets, trailer, { size, root: root.number, startxref, budget });
}

function reading(bytes: Buffer, offsets: ReadonlyMap<number, number>, trailer: PdfDict, of: { size: number; root: number; startxref: number; budget: Budget }): PdfFile {
  const known = new Map<number, PdfObject>();
  const lengthOf = (value: PdfValue | undefined): number => {
    const length = isKind(value, 'ref') ? readPlain(value.number) : value;
    if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) throw new PdfFault('a stream has no length');
    return length;
  };
  const readPlain = (number: number): PdfValue => {
    const offset = offsets.get(number);
    const refuse = (): number => { throw new PdfFault('the length of a stream is a stream'); };
    return offset === undefined ? null : readIndirect(bytes, offset, number, of.budget, refuse).value;
  };
  const object = (number: number): PdfObject | undefined => {
    const offset = offsets.get(number);
    if (offset === undefined) return undefined;
    const found = known.get(number) ?? readIndirect(bytes, offset, number, of.budget, lengthOf);
    known.set(number, found);
    return found;
  };
  const resolve = (value: PdfValue | undefined): PdfValue => {
    if (!isKind(value, 'ref')) return value ?? null;
    const found = object(value.number)?.value ?? null;
    if (isKind(found, 'ref')) throw new PdfFault(`object ${value.number} is only a reference`);
    return found;
  };
  return {
    bytes, offsets, trailer, size: of.size, root: of.root, startxref: of.startxref, object, resolve,
    dict(value, what) {
      const found = resolve(value);
      if (!isDict(found)) throw new PdfFault(`${what} is no dictionary`);
      return found;
    },
  };
}

interface Tables { readonly offsets: Map<number, number>; readonly trailer: PdfDict }

/** The newest entry of an object wins (7.5.6); a free one hides what was there. */
function readTables(bytes: Buffer, startxref: number, budget: Budget): Tables {
  const entries = new Map<number, number | undefined>();
  const seen = new Set<number>();
  let newest: PdfDict | undefined;
  for (let at: number | undefined = startxref; at !== undefined;) {
    if (seen.has(at) || seen.size >= MOST_SECTIONS) throw new PdfFault('its cross-reference tables go in a circle or are too many');
    seen.add(at);
    const table = readTable(bytes, at, budget);
    for (const [number, offset] of table.entries) if (!entries.has(number)) entries.set(number, offset);
    if (entries.size > MOST_OBJECTS) throw new PdfFault('it has too many objects');
    newest ??= table.trailer;
    const previous = table.trailer.get('Prev');
    if (previous !== undefined && typeof previous !== 'number') throw new PdfFault('its trailer has no usable Prev');
    at = previous;
  }
  const offsets = new Map([...entries].flatMap(([number, offset]) => (offset === undefined ? [] : [[number, offset] as const])));
  return { offsets, trailer: newest ?? new Map() };
}

function readTable(bytes: Buffer, at: number, budget: Budget): { readonly entries: Map<number, number | undefined>; readonly trailer: PdfDict } {
  if (!Number.isInteger(at) || at < 0 || bytes.toString('latin1', at, at + 4) !== 'xref') throw new PdfFault('it has no cross-reference table where one should be; files with cross-reference streams cannot be read yet');
  const entries = new Map<number, number | undefined>();
  let here = at + 4;
  while (true) {
    const head = /^[\r\n ]*(?:(trailer)|(\d{1,10}) (\d{1,10}) ?\r?\n?)/.exec(bytes.toString('latin1', here, here + TAIL_BYTES));
    if (head === null) throw new PdfFault('its cross-reference table is damaged');
    here += head[0].length;
    if (head[1] !== undefined) break;
    const [first, count] = [Number(head[2]), Number(head[3])];
    if (count > MOST_OBJECTS || here + count * ENTRY_BYTES > bytes.length) throw new PdfFault('its cross-reference table is longer than the file');
    budget.left -= count * ENTRY_BYTES;
    for (let index = 0; index < count; index += 1, here += ENTRY_BYTES) {
      const entry = /^(\d{10}) \d{5} ([nf])[ \r][\r\n]$/.exec(bytes.toString('latin1', here, here + ENTRY_BYTES));
      if (entry === null || entries.has(first + index)) throw new PdfFault('its cross-reference table is damaged');
      entries.set(first + index, entry[2] === 'n' ? Number(entry[1]) : undefined);
    }
  }
  const { value } = readValueAt(bytes, here, budget);
  if (!isDict(value)) throw new PdfFault('its trailer is no dictionary');
  if (value.has('XRefStm')) throw new PdfFault('it has tables and streams of cross-references at once');
  return { entries, trailer: value };
}
