/** The port of people: which account is who, which posts it holds, what it may do. Implemented by server/organization. */

export const ROLES = ['analyst', 'officer', 'manager', 'registry', 'administrator'] as const;
export type Role = (typeof ROLES)[number];

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
}

export interface Directory {
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
