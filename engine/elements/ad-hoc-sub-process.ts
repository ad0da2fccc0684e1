/**
 * Ad-hoc sub-process (BPMN 2.0.2, 10.3.5 and 13.3.5): activities without an order of their own. Those that are named, or all that
 * nothing leads to, begin together or one after the other; people can run others. It completes when its condition is true.
 */
import type { AdHocSpec, FlowNode } from '../bpmn/graph.ts';
import { EngineError } from '../errors.ts';
import type { Behaviour, Decision } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import { evaluateOver, evaluateTexts, evaluateTruth } from '../execution/variables.ts';
import { armHandlers, canBegin, runActivities } from '../execution/scopes.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';

export const adHocSubProcess: Behaviour = {
  activate(decision, node, self) {
    if (self.particulars?.loop) {
      settle(decision, node, self, true);
      return;
    }
    armHandlers(decision, node.eventSubProcesses, self);
    const items = chosen(decision, node, specOf(node), self);
    decision.record({ type: 'LoopStarted', id: self.id, elementId: node.id, total: items.length, items });
    if (items.length === 0) goOn(decision, specOf(node), self);
    else runActivities(decision, self, specOf(node).sequential ? items.slice(0, 1) : items, true);
  },
  settle,
  suffices(decision, node, { id, particulars }, outputs) {
    const progress = particulars?.loop;
    return progress !== undefined && (progress.enough || isEnough(decision, node, id, progress.completed + 1, outputs));
  },
};

function chosen(decision: Decision, node: FlowNode, spec: AdHocSpec, self: ElementInstance): readonly string[] {
  if (!spec.activeElements) return node.starts.map(({ id }) => id);
  const ids = evaluateTexts(decision, self.id, spec.activeElements, `the active elements of ${node.id}`);
  const unknown = ids.find((id) => !canBegin(decision.graph.nodes.get(id), node));
  if (unknown === undefined) return ids;
  throw new Stuck('INCIDENT_EXPRESSION', { where: `the active elements of ${node.id}`, wanted: 'ids of activities inside it', source: spec.activeElements.source, got: unknown });
}

/** A token has ended inside; what a handler did, or what was cancelled, is no instance that has completed. */
function settle(decision: Decision, node: FlowNode, self: ElementInstance, counted: boolean): void {
  if (counted && self.particulars?.interrupted !== true) advance(decision, node, specOf(node), self);
  goOn(decision, specOf(node), self);
}

/** 13.3.5: asked after each activity inside. */
function isEnough(decision: Decision, node: FlowNode, id: number, counter: number, outputs: Variables): boolean {
  const { completionCondition } = specOf(node);
  return completionCondition !== undefined && evaluateTruth(decision, id, { ...outputs, numberOfCompletedInstances: counter }, completionCondition, `the completion condition of ${node.id}`);
}

/** Is it enough, and what is next? */
function goOn(decision: Decision, spec: AdHocSpec, self: ElementInstance): void {
  const progress = self.particulars?.loop;
  if (!progress) return;
  const empty = (self.members?.size ?? 0) + (self.particulars?.runs.size ?? 0) === 0 && !decision.steps.some((step) => step.do !== 'settle' && 'scope' in step && step.scope === self.id);
  if (self.particulars?.interrupted === true) {
    // 13.5.4: its event sub-process has taken over, and it completes with that.
    if (empty) decision.follow({ do: 'complete', id: self.id });
  } else if (progress.enough) {
    if (empty) decision.follow({ do: 'complete', id: self.id });
    else if (spec.cancelRemaining) decision.follow({ do: 'terminate', id: self.id, inside: true, then: [{ do: 'complete', id: self.id }] });
  } else if (empty) {
    const next = spec.sequential ? progress.items?.[progress.started] : undefined;
    if (typeof next === 'string') runActivities(decision, self, [next], true);
    else if (!spec.completionCondition) decision.follow({ do: 'complete', id: self.id });
  }
}

function advance(decision: Decision, node: FlowNode, spec: AdHocSpec, self: ElementInstance): void {
  const counter = (self.particulars?.loop?.completed ?? 0) + 1;
  const enough = isEnough(decision, node, self.id, counter, {});
  const output = spec.outputElement && evaluateOver(decision, self.id, {}, spec.outputElement, `the output element of ${node.id}`);
  decision.record({ type: 'LoopAdvanced', id: self.id, counter, ...(output !== undefined && { output }), ...(enough && { enough }) });
}

function specOf(node: FlowNode): AdHocSpec {
  if (!node.adHoc) throw new EngineError(`Expected ${node.id} to be an ad-hoc sub-process, but the graph says ${node.type}`);
  return node.adHoc;
}
