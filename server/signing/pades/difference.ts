/**
 * What was changed between two revisions of a signed PDF file, object by object, against a short list of what may change: a signature
 * field is filled, an invisible one is added, validation data is added. Everything else is told.
 *
 * Other programs only check what the signature covers, and so accept a page whose content was replaced, or covered, by a later revision.
 */
import { catalogOf, pagesOf, rectangleOf, signatureFields } from '../pdf/form.ts';
import type { PdfFile } from '../pdf/file.ts';
import { isArray, isDict, isKind, same, sameObject } from '../pdf/values.ts';
import type { PdfDict, PdfObject, PdfValue } from '../pdf/values.ts';

const FILLED = ['V', 'AP', 'M'];
const NEW_WIDGET = new Set(['Type', 'Subtype', 'FT', 'T', 'TU', 'V', 'F', 'P', 'Rect', 'AP', 'M']);
const CATALOG = ['AcroForm', 'DSS', 'Extensions'];
const FORM = ['Fields', 'SigFlags'];

/** The first change that may not be, as the end of "..., but"; undefined when there is none. Throws PdfFault. */
export function forbiddenChange(before: PdfFile, after: PdfFile): string | undefined {
  if (before.root !== after.root || !same(before.trailer.get('Info'), after.trailer.get('Info'))) return 'the root of the file was exchanged';
  const pages = pagesOf(before);
  if (!same(pages, pagesOf(after))) return 'pages were added, removed or moved';
  const compared = compare(before, after, pages);
  return changedObject(compared) ?? strangers(compared);
}

interface Compared {
  readonly before: PdfFile;
  readonly after: PdfFile;
  readonly pages: ReadonlySet<number>;
  /** Signature fields that were empty, by number. */
  readonly empty: ReadonlySet<number>;
  /** Where the lists of fields and annotations stand, where they are objects of their own. */
  readonly lists: ReadonlySet<number>;
  readonly forms: ReadonlySet<number>;
  /** Where new objects may be reached from. */
  readonly entrances: PdfValue[];
}

function compare(before: PdfFile, after: PdfFile, pages: readonly number[]): Compared {
  const form = catalogOf(before).get('AcroForm');
  const fields = isDict(before.resolve(form)) ? (before.resolve(form) as PdfDict).get('Fields') : undefined;
  const annotations = pages.map((page) => before.dict({ kind: 'ref', number: page, generation: 0 }, `page ${page}`).get('Annots'));
  return {
    before, after, pages: new Set(pages), empty: new Set(signatureFields(before).filter(({ signature }) => signature === undefined).map(({ number }) => number)),
    lists: references([fields, ...annotations]), forms: references([form]), entrances: [],
  };
}

function references(values: readonly (PdfValue | undefined)[]): Set<number> {
  return new Set(values.flatMap((value) => (isKind(value, 'ref') ? [value.number] : [])));
}

function changedObject(compared: Compared): string | undefined {
  const { before, after } = compared;
  for (const [number, offset] of before.offsets) {
    const now = after.offsets.get(number);
    if (now === offset) continue;
    if (now === undefined) return `object ${number} was removed`;
    const [old, young] = [before.object(number)!, after.object(number)!];
    if (sameObject(old, young)) continue;
    const change = changeOf(compared, number, old, young);
    if (change !== undefined) return change;
  }
  return undefined;
}

function changeOf(compared: Compared, number: number, { value: old, data: oldData }: PdfObject, { value: young, data }: PdfObject): string | undefined {
  const told = `object ${number} was changed`;
  if (oldData !== undefined || data !== undefined) return compared.pages.has(number) ? `page ${number} was changed` : told;
  if (isArray(old) && isArray(young) && compared.lists.has(number)) return listChange(compared, old, young);
  if (!isDict(old) || !isDict(young)) return told;
  if (number === compared.before.root) return catalogChange(compared, old, young);
  if (compared.forms.has(number)) return formChange(compared, old, young);
  if (compared.pages.has(number)) return pageChange(compared, number, old, young);
  if (compared.empty.has(number)) return fieldChange(compared, number, old, young);
  return told;
}

/** Keys with another value, without those of `but`. */
function changedKeys(old: PdfDict, young: PdfDict, but: readonly string[]): string[] {
  return [...new Set([...old.keys(), ...young.keys()])].filter((key) => !but.includes(key) && !same(old.get(key), young.get(key)));
}

