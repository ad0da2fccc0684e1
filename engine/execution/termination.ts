/**
 * Cancelling what is active (BPMN 2.0.2, 13.3.2 "Terminated"): deepest first; a called case must answer, and the canceling listeners of a
 * task must have done their jobs, before it is gone, and only then does the interrupting path go on.
 */
import type { Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';

/** Withdraws everything `self` has outstanding outside; its own child case and members are not touched. */
export function closeWaits(decision: Decision, self: ElementInstance): void {
  if (self.waits === undefined) return;
  for (const id of [...self.waits]) closeWait(decision, id);
}

/** Disarms the event sub-processes of a scope; what is on its border stays. */
export function closeHandlers(decision: Decision, scope: ElementInstance): void {
  for (const id of [...(scope.waits ?? [])]) {
    const wait = decision.state.waits.get(id);
    if (wait && 'elementId' in wait && decision.node(wait.elementId).type === 'startEvent') closeWait(decision, id);
  }
}

/** Withdraws one thing that is outstanding. */
export function closeWait(decision: Decision, id: number): void {
  const wait = decision.state.waits.get(id);
  switch (wait?.kind) {
    case 'job': decision.record({ type: 'JobCanceled', id }); return;
    case 'timer': decision.record({ type: 'TimerCanceled', id }); return;
    case 'message': decision.record({ type: 'MessageUnsubscribed', id, to: wait.to }); return;
    case 'signal': decision.record({ type: 'SignalUnsubscribed', id, to: wait.to }); return;
    case 'condition': decision.record({ type: 'ConditionDisarmed', id }); return;
    case 'incident': decision.record({ type: 'IncidentCanceled', id }); return;
    case undefined: return;
  }
}

/** Does a terminate step. What has a called case stays, marked as terminating, until that case has ended. */
export function terminate(decision: Decision, step: Extract<Step, { do: 'terminate' }>): void {
  const { id, then, inside } = step;
  const root = decision.element(id);
  const doomed = insideOf(decision, root);
  if (inside) doomed.pop();
  if (inside) closeHandlers(decision, root);
  withdrawSteps(decision, doomed, id);
  const listening = doomed.filter((element) => listensToItsEnd(decision, element));
  for (const element of doomed) if (element.terminating?.inside !== false) withdraw(decision, element);
  if (inside && then.some((step) => step.do === 'enter' || step.do === 'undo')) withdrawTokens(decision, root);
  const held = [...doomed.filter((element) => element.child !== undefined), ...listening];
  const waiting = new Set<number>();
  for (const caller of held) {
    for (let up = caller; !waiting.has(up.id); up = decision.element(up.scope)) {
      waiting.add(up.id);
      if (up.id === id) break;
    }
  }
  const fresh = listening.filter((element) => element.terminating === undefined);
  for (const element of doomed) {
    const { elementId } = element;
    if (!waiting.has(element.id)) decision.record({ type: 'ElementTerminated', id: element.id, elementId });
    // What an inner interruption wanted to do next is void: the scope it would go on in is cancelled too.
    else if (element.id !== id && element.terminating?.then.length !== 0) decision.record({ type: 'ElementTerminating', id: element.id, elementId, then: [] });
  }
  if (held.length === 0) decision.follow(...then);
  else decision.record({ type: 'ElementTerminating', id, elementId: root.elementId, then, ...(inside && { inside }) });
  decision.follow(...fresh.map((element) => ({ do: 'listen', id: element.id, on: 'canceling', index: 0 }) as const));
}

/** A task somebody could have done ends behind its canceling listeners; one that waits for them already goes on waiting. */
function listensToItsEnd({ graph }: Decision, { elementId, task, terminating }: ElementInstance): boolean {
  return (task !== undefined || terminating !== undefined) && graph.nodes.get(elementId)?.listeners?.canceling !== undefined;
}

/** After a called case has answered, or the canceling listeners of a task have done their jobs: `element` is gone, and so is every scope around it that only waited for it. */
export function terminated(decision: Decision, element: ElementInstance): void {
  let self = element;
  while (self.terminating !== undefined && (self.members?.size ?? 0) === 0 && self.child === undefined) {
    const { terminating, scope, id } = self;
    if (!terminating.inside) {
      // A canceling listener that was done in the end may have left an incident.
      closeWaits(decision, self);
      decision.record({ type: 'ElementTerminated', id, elementId: self.elementId });
    }
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

/** What waits at joining gateways of a scope that an event sub-process or an undoing takes over. */
function withdrawTokens(decision: Decision, scope: ElementInstance): void {
  const { waiting, particulars, id } = scope;
  const anything = (waiting?.size ?? 0) > 0 || (particulars !== undefined && particulars.awaitsReset.size + particulars.runs.size > 0);
  if (anything) decision.record({ type: 'TokensWithdrawn', scope: id });
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
    if (step.do === 'end' || step.do === 'trigger' || (step.do === 'listen' && step.on === 'canceling')) return true;
    if (step.do === 'spawn') return step.id !== root && !gone.has(step.id);
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
