/** Exclusive gateway (BPMN 2.0.2, 13.4.2): conditions in the order of the sequence flows, the first true one wins, else the default. */
import { isTrue, refuseUndecided } from '../execution/choosing.ts';
import type { Behaviour } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { missingVariables } from '../execution/variables.ts';

export const exclusiveGateway: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
  leave(decision, node, self) {
    if (node.outgoing.length <= 1 && node.outgoing[0]?.condition === undefined) return node.outgoing;
    for (const flow of node.outgoing) {
      if (flow !== node.defaultFlow && isTrue(decision, self.id, flow)) return [flow];
    }
    if (node.defaultFlow) {
      for (const flow of node.outgoing) refuseUndecided(decision, self.id, flow);
      return [node.defaultFlow];
    }
    const missing = missingVariables(decision, self.id, node.outgoing.flatMap(({ condition }) => condition ?? []));
    throw new Stuck('INCIDENT_NO_FLOW', { element: node.id, why: missing === '' ? '' : `: ${missing}` });
  },
};
