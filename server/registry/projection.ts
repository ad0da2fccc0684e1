/** The registers, the file plan and what was filed, as tables: folded from the log, rebuilt whenever needed. */
import type { Projections, Table } from '../ports/projections.ts';
import type { DecodedRecord, Projection } from '../runtime/types.ts';
import { streamKind } from '../runtime/types.ts';
import type { FiledDocument, FilePlanEvent, FileSeries, LineEntered, NumberAllocated, RecordFiled, SeriesEvent } from './events.ts';

/** Cells that are null were never written, or belong to an erased case. */
export type LineRow = {
  readonly number: string; readonly registry: string; readonly year: number; readonly counter: number; readonly at: string; readonly stream: string; readonly agency: string;
  readonly from: string | null; readonly to: string | null; readonly subject: string | null; readonly reference: string | null; readonly voided: string | null;
};
/** `id`: `<registry>/<year>`. `given`: how many numbers. */
export type YearRow = { readonly id: string; readonly registry: string; readonly year: number; readonly agency: string; readonly given: number };
export type RecordRow = {
  readonly recordId: string; readonly fileNumber: string; readonly series: string; readonly recordClass: string; readonly retention: string; readonly stream: string;
  readonly agency: string; readonly at: string; readonly title: string; readonly documents: readonly (FiledDocument & { readonly title: string })[];
};
export type SeriesRow = FileSeries & Readonly<Record<string, unknown>>;

export interface RegistryTables {
  readonly lines: Table<LineRow>;
  readonly years: Table<YearRow>;
  readonly records: Table<RecordRow>;
  readonly series: Table<SeriesRow>;
}

/** Declares its tables, so call it before `projections.open()`. */
export function createRegistryTables(projections: Projections): { readonly tables: RegistryTables; readonly projection: Projection } {
  const tables: RegistryTables = {
    lines: projections.table<LineRow>({ name: 'register_lines', key: 'number', indexes: [['registry', 'year', 'counter'], ['registry', 'year', 'agency', 'counter']] }),
    years: projections.table<YearRow>({ name: 'register_years', key: 'id', indexes: [['agency']] }),
    records: projections.table<RecordRow>({
      name: 'filed_records', key: 'recordId', indexes: [['at'], ['fileNumber', 'at'], ['series', 'at'], ['stream', 'at'], ['agency', 'at'], ['fileNumber', 'agency', 'at'], ['series', 'agency', 'at'], ['stream', 'agency', 'at']],
    }),
    series: projections.table<SeriesRow>({ name: 'file_series', key: 'series', indexes: [] }),
  };
  return { tables, projection: { name: 'registry', apply: (record) => { apply(record, tables); } } };
}

function apply(record: DecodedRecord, tables: RegistryTables): void {
  switch (streamKind(record.stream)) {
    case 'series':
      for (const event of record.events as readonly SeriesEvent[]) applyNumber(event, tables);
      break;
    case 'file-plan':
      for (const { type: _type, ...series } of record.events as readonly FilePlanEvent[]) tables.series.put({ ...series });
      break;
    case 'record':
      for (const event of record.events as readonly RecordFiled[]) tables.records.put(recordRow(event));
      break;
  }
}

function applyNumber(event: SeriesEvent, { lines, years }: RegistryTables): void {
  if (event.type === 'NumberAllocated') {
    // Numbers of files are no lines of a register.
    if (event.purpose === 'file') return;
    lines.put(lineRow(event));
    const { registry, year, agency } = event;
    const id = `${registry}/${String(year)}`;
    years.add(id, { given: 1 }, { id, registry, year, agency: '', given: 0 });
    if (agency !== undefined) years.patch(id, { agency });
  } else if (event.type === 'LineEntered') {
    lines.patch(event.text, written(event));
    const { text, agency } = event;
    if (agency !== undefined) years.patch(text.slice(0, text.lastIndexOf('/')), { agency });
  } else {
    // The reason is private: of an erased series only the fact is left.
    lines.patch(event.text, { voided: (event as Partial<typeof event>).reason ?? '' });
  }
}

function lineRow({ text, registry, year, number, at, stream, agency = '' }: NumberAllocated): LineRow {
  return { number: text, registry, year, counter: number, at, stream, agency, from: null, to: null, subject: null, reference: null, voided: null };
}

function written({ from, to, subject, reference, agency }: LineEntered): Partial<LineRow> {
  return { from: from ?? null, to: to ?? null, subject: subject ?? null, reference: reference ?? null, ...(agency !== undefined && { agency }) };
}

function recordRow({ recordId, fileNumber, series, recordClass, retention, stream, agency = '', at, documents, ...words }: RecordFiled): RecordRow {
  // Erased: the record stays, its words are gone.
  const { title = '', titles = [] } = words as Partial<typeof words>;
  return { recordId, fileNumber, series, recordClass, retention, stream, agency, at, title, documents: documents.map((document, index) => ({ ...document, title: titles[index] ?? '' })) };
}
