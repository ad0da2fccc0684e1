/** The pages and signature fields of a PDF file (ISO 32000-1, 7.7.3, 12.7.3 and 12.7.4.5). */
import { PdfFault } from './fault.ts';
import type { PdfFile } from './file.ts';
import { referenceOf } from './parse.ts';
import { isArray, isDict, isKind, textOf } from './values.ts';
import type { PdfDict, PdfValue } from './values.ts';

const MOST_PAGES = 20_000;
const MOST_FIELDS = 5_000;

/** `number`: of the object that is field and widget at once. `signature`: number of the signature dictionary, where it is signed. */
export interface SignatureField {
  readonly name: string;
  readonly number: number;
  readonly dict: PdfDict;
  readonly signature?: number;
}

export function catalogOf(file: PdfFile): PdfDict {
  return file.dict({ kind: 'ref', number: file.root, generation: 0 }, 'the catalog');
}

/** Object numbers of all pages, in order. */
export function pagesOf(file: PdfFile): number[] {
  const pages: number[] = [];
  const seen = new Set<number>();
  const work = [referenceOf(catalogOf(file).get('Pages'), 'the page tree')];
  for (let number = work.pop(); number !== undefined; number = work.pop()) {
    if (seen.has(number) || seen.size > MOST_PAGES) throw new PdfFault('its page tree goes in a circle or is too large');
    seen.add(number);
    const node = file.dict({ kind: 'ref', number, generation: 0 }, `page ${number}`);
    const kids = file.resolve(node.get('Kids'));
    if (kids === null) pages.push(number);
    else if (isArray(kids)) for (const kid of [...kids].reverse()) work.push(referenceOf(kid, 'a page'));
    else throw new PdfFault('its page tree is damaged');
  }
  return pages;
}

/** The fields of the form as listed; an empty list where there is no form. */
export function fieldsOf(file: PdfFile): readonly PdfValue[] {
  const form = file.resolve(catalogOf(file).get('AcroForm'));
  if (form === null) return [];
  if (!isDict(form)) throw new PdfFault('its form is no dictionary');
  const fields = file.resolve(form.get('Fields'));
  if (fields !== null && !isArray(fields)) throw new PdfFault('its form has no list of fields');
  return fields ?? [];
}

/** Signature fields that are their own widget, in the order of the form; names of nested fields are joined by '.'. */
export function signatureFields(file: PdfFile): SignatureField[] {
  const found: SignatureField[] = [];
  const seen = new Set<number>();
  const visit = (value: PdfValue, above: string, inherited: PdfValue | undefined): void => {
    const number = referenceOf(value, 'a field');
    if (seen.has(number) || seen.size > MOST_FIELDS) throw new PdfFault('its fields go in a circle or are too many');
    seen.add(number);
    const dict = file.dict(value, `field ${number}`);
    const partial = dict.get('T');
    const name = [above, isKind(partial, 'string') ? textOf(partial) : ''].filter((part) => part !== '').join('.');
    const type = dict.get('FT') ?? inherited;
    const kids = file.resolve(dict.get('Kids'));
    if (isArray(kids)) for (const kid of kids) visit(kid, name, type);
    else if (isKind(type, 'name') && type.name === 'Sig') found.push({ name, number, dict, ...signatureOf(dict) });
  };
  for (const field of fieldsOf(file)) visit(field, '', undefined);
  return found;
}

function signatureOf(dict: PdfDict): { readonly signature?: number } {
  const value = dict.get('V');
  return value === undefined || value === null ? {} : { signature: referenceOf(value, 'the value of a signature field') };
}

/** Left, bottom, right, top of a rectangle in points; undefined when it is none. */
export function rectangleOf(file: PdfFile, value: PdfValue | undefined): readonly [number, number, number, number] | undefined {
  const list = file.resolve(value);
  if (!isArray(list) || list.length !== 4) return undefined;
  const numbers = list.map((item) => file.resolve(item));
  if (!numbers.every((item) => typeof item === 'number')) return undefined;
  const [a, b, c, d] = numbers as [number, number, number, number];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** The visible area of a page; the boxes are inherited (7.7.3.4). */
export function pageArea(file: PdfFile, page: number): readonly [number, number, number, number] {
  let node: PdfDict | undefined = file.dict({ kind: 'ref', number: page, generation: 0 }, `page ${page}`);
  for (let depth = 0; node !== undefined && depth < 50; depth += 1) {
    const area = rectangleOf(file, node.get('CropBox')) ?? rectangleOf(file, node.get('MediaBox'));
    if (area !== undefined) return area;
    const parent = file.resolve(node.get('Parent'));
    node = isDict(parent) ? parent : undefined;
  }
  throw new PdfFault(`page ${page} has no size`);
}
