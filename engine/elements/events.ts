/** Events (BPMN 2.0.2, 10.5 and 13.5): start, intermediate catch and throw, boundary, end. Their triggers are in event-definitions. */
import { arm } from '../event-definitions/catching.ts';
import { endScope } from '../event-definitions/ending.ts';
import { publish } from '../event-definitions/message.ts';
import type { Behaviour } from '../execution/decision.ts';
import { createJob } from '../execution/jobs.ts';

/** Its trigger happened before the case existed. */
export const startEvent: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
};

export const intermediateCatchEvent: Behaviour = {
  activate(decision, node, self) {
    arm(decision, node, self);
  },
  arm,
};

export const intermediateThrowEvent: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    if (node.event?.kind === 'message') publish(decision, node.id, node.event.message, self, node.inputs.length > 0);
    decision.follow({ do: 'complete', id: self.id });
  },
};

/** Entered only when it has fired, so that nothing is left to do; armed with its activity. */
export const boundaryEvent: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
  arm,
};

export const endEvent: Behaviour = {
  activate(decision, node, self) {
    intermediateThrowEvent.activate(decision, node, self);
  },
  end: endScope,
};
