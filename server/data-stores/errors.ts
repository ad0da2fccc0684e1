/** Why a data store cannot be read or written; in a job it becomes the message of its incident. */
import { fill } from '../../engine/index.ts';
import type { Refusal } from '../runtime/types.ts';

export const DATA_STORE_ERRORS = {
  DATA_STORE_NAME_MISSING: { message: 'Expected the job of {element} to name its data store, but it does not', hint: 'Give the task the header "store", or draw the data store.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export function refusal(code: keyof typeof DATA_STORE_ERRORS, values: Readonly<Record<string, string>>): Refusal {
  const { message, hint } = DATA_STORE_ERRORS[code];
  return { code, hint, message: fill(message, values) };
}

/** A job that cannot be done; `code` from the table above or from the engine's. */
export class DataStoreError extends Error {
  override readonly name = 'DataStoreError';
  readonly code: string;
  readonly hint: string;

  constructor({ code, message, hint }: Refusal) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}
