/** Resource roles of a user task (BPMN 2.0.2, 10.3.1 and 10.3.4): a human performer is its assignee, potential owners are its candidates. */
import type { Report } from './expressions.ts';
import { valueOf } from './expressions.ts';
import type { Expression, UserTaskSpec } from './graph.ts';
import type { ModelNode } from './model.ts';
import { bodyOf, extension, namesIn } from './tree.ts';
import type { Element } from './tree.ts';

const PERFORMER = 'bpmn:HumanPerformer';
const OWNER = 'bpmn:PotentialOwner';

/** What is written of who may do the task: an expression, or the name of a resource, which is a group. */
function writtenIn({ resourceAssignmentExpression, resourceRef }: Element): string {
  return bodyOf(resourceAssignmentExpression?.expression) || (resourceRef?.name?.trim() ?? '');
}

/** False for roles that this engine would have to pass over: other kinds, several computed ones, and roles beside zeebe:assignmentDefinition. */
export function executesRoles(element: Element): boolean {
  const roles = element.resources ?? [];
  if (roles.length === 0) return true;
  if (element.$type !== 'bpmn:UserTask' || extension(element, 'zeebe:AssignmentDefinition') !== undefined) return false;
  const texts = (type: string): readonly string[] => roles.filter(({ $type }) => $type === type).map(writtenIn);
  const [performers, owners] = [texts(PERFORMER), texts(OWNER)];
  return performers.length + owners.length === roles.length && performers.length <= 1 && [...performers, ...owners].every((text) => text !== '')
    && roles.every(({ resourceParameterBindings, resourceRef }) => resourceParameterBindings === undefined && resourceRef?.name?.includes(',') !== true) && (owners.length <= 1 || owners.every((text) => !text.startsWith('=')));
}

type Assignment = Pick<UserTaskSpec, 'assignee' | 'candidateGroups' | 'candidateUsers'>;

/** `user(name)` and `group(name)`, separated by commas; what is neither is a group, and so is what an expression gives. */
export function rolesOf(node: ModelNode, report: Report): Assignment {
  const { element } = node;
  const assigned: { assignee: Expression | undefined; candidateGroups: Expression | undefined; candidateUsers: Expression | undefined } = { assignee: undefined, candidateGroups: undefined, candidateUsers: undefined };
  if (!executesRoles(element)) return assigned;
  const groups: string[] = [];
  const users: string[] = [];
  for (const role of element.resources ?? []) {
    const value = valueOf(writtenIn(role), role.$type === PERFORMER ? 'the human performer' : 'the potential owner', node, report);
    if (role.$type === PERFORMER) assigned.assignee = value;
    else if (value?.literal === undefined) assigned.candidateGroups = value;
    else for (const name of namesIn(value.literal)) ofOwner(name, groups, users);
  }
  if (groups.length > 0) assigned.candidateGroups = literal(groups);
  if (users.length > 0) assigned.candidateUsers = literal(users);
  return assigned;
}

function ofOwner(written: string, groups: string[], users: string[]): void {
  const [, kind, name = ''] = /^(user|group)\((.*)\)$/.exec(written) ?? [];
  if (kind === 'user') users.push(name.trim());
  else groups.push(kind === undefined ? written : name.trim());
}

function literal(names: readonly string[]): Expression {
  const text = names.join(',');
  return { source: text, literal: text };
}
