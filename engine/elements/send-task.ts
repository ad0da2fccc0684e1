/** Send task (BPMN 2.0.2, 10.3.3 and 13.3.3): publishes its message, or is done by a worker, and completes. */
import { EngineError } from '../errors.ts';
import { publish } from '../event-definitions/message.ts';
import type { Behaviour } from '../execution/decision.ts';
import { createJob } from '../execution/jobs.ts';

export const sendTask: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    if (!node.message) throw new EngineError(`Expected send task ${node.id} to have a message, but the graph has none`);
    publish(decision, node.id, node.message, self, node.inputs.length > 0);
    decision.follow({ do: 'complete', id: self.id });
  },
};
