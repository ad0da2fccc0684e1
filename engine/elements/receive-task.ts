/** Receive task (BPMN 2.0.2, 10.3.3 and 13.3.3): waits for its message. */
import { arm } from '../event-definitions/catching.ts';
import type { Behaviour } from '../execution/decision.ts';

export const receiveTask: Behaviour = {
  activate(decision, node, self) {
    arm(decision, node, self);
  },
  arm,
};
