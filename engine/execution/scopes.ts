/** What happens when a scope begins (BPMN 2.0.2, 13.2, 13.3.4 and 13.5.4): its event sub-processes are armed, then its starts get their tokens. */
import type { FlowNode, ProcessGraph } from '../bpmn/graph.ts';
import type { Step } from '../events.ts';
import type { ElementInstance } from '../state.ts';
import type { Decision } from './decision.ts';
import { closeHandlers } from './termination.ts';

/** Arms `handlers` in scope `self`. Errors and escalations are thrown to them; compensation asks for them. */
export function armHandlers(decision: Decision, handlers: readonly FlowNode[], self: ElementInstance): void {
  if (handlers.length === 0) return;
  // A retry after one of several could not be armed starts with none armed.
  closeHandlers(decision, self);
  for (const { starts } of handlers) for (const start of starts) decision.behaviours.startEvent.arm?.(decision, start, self);
}

/** Where a case begins: at the start event it was started with, at what a message reached, or at every node nothing leads to. */
export function startSteps(graph: ProcessGraph, startElementId: string): readonly Step[] {
  const named = graph.starts.find(({ id }) => id === startElementId);
  const instantiating = named ? undefined : graph.instantiating.find(({ node }) => node.id === startElementId);
  if (instantiating) {
    const { node, others } = instantiating;
    return [{ do: 'enter', elementId: node.id, scope: 0, fired: {} }, ...others.map((other) => ({ do: 'enter', elementId: other.id, scope: 0 }) as const)];
  }
  const starts = named?.type === 'startEvent' ? [named] : graph.starts.filter(({ type }) => type !== 'startEvent');
  return starts.map((node) => ({ do: 'enter', elementId: node.id, scope: 0 }));
}

/** Gives tokens to activities of ad-hoc sub-process `self`; `planned`: they are the next of those it began with. */
export function runActivities(decision: Decision, self: ElementInstance, activities: readonly string[], planned: boolean, reason?: string): void {
  decision.record({ type: 'AdHocActivated', id: self.id, elementId: self.elementId, activities, ...(planned && { planned }), ...(reason !== undefined && { reason }) });
  decision.follow(...activities.map((elementId) => ({ do: 'enter', elementId, scope: self.id }) as const));
}
