/**
 * An armed event happens (BPMN 2.0.2, 13.5.2 and 13.5.3): an intermediate event or receive task goes on, a boundary event
 * interrupts its activity or runs beside it, an event-based gateway takes the path of the first event.
 */
import type { Decision } from '../execution/decision.ts';
import { finish } from '../execution/lifecycle.ts';
import { closeWaits } from '../execution/termination.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';

/** The event `elementId`, armed on behalf of `host`, has happened and brought `variables`. */
export function fire(decision: Decision, elementId: string, host: ElementInstance, variables: Variables): void {
  if (host.elementId === elementId) {
    finish(decision, host, variables);
    return;
  }
  const event = decision.node(elementId);
  const enter = { do: 'enter', elementId, scope: host.scope, fired: variables } as const;
  if (event.type === 'boundaryEvent') {
    if (event.interrupting) decision.follow({ do: 'terminate', id: host.id, then: [enter] });
    else decision.follow(enter);
    return;
  }
  closeWaits(decision, host);
  decision.record({ type: 'ElementCompleted', id: host.id, elementId: host.elementId });
  const flow = decision.node(host.elementId).outgoing.find(({ target }) => target === elementId);
  if (flow) decision.record({ type: 'SequenceFlowTaken', flowId: flow.id, scope: host.scope });
  decision.follow(enter);
}
