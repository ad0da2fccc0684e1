/** The closed table of access rules (NIST RBAC, INCITS 359-2012, plus need-to-know): who may use a route, a page or a socket room. */
import type { Role } from '../../ports/directory.ts';

/**
 * `roles`: any one of them opens the rule; 'anyone' needs no sign-in. `resource`: what must be known before the rule can
 * decide; then `access.ts` also asks whether this person has to do with it.
 */
interface RuleSpec {
  readonly roles: readonly Role[] | 'anyone' | 'signed-in';
  readonly resource?: 'case' | 'task' | 'definition' | 'person' | 'group' | 'substitution';
  readonly says: string;
}

export const RULES = {
  'public': { roles: 'anyone', says: 'Everybody, signed in or not.' },
  'signed-in': { roles: 'signed-in', says: 'Every person with an active account.' },
  'deploy': { roles: ['analyst', 'administrator'], says: 'Analysts and administrators.' },
  'model': { roles: ['analyst'], says: 'Analysts.' },
  'start-case': { roles: ['officer', 'manager', 'registry'], resource: 'definition', says: 'Officers, managers and the registry, as far as the process names them as starters.' },
  'read-case': { roles: 'signed-in', resource: 'case', says: 'Who started the case, holds or held a task in it or belongs to a group a task was offered to; who stands in for one of the last two; managers and administrators.' },
  'read-case-content': { roles: ['analyst', 'officer', 'manager', 'registry'], resource: 'case', says: 'As read-case, without administrators: what people wrote is not needed to run the machine.' },
  'read-all-cases': { roles: ['manager', 'administrator'], says: 'Managers and administrators.' },
  'manage-case': { roles: ['manager', 'administrator'], resource: 'case', says: 'Managers and administrators.' },
  'migrate-cases': { roles: ['manager', 'administrator'], says: 'Managers and administrators.' },
  'send-message': { roles: ['registry', 'manager', 'administrator'], says: 'The registry, managers and administrators.' },
  'resolve-incident': { roles: ['manager', 'administrator'], says: 'Managers and administrators.' },
  'list-tasks': { roles: ['officer', 'manager', 'registry'], says: 'Officers, managers and the registry; each sees what is theirs.' },
  'read-task': { roles: ['officer', 'manager', 'registry'], resource: 'task', says: 'Who holds the task, asked a colleague to do it or is offered it, who stands in for them, who started its case; managers.' },
  'work-tasks': { roles: ['officer', 'manager', 'registry'], resource: 'task', says: 'Who holds the task or is offered it; who stands in for them.' },
  'upload': { roles: ['officer', 'manager', 'registry'], says: 'Officers, managers and the registry; each reaches their own uploads only.' },
  'assign-tasks': { roles: ['manager'], resource: 'task', says: 'Managers.' },
  'own-inbox': { roles: 'signed-in', resource: 'person', says: 'The person whose tasks they are, and who stands in for them.' },
  'group-inbox': { roles: 'signed-in', resource: 'group', says: 'Who belongs to the group, and who stands in for one of them.' },
  'monitor': { roles: ['manager', 'administrator'], says: 'Managers and administrators.' },
  'read-registers': { roles: ['registry', 'manager'], says: 'The registry, its own agency; managers.' },
  'keep-registers': { roles: ['registry'], says: 'The registry.' },
  'read-substitutions': { roles: 'signed-in', resource: 'person', says: 'The person they concern; administrators.' },
  'name-deputy': { roles: ['officer', 'manager', 'registry', 'administrator'], resource: 'person', says: 'Officers, managers and the registry for themselves; administrators for everybody.' },
  'answer-substitution': { roles: ['officer', 'manager', 'registry'], resource: 'substitution', says: 'Who is named as the deputy.' },
  'end-substitution': { roles: 'signed-in', resource: 'substitution', says: 'Who is absent and their deputy; administrators.' },
  'administer': { roles: ['administrator'], says: 'Administrators.' },
} as const satisfies Readonly<Record<string, RuleSpec>>;

export type Rule = keyof typeof RULES;

type ResourceKind<R extends Rule> = (typeof RULES)[R] extends { readonly resource: infer K extends string } ? K : never;

/** The rules that cannot decide before the resource is known. */
export type ResourceRule = { [R in Rule]: [ResourceKind<R>] extends [never] ? never : R }[Rule];

/** `startedBy`, `people`: person ids; `groups`: every group that was offered a task of the case. */
export interface CaseResource {
  readonly kind: 'case';
  readonly stream: string;
  readonly startedBy: string;
  readonly people: readonly string[];
  readonly groups: readonly string[];
}

export interface TaskResource {
  readonly kind: 'task';
  readonly stream: string;
  readonly assignee?: string;
  /** Who asked the holder to do the work, and gets it back. */
  readonly owner?: string;
  readonly candidateGroups: readonly string[];
  readonly candidateUsers: readonly string[];
  /** Who started the case the task belongs to. */
  readonly startedBy?: string;
}

/** `starters`: groups that may start it; empty: everybody with a fitting role. */
export interface DefinitionResource {
  readonly kind: 'definition';
  readonly processId: string;
  readonly starters: readonly string[];
}

/** A person or a group whose work list changes, by id. */
export interface PersonResource {
  readonly kind: 'person';
  readonly id: string;
}

export interface GroupResource {
  readonly kind: 'group';
  readonly id: string;
}

/** Whose deputy somebody is named to be; both are person ids. */
export interface SubstitutionResource {
  readonly kind: 'substitution';
  readonly absent: string;
  readonly deputy: string;
}

export type Resource = CaseResource | TaskResource | DefinitionResource | PersonResource | GroupResource | SubstitutionResource;

/** What the rule `R` needs to know about. */
export type ResourceOf<R extends Rule> = Extract<Resource, { readonly kind: ResourceKind<R> }>;

/** True when `rule` needs a resource to decide. */
export function needsResource(rule: Rule): rule is ResourceRule {
  return 'resource' in RULES[rule];
}
