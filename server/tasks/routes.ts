/** The routes of tasks: contract joined to lists, book and verbs. */
import type { Runtime } from '../runtime/types.ts';
import { bind } from '../http/contract/bind.ts';
import type { BoundRoute } from '../http/contract/bind.ts';
import { capacityFor } from '../http/contract/capacity.ts';
import { incompleteBy } from '../http/contract/common.ts';
import { notFound } from '../http/contract/failure.ts';
import type { TaskResource } from '../http/contract/rules.ts';
import { assignTask, claimTask, completeTask, countTasks, delegateTask, getTask, getTaskForm, listTasks, releaseTask, resolveTask, returnTask, updateTask } from '../http/contract/tasks.ts';
import type { TaskDetail } from '../http/contract/tasks.ts';
import type { Person } from '../ports/directory.ts';
import type { TaskBook } from './book.ts';
import type { TaskLists } from './lists.ts';
import type { Recorded, TaskVerbs } from './verbs.ts';

interface AtTask {
  readonly params: { readonly stream: string; readonly counter: string };
}

export function taskRoutes(runtime: Runtime, lists: TaskLists, book: TaskBook, verbs: TaskVerbs): BoundRoute[] {
  const locate = ({ params }: AtTask): Promise<TaskResource> => book.resource(params.stream, Number(params.counter));
  return [
    bind(listTasks, async ({ query, person, now }) => {
      const page = await lists.list(query.view, person, now, query.after, query.limit);
      return { status: 200, body: { items: [...page.items], page: page.next === undefined ? {} : { next: page.next }, ...(query.view === 'done' && incompleteBy(runtime.owed)) } };
    }),
    bind(countTasks, async ({ person, now }) => ({ status: 200, body: await lists.counts(person, now) })),
    bind(getTask, async ({ params, now, person, resource }) => ({ status: 200, body: forReader(await book.detail(params.stream, Number(params.counter), now), person, resource) }), locate),
    bind(getTaskForm, async ({ params }) => {
      const form = await book.form(params.stream, Number(params.counter));
      const schema = form === undefined ? undefined : await runtime.definitions.form(form.processId, form.version, form.form);
      if (form === undefined || schema === undefined) throw notFound(`a form of task ${params.stream}/${params.counter}`);
      return { status: 200, body: { form: form.form, schema: schema as string, values: form.variables as Record<string, string> } };
    }, locate),
    bind(claimTask, async ({ params, meta }) => recorded(await verbs.claim(params.stream, Number(params.counter), meta)), locate),
    bind(releaseTask, async ({ params, meta }) => recorded(await verbs.release(params.stream, Number(params.counter), meta)), locate),
    bind(assignTask, async ({ params, body, meta }) => recorded(await verbs.assign(params.stream, Number(params.counter), body.assignee, body.reason, meta)), locate),
    bind(updateTask, async ({ params, body, meta }) => recorded(await verbs.update(params.stream, Number(params.counter), body, meta)), locate),
    bind(completeTask, async ({ params, body, meta }) =>
      recorded(await verbs.complete(params.stream, Number(params.counter), body, meta)), locate),
    bind(returnTask, async ({ params, body, meta }) => recorded(await verbs.return(params.stream, Number(params.counter), body.to, body.reason, meta)), locate),
    bind(delegateTask, async ({ params, body, meta }) => recorded(await verbs.delegate(params.stream, Number(params.counter), body.to, body.comment, meta)), locate),
    bind(resolveTask, async ({ params, body, meta }) => recorded(await verbs.resolve(params.stream, Number(params.counter), body.variables, body.comment, meta)), locate),
  ];
}

/** With whom the reader would do it for, where it is open and not theirs. */
function forReader(detail: TaskDetail, person: Person, resource: TaskResource): TaskDetail {
  const capacity = detail.status === 'open' ? capacityFor(person, resource) : undefined;
  return typeof capacity === 'object' ? { ...detail, onBehalfOf: { id: capacity.id, name: capacity.name } } : detail;
}

function recorded({ stream, version, position, replayed }: Recorded): { status: 200; body: { stream: string; version: number; position: number }; position: number; replayed: boolean } {
  return { status: 200, body: { stream, version, position }, position, replayed };
}
