/** Which places of its incoming flows a token can still reach (BPMN 2.0.2, 13.4.3 and 13.4.5): directed paths that do not visit the gateway itself. */
import type { FlowNode, Reach } from './graph.ts';

/**
 * For every node from which a path leads to an incoming flow of `gateway` without visiting it: the places of those flows. A token
 * in a node can leave by its sequence flows and by the boundary events on it. For the gateway itself: where its own tokens come back.
 */
export function reachOf(gateway: FlowNode, nodes: ReadonlyMap<string, FlowNode>): Reach {
  const before = predecessors(nodes);
  const reach = new Map<string, number[]>();
  gateway.incoming.forEach((flow, place) => {
    const seen = new Set<string>();
    const rest = [flow.source];
    for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
      if (seen.has(id)) continue;
      seen.add(id);
      const places = reach.get(id);
      if (places === undefined) reach.set(id, [place]);
      else places.push(place);
      // A path may begin at the gateway, but never leads through it.
      if (id !== gateway.id) rest.push(...(before.get(id) ?? []));
    }
  });
  return reach;
}

function predecessors(nodes: ReadonlyMap<string, FlowNode>): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, string[]>();
  const add = (to: string, from: string): void => {
    const list = before.get(to);
    if (list === undefined) before.set(to, [from]);
    else list.push(from);
  };
  for (const node of nodes.values()) {
    for (const flow of node.outgoing) add(flow.target, node.id);
    for (const event of node.boundaryEvents) add(event.id, node.id);
  }
  return before;
}
