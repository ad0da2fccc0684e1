/** Why work on a model is refused (RFC 9110, 15.5.13 and RFC 6585, 3): the table of codes. */
import { fill } from '../../engine/index.ts';
import { HttpFailure } from '../http/contract/failure.ts';

/** `{name}` is filled in by {@link modelFailure}. */
export const MODEL_ERRORS = {
  MODEL_CONDITION_MISSING: { status: 428, title: 'It is not said what was changed', message: 'Expected If-Match with the ETag of model {id}, but there is none', hint: 'Read the model first and send its ETag, in quotes.' },
  MODEL_CHANGED: { status: 412, title: 'Somebody else has saved this model', message: 'Expected model {id} as it was opened, but {person} saved it on {at}', hint: 'Look at their version, or read its ETag and save over it.' },
  MODEL_EXISTS: { status: 409, title: 'There is a draft of this procedure already', message: 'Expected no draft of {id}, but {person} saved one on {at}', hint: 'Open that draft, or discard it first.' },
  MODEL_DECISION_ELSEWHERE: { status: 409, title: 'Another file has this decision', message: 'Expected decision {id} to stand in one file of the procedure, but {file} has it too', hint: 'Give one of the two decisions another id.' },
  MODEL_DEPLOYED_MEANWHILE: { status: 409, title: 'Somebody else has deployed this procedure', message: 'Expected version {basis} of {process} to be the latest, but {person} deployed version {version} on {at}', hint: 'Look at that version, then deploy over it or begin from it.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string; readonly message: string; readonly hint: string }>>;

/** A failure of the table; `values` fill the placeholders of its message. */
export function modelFailure(code: keyof typeof MODEL_ERRORS, values: Readonly<Record<string, string | number>>): HttpFailure {
  const { status, title, message, hint } = MODEL_ERRORS[code];
  return new HttpFailure({ code, status, title, hint, message: fill(message, values) });
}
