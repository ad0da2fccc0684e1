/** How a case is told from others wherever it is named: its reference, and below it what it is about. */

/** `reference`: business key or first registration number. `subject`: null also where the reader may not know it. */
export interface CaseTitle {
  readonly reference: string | null;
  readonly subject: string | null;
}

/** The reference, or the end of the case's id where it has none: ids begin with their time, which neighbours share. */
export function caseReference({ reference, stream }: { readonly reference: string | null; readonly stream: string }): string {
  return reference ?? `Case ${stream.slice(-8)}`;
}
