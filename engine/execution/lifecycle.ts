/**
 * The life of an element instance (BPMN 2.0.2, 13.3.2): entered, inputs mapped, boundary events armed, at work, completed or
 * terminated; and the loop that does the steps of the work list.
 */
import type { FlowNode, SequenceFlow } from '../bpmn/graph.ts';
import type { ActivationPhase, InstanceEvent, Step } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { raiseIncident, raiseLoopIncident } from './incidents.ts';
import { Stuck } from './errors.ts';
import { arrive, joinable } from './joins.ts';
import { closeWaits, terminate } from './termination.ts';
import { applyMappings, propagate } from './variables.ts';

/** Does the work list until it is empty or the budget of the turn is used up (TurnYielded). `taken`: steps before this turn. */
export function runSteps(decision: Decision, taken: number): void {
  const { limits } = decision.facts;
  let count = 0;
  for (;;) {
    const step = decision.steps.pop();
    if (!step) return;
    if (taken + count >= limits.stepsWithoutWait) {
      raiseLoopIncident(decision, step, taken + count);
      return;
    }
    if (count >= limits.stepsPerTurn || decision.bytes >= limits.bytesPerTurn) {
      decision.record({ type: 'TurnYielded', steps: [...decision.steps, step], taken: taken + count });
      return;
    }
    count += 1;
    doStep(decision, step);
  }
}

function doStep(decision: Decision, step: Step): void {
  switch (step.do) {
    case 'enter': return enter(decision, step.elementId, step.scope, step.joined, step.fired);
    case 'activate': return activate(decision, step.id, step.phase);
    case 'complete': return complete(decision, step.id);
    case 'take': return take(decision, step.flowId, step.scope);
    case 'terminate': return terminate(decision, step);
    case 'settle': return settle(decision, step.scope);
    case 'end': return endInstance(decision, step);
  }
}

function enter(decision: Decision, elementId: string, scope: number, joined: readonly string[] | undefined, fired: Variables | undefined): void {
  const id = decision.nextId();
  decision.record({ type: 'ElementActivated', id, elementId, scope, ...(joined && { joined }), ...(fired && { fired: true }) });
  if (fired) bring(decision, decision.element(id), fired);
  activate(decision, id, 'inputs');
}

/** Goes through the phases of an activation; one that is stuck leaves an incident that remembers where to go on. */
function activate(decision: Decision, id: number, from: ActivationPhase): void {
  const self = decision.element(id);
  const node = decision.node(self.elementId);
  let phase = from;
  try {
    if (phase === 'inputs') {
      if (node.inputs.length > 0) {
        const values = applyMappings(decision, id, node.inputs, `the inputs of ${node.id}`);
        decision.record({ type: 'VariablesWritten', scope: id, values });
      }
      phase = 'boundaries';
    }
    if (self.fired) {
      decision.follow({ do: 'complete', id });
      return;
    }
    if (phase === 'boundaries') {
      armBoundaryEvents(decision, node, self);
      phase = 'behave';
    }
    decision.behaviours[node.type].activate(decision, node, self);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, phase, error);
  }
}

function armBoundaryEvents(decision: Decision, node: FlowNode, self: ElementInstance): void {
  if (node.boundaryEvents.length === 0) return;
  // A retry after one of several could not be armed starts with none armed.
  closeWaits(decision, self);
  for (const boundary of node.boundaryEvents) decision.behaviours.boundaryEvent.arm?.(decision, boundary, self);
}

/**
 * What a task, job, message or child brought: with output mappings it is local first, without it leaves at once; then the
 * element completes.
 */
export function finish(decision: Decision, self: ElementInstance, brought: Variables): void {
  bring(decision, self, brought);
  decision.follow({ do: 'complete', id: self.id });
}

function bring(decision: Decision, self: ElementInstance, brought: Variables): void {
  if (Object.keys(brought).length === 0) return;
  if (decision.node(self.elementId).outputs.length > 0) decision.record({ type: 'VariablesWritten', scope: self.id, values: brought });
  else propagate(decision, self.scope, brought);
}

function complete(decision: Decision, id: number): void {
  const self = decision.element(id);
  const node = decision.node(self.elementId);
  const behaviour = decision.behaviours[node.type];
  let leaving: readonly SequenceFlow[];
  let outputs: Variables = {};
  let last: InstanceEvent | undefined;
  try {
    last = behaviour.last?.(decision, node, self);
    if (node.outputs.length > 0) outputs = applyMappings(decision, id, node.outputs, `the outputs of ${node.id}`);
    leaving = behaviour.leave ? behaviour.leave(decision, node, self) : node.outgoing;
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
    raiseIncident(decision, self, 'complete', error);
    return;
  }
  closeWaits(decision, self);
  const { scope } = self;
  propagate(decision, scope, outputs);
  if (last) decision.record(last);
  decision.record({ type: 'ElementCompleted', id, elementId: node.id });
  if (behaviour.end) behaviour.end(decision, node, scope);
  else if (leaving.length === 0) settle(decision, scope);
  else for (let index = leaving.length - 1; index >= 0; index -= 1) decision.follow({ do: 'take', flowId: leaving[index]?.id ?? '', scope });
}

function take(decision: Decision, flowId: string, scope: number): void {
  const flow = decision.graph.flows.get(flowId);
  const target = decision.node(flow?.target ?? flowId);
  if (!joinable(target)) {
    decision.record({ type: 'SequenceFlowTaken', flowId, scope });
    decision.follow({ do: 'enter', elementId: target.id, scope });
    return;
  }
  decision.record({ type: 'SequenceFlowTaken', flowId, scope, waitsAt: target.id });
  const joined = arrive(decision.element(scope), target);
  if (joined) decision.follow({ do: 'enter', elementId: target.id, scope, joined });
}

/** A scope without tokens completes: the sub-process, or the case (BPMN 2.0.2, 13.3.4 and 13.5.6). */
function settle(decision: Decision, scope: number): void {
  const element = decision.element(scope);
  if ((element.members?.size ?? 0) > 0 || (element.waiting?.size ?? 0) > 0 || isOnTheWay(decision, scope)) return;
  if (scope !== 0) {
    decision.follow({ do: 'complete', id: scope });
    return;
  }
  decision.record({ type: 'InstanceCompleted', ...resultFor(decision) });
}

/** A token between two nodes is a step of the work list; the next sibling of a fork is mostly the last one. */
function isOnTheWay(decision: Decision, scope: number): boolean {
  const step = decision.steps.findLast((candidate) => (candidate.do === 'take' || candidate.do === 'enter') && candidate.scope === scope);
  return step !== undefined;
}

function endInstance(decision: Decision, step: Extract<Step, { do: 'end' }>): void {
  const { parent } = decision.state;
  const message = step.message ?? '';
  if (step.as === 'failed') decision.record({ type: 'InstanceFailed', code: step.code ?? '', message, ...(parent && { parent }) });
  else if (step.canceled) decision.record({ type: 'InstanceTerminated', reason: message, by: decision.actor.person, canceled: true, ...(parent && { parent }) });
  else decision.record({ type: 'InstanceTerminated', reason: message, by: decision.actor.person, ...resultFor(decision) });
}

/** What the calling case is told. */
function resultFor(decision: Decision): Pick<Extract<InstanceEvent, { type: 'InstanceCompleted' }>, 'parent' | 'variables'> {
  const { parent } = decision.state;
  return parent ? { parent, variables: Object.fromEntries(decision.element(0).variables ?? []) } : {};
}
