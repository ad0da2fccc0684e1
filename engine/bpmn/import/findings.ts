/** What the importer says about each thing it met (BPMN 2.0.2, 8.3.3 extensibility): one row for each kind of finding, in plain words. */
import { fill } from '../../errors.ts';

/** converted: it means the same here. review: a person must look or do something. notSupported: kept in the file, and refused when it is deployed. */
export type ImportKind = 'converted' | 'review' | 'notSupported';

export interface ImportFinding {
  readonly kind: ImportKind;
  /** The nearest element with an id; '' for the file. */
  readonly elementId: string;
  /** In the file that was imported, from 1. */
  readonly line: number;
  /** As written there, for example `camunda:assignee`. */
  readonly property: string;
  /** Its value there. */
  readonly from: string;
  /** What stands there now; '' where it was left out or kept. */
  readonly to: string;
  readonly message: string;
  readonly hint: string;
}

interface Row {
  readonly kind: ImportKind;
  readonly message: string;
  readonly hint: string;
}

const NOTHING = 'Nothing has to be done.';

/** `{property}`, `{from}` and `{to}` are those of the finding. */
export const IMPORT_ROWS = {
  moved: { kind: 'converted', message: '{property} is now {to}', hint: NOTHING },
  rewritten: { kind: 'converted', message: 'The expression of {property} was rewritten in FEEL: {to}', hint: NOTHING },
  leftOut: { kind: 'converted', message: '{property} was left out: {why}', hint: NOTHING },
  formMade: { kind: 'converted', message: 'The fields of {property} became the form {to}', hint: 'Deploy the form together with the model.' },

  notYet: { kind: 'review', message: '{property} is now {to}, which this engine does not execute yet', hint: '{alternative}' },
  check: { kind: 'review', message: '{property} is now {to}, but {but}', hint: '{todo}' },
  present: { kind: 'review', message: '{property} was kept beside {to}, which stands there already and counts', hint: 'Remove the one that is not meant.' },
  worker: { kind: 'review', message: '{property} names a program of the other engine; it is now a job of the type {to} and needs a worker', hint: 'Write a worker for this type, or choose one that is built in: http-call, notify, document-generate.' },
  rebuildForm: { kind: 'review', message: 'The form {from} belongs to the other engine; the task now names the form {to}', hint: 'Rebuild it in the form designer under this id, and deploy it with the model.' },
  clamped: { kind: 'review', message: '{property} was brought into the range from 0 to 100: {to}', hint: 'Check the order of the tasks in the list.' },
  script: { kind: 'review', message: 'The script in {language} is one expression and was rewritten in FEEL: {to}', hint: 'Compare both with a few values; texts and missing values behave differently.' },
  dropped: { kind: 'review', message: '{property} was left out: {why}', hint: '{todo}' },
  kept: { kind: 'review', message: '{property} was kept in the file; it changes nothing', hint: 'Remove it when the model no longer goes back to the other tool.' },

  unknown: { kind: 'notSupported', message: '{property} has no counterpart here; it was kept', hint: '{todo}' },
  expression: { kind: 'notSupported', message: '{property} cannot be written in FEEL, because {reason}; it was kept', hint: '{todo}' },
  foreignScript: { kind: 'notSupported', message: 'The script of {property} in {language} is not run here; it was kept', hint: 'Write it as one FEEL expression, or let a worker do it in a service task.' },
} as const satisfies Record<string, Row>;

export type ImportRow = keyof typeof IMPORT_ROWS;

export interface Said {
  readonly elementId: string;
  readonly line: number;
  readonly property: string;
  readonly from: string;
  readonly to?: string;
}

/** `values` fill what the row asks for besides property, from and to. */
export function finding(row: ImportRow, { elementId, line, property, from, to = '' }: Said, values: Readonly<Record<string, string>> = {}): ImportFinding {
  const { kind, message, hint } = IMPORT_ROWS[row];
  const all = { ...values, property, from: oneLine(from), to: oneLine(to) };
  return { kind, elementId, line, property, from, to, message: `${fill(message, all)}.`, hint: sentence(fill(hint, all)) };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
