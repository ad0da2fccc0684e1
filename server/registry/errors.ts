/** Why the registry cannot register or file: the table of codes; in a job they become the message of its incident. */
import { fill } from '../../engine/index.ts';
import type { Refusal } from '../runtime/types.ts';

export const REGISTRY_ERRORS = {
  REGISTRY_NAME: { message: 'Expected {found} to be the name of a register such as PS-IN, but it is none', hint: 'Give the task the header "registry": capital letters, digits and hyphens.' },
  REGISTRY_NUMBER_NOT_FOUND: { message: 'Expected {number} to be a number that was given, but it was not', hint: 'Look it up in the register; a number is given before a line is written beside it.' },
  REGISTRY_NUMBER_VOID: { message: 'Expected {number} to be in force, but it was struck out', hint: 'Nothing has to be done.' },
  REGISTRY_SERIES_MISSING: { message: 'Expected process {processId} to say into which file series it files, but it does not', hint: 'Set fileSeries of gov:procedure, or the header "fileNumber".' },
  REGISTRY_SERIES_NOT_FOUND: { message: 'Expected {series} to be a series of the file plan, but it is none', hint: 'Open the series, or correct fileSeries of gov:procedure.' },
  REGISTRY_SERIES_TAKEN: { message: 'Expected {series} to be a new series, but the file plan has it with another rule', hint: 'Choose another number for the series.' },
  REGISTRY_NOTHING_TO_FILE: { message: 'Expected at least one document in {variables}, but there is none', hint: 'Name the variables that hold the documents in the header "documents".' },
  REGISTRY_DOCUMENT_LOST: { message: 'Expected the content {sha256} to be stored, but it is not', hint: 'Restore the blob from the backup, then resolve the incident.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type RegistryCode = keyof typeof REGISTRY_ERRORS;

/** A refusal of the table; `values` fill the placeholders of its message. */
export function refusal(code: RegistryCode, values: Readonly<Record<string, string>>): Refusal {
  const { message, hint } = REGISTRY_ERRORS[code];
  return { code, hint, message: fill(message, values) };
}

/** A job that cannot be done. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryCode;
  readonly hint: string;

  constructor(code: RegistryCode, values: Readonly<Record<string, string>>) {
    const { message, hint } = refusal(code, values);
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
