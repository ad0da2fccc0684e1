/** The port of people: which account is who, which posts it holds, what it may do. Implemented by server/organization. */

export const ROLES = ['analyst', 'officer', 'manager', 'registry', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

/** An officer who is absent, and whom another one stands in for now: a substitution in force. `groups`: those of the absent one; `until`: the last day of it, YYYY-MM-DD. */
export interface Principal {
  readonly id: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly until: string;
}

/** `groups`: the units and posts whose tasks this person is offered. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly post?: string;
  readonly postTitle?: string;
  readonly unit?: string;
  readonly groups: readonly string[];
  readonly active: boolean;
  /** Whom this person stands in for at this moment; absent for nobody, and in lists of people. */
  readonly standsFor?: readonly Principal[];
}

export interface Directory {
  /** As they are now: whom they stand in for depends on the day. */
  person(id: string): Person | undefined;
  people(): readonly Person[];
  /** The title of a unit or post; the id itself when it is unknown. */
  groupTitle(id: string): string;
  groupExists(id: string): boolean;
}

/** Which agency is whose. Implemented by server/organization. */
export interface Agencies {
  /** The agency a unit belongs to: the unit at the top of it (a ministry); undefined for what is no unit. */
  agencyOf(unit: string): string | undefined;
}
