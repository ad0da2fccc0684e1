/** The events of the organisation: units, posts and groups in one stream, every person in a stream of their own; each carries the whole new value. */
import type { Role } from '../ports/directory.ts';

export const ORGANIZATION_STREAM = 'organization/main';

/** The stream of a person; the id is the account name. */
export function personStream(person: string): string {
  return `person/${person}`;
}

export type OrganizationEvent =
  | { readonly type: 'UnitCreated'; readonly id: string; readonly title: string; readonly parent?: string }
  /** `groups`: functional groups whoever holds the post belongs to. */
  | { readonly type: 'PostCreated'; readonly id: string; readonly title: string; readonly unit: string; readonly groups: readonly string[] }
  | { readonly type: 'GroupCreated'; readonly id: string; readonly title: string };

export type PersonEvent =
  | { readonly type: 'PersonAdded'; readonly id: string; readonly name: string }
  /** All roles the person has from now on. */
  | { readonly type: 'RolesGranted'; readonly id: string; readonly roles: readonly Role[] }
  /** Absent `post`: none any more. */
  | { readonly type: 'PostAssigned'; readonly id: string; readonly post?: string }
  /** Only the fact; the hash is in the vault. */
  | { readonly type: 'PasswordChanged'; readonly id: string }
  | { readonly type: 'AccountDeactivated'; readonly id: string }
  | { readonly type: 'AccountReactivated'; readonly id: string }
  | SubstitutionEvent;

/** In the stream of who is absent (`id`); `number` counts their substitutions from 1. In force: accepted, not ended, and within its time. */
export type SubstitutionEvent =
  | SubstitutionProposed
  | { readonly type: 'SubstitutionAccepted'; readonly id: string; readonly number: number }
  | { readonly type: 'SubstitutionDeclined'; readonly id: string; readonly number: number; readonly reason?: string }
  | { readonly type: 'SubstitutionEnded'; readonly id: string; readonly number: number; readonly reason?: string };

/**
 * `from`, `until`: the first and the last day, YYYY-MM-DD; `startsAt`, `endsAt`: the same as instants (ISO 8601 UTC, the end excluded) in the zone
 * of the installation at that time. `instrument`: what it rests on, such as the number of an acting appointment.
 */
export interface SubstitutionProposed {
  readonly type: 'SubstitutionProposed';
  readonly id: string;
  readonly number: number;
  readonly deputy: string;
  readonly from: string;
  readonly until: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: string;
  readonly instrument?: string;
}

/** The fields that hold personal data: encrypted at rest. */
export const ORGANIZATION_PRIVATE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  PersonAdded: ['name'], SubstitutionProposed: ['reason', 'instrument'], SubstitutionDeclined: ['reason'], SubstitutionEnded: ['reason'],
};
