/** Why an upload or a hand-in is refused. */
import { fill } from '../../engine/index.ts';
import { HttpFailure } from '../http/contract/failure.ts';

interface Entry {
  readonly status: number;
  readonly title: string;
  readonly message: string;
  readonly hint: string;
}

export const UPLOAD_ERRORS = {
  UPLOAD_TOO_LARGE: { status: 413, title: 'The file is too large', message: 'Expected {name} to have at most {limit}, but it has {bytes} bytes', hint: 'Hand it in in parts, or as a smaller scan.' },
  UPLOAD_TOO_MANY: { status: 429, title: 'Too many files wait to be handed in', message: 'Expected at most {limit} of your files to wait, but this would be one more', hint: 'Hand in or remove what you have uploaded; what is left lying is removed after a day.' },
  UPLOAD_OFFSET_WRONG: { status: 409, title: 'The part does not follow', message: 'Expected the part to begin at byte {offset}, but it begins at {found}', hint: 'Ask with HEAD how far the upload came, and go on from there.' },
  UPLOAD_OVERRUN: { status: 409, title: 'The file is longer than was said', message: 'Expected {bytes} bytes in all, but this part goes beyond them', hint: 'Announce the file again with its true length.' },
} as const satisfies Readonly<Record<string, Entry>>;

export function uploadFailure(code: keyof typeof UPLOAD_ERRORS, values: Readonly<Record<string, string | number>>, headers: Readonly<Record<string, string>> = {}): HttpFailure {
  const { status, title, message, hint } = UPLOAD_ERRORS[code];
  return new HttpFailure({ code, status, title, message: fill(message, values), hint: fill(hint, values), headers });
}
