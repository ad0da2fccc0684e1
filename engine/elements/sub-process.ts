/** Embedded sub-process, event sub-process and transaction (BPMN 2.0.2, 10.3.5 and 13.3.4): a scope of its own; it completes when no token is left inside. */
import type { Behaviour } from '../execution/decision.ts';
import { armHandlers } from '../execution/scopes.ts';

export const subProcess: Behaviour = {
  activate(decision, node, self) {
    armHandlers(decision, node.eventSubProcesses, self);
    decision.follow(...node.starts.map((start) => ({ do: 'enter', elementId: start.id, scope: self.id }) as const));
  },
};
