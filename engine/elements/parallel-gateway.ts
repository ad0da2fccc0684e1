/** Parallel gateway (BPMN 2.0.2, 13.4.1): one token from each incoming flow in, one on each outgoing flow out; the waiting is in execution/joins. */
import type { Behaviour } from '../execution/decision.ts';

export const parallelGateway: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
};
