/** Where a case is now, in words, and the outline of its steps in the order of the flow. */
import type { ElementInstance, FlowNode, FlowNodeType, InstanceEvent, InstanceState, ProcessGraph, Wait } from '../../engine/index.ts';
import type { OutlineStep, Place } from '../../desk/case.ts';
import type { Directory } from '../ports/directory.ts';
import type { CaseResource } from '../http/contract/rules.ts';
import type { DecodedRecord } from '../runtime/types.ts';

type WaitOf<K extends Wait['kind']> = Extract<Wait, { readonly kind: K }>;

/** Every place the case waits at; incidents first. `reader`: whose tasks become links. */
export function placesOf(state: InstanceState, graph: ProcessGraph, directory: Directory, mayOpen: (element: ElementInstance) => boolean): Place[] {
  const places: Place[] = [];
  for (const element of state.elements.values()) {
    const node = graph.nodes.get(element.elementId);
    if (node === undefined) continue;
    const waits = [...state.waits.values()].filter((wait) => wait.element === element.id);
    const place = element.task === undefined ? systemPlace(node, element, waits) : taskPlace(node, element, state, directory, mayOpen);
    const incident = waits.find((wait): wait is WaitOf<'incident'> => wait.kind === 'incident');
    if (incident !== undefined) places.unshift({ text: `“${nameOf(node)}” cannot go on`, with: `An administrator has to look at it: ${incident.message}`, dueAt: undefined, until: undefined, href: undefined, trouble: true });
    else if (place !== undefined) places.push(place);
  }
  return places;
}

function taskPlace(node: FlowNode, element: ElementInstance, state: InstanceState, directory: Directory, mayOpen: (element: ElementInstance) => boolean): Place {
  const task = element.task!;
  const names = [...task.candidateGroups.map((id) => directory.groupTitle(id)), ...task.candidateUsers.map((id) => directory.person(id)?.name ?? id)];
  return {
    text: nameOf(node), dueAt: task.dueAt, until: undefined, trouble: false,
    with: task.assignee === undefined ? `Waits for ${names.length === 0 ? 'anybody' : names.join(', ')}; nobody holds it yet` : `With ${directory.person(task.assignee)?.name ?? task.assignee}`,
    href: mayOpen(element) ? `/tasks/${state.stream}/${String(element.id)}` : undefined,
  };
}

/** What waits without a person: a timer, a message, a job, another case. */
function systemPlace(node: FlowNode, element: ElementInstance, waits: readonly Wait[]): Place | undefined {
  const place = (text: string, until?: string): Place => ({ text: nameOf(node), with: text, dueAt: undefined, until, href: undefined, trouble: false });
  const timer = waits.find((wait): wait is WaitOf<'timer'> => wait.kind === 'timer');
  if (element.child !== undefined) return place('Runs as a case of its own');
  if (waits.some((wait) => wait.kind === 'job')) return place('Is being done by the system');
  if (node.adHoc !== undefined && (element.members?.size ?? 0) === 0) return place('Waits until a manager chooses what is done next');
  if (SCOPES.includes(node.type)) return undefined;
  if (waits.some((wait) => wait.kind === 'message')) return place(timer === undefined ? 'Waits for a message' : 'Waits for a message, at the latest until', timer?.dueAt);
  if (waits.some((wait) => wait.kind === 'signal')) return place(timer === undefined ? 'Waits for a signal' : 'Waits for a signal, at the latest until', timer?.dueAt);
  if (waits.some((wait) => wait.kind === 'condition')) return place(timer === undefined ? 'Waits until a condition is true' : 'Waits for a condition, at the latest until', timer?.dueAt);
  return timer === undefined ? undefined : place('Waits until', timer.dueAt);
}

const SHOWN: readonly FlowNodeType[] = ['task', 'userTask', 'serviceTask', 'sendTask', 'receiveTask', 'manualTask', 'businessRuleTask', 'callActivity', 'subProcess', 'transaction', 'adHocSubProcess'];
/** What waits inside them is told of what is inside. */
const SCOPES: readonly FlowNodeType[] = ['subProcess', 'transaction', 'adHocSubProcess'];

/** The activities of the model in the order of the flow, with how often each was done. Steps of the system itself (scripts) are left out. */
export function outlineOf(state: InstanceState, graph: ProcessGraph, records: readonly DecodedRecord[], directory: Directory): OutlineStep[] {
  const done = new Map<string, number>();
  for (const record of records) {
    for (const event of record.events as readonly InstanceEvent[]) {
      if (event.type === 'ElementCompleted') done.set(event.elementId, (done.get(event.elementId) ?? 0) + 1);
    }
  }
  const current = new Set([...state.elements.values()].map((element) => element.elementId));
  return inOrder([...graph.starts, ...graph.instantiating.map(({ node }) => node)], graph, 0).map(({ node, depth }) => {
    const times = done.get(node.id) ?? 0;
    const stepState = current.has(node.id) ? 'current' : times > 0 ? 'done' : 'ahead';
    return { name: nameOf(node), depth, times, state: stepState, by: node.laneGroup === undefined ? undefined : directory.groupTitle(node.laneGroup) };
  });
}

function inOrder(starts: readonly FlowNode[], graph: ProcessGraph, depth: number): { readonly node: FlowNode; readonly depth: number }[] {
  const found: { readonly node: FlowNode; readonly depth: number }[] = [];
  const seen = new Set<string>();
  const queue: (FlowNode | undefined)[] = [...starts];
  while (queue.length > 0) {
    const node = queue.shift();
    if (node === undefined || seen.has(node.id)) continue;
    seen.add(node.id);
    if (SHOWN.includes(node.type)) found.push({ node, depth });
    if (node.type === 'subProcess') found.push(...inOrder(node.starts, graph, depth + 1));
    for (const from of [node, ...node.boundaryEvents]) queue.push(...from.outgoing.map((flow) => graph.nodes.get(flow.target)));
  }
  return found;
}

function nameOf(node: FlowNode): string {
  return node.name || node.id;
}

/** Who has to do with a case: what the rules read-case and read-case-content ask for. */
export function caseResource(state: InstanceState, records: readonly DecodedRecord[]): CaseResource {
  const people = new Set<string>();
  const groups = new Set<string>();
  for (const event of records.flatMap((record) => record.events as readonly InstanceEvent[])) {
    if (event.type === 'UserTaskCreated' || event.type === 'UserTaskUpdated') {
      for (const group of event.candidateGroups ?? []) groups.add(group);
      for (const person of [...(event.candidateUsers ?? []), ...(event.assignee === undefined ? [] : [event.assignee])]) people.add(person);
    } else if (event.type === 'UserTaskClaimed' || event.type === 'UserTaskAssigned' || event.type === 'UserTaskDelegated' || event.type === 'UserTaskCompleted') people.add(event.person);
  }
  return { kind: 'case', stream: state.stream, startedBy: state.startedBy, people: [...people], groups: [...groups] };
}