function catalogChange(compared: Compared, old: PdfDict, young: PdfDict): string | undefined {
  const [key] = changedKeys(old, young, CATALOG);
  if (key !== undefined) return `${key} of the catalog was changed`;
  compared.entrances.push(young.get('DSS') ?? null, young.get('Extensions') ?? null);
  const [before, after] = [compared.before.resolve(old.get('AcroForm')), compared.after.resolve(young.get('AcroForm'))];
  if (before === null && after === null) return undefined;
  if (isKind(young.get('AcroForm'), 'ref')) compared.entrances.push(young.get('AcroForm')!);
  if (!isDict(after) || (before !== null && !isDict(before))) return 'the form was removed';
  return formChange(compared, before ?? new Map(), after);
}

function formChange(compared: Compared, old: PdfDict, young: PdfDict): string | undefined {
  const [key] = changedKeys(old, young, FORM);
  if (key !== undefined) return `${key} of the form was changed`;
  const flags = compared.after.resolve(young.get('SigFlags'));
  if (flags !== null && (typeof flags !== 'number' || flags < 0 || flags > 3)) return 'the flags of the form were changed';
  const [before, after] = [compared.before.resolve(old.get('Fields')), compared.after.resolve(young.get('Fields'))];
  if (isKind(young.get('Fields'), 'ref')) compared.entrances.push(young.get('Fields')!);
  return isArray(after) && (before === null || isArray(before)) ? listChange(compared, before ?? [], after) : 'the fields of the form were removed';
}

function pageChange(compared: Compared, number: number, old: PdfDict, young: PdfDict): string | undefined {
  if (changedKeys(old, young, ['Annots']).length > 0) return `page ${number} was changed`;
  const [before, after] = [compared.before.resolve(old.get('Annots')), compared.after.resolve(young.get('Annots'))];
  if (isKind(young.get('Annots'), 'ref')) compared.entrances.push(young.get('Annots')!);
  return isArray(after) && (before === null || isArray(before)) ? listChange(compared, before ?? [], after) : `the annotations of page ${number} were removed`;
}

/** A list of fields or annotations may only grow, by invisible signature fields. */
function listChange(compared: Compared, old: readonly PdfValue[], young: readonly PdfValue[]): string | undefined {
  if (old.some((item, index) => !same(item, young[index]))) return 'fields or annotations were removed or exchanged';
  for (const item of young.slice(old.length)) {
    const change = newWidget(compared, item);
    if (change !== undefined) return change;
    compared.entrances.push(item);
  }
  return undefined;
}

function newWidget({ before, after }: Compared, item: PdfValue): string | undefined {
  if (!isKind(item, 'ref') || before.offsets.has(item.number)) return 'an annotation was added';
  const widget = after.dict(item, `annotation ${item.number}`);
  const [type, field] = [widget.get('Subtype'), widget.get('FT')];
  if (!isKind(type, 'name') || type.name !== 'Widget' || !isKind(field, 'name') || field.name !== 'Sig') return 'an annotation that is no signature was added';
  const strange = [...widget.keys()].find((key) => !NEW_WIDGET.has(key));
  if (strange !== undefined) return `a signature field with ${strange} was added`;
  const area = rectangleOf(after, widget.get('Rect'));
  // What it shows could cover what was signed.
  return area === undefined || (area[2] - area[0]) * (area[3] - area[1]) !== 0 ? 'a visible signature field was added' : undefined;
}

/** Its rectangle, name and flags stay: what it shows, it shows in the place that was signed. */
function fieldChange(compared: Compared, number: number, old: PdfDict, young: PdfDict): string | undefined {
  const [key] = changedKeys(old, young, FILLED);
  if (key !== undefined) return `${key} of signature field ${number} was changed`;
  if (!isKind(young.get('V'), 'ref')) return `signature field ${number} was changed without being signed`;
  compared.entrances.push(young.get('V')!, young.get('AP') ?? null);
  return undefined;
}

/** New objects that nothing permitted leads to. */
function strangers({ before, after, entrances }: Compared): string | undefined {
  const reached = new Set<number>();
  const work: PdfValue[] = [...entrances];
  for (let value = work.pop(); value !== undefined; value = work.pop()) {
    if (isArray(value)) for (const item of value) work.push(item);
    else if (isDict(value)) for (const item of value.values()) work.push(item);
    else if (isKind(value, 'ref') && !before.offsets.has(value.number) && !reached.has(value.number)) {
      reached.add(value.number);
      work.push(after.object(value.number)?.value ?? null);
    }
  }
  const stranger = [...after.offsets.keys()].find((number) => !before.offsets.has(number) && !reached.has(number));
  return stranger === undefined ? undefined : `object ${stranger} was added, which belongs to no signature`;
}

