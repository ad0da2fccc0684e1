/** Events (BPMN 2.0.2, 10.5 and 13.5): start, intermediate catch and throw, boundary, end. Their triggers are in event-definitions. */
import { arm } from '../event-definitions/catching.ts';
import { endScope } from '../event-definitions/ending.ts';
import { throwAll } from '../event-definitions/raising.ts';
import type { Behaviour } from '../execution/decision.ts';
import { createJob } from '../execution/jobs.ts';

/** Its trigger happened before the case or the event sub-process existed; that of an event sub-process is armed with the scope. */
export const startEvent: Behaviour = {
  activate(decision, _node, self) {
    decision.follow({ do: 'complete', id: self.id });
  },
  arm,
};

export const intermediateCatchEvent: Behaviour = {
  activate(decision, node, self) {
    // A link is caught where it is thrown to; nothing is waited for.
    if (node.event?.kind === 'link') decision.follow({ do: 'complete', id: self.id });
    else arm(decision, node, self);
  },
  arm,
};

export const intermediateThrowEvent: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    throwAll(decision, node, self);
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
