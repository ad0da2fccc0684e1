/** The one place that decides who may do what: the rules table applied to a person and what they ask for (INCITS 359-2012, need-to-know). */
import type { Person, Role } from '../ports/directory.ts';
import { RULES } from './contract/rules.ts';
import type { CaseResource, DefinitionResource, Resource, Rule, TaskResource } from './contract/rules.ts';

export type Verdict = 'granted' | 'sign-in-required' | 'denied';

/**
 * Decides a rule. Without `resource` only the roles are asked: enough for rules without one, and a first, cheap answer for the
 * others, which must be asked again when the resource is known.
 */
export function authorise(rule: Rule, person: Person | undefined, resource?: Resource): Verdict {
  const { roles } = RULES[rule];
  if (roles === 'anyone') return 'granted';
  if (person === undefined || !person.active) return 'sign-in-required';
  if (roles !== 'signed-in' && !hasRole(person, roles)) return 'denied';
  if (resource === undefined) return 'granted';
  return concerns(rule, person, resource) ? 'granted' : 'denied';
}

function concerns(rule: Rule, person: Person, resource: Resource): boolean {
  switch (resource.kind) {
    case 'case': return concernsCase(rule, person, resource);
    case 'task': return concernsTask(rule, person, resource);
    case 'definition': return mayStart(person, resource);
    case 'person': return resource.id === person.id;
    case 'group': return person.groups.includes(resource.id);
  }
}

function concernsCase(rule: Rule, person: Person, resource: CaseResource): boolean {
  if (rule === 'manage-case' || hasRole(person, ['manager'])) return true;
  if (rule === 'read-case' && hasRole(person, ['administrator'])) return true;
  return resource.startedBy === person.id || resource.people.includes(person.id) || overlap(person.groups, resource.groups);
}

function concernsTask(rule: Rule, person: Person, resource: TaskResource): boolean {
  if (rule === 'assign-tasks') return true;
  if (rule === 'read-task' && (hasRole(person, ['manager']) || resource.startedBy === person.id)) return true;
  return resource.assignee === person.id || resource.candidateUsers.includes(person.id) || overlap(person.groups, resource.candidateGroups)
    || (resource.assignee === undefined && resource.candidateUsers.length === 0 && resource.candidateGroups.length === 0);
}

function mayStart(person: Person, resource: DefinitionResource): boolean {
  return resource.starters.length === 0 || overlap(person.groups, resource.starters);
}

function hasRole(person: Person, roles: readonly Role[]): boolean {
  return roles.some((role) => person.roles.includes(role));
}

function overlap(left: readonly string[], right: readonly string[]): boolean {
  return left.some((entry) => right.includes(entry));
}
