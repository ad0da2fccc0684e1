/**
 * Cancelling what is active (BPMN 2.0.2, 13.3.2 "Terminated"): deepest first; a called case must answer before what called it is
 * gone, and only then does the interrupting path go on.
 */
import type { Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';

/** Withdraws everything `self` has outstanding outside; its own child case and members are not touched. */
export function closeWaits(decision: Decision, self: ElementInstance): void {
  for (const id of [...(self.waits ?? [])]) {
    const wait = decision.state.waits.get(id);
    if (wait?.kind === 'job') decision.record({ type: 'JobCanceled', id });
    else if (wait?.kind === 'timer') decision.record({ type: 'TimerCanceled', id });
    else if (wait?.kind === 'message') decision.record({ type: 'MessageUnsubscribed', id, to: wait.to });
    else if (wait?.kind === 'incident') decision.record({ type: 'IncidentCanceled', id });
  }
}

/** Does a terminate step. What has a called case stays, marked as terminating, until that case has ended. */
export function terminate(decision: Decision, step: Extract<Step, { do: 'terminate' }>): void {
  const { id, then, inside } = step;
  const root = decision.element(id);
  const doomed = insideOf(decision, root);
  if (inside) doomed.pop();
  withdrawSteps(decision, doomed, id);
  for (const element of doomed) if (element.terminating?.inside !== false) withdraw(decision, element);
  const called = doomed.filter((element) => element.child !== undefined);
  const waiting = new Set<number>();
  for (const caller of called) {
    for (let up = caller; !waiting.has(up.id); up = decision.element(up.scope)) {
      waiting.add(up.id);
      if (up.id === id) break;
    }
  }
  for (const element of doomed) {
    const { elementId } = element;
    if (!waiting.has(element.id)) decision.record({ type: 'ElementTerminated', id: element.id, elementId });
    // What an inner interruption wanted to do next is void: the scope it would go on in is cancelled too.
    else if (element.id !== id && element.terminating?.then.length !== 0) decision.record({ type: 'ElementTerminating', id: element.id, elementId, then: [] });
  }
  if (called.length === 0) decision.follow(...then);
  else decision.record({ type: 'ElementTerminating', id, elementId: root.elementId, then, ...(inside && { inside }) });
}

/** After a called case has answered: `element` is gone, and so is every scope around it that only waited for it. */
export function terminated(decision: Decision, element: ElementInstance): void {
  let self = element;
  while (self.terminating !== undefined && (self.members?.size ?? 0) === 0 && self.child === undefined) {
    const { terminating, scope, id } = self;
    if (!terminating.inside) decision.record({ type: 'ElementTerminated', id, elementId: self.elementId });
    decision.follow(...terminating.then);
    if (terminating.inside) return;
    self = decision.element(scope);
  }
}

/** True while `element` or a scope around it is being cancelled: it takes no more commands. */
export function isTerminating(decision: Decision, element: ElementInstance): boolean {
  for (let self = element; ; self = decision.element(self.scope)) {
    if (self.terminating !== undefined) return true;
    if (self.id === 0) return false;
  }
}

function withdraw(decision: Decision, element: ElementInstance): void {
  closeWaits(decision, element);
  if (element.task) decision.record({ type: 'UserTaskCanceled', id: element.id });
  if (element.child !== undefined) decision.record({ type: 'ChildTerminationRequested', id: element.id, childStream: element.child });
}

/** Tokens on their way inside, or into, what is cancelled are gone with it. */
function withdrawSteps(decision: Decision, doomed: readonly ElementInstance[], root: number): void {
  if (decision.steps.length === 0) return;
  const gone = new Set(doomed.map(({ id }) => id));
  const left = decision.steps.filter((step) => {
    if (step.do === 'end') return true;
    return 'scope' in step ? step.scope !== root && !gone.has(step.scope) : !gone.has(step.id);
  });
  decision.steps.splice(0, decision.steps.length, ...left);
}

/** `root` and everything inside it, the innermost first. */
function insideOf(decision: Decision, root: ElementInstance): ElementInstance[] {
  const found: ElementInstance[] = [root];
  for (let index = 0; index < found.length; index += 1) {
    for (const member of found[index]?.members ?? []) found.push(decision.element(member));
  }
  return found.reverse();
}
