/**
 * What a migration compares the target with (not in BPMN): what the version the case is in says of each flow node, and from the log
 * since when what is active in the case has been. Plain data, so that a plan is decided without the old graph and without a clock.
 */
import type { FlowNode, ProcessGraph } from '../bpmn/graph.ts';
import type { MigrationBasis, NodeBasis, TaskPart } from '../commands.ts';
import type { InstanceEvent } from '../events.ts';

/** Of a case of `graph`; `history`: its records, oldest first, `at` ISO 8601 UTC instants. */
export function migrationBasis({ nodes }: ProcessGraph, history: Iterable<{ readonly at: string; readonly events: readonly InstanceEvent[] }>): MigrationBasis {
  const since: Record<number, string> = {};
  for (const { at, events } of history) for (const event of events) note(since, event, at);
  return { nodes: Object.fromEntries([...nodes.values()].map((node) => [node.id, basisOf(node)])), since };
}

function note(since: Record<number, string>, event: InstanceEvent, at: string): void {
  switch (event.type) {
    case 'InstanceStarted': since[0] = at; return;
    case 'ElementActivated': since[event.id] = at; return;
    // A timer that was counted from another moment says so: it is counted from there again.
    case 'TimerScheduled': since[event.id] = event.armedAt ?? at; return;
    case 'ElementCompleted': case 'ElementTerminated': case 'LoopCompleted': case 'TimerFired': case 'TimerCanceled':
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- counters of the engine, not names from outside
      delete since[event.id];
      return;
    default:
  }
}

/** What `elementId` is called in the target. */
export function renamed(mapping: Readonly<Record<string, string>> | undefined, elementId: string): string {
  return own(mapping ?? {}, elementId) ?? elementId;
}

/** An id may be called like something every object has. */
export function own<T>(record: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(record, id) ? record[id] : undefined;
}

/** What two versions of a node are compared by. */
export function basisOf(node: FlowNode): NodeBasis {
  return { type: node.type, trigger: triggerOf(node), ...(node.userTask && { task: taskTexts(node) }) };
}

/** What the event waits for outside, as a text; empty when it waits for nothing there: errors and the like are thrown to it. */
function triggerOf({ event, message, interrupting }: FlowNode): string {
  if (message !== undefined) return textOf(message);
  const kinds = event?.kind === 'multiple' ? event.definitions.map(({ kind }) => kind) : [event?.kind];
  return kinds.some((kind) => kind !== undefined && AWAITED.has(kind)) ? textOf([interrupting, event]) : '';
}

const AWAITED: ReadonlySet<string> = new Set(['timer', 'message', 'signal', 'conditional']);

function taskTexts({ userTask, laneGroup }: FlowNode): Readonly<Record<TaskPart, string>> {
  const { assignee, candidateGroups, candidateUsers, dueDate, sla, followUpDate, priority, form, notSameAs, fourEyes } = userTask ?? {};
  return {
    offered: textOf([assignee, candidateGroups, candidateUsers, laneGroup]), due: textOf([dueDate, sla]), followUp: textOf([followUpDate]),
    priority: textOf([priority]), form: textOf([form]), separation: textOf([notSameAs, fourEyes]),
  };
}

/** Expressions are compared as they are written, not as they are compiled. */
function textOf(part: unknown): string {
  return JSON.stringify(part, (key, value: unknown) => (key === 'feel' ? undefined : value));
}
