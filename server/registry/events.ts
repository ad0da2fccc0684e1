/**
 * The events of the registry (ISO 15489-1: registration, classification): numbers in one stream for each registry and year, the
 * file plan in one stream, every record that was filed in a stream of its own.
 *
 * What people wrote (who, about what) is private; numbers, hashes, classes and times stay legible when a case is erased.
 */

export const FILE_PLAN_STREAM = 'file-plan/main';

/** `registry`: a register such as `PS-IN`, or a file series such as `ADM/4`. */
export function seriesStream(registry: string, year: number): string {
  return `series/${registry}/${String(year)}`;
}

export function recordStream(recordId: string): string {
  return `record/${recordId}`;
}

/** `purpose`: numbers of a register name letters, those of a file series name files. */
export interface NumberAllocated {
  readonly type: 'NumberAllocated';
  readonly registry: string;
  readonly year: number;
  readonly number: number;
  readonly text: string;
  readonly purpose: 'register' | 'file';
  readonly requestedBy: string;
  /** The case, and the agency whose book it is. */
  readonly stream: string;
  readonly agency?: string;
  readonly at: string;
}

/** The number stays used: it is struck out with a reason, never given again. */
export interface NumberVoided {
  readonly type: 'NumberVoided';
  readonly number: number;
  readonly text: string;
  readonly reason: string;
  readonly at: string;
}

/** What the register says beside a number; a later line replaces what it names. */
export interface LineEntered {
  readonly type: 'LineEntered';
  readonly number: number;
  readonly text: string;
  readonly stream: string;
  readonly agency?: string;
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  /** The number the correspondent gave the letter. */
  readonly reference?: string;
  readonly at: string;
}

export type SeriesEvent = NumberAllocated | NumberVoided | LineEntered;

/** A series of the file plan with the rule for what is filed in it. `retention`: ISO 8601 duration, or words of the schedule. */
export interface FileSeries {
  readonly series: string;
  readonly title: string;
  readonly recordClass: string;
  readonly retention: string;
}

export type FilePlanEvent = FileSeries & { readonly type: 'FileSeriesOpened' };

/** A document as it was filed. `number`: registration number. */
export interface FiledDocument {
  readonly sha256: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly number?: string;
}

/** `titles`: of the documents, in their order. */
export interface RecordFiled {
  readonly type: 'RecordFiled';
  readonly recordId: string;
  readonly fileNumber: string;
  readonly series: string;
  readonly recordClass: string;
  readonly retention: string;
  readonly documents: readonly FiledDocument[];
  readonly stream: string;
  readonly agency?: string;
  readonly at: string;
  readonly title: string;
  readonly titles: readonly string[];
}

/** The fields that hold personal data: encrypted at rest. */
export const REGISTRY_PRIVATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  LineEntered: ['from', 'to', 'subject', 'reference'], NumberVoided: ['reason'], RecordFiled: ['title', 'titles'],
};
