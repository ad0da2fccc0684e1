/** Why a verb on a task is refused, in words that name the task and the people. */
import { fill } from '../../engine/index.ts';
import { HttpFailure } from '../http/contract/failure.ts';
import type { AttachmentFault } from '../ports/attachments.ts';
import type { Refusal } from '../runtime/types.ts';

interface Entry {
  readonly title: string;
  readonly message: string;
  readonly hint: string;
}

/** This room's own codes. */
export const TASK_ERRORS = {
  TASK_DELEGATE_UNFIT: { title: 'This person does not work on tasks', message: 'Expected {person} to be able to work on tasks, but no role of theirs allows it', hint: 'Choose a person from the list.' },
  TASK_ASSIGNEE_UNKNOWN: { title: 'There is no such person', message: 'Expected {assignee} to be an active account, but it is not', hint: 'Choose a person from the list.' },
  TASK_CANDIDATE_UNKNOWN: { title: 'There is no such group or person', message: 'Expected {candidate} to be a unit, a post or an active account, but it is none', hint: 'Choose from the directory: a task that is offered to nobody stays undone.' },
  TASK_FORM_INVALID: { title: 'The form has errors', message: 'Expected the answers to fit the form of the task, but {count} of them cannot be taken', hint: 'Correct what the list of errors names.' },
  TASK_ATTACHMENTS_INVALID: { title: 'The attachments are not complete', message: 'Expected the files the task asks for, but {count} of them cannot be taken', hint: 'Every file and kind that is wrong is listed under errors.' },
  TASK_DOCUMENT_MISSING: { title: 'There is nothing to sign', message: 'Expected the case to hold {document}, but it does not', hint: 'The document is made by an earlier step; open the case to see where it stands.' },
  TASK_DOCUMENT_CHANGED: { title: 'The document was changed', message: 'Expected to sign {title} in the version {shown}, but the case holds {now} now', hint: 'Nothing was signed. Open the task again and read the document as it is now.' },
} as const satisfies Readonly<Record<string, Entry>>;

/** Refusals of the engine told again with names in place of ids; their codes stay the engine's. */
const NAMED: Readonly<Record<string, Entry>> = {
  TASK_COMPLETED: { title: 'Somebody was faster', message: 'Expected {task} to be open, but {person} has completed it', hint: 'The case shows what was decided.' },
  TASK_DELEGATED: { title: 'The task was delegated', message: 'Expected {task} to be completed by {owner}, but {owner} asked {person} to do its work', hint: 'Hand it back: {owner} completes it.' },
  TASK_NOT_DELEGATED: { title: 'The task was not delegated', message: 'Expected {task} to be delegated, but it is not', hint: 'Complete it.' },
  TASK_CANCELED: { title: 'The task is no longer needed', message: 'Expected {task} to be open, but it is no longer needed', hint: 'A deadline, a message or another decision ended it; the history of the case says which.' },
  TASK_ALREADY_CLAIMED: { title: 'Somebody holds this task', message: 'Expected {task} to be free, but {person} has claimed it', hint: 'Ask {person} to release it, or take another task.' },
  TASK_NOT_ASSIGNEE: { title: 'Somebody else holds this task', message: 'Expected you to hold {task}, but {person} does', hint: 'Only who holds a task can release, complete or return it.' },
  TASK_NOT_CLAIMED: { title: 'Nobody holds this task', message: 'Expected {task} to be claimed, but nobody holds it', hint: 'Claim the task first.' },
  TASK_NOT_CANDIDATE: { title: 'This task is offered to others', message: 'Expected {task} to be offered to you, but it is offered to {candidates}', hint: 'Ask an administrator whether your post belongs to one of these groups.' },
  TASK_SAME_PERSON: { title: 'Somebody else has to do this', message: 'Expected {task} to be done by somebody else, but {person} had part in {before}', hint: 'Separation of duties: leave the task to a colleague.' },
  INSTANCE_SUSPENDED: { title: 'The case stands still', message: 'Expected the case of {task} to go on, but it was suspended', hint: 'Its page says who let it stand still, and why. You can go on when it is taken up again.' },
};

/** The code told with names; the refusal as it is where nothing better is known. */
export function named(refusal: Refusal, values: Readonly<Record<string, string>>): Refusal {
  const entry = NAMED[refusal.code];
  return entry === undefined ? refusal : { code: refusal.code, message: fill(entry.message, values), hint: fill(entry.hint, values) };
}

export function taskRefusal(code: keyof typeof TASK_ERRORS, values: Readonly<Record<string, string>>): Refusal {
  return { code, message: fill(TASK_ERRORS[code].message, values), hint: fill(TASK_ERRORS[code].hint, values) };
}

export function asFailure(refusal: Refusal, status: number): HttpFailure {
  return new HttpFailure({ code: refusal.code, status, title: titleOf(refusal.code), message: refusal.message, hint: refusal.hint });
}

export function attachmentsInvalid(faults: readonly AttachmentFault[]): HttpFailure {
  const errors = faults.map(({ kind, message }) => ({ pointer: `/attachments/${kind}`, code: 'TASK_ATTACHMENTS_INVALID', detail: `${kind}: ${message}` }));
  return new HttpFailure({ ...taskRefusal('TASK_ATTACHMENTS_INVALID', { count: String(faults.length) }), status: 422, title: TASK_ERRORS.TASK_ATTACHMENTS_INVALID.title, errors });
}

/** The heading of a refusal, for problem details and pages. */
export function titleOf(code: string): string {
  return ({ ...NAMED, ...TASK_ERRORS } as Readonly<Record<string, Entry>>)[code]?.title ?? 'This could not be done';
}
