/** Event-based gateway (BPMN 2.0.2, 13.4.4): waits for the first of the events behind it; the others are disarmed in the same decision. */
import type { Behaviour } from '../execution/decision.ts';
import { closeWaits } from '../execution/termination.ts';

export const eventBasedGateway: Behaviour = {
  activate(decision, node, self) {
    // A retry after one of several could not be armed starts with none armed.
    closeWaits(decision, self);
    for (const flow of node.outgoing) {
      const target = decision.node(flow.target);
      decision.behaviours[target.type].arm?.(decision, target, self);
    }
  },
};
