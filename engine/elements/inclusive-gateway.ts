/** Inclusive gateway (BPMN 2.0.2, 13.4.3): every branch whose condition is true, else the default; the waiting is in execution/joins. */
import { chosenFlows } from '../execution/choosing.ts';
import type { Behaviour } from '../execution/decision.ts';

export const inclusiveGateway: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
  leave(decision, node, self) {
    return node.outgoing.length <= 1 && node.outgoing[0]?.condition === undefined ? node.outgoing : chosenFlows(decision, node, self.id);
  },
};
