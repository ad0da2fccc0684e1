/** Where tokens wait for one another: the parallel gateway takes exactly one token from each incoming sequence flow (BPMN 2.0.2, 13.4.1). */
import type { FlowNode } from '../bpmn/graph.ts';
import type { ElementInstance } from '../state.ts';

export function joinable(node: FlowNode): boolean {
  return node.type === 'parallelGateway' && node.incoming.length > 1;
}

/** The flows whose tokens an activation of `gateway` consumes, or undefined while one of them has none. Surplus tokens stay. */
export function arrive(scope: ElementInstance, gateway: FlowNode): readonly string[] | undefined {
  if (!gateway.incoming.every((flow) => (scope.waiting?.get(flow.id) ?? 0) > 0)) return undefined;
  return gateway.incoming.map((flow) => flow.id);
}
