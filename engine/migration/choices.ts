/**
 * Recorded decisions under new conditions: where the history of a case went one way at a gateway, or behind an activity that chooses, and the
 * target version would have gone another. What has happened stays; but who migrates a case should know it.
 *
 * The history is folded again, and at each choice the conditions of both versions are evaluated on the data as it was then.
 */
import type { FlowNode, ProcessGraph, SequenceFlow } from '../bpmn/graph.ts';
import { BEHAVIOURS } from '../elements/registry.ts';
import type { InstanceEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { chosenFlows } from '../execution/choosing.ts';
import { Decision } from '../execution/decision.ts';
import type { Triggers } from '../execution/decision.ts';
import { Stuck } from '../execution/errors.ts';
import type { Facts } from '../facts.ts';
import { newInstance } from '../state.ts';
import type { ElementInstance, InstanceState } from '../state.ts';
import { renamed } from './basis.ts';

/** `went` and `would`: ids of the nodes the token went to and would have gone to, by their ids in each version; `stuck`: why it could not have gone on. */
export interface ChangedChoice {
  readonly elementId: string;
  readonly at: string;
  readonly went: readonly string[];
  readonly would: readonly string[];
  readonly stuck?: string;
}

export interface Versions {
  readonly source: ProcessGraph;
  readonly target: ProcessGraph;
  readonly mapping: Readonly<Record<string, string>>;
}

/** In the order of the history, since the case is in `source`. `facts`: as of an instant. */
export function changedChoices(stream: string, history: readonly { readonly at: string; readonly events: readonly InstanceEvent[] }[], versions: Versions, facts: (now: string) => Facts): ChangedChoice[] {
  let found: ChangedChoice[] = [];
  const state = newInstance(stream);
  for (const { at, events } of history) {
    for (const event of events) {
      // What was chosen in a version before this one was chosen by other conditions.
      if (event.type === 'InstanceMigrated') found = [];
      const changed = event.type === 'ElementCompleted' ? changedAt(state, event.id, versions, facts(at)) : undefined;
      if (changed) found.push({ ...changed, at });
      evolve(state, event);
    }
  }
  return found;
}

function changedAt(state: InstanceState, id: number, { source, target, mapping }: Versions, facts: Facts): Omit<ChangedChoice, 'at'> | undefined {
  const self = state.elements.get(id);
  const before = self && source.nodes.get(self.elementId);
  const after = self && target.nodes.get(renamed(mapping, self.elementId));
  if (!before || !after || !chooses(before) || !chooses(after) || self.role?.kind === 'body') return undefined;
  const went = goesTo(source, state, before, self, facts);
  const would = goesTo(target, state, after, self, facts);
  // The choice of a case that was stuck there, or moved on by hand, is not one that the old conditions made.
  if (typeof went === 'string') return undefined;
  const meant = went.map((elementId) => renamed(mapping, elementId));
  if (typeof would === 'string') return { elementId: before.id, went, would: [], stuck: would };
  return meant.length === would.length && meant.every((elementId) => would.includes(elementId)) ? undefined : { elementId: before.id, went, would };
}

function chooses({ type, selective, outgoing }: FlowNode): boolean {
  return selective || ((type === 'exclusiveGateway' || type === 'inclusiveGateway') && outgoing.length > 1);
}

/** Ids of what the chosen flows lead to, or why none can be chosen. */
function goesTo(graph: ProcessGraph, state: InstanceState, node: FlowNode, self: ElementInstance, facts: Facts): readonly string[] | string {
  const looking = new Decision(graph, state, facts, { person: '', groups: [] }, BEHAVIOURS, NOTHING_HAPPENS);
  try {
    const flows: readonly SequenceFlow[] = node.selective ? chosenFlows(looking, node, self.id) : (BEHAVIOURS[node.type].leave?.(looking, node, self) ?? []);
    return flows.map(({ target }) => target);
  } catch (error) {
    if (error instanceof Stuck) return error.message;
    throw error;
  }
}

const NOTHING_HAPPENS: Triggers = { written: () => undefined, happen: () => undefined, prepare: () => () => [] };
