/** Gathers what the page of one task shows: the task, its form, the data and history of its case, and what this person may do. */
import { didBefore } from '../../engine/index.ts';
import type { InstanceEvent, InstanceState, ProcessGraph } from '../../engine/index.ts';
import type { Formats } from '../../desk/format.ts';
import { taskPage } from '../../desk/task.ts';
import { capacityFor } from '../http/contract/capacity.ts';
import { notFound } from '../http/contract/failure.ts';
import type { TaskResource } from '../http/contract/rules.ts';
import type { FormError, TaskDetail } from '../http/contract/tasks.ts';
import type { Person, Principal } from '../ports/directory.ts';
import type { DecodedRecord } from '../runtime/types.ts';
import { answersOf } from './case-pages.ts';
import type { PageContext, PagesNeeds, Typed } from './needs.ts';
import type { Frames } from './shell.ts';
import { attachmentFields, documentView, heldAttachments, signatureView } from './papers.ts';
import { withTitles } from './titles.ts';
import { caseResource } from './whereabouts.ts';
import { historyInWords } from './words.ts';

export class TaskView {
  readonly #needs: PagesNeeds;
  readonly #frames: Frames;
  readonly #formats: Formats;

  constructor(needs: PagesNeeds, frames: Frames, formats: Formats) {
    this.#needs = needs;
    this.#frames = frames;
    this.#formats = formats;
  }

  /** `typed`: what was typed before, from a draft (`draftFrom`) or a submission with `errors`. */
  async render(context: PageContext & { readonly person: Person }, at: { readonly stream: string; readonly counter: string }, resource: TaskResource, typed: Typed | undefined, errors: readonly FormError[], draftFrom?: string): Promise<{ readonly html: string; readonly embeds: boolean }> {
    const { runtime, directory, tasks, forms } = this.#needs;
    const { person, now } = context;
    const task = await tasks.book.detail(at.stream, Number(at.counter), now);
    const [inspected, records, form, shell, signature] = await Promise.all([
      runtime.inspect(at.stream), runtime.history(at.stream),
      task.form === null ? undefined : forms.form(task.processId, task.version, task.form), this.#frames.shell(context, 'tasks'), signatureView(this.#needs, person.id, task),
    ]);
    if (inspected === undefined) throw notFound(`case ${at.stream}`);
    const { state, graph } = inspected;
    // Documents are content: who may only see where the case stands is not shown them.
    const mayRead = this.#needs.authorise('read-case-content', person, caseResource(state, records)) === 'granted';
    const documents = mayRead ? await this.#needs.cases.documents(at.stream) : [];
    const [title] = await withTitles(this.#needs, [{ stream: at.stream }], () => mayRead);
    const principal = principalOf(task, resource, state, graph, person);
    const holds = task.assignee !== null && (task.assignee.id === person.id || task.assignee.id === principal?.id);
    const mayNot = task.status === 'open' && state.suspended ? STANDS_STILL : whyNot(task, state, graph, person, principal);
    const offered = this.#needs.authorise('work-tasks', person, resource) === 'granted';
    const specs = task.attachments.map(({ kind, required, accept, maxBytes }) => ({ kind, required, accept: accept ?? undefined, maxBytes: maxBytes ?? undefined }));
    const html = taskPage({
      shell, formats: this.#formats, now, task, title: title!, me: person.id, onBehalfOf: principal, mayNot, errors, draftFrom,
      mayClaim: task.status === 'open' && task.assignee === null && offered && mayNot === undefined,
      // The model has no documentation per element yet; the procedure's own stands on its start page.
      documentation: '',
      form: form?.view(task.variables, typed, errors),
      comment: typeof typed?.['comment'] === 'string' ? typed['comment'] : '',
      outcome: typeof typed?.['outcome'] === 'string' ? typed['outcome'] : undefined,
      answers: await answersOf(this.#needs, runtime.definitions.version(task.processId, task.version), task.variables),
      history: historyInWords(records, graph, directory),
      documents: documents.map((document) => documentView(at.stream, document)), signature,
      attachments: await attachmentFields(this.#needs, person.id, `/tasks/${task.id}`, task.status === 'open' && holds ? specs : [], heldAttachments(task.variables)),
      rooms: this.#needs.live === true ? [`case:${at.stream}`] : [],
      mayChange: task.status === 'open' && this.#needs.authorise('assign-tasks', person, resource) === 'granted',
      colleagues: task.status === 'open' && this.#needs.authorise('assign-tasks', person, resource) === 'granted' ? this.#colleagues(task) : [],
      asked: task.delegatedBy === null ? undefined : askedFor(records, Number(at.counter)),
      helpers: task.status === 'open' && holds && task.delegatedBy === null ? this.#helpers(task.assignee!.id) : [],
    });
    return { html, embeds: task.status === 'open' && documents.length > 0 };
  }

  /** Whoever works on tasks may be asked; the engine keeps duties apart. */
  #helpers(holder: string): { readonly id: string; readonly name: string }[] {
    return this.#named((other) => other.active && other.id !== holder && this.#needs.authorise('list-tasks', other) === 'granted');
  }

  /** Those the task is offered to; everybody who works on tasks when the model names nobody. */
  #colleagues(task: TaskDetail): { readonly id: string; readonly name: string }[] {
    const groups = task.candidateGroups.map((group) => group.id);
    const users = task.candidateUsers.map((user) => user.id);
    return this.#named((person) => person.active && person.id !== task.assignee?.id && this.#needs.authorise('list-tasks', person) === 'granted'
      && (groups.length + users.length === 0 || users.includes(person.id) || person.groups.some((group) => groups.includes(group))));
  }

