/**
 * Strict DER (ITU-T X.690, 10 and 11) as a tree of slices: what a signature covers is checked over the very bytes that arrived.
 *
 * Indefinite and needlessly long lengths, bytes behind the end and deep nesting are refused, so that no second reader can see another structure.
 */

export const TAG = { boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31 } as const;
const DEEPEST = 48;
const MOST_ELEMENTS = 20_000;

/** `raw`: tag, length and content; `content`: without them. `children` of a primitive is empty. */
export interface DerElement {
  readonly tag: number;
  readonly raw: Buffer;
  readonly content: Buffer;
  readonly children: readonly DerElement[];
}

/** Bytes that are not strict DER, or not the structure that was expected: the end of "Expected DER, but ...". */
export class DerFault extends Error {
  override readonly name = 'DerFault';
}

/** The one element that `bytes` is. Throws {@link DerFault}. */
export function readDer(bytes: Buffer): DerElement {
  const budget = { elements: MOST_ELEMENTS };
  const element = readElement(bytes, 0, 0, budget);
  if (element.raw.length !== bytes.length) throw new DerFault('something stands behind its end');
  return element;
}

/** Length of the element that begins `bytes`, tag and length octets included. Throws {@link DerFault}. */
export function derLength(bytes: Buffer): number {
  const { length, header } = readHeader(bytes, 0);
  return header + length;
}

function readElement(bytes: Buffer, at: number, depth: number, budget: { elements: number }): DerElement {
  if (depth > DEEPEST) throw new DerFault('it is nested too deeply');
  if ((budget.elements -= 1) < 0) throw new DerFault('it has too many elements');
  const { tag, header, length } = readHeader(bytes, at);
  if (at + header + length > bytes.length) throw new DerFault('an element is longer than what holds it');
  const raw = bytes.subarray(at, at + header + length);
  const content = raw.subarray(header);
  const children: DerElement[] = [];
  if ((tag & 0x20) !== 0) {
    for (let here = 0; here < content.length;) {
      const child = readElement(content, here, depth + 1, budget);
      children.push(child);
      here += child.raw.length;
    }
  }
  if (tag === TAG.integer && (content.length === 0 || (content.length > 1 && ((content[0] === 0x00 && content[1]! < 0x80) || (content[0] === 0xFF && content[1]! >= 0x80))))) throw new DerFault('a number is not in its shortest form');
  if (tag === TAG.boolean && (content.length !== 1 || (content[0] !== 0x00 && content[0] !== 0xFF))) throw new DerFault('a truth value is neither 00 nor FF');
  return { tag, raw, content, children };
}

function readHeader(bytes: Buffer, at: number): { readonly tag: number; readonly header: number; readonly length: number } {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new DerFault('it ends too early');
  if ((tag & 0x1F) === 0x1F) throw new DerFault('it has a tag number above 30');
  if (first < 0x80) return { tag, header: 2, length: first };
  const octets = first & 0x7F;
  if (octets === 0 || octets > 4 || at + 2 + octets > bytes.length) throw new DerFault('a length is indefinite or too long');
  const length = bytes.readUIntBE(at + 2, octets);
  if (length < 0x80 || (octets > 1 && length < 2 ** (8 * (octets - 1)))) throw new DerFault('a length is not in its shortest form');
  return { tag, header: 2 + octets, length };
}

/** The child at `index`, with the tag it must have. Throws {@link DerFault}. */
export function childAt(element: DerElement, index: number, tag: number): DerElement {
  const child = element.children[index];
  if (child?.tag !== tag) throw new DerFault(`part ${index + 1} is not what it should be`);
  return child;
}

/** Children with a context-specific tag. */
export function tagged(element: DerElement, number: number, constructed = true): DerElement | undefined {
  return element.children.find(({ tag }) => tag === (constructed ? 0xA0 : 0x80) + number);
}

/** An object identifier as dotted decimals. Throws {@link DerFault}. */
export function oidOf({ tag, content }: DerElement): string {
  if (tag !== TAG.oid || content.length === 0 || content.length > 64 || content.at(-1)! >= 0x80) throw new DerFault('an object identifier is damaged');
  const arcs: number[] = [];
  let arc = 0;
  for (const [index, byte] of content.entries()) {
    if (byte === 0x80 && arc === 0 && (index === 0 || content[index - 1]! < 0x80)) throw new DerFault('an object identifier is not in its shortest form');
    arc = arc * 128 + (byte & 0x7F);
    if (!Number.isSafeInteger(arc)) throw new DerFault('an object identifier is too large');
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join('.');
}

/** UTCTime or GeneralizedTime in the forms DER allows, as an ISO 8601 UTC instant. Throws {@link DerFault}. */
export function instantOf({ tag, content }: DerElement): string {
  const text = content.toString('latin1');
  const parts = tag === TAG.utcTime ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,2}[1-9]))?Z$/.exec(text);
  if (parts === null || (tag !== TAG.utcTime && tag !== TAG.generalizedTime)) throw new DerFault('a time is not in the form of DER');
  const [, year = '', month, day, hour, minute, second, fraction = '0'] = parts;
  const century = tag === TAG.utcTime ? (Number(year) < 50 ? '20' : '19') : '';
  const instant = new Date(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0')}Z`);
  if (Number.isNaN(instant.getTime())) throw new DerFault('a time is none');
  return instant.toISOString();
}
