/**
 * The shapes of the four kinds of failure and the codes a command can be refused with.
 *
 * A Rejection is a value (HTTP 409), a Problem belongs to a model, an Incident is an event in a case; an EngineError is thrown
 * and means that the engine or its caller has a bug. They are never mixed.
 */

/** A finding about a model. `line` counts from 1; `clause` names the section of BPMN 2.0.2 (formal/2013-12-09) or of the extension format. */
export interface Problem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly elementId: string;
  readonly line: number;
  readonly message: string;
  readonly hint: string;
  readonly clause: string;
}

/** A command that was refused: nothing was recorded. */
export interface Rejection {
  readonly rejected: true;
  readonly code: EngineCode;
  readonly message: string;
  readonly hint: string;
  /** When there are several why it cannot be: each by itself, as the message tells them together. */
  readonly reasons?: readonly string[];
}

interface Entry {
  readonly message: string;
  readonly hint: string;
}

/** Why an instance, a correlation or a definition refuses a command. `{name}` is filled in by {@link reject}. */
export const ENGINE_ERRORS = {
  INSTANCE_NOT_FOUND: { message: 'Expected case {stream} to exist, but nothing was ever started under this id', hint: 'Check the id; a case is named by the answer to its start.' },
  INSTANCE_EXISTS: { message: 'Expected case {stream} to be new, but it was started before', hint: 'Use another idempotency key to start a second case.' },
  INSTANCE_ENDED: { message: 'Expected case {stream} to be active, but it is {status}', hint: 'Open its history to see how it ended.' },
  INSTANCE_NOT_SETTLED: { message: 'Expected case {stream} to be waiting, but a long automatic turn is not finished', hint: 'Send Continue first, then this command again.' },
  INSTANCE_STOPPED: { message: 'Expected case {stream} to be able to go on, but an endless automatic loop has stopped it', hint: 'Resolve its incident or cancel the case, then send this command again.' },
  INSTANCE_SUSPENDED: { message: 'Expected case {stream} to be at work, but it is suspended', hint: 'Resume the case, then send this command again.' },
  INSTANCE_NOT_SUSPENDED: { message: 'Expected case {stream} to be suspended, but it is at work', hint: 'Nothing has to be done.' },
  INSTANCE_MODIFICATION_INVALID: { message: 'Expected the case {stream} to be moved in a way that is possible, but {reason}', hint: 'Reload the case, choose what is active in it, and give the reason.' },
  INSTANCE_MIGRATION_INVALID: { message: 'Expected case {stream} to be able to go on in version {version}, but {reason}', hint: 'Map the element to another one, or wait until the case has passed it.' },
  INSTANCE_NOTHING_TO_CONTINUE: { message: 'Expected case {stream} to have unfinished automatic work, but it is waiting', hint: 'Nothing has to be done.' },
  INSTANCE_START_ELEMENT_UNKNOWN: { message: 'Expected process {processId} to have the start event {elementId}, but it has {known}', hint: 'Start the process without naming a start event, or name one of its start events.' },
  INSTANCE_VARIABLES_TOO_LARGE: { message: 'Expected the variables to be at most {limit} bytes, but they are about {size}', hint: 'Attach large content as a document and pass its reference.' },
  INSTANCE_TOO_LARGE: { message: 'Expected case {stream} to hold at most {limit} bytes of variables, but it would hold about {size}', hint: 'Attach large content as a document and pass its reference, or empty variables that are no longer needed.' },
  INSTANCE_VARIABLES_TOO_DEEP: { message: 'Expected the variables to be nested at most {limit} deep, but they are nested deeper', hint: 'Flatten the data; no form and no register needs that many levels.' },
  INSTANCE_SCOPE_NOT_FOUND: { message: 'Expected {scope} to be an active scope of case {stream}, but it is not', hint: 'Leave the scope out to write to the case itself.' },
  TASK_NOT_FOUND: { message: 'Expected task {task} to be open, but this case never had such a task', hint: 'Reload the task list.' },
  TASK_COMPLETED: { message: 'Expected task {task} to be open, but {person} has completed it', hint: 'Reload the task list; the case shows what was decided.' },
  TASK_CANCELED: { message: 'Expected task {task} to be open, but it is no longer needed', hint: 'A deadline, a message or another decision ended it; the case history says which.' },
  TASK_ALREADY_CLAIMED: { message: 'Expected task {task} to be free, but {person} has claimed it', hint: 'Ask {person} to release it, or take another task.' },
  TASK_NOT_CLAIMED: { message: 'Expected task {task} to be claimed, but nobody holds it', hint: 'Claim the task first.' },
  TASK_NOT_ASSIGNEE: { message: 'Expected {person} to hold task {task}, but {assignee} does', hint: 'Only who holds a task can release, complete or return it.' },
  TASK_NOT_CANDIDATE: { message: 'Expected {person} to be offered task {task}, but it is offered to {candidates}', hint: 'Ask an administrator whether your post belongs to one of these groups.' },
  TASK_AWAITS_LISTENERS: { message: 'Expected task {task} to be free for the next step, but it is being {what} and waits for its listeners', hint: 'Try again when they have done their jobs; a listener that fails is an incident of the case.' },
  TASK_DELEGATED: { message: 'Expected task {task} to be held by who completes it, but {owner} delegated it to {person}', hint: 'Resolve the task: it goes back to {owner}, who completes it.' },
  TASK_NOT_DELEGATED: { message: 'Expected task {task} to be delegated, but it is not', hint: 'Complete the task.' },
  TASK_SAME_PERSON: { message: 'Expected task {task} to be done by someone who did not do {elementId}, but {person} did it', hint: 'Separation of duties: leave the task to a colleague.' },
  TASK_PRIORITY_INVALID: { message: 'Expected the priority of task {task} to be a whole number from 0 to 100, but it is {priority}', hint: '50 is what a task has when nothing is said.' },
  TASK_DATE_INVALID: { message: 'Expected the dates of task {task} to be ISO 8601 UTC instants with milliseconds, but one is {date}', hint: 'Write 2026-01-05T09:00:00.000Z.' },
  TASK_OUTCOME_UNKNOWN: { message: 'Expected the outcome of task {task} to be one of {outcomes}, but it is {outcome}', hint: 'Choose one of the outcomes the task offers.' },
  TASK_OUTCOME_REQUIRED: { message: 'Expected an outcome for task {task}, one of {outcomes}, but none was given', hint: 'Choose how the task ends.' },
  TASK_SIGNATURE_REQUIRED: { message: 'Expected task {task} to be completed with a signature on {document}, but there is none', hint: 'Open the document, read it, and sign it with your PIN.' },
  TASK_NOTHING_TO_SIGN: { message: 'Expected task {task} to be completed without a signature, but one was given', hint: 'This outcome is not signed; complete the task without a PIN.' },
  TASK_COMMENT_REQUIRED: { message: 'Expected a comment with the outcome {outcome} of task {task}, but none was given', hint: 'Write the reason; the applicant and the file will show it.' },
  TASK_RETURN_NOT_POSSIBLE: { message: 'Expected {to} to be an earlier task on the path to {elementId}, but {reason}', hint: 'Return to a task that was completed before in the same part of the process.' },
  JOB_NOT_FOUND: { message: 'Expected job {job} to be open, but it is done, was withdrawn, or never existed', hint: 'The result was already recorded or is no longer needed; drop it.' },
  JOB_HAS_INCIDENT: { message: 'Expected job {job} to have retries left, but it waits for its incident to be resolved', hint: 'Resolve the incident, then the job is offered again.' },
  TIMER_NOT_FOUND: { message: 'Expected timer {timer} to be scheduled, but it fired or was cancelled', hint: 'A second delivery changes nothing; drop it.' },
  TIMER_NOT_DUE: { message: 'Expected timer {timer} to be due, but it is due at {dueAt} and now is {now}', hint: 'Deliver it when it is due.' },
  MESSAGE_SUBSCRIPTION_NOT_FOUND: { message: 'Expected subscription {subscription} to be open, but it was used or closed', hint: 'The message goes to the next candidate.' },
  SIGNAL_SUBSCRIPTION_NOT_FOUND: { message: 'Expected signal subscription {subscription} to be open, but it was used or closed', hint: 'A second delivery changes nothing; drop it.' },
  ADHOC_NOT_FOUND: { message: 'Expected {element} to be an active ad-hoc sub-process, but it is not', hint: 'Reload the case.' },
  ADHOC_ENOUGH: { message: 'Expected ad-hoc sub-process {element} to need more activities, but {why}', hint: 'Nothing more is begun in it; it completes with what is still at work.' },
  ADHOC_ACTIVITY_UNKNOWN: { message: 'Expected activities of ad-hoc sub-process {element}, but {activity} is none', hint: 'Name activities that stand inside it.' },
  ADHOC_ONE_AFTER_THE_OTHER: { message: 'Expected one activity of {element} at a time, because its ordering is sequential, but there would be more', hint: 'Wait until the activity that runs is done.' },
  CHILD_NOT_FOUND: { message: 'Expected call activity {element} to wait for its child, but it does not', hint: 'A second delivery changes nothing; drop it.' },
  INSTANCE_NOT_COMPLETED: { message: 'Expected case {stream} to have completed, but it is at work', hint: 'Only a completed called case is undone by its caller.' },
  COMPENSATION_NOT_FOUND: { message: 'Expected compensation {run} to wait for a called case, but it does not', hint: 'A second delivery changes nothing; drop it.' },
  INCIDENT_NOT_FOUND: { message: 'Expected incident {incident} to be open, but it is not', hint: 'Somebody resolved it, or its task was cancelled.' },
  CORRELATION_MESSAGE_KNOWN: { message: 'Expected message {messageId} to be new, but it was published before', hint: 'The first delivery counts; drop this one.' },
  CORRELATION_SUBSCRIPTION_KNOWN: { message: 'Expected subscription {subscriber} to be new, but it is known', hint: 'A second delivery changes nothing; drop it.' },
  CORRELATION_SUBSCRIPTION_NOT_FOUND: { message: 'Expected subscription {subscriber} to be open, but it is not', hint: 'A second delivery changes nothing; drop it.' },
  CORRELATION_NOT_OFFERED: { message: 'Expected message {messageId} to be on offer to {subscriber}, but it is not', hint: 'A second delivery changes nothing; drop it.' },
  CORRELATION_NOTHING_EXPIRED: { message: 'Expected a buffered message past its time to live, but none is', hint: 'Nothing has to be done.' },
  SIGNAL_KNOWN: { message: 'Expected signal {signalId} to be new, but it was broadcast before', hint: 'The first broadcast counts; drop this one.' },
  SIGNAL_NOTHING_TO_DELIVER: { message: 'Expected signal {signalId} to be on its way to somebody, but it has reached everybody', hint: 'Nothing has to be done.' },
  DATA_STORE_FULL: { message: 'Expected data store {store} to have room for another entry, but its capacity of {capacity} is used up', hint: 'Raise capacity in the model, or set isUnlimited.' },
  DATA_STORE_PATH: { message: 'Expected what data store {store} holds to have the part {path}, but something on the way there is no context', hint: 'Write the whole entry once, or another part of it.' },
  START_TRIGGER_HAPPENED: { message: 'Expected {trigger} of start event {elementId} to be new in this round, but it has happened already', hint: 'Nothing has to be done: it waits for the other triggers.' },
  CONDITIONS_EVALUATED: { message: 'Expected evaluation {evaluationId} of start conditions to be new, but it was made before', hint: 'The first evaluation counts; use another id for another one.' },
  DEFINITION_VERSION_KNOWN: { message: 'Expected a new version of {processId}, but version {version} has the same content', hint: 'Change the model, or go on with the version that is deployed.' },
  DEFINITION_NOT_FOUND: { message: 'Expected process {processId} to be deployed, but it is not', hint: 'Deploy the model first.' },
  DEFINITION_START_TIMER_INVALID: { message: 'Expected start event {elementId} of {processId} to say when it is due, but {reason}', hint: 'A start timer knows no variables: give it a date, a repetition, or an expression of now() and today().' },
  DEFINITION_TIMER_NOT_FOUND: { message: 'Expected start timer {timer} to be scheduled, but it fired or was replaced', hint: 'A second delivery changes nothing; drop it.' },
} as const satisfies Record<string, Entry>;