  #named(fits: (person: Person) => boolean): { readonly id: string; readonly name: string }[] {
    return this.#needs.directory.people().filter(fits)
      .map(({ id, name, postTitle }) => ({ id, name: postTitle === undefined || postTitle === name ? name : `${name}, ${postTitle}` }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}

/** What was said when the task was last given to a colleague. */
function askedFor(records: readonly DecodedRecord[], id: number): string | undefined {
  const events = records.flatMap((record) => record.events) as readonly InstanceEvent[];
  return events.findLast((event): event is Extract<InstanceEvent, { type: 'UserTaskDelegated' }> => event.type === 'UserTaskDelegated' && event.id === id)?.reason;
}

const STANDS_STILL = 'The case was suspended and stands still. You can go on when it is taken up again; the page of the case says who let it stand still, and why.';

/** Whom this person would do the open task for; undefined where it is in their own right or not theirs at all. */
function principalOf(task: TaskDetail, resource: TaskResource, state: InstanceState, graph: ProcessGraph, person: Person): Principal | undefined {
  const node = graph.nodes.get(task.elementId);
  if (task.status !== 'open' || node === undefined) return undefined;
  const capacity = capacityFor(person, resource, (id) => didBefore(state, node, id) !== undefined);
  return typeof capacity === 'object' ? capacity : undefined;
}

/** Separation of duties, told before somebody claims in vain; the engine decides it when they do. */
function whyNot(task: TaskDetail, state: InstanceState, graph: ProcessGraph, person: Person, principal: Principal | undefined): string | undefined {
  const node = graph.nodes.get(task.elementId);
  if (task.status !== 'open' || node === undefined) return undefined;
  const named = (id: string): string => `“${graph.nodes.get(id)?.name || id}”`;
  const own = didBefore(state, node, person.id);
  if (own !== undefined) return `${partIn(state, own, person.id, named(own))} Separation of duties leaves this task to a colleague.`;
  const theirs = principal === undefined ? undefined : didBefore(state, node, principal.id);
  if (principal === undefined || theirs === undefined) return undefined;
  return `${principal.name}, whom you stand in for, ${theirs === state.startElementId ? 'started this case' : `has part in ${named(theirs)} of this case`}. Separation of duties leaves this task to a colleague.`;
}

/** What `person` did before, or had done for them by a deputy. */
function partIn(state: InstanceState, elementId: string, person: string, name: string): string {
  if (elementId === state.startElementId) return 'You started this case.';
  const themselves = [...state.doers.values()].some((doer) => doer.person === person && (doer.elementId === elementId || doer.within?.includes(elementId) === true));
  return themselves ? `You completed ${name} in this case.` : `A deputy completed ${name} in this case for you.`;
}
