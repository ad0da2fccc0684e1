/** One task as it stands now, read from the live state of its case (or from its history when it is over). */
import { visibleVariables } from '../../engine/index.ts';
import type { ElementInstance, FlowNode, InstanceEvent, InstanceState, ProcessGraph, UserTaskCreated, Variables } from '../../engine/index.ts';
import type { TaskDetail } from '../http/contract/tasks.ts';
import { notFound } from '../http/contract/failure.ts';
import type { TaskResource } from '../http/contract/rules.ts';
import { asDocument } from '../ports/documents.ts';
import type { Runtime } from '../runtime/types.ts';
import { elementName, isOverdue } from './names.ts';
import type { TaskNames } from './names.ts';
import { taskId } from './projection.ts';

/** What is known about a task, open or over. */
interface Known {
  readonly created: UserTaskCreated;
  readonly createdAt: string;
  readonly assignee: string | undefined;
  /** When its holder was asked to do the work by who gets it back. */
  readonly delegatedAt: string | undefined;
  readonly ended: { readonly at: string; readonly person: string | undefined; readonly outcome: string | undefined; readonly returnedTo: string | undefined } | undefined;
}

export interface Inspected {
  readonly state: InstanceState;
  readonly graph: ProcessGraph;
}

/** `form`: its id in the deployment. `variables`: what the task sees. */
export interface TaskForm {
  readonly processId: string;
  readonly version: number;
  readonly form: string;
  readonly variables: Variables;
}

export class TaskBook {
  readonly #runtime: Runtime;
  readonly #names: TaskNames;

  constructor(runtime: Runtime, names: TaskNames) {
    this.#runtime = runtime;
    this.#names = names;
  }

  /** Throws HTTP_NOT_FOUND when there never was such a task. */
  async resource(stream: string, counter: number): Promise<TaskResource> {
    const inspected = await this.existing(stream, counter);
    const element = inspected.state.elements.get(counter);
    // The live state knows an open task without reading its history.
    if (element?.task !== undefined) {
      const { assignee, owner, candidateGroups, candidateUsers } = element.task;
      return { kind: 'task', stream, startedBy: inspected.state.startedBy, candidateGroups, candidateUsers, ...(assignee !== undefined && { assignee }), ...(owner !== undefined && { owner }) };
    }
    const known = await this.#known(stream, counter);
    const holder = known.ended?.person ?? known.assignee;
    return {
      kind: 'task', stream, startedBy: inspected.state.startedBy, candidateGroups: known.created.candidateGroups ?? [],
      candidateUsers: known.created.candidateUsers ?? [], ...(holder !== undefined && { assignee: holder }),
    };
  }

