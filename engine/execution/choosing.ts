/**
 * Which sequence flows a token leaves by where conditions choose (BPMN 2.0.2, 8.4.13, 13.3.2 and 13.4.3): every flow whose condition
 * is true and every one without a condition; the default flow when no condition is true. A condition that is neither true nor
 * false stops the case: a missing variable must not choose the way, nor may a null that a decision answered.
 */
import type { FlowNode, SequenceFlow } from '../bpmn/graph.ts';
import type { Json } from '../facts.ts';
import type { Decision } from './decision.ts';
import { Stuck } from './errors.ts';
import { describe, evaluateOver, isUndecided, missingNames, missingVariables } from './variables.ts';

const NO_NAMES: Readonly<Record<string, Json>> = {};

/** All flows that are chosen; Stuck when none is and there is no default. `made`: names that are known besides the variables. */
export function chosenFlows(decision: Decision, node: FlowNode, scope: number, made: Readonly<Record<string, Json>> = NO_NAMES): readonly SequenceFlow[] {
  const flows = node.outgoing.filter((flow) => flow !== node.defaultFlow);
  const chosen = flows.filter((flow) => isTrue(decision, scope, flow, made));
  // The default flow stands for the conditions only: what is unconditional is taken either way.
  if (node.defaultFlow && !chosen.some((flow) => flow.condition !== undefined)) {
    for (const flow of flows) refuseUndecided(decision, scope, flow);
    chosen.push(node.defaultFlow);
  }
  if (chosen.length === 0 && node.outgoing.length > 0) {
    const missing = missingVariables(decision, scope, node.outgoing.flatMap(({ condition }) => condition ?? []));
    throw new Stuck('INCIDENT_NO_FLOW', { element: node.id, why: missing === '' ? '' : `: ${missing}` });
  }
  return chosen;
}

/** `null = "head"` is false in FEEL; but a decision that found no answer must not choose the default. */
export function refuseUndecided(decision: Decision, scope: number, { id, condition }: SequenceFlow): void {
  if (!condition || !isUndecided(decision, scope, condition)) return;
  throw new Stuck('INCIDENT_CONDITION_NULL', { source: condition.source, flow: id, names: missingNames(decision, scope, condition) });
}

export function isTrue(decision: Decision, scope: number, flow: SequenceFlow, made: Readonly<Record<string, Json>> = NO_NAMES): boolean {
  if (!flow.condition) return true;
  const value = evaluateOver(decision, scope, made, flow.condition, `the condition of ${flow.id}`);
  if (typeof value === 'boolean') return value;
  const { source } = flow.condition;
  if (value === null) throw new Stuck('INCIDENT_CONDITION_NULL', { source, flow: flow.id, names: missingNames(decision, scope, flow.condition) });
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the condition of ${flow.id}`, wanted: 'true or false', source, got: describe(value) });
}
