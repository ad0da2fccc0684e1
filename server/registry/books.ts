/** Reading the registers and records: the registry sees the books of its own agency, a manager all of them. */
import type { RegisterLineBody } from '../http/contract/registry.ts';
import type { Agencies, Person } from '../ports/directory.ts';
import type { Cell } from '../ports/projections.ts';
import type { FileSeries } from './events.ts';
import type { LineRow, RecordRow, RegistryTables } from './projection.ts';

export interface Listed<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; absent on the last. */
  readonly next?: string;
}

/** `years`: newest first. */
export interface Register {
  readonly registry: string;
  readonly agency?: string;
  readonly years: readonly number[];
}

export interface FiledRecord {
  readonly recordId: string;
  readonly fileNumber: string;
  readonly series: string;
  readonly title: string;
  readonly recordClass: string;
  readonly retention: string;
  readonly filedAt: string;
  readonly instanceId: string;
  readonly agency?: string;
  readonly documents: RecordRow['documents'];
}

export interface RecordQuery {
  readonly fileNumber?: string | undefined;
  readonly series?: string | undefined;
  readonly instanceId?: string | undefined;
}

interface Paging {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

/** What a person may read of the registry. */
export interface RegistryBooks {
  registers(person: Person): Promise<readonly Register[]>;
  /** Newest first. */
  lines(person: Person, registry: string, year: number, paging: Paging): Promise<Listed<RegisterLineBody>>;
  records(person: Person, query: RecordQuery, paging: Paging): Promise<Listed<FiledRecord>>;
  series(): Promise<readonly FileSeries[]>;
  /** The records of a case, for whoever may read what is in it. */
  filedIn(stream: string): Promise<readonly FiledRecord[]>;
  /** Whether a number is in a book of the person's agency. */
  keeps(person: Person, number: string): Promise<boolean>;
}

const PAGE = 50;
const MOST_REGISTERS = 1_000;

export function createBooks({ lines, years, records, series }: RegistryTables, agencies: Agencies): RegistryBooks {
  const own = (person: Person): { readonly agency?: string } => {
    if (person.roles.includes('manager')) return {};
    // Somebody without a unit belongs to no agency: no book has this name.
    return { agency: (person.unit === undefined ? undefined : agencies.agencyOf(person.unit)) ?? '-' };
  };
  return {
    async registers(person) {
      const { rows } = await years.find({ where: own(person), limit: MOST_REGISTERS });
      const names = [...new Set(rows.map(({ registry }) => registry))].sort();
      return names.map((registry) => {
        const mine = rows.filter((row) => row.registry === registry);
        const agency = mine.find((row) => row.agency !== '')?.agency;
        return { registry, ...(agency !== undefined && { agency }), years: mine.map(({ year }) => year).sort((left, right) => right - left) };
      });
    },
    async lines(person, registry, year, { limit = PAGE, after }) {
      const page = await lines.find({ where: { registry, year, ...own(person) }, orderBy: [{ column: 'counter', descending: true }], limit, ...(after !== undefined && { after }) });
      return { items: page.rows.map(lineBody), ...(page.next !== undefined && { next: page.next }) };
    },
    async records(person, { fileNumber, series: name, instanceId }, { limit = PAGE, after }) {
      // One of them: the narrowest that was given.
      const by: Readonly<Record<string, Cell>> = instanceId !== undefined ? { stream: instanceId } : fileNumber !== undefined ? { fileNumber } : name !== undefined ? { series: name } : {};
      const page = await records.find({ where: { ...by, ...own(person) }, orderBy: [{ column: 'at', descending: true }], limit, ...(after !== undefined && { after }) });
      return { items: page.rows.map(recordBody), ...(page.next !== undefined && { next: page.next }) };
    },
    async filedIn(stream) {
      const { rows } = await records.find({ where: { stream }, orderBy: [{ column: 'at', descending: true }], limit: PAGE });
      return rows.map(recordBody);
    },
    async keeps(person, number) {
      const line = await lines.get(number);
      return line !== undefined && line.agency === own({ ...person, roles: [] }).agency;
    },
    async series() {
      const { rows } = await series.find({ limit: MOST_REGISTERS });
      return rows.map(({ series: name, title, recordClass, retention }) => ({ series: name, title, recordClass, retention }));
    },
  };
}

function lineBody({ number, registry, year, at, stream, agency, from, to, subject, reference, voided }: LineRow): RegisterLineBody {
  return {
    number, registry, year, at, instanceId: stream, ...(agency !== '' && { agency }), ...(from !== null && { from }), ...(to !== null && { to }),
    ...(subject !== null && { subject }), ...(reference !== null && { reference }), ...(voided !== null && { void: voided }),
  };
}

function recordBody({ stream, at, agency, ...row }: RecordRow): FiledRecord {
  const { recordId, fileNumber, series, title, recordClass, retention, documents } = row;
  return { recordId, fileNumber, series, title, recordClass, retention, documents, filedAt: at, instanceId: stream, ...(agency !== '' && { agency }) };
}
