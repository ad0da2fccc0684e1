/**
 * Complex gateway (BPMN 2.0.2, 13.4.5): activated when its condition is true, then reset when its other tokens have come or can no
 * longer come. Conditions of its branches may read waitingForStart; a branch without a condition is taken when it is activated.
 */
import { chosenFlows, isTrue } from '../execution/choosing.ts';
import type { Behaviour } from '../execution/decision.ts';

export const complexGateway: Behaviour = {
  activate(decision, _node, self) {
    // A surplus token may activate it again as soon as it is reset.
    if (self.role?.kind === 'reset') decision.follow({ do: 'join', scope: self.scope }, { do: 'complete', id: self.id });
    else decision.follow({ do: 'complete', id: self.id });
  },
  leave(decision, node, self) {
    if (self.role?.kind === 'reset') {
      const chosen = node.outgoing.filter((flow) => flow.condition !== undefined && isTrue(decision, self.id, flow, { waitingForStart: false }));
      return chosen.length === 0 && node.defaultFlow ? [node.defaultFlow] : chosen;
    }
    return chosenFlows(decision, node, self.id, { waitingForStart: true });
  },
};
