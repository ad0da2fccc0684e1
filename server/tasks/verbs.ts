/**
 * Claim, release, assign, delegate, resolve, complete, return: the verbs of a user task (WS-HumanTask 1.1, 4.7) with refusals that name people and
 * tasks. Who could not do one in their own right does it for whom they stand in for, if there is such a person at that moment.
 */
import { didBefore, visibleVariables } from '../../engine/index.ts';
import type { Actor, InstanceAction, InstanceEvent, Variables } from '../../engine/index.ts';
import { capacityFor } from '../http/contract/capacity.ts';
import { HttpFailure, accepted, documentBrought } from '../http/contract/failure.ts';
import type { FieldError } from '../http/contract/failure.ts';
import type { FormError, TaskChange } from '../http/contract/tasks.ts';
import { RULES } from '../http/contract/rules.ts';
import type { Directory, Role } from '../ports/directory.ts';
import { broughtDocument } from '../ports/documents.ts';
import type { Answer, CommandMeta, Refusal, Runtime } from '../runtime/types.ts';
import type { Inspected, TaskBook } from './book.ts';
import { elementName } from './names.ts';
import type { TaskNames } from './names.ts';
import { TASK_ERRORS, asFailure, named, taskRefusal } from './errors.ts';
import type { Handed, Papers } from './papers.ts';

/** Checks what was handed in with a form against its schema; implemented by server/forms, wired by main. */
export interface TaskForms {
  /** Undefined when the deployment has no such form. */
  check(processId: string, version: number, formId: string, values: Variables, variables: Variables): Promise<{ readonly values: Variables; readonly errors: readonly FormError[] } | undefined>;
}

export interface Completion extends Handed {
  readonly variables: Variables;
}

/** An accepted verb: where it stands in the log. */
export interface Recorded {
  readonly stream: string;
  readonly version: number;
  readonly position: number;
  readonly replayed: boolean;
  /** SHA-256 of the file that was signed with it. */
  readonly signed?: string;
}

export class TaskVerbs {
  readonly #runtime: Runtime;
  readonly #book: TaskBook;
  readonly #names: TaskNames;
  readonly #directory: Directory;
  readonly #forms: TaskForms;
  readonly #papers: Papers;
  /** Completions of one task run one after the other: a second click must not make a second signature. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(runtime: Runtime, book: TaskBook, names: TaskNames, directory: Directory, forms: TaskForms, papers: Papers) {
    this.#runtime = runtime;
    this.#book = book;
    this.#names = names;
    this.#directory = directory;
    this.#forms = forms;
    this.#papers = papers;
  }

  async claim(stream: string, task: number, meta: CommandMeta): Promise<Recorded> {
    return this.#work(stream, { type: 'ClaimTask', task }, meta);
  }

  async release(stream: string, task: number, meta: CommandMeta): Promise<Recorded> {
    return this.#work(stream, { type: 'ReleaseTask', task }, meta);
  }

  /** Refuses TASK_ASSIGNEE_UNKNOWN when there is no such active account. */
  async assign(stream: string, task: number, assignee: string, reason: string | undefined, meta: CommandMeta): Promise<Recorded> {
    if (this.#directory.person(assignee)?.active !== true) throw asFailure(taskRefusal('TASK_ASSIGNEE_UNKNOWN', { assignee }), 422);
    return this.#send(stream, { type: 'AssignTask', task, assignee, ...(reason !== undefined && { reason }) }, meta);
  }

  /** Refuses TASK_CANDIDATE_UNKNOWN for a group or an account that does not exist: nobody would be offered the task. */
  async update(stream: string, task: number, change: TaskChange, meta: CommandMeta): Promise<Recorded> {
    const { candidateGroups, candidateUsers, priority, dueAt, followUpAt, reason } = change;
    const unknown = candidateGroups?.find((group) => !this.#directory.groupExists(group)) ?? candidateUsers?.find((person) => this.#directory.person(person)?.active !== true);
    if (unknown !== undefined) throw asFailure(taskRefusal('TASK_CANDIDATE_UNKNOWN', { candidate: unknown }), 422);
    return this.#send(stream, {
      type: 'UpdateTask', task, ...(candidateGroups && { candidateGroups }), ...(candidateUsers && { candidateUsers }), ...(priority !== undefined && { priority }),
      ...(dueAt !== undefined && { dueAt }), ...(followUpAt !== undefined && { followUpAt }), ...(reason !== undefined && { reason }),
    }, meta);
  }

