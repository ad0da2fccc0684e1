/**
 * Business rule task (BPMN 2.0.2, 10.3.3): a decision evaluated here, or a job for a worker that has its rules elsewhere. The
 * history keeps which version of the decision it was, on which inputs, and which rules fired, so that it can be explained years later.
 */
import type { CalledDecision, FlowNode } from '../bpmn/graph.ts';
import { evaluateDecision } from '../dmn/evaluate.ts';
import type { DecisionResult } from '../dmn/model.ts';
import { asReason, EngineError } from '../errors.ts';
import { approximateBytes } from '../events.ts';
import type { DecisionEvaluated } from '../events.ts';
import type { Behaviour, Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { ensureRoom } from '../execution/room.ts';
import { createJob } from '../execution/jobs.ts';
import { finish } from '../execution/results.ts';
import { clockOf, evaluateText, visibleVariables } from '../execution/variables.ts';
import type { DeployedDecision, Json } from '../facts.ts';
import { FeelError } from '../feel/errors.ts';
import type { ElementInstance } from '../state.ts';

export const businessRuleTask: Behaviour = {
  activate(decision, node, self) {
    if (node.job) { createJob(decision, node.job, self); return; }
    if (!node.calledDecision) throw new EngineError(`Expected business rule task ${node.id} to call a decision, but the graph names none`);
    const called = calledBy(decision, node, self, node.calledDecision);
    const event = evaluated(decision, node, self, called);
    const result = { [node.calledDecision.resultVariable]: event.value };
    ensureRoom(decision, self.id, result, `the answer of ${called.name}`);
    decision.record(event);
    finish(decision, self, result);
  },
};

function calledBy(decision: Decision, node: FlowNode, self: ElementInstance, { decisionId, binding, versionTag = '' }: CalledDecision): DeployedDecision {
  const id = evaluateText(decision, self.id, decisionId, `the decision called by ${node.id}`);
  const { decisions } = decision.facts;
  const called = id === undefined ? undefined : binding === 'versionTag' ? own(own(decisions?.tagged, id), versionTag) : own(decisions?.[binding], id);
  if (called) return called;
  throw new Stuck('INCIDENT_CALLED_DECISION_UNKNOWN', { decision: id ?? `(null from ${decisionId.source})`, element: node.id, where: binding === 'latest' ? 'deployed' : binding === 'deployment' ? 'deployed together with the process' : `deployed with the version tag ${versionTag}` });
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function evaluated(decision: Decision, node: FlowNode, self: ElementInstance, called: DeployedDecision): DecisionEvaluated {
  const { decisionId, name, version, hash } = called;
  const { value, inputs, decisions, fired, notes } = resultOf(decision, node, self, called);
  const reasons = notes.map(({ element, code, message }) => ({ element, code, message }));
  const event = {
    type: 'DecisionEvaluated', id: self.id, elementId: node.id, decisionId, name, version, hash, inputs, value, decisions, fired, ...(reasons.length > 0 && { notes: reasons }),
  } as DecisionEvaluated;
  const size = approximateBytes(event as unknown as Json);
  const limit = decision.facts.limits.variableBytes;
  if (size <= limit) return event;
  throw new Stuck('INCIDENT_DECISION_STOPPED', { decision: name, version, element: node.id, reason: `its answer takes about ${String(size)} bytes, more than ${String(limit)}` });
}

function resultOf(decision: Decision, node: FlowNode, self: ElementInstance, { decisionId, name, version, model }: DeployedDecision): DecisionResult {
  try {
    return evaluateDecision(model, decisionId, visibleVariables(decision.state, self.id), clockOf(decision), decision.facts.limits.decisionSteps);
  } catch (error) {
    if (error instanceof FeelError) {
      const reason = reasonOf(error, decision.facts.limits.decisionSteps);
      throw new Stuck('INCIDENT_DECISION_STOPPED', { decision: name, version, element: node.id, reason });
    }
    throw error;
  }
}

function reasonOf({ code, message }: FeelError, steps: number): string {
  if (code === 'FEEL_BUDGET') return `it takes more than ${String(steps)} steps`;
  return code === 'FEEL_TIME' ? 'it takes longer than the time there is' : `it goes too deep (${asReason(message)})`;
}