export type EngineCode = keyof typeof ENGINE_ERRORS;

/** Builds a rejection from the table; `values` fill the `{placeholders}` of message and hint. */
export function reject(code: EngineCode, values: Readonly<Record<string, string | number>>): Rejection {
  const entry = ENGINE_ERRORS[code];
  return { rejected: true, code, message: fill(entry.message, values), hint: fill(entry.hint, values) };
}

/** True for a refused command, false for a list of events. */
export function isRejection(outcome: object): outcome is Rejection {
  return 'rejected' in outcome;
}

/** Replaces `{name}` by its value. */
export function fill(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/**
 * A sentence of this grammar as the second half of another one: “Expected X to be Y, but Z” becomes “X should be Y, and Z”, “Expected Y, but Z”
 * becomes “Z where Y is expected”. Any other text stays as it is.
 */
export function asReason(sentence: string): string {
  const [, expected, actual] = /^Expected (.+?), but (.+)$/s.exec(sentence) ?? [];
  if (expected === undefined || actual === undefined) return sentence;
  const [, subject, rest] = /^(.+?) to ((?:be|give|have|reach|end|call) .+)$/s.exec(expected) ?? [];
  return subject === undefined || rest === undefined ? `${actual} where ${expected} ${/^[a-z]+s\b/.test(expected) ? 'are' : 'is'} expected` : `${subject} should ${rest}, and ${actual}`;
}

/** Our bug or a caller's: a state that cannot be. Never an answer to a user. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
