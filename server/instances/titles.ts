/** What people call a case: the key its procedure gives it, or the first number it was registered under (ISO 15489-1, registration), and what it is about. One row for each, written only for cases that have it. */
import type { InstanceEvent, Json, Variables } from '../../engine/index.ts';
import { asDocument } from '../ports/documents.ts';
import type { Cell, Projections, Table } from '../ports/projections.ts';

/** What is asked of the table of cases. */
interface KeyedCase {
  readonly stream: string;
  readonly businessKey: string | null;
  readonly [column: string]: Cell;
}

/** `reference`: the business key, else the key the procedure gives it in the text variable `caseKey`, else the first registration number. `subject`: the text variable of that name; it is content of the case. */
export interface CaseTitle {
  readonly reference: string | null;
  readonly subject: string | null;
}

/** `key`: the case and which of {@link PARTS} this is. */
export interface TitleRow {
  readonly key: string;
  readonly text: string;
  readonly [column: string]: Cell;
}

/** A number of a register names a case before the number of a document: a received document bears the number of its sender. */
const PARTS = ['key', 'register', 'document', 'subject'] as const;
type Part = (typeof PARTS)[number];

const MOST_SUBJECT = 200;
const MOST_NUMBER = 100;
/** Cases asked for at once: four rows each, and a page of a table holds 1,000. */
const AT_ONCE = 250;

export function titleTable(projections: Projections): Table<TitleRow> {
  return projections.table<TitleRow>({ name: 'case_titles', key: 'key', indexes: [] });
}

/** The key a procedure gives its case by these values: the one its people and messages name it by. */
export function caseKeyIn(event: Extract<InstanceEvent, { readonly type: 'VariablesWritten' }>): string | undefined {
  // An erased case has lost its values.
  const key = ((event as { readonly values?: Variables }).values ?? {})['caseKey'];
  return event.scope === 0 && typeof key === 'string' && key.trim() !== '' && key.length <= MOST_NUMBER ? key.trim() : undefined;
}

/** Numbers stay what they were first; key and subject follow their variables. */
export function applyTitle(titles: Table<TitleRow>, stream: string, event: InstanceEvent): void {
  if (event.type !== 'VariablesWritten') return;
  // An erased case has lost its values.
  const values: Variables = (event as { readonly values?: Variables }).values ?? {};
  for (const value of Object.values(values)) {
    const part = asDocument(value) === undefined ? 'register' : 'document';
    const number = numberOf(value, part);
    if (number !== undefined) titles.add(keyOf(stream, part), {}, { key: keyOf(stream, part), text: number });
  }
  const key = caseKeyIn(event);
  if (key !== undefined) titles.put({ key: keyOf(stream, 'key'), text: key });
  const subject = values['subject'];
  if (event.scope === 0 && typeof subject === 'string' && subject.trim() !== '') titles.put({ key: keyOf(stream, 'subject'), text: shortened(subject) });
}

/** Of a document, or of what the job `record-register` brings: `{number, registeredAt}`. */
function numberOf(value: Json, part: Part): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { number, registeredAt } = value as Readonly<Record<string, Json>>;
  return typeof number === 'string' && number !== '' && number.length <= MOST_NUMBER && (part === 'document' || registeredAt !== undefined) ? number : undefined;
}

function shortened(subject: string): string {
  const line = subject.trim().replace(/\s+/g, ' ');
  return line.length <= MOST_SUBJECT ? line : `${line.slice(0, MOST_SUBJECT - 1).trimEnd()}…`;
}

/** The titles of the cases the tables know; the others are missing in the answer. */
export async function titlesOf(cases: Table<KeyedCase>, titles: Table<TitleRow>, streams: readonly string[]): Promise<ReadonlyMap<string, CaseTitle>> {
  const asked = [...new Set(streams)];
  const found = new Map<string, CaseTitle>();
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    const some = asked.slice(from, from + AT_ONCE);
    const [rows, told] = await Promise.all([
      cases.find({ where: { stream: some }, limit: some.length }),
      titles.find({ where: { key: some.flatMap((stream) => PARTS.map((part) => keyOf(stream, part))) }, limit: some.length * PARTS.length }),
    ]);
    const texts = new Map(told.rows.map(({ key, text }) => [key, text]));
    const text = (stream: string, part: Part): string | null => texts.get(keyOf(stream, part)) ?? null;
    for (const { stream, businessKey } of rows.rows) found.set(stream, { reference: businessKey ?? text(stream, 'key') ?? text(stream, 'register') ?? text(stream, 'document'), subject: text(stream, 'subject') });
  }
  return found;
}

function keyOf(stream: string, part: Part): string {
  return `${stream}|${part}`;
}
