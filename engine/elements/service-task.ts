/** Service task (BPMN 2.0.2, 10.3.3 and 13.3.3): a job for a worker; the engine never does the work itself. */
import { EngineError } from '../errors.ts';
import type { Behaviour } from '../execution/decision.ts';
import { createJob } from '../execution/jobs.ts';

export const serviceTask: Behaviour = {
  activate(decision, node, self) {
    if (!node.job) throw new EngineError(`Expected service task ${node.id} to have a job, but the graph has none`);
    createJob(decision, node.job, self);
  },
};
