/**
 * An armed event happens (BPMN 2.0.2, 13.5.2 to 13.5.4): an intermediate event or receive task goes on, a boundary event interrupts
 * its activity or runs beside it, an event-based gateway takes the path of the first event, an event sub-process is started.
 */
import type { FlowNode } from '../bpmn/graph.ts';
import { undoOn } from '../execution/compensation.ts';
import type { Decision } from '../execution/decision.ts';
import { finish } from '../execution/results.ts';
import { closeWaits } from '../execution/termination.ts';
import { handle } from '../execution/throwing.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import { arm, staysArmed } from './catching.ts';

/** A trigger of event `elementId`, armed on behalf of `host`, has happened and brought `variables`; `part`: its place among several. */
export function happen(decision: Decision, elementId: string, host: ElementInstance, part: number | undefined, variables: Variables): void {
  const event = decision.node(elementId);
  if (part === undefined || event.event?.kind !== 'multiple' || !event.event.parallel) {
    fire(decision, event, host, variables);
    return;
  }
  const before = host.particulars?.happened.get(elementId);
  const all = (before?.parts.length ?? 0) + 1 >= event.event.definitions.length;
  decision.record({ type: 'TriggerHappened', element: host.id, elementId, part, variables, ...(all && { all }) });
  if (!all) return;
  // All together it can happen again.
  if (!event.interrupting && event.type !== 'intermediateCatchEvent') arm(decision, event, host);
  fire(decision, event, host, { ...before?.variables, ...variables });
}

/** The armed condition `id` has become true; it may have been disarmed in the meantime. */
export function conditionHappens(decision: Decision, id: number): void {
  const wait = decision.state.waits.get(id);
  if (wait?.kind !== 'condition') return;
  const event = decision.node(wait.elementId);
  const open = staysArmed(event);
  decision.record({ type: 'ConditionTriggered', id, elementId: event.id, ...(open && { open }) });
  happen(decision, event.id, decision.element(wait.element), wait.part, {});
}

function fire(decision: Decision, event: FlowNode, host: ElementInstance, variables: Variables): void {
  if (host.elementId === event.id) {
    finish(decision, host, variables);
    return;
  }
  if (event.type === 'startEvent') {
    decision.follow(handle(event, host.id, variables));
    return;
  }
  const enter = { do: 'enter', elementId: event.id, scope: host.scope, fired: variables } as const;
  if (event.type === 'boundaryEvent') {
    if (event.interrupting) decision.follow({ do: 'terminate', id: host.id, then: [enter, ...undoOn(host)] });
    else decision.follow(enter);
    return;
  }
  closeWaits(decision, host);
  decision.record({ type: 'ElementCompleted', id: host.id, elementId: host.elementId });
  const flow = decision.node(host.elementId).outgoing.find(({ target }) => target === event.id);
  if (flow) decision.record({ type: 'SequenceFlowTaken', flowId: flow.id, scope: host.scope });
  decision.follow(enter);
}
