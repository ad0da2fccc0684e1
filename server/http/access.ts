/** The one place that decides who may do what: the rules table applied to a person and what they ask for (INCITS 359-2012, need-to-know). */
import type { Person, Principal, Role } from '../ports/directory.ts';
import { capacityFor } from './contract/capacity.ts';
import { RULES } from './contract/rules.ts';
import type { CaseResource, DefinitionResource, Resource, Rule, SubstitutionResource, TaskResource } from './contract/rules.ts';

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
    case 'person': return resource.id === person.id || concernsAnother(rule, person, resource.id);
    case 'group': return person.groups.includes(resource.id) || principals(person).some(({ groups }) => groups.includes(resource.id));
    case 'substitution': return concernsSubstitution(rule, person, resource);
  }
}

function concernsCase(rule: Rule, person: Person, resource: CaseResource): boolean {
  if (rule === 'manage-case' || hasRole(person, ['manager'])) return true;
  if (rule === 'read-case' && hasRole(person, ['administrator'])) return true;
  if (resource.startedBy === person.id) return true;
  // What an absent officer started may be their own affair; what reached their desk is the deputy's.
  return [person, ...principals(person)].some(({ id, groups }) => resource.people.includes(id) || overlap(groups, resource.groups));
}

function concernsTask(rule: Rule, person: Person, resource: TaskResource): boolean {
  if (rule === 'assign-tasks') return true;
  if (rule === 'read-task' && (hasRole(person, ['manager']) || resource.startedBy === person.id)) return true;
  if (rule === 'read-task' && [person, ...principals(person)].some(({ id }) => id === resource.owner)) return true;
  return capacityFor(person, resource) !== undefined;
}

/** The inbox of who is absent is also their deputy's; absences themselves are kept by administrators, too. */
function concernsAnother(rule: Rule, person: Person, id: string): boolean {
  return rule === 'own-inbox' ? principals(person).some((principal) => principal.id === id) : hasRole(person, ['administrator']);
}

function concernsSubstitution(rule: Rule, person: Person, { absent, deputy }: SubstitutionResource): boolean {
  if (rule === 'answer-substitution') return deputy === person.id;
  return absent === person.id || deputy === person.id || hasRole(person, ['administrator']);
}

function principals({ standsFor = [] }: Person): readonly Principal[] {
  return standsFor;
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
