/** What a signature shows in its field (ISO 32000-1, 12.5.5): a form of a few lines of text in an embedded font, inside a thin frame. */
import { deflateSync } from 'node:zlib';
import { name, ref, write } from '../pdf/values.ts';
import type { PdfValue } from '../pdf/values.ts';
import type { Written } from '../pdf/update.ts';
import { signatureFont } from './font.ts';
import type { Font, FontPart } from './font.ts';

/** `lines`: the first is set apart as the heading. */
export interface Appearance {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

const LARGEST_SIZE = 8;
const SMALLEST_SIZE = 4;
const LEADING = 1.25;
const MARGIN = 3;
const INK = '0.10 0.23 0.42';

/** Adds the form and its font to `objects` from number `next` on; answers the number of the form and the next free one. */
export function drawAppearance(objects: Map<number, Written>, next: number, { width, height, lines }: Appearance): { readonly form: number; readonly next: number } {
  const font = signatureFont();
  const size = Math.max(SMALLEST_SIZE, Math.min(LARGEST_SIZE, (height - 2 * MARGIN) / (lines.length * LEADING)));
  const shown = lines.slice(0, Math.max(1, Math.floor((height - 2 * MARGIN) / (size * LEADING) + 0.01))).map((line) => fitted(font, line, (width - 2 * MARGIN) / size));
  const part = font.part(shown.join(''));
  const [form, face, descendant, descriptor, file, unicode] = [0, 1, 2, 3, 4, 5].map((index) => next + index) as [number, number, number, number, number, number];
  objects.set(form, packed([
    ['Type', name('XObject')], ['Subtype', name('Form')], ['FormType', 1], ['BBox', [0, 0, width, height]], ['Resources', new Map([['Font', new Map([['F1', ref(face)]])]])],
  ], Buffer.from(content(shown, part, { width, height, size }), 'latin1')));
  objects.set(face, new Map<string, PdfValue>([
    ['Type', name('Font')], ['Subtype', name('Type0')], ['BaseFont', name(tagged(part))], ['Encoding', name('Identity-H')], ['DescendantFonts', [ref(descendant)]], ['ToUnicode', ref(unicode)],
  ]));
  objects.set(descendant, new Map<string, PdfValue>([
    ['Type', name('Font')], ['Subtype', name('CIDFontType2')], ['BaseFont', name(tagged(part))], ['CIDToGIDMap', name('Identity')], ['FontDescriptor', ref(descriptor)], ['W', [0, part.widths]],
    ['CIDSystemInfo', new Map<string, PdfValue>([['Registry', ascii('Adobe')], ['Ordering', ascii('Identity')], ['Supplement', 0]])],
  ]));
  objects.set(descriptor, new Map<string, PdfValue>([
    ['Type', name('FontDescriptor')], ['FontName', name(tagged(part))], ['Flags', 4], ['FontBBox', part.box], ['ItalicAngle', 0], ['Ascent', part.ascent], ['Descent', part.descent],
    ['CapHeight', 714], ['StemV', 80], ['FontFile2', ref(file)],
  ]));
  objects.set(file, packed([['Length1', part.file.length]], part.file));
  objects.set(unicode, packed([], Buffer.from(unicodeMap(part), 'latin1')));
  return { form, next: next + 6 };
}

/** Cut off with an ellipsis where it is wider than the field; `width` in sizes. */
function fitted(font: Font, line: string, width: number): string {
  const most = width * 1_000;
  if (font.width(line) <= most) return line;
  const characters = Array.from(line);
  while (characters.length > 0 && font.width(`${characters.join('')}…`) > most) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

function content(lines: readonly string[], { glyphs }: FontPart, { width, height, size }: { readonly width: number; readonly height: number; readonly size: number }): string {
  const coded = (line: string): string => Array.from(line, (character) => glyphs.get(character)!.toString(16).padStart(4, '0')).join('');
  const frame = `q ${INK} RG 0.5 w 0.25 0.25 ${number(width - 0.5)} ${number(height - 0.5)} re S Q`;
  const texts = lines.map((line, index) => `${index === 0 ? `${INK} rg` : '0 0 0 rg'} 1 0 0 1 ${MARGIN} ${number(height - MARGIN - size * (0.95 + index * LEADING))} Tm <${coded(line)}> Tj`);
  return `${frame}\nBT /F1 ${number(size)} Tf\n${texts.join('\n')}\nET\n`;
}

/** A ToUnicode map (9.10.3), so that the text can be searched and copied. */
function unicodeMap({ glyphs }: FontPart): string {
  const hex = (code: number): string => code.toString(16).padStart(4, '0').toUpperCase();
  const rows = [...glyphs].map(([character, glyph]) => `<${hex(glyph)}> <${[...Buffer.from(character, 'utf16le').swap16()].map((byte) => byte.toString(16).padStart(2, '0')).join('').toUpperCase()}>`);
  const blocks: string[] = [];
  for (let begin = 0; begin < rows.length; begin += 100) {
    const block = rows.slice(begin, begin + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return `/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n${blocks.join('\n')}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n`;
}

/** A stream, compressed. */
function packed(entries: readonly (readonly [string, PdfValue])[], data: Buffer): Written {
  const stream = deflateSync(data);
  return { text: write(new Map<string, PdfValue>([...entries, ['Filter', name('FlateDecode')], ['Length', stream.length]])), stream };
}

/** A part of a font is marked by six letters (9.6.4); they follow from its glyphs. */
function tagged({ name: font, file }: FontPart): string {
  const letters = [0, 1, 2, 3, 4, 5].map((index) => String.fromCharCode(65 + (file.readUInt8(file.length - 1 - 7 * index) + file.length) % 26));
  return `${letters.join('')}+${font}`;
}

function ascii(text: string): PdfValue {
  return { kind: 'string', bytes: Buffer.from(text, 'latin1'), hex: false, at: -1, end: -1 };
}

function number(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}