  async detail(stream: string, counter: number, now: string): Promise<TaskDetail> {
    const { state, graph } = await this.existing(stream, counter);
    const known = await this.#known(stream, counter);
    const { created, ended } = known;
    const element = state.elements.get(counter);
    const owner = element?.task?.owner;
    // A migrated case may call the element otherwise than when the task began.
    const elementId = element?.elementId ?? created.elementId;
    const node = graph.nodes.get(elementId);
    const dueAt = created.dueAt ?? null;
    const variables = visibleVariables(state, element === undefined ? 0 : counter);
    return {
      id: taskId(stream, counter), stream, counter, elementId, name: elementName(graph, elementId),
      processId: state.processId, processName: this.#names.process(state.processId, state.version), version: state.version, businessKey: state.businessKey ?? null,
      startedBy: this.#names.person(state.startedBy),
      assignee: known.assignee === undefined ? null : this.#names.person(known.assignee),
      candidateGroups: (created.candidateGroups ?? []).map((id) => this.#names.group(id)),
      candidateUsers: (created.candidateUsers ?? []).map((id) => this.#names.person(id)),
      priority: created.priority, dueAt, overdue: ended === undefined && isOverdue(dueAt, now), followUpAt: created.followUpAt ?? null, createdAt: known.createdAt,
      ...(ended?.person !== undefined && { done: {
        person: this.#names.person(ended.person), outcome: ended.outcome ?? null, at: ended.at, returned: ended.returnedTo !== undefined,
        outcomeLabel: ended.returnedTo === undefined
          ? node?.userTask?.outcomes.find((outcome) => outcome.value === ended.outcome)?.label ?? ended.outcome ?? null
          : `Sent back to ${elementName(graph, ended.returnedTo)}`,
      } }),
      delegatedBy: owner === undefined ? null : this.#names.person(owner),
      ...(owner !== undefined && { delegated: { by: this.#names.person(owner), at: known.delegatedAt ?? known.createdAt } }),
      status: ended === undefined ? 'open' : ended.person === undefined ? 'canceled' : 'done',
      form: created.form ?? null,
      outcomes: (node?.userTask?.outcomes ?? []).map((outcome) => ({ ...outcome })),
      signature: toSign(node, variables),
      attachments: (node?.attachments ?? []).map(({ kind, required, accept = null, maxBytes = null }) => ({ kind, required, accept, maxBytes })),
      variables: variables as TaskDetail['variables'],
      returnTargets: element === undefined ? [] : returnTargets(state, graph, element),
    };
  }

  /** The form of a task: its id and where it was deployed; undefined when the task has none. */
  async form(stream: string, counter: number): Promise<TaskForm | undefined> {
    return this.formIn(await this.existing(stream, counter), counter);
  }

  formIn({ state, graph }: Inspected, counter: number): TaskForm | undefined {
    const element = state.elements.get(counter);
    const elementId = element?.elementId ?? state.done.get(counter)?.elementId;
    const form = element?.task?.form ?? (elementId === undefined ? undefined : graph.nodes.get(elementId)?.userTask?.form);
    if (form === undefined) return undefined;
    return { processId: state.processId, version: state.version, form, variables: visibleVariables(state, element === undefined ? 0 : counter) };
  }

  async inspect(stream: string): Promise<Inspected | undefined> {
    return this.#runtime.inspect(stream);
  }

  /** Throws HTTP_NOT_FOUND when there is no such case. */
  async existing(stream: string, counter: number): Promise<Inspected> {
    const inspected = await this.#runtime.inspect(stream);
    if (inspected === undefined) throw notFound(`task ${taskId(stream, counter)}`);
    return inspected;
  }

  async #known(stream: string, counter: number): Promise<Known> {
    let known: Known | undefined;
    for (const record of await this.#runtime.history(stream)) {
      for (const event of record.events as readonly InstanceEvent[]) {
        if (event.type === 'UserTaskCreated' && event.id === counter) known = { created: event, createdAt: record.at, assignee: event.assignee, delegatedAt: undefined, ended: undefined };
        else if (known !== undefined && 'id' in event && event.id === counter) known = after(known, event, record.at);
      }
    }
    if (known === undefined) throw notFound(`task ${taskId(stream, counter)}`);
    return known;
  }
}

function after(known: Known, event: InstanceEvent, at: string): Known {
  switch (event.type) {
    case 'UserTaskClaimed':
    case 'UserTaskAssigned': case 'UserTaskResolved': return { ...known, assignee: event.person };
    case 'UserTaskDelegated': return { ...known, assignee: event.person, delegatedAt: at };
    case 'UserTaskReleased': return { ...known, assignee: undefined };
    case 'UserTaskUpdated': return { ...known, created: { ...event, type: 'UserTaskCreated' }, ...((event.assignee !== undefined || event.withdrawn !== undefined) && { assignee: event.assignee }) };
    case 'UserTaskCompleted': return { ...known, ended: { at, person: event.person, outcome: event.outcome, returnedTo: undefined } };
    case 'UserTaskReturned': return { ...known, ended: { at, person: event.person, outcome: undefined, returnedTo: event.to } };
    case 'UserTaskCanceled': return { ...known, ended: { at, person: undefined, outcome: undefined, returnedTo: undefined } };
    default: return known;
  }
}

function toSign(node: FlowNode | undefined, variables: Variables): TaskDetail['signature'] {
  const signature = node?.userTask?.signature;
  if (signature === undefined) return null;
  const document = asDocument(variables[signature.document]);
  return { document: signature.document, reason: signature.reason, title: document?.title ?? null, sha256: document?.sha256 ?? null };
}

/** Earlier user tasks of the same scope, each once, the latest first. */
function returnTargets(state: InstanceState, graph: ProcessGraph, element: ElementInstance): { elementId: string; name: string }[] {
  const targets = new Map<string, string>();
  for (const done of [...state.done.values()].reverse()) {
    if (done.scope === element.scope && done.elementId !== element.elementId) targets.set(done.elementId, elementName(graph, done.elementId));
  }
  return [...targets].map(([elementId, name]) => ({ elementId, name }));
}
