/**
 * Send task (BPMN 2.0.2, 10.3.3 and 13.3.3): publishes its message and completes. With a job as well, the worker first brings what
 * is to be sent (a sealed envelope), then the message is published with it; with a job alone the worker sends.
 */
import { EngineError } from '../errors.ts';
import { publication, publish } from '../event-definitions/message.ts';
import type { Behaviour } from '../execution/decision.ts';
import { createJob } from '../execution/jobs.ts';
import { takesInputs } from '../execution/results.ts';

export const sendTask: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    if (!node.message) throw new EngineError(`Expected send task ${node.id} to have a message, but the graph has none`);
    publish(decision, node.id, node.message, self, takesInputs(node));
    decision.follow({ do: 'complete', id: self.id });
  },

  last(decision, node, self) {
    return node.job && node.message ? publication(decision, node.id, node.message, self, takesInputs(node) || node.outputs.length > 0) : undefined;
  },
};
