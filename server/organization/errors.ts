/** Why a change of the organisation is refused: the table of codes. */
import { fill } from '../../engine/index.ts';
import type { Refusal } from '../runtime/types.ts';

/** `{name}` is filled in by {@link refusal}. */
export const ORGANIZATION_ERRORS = {
  ORGANIZATION_ID_TAKEN: { message: 'Expected {id} to be a new unit, post or group, but there is one', hint: 'Choose another id; titles may be alike.' },
  ORGANIZATION_UNIT_NOT_FOUND: { message: 'Expected unit {id} to exist, but it does not', hint: 'Create the unit first.' },
  ORGANIZATION_POST_NOT_FOUND: { message: 'Expected post {id} to exist, but it does not', hint: 'Create the post first.' },
  ORGANIZATION_GROUP_NOT_FOUND: { message: 'Expected group {id} to exist, but it does not', hint: 'Create the group first.' },
  ORGANIZATION_PERSON_EXISTS: { message: 'Expected {id} to be a new account name, but there is such an account', hint: 'Choose another account name; a closed account can be opened again.' },
  ORGANIZATION_ACCOUNT_RESERVED: { message: 'Expected {id} to be free for a person, but the log uses it for acts of nobody', hint: 'Choose another account name.' },
  ORGANIZATION_PERSON_NOT_FOUND: { message: 'Expected the account {id} to exist, but it does not', hint: 'Check the account name in the list of people.' },
  ORGANIZATION_ACCOUNT_CLOSED: { message: 'Expected the account {id} to be open, but it is closed', hint: 'Open it again first.' },
  ORGANIZATION_ACCOUNT_OPEN: { message: 'Expected the account {id} to be closed, but it is open', hint: 'Nothing has to be done.' },
  ORGANIZATION_LAST_ADMINISTRATOR: { message: 'Expected another administrator besides {id}, but there is none', hint: 'Make somebody else an administrator first.' },
  ORGANIZATION_PASSWORD_WRONG: { message: 'Expected the current password of {id}, but it is another one', hint: 'An administrator can set a new password.' },
  ORGANIZATION_PASSWORD_WEAK: { message: 'Expected a password that is hard to guess, but this one {found}', hint: 'Take four or more words that do not belong together.' },
  ORGANIZATION_SUBSTITUTION_NOT_FOUND: { message: 'Expected substitution {number} of {id} to exist, but it does not', hint: 'Look at the list of substitutions again.' },
  ORGANIZATION_SUBSTITUTION_DATES: { message: 'Expected a time of whole days, from today on and of at most {most} days, but it is {from} to {until}', hint: 'Choose a first day that is not past, and a last day that is not before it.' },
  ORGANIZATION_SUBSTITUTION_OVERLAPS: { message: 'Expected {id} to have no deputy yet from {from} to {until}, but {deputy} is named from {otherFrom} to {otherUntil}', hint: 'End the other substitution first, or choose other days: one person has one deputy at a time.' },
  ORGANIZATION_DEPUTY_UNFIT: { message: 'Expected {deputy} to be somebody else who works on tasks, but they are not', hint: 'Choose a person from the list.' },
  ORGANIZATION_DEPUTY_ABSENT: { message: 'Expected {deputy} to be there, but they are absent from {otherFrom} to {otherUntil} themselves', hint: 'Choose somebody else: a deputy does not hand on what they stand in for.' },
  ORGANIZATION_SUBSTITUTION_ANSWERED: { message: 'Expected substitution {number} of {id} to wait for an answer, but it is {state}', hint: 'Look at the list of substitutions again.' },
  ORGANIZATION_SUBSTITUTION_OVER: { message: 'Expected substitution {number} of {id} to be open, but it is over', hint: 'Nothing has to be done: a substitution ends by itself with its last day.' },
  SETUP_NOT_OPEN: { message: 'Expected an installation without accounts, but there are some', hint: 'Sign in; an administrator can add accounts.' },
  SETUP_CODE_WRONG: { message: 'Expected the set-up code that was printed at start, but it is another one', hint: 'Look at what the server printed when it started.' },
} as const satisfies Readonly<Record<string, { readonly message: string; readonly hint: string }>>;

export type OrganizationCode = keyof typeof ORGANIZATION_ERRORS;

/** A refusal of the table; `values` fill the placeholders of its message. */
export function refusal(code: OrganizationCode, values: Readonly<Record<string, string>> = {}): Refusal {
  const { message, hint } = ORGANIZATION_ERRORS[code];
  return { code, hint, message: fill(message, values) };
}
