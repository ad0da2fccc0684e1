// Types of errors-doc.mjs for the tests.
export interface ErrorTable {
  readonly path: string;
  readonly name: string;
  readonly entries: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}
export function findErrorTables(folder?: string): Promise<ErrorTable[]>;
export function renderErrorsDoc(tables: readonly ErrorTable[]): string;
