/** What leaves an element (BPMN 2.0.2, 10.4.2): what its work brought, before its output mappings and its completion. */
import type { FlowNode } from '../bpmn/graph.ts';
import type { Doer } from '../commands.ts';
import type { InstanceEvent } from '../events.ts';
import type { Variables } from '../facts.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { ownDoers } from './separation.ts';
import { propagate } from './variables.ts';

/**
 * What a task, job, message or child brought: with output mappings or an output element it is local first, without it leaves at once; then the
 * element completes.
 */
export function finish(decision: Decision, self: ElementInstance, brought: Variables): void {
  bring(decision, self, brought);
  decision.follow({ do: 'complete', id: self.id });
}

/** What it brought is local first: mappings, or what it writes into data stores, say what leaves. */
export function bring(decision: Decision, self: ElementInstance, brought: Variables): void {
  if (Object.keys(brought).length === 0) return;
  const node = decision.node(self.elementId);
  if (node.outputs.length > 0 || (node.stores?.writes.length ?? 0) > 0 || (self.role?.kind === 'iteration' && collects(node))) decision.record({ type: 'VariablesWritten', scope: self.id, values: brought });
  else propagate(decision, self.scope, brought);
}

/** What it sends is what was mapped for it, not all it can see. */
export function takesInputs({ inputs, stores }: FlowNode): boolean {
  return inputs.length > 0 || (stores?.reads.length ?? 0) > 0;
}

/** Its instances keep to themselves what they bring: the output element says what leaves. */
function collects({ loop }: FlowNode): boolean {
  return loop?.kind === 'multiple' && loop.outputElement !== undefined;
}

/** What the calling case is told. */
export function resultFor(decision: Decision): Pick<Extract<InstanceEvent, { type: 'InstanceCompleted' }>, 'parent' | 'variables' | 'done'> {
  const { parent } = decision.state;
  return parent ? { parent, variables: Object.fromEntries(decision.element(0).variables ?? []), ...doneFor(decision) } : {};
}

/** Who did what in this case, for the case that called it. */
export function doneFor({ state }: Decision): { readonly done?: readonly Doer[] } {
  const done = ownDoers(state);
  return done.length > 0 ? { done } : {};
}
