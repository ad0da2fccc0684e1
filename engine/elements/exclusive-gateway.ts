/**
 * Exclusive gateway (BPMN 2.0.2, 13.4.2): conditions in the order of the sequence flows, the first true one wins, else the
 * default. A condition that is neither true nor false stops the case: a missing variable must not choose the way, nor may a null
 * that a decision answered.
 */
import type { SequenceFlow } from '../bpmn/graph.ts';
import type { Behaviour } from '../execution/decision.ts';
import type { Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { describe, evaluate, isUndecided, missingNames, missingVariables } from '../execution/variables.ts';

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

/** `null = "head"` is false in FEEL; but a decision that found no answer must not choose the default. */
function refuseUndecided(decision: Decision, scope: number, { id, condition }: SequenceFlow): void {
  if (!condition || !isUndecided(decision, scope, condition)) return;
  throw new Stuck('INCIDENT_CONDITION_NULL', { source: condition.source, flow: id, names: missingNames(decision, scope, condition) });
}

function isTrue(decision: Decision, scope: number, flow: SequenceFlow): boolean {
  if (!flow.condition) return true;
  const value = evaluate(decision, scope, flow.condition, `the condition of ${flow.id}`);
  if (typeof value === 'boolean') return value;
  const { source } = flow.condition;
  if (value === null) throw new Stuck('INCIDENT_CONDITION_NULL', { source, flow: flow.id, names: missingNames(decision, scope, flow.condition) });
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the condition of ${flow.id}`, wanted: 'true or false', source, got: describe(value) });
}
