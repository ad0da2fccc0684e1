/** Appends a revision to a PDF file (ISO 32000-1, 7.5.6): what was there stays byte for byte. */
import { createHash } from 'node:crypto';
import type { PdfFile } from './file.ts';
import { isArray, isKind, write } from './values.ts';
import type { PdfValue } from './values.ts';

/** An object as it is written: a value, or the text of one together with the bytes of its stream. */
export type Written = PdfValue | { readonly text: string; readonly stream?: Uint8Array };

/** `positions`: where the body of each object stands in `bytes`. */
export interface Revision {
  readonly bytes: Buffer;
  readonly positions: ReadonlyMap<number, number>;
}

/** The file with `objects` added or replaced by number; `size` is one more than the highest number. */
export function appendRevision(file: PdfFile, objects: ReadonlyMap<number, Written>, size: number): Revision {
  const parts: Buffer[] = [file.bytes];
  const positions = new Map<number, number>();
  const offsets: [number, number][] = [];
  let length = file.bytes.length;
  const put = (part: Buffer | string): void => {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    parts.push(bytes);
    length += bytes.length;
  };
  if (file.bytes.at(-1) !== 0x0A) put('\n');
  for (const [number, body] of [...objects].sort(([left], [right]) => left - right)) {
    offsets.push([number, length]);
    put(`${number} 0 obj\n`);
    positions.set(number, length);
    for (const part of bodyOf(body)) put(part);
    put('\nendobj\n');
  }
  const startxref = length;
  put(`xref\n${tableOf(offsets)}trailer\n${write(trailerOf(file, size, parts.slice(1)))}\nstartxref\n${startxref}\n%%EOF\n`);
  return { bytes: Buffer.concat(parts), positions };
}

function bodyOf(body: Written): readonly (Buffer | string)[] {
  if (typeof body !== 'object' || body === null || !('text' in body)) return [write(body)];
  return body.stream === undefined ? [body.text] : [body.text, '\nstream\n', Buffer.from(body.stream), '\nendstream'];
}

function tableOf(offsets: readonly (readonly [number, number])[]): string {
  let text = '';
  for (let begin = 0; begin < offsets.length;) {
    let end = begin + 1;
    while (end < offsets.length && offsets[end]![0] === offsets[end - 1]![0] + 1) end += 1;
    text += `${offsets[begin]![0]} ${end - begin}\n${offsets.slice(begin, end).map(([, offset]) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}`;
    begin = end;
  }
  return text;
}

/** The second part of the file identifier changes with every revision (14.4); it follows from the content, so the same input gives the same bytes. */
function trailerOf({ trailer, root, startxref }: PdfFile, size: number, parts: readonly Buffer[]): PdfValue {
  const written = new Map<string, PdfValue>([['Size', size], ['Root', { kind: 'ref', number: root, generation: 0 }]]);
  const info = trailer.get('Info');
  if (info !== undefined) written.set('Info', info);
  const id = trailer.get('ID');
  const permanent = isArray(id) ? id[0] : undefined;
  if (isKind(permanent, 'string')) {
    const digest = createHash('sha256').update(permanent.bytes);
    for (const part of parts) digest.update(part);
    written.set('ID', [permanent, { kind: 'string', bytes: digest.digest().subarray(0, 16), hex: true, at: -1, end: -1 }]);
  }
  written.set('Prev', startxref);
  return written;
}
