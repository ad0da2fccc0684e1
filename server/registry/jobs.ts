/**
 * The jobs of the registry: `record-register` gives a letter its number and its line in the register, `record-file` puts the
 * documents of a case on a file (ISO 15489-1, registration and filing). Both may run again: the number and the record stay.
 */
import { createHash } from 'node:crypto';
import type { Json, Variables } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import { documentsIn } from '../ports/documents.ts';
import type { DocumentRef } from '../ports/documents.ts';
import { BpmnError } from '../ports/job-handler.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { Runtime } from '../runtime/types.ts';
import { RegistryError } from './errors.ts';
import { recordStream } from './events.ts';
import type { FileSeries, RecordFiled } from './events.ts';
import type { FilePlan } from './file-plan.ts';
import { partsOf, SYSTEM } from './numbering.ts';
import type { NumberBook } from './numbering.ts';

/** `zone`: IANA name; the year of a number is the year there. */
export interface JobNeeds {
  readonly runtime: Pick<Runtime, 'change' | 'definitions'>;
  readonly numbers: NumberBook;
  readonly plan: FilePlan;
  readonly blobs: Pick<BlobStore, 'has'>;
  readonly clock: Clock;
  readonly zone: string;
}

/**
 * Headers: `registry`; `output` (default `registration`); `from`, `to`, `subject`, `reference` for the line. With `number`, a
 * number that was given before, only the line is written. Brings `{[output]: {number, registeredAt}}`.
 */
export function recordRegister({ numbers, clock, zone }: JobNeeds): JobHandler {
  return {
    type: 'record-register',
    async run({ key, stream, agency, headers }) {
      const at = clock.now();
      const earlier = textIn(headers, 'number');
      const given = earlier === undefined
        ? await numbers.allocate({ registry: headers['registry'] ?? '', year: yearOf(at, zone), requestedBy: key, at, stream, ...(agency !== undefined && { agency }) })
        : await numbers.find(earlier);
      if (given === undefined) throw new RegistryError('REGISTRY_NUMBER_NOT_FOUND', { number: earlier ?? '' });
      const said = Object.fromEntries((['from', 'to', 'subject', 'reference'] as const).flatMap((name) => {
        const text = textIn(headers, name);
        return text === undefined ? [] : [[name, text] as const];
      }));
      await numbers.enter({ text: given.text, stream, ...(agency !== undefined && { agency }), ...said, at: given.at });
      return { [textIn(headers, 'output') ?? 'registration']: { number: given.text, registeredAt: given.at } };
    },
  };
}

/**
 * Headers: `documents` (variables, separated by commas; one that holds nothing is left out), `fileNumber` (an open file; absent
 * or empty: a new file of the series of the procedure), `title`, `output` (default `record`). Brings `{[output]: {recordId,
 * fileNumber, filedAt}}`. A file number nobody gave is the BPMN error FILE_UNKNOWN: the model says who corrects it.
 */
export function recordFile(needs: JobNeeds): JobHandler {
  return {
    type: 'record-file',
    async run(job): Promise<Variables> {
      const { runtime, blobs, clock } = needs;
      const documents = documentsOf(job);
      for (const { sha256 } of documents) if (!await blobs.has(sha256)) throw new RegistryError('REGISTRY_DOCUMENT_LOST', { sha256 });
      const recordId = createHash('sha256').update(`record ${job.key}`).digest('hex').slice(0, 32);
      const at = clock.now();
      const { fileNumber, series, recordClass, retention } = await fileOf(needs, job, recordId, at);
      let filed: RecordFiled | undefined;
      await runtime.change<RecordFiled>(recordStream(recordId), 'FileRecord', SYSTEM, ([earlier]) => {
        filed = earlier ?? {
          type: 'RecordFiled', recordId, fileNumber, series, recordClass, retention, stream: job.stream, ...(job.agency !== undefined && { agency: job.agency }), at,
          documents: documents.map(({ sha256, mediaType, bytes, number }) => ({ sha256, mediaType, bytes, ...(number !== undefined && { number }) })),
          title: textIn(job.headers, 'title') ?? documents[0]!.title, titles: documents.map(({ title }) => title),
        };
        return earlier ? [] : [filed];
      });
      return { [textIn(job.headers, 'output') ?? 'record']: { recordId, fileNumber: filed!.fileNumber, filedAt: filed!.at } };
    },
  };
}

function documentsOf({ headers, variables }: Job): DocumentRef[] {
  const names = (headers['documents'] ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const named: Record<string, Json> = Object.fromEntries(names.map((name) => [name, variables[name] ?? null]));
  const found = documentsIn(named);
  if (found.length === 0) throw new RegistryError('REGISTRY_NOTHING_TO_FILE', { variables: names.join(', ') });
  return found;
}

/** The file the record goes to, and the rule it is kept by: the procedure's own class and period, else those of the series. */
async function fileOf({ runtime, numbers, plan, zone }: JobNeeds, job: Job, recordId: string, at: string): Promise<FileSeries & { readonly fileNumber: string }> {
  const { procedure } = await runtime.definitions.graph(job.processId, job.version);
  const wanted = textIn(job.headers, 'fileNumber');
  const known = wanted === undefined ? undefined : await numbers.find(wanted);
  // A file of another agency looks as if there were none: neither registry would find on it what was put there.
  const isForeign = known?.agency !== undefined && job.agency !== undefined && known.agency !== job.agency;
  if (wanted !== undefined && (known?.purpose !== 'file' || isForeign)) throw new BpmnError('FILE_UNKNOWN', `Expected ${wanted} to be the number of an open file, but there is no such file`);
  const series = wanted === undefined ? procedure?.fileSeries : partsOf(wanted)?.registry;
  if (series === undefined) throw new RegistryError('REGISTRY_SERIES_MISSING', { processId: job.processId });
  const rule = await plan.find(series);
  if (rule === undefined) throw new RegistryError('REGISTRY_SERIES_NOT_FOUND', { series });
  const fileNumber = wanted ?? (await numbers.allocate({ registry: series, year: yearOf(at, zone), requestedBy: recordStream(recordId), at, stream: job.stream, ...(job.agency !== undefined && { agency: job.agency }) }, 'file')).text;
  return { series, title: rule.title, recordClass: procedure?.recordClass ?? rule.recordClass, retention: procedure?.retention ?? rule.retention, fileNumber };
}

/** A header with something in it. */
function textIn(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const text = headers[name]?.trim() ?? '';
  return text === '' ? undefined : text;
}

/** The year of an instant in the zone of the offices. */
export function yearOf(at: string, zone: string): number {
  return Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric' }).format(Date.parse(at)));
}
