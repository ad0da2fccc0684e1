/** What happens when a scope begins (BPMN 2.0.2, 13.2, 13.3.4 and 13.5.4): its event sub-processes are armed, then its starts get their tokens. */
import type { FlowNode, ProcessGraph, SequenceFlow } from '../bpmn/graph.ts';
import type { Step } from '../events.ts';
import type { Variables } from '../facts.ts';
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

/** Puts `quantity` tokens on each flow. */
export function leaveBy(decision: Decision, flows: readonly SequenceFlow[], scope: number, quantity: number): void {
  for (let index = flows.length - 1; index >= 0; index -= 1) {
    const step: Step = { do: 'take', flowId: flows[index]?.id ?? '', scope };
    for (let token = 0; token < quantity; token += 1) decision.steps.push(step);
  }
}

/** 13.3.5: in an ad-hoc sub-process that needs no more, no activity follows another. `outputs`: what the activity leaves. */
export function isLast(decision: Decision, node: FlowNode, { scope, role }: ElementInstance, outputs: Variables): boolean {
  if (scope === 0 || role?.kind === 'undo' || node.type.endsWith('Gateway') || node.type.endsWith('Event')) return false;
  const around = decision.element(scope);
  const home = decision.node(around.elementId);
  return decision.behaviours[home.type].suffices?.(decision, home, around, outputs) ?? false;
}

/** True for what stands in ad-hoc sub-process `around` and can be given a token: nothing that only an event or an undoing begins. */
export function canBegin(node: FlowNode | undefined, around: FlowNode): boolean {
  return node?.parentId === around.id && node.type !== 'boundaryEvent' && !node.triggeredByEvent && !node.isForCompensation;
}

/** Gives tokens to activities of ad-hoc sub-process `self`; `planned`: they are the next of those it began with. */
export function runActivities(decision: Decision, self: ElementInstance, activities: readonly string[], planned: boolean, reason?: string): void {
  decision.record({ type: 'AdHocActivated', id: self.id, elementId: self.elementId, activities, ...(planned && { planned }), ...(reason !== undefined && { reason }) });
  decision.follow(...activities.map((elementId) => ({ do: 'enter', elementId, scope: self.id }) as const));
}
