/**
 * Compensation (BPMN 2.0.2, 10.7 and 13.5.5): what has completed is undone, one handler after the other in the reverse order of
 * completion; a sub-process without a handler of its own by undoing what completed inside it. A handler reads the data as it was.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import type { Step } from '../events.ts';
import type { Compensable, ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';

/** `self` is about to complete: records that it can be undone, when it can. */
export function remember(decision: Decision, node: FlowNode, self: ElementInstance): void {
  const inner = self.particulars?.compensable !== undefined;
  const own = self.role?.kind !== 'body' && (node.compensation !== undefined || undoerOf(node) !== undefined || self.particulars?.called !== undefined);
  if (inner || own) decision.record({ type: 'CompensationSubscribed', id: self.id, elementId: node.id });
}

/** Does an undo step: begins with what completed last. */
export function undo(decision: Decision, step: Extract<Step, { do: 'undo' }>): void {
  const { scope, activity, then } = step;
  const completed = decision.element(scope).particulars?.compensable;
  const chosen = activity === undefined ? completed?.entries.keys() : completed?.byElement.get(activity)?.keys();
  if (chosen === undefined) {
    decision.follow(...alive(decision, then));
    return;
  }
  const run = decision.nextId();
  decision.record({ type: 'CompensationStarted', id: run, scope, entries: [...chosen].reverse(), then });
  decision.follow({ do: 'compensate', scope, run });
}

/** Does a compensate step: the next handler, or what comes after the last. */
export function compensate(decision: Decision, scope: number, run: number): void {
  const known = decision.element(scope).particulars?.runs.get(run);
  if (!known) return;
  const entry = known.queue.at(-1);
  if (!entry) {
    decision.record({ type: 'CompensationEnded', id: run, scope });
    decision.follow(...alive(decision, known.then));
    return;
  }
  const handler = handlerOf(decision, entry);
  if (handler) {
    decision.follow({ do: 'enter', elementId: handler.id, scope, role: { kind: 'undo', run, of: entry.id } });
    return;
  }
  if (entry.called !== undefined) {
    // It goes on when the called case has answered.
    decision.record({ type: 'ChildCompensationRequested', id: run, scope, of: entry.id, childStream: entry.called });
    return;
  }
  decision.record({ type: 'CompensationOpened', id: run, scope, of: entry.id });
  decision.follow({ do: 'compensate', scope, run });
}

/** What follows when a handler was interrupted on its border: the others undo what they undo all the same. */
export function undoOn({ scope, role }: ElementInstance): readonly Step[] {
  return role?.kind === 'undo' ? [{ do: 'compensate', scope, run: role.run }] : [];
}

/** The steps that undo for a throw event in `scope`: inside an event sub-process also what the scope around it has completed. */
export function undoFrom(decision: Decision, scope: number, activity: string | undefined, then: readonly Step[]): Step {
  const self = decision.element(scope);
  const around = self.role?.kind === 'handler' ? [{ do: 'undo', scope: self.scope, ...(activity !== undefined && { activity }), then } as const] : then;
  return { do: 'undo', scope, ...(activity !== undefined && { activity }), then: around };
}

function handlerOf(decision: Decision, { elementId, body }: Compensable): FlowNode | undefined {
  if (body) return undefined;
  const node = decision.node(elementId);
  return node.compensation ?? undoerOf(node);
}

/** The event sub-process by which a sub-process undoes itself. */
function undoerOf(node: FlowNode): FlowNode | undefined {
  return node.eventSubProcesses.find(({ starts }) => starts[0]?.event?.kind === 'compensate');
}

/** Who asked for it may be gone by now. */
function alive(decision: Decision, steps: readonly Step[]): readonly Step[] {
  return steps.filter((step) => {
    const id = 'scope' in step ? step.scope : 'id' in step ? step.id : 0;
    return decision.state.elements.has(id);
  });
}
