/**
 * Where tokens wait for one another: the parallel gateway takes exactly one token from each incoming sequence flow (BPMN 2.0.2,
 * 13.4.1), the inclusive gateway (13.4.3) and the complex gateway (13.4.5) wait for what can still arrive, an activity for its
 * startQuantity (13.3.2).
 */
import type { FlowNode, Reach } from '../bpmn/graph.ts';
import type { Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { evaluateTruth } from './variables.ts';

export function joinable(node: FlowNode): boolean {
  if (node.type === 'parallelGateway') return node.incoming.length > 1;
  return node.reach !== undefined || node.startQuantity > 1;
}

/** What a token that came to wait at `node` lets happen at once; undefined: it waits. Surplus tokens stay. */
export function arrive(decision: Decision, scope: ElementInstance, node: FlowNode): Step | undefined {
  if (node.type === 'complexGateway') return activateComplex(decision, scope, node);
  if (node.reach !== undefined) return undefined;
  const joined = node.startQuantity > 1 ? quantity(scope, node) : one(scope, node);
  return joined && { do: 'enter', elementId: node.id, scope: scope.id, joined };
}

/** One token from each incoming flow. */
function one(scope: ElementInstance, node: FlowNode): readonly string[] | undefined {
  if (!node.incoming.every((flow) => (scope.waiting?.get(flow.id) ?? 0) > 0)) return undefined;
  return node.incoming.map((flow) => flow.id);
}

/** As many tokens as the activity needs, from whichever flows. */
function quantity(scope: ElementInstance, node: FlowNode): readonly string[] | undefined {
  const waiting = node.incoming.flatMap(({ id }) => Array.from({ length: scope.waiting?.get(id) ?? 0 }, () => id));
  return waiting.length < node.startQuantity ? undefined : waiting.slice(0, node.startQuantity);
}

/** 13.4.5: as long as it waits for start, its condition is looked at whenever a token arrives. */
export function activateComplex(decision: Decision, scope: ElementInstance, node: FlowNode): Step | undefined {
  if (scope.particulars?.awaitsReset.has(node.id)) return undefined;
  const joined = node.incoming.flatMap(({ id }) => (scope.waiting?.has(id) ? [id] : []));
  if (joined.length === 0 || isComing(decision, scope, node)) return undefined;
  const made = { activationCount: joined.length, waitingForStart: true };
  if (node.activationCondition && !evaluateTruth(decision, scope.id, made, node.activationCondition, `the activation condition of ${node.id}`)) return undefined;
  return { do: 'enter', elementId: node.id, scope: scope.id, joined, role: { kind: 'activation' } };
}

/** A fork puts its tokens on all flows at once: what is on a flow to the gateway already is there when its condition is looked at. */
function isComing(decision: Decision, { id }: ElementInstance, node: FlowNode): boolean {
  return decision.steps.some((step) => step.do === 'take' && step.scope === id && decision.graph.flows.get(step.flowId)?.target === node.id);
}

/** The first complex gateway in the scope whose condition is true now. */
export function joinAgain(decision: Decision, scope: ElementInstance): Step | undefined {
  for (const flowId of scope.waiting?.keys() ?? []) {
    const node = decision.node(decision.graph.flows.get(flowId)?.target ?? '');
    const step = node.type === 'complexGateway' ? activateComplex(decision, scope, node) : undefined;
    if (step) return step;
  }
  return undefined;
}

/** After a token has moved in `scope`: the first gateway there that need not wait any longer. */
export function reconsider(decision: Decision, scope: ElementInstance): Step | undefined {
  const waiting = new Set<string>(scope.particulars?.awaitsReset.keys());
  for (const flowId of scope.waiting?.keys() ?? []) waiting.add(decision.graph.flows.get(flowId)?.target ?? '');
  for (const id of waiting) {
    const node = decision.node(id);
    if (node.reach === undefined) continue;
    const consumed = scope.particulars?.awaitsReset.get(id);
    if (node.type === 'complexGateway' && consumed === undefined) continue;
    const holds = (flowId: string): boolean => (scope.waiting?.get(flowId) ?? 0) > 0;
    const marked = node.incoming.map((flow) => holds(flow.id) || consumed?.includes(flow.id) === true);
    if (isAwaited(decision, scope, node, node.reach(), marked)) continue;
    const joined = node.incoming.flatMap((flow) => (holds(flow.id) && consumed?.includes(flow.id) !== true ? [flow.id] : []));
    return { do: 'enter', elementId: id, scope: scope.id, joined, ...(consumed && { role: { kind: 'reset' } }) };
  }
  return undefined;
}

/** True while some token in the scope can reach an incoming flow that has none, and none of those that have one. */
function isAwaited(decision: Decision, scope: ElementInstance, gateway: FlowNode, reach: Reach, marked: readonly boolean[]): boolean {
  const blocks = (nodeId: string): boolean => {
    const places = reach.get(nodeId);
    return places !== undefined && places.some((place) => marked[place] === false) && !places.some((place) => marked[place] === true);
  };
  const key = `${String(scope.id)} ${gateway.id}`;
  const known = decision.blockers?.get(key);
  const blocker = known === undefined ? undefined : decision.state.elements.get(known);
  if (blocker?.scope === scope.id && blocks(blocker.elementId)) return true;
  for (const id of scope.members ?? []) {
    if (!blocks(decision.element(id).elementId)) continue;
    (decision.blockers ??= new Map()).set(key, id);
    return true;
  }
  for (const flowId of scope.waiting?.keys() ?? []) {
    const target = decision.graph.flows.get(flowId)?.target ?? '';
    if (target !== gateway.id && blocks(target)) return true;
  }
  return decision.steps.some((step) => {
    if (step.do === 'enter') return step.scope === scope.id && blocks(step.elementId);
    if (step.do !== 'take' || step.scope !== scope.id) return false;
    const flow = decision.graph.flows.get(step.flowId);
    if (flow?.target !== gateway.id) return blocks(flow?.target ?? '');
    // It is about to arrive: the gateway is looked at again then.
    return marked[gateway.incoming.indexOf(flow)] === false;
  });
}
