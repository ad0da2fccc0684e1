/** Script task (BPMN 2.0.2, 10.3.3): a FEEL expression evaluated here, or a job for a worker that knows another language. */
import { EngineError } from '../errors.ts';
import type { Behaviour } from '../execution/decision.ts';
import { finish } from '../execution/results.ts';
import { ensureRoom } from '../execution/room.ts';
import { evaluate } from '../execution/variables.ts';
import { createJob } from '../execution/jobs.ts';

export const scriptTask: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    if (!node.script) throw new EngineError(`Expected script task ${node.id} to have a script, but the graph has none`);
    const value = evaluate(decision, self.id, node.script.expression, `the script of ${node.id}`);
    const result = { [node.script.resultVariable]: value };
    ensureRoom(decision, self.id, result, `the script of ${node.id}`);
    finish(decision, self, result);
  },
};