  /** Asks `to`, an active account that works on tasks, to do it. Refuses TASK_ASSIGNEE_UNKNOWN, TASK_DELEGATE_UNFIT. */
  async delegate(stream: string, task: number, to: string, comment: string | undefined, meta: CommandMeta): Promise<Recorded> {
    const person = this.#directory.person(to);
    if (person?.active !== true) throw asFailure(taskRefusal('TASK_ASSIGNEE_UNKNOWN', { assignee: to }), 422);
    const mayWork: readonly Role[] = RULES['list-tasks'].roles;
    if (!person.roles.some((role) => mayWork.includes(role))) throw asFailure(taskRefusal('TASK_DELEGATE_UNFIT', { person: person.name }), 422);
    const reason = comment?.trim() ?? '';
    return this.#work(stream, { type: 'DelegateTask', task, to, ...(reason !== '' && { reason }) }, meta);
  }

  /** Hands a delegated task back. What was filled in is checked as when it is completed; nothing filled in is nothing to check. */
  async resolve(stream: string, task: number, variables: Variables, comment: string | undefined, meta: CommandMeta): Promise<Recorded> {
    const checked = Object.keys(variables).length === 0 ? variables : await this.#checked(stream, task, variables);
    const said = comment?.trim() ?? '';
    return this.#work(stream, { type: 'ResolveTask', task, variables: checked, ...(said !== '' && { comment: said }) }, meta);
  }

  /** With a form, `variables` are checked against it: TASK_FORM_INVALID lists every field that cannot be taken. */
  async complete(stream: string, task: number, completion: Completion, meta: CommandMeta): Promise<Recorded> {
    return this.completeChecked(stream, task, { ...completion, variables: await this.#checked(stream, task, completion.variables) }, meta);
  }

  async #checked(stream: string, task: number, given: Variables): Promise<Variables> {
    const inspected = await this.#book.existing(stream, task);
    const form = this.#book.formIn(inspected, task);
    if (form === undefined) return withoutDocuments(given, inspected, task);
    const checked = await this.#forms.check(form.processId, form.version, form.form, given, form.variables);
    if (checked !== undefined && checked.errors.length > 0 && await this.#isOpen(stream, task)) throw invalid(checked.errors);
    return withoutDocuments(checked?.values ?? given, await this.#book.inspect(stream), task);
  }

  /** As {@link complete}, for values that were already read with the form. */
  async completeChecked(stream: string, task: number, completion: Completion, meta: CommandMeta): Promise<Recorded> {
    const name = `${stream}/${String(task)}`;
    const before = this.#turns.get(name) ?? Promise.resolve();
    const work = (): Promise<Recorded> => this.#complete(stream, task, completion, meta);
    const turn = before.then(work, work);
    this.#turns.set(name, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === turn) this.#turns.delete(name);
    }
  }

  async #complete(stream: string, task: number, completion: Completion, sent: CommandMeta): Promise<Recorded> {
    const { outcome, comment } = completion;
    const meta = { ...sent, actor: await this.#acting(stream, task, sent.actor) };
    const said = comment?.trim() ?? '';
    const inspected = await this.#book.inspect(stream);
    const brought = inspected === undefined ? undefined : await this.#papers.bring(inspected, task, completion, meta, this.#nameOf(meta.actor.onBehalfOf));
    const variables = { ...completion.variables, ...brought?.variables };
    const signed = brought?.signed;
    try {
      const recorded = await this.#send(stream, { type: 'CompleteTask', task, variables, ...(outcome !== undefined && { outcome }), ...(said !== '' && { comment: said }), ...(signed && { signed }) }, meta);
      await brought?.settle(true);
      return { ...recorded, ...(signed && { signed: signed.sha256 }) };
    } catch (error) {
      await brought?.settle(false);
      throw error;
    }
  }

  async return(stream: string, task: number, to: string, reason: string, meta: CommandMeta): Promise<Recorded> {
    return this.#work(stream, { type: 'ReturnTask', task, to, reason }, meta);
  }

  /** As {@link #send}, in the right the person has. */
  async #work(stream: string, action: InstanceAction & { readonly task: number }, meta: CommandMeta): Promise<Recorded> {
    return this.#send(stream, action, { ...meta, actor: await this.#acting(stream, action.task, meta.actor) });
  }

  /** In whose right the actor works on this task now; as they are where it is their own, or nobody's and the engine refuses. */
  async #acting(stream: string, task: number, actor: Actor): Promise<Actor> {
    const person = this.#directory.person(actor.person);
    if (person?.standsFor === undefined) return actor;
    const inspected = await this.#book.inspect(stream);
    const element = inspected?.state.elements.get(task);
    const node = element === undefined ? undefined : inspected?.graph.nodes.get(element.elementId);
    if (inspected === undefined || element?.task === undefined || node === undefined) return actor;
    const { assignee, candidateGroups, candidateUsers } = element.task;
    const capacity = capacityFor(person, { candidateGroups, candidateUsers, ...(assignee !== undefined && { assignee }) }, (id) => didBefore(inspected.state, node, id) !== undefined);
    return typeof capacity === 'object' ? { ...actor, groups: capacity.groups, onBehalfOf: capacity.id } : actor;
  }

