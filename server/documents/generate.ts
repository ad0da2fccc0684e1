/** The job `document-generate`: case variables -> registration number -> PDF/A -> blob -> a document in a variable (BPMN 2.0.2, 10.3.3, service task). */
import { createHash } from 'node:crypto';
import type { Json, Variables } from '../../engine/index.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Directory } from '../ports/directory.ts';
import { asDocument } from '../ports/documents.ts';
import type { Attempts, DocumentRef } from '../ports/documents.ts';
import type { Job, JobHandler } from '../ports/job-handler.ts';
import type { Numbering } from '../ports/numbering.ts';
import type { Renderer, Rendition } from '../ports/renderer.ts';
import type { Definitions } from '../runtime/types.ts';
import { hashOfData } from './data.ts';
import { DocumentError } from './errors.ts';
import { metadataOf } from './metadata.ts';
import type { Template, TemplateBook } from './templates.ts';

export interface GenerateOptions {
  readonly templates: TemplateBook;
  readonly renderer: Renderer;
  readonly numbering: Numbering;
  readonly blobs: BlobStore;
  readonly attempts: Attempts;
  readonly directory: Directory;
  /** Asked for late, as the runtime is made with its handlers. */
  readonly definitions: () => Definitions;
  readonly clock: Clock;
  /** IANA name of the zone of the offices: a letter has their date. */
  readonly zone: string;
}

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** The longest title a list can show. */
const LONGEST_TITLE = 200;

/** What the document says of itself, beside the variables. */
interface Draft {
  readonly output: string;
  readonly template: Template;
  readonly documentId: string;
  readonly date: string;
  readonly title: string;
  readonly language: string;
  readonly classification: string;
  readonly agency: { readonly id: string; readonly name: string };
}

/**
 * Headers: `template`, `output` (variable of the document), `registry` (absent: no number), `classification`. Brings
 * `{[output]: DocumentRef}`. All of a document follows from the case, the template and the day, so that a repeated delivery on the
 * same day makes the same bytes. Throws a DocumentError, or what the numbering throws; the worker tries again, then an incident.
 */
export function generateJob(options: GenerateOptions): JobHandler {
  return {
    type: 'document-generate',
    concurrency: 2,
    async run(job) {
      const draft = draftOf(job, options);
      // Checked before a number is taken: what cannot be written is not registered.
      draft.template.reader.read(dataFor(job, draft, numberBefore(job, draft) ?? 'none yet'));
      const number = await numberOf(job, draft, options);
      const data = draft.template.reader.read(dataFor(job, draft, number));
      const rendition = await render(job, draft, number, data, options);
      const sha256 = createHash('sha256').update(rendition.pdf).digest('hex');
      await options.attempts.begin({ key: job.key, kind: 'generate', stream: job.stream, sha256, at: options.clock.now() });
      await options.blobs.put(rendition.pdf);
      return { [draft.output]: refOf(draft, number, data, rendition, sha256) as unknown as Json };
    },
  };
}

function draftOf(job: Job, { templates, directory, clock, zone }: GenerateOptions): Draft {
  const { headers, variables, agency } = job;
  const output = headers['output']?.trim() ?? '';
  if (output === '') throw new DocumentError('DOCUMENT_OUTPUT_MISSING', { element: job.elementId });
  const template = templates.get(headers['template']?.trim() ?? '');
  const { subject, language } = variables;
  return {
    output, template,
    documentId: `${job.stream}.${output}`,
    date: new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(Date.parse(clock.now())),
    title: (typeof subject === 'string' && subject.trim() !== '' ? subject.trim() : template.title).slice(0, LONGEST_TITLE),
    language: typeof language === 'string' && LANGUAGE.test(language) ? language : 'en',
    classification: headers['classification']?.trim() ?? '',
    agency: { id: agency ?? '', name: agency === undefined ? '' : directory.groupTitle(agency) },
  };
}

/** The number of an earlier draft of the same document: a document that is returned and written again stays the same record. */
function numberBefore(job: Job, { output, documentId }: Draft): string | undefined {
  const before = asDocument(job.variables[output]);
  return before?.documentId === documentId ? before.number : undefined;
}

async function numberOf(job: Job, draft: Draft, { numbering, clock }: GenerateOptions): Promise<string | undefined> {
  const before = numberBefore(job, draft);
  const registry = job.headers['registry']?.trim() ?? '';
  if (before !== undefined || registry === '') return before;
  const { text } = await numbering.allocate({ registry, year: Number(draft.date.slice(0, 4)), requestedBy: `${job.stream}/${draft.output}`, at: clock.now(), stream: job.stream, ...(job.agency !== undefined && { agency: job.agency }) });
  return text;
}

/** What a template may be given: the variables, and `document`, which no variable can take the place of. */
function dataFor({ variables }: Job, draft: Draft, number: string | undefined): Variables {
  const { documentId, date, title, language, classification, agency } = draft;
  return { ...variables, document: { id: documentId, ...(number !== undefined && { number }), date, title, language, classification, agency } };
}

async function render(job: Job, draft: Draft, number: string | undefined, data: Variables, { renderer, definitions }: GenerateOptions): Promise<Rendition> {
  const { template, documentId, title, language, classification, date, agency } = draft;
  const known = definitions();
  const { procedure } = await known.graph(job.processId, job.version);
  const metadata = metadataOf({
    job, documentId, number, title, language, classification, date, agency, template, procedure,
    dataSha256: hashOfData(data), definitionSha256: known.version(job.processId, job.version)?.hash ?? '',
  });
  // Noon: the same day in every zone a reader may be in.
  const at = `${date}T12:00:00.000Z`;
  return renderer.render({ template: template.text, templateName: template.name, data, title, language, at, metadata, qr: `PITON:${number ?? documentId}` });
}

function refOf({ template, documentId, title, language, classification }: Draft, number: string | undefined, data: Variables, { pdf, renderer }: Rendition, sha256: string): DocumentRef {
  return {
    documentId, title, language, sha256,
    fileName: `${(number ?? template.name).replace(/[^A-Za-z0-9.]+/g, '-')}.pdf`,
    mediaType: 'application/pdf',
    bytes: pdf.byteLength,
    state: 'generated',
    ...(number !== undefined && { number }),
    ...(classification !== '' && { classification }),
    provenance: { template: template.name, templateSha256: template.sha256, dataSha256: hashOfData(data), renderer },
  };
}
