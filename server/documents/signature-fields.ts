/**
 * Empty signature fields (ISO 32000-1, 12.7.4.5) at the places the layout tells, each in the structure tree as a Form (14.8.4.5,
 * ISO 14289-1, 7.18.4). They are there before the first signature, so that signing changes exactly one object.
 */
import type { SignatureField } from '../ports/renderer.ts';
import { appended, entry, PdfObjects, pdfText, reference, references, withEntry } from './pdf-objects.ts';
import type { PlacedField } from './typst.ts';

/** Print and Locked (12.5.3). */
const FLAGS = 132;
/** SignaturesExist and AppendOnly (12.7.3). */
const SIGNATURE_FLAGS = 3;

/** The file with its fields, and where they are: points from the lower left corner. Throws DOCUMENT_FILE_UNREADABLE. */
export function addSignatureFields(file: Uint8Array, placed: readonly PlacedField[]): { readonly pdf: Uint8Array; readonly fields: readonly SignatureField[] } {
  if (placed.length === 0) return { pdf: file, fields: [] };
  const objects = new PdfObjects(file);
  const pages = objects.pages();
  const fields: SignatureField[] = [];
  const widgets: number[] = [];
  for (const field of placed) {
    const page = pages[field.page - 1]!;
    const rectangle = rectangleOf(field, entry(objects.get(page), 'MediaBox') ?? '');
    fields.push({ name: field.name, page: field.page, rectangle });
    widgets.push(addField(objects, field, page, rectangle));
  }
  const form = `<< /Fields [${widgets.map((widget) => `${widget} 0 R`).join(' ')}] /SigFlags ${SIGNATURE_FLAGS} >>`;
  objects.set(objects.root, withEntry(objects.get(objects.root), 'AcroForm', form));
  return { pdf: objects.write(), fields };
}

type Rectangle = SignatureField['rectangle'];

function rectangleOf({ x, y, width, height }: PlacedField, mediaBox: string): Rectangle {
  const top = Number(mediaBox.slice(1, -1).trim().split(/\s+/)[3]);
  const round = (points: number): number => Math.round(points * 100) / 100;
  return [round(x), round(top - y - height), round(x + width), round(top - y)];
}

function addField(objects: PdfObjects, { name, label }: PlacedField, page: number, rectangle: Rectangle): number {
  const [left, bottom, right, top] = rectangle;
  const box = `[0 0 ${(right - left).toFixed(2)} ${(top - bottom).toFixed(2)}]`;
  const appearance = objects.add(`<< /Type /XObject /Subtype /Form /BBox ${box} /Resources << >> /Length 0 >>\nstream\n\nendstream`);
  const tree = reference(entry(objects.get(objects.root), 'StructTreeRoot'));
  const key = Number(entry(objects.get(tree), 'ParentTreeNextKey'));
  const document = references(entry(objects.get(tree), 'K') ?? '')[0]!;
  const widget = objects.add([
    '<< /Type /Annot /Subtype /Widget /FT /Sig', `/T (${name}) /TU ${pdfText(label)}`,
    `/F ${FLAGS} /P ${page} 0 R /Rect [${rectangle.join(' ')}] /StructParent ${key} /AP << /N ${appearance} 0 R >> >>`,
  ].join(' '));
  const element = objects.add(`<< /Type /StructElem /S /Form /P ${document} 0 R /Pg ${page} 0 R /Alt ${pdfText(label)} /K << /Type /OBJR /Obj ${widget} 0 R /Pg ${page} 0 R >> >>`);
  enterStructure(objects, tree, key, document, element);
  const pageText = objects.get(page);
  objects.set(page, withEntry(withEntry(pageText, 'Annots', appended(entry(pageText, 'Annots'), `${widget} 0 R`)), 'Tabs', '/S'));
  return widget;
}

function enterStructure(objects: PdfObjects, tree: number, key: number, document: number, element: number): void {
  const root = objects.get(tree);
  const parents = entry(root, 'ParentTree') ?? '<< >>';
  const withKey = withEntry(parents, 'Nums', appended(entry(parents, 'Nums'), `${key} ${element} 0 R`));
  objects.set(tree, withEntry(withEntry(root, 'ParentTree', withKey), 'ParentTreeNextKey', String(key + 1)));
  const parent = objects.get(document);
  objects.set(document, withEntry(parent, 'K', appended(entry(parent, 'K'), `${element} 0 R`)));
}
