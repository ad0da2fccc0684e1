/** Why a case cannot be proven, or a proof does not hold: the table of codes. */
import { fill } from '../../engine/index.ts';

export const AUDIT_ERRORS = {
  AUDIT_CASE_UNKNOWN: { message: 'Expected case {stream} to be in this log, but it has no record', hint: 'Give the id of the case as it stands in the address of its page.' },
  AUDIT_CASE_NOT_SEALED: { message: 'Expected case {stream} to be sealed in a segment, but {reason}', hint: 'Closed cases are sealed once a day, and by `piton audit seal` while no server runs; a case at work is proven by the chain: `piton audit verify`.' },
  AUDIT_HEAD_MISSING: { message: 'Expected a sealed head of the log behind segment {segment}, but there is none yet', hint: 'The server seals the head once a day: ask again tomorrow.' },
  AUDIT_ROOT_MISSING: { message: 'Expected the root certificate of this installation in {file}, but there is none', hint: 'The next start of the server writes it from the vault, or put the folder authority/ back from a backup: without it the seals of the heads cannot be checked. The chain alone is looked at by `piton doctor`.' },
  AUDIT_SEGMENT_UNREADABLE: { message: 'Expected record 1 of segment/{segment} to say what was sealed, but it does not', hint: 'Call `piton audit verify`: it tells what was changed. Restore the last backup and compare.' },
  AUDIT_SEGMENT_DIFFERS: { message: 'Expected the closed cases of segment {segment} to have the root that was sealed, but they have another', hint: 'Call `piton audit verify`: it tells which case was changed. Restore the last backup and compare.' },
  AUDIT_PROOF_FORM: { message: 'Expected a proof of a case in format 1, but {found}', hint: 'Ask for the file as `piton audit prove` wrote it.' },
  AUDIT_PROOF_RECORDS: { message: 'Expected the records 1, 2, 3 ... of case {stream}, the last of which closes it, but {found}', hint: 'A record was changed, added or taken out after the proof was made.' },
  AUDIT_PROOF_ROOT: { message: 'Expected the records of case {stream} to lead to the root of segment {segment}, but they do not', hint: 'A record, the path or the segment was changed after the proof was made.' },
  AUDIT_PROOF_HEAD: { message: 'Expected segment {segment} to lead to the root of segments in the sealed head of {head}, but it does not', hint: 'The segment, its path or the head was changed, or is of another log.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type AuditCode = keyof typeof AUDIT_ERRORS;

/** `code` from AUDIT_ERRORS. */
export class AuditError extends Error {
  override readonly name = 'AuditError';
  readonly code: AuditCode;
  readonly hint: string;

  constructor(code: AuditCode, values: Readonly<Record<string, string>>) {
    const { message, hint } = AUDIT_ERRORS[code];
    super(fill(message, values));
    this.code = code;
    this.hint = hint;
  }
}