  #nameOf(person: string | undefined): string | undefined {
    return person === undefined ? undefined : this.#names.person(person).name;
  }

  async #send(stream: string, action: InstanceAction & { readonly task: number }, meta: CommandMeta): Promise<Recorded> {
    const answer: Answer<InstanceEvent> = await this.#runtime.execute(stream, action, meta);
    if (answer.outcome === 'rejected') {
      const { person, onBehalfOf } = meta.actor;
      const concerned = [person, onBehalfOf, 'to' in action ? action.to : undefined, 'assignee' in action ? action.assignee : undefined];
      const told = this.explain(answer.rejection, await this.#book.inspect(stream), action.task, concerned);
      throw told.code.endsWith('_NOT_FOUND') ? asFailure(told, 404) : asFailure(told, 409);
    }
    const { version, position, replayed } = accepted(answer);
    return { stream, version, position, replayed };
  }

  /** The engine's refusal with names in place of ids, from what is known now. `concerned`: accounts the command is by, for and about. */
  explain(refusal: Refusal, inspected: Inspected | undefined, task: number, concerned: readonly (string | undefined)[]): Refusal {
    if (inspected === undefined) return refusal;
    const { state, graph } = inspected;
    const element = state.elements.get(task);
    const done = state.done.get(task);
    const elementId = element?.elementId ?? done?.elementId;
    const name = elementId === undefined ? `task ${String(task)}` : `“${elementName(graph, elementId)}”`;
    const holder = element?.task?.assignee;
    switch (refusal.code) {
      case 'TASK_COMPLETED': return done === undefined ? refusal : named(refusal, { task: name, person: this.#names.person(done.person).name });
      case 'TASK_ALREADY_CLAIMED':
      case 'TASK_NOT_ASSIGNEE': return holder === undefined ? refusal : named(refusal, { task: name, person: this.#names.person(holder).name });
      case 'TASK_NOT_CANDIDATE': return named(refusal, { task: name, candidates: this.#candidates(element?.task) });
      case 'TASK_DELEGATED': return named(refusal, { task: name, owner: this.#names.person(element?.task?.owner ?? '').name, person: this.#names.person(holder ?? '').name });
      case 'TASK_SAME_PERSON': {
        const node = elementId === undefined ? undefined : graph.nodes.get(elementId);
        const person = concerned.find((one) => one !== undefined && node !== undefined && didBefore(state, node, one) !== undefined);
        if (person === undefined || node === undefined) return refusal;
        const before = didBefore(state, node, person)!;
        return named(refusal, { task: name, person: this.#names.person(person).name, before: before === state.startElementId ? 'the start of this case' : `“${elementName(graph, before)}”` });
      }
      case 'INSTANCE_SUSPENDED':
      case 'TASK_NOT_CLAIMED':
      case 'TASK_NOT_DELEGATED':
      case 'TASK_CANCELED': return named(refusal, { task: name });
      default: return refusal;
    }
  }

  #candidates(task: { readonly candidateGroups: readonly string[]; readonly candidateUsers: readonly string[] } | undefined): string {
    const names = [...(task?.candidateGroups ?? []).map((id) => this.#names.group(id).name), ...(task?.candidateUsers ?? []).map((id) => this.#names.person(id).name)];
    return names.length === 0 ? 'others' : names.join(', ');
  }

  /** A completed task is told as completed, not as wrongly filled in. */
  async #isOpen(stream: string, task: number): Promise<boolean> {
    return (await this.#book.inspect(stream))?.state.elements.get(task)?.task !== undefined;
  }
}

/** The values, where none of them brings a document the case does not have. */
function withoutDocuments(values: Variables, inspected: Inspected | undefined, task: number): Variables {
  const document = broughtDocument(values, inspected === undefined ? {} : visibleVariables(inspected.state, inspected.state.elements.has(task) ? task : 0));
  if (document !== undefined) throw documentBrought(document);
  return values;
}

function invalid(errors: readonly FormError[]): HttpFailure {
  const fields: readonly FieldError[] = errors.map((error) => ({ pointer: `/variables/${error.key}`, code: 'TASK_FORM_INVALID', detail: error.message }));
  const refusal = taskRefusal('TASK_FORM_INVALID', { count: String(errors.length) });
  return new HttpFailure({ ...refusal, status: 422, title: TASK_ERRORS.TASK_FORM_INVALID.title, errors: fields });
}
