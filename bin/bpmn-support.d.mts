// Types of bpmn-support.mjs for the tests.
export interface SupportRow {
  readonly construct: string;
  readonly position: string;
  readonly test?: readonly [file: string, title: string];
  readonly note?: string;
  readonly decided?: true;
}
export type SupportRows = Readonly<Record<string, readonly SupportRow[]>>;
export type FindTest = (file: string, title: string, folder?: string) => string | undefined;
export const findTest: FindTest;
export function renderSupport(rows?: SupportRows, find?: FindTest): string;
