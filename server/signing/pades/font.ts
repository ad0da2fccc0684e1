/**
 * A part of a TrueType font with only the glyphs that are used (ISO/IEC 14496-22; ISO 32000-1, 9.7.4), so that what a signature shows is
 * embedded as PDF/A asks for and stays small.
 *
 * Glyphs get new numbers in the order of their use; composite glyphs bring their parts along. The font file is ours: it is trusted.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Widths and heights are in thousandths of the font size. `glyphs`: new number of each character; `file`: the font program. */
export interface FontPart {
  readonly name: string;
  readonly glyphs: ReadonlyMap<string, number>;
  readonly widths: readonly number[];
  readonly ascent: number;
  readonly descent: number;
  readonly box: readonly [number, number, number, number];
  readonly file: Buffer;
}

export interface Font {
  /** Width of a text of size 1000. */
  width(text: string): number;
  part(text: string): FontPart;
}

const NEEDED = ['head', 'hhea', 'maxp', 'cvt ', 'fpgm', 'prep'];
const UNKNOWN = '?';

let loaded: Font | undefined;

/** Noto Sans, which comes with the package @expo-google-fonts/noto-sans (OFL-1.1). */
export function signatureFont(): Font {
  loaded ??= openFont(readFileSync(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf')), 'NotoSans-Regular');
  return loaded;
}

interface Tables {
  readonly table: (tag: string) => Buffer;
  readonly glyph: (number: number) => Buffer;
  readonly advance: (number: number) => number;
  readonly number: (character: string) => number;
  readonly scale: (units: number) => number;
}

export function openFont(bytes: Buffer, name: string): Font {
  const tables = readTables(bytes);
  const numberOf = (character: string): number => {
    const found = tables.number(character);
    return found === 0 ? tables.number(UNKNOWN) : found;
  };
  return {
    width: (text) => Array.from(text).reduce((sum, character) => sum + tables.scale(tables.advance(numberOf(character))), 0),
    part(text) {
      const characters = [...new Set(text)];
      const old = [0, ...new Set(characters.map(numberOf))];
      // Parts of composite glyphs are found while the list is walked.
      for (let index = 0; index < old.length; index += 1) for (const { number } of components(tables.glyph(old[index]!))) if (!old.includes(number)) old.push(number);
      const head = tables.table('head');
      const [left, bottom, right, top] = [36, 38, 40, 42].map((at) => tables.scale(head.readInt16BE(at))) as [number, number, number, number];
      return {
        name, glyphs: new Map(characters.map((character) => [character, old.indexOf(numberOf(character))])), widths: old.map((number) => tables.scale(tables.advance(number))),
        ascent: tables.scale(tables.table('hhea').readInt16BE(4)), descent: tables.scale(tables.table('hhea').readInt16BE(6)), box: [left, bottom, right, top], file: assemble(tables, old),
      };
    },
  };
}

function readTables(bytes: Buffer): Tables {
  const found = new Map<string, Buffer>();
  for (let index = 0; index < bytes.readUInt16BE(4); index += 1) {
    const at = 12 + 16 * index;
    found.set(bytes.toString('latin1', at, at + 4), bytes.subarray(bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 8) + bytes.readUInt32BE(at + 12)));
  }
  const table = (tag: string): Buffer => found.get(tag) ?? Buffer.alloc(0);
  const [head, loca, glyf, hmtx] = [table('head'), table('loca'), table('glyf'), table('hmtx')];
  const metrics = table('hhea').readUInt16BE(34);
  const unitsPerEm = head.readUInt16BE(18);
  const offset = (number: number): number => (head.readInt16BE(50) === 0 ? 2 * loca.readUInt16BE(2 * number) : loca.readUInt32BE(4 * number));
  return {
    table, number: characterMap(table('cmap')), scale: (units) => Math.round((units * 1_000) / unitsPerEm),
    glyph: (number) => glyf.subarray(offset(number), offset(number + 1)),
    advance: (number) => hmtx.readUInt16BE(4 * Math.min(number, metrics - 1)),
  };
}

/** Format 4 of the character map: the Basic Multilingual Plane. */
function characterMap(cmap: Buffer): (character: string) => number {
  let at = -1;
  for (let index = 0; index < cmap.readUInt16BE(2); index += 1) {
    const candidate = cmap.readUInt32BE(4 + 8 * index + 4);
    if (cmap.readUInt16BE(candidate) === 4) at = candidate;
  }
  if (at < 0) throw new Error('Expected the font to have a character map of format 4, but it has none');
  const segments = cmap.readUInt16BE(at + 6) / 2;
  const [ends, starts, deltas, ranges] = [at + 14, at + 16 + 2 * segments, at + 16 + 4 * segments, at + 16 + 6 * segments];
  return (character) => {
    const code = character.codePointAt(0)!;
    for (let index = 0; index < segments; index += 1) {
      if (cmap.readUInt16BE(ends + 2 * index) < code) continue;
      const start = cmap.readUInt16BE(starts + 2 * index);
      if (start > code) return 0;
      const delta = cmap.readUInt16BE(deltas + 2 * index);
      const range = cmap.readUInt16BE(ranges + 2 * index);
      if (range === 0) return (code + delta) & 0xFFFF;
      const found = cmap.readUInt16BE(ranges + 2 * index + range + 2 * (code - start));
      return found === 0 ? 0 : (found + delta) & 0xFFFF;
    }
    return 0;
  };
}

/** The parts of a composite glyph and where their numbers stand in it. */
function components(glyph: Buffer): { readonly at: number; readonly number: number }[] {
  if (glyph.length === 0 || glyph.readInt16BE(0) >= 0) return [];
  const found: { at: number; number: number }[] = [];
  for (let at = 10, more = true; more;) {
    const flags = glyph.readUInt16BE(at);
    found.push({ at: at + 2, number: glyph.readUInt16BE(at + 2) });
    const scales = (flags & 0x08) !== 0 ? 2 : (flags & 0x40) !== 0 ? 4 : (flags & 0x80) !== 0 ? 8 : 0;
    at += 4 + ((flags & 0x01) !== 0 ? 4 : 2) + scales;
    more = (flags & 0x20) !== 0;
  }
  return found;
}

function assemble(tables: Tables, old: readonly number[]): Buffer {
  const glyphs = old.map((number) => {
    const glyph = Buffer.from(tables.glyph(number));
    for (const part of components(glyph)) glyph.writeUInt16BE(old.indexOf(part.number), part.at);
    return Buffer.concat([glyph, Buffer.alloc((4 - (glyph.length % 4)) % 4)]);
  });
  const loca = Buffer.alloc(4 * (glyphs.length + 1));
  let end = 0;
  for (const [index, glyph] of glyphs.entries()) loca.writeUInt32BE(end += glyph.length, 4 * (index + 1));
  const hmtx = Buffer.alloc(4 * old.length);
  for (const [index, number] of old.entries()) hmtx.writeUInt16BE(tables.advance(number), 4 * index);
  const changed = new Map(NEEDED.map((tag) => [tag, Buffer.from(tables.table(tag))]));
  changed.get('head')!.writeInt16BE(1, 50);
  changed.get('head')!.writeUInt32BE(0, 8);
  changed.get('hhea')!.writeUInt16BE(old.length, 34);
  changed.get('maxp')!.writeUInt16BE(old.length, 4);
  return fontFile([...changed, ['glyf', Buffer.concat(glyphs)], ['hmtx', hmtx], ['loca', loca]]);
}

/** The table directory in the order of tags, checksums included. */
function fontFile(tables: readonly (readonly [string, Buffer])[]): Buffer {
  const sorted = tables.filter(([, table]) => table.length > 0).sort(([left], [right]) => (left < right ? -1 : 1));
  const power = 2 ** Math.floor(Math.log2(sorted.length));
  const directory = Buffer.alloc(12 + 16 * sorted.length);
  directory.writeUInt32BE(0x00010000, 0);
  directory.writeUInt16BE(sorted.length, 4);
  directory.writeUInt16BE(16 * power, 6);
  directory.writeUInt16BE(Math.log2(power), 8);
  directory.writeUInt16BE(16 * (sorted.length - power), 10);
  const parts = [directory];
  let at = directory.length;
  for (const [index, [tag, table]] of sorted.entries()) {
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    directory.write(tag, 12 + 16 * index, 'latin1');
    directory.writeUInt32BE(checksum(padded), 16 + 16 * index);
    directory.writeUInt32BE(at, 20 + 16 * index);
    directory.writeUInt32BE(table.length, 24 + 16 * index);
    parts.push(padded);
    at += padded.length;
  }
  const file = Buffer.concat(parts);
  const head = directory.readUInt32BE(20 + 16 * sorted.findIndex(([tag]) => tag === 'head'));
  file.writeUInt32BE((0xB1B0AFBA - checksum(file)) >>> 0, head + 8);
  return file;
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}
