/** In whose right a person works on a task: their own, else that of somebody they stand in for. The one place that decides it, for rules, lists, pages and commands. */
import type { Person, Principal } from '../../ports/directory.ts';
import type { TaskResource } from './rules.ts';

type Offered = Pick<TaskResource, 'assignee' | 'candidateGroups' | 'candidateUsers'>;

/**
 * 'own' wherever the person could do it without standing in for anybody; undefined: nobody's. Who holds the task decides; of a free one, whom it is
 * offered to. `barred`: who may not do it by separation of duties; of several principals one who is not barred comes first.
 */
export function capacityFor(person: Person, task: Offered, barred: (id: string) => boolean = () => false): 'own' | Principal | undefined {
  const { standsFor = [] } = person;
  if (task.assignee !== undefined) {
    if (task.assignee === person.id) return 'own';
    const holder = standsFor.find(({ id }) => id === task.assignee);
    if (holder !== undefined) return holder;
  }
  if (isOffered(task, person)) return 'own';
  const fit = standsFor.filter((principal) => isOffered(task, principal));
  return fit.find(({ id }) => !barred(id)) ?? fit[0];
}

function isOffered({ assignee, candidateGroups, candidateUsers }: Offered, { id, groups }: { readonly id: string; readonly groups: readonly string[] }): boolean {
  return candidateUsers.includes(id) || groups.some((group) => candidateGroups.includes(group))
    || (assignee === undefined && candidateUsers.length === 0 && candidateGroups.length === 0);
}
